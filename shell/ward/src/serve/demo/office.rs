//! The made-up office: its people by their roles, its sensors.

use anyhow::bail;
use ward_access::{OrganisationKind, Role, missouri};
use ward_kernel::Time;
use ward_store::audit::Entry;
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::sensors::{self, Enrolment};
use ward_store::{Audit, Store, meta};

use crate::serve::clock;

/// A sensor of the demonstration and the files that it hands in: the stream's name, and where it
/// lies in the recording.
pub(super) struct DemoSensor {
    pub(super) id: &'static str,
    name: &'static str,
    jurisdiction: &'static str,
    pub(super) files: &'static [(&'static str, &'static str)],
}

/// The sensors. The last two hand in nothing: silence has to be seen too.
pub(super) const SENSORS: &[DemoSensor] = &[
    DemoSensor {
        id: "demo-lookup",
        name: "Voter look-up web server",
        jurisdiction: ward_access::STATE_OFFICE,
        files: &[
            ("/var/log/nginx/access.log", "web/access.log"),
            ("/var/log/auth.log", "web/auth.log"),
        ],
    },
    DemoSensor {
        id: "demo-bastion",
        name: "Clerks' bastion",
        jurisdiction: "boone-county",
        files: &[("/var/log/auth.log", "bastion/auth.log")],
    },
    DemoSensor {
        id: "demo-firewall",
        name: "Outer firewall",
        jurisdiction: "cole-county",
        files: &[("/var/log/kern.log", "firewall/kern.log")],
    },
    DemoSensor {
        id: "demo-annex",
        name: "Annex file server",
        jurisdiction: "boone-county",
        files: &[],
    },
    DemoSensor {
        id: "demo-adair",
        name: "Clerk's office",
        jurisdiction: "adair-county",
        files: &[],
    },
];

/// A person of the demonstration: named by what they do, not as anybody is called.
const PEOPLE: &[(&str, &str, Role, Option<&str>)] = &[
    ("demo-administrator", "Desk administrator", Role::Administrator, None),
    ("demo-lead", "Desk lead", Role::Lead, None),
    ("demo-analyst", "Desk analyst", Role::Analyst, None),
    ("demo-auditor", "Auditor", Role::Auditor, None),
    ("demo-clerk", "Clerk of Boone County", Role::LocalClerk, Some("boone-county")),
    ("demo-it", "IT of Boone County", Role::LocalIt, Some("boone-county")),
];

/// The key of the store's small facts that marks a demonstration's.
const MARK: &str = "demonstration";

/// Whether a store may be opened this way: a demonstration's is never an office's, and no office's
/// is ever played into.
///
/// # Errors
/// A sentence, and those of the store.
pub(in crate::serve) async fn check(store: &Store, demo: bool) -> anyhow::Result<()> {
    let marked = is_kept_in(store).await?;
    let mut read = store.read().await?;
    let set_up = office::is_set_up(read.link()).await?;
    match (demo, set_up, marked) {
        (true, true, false) => bail!("this is an office's own store: --demo needs another folder"),
        (true, true, true) => {
            bail!(
                "this demonstration was played already: give --data a new folder, or leave it out"
            )
        }
        (false, _, true) => bail!(
            "this is the store of a demonstration that was played: give --data another folder"
        ),
        _ => Ok(()),
    }
}

/// Whether a store is a demonstration's.
///
/// # Errors
/// Those of the store.
pub(crate) async fn is_kept_in(store: &Store) -> Result<bool, ward_store::Error> {
    if store.world().await?.is_none() {
        return Ok(false);
    }
    let mut read = store.read().await?;
    Ok(meta::get(read.link(), MARK).await?.is_some())
}

/// Puts the office, its people and its sensors into an empty store.
///
/// # Errors
/// Those of the store.
pub(in crate::serve) async fn people(store: &Store) -> anyhow::Result<()> {
    let now = clock::now();
    let mut tx = store.begin().await?;
    if office::is_set_up(tx.link()).await? {
        return Ok(());
    }
    meta::set(tx.link(), MARK, "1").await?;
    office::set_jurisdictions(tx.link(), &missouri()).await?;
    for (key, value) in [
        (office::STATE, "MO"),
        (office::NAME, "Demonstration office"),
        (office::ZONE, super::calendar::ZONE),
        // Numbers that belong to nobody.
        (office::PHONE, "573-555-0100"),
        (office::MAIL, "desk@office.example"),
    ] {
        meta::set(tx.link(), key, value).await?;
    }
    for (id, kind, name, jurisdiction) in [
        ("demo-state", OrganisationKind::StateOffice, "Demonstration office", None),
        ("demo-boone", OrganisationKind::LocalAuthority, "Boone County", Some("boone-county")),
    ] {
        let jurisdiction = jurisdiction.map(str::to_owned);
        let new = Organisation { id: id.to_owned(), kind, name: name.to_owned(), jurisdiction };
        office::add_organisation(tx.link(), &new).await?;
    }
    for person in PEOPLE {
        people::add(tx.link(), &person_of(*person, now)).await?;
    }
    for (number, sensor) in SENSORS.iter().enumerate() {
        enrol(&mut tx, number, sensor, now).await?;
    }
    past(&mut tx, now).await?;
    meta::set(tx.link(), office::SETUP_DONE, &now.micros().to_string()).await?;
    tx.commit(Audit::Entry(Entry {
        at: now,
        actor: String::new(),
        actor_name: "demonstration".to_owned(),
        act: "set-up.done".to_owned(),
        object: String::new(),
        detail: "a made-up office was put in".to_owned(),
        address: String::new(),
    }))
    .await?;
    Ok(())
}

/// What its people did and were told before.
async fn past(tx: &mut ward_store::Tx, now: Time) -> anyhow::Result<()> {
    super::decided::put(tx.link(), now).await?;
    super::room::put(tx.link(), now).await?;
    super::notices::put(tx.link(), now).await?;
    super::files::put(tx.link(), now).await?;
    super::calendar::put(tx.link(), now).await?;
    super::points::put(tx.link(), now).await?;
    super::rumors::put(tx.link(), now).await?;
    Ok(())
}

fn person_of(
    (id, name, role, jurisdiction): (&str, &str, Role, Option<&str>),
    now: Time,
) -> Person {
    let organisation = if jurisdiction.is_some() { "demo-boone" } else { "demo-state" };
    Person {
        id: id.to_owned(),
        name: name.to_owned(),
        email: format!("{}@office.example", id.trim_start_matches("demo-")),
        role,
        organisation: organisation.to_owned(),
        jurisdiction: jurisdiction.map(str::to_owned),
        active: true,
        created: now,
        last_sign_in: None,
    }
}

/// Enrols a sensor without a key: only the demonstration itself hands in its records. (Thirty-two
/// zero bytes would be a key of small order, under which anybody can sign one message in four.)
async fn enrol(
    tx: &mut ward_store::Tx,
    number: usize,
    sensor: &DemoSensor,
    now: Time,
) -> Result<(), ward_store::Error> {
    let hash = [u8::try_from(number).unwrap_or(u8::MAX); 32];
    let code = Enrolment {
        id: format!("demo-code-{number}"),
        hash: hash.to_vec(),
        name: sensor.name.to_owned(),
        jurisdiction: sensor.jurisdiction.to_owned(),
        made_by: "demo-administrator".to_owned(),
        created: now,
        expires: now.plus(60_000_000),
        used: None,
        sensor: None,
    };
    sensors::add_code(tx.link(), &code).await?;
    sensors::enrol(tx.link(), &hash, sensor.id, sensors::NO_KEY, now).await?;
    Ok(())
}
