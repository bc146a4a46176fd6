//! Finds in one line the values that a name or a path marks.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};

use super::names::NAME_MAX;

/// Most values that are masked in a line; a line with more is masked up to there.
const FOUND_MAX: usize = 65_536;
/// How far around a value its target is looked for, in bytes.
const AROUND_MAX: usize = 16 << 10;

/// A value to be masked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Found {
    pub(super) value: Range<usize>,
    /// What a judge should look at: the request's target, or the value alone.
    pub(super) around: Range<usize>,
    pub(super) number: bool,
}

/// A line without its newline.
#[derive(Clone, Copy)]
pub(super) struct Line<'a>(&'a [u8]);

/// How the text around a name is written.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Style {
    /// After `?` or `&`.
    Query,
    /// In quotes, as in JSON.
    Json,
    /// In quotes that are escaped: JSON within a text.
    Inner,
    Free,
}

impl<'a> Line<'a> {
    pub(super) const fn new(line: &'a [u8]) -> Self {
        Self(line)
    }

    /// Values after a name for which `is_secret`, and passwords in URLs. In free text a colon
    /// counts only after a name for which `is_telling`.
    pub(super) fn named(
        self,
        is_secret: impl Fn(&[u8]) -> bool,
        is_telling: impl Fn(&[u8]) -> bool,
        found: &mut Vec<Found>,
    ) {
        for sign in memchr2_iter(b'=', b':', self.0) {
            if found.len() >= FOUND_MAX {
                return;
            }
            // What is masked already is not looked at again: the cost stays linear.
            if found.last().is_some_and(|last| sign < last.value.end) {
                continue;
            }
            // A secret may itself look like an address: then all of it is masked.
            let text = |name: &Range<usize>| self.0.get(name.clone()).unwrap_or_default();
            let secret = self.name_before(sign).filter(|(name, _)| is_secret(text(name)));
            let Some((name, style)) = secret else {
                found.extend(self.password_in_url(sign));
                continue;
            };
            let colon = self.at(sign) == Some(b':');
            let value = match style {
                Style::Query if colon => None,
                Style::Query => Some(self.query_value(sign + 1)),
                Style::Json | Style::Inner if !colon => None,
                Style::Json => self.json_value(sign + 1, false),
                Style::Inner => self.json_value(sign + 1, true),
                Style::Free if colon && !is_telling(text(&name)) => None,
                Style::Free => Some(self.free_value(sign + 1)),
            };
            let Some((value, number)) = value.filter(|(value, _)| !value.is_empty()) else {
                found.extend(self.password_in_url(sign));
                continue;
            };
            let target = style == Style::Query;
            let around = match found.last() {
                _ if !target => value.clone(),
                Some(last) if last.around.contains(&name.start) => last.around.clone(),
                _ => self.target(name.start, value.end),
            };
            found.push(Found { value, around, number });
        }
    }

    /// All query values of targets whose path is `masked`.
    pub(super) fn queries(self, masked: impl Fn(&[u8]) -> bool, found: &mut Vec<Found>) {
        let mut done = 0;
        for mark in memchr_iter(b'?', self.0) {
            if mark < done {
                continue;
            }
            let start = self.start_of_target(mark);
            // A query may hold further question marks; its path ends at the first.
            let path = self.0.get(start..mark).unwrap_or_default();
            let path = memchr(b'?', path).and_then(|end| path.get(..end)).unwrap_or(path);
            if masked(without_host(path)) {
                done = self.values(start, mark + 1, found);
            } else {
                done = self.target(mark, mark).end;
            }
        }
    }

    /// All values of the query that begins at `at`, of the target that begins at `start`; gives
    /// where the query ends.
    fn values(self, start: usize, mut at: usize, found: &mut Vec<Found>) -> usize {
        let around = self.target(start, at);
        loop {
            let (piece, _) = self.query_value(at);
            let text = self.0.get(piece.clone()).unwrap_or_default();
            let value = memchr(b'=', text).map_or(piece.start, |equals| piece.start + equals + 1);
            if value < piece.end && found.len() < FOUND_MAX {
                found.push(Found {
                    value: value..piece.end,
                    around: around.clone(),
                    number: false,
                });
            }
            at = piece.end + self.separator(piece.end);
            if at == piece.end {
                return at;
            }
        }
    }

