//! A desk that is killed has lost nothing that it answered.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ward_store::batch::{self, Held, Told};
use ward_store::check::{Depth, check};
use ward_store::inbox::{Inbox, Parcel};
use ward_store::{Audit, Store, audit, meta, sensors};
use ward_testkit::Postgres;

use crate::desk::{self, runtime};
use crate::samples::{self, at, entry};

/// Where the desk that will be killed finds its store.
const PLACE: &str = "WARD_TEST_KILLED";

/// Milliseconds that a desk lives after its first answer: short and uneven.
const LIVES: [u64; 8] = [0, 3, 41, 7, 23, 1, 60, 13];

#[test]
fn nothing_answered_is_lost_on_sqlite() {
    let folder = desk::folder();
    kill_again_and_again(folder.path().to_str().unwrap());
}

#[test]
fn nothing_answered_is_lost_on_postgres() {
    let Some(server) = Postgres::shared() else { return };
    kill_again_and_again(&server.database().unwrap());
}

fn kill_again_and_again(place: &str) {
    runtime().block_on(async {
        let store = Store::open(place).await.unwrap();
        store.migrate().await.unwrap();
        samples::office(&store).await;
        samples::sensor(&store, "n-1", "adair-county").await;
        store.close().await;
    });
    let mut answered = 0;
    for life in LIVES {
        answered = live_and_die(place, life).max(answered);
        runtime().block_on(look(place, answered));
    }
    assert!(answered > u64::try_from(LIVES.len()).unwrap(), "desks lived: {answered}");
}

/// Lets a desk live for a while; the last sequence that it answered.
fn live_and_die(place: &str, life: u64) -> u64 {
    let mut desk: Child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::desk", "--ignored", "--nocapture", "--test-threads=1"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(desk.stdout.take().unwrap());
    let mut lines = said.lines().map_while(Result::ok);
    let number = |line: &str| line.strip_prefix("held ").and_then(|line| line.parse::<u64>().ok());
    let first = lines.find_map(|line| number(&line)).expect("the desk answers");
    std::thread::sleep(Duration::from_millis(life));
    desk.kill().unwrap();
    desk.wait().unwrap();
    lines.filter_map(|line| number(&line)).last().unwrap_or(first)
}

/// The store after a death: whole, and with all that was answered.
async fn look(place: &str, answered: u64) {
    let store = Store::open(place).await.unwrap();
    let wrong = check(&store, Depth::Records).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
    let mut read = store.read().await.unwrap();
    let sensor = sensors::by_id(read.link(), "n-1").await.unwrap().unwrap();
    assert!(sensor.sequence >= answered, "{} of {answered}", sensor.sequence);
    assert_eq!(sensor.records, sensor.sequence * 3, "each batch once");
    let last = batch::last_position(read.link()).await.unwrap();
    assert_eq!(u64::try_from(last).unwrap(), sensor.sequence);
    // An act and its row came together or not at all.
    let acts = meta::get(read.link(), "acts").await.unwrap().unwrap_or_default();
    let rows = audit::last(read.link()).await.unwrap().map_or(0, |(number, _)| number);
    assert_eq!(acts.parse::<i64>().unwrap_or(0), rows);
    drop(read);
    store.close().await;
}

/// The desk that is killed: takes batches in and acts, and says what it has answered.
#[test]
#[ignore = "it is run, and killed, by the tests above"]
fn desk() {
    let Ok(place) = std::env::var(PLACE) else { return };
    runtime().block_on(async {
        let store = Store::open(&place).await.unwrap();
        let _hold = store.hold().await.unwrap();
        tokio::spawn(act(store.clone()));
        let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
        let mut read = store.read().await.unwrap();
        let mut next = sensors::by_id(read.link(), "n-1").await.unwrap().unwrap().sequence + 1;
        drop(read);
        loop {
            let batches = vec![samples::batch("n-1", next, "auth.log")];
            let (sensor, told) = ("n-1".to_owned(), Told::default());
            let held = inbox.take(Parcel { sensor, batches, told, received: at(2) }).await;
            assert_eq!(held.unwrap(), Held::Through(next));
            writeln!(std::io::stdout(), "held {next}").unwrap();
            next += 1;
        }
    });
}

/// Counts its acts, each with its row.
async fn act(store: Store) {
    loop {
        let mut tx = store.begin().await.unwrap();
        let acts = meta::get(tx.link(), "acts").await.unwrap().unwrap_or_default();
        let acts = acts.parse::<i64>().unwrap_or(0) + 1;
        meta::set(tx.link(), "acts", &acts.to_string()).await.unwrap();
        tx.commit(Audit::Entry(entry("act", &acts.to_string()))).await.unwrap();
    }
}
