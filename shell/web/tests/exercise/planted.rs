//! What lies in one world and may never be seen in the other: things of every kind with one word in
//! them, and the secrets by which people, programs and machines come in.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use ward_access::{Jurisdiction, OrganisationKind, Role, codes};
use ward_kernel::time::{DAY, HOUR};
use ward_store::audit::Entry;
use ward_store::evidence::{self, Seal};
use ward_store::invitations::{self, Invitation};
use ward_store::office::{self, Organisation};
use ward_store::sensors::{self, Enrolment};
use ward_store::tokens::{self, Token};
use ward_store::{Audit, Tx, cases, logbook, meta, people, sessions};

use crate::filled::{Filled, OURS, kept, now};
use crate::office as made;

/// Kinds of logs that people put down.
const LOGS: [&str; 6] = ["rumor", "election", "case", "point", "contacts", "notice"];

/// The secrets of one world, and what is known by them.
pub(crate) struct Planted {
    pub(crate) session: [u8; 32],
    pub(crate) token: [u8; 32],
    pub(crate) invitation: [u8; codes::INVITATION_BYTES],
    pub(crate) code: [u8; 16],
    /// The id of an enrolled sensor, and its key.
    pub(crate) sensor: (String, Ed25519KeyPair),
    /// What begins a path, and the id of what it is about.
    pub(crate) ids: Vec<(&'static str, String)>,
}

impl Planted {
    /// The id that stands in a path of its kind; all of them for a path that names nothing.
    pub(crate) fn ids_for(&self, path: &str) -> Vec<&str> {
        let path = path.trim_start_matches("/api/v1");
        let own = self.ids.iter().find(|(begin, _)| path.starts_with(begin));
        match own {
            Some((_, id)) => vec![id],
            None => self.ids.iter().map(|(_, id)| id.as_str()).collect(),
        }
    }

    pub(crate) fn cookie(&self) -> String {
        BASE64URL_NOPAD.encode(&self.session)
    }

    pub(crate) fn bearer(&self) -> String {
        format!("ward_{}", BASE64URL_NOPAD.encode(&self.token))
    }

    pub(crate) fn link(&self) -> String {
        codes::write(&self.invitation)
    }