    fn at(self, index: usize) -> Option<u8> {
        self.0.get(index).copied()
    }

    /// The name that ends before the sign, and how it is written.
    fn name_before(self, sign: usize) -> Option<(Range<usize>, Style)> {
        let before = self.0.get(..sign)?;
        let spaces = before.iter().rev().take(2).take_while(|byte| **byte == b' ').count();
        let trimmed = before.get(..before.len() - spaces)?;
        let (end, quoted) = match trimmed {
            [inner @ .., b'\\', b'"'] => (inner.len(), Some(Style::Inner)),
            [inner @ .., b'"' | b'\''] => (inner.len(), Some(Style::Json)),
            _ => (sign, None),
        };
        let text = before.get(..end)?;
        let length =
            text.iter().rev().take(NAME_MAX + 1).take_while(|byte| is_name(**byte)).count();
        if length == 0 || length > NAME_MAX {
            return None;
        }
        let start = end - length;
        let ahead = start.checked_sub(1).and_then(|ahead| self.at(ahead));
        let style = match ahead {
            Some(b'"' | b'\'') if let Some(quoted) = quoted => quoted,
            _ if quoted.is_some() => return None,
            Some(b'?' | b'&') => Style::Query,
            _ if text.get(..start).is_some_and(|text| text.ends_with(b"\\u0026")) => Style::Query,
            _ => Style::Free,
        };
        // `\u0026` is made of bytes that names have.
        if let Some(at) = memmem::rfind(text.get(start..)?, b"u0026")
            && self.at((start + at).checked_sub(1)?) == Some(b'\\')
        {
            return Some((start + at + 5..end, Style::Query));
        }
        Some((start..end, style))
    }

    /// A value of a query: up to `&`, `#`, a quote or white space. Within a request in quotes that
    /// ends in ` HTTP/`, white space before that belongs to the value.
    fn query_value(self, start: usize) -> (Range<usize>, bool) {
        let mut at = start;
        let mut protocol = None;
        while let Some(byte) = self.at(at) {
            let ends = match byte {
                b'&' | b'#' | b'"' | b'<' | b'>' => true,
                b'\\' if self.at(at + 1) == Some(b'"') => {
                    at += 1;
                    false
                }
                b'\\' => self.separator(at) > 0,
                _ if byte.is_ascii_whitespace() => {
                    at >= *protocol.get_or_insert_with(|| self.protocol_after(at))
                }
                _ => false,
            };
            if ends {
                break;
            }
            at += 1;
        }
        (start..at.min(self.0.len()), false)
    }

    /// Where the ` HTTP/` before the next quote stands; `at` without one.
    fn protocol_after(self, at: usize) -> usize {
        let rest = self.0.get(at..).unwrap_or_default();
        let end = (0..rest.len().min(AROUND_MAX)).find(|end| {
            rest.get(*end) == Some(&b'"') && (*end == 0 || rest.get(*end - 1) != Some(&b'\\'))
        });
        let inside = end.and_then(|end| rest.get(..end));
        inside.and_then(|inside| memmem::rfind(inside, b" HTTP/")).map_or(at, |found| at + found)
    }

    /// How long the `&` is that stands here, which JSON may write as `\u0026`; 0 when none does.
    fn separator(self, at: usize) -> usize {
        match self.0.get(at..) {
            Some([b'&', ..]) => 1,
            Some(rest) if rest.starts_with(b"\\u0026") => 6,
            _ => 0,
        }
    }

    /// A value of JSON after its colon: what a string holds, or a number. Its quotes are escaped
    /// when those of its name are. A number after white space is believed only where the whole
    /// line is JSON: elsewhere it could be what follows on an attacker's text.
    fn json_value(self, after: usize, escaped: bool) -> Option<(Range<usize>, bool)> {
        let rest = self.0.get(after..)?;
        let start = after + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match (self.at(start)?, self.at(start + 1)) {
            (quote @ (b'"' | b'\''), _) if !escaped => {
                self.quoted(start + 1, quote, false).map(|value| (value, false))
            }
            (b'\\', Some(b'"')) if escaped => {
                self.quoted(start + 2, b'"', true).map(|value| (value, false))
            }
            (b'0'..=b'9' | b'-', _) if start == after || self.is_json() => {
                let number = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
                let length = self.0.get(start..)?.iter().take_while(number).count();
                Some((start..start + length, true))
            }
            _ => None,
        }
    }

