//! A day in the making: its order, its moments, its addresses and its events.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, ensure};
use ward_kernel::time::SECOND;
use ward_kernel::{Addr, Time};

use crate::rng::{Rng, whole};
use crate::truth::{Spec, Truth};

/// The fewest lines in which every class has room.
pub const MIN_LINES: u64 = 20_000;

/// The end of the default day: midnight in Missouri after the election of 3 November 2026.
pub const DEFAULT_END: &str = "2026-11-04T06:00:00Z";

/// A kind of log.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, clap::ValueEnum)]
pub enum Kind {
    /// Zeek conn.
    Conn,
    /// sshd by syslog.
    Sshd,
    /// nginx combined access log.
    Nginx,
    /// netfilter LOG by syslog.
    Fw,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Conn, Self::Sshd, Self::Nginx, Self::Fw];

    /// Its name on the command line and in truth files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conn => "conn",
            Self::Sshd => "sshd",
            Self::Nginx => "nginx",
            Self::Fw => "fw",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How lines are dressed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Dress {
    /// Zeek JSON instead of TSV.
    pub json: bool,
    /// RFC 3339 syslog stamps instead of RFC 3164 ones.
    pub rfc3339: bool,
}

/// What is ordered.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The kind of log.
    pub kind: Kind,
    /// How many lines.
    pub lines: u64,
    /// The seed.
    pub seed: u64,
    /// How many hours the day lasts.
    pub hours: f64,
    /// When it ends.
    pub end: Time,
    /// How its lines are dressed.
    pub dress: Dress,
}

impl Order {
    /// A day of 24 hours that ends with [`DEFAULT_END`].
    ///
    /// # Errors
    /// None in practice: the default end is a moment.
    pub fn new(kind: Kind, lines: u64, seed: u64) -> Result<Self> {
        let end = Time::parse(DEFAULT_END).map_err(anyhow::Error::msg)?;
        Ok(Self { kind, lines, seed, hours: 24.0, end, dress: Dress::default() })
    }

    /// Refuses what cannot be made.
    ///
    /// # Errors
    /// Says what was ordered and what can be had.
    pub fn check(&self) -> Result<()> {
        ensure!(
            self.lines >= MIN_LINES && self.lines <= 100_000_000,
            "{} lines: a day holds all its classes in {MIN_LINES} lines or more, and at most 100M",
            self.lines
        );
        ensure!(
            self.hours >= 6.0 && self.hours <= 24.0 * 31.0,
            "{} hours: a day lasts from 6 hours (slow scans need them) to 31 days",
            self.hours
        );
        ensure!(
            self.end.secs() >= 366 * 86_400,
            "the end must lie after 1971: stamps are written without a sign"
        );
        Ok(())
    }
}

/// A number of lines as people write it: `100000`, `100k`, `1M`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lines(pub u64);

impl FromStr for Lines {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, unit) = match text.as_bytes().last() {
            Some(b'k' | b'K') => (text.get(..text.len() - 1), 1_000),
            Some(b'm' | b'M') => (text.get(..text.len() - 1), 1_000_000),
            _ => (Some(text), 1),
        };
        let number = digits.and_then(|digits| digits.replace('_', "").parse::<u64>().ok());
        number
            .and_then(|number| number.checked_mul(unit))
            .map(Self)
            .ok_or_else(|| format!("\"{text}\" is not a number of lines: write 100000, 100k or 1M"))
    }
}

/// One line to be: when, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Event<P> {
    /// Microseconds since the epoch.
    pub time: i64,
    /// Order of making: among lines of one moment the first made comes first.
    pub seq: u32,
    /// What it says, in few bytes.
    pub line: P,
}

/// A day in the making.
#[derive(Debug)]
pub struct Day<P> {
    /// Randomness.
    pub rng: Rng,
    /// What is planted so far.
    pub truth: Truth,
    /// When it begins: microseconds since the epoch.
    pub t0: i64,
    /// When it ends.
    pub t1: i64,
    events: Vec<Event<P>>,
    lines: u64,
    drawn: u32,
    turn: u32,
}

impl<P: Copy> Day<P> {
    /// An empty day.
    #[must_use]
    pub fn new(order: &Order, specs: &[Spec]) -> Self {
        let t1 = order.end.micros();
        let t0 = t1.saturating_sub(whole(order.hours * 3600.0).saturating_mul(SECOND));
        let mut rng = Rng::new(order.seed);
        let mut truth = Truth::of(specs);
        truth.kind = order.kind.name().to_owned();
        (truth.lines, truth.seed) = (order.lines, order.seed);
        (truth.t0, truth.t1) = (t0 / SECOND, t1 / SECOND);
        let turn = u32::try_from(rng.below(1 << 28)).unwrap_or(0);
        let room = usize::try_from(order.lines).unwrap_or(0).saturating_add(8);
        let events = Vec::with_capacity(room);
        Self { rng, truth, t0, t1, events, lines: order.lines, drawn: 0, turn }
    }

    /// How many of something that comes `million` times in a million lines; at least `least`.
    #[must_use]
    pub fn per_million(&self, million: u64, least: usize) -> usize {
        let share = self.lines.saturating_mul(million) / 1_000_000;
        usize::try_from(share).unwrap_or(usize::MAX).max(least)
    }

    /// Whether the day has room for another line.
    #[must_use]
    pub fn open(&self) -> bool {
        (self.events.len() as u64) < self.lines
    }

