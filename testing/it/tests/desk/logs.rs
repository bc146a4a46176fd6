//! A machine that logs: a generated day appended to a file piece by piece, rotated on the way.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ward_kernel::Time;
use ward_lab::day::{Dress, Kind, Order};

/// How a log is rotated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rotate {
    /// Renamed, and a new one begun.
    Rename,
    /// Copied, and cut to nothing.
    CopyTruncate,
}

/// A log that grows.
pub(crate) struct Log {
    path: PathBuf,
    truth: PathBuf,
    lines: Vec<Vec<u8>>,
    next: usize,
    rotate: Rotate,
    rotations: u32,
    rest: Vec<u8>,
}

impl Log {
    /// A log at `path`; all that is ever written to it stands in `truth` as well.
    pub(crate) fn new(path: &Path, truth: &Path, rotate: Rotate, kind: Kind, lines: u64) -> Self {
        let mut order = Order::new(kind, lines, 7).expect("a day can be ordered");
        order.hours = 6.0;
        order.end = now();
        order.dress = Dress { json: false, rfc3339: true };
        let mut bytes = Vec::new();
        ward_lab::make::make(&order, &mut bytes).expect("a day can be made");
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        for file in [path, truth] {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            File::create(file).expect("a log");
        }
        Self {
            path: path.to_owned(),
            truth: truth.to_owned(),
            lines,
            next: 0,
            rotate,
            rotations: 0,
            rest: Vec::new(),
        }
    }

    pub(crate) fn is_written(&self) -> bool {
        self.next >= self.lines.len() && self.rest.is_empty()
    }

    /// Writes a share of all lines, in pieces that may end within a line.
    pub(crate) fn write(&mut self, share: usize, torn: bool) {
        let until = self.next.saturating_add((self.lines.len() / share).max(1));
        let block = self.lines.get(self.next..until.min(self.lines.len())).unwrap_or_default();
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend(block.iter().flatten());
        self.next += block.len();
        let keep = if torn && self.next < self.lines.len() { bytes.len().min(9) } else { 0 };
        self.rest = bytes.split_off(bytes.len() - keep);
        for file in [&self.path, &self.truth] {
            let mut log = OpenOptions::new().append(true).open(file).expect("the log is there");
            log.write_all(&bytes).expect("the log can be written");
        }
    }

    /// Rotates the log at the end of a line, as logrotate does between two writes.
    pub(crate) fn rotate(&mut self) {
        if !self.rest.is_empty() {
            return;
        }
        self.rotations += 1;
        let old = self.path.with_extension(format!("log.{}", self.rotations));
        match self.rotate {
            Rotate::Rename => {
                fs::rename(&self.path, old).expect("the log can be renamed");
                File::create(&self.path).expect("a new log");
            }
            Rotate::CopyTruncate => {
                fs::copy(&self.path, old).expect("the log can be copied");
                let log = OpenOptions::new().write(true).open(&self.path).expect("the log");
                log.set_len(0).expect("the log can be cut");
            }
        }
    }

    /// All that was written, in order, masked as a sensor masks it; `ward watch` shall read it so
    /// too.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut all = fs::read(&self.truth).expect("the truth");
        ward_live::mask(&ward_sensor::Door::new(&[], &[]), &mut all);
        fs::write(&self.truth, &all).expect("the truth");
        all
    }
}

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let secs = since.expect("a clock").as_secs();
    Time::from_secs(i64::try_from(secs).expect("this century"))
}
