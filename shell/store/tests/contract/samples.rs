//! Synthetic people, sensors, batches and cases.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use ward_access::{Jurisdiction, JurisdictionKind, OrganisationKind, Role};
use ward_kernel::{Rung, Time};
use ward_live::{Kept, Standing};
use ward_store::audit::Entry;
use ward_store::batch::Incoming;
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::sensors::{self, Enrolment, Sensor};
use ward_store::{Audit, Store, Tx};

/// A moment some seconds into the samples' day.
pub(crate) const fn at(secs: i64) -> Time {
    Time::from_secs(1_793_736_000 + secs)
}

pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

pub(crate) fn entry(act: &str, object: &str) -> Entry {
    Entry {
        at: at(0),
        actor: "p-1".to_owned(),
        actor_name: "Desk analyst".to_owned(),
        act: act.to_owned(),
        object: object.to_owned(),
        detail: String::new(),
        address: "192.0.2.7".to_owned(),
    }
}

/// Ends a write as the machine.
pub(crate) async fn done(tx: Tx) {
    tx.commit(Audit::Machine).await.unwrap();
}

pub(crate) fn jurisdictions() -> Vec<Jurisdiction> {
    let one = |id: &str, name: &str| Jurisdiction {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: JurisdictionKind::Clerk,
        counties: vec![name.to_owned()],
    };
    vec![one("adair-county", "Adair County"), one("boone-county", "Boone County")]
}

pub(crate) fn person(id: &str, role: Role, jurisdiction: Option<&str>) -> Person {
    Person {
        id: id.to_owned(),
        name: format!("Person {id}"),
        email: format!("{id}@office.example"),
        role,
        organisation: "office".to_owned(),
        jurisdiction: jurisdiction.map(str::to_owned),
        active: true,
        created: at(0),
        last_sign_in: None,
    }
}

/// An office with two jurisdictions, an organisation, an analyst `p-1` and a clerk `p-2`.
pub(crate) async fn office(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    office::set_jurisdictions(tx.link(), &jurisdictions()).await.unwrap();
    let office = Organisation {
        id: "office".to_owned(),
        kind: OrganisationKind::StateOffice,
        name: "Office of the Secretary of State".to_owned(),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &office).await.unwrap();
    people::add(tx.link(), &person("p-1", Role::Analyst, None)).await.unwrap();
    let clerk = person("p-2", Role::LocalClerk, Some("adair-county"));
    people::add(tx.link(), &clerk).await.unwrap();
    done(tx).await;
}

/// Enrols a sensor.
pub(crate) async fn sensor(store: &Store, id: &str, jurisdiction: &str) -> Sensor {
    let code = Enrolment {
        id: format!("e-{id}"),
        hash: hash(id).to_vec(),
        name: format!("Sensor {id}"),
        jurisdiction: jurisdiction.to_owned(),
        made_by: "p-1".to_owned(),
        created: at(0),
        expires: at(3600),
        used: None,
        sensor: None,
    };
    let mut tx = store.begin().await.unwrap();
    sensors::add_code(tx.link(), &code).await.unwrap();
    let enrolled = sensors::enrol(tx.link(), &hash(id), id, &[7; 32], at(1)).await.unwrap();
    done(tx).await;
    enrolled.unwrap()
}

/// A batch of three lines that name it.
pub(crate) fn batch(sensor: &str, sequence: u64, stream: &str) -> Incoming {
    let plain = format!("{sensor} {sequence} {stream}\n").repeat(3);
    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    body.write_all(plain.as_bytes()).unwrap();
    Incoming {
        sequence,
        stream: stream.to_owned(),
        generation: 1,
        format: String::new(),
        base: (sequence - 1) * 1000,
        length: plain.len() as u64,
        records: 3,
        sha256: Sha256::digest(&plain).into(),
        body: body.finish().unwrap(),
        head: plain.into_bytes(),
    }
}

pub(crate) fn case(id: &str, scope: &str, rung: Rung) -> Kept {
    Kept {
        id: id.to_owned(),
        judged_id: format!("j-{id}"),
        scope: scope.to_owned(),
        kind: "login.guess".to_owned(),
        rung,
        title: format!("Guesses at accounts, case {id}"),
        opened: at(10),
        updated: at(20),
        first: at(5),
        last: at(15),
        records: 12,
        sources: vec!["192.0.2.9".parse().unwrap()],
        source_count: 1,
        jurisdictions: vec!["adair-county".to_owned()],
        authorised: None,
        because: vec!["12 guesses failed".to_owned()],
        standing: Standing::Open,
        body: serde_json::json!({ "kind": "login.guess" }),
    }
}
