//! A desk on a loopback address with two counties and the state in it, and whoever is wanted
//! signed in or holding a token. Everything in it is made up.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tokio::sync::{oneshot, watch};
use ward_access::{Role, STATE_OFFICE};
use ward_history::{Flush, Heard, History};
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};
use ward_kernel::{KeyKind, Rung, Time};
use ward_live::{Kept, Standing};
use ward_sensor::{Dropped, SourceStatus, Status};
use ward_store::batch::{Incoming, Told};
use ward_store::evidence::{self, Seal};
use ward_store::inbox::Parcel;
use ward_store::invitations::{self, Invitation};
use ward_store::sensors::{self, Enrolment};
use ward_store::tokens::{self, Token};
use ward_store::{Audit, Store, cases, logbook, people, sessions, stream};
use ward_web::desk::{Desk, Health, Settings};
use ward_web::keys::hashed;

use crate::office::{self, found, person, seen, session};
pub(crate) use crate::office::{OURS, THEIRS};
use crate::open::{Opened, open, settings};

/// The desk's clock.
pub(crate) fn now() -> Time {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    Time::from_micros(i64::try_from(real).unwrap_or(0))
}

/// The desk.
pub(crate) struct Filled {
    pub(crate) desk: Desk,
    pub(crate) address: SocketAddr,
    number: AtomicU64,
    /// The desk lives as long as these do.
    _kept: Mutex<(History, watch::Sender<Health>, oneshot::Sender<()>)>,
}

