//! The door for sensors: they enrol, ask what is held, and send parcels.
//!
//! A sensor is believed by its signature alone, which is checked before a byte of the body is read.
//! What is answered as held is on the disk.

mod turns;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use ring::signature::{ED25519, ED25519_PUBLIC_KEY_LEN, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use ward_kernel::{Time, World};
use ward_sensor::parcel::PARCEL_MAX;
use ward_sensor::{
    Answer, Batch, Credential, EnrolAnswer, EnrolRequest, Frame, FrameError, Parcel, Reason,
    Refusal, hearing,
};
use ward_store::batch::{Held, Incoming, Told};
use ward_store::inbox::Refused;
use ward_store::sensors::{self, Sensor};
use ward_store::{Audit, audit::Entry};

use crate::desk::{Desk, Region};
use crate::route::{Access, Kind, Route, Verb};
use crate::server::Peer;

pub(crate) use turns::Turns;
use turns::{Another, Turn};

/// How long a sensor waits when the desk can take nothing, in milliseconds.
const WAIT_MS: u64 = 1000;

/// The first bytes of a stream that are kept beside it.
const HEAD: usize = 64 << 10;

/// The door's routes.
pub const ROUTES: &[Route] = &[
    Route {
        name: "sense.parcel",
        verb: Verb::Post,
        path: ward_sensor::PARCEL_PATH,
        access: Access::Sensor,
        kind: Kind::Machine,
        summary: "Takes a sensor's records and its status",
        handler: || post(parcel).layer(DefaultBodyLimit::max(PARCEL_MAX)),
    },
    Route {
        name: "sense.held",
        verb: Verb::Get,
        path: ward_sensor::HELD_PATH,
        access: Access::Sensor,
        kind: Kind::Machine,
        summary: "Says up to which batch a sensor's records are held",
        handler: || get(held),
    },
    Route {
        name: "sense.enrol",
        verb: Verb::Post,
        path: ward_sensor::ENROL_PATH,
        access: Access::Sensor,
        kind: Kind::Machine,
        summary: "Enrols a sensor by its one-time code",
        handler: || post(enrol),
    },
];

/// What a sensor of an exercise hears when it is over.
const ENDED: &str = "this exercise has ended: nothing is taken in any more";

/// A refusal, as the sensor reads it.
fn refusal(desk: &Desk, reason: Reason, error: impl Into<String>, held: Option<u64>) -> Refusal {
    let wait_ms = if reason == Reason::Busy { WAIT_MS } else { 0 };
    Refusal { reason, error: error.into(), held, time: desk.now().micros(), wait_ms }
}

fn refuse(desk: &Desk, reason: Reason, error: impl Into<String>) -> Response {
    refused(refusal(desk, reason, error, None))
}

fn refused(refusal: Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.reason.status()).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(refusal)).into_response()
}

/// Who sends: known, not retired, and by its own signature.
async fn sender(
    desk: &Desk,
    headers: &HeaderMap,
    method: &str,
    path: &str,
) -> Result<(Sensor, Credential), Box<Response>> {
    let no = |reason, error: &str| Box::new(refuse(desk, reason, error));
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credential = value
        .ok_or("a sensor signs each request: the Authorization header is missing")
        .and_then(Credential::parse)
        .map_err(|what| no(Reason::UnknownSensor, what))?;
    let sensor = find(desk, credential.sensor())
        .await
        .map_err(|err| {
            // Why is the desk's own affair: whoever asks is not known yet.
            tracing::error!(error = %err, "a sensor could not be looked up");
            no(Reason::Busy, "the desk cannot read at the moment: wait")
        })?
        // What the desk receives itself, and what people upload, has no key.
        .filter(|sensor| sensor.public_key.len() == ED25519_PUBLIC_KEY_LEN)
        .ok_or_else(|| no(Reason::UnknownSensor, "no sensor of this name is enrolled here"))?;
    let verify = verifier(desk, &sensor);
    credential.check(method, path, desk.now(), verify).map_err(|reason| {
        let what = match reason {
            Reason::Stale => "the request's time is too far from the desk's",
            _ => "the signature is not this sensor's",
        };
        no(reason, what)
    })?;
    if sensor.retired.is_some() {
        return Err(no(Reason::Retired, "this sensor was retired at the desk"));
    }
    if desk.settings.ended.is_some() {
        return Err(no(Reason::Retired, ENDED));
    }
    Ok((sensor, credential))
}

async fn find(desk: &Desk, id: &str) -> Result<Option<Sensor>, ward_store::Error> {
    let mut read = desk.store.read().await?;
    sensors::by_id(read.link(), id).await
}

/// A machine whose key both worlds know still signs for one of them at a time.
fn verifier(desk: &Desk, sensor: &Sensor) -> impl Fn(&[u8], &[u8]) -> bool + use<> {
    let key = UnparsedPublicKey::new(&ED25519, sensor.public_key.clone());
    let world = desk.settings.world;
    move |signed: &[u8], signature: &[u8]| key.verify(&world.signed(signed), signature).is_ok()
}

