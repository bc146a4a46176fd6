//! Sample data: two counties and the state, each with words of its own that nobody else may read,
//! and some of it hostile.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use ward_history::{Flush, Heard};
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};
use ward_kernel::{KeyKind, Rung, Time};
use ward_live::{Kept, Standing};
use ward_sensor::{SourceStatus, Status};
use ward_store::batch::{self, Incoming, Told};
use ward_store::evidence::{self, Seal};
use ward_store::inbox::Parcel;
use ward_store::sensors::{self, Enrolment};
use ward_store::tokens::{self, Token};
use ward_store::{Audit, Store, Tx, cases};
use ward_web::keys::hashed;

use crate::house::{House, now};
use crate::office;
/// The county whose clerk looks, and the one whose words that clerk must never read.
pub(crate) use crate::office::{OURS, THEIRS};

/// What a page must never hold as it is: logs are written by attackers.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

/// The word that stands in every text of a place.
pub(crate) fn mark(place: &str) -> String {
    format!("marker-{place}")
}

/// Identifiers for a place, as paths name them.
pub(crate) fn ids(place: &str) -> [String; 4] {
    [
        format!("W-{place}"),
        format!("sensor-{place}"),
        format!("code-{place}"),
        format!("incident-{place}"),
    ]
}

/// Puts everything in.
pub(crate) async fn fill(house: &House) {
    for place in [OURS, THEIRS] {
        sensor(house, place).await;
        let [.., id] = ids(place);
        let words = format!("{} {HOSTILE}", mark(place));
        office::incident(&house.desk.store, &id, place, (now(), &words)).await;
        let rumor = format!("rumor-{place}");
        office::rumor(&house.desk.store, &rumor, place, (now(), &words)).await;
    }
    for (place, owner) in [("state", THEIRS), (OURS, OURS), (THEIRS, THEIRS)] {
        case(&house.desk.store, place, owner).await;
    }
    rest(&house.desk.store).await;
    office::check(&house.desk.store, "check-state", now(), &[OURS, THEIRS]).await;
    // Everybody sees the calendar.
    let name = format!("General election {HOSTILE}");
    office::election(&house.desk.store, "election-state", now().plus(DAY), &name).await;
    for place in [OURS, THEIRS] {
        let words = format!("{} {HOSTILE}", mark(place));
        office::contact(&house.desk.store, place, (now(), &words)).await;
        let point = ("election-state", place, "accounts-reviewed");
        office::ticked(&house.desk.store, point, (now(), &words)).await;
    }
    history(house);
}

/// A sensor with its streams, its report and a code that waits.
pub(crate) async fn sensor(house: &House, place: &str) {
    let [_, id, code, _] = ids(place);
    let (now, word) = (now(), mark(place));
    let mut tx = house.desk.store.begin().await.unwrap();
    for (name, open) in [(&id, false), (&code, true)] {
        let hash = hashed(name.as_bytes());
        let new = Enrolment {
            id: if open { code.clone() } else { format!("used-{place}") },
            hash: hash.to_vec(),
            name: format!("{word} firewall {HOSTILE}"),
            jurisdiction: place.into(),
            made_by: "p-administrator-state".into(),
            created: now.plus(-HOUR),
            expires: now.plus(7 * DAY),
            used: None,
            sensor: None,
        };
        sensors::add_code(tx.link(), &new).await.unwrap();
        if !open {
            sensors::enrol(tx.link(), &hash, &id, &[1; 32], now.plus(-HOUR)).await.unwrap();
        }
    }
    tx.commit(Audit::Machine).await.unwrap();
    let body = format!(
        "Nov  3 14:12:01 {word} sshd[811]: Failed password for invalid user admin from 192.0.2.7 \
         port 40022 ssh2\n"
    );
    let report = Status {
        version: "0.1.0".into(),
        host: word.clone(),
        sources: vec![SourceStatus {
            name: format!("/var/log/{word}.log"),
            kind: "file".into(),
            problem: Some(format!("{word} cannot be read {HOSTILE}")),
            ..SourceStatus::default()
        }],
        problems: vec![format!("{word}: the disk is nearly full")],
        spool_limit: 1 << 30,
        ..Status::default()
    };
    let told = Told {
        drift: Some(-2 * SECOND),
        waiting: Some(3),
        dropped: Some(4),
        first: None,
        report: Some(serde_json::to_string(&report).unwrap()),
    };
    let batches = vec![batch(&format!("/var/log/{word}.log"), 1, body.as_bytes())];
    let parcel = Parcel { sensor: id, batches, told, received: now };
    house.desk.inbox.take(parcel).await.unwrap();
}

/// A batch of a stream.
pub(crate) fn batch(stream: &str, sequence: u64, body: &[u8]) -> Incoming {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(body).unwrap();
    Incoming {
        sequence,
        stream: stream.into(),
        generation: sequence,
        format: String::new(),
        base: 0,
        length: body.len() as u64,
        records: body.iter().filter(|byte| **byte == b'\n').count() as u64,
        sha256: Sha256::digest(body).into(),
        body: packer.finish().unwrap(),
        head: body.to_vec(),
    }
}

