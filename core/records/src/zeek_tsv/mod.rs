//! Zeek's ASCII writer (`scripts/base/frameworks/logging/writers/ascii.zeek`): one record a line,
//! columns named by `#` headers, which may change within a file and may be configured away.
//!
//! Written for speed: a header is turned once into a list of wanted columns; a line then costs one
//! pass for its separators and allocates nothing.

mod header;
mod recognise;
#[cfg(test)]
mod tests;

use header::Header;

use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use crate::scratch::settle;
use crate::zeek::{Kind, Row, judge, unescape};

/// Reads a Zeek log in its tab-separated form.
#[derive(Clone, Debug)]
pub(crate) struct ZeekTsv {
    header: Header,
    scratch: Vec<u8>,
}

impl ReadFormat for ZeekTsv {
    fn recognise(head: &[u8], _hints: &Hints) -> Option<Self> {
        recognise::header(head).map(Self::new)
    }

    fn forced(_hints: &Hints) -> Self {
        Self::new(Header::prefixed(b"#"))
    }

    fn advance(&mut self, block: &[u8]) {
        self.header.learn_all(block);
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut row = Row::EMPTY;
        let (mut rest, mut at) = (block, base);
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest);
            let (line, after) = match end {
                Some(end) => rest.split_at(end + 1),
                None => (rest, [].as_slice()),
            };
            let text = trim_end(line);
            if let Some(meta) = self.header.meta(text) {
                self.header.learn(meta);
                row = Row::EMPTY;
            } else if !text.is_empty() {
                read_line(&self.header, text, at, &mut row, &mut scratch, sink);
            }
            rest = after;
            at = at.saturating_add(line.len() as u64);
        }
        self.scratch = scratch;
    }
}

impl ZeekTsv {
    const fn new(header: Header) -> Self {
        Self { header, scratch: Vec::new() }
    }
}

/// `row` is carried from line to line: a header's columns overwrite the same fields each time.
fn read_line<'a, S: Sink>(
    header: &Header,
    line: &'a [u8],
    at: u64,
    row: &mut Row<'a>,
    scratch: &mut Vec<u8>,
    sink: &mut S,
) {
    if let Err(why) = header.fill(line, row) {
        sink.problem(at, line, why);
        return;
    }
    if header.kind() == Kind::Http {
        row.narrow_proxied(header.set_separator());
    }
    if memchr::memchr(b'\\', line).is_some() {
        let row = Row(settle(row.0, scratch, unescape));
        tell(judge(header.kind(), &row), at, line, sink);
    } else {
        tell(judge(header.kind(), row), at, line, sink);
    }
}

/// The line without its end; a file that passed through Windows has a carriage return there.
fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
