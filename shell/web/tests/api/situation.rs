//! The situation in numbers: against what is normal, for whoever may see it.

use std::time::Instant;

use serde_json::{Value, json};
use ward_access::Role;
use ward_kernel::time::{HOUR, MINUTE};
use ward_kernel::{Rung, Time};
use ward_live::{Kept, Standing};
use ward_store::hours::{self, Count, Hour, hour_of};
use ward_store::{Audit, Store, cases};

use crate::House;
use crate::client::{As, Ask};
use crate::filled::{OURS, THEIRS, now};
use crate::office;

const PATH: &str = "/api/v1/situation";

async fn put(store: &Store, hours: impl IntoIterator<Item = Hour>) {
    let mut tx = store.begin().await.unwrap();
    for one in hours {
        hours::put(tx.link(), &one).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}

fn hour(scope: &str, hour: i64, probes: u64, failed_logins: u64) -> Hour {
    let count = Count { records: 1_000, probes, failed_logins, ..Count::default() };
    Hour { scope: scope.to_owned(), hour, count }
}

/// Sixty days of an hour and its neighbours, so that the clocks may have been turned.
fn past(scope: &str, now: i64) -> impl Iterator<Item = Hour> {
    let hours = (1..=60).flat_map(move |day| (-2..=1).map(move |by| now - 24 * day + by));
    hours.map(move |at| hour(scope, at, 20 + at.unsigned_abs() % 5, 2))
}

fn row<'a>(situation: &'a Value, id: &str) -> &'a Value {
    let rows = situation["jurisdictions"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id).unwrap()
}

#[tokio::test]
async fn counts_stand_against_their_own_past() {
    let house = House::start().await;
    let (store, at) = (&house.filled.desk.store, house.at());
    let this = hour_of(now());
    for scope in ["state", OURS] {
        put(store, past(scope, this)).await;
    }
    put(store, [hour(OURS, this, 5_000, 1), hour(THEIRS, this, 5_000, 1)]).await;
    let lead = house.person(Role::Lead).await;
    let situation = Ask::get(PATH).send(at, &lead).await.is(200).json();
    let ours = row(&situation, OURS);
    assert_eq!((&ours["level"], &ours["scans"]["level"]), (&json!("far"), &json!("far")));
    assert_eq!(ours["attempts"]["level"], "usual");
    let normal = &ours["scans"]["normal"];
    assert_eq!((&normal["known"], &normal["of"]), (&json!(true), &json!("before")));
    assert!(normal["hours"].as_u64().unwrap() >= 10, "{normal}");
    assert!((20..25).contains(&normal["typical"].as_u64().unwrap()), "{normal}");
    // Of whom nothing is known nothing is said.
    let theirs = row(&situation, THEIRS);
    assert_eq!((&theirs["level"], &theirs["scans"]["so_far"]), (&json!("unknown"), &json!(5_000)));
    assert_eq!(theirs["scans"]["normal"]["known"], json!(false));
    let whole = &situation["whole"];
    assert_eq!(
        (&whole["far"], &whole["above"], &whole["local"]),
        (&json!(1), &json!(1), &json!(116))
    );
    assert_eq!(situation["jurisdictions"].as_array().unwrap().len(), 117);
    assert_eq!(situation["phase"], "before");

    // An election puts the hour into another phase; the quieter hours stand in for it.
    let midnight = now().plus(-3 * HOUR);
    office::election(store, "election-1", midnight, "A primary").await;
    let situation = Ask::get(PATH).send(at, &lead).await.is(200).json();
    assert_eq!(
        (&situation["phase"], &situation["election"]),
        (&json!("day"), &json!("election-1"))
    );
    assert_eq!(row(&situation, OURS)["scans"]["normal"]["of"], "before");
}