    /// Adds a line; a moment outside the day is moved to its edge.
    pub fn put(&mut self, time: i64, line: P) {
        let seq = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        let time = time.clamp(self.t0, self.t1.saturating_sub(1));
        self.events.push(Event { time, seq, line });
    }

    /// A moment that leaves at least `room` seconds before the end.
    pub fn moment(&mut self, room: f64) -> i64 {
        let span = Self::secs(self.t1.saturating_sub(self.t0));
        let at = self.rng.between(0.0, (span - room).max(1.0));
        self.t0.saturating_add(micros(at))
    }

    /// A moment in the first `within` seconds.
    pub fn early(&mut self, within: f64) -> i64 {
        self.t0.saturating_add(micros(self.rng.between(0.0, within)))
    }

    /// Length of the day in seconds.
    #[must_use]
    pub fn span(&self) -> f64 {
        Self::secs(self.t1.saturating_sub(self.t0))
    }

    /// A source that nobody else of this day has. All lie in 240.0.0.0/4 (reserved, RFC 1112):
    /// spread like the Internet's, and nobody's.
    pub fn source(&mut self) -> Addr {
        loop {
            let number = scramble(self.drawn.wrapping_add(self.turn));
            self.drawn = self.drawn.wrapping_add(1);
            let host = number & 0xff;
            if number >> 24 != 0xff && host != 0 && host != 0xff {
                return Addr::v4(number);
            }
        }
    }

    /// Several sources of one's own.
    pub fn sources(&mut self, count: usize) -> Vec<Addr> {
        (0..count).map(|_| self.source()).collect()
    }

    /// So many new sources, to be counted while they act.
    pub fn tallies(&mut self, class: &'static str, count: usize) -> Tallies {
        let sources = self.sources(count).into_iter();
        Tallies { class, of: sources.map(|source| Tally { source, count: 0 }).collect() }
    }

    /// The finished day: exactly as many lines as were ordered, in order of time.
    ///
    /// # Errors
    /// When the planted classes left no room for the class that fills the day.
    pub fn close(mut self) -> Result<(Vec<Event<P>>, Truth)> {
        ensure!(
            self.events.len() as u64 >= self.lines
                && (self.events.len() as u64) < self.lines.saturating_add(64),
            "{} lines were planted in a day of {}: order a longer day",
            self.events.len(),
            self.lines
        );
        self.events.truncate(usize::try_from(self.lines).unwrap_or(usize::MAX));
        self.events.sort_unstable_by_key(|event| (event.time, event.seq));
        self.truth.close();
        Ok((self.events, self.truth))
    }

    #[expect(clippy::cast_precision_loss, reason = "spans of days are far below 2^53")]
    fn secs(micros: i64) -> f64 {
        micros as f64 / 1e6
    }
}

/// A source and how often it has acted.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    /// The source.
    pub source: Addr,
    /// How often it has acted.
    pub count: u64,
}

/// The sources of one class, counted while they act: far cheaper than a note for each act.
#[derive(Debug)]
pub struct Tallies {
    class: &'static str,
    of: Vec<Tally>,
}

impl Tallies {
    /// One of them; `None` when there are none.
    pub fn pick(&mut self, rng: &mut Rng) -> Option<&mut Tally> {
        let at = rng.count(0, self.of.len());
        self.of.get_mut(at)
    }

    /// Notes all that acted.
    pub fn note(&self, truth: &mut Truth) {
        for tally in self.of.iter().filter(|tally| tally.count > 0) {
            truth.note(self.class, tally.source, tally.count);
        }
    }
}

/// Microseconds of so many seconds.
#[must_use]
pub const fn micros(seconds: f64) -> i64 {
    whole(seconds * 1e6)
}

/// A permutation of the 28-bit numbers (each step can be undone), in 240.0.0.0/4.
const fn scramble(number: u32) -> u32 {
    const MASK: u32 = 0x0fff_ffff;
    let mut x = number & MASK;
    x = x.wrapping_mul(0x9e3_779b) & MASK;
    x ^= x >> 14;
    x = x.wrapping_mul(0x85e_bca7) & MASK;
    x ^= x >> 13;
    x | 0xf000_0000
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn lines_as_people_write_them() {
        assert_eq!("1M".parse(), Ok(Lines(1_000_000)));
        assert_eq!("100k".parse(), Ok(Lines(100_000)));
        assert_eq!("250_000".parse(), Ok(Lines(250_000)));
        for bad in ["", "M", "1G", "-1", "99999999999999999999", "99999999999999999M"] {
            assert!(bad.parse::<Lines>().is_err(), "{bad}");
        }
    }

    #[test]
    fn sources_are_distinct_and_nobodys() {
        let order = Order::new(Kind::Conn, MIN_LINES, 1).unwrap();
        let mut day = Day::<u8>::new(&order, &[]);
        let sources: BTreeSet<Addr> = day.sources(200_000).into_iter().collect();
        assert_eq!(sources.len(), 200_000);
        assert!(sources.iter().all(|addr| addr.as_v4().unwrap() >> 28 == 0xf));
        assert!(!sources.iter().any(|addr| addr.is_special()));
    }

    #[test]
    fn orders_are_checked() {
        let order = Order::new(Kind::Fw, 10, 1).unwrap();
        assert!(order.check().unwrap_err().to_string().contains("20000 lines or more"));
        let order = Order { hours: f64::NAN, ..Order::new(Kind::Fw, MIN_LINES, 1).unwrap() };
        assert!(order.check().is_err());
    }
}