    /// A value in free text: in quotes, or up to white space or a mark between values.
    fn free_value(self, start: usize) -> (Range<usize>, bool) {
        if self.closes_string(start) {
            return (start..start, false);
        }
        let quoted = match (self.at(start), self.at(start + 1)) {
            (Some(b'\\'), Some(b'"')) => self.quoted(start + 2, b'"', true),
            (Some(quote @ (b'"' | b'\'')), _) => self.quoted(start + 1, quote, false),
            _ => None,
        };
        if let Some(value) = quoted {
            return (value, false);
        }
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'"' | b'&' | b',' | b';' | b')' | b']' | b'}' | b'>' | b'|')
        };
        let rest = self.0.get(start..).unwrap_or_default();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        (start..start + length, false)
    }

    /// Whether the quote that stands here ends a text of JSON that ends in a name and its sign, as
    /// in `{"password=": 1}`, rather than begins a value.
    fn closes_string(self, quote: usize) -> bool {
        let after = self.0.get(quote + 1..).unwrap_or_default().trim_ascii_start();
        self.is_json()
            && self.at(quote) == Some(b'"')
            && matches!(after, [b':' | b',' | b'}' | b']', ..])
    }

    /// Whether the whole line looks like JSON.
    const fn is_json(self) -> bool {
        matches!(self.0, [b'{' | b'[', ..])
    }

    /// Up to the closing quote. Where the opening one was escaped, the closing one must be. A
    /// bare double quote before it ends the field that all this lies in, so there is none.
    fn quoted(self, start: usize, quote: u8, escaped: bool) -> Option<Range<usize>> {
        let mut at = start;
        loop {
            match self.at(at)? {
                b'\\' if escaped && self.at(at + 1) == Some(quote) => return Some(start..at),
                b'\\' => at += 2,
                b'"' if escaped || quote != b'"' => return None,
                byte if byte == quote => return Some(start..at),
                _ => at += 1,
            }
        }
    }

    /// The password of `scheme://user:password@host`, if the colon is that of a scheme.
    fn password_in_url(self, colon: usize) -> Option<Found> {
        let rest = self.0.get(colon + 1..)?;
        let slashes = if rest.starts_with(b"//") {
            2
        } else if rest.starts_with(b"\\/\\/") {
            4
        } else {
            return None;
        };
        let start = colon + 1 + slashes;
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\\' | b'<' | b'>')
        };
        let rest = self.0.get(start..)?;
        let authority =
            rest.get(..rest.iter().take(512).position(ends).unwrap_or(rest.len().min(512)))?;
        let at = memchr::memrchr(b'@', authority)?;
        let user = memchr(b':', authority.get(..at)?)?;
        let value = start + user + 1..start + at;
        let around = self.target(colon, value.end);
        (!value.is_empty()).then_some(Found { value, around, number: false })
    }

    /// The target around a value: back to white space or a quote, on to the same.
    fn target(self, start: usize, end: usize) -> Range<usize> {
        let rest = self.0.get(end..).unwrap_or_default();
        let rest = rest.get(..AROUND_MAX).unwrap_or(rest);
        let length = rest.iter().position(|byte| is_around(*byte)).unwrap_or(rest.len());
        self.start_of_target(start)..end + length
    }

    fn start_of_target(self, at: usize) -> usize {
        let from = at.saturating_sub(AROUND_MAX);
        let before = self.0.get(from..at).unwrap_or_default();
        before.iter().rposition(|byte| is_around(*byte)).map_or(from, |around| from + around + 1)
    }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'%' | b'$')
}

const fn is_around(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'"'
}

/// The path of `scheme://host/path`, and of a path alone.
fn without_host(target: &[u8]) -> &[u8] {
    let after = memmem::find(target, b"//").and_then(|at| target.get(at + 2..));
    let escaped = memmem::find(target, b"\\/\\/").and_then(|at| target.get(at + 4..));
    let Some(rest) = escaped.or(after).filter(|_| memchr(b':', target).is_some()) else {
        return target;
    };
    memchr::memchr2(b'/', b'\\', rest).and_then(|slash| rest.get(slash..)).unwrap_or_default()
}
