//! Sensors, and the one-time codes by which they are enrolled. Their streams are in
//! [`crate::batch`].

use ward_kernel::Time;

use crate::batch::unsigned;
use crate::query::{execute, plain, row, rows};
use crate::{Error, Link};

/// A sensor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sensor {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The jurisdiction whose machines it reads; its id.
    pub jurisdiction: String,
    /// Its Ed25519 public key.
    pub public_key: Vec<u8>,
    /// When it was enrolled.
    pub enrolled: Time,
    /// When it was retired.
    pub retired: Option<Time>,
    /// The highest sequence that is held of it; 0 before its first batch.
    pub sequence: u64,
    /// When it was last heard; the time of its enrolment before its first parcel.
    pub heard: Time,
    /// When its newest records came; `None` before the first.
    pub newest: Option<Time>,
    /// How far its clock is from the desk's, in microseconds; positive when it is ahead.
    pub drift: i64,
    /// Batches that wait at the sensor.
    pub waiting: u64,
    /// Records that it had to drop since it was enrolled.
    pub dropped: u64,
    /// Records that it has sent.
    pub records: u64,
    /// Bytes that it has sent, unpacked.
    pub bytes: u64,
    /// Its last report, JSON; empty before the first.
    pub report: String,
}

/// The id of the sensor that stands for what the desk receives itself.
pub const OWN: &str = "desk";

/// What stands in the place of a key where nobody has one. It is no key, so that nothing can be
/// signed by it: what comes over the network under this id is refused. (Thirty-two zeros would be
/// one: a point of small order, under which anybody can forge.)
pub const NO_KEY: &[u8] = b"none";

/// A code that enrols one sensor. The code itself was shown once: its hash is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolment {
    /// Its id.
    pub id: String,
    /// SHA-256 of the code.
    pub hash: Vec<u8>,
    /// What the sensor will be called.
    pub name: String,
    /// The jurisdiction that it will belong to.
    pub jurisdiction: String,
    /// Who made it: a person's id.
    pub made_by: String,
    /// When it was made.
    pub created: Time,
    /// Until when it is good.
    pub expires: Time,
    /// When it was used.
    pub used: Option<Time>,
    /// The sensor that it enrolled.
    pub sensor: Option<String>,
}

type CodeColumns = (String, Vec<u8>, String, String, String, i64, i64, Option<i64>, Option<String>);

impl From<CodeColumns> for Enrolment {
    fn from(columns: CodeColumns) -> Self {
        let (id, hash, name, jurisdiction, made_by, created, expires, used, sensor) = columns;
        Self {
            id,
            hash,
            name,
            jurisdiction,
            made_by,
            created: Time::from_micros(created),
            expires: Time::from_micros(expires),
            used: used.map(Time::from_micros),
            sensor,
        }
    }
}

/// Adds a code.
///
/// # Errors
/// [`Error::is_duplicate`] when its id or hash is taken.
pub async fn add_code(link: Link<'_>, new: &Enrolment) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO enrolment (id, hash, name, jurisdiction, made_by, created, \
                       expires) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        &new.hash,
        plain(&new.name),
        plain(&new.jurisdiction),
        plain(&new.made_by),
        new.created.micros(),
        new.expires.micros(),
    );
    Ok(())
}

/// Codes that are still good, of one jurisdiction or of all, newest first.
///
/// # Errors
/// Those of the engine.
pub async fn open_codes(
    link: Link<'_>,
    jurisdiction: Option<&str>,
    now: Time,
) -> Result<Vec<Enrolment>, Error> {
    const READ: &str = "SELECT id, hash, name, jurisdiction, made_by, created, expires, used, \
        sensor FROM enrolment WHERE used IS NULL AND expires > $1 \
        AND ($2 = '' OR jurisdiction = $2) ORDER BY created DESC, id";
    let jurisdiction = plain(jurisdiction.unwrap_or_default());
    let found: Vec<CodeColumns> = rows!(link, READ, now.micros(), jurisdiction);
    Ok(found.into_iter().map(Enrolment::from).collect())
}

/// A code by its id, used or not: whether the sensor that it was made for has come.
///
/// # Errors
/// Those of the engine.
pub async fn code(link: Link<'_>, id: &str) -> Result<Option<Enrolment>, Error> {
    const READ: &str = "SELECT id, hash, name, jurisdiction, made_by, created, expires, used, \
                        sensor FROM enrolment WHERE id = $1";
    let found: Option<CodeColumns> = row!(link, READ, plain(id));
    Ok(found.map(Enrolment::from))
}

/// Takes a code back that nobody has used; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn withdraw_code(link: Link<'_>, id: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM enrolment WHERE id = $1 AND used IS NULL";
    Ok(execute!(link, DELETE, plain(id)) == 1)
}

