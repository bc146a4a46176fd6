//! Values that were wrapped in base64 on their way: read where what is inside is plain text.

/// Whether `raw` (percent escapes of `=`, `+` and `/` allowed) is base64 of printable ASCII that
/// holds a space, a quote or a parenthesis. Random tokens fail within their first few letters.
pub(crate) fn is_text(raw: &[u8]) -> bool {
    if raw.len() < 12 {
        return false;
    }
    let mut telling = false;
    let mut count = 0_usize;
    let clean = bytes(raw).all(|byte| {
        count = count.saturating_add(1);
        let byte = byte.unwrap_or(0);
        telling |= matches!(byte, b' ' | b'\'' | b'"' | b'(' | b'*');
        matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
    });
    clean && telling && count > 6
}

/// Decodes what [`is_text`] approved.
pub(crate) fn decode(raw: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend(bytes(raw).flatten());
}

/// The bytes within; `None` where something is no base64.
fn bytes(raw: &[u8]) -> impl Iterator<Item = Option<u8>> {
    let mut rest = raw;
    let (mut held, mut bits) = (0_u32, 0_u32);
    std::iter::from_fn(move || {
        while bits < 8 {
            let (&byte, tail) = rest.split_first()?;
            let (byte, tail) = match rest {
                [b'%', b'3', b'D' | b'd', tail @ ..] => (b'=', tail),
                [b'%', b'2', b'B' | b'b', tail @ ..] => (b'+', tail),
                [b'%', b'2', b'F' | b'f', tail @ ..] => (b'/', tail),
                _ => (byte, tail),
            };
            rest = tail;
            if byte == b'=' {
                continue;
            }
            let Some(six) = six(byte) else { return Some(None) };
            (held, bits) = (held << 6 & 0x3fff | six, bits + 6);
        }
        bits -= 8;
        Some(u8::try_from(held >> bits & 0xff).ok())
    })
}

fn six(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_within() {
        let mut out = Vec::new();
        assert!(is_text(b"MScgT1IgMT0xLS0%3D"));
        decode(b"MScgT1IgMT0xLS0%3D", &mut out);
        assert_eq!(out, b"1' OR 1=1--");
        for raw in ["abcdefghijklmnop", "MScgT1Ig", "voter-lookup-page", "eyJhbGciOiJIUzI1NiJ9.eyJ"]
        {
            assert!(!is_text(raw.as_bytes()), "{raw}");
        }
    }
}
