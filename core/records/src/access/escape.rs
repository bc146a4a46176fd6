//! Escapes that web servers put into their logs.
//!
//! nginx writes `"`, `\` and everything outside printable ASCII as `\xHH` with capitals; apache
//! writes `\"`, `\\`, `\b`, `\n`, `\r`, `\t`, `\v` and else `\xhh`. The two do not contradict
//! each other. Percent-encoding is not theirs and stays.

use crate::field::hex;

/// Appends the meaning of an escaped text. What is no escape stays as it is.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = match escape {
            [_, b'x', high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                after
            }
            [_, byte, after @ ..] if simple(*byte).is_some() => {
                out.extend(simple(*byte));
                after
            }
            [backslash, after @ ..] => {
                out.push(*backslash);
                after
            }
            [] => return,
        };
    }
    out.extend_from_slice(rest);
}

const fn simple(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' => byte,
        b'b' => 8,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undone() {
        for (text, want) in [
            (&br"plain"[..], &b"plain"[..]),
            (br"\x16\x03\x01", b"\x16\x03\x01"),
            (br"\x5C\x22", br#"\""#),
            (br#"\"\\\n\t\r\b\v"#, b"\"\\\n\t\r\x08\x0b"),
            (br"\\x41", br"\x41"),
            (br"\xe2\x28", b"\xe2\x28"),
            (br"\x4", br"\x4"),
            (br"\xZZ\q", br"\xZZ\q"),
            (br"end\", br"end\"),
            (b"", b""),
        ] {
            let mut out = Vec::new();
            undo(text, &mut out);
            assert_eq!(out, want, "{}", String::from_utf8_lossy(text));
        }
    }
}
