//! The stamps that syslog lines begin with.
//!
//! | written by | looks like |
//! |---|---|
//! | RFC 3164, and most of Unix since | `Nov  3 19:00:00`: no year, no zone |
//! | `journalctl -o short-precise` | `Nov 03 19:00:00.123456` |
//! | Cisco, some BSDs | `Nov  3 2026 19:00:00` |
//! | RFC 5424, newer rsyslog (RFC 3339) | `2026-11-03T19:00:00.123456-06:00` |
//! | `journalctl -o short-iso` | `2026-11-03T19:00:00-0600` |
//! | `dmesg --time-format iso` | `2026-11-03T19:00:00,123456-06:00` |
//! | `journalctl -o short-unix` | `1793754000.123456` |
//! | `logread`, `dmesg -T` | `Tue Nov  3 19:00:00 2026`, the latter in brackets |

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, SECOND};

use crate::reader::Hints;
use crate::{civil, field, text};

/// Turns stamps into moments. Remembers the last hour met, so that zones and years are looked up
/// once an hour of log and not once a line; what it answers never depends on what came before.
#[derive(Clone, Debug)]
pub(super) struct Stamps {
    zone: TimeZone,
    /// No record is younger.
    limit: Time,
    /// The year of `limit` in `zone`.
    year: i64,
    /// Month, day and hour as written, and when that hour began, microseconds.
    yearless: Option<([u8; 9], i64)>,
    /// An hour on the wall, counted from 1970, and when it began, microseconds.
    wall: Option<(i64, i64)>,
}

impl Stamps {
    /// For a file with these hints.
    pub(super) fn new(hints: &Hints) -> Self {
        let limit = hints.newest.plus(DAY);
        let year = Timestamp::from_second(limit.secs())
            .map_or(2100, |limit| i64::from(hints.zone.to_datetime(limit).year()));
        Self { zone: hints.zone.clone(), limit, year, yearless: None, wall: None }
    }

