use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;

use super::*;
use crate::board::Board;
use crate::piece::Piece;

const TIMING: Timing = Timing {
    poll: Duration::ZERO,
    scan: Duration::ZERO,
    retire: Duration::from_millis(20),
    settle: Duration::ZERO,
};

/// A folder that is followed, and what came of it.
struct Bench {
    folder: TempDir,
    settings: Vec<FileSettings>,
    follow: Follow,
    pieces: Receiver<Piece>,
    board: Arc<Board>,
    /// By stream: what came, in order.
    got: BTreeMap<(String, u64), Vec<u8>>,
    kept: BTreeMap<String, Value>,
    timing: Timing,
}

fn start(
    settings: &[FileSettings],
    kept: &BTreeMap<String, Value>,
    timing: Timing,
) -> (Follow, Receiver<Piece>, Arc<Board>) {
    let (patient, pieces) = tokio::sync::mpsc::channel(100_000);
    let (lossy, _) = tokio::sync::mpsc::channel(1);
    let board = Arc::new(Board::new("h".into(), Vec::new()));
    let inlet = Inlet { patient, lossy, board: Arc::clone(&board) };
    (Follow::new(settings.to_vec(), kept, inlet, timing), pieces, board)
}

impl Bench {
    fn new(pattern: &str) -> Self {
        Self::with(pattern, None, Start::Beginning, &[])
    }

