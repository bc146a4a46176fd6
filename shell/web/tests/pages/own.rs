//! The desk's own sensor: seen like others, retired by nobody, and never signed in as.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use ward_access::{Role, STATE_OFFICE};
use ward_sensor::{Batch, Credential, Dropped, SourceStatus, Status, StreamName, frame, parcel};
use ward_store::{Audit, batch, sensors};

use crate::check;
use crate::house::{House, now};
use crate::raw;

fn key() -> Ed25519KeyPair {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap()
}

fn signature(key: &Ed25519KeyPair, message: &[u8]) -> [u8; 64] {
    key.sign(message).as_ref().try_into().unwrap()
}

/// A parcel with one batch and a status, signed by a key.
fn one(key: &Ed25519KeyPair, sequence: u64) -> Vec<u8> {
    let batch = Batch {
        sensor: sensors::OWN.to_owned(),
        sequence,
        stream: StreamName { name: "syslog/udp/192.0.2.9".to_owned(), generation: 1 },
        format: Some("syslog".to_owned()),
        base: 0,
        records: 1,
        cut_at: now(),
        body: b"<38>1 - web1 sshd - - - hello\n".to_vec(),
    };
    let sealed = frame::seal(&batch, "", |bytes| signature(key, bytes)).unwrap();
    let source = SourceStatus {
        name: "syslog udp 192.0.2.20:514".to_owned(),
        kind: "syslog".to_owned(),
        records: 4711,
        ..SourceStatus::default()
    };
    let dropped = Dropped { source: source.name.clone(), records: 17, ..Dropped::default() };
    let status = Status {
        clock: now().micros(),
        sources: vec![source],
        dropped: vec![dropped],
        ..Status::default()
    };
    parcel::pack(Some(&status), &[sealed]).0
}

async fn there(house: &House) {
    let mut tx = house.desk.store.begin().await.unwrap();
    sensors::own(tx.link(), "The desk itself", STATE_OFFICE, now()).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}

async fn over_the_network(house: &House, key: &Ed25519KeyPair, bytes: Vec<u8>) -> (u16, String) {
    let path = ward_sensor::PARCEL_PATH;
    let sign = |message: &[u8]| signature(key, message);
    let credential = Credential::sign(sensors::OWN, now(), "POST", path, &bytes, sign);
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header("host", house.address.to_string())
        .header("authorization", credential.to_string())
        .body(Full::new(Bytes::from(bytes)))
        .unwrap();
    let (parts, body) = raw::send(house.address, request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn it_is_taken_in_here_and_refused_over_the_network() {
    let house = House::start().await;
    there(&house).await;
    let key = key();
    // Even by the very key that its spool is signed with.
    let (status, said) = over_the_network(&house, &key, one(&key, 1)).await;
    assert_eq!(status, 401, "{said}");
    assert!(said.contains("no sensor of this name"), "{said}");
    let public = key.public_key().as_ref().to_vec();
    let verify = move |signed: &[u8], signature: &[u8]| {
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &public)
            .verify(signed, signature)
            .is_ok()
    };
    let foreign = ward_web::sense::take_own(&house.desk, one(&self::key(), 1), verify.clone());
    assert!(foreign.await.is_err(), "a spool that somebody else wrote");
    for _ in 0..2 {
        let taken = ward_web::sense::take_own(&house.desk, one(&key, 1), verify.clone()).await;
        assert_eq!(taken.unwrap().held, 1);
    }
    assert_eq!(ward_web::sense::own_held(&house.desk).await.unwrap().held, 1);
    let mut read = house.desk.store.read().await.unwrap();
    assert_eq!(batch::after(read.link(), 0, 10).await.unwrap().len(), 1, "once");
    drop(read);

    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get("/sensors").await.is(200).says("The desk itself").says("State office");
    let page = lead.get("/sensors/desk").await;
    page.is(200).says("syslog udp 192.0.2.20:514").says("4,711 records");
    page.says("17 records").says("What is missing").says("syslog/udp/192.0.2.9");
    check::page(&page.body).unwrap();
    assert!(!page.body.contains("Retire"), "it comes and goes with the settings");
    lead.get("/sensors/desk/retire").await.is(303);
    let mut read = house.desk.store.read().await.unwrap();
    assert_eq!(sensors::by_id(read.link(), "desk").await.unwrap().unwrap().retired, None);
}
