//! What was put down, read again for a span of time: page by page, and nothing is written.

use ward_kernel::{Rung, Time};

use crate::batch::{signed, unsigned};
use crate::cases::{rung_of, split};
use crate::logbook::{Kept, New};
use crate::query::{plain, row, rows};
use crate::{Error, Link};

/// Rows of a page.
pub const PAGE: i64 = 500;

/// A span of time, its ends within it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// Its first moment.
    pub from: Time,
    /// Its last moment.
    pub to: Time,
}

/// An entry with its log's place among the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// What the log is of: `incident`, `position`...
    pub kind: String,
    /// Whose the log is; `None` when it is the state office's.
    pub jurisdiction: Option<String>,
    /// The entry.
    pub kept: Kept,
}

/// A step of a case, with what the case is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CaseStep {
    /// The case's id.
    pub case: String,
    /// The step's number, from 1.
    pub number: i64,
    /// When.
    pub at: Time,
    /// The rung from then on.
    pub rung: Rung,
    /// What happened, in words.
    pub what: String,
    /// The case's title, as it is now.
    pub title: String,
    /// The jurisdictions that it touches now.
    pub jurisdictions: Vec<String>,
}

type Columns = (String, i64, String, i64, String, String, Vec<u8>, String, String, Option<String>);
type StepColumns = (String, i64, i64, i64, String, String, String);

/// The next page of entries of all logs that were there in a span: begun before its end, and open,
/// or written to after its beginning, or the file of a case that judgement still has. In the order of
/// the logs' ids, each log from its first entry on, for what a log stood at is worked out from all of
/// them. `after` is the last entry of the page before; `own` leaves out what is of other
/// jurisdictions than this one, but not what is the state's.
///
/// # Errors
/// Those of the engine.
pub async fn entries(
    link: Link<'_>,
    (span, own): (Span, Option<&str>),
    after: Option<(&str, u64)>,
) -> Result<Vec<Told>, Error> {
    const READ: &str = "SELECT e.log, e.number, e.key, e.at, e.actor, e.actor_name, e.hash, \
        e.body, l.kind, l.jurisdiction \
        FROM room_log l JOIN room_entry e ON e.log = l.id \
        WHERE l.id >= $1 AND (l.id > $1 OR e.number > $2) \
        AND l.begun <= $3 AND (l.open = 1 OR l.updated >= $4 OR l.kind = 'case' AND EXISTS \
            (SELECT 1 FROM incident_case c WHERE c.id = substr(l.id, 6) AND c.standing = 'open')) \
        AND ($6 = '' OR l.jurisdiction = $6 OR l.jurisdiction IS NULL) \
        ORDER BY l.id, e.number LIMIT $5";
    let (log, number) = after.unwrap_or(("", 0));
    let number = signed(number);
    let (from, to) = (span.from.micros(), span.to.micros());
    let own = plain(own.unwrap_or_default());
    let found: Vec<Columns> = rows!(link, READ, log, number, to, from, PAGE, own);
    let told = |(log, number, key, at, actor, actor_name, hash, body, kind, jurisdiction)| {
        let (number, at) = (unsigned(number), Time::from_micros(at));
        let entry = New { number, key, at, actor, actor_name, body };
        Told { kind, jurisdiction, kept: Kept { log, entry, hash } }
    };
    Ok(found.into_iter().map(told).collect())
}

/// How much would have to be read of a span.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// Bytes of its words.
    pub bytes: u64,
    /// Entries and steps in which they stand.
    pub rows: u64,
}

