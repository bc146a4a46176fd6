//! What one file of one sensor held: when it was awake, what was not understood, what it admits
//! to have lost.

use std::collections::BTreeMap;

use ward_kernel::Time;

use super::place::Place;

/// Samples of lines that were not understood, kept for each file.
const SAMPLES: usize = 5;
/// Bytes of such a line that are kept.
const SAMPLE_BYTES: usize = 200;
/// Hours that are kept for each file.
const HOURS: usize = 20_000;

/// The minutes of one hour in which records came, and how many came in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Awake {
    /// Bit `n`: a record in minute `n`.
    pub minutes: u64,
    /// Records.
    pub records: u64,
}

/// A line that was not understood.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Misread {
    /// Where it stands.
    pub place: Place,
    /// Why it was not understood.
    pub why: &'static str,
    /// Its beginning.
    pub text: Box<[u8]>,
}

/// Losses of one kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Lost {
    /// How much was lost.
    pub lost: u64,
    /// Out of how much; 0 when unknown.
    pub of: u64,
    /// In how many records it was admitted.
    pub records: u64,
}

/// Losses that are running totals since the sensor began: the largest counts, never the sum.
const RUNNING: [&str; 1] = ["kernel_drops"];

impl Lost {
    fn add(&mut self, by: &str, other: Self) {
        if RUNNING.contains(&by) {
            self.lost = self.lost.max(other.lost);
            self.of = self.of.max(other.of);
        } else {
            self.lost = self.lost.saturating_add(other.lost);
            self.of = self.of.saturating_add(other.of);
        }
        self.records += other.records;
    }
}

/// What one file held.
#[derive(Clone, Debug, Default)]
pub struct FileState {
    /// Records understood.
    pub records: u64,
    /// First and last time of a record.
    pub span: Option<(Time, Time)>,
    /// By hour since the epoch.
    pub awake: BTreeMap<i64, Awake>,
    /// Lines not understood.
    pub misread: u64,
    /// The first few of them.
    pub samples: Vec<Misread>,
    /// Losses by what admits them.
    pub losses: BTreeMap<&'static str, Lost>,
    open: i64,
    count: Awake,
}

impl FileState {
    /// A record, with its time if it has one.
    pub fn record(&mut self, time: Option<Time>) {
        self.records += 1;
        let Some(time) = time else { return };
        self.span = Some(match self.span {
            None => (time, time),
            Some((first, last)) => (first.min(time), last.max(time)),
        });
        let minute = time.minute();
        let hour = minute.div_euclid(60);
        if hour != self.open {
            self.close();
            self.open = hour;
        }
        self.count.minutes |= 1 << minute.rem_euclid(60);
        self.count.records += 1;
    }

    /// Writes down the hour at hand; call before reading `awake`.
    pub fn close(&mut self) {
        let count = std::mem::take(&mut self.count);
        if count.records > 0 && (self.awake.len() < HOURS || self.awake.contains_key(&self.open)) {
            add(&mut self.awake, self.open, count);
        }
    }

    /// A line that was not understood.
    pub fn misread(&mut self, place: Place, line: &[u8], why: &'static str) {
        self.misread += 1;
        if self.samples.len() == SAMPLES && self.samples.last().is_some_and(|s| s.place <= place) {
            return;
        }
        let text = line.get(..SAMPLE_BYTES.min(line.len())).unwrap_or_default().into();
        self.keep(Misread { place, why, text });
    }

    fn keep(&mut self, sample: Misread) {
        let at = self.samples.partition_point(|held| *held < sample);
        self.samples.insert(at, sample);
        self.samples.truncate(SAMPLES);
    }

    /// A loss that a record admits.
    pub fn lost(&mut self, by: &'static str, lost: u64, of: Option<u64>) {
        let of = of.unwrap_or(0);
        self.losses.entry(by).or_default().add(by, Lost { lost, of, records: 1 });
    }

    /// Takes in what another worker read of the same file.
    pub fn merge(&mut self, mut other: Self) {
        self.close();
        other.close();
        self.records += other.records;
        self.span = match (self.span, other.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (a, b) => a.or(b),
        };
        for (hour, awake) in other.awake {
            add(&mut self.awake, hour, awake);
        }
        self.misread += other.misread;
        other.samples.into_iter().for_each(|sample| self.keep(sample));
        for (by, theirs) in other.losses {
            self.losses.entry(by).or_default().add(by, theirs);
        }
    }
}

fn add(awake: &mut BTreeMap<i64, Awake>, hour: i64, count: Awake) {
    let held = awake.entry(hour).or_default();
    held.minutes |= count.minutes;
    held.records += count.records;
}
