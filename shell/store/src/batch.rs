//! Batches of records: kept as they came, numbered in the order in which they were taken in.
//!
//! The table is the queue between those who take in and those who judge: its position only grows,
//! and whoever reads it remembers how far.

use ward_kernel::Time;

use crate::query::{execute, plain, plain_opt, row, rows, value};
use crate::{Error, Link, Tx, stream};

/// A block of whole records of one stream, as a sensor sent it.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its number among the sensor's batches, from 1 without gaps.
    pub sequence: u64,
    /// The stream's name at the sensor: a path, `syslog/udp/192.0.2.7`...
    pub stream: String,
    /// Which stream of that name: a rotated file begins a new one.
    pub generation: u64,
    /// The format that the sensor names; empty when it leaves that to the desk.
    pub format: String,
    /// Where it begins in the stream, in bytes.
    pub base: u64,
    /// How many bytes it holds, unpacked.
    pub length: u64,
    /// How many records the sensor counted in it.
    pub records: u64,
    /// SHA-256 of the unpacked bytes.
    pub sha256: [u8; 32],
    /// The bytes, gzip.
    pub body: Vec<u8>,
    /// The stream's first bytes (at most 64 KiB), given with its first batch: readers of later
    /// batches know the format by them.
    pub head: Vec<u8>,
}

/// A batch, as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its place in the queue.
    pub position: i64,
    /// The stream's number.
    pub stream: i64,
    /// Where it begins in the stream, in bytes.
    pub base: u64,
    /// When it was taken in.
    pub received: Time,
    /// How many records the sensor counted in it.
    pub records: u64,
    /// The bytes, gzip; empty when they were thrown away in time.
    pub body: Vec<u8>,
}

/// What a sensor says about itself beside its records; what it does not say stays as it was.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How far its clock is from the desk's, in microseconds; positive when it is ahead.
    pub drift: Option<i64>,
    /// Batches that wait at the sensor.
    pub waiting: Option<u64>,
    /// Records that it had to drop since it was enrolled.
    pub dropped: Option<u64>,
    /// The lowest sequence that it still has: what is missing before it will never come.
    pub first: Option<u64>,
    /// Its report, JSON.
    pub report: Option<String>,
}

/// What became of a parcel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Held {
    /// Everything up to this sequence is held.
    Through(u64),
    /// The sensor has to go on behind this sequence: something between is missing.
    Gap(u64),
    /// No such sensor, or it was retired.
    Unknown,
    /// The sensor began [`stream::PER_DAY`] streams within a day: everything up to this sequence is held,
    /// and the next would begin one more.
    Crowded(u64),
}

/// The longest batch, unpacked, in bytes.
const LONGEST: i64 = 16 << 20;

/// Sequences that a sensor may leave out at once, because its disk lost them. Who has its key for a
/// moment shall not be able to make the desk pass over all that it will ever send.
const LEFT_OUT: u64 = 1_000_000;

/// The highest position taken.
///
/// # Errors
/// Those of the engine.
pub async fn last_position(link: Link<'_>) -> Result<i64, Error> {
    // Batches are deleted by age: the position must not fall back with them.
    const LAST: &str = "SELECT coalesce(max(position), 0) FROM batch";
    Ok(value!(link, LAST))
}

/// Takes in one sensor's batches; `position` is counted up for each.
///
/// # Errors
/// Those of the engine.
pub async fn accept(
    tx: &mut Tx,
    sensor: &str,
    batches: &[Incoming],
    told: &Told,
    received: Time,
    position: &mut i64,
) -> Result<Held, Error> {
    const SENSOR: &str = "SELECT sequence FROM sensor WHERE id = $1 AND retired IS NULL";
    let held: Option<(i64,)> = row!(tx.link(), SENSOR, plain(sensor));
    let Some((held,)) = held else { return Ok(Held::Unknown) };
    let mut held = unsigned(held);
    let (mut records, mut bytes, mut gap, mut crowded) = (0_u64, 0_u64, false, false);
    for batch in batches {
        if batch.sequence <= held {
            continue;
        }
        let next = held.saturating_add(1);
        let left_out = batch.sequence.saturating_sub(next);
        if left_out > 0 && (told.first != Some(batch.sequence) || left_out > LEFT_OUT) {
            gap = true;
            break;
        }
        if left_out > 0 {
            // The sensor has nothing older: a store restored from a backup, or a damaged spool.
            tracing::error!(
                sensor,
                from = next,
                to = batch.sequence,
                "batches are missing for good"
            );
        }
        let Some(stream) = stream::of(tx, sensor, batch, received).await? else {
            crowded = true;
            break;
        };
        *position = position.saturating_add(1);
        insert(tx, sensor, batch, stream, received, *position).await?;
        held = batch.sequence;
        records = records.saturating_add(batch.records);
        bytes = bytes.saturating_add(batch.length);
    }
    note(tx, sensor, held, (records, bytes), told, received).await?;
    Ok(match (gap, crowded) {
        (true, _) => Held::Gap(held),
        (_, true) => Held::Crowded(held),
        _ => Held::Through(held),
    })
}

async fn insert(
    tx: &mut Tx,
    sensor: &str,
    batch: &Incoming,
    stream: i64,
    received: Time,
    position: i64,
) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO batch (position, sensor, sequence, stream, base, length, \
                       records, received, sha256, body) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(
        tx.link(),
        ADD,
        position,
        sensor,
        signed(batch.sequence),
        stream,
        signed(batch.base),
        signed(batch.length),
        signed(batch.records),
        received.micros(),
        batch.sha256.as_slice(),
        &batch.body,
    );
    Ok(())
}

