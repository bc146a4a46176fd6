//! A day at a desk as it could be, all of it made up: for pictures.

use sha2::{Digest as _, Sha256};
use ward_history::{Flush, Heard};
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};
use ward_kernel::{KeyKind, Rung, Sighting, Time};
use ward_live::Kept;
use ward_sensor::{SourceStatus, Status};
use ward_store::batch::Told;
use ward_store::evidence::{self, Seal};
use ward_store::inbox::Parcel;
use ward_store::sensors::{self, Enrolment};
use ward_store::{Audit, cases};
use ward_web::keys::hashed;

use crate::house::{House, now};
use crate::sample::{batch, kept};

const LINE: &str = "Nov  3 14:12:01 web1 sshd[811]: Failed password for invalid user admin from \
                    198.51.100.23 port 40022 ssh2";

/// Puts the day in.
pub(crate) async fn fill(house: &House) {
    let counties = [
        "adair-county",
        "boone-county",
        "cass-county",
        "christian-county",
        "cole-county",
        "franklin-county",
        "greene-county",
        "jasper-county",
        "jefferson-county",
        "platte-county-board",
    ];
    for (number, county) in counties.iter().enumerate() {
        sensor(house, county, "Front office firewall", number, 0).await;
        if number % 3 == 0 {
            sensor(house, county, "Web server", number, 1).await;
        }
    }
    sensor(house, "adair-county", "Mail gateway", 11, 2).await;
    file(house).await;
    past(house);
}

/// A sensor; one in a while is late, silent or has its clock wrong.
async fn sensor(house: &House, county: &str, name: &str, number: usize, which: u8) {
    let now = now();
    let id = format!("s-{county}-{which}");
    let hash = hashed(id.as_bytes());
    let code = Enrolment {
        id: format!("used-{id}"),
        hash: hash.to_vec(),
        name: name.into(),
        jurisdiction: county.into(),
        made_by: "p".into(),
        created: now.plus(-30 * DAY),
        expires: now.plus(-20 * DAY),
        used: None,
        sensor: None,
    };
    let mut tx = house.desk.store.begin().await.unwrap();
    sensors::add_code(tx.link(), &code).await.unwrap();
    sensors::enrol(tx.link(), &hash, &id, &[1; 32], now.plus(-29 * DAY)).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let report = Status {
        version: "0.1.0".into(),
        host: format!("fw1.{county}.example"),
        sources: vec![
            SourceStatus {
                name: "/var/log/auth.log".into(),
                kind: "file".into(),
                format: Some("syslog".into()),
                ..SourceStatus::default()
            },
            SourceStatus {
                name: "/var/log/nginx/access.log".into(),
                kind: "file".into(),
                format: Some("access".into()),
                lag_bytes: 18_400,
                ..SourceStatus::default()
            },
        ],
        spool_bytes: 12_000_000,
        spool_limit: 1 << 30,
        ..Status::default()
    };
    let (received, drift, waiting) = match number {
        4 => (now.plus(-2 * HOUR - 14 * MINUTE), 0, 0),
        6 => (now.plus(-3 * SECOND), 41 * SECOND, 0),
        8 => (now.plus(-31 * SECOND), 0, 14),
        n => (now.plus(-i64::try_from(n).unwrap() * SECOND), 120_000, 0),
    };
    let told = Told {
        drift: Some(drift),
        waiting: Some(waiting),
        report: Some(serde_json::to_string(&report).unwrap()),
        ..Told::default()
    };
    let body = format!("{LINE}\n").repeat(400 + number * 137);
    let batches = vec![
        batch("/var/log/auth.log", 1, body.as_bytes()),
        batch("/var/log/nginx/access.log", 2, body.as_bytes()),
    ];
    house.desk.inbox.take(Parcel { sensor: id, batches, told, received }).await.unwrap();
}

/// Most sensors are heard again.
pub(crate) async fn beat(house: &House) {
    let mut read = house.desk.store.read().await.unwrap();
    let all = sensors::list(read.link(), None).await.unwrap();
    drop(read);
    for sensor in all {
        if sensor.id.contains("cole") || sensor.id.contains("jefferson") {
            continue;
        }
        let told = Told::default();
        let parcel = Parcel { sensor: sensor.id, batches: Vec::new(), told, received: now() };
        house.desk.inbox.take(parcel).await.unwrap();
    }
}

