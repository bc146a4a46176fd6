//! The situation room's logs: entries that only grow, each sealed over the one before it.
//!
//! Nothing here changes or deletes an entry. What the entries mean is for the core to say.

use sha2::{Digest as _, Sha256};
use ward_kernel::Time;

use crate::batch::{signed, unsigned};
use crate::query::{execute, plain, row, rows, value};
use crate::{Error, Link};

/// One log, as lists need it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Log {
    /// Its id.
    pub id: String,
    /// What it is of: `incident`, `position`...
    pub kind: String,
    /// Whose it is; `None` when it is the state office's.
    pub jurisdiction: Option<String>,
    /// When its first entry was put down.
    pub begun: Time,
    /// When its newest entry was put down.
    pub updated: Time,
    /// Whether there is something left to do.
    pub open: bool,
}

/// An entry to put down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct New {
    /// Its number in its log, from 1 without gaps.
    pub number: u64,
    /// What whoever sent it drew for it.
    pub key: String,
    /// When.
    pub at: Time,
    /// Who: a person's or a token's id.
    pub actor: String,
    /// How they were called then.
    pub actor_name: String,
    /// What it says, JSON.
    pub body: String,
}

/// An entry, as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Its log's id.
    pub log: String,
    /// What was put down.
    pub entry: New,
    /// SHA-256 over the hash before it and all of the entry.
    pub hash: Vec<u8>,
}

/// What to list; empty fields do not narrow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Logs of this jurisdiction alone.
    pub jurisdiction: Option<&'a str>,
    /// Only those with something left to do, or only those without.
    pub open: Option<bool>,
}

impl Filter<'_> {
    /// The least and the most that `open` may be.
    pub(crate) fn openness(&self) -> (i64, i64) {
        self.open.map_or((0, 1), |open| (i64::from(open), i64::from(open)))
    }
}

type LogColumns = (String, String, Option<String>, i64, i64, i64);
pub(crate) type Columns = (String, i64, String, i64, String, String, Vec<u8>, String);

type WholeColumns = (
    String,
    String,
    Option<String>,
    i64,
    i64,
    i64,
    i64,
    String,
    i64,
    String,
    String,
    Vec<u8>,
    String,
);

impl From<LogColumns> for Log {
    fn from((id, kind, jurisdiction, begun, updated, open): LogColumns) -> Self {
        let (begun, updated) = (Time::from_micros(begun), Time::from_micros(updated));
        Self { id, kind, jurisdiction, begun, updated, open: open != 0 }
    }
}

impl From<Columns> for Kept {
    fn from((log, number, key, at, actor, actor_name, hash, body): Columns) -> Self {
        let (number, at) = (unsigned(number), Time::from_micros(at));
        Self { log, entry: New { number, key, at, actor, actor_name, body }, hash }
    }
}

/// The seal of an entry: SHA-256 over the seal before it, its log, its number, its moment, and each
/// text with its length before it, so that no two entries read the same.
#[must_use]
pub fn seal(before: &[u8], log: &str, entry: &New) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(entry.number.to_be_bytes());
    hash.update(entry.at.micros().to_be_bytes());
    for text in [log, &entry.key, &entry.actor, &entry.actor_name, &entry.body] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// What the first entry of a log is sealed over: what the log is of, whose it is, when it began.
#[must_use]
pub fn root(log: &Log) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(log.begun.micros().to_be_bytes());
    for text in [&log.id, &log.kind, log.jurisdiction.as_deref().unwrap_or_default()] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// How many logs of a kind and a jurisdiction have something left to do.
///
/// # Errors
/// Those of the engine.
pub async fn count_open(link: Link<'_>, kind: &str, jurisdiction: &str) -> Result<u64, Error> {
    const COUNT: &str =
        "SELECT count(*) FROM room_log WHERE kind = $1 AND jurisdiction = $2 AND open = 1";
    let count: i64 = value!(link, COUNT, kind, plain(jurisdiction));
    Ok(unsigned(count))
}

