//! The prefilter: one pass over the raw bytes that says what a closer look could find.
//!
//! Honest requests are plain nearly always, and are to cost no more than this pass.

/// Whether any byte of `text` is out of the ordinary for a path or a query: a quote, a parenthesis,
/// a percent sign, a space, a control or high byte. Branch-free, so that it runs many bytes a cycle.
pub(crate) fn is_odd(text: &[u8]) -> bool {
    text.iter().fold(0, |odd, byte| odd | u8::from(!is_plain(*byte))) != 0
}

/// Letters, digits and `- . / _ ~ = & ? : @ ,`.
fn is_plain(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let run = byte.wrapping_sub(b',') < 15; // , - . / 0-9 :
    let rest = (byte == b'_') | (byte == b'=') | (byte == b'&') | (byte == b'?') | (byte == b'@');
    letter | run | rest | (byte == b'~')
}

/// Whether a plain query (see [`is_odd`]) still deserves a look: a value that holds `/`, `:`, `_`,
/// or begins with a comma, or a name that holds a dot.
pub(crate) fn is_telling(query: &[u8]) -> bool {
    let mut in_value = false;
    let mut first = false;
    for &byte in query {
        match byte {
            b'&' => in_value = false,
            b'=' if !in_value => (in_value, first) = (true, true),
            b'/' | b':' | b'_' if in_value => return true,
            b'.' if !in_value => return true,
            b',' if first => return true,
            _ => first = false,
        }
    }
    // A query without any `=` is a value as a whole.
    memchr::memchr(b'=', query).is_none() && memchr::memchr2(b'/', b':', query).is_some()
}

/// Whether a User-Agent or Referer holds what those never hold honestly.
pub(crate) fn is_odd_header(text: &[u8]) -> bool {
    text.iter().fold(0, |odd, byte| odd | u8::from(is_odd_in_header(*byte))) != 0
}

fn is_odd_in_header(byte: u8) -> bool {
    (byte < b' ')
        | (byte == b'\'')
        | (byte == b'"')
        | (byte == b'<')
        | (byte == b'$')
        | (byte == b'`')
        | (byte == b'\\')
        | (byte == b'|')
        | (byte == b'{')
        | (byte == b'%')
}

/// Whether two dots stand side by side.
pub(crate) fn has_dots(path: &[u8]) -> bool {
    memchr::memchr_iter(b'.', path).any(|at| path.get(at.saturating_add(1)) == Some(&b'.'))
}

/// Classes of bytes in a decoded text: which detectors need to run at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Classes(u16);

impl Classes {
    pub(crate) const QUOTE: u16 = 1;
    pub(crate) const PAREN: u16 = 1 << 1;
    pub(crate) const SPACE: u16 = 1 << 2;
    pub(crate) const BRACE: u16 = 1 << 3;
    pub(crate) const ANGLE: u16 = 1 << 4;
    pub(crate) const SLASH: u16 = 1 << 5;
    pub(crate) const SHELL: u16 = 1 << 6;
    pub(crate) const BREAK: u16 = 1 << 7;
    pub(crate) const COLON: u16 = 1 << 8;
    pub(crate) const OTHER: u16 = 1 << 9;
    pub(crate) const SCORE: u16 = 1 << 10;

    pub(crate) fn of(text: &[u8]) -> Self {
        Self(text.iter().fold(0, |sum, byte| sum | CLASS[usize::from(*byte)]))
    }

    pub(crate) fn any(self, mask: u16) -> bool {
        self.0 & mask != 0
    }
}

const CLASS: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let class = match byte as u8 {
            b'\'' | b'"' => Classes::QUOTE,
            b'`' => Classes::QUOTE | Classes::SHELL,
            b'(' | b')' => Classes::PAREN,
            b'{' | b'}' | b'[' | b']' => Classes::BRACE,
            b'<' | b'>' => Classes::ANGLE,
            b'/' | b'\\' => Classes::SLASH,
            b'$' => Classes::BRACE | Classes::SHELL,
            b';' | b'|' | b'&' => Classes::SHELL,
            b'\n' | b'\r' => Classes::BREAK | Classes::SPACE | Classes::SHELL,
            b':' => Classes::COLON,
            b'_' => Classes::SCORE,
            0..=b' ' | 0x7f | 0xa0 => Classes::SPACE,
            b'#' | b'%' | b'*' | b'=' | b'!' | b'@' | b',' | b'-' => Classes::OTHER,
            _ => 0,
        };
        table[byte] = class;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_odd() {
        assert!(!is_odd(b"/voters/lookup?last=Smith&zip=65101-0001,x@example.org~a_b:c"));
        for byte in *b"'\"%+ ()<>;|$`{}[]\\*!^#\x00\x7f\xc3" {
            assert!(is_odd(&[b'a', byte]), "{byte:#x}");
        }
    }

    #[test]
    fn telling_values() {
        assert!(is_telling(b"file=/etc/passwd") && is_telling(b"a=b&t=information_schema.x"));
        assert!(is_telling(b"a=,null,null") && is_telling(b"../../x"));
        assert!(is_telling(b"class.module.x=1"));
        assert!(!is_telling(b"utm_source=mail&page=2") && !is_telling(b""));
    }
}
