//! The schema: which one the store has, and how it becomes the newest.

use ward_kernel::World;

use crate::query::on;
use crate::{Error, Link, Store, Tx, world};

/// One step of the schema.
#[derive(Debug)]
pub struct Schema {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// What it brings.
    pub name: &'static str,
    /// Its text, for both engines.
    text: &'static str,
}

/// All steps, oldest first.
pub const SCHEMA: &[Schema] = &[
    Schema { number: 1, name: "desk", text: include_str!("../migrations/0001_desk.sql") },
    Schema {
        number: 2,
        name: "sign_in_elsewhere",
        text: include_str!("../migrations/0002_sign_in_elsewhere.sql"),
    },
    Schema {
        number: 3,
        name: "counted_by_index",
        text: include_str!("../migrations/0003_counted_by_index.sql"),
    },
    Schema { number: 4, name: "room", text: include_str!("../migrations/0004_room.sql") },
    Schema { number: 5, name: "case_file", text: include_str!("../migrations/0005_case_file.sql") },
    Schema { number: 6, name: "hours", text: include_str!("../migrations/0006_hours.sql") },
    Schema { number: 7, name: "notices", text: include_str!("../migrations/0007_notices.sql") },
    Schema { number: 8, name: "folded", text: include_str!("../migrations/0008_folded.sql") },
];

/// The newest schema.
pub(crate) const NEWEST: i64 = SCHEMA.len() as i64;

/// Puts in what the engines spell differently.
fn spelled(text: &str, link: &Link<'_>) -> String {
    let words = match link {
        Link::Lite(_) => {
            [("{int}", "INTEGER"), ("{bytes}", "BLOB"), ("{text}", "TEXT"), ("{strict}", "STRICT")]
        }
        // Bytes compare as bytes on both engines.
        Link::Pg(_) => [
            ("{int}", "BIGINT"),
            ("{bytes}", "BYTEA"),
            ("{text}", "TEXT COLLATE \"C\""),
            ("{strict}", ""),
        ],
    };
    words.iter().fold(text.to_owned(), |text, (mark, word)| text.replace(mark, word))
}

/// The schema of the store; 0 when it is empty.
pub(crate) async fn found(mut link: Link<'_>) -> Result<i64, Error> {
    let exists: i64 = match link.again() {
        Link::Lite(conn) => {
            sqlx::query_scalar(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'",
            )
            .fetch_one(conn)
            .await?
        }
        Link::Pg(conn) => {
            sqlx::query_scalar(
                "SELECT count(*) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'meta'",
            )
            .fetch_one(conn)
            .await?
        }
    };
    if exists == 0 {
        return Ok(0);
    }
    let value = crate::meta::get(link, "schema").await?;
    value.unwrap_or_default().parse().map_err(|_| {
        Error::Damaged("the store does not say which schema it has (meta, key schema)".to_owned())
    })
}

pub(crate) async fn up(store: &Store, of: World) -> Result<(i64, i64), Error> {
    let mut tx = store.begin().await?;
    let from = found(tx.link()).await?;
    if from > NEWEST {
        return Err(Error::Schema { found: from, known: NEWEST });
    }
    if from > 0 {
        world::expect(world::of(tx.link()).await?, of)?;
    }
    for step in SCHEMA.iter().filter(|step| step.number > from) {
        apply(&mut tx, step).await?;
    }
    if from == 0 {
        world::mark(tx.link(), of).await?;
    }
    // The schema says itself that it changed; there may be nobody yet to whom it could be put down.
    tx.commit(crate::Audit::Machine).await?;
    Ok((from, NEWEST))
}

async fn apply(tx: &mut Tx, step: &Schema) -> Result<(), Error> {
    let text = spelled(step.text, &tx.link());
    on!(tx.link(), conn => {
        // The text is this program's own, from its own file: nothing of a user's is in it.
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(conn).await?;
    });
    crate::meta::set(tx.link(), "schema", &step.number.to_string()).await
}

pub(crate) async fn check(store: &Store) -> Result<(), Error> {
    let mut read = store.read().await?;
    let found = found(read.link()).await?;
    if found == NEWEST { Ok(()) } else { Err(Error::Schema { found, known: NEWEST }) }
}
