//! Is the store whole? What is wrong is said in sentences.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};
use ward_kernel::time::DAY;
use ward_live::Kept;

use crate::query::{rows, value};
use crate::{Error, Link, Store, Tx, audit, batch, cases, logbook, migrate, tables};

/// How much is looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// All but the records themselves.
    Usual,
    /// The records too: each batch is unpacked and its hash compared.
    Records,
}

/// The most sentences of one kind: one thousand say no more than ten.
const MOST: usize = 10;

/// Checks the whole store as it is at one moment; no sentence, nothing wrong.
///
/// # Errors
/// Those of the engine, when it cannot even be asked.
pub async fn check(store: &Store, depth: Depth) -> Result<Vec<String>, Error> {
    let mut found = engine(store).await?;
    let mut tx = store.snapshot().await?;
    if let Some(problem) = schema(&mut tx).await? {
        // Nothing else can be asked of tables that are others.
        found.push(problem);
        return Ok(found);
    }
    chain(&mut tx, &mut found).await?;
    logs(&mut tx, &mut found).await?;
    queue(&mut tx, &mut found).await?;
    orphans(&mut tx, &mut found).await?;
    cases(&mut tx, &mut found).await?;
    evidence(&mut tx, &mut found).await?;
    if depth == Depth::Records {
        records(&mut tx, &mut found).await?;
    }
    Ok(found)
}

/// What the engine itself finds.
pub(crate) async fn engine(store: &Store) -> Result<Vec<String>, Error> {
    const REFERENCES: &str = "SELECT count(*) FROM pragma_foreign_key_check";
    let mut found = Vec::new();
    if let Link::Lite(conn) = store.read().await?.link() {
        let said: Vec<(String,)> =
            sqlx::query_as("PRAGMA integrity_check(10)").fetch_all(&mut *conn).await?;
        let said = said.into_iter().map(|(line,)| line).filter(|line| line != "ok");
        found.extend(said.map(|line| format!("SQLite finds the file damaged: {line}")));
        let broken: i64 = sqlx::query_scalar(REFERENCES).fetch_one(conn).await?;
        if broken > 0 {
            found.push(format!("{broken} rows refer to rows that are not there"));
        }
    }
    Ok(found)
}

async fn schema(tx: &mut Tx) -> Result<Option<String>, Error> {
    let number = migrate::found(tx.link()).await?;
    if number != migrate::NEWEST {
        let wrong = Error::Schema { found: number, known: migrate::NEWEST };
        return Ok(Some(wrong.to_string()));
    }
    let (here, known) = (tables::in_engine(tx.link()).await?, tables::in_program());
    let missing = known.iter().find(|column| !here.contains(column));
    let strange = here.iter().find(|column| !known.contains(column));
    Ok(match (missing, strange) {
        (Some(column), _) => Some(format!("the column {column} is missing")),
        (None, Some(column)) => Some(format!("the column {column} is not Ward's")),
        (None, None) => None,
    })
}

async fn chain(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    let (fit, broken) = audit::verify(tx.link()).await?;
    if let Some(number) = broken {
        found.push(format!(
            "the audit log was changed: its rows fit together up to {fit}, and row {number} does \
             not follow"
        ));
    }
    Ok(())
}

/// The entries of the room's logs fit together.
async fn logs(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    if let Some((log, number)) = logbook::verify(tx.link()).await? {
        found.push(format!("the room's log {log} was changed: entry {number} does not follow"));
    }
    Ok(())
}

/// Positions, and each sensor's sequences, have no gap.
async fn queue(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    const POSITIONS: &str = "SELECT count(*), coalesce(min(position), 1), \
                             coalesce(max(position), 0) FROM batch";
    const SEQUENCES: &str = "SELECT batch.sensor, count(*), min(batch.sequence), \
        max(batch.sequence), coalesce(min(sensor.sequence), -1) FROM batch \
        LEFT JOIN sensor ON sensor.id = batch.sensor GROUP BY batch.sensor ORDER BY batch.sensor";
    let positions: Vec<(i64, i64, i64)> = rows!(tx.link(), POSITIONS);
    for (count, first, last) in positions {
        let should = last.saturating_sub(first).saturating_add(1);
        if count != should {
            found.push(format!(
                "of the batches from position {first} to {last}, {} are missing",
                should.saturating_sub(count)
            ));
        }
    }
    let sensors: Vec<(String, i64, i64, i64, i64)> = rows!(tx.link(), SEQUENCES);
    let mut said = Vec::new();
    for (sensor, count, first, last, held) in sensors {
        let should = last.saturating_sub(first).saturating_add(1);
        if count != should {
            said.push(format!(
                "of the batches {first} to {last} of sensor {sensor}, {} are missing",
                should.saturating_sub(count)
            ));
        }
        if held >= 0 && held != last {
            said.push(format!(
                "sensor {sensor} was told that batches up to {held} are held, and the last one \
                 here is {last}"
            ));
        }
    }
    found.extend(said.into_iter().take(MOST));
    Ok(())
}