#[tokio::test]
async fn whoever_is_of_a_county_sees_its_row_alone() {
    let house = House::start().await;
    let at = house.at();
    for place in [OURS, THEIRS] {
        house.filled.case(place).await;
        house.filled.incident(place).await;
        house.filled.sensor(place).await;
    }
    let check = house.filled.check().await;
    let (_, clerk) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    let clerk = As::Person(clerk);
    let situation = Ask::get(PATH).send(at, &clerk).await.is(200).json();
    assert_eq!(situation["jurisdictions"].as_array().unwrap().len(), 1);
    let ours = row(&situation, OURS);
    assert_eq!((&ours["incidents"]["open"], &ours["open"]["scan"]), (&json!(1), &json!(0)));
    assert!(ours["open"]["attempt"].as_u64().unwrap() >= 1, "{ours}");
    assert_eq!((&ours["incidents"]["slowed"], &ours["incidents"]["new"]), (&json!(1), &json!(1)));
    assert!(ours["coverage"]["expected"].as_u64().unwrap() >= 1, "{ours}");
    assert!(ours["reached"]["asked"].is_string(), "{ours}");
    assert_eq!(
        (&situation["whole"]["check"], &situation["whole"]["asked"]),
        (&json!(null), &json!(0))
    );
    let text = situation.to_string();
    assert!(!text.contains(THEIRS) && !text.contains("Boone"), "{text}");
    // What changed is theirs as well, since the moment that they name.
    let earlier = format!("{PATH}?since={}", now().plus(-HOUR));
    let situation = Ask::get(&earlier).send(at, &clerk).await.is(200).json();
    let text = situation.to_string();
    assert!(!text.contains(THEIRS) && !text.contains("Boone"), "{text}");
    let abouts: Vec<&str> = situation["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["about"].as_str().unwrap())
        .collect();
    assert!(abouts.contains(&"incident"), "{abouts:?}");
    let later = format!("{PATH}?since={}", now().plus(MINUTE));
    let later = Ask::get(&later).send(at, &clerk).await.is(200).json();
    assert_eq!(later["changes"], json!([]));

    let lead = house.person(Role::Lead).await;
    let all = Ask::get(PATH).send(at, &lead).await.is(200).json();
    assert_eq!((&all["whole"]["check"], &all["whole"]["asked"]), (&json!(check), &json!(2)));
    assert_eq!(all["whole"]["incidents"]["open"], 2);
    let partner = house.person(Role::Partner).await;
    Ask::get(PATH).send(at, &partner).await.is(403);
}

fn kept(number: usize, scope: &str, at: Time) -> Kept {
    Kept {
        id: format!("w-{number}-{scope}"),
        judged_id: format!("w-{number}"),
        scope: scope.to_owned(),
        kind: "scan.horizontal".to_owned(),
        rung: if number.is_multiple_of(50) { Rung::Attempt } else { Rung::Scan },
        title: "One source went over many machines".to_owned(),
        opened: at,
        updated: at,
        first: at,
        last: at,
        records: 100,
        sources: Vec::new(),
        source_count: 1,
        jurisdictions: vec![scope.to_owned()],
        authorised: None,
        because: Vec::new(),
        standing: Standing::Open,
        body: json!({}),
    }
}

/// 10,000 open cases of the state, 10,000 of its counties, and sixty days of hours of all of them.
/// `cargo test -p ward-web --test api measure -- --ignored --nocapture`
#[tokio::test]
#[ignore = "measures"]
async fn measure() {
    let house = House::start().await;
    let (store, at) = (&house.filled.desk.store, house.at());
    let (this, now) = (hour_of(now()), now());
    let places: Vec<String> = ward_access::missouri().into_iter().map(|one| one.id).collect();
    let scopes = || places.iter().map(String::as_str).chain(["state", "state-office"]);
    for day in 0..60_i64 {
        let hours = (0..24).map(move |of| this - day * 24 - of);
        put(store, hours.flat_map(|at| scopes().map(move |scope| hour(scope, at, 7, 3)))).await;
    }
    let mut tx = store.begin().await.unwrap();
    for number in 0..10_000 {
        let local = &places[number % places.len()];
        cases::upsert(tx.link(), &kept(number, "state", now.plus(-HOUR))).await.unwrap();
        cases::upsert(tx.link(), &kept(number, local, now.plus(-HOUR))).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    for place in &places {
        house.filled.incident(place).await;
    }
    let lead = house.person(Role::Lead).await;
    for round in ["first of its hour", "then", "then", "then", "then"] {
        let begun = Instant::now();
        let answer = Ask::get(PATH).send(at, &lead).await;
        println!("{round}: {:?}, {} bytes", begun.elapsed(), answer.body.len());
        answer.is(200);
    }
    let mut read = store.read().await.unwrap();
    let begun = Instant::now();
    let standing = hours::standing(read.link(), None, now).await.unwrap();
    println!("of that, open cases of {} scopes: {:?}", standing.len(), begun.elapsed());
    let begun = Instant::now();
    let alike = hours::alike(read.link(), this - 60 * 24, this - 24).await.unwrap();
    println!("and once an hour, {} hours of the past: {:?}", alike.len(), begun.elapsed());
    drop(read);
    let begun = Instant::now();
    Ask::get("/api/v1/office").send(at, &lead).await;
    println!("another address, for comparison: {:?}", begun.elapsed());
}
