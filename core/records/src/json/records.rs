//! Where one JSON object ends and the next begins: a line each, objects spread over lines, either
//! of them inside one array. A damaged object costs itself and not its successors.
//!
//! The rules, which need nothing but the bytes from a boundary on, so that any split agrees:
//! - between objects stand white space, commas and brackets; any other line is a problem;
//! - an object whose line ends with `}` is that line (or several objects on it);
//! - otherwise, or when that line is longer than 1 MiB, it ends where its braces balance, unless
//!   a line begins with `{` or `[` in its first column, a line ends within a string, or the object
//!   grows beyond 1 MiB: then it is torn.

use crate::reader::Sink;

/// No object is longer than this many bytes.
const LONGEST: usize = 1 << 20;

const TORN: &str = "a JSON object that is not closed";
const LONG: &str = "a JSON object of more than 1 MiB";
const OTHER: &str = "no JSON object";
const BROKEN: &str = "not well-formed JSON";

/// Hands each object with its offset to `each`, which says whether it was well-formed.
pub(crate) fn read<S: Sink>(
    block: &[u8],
    base: u64,
    sink: &mut S,
    mut each: impl FnMut(&[u8], u64, &mut S) -> bool,
) {
    let mut pos = 0;
    // Set when a line of several objects is taken apart: where that line ends.
    let mut apart = None;
    while let Some(step) = step(block, pos, apart.filter(|end| pos < *end)) {
        let piece = block.get(step.start..step.end).unwrap_or_default();
        let at = base.saturating_add(step.start as u64);
        pos = step.end;
        match step.what {
            Found::Object { line } => {
                if each(piece, at, sink) || retried(piece, at, sink, &mut each) {
                    continue;
                }
                if line && balanced(piece).is_some_and(|end| end < piece.len()) {
                    (pos, apart) = (step.start, Some(step.end));
                } else {
                    sink.problem(at, piece, BROKEN);
                }
            }
            Found::Problem(why) => sink.problem(at, piece, why),
        }
    }
}

/// Where the last whole object of the block ends; 0 when none does.
pub(crate) fn cut(block: &[u8]) -> usize {
    if let Some(end) = memchr::memrchr(b'\n', block) {
        let start = block.get(..end).and_then(|lines| memchr::memrchr(b'\n', lines));
        let line = block.get(start.map_or(0, |at| at + 1)..end).unwrap_or_default();
        if line.first() == Some(&b'{') && trim_end(line).ends_with(b"}") {
            return end + 1;
        }
    }
    let mut pos = 0;
    while let Some(step) = step(block, pos, None) {
        // What is judged by its line, or ends with the block, may go on after it.
        let certain = match step.what {
            Found::Object { .. } => step.settled,
            Found::Problem(_) => step.settled && step.end < block.len(),
        };
        if !certain {
            break;
        }
        let line_end = memchr::memchr(b'\n', block.get(step.end..).unwrap_or_default());
        pos = match (step.what, line_end) {
            (Found::Object { line: true }, Some(end)) => step.end + end + 1,
            _ => step.end,
        };
    }
    // One line of more than any object may hold: give it up, so that reading goes on.
    if pos == 0 && block.len() > 2 * LONGEST { block.len() } else { pos }
}

/// Whether one of the first objects passes the test; the last of them may be cut short.
pub(crate) fn first(head: &[u8], mut test: impl FnMut(&[u8]) -> bool) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let mut pos = 0;
    for _ in 0..8 {
        let Some(step) = step(head, pos, None) else { return false };
        let object = head.get(step.start..step.end).unwrap_or_default();
        match step.what {
            Found::Problem(OTHER) => return false,
            _ if test(object) => return true,
            _ => pos = step.end,
        }
    }
    false
}

struct Step {
    start: usize,
    end: usize,
    what: Found,
    /// Whether no byte after the block would change this, unless it ends with the block.
    settled: bool,
}

