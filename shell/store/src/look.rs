//! What is found by a word: cases whose judgement names it, logs of the room whose words hold it.
//!
//! Both are bounded: the newest are looked through.

use crate::batch::{signed, unsigned};
use crate::query::{plain, rows, value};
use crate::{Error, Link};

/// Cases of a scope that are looked through, the newest ones.
const CASES: i64 = 10_000;
/// Logs of a kind that are looked through, those that were written last.
const LOGS: i64 = 2_000;

/// What a case's judgement is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Named<'a> {
    /// A text that stands there as a whole: an address, an account.
    Whole(&'a str),
    /// What a text begins with: the addresses of a network.
    Begins(&'a str),
}

impl Named<'_> {
    /// As it stands in JSON.
    pub(crate) fn needle(self) -> String {
        let quoted = |text: &str| serde_json::Value::from(plain(text).as_ref()).to_string();
        match self {
            Self::Whole(text) => quoted(text),
            Self::Begins(text) => {
                let mut whole = quoted(text);
                whole.pop();
                whole
            }
        }
    }
}

/// The ids of a scope's cases whose judgement names something, with the judgement as JSON; the one
/// that changed last first, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn cases(
    link: Link<'_>,
    scope: &str,
    named: Named<'_>,
    limit: i64,
) -> Result<Vec<(String, String)>, Error> {
    const READ: &str = "SELECT id, body FROM incident_case WHERE id IN \
        (SELECT id FROM incident_case WHERE scope = $1 ORDER BY updated DESC, id LIMIT $2) \
        AND replace(body, $3, '') <> body ORDER BY updated DESC, id LIMIT $4";
    Ok(rows!(link, READ, plain(scope), CASES, named.needle(), limit))
}

/// The entries of a kind's logs that hold a text in whatever they say, each with its log's id and as
/// JSON; small and capital letters of A to Z are the same. The newest first, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn entries(
    link: Link<'_>,
    kind: &str,
    jurisdiction: Option<&str>,
    text: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, Error> {
    const READ: &str = "SELECT log, body FROM room_entry WHERE log IN \
        (SELECT id FROM room_log WHERE kind = $1 AND ($2 = '' OR jurisdiction = $2) \
        ORDER BY updated DESC, id LIMIT $3) \
        AND replace(lower(body), $4, '') <> lower(body) ORDER BY at DESC, log LIMIT $5";
    let needle = Named::Whole(&text.to_ascii_lowercase()).needle();
    let inner = needle.strip_prefix('"').unwrap_or(&needle);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let place = plain(jurisdiction.unwrap_or_default());
    Ok(rows!(link, READ, kind, place, LOGS, inner, limit))
}

/// The logs of a kind with the numbers by which people call them: of each jurisdiction by itself, and
/// of the state's own, in the order in which they were begun, counted from 1. So no number says how
/// many others there are elsewhere.
macro_rules! numbered {
    () => {
        "SELECT id, begun, row_number() OVER (PARTITION BY coalesce(jurisdiction, '') \
         ORDER BY begun, id) AS number FROM room_log \
         WHERE kind = $1 AND ($2 = '' OR jurisdiction = $2)"
    };
}

/// The ids of a kind's logs, those of one jurisdiction or all, each with the number by which people
/// call it: its place among those of its jurisdiction in the order in which they were begun, from 1.
///
/// # Errors
/// Those of the engine.
pub async fn numbers(
    link: Link<'_>,
    kind: &str,
    jurisdiction: Option<&str>,
) -> Result<Vec<(String, u64)>, Error> {
    const READ: &str = concat!("SELECT id, number FROM (", numbered!(), ") AS numbered");
    let place = plain(jurisdiction.unwrap_or_default());
    let found: Vec<(String, i64)> = rows!(link, READ, kind, place);
    Ok(found.into_iter().map(|(id, number)| (id, unsigned(number))).collect())
}

/// The number by which people call a log, as [`numbers`] has it; 0 of one that is not there.
///
/// # Errors
/// Those of the engine.
pub async fn number(link: Link<'_>, kind: &str, id: &str) -> Result<u64, Error> {
    const COUNT: &str = "SELECT count(*) FROM room_log AS l JOIN room_log AS o ON o.id = $2 \
        WHERE l.kind = $1 AND coalesce(l.jurisdiction, '') = coalesce(o.jurisdiction, '') \
        AND (l.begun < o.begun OR (l.begun = o.begun AND l.id <= o.id))";
    let count: i64 = value!(link, COUNT, kind, plain(id));
    Ok(unsigned(count))
}

/// The ids of the logs that people call by a number, those of one jurisdiction or of each, the newest
/// first.
///
/// # Errors
/// Those of the engine.
pub async fn numbered(
    link: Link<'_>,
    kind: &str,
    jurisdiction: Option<&str>,
    number: u64,
) -> Result<Vec<String>, Error> {
    const READ: &str = concat!(
        "SELECT id FROM (",
        numbered!(),
        ") AS numbered WHERE number = $3 ORDER BY begun DESC, id"
    );
    let place = plain(jurisdiction.unwrap_or_default());
    let found: Vec<(String,)> = rows!(link, READ, kind, place, signed(number));
    Ok(found.into_iter().map(|(id,)| id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_as_they_stand_in_json() {
        assert_eq!(Named::Whole("a\"b\\c").needle(), r#""a\"b\\c""#);
        assert_eq!(Named::Begins("198.51.100.").needle(), "\"198.51.100.");
        assert_eq!(Named::Whole("\0").needle(), "\"\u{fffd}\"");
    }
}
