//! Batches of records: kept as they came, numbered in the order in which they were taken in.
//!
//! The table is the queue between those who take in and those who judge: its position only grows,
//! and whoever reads it remembers how far.

use ward_kernel::Time;

use crate::{Error, Link, Tx, on};

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
    /// The bytes, gzip.
    pub body: Vec<u8>,
}

/// What a sensor says about itself beside its records.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How far its clock is from the desk's, in microseconds; positive when it is ahead.
    pub drift: i64,
    /// Batches that wait at the sensor.
    pub waiting: u64,
    /// Records that it had to drop since it was enrolled.
    pub dropped: u64,
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
}

/// The highest position taken.
///
/// # Errors
/// Those of the engine.
pub async fn last_position(link: Link<'_>) -> Result<i64, Error> {
    // Batches are deleted by age: the position must not fall back with them.
    const LAST: &str = "SELECT coalesce(max(position), 0) FROM batch";
    let kept = on!(link, conn => sqlx::query_scalar::<_, i64>(LAST).fetch_one(conn).await?);
    Ok(kept)
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
    let held: Option<i64> = on!(tx.link(), conn => {
        sqlx::query_scalar(SENSOR).bind(sensor).fetch_optional(conn).await?
    });
    let Some(held) = held else { return Ok(Held::Unknown) };
    let mut held = u64::try_from(held).unwrap_or(0);
    let (mut records, mut bytes, mut gap) = (0_u64, 0_u64, false);
    for batch in batches {
        if batch.sequence <= held {
            continue;
        }
        if batch.sequence != held.saturating_add(1) {
            gap = true;
            break;
        }
        let stream = stream_of(tx, sensor, batch, received).await?;
        *position = position.saturating_add(1);
        insert(tx, sensor, batch, stream, received, *position).await?;
        held = batch.sequence;
        records = records.saturating_add(batch.records);
        bytes = bytes.saturating_add(batch.length);
    }
    note(tx, sensor, held, (records, bytes), told, received).await?;
    Ok(if gap { Held::Gap(held) } else { Held::Through(held) })
}

