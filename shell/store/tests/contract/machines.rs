//! Sensors and their streams.

use ward_store::batch::{self, Held, Told};
use ward_store::sensors::{self, Enrolment};
use ward_store::{Store, inbox, stream};

use crate::desk::laws;
use crate::samples::{self, at, done, hash};

laws!(
    a_code_enrols_one_sensor,
    the_desks_own_sensor_comes_and_goes,
    a_code_expires_and_is_withdrawn,
    sensors_are_renamed_and_retired,
    streams_belong_to_their_sensor,
);

fn code(id: &str) -> Enrolment {
    Enrolment {
        id: id.to_owned(),
        hash: hash(id).to_vec(),
        name: "Courthouse".to_owned(),
        jurisdiction: "adair-county".to_owned(),
        made_by: "p-1".to_owned(),
        created: at(0),
        expires: at(100),
        used: None,
        sensor: None,
    }
}

async fn the_desks_own_sensor_comes_and_goes(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert!(sensors::own(tx.link(), "The desk", "adair-county", at(5)).await.unwrap());
    assert!(!sensors::own(tx.link(), "Another name", "adair-county", at(6)).await.unwrap());
    assert!(sensors::retire(tx.link(), sensors::OWN, at(7)).await.unwrap());
    assert!(sensors::own(tx.link(), "Another name", "adair-county", at(8)).await.unwrap());
    let own = sensors::by_id(tx.link(), sensors::OWN).await.unwrap().unwrap();
    assert_eq!((own.name.as_str(), own.retired, own.enrolled), ("The desk", None, at(5)));
    assert_eq!(own.heard, at(8));
    assert_ne!(own.public_key.len(), 32, "nothing can be signed by it");
    assert!(!own.public_key.is_empty(), "it is no place of uploads");
}

async fn a_code_enrols_one_sensor(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    sensors::add_code(tx.link(), &code("e-1")).await.unwrap();
    let first = sensors::enrol(tx.link(), &hash("e-1"), "n-1", &[1; 32], at(5)).await.unwrap();
    let first = first.unwrap();
    assert_eq!((first.name.as_str(), first.jurisdiction.as_str()), ("Courthouse", "adair-county"));
    assert_eq!((first.sequence, first.heard, first.newest), (0, at(5), None));
    let second = sensors::enrol(tx.link(), &hash("e-1"), "n-2", &[2; 32], at(6)).await.unwrap();
    assert_eq!(second, None);
    assert_eq!(sensors::list(tx.link(), None).await.unwrap(), [first]);
    let used = sensors::code(tx.link(), "e-1").await.unwrap().unwrap();
    assert_eq!((used.used, used.sensor.as_deref()), (Some(at(5)), Some("n-1")));
    assert!(!sensors::withdraw_code(tx.link(), "e-1").await.unwrap(), "used ones are history");
}

async fn a_code_expires_and_is_withdrawn(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    sensors::add_code(tx.link(), &code("e-1")).await.unwrap();
    let late = sensors::enrol(tx.link(), &hash("e-1"), "n-1", &[1; 32], at(100)).await.unwrap();
    assert_eq!(late, None);
    let unknown = sensors::enrol(tx.link(), &hash("e-2"), "n-1", &[1; 32], at(1)).await.unwrap();
    assert_eq!(unknown, None);
    let here = Some("adair-county");
    assert_eq!(sensors::open_codes(tx.link(), here, at(1)).await.unwrap(), [code("e-1")]);
    let there = sensors::open_codes(tx.link(), Some("boone-county"), at(1)).await.unwrap();
    assert!(there.is_empty());
    assert!(sensors::withdraw_code(tx.link(), "e-1").await.unwrap());
    assert!(sensors::open_codes(tx.link(), None, at(1)).await.unwrap().is_empty());
}

async fn sensors_are_renamed_and_retired(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    samples::sensor(&store, "n-2", "boone-county").await;
    let mut tx = store.begin().await.unwrap();
    assert!(sensors::rename(tx.link(), "n-1", "Mail room").await.unwrap());
    assert!(sensors::retire(tx.link(), "n-1", at(9)).await.unwrap());
    assert!(!sensors::retire(tx.link(), "n-1", at(10)).await.unwrap());
    done(tx).await;
    let mut tx = store.begin().await.unwrap();
    let here = sensors::list(tx.link(), Some("adair-county")).await.unwrap();
    assert_eq!((here.len(), here[0].name.as_str(), here[0].retired), (1, "Mail room", Some(at(9))));
    let sent = [samples::batch("n-1", 1, "auth.log")];
    let mut position = 0;
    let held = batch::accept(&mut tx, "n-1", &sent, &Told::default(), at(11), &mut position).await;
    assert_eq!((held.unwrap(), position), (Held::Unknown, 0));
}

async fn streams_belong_to_their_sensor(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    samples::sensor(&store, "n-2", "boone-county").await;
    let (inbox, _) = inbox::Inbox::start(store.clone()).await.unwrap();
    let mut rotated = samples::batch("n-1", 2, "auth\0.log");
    rotated.generation = 2;
    for (sensor, batches) in [
        ("n-1", vec![samples::batch("n-1", 1, "auth\0.log"), rotated]),
        ("n-2", vec![samples::batch("n-2", 1, "auth\0.log")]),
    ] {
        let told = Told {
            drift: Some(-5),
            waiting: Some(3),
            dropped: Some(1),
            report: Some("{}".to_owned()),
            first: None,
        };
        let sensor = sensor.to_owned();
        let parcel = inbox::Parcel { sensor, batches, told, received: at(20) };
        assert!(matches!(inbox.take(parcel).await, Ok(Held::Through(_))));
    }
    let mut read = store.read().await.unwrap();
    let mine = stream::list(read.link(), Some("n-1"), 10).await.unwrap();
    let seen: Vec<_> = mine.iter().map(|one| (one.name.as_str(), one.generation)).collect();
    assert_eq!(seen, [("auth\u{fffd}.log", 1), ("auth\u{fffd}.log", 2)]);
    assert!(mine.iter().all(|one| one.head.is_empty() && one.jurisdiction == "adair-county"));
    assert_eq!(stream::list(read.link(), None, 2).await.unwrap().len(), 2);
    let one = stream::by_id(read.link(), mine[0].id).await.unwrap().unwrap();
    assert_eq!((one.sensor_name.as_str(), one.records), ("Sensor n-1", 3));
    assert!(one.head.starts_with(b"n-1 1 auth"));
    assert!(stream::by_id(read.link(), 99).await.unwrap().is_none());
    let sensor = sensors::by_id(read.link(), "n-1").await.unwrap().unwrap();
    assert_eq!((sensor.sequence, sensor.records, sensor.drift), (2, 6, -5));
    assert_eq!((sensor.waiting, sensor.dropped, sensor.report.as_str()), (3, 1, "{}"));
    assert_eq!(sensor.newest, Some(at(20)));
}
