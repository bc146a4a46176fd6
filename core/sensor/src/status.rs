//! What a sensor says of itself, with every parcel and every ten seconds when it has none.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

/// Most sources, drops and problems that are kept of one status.
pub const PARTS_MAX: usize = 512;
const TEXT_MAX: usize = 1024;

/// A sensor's state. Times are microseconds since 1970 UTC by the sensor's clock.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Status {
    /// The sensor program's version.
    pub version: String,
    /// The machine's name.
    pub host: String,
    /// The sensor's clock when it sent this.
    pub clock: i64,
    /// How long the last request took, there and back, in microseconds; 0 before the first.
    pub round_trip: i64,
    /// When the program was started.
    pub started: i64,
    /// What it reads.
    pub sources: Vec<SourceStatus>,
    /// Bytes in the spool that the desk does not hold yet.
    pub spool_bytes: u64,
    /// The most that the spool may hold, in bytes.
    pub spool_limit: u64,
    /// Batches that the desk does not hold yet.
    pub waiting: u64,
    /// When the oldest of these was cut; 0 when there is none.
    pub oldest: i64,
    /// The highest sequence that was given to a batch.
    pub sequence: u64,
    /// The lowest sequence that the sensor can still send; 0 when nothing waits. Where it lies
    /// behind a gap, the batches between were lost for good (a damaged disk, a desk that went back
    /// to an old backup): the desk says so to people and goes on from here.
    pub first: u64,
    /// What was dropped, source by source, since the spool was made.
    pub dropped: Vec<Dropped>,
    /// What a person should look at, in sentences.
    pub problems: Vec<String>,
}

/// One thing that a sensor reads.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct SourceStatus {
    /// Its stream's name.
    pub name: String,
    /// `file`, `journal`, `syslog` or `netflow`.
    pub kind: String,
    /// The format that was recognised or forced, if any.
    pub format: Option<String>,
    /// When its last record was read; 0 before the first.
    pub last_record: i64,
    /// Records read since the start.
    pub records: u64,
    /// Bytes that wait to be read.
    pub lag_bytes: u64,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
}

/// What was dropped because the spool was full.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Dropped {
    /// The source's name.
    pub source: String,
    /// Records dropped.
    pub records: u64,
    /// Bytes dropped.
    pub bytes: u64,
    /// When the first was dropped.
    pub first: i64,
    /// When the last was dropped.
    pub last: i64,
}

impl Status {
    /// The sensor's clock when it sent this.
    #[must_use]
    pub const fn clock(&self) -> Time {
        Time::from_micros(self.clock)
    }

    /// How long the oldest batch has waited, in microseconds by the sensor's clock; 0 when none
    /// waits.
    #[must_use]
    pub fn lag(&self) -> i64 {
        if self.oldest == 0 { 0 } else { self.clock.saturating_sub(self.oldest).max(0) }
    }

    /// Records dropped in all.
    #[must_use]
    pub fn dropped_records(&self) -> u64 {
        self.dropped.iter().fold(0, |sum, drop| sum.saturating_add(drop.records))
    }

    /// The same, with every list and text cut to its limit.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.sources.truncate(PARTS_MAX);
        self.dropped.truncate(PARTS_MAX);
        self.problems.truncate(PARTS_MAX);
        for text in [&mut self.version, &mut self.host] {
            bound(text);
        }
        for source in &mut self.sources {
            bound(&mut source.name);
            bound(&mut source.kind);
            source.format.iter_mut().chain(&mut source.problem).for_each(bound);
        }
        self.dropped.iter_mut().for_each(|dropped| bound(&mut dropped.source));
        self.problems.iter_mut().for_each(bound);
        self
    }
}

fn bound(text: &mut String) {
    if text.len() > TEXT_MAX {
        let end = (0..=TEXT_MAX).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags() {
        let status = Status { clock: 50, oldest: 20, ..Status::default() };
        assert_eq!(status.lag(), 30);
        assert_eq!(Status { oldest: 0, ..status.clone() }.lag(), 0);
        assert_eq!(Status { clock: i64::MIN, oldest: i64::MAX, ..status }.lag(), 0);
    }

    #[test]
    fn is_bounded() {
        let long = "\u{e9}".repeat(5000);
        let status =
            Status { host: long.clone(), problems: vec![long; PARTS_MAX + 1], ..Status::default() }
                .bounded();
        assert_eq!((status.host.len(), status.problems.len()), (TEXT_MAX, PARTS_MAX));
        assert!(status.problems.iter().all(|text| text.len() <= TEXT_MAX));
    }

    #[test]
    fn reads_what_is_missing_as_nothing() {
        assert_eq!(serde_json::from_str::<Status>("{\"new\":1}").unwrap(), Status::default());
    }
}
