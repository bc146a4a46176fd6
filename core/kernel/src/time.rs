//! Moments: microseconds since 1970-01-01T00:00:00Z, the resolution of the finest sensor.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A moment, in microseconds UTC since the Unix epoch. May lie before it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Time(i64);

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

impl Time {
    /// A moment from microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A moment from whole seconds since the epoch; saturates far outside any calendar.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Whole minutes since the epoch, rounded down.
    #[must_use]
    pub const fn minute(self) -> i64 {
        self.0.div_euclid(MINUTE)
    }

    /// The moment `micros` later (earlier when negative); saturates.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to here; saturates.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339, such as `2026-11-03T19:00:00-06:00`.
    ///
    /// # Errors
    /// Says what the text should have looked like.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse::<Timestamp>().map(|at| Self(at.as_microsecond())).map_err(|_| {
            format!("\"{text}\" is not a moment: write it like 2026-11-03T19:00:00-06:00")
        })
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, to the second: `2026-11-03T19:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.secs()) {
            Ok(at) => write!(f, "{at}"),
            Err(_) => write!(f, "{}s", self.secs()),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_rfc3339() {
        assert_eq!(Time::from_micros(1_521_911_721_255_387).to_string(), "2018-03-24T17:15:21Z");
        assert_eq!(Time::from_micros(-1).to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn refuses_with_a_sentence() {
        assert!(Time::parse("yesterday").is_err_and(|why| why.contains("write it like")));
        assert_eq!(Time::parse("1970-01-01T00:00:01Z"), Ok(Time::from_secs(1)));
    }
}
