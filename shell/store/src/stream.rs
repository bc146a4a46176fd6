//! Streams: what a sensor follows, one file, sender or upload each.

use ward_kernel::Time;
use ward_kernel::time::DAY;

use crate::batch::{Incoming, signed, unsigned};
use crate::query::{execute, plain, row, rows, value};
use crate::{Error, Link, Tx};

/// Streams that a sensor may begin within a day. A sensor follows some thousand files and senders
/// at most; what names a new stream with every batch would fill the memory of those who judge.
pub const PER_DAY: i64 = 8192;

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
    /// Its first bytes; empty on lists.
    pub head: Vec<u8>,
    /// When its newest batch was taken in.
    pub newest: Time,
    /// Records so far.
    pub records: u64,
}

type StreamColumns = (i64, String, String, String, String, i64, String, Vec<u8>, i64, i64);

/// One stream by its number, with its first bytes.
///
/// # Errors
/// Those of the engine.
pub async fn by_id(link: Link<'_>, id: i64) -> Result<Option<Stream>, Error> {
    const READ: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, \
        stream.name, stream.generation, stream.format, stream.head, stream.newest, stream.records \
        FROM stream JOIN sensor ON sensor.id = stream.sensor WHERE stream.id = $1";
    let row: Option<StreamColumns> = row!(link, READ, id);
    Ok(row.map(stream_row))
}

/// The streams of one sensor, or of all, the one that was written last first, at most `limit`;
/// without their first bytes, which would be many.
///
/// # Errors
/// Those of the engine.
pub async fn list(link: Link<'_>, sensor: Option<&str>, limit: i64) -> Result<Vec<Stream>, Error> {
    const ALL: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, \
        stream.name, stream.generation, stream.format, $1, stream.newest, stream.records \
        FROM stream JOIN sensor ON sensor.id = stream.sensor \
        ORDER BY stream.newest DESC, stream.id LIMIT $2";
    const ONE: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, \
        stream.name, stream.generation, stream.format, $1, stream.newest, stream.records \
        FROM stream JOIN sensor ON sensor.id = stream.sensor WHERE stream.sensor = $3 \
        ORDER BY stream.newest DESC, stream.id LIMIT $2";
    let nothing: &[u8] = &[];
    let rows: Vec<StreamColumns> = match sensor {
        None => rows!(link, ALL, nothing, limit),
        Some(sensor) => rows!(link, ONE, nothing, limit, plain(sensor)),
    };
    Ok(rows.into_iter().map(stream_row).collect())
}

/// The stream of a sensor by its generation alone, where that is made from what is in it.
///
/// # Errors
/// Those of the engine.
pub async fn of_generation(
    link: Link<'_>,
    sensor: &str,
    generation: u64,
) -> Result<Option<Stream>, Error> {
    const READ: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, \
        stream.name, stream.generation, stream.format, $1, stream.newest, stream.records \
        FROM stream JOIN sensor ON sensor.id = stream.sensor \
        WHERE stream.sensor = $2 AND stream.generation = $3 ORDER BY stream.id LIMIT 1";
    let nothing: &[u8] = &[];
    let row: Option<StreamColumns> = row!(link, READ, nothing, plain(sensor), signed(generation));
    Ok(row.map(stream_row))
}

/// The number of the batch's stream; a new one is put down, unless the sensor began too many.
pub(crate) async fn of(
    tx: &mut Tx,
    sensor: &str,
    batch: &Incoming,
    received: Time,
) -> Result<Option<i64>, Error> {
    const FIND: &str = "SELECT id FROM stream WHERE sensor = $1 AND name = $2 AND generation = $3";
    const BEGUN: &str = "SELECT count(*) FROM stream WHERE sensor = $1 AND first >= $2";
    const NEXT: &str = "SELECT coalesce(max(id), 0) + 1 FROM stream";
    const ADD: &str = "INSERT INTO stream (id, sensor, name, generation, format, head, first, \
                       newest, records, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, 0)";
    const NOTE: &str = "UPDATE stream SET newest = $2, records = records + $3, \
                        bytes = bytes + $4 WHERE id = $1";
    let generation = signed(batch.generation);
    let name = plain(&batch.stream);
    let found: Option<(i64,)> = row!(tx.link(), FIND, sensor, &name, generation);
    let id = if let Some((id,)) = found {
        id
    } else {
        let a_day_ago = received.plus(-DAY).micros();
        let begun: i64 = value!(tx.link(), BEGUN, sensor, a_day_ago);
        if begun >= PER_DAY {
            return Ok(None);
        }
        let id: i64 = value!(tx.link(), NEXT);
        let (format, at) = (plain(&batch.format), received.micros());
        execute!(tx.link(), ADD, id, sensor, &name, generation, format, &batch.head, at);
        id
    };
    let (records, bytes) = (signed(batch.records), signed(batch.length));
    execute!(tx.link(), NOTE, id, received.micros(), records, bytes);
    Ok(Some(id))
}

/// Where records come from: what a setting can name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// The stream's number.
    pub id: i64,
    /// The sensor's id.
    pub sensor: String,
    /// The sensor's name.
    pub sensor_name: String,
    /// The sensor's jurisdiction.
    pub jurisdiction: String,
    /// The stream's name at the sensor.
    pub stream: String,
}

/// The streams of which batches were taken in from one moment on and before another.
///
/// # Errors
/// Those of the engine.
pub async fn sources(link: Link<'_>, from: Time, before: Time) -> Result<Vec<Source>, Error> {
    const READ: &str = "SELECT stream.id, sensor.id, sensor.name, sensor.jurisdiction, stream.name \
        FROM stream JOIN sensor ON sensor.id = stream.sensor WHERE stream.id IN \
        (SELECT stream FROM batch WHERE received >= $1 AND received < $2) ORDER BY stream.id";
    let found: Vec<(i64, String, String, String, String)> =
        rows!(link, READ, from.micros(), before.micros());
    let source = |(id, sensor, sensor_name, jurisdiction, stream)| Source {
        id,
        sensor,
        sensor_name,
        jurisdiction,
        stream,
    };
    Ok(found.into_iter().map(source).collect())
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