/// A case of the day: rung, kind, title, records, sources, county.
type Day = (Rung, &'static str, &'static str, u64, u64, &'static str);

const DAY_OF_CASES: [Day; 9] = [
    (
        Rung::Access,
        "login.guess_then_success",
        "Password guessing at 2 accounts of vpn1 that succeeded for jclerk",
        1_204,
        3,
        "greene-county",
    ),
    (
        Rung::Attempt,
        "login.distributed",
        "One list of 38 accounts tried by 412 sources",
        18_220,
        412,
        "boone-county",
    ),
    (Rung::Attempt, "web.sqli", "SQL injection at the voter look-up", 311, 1, "adair-county"),
    (
        Rung::Attempt,
        "login.guess",
        "Password guessing at 3 accounts of web1",
        96,
        1,
        "adair-county",
    ),
    (
        Rung::Attempt,
        "web.stuffing",
        "Sign-ins with stolen passwords at portal",
        2_480,
        57,
        "cole-county",
    ),
    (
        Rung::Attempt,
        "probe.persistent",
        "Remote desktop of 2 machines tried for 9 hours",
        812,
        1,
        "jasper-county",
    ),
    (Rung::Scan, "scan.horizontal", "Port 3389 of 214 machines", 428, 1, "cass-county"),
    (Rung::Scan, "scan.vertical", "1,024 ports of fw1", 1_024, 1, "platte-county-board"),
    (
        Rung::Scan,
        "scan.distributed",
        "Port 443 of 300 machines, by 24 sources",
        7_200,
        24,
        "franklin-county",
    ),
];

/// The cases of the day.
async fn file(house: &House) {
    let mut tx = house.desk.store.begin().await.unwrap();
    for (number, day) in (1..).zip(DAY_OF_CASES) {
        for scope in ["state", day.5] {
            let case = case_of(number, day, scope);
            let (id, begun) = (&case.id, case.first);
            cases::upsert(tx.link(), &case).await.unwrap();
            for (at, rung, what) in [
                (begun.plus(SECOND), Rung::Scan, "opened as a scan"),
                (
                    begun.plus(90 * SECOND),
                    day.0,
                    "raised: refused sign-ins for accounts that exist",
                ),
            ] {
                cases::step(tx.link(), id, at, rung, what).await.unwrap();
            }
            seal(&mut tx, id, begun).await;
        }
    }
    tx.commit(Audit::Machine).await.unwrap();
}

fn case_of(number: i64, (rung, kind, title, records, sources, county): Day, scope: &str) -> Kept {
    let id = format!("W-{number:02}a4c8{}", if scope == "state" { "" } else { "-l" });
    let begun = now().plus(-number * 47 * MINUTE);
    Kept {
        kind: kind.into(),
        records,
        source_count: sources,
        sources: (0..sources.min(40))
            .map(|n| format!("198.51.100.{}", 20 + n).parse().unwrap())
            .collect(),
        jurisdictions: vec![county.into()],
        opened: begun.plus(SECOND),
        first: begun,
        last: now().plus(-number * 9 * MINUTE),
        because: vec![
            format!("{records} records of {sources} sources that no service of ours had invited."),
            "412 sign-ins were refused for 3 accounts, of which 2 exist.".into(),
            "The median pause between two tries is 1.4 s: no person types so.".into(),
        ],
        body: serde_json::json!({
            "accounts": ["jclerk", "admin", "root"],
            "targets": ["vpn1:443", "web1:22"],
            "target_count": 2,
            "networks": ["198.51.100.0/24"],
            "related": if number == 4 { vec!["W-03a4c8"] } else { vec![] },
        }),
        ..kept(&id, scope, rung, title)
    }
}

async fn seal(tx: &mut ward_store::Tx, case: &str, begun: Time) {
    for (number, shows) in [(0_i64, "first failure"), (1, "a failure of the run"), (2, "success")] {
        let line = LINE.replace("811", &format!("81{number}")).into_bytes();
        let seal = Seal {
            stream: 1,
            place: 4711 + u64::try_from(number).unwrap() * 118,
            at: begun.plus(number * 13 * SECOND),
            shows: shows.into(),
            sha256: Sha256::digest(&line).into(),
            line,
        };
        evidence::seal(tx.link(), case, &seal).await.unwrap();
    }
}

/// Three months of sightings.
fn past(house: &House) {
    let today = ward_history::day_of(now());
    let mut sightings = Vec::new();
    for (ago, county) in
        [(0, "adair-county"), (1, "greene-county"), (9, "boone-county"), (61, "cole-county")]
    {
        let at = Time::from_micros(i64::from(today - ago) * DAY);
        sightings.push(Sighting {
            day: today - ago,
            kind: KeyKind::Address,
            key: "198.51.100.23".into(),
            sensor: "Front office firewall".into(),
            jurisdiction: county.into(),
            count: 1_234,
            first: at.plus(HOUR),
            last: at.plus(3 * HOUR),
            rung: Some(if ago == 1 { Rung::Access } else { Rung::Attempt }),
        });
    }
    let heard: Vec<Heard> = (0..90)
        .map(|ago| Heard {
            day: today - ago,
            sensor: "Front office firewall".into(),
            jurisdiction: "adair-county".into(),
            records: 81_004,
        })
        .collect();
    let flush = Flush { sightings: &mut sightings, heard: &heard, from: 1, to: 9 };
    house.history.lock().unwrap().flush(flush).unwrap();
}
