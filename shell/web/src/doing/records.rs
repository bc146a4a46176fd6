//! Records that come as a file: taken in as a sensor's are.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{Mutex, Semaphore};
use ward_access::{Act, Scope};
use ward_live::Hints;
use ward_store::batch::{Held, Told};
use ward_store::inbox::{Parcel, Refused as Full};
use ward_store::sensors::{self, Enrolment, Sensor};
use ward_store::stream::{self, Stream};
use ward_store::{Audit, Error, office};

use super::turns::Turn;
use super::{Why, wrong};
use crate::desk::{Desk, Region};
use crate::doing::cut::{self, Cut};
use crate::refused::Refused;
use crate::server::errors::Problem;
use crate::who::Who;
use crate::words::bytes;

/// The longest file as it is sent, in bytes: with the form around it, less than the server reads.
pub(crate) const SENT_MAX: usize = 30_000_000;

/// How many files may be on their way in at a time.
pub(crate) const COMING: u32 = 8;
/// How long a file may take to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many files are read at a time: each can take a few times its size in memory.
static ROOM: Semaphore = Semaphore::const_new(2);
/// Numbers of batches are given one after the other.
static ORDER: Mutex<()> = Mutex::const_new(());

/// What became of a file.
pub(crate) struct Taken {
    /// The place of the jurisdiction's uploads among the sensors.
    pub(crate) sensor: String,
    /// The file's name.
    pub(crate) name: String,
    /// What it held; its batches are gone.
    pub(crate) cut: Cut,
    /// What it was taken in as before: then nothing of it was taken in now.
    pub(crate) before: Option<Stream>,
}

/// A turn for somebody's file.
///
/// # Errors
/// When another file of theirs is on its way, or many of others.
pub(crate) fn turn(desk: &Desk, who: &Who) -> Result<Turn, Problem> {
    desk.lobby().senders.take(who).map_err(|_| {
        let what = "Send one file after the other: try again in a minute.";
        let title = "Other files are being taken in at the moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what)
    })
}

/// Waits for a file, but not without end.
///
/// # Errors
/// When it takes too long.
pub(crate) async fn in_time<T>(coming: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(PATIENCE, coming)
        .await
        .map_err(|_| Problem::of(StatusCode::REQUEST_TIMEOUT))
}

/// Whether somebody may hand in records of this jurisdiction by this act.
///
/// # Errors
/// When there is no such jurisdiction, or not for them.
pub(crate) async fn check_place(desk: &Desk, who: &Who, act: Act, place: &str) -> Result<(), Why> {
    let mut read = desk.store.read().await?;
    let known = office::jurisdiction(read.link(), place).await?.is_some();
    if known && who.may(act, Scope::Jurisdiction(place)) {
        return Ok(());
    }
    Err(wrong("jurisdiction", "Choose the jurisdiction whose machine wrote the log."))
}

/// The last part of a path, of which browsers send as much as they like, without what cannot be
/// printed.
pub(crate) fn file_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(100).collect();
    if name.trim().is_empty() { "a file without a name".to_owned() } else { name }
}

