//! Cases, as each scope sees them; what became of them, and what people made of them.

use std::str::FromStr;

use ward_kernel::{Rung, Time};
use ward_live::{Kept, Standing};

use crate::batch::{signed, unsigned};
use crate::query::{execute, plain, row, rows, value};
use crate::{Error, Link};

/// What people made of a case. What judgement says of it is [`Kept::standing`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Handling {
    /// Nobody has closed it.
    #[default]
    Open,
    /// Somebody keeps an eye on it.
    Watched,
    /// Somebody closed it; it comes back when its rung rises.
    Closed,
}

impl Handling {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Watched, Self::Closed];

    /// The name by which it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Watched => "watched",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for Handling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| "write open, watched or closed".to_owned())
    }
}

/// A case with what people made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// The case.
    pub case: Kept,
    /// What people made of it.
    pub handling: Handling,
    /// Why, in their words; may be empty.
    pub reason: String,
}

/// A case on a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its rung.
    pub rung: Rung,
    /// One line for the page.
    pub title: String,
    /// When it was opened.
    pub opened: Time,
    /// When it last changed.
    pub updated: Time,
    /// Its first record.
    pub first: Time,
    /// Its last record.
    pub last: Time,
    /// Records that it stands on.
    pub records: u64,
    /// Whether it belongs to a registered test.
    pub authorised: bool,
    /// What judgement says of it: `open`, `gone` or `merged`.
    pub standing: String,
    /// What people made of it.
    pub handling: Handling,
    /// The jurisdictions that it touches.
    pub jurisdictions: Vec<String>,
}

/// Which cases to list; empty fields do not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This rung or a higher one.
    pub rung: Option<Rung>,
    /// What people made of it.
    pub handling: Option<Handling>,
    /// Also those that no judgement has any more.
    pub with_past: bool,
    /// A part of the title, the kind or the id; small and capital letters are the same.
    pub text: String,
    /// A jurisdiction that it touches.
    pub jurisdiction: Option<String>,
    /// Its kind, exactly.
    pub kind: Option<String>,
}

/// A step of a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// Its number in the case, from 1.
    pub number: i64,
    /// When.
    pub at: Time,
    /// The rung from then on.
    pub rung: Rung,
    /// What happened, in words.
    pub what: String,
}

/// How many open cases are on each rung, lowest first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Cases by rung, in the order of [`Rung::ALL`].
    pub rungs: [u64; 4],
}

impl Counts {
    /// Cases on a rung.
    #[must_use]
    pub fn of(&self, rung: Rung) -> u64 {
        self.rungs.get(rung as usize).copied().unwrap_or(0)
    }
}

/// Puts a case down as it now is. What people made of it stays, except that a closed case whose
/// rung rises is open again.
///
/// # Errors
/// Those of the engine.
pub async fn upsert(link: Link<'_>, case: &Kept) -> Result<(), Error> {
    const SET: &str = "INSERT INTO incident_case (id, scope, kind, rung, title, opened, updated, \
        first, last, records, authorised, standing, handling, reason, jurisdictions, body) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', '', $13, $14) \
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, rung = excluded.rung, \
        title = excluded.title, opened = excluded.opened, updated = excluded.updated, \
        first = excluded.first, last = excluded.last, records = excluded.records, \
        authorised = excluded.authorised, standing = excluded.standing, \
        handling = CASE WHEN incident_case.handling = 'closed' \
            AND excluded.rung > incident_case.rung THEN 'open' ELSE incident_case.handling END, \
        jurisdictions = excluded.jurisdictions, body = excluded.body";
    let body = serde_json::to_string(case).map_err(|err| {
        Error::Refused(format!("the case {} cannot be written down: {err}", case.id))
    })?;
    execute!(
        link,
        SET,
        plain(&case.id),
        plain(&case.scope),
        plain(&case.kind),
        case.rung as i64,
        plain(&case.title),
        case.opened.micros(),
        case.updated.micros(),
        case.first.micros(),
        case.last.micros(),
        signed(case.records),
        i64::from(case.authorised.is_some()),
        standing_name(&case.standing),
        plain(&joined(&case.jurisdictions)),
        body,
    );
    Ok(())
}