/// The number of the batch's stream; a new one is put down.
async fn stream_of(
    tx: &mut Tx,
    sensor: &str,
    batch: &Incoming,
    received: Time,
) -> Result<i64, Error> {
    const FIND: &str =
        "SELECT id FROM stream WHERE sensor = $1 AND name = $2 AND generation = $3";
    const NEXT: &str = "SELECT coalesce(max(id), 0) + 1 FROM stream";
    const ADD: &str = "INSERT INTO stream (id, sensor, name, generation, format, head, first, \
                       newest, records, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, 0)";
    const NOTE: &str = "UPDATE stream SET newest = $2, records = records + $3, \
                        bytes = bytes + $4 WHERE id = $1";
    let generation = signed(batch.generation);
    let found: Option<i64> = on!(tx.link(), conn => {
        sqlx::query_scalar(FIND)
            .bind(sensor)
            .bind(&batch.stream)
            .bind(generation)
            .fetch_optional(conn)
            .await?
    });
    let id = if let Some(id) = found {
        id
    } else {
        let id: i64 = on!(tx.link(), conn => sqlx::query_scalar(NEXT).fetch_one(conn).await?);
        on!(tx.link(), conn => {
            sqlx::query(ADD)
                .bind(id)
                .bind(sensor)
                .bind(&batch.stream)
                .bind(generation)
                .bind(&batch.format)
                .bind(&batch.head)
                .bind(received.micros())
                .execute(conn)
                .await?;
        });
        id
    };
    on!(tx.link(), conn => {
        sqlx::query(NOTE)
            .bind(id)
            .bind(received.micros())
            .bind(signed(batch.records))
            .bind(signed(batch.length))
            .execute(conn)
            .await?;
    });
    Ok(id)
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
    on!(tx.link(), conn => {
        sqlx::query(ADD)
            .bind(position)
            .bind(sensor)
            .bind(signed(batch.sequence))
            .bind(stream)
            .bind(signed(batch.base))
            .bind(signed(batch.length))
            .bind(signed(batch.records))
            .bind(received.micros())
            .bind(batch.sha256.as_slice())
            .bind(&batch.body)
            .execute(conn)
            .await?;
    });
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
        newest = CASE WHEN $4 > 0 THEN $3 ELSE newest END, drift = $5, waiting = $6, \
        dropped = $7, records = records + $4, bytes = bytes + $8, \
        report = coalesce($9, report) WHERE id = $1";
    on!(tx.link(), conn => {
        sqlx::query(NOTE)
            .bind(sensor)
            .bind(signed(held))
            .bind(received.micros())
            .bind(signed(records))
            .bind(told.drift)
            .bind(signed(told.waiting))
            .bind(signed(told.dropped))
            .bind(signed(bytes))
            .bind(told.report.as_deref())
            .execute(conn)
            .await?;
    });
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
    let rows: Vec<Columns> = on!(link, conn => {
        sqlx::query_as(READ).bind(position).bind(limit).fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(kept).collect())
}

/// The batch of a stream that holds a place, if it is still kept.
///
/// # Errors
/// Those of the engine.
pub async fn holding(link: Link<'_>, stream: i64, place: u64) -> Result<Option<Kept>, Error> {
    const READ: &str = "SELECT position, stream, base, received, records, body FROM batch \
                        WHERE stream = $1 AND base <= $2 ORDER BY base DESC LIMIT 1";
    let row: Option<Columns> = on!(link, conn => {
        sqlx::query_as(READ).bind(stream).bind(signed(place)).fetch_optional(conn).await?
    });
    Ok(row.map(kept))
}

/// The position before the first batch taken in at or after a time: where a replay of a window
/// begins.
///
/// # Errors
/// Those of the engine.
pub async fn position_before(link: Link<'_>, time: Time) -> Result<i64, Error> {
    const FIND: &str = "SELECT coalesce(max(position), 0) FROM batch WHERE received < $1";
    Ok(on!(link, conn => {
        sqlx::query_scalar(FIND).bind(time.micros()).fetch_one(conn).await?
    }))
}

/// Deletes what was taken in before a time, but never the newest batch, by which the queue knows
/// its place; returns how many.
///
/// # Errors
/// Those of the engine.
pub async fn expire(link: Link<'_>, before: Time) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM batch WHERE received < $1 \
                          AND position < (SELECT max(position) FROM batch)";
    Ok(on!(link, conn => {
        sqlx::query(DELETE).bind(before.micros()).execute(conn).await?.rows_affected()
    }))
}

/// A stream, as it is kept.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its number.
    pub id: i64,
    /// The sensor's id.
    pub sensor: String,
    /// The sensor's name.
    pub sensor_name: String,
    /// The sensor's jurisdiction.
    pub jurisdiction: String,
    /// Its name at the sensor.
    pub name: String,
    /// Which stream of that name.
    pub generation: u64,
    /// The format that the sensor named; may be empty.
    pub format: String,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// When its newest batch was taken in.
    pub newest: Time,
    /// Records so far.
    pub records: u64,
}

type StreamColumns = (i64, String, String, String, String, i64, String, Vec<u8>, i64, i64);

const STREAM: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, stream.name, \
    stream.generation, stream.format, stream.head, stream.newest, stream.records \
    FROM stream JOIN sensor ON sensor.id = stream.sensor \
    WHERE ($1 = 0 OR stream.id = $1) AND ($2 = '' OR sensor.id = $2) ORDER BY stream.id";

/// One stream by its number.
///
/// # Errors
/// Those of the engine.
pub async fn stream(link: Link<'_>, id: i64) -> Result<Option<Stream>, Error> {
    let row: Option<StreamColumns> = on!(link, conn => {
        sqlx::query_as(STREAM).bind(id).bind("").fetch_optional(conn).await?
    });
    Ok(row.map(stream_row))
}

/// All streams of one sensor, or of all.
///
/// # Errors
/// Those of the engine.
pub async fn streams(link: Link<'_>, sensor: Option<&str>) -> Result<Vec<Stream>, Error> {
    let rows: Vec<StreamColumns> = on!(link, conn => {
        sqlx::query_as(STREAM).bind(0_i64).bind(sensor.unwrap_or_default()).fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(stream_row).collect())
}

fn stream_row(row: StreamColumns) -> Stream {
    let (id, sensor, sensor_name, jurisdiction, name, generation, format, head, newest, records) =
        row;
    Stream {
        id,
        sensor,
        sensor_name,
        jurisdiction,
        name,
        generation: unsigned(generation),
        format,
        head,
        newest: Time::from_micros(newest),
        records: unsigned(records),
    }
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
