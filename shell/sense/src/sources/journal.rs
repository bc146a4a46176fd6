//! The systemd journal, read by `journalctl` and turned into syslog lines (RFC 5424) with the
//! journal's own stamps.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ward_kernel::Time;
use ward_records::Format;
use ward_sensor::StreamName;

use self::entry::Entry;
use crate::clock;
use crate::piece::{Cursor, Inlet, Piece, lines};
use crate::settings::{JournalSettings, Start};

/// Key of the place, name of the stream and of the source.
const NAME: &str = "journal";
/// A piece is handed on when it is so long, in bytes, ...
const LONG: usize = 256 << 10;
/// ... or when its first line has waited so long.
const FLUSH: Duration = Duration::from_millis(200);
/// Longest entry that is read, in bytes; the rest of its line is left out.
const ENTRY: u64 = 1 << 20;
/// Between two starts of `journalctl`.
const AGAIN: Duration = Duration::from_secs(5);
/// Lines on their way from the reading thread.
const QUEUE: usize = 1024;

/// Where the journal was read up to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Place {
    /// The journal's own cursor; empty before the first entry.
    cursor: String,
    /// Stamp of the last entry, or of the first start, in microseconds since 1970.
    time: i64,
    generation: u64,
    /// Length of the stream so far.
    position: u64,
}

/// Follows the journal.
#[derive(Debug)]
pub(crate) struct Journal {
    settings: JournalSettings,
    inlet: Inlet,
    place: Place,
    body: Vec<u8>,
    /// The cursor does not lead anywhere any more: go on by time.
    lost: bool,
    again: Duration,
}

/// Why following ended.
enum End {
    /// The sensor stops.
    Stopped,
    /// `journalctl` ended.
    Ended,
}

impl Journal {
    /// Follows the journal from the place that the spool kept.
    pub(crate) fn new(
        settings: JournalSettings,
        cursors: &BTreeMap<String, Value>,
        inlet: Inlet,
    ) -> Self {
        let kept = cursors.get(NAME).and_then(|place| serde_json::from_value(place.clone()).ok());
        let place = kept.unwrap_or_else(|| Place {
            time: if settings.start == Start::End { clock::now().micros() } else { 0 },
            generation: clock::generation(),
            ..Place::default()
        });
        Self { settings, inlet, place, body: Vec::new(), lost: false, again: AGAIN }
    }