/// Begins a log; whether there was none of this id.
///
/// # Errors
/// Those of the engine.
pub async fn begin(link: Link<'_>, log: &Log) -> Result<bool, Error> {
    const ADD: &str = "INSERT INTO room_log (id, kind, jurisdiction, begun, updated, open) \
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    let (begun, updated) = (log.begun.micros(), log.updated.micros());
    let open = i64::from(log.open);
    Ok(execute!(link, ADD, &log.id, &log.kind, &log.jurisdiction, begun, updated, open) > 0)
}

/// Puts an entry down behind the last one of its log; gives its seal. `open` says whether there is
/// something left to do after it.
///
/// # Errors
/// Those of the engine; among them that the number is not the next, for the last may have been put
/// down meanwhile by somebody else.
pub async fn add(mut link: Link<'_>, log: &str, new: &New, open: bool) -> Result<[u8; 32], Error> {
    const LAST: &str =
        "SELECT number, hash FROM room_entry WHERE log = $1 ORDER BY number DESC LIMIT 1";
    const ADD: &str = "INSERT INTO room_entry (log, number, key, at, actor, actor_name, hash, \
                       body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    const NOTE: &str = "UPDATE room_log SET updated = $2, open = $3 WHERE id = $1";
    let last: Option<(i64, Vec<u8>)> = row!(link.again(), LAST, log);
    let (last, before) = match last {
        Some(last) => last,
        None => {
            let whole = by_id(link.again(), log).await?;
            let whole = whole.ok_or_else(|| Error::Damaged(format!("there is no log {log}")))?;
            (0, root(&whole).to_vec())
        }
    };
    if unsigned(last).saturating_add(1) != new.number {
        return Err(Error::Damaged(format!(
            "entry {} does not follow {last} in {log}",
            new.number
        )));
    }
    let new = &writable(new);
    let hash = seal(&before, log, new);
    execute!(
        link.again(),
        ADD,
        log,
        signed(new.number),
        &new.key,
        new.at.micros(),
        &new.actor,
        &new.actor_name,
        hash.as_slice(),
        &new.body,
    );
    execute!(link, NOTE, log, new.at.micros(), i64::from(open));
    Ok(hash)
}

/// The entry as both engines keep it: what is sealed is what is read back.
fn writable(new: &New) -> New {
    New {
        number: new.number,
        key: plain(&new.key).into(),
        at: new.at,
        actor: plain(&new.actor).into(),
        actor_name: plain(&new.actor_name).into(),
        body: plain(&new.body).into(),
    }
}

/// One log.
///
/// # Errors
/// Those of the engine.
pub async fn by_id(link: Link<'_>, id: &str) -> Result<Option<Log>, Error> {
    const READ: &str =
        "SELECT id, kind, jurisdiction, begun, updated, open FROM room_log WHERE id = $1";
    let row: Option<LogColumns> = row!(link, READ, plain(id));
    Ok(row.map(Log::from))
}

/// A kind's logs, narrowed by whose they are, which is one text or another, and by whether they are
/// open: so either is a stretch of an index.
macro_rules! narrowing {
    ($whose:literal) => {
        concat!(
            "kind = $1 AND ",
            $whose,
            " AND open >= $3 AND open <= $4 ORDER BY updated DESC, id LIMIT $5"
        )
    };
}

pub(crate) use narrowing;

/// The ids of those logs.
macro_rules! narrowed {
    ($whose:literal) => {
        concat!("SELECT id FROM room_log WHERE ", narrowing!($whose))
    };
}

/// The logs of a kind whose ids lie in a stretch of the key, which is short: SQLite takes the longer
/// one of the kind unless it is kept from it.
macro_rules! stretch {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM room_log WHERE (kind || '') = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4"
        )
    };
}

/// Logs with all their entries, by id and by number: one question, and no row for a log alone.
macro_rules! whole {
    ($ids:expr) => {
        concat!(
            "SELECT l.id, l.kind, l.jurisdiction, l.begun, l.updated, l.open, e.number, e.key, \
             e.at, e.actor, e.actor_name, e.hash, e.body FROM room_log AS l \
             JOIN room_entry AS e ON e.log = l.id WHERE l.id IN (",
            $ids,
            ") ORDER BY l.id, e.number"
        )
    };
}