/// Puts down how far the sensor is and what it said about itself.
async fn note(
    tx: &mut Tx,
    sensor: &str,
    held: u64,
    (records, bytes): (u64, u64),
    told: &Told,
    received: Time,
) -> Result<(), Error> {
    const NOTE: &str = "UPDATE sensor SET sequence = $2, heard = $3, \
        newest = CASE WHEN $4 > 0 THEN $3 ELSE newest END, \
        drift = coalesce($5, drift), waiting = coalesce($6, waiting), \
        dropped = coalesce($7, dropped), records = records + $4, bytes = bytes + $8, \
        report = coalesce($9, report) WHERE id = $1";
    execute!(
        tx.link(),
        NOTE,
        sensor,
        signed(held),
        received.micros(),
        signed(records),
        told.drift,
        told.waiting.map(signed),
        told.dropped.map(signed),
        signed(bytes),
        plain_opt(told.report.as_deref()),
    );
    Ok(())
}

type Columns = (i64, i64, i64, i64, i64, Vec<u8>);

/// Batches behind a position, in order, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn after(link: Link<'_>, position: i64, limit: i64) -> Result<Vec<Kept>, Error> {
    const READ: &str = "SELECT position, stream, base, received, records, body FROM batch \
                        WHERE position > $1 ORDER BY position LIMIT $2";
    let rows: Vec<Columns> = rows!(link, READ, position, limit);
    Ok(rows.into_iter().map(kept).collect())
}

/// The position of the batch of a stream that holds a place, if it is still kept. Where several
/// claim to, it is the one that came first: that is the one that was judged, and nothing that a
/// sensor sends later can put other text in its place.
///
/// # Errors
/// Those of the engine.
pub async fn position_of(link: Link<'_>, stream: i64, place: u64) -> Result<Option<i64>, Error> {
    // No batch is longer than `LONGEST`: only those that can reach the place are looked at. The
    // sum keeps SQLite from walking through all positions instead.
    const FIND: &str = "SELECT position FROM batch \
                        WHERE stream = $1 AND base <= $2 AND base > $3 AND base + length > $2 \
                        ORDER BY position + 0 LIMIT 1";
    let reach = signed(place).saturating_sub(LONGEST);
    let row: Option<(i64,)> = row!(link, FIND, stream, signed(place), reach);
    Ok(row.map(|(position,)| position))
}

/// A batch by its position, if it is still kept.
///
/// # Errors
/// Those of the engine.
pub async fn at(link: Link<'_>, position: i64) -> Result<Option<Kept>, Error> {
    const READ: &str = "SELECT position, stream, base, received, records, body FROM batch \
                        WHERE position = $1";
    let row: Option<Columns> = row!(link, READ, position);
    Ok(row.map(kept))
}

/// How many records were taken in at or after a time, by all sensors or those of a jurisdiction.
///
/// # Errors
/// Those of the engine.
pub async fn taken_since(
    link: Link<'_>,
    time: Time,
    jurisdiction: Option<&str>,
) -> Result<u64, Error> {
    const COUNT: &str = "SELECT CAST(coalesce(sum(records), 0) AS BIGINT) FROM batch \
        WHERE received >= $1 AND ($2 = '' \
        OR sensor IN (SELECT id FROM sensor WHERE jurisdiction = $2))";
    let jurisdiction = plain(jurisdiction.unwrap_or_default());
    let count: i64 = value!(link, COUNT, time.micros(), jurisdiction);
    Ok(unsigned(count))
}

/// The position before the first batch taken in at or after a time: where a replay of a window
/// begins.
///
/// # Errors
/// Those of the engine.
pub async fn position_before(link: Link<'_>, time: Time) -> Result<i64, Error> {
    const FIND: &str = "SELECT coalesce(\
        (SELECT position - 1 FROM batch WHERE received >= $1 ORDER BY position LIMIT 1), \
        (SELECT max(position) FROM batch), 0)";
    Ok(value!(link, FIND, time.micros()))
}

/// Deletes the oldest batches, up to the first that was taken in at or after a time, at most
/// 1,000 at once so that others get their turn between; returns how many: call again until it is
/// 0. The newest batch stays, for by it the queue knows its place; no gap arises.
///
/// # Errors
/// Those of the engine.
pub async fn expire(link: Link<'_>, before: Time) -> Result<u64, Error> {
    // Only the oldest thousand are looked at, however many there are.
    const DELETE: &str = "DELETE FROM batch WHERE position < coalesce( \
        (SELECT position FROM (SELECT position, received FROM batch ORDER BY position LIMIT 1000) \
            AS oldest WHERE received >= $1 ORDER BY position LIMIT 1), \
        (SELECT max(position) FROM (SELECT position FROM batch ORDER BY position LIMIT 1000) \
            AS oldest))";
    Ok(execute!(link, DELETE, before.micros()))
}

/// Throws away the bytes of a stream's batches that were taken in before a time, of at most 1,000
/// at once; returns of how many: call again until it is 0. Their lines stay, so that the queue has
/// no gap.
///
/// # Errors
/// Those of the engine.
pub async fn empty(link: Link<'_>, stream: i64, before: Time) -> Result<u64, Error> {
    const EMPTY: &str = "UPDATE batch SET body = $3 WHERE position IN \
        (SELECT position FROM batch WHERE stream = $1 AND received < $2 AND length(body) > 0 \
        ORDER BY base LIMIT 1000)";
    let nothing: &[u8] = &[];
    Ok(execute!(link, EMPTY, stream, before.micros(), nothing))
}

fn kept((position, stream, base, received, records, body): Columns) -> Kept {
    let received = Time::from_micros(received);
    Kept { position, stream, base: unsigned(base), received, records: unsigned(records), body }
}

/// Counts are kept as signed numbers on both engines.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