    /// Follows until it is told to stop, or the writer is gone.
    pub(crate) fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let started = Instant::now();
            let sentence = match self.start() {
                Err(why) => {
                    let program = self.settings.journalctl.display();
                    format!("cannot read the journal with {program}: {why}")
                }
                Ok(mut child) => {
                    let (end, read) = self.follow(&mut child, stop);
                    let said = finish(child);
                    if matches!(end, End::Stopped) {
                        return;
                    }
                    // It ends at once when the journal no longer has the entry of the cursor.
                    self.lost |=
                        read == 0 && !self.place.cursor.is_empty() && started.elapsed() < AGAIN;
                    format!("journalctl ended: {said}")
                }
            };
            self.inlet.board.problem(NAME, Some(sentence));
            wait(self.again, stop);
        }
    }

    fn start(&self) -> std::io::Result<Child> {
        let mut command = Command::new(&self.settings.journalctl);
        command.args(["--follow", "--no-tail", "--output=json", "--quiet"]);
        if self.place.cursor.is_empty() || self.lost {
            let seconds = Time::from_micros(self.place.time).secs();
            command.arg(format!("--since=@{seconds}"));
        } else {
            command.arg(format!("--after-cursor={}", self.place.cursor));
        }
        command.args(&self.settings.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }

    /// Reads what the child writes; gives how many entries came.
    fn follow(&mut self, child: &mut Child, stop: &AtomicBool) -> (End, u64) {
        let Some(output) = child.stdout.take() else { return (End::Ended, 0) };
        let (sender, receiver) = sync_channel(QUEUE);
        // The thread ends with the child, whose output it reads, or when nobody listens.
        std::thread::spawn(move || read_lines(BufReader::new(output), &sender));
        let mut entries = 0;
        let end = self.take(&receiver, stop, &mut entries);
        if self.hand_on().is_err() {
            return (End::Stopped, entries);
        }
        (end, entries)
    }

    fn take(&mut self, lines: &Receiver<Vec<u8>>, stop: &AtomicBool, entries: &mut u64) -> End {
        let mut flushed = Instant::now();
        loop {
            match lines.recv_timeout(FLUSH) {
                Ok(line) => *entries += u64::from(self.entry(&line)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return End::Ended,
            }
            if self.body.len() >= LONG || flushed.elapsed() >= FLUSH {
                flushed = Instant::now();
                if self.hand_on().is_err() {
                    return End::Stopped;
                }
            }
            if stop.load(Ordering::Relaxed) {
                return End::Stopped;
            }
        }
    }

    /// Takes one line of JSON; whether it was an entry.
    fn entry(&mut self, line: &[u8]) -> bool {
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else { return false };
        let time = entry.time();
        // After a lost cursor reading begins at a whole second: what came before is known.
        if self.lost && time <= self.place.time {
            return true;
        }
        if self.body.is_empty() && self.place.position == 0 {
            self.inlet.board.problem(NAME, None);
        }
        self.lost = false;
        entry.write(&mut self.body);
        self.place.cursor = entry.cursor;
        self.place.time = time;
        true
    }

    fn hand_on(&mut self) -> Result<(), ()> {
        if self.body.is_empty() {
            return Ok(());
        }
        self.inlet.board.problem(NAME, None);
        let body = std::mem::take(&mut self.body);
        let base = self.place.position;
        self.place.position = base.saturating_add(body.len() as u64);
        let now = clock::now();
        let records = lines(&body);
        self.inlet.board.read(NAME, NAME, records, now);
        let format = Some(Format::Syslog.name().to_owned());
        self.inlet.board.source(NAME, NAME, |source| source.format.clone_from(&format));
        let place = serde_json::to_value(&self.place).unwrap_or_default();
        let piece = Piece {
            source: Arc::from(NAME),
            stream: StreamName { name: NAME.to_owned(), generation: self.place.generation },
            format,
            base: Some(base),
            records,
            cut_at: now,
            body,
            cursor: Some(Cursor { key: NAME.to_owned(), place }),
            text: true,
        };
        self.inlet.patient.blocking_send(piece).map_err(|_| ())
    }
}

/// Sends the lines of a stream on; of lines that are too long only the beginning, which is then
/// no JSON and left out.
fn read_lines(mut input: impl BufRead, sender: &SyncSender<Vec<u8>>) {
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(ENTRY).read_until(b'\n', &mut line);
        let whole = line.last() == Some(&b'\n');
        if read.unwrap_or(0) == 0 || (!whole && input.skip_until(b'\n').is_err()) {
            return;
        }
        if sender.send(line).is_err() {
            return;
        }
    }
}

/// Ends the child; gives what it said.
fn finish(mut child: Child) -> String {
    // It may have ended by itself.
    let _ = child.kill();
    let status = child.wait().map(|status| status.to_string()).unwrap_or_default();
    let said = child.stderr.take().and_then(|errors| {
        let (sender, receiver) = sync_channel(1);
        // In a thread, because a child of the child could hold the pipe open.
        std::thread::spawn(move || {
            let mut said = String::new();
            let _ = errors.take(1000).read_to_string(&mut said);
            let _ = sender.send(said);
        });
        receiver.recv_timeout(FLUSH).ok()
    });
    let said: String = said.unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    if said.is_empty() { status } else { said }
}

fn wait(most: Duration, stop: &AtomicBool) {
    let until = Instant::now() + most;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50).min(most));
    }
}