enum Found {
    /// An object, or, when it was taken by its `line`, perhaps several.
    Object {
        line: bool,
    },
    Problem(&'static str),
}

/// What comes next at or after `pos`, or `None` when nothing does. With `apart`, objects are taken
/// by their braces up to there.
fn step(block: &[u8], pos: usize, apart: Option<usize>) -> Option<Step> {
    let rest = block.get(pos..)?;
    let between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']');
    let mut start = pos + rest.iter().position(|byte| !between(byte))?;
    // Files that were written one after the other into one have such marks in their middle too.
    while let Some(rest) = block.get(start..)?.strip_prefix("\u{feff}".as_bytes()) {
        start += 3 + rest.iter().position(|byte| !between(byte))?;
    }
    let rest = block.get(start..)?;
    let end = memchr::memchr(b'\n', rest);
    let line = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
    let settled = end.is_some() || line.len() > LONGEST;
    let problem = |len, why| Step { start, end: start + len, what: Found::Problem(why), settled };
    if rest.first() != Some(&b'{') {
        return Some(problem(line.len(), OTHER));
    }
    let object =
        |len, line| Step { start, end: start + len, what: Found::Object { line }, settled };
    if let Some(limit) = apart {
        let within = block.get(start..limit).unwrap_or(line);
        return Some(match balanced(within) {
            Some(len) => object(len, false),
            None => problem(within.len(), TORN),
        });
    }
    if line.len() > LONGEST {
        // An array in one line, perhaps.
        return Some(match balanced(line) {
            Some(len) if len <= LONGEST => object(len, false),
            _ => problem(line.len(), LONG),
        });
    }
    let trimmed = trim_end(line);
    if trimmed.ends_with(b"}") {
        return Some(object(trimmed.len(), true));
    }
    Some(match spread(rest) {
        Ok(len) => object(len, false),
        Err((len, why)) => problem(len, why),
    })
}

/// The line without white space and what stands between objects at its end.
fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b',' | b']'));
    end.and_then(|end| line.get(..=end)).unwrap_or_default()
}

/// The length of an object that is spread over lines; when it is torn, how much is lost, and why.
fn spread(text: &[u8]) -> Result<usize, (usize, &'static str)> {
    let mut depth = 0_usize;
    let mut pos = 0;
    while let Some(rest) = text.get(pos..).filter(|rest| !rest.is_empty()) {
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..len).unwrap_or_default();
        if pos > 0 && matches!(line.first(), Some(b'{' | b'[')) {
            return Err((pos, TORN));
        }
        match braces(line, depth) {
            Braces::Closed(end) => return Ok(pos + end),
            Braces::Open(open) => depth = open,
            Braces::InString => return Err((pos + len, TORN)),
        }
        pos += len;
        if pos > LONGEST {
            return Err((pos, LONG));
        }
    }
    Err((text.len(), TORN))
}

/// Where the object that the text begins with ends, if it does.
fn balanced(text: &[u8]) -> Option<usize> {
    match braces(text, 0) {
        Braces::Closed(end) => Some(end),
        Braces::Open(_) | Braces::InString => None,
    }
}

enum Braces {
    /// All closed, at this length.
    Closed(usize),
    /// So many are open at the end.
    Open(usize),
    /// The text ends within a string.
    InString,
}

fn braces(text: &[u8], mut depth: usize) -> Braces {
    let mut string = false;
    let mut skip = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' if string => skip = true,
            b'"' => string = !string,
            _ if string => {}
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Braces::Closed(at + 1);
                }
            }
            _ => {}
        }
    }
    if string { Braces::InString } else { Braces::Open(depth) }
}

/// Texts that are no UTF-8 are read with the bad bytes replaced: nobody hides by sending one.
fn retried<S: Sink>(
    piece: &[u8],
    at: u64,
    sink: &mut S,
    each: &mut impl FnMut(&[u8], u64, &mut S) -> bool,
) -> bool {
    match String::from_utf8_lossy(piece) {
        std::borrow::Cow::Owned(mended) => each(mended.as_bytes(), at, sink),
        std::borrow::Cow::Borrowed(_) => false,
    }
}
