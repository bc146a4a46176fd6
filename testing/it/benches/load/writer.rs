//! The machines that log: one thread that appends lines at a rate, rotates, and plants attempts.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::lines::{ATTEMPTS, Kind, Lines};
use crate::planted::Planted;
use ward_it::bench::address;
use ward_it::people::now;

/// How often it writes.
const TICK: Duration = Duration::from_millis(10);
/// A file is rotated when it is longer than this, in bytes.
const ROTATE: u64 = 64 << 20;
/// Lines that one tick writes at most: more would be no even load.
const BURST: u64 = 4_000;

/// What is told of the writing while it goes on.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Lines written, by sensor.
    pub(crate) lines: Vec<AtomicU64>,
    pub(crate) bytes: AtomicU64,
    /// By how much the writer was behind its own rate at most, in milliseconds.
    pub(crate) late_ms: AtomicU64,
    pub(crate) stop: AtomicBool,
}

impl Told {
    pub(crate) fn new(sensors: usize) -> Self {
        Self { lines: (0..sensors).map(|_| AtomicU64::new(0)).collect(), ..Self::default() }
    }

    pub(crate) fn all(&self) -> u64 {
        self.lines.iter().map(|lines| lines.load(Ordering::Relaxed)).sum()
    }
}

/// A log that grows.
struct Log {
    path: PathBuf,
    file: File,
    length: u64,
    waiting: Vec<u8>,
}

impl Log {
    fn new(path: PathBuf) -> Self {
        let file = append_to(&path);
        Self { path, file, length: 0, waiting: Vec::new() }
    }

    /// Writes what waits; how many bytes.
    fn write(&mut self) -> u64 {
        let bytes = self.waiting.len() as u64;
        self.file.write_all(&self.waiting).expect("the log can be written");
        self.waiting.clear();
        self.length += bytes;
        if self.length > ROTATE {
            let old = self.path.with_extension("log.1");
            fs::rename(&self.path, old).expect("the log can be renamed");
            self.file = append_to(&self.path);
            self.length = 0;
        }
        bytes
    }
}

fn append_to(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a log")
}

/// The writer.
pub(crate) struct Writer {
    lines: Lines,
    /// By sensor, then by kind.
    logs: Vec<Vec<Log>>,
    planted: Arc<Planted>,
    told: Arc<Told>,
    /// Number of the next source that attempts.
    next: u64,
}

impl Writer {
    /// Logs in these folders, one of each sensor.
    pub(crate) fn new(
        folders: &[PathBuf],
        sources: u64,
        planted: &Arc<Planted>,
        told: &Arc<Told>,
    ) -> Self {
        let logs_of = |folder: &PathBuf| {
            Kind::ALL.iter().map(|(_, name, _)| Log::new(folder.join(name))).collect()
        };
        Self {
            lines: Lines::new(sources),
            logs: folders.iter().map(logs_of).collect(),
            planted: Arc::clone(planted),
            told: Arc::clone(told),
            next: 1,
        }
    }

    /// Writes so many lines a second for so long; plants, after a while, about one attempt a
    /// second.
    pub(crate) fn run(mut self, rate: u64, length: Duration, quiet: Duration) {
        let begun = Instant::now();
        let mut plant_at = quiet;
        let mut sent = 0_u64;
        while begun.elapsed() < length && !self.told.stop.load(Ordering::Relaxed) {
            let due = (begun.elapsed().as_secs_f64() * rate as f64) as u64;
            let missing = due.saturating_sub(sent);
            self.told.late_ms.fetch_max(missing * 1_000 / rate, Ordering::Relaxed);
            let some = missing.min(BURST);
            self.lines.at(now().micros());
            for _ in 0..some {
                self.ordinary();
            }
            sent += some;
            if begun.elapsed() >= plant_at && begun.elapsed() + Duration::from_secs(3) < length {
                plant_at =
                    begun.elapsed() + Duration::from_millis(500 + self.lines.below(1_000) as u64);
                self.plant();
            }
            let bytes = self.logs.iter_mut().flatten().map(Log::write).sum();
            self.told.bytes.fetch_add(bytes, Ordering::Relaxed);
            if some < BURST {
                std::thread::sleep(TICK);
            }
        }
    }

    fn ordinary(&mut self) {
        let (sensor, place) = (self.lines.below(self.logs.len()), self.lines.kind());
        let log = self.logs.get_mut(sensor).and_then(|logs| logs.get_mut(place));
        if let (Some(log), Some((kind, _, _))) = (log, Kind::ALL.get(place)) {
            self.lines.line(*kind, &mut log.waiting);
            self.count(sensor, 1);
        }
    }

    /// An attempt at one of the machines; its clock starts before its lines are written.
    fn plant(&mut self) {
        let place = if self.next.is_multiple_of(2) { 0 } else { Kind::ALL.len() - 1 };
        let sensor = self.lines.below(self.logs.len());
        let number = self.next;
        self.next += 1;
        let log = self.logs.get_mut(sensor).and_then(|logs| logs.get_mut(place));
        if let (Some(log), Some((kind, name, _))) = (log, Kind::ALL.get(place)) {
            self.planted.plant(&address(ATTEMPTS, number), name);
            let lines = self.lines.attempt(*kind, number, &mut log.waiting);
            self.count(sensor, lines);
        }
    }

    fn count(&self, sensor: usize, lines: u64) {
        if let Some(told) = self.told.lines.get(sensor) {
            told.fetch_add(lines, Ordering::Relaxed);
        }
    }
}
