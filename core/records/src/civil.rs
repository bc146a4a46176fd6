//! Parts of dates as syslog and access logs write them.

/// The number of an English month by its first three letters.
pub(crate) const fn month(name: [u8; 3]) -> Option<i64> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

/// Two digits.
pub(crate) fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// Four digits.
pub(crate) fn four(digits: [u8; 4]) -> Option<i64> {
    let [a, b, c, d] = digits;
    Some(two(a, b)? * 100 + two(c, d)?)
}

/// Seconds since midnight of `hh:mm:ss`. A leap second counts as the second before it.
pub(crate) fn clock(text: [u8; 8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = text else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    (hour < 24 && minute < 60 && second <= 60).then(|| hour * 3600 + minute * 60 + second.min(59))
}

/// Seconds east of Greenwich of `+hhmm`.
pub(crate) fn offset(text: [u8; 5]) -> Option<i64> {
    let [sign, h1, h2, m1, m2] = text;
    let seconds = two(h1, h2)? * 3600 + two(m1, m2)? * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(clock(*b"23:59:60"), Some(86_399));
        assert_eq!(clock(*b"24:00:00"), None);
        assert_eq!(clock(*b"1x:00:00"), None);
        assert_eq!(offset(*b"-0600"), Some(-21_600));
        assert_eq!(offset(*b" 0600"), None);
        assert_eq!(four(*b"2026"), Some(2026));
        assert_eq!(four(*b"20 6"), None);
        assert_eq!(month(*b"Nov"), Some(11));
        assert_eq!(month(*b"nov"), None);
    }
}