/// Enrols a sensor by a code: uses the code up and adds the sensor with the code's name and
/// jurisdiction, under the id and key given. `None` when the code is unknown, used or expired.
///
/// # Errors
/// [`Error::is_duplicate`] when the sensor's id is taken.
pub async fn enrol(
    mut link: Link<'_>,
    code: &[u8; 32],
    sensor: &str,
    public_key: &[u8],
    at: Time,
) -> Result<Option<Sensor>, Error> {
    const USE: &str = "UPDATE enrolment SET used = $2, sensor = $3 \
        WHERE hash = $1 AND used IS NULL AND expires > $2 RETURNING name, jurisdiction";
    const ADD: &str = "INSERT INTO sensor (id, name, jurisdiction, public_key, enrolled, \
        sequence, heard, newest, drift, waiting, dropped, records, bytes, report) \
        VALUES ($1, $2, $3, $4, $5, 0, $5, 0, 0, 0, 0, 0, 0, '')";
    let used: Option<(String, String)> =
        row!(link.again(), USE, code.as_slice(), at.micros(), plain(sensor));
    let Some((name, jurisdiction)) = used else { return Ok(None) };
    execute!(link.again(), ADD, plain(sensor), name, jurisdiction, public_key, at.micros());
    by_id(link, sensor).await
}

/// Puts down the desk's own sensor, or takes it into service again; whether that changed anything.
///
/// # Errors
/// Those of the engine, such as that there is no such jurisdiction.
pub async fn own(link: Link<'_>, name: &str, jurisdiction: &str, at: Time) -> Result<bool, Error> {
    const SET: &str = "INSERT INTO sensor (id, name, jurisdiction, public_key, enrolled, \
        sequence, heard, newest, drift, waiting, dropped, records, bytes, report) \
        VALUES ($1, $2, $3, $4, $5, 0, $5, 0, 0, 0, 0, 0, 0, '') \
        ON CONFLICT (id) DO UPDATE SET retired = NULL, heard = $5 \
        WHERE sensor.retired IS NOT NULL";
    let (name, jurisdiction) = (plain(name), plain(jurisdiction));
    Ok(execute!(link, SET, OWN, name, jurisdiction, NO_KEY, at.micros()) == 1)
}

type Columns = (
    String,
    String,
    String,
    Vec<u8>,
    i64,
    Option<i64>,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    String,
);

impl From<Columns> for Sensor {
    fn from(columns: Columns) -> Self {
        let (
            id,
            name,
            jurisdiction,
            public_key,
            enrolled,
            retired,
            sequence,
            heard,
            newest,
            drift,
            waiting,
            dropped,
            records,
            bytes,
            report,
        ) = columns;
        Self {
            id,
            name,
            jurisdiction,
            public_key,
            enrolled: Time::from_micros(enrolled),
            retired: retired.map(Time::from_micros),
            sequence: unsigned(sequence),
            heard: Time::from_micros(heard),
            newest: (newest != 0).then_some(Time::from_micros(newest)),
            drift,
            waiting: unsigned(waiting),
            dropped: unsigned(dropped),
            records: unsigned(records),
            bytes: unsigned(bytes),
            report,
        }
    }
}

/// All sensors, or those of one jurisdiction, by name; retired ones too.
///
/// # Errors
/// Those of the engine.
pub async fn list(link: Link<'_>, jurisdiction: Option<&str>) -> Result<Vec<Sensor>, Error> {
    const READ: &str = "SELECT id, name, jurisdiction, public_key, enrolled, retired, sequence, \
        heard, newest, drift, waiting, dropped, records, bytes, report FROM sensor \
        WHERE ($1 = '' OR jurisdiction = $1) ORDER BY name, id";
    let found: Vec<Columns> = rows!(link, READ, plain(jurisdiction.unwrap_or_default()));
    Ok(found.into_iter().map(Sensor::from).collect())
}

/// A sensor by its id.
///
/// # Errors
/// Those of the engine.
pub async fn by_id(link: Link<'_>, id: &str) -> Result<Option<Sensor>, Error> {
    const READ: &str = "SELECT id, name, jurisdiction, public_key, enrolled, retired, sequence, \
        heard, newest, drift, waiting, dropped, records, bytes, report FROM sensor WHERE id = $1";
    let found: Option<Columns> = row!(link, READ, plain(id));
    Ok(found.map(Sensor::from))
}

/// Retires a sensor: nothing more is taken from it, what it sent stays. True once.
///
/// # Errors
/// Those of the engine.
pub async fn retire(link: Link<'_>, id: &str, at: Time) -> Result<bool, Error> {
    const SET: &str = "UPDATE sensor SET retired = $2 WHERE id = $1 AND retired IS NULL";
    Ok(execute!(link, SET, plain(id), at.micros()) == 1)
}

/// Calls a sensor by another name.
///
/// # Errors
/// Those of the engine.
pub async fn rename(link: Link<'_>, id: &str, name: &str) -> Result<bool, Error> {
    const SET: &str = "UPDATE sensor SET name = $2 WHERE id = $1";
    Ok(execute!(link, SET, plain(id), plain(name)) == 1)
}
