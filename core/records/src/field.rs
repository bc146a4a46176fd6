//! Numbers and moments from the bytes of a log field: exact, without a heap and without a `str`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};

/// A number of decimal digits and nothing else; `None` when empty or beyond 64 bits.
pub(crate) fn uint(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    // Nineteen digits always fit, so the common case needs no check per digit.
    if text.len() <= 19 {
        return text.iter().try_fold(0_u64, |sum, byte| Some(sum * 10 + digit(*byte)?));
    }
    text.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(10)?.checked_add(digit(*byte)?))
}

/// [`uint`] for what fits 16 bits: a port, a status.
pub(crate) fn u16(text: &[u8]) -> Option<u16> {
    uint(text).and_then(|number| u16::try_from(number).ok())
}

/// [`uint`] for what fits 32 bits.
pub(crate) fn u32(text: &[u8]) -> Option<u32> {
    uint(text).and_then(|number| u32::try_from(number).ok())
}

/// A decimal number such as `-12.5`, times a million and rounded to the nearest whole (halves away
/// from zero): seconds become microseconds.
pub(crate) fn micros(text: &[u8]) -> Option<i64> {
    let (negative, text) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (text.get(..dot)?, text.get(dot + 1..)?),
        None => (text, [].as_slice()),
    };
    let whole = i64::try_from(uint(whole)?).ok()?;
    let value = whole.checked_mul(SECOND)?.checked_add(millionths(fraction)?)?;
    Some(if negative { -value } else { value })
}

/// A moment given as decimal seconds since 1970 (see [`micros`]).
pub(crate) fn epoch(text: &[u8]) -> Option<Time> {
    micros(text).map(Time::from_micros)
}

/// A date and time of day, before it is known to which zone they belong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Stamp {
    /// The moment, with the offset applied; as if in UTC when the text named no offset.
    pub(crate) time: Time,
    /// Whether the text named an offset.
    pub(crate) zoned: bool,
}

impl Stamp {
    /// The moment, in this zone unless the text said otherwise. A time of day that a change of
    /// clocks skips or repeats is taken by the offset before the change.
    pub(crate) fn within(self, zone: &TimeZone) -> Time {
        if self.zoned || *zone == TimeZone::UTC {
            return self.time;
        }
        Timestamp::from_microsecond(self.time.micros())
            .ok()
            .map(|at| TimeZone::UTC.to_datetime(at))
            .and_then(|civil| zone.to_ambiguous_timestamp(civil).compatible().ok())
            .map_or(self.time, |at| Time::from_micros(at.as_microsecond()))
    }
}

/// Reads `2026-11-03T19:00:00` (or with a space), a fraction of any length after `.` or `,`, and
/// `Z`, `+0200`, `+02:00`, `+02` or nothing for the zone (RFC 3339 and its common relaxations).
pub(crate) fn stamp(text: &[u8]) -> Option<Stamp> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let [
        y @ ..,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
    ] = head
    else {
        return None;
    };
    let pair = |tens: &u8, ones: &u8| Some(10 * small(*tens)? + small(*ones)?);
    let [y1, y2, y3, y4] = y;
    let year = 100 * pair(y1, y2)? + pair(y3, y4)?;
    let days = days_since_epoch(year, pair(mo1, mo2)?, pair(d1, d2)?)?;
    let (hour, minute, second) = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = match rest.split_first() {
        Some((b'.' | b',', after)) => {
            let len = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            after.split_at(len)
        }
        _ => ([].as_slice(), rest),
    };
    let (offset, zoned) = offset(zone)?;
    let micros = days * DAY + hour * HOUR + minute * MINUTE + second * SECOND;
    let time = Time::from_micros(micros + millionths(fraction)? - offset);
    Some(Stamp { time, zoned })
}

/// The value of a hexadecimal digit.
pub(crate) const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; `None` when there is no such date.
pub(crate) fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    const LENGTH: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    let (before, length) = (BEFORE.get(index)?, LENGTH.get(index)?);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if day < 1 || day > length + i64::from(leap && month == 2) {
        return None;
    }
    // Leap days before this year, counted from year 0, which is one itself.
    let past = year - 1;
    let leaps = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) + 1;
    let passed = i64::from(leap && month > 2);
    Some(year * 365 + leaps + before + passed + day - 1 - 719_528)
}

