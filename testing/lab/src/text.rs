//! Fast writing of log lines into byte buffers.

use std::io::Write as _;

use ward_kernel::time::SECOND;
use ward_kernel::{Addr, Time};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Appends text.
pub fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Appends a number in decimal.
pub fn num(out: &mut Vec<u8>, number: u64) {
    let (mut digits, mut at, mut rest) = ([0_u8; 20], 20, number);
    while let Some(place) = digits.get_mut(..at).and_then(<[u8]>::last_mut) {
        *place = b'0' + (rest % 10) as u8;
        at -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// Appends microseconds as seconds with six digits after the point: `1793772000.000042`.
pub fn seconds(out: &mut Vec<u8>, micros: u64) {
    num(out, micros / 1_000_000);
    out.push(b'.');
    let mut unit = 100_000;
    while unit > 0 {
        out.push(b'0' + (micros / unit % 10) as u8);
        unit /= 10;
    }
}

/// Appends an address in its usual form.
pub fn addr(out: &mut Vec<u8>, addr: Addr) {
    let Some(v4) = addr.as_v4() else {
        let _writing_to_memory_cannot_fail = write!(out, "{addr}");
        return;
    };
    for (place, octet) in v4.to_be_bytes().into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        num(out, u64::from(octet));
    }
}

/// The texts of one second, kept until the second changes.
#[derive(Debug, Default)]
pub struct Stamp {
    second: Option<i64>,
    syslog: String,
    clf: String,
    iso: String,
}

impl Stamp {
    /// Moves to this moment.
    pub fn set(&mut self, micros: i64) {
        let second = micros.div_euclid(SECOND);
        if self.second == Some(second) {
            return;
        }
        self.second = Some(second);
        let text = Time::from_micros(micros).to_string();
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let number: usize = part(5, 7).parse().unwrap_or(1);
        let month = MONTHS.get(number.saturating_sub(1)).copied().unwrap_or("Jan");
        let (day, clock) = (part(8, 10), part(11, 19));
        let padded = day.strip_prefix('0').map_or_else(|| day.to_owned(), |d| format!(" {d}"));
        self.syslog = format!("{month} {padded} {clock}");
        self.clf = format!("{day}/{month}/{}:{clock} +0000", part(0, 4));
        self.iso = part(0, 19).to_owned();
    }

    /// RFC 3164: `Nov  3 19:00:00`.
    #[must_use]
    pub fn syslog(&self) -> &str {
        &self.syslog
    }

    /// The common log format: `03/Nov/2026:19:00:00 +0000`.
    #[must_use]
    pub fn clf(&self) -> &str {
        &self.clf
    }

    /// RFC 3339 without fraction and zone: `2026-11-03T19:00:00`.
    #[must_use]
    pub fn iso(&self) -> &str {
        &self.iso
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_and_addresses() {
        assert_eq!(written(|out| num(out, 0)), "0");
        assert_eq!(written(|out| num(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(written(|out| seconds(out, 1_793_772_000_000_042)), "1793772000.000042");
        assert_eq!(written(|out| addr(out, "203.0.113.9".parse().unwrap())), "203.0.113.9");
        assert_eq!(written(|out| addr(out, "2001:db8::9".parse().unwrap())), "2001:db8::9");
    }

    #[test]
    fn stamps() {
        let mut stamp = Stamp::default();
        stamp.set(Time::parse("2026-11-03T19:00:07Z").unwrap().micros() + 5);
        assert_eq!(stamp.syslog(), "Nov  3 19:00:07");
        assert_eq!(stamp.clf(), "03/Nov/2026:19:00:07 +0000");
        assert_eq!(stamp.iso(), "2026-11-03T19:00:07");
        stamp.set(Time::parse("2026-12-31T23:59:59Z").unwrap().micros());
        assert_eq!(stamp.syslog(), "Dec 31 23:59:59");
    }
}
