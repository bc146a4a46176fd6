//! Serves the sample for a while, to be looked at as pictures:
//! `WARD_PREVIEW=600 cargo test -p ward-web --test pages preview -- --ignored --nocapture`.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::batch::Told;
use ward_store::inbox::Parcel;
use ward_store::{Audit, cases};

use crate::house::{House, now};
use crate::pretty;
use crate::sample::{self, OURS, kept};

#[tokio::test]
#[ignore = "serves until it is stopped"]
async fn preview() {
    let seconds: Option<u64> =
        std::env::var("WARD_PREVIEW").ok().and_then(|text| text.parse().ok());
    let mut houses = Vec::new();
    for full in [true, false] {
        let house = Box::leak(Box::new(House::start().await));
        if full {
            pretty::fill(house).await;
            houses.push(&*house);
        }
        for (role, place) in
            [(Role::Administrator, None), (Role::LocalClerk, Some(OURS)), (Role::Partner, None)]
        {
            let browser = house.person(role.label(), role, place).await;
            println!("preview {full} {role} {} {}", house.address, browser.session().unwrap());
        }
    }
    for _ in 0..seconds.unwrap_or(600) / 5 {
        for house in &houses {
            pretty::beat(house).await;
        }
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
}

/// How long pages take when much is kept: `cargo test --release -p ward-web --test pages pace --
/// --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn pace() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for number in 0..10_000_u32 {
        let rung = if number % 10 == 0 { Rung::Attempt } else { Rung::Scan };
        let case = kept(&format!("W-{number}"), "state", rung, "password guessing");
        cases::upsert(tx.link(), &case).await.unwrap();
    }
    for number in 0..300 {
        sample::plain_sensor(&mut tx, &format!("s-{number}"), OURS).await;
    }
    tx.commit(Audit::Machine).await.unwrap();
    for sequence in 1..=3_000 {
        let batches = vec![sample::batch("a.log", sequence, b"a line\n")];
        let (told, received) = (Told::default(), now());
        let parcel = Parcel { sensor: "s-1".into(), batches, told, received };
        house.desk.inbox.take(parcel).await.unwrap();
    }
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    for path in [
        "/",
        "/cases",
        "/cases?rung=scan&page=100",
        "/cases/W-10",
        "/sensors",
        "/sensors/s-1",
        "/situation",
        "/wall",
    ] {
        let mut times = Vec::new();
        for _ in 0..40 {
            let begun = std::time::Instant::now();
            analyst.get(path).await.is(200);
            times.push(begun.elapsed());
        }
        times.sort();
        println!("{path}: median {:?}, 95th {:?}", times[20], times[37]);
    }
}