/// Appends a step to a case.
///
/// # Errors
/// Those of the engine.
pub async fn step(
    link: Link<'_>,
    case: &str,
    at: Time,
    rung: Rung,
    what: &str,
) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO case_step (case_id, number, at, rung, what) \
        SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM case_step WHERE case_id = $1";
    execute!(link, ADD, plain(case), at.micros(), rung as i64, plain(what));
    Ok(())
}

/// The steps of a case, in order.
///
/// # Errors
/// Those of the engine.
pub async fn steps(link: Link<'_>, case: &str) -> Result<Vec<Step>, Error> {
    const READ: &str =
        "SELECT number, at, rung, what FROM case_step WHERE case_id = $1 ORDER BY number";
    let found: Vec<(i64, i64, i64, String)> = rows!(link, READ, plain(case));
    found
        .into_iter()
        .map(|(number, at, rung, what)| {
            Ok(Step { number, at: Time::from_micros(at), rung: rung_of(rung)?, what })
        })
        .collect()
}

/// A case by its id. Whether the reader may see its scope is the caller's to ask.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn by_id(link: Link<'_>, id: &str) -> Result<Option<Filed>, Error> {
    const READ: &str = "SELECT body, handling, reason FROM incident_case WHERE id = $1";
    let found: Option<(String, String, String)> = row!(link, READ, plain(id));
    let Some((body, handling, reason)) = found else { return Ok(None) };
    let handling = handling.parse().map_err(Error::Damaged)?;
    Ok(Some(Filed { case: case_of(&body)?, handling, reason }))
}

/// Every case whose last record is at or after a time, and every one that is open: by these the
/// book is restored.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn of_all_scopes(link: Link<'_>, since: Time) -> Result<Vec<Kept>, Error> {
    const READ: &str =
        "SELECT body FROM incident_case WHERE last >= $1 OR standing = 'open' ORDER BY id";
    let found: Vec<(String,)> = rows!(link, READ, since.micros());
    found.iter().map(|(body,)| case_of(body)).collect()
}

/// Puts down what people make of a case; false when there is none.
///
/// # Errors
/// Those of the engine.
pub async fn set_handling(
    link: Link<'_>,
    id: &str,
    handling: Handling,
    reason: &str,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE incident_case SET handling = $2, reason = $3 WHERE id = $1";
    Ok(execute!(link, SET, plain(id), handling.as_str(), plain(reason)) == 1)
}

type LineColumns =
    (String, String, i64, String, i64, i64, i64, i64, i64, i64, String, String, String);