async fn held(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    match sender(&desk, &headers, "GET", ward_sensor::HELD_PATH).await {
        Ok((sensor, _)) => Json(answer(&desk, sensor.sequence)).into_response(),
        Err(refusal) => *refusal,
    }
}

fn answer(desk: &Desk, held: u64) -> Answer {
    Answer { held, time: desk.now().micros(), wait_ms: 0 }
}

async fn parcel(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Response {
    let received = desk.now();
    let (sensor, credential) = match sender(&desk, &headers, "POST", ward_sensor::PARCEL_PATH).await
    {
        Ok(known) => known,
        Err(refusal) => return *refusal,
    };
    let Ok(mut turn) = desk.turns().begin(&sensor.id) else { return another(&desk) };
    // Only now is the body read: nobody else can make the desk hold eight megabytes.
    let bytes = match turn.unless_overtaken(axum::body::to_bytes(body, PARCEL_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return refuse(&desk, Reason::TooLarge, "a parcel holds at most 8 MiB"),
        Err(Another) => return another(&desk),
    };
    if !credential.covers(&bytes) {
        return refuse(&desk, Reason::Malformed, "the body is not the one that was signed");
    }
    let verify = verifier(&desk, &sensor);
    match take(&desk, &sensor, &mut turn, bytes, received, verify).await {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// Takes in what the desk received itself: by the same way as a sensor's parcel, but for the line
/// between. `verify` knows the key by which the parcel's frames were signed.
///
/// # Errors
/// As a sensor would be refused.
pub async fn take_own(
    desk: &Desk,
    bytes: Vec<u8>,
    verify: impl Fn(&[u8], &[u8]) -> bool + Send + 'static,
) -> Result<Answer, Refusal> {
    let sensor = own(desk).await?;
    let turn = desk.turns().begin(&sensor.id);
    let mut turn = turn.map_err(|Another| refusal(desk, Reason::Busy, ANOTHER, None))?;
    take(desk, &sensor, &mut turn, bytes.into(), desk.now(), verify).await
}

/// What is held of what the desk received itself.
///
/// # Errors
/// As a sensor would be refused.
pub async fn own_held(desk: &Desk) -> Result<Answer, Refusal> {
    own(desk).await.map(|sensor| answer(desk, sensor.sequence))
}

async fn own(desk: &Desk) -> Result<Sensor, Refusal> {
    let found = find(desk, sensors::OWN).await;
    let busy = |err: ward_store::Error| refusal(desk, Reason::Busy, err.to_string(), None);
    let unknown = || refusal(desk, Reason::UnknownSensor, "the desk's own sensor is gone", None);
    found.map_err(busy)?.ok_or_else(unknown)
}

/// What a sensor hears that sends two parcels at once.
const ANOTHER: &str = "another parcel of this sensor is being taken in: wait";

fn another(desk: &Desk) -> Response {
    refuse(desk, Reason::Busy, ANOTHER)
}

async fn take(
    desk: &Desk,
    sensor: &Sensor,
    turn: &mut Turn,
    bytes: Bytes,
    received: Time,
    verify: impl Fn(&[u8], &[u8]) -> bool + Send + 'static,
) -> Result<Answer, Refusal> {
    let (id, sequence) = (sensor.id.clone(), sensor.sequence);
    let no = |reason, error: String| Err(refusal(desk, reason, error, None));
    let Ok(room) = turn.unpack().await else { return no(Reason::Busy, ANOTHER.to_owned()) };
    // Unpacking and hashing is work for a processor: pages must not wait for it.
    let opened = tokio::task::spawn_blocking(move || {
        let _room = room;
        open(&bytes, &id, sequence, received, verify)
    });
    let (batches, told) = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(FrameError::TooLong(what))) => {
            return no(Reason::TooLarge, format!("the {what} is longer than allowed"));
        }
        Ok(Err(err)) => return no(Reason::Malformed, err.to_string()),
        Err(_) => return no(Reason::Busy, "the desk had to give up: again".to_owned()),
    };
    hand_in(desk, sensor, batches, told, received).await
}

async fn hand_in(
    desk: &Desk,
    sensor: &Sensor,
    batches: Vec<Incoming>,
    told: Told,
    received: Time,
) -> Result<Answer, Refusal> {
    let parcel = ward_store::inbox::Parcel { sensor: sensor.id.clone(), batches, told, received };
    let (reason, error) = match desk.inbox.take(parcel).await {
        Ok(Held::Through(held)) => {
            if received.since(sensor.heard) > hearing::LATE_AFTER {
                desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
            }
            return Ok(answer(desk, held));
        }
        Ok(Held::Gap(held)) => {
            let what = format!("something is missing behind batch {held}: send again from there");
            return Err(refusal(desk, Reason::Gap, what, Some(held)));
        }
        Ok(Held::Crowded(held)) => {
            tracing::warn!(sensor = sensor.id, held, "this sensor begins too many streams");
            (
                Reason::Busy,
                "this sensor began too many streams within a day: no more until some \
                            of them are a day old",
            )
        }
        Ok(Held::Unknown) => (Reason::Retired, "this sensor was retired at the desk"),
        Err(Refused::Full) => (Reason::Busy, "much is coming in: wait a little"),
        // Why is the desk's own affair, and in its log.
        Err(Refused::Store(_)) => (Reason::Busy, "the desk cannot write at the moment: wait"),
        Err(Refused::Stopping) => (Reason::Busy, "the desk is stopping: wait"),
    };
    Err(refusal(desk, reason, error, None))
}

/// Takes a parcel apart and checks all that is new in it.
fn open(
    bytes: &Bytes,
    sensor: &str,
    held: u64,
    received: Time,
    verify: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(Vec<Incoming>, Told), FrameError> {
    let parcel = Parcel::parse(bytes)?;
    let opened = parcel.open(sensor, held, verify);
    let batches = opened.map(|opened| opened.map(|(frame, batch)| incoming(frame, batch)));
    let batches = batches.collect::<Result<Vec<_>, _>>()?;
    let told = parcel.status.as_ref().map(|status| Told {
        drift: Some(hearing::drift(status.clock(), status.round_trip, received)),
        waiting: Some(status.waiting),
        dropped: Some(status.dropped_records()),
        first: Some(status.first).filter(|first| *first > 0),
        report: serde_json::to_string(status).ok(),
    });
    Ok((batches, told.unwrap_or_default()))
}

/// A batch as the store keeps it: packed as it came.
fn incoming(frame: &Frame<'_>, batch: Batch) -> Incoming {
    Incoming {
        sequence: batch.sequence,
        stream: batch.stream.name,
        generation: batch.stream.generation,
        format: batch.format.unwrap_or_default(),
        base: batch.base,
        length: batch.body.len() as u64,
        records: u64::from(batch.records),
        sha256: Sha256::digest(&batch.body).into(),
        body: frame.packed().to_vec(),
        head: if batch.base == 0 { head(&batch.body) } else { Vec::new() },
    }
}

fn head(body: &[u8]) -> Vec<u8> {
    body.get(..HEAD).unwrap_or(body).to_vec()
}

async fn enrol(
    State(desk): State<Desk>,
    peer: Option<Extension<Peer>>,
    // Whatever the sensor calls its body: what cannot be read is refused in the sensor's words.
    bytes: Bytes,
) -> Response {
    let request = serde_json::from_slice::<EnrolRequest>(&bytes);
    let Ok(request) = request else {
        return refuse(&desk, Reason::Malformed, "the request to enrol cannot be read");
    };
    let (code, key) = match request.parts() {
        Ok(parts) => parts,
        Err(what) => return refuse(&desk, Reason::Malformed, what),
    };
    if request.world != desk.settings.world {
        return refuse(&desk, Reason::BadCode, other_world(desk.settings.world));
    }
    if desk.settings.ended.is_some() {
        return refuse(&desk, Reason::BadCode, ENDED);
    }
    match enrolled(&desk, &code, &key, peer.map(|Extension(peer)| peer)).await {
        Ok(Some(sensor)) => Json(EnrolAnswer {
            sensor: sensor.id,
            name: sensor.name,
            jurisdiction: sensor.jurisdiction,
            time: desk.now().micros(),
        })
        .into_response(),
        Ok(None) => refuse(
            &desk,
            Reason::BadCode,
            "this code was used, has expired or never was: ask the desk for a new one",
        ),
        Err(err) => {
            tracing::error!(error = %err, "a sensor could not be enrolled");
            refuse(&desk, Reason::Busy, "the desk cannot write at the moment: wait")
        }
    }
}

/// What a sensor hears whose code is of the other world.
const fn other_world(own: World) -> &'static str {
    match own {
        World::Real => "this code is of an exercise, and this is the real desk",
        World::Exercise => "this code is of the real desk, and this is an exercise",
    }
}

async fn enrolled(
    desk: &Desk,
    code: &[u8; 32],
    key: &[u8; 32],
    peer: Option<Peer>,
) -> Result<Option<Sensor>, ward_store::Error> {
    let now = desk.now();
    // A sensor that heard no answer asks again with the same key: it is the same sensor, and its
    // id is made from the key.
    let id = format!("s-{}", data_encoding::HEXLOWER.encode(&Sha256::digest(key)[..10]));
    let mut tx = desk.store.begin().await?;
    if let Some(known) = sensors::by_id(tx.link(), &id).await?
        && known.retired.is_none()
        && known.public_key == key
    {
        return Ok(Some(known));
    }
    let kept = desk.keys.kept_hash(*code);
    let Some(sensor) = sensors::enrol(tx.link(), &kept, &id, key, now).await? else {
        return Ok(None);
    };
    let entry = Entry {
        at: now,
        actor: sensor.id.clone(),
        actor_name: sensor.name.clone(),
        act: "sensor.enrol".to_owned(),
        object: sensor.id.clone(),
        detail: format!("a sensor of {} enrolled", sensor.jurisdiction),
        address: peer.map(|peer| peer.0.to_string()).unwrap_or_default(),
    };
    tx.commit(Audit::Entry(entry)).await?;
    desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
    Ok(Some(sensor))
}
