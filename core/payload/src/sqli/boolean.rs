//! Conditions: the boolean techniques, and what ends a string to begin one.

use super::expression::Stream;
use super::token::Kind;
use super::words::Word;

/// Rules on the value as a whole.
pub(super) fn whole(stream: &Stream<'_>) -> Option<&'static str> {
    if stream.quoted { quoted(stream) } else { bare(stream) }
}

/// The value left its quote: what comes next?
fn quoted(stream: &Stream<'_>) -> Option<&'static str> {
    let empty = stream.bytes(0).len() == 1;
    let last = |at: usize| at + 1 >= stream.len();
    let string = |at: usize| matches!(stream.kind(at), Some(Kind::Text | Kind::Open));
    match stream.kind(1)? {
        Kind::Compare if string(2) && stream.hugs(2) => return Some("text-compare"),
        Kind::Math | Kind::Star | Kind::Pipe
            if empty && stream.is(2, Kind::Open) && stream.bytes(2).len() == 1 =>
        {
            return Some("text-math");
        }
        Kind::Pipe if string(2) && last(2) && stream.hugs(2) => return Some("concatenation"),
        Kind::Pipe | Kind::Math if stream.is_known_call(2) => return Some("concatenation"),
        Kind::Pipe if stream.is(2, Kind::Variable) => return Some("concatenation"),
        _ => {}
    }
    if stream.is_word(1, Word::Like) && stream.is(2, Kind::Open) && empty {
        return Some("text-compare");
    }
    let mut at = 1;
    while matches!(stream.kind(at), Some(Kind::Right | Kind::Semicolon)) {
        at += 1;
    }
    (stream.cuts(at) && last(at)).then_some("comment-cut")
}

/// The value stands bare: `1)-- -`, `null-columns`.
fn bare(stream: &Stream<'_>) -> Option<&'static str> {
    let mut at = 0;
    while matches!(stream.kind(at), Some(Kind::Number | Kind::Right | Kind::Math)) {
        at += 1;
    }
    let number = (0..at).any(|at| stream.is(at, Kind::Number));
    let closed = (1..at).any(|at| stream.is(at, Kind::Right));
    if number && stream.cuts(at) && (closed || stream.bytes(at).len() > 3) {
        return Some("comment-cut");
    }
    if stream.is(0, Kind::Left)
        && stream.comparison(1).is_some_and(|(end, left, right)| {
            stream.is(end, Kind::Right) && left.is_solid() && right.is_solid()
        })
    {
        return Some("condition");
    }
    let nulls = (0..stream.len() * usize::from(stream.is(0, Kind::Comma)))
        .filter(|at| stream.is(*at, Kind::Comma) && stream.bytes(at + 1) == b"null")
        .count();
    (nulls >= 2).then_some("null-columns")
}

/// Rules at one token.
pub(super) fn at(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    match stream.kind(at)? {
        Kind::Pipe => logic(stream, at),
        Kind::Word => match stream.word(at)? {
            Word::Logic | Word::Where | Word::Like => logic(stream, at),
            Word::Case => case(stream, at),
            Word::Function => call(stream, at),
            _ => None,
        },
        _ => None,
    }
}

/// AND, OR, HAVING, WHERE...: followed by a comparison that language would not hold.
fn logic(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let lead = at.checked_sub(1);
    // A number leads only where the value begins with it; the string only where it is the value's.
    let led = stream.ends_operand(lead)
        && (lead == Some(0) || lead.is_some_and(|lead| stream.is(lead, Kind::Right)));
    let first = stream.skip_prefix(at + 1);
    if let Some((_, left, right)) = stream.comparison(first) {
        if left.is_solid() && right.is_solid() {
            return Some("tautology");
        }
        if led && (left.is_solid() || right.is_solid()) {
            return Some("condition");
        }
    }
    if (led || at == 0) && stream.is_known_call(first) {
        return Some("condition-call");
    }
    if !led || stream.is_word(at, Word::Where) {
        return None;
    }
    constant(stream, first)
}

/// `' or 1 --`, `' or true or '`, `' or '1`: a constant as the whole condition.
fn constant(stream: &Stream<'_>, first: usize) -> Option<&'static str> {
    let (next, weight) = stream.operand(first)?;
    if !weight.is_solid() {
        return None;
    }
    let mut end = next;
    while matches!(stream.kind(end), Some(Kind::Right | Kind::Semicolon)) {
        end += 1;
    }
    if stream.cuts(end) {
        return Some("constant-condition");
    }
    let joined = stream.is_word(next, Word::Logic) || stream.is(next, Kind::Pipe);
    if stream.quoted && joined && matches!(stream.kind(next + 1), Some(Kind::Open | Kind::Text)) {
        return Some("constant-condition");
    }
    let tail = stream.bytes(first);
    let numeric = tail.get(1).is_none_or(u8::is_ascii_digit);
    (stream.quoted && stream.is(first, Kind::Open) && first + 1 == stream.len() && numeric)
        .then_some("constant-condition")
}

/// How many tokens after WHEN its THEN is looked for.
const REACH: usize = 128;

/// `CASE WHEN condition THEN ...`.
fn case(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let when = (at..stream.len().min(at + 4)).find(|at| stream.is_word(*at, Word::When))?;
    let then = (when..stream.len().min(when + REACH)).find(|at| stream.is_word(*at, Word::Then))?;
    let solid = stream
        .comparison(stream.skip_prefix(when + 1))
        .is_some_and(|(_, left, right)| left.is_solid() || right.is_solid());
    let value = matches!(stream.kind(then + 1), Some(Kind::Number | Kind::Text | Kind::Left))
        || stream.is_word(then + 1, Word::Value)
        || stream.is_known_call(then + 1);
    (value || solid).then_some("case-when")
}

/// `IF(1=1, ...)`, `ELT(1=1, ...)`: a condition as an argument. Or a value that opens as SQL does.
fn call(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    if !stream.is_call(at) {
        return None;
    }
    if let Some((_, left, right)) = stream.comparison(at + 2)
        && left.is_solid()
        && right.is_solid()
    {
        return Some("conditional-call");
    }
    let signed = at == 1 && matches!(stream.kind(0), Some(Kind::Math | Kind::Pipe));
    let opens = super::words::opens_sql(stream.bytes(at)) && (at == 0 || signed);
    opens.then_some("function-call")
}