/// Cases of a scope, the highest rung first and then the one that changed last.
///
/// # Errors
/// Those of the engine.
pub async fn list(
    link: Link<'_>,
    scope: &str,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Error> {
    const READ: &str = "SELECT id, kind, rung, title, opened, updated, first, last, records, \
        authorised, standing, handling, jurisdictions FROM incident_case \
        WHERE scope = $1 AND rung >= $2 AND ($3 = '' OR handling = $3) \
        AND ($4 = 1 OR standing = 'open') \
        AND ($5 = '' OR replace(jurisdictions, $5, '') <> jurisdictions) \
        AND ($6 = '' OR replace(lower(title || ' ' || kind || ' ' || id), $6, '') \
            <> lower(title || ' ' || kind || ' ' || id)) \
        AND ($7 = '' OR kind = $7) \
        ORDER BY rung DESC, updated DESC, id LIMIT $8 OFFSET $9";
    let asked = Asked::of(filter);
    let found: Vec<LineColumns> = rows!(
        link,
        READ,
        plain(scope),
        asked.rung,
        asked.handling,
        asked.past,
        asked.jurisdiction,
        asked.text,
        asked.kind,
        limit,
        offset,
    );
    found.into_iter().map(line_of).collect()
}

/// How many cases [`list`] would give without a limit.
///
/// # Errors
/// Those of the engine.
pub async fn count(link: Link<'_>, scope: &str, filter: &Filter) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM incident_case \
        WHERE scope = $1 AND rung >= $2 AND ($3 = '' OR handling = $3) \
        AND ($4 = 1 OR standing = 'open') \
        AND ($5 = '' OR replace(jurisdictions, $5, '') <> jurisdictions) \
        AND ($6 = '' OR replace(lower(title || ' ' || kind || ' ' || id), $6, '') \
            <> lower(title || ' ' || kind || ' ' || id)) \
        AND ($7 = '' OR kind = $7)";
    // The same where nothing is asked of a case's words: it is counted by the index alone.
    const PLAIN: &str = "SELECT count(*) FROM incident_case \
        WHERE scope = $1 AND rung >= $2 AND ($3 = '' OR handling = $3) \
        AND ($4 = 1 OR standing = 'open') AND ($5 = '' OR kind = $5)";
    let asked = Asked::of(filter);
    if asked.jurisdiction.is_empty() && asked.text.is_empty() {
        let (scope, handling) = (plain(scope), asked.handling);
        return Ok(value!(link, PLAIN, scope, asked.rung, handling, asked.past, asked.kind));
    }
    Ok(value!(
        link,
        COUNT,
        plain(scope),
        asked.rung,
        asked.handling,
        asked.past,
        asked.jurisdiction,
        asked.text,
        asked.kind,
    ))
}

/// How many cases of a scope are open (by judgement, and closed by nobody), by rung. Registered
/// tests are not counted.
///
/// # Errors
/// Those of the engine.
pub async fn counts(link: Link<'_>, scope: &str) -> Result<Counts, Error> {
    const COUNT: &str = "SELECT rung, count(*) FROM incident_case WHERE scope = $1 \
        AND standing = 'open' AND handling <> 'closed' AND authorised = 0 GROUP BY rung";
    let found: Vec<(i64, i64)> = rows!(link, COUNT, plain(scope));
    let mut counts = Counts::default();
    for (rung, count) in found {
        let place = usize::try_from(rung).ok().and_then(|rung| counts.rungs.get_mut(rung));
        if let Some(place) = place {
            *place = unsigned(count);
        }
    }
    Ok(counts)
}

/// A filter, as it is bound.
struct Asked {
    rung: i64,
    handling: &'static str,
    past: i64,
    jurisdiction: String,
    text: String,
    kind: String,
}

impl Asked {
    fn of(filter: &Filter) -> Self {
        Self {
            rung: filter.rung.map_or(0, |rung| rung as i64),
            handling: filter.handling.map_or("", Handling::as_str),
            past: i64::from(filter.with_past),
            jurisdiction: filter
                .jurisdiction
                .as_ref()
                .map_or_else(String::new, |id| plain(&joined(std::slice::from_ref(id))).into()),
            // Both engines make only A to Z small.
            text: plain(filter.text.trim()).to_ascii_lowercase(),
            kind: filter.kind.as_deref().map_or_else(String::new, |kind| plain(kind).into()),
        }
    }
}

/// Ids with a comma on each side, so that one can be found as a part of the text.
fn joined(ids: &[String]) -> String {
    ids.iter().fold(String::new(), |all, id| all + "," + id + ",")
}

fn split(ids: &str) -> Vec<String> {
    ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn line_of(columns: LineColumns) -> Result<Line, Error> {
    let (
        id,
        kind,
        rung,
        title,
        opened,
        updated,
        first,
        last,
        records,
        authorised,
        standing,
        handling,
        ids,
    ) = columns;
    Ok(Line {
        id,
        kind,
        rung: rung_of(rung)?,
        title,
        opened: Time::from_micros(opened),
        updated: Time::from_micros(updated),
        first: Time::from_micros(first),
        last: Time::from_micros(last),
        records: unsigned(records),
        authorised: authorised == 1,
        standing,
        handling: handling.parse().map_err(Error::Damaged)?,
        jurisdictions: split(&ids),
    })
}

fn rung_of(number: i64) -> Result<Rung, Error> {
    let found = Rung::ALL.into_iter().find(|rung| *rung as i64 == number);
    found.ok_or_else(|| Error::Damaged(format!("{number} is no rung of the ladder")))
}

pub(crate) fn case_of(body: &str) -> Result<Kept, Error> {
    serde_json::from_str(body)
        .map_err(|err| Error::Damaged(format!("a case in the store cannot be read: {err}")))
}

const fn standing_name(standing: &Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Gone => "gone",
        Standing::Merged(_) => "merged",
    }
}
