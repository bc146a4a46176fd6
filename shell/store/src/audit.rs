//! Who did what, when, to what: append-only, each row sealed over the one before it.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use ward_kernel::Time;

use crate::query::{execute, plain, row, rows};
use crate::{Error, Link, meta};

/// What a commit says about who stands behind it.
#[derive(Clone, Debug)]
pub enum Audit {
    /// A person or a service did it.
    Entry(Entry),
    /// The machine did it by itself on what sensors sent: records come in by the thousand, and
    /// the sensor's sequence is their account.
    Machine,
}

/// An act, as it is put down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who: a person's or token's id; empty before anybody is signed in.
    pub actor: String,
    /// How they were called then.
    pub actor_name: String,
    /// What: the act's name, `session.begin`, `case.look`...
    pub act: String,
    /// To what: an id.
    pub object: String,
    /// More, in plain words; no secret, no voter's data.
    pub detail: String,
    /// From where: the peer's address.
    pub address: String,
}

/// An act, as it was put down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// The act.
    pub entry: Entry,
    /// SHA-256 over the hash before it and all of the entry.
    pub hash: Vec<u8>,
}

/// What to search for; empty fields do not narrow.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The actor's id.
    pub actor: Option<String>,
    /// The act's name.
    pub act: Option<String>,
    /// The object's id.
    pub object: Option<String>,
    /// Not before.
    pub from: Option<Time>,
    /// Not after.
    pub to: Option<Time>,
    /// Only rows with smaller numbers: the next page.
    pub before: Option<i64>,
}

type Columns = (i64, i64, String, String, String, String, String, String, Vec<u8>);

impl From<Columns> for Row {
    fn from(columns: Columns) -> Self {
        let (number, at, actor, actor_name, act, object, detail, address, hash) = columns;
        let at = Time::from_micros(at);
        let entry = Entry { at, actor, actor_name, act, object, detail, address };
        Self { number, entry, hash }
    }
}

/// The seal of an entry: SHA-256 over the seal before it, the number, and each field with its
/// length before it, so that no two entries read the same.
#[must_use]
pub fn seal(before: &[u8], number: i64, entry: &Entry) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(number.to_be_bytes());
    hash.update(entry.at.micros().to_be_bytes());
    let texts =
        [&entry.actor, &entry.actor_name, &entry.act, &entry.object, &entry.detail, &entry.address];
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().to_vec()
}

/// Puts an act down; called by [`crate::Tx::commit`].
pub(crate) async fn append(mut link: Link<'_>, entry: &Entry) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO audit (number, at, actor, actor_name, act, object, detail, \
                       address, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let entry = &writable(entry);
    let last: Option<(i64, Vec<u8>)> = row!(link.again(), LAST);
    let (last, before) = last.unwrap_or_default();
    let number = last.saturating_add(1);
    let hash = seal(&before, number, entry);
    execute!(
        link.again(),
        ADD,
        number,
        entry.at.micros(),
        &entry.actor,
        &entry.actor_name,
        &entry.act,
        &entry.object,
        &entry.detail,
        &entry.address,
        &hash,
    );
    meta::set(link, LAST_ROW, &last_row(number, &hash)).await
}

/// The key of [`meta`] under which the last row stands, so that rows missing at the end are found.
const LAST_ROW: &str = "audit.last";

fn last_row(number: i64, hash: &[u8]) -> String {
    format!("{number} {}", HEXLOWER.encode(hash))
}

/// The number and the seal of the last row. Whoever can write the store can make a chain anew:
/// kept elsewhere, this shows it.
///
/// # Errors
/// Those of the engine.
pub async fn last(link: Link<'_>) -> Result<Option<(i64, Vec<u8>)>, Error> {
    Ok(row!(link, LAST))
}

const LAST: &str = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1";

/// The entry as both engines keep it: what is sealed is what is read back.
fn writable(entry: &Entry) -> Entry {
    Entry {
        at: entry.at,
        actor: plain(&entry.actor).into(),
        actor_name: plain(&entry.actor_name).into(),
        act: plain(&entry.act).into(),
        object: plain(&entry.object).into(),
        detail: plain(&entry.detail).into(),
        address: plain(&entry.address).into(),
    }
}

/// The columns of a row and the bounds that every search has; `$also` narrows it.
macro_rules! find {
    ($also:literal) => {
        concat!(
            "SELECT number, at, actor, actor_name, act, object, detail, address, hash FROM audit \
             WHERE ",
            $also,
            " AND at >= $4 AND at <= $5 AND number < $6 ORDER BY number DESC LIMIT $7"
        )
    };
}

/// Finds rows, newest first, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn search(link: Link<'_>, search: &Search, limit: i64) -> Result<Vec<Row>, Error> {
    // One text for each way in: with "this or anything" in it no index would be used.
    const ALL: &str = find!("$1 = '' AND $2 = '' AND $3 = ''");
    const BY_ACTOR: &str =
        find!("actor = $1 AND ($2 = '' OR act = $2) AND ($3 = '' OR object = $3)");
    const BY_OBJECT: &str = find!("$1 = '' AND ($2 = '' OR act = $2) AND object = $3");
    const BY_ACT: &str = find!("$1 = '' AND act = $2 AND $3 = ''");
    let [actor, act, object] =
        [&search.actor, &search.act, &search.object].map(|text| text.as_deref().unwrap_or(""));
    let text = match (actor, act, object) {
        ("", "", "") => ALL,
        ("", _, "") => BY_ACT,
        ("", _, _) => BY_OBJECT,
        _ => BY_ACTOR,
    };
    let found: Vec<Columns> = rows!(
        link,
        text,
        plain(actor),
        plain(act),
        plain(object),
        search.from.map_or(i64::MIN, Time::micros),
        search.to.map_or(i64::MAX, Time::micros),
        search.before.unwrap_or(i64::MAX),
        limit,
    );
    Ok(found.into_iter().map(Row::from).collect())
}

/// Reads rows in their order, from a number on, at most `limit`: for export and for checking.
///
/// # Errors
/// Those of the engine.
pub async fn in_order(link: Link<'_>, from: i64, limit: i64) -> Result<Vec<Row>, Error> {
    const READ: &str = "SELECT number, at, actor, actor_name, act, object, detail, address, hash \
                        FROM audit WHERE number >= $1 ORDER BY number LIMIT $2";
    let found: Vec<Columns> = rows!(link, READ, from, limit);
    Ok(found.into_iter().map(Row::from).collect())
}

/// Checks all seals: how many rows fit, and the number of the first that does not, which may be one
/// that is missing at the end.
///
/// # Errors
/// Those of the engine.
pub async fn verify(mut link: Link<'_>) -> Result<(i64, Option<i64>), Error> {
    let (mut before, mut next) = (Vec::new(), 1);
    loop {
        let rows = in_order(link.again(), next, 1000).await?;
        if rows.is_empty() {
            let fit = next.saturating_sub(1);
            let said = meta::get(link, LAST_ROW).await?.unwrap_or_default();
            let whole = if fit == 0 { String::new() } else { last_row(fit, &before) };
            return Ok((fit, (said != whole).then_some(next)));
        }
        for row in rows {
            if row.number != next || row.hash != seal(&before, row.number, &row.entry) {
                return Ok((next.saturating_sub(1), Some(row.number)));
            }
            (before, next) = (row.hash, next.saturating_add(1));
        }
    }
}
