//! Raw records that cases stand on: sealed with their hashes, kept when the rest is deleted.

use ward_kernel::Time;

use crate::batch::{signed, unsigned};
use crate::query::{execute, plain, rows};
use crate::{Error, Link};

/// A record to seal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seal {
    /// The stream's number.
    pub stream: i64,
    /// Where it begins in the stream, in bytes.
    pub place: u64,
    /// When it happened.
    pub at: Time,
    /// What it shows.
    pub shows: String,
    /// Its bytes, without the newline.
    pub line: Vec<u8>,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

/// A sealed record with where it is from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// The stream's number.
    pub stream: i64,
    /// The stream's name at the sensor.
    pub stream_name: String,
    /// The sensor's id.
    pub sensor: String,
    /// The sensor's name.
    pub sensor_name: String,
    /// The sensor's jurisdiction.
    pub jurisdiction: String,
    /// Where it begins in the stream, in bytes.
    pub place: u64,
    /// When it happened.
    pub at: Time,
    /// What it shows.
    pub shows: String,
    /// Its bytes, without the newline.
    pub line: Vec<u8>,
    /// SHA-256 of them, as it was when it was sealed.
    pub sha256: Vec<u8>,
}

/// Seals a record for a case. What was sealed before stays as it was; false then.
///
/// # Errors
/// Those of the engine.
pub async fn seal(link: Link<'_>, case: &str, record: &Seal) -> Result<bool, Error> {
    const ADD: &str = "INSERT INTO evidence (case_id, stream, place, at, shows, line, sha256) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (case_id, stream, place) DO NOTHING";
    let added = execute!(
        link,
        ADD,
        plain(case),
        record.stream,
        signed(record.place),
        record.at.micros(),
        plain(&record.shows),
        &record.line,
        record.sha256.as_slice(),
    );
    Ok(added == 1)
}

type Columns = (i64, String, String, String, String, i64, i64, String, Vec<u8>, Vec<u8>);

/// The sealed records of a case, in the order in which they happened; only those from sensors of
/// one jurisdiction when one is given.
///
/// # Errors
/// Those of the engine.
pub async fn of(
    link: Link<'_>,
    case: &str,
    jurisdiction: Option<&str>,
) -> Result<Vec<Sealed>, Error> {
    const READ: &str = "SELECT stream.id, stream.name, sensor.id, sensor.name, \
        sensor.jurisdiction, evidence.place, evidence.at, evidence.shows, evidence.line, \
        evidence.sha256 FROM evidence JOIN stream ON stream.id = evidence.stream \
        JOIN sensor ON sensor.id = stream.sensor \
        WHERE evidence.case_id = $1 AND ($2 = '' OR sensor.jurisdiction = $2) \
        ORDER BY evidence.at, evidence.stream, evidence.place";
    let jurisdiction = plain(jurisdiction.unwrap_or_default());
    let found: Vec<Columns> = rows!(link, READ, plain(case), jurisdiction);
    Ok(found.into_iter().map(sealed_of).collect())
}

fn sealed_of(columns: Columns) -> Sealed {
    let (stream, stream_name, sensor, sensor_name, jurisdiction, place, at, shows, line, sha256) =
        columns;
    Sealed {
        stream,
        stream_name,
        sensor,
        sensor_name,
        jurisdiction,
        place: unsigned(place),
        at: Time::from_micros(at),
        shows,
        line,
        sha256,
    }
}
