//! What lists say of the room's logs is what their entries come to, whatever stands beside them.

use data_encoding::HEXLOWER;
use ward_access::Role;
use ward_kernel::Time;
use ward_store::{Audit, folded, logbook};

use crate::browser::Browser;
use crate::house::{House, now};
use crate::office;
use crate::sample::OURS;

/// More incidents than are read one by one.
const MANY: usize = 20;

fn id(number: usize) -> String {
    format!("incident-{number:04}")
}

/// Puts a text beside a log as what it came to, with this seal or with that of its newest entry.
async fn beside(house: &House, id: &str, seal: Option<&[u8]>, words: &str) {
    let mut tx = house.desk.store.begin().await.unwrap();
    let (_, newest) = logbook::sealed(tx.link(), id).await.unwrap().unwrap();
    let seal = HEXLOWER.encode(seal.unwrap_or(&newest));
    let state = serde_json::json!({
        "report": {
            "kind": "poll-books", "voting": "slowed", "place": words, "what": words,
            "call_back": null, "told_by": null,
        },
        "reporter": null, "stage": "New", "truth": "Unverified", "owner": null,
        "voting": "slowed", "event": null, "told": null,
    });
    let text = format!("{}/1 {seal} {state}", env!("CARGO_PKG_VERSION"));
    folded::keep(tx.link(), id, &text).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}

async fn filled(at: Time) -> House {
    let house = House::start().await;
    for number in 0..MANY {
        let words = (at, &*format!("Gym {number}"));
        office::incident(&house.desk.store, &id(number), OURS, words).await;
    }
    house
}

#[tokio::test]
async fn a_list_reads_what_stands_beside_a_log_while_the_seal_is_the_newest_entry_s() {
    let house = filled(now()).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    // Nothing stands beside them: the entries are read, of few logs and of many.
    lead.get("/incidents").await.says("Gym 0").says("Gym 19");
    let house = filled(now()).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    for number in 0..MANY {
        beside(&house, &id(number), None, &format!("Folded {number}")).await;
    }
    beside(&house, &id(3), Some(&[7; 32]), "Of another entry").await;
    beside(&house, &id(4), None, "Made otherwise").await;
    let mut tx = house.desk.store.begin().await.unwrap();
    let kept = folded::one(tx.link(), &id(4)).await.unwrap().unwrap();
    folded::keep(tx.link(), &id(4), &kept.replacen("/1 ", "/0 ", 1)).await.unwrap();
    folded::keep(tx.link(), &id(5), "nonsense").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let page = lead.get("/incidents").await;
    page.says("Folded 0").says("Folded 19").says("Gym 3").says("Gym 4").says("Gym 5");
    assert!(!page.text().contains("Of another") && !page.text().contains("Made otherwise"));
    // When the desk begins, what stands there falsely goes, and is kept from then on.
    assert_eq!(ward_web::mend(&house.desk.store).await.unwrap(), MANY as u64);
    assert_eq!(ward_web::mend(&house.desk.store).await.unwrap(), 0);
    let page = lead.get("/incidents").await;
    page.says("Gym 0").says("Gym 19");
    assert!(!page.text().contains("Folded"));
}

#[tokio::test]
async fn what_is_put_down_keeps_what_it_comes_to() {
    let house = filled(now()).await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    assert_eq!(ward_web::mend(&house.desk.store).await.unwrap(), MANY as u64);
    let work = format!("/incidents/{}/work", id(0));
    analyst.post(&work, &[("act", "take"), ("key", "key-take")]).await.is(303);
    let add = format!("/incidents/{}/add", id(1));
    analyst.post(&add, &[("act", "note"), ("key", "key-note"), ("text", "More.")]).await.is(303);
    let report = [
        ("key", "key-report"),
        ("jurisdiction", OURS),
        ("kind", "other"),
        ("voting", "slowed"),
        ("place", "The last one"),
        ("what", "Something."),
    ];
    analyst.post("/incidents/new", &report).await.is(303);
    analyst.get("/incidents").await.says("Taken").says("The last one");
    // Written with the entry: nothing is left to be mended.
    assert_eq!(ward_web::mend(&house.desk.store).await.unwrap(), 0);
}

/// Puts so many incidents down, each with so many full notes.
async fn incidents(house: &House, many: usize, notes: u64) {
    let note =
        format!("{{\"act\":{{\"note\":{{\"text\":\"{}\"}}}}}}", "word ".repeat(799) + "words");
    for number in 0..many {
        let id = id(number);
        office::incident(&house.desk.store, &id, OURS, (now(), "Something")).await;
        let mut tx = house.desk.store.begin().await.unwrap();
        for number in 2..2 + notes {
            let (key, body) = (format!("key-{number}"), note.clone());
            let (actor, actor_name) = ("p-clerk".to_owned(), "A clerk".to_owned());
            let new = logbook::New { number, key, at: now(), actor, actor_name, body };
            logbook::add(tx.link(), &id, &new, true).await.unwrap();
        }
        tx.commit(Audit::Machine).await.unwrap();
    }
}

/// What a process has of memory, at most so far and now, in MiB.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
    };
    (of("VmHWM:"), of("VmRSS:"))
}

async fn timed(lead: &mut Browser, path: &str) -> u128 {
    let begun = std::time::Instant::now();
    lead.get(path).await.is(200);
    begun.elapsed().as_millis()
}

/// How long the lists take of a desk that has nothing in mind, and again: `WARD_LOGS` says how many
/// incidents, `WARD_NOTES` how many full notes each has, `WARD_FOLDED=no` leaves out what stands
/// beside them.
#[tokio::test]
#[ignore = "a measurement"]
async fn how_long_lists_take() {
    let asked = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let (logs, notes) = (asked("WARD_LOGS", "150"), asked("WARD_NOTES", "160"));
    let house = House::start().await;
    incidents(&house, logs.parse().unwrap(), notes.parse().unwrap()).await;
    if asked("WARD_FOLDED", "yes") != "no" {
        for number in 0..logs.parse().unwrap() {
            beside(&house, &id(number), None, "Something").await;
        }
    }
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let before = memory();
    for round in ["first", "again"] {
        for path in ["/incidents", "/situation", "/"] {
            println!("{round} {path}: {} ms", timed(&mut lead, path).await);
        }
    }
    println!("memory at most and now, MiB: {before:?} before, {:?} after", memory());
    let begun = std::time::Instant::now();
    let mended = ward_web::mend(&house.desk.store).await.unwrap();
    println!("{mended} logs worked out again in {} ms", begun.elapsed().as_millis());
}
