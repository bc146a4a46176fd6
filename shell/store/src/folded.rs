//! What lists and bounds need of the room's logs without reading all of their entries.
//!
//! What a log came to stands beside it as one text. It says nothing that the entries do not say: the
//! web makes it, and holds the seal in it against the newest entry's before it believes it.

use futures_util::TryStreamExt as _;
use ward_kernel::Time;

use crate::batch::unsigned;
use crate::logbook::{Columns, Filter, Kept, narrowing};
use crate::query::{execute, on, plain, row, rows};
use crate::{Error, Link};

/// Keeps what a log came to, in place of what was kept before.
///
/// # Errors
/// Those of the engine.
pub async fn keep(link: Link<'_>, log: &str, folded: &str) -> Result<(), Error> {
    const KEEP: &str = "UPDATE room_log SET folded = $2 WHERE id = $1";
    execute!(link, KEEP, log, plain(folded));
    Ok(())
}

/// What a log came to; nothing, or an empty text, when that is not kept.
///
/// # Errors
/// Those of the engine.
pub async fn one(link: Link<'_>, log: &str) -> Result<Option<String>, Error> {
    const READ: &str = "SELECT folded FROM room_log WHERE id = $1";
    let row: Option<(String,)> = row!(link, READ, plain(log));
    Ok(row.map(|(folded,)| folded))
}

/// What the logs came to that [`crate::logbook::seals`] gives: each is told as it is read, so that
/// not all of them are in memory.
///
/// # Errors
/// Those of the engine.
pub async fn all(
    link: Link<'_>,
    kind: &str,
    filter: Filter<'_>,
    limit: i64,
    mut told: impl FnMut(String),
) -> Result<(), Error> {
    const ALL: &str = concat!("SELECT folded FROM room_log WHERE ", narrowing!("$2 = ''"));
    const HERE: &str =
        concat!("SELECT folded FROM room_log WHERE ", narrowing!("jurisdiction = $2"));
    let sql = if filter.jurisdiction.is_some() { HERE } else { ALL };
    let (place, (least, most)) =
        (plain(filter.jurisdiction.unwrap_or_default()), filter.openness());
    on!(link, conn => {
        let asked = sqlx::query_as::<_, (String,)>(sql);
        let asked = asked.bind(kind).bind(place).bind(least).bind(most).bind(limit);
        let mut found = asked.fetch(conn);
        while let Some((folded,)) = found.try_next().await? {
            told(folded);
        }
    });
    Ok(())
}

/// The ids of logs of every kind behind an id, in their order.
///
/// # Errors
/// Those of the engine.
pub async fn ids(link: Link<'_>, after: &str, limit: i64) -> Result<Vec<String>, Error> {
    const READ: &str = "SELECT id FROM room_log WHERE id > $1 ORDER BY id LIMIT $2";
    let found: Vec<(String,)> = rows!(link, READ, after, limit);
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// How many bytes the entries of a log have, and how many of them somebody put down.
///
/// # Errors
/// Those of the engine.
pub async fn written(link: Link<'_>, log: &str, actor: &str) -> Result<(u64, u64), Error> {
    const SUM: &str = "SELECT CAST(coalesce(sum(octet_length(body)), 0) AS BIGINT), \
        CAST(coalesce(sum(CASE WHEN actor = $2 THEN octet_length(body) ELSE 0 END), 0) AS BIGINT) \
        FROM room_entry WHERE log = $1";
    let sums: Option<(i64, i64)> = row!(link, SUM, log, plain(actor));
    Ok(sums.map_or((0, 0), |(all, own)| (unsigned(all), unsigned(own))))
}

/// The newest entries of a kind's logs after a moment, the newest first.
///
/// # Errors
/// Those of the engine.
pub async fn after(
    link: Link<'_>,
    kind: &str,
    jurisdiction: Option<&str>,
    moment: Time,
    limit: i64,
) -> Result<Vec<Kept>, Error> {
    // From the newest entry back, until there are enough: by the index of the kind, all would be
    // read and sorted.
    const READ: &str = "SELECT e.log, e.number, e.key, e.at, e.actor, e.actor_name, e.hash, e.body \
        FROM room_entry AS e JOIN room_log AS l ON l.id = e.log WHERE (l.kind || '') = $1 \
        AND ($2 = '' OR (l.jurisdiction || '') = $2) AND e.at > $3 \
        ORDER BY e.at DESC, e.log, e.number DESC LIMIT $4";
    let place = plain(jurisdiction.unwrap_or_default());
    let found: Vec<Columns> = rows!(link, READ, kind, place, moment.micros(), limit);
    Ok(found.into_iter().map(Kept::from).collect())
}