    pub(crate) fn code(&self) -> String {
        HEXLOWER.encode(&self.code)
    }
}

/// What begins a path, and the id of what it is about.
fn ids(tag: &str) -> Vec<(&'static str, String)> {
    vec![
        ("/cases/", format!("W-{tag}")),
        ("/incidents/", format!("incident-{tag}")),
        ("/room/positions/", "lead".to_owned()),
        ("/room/checks/", format!("check-{tag}")),
        ("/sensors/codes/", format!("code-{tag}")),
        ("/sensors/", format!("sensor-{tag}")),
        ("/people/", format!("p-{tag}")),
        ("/invitations/", format!("i-{tag}")),
        ("/tokens/", format!("t-{tag}")),
        ("/settings/tokens/", format!("t-{tag}")),
        ("/account/sessions/", format!("s-{tag}")),
        ("/rumors/", format!("rumor-{tag}")),
        ("/elections/", format!("election-{tag}")),
        ("/situation/", OURS.to_owned()),
        ("/contacts/", OURS.to_owned()),
        ("/checklists/points/", "accounts-reviewed".to_owned()),
        ("/checklists/", OURS.to_owned()),
        ("/sign-in/elsewhere/", format!("provider-{tag}")),
    ]
}

/// What a path is about is named for every kind of thing that there is.
#[test]
fn every_path_has_ids_of_its_own() {
    for route in ward_web::route::all().filter(|route| route.path.contains('{')) {
        let path = route.path.trim_start_matches("/api/v1");
        assert!(ids("x").iter().any(|(begin, _)| path.starts_with(begin)), "{}", route.path);
    }
}

/// Puts things of every kind into a world, each with a word in it that stands nowhere else.
pub(crate) async fn plant(filled: &Filled, tag: &str, seed: u8, word: &str) -> Planted {
    let key = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let planted = Planted {
        session: [seed; 32],
        token: [seed.wrapping_add(1); 32],
        invitation: [seed.wrapping_add(2); codes::INVITATION_BYTES],
        code: [seed.wrapping_add(3); 16],
        sensor: (format!("sensor-{tag}"), key),
        ids: ids(tag),
    };
    let mut tx = filled.desk.store.begin().await.unwrap();
    place(&mut tx, tag, word).await;
    doors(filled, &mut tx, &planted, tag, word).await;
    case(&mut tx, tag, word).await;
    tx.commit(Audit::Entry(Entry {
        at: now(),
        actor: format!("p-{tag}"),
        actor_name: format!("Planted {word}"),
        act: "case.note".into(),
        object: format!("W-{tag}"),
        detail: word.to_owned(),
        address: "192.0.2.9".into(),
    }))
    .await
    .unwrap();
    let store = &filled.desk.store;
    made::incident(store, &format!("incident-{tag}"), OURS, (now(), word)).await;
    made::check(store, &format!("check-{tag}"), now(), &[OURS]).await;
    planted
}

/// Logs of every kind, in words that no machine knows: they are there to be found, not to be read.
pub(crate) async fn logs(filled: &Filled, tag: &str, word: &str) {
    let mut tx = filled.desk.store.begin().await.unwrap();
    for kind in LOGS {
        let log = logbook::Log {
            id: format!("{kind}-{tag}"),
            kind: kind.to_owned(),
            jurisdiction: None,
            begun: now(),
            updated: now(),
            open: true,
        };
        let entry = logbook::New {
            number: 1,
            key: format!("key-{kind}"),
            at: now(),
            actor: format!("p-{tag}"),
            actor_name: word.to_owned(),
            body: format!("{{\"act\":\"{word}\"}}"),
        };
        logbook::begin(tx.link(), &log).await.unwrap();
        logbook::add(tx.link(), &log.id, &entry, true).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}

/// The office and its jurisdictions.
async fn place(tx: &mut Tx, tag: &str, word: &str) {
    meta::set(tx.link(), office::NAME, &format!("Office of {word}")).await.unwrap();
    meta::set(tx.link(), office::PHONE, word).await.unwrap();
    let named = |one: Jurisdiction| Jurisdiction { name: format!("{} {word}", one.name), ..one };
    let list: Vec<_> = ward_access::missouri().into_iter().map(named).collect();
    office::set_jurisdictions(tx.link(), &list).await.unwrap();
    let new = Organisation {
        id: format!("o-{tag}"),
        kind: OrganisationKind::Partner,
        name: format!("Partner {word}"),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &new).await.unwrap();
}

/// Whatever lets somebody in.
async fn doors(filled: &Filled, tx: &mut Tx, planted: &Planted, tag: &str, word: &str) {
    let (keys, at) = (&filled.desk.keys, now());
    let id = format!("p-{tag}");
    let mut person = made::person(&id, &format!("Person {word}"), Role::Administrator, None, at);
    person.email = format!("{word}@office.example");
    people::add(tx.link(), &person).await.unwrap();
    let mut session = made::session(&format!("s-{tag}"), &id, &planted.session, at);
    session.hash = keys.kept(&planted.session).to_vec();
    sessions::begin(tx.link(), &session).await.unwrap();
    let token = Token {
        id: format!("t-{tag}"),
        hash: keys.kept(&planted.token).to_vec(),
        name: format!("Token {word}"),
        role: Role::Lead,
        jurisdiction: None,
        made_by: id.clone(),
        created: at,
        expires: at.plus(9 * DAY),
        used: None,
        ended: None,
    };
    tokens::add(tx.link(), &token).await.unwrap();
    let invitation = Invitation {
        id: format!("i-{tag}"),
        hash: keys.kept(&planted.invitation).to_vec(),
        name: format!("Guest {word}"),
        email: format!("guest.{word}@office.example"),
        role: Role::Administrator,
        organisation: "state".into(),
        jurisdiction: None,
        invited_by: id.clone(),
        created: at,
        expires: at.plus(9 * DAY),
        used: None,
    };
    invitations::add(tx.link(), &invitation).await.unwrap();
    let code = |id: String, hash: [u8; 32]| Enrolment {
        id,
        hash: hash.to_vec(),
        name: format!("Sensor {word}"),
        jurisdiction: OURS.into(),
        made_by: format!("p-{tag}"),
        created: at.plus(-HOUR),
        expires: at.plus(9 * DAY),
        used: None,
        sensor: None,
    };
    let open = code(format!("code-{tag}"), keys.kept(&planted.code));
    sensors::add_code(tx.link(), &open).await.unwrap();
    let used = code(format!("used-{tag}"), [0xee; 32]);
    sensors::add_code(tx.link(), &used).await.unwrap();
    let (id, key) = &planted.sensor;
    let public = key.public_key().as_ref();
    sensors::enrol(tx.link(), &[0xee; 32], id, public, at).await.unwrap().unwrap();
}

/// A case of the state with its evidence.
async fn case(tx: &mut Tx, tag: &str, word: &str) {
    let id = format!("W-{tag}");
    let mut kept = kept(&id, "state");
    kept.title = format!("Case {word}");
    kept.because = vec![word.to_owned()];
    cases::upsert(tx.link(), &kept).await.unwrap();
    cases::step(tx.link(), &id, kept.opened, kept.rung, word).await.unwrap();
    let seal = Seal {
        stream: 1,
        place: 4712,
        at: kept.first,
        shows: word.into(),
        sha256: [7; 32],
        line: word.as_bytes().to_vec(),
    };
    evidence::seal(tx.link(), &id, &seal).await.unwrap();
}
