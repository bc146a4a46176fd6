//! The one thing that is read from a certificate here: from when until when it holds.

/// Seconds since 1970 from and until which a certificate holds (RFC 5280, 4.1.2.5); `None` when
/// the bytes are no certificate.
pub(super) fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    const SEQUENCE: u8 = 0x30;
    let (whole, _) = element(certificate, SEQUENCE)?;
    let (mut tbs, _) = element(whole, SEQUENCE)?;
    // The version stands only where it is not 1.
    if tbs.first() == Some(&0xa0) {
        tbs = element(tbs, 0xa0)?.1;
    }
    let (_serial, rest) = element(tbs, 0x02)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    let (_issuer, rest) = element(rest, SEQUENCE)?;
    let (validity, _) = element(rest, SEQUENCE)?;
    let (from, rest) = time(validity)?;
    let (until, _) = time(rest)?;
    Some((from, until))
}

/// The content of the element with this tag at the front, and what follows it (X.690, 8.1).
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let whole = digits.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            (usize::try_from(whole).ok()?, rest)
        }
        _ => return None,
    };
    if *found != tag {
        return None;
    }
    rest.split_at_checked(length)
}

/// A moment as UTCTime (`YYMMDDHHMMSSZ`) or GeneralizedTime (`YYYYMMDDHHMMSSZ`).
fn time(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let general = bytes.first() == Some(&0x18);
    let (text, rest) = element(bytes, if general { 0x18 } else { 0x17 })?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    // Two digits of a year stand for 1950 to 2049.
    let text = match (general, text.get(..1)?) {
        (true, _) => text.to_owned(),
        (false, "5" | "6" | "7" | "8" | "9") => format!("19{text}"),
        (false, _) => format!("20{text}"),
    };
    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &text).ok()?;
    Some((at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_kinds() {
        assert_eq!(time(b"\x17\x0d261104013800Z!"), Some((1_793_756_280, &b"!"[..])));
        assert_eq!(time(b"\x17\x0d700101000000Z"), Some((0, &b""[..])));
        assert_eq!(time(b"\x18\x0f20500101000000Z"), Some((2_524_608_000, &b""[..])));
        assert_eq!(time(b"\x17\x0d261304013800Z"), None);
        assert_eq!(time(b"\x17\x0d26110401\xff800Z"), None);
    }

    #[test]
    fn any_bytes_are_survived() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let whole = params.self_signed(&key).unwrap();
        assert!(validity(whole.der()).is_some_and(|(from, until)| from < until));
        for end in 0..whole.der().len() {
            let _ = validity(&whole.der()[..end]);
            let mut bent = whole.der().to_vec();
            bent[end] ^= 0xff;
            let _ = validity(&bent);
        }
        assert_eq!(validity(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