async fn orphans(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    const BATCHES: &str = "SELECT count(*) FROM batch LEFT JOIN stream ON stream.id = batch.stream \
                           WHERE stream.id IS NULL OR stream.sensor <> batch.sensor";
    let count: i64 = value!(tx.link(), BATCHES);
    if count > 0 {
        found.push(format!("{count} batches belong to no stream of their sensor"));
    }
    Ok(())
}

/// Cases say the same in their body and beside it, what counts of them is what it comes to, and
/// their steps have no gap.
async fn cases(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    const READ: &str = "SELECT id, scope, rung, place, body FROM incident_case WHERE id > $1 \
                        ORDER BY id LIMIT 200";
    const COUNTED: &str = concat!(
        "SELECT id FROM incident_case WHERE seen <> ",
        cases::seen!("rung"),
        " OR coalesce(merged_into, '') <> coalesce(",
        cases::part_of!("rung"),
        ", '') ORDER BY id"
    );
    const STEPS: &str = "SELECT case_id FROM case_step GROUP BY case_id \
                         HAVING count(*) <> max(number) OR min(number) <> 1 ORDER BY case_id";
    let (mut after, mut said) = (String::new(), Vec::new());
    loop {
        let page: Vec<(String, String, i64, String, String)> = rows!(tx.link(), READ, &after);
        let Some((last, ..)) = page.last() else { break };
        after.clone_from(last);
        for (id, scope, rung, place, body) in page {
            let same = |case: &Kept| {
                (&case.id, &case.scope, case.rung as i64) == (&id, &scope, rung)
                    && cases::place_of(&case.jurisdictions) == place
            };
            match cases::case_of(&body) {
                Err(err) => said.push(format!("case {id}: {err}")),
                Ok(case) if !same(&case) => {
                    said.push(format!("case {id} says one thing in its body, another beside it"));
                }
                Ok(_) => {}
            }
        }
    }
    let counted: Vec<(String,)> = rows!(tx.link(), COUNTED);
    said.extend(counted.into_iter().map(|(id,)| {
        format!(
            "the rung of case {id}, or what it is a part of, is not what people and judgement \
                 come to"
        )
    }));
    let steps: Vec<(String,)> = rows!(tx.link(), STEPS);
    said.extend(steps.into_iter().map(|(id,)| format!("steps of case {id} are missing")));
    found.extend(said.into_iter().take(MOST));
    Ok(())
}

type Sealed = (String, i64, i64, Vec<u8>, Vec<u8>);

/// Sealed records are those that were sealed.
async fn evidence(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    const READ: &str = "SELECT case_id, stream, place, line, sha256 FROM evidence \
        WHERE case_id > $1 OR (case_id = $1 AND (stream > $2 OR (stream = $2 AND place > $3))) \
        ORDER BY case_id, stream, place LIMIT 500";
    let (mut after, mut said) = ((String::new(), i64::MIN, i64::MIN), 0_usize);
    loop {
        let page: Vec<Sealed> = rows!(tx.link(), READ, &after.0, after.1, after.2);
        let Some((case, stream, place, ..)) = page.last() else { return Ok(()) };
        after = (case.clone(), *stream, *place);
        for (case, stream, place, line, sha256) in page {
            if Sha256::digest(&line).as_slice() != sha256 && said < MOST {
                said = said.saturating_add(1);
                found.push(format!(
                    "a sealed record of case {case} (stream {stream}, place {place}) is not the \
                     one that was sealed"
                ));
            }
        }
    }
}

/// Position, length, when it came, its hash, its bytes.
type Recorded = (i64, i64, i64, Vec<u8>, Vec<u8>);

/// Batches hold what their sensors signed.
async fn records(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), Error> {
    const READ: &str = "SELECT position, length, received, sha256, body FROM batch \
                        WHERE position > $1 ORDER BY position LIMIT 16";
    // Whoever throws records away leaves an audit row.
    const NEWEST: &str = "SELECT coalesce(max(at), 0) FROM audit";
    let newest: i64 = value!(tx.link(), NEWEST);
    // No setting throws a source's records away sooner: what is empty earlier was lost.
    let in_time = |received: i64| newest.saturating_sub(received) > DAY;
    let (mut after, mut said) = (i64::MIN, 0_usize);
    loop {
        let page: Vec<Recorded> = rows!(tx.link(), READ, after);
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        for (position, length, received, sha256, body) in page {
            if body.is_empty() && in_time(received) {
                continue;
            }
            if !holds(&body, batch::unsigned(length), &sha256) && said < MOST {
                said = said.saturating_add(1);
                found.push(format!("the batch at position {position} is not the one that came"));
            }
        }
    }
}

fn holds(body: &[u8], length: u64, sha256: &[u8]) -> bool {
    let mut hash = Sha256::new();
    // One byte more than there should be is enough to know.
    let mut plain = MultiGzDecoder::new(body).take(length.saturating_add(1));
    let mut block = vec![0; 1 << 16];
    let mut bytes = 0_u64;
    loop {
        let Ok(read) = plain.read(&mut block) else { return false };
        let Some(part) = block.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        bytes = bytes.saturating_add(part.len() as u64);
    }
    bytes == length && hash.finalize().as_slice() == sha256
}