    fn with(pattern: &str, format: Option<&str>, at: Start, before: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(pattern);
        let format = format.map(str::to_owned);
        let settings = vec![FileSettings { path, format, name: None, start: at }];
        let kept = BTreeMap::new();
        let (follow, pieces, board) = start(&settings, &kept, TIMING);
        let bench = Self {
            folder,
            settings,
            follow,
            pieces,
            board,
            got: BTreeMap::new(),
            kept,
            timing: TIMING,
        };
        for (name, text) in before {
            bench.append(name, text);
        }
        bench
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn gzip(&self, from: &str, to: &str) {
        let mut gz = GzEncoder::new(File::create(self.path(to)).unwrap(), Compression::fast());
        gz.write_all(&fs::read(self.path(from)).unwrap()).unwrap();
        gz.finish().unwrap();
        fs::remove_file(self.path(from)).unwrap();
    }

    /// Looks until nothing is new.
    fn look(&mut self) {
        while self.follow.tick().unwrap() {}
        self.follow.tick().unwrap();
    }

    /// Keeps up to `most` pieces, as the spool would.
    fn keep(&mut self, most: usize) {
        for _ in 0..most {
            let Ok(piece) = self.pieces.try_recv() else { return };
            let stream = (piece.stream.name, piece.stream.generation);
            let so_far = self.got.entry(stream).or_default();
            assert_eq!(piece.base, Some(so_far.len() as u64), "no gap and no overlap");
            so_far.extend_from_slice(&piece.body);
            let cursor = piece.cursor.unwrap();
            self.kept.insert(cursor.key, cursor.place);
        }
    }

    /// Looks and keeps everything.
    fn all(&mut self) {
        self.look();
        self.keep(usize::MAX);
    }

    /// Killed: what was not kept is lost, and it begins again from what was.
    fn kill(&mut self) {
        (self.follow, self.pieces, self.board) = start(&self.settings, &self.kept, self.timing);
    }

    fn wait(&self) {
        std::thread::sleep(self.timing.retire * 2);
    }

    /// What came, by stream in the order of their beginnings.
    #[track_caller]
    fn check(&self, want: &[&str]) {
        let mut got: Vec<_> = self
            .got
            .iter()
            .map(|((name, generation), text)| {
                (*generation, name, String::from_utf8_lossy(text).into_owned())
            })
            .collect();
        got.sort();
        let got: Vec<_> = got.into_iter().map(|(_, _, text)| text).collect();
        assert_eq!(got, want);
    }
}

#[test]
fn grows_and_waits_for_whole_lines() {
    let mut bench = Bench::new("a.log");
    bench.all();
    assert!(bench.board.status().problems.concat().contains("is not there"));
    bench.append("a.log", "one\ntwo\nthr");
    bench.all();
    bench.check(&["one\ntwo\n"]);
    assert!(bench.board.status().problems.is_empty());
    assert_eq!(bench.board.status().sources[0].lag_bytes, 3);
    bench.append("a.log", "ee\n");
    bench.all();
    bench.check(&["one\ntwo\nthree\n"]);
    bench.kill();
    bench.append("a.log", "four\n");
    bench.all();
    bench.check(&["one\ntwo\nthree\nfour\n"]);
}

#[test]
fn renamed_and_made_anew() {
    let mut bench = Bench::new("a.log");
    bench.append("a.log", "one\n");
    bench.all();
    bench.append("a.log", "two\n");
    bench.rename("a.log", "a.log.1");
    bench.append("a.log", "three\n");
    // Who wrote it goes on for a while.
    bench.append("a.log.1", "late\nlast without end");
    bench.all();
    bench.wait();
    bench.all();
    bench.check(&["one\ntwo\nlate\nlast without end", "three\n"]);
}

#[test]
fn renamed_while_it_did_not_run() {
    let mut bench = Bench::new("a.log");
    bench.append("a.log", "one\n");
    bench.all();
    bench.kill();
    bench.append("a.log", "two\n");
    bench.rename("a.log", "a.log.1");
    bench.append("a.log", "three\n");
    bench.all();
    bench.check(&["one\ntwo\n", "three\n"]);
}

#[test]
fn renamed_and_compressed_while_it_did_not_run() {
    let mut bench = Bench::new("a.log*");
    let long = "a line of some length\n".repeat(50);
    bench.append("a.log", &long);
    bench.all();
    bench.kill();
    bench.append("a.log", "two\n");
    bench.rename("a.log", "a.log.1");
    bench.append("a.log", "three\n");
    bench.gzip("a.log.1", "a.log.1.gz");
    bench.all();
    bench.all();
    bench.check(&[&format!("{long}two\n"), "three\n"]);
    bench.kill();
    bench.all();
    bench.check(&[&format!("{long}two\n"), "three\n"]);
}

#[test]
fn truncated() {
    let mut bench = Bench::new("a.log");
    bench.append("a.log", "one\ntwo\n");
    bench.all();
    fs::write(bench.path("a.log"), "x\n").unwrap();
    bench.all();
    // As long as before, but another text.
    std::thread::sleep(Duration::from_millis(5));
    fs::write(bench.path("a.log"), "y\n").unwrap();
    bench.all();
    fs::write(bench.path("a.log"), "").unwrap();
    bench.all();
    bench.append("a.log", "z\n");
    bench.all();
    bench.check(&["one\ntwo\n", "x\n", "y\n", "z\n"]);
}

#[test]
fn copied_and_truncated() {
    let mut bench = Bench::new("a.log*");
    bench.append("a.log", "one\n");
    bench.all();
    bench.append("a.log", "two\n");
    fs::copy(bench.path("a.log"), bench.path("a.log.1")).unwrap();
    fs::write(bench.path("a.log"), "three is longer than all before\n").unwrap();
    bench.all();
    bench.wait();
    bench.all();
    bench.check(&["one\ntwo\n", "three is longer than all before\n"]);
    bench.kill();
    bench.all();
    bench.check(&["one\ntwo\n", "three is longer than all before\n"]);
}

/// With the date before the ending, as some rotate.
#[test]
fn copied_under_another_name() {
    let mut bench = Bench::new("a.log");
    let long = "a line of some length\n".repeat(50);
    bench.append("a.log", &long);
    bench.all();
    bench.append("a.log", "two\n");
    fs::copy(bench.path("a.log"), bench.path("a-20261103.log")).unwrap();
    fs::write(bench.path("a.log"), "three\n").unwrap();
    bench.all();
    bench.wait();
    bench.all();
    bench.check(&[&format!("{long}two\n"), "three\n"]);
}

#[test]
fn replaced_by_a_longer_copy() {
    let mut bench = Bench::new("a.log");
    let long = "a line of some length\n".repeat(50);
    bench.append("a.log", &long);
    bench.all();
    fs::write(bench.path("new"), format!("{long}two\n")).unwrap();
    bench.rename("new", "a.log");
    bench.all();
    bench.check(&[&format!("{long}two\n")]);
    // Another content is another stream.
    fs::write(bench.path("new"), "other\n").unwrap();
    bench.rename("new", "a.log");
    bench.all();
    bench.check(&[&format!("{long}two\n"), "other\n"]);
}

#[test]
fn compressed_files_that_appear() {
    let mut bench = Bench::new("*.gz");
    bench.all();
    bench.append("x", "one\ntwo without end");
    bench.gzip("x", "x.gz");
    for _ in 0..3 {
        bench.all();
    }
    bench.check(&["one\ntwo without end"]);
    bench.kill();
    bench.append("y", &"long\n".repeat(600_000));
    bench.gzip("y", "y.gz");
    for _ in 0..3 {
        bench.all();
    }
    bench.check(&["one\ntwo without end", &"long\n".repeat(600_000)]);
    fs::write(bench.path("z.gz"), "no gzip at all").unwrap();
    bench.all();
    bench.all();
    assert!(bench.board.status().problems.concat().contains("z.gz"));
}

#[test]
fn rotation_under_a_pattern() {
    let mut bench = Bench::new("a.log*");
    for round in 0..4 {
        bench.append(
            "a.log",
            &format!("{round} a line that says enough to know it by\n").repeat(20),
        );
        bench.all();
        for (from, to) in [("a.log.2", "a.log.3"), ("a.log.1", "a.log.2"), ("a.log", "a.log.1")] {
            if bench.path(from).exists() {
                bench.rename(from, to);
            }
        }
        if round % 2 == 0 {
            bench.all();
        }
        if round == 2 {
            bench.kill();
        }
        if bench.path("a.log.3").exists() {
            bench.gzip("a.log.3", "a.log.3.gz");
        }
        bench.wait();
        bench.all();
    }
    let want: Vec<_> = (0..4)
        .map(|round| format!("{round} a line that says enough to know it by\n").repeat(20))
        .collect();
    bench.check(&want.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn two_files_that_begin_alike_are_two() {
    let mut bench = Bench::new("*.log");
    let header = "#separator and names of columns\n".repeat(20);
    bench.append("conn.log", &header);
    bench.append("dns.log", &header);
    bench.all();
    bench.append("conn.log", "c\n");
    bench.append("dns.log", "d\n");
    bench.all();
    bench.check(&[&format!("{header}c\n"), &format!("{header}d\n")]);
}

#[test]
fn from_the_end() {
    let mut bench = Bench::with("a.log", None, Start::End, &[("a.log", "old\nold\n"), ("b", "")]);
    bench.look();
    bench.append("a.log", "new\n");
    bench.look();
    let piece = bench.pieces.try_recv().unwrap();
    assert_eq!((piece.base, piece.body), (Some(8), b"new\n".to_vec()));
    bench.kept.insert(piece.cursor.clone().unwrap().key, piece.cursor.unwrap().place);
    bench.kill();
    bench.append("a.log", "newer\n");
    bench.look();
    assert_eq!(bench.pieces.try_recv().unwrap().body, b"newer\n");
}

/// The desk does not see how such a stream begins, so it is told; a header is read all the same.
#[test]
fn from_the_end_of_what_has_a_beginning() {
    let access =
        "192.0.2.7 - - [03/Nov/2026:19:00:00 -0600] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n";
    let mut bench = Bench::with("a.log", None, Start::End, &[("a.log", access)]);
    bench.look();
    for _ in 0..2 {
        bench.append("a.log", access);
        bench.look();
        let piece = bench.pieces.try_recv().unwrap();
        assert_eq!(piece.format.as_deref(), Some("access"));
        let cursor = piece.cursor.unwrap();
        bench.kept.insert(cursor.key, cursor.place);
        bench.kill();
    }
    let zeek = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
                #path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n1.0\tC1\n";
    let mut bench = Bench::with("conn.log", None, Start::End, &[("conn.log", zeek)]);
    bench.all();
    bench.check(&[zeek]);
}

#[test]
fn records_over_several_lines() {
    let one = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System/>\n</Event>";
    let mut bench = Bench::new("a.xml");
    bench.timing.settle = Duration::from_secs(60);
    bench.kill();
    bench.append("a.xml", "<Events>\n");
    bench.all();
    bench.check(&[]);
    bench.append("a.xml", &format!("{one}\n<Event>\n<Sys"));
    bench.all();
    bench.check(&[&format!("<Events>\n{one}")]);
    assert_eq!(bench.board.status().sources[0].format.as_deref(), Some("windows-xml"));
    bench.kill();
    bench.append("a.xml", "tem/></Event>");
    bench.all();
    bench.check(&[&format!("<Events>\n{one}\n<Event>\n<System/></Event>")]);
}

#[test]
fn odd_things_at_the_path() {
    let mut bench = Bench::new("a.log");
    fs::create_dir(bench.path("a.log")).unwrap();
    bench.all();
    assert!(bench.board.status().problems.concat().contains("not a regular file"));
    fs::remove_dir(bench.path("a.log")).unwrap();
    std::os::unix::fs::symlink(bench.path("b"), bench.path("a.log")).unwrap();
    bench.append("b", "one\n");
    bench.all();
    bench.check(&["one\n"]);
    let long = vec![b'x'; 5 << 20];
    fs::write(bench.path("b"), &long).unwrap();
    bench.all();
    assert!(bench.got.values().any(|got| got.len() >= 4 << 20), "a line without end is bounded");
    assert!(Path::new(&bench.path("b")).exists());
}

#[derive(Clone, Debug)]
enum Act {
    Append(u8),
    Partial,
    Rotate,
    CopyTruncate,
    Look,
    Keep(usize),
    Kill,
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1..4_u8).prop_map(Act::Append),
        1 => Just(Act::Partial),
        1 => Just(Act::Rotate),
        1 => Just(Act::CopyTruncate),
        4 => Just(Act::Look),
        3 => (0..4_usize).prop_map(Act::Keep),
        1 => Just(Act::Kill),
        1 => Just(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    /// Whatever is written, rotated, read, kept and killed in between: every line comes once.
    #[test]
    fn every_line_once(acts in prop::collection::vec(act(), 1..50)) {
        let mut bench = Bench::new("a.log*");
        let (mut line, mut rotations) = (0, 0);
        let mut partial = false;
        let mut write = |bench: &Bench, count: u8, partial: &mut bool| {
            for _ in 0..count {
                line += 1;
                let start = if std::mem::take(partial) { "" } else { "line " };
                bench.append("a.log", &format!("{start}{line:06} with enough text to be told from all others by it: {}\n", "-".repeat(250)));
            }
            line
        };
        let mut total = write(&bench, 1, &mut partial);
        bench.look();
        for act in acts {
            match act {
                Act::Append(count) => total = write(&bench, count, &mut partial),
                Act::Partial => {
                    if !std::mem::replace(&mut partial, true) {
                        bench.append("a.log", "line ");
                    }
                }
                // As logrotate does it: whole lines, and what was there before moves on. The
                // content must have been seen once, or its first lines kept, to be known again.
                Act::Rotate | Act::CopyTruncate if partial => {}
                Act::Rotate => {
                    rotations += 1;
                    bench.rename("a.log", &format!("a.log.{rotations:03}"));
                    total = write(&bench, 1, &mut partial);
                }
                Act::CopyTruncate => {
                    bench.all();
                    rotations += 1;
                    write(&bench, 1, &mut partial);
                    fs::copy(bench.path("a.log"), bench.path(&format!("a.log.{rotations:03}"))).unwrap();
                    fs::write(bench.path("a.log"), "").unwrap();
                    bench.look();
                    total = write(&bench, 1, &mut partial);
                }
                Act::Look => bench.look(),
                Act::Keep(most) => bench.keep(most),
                Act::Kill => bench.kill(),
                Act::Wait => bench.wait(),
            }
        }
        if partial {
            total = write(&bench, 1, &mut partial);
        }
        bench.all();
        bench.wait();
        bench.all();
        let text = bench.got.values().map(|text| String::from_utf8_lossy(text)).collect::<String>();
        let mut numbers: Vec<i32> = text.lines().map(|line| line[5..11].parse().unwrap()).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (1..=total).collect::<Vec<_>>());
    }
}