    /// The stamp that the line begins with, and what follows it (without the space).
    pub(super) fn read<'a>(&mut self, line: &'a [u8]) -> Option<(Time, &'a [u8])> {
        match line.first()? {
            b'0'..=b'9' => self.digits(line),
            b'[' => {
                let (time, rest) = self.weekday(line.get(1..)?)?;
                Some((time, skip_space(rest.strip_prefix(b"]")?)))
            }
            _ => self.bsd(line).or_else(|| {
                let (time, rest) = self.weekday(line)?;
                Some((time, skip_space(rest)))
            }),
        }
    }

    /// RFC 3339 and its relations, or seconds since 1970.
    fn digits<'a>(&mut self, line: &'a [u8]) -> Option<(Time, &'a [u8])> {
        let (word, rest) = text::cut(line, b' ');
        if let Some(stamp) = field::stamp(word) {
            let time = if stamp.zoned { stamp.time } else { self.local(stamp.time.micros())? };
            return Some((time, rest));
        }
        (word.len() >= 10 && word.get(10).is_none_or(|dot| *dot == b'.'))
            .then(|| Some((field::epoch(word)?, rest)))?
    }

    /// `Nov  3 19:00:00`, also with one space, a fraction, a year, or a colon at the end.
    fn bsd<'a>(&mut self, line: &'a [u8]) -> Option<(Time, &'a [u8])> {
        let (month, day, rest) = month_and_day(line)?;
        let (year, rest) = year_before_clock(rest);
        let (clock, rest) = rest.split_first_chunk::<8>()?;
        let clock = civil::clock(*clock)?;
        let (micros, rest) = fraction(rest);
        let rest = rest.strip_prefix(b":").unwrap_or(rest);
        let start = match year {
            Some(year) => self.hour(year, month, day, clock / 3600)?,
            None => self.hour_without_year(month, day, clock / 3600, line)?,
        };
        // A space or the end must follow: `Nov  3 19:00:000` is no stamp.
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix(b" ")? };
        Some((Time::from_micros(start + clock % 3600 * SECOND + micros), rest))
    }

    /// `Tue Nov  3 19:00:00 2026`; what follows still has its space or bracket.
    fn weekday<'a>(&mut self, line: &'a [u8]) -> Option<(Time, &'a [u8])> {
        let (month, day, rest) = month_and_day(line.get(3..)?.strip_prefix(b" ")?)?;
        let (clock, rest) = rest.split_first_chunk::<8>()?;
        let (year, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<4>()?;
        let clock = civil::clock(*clock)?;
        let start = self.hour(civil::four(*year)?, month, day, clock / 3600)?;
        Some((Time::from_micros(start + clock % 3600 * SECOND), rest))
    }

    /// When an hour on the wall began, microseconds.
    fn hour(&mut self, year: i64, month: i64, day: i64, hour: i64) -> Option<i64> {
        let days = field::days_since_epoch(year, month, day)?;
        self.local(days * DAY + hour * HOUR).map(Time::micros)
    }

    /// The same in the last year in which that hour exists and is not after the limit.
    fn hour_without_year(&mut self, month: i64, day: i64, hour: i64, line: &[u8]) -> Option<i64> {
        let key = *line.first_chunk::<9>()?;
        if let Some((known, start)) = self.yearless
            && known == key
        {
            return Some(start);
        }
        // Eight years hold at least one 29 February.
        let start = (self.year - 8..=self.year).rev().find_map(|year| {
            self.hour(year, month, day, hour).filter(|start| *start <= self.limit.micros())
        })?;
        self.yearless = Some((key, start));
        Some(start)
    }

    /// A moment on the wall of the zone. Where the clock is set back, the earlier of both; where
    /// it is set forward, as if it had not been.
    fn local(&mut self, wall: i64) -> Option<Time> {
        let (hour, within) = (wall.div_euclid(HOUR), wall.rem_euclid(HOUR));
        if let Some((known, start)) = self.wall
            && known == hour
        {
            return Some(Time::from_micros(start.saturating_add(within)));
        }
        let civil = Offset::UTC.to_datetime(Timestamp::from_microsecond(hour * HOUR).ok()?);
        let moment = self.zone.to_ambiguous_timestamp(civil).compatible().ok()?;
        let start = moment.as_microsecond();
        self.wall = Some((hour, start));
        Some(Time::from_micros(start.saturating_add(within)))
    }
}

/// `Nov  3 `, `Nov 13 ` or `Nov 3 `, and what follows.
fn month_and_day(line: &[u8]) -> Option<(i64, i64, &[u8])> {
    let (&[m1, m2, m3, b' ', d1, d2], rest) = line.split_first_chunk::<6>()? else { return None };
    let month = civil::month([m1, m2, m3])?;
    match (d1, d2) {
        (b' ', ones) => Some((month, civil::two(b'0', ones)?, rest.strip_prefix(b" ")?)),
        (ones, b' ') => Some((month, civil::two(b'0', ones)?, rest)),
        (tens, ones) => Some((month, civil::two(tens, ones)?, rest.strip_prefix(b" ")?)),
    }
}

fn year_before_clock(rest: &[u8]) -> (Option<i64>, &[u8]) {
    match rest.split_first_chunk::<5>() {
        Some((&[a, b, c, d, b' '], after)) => match civil::four([a, b, c, d]) {
            Some(year) => (Some(year), after),
            None => (None, rest),
        },
        _ => (None, rest),
    }
}

/// Microseconds of `.123` or `.123456789`, and what follows.
fn fraction(rest: &[u8]) -> (i64, &[u8]) {
    let Some(digits) = rest.strip_prefix(b".") else { return (0, rest) };
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut micros, mut weight) = (0, 100_000);
    for digit in digits.iter().take(len) {
        micros += i64::from(digit - b'0') * weight;
        weight /= 10;
    }
    (micros, digits.get(len..).unwrap_or_default())
}