/// Logs with the seal of their last entry, which stands over all that is in them.
macro_rules! sealed {
    ($which:expr) => {
        concat!(
            "SELECT id, kind, jurisdiction, begun, updated, open, (SELECT hash FROM room_entry \
             WHERE log = room_log.id ORDER BY number DESC LIMIT 1) FROM room_log WHERE ",
            $which
        )
    };
}

type SealedColumns = (String, String, Option<String>, i64, i64, i64, Option<Vec<u8>>);

fn with_seal(columns: SealedColumns) -> (Log, Vec<u8>) {
    let (id, kind, jurisdiction, begun, updated, open, seal) = columns;
    (Log::from((id, kind, jurisdiction, begun, updated, open)), seal.unwrap_or_default())
}

/// One log with the seal of its last entry; empty before the first is put down.
///
/// # Errors
/// Those of the engine.
pub async fn sealed(link: Link<'_>, id: &str) -> Result<Option<(Log, Vec<u8>)>, Error> {
    const READ: &str = sealed!("id = $1");
    let row: Option<SealedColumns> = row!(link, READ, plain(id));
    Ok(row.map(with_seal))
}

/// The logs that [`list`] gives, each with the seal of its last entry in place of its entries.
///
/// # Errors
/// Those of the engine.
pub async fn seals(
    link: Link<'_>,
    kind: &str,
    filter: Filter<'_>,
    limit: i64,
) -> Result<Vec<(Log, Vec<u8>)>, Error> {
    const ALL: &str = sealed!(narrowing!("$2 = ''"));
    const HERE: &str = sealed!(narrowing!("jurisdiction = $2"));
    let sql = if filter.jurisdiction.is_some() { HERE } else { ALL };
    let (place, (least, most)) =
        (plain(filter.jurisdiction.unwrap_or_default()), filter.openness());
    let found: Vec<SealedColumns> = rows!(link, sql, kind, place, least, most, limit);
    Ok(found.into_iter().map(with_seal).filter(|(_, seal)| !seal.is_empty()).collect())
}

/// All entries of a log, the first first.
///
/// # Errors
/// Those of the engine.
pub async fn entries(link: Link<'_>, log: &str) -> Result<Vec<Kept>, Error> {
    const READ: &str = "SELECT log, number, key, at, actor, actor_name, hash, body \
                        FROM room_entry WHERE log = $1 ORDER BY number";
    let found: Vec<Columns> = rows!(link, READ, plain(log));
    Ok(found.into_iter().map(Kept::from).collect())
}

/// Where entries of a person stand under a key, in a kind's logs of whatever jurisdiction: each log's
/// id with the entry's number there.
///
/// # Errors
/// Those of the engine.
pub async fn keyed(
    link: Link<'_>,
    kind: &str,
    (actor, key): (&str, &str),
) -> Result<Vec<(String, u64)>, Error> {
    const READ: &str = "SELECT e.log, e.number FROM room_log AS l \
        JOIN room_entry AS e ON e.log = l.id AND e.actor = $2 AND e.key = $3 \
        WHERE l.kind = $1 AND l.jurisdiction IS NOT NULL ORDER BY e.log";
    let found: Vec<(String, i64)> = rows!(link, READ, kind, plain(actor), plain(key));
    Ok(found.into_iter().map(|(log, number)| (log, unsigned(number))).collect())
}

/// The logs of a kind, the one that was written last first, at most `limit`; each with all its
/// entries, the first first.
///
/// # Errors
/// Those of the engine.
pub async fn list(
    link: Link<'_>,
    kind: &str,
    filter: Filter<'_>,
    limit: i64,
) -> Result<Vec<(Log, Vec<Kept>)>, Error> {
    const ALL: &str = whole!(narrowed!("$2 = ''"));
    const HERE: &str = whole!(narrowed!("jurisdiction = $2"));
    let sql = if filter.jurisdiction.is_some() { HERE } else { ALL };
    let (place, (least, most)) =
        (plain(filter.jurisdiction.unwrap_or_default()), filter.openness());
    let mut logs = by_log(rows!(link, sql, kind, place, least, most, limit));
    logs.sort_by(|(a, _), (b, _)| (b.updated, &a.id).cmp(&(a.updated, &b.id)));
    Ok(logs)
}

