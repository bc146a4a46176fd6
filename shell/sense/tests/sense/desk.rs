//! A desk that keeps what it is sent in memory, and can be told to misbehave.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use ring::signature::{ED25519, UnparsedPublicKey};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use ward_kernel::{Time, World};
use ward_sensor::{
    Answer, Batch, Credential, ENROL_PATH, EnrolAnswer, EnrolRequest, EnrolmentCode, HELD_PATH,
    PARCEL_PATH, Parcel, Reason, Refusal, Status,
};

pub(crate) const SECRET: [u8; 16] = [5; 16];

/// What the desk does with a parcel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mood {
    Good,
    /// Close the connection before anything is kept.
    Lose,
    /// Keep everything and close the connection without an answer.
    KeepSilently,
    /// Keep the first half of the frames, and say so.
    Half,
    Busy,
    /// Answer something that no desk answers.
    Babble,
    /// Say that another sequence is wanted.
    Gap,
    /// Believe that it is another time.
    Stale,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) key: Option<[u8; 32]>,
    pub(crate) held: u64,
    pub(crate) batches: Vec<Batch>,
    pub(crate) statuses: Vec<Status>,
    /// Moods of the next parcels, last first; good ones when there are none left.
    pub(crate) moods: Vec<Mood>,
    /// Chosen anew for each parcel by a counter and this seed, when it is not 0.
    pub(crate) chaos: u64,
    pub(crate) requests: u64,
    pub(crate) enrolments: u64,
    /// Sequences that the sensor said it lost.
    pub(crate) lost: Vec<u64>,
    ahead: i64,
}

#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) address: SocketAddr,
    task: Arc<tokio::task::JoinHandle<()>>,
}

impl Desk {
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        Self::start_at("127.0.0.1:0", Arc::default(), tls).await
    }

    pub(crate) async fn start_at(
        at: &str,
        state: Arc<Mutex<State>>,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            // With the listener all connections end.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, state).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, state).await;
                            }
                        }
                    }
                });
            }
        });
        Self { state, address, task: Arc::new(task) }
    }

    /// Stops listening and closes all connections; what was kept stays.
    pub(crate) fn stop(&self) {
        self.task.abort();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn code(&self) -> EnrolmentCode {
        let url = format!("http://{}", self.address);
        EnrolmentCode { world: World::Real, url, fingerprint: None, secret: SECRET }
    }

    /// The streams as they came: by name and generation. Panics at a gap or an overlap.
    pub(crate) fn streams(&self) -> BTreeMap<(String, u64), Vec<u8>> {
        let mut streams: BTreeMap<_, Vec<u8>> = BTreeMap::new();
        for batch in &self.lock().batches {
            let key = (batch.stream.name.clone(), batch.stream.generation);
            let so_far = streams.entry(key).or_default();
            assert_eq!(batch.base, so_far.len() as u64, "{:?}", batch.stream);
            so_far.extend_from_slice(&batch.body);
        }
        streams
    }

    /// Waits until what came satisfies this.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut(&State) -> bool) {
        for _ in 0..3000 {
            if is_so(&self.lock()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let state = self.lock();
        let problems = state.statuses.last().map(|status| status.problems.clone());
        panic!("waited too long until {what}: {} held, {problems:?}", state.held);
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let state = Arc::clone(&state);
        async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await else { return Err("cut".to_owned()) };
            let body = body.to_bytes();
            let path = parts.uri.path().to_owned();
            let credential = parts
                .headers
                .get("authorization")
                .map(|value| Credential::parse(value.to_str().unwrap()).unwrap());
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.requests += 1;
            let (status, body) = match path.as_str() {
                ENROL_PATH => enrol(&mut state, &body),
                _ => asked(&mut state, parts.method.as_str(), &path, &credential.unwrap(), &body)?,
            };
            let answer = Response::builder().status(status).body(Full::new(Bytes::from(body)));
            Ok::<_, String>(answer.unwrap())
        }
    });
    // An error of the service closes the connection without an answer.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    let _: Result<(), Infallible> = Ok(());
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