fn skip_space(rest: &[u8]) -> &[u8] {
    rest.strip_prefix(b" ").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(newest: &str, zone: &str) -> Stamps {
        let newest = Time::parse(newest).unwrap();
        Stamps::new(&Hints { newest, zone: TimeZone::get(zone).unwrap() })
    }

    #[track_caller]
    fn check(stamps: &mut Stamps, line: &str, want: &str) {
        let (time, rest) = stamps.read(line.as_bytes()).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(time.micros(), Time::parse(want).unwrap().micros(), "{line}");
        assert_eq!(rest, b"h x", "{line}");
    }

    #[test]
    fn all_kinds() {
        let mut at = stamps("2026-11-04T00:00:00Z", "America/Chicago");
        for line in [
            "Nov  3 19:00:00 h x",
            "Nov 3 19:00:00 h x",
            "Nov 03 19:00:00 h x",
            "Nov  3 19:00:00: h x",
            "Nov  3 2026 19:00:00 h x",
            "Tue Nov  3 19:00:00 2026 h x",
            "[Tue Nov  3 19:00:00 2026] h x",
            "2026-11-04T01:00:00Z h x",
            "2026-11-03T19:00:00-06:00 h x",
            "2026-11-03T19:00:00-0600 h x",
            "2026-11-04T02:00:00+01 h x",
            "2026-11-03T19:00:00 h x",
            "1793754000 h x",
        ] {
            check(&mut at, line, "2026-11-04T01:00:00Z");
        }
        for line in [
            "Nov 03 19:00:00.250000 h x",
            "Nov 03 19:00:00.25 h x",
            "2026-11-03T19:00:00.25-06:00 h x",
            "2026-11-03T19:00:00,250000-06:00 h x",
            "1793754000.25 h x",
        ] {
            check(&mut at, line, "2026-11-04T01:00:00.25Z");
        }
    }

    #[test]
    fn year_of_stamps_without_one() {
        let mut at = stamps("2027-01-02T00:00:00Z", "UTC");
        check(&mut at, "Dec 31 23:59:59 h x", "2026-12-31T23:59:59Z");
        check(&mut at, "Jan  1 00:00:00 h x", "2027-01-01T00:00:00Z");
        check(&mut at, "Jan  3 00:00:00 h x", "2027-01-03T00:00:00Z");
        check(&mut at, "Jan  4 00:00:00 h x", "2026-01-04T00:00:00Z");
        check(&mut at, "Feb 29 12:00:00 h x", "2024-02-29T12:00:00Z");
    }

    #[test]
    fn clocks_change() {
        let mut at = stamps("2026-12-01T00:00:00Z", "America/Chicago");
        check(&mut at, "Mar  8 01:59:59 h x", "2026-03-08T07:59:59Z");
        check(&mut at, "Mar  8 03:00:00 h x", "2026-03-08T08:00:00Z");
        check(&mut at, "Jul  4 00:00:00 h x", "2026-07-04T05:00:00Z");
        check(&mut at, "Nov  1 01:30:00 h x", "2026-11-01T06:30:00Z");
        check(&mut at, "Nov  1 02:00:00 h x", "2026-11-01T08:00:00Z");
    }

    #[test]
    fn no_stamps() {
        let mut at = stamps("2026-12-01T00:00:00Z", "UTC");
        for line in [
            "",
            "N",
            "Nov",
            "Nov  3",
            "Nov  3 19:00",
            "Nov  3 19:00:000 h x",
            "Nov 33 19:00:00 h",
            "Nov  0 19:00:00 h",
            "nov  3 19:00:00 h",
            "2026-13-01T00:00:00Z h",
            "2026 h",
            "[  1.5] h",
            "Tue Nov  3 19:00:00 h",
            "[Tue Nov  3 19:00:00 2026 h",
            "17937540001 h",
            "1793754000x h",
        ] {
            assert_eq!(at.read(line.as_bytes()), None, "{line}");
        }
    }
}