/// Takes a file in, as the records of the uploads of a jurisdiction whose place was checked. A file
/// that was taken in there before, by whatever name, is not taken in again.
///
/// # Errors
/// What is wrong with the file, under the name `file`; and when the desk takes nothing at the
/// moment.
pub(crate) async fn take_in(
    desk: &Desk,
    who: &Who,
    place: &str,
    name: String,
    file: Vec<u8>,
) -> Result<Taken, Why> {
    let _room = ROOM.acquire().await;
    let size = file.len() as u64;
    let hints = Hints { newest: desk.now(), ..Hints::default() };
    // Unpacking and hashing is work for a processor: pages must not wait for it.
    let cut = tokio::task::spawn_blocking(move || cut::cut(&file, &hints)).await;
    let mut cut = match cut {
        Ok(cut) => cut.map_err(|why| wrong("file", why))?,
        Err(_) => return Err(wrong("file", "The file could not be read.")),
    };
    let generation = generation(&cut.sha256);
    let _order = ORDER.lock().await;
    if let Some(before) = known(desk, place, generation).await? {
        return Ok(Taken { sensor: before.sensor.clone(), name, cut, before: Some(before) });
    }
    let received = desk.now();
    let sensor = sensor_of(desk, who, place, &format!("{name}, {}", bytes(size))).await?;
    let mut sequence = sensor.sequence;
    for batch in &mut cut.batches {
        sequence = sequence.saturating_add(1);
        batch.sequence = sequence;
        batch.stream.clone_from(&name);
        batch.generation = generation;
    }
    let batches = std::mem::take(&mut cut.batches);
    let parcel = Parcel { sensor: sensor.id.clone(), batches, told: Told::default(), received };
    match desk.inbox.take(parcel).await {
        Ok(Held::Through(held)) if held == sequence => {
            desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
            Ok(Taken { sensor: sensor.id, name, cut, before: None })
        }
        Ok(Held::Crowded(_)) => {
            Err(wrong("file", "Too many files of this jurisdiction came today: come tomorrow."))
        }
        Ok(_) => Err(wrong("file", "Uploads of this jurisdiction were retired.")),
        Err(full) => Err(full_problem(&full).into()),
    }
}

/// A file's generation: made from its hash, so that all of a file is there by one commit, once.
fn generation(sha256: &[u8; 32]) -> u64 {
    let (first, _) = sha256.split_first_chunk().unwrap_or((&[0; 8], &[]));
    // The store's numbers are signed.
    u64::from_be_bytes(*first) >> 1
}

/// What a file was taken in as before.
async fn known(desk: &Desk, place: &str, generation: u64) -> Result<Option<Stream>, Error> {
    let mut read = desk.store.read().await?;
    stream::of_generation(read.link(), &place_of(place), generation).await
}

/// The id of a jurisdiction's uploads among the sensors.
fn place_of(jurisdiction: &str) -> String {
    format!("upload-{jurisdiction}")
}

fn full_problem(full: &Full) -> Problem {
    let title = match full {
        Full::Full => "Much is coming in at the moment",
        Full::Store(_) => "The desk cannot write at the moment",
        Full::Stopping => "The desk is stopping",
    };
    let what = "Nothing of the file was taken in. Send it again in a minute.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what)
}

/// The place of a jurisdiction's uploads among the sensors, made when it is first needed; puts
/// down who uploads what. It has no key: nothing can be sent as it but by people who are signed
/// in, and by programs with a token.
async fn sensor_of(
    desk: &Desk,
    who: &Who,
    jurisdiction: &str,
    what: &str,
) -> Result<Sensor, Refused> {
    let id = place_of(jurisdiction);
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let sensor = match sensors::by_id(tx.link(), &id).await? {
        Some(sensor) => sensor,
        None => {
            let place = office::jurisdiction(tx.link(), jurisdiction).await?;
            let name = place.map_or_else(|| jurisdiction.to_owned(), |place| place.name);
            let hash: [u8; 32] = desk.keys.random()?;
            let code = Enrolment {
                id: id.clone(),
                hash: hash.to_vec(),
                name: format!("Uploads of {name}"),
                jurisdiction: jurisdiction.to_owned(),
                made_by: who.id().to_owned(),
                created: now,
                expires: now.plus(1),
                used: None,
                sensor: None,
            };
            sensors::add_code(tx.link(), &code).await?;
            let made = sensors::enrol(tx.link(), &hash, &id, &[], now).await?;
            made.ok_or_else(|| Error::Refused("the place for uploads could not be made".into()))?
        }
    };
    let audit: Audit = who.did(now, "records.upload", &id, what);
    tx.commit(audit).await?;
    Ok(sensor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        assert_eq!(file_name("C:\\logs\\auth.log"), "auth.log");
        assert_eq!(file_name("../../etc/pass\u{0}wd"), "passwd");
        assert_eq!(file_name(""), "a file without a name");
        assert_eq!(file_name(&"x".repeat(500)).len(), 100);
    }
}
