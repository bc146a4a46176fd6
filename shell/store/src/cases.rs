//! Cases, as each scope sees them; what became of them, and what people made of them. Lists of them
//! are in [`crate::queue`], what people write beside them in [`crate::case_files`].

use std::str::FromStr;

use ward_kernel::{Rung, Time};
use ward_live::{Kept, Standing};

use crate::batch::{signed, unsigned};
use crate::query::{execute, plain, row, rows};
use crate::{Error, Link};

pub use crate::queue::{Filter, Line, Order, Owned, SEVERAL, count, line, list};

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

/// Who has a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Owner {
    /// Their id.
    pub id: String,
    /// What they are called now.
    pub name: String,
}

/// A case with what people made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// The case, with the rung of judgement.
    pub case: Kept,
    /// What people made of it.
    pub handling: Handling,
    /// Why, in their words; may be empty.
    pub reason: String,
    /// The rung that counts.
    pub seen: Rung,
    /// Where the desk put it, and where judgement had it then.
    pub desk: Option<(Rung, Rung)>,
    /// Who has it.
    pub owner: Option<Owner>,
    /// The case that people made it a part of.
    pub merged_into: Option<String>,
    /// The case that people took it out of: judgement does not know it.
    pub split_from: Option<String>,
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

/// The rung that counts, of judgement's (a column) and of what the desk put against it: the same as
/// `seen` of `ward_desk::case_file`, worked out in the engine so that it holds whoever writes.
macro_rules! seen {
    ($judged:literal) => {
        concat!(
            "CASE WHEN incident_case.desk_rung IS NULL THEN ",
            $judged,
            " WHEN incident_case.desk_rung >= incident_case.desk_judged THEN \
             CASE WHEN ",
            $judged,
            " > incident_case.desk_rung THEN ",
            $judged,
            " ELSE incident_case.desk_rung END WHEN ",
            $judged,
            " > incident_case.desk_judged OR ",
            $judged,
            " < incident_case.desk_rung THEN ",
            $judged,
            " ELSE incident_case.desk_rung END"
        )
    };
}

/// The case that it is a part of: the same as `part_of` there.
macro_rules! part_of {
    ($judged:literal) => {
        concat!(
            "CASE WHEN ",
            $judged,
            " > incident_case.desk_into_judged THEN NULL ELSE incident_case.desk_into END"
        )
    };
}

/// Sets both.
macro_rules! counted {
    ($judged:literal) => {
        concat!(
            "seen = ",
            $crate::cases::seen!($judged),
            ", merged_into = ",
            $crate::cases::part_of!($judged)
        )
    };
}
pub(crate) use {counted, part_of, seen};

/// Puts a case down as it now is. What people made of it stays, except that a closed case whose
/// rung rises is open again.
///
/// # Errors
/// Those of the engine.
pub async fn upsert(link: Link<'_>, case: &Kept) -> Result<(), Error> {
    const SET: &str = concat!(
        "INSERT INTO incident_case (id, scope, kind, rung, title, opened, updated, first, last, \
         records, authorised, standing, handling, reason, jurisdictions, body, seen, place) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', '', $13, $14, $4, $15) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, rung = excluded.rung, \
         title = excluded.title, opened = excluded.opened, updated = excluded.updated, \
         first = excluded.first, last = excluded.last, records = excluded.records, \
         authorised = excluded.authorised, standing = excluded.standing, \
         handling = CASE WHEN incident_case.handling = 'closed' \
         AND excluded.rung > incident_case.rung THEN 'open' ELSE incident_case.handling END, \
         jurisdictions = excluded.jurisdictions, place = excluded.place, body = excluded.body, ",
        counted!("excluded.rung")
    );
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
        plain(place_of(&case.jurisdictions)),
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

/// The columns of a [`Filed`].
macro_rules! filed {
    () => {
        "SELECT c.body, c.handling, c.reason, c.seen, c.desk_rung, c.desk_judged, c.owner, \
         coalesce(p.name, c.owner), c.merged_into, c.split_from FROM incident_case AS c \
         LEFT JOIN person AS p ON p.id = c.owner"
    };
}
pub(crate) use filed;

pub(crate) type FiledColumns = (
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// A case by its id. Whether the reader may see its scope is the caller's to ask.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn by_id(link: Link<'_>, id: &str) -> Result<Option<Filed>, Error> {
    const READ: &str = concat!(filed!(), " WHERE c.id = $1");
    let found: Option<FiledColumns> = row!(link, READ, plain(id));
    found.map(filed_of).transpose()
}

/// Cases of a scope and a kind that people closed, the one with the newest record first; without
/// one of them.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn closed_alike(link: Link<'_>, case: &Kept, limit: i64) -> Result<Vec<Filed>, Error> {
    const READ: &str = concat!(
        filed!(),
        " WHERE c.scope = $1 AND c.kind = $2 AND c.handling = 'closed' AND c.id <> $3 \
         ORDER BY c.last DESC, c.id LIMIT $4"
    );
    let (scope, kind, id) = (plain(&case.scope), plain(&case.kind), plain(&case.id));
    let found: Vec<FiledColumns> = rows!(link, READ, scope, kind, id, limit);
    found.into_iter().map(filed_of).collect()
}

pub(crate) fn filed_of(columns: FiledColumns) -> Result<Filed, Error> {
    let (body, handling, reason, seen, rung, judged, owner, name, merged_into, split_from) =
        columns;
    let desk = match (rung, judged) {
        (Some(rung), Some(judged)) => Some((rung_of(rung)?, rung_of(judged)?)),
        _ => None,
    };
    Ok(Filed {
        case: case_of(&body)?,
        handling: handling.parse().map_err(Error::Damaged)?,
        reason,
        seen: rung_of(seen)?,
        desk,
        owner: owner_of(owner, name),
        merged_into,
        split_from,
    })
}

/// Who has it, of an id and a name.
pub(crate) fn owner_of(id: Option<String>, name: Option<String>) -> Option<Owner> {
    let id = id?;
    let name = name.unwrap_or_else(|| id.clone());
    Some(Owner { id, name })
}

/// Every case of judgement whose last record is at or after a time, and every one that is open: by
/// these the book is restored. Those that people split off are none of its own.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn of_all_scopes(link: Link<'_>, since: Time) -> Result<Vec<Kept>, Error> {
    const READ: &str = "SELECT body FROM incident_case WHERE split_from IS NULL \
                        AND (last >= $1 OR standing = 'open') ORDER BY id";
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

/// How many cases of a scope are open (by judgement, closed by nobody, a part of none), by the rung
/// that counts. Registered tests are not counted.
///
/// # Errors
/// Those of the engine.
pub async fn counts(link: Link<'_>, scope: &str) -> Result<Counts, Error> {
    const COUNT: &str = "SELECT seen, count(*) FROM incident_case WHERE scope = $1 \
        AND standing = 'open' AND merged_into IS NULL AND handling <> 'closed' \
        AND authorised = 0 GROUP BY seen";
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

/// Ids with a comma on each side, so that one can be found as a part of the text.
pub(crate) fn joined(ids: &[String]) -> String {
    ids.iter().fold(String::new(), |all, id| all + "," + id + ",")
}

/// The ids of such a text, or of one with single commas.
pub(crate) fn split(ids: &str) -> Vec<String> {
    ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// The one jurisdiction of a case, by which lists are folded.
pub(crate) fn place_of(ids: &[String]) -> &str {
    match ids {
        [] => "",
        [one] => one,
        _ => SEVERAL,
    }
}

pub(crate) fn rung_of(number: i64) -> Result<Rung, Error> {
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
