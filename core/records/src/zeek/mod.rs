//! What Zeek's logs say, whichever writer wrote them: the TSV and the JSON reader fill the same
//! [`Row`] with the same raw texts, and [`judge`] turns it into an event.
//!
//! Sources: the record definitions of Zeek 6 to 9 (`scripts/base/protocols/*/main.zeek`,
//! `scripts/base/frameworks/{notice,logging}`, `scripts/policy/misc/{capture-loss,stats}.zeek`).

mod contact;
mod judge;
mod row;

pub(crate) use judge::judge;
pub(crate) use row::{Field, Kind, Row};

use crate::field;

/// Appends a text with its `\xHH` and `\\` undone; any other backslash stays as it is.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    undo(text, out, true);
}

/// Appends a text with its `\xHH` undone and nothing else: what the JSON writer leaves in strings.
pub(crate) fn unescape_bytes(text: &[u8], out: &mut Vec<u8>) {
    undo(text, out, false);
}

fn undo(text: &[u8], out: &mut Vec<u8>, doubled: bool) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at..).unwrap_or_default();
        let taken = match escape {
            [_, b'\\', ..] if doubled => {
                out.push(b'\\');
                2
            }
            [_, b'x', high, low, ..] => match (field::hex(*high), field::hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    4
                }
                _ => {
                    out.push(b'\\');
                    1
                }
            },
            _ => {
                out.push(b'\\');
                1
            }
        };
        rest = escape.get(taken..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let meaning = |text: &[u8]| {
            let mut out = Vec::new();
            unescape(text, &mut out);
            out
        };
        assert_eq!(meaning(b"\\x2d"), b"-");
        assert_eq!(meaning(b"a\\x09b\\x0ac"), b"a\tb\nc");
        assert_eq!(meaning(b"r\\xfchma"), b"r\xfchma");
        assert_eq!(meaning(b"abc\\\\x00def"), b"abc\\x00def");
        assert_eq!(meaning(b"\\x"), b"\\x");
        assert_eq!(meaning(b"\\x4"), b"\\x4");
        assert_eq!(meaning(b"\\xg0\\"), b"\\xg0\\");
        assert_eq!(meaning(b"\\N"), b"\\N");
        let mut out = Vec::new();
        unescape_bytes(b"\\\\x41\\,", &mut out);
        assert_eq!(out, b"\\A\\,");
    }
}
