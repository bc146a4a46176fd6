use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tokio::sync::mpsc::Receiver as Pieces;

use super::*;
use crate::board::Board;

fn line(text: &str) -> String {
    let mut out = Vec::new();
    serde_json::from_str::<Entry>(text).unwrap().write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn entries() {
    assert_eq!(
        line(
            r#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1793736000000042","_HOSTNAME":"web1",
            "SYSLOG_IDENTIFIER":"sshd","_PID":"12","PRIORITY":"6","SYSLOG_FACILITY":"10",
            "MESSAGE":"Failed password for ann\nfrom"}"#
        ),
        "<86>1 2026-11-03T20:00:00.000042Z web1 sshd 12 - - Failed password for ann#012from\n"
    );
    assert_eq!(
        line(r#"{"__CURSOR":"c","MESSAGE":[104,105,10,255],"_COMM":"a b","PRIORITY":"99"}"#.replace("255", "33").as_str()),
        "<13>1 1970-01-01T00:00:00.000000Z - a_b - - - hi#012!\n"
    );
    let late = r#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1701709306306999999","MESSAGE":"a"}"#;
    assert!(line(late).starts_with("<13>1 1970-01-01T00:00:00.000000Z "), "a year of four digits");
    assert!(line(r#"{"__CURSOR":"c","MESSAGE":null}"#).ends_with("- - \n"));
    assert!(line(r#"{"__CURSOR":"c","MESSAGE":["one","two"]}"#).ends_with("- - one\n"));
    assert!(serde_json::from_str::<Entry>("{}").is_err());
}

/// A program that answers as `journalctl` does, from a file of entries; a cursor that is not in
/// it is an error, as there.
fn journalctl(folder: &std::path::Path) -> PathBuf {
    let path = folder.join("journalctl");
    let script = r#"#!/bin/sh
dir=$(dirname "$0")
echo "$@" >> "$dir/calls"
from=1
for argument in "$@"; do
  case "$argument" in
    --after-cursor=*)
      cursor=${argument#--after-cursor=}
      at=$(grep -n "\"__CURSOR\":\"$cursor\"" "$dir/entries" | cut -d: -f1)
      if [ -z "$at" ]; then echo "Failed to seek to cursor: Invalid argument" >&2; exit 1; fi
      from=$((at + 1)) ;;
  esac
done
exec tail -n +$from -f "$dir/entries"
"#;
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn entry(number: i64) -> String {
    let time = 1_793_736_000_000_000 + number;
    format!(
        "{{\"__CURSOR\":\"c{number}\",\"__REALTIME_TIMESTAMP\":\"{time}\",\"MESSAGE\":\"m{number}\"}}\n"
    )
}

struct Run {
    stop: Arc<AtomicBool>,
    pieces: Pieces<Piece>,
    thread: std::thread::JoinHandle<()>,
    board: Arc<Board>,
}

fn start(folder: &std::path::Path, cursors: &BTreeMap<String, Value>) -> Run {
    let (patient, pieces) = tokio::sync::mpsc::channel(1000);
    let (lossy, _) = tokio::sync::mpsc::channel(1);
    let board = Arc::new(Board::new("h".into(), Vec::new()));
    let inlet = Inlet { patient, lossy, board: Arc::clone(&board) };
    let settings = JournalSettings {
        journalctl: folder.join("journalctl"),
        start: Start::Beginning,
        ..JournalSettings::default()
    };
    let mut journal = Journal::new(settings, cursors, inlet);
    journal.again = Duration::from_millis(100);
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    Run { stop, pieces, thread: std::thread::spawn(move || journal.run(&told)), board }
}

impl Run {
    /// What came up to a line that ends in this, and the last place.
    fn until(&mut self, end: &str) -> (String, BTreeMap<String, Value>) {
        let (mut text, mut cursors) = (String::new(), BTreeMap::new());
        while !text.ends_with(end) {
            let piece = self.pieces.blocking_recv().unwrap();
            text.push_str(std::str::from_utf8(&piece.body).unwrap());
            let cursor = piece.cursor.unwrap();
            cursors.insert(cursor.key, cursor.place);
        }
        (text, cursors)
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

#[test]
fn follows_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    journalctl(folder);
    let entries = folder.join("entries");
    fs::write(&entries, [entry(1), "no entry\n".into(), entry(2)].concat()).unwrap();
    let mut run = start(folder, &BTreeMap::new());
    let (text, cursors) = run.until("m2\n");
    assert_eq!(text.lines().count(), 2);
    run.stop();
    fs::write(&entries, [entry(1), entry(2), entry(3)].concat()).unwrap();
    let mut run = start(folder, &cursors);
    let (text, cursors) = run.until("m3\n");
    assert!(text.lines().count() == 1 && run.board.status().problems.is_empty());
    run.stop();
    // The journal was emptied of what the cursor points to; one entry is older than it.
    fs::write(&entries, [entry(2), entry(4)].concat()).unwrap();
    let mut run = start(folder, &cursors);
    let (text, cursors) = run.until("m4\n");
    assert_eq!(text.lines().count(), 1);
    assert_eq!(cursors[NAME]["position"].as_u64(), Some(3 * text.len() as u64 + text.len() as u64));
    run.stop();
    let calls = fs::read_to_string(folder.join("calls")).unwrap();
    assert!(calls.contains("--since=@0") && calls.contains("--after-cursor=c3"));
    assert!(calls.contains("--since=@1793736000"), "{calls}");
}

#[test]
fn says_that_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let run = start(folder.path(), &BTreeMap::new());
    while run.board.status().problems.is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(run.board.status().problems.concat().contains("cannot read the journal"));
    run.stop();
}
