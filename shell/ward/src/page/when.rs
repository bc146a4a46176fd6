//! Moments and lengths of time as people write them, in the office's zone.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use ward_kernel::Time;
pub use ward_kernel::words::length;

/// Writes moments in one zone.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// A clock on the wall of an office in this zone.
    #[must_use]
    pub const fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// The moment on this clock; `None` outside any calendar (years beyond 9999).
    #[must_use]
    pub fn zoned(&self, time: Time) -> Option<Zoned> {
        Timestamp::from_microsecond(time.micros()).ok().map(|at| at.to_zoned(self.zone.clone()))
    }

    /// `3 Nov 2026 02:14 CST`.
    #[must_use]
    pub fn full(&self, time: Time) -> String {
        self.format(time, "%-d %b %Y %H:%M %Z")
    }

    /// `Tue 3 Nov 02:14`.
    #[must_use]
    pub fn short(&self, time: Time) -> String {
        self.format(time, "%a %-d %b %H:%M")
    }

    /// `2026-11-03T02:14:07-06:00`: for machines and `datetime` attributes.
    #[must_use]
    pub fn iso(&self, time: Time) -> String {
        self.format(time, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// `02:14:07`, with the day before it when `day` is asked for.
    #[must_use]
    pub fn second(&self, time: Time) -> String {
        self.format(time, "%-d %b %H:%M:%S")
    }

    /// From and to, the second day only when it is another: `3 Nov 02:14 – 04:51 CST`.
    #[must_use]
    pub fn span(&self, first: Time, last: Time) -> String {
        let (from, to) = (self.format(first, "%-d %b"), self.format(last, "%-d %b"));
        let (start, end) = (self.format(first, "%H:%M"), self.format(last, "%H:%M"));
        let zone = self.format(last, "%Z");
        if from == to && start == end {
            format!("{from} {start} {zone}")
        } else if from == to {
            format!("{from} {start} – {end} {zone}")
        } else {
            format!("{from} {start} – {to} {end} {zone}")
        }
    }

    /// As [`Clock::span`] without the zone, for tables.
    #[must_use]
    pub fn span_bare(&self, first: Time, last: Time) -> String {
        let text = self.span(first, last);
        text.rsplit_once(' ').map_or(text.clone(), |(rest, _zone)| rest.to_owned())
    }

    /// The hour of the day, 0 to 23.
    #[must_use]
    pub fn hour(&self, time: Time) -> i8 {
        self.zoned(time).map_or(0, |at| at.hour())
    }

    fn format(&self, time: Time, how: &str) -> String {
        self.zoned(time).map_or_else(|| time.to_string(), |at| at.strftime(how).to_string())
    }
}

#[cfg(test)]
mod tests {
    use ward_kernel::time::{DAY, SECOND};

    use super::*;

    #[test]
    fn speaks_the_office_s_zone() {
        let clock = Clock::new(TimeZone::get("America/Chicago").unwrap());
        let (a, b) = ("2026-11-03T08:14:07Z", "2026-11-03T10:51:00Z");
        let (a, b) = (Time::parse(a).unwrap(), Time::parse(b).unwrap());
        assert_eq!(clock.full(a), "3 Nov 2026 02:14 CST");
        assert_eq!(clock.short(a), "Tue 3 Nov 02:14");
        assert_eq!(clock.iso(a), "2026-11-03T02:14:07-06:00");
        assert_eq!(clock.span(a, b), "3 Nov 02:14 – 04:51 CST");
        assert_eq!(clock.span(a, a), "3 Nov 02:14 CST");
        assert_eq!(clock.span_bare(a, b.plus(DAY)), "3 Nov 02:14 – 4 Nov 04:51");
        assert_eq!(length(b.since(a)), "2 h 37 min");
        assert_eq!(clock.full(Time::from_micros(i64::MAX)), "9223372036854s");
    }

    #[test]
    fn lengths_round_as_the_sentence_does() {
        for (secs, expected) in [
            (-5, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (28 * 60 + 29, "28 min"),
            (28 * 60 + 30, "29 min"),
            (3_599, "1 h"),
            (3_600 + 90, "1 h 2 min"),
            (86_399, "1 day"),
            (86_400 + 5_399, "1 day 1 h"),
            (2 * 86_400 - 1, "2 days"),
        ] {
            assert_eq!(length(secs * SECOND), expected, "{secs}");
        }
        assert!(length(i64::MAX).ends_with("days 4 h"), "{}", length(i64::MAX));
    }
}