/// How much [`entries`] gives of a span, with all steps of its cases. The texts themselves are not
/// read.
///
/// # Errors
/// Those of the engine.
pub async fn size(mut link: Link<'_>, span: Span, own: Option<&str>) -> Result<Size, Error> {
    // Log by log: to read all entries ever would take longer than to read those of the span.
    const ENTRIES: &str = "SELECT CAST(coalesce(sum(octet_length(e.body)), 0) AS BIGINT), count(*) \
        FROM room_entry e WHERE e.log IN (SELECT l.id FROM room_log l WHERE l.id > '' \
        AND l.begun <= $1 AND (l.open = 1 OR l.updated >= $2 OR l.kind = 'case' AND EXISTS \
            (SELECT 1 FROM incident_case c WHERE c.id = substr(l.id, 6) AND c.standing = 'open')) \
        AND ($3 = '' OR l.jurisdiction = $3 OR l.jurisdiction IS NULL))";
    const STEPS: &str = "SELECT CAST(coalesce(sum(octet_length(s.what)), 0) AS BIGINT), count(*) \
        FROM case_step s WHERE s.case_id IN (SELECT c.id FROM incident_case c \
        WHERE c.scope = 'state' AND c.opened <= $1 AND (c.standing = 'open' OR c.updated >= $2))";
    let (from, to) = (span.from.micros(), span.to.micros());
    let own = plain(own.unwrap_or_default());
    let entries: Option<(i64, i64)> = row!(link.again(), ENTRIES, to, from, own);
    let steps: Option<(i64, i64)> = row!(link, STEPS, to, from);
    let (mut bytes, mut rows) = (0_u64, 0_u64);
    for (of_words, of_rows) in [entries, steps].into_iter().flatten() {
        bytes = bytes.saturating_add(unsigned(of_words));
        rows = rows.saturating_add(unsigned(of_rows));
    }
    Ok(Size { bytes, rows })
}

/// The next page of steps of the state's cases that were there in a span: opened before its end, and
/// still open to judgement, or changed after its beginning. In the order of the cases' ids, each from
/// its first step on. `after` is the last step of the page before; `least` leaves out cases that
/// stand below it now.
///
/// # Errors
/// Those of the engine.
pub async fn steps(
    link: Link<'_>,
    span: Span,
    least: Rung,
    after: Option<(&str, i64)>,
) -> Result<Vec<CaseStep>, Error> {
    // In the order of the ids, page by page: by an index of the scope all would be sorted for each.
    const READ: &str = "SELECT s.case_id, s.number, s.at, s.rung, s.what, c.title, c.jurisdictions \
        FROM incident_case c JOIN case_step s ON s.case_id = c.id \
        WHERE c.id >= $1 AND (c.id > $1 OR s.number > $2) AND (c.scope || '') = 'state' \
        AND c.seen >= $3 AND c.opened <= $4 AND (c.standing = 'open' OR c.updated >= $5) \
        ORDER BY c.id, s.number LIMIT $6";
    let (case, number) = after.unwrap_or(("", 0));
    let (from, to) = (span.from.micros(), span.to.micros());
    let found: Vec<StepColumns> = rows!(link, READ, case, number, least as i64, to, from, PAGE);
    let step = |(case, number, at, rung, what, title, places): StepColumns| {
        let (at, rung, jurisdictions) = (Time::from_micros(at), rung_of(rung)?, split(&places));
        Ok(CaseStep { case, number, at, rung, what, title, jurisdictions })
    };
    found.into_iter().map(step).collect()
}

/// How many cases of the state there were in a span on each rung that counts for them now, lowest
/// first: how much [`steps`] would have to read.
///
/// # Errors
/// Those of the engine.
pub async fn cases(link: Link<'_>, span: Span) -> Result<[u64; 4], Error> {
    const COUNT: &str = "SELECT seen, count(*) FROM incident_case WHERE scope = 'state' \
        AND opened <= $1 AND (standing = 'open' OR updated >= $2) GROUP BY seen";
    let (from, to) = (span.from.micros(), span.to.micros());
    let found: Vec<(i64, i64)> = rows!(link, COUNT, to, from);
    let mut counts = [0; 4];
    for (rung, count) in found {
        if let Some(on) = counts.get_mut(rung_of(rung)? as usize) {
            *on = unsigned(count);
        }
    }
    Ok(counts)
}

/// That sensors fell silent in a span: when the desk noticed, which, and what it said of it. The first
/// first.
///
/// # Errors
/// Those of the engine.
pub async fn silences(link: Link<'_>, span: Span) -> Result<Vec<(Time, String, String)>, Error> {
    const READ: &str = "SELECT at, object, because FROM notice_event \
        WHERE topic = 'silence' AND at >= $1 AND at <= $2 ORDER BY number LIMIT $3";
    const MOST: i64 = 5_000;
    let found: Vec<(i64, String, String)> =
        rows!(link, READ, span.from.micros(), span.to.micros(), MOST);
    let told = |(at, sensor, because)| (Time::from_micros(at), sensor, because);
    Ok(found.into_iter().map(told).collect())
}