/// The logs of a kind whose ids begin with a text, in the order of their ids, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn under(
    link: Link<'_>,
    kind: &str,
    begins: &str,
    limit: i64,
) -> Result<Vec<Log>, Error> {
    const LIST: &str = stretch!("id, kind, jurisdiction, begun, updated, open");
    let found: Vec<LogColumns> = rows!(link, LIST, kind, plain(begins), behind(begins), limit);
    Ok(found.into_iter().map(Log::from).collect())
}

/// The id of the log whose id begins with a text and ends in the greatest number: of two such ids the
/// longer one has it.
///
/// # Errors
/// Those of the engine.
pub async fn newest(link: Link<'_>, kind: &str, begins: &str) -> Result<Option<String>, Error> {
    const READ: &str = "SELECT id FROM room_log WHERE (kind || '') = $1 AND id >= $2 AND id < $3 \
                        ORDER BY length(id) DESC, id DESC LIMIT 1";
    let row: Option<(String,)> = row!(link, READ, kind, plain(begins), behind(begins));
    Ok(row.map(|(id,)| id))
}

/// The logs that [`under`] gives, each with all its entries, the first first.
///
/// # Errors
/// Those of the engine.
pub async fn under_whole(
    link: Link<'_>,
    kind: &str,
    begins: &str,
    limit: i64,
) -> Result<Vec<(Log, Vec<Kept>)>, Error> {
    const READ: &str = whole!(stretch!("id"));
    Ok(by_log(rows!(link, READ, kind, plain(begins), behind(begins), limit)))
}

/// Entries that stand log by log, by their logs.
fn by_log(rows: Vec<WholeColumns>) -> Vec<(Log, Vec<Kept>)> {
    let mut logs: Vec<(Log, Vec<Kept>)> = Vec::new();
    for row in rows {
        let (
            id,
            kind,
            jurisdiction,
            begun,
            updated,
            open,
            number,
            key,
            at,
            actor,
            name,
            hash,
            body,
        ) = row;
        let kept = Kept::from((id.clone(), number, key, at, actor, name, hash, body));
        match logs.last_mut() {
            Some((log, entries)) if log.id == id => entries.push(kept),
            _ => {
                let log = Log::from((id, kind, jurisdiction, begun, updated, open));
                logs.push((log, vec![kept]));
            }
        }
    }
    logs
}

/// What stands behind every id that begins with a text: both engines compare ids by their bytes, and
/// no character is greater than this one. So the ids are a stretch of the key.
fn behind(begins: &str) -> String {
    format!("{}\u{10FFFF}", plain(begins))
}

/// The first log whose entries do not fit together, and the number of the first that does not.
///
/// # Errors
/// Those of the engine.
pub async fn verify(mut link: Link<'_>) -> Result<Option<(String, u64)>, Error> {
    const LOGS: &str = "SELECT id, kind, jurisdiction, begun, updated, open FROM room_log \
                        WHERE id > $1 ORDER BY id LIMIT 500";
    let mut after = String::new();
    loop {
        let logs: Vec<LogColumns> = rows!(link.again(), LOGS, &after);
        let Some((last, ..)) = logs.last() else { return Ok(None) };
        after.clone_from(last);
        for log in logs.into_iter().map(Log::from) {
            if let Some(number) = broken(&log, &entries(link.again(), &log.id).await?) {
                return Ok(Some((log.id, number)));
            }
        }
    }
}

/// The number of the first entry that does not follow, or that is missing at the end.
fn broken(log: &Log, entries: &[Kept]) -> Option<u64> {
    let (mut before, mut next) = (root(log).to_vec(), 1);
    for kept in entries {
        if kept.entry.number != next || kept.hash != seal(&before, &log.id, &kept.entry) {
            return Some(kept.entry.number);
        }
        (before, next) = (kept.hash.clone(), next.saturating_add(1));
    }
    let is_whole = entries.last().is_some_and(|last| last.entry.at == log.updated);
    (!is_whole).then_some(next)
}
