//! Secrets at the doors: what opens one world opens nothing in the other, even if the row by which
//! it is known there lay in the other's store.

use axum::http::Method;
use data_encoding::HEXLOWER;
use ring::signature::KeyPair as _;
use serde_json::json;
use ward_kernel::World;
use ward_kernel::time::DAY;
use ward_sensor::{Credential, ENROL_PATH, HELD_PATH};
use ward_store::invitations::{self, Invitation};
use ward_store::sensors::{self, Enrolment};
use ward_store::tokens::{self, Token};
use ward_store::{Audit, people, sessions};
use ward_web::keys::hashed;

use crate::client::{Answer, Body, Brings, cookie, send, token};
use crate::filled::{OURS, now};
use crate::office as made;
use crate::worlds::{Side, Worlds};

async fn get(side: &Side, path: &str, brings: &Brings) -> Answer {
    send(side.filled.address, Method::GET, path, brings, &Body::default()).await
}

/// The names of a world's cookies.
fn named(side: &Side, name: &str) -> String {
    let world = side.filled.desk.settings.world;
    format!("ward-{}{name}", if world.is_exercise() { "exercise-" } else { "" })
}

/// Whether a world lets in by each of the secrets: a session, a token, an invitation.
async fn opens(side: &Side, of: &Side) -> [bool; 3] {
    let session = cookie(&named(side, "session"), &of.planted.cookie());
    let session = get(side, "/account", &session).await.status == 200;
    let token = get(side, "/api/v1/office", &token(&of.planted.bearer())).await.status == 200;
    let asked = format!("/invitation?key={}", of.planted.link());
    let exchanged = get(side, &asked, &Vec::new()).await;
    let given = exchanged.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let (name, value) = given.split_once('=').unwrap();
    assert_eq!(name, named(side, "invitation"));
    let page = get(side, "/invitation", &cookie(name, value)).await;
    [session, token, page.text().contains("Welcome to the desk")]
}

/// Tells a sensor's request to enrol by a code; whether it was taken.
async fn enrols(side: &Side, of: &Side, said: World, key: u8) -> bool {
    let asked = json!({
        "secret": of.planted.code(), "public_key": HEXLOWER.encode(&[key; 32]),
        "host": "a machine", "version": "0", "world": said,
    });
    let body = Body { kind: "application/json", bytes: asked.to_string().into_bytes() };
    let answer = send(side.filled.address, Method::POST, ENROL_PATH, &Vec::new(), &body).await;
    assert!([200, 401, 403, 404, 409].contains(&answer.status), "{}", answer.says());
    answer.status == 200
}

/// Copies the rows by which one world knows its secrets into the other's store, letter by letter.
async fn copy(to: &Side, of: &Side) {
    let (keys, planted, at) = (&of.filled.desk.keys, &of.planted, now());
    let mut tx = to.filled.desk.store.begin().await.unwrap();
    let person = made::person("p-copied", "Copied", ward_access::Role::Lead, None, at);
    people::add(tx.link(), &person).await.unwrap();
    let mut session = made::session("s-copied", "p-copied", b"", at);
    session.hash = keys.kept(&planted.session).to_vec();
    sessions::begin(tx.link(), &session).await.unwrap();
    let (created, expires) = (at, at.plus(DAY));
    let token = Token {
        id: "t-copied".into(),
        hash: keys.kept(&planted.token).to_vec(),
        name: "Copied".into(),
        role: ward_access::Role::Lead,
        jurisdiction: None,
        made_by: "p-copied".into(),
        created,
        expires,
        used: None,
        ended: None,
    };
    tokens::add(tx.link(), &token).await.unwrap();
    let invitation = Invitation {
        id: "i-copied".into(),
        hash: keys.kept(&planted.invitation).to_vec(),
        name: "Copied".into(),
        email: "copied@office.example".into(),
        role: ward_access::Role::Lead,
        organisation: "state".into(),
        jurisdiction: None,
        invited_by: String::new(),
        created,
        expires,
        used: None,
    };
    invitations::add(tx.link(), &invitation).await.unwrap();
    let code = |id: &str, hash: [u8; 32]| Enrolment {
        id: id.into(),
        hash: hash.to_vec(),
        name: "Copied".into(),
        jurisdiction: OURS.into(),
        made_by: String::new(),
        created,
        expires,
        used: None,
        sensor: None,
    };
    let open = code("code-copied", keys.kept(&planted.code));
    sensors::add_code(tx.link(), &open).await.unwrap();
    let used = code("code-of-copied", hashed(b"copied"));
    sensors::add_code(tx.link(), &used).await.unwrap();
    let (id, key) = &planted.sensor;
    let public = key.public_key().as_ref();
    let copied = sensors::enrol(tx.link(), &hashed(b"copied"), id, public, at).await.unwrap();
    assert!(copied.is_some());
    tx.commit(Audit::Machine).await.unwrap();
}

/// Whether a sensor is known that signs as one of a world.
async fn hears(side: &Side, of: &Side, signs_for: World) -> bool {
    let (id, key) = &of.planted.sensor;
    let sign = |message: &[u8]| {
        let signed = key.sign(&signs_for.signed(message));
        signed.as_ref().try_into().unwrap()
    };
    let credential = Credential::sign(id, now(), "GET", HELD_PATH, b"", sign);
    let brings = vec![("authorization".to_owned(), credential.to_string())];
    get(side, HELD_PATH, &brings).await.status == 200
}

#[tokio::test]
async fn each_world_opens_to_its_own_secrets_alone() {
    let Worlds { real, exercise } = Worlds::start().await;
    for (own, other) in [(&real, &exercise), (&exercise, &real)] {
        let (here, there) = (own.filled.desk.settings.world, other.filled.desk.settings.world);
        assert_eq!(opens(own, own).await, [true; 3], "{here}");
        assert_eq!(opens(own, other).await, [false; 3], "{here}");
        assert!(hears(own, own, here).await, "{here}");
        assert!(!hears(own, other, there).await, "{here}");
        // Nor with the rows copied: not the secrets, not a sensor with one key in both worlds.
        copy(own, other).await;
        assert_eq!(opens(own, other).await, [false; 3], "{here}, copied");
        assert!(!hears(own, other, there).await, "{here}, copied");
        // It is the signature that is another, not the sensor.
        assert!(hears(own, other, here).await, "{here}, copied");
        for said in [here, there] {
            assert!(!enrols(own, other, said, 1).await, "{here}, a code said to be of {said}");
        }
        assert!(!enrols(own, own, there, 2).await, "{here}");
        assert!(enrols(own, own, here, 3).await, "{here}");
    }
}

/// A browser sends the cookies of both desks of a machine to both.
#[tokio::test]
async fn both_cookies_at_once_are_each_its_own() {
    let Worlds { real, exercise } = Worlds::start().await;
    let (r, x) = (real.planted.cookie(), exercise.planted.cookie());
    let both = vec![("cookie".to_owned(), format!("ward-session={r}; ward-exercise-session={x}"))];
    for side in [&real, &exercise] {
        assert_eq!(get(side, "/account", &both).await.status, 200);
    }
    let crossed =
        vec![("cookie".to_owned(), format!("ward-session={x}; ward-exercise-session={r}"))];
    for side in [&real, &exercise] {
        assert_eq!(
            get(side, "/account", &crossed).await.header("location"),
            "/sign-in?then=L2FjY291bnQ"
        );
    }
}