/// A case of a scope, with evidence of a county's sensor.
async fn case(store: &Store, scope: &str, owner: &str) {
    let [id, ..] = ids(scope);
    let word = mark(scope);
    let kept = kept(&id, scope, Rung::Attempt, &format!("{word} password guessing {HOSTILE}"));
    let mut tx = store.begin().await.unwrap();
    cases::upsert(tx.link(), &kept).await.unwrap();
    let what = format!("{word} became an attempt {HOSTILE}");
    cases::step(tx.link(), &id, kept.opened, Rung::Attempt, &what).await.unwrap();
    let stream = if owner == OURS { 1 } else { 2 };
    let line = format!("{word} sshd: Failed password for {HOSTILE}\u{202e} from 192.0.2.7");
    let line = line.into_bytes();
    let seal = Seal {
        stream,
        place: 4711,
        at: kept.first,
        shows: "first failure".into(),
        sha256: Sha256::digest(&line).into(),
        line,
    };
    evidence::seal(tx.link(), &id, &seal).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}

/// A case as the desk keeps it.
pub(crate) fn kept(id: &str, scope: &str, rung: Rung, title: &str) -> Kept {
    let (now, word) = (now(), mark(scope));
    Kept {
        id: id.into(),
        judged_id: id.into(),
        scope: scope.into(),
        kind: if rung == Rung::Scan { "scan.horizontal" } else { "login.guess" }.into(),
        rung,
        title: title.into(),
        opened: now.plus(-HOUR),
        updated: now.plus(-MINUTE),
        first: now.plus(-2 * HOUR),
        last: now.plus(-MINUTE),
        records: 12_345,
        sources: vec!["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()],
        source_count: 2,
        jurisdictions: match scope {
            "state" => vec![OURS.into(), THEIRS.into()],
            // An engine of one county can name others that hold one of its sources.
            own => vec![own.into(), "cass-county".into()],
        },
        authorised: None,
        because: vec![format!("{word}: 412 failures for 3 accounts {HOSTILE}")],
        standing: Standing::Open,
        body: serde_json::json!({
            "accounts": [format!("{word}-root"), HOSTILE],
            "targets": [format!("{word}:22"), HOSTILE],
            "target_count": 2,
            "networks": ["192.0.2.0/24"],
            "related": [],
        }),
    }
}

/// A token, and an act of the state's that only an auditor reads.
async fn rest(store: &Store) {
    let now = now();
    let token = Token {
        id: "token-state".into(),
        hash: hashed(b"token").to_vec(),
        name: format!("{} ticket system {HOSTILE}", mark("state")),
        role: ward_access::Role::Analyst,
        jurisdiction: None,
        made_by: "p-administrator-state".into(),
        created: now,
        expires: now.plus(90 * DAY),
        used: None,
        ended: None,
    };
    let mut tx = store.begin().await.unwrap();
    tokens::add(tx.link(), &token).await.unwrap();
    tx.commit(Audit::Entry(ward_store::audit::Entry {
        at: now,
        actor: "p-administrator-state".into(),
        actor_name: "Desk administrator".into(),
        act: "token.make".into(),
        object: "token-state".into(),
        detail: format!("{} {HOSTILE}", mark("state")),
        address: "192.0.2.10".into(),
    }))
    .await
    .unwrap();
}

/// A few days of sightings of both counties.
fn history(house: &House) {
    let today = ward_history::day_of(now());
    let seen = |place: &str, key: &str, kind, ago: i32| {
        let sensor = format!("{} firewall", mark(place));
        office::seen((&sensor, place), (kind, key), (today, ago))
    };
    let mut sightings = vec![
        seen(OURS, "192.0.2.7", KeyKind::Address, 0),
        seen(THEIRS, "192.0.2.7", KeyKind::Address, 3),
        seen(THEIRS, "root", KeyKind::Account, 3),
    ];
    let heard: Vec<Heard> = (0..30)
        .map(|ago| Heard {
            day: today - ago,
            sensor: format!("{} firewall", mark(OURS)),
            jurisdiction: OURS.into(),
            records: 81_004,
        })
        .collect();
    let flush = Flush { sightings: &mut sightings, heard: &heard, from: 1, to: 9 };
    house.history.lock().unwrap().flush(flush).unwrap();
}

/// A sensor that was enrolled at a moment and has not been heard.
pub(crate) async fn bare_sensor(tx: &mut Tx, id: &str, place: &str, now: Time) {
    let hash = hashed(id.as_bytes());
    let code = Enrolment {
        id: format!("code-of-{id}"),
        hash: hash.to_vec(),
        name: "Front office".into(),
        jurisdiction: place.into(),
        made_by: "p".into(),
        created: now,
        expires: now.plus(DAY),
        used: None,
        sensor: None,
    };
    sensors::add_code(tx.link(), &code).await.unwrap();
    sensors::enrol(tx.link(), &hash, id, &[1; 32], now).await.unwrap().unwrap();
}

/// A sensor that was enrolled a moment ago and is heard.
pub(crate) async fn plain_sensor(tx: &mut Tx, id: &str, place: &str) {
    let now = now();
    bare_sensor(tx, id, place, now).await;
    let report = Some(serde_json::to_string(&Status::default()).unwrap());
    let told = Told { report, ..Told::default() };
    let mut position = batch::last_position(tx.link()).await.unwrap();
    batch::accept(tx, id, &[], &told, now, &mut position).await.unwrap();
}
