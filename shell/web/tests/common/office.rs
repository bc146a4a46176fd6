//! An office with its organisations, people who are signed in without a word, and what was seen:
//! all of it made up.

use ward_access::{OrganisationKind, Role, Stage};
use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{KeyKind, Rung, Sighting, Time};
use ward_store::office::{self, Organisation};
use ward_store::people::Person;
use ward_store::sessions::Session;
use ward_store::{Audit, Store, logbook, meta};
use ward_web::keys::hashed;

/// The county of those who are bound to one.
pub(crate) const OURS: &str = "adair-county";
/// Another county.
pub(crate) const THEIRS: &str = "boone-county";

/// Sets an office up with the jurisdictions of Missouri.
pub(crate) async fn found(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for (key, value) in [
        (office::NAME, "Office of Example State"),
        (office::STATE, "MO"),
        (office::ZONE, "America/Chicago"),
        (office::SETUP_DONE, "1"),
        ("office.phone", "555-0100"),
        ("office.mail", "desk@office.example"),
    ] {
        meta::set(tx.link(), key, value).await.unwrap();
    }
    office::set_jurisdictions(tx.link(), &ward_access::missouri()).await.unwrap();
    for (id, kind, name, place) in [
        ("state", OrganisationKind::StateOffice, "Office of Example State", None),
        ("o-partner", OrganisationKind::Partner, "Neighbouring office", None),
        (OURS, OrganisationKind::LocalAuthority, "Adair County", Some(OURS)),
        (THEIRS, OrganisationKind::LocalAuthority, "Boone County", Some(THEIRS)),
    ] {
        let jurisdiction = place.map(str::to_owned);
        let one = Organisation { id: id.into(), kind, name: name.into(), jurisdiction };
        office::add_organisation(tx.link(), &one).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}

/// Somebody of a role who came in at a moment.
pub(crate) fn person(id: &str, name: &str, role: Role, place: Option<&str>, at: Time) -> Person {
    Person {
        id: id.to_owned(),
        name: name.to_owned(),
        email: format!("{id}@office.example"),
        role,
        organisation: match (place, role) {
            (Some(place), _) => place.to_owned(),
            (None, Role::Partner) => "o-partner".to_owned(),
            (None, _) => "state".to_owned(),
        },
        jurisdiction: place.map(str::to_owned),
        active: true,
        created: at,
        last_sign_in: Some(at),
    }
}

/// A session of somebody, begun and confirmed at a moment.
pub(crate) fn session(id: &str, person: &str, secret: &[u8], at: Time) -> Session {
    Session {
        id: id.to_owned(),
        hash: hashed(secret).to_vec(),
        person: person.to_owned(),
        stage: Stage::Full,
        csrf: Vec::new(),
        created: at,
        seen: at,
        expires: at.plus(8 * HOUR),
        confirmed: Some(at),
        address: "192.0.2.10".into(),
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0".into(),
    }
}

/// A key that a sensor of a place saw so many days ago.
pub(crate) fn seen(
    (sensor, place): (&str, &str),
    (kind, key): (KeyKind, &str),
    (today, ago): (i32, i32),
) -> Sighting {
    let day = today - ago;
    let at = Time::from_micros(i64::from(day) * DAY);
    Sighting {
        day,
        kind,
        key: key.into(),
        sensor: sensor.into(),
        jurisdiction: place.into(),
        count: 1_234,
        first: at.plus(HOUR),
        last: at.plus(3 * HOUR),
        rung: Some(Rung::Attempt),
    }
}

/// A communications check that asks these jurisdictions.
pub(crate) async fn check(store: &Store, id: &str, at: Time, jurisdictions: &[&str]) {
    let ask = serde_json::json!({ "act": { "ask": {
        "question": "Do you read us?", "jurisdictions": jurisdictions,
    } } });
    log(store, ("check", id, None), at, &ask.to_string()).await;
}

/// An election whose day begins at a moment.
pub(crate) async fn election(store: &Store, id: &str, midnight: Time, name: &str) {
    let midnight = Time::from_secs(midnight.secs());
    let set = serde_json::json!({ "act": { "set": {
        "name": name,
        "opens": midnight.plus(6 * HOUR),
        "closes": midnight.plus(19 * HOUR),
        "certifies": midnight.plus(20 * DAY),
        "days": {
            "before": midnight.plus(-45 * DAY),
            "midnight": midnight,
            "noon": midnight.plus(36 * HOUR),
        },
    } } });
    log(store, ("election", id, None), midnight.plus(-50 * DAY), &set.to_string()).await;
}

/// An incident that somebody of a place reported, with these words in it.
pub(crate) async fn incident(store: &Store, id: &str, place: &str, (at, words): (Time, &str)) {
    let report = serde_json::json!({ "act": { "report": {
        "kind": "poll-books", "voting": "slowed", "place": words, "what": words,
        "call_back": "555-0142", "told_by": null,
    } } });
    let jurisdiction = (place != "state").then_some(place);
    log(store, ("incident", id, jurisdiction), at, &report.to_string()).await;
}

/// A contact of an office, with these words in it, put down at a moment.
pub(crate) async fn contact(store: &Store, place: &str, (at, words): (Time, &str)) {
    let put = serde_json::json!({ "act": { "put": { "id": "c-1", "contact": {
        "title": words, "name": words, "telephone": "573-555-0142", "second": words,
        "mail": "clerk@adair.example", "hours": words, "note": words, "first": true,
    } } } });
    log(store, ("contacts", &format!("contacts-{place}"), Some(place)), at, &put.to_string()).await;
}

/// A point that somebody of an office has ticked, with these words as its note.
pub(crate) async fn ticked(
    store: &Store,
    (election, place, point): (&str, &str, &str),
    (at, words): (Time, &str),
) {
    let tick = serde_json::json!({ "act": { "tick": { "asked": "Something", "note": words } } });
    let id = format!("point.{election}.{place}.{point}");
    log(store, ("point", &id, Some(place)), at, &tick.to_string()).await;
}

/// A rumor that somebody of a place heard, with these words in it, about that place alone.
pub(crate) async fn rumor(store: &Store, id: &str, place: &str, (at, words): (Time, &str)) {
    let jurisdiction = (place != "state").then_some(place);
    let heard = serde_json::json!({ "act": { "hear": {
        "claim": words, "place": words, "spread": "few", "link": "https://social.example/1",
        "jurisdictions": jurisdiction.into_iter().collect::<Vec<_>>(),
    } } });
    log(store, ("rumor", id, jurisdiction), at, &heard.to_string()).await;
}

/// A log of the room with its first entry.
async fn log(store: &Store, (kind, id, place): (&str, &str, Option<&str>), at: Time, body: &str) {
    let log = logbook::Log {
        id: id.to_owned(),
        kind: kind.to_owned(),
        jurisdiction: place.map(str::to_owned),
        begun: at,
        updated: at,
        open: true,
    };
    let whose = place.unwrap_or("state");
    let new = logbook::New {
        number: 1,
        key: format!("key-{id}"),
        at,
        actor: format!("reporter-{whose}"),
        actor_name: format!("Reporter of {whose}"),
        body: body.to_owned(),
    };
    let mut tx = store.begin().await.unwrap();
    logbook::begin(tx.link(), &log).await.unwrap();
    logbook::add(tx.link(), id, &new, kind != "point").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}