impl Filled {
    /// Fills a desk in a folder and lets it answer on a port; 0 takes any. `origin` is what the
    /// desk thinks of itself as: the address when there is none.
    pub(crate) async fn start(folder: &Path, port: u16, origin: Option<&str>) -> Self {
        Self::start_with(folder, port, origin, |settings| settings).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(
        folder: &Path,
        port: u16,
        origin: Option<&str>,
        change: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let ready = Health { ready: true, ..Health::default() };
        let opened = open(Vec::new(), (folder, port), now, ready, |address| {
            let origin = origin.map_or_else(|| format!("http://{address}"), str::to_owned);
            change(Settings {
                shown: vec![("desk.listen".into(), address.to_string(), "as it comes".into())],
                ..settings(origin, vec![address.to_string()])
            })
        });
        let Opened { desk, address, mut history, health, stop } = opened.await;
        sightings(&mut history);
        found(&desk.store).await;
        office::election(&desk.store, "election-near", now().plus(2 * DAY), "General election")
            .await;
        for place in [OURS, THEIRS] {
            office::contact(&desk.store, place, (now(), "County clerk")).await;
            let point = ("election-near", place, "second-factors");
            office::ticked(&desk.store, point, (now(), "All of them.")).await;
        }
        let _kept = Mutex::new((history, health, stop));
        let filled = Self { desk, address, number: AtomicU64::new(0), _kept };
        for place in ["state", OURS, THEIRS] {
            filled.sensor(place).await;
            filled.case(place).await;
        }
        filled
    }

    /// A name that nothing else has.
    pub(crate) fn name(&self, kind: &str) -> String {
        format!("{kind}-{}", self.number.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody of a role, signed in a moment ago: their id, and their cookie's value.
    pub(crate) async fn person(&self, role: Role, place: Option<&str>) -> (String, String) {
        let (id, at) = (self.name("p"), now());
        let person = person(&id, &format!("{} {id}", role.label()), role, place, at);
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        people::add(tx.link(), &person).await.expect("a person");
        tx.commit(Audit::Machine).await.expect("a commit");
        let (_, cookie) = self.session(&id).await;
        (id, cookie)
    }

    /// A session of somebody: its id, and the cookie's value.
    pub(crate) async fn session(&self, person: &str) -> (String, String) {
        let (id, at) = (self.name("s"), now());
        let secret = Sha256::digest(&id);
        let mut session = session(&id, person, &secret, at);
        session.hash = self.desk.keys.kept(&secret).to_vec();
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        sessions::begin(tx.link(), &session).await.expect("a session");
        tx.commit(Audit::Machine).await.expect("a commit");
        (id, BASE64URL_NOPAD.encode(&secret))
    }

    /// A token of a role: its id, and itself.
    pub(crate) async fn token(&self, role: Role, place: Option<&str>) -> (String, String) {
        let (id, at) = (self.name("t"), now());
        let secret = Sha256::digest(&id);
        let token = Token {
            id: id.clone(),
            hash: self.desk.keys.kept(&secret).to_vec(),
            name: format!("Ticket system {id}"),
            role,
            jurisdiction: place.map(str::to_owned),
            made_by: "p-0".into(),
            created: at,
            expires: at.plus(90 * DAY),
            used: None,
            ended: None,
        };
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        tokens::add(tx.link(), &token).await.expect("a token");
        tx.commit(Audit::Machine).await.expect("a commit");
        (id, format!("ward_{}", BASE64URL_NOPAD.encode(&secret)))
    }

    /// A code for a sensor of a place; its id.
    pub(crate) async fn code(&self, place: &str) -> String {
        let (id, at) = (self.name("c"), now());
        let code = Enrolment {
            id: id.clone(),
            hash: hashed(id.as_bytes()).to_vec(),
            name: format!("Sensor of {place}"),
            jurisdiction: owner(place).into(),
            made_by: "p-0".into(),
            created: at,
            expires: at.plus(7 * DAY),
            used: None,
            sensor: None,
        };
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        sensors::add_code(tx.link(), &code).await.expect("a code");
        tx.commit(Audit::Machine).await.expect("a commit");
        id
    }

    /// A sensor of a place without records; its id.
    pub(crate) async fn bare_sensor(&self, place: &str) -> String {
        let code = self.code(place).await;
        let id = self.name("sensor");
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        let hash = hashed(code.as_bytes());
        sensors::enrol(tx.link(), &hash, &id, &[1; 32], now()).await.expect("a sensor");
        tx.commit(Audit::Machine).await.expect("a commit");
        id
    }

    /// A sensor of a place with a stream and a report; its id.
    pub(crate) async fn sensor(&self, place: &str) -> String {
        let id = self.bare_sensor(place).await;
        let body = format!(
            "Nov  3 14:12:01 {place} sshd[811]: Failed password for invalid user admin from \
             192.0.2.7 port 40022 ssh2\n"
        );
        let report = Status {
            version: "0.1.0".into(),
            host: format!("log.{place}.example"),
            sources: vec![SourceStatus {
                name: "/var/log/auth.log".into(),
                kind: "file".into(),
                lag_bytes: 7,
                problem: Some("it cannot be read".into()),
                ..SourceStatus::default()
            }],
            dropped: vec![Dropped {
                source: "/var/log/auth.log".into(),
                records: 4,
                ..Dropped::default()
            }],
            problems: vec!["the disk is nearly full".into()],
            spool_limit: 1 << 30,
            ..Status::default()
        };
        let told = Told {
            drift: Some(-2 * SECOND),
            waiting: Some(3),
            dropped: Some(4),
            report: serde_json::to_string(&report).ok(),
            ..Told::default()
        };
        let batches = vec![block("/var/log/auth.log", body.as_bytes())];
        let parcel = Parcel { sensor: id.clone(), batches, told, received: now() };
        self.desk.inbox.take(parcel).await.expect("records taken in");
        id
    }

    /// A case of a scope with a step and evidence; its id.
    pub(crate) async fn case(&self, scope: &str) -> String {
        let id = self.name("W");
        let kept = kept(&id, scope);
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        cases::upsert(tx.link(), &kept).await.expect("a case");
        cases::step(tx.link(), &id, kept.opened, Rung::Attempt, "it became an attempt")
            .await
            .expect("a step");
        let streams = stream::list(tx.link(), None, 100).await.expect("streams");
        let owner = if scope == "state" { THEIRS } else { scope };
        let stream = streams.iter().find(|stream| stream.jurisdiction == owner);
        let line = format!("{scope} sshd: Failed password for \u{202e}<b> from 192.0.2.7 ");
        let line = line.into_bytes();
        let seal = Seal {
            stream: stream.map_or(1, |stream| stream.id),
            place: 4711,
            at: kept.first,
            shows: "first failure".into(),
            sha256: Sha256::digest(&line).into(),
            line: [line.as_slice(), b"\xff"].concat(),
        };
        evidence::seal(tx.link(), &id, &seal).await.expect("evidence");
        tx.commit(Audit::Machine).await.expect("a commit");
        id
    }

    /// What a path under cases, incidents or the room is about: its id, and whether it lies in a
    /// place and not in the whole state.
    pub(crate) async fn told(&self, path: &str, place: &str) -> Option<(String, bool)> {
        let mut parts = path.trim_start_matches('/').split('/');
        match (parts.next()?, parts.next()?) {
            ("cases", _) => Some((self.case(place).await, true)),
            ("incidents", _) => Some((self.incident(place).await, true)),
            ("rumors", _) => Some((self.rumor(place).await, true)),
            ("situation", _) => Some((OURS.to_owned(), false)),
            ("elections", _) => Some((self.election().await, false)),
            ("room", "positions") => Some((self.position().await, false)),
            ("contacts", _) => Some((owner(place).to_owned(), true)),
            ("checklists", "points") => Some(("accounts-reviewed".to_owned(), false)),
            ("checklists", _) => Some((self.checklist(place).await, true)),
            ("room", _) => Some((self.check().await, false)),
            _ => None,
        }
    }

    /// A list of a place on which nothing is ticked; whose it is. The state's own has other points,
    /// so that a county stands for it.
    pub(crate) async fn checklist(&self, place: &str) -> String {
        free_points(&self.desk.store, now()).await;
        if place == "state" { "cass-county".to_owned() } else { place.to_owned() }
    }

    /// A position that nobody has; its name.
    pub(crate) async fn position(&self) -> String {
        free_positions(&self.desk.store, now()).await;
        "lead".to_owned()
    }

    /// An election; its id.
    pub(crate) async fn election(&self) -> String {
        let id = self.name("election");
        office::election(&self.desk.store, &id, now().plus(DAY), "A primary").await;
        id
    }

    /// A communications check; its id.
    pub(crate) async fn check(&self) -> String {
        let id = self.name("check");
        office::check(&self.desk.store, &id, now(), &[OURS, THEIRS]).await;
        id
    }

    /// An incident of a place; its id.
    pub(crate) async fn incident(&self, place: &str) -> String {
        let id = self.name("incident");
        office::incident(&self.desk.store, &id, place, (now(), "A school gym")).await;
        id
    }

    /// A rumor that was heard in a place; its id.
    pub(crate) async fn rumor(&self, place: &str) -> String {
        let id = self.name("rumor");
        office::rumor(&self.desk.store, &id, place, (now(), "Polls close early")).await;
        id
    }

    /// An invitation; its id.
    pub(crate) async fn invitation(&self, place: Option<&str>) -> String {
        let (id, at) = (self.name("i"), now());
        let one = Invitation {
            id: id.clone(),
            hash: hashed(id.as_bytes()).to_vec(),
            name: "Somebody invited".into(),
            email: format!("{id}@office.example"),
            role: if place.is_some() { Role::LocalIt } else { Role::Analyst },
            organisation: place.unwrap_or("state").into(),
            jurisdiction: place.map(str::to_owned),
            invited_by: "p-0".into(),
            created: at,
            expires: at.plus(7 * DAY),
            used: None,
        };
        let mut tx = self.desk.store.begin().await.expect("a transaction");
        invitations::add(tx.link(), &one).await.expect("an invitation");
        tx.commit(Audit::Machine).await.expect("a commit");
        id
    }
}

/// Opens every point again.
async fn free_points(store: &Store, at: Time) {
    let mut tx = store.begin().await.expect("the store");
    let settled = logbook::Filter { jurisdiction: None, open: Some(false) };
    let found = logbook::list(tx.link(), "point", settled, 1_000).await.expect("the store");
    for (log, mut entries) in found {
        let last = entries.pop().expect("an entry").entry;
        let undo = logbook::New {
            number: last.number + 1,
            key: format!("undone-{}", last.number),
            at,
            body: r#"{"act":{"undo":{"why":"Once more."}}}"#.to_owned(),
            ..last
        };
        logbook::add(tx.link(), &log.id, &undo, true).await.expect("the store");
    }
    tx.commit(Audit::Machine).await.expect("the store");
}

/// Ends every shift.
async fn free_positions(store: &Store, at: Time) {
    let mut tx = store.begin().await.expect("the store");
    let open = logbook::Filter { jurisdiction: None, open: Some(true) };
    let found = logbook::list(tx.link(), "position", open, 100).await.expect("the store");
    for (log, mut entries) in found {
        let last = entries.pop().expect("an entry").entry;
        let end = logbook::New {
            number: last.number + 1,
            key: "ended".to_owned(),
            at,
            body: r#"{"act":"end"}"#.to_owned(),
            ..last
        };
        logbook::add(tx.link(), &log.id, &end, false).await.expect("the store");
    }
    tx.commit(Audit::Machine).await.expect("the store");
}

/// The jurisdiction that owns machines of a place.
pub(crate) fn owner(place: &str) -> &str {
    if place == "state" { STATE_OFFICE } else { place }
}

fn block(stream: &str, body: &[u8]) -> Incoming {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(body).expect("room in memory");
    Incoming {
        sequence: 1,
        stream: stream.into(),
        generation: 1,
        format: String::new(),
        base: 0,
        length: body.len() as u64,
        records: 1,
        sha256: Sha256::digest(body).into(),
        body: packer.finish().expect("room in memory"),
        head: body.to_vec(),
    }
}

/// A case of a scope, as the desk keeps it.
pub(crate) fn kept(id: &str, scope: &str) -> Kept {
    let at = now();
    let body = serde_json::json!({
        "id": id, "judged_id": id, "scope": scope, "kind": "login.guess", "rung": "attempt",
        "title": format!("password guessing at {scope}"), "opened": 0, "updated": 0, "first": 0,
        "last": 0, "records": 12_345, "sources": ["192.0.2.7", "2001:db8::7"], "source_count": 2,
        "jurisdictions": if scope == "state" { vec![OURS, THEIRS] } else { vec![scope, "cass-county"] },
        "authorised": null, "because": ["412 failures for 3 accounts"], "standing": "open",
        "body": {
            "accounts": ["root", "admin"], "targets": ["192.0.2.1:22"], "target_count": 1,
            "networks": ["192.0.2.0/24"], "known": null, "related": ["W-nowhere"],
        },
    });
    let kept: Kept = serde_json::from_value(body).expect("a case");
    Kept {
        opened: at.plus(-HOUR),
        updated: at.plus(-MINUTE),
        first: at.plus(-2 * HOUR),
        last: at.plus(-MINUTE),
        standing: Standing::Open,
        ..kept
    }
}

fn sightings(history: &mut History) {
    let today = ward_history::day_of(now());
    let seen = |place: &str, key: &str, kind, ago: i32| {
        seen((&format!("Sensor of {place}"), place), (kind, key), (today, ago))
    };
    let mut all = vec![
        seen(OURS, "192.0.2.7", KeyKind::Address, 1),
        seen(THEIRS, "192.0.2.7", KeyKind::Address, 2),
        seen(THEIRS, "198.51.100.9", KeyKind::Address, 2),
        seen(THEIRS, "county.example", KeyKind::Domain, 3),
    ];
    let heard: Vec<Heard> = all
        .iter()
        .map(|one| Heard {
            day: one.day,
            sensor: one.sensor.clone(),
            jurisdiction: one.jurisdiction.clone(),
            records: 5_000,
        })
        .collect();
    let flush = Flush { sightings: &mut all, heard: &heard, from: 1, to: 1 };
    history.flush(flush).expect("a history");
}