/// The offset from UTC in microseconds, and whether there was one.
fn offset(zone: &[u8]) -> Option<(i64, bool)> {
    let pair = |tens: &u8, ones: &u8| Some(10 * small(*tens)? + small(*ones)?);
    let (sign, hours, minutes) = match zone {
        [] => return Some((0, false)),
        [b'Z' | b'z'] => return Some((0, true)),
        [sign, h1, h2] => (sign, pair(h1, h2)?, 0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => {
            (sign, pair(h1, h2)?, pair(m1, m2)?)
        }
        _ => return None,
    };
    let ahead = hours * HOUR + minutes * MINUTE;
    match sign {
        b'+' => Some((ahead, true)),
        b'-' => Some((-ahead, true)),
        _ => None,
    }
}

/// The digits after a decimal point as millionths, rounded by the seventh digit.
fn millionths(digits: &[u8]) -> Option<i64> {
    let mut value = 0;
    for place in 0..6 {
        value = value * 10 + digits.get(place).map_or(Some(0), |byte| small(*byte))?;
    }
    match digits.get(6..) {
        None | Some([]) => Some(value),
        Some(rest) if rest.iter().all(u8::is_ascii_digit) => {
            Some(value + i64::from(rest.first() >= Some(&b'5')))
        }
        Some(_) => None,
    }
}

const fn digit(byte: u8) -> Option<u64> {
    if byte.is_ascii_digit() { Some((byte - b'0') as u64) } else { None }
}

const fn small(byte: u8) -> Option<i64> {
    if byte.is_ascii_digit() { Some((byte - b'0') as i64) } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(uint(b"0"), Some(0));
        assert_eq!(uint(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(uint(b"00000000000000000000000001"), Some(1));
        for bad in ["", "-", "1 ", "+1", "1e3", "18446744073709551616", "99999999999999999999"] {
            assert_eq!(uint(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!((u16(b"65535"), u16(b"65536")), (Some(65_535), None));
        assert_eq!(micros(b"1521911721.255387"), Some(1_521_911_721_255_387));
        assert_eq!(micros(b"-12345.5"), Some(-12_345_500_000));
        assert_eq!(micros(b"0.0012309551"), Some(1231));
        assert_eq!(micros(b"0.9999996"), Some(1_000_000));
        assert_eq!(micros(b"0000000000.000000"), Some(0));
        for bad in ["", "-", ".5", "1.2.3", "1.2x", "1.2345678x", "77777777777777777777"] {
            assert_eq!(micros(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn stamps() {
        let utc = |text: &str| Some(Stamp { time: Time::parse(text).unwrap(), zoned: true });
        assert_eq!(stamp(b"2021-06-06T15:59:46.457984+0200"), utc("2021-06-06T13:59:46.457984Z"));
        assert_eq!(stamp(b"2021-06-06T15:59:46-06:00"), utc("2021-06-06T21:59:46Z"));
        assert_eq!(stamp(b"2024-02-29 23:59:59.9999999Z"), utc("2024-03-01T00:00:00Z"));
        assert_eq!(stamp(b"1960-01-01T00:00:00.000000Z"), utc("1960-01-01T00:00:00Z"));
        let local = stamp(b"2026-07-01 12:00:00").unwrap();
        assert!(!local.zoned);
        let chicago = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(local.within(&chicago), Time::parse("2026-07-01T17:00:00Z").unwrap());
        for bad in ["", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01T24:00:00Z"] {
            assert_eq!(stamp(bad.as_bytes()), None, "{bad}");
        }
        for bad in ["2023-01-01T00:00:00+1", "2023-01-01T00:00:00 X", "2023-01-01T00:00"] {
            assert_eq!(stamp(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_calendar(secs in -62_167_219_200_i64..253_402_300_000, micro in 0..SECOND) {
            let at = Timestamp::from_microsecond(secs * SECOND + micro).unwrap();
            let read = stamp(format!("{at:.6}").as_bytes());
            prop_assert_eq!(read.map(|read| read.time.micros()), Some(at.as_microsecond()));
        }

        #[test]
        fn never_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (uint(&text), micros(&text), stamp(&text));
        }

        #[test]
        fn never_panics_on_likely_text(text in "[-0-9:.TZ+ ]{0,40}") {
            let _ = (uint(text.as_bytes()), micros(text.as_bytes()), stamp(text.as_bytes()));
        }
    }
}
