//! Statements and clauses: union, stacked, error- and time-based techniques.

use super::expression::Stream;
use super::token::Kind;
use super::words::Word;

/// Rules on the value as a whole: it *is* a statement.
pub(super) fn whole(stream: &Stream<'_>) -> Option<&'static str> {
    if stream.quoted {
        return None;
    }
    match stream.word(0)? {
        Word::Select => {
            let list = stream.is(1, Kind::Star) && stream.is_word(2, Word::From);
            let item = stream.is(1, Kind::Variable) || stream.is_known_call(1);
            (list || item).then_some("select-statement")
        }
        Word::Distinct if stream.is_call(0) => Some("function-call"),
        _ => statement(stream, 0).filter(|_| ends_as_statement(stream)),
    }
}

/// A statement alone needs its end to be told from a phrase: `drop table read`.
fn ends_as_statement(stream: &Stream<'_>) -> bool {
    let last = stream.len().saturating_sub(1);
    let closed = matches!(stream.kind(last), Some(Kind::Semicolon | Kind::Comment | Kind::Right));
    closed || (0..stream.len()).any(|at| stream.is(at, Kind::Compare))
}

/// Rules at one token.
pub(super) fn at(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    match stream.kind(at)? {
        Kind::Semicolon => statement(stream, at + 1).map(|_| "stacked-query"),
        Kind::Left if stream.is_word(at + 1, Word::Select) => subselect(stream, at + 1),
        Kind::Word => match stream.word(at)? {
            Word::Union | Word::Except => union(stream, at),
            Word::Order | Word::Group => order_by(stream, at),
            Word::Danger => dangerous(stream, at),
            Word::Thing if stream.is_call(at) && stream.is(at + 2, Kind::Right) => {
                (at > 0 && operator(stream, at - 1)).then_some("function-call")
            }
            Word::Catalogue => Some("catalogue-table"),
            Word::Into => (stream.is_word(at + 1, Word::File)).then_some("into-outfile"),
            Word::Waitfor => waitfor(stream, at),
            Word::Exec => exec(stream, at),
            Word::Procedure => procedure(stream, at),
            _ => None,
        },
        _ => None,
    }
}

/// `UNION [ALL|DISTINCT] [(] SELECT` and a select list.
fn union(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let mut next = at + 1;
    let sure = matches!(stream.word(next), Some(Word::All | Word::Distinct));
    next += usize::from(sure);
    let open = stream.is(next, Kind::Left);
    while stream.is(next, Kind::Left) {
        next += 1;
    }
    if !stream.is_word(next, Word::Select) {
        let values = stream.bytes(next) == b"values" && stream.is(next + 1, Kind::Left);
        return values.then_some("union-select");
    }
    let lead = at == 0 || stream.ends_operand(at.checked_sub(1));
    let alone = next + 1 >= stream.len();
    let named = column(stream, next + 1)
        && (stream.is(next + 2, Kind::Comma)
            || stream.cuts(next + 2)
            || lead && stream.is_word(next + 2, Word::From));
    (sure || open || alone || named || item(stream, next + 1)).then_some("union-select")
}

/// Something that only a select list begins with.
fn item(stream: &Stream<'_>, at: usize) -> bool {
    let at = at + usize::from(matches!(stream.word(at), Some(Word::Distinct | Word::All)));
    match stream.kind(at) {
        Some(Kind::Number) => {
            matches!(stream.kind(at + 1), None | Some(Kind::Comma | Kind::Comment | Kind::Right))
                || stream.is_word(at + 1, Word::From)
                || matches!(stream.kind(at + 1), Some(Kind::Math | Kind::Star | Kind::Compare))
        }
        Some(Kind::Text | Kind::Open | Kind::Variable | Kind::Star | Kind::Left) => true,
        Some(Kind::Word) => {
            matches!(stream.word(at), Some(Word::Value | Word::Case | Word::Catalogue))
                || stream.is(at + 1, Kind::Left)
                    && matches!(
                        stream.word(at),
                        Some(Word::Function | Word::Danger | Word::Thing | Word::Name)
                    )
        }
        _ => false,
    }
}

/// A column's name: any word that is not called (`user`, `left` and `version` are functions too).
fn column(stream: &Stream<'_>, at: usize) -> bool {
    let word = matches!(stream.word(at), Some(Word::Name | Word::Function | Word::Thing));
    word && !stream.is(at + 1, Kind::Left)
}

/// `(SELECT ...)` where a value is expected.
fn subselect(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let end = stream.past(at - 1).min(stream.len());
    let from = (at..end).any(|at| stream.is_word(at, Word::From));
    let placed = at >= 2 && operator(stream, at - 2);
    let strong = match stream.kind(at + 1) {
        Some(Kind::Number) => from || placed,
        Some(Kind::Word) if column(stream, at + 1) => {
            from && (placed || stream.is(at + 2, Kind::Comma) || stream.quoted)
        }
        Some(Kind::Math | Kind::Not) => from || placed,
        _ => item(stream, at + 1),
    };
    strong.then_some("subselect")
}

/// What a value stands after: `=`, `+`, `||`, `,`, a call's parenthesis, IN, EXISTS.
fn operator(stream: &Stream<'_>, at: usize) -> bool {
    match stream.kind(at) {
        Some(Kind::Compare | Kind::Pipe | Kind::Comma | Kind::Left) => true,
        Some(Kind::Math | Kind::Star) => at == 0 || stream.ends_operand(at.checked_sub(1)),
        Some(Kind::Not) => at > 0,
        _ => matches!(stream.word(at), Some(Word::In | Word::Exists | Word::Like | Word::Function)),
    }
}

/// A statement that begins at `at`.
fn statement(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let named = |at: usize| matches!(stream.kind(at), Some(Kind::Word | Kind::Variable));
    let fits = match stream.word(at)? {
        Word::Select => {
            item(stream, at + 1)
                || (at..stream.len()).any(|at| stream.is_word(at, Word::From)) && at > 0
        }
        Word::Insert => stream.is_word(at + 1, Word::Into) && named(at + 2),
        Word::Update => (at..stream.len()).any(|at| {
            stream.is_word(at, Word::Set) && named(at + 1) && stream.is(at + 2, Kind::Compare)
        }),
        Word::Delete => stream.is_word(at + 1, Word::From) && named(at + 2),
        Word::Define => stream.is_word(at + 1, Word::Thing) && named(at + 2) || grants(stream, at),
        Word::Exec => named(at + 1) || stream.is(at + 1, Kind::Left),
        Word::Waitfor => waitfor(stream, at).is_some(),
        Word::Declare => stream.is(at + 1, Kind::Variable),
        Word::Set => stream.is(at + 1, Kind::Variable),
        Word::Shutdown => at + 1 >= stream.len() || stream.is(at + 1, Kind::Comment),
        Word::Statement => at > 0 && named(at + 1) && stream.is_call(at + 1),
        Word::Function => at > 0 && stream.bytes(at) == b"if" && stream.is(at + 1, Kind::Left),
        _ => false,
    };
    fits.then_some("statement")
}

fn grants(stream: &Stream<'_>, at: usize) -> bool {
    (at..stream.len()).any(|at| stream.is_word(at, Word::Where))
        && stream.is_word(at + 1, Word::All)
}

/// `ORDER BY 10`, `GROUP BY concat(...)` behind an operand.
fn order_by(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    if !stream.is_word(at + 1, Word::By) || !stream.ends_operand(at.checked_sub(1)) {
        return None;
    }
    let next = at + 2;
    let number = stream.is(next, Kind::Number)
        && (matches!(
            stream.kind(next + 1),
            None | Some(Kind::Comma | Kind::Comment | Kind::Semicolon | Kind::Right)
        ) || stream.is_word(next + 1, Word::Where));
    let name = stream.is(next, Kind::Word) && stream.cuts(next + 1);
    let call = stream.is_known_call(next) || stream.is(next, Kind::Left);
    let having = (next..stream.len()).any(|at| stream.bytes(at) == b"having");
    (number || name || call || having).then_some("order-by")
}

/// A call of a function that waits, reads or fails on purpose; `group_concat` only with a query.
fn dangerous(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let word = stream.bytes(at);
    if word.starts_with(b"xp_") && word.len() > 5 {
        return Some("xp-procedure");
    }
    if !stream.is_call(at) || stream.is(at + 2, Kind::Right) {
        return None;
    }
    let sign = match word {
        b"sleep" | b"benchmark" | b"get_lock" | b"randomblob" | b"generate_series" => "time-delay",
        _ if word.starts_with(b"pg_sleep") => "time-delay",
        b"extractvalue" | b"updatexml" | b"gtid_subset" | b"json_keys" | b"xmltype" => "error-call",
        b"load_file" | b"openrowset" | b"load_extension" => "file-read",
        _ => "dangerous-call",
    };
    Some(sign)
}

fn waitfor(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let timed = stream.is_word(at + 1, Word::Delay) || stream.bytes(at + 1) == b"time";
    // A backslash or half a character may stand before the quote.
    let text = (at + 2..at + 4)
        .any(|at| matches!(stream.kind(at), Some(Kind::Text | Kind::Open | Kind::Variable)));
    (timed && text).then_some("time-delay")
}

fn exec(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    let target = stream.bytes(at + 1);
    let known = target.starts_with(b"master")
        || target.starts_with(b"xp_")
        || target.starts_with(b"sp_")
        || target == b"immediate";
    (known && stream.len() > at + 2).then_some("xp-procedure")
}

fn procedure(stream: &Stream<'_>, at: usize) -> Option<&'static str> {
    (stream.bytes(at + 1) == b"analyse").then_some("error-call")
}