fn enrol(state: &mut State, body: &[u8]) -> (u16, Vec<u8>) {
    let request: EnrolRequest = serde_json::from_slice(body).unwrap();
    let (secret, key) = request.parts().unwrap();
    let url = String::new();
    let code = EnrolmentCode { world: World::Real, url, fingerprint: None, secret: SECRET };
    if secret != code.secret_hash() || state.key.is_some_and(|known| known != key) {
        return refuse(state, Reason::BadCode, "the code was used");
    }
    state.key = Some(key);
    state.enrolments += 1;
    let answer = EnrolAnswer {
        sensor: "adair-1".into(),
        name: "Adair web server".into(),
        jurisdiction: "adair".into(),
        time: now(),
    };
    (200, serde_json::to_vec(&answer).unwrap())
}

fn refuse(state: &State, reason: Reason, error: &str) -> (u16, Vec<u8>) {
    let refusal = Refusal {
        reason,
        error: error.into(),
        held: Some(state.held),
        time: now() + state.ahead,
        wait_ms: 0,
    };
    (reason.status(), serde_json::to_vec(&refusal).unwrap())
}

fn asked(
    state: &mut State,
    method: &str,
    path: &str,
    credential: &Credential,
    body: &[u8],
) -> Result<(u16, Vec<u8>), String> {
    let key = state.key.unwrap();
    let verify = |bytes: &[u8], signature: &[u8]| {
        UnparsedPublicKey::new(&ED25519, key).verify(bytes, signature).is_ok()
    };
    let time = Time::from_micros(now() + state.ahead);
    if let Err(reason) = credential.check(method, path, time, verify) {
        return Ok(refuse(state, reason, "who are you?"));
    }
    assert!(credential.covers(body));
    if path == HELD_PATH {
        return Ok(answer(state));
    }
    assert_eq!((method, path), ("POST", PARCEL_PATH));
    let mood = mood(state);
    match mood {
        Mood::Lose => return Err("lost".into()),
        Mood::Busy => return Ok(refuse(state, Reason::Busy, "a moment, please")),
        Mood::Babble => return Ok((502, b"<html>bad gateway</html>".to_vec())),
        Mood::Gap => return Ok(refuse(state, Reason::Gap, "not this one")),
        Mood::Stale => {
            state.ahead = if state.ahead == 0 { 3_600_000_000 } else { 0 };
            return Ok(refuse(state, Reason::Stale, "it is later"));
        }
        Mood::Good | Mood::KeepSilently | Mood::Half => {}
    }
    let parcel = Parcel::parse(body).unwrap();
    if let Some(status) = &parcel.status {
        state.statuses.push(status.clone());
    }
    let first = parcel.frames.first().map_or(state.held + 1, ward_sensor::Frame::sequence);
    let told = state.statuses.last().filter(|_| parcel.status.is_some());
    if first > state.held + 1 && told.is_some_and(|status| status.first == first) {
        // The sensor says that nothing lies between any more.
        state.lost.extend(state.held + 1..first);
        state.held = first - 1;
    }
    if first > state.held + 1 {
        return Ok(refuse(state, Reason::Gap, "batches are missing"));
    }
    let opened = parcel.open("adair-1", state.held, verify);
    let mut batches: Vec<_> = opened.map(|opened| opened.unwrap().1).collect();
    if mood == Mood::Half {
        batches.truncate(batches.len() / 2);
    }
    for batch in batches {
        assert_eq!(batch.sequence, state.held + 1, "exactly once, in order");
        state.held = batch.sequence;
        state.batches.push(batch);
    }
    if mood == Mood::KeepSilently {
        return Err("kept".into());
    }
    Ok(answer(state))
}

fn answer(state: &State) -> (u16, Vec<u8>) {
    let answer = Answer { held: state.held, time: now() + state.ahead, wait_ms: 0 };
    (200, serde_json::to_vec(&answer).unwrap())
}

fn mood(state: &mut State) -> Mood {
    if state.chaos == 0 {
        return state.moods.pop().unwrap_or(Mood::Good);
    }
    // A linear congruential generator (Knuth, MMIX): the same run each time.
    state.chaos =
        state.chaos.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    match (state.chaos >> 33) % 12 {
        0 => Mood::Lose,
        1 => Mood::KeepSilently,
        2 => Mood::Half,
        3 => Mood::Busy,
        4 => Mood::Babble,
        5 => Mood::Gap,
        6 => Mood::Stale,
        _ => Mood::Good,
    }
}
