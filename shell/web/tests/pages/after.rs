//! The night again: how everything stood at a moment, and what is given away of it.

use sha2::{Digest as _, Sha256};
use ward_access::Role;
use ward_kernel::time::HOUR;
use ward_kernel::{Rung, Time};
use ward_live::Kept;
use ward_store::{Audit, cases};

use crate::browser::Answer;
use crate::check;
use crate::house::{House, now};
use crate::office;
use crate::sample::{self, OURS, THEIRS};

/// The address of the span around a moment, at so many hours before it.
fn at(now: Time, hours: i64) -> String {
    let (begin, end) = (now.plus(-6 * HOUR).secs(), now.plus(HOUR).secs());
    format!("/after?begin={begin}&end={end}&t={}", now.plus(-hours * HOUR).secs() - begin)
}

async fn put_down(house: &House) -> Time {
    let now = now();
    let store = &house.desk.store;
    let first = "A gym; call 573-555-0142 or mail clerk@adair.example";
    office::incident(store, "incident-1", OURS, (now.plus(-3 * HOUR), first)).await;
    let second = "A school at 192.0.2.7, see https://x.example/a";
    office::incident(store, "incident-2", THEIRS, (now.plus(-HOUR), second)).await;
    office::check(store, "check-1", now.plus(-2 * HOUR), &[OURS, THEIRS]).await;
    now
}

#[tokio::test]
async fn it_stands_as_it_stood() {
    let house = House::start().await;
    let now = put_down(&house).await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let page = analyst.get(&at(now, 4)).await;
    page.is(200).says("Nothing had been put down yet").says("No incident was open");
    page.says("No check had been made");
    check::page(&page.body).unwrap();
    let page = analyst.get(&at(now, 2)).await;
    page.is(200).says("A gym; call 573-555-0142").says("0 of 2 had answered");
    assert!(!page.body.contains("A school"), "what came later is not known yet");
    page.says("The entry before").says("The next entry").says("Nobody");
    check::page(&page.body).unwrap();
    let page = analyst.get(&at(now, 0)).await;
    page.is(200).says("A school at 192.0.2.7").says("2 open");
    check::page(&page.body).unwrap();
    // Of one jurisdiction alone.
    let one = analyst.get(&format!("{}&jurisdiction={OURS}", at(now, 0))).await;
    one.is(200).says("Adair County alone").says("A gym").says("1 open");
    assert!(!one.body.contains("A school"));
    // Moving the slider is one look.
    assert_eq!(looks(&house).await, 1);
    analyst.get("/after?span=last").await.is(200);
    assert_eq!(looks(&house).await, 2);
    // What cannot be read is told at its field.
    let wrong = analyst.get("/after?span=dates&from=2026-11-03&to=never").await;
    wrong.is(422).says("Give a day");
    check::page(&wrong.body).unwrap();
    analyst.get("/after?jurisdiction=atlantis").await.is(422).says("no such jurisdiction");
}

async fn looks(house: &House) -> usize {
    house.audited().await.iter().filter(|row| row.entry.act == "after.look").count()
}

#[tokio::test]
async fn an_answer_stands_under_whose_it_is() {
    let house = House::start().await;
    let now = put_down(&house).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(THEIRS)).await;
    clerk.post("/room/checks/check-1/answer", &[("key", "key-answer")]).await.leads_to("/");
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get(&at(now, -1)).await;
    page.is(200).says("Boone County, by A clerk, entry 2");
    page.says("Jurisdiction: Boone County");
    page.says("Jurisdictions: Adair County, Boone County");
    let (begin, end) = (now.plus(-6 * HOUR).secs(), now.plus(HOUR).secs());
    let record = lead.get(&format!("/after/export?begin={begin}&end={end}&form=csv")).await;
    let row = record.body.lines().find(|row| row.contains("\"answer\"")).unwrap();
    assert!(row.contains("\"Boone County\""), "{row}");
    let named = record.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains("filename=\"after-20") && named.contains("-redacted.csv"), "{named}");
    // No day is called by a number of seconds.
    let far = "/after?begin=253402300799&end=253402387199";
    lead.get(far).await.is(422).says("before the year 9999");
    lead.get(&far.replace("after?", "after/export?")).await.is(303);
}

#[tokio::test]
async fn cases_count_as_they_are_counted_everywhere() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for id in ["W-one", "W-two", "W-three"] {
        let case = sample::kept(id, "state", Rung::Attempt, "guesses");
        let case = Kept { jurisdictions: vec![OURS.into()], ..case };
        cases::upsert(tx.link(), &case).await.unwrap();
        cases::step(tx.link(), id, case.opened, Rung::Attempt, "opened as attempt").await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let lower = [("key", "key-lower"), ("act", "rung"), ("rung", "scan"), ("judged", "attempt")];
    let lower = [&lower[..], &[("text", "A mirror of ours.")]].concat();
    lead.post("/cases/W-one/work", &lower).await.is(303);
    let merge = [("key", "key-merge"), ("act", "merge"), ("into", "W-three"), ("text", "One.")];
    lead.post("/cases/W-two/work", &merge).await.is(303);
    // Of all, and of the one jurisdiction that they touch.
    let path = at(now(), -1);
    for path in [path.clone(), format!("{path}&jurisdiction={OURS}")] {
        let page = lead.get(&path).await;
        let stands = page.between("data-after=\"stand\"", "</section>").replace('\n', "");
        let of = |rung: &str| {
            let from = stands.find(&format!("Cases: {rung}")).unwrap();
            let rest: String = stands[from + 7..].chars().take(120).collect();
            rest
        };
        assert!(of("scan").contains(">1<"), "{path}: {stands}");
        assert!(of("attempt").contains(">1<"), "{path}: {stands}");
    }
}

#[tokio::test]
async fn the_way_leads_from_entry_to_entry() {
    let house = House::start().await;
    let now = put_down(&house).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut path = at(now, 5);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = lead.get(&path).await;
        let link = page.between("id=\"after-next\" href=\"", "\"").replace("&amp;", "&");
        path = link;
        seen.push(lead.get(&path).await.between("How it stood: ", "</h2>"));
    }
    assert!(seen.windows(2).all(|two| two[0] != two[1]), "{seen:?}");
    let last = lead.get(&path).await;
    assert!(!last.body.contains("after-next"), "nothing comes after");
    last.says("3 entries until then").says("The entry before");
}

#[tokio::test]
async fn nobody_local_sees_it() {
    let house = House::start().await;
    put_down(&house).await;
    for (role, place) in
        [(Role::LocalClerk, Some(OURS)), (Role::LocalIt, Some(OURS)), (Role::Partner, None)]
    {
        let mut browser = house.person("Somebody", role, place).await;
        browser.get("/after").await.is(403);
        browser.get("/after/export").await.is(403);
        let home = browser.get("/").await;
        assert!(!home.body.contains("href=\"/after\""), "{role}");
    }
}

/// A part of a file whose parts are not packed, that is JSON.
fn part(file: &Answer, name: &str) -> (String, serde_json::Value) {
    let from = file.body.find(&format!("{name}{{")).unwrap() + name.len();
    let mut read = serde_json::Deserializer::from_str(&file.body[from..]).into_iter();
    let value: serde_json::Value = read.next().unwrap().unwrap();
    (format!("{}\n", &file.body[from..from + read.byte_offset()]), value)
}

fn holds_nothing_of_it(body: &str) {
    for gone in [
        "573-555-0142",
        "555-0142",
        "clerk@adair",
        "192.0.2.7",
        "x.example",
        "Sampleton",
        "back door",
        "Reporter of",
    ] {
        assert!(!body.contains(gone), "{gone} is in it");
    }
    for mark in ["R1", "R2", "R3", "R4", "R5", "R7"] {
        assert!(body.contains(&format!("[removed: rule {mark}]")), "{mark}");
    }
    assert!(body.contains("Person 1 [removed: rule R1]"));
}

#[tokio::test]
async fn what_is_given_away_has_nothing_of_it_left() {
    let house = House::start().await;
    let now = put_down(&house).await;
    let mut analyst = house.person("Testa Sampleton", Role::Analyst, None).await;
    let note = [
        ("act", "note"),
        ("key", "key-note-1"),
        ("text", "Sampleton called.\nSecurity: the back door is open"),
    ];
    analyst.post("/incidents/incident-1/add", &note).await.is(303);
    let (begin, end) = (now.plus(-6 * HOUR).secs(), now.plus(HOUR).secs());
    let path = format!("/after/export?begin={begin}&end={end}");
    let file = analyst.get(&path).await;
    file.is(200);
    assert_eq!(file.headers["content-type"], "application/zip");
    let named = file.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains("-redacted.zip") && !named.contains("not-redacted"), "{named}");
    holds_nothing_of_it(&file.body);
    assert!(file.body.contains("Redacted by the rules"));

    // The list says what it is, and its hashes are those of the parts.
    let (list, manifest) = part(&file, "manifest.json");
    let (record, events) = part(&file, "record.json");
    assert_eq!(manifest["redacted"], true);
    assert_eq!(manifest["events"], 4);
    assert_eq!(events["events"].as_array().unwrap().len(), 4);
    let sha256 = |text: &str| data_encoding::HEXLOWER.encode(&Sha256::digest(text));
    let parts = manifest["parts"].as_array().unwrap();
    let told = parts.iter().find(|part| part["name"] == "record.json").unwrap();
    assert_eq!(told["sha256"], sha256(&record));
    assert_eq!(manifest["seals"]["logs"].as_array().unwrap().len(), 3);
    let rules = manifest["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 7);
    let counted: u64 = rules.iter().map(|rule| rule["passages"].as_u64().unwrap()).sum();
    assert!(counted >= 9, "{rules:?}");
    assert_eq!(manifest["events_with_removals"], 4);

    // The audit holds the hash of the list; the seal that it names is of the row before.
    let rows = house.audited().await;
    let row = rows.iter().rfind(|row| row.entry.act == "after.export").unwrap();
    assert!(row.entry.detail.contains(&sha256(&list)), "{}", row.entry.detail);
    assert!(row.entry.detail.starts_with("redacted, 4 events"), "{}", row.entry.detail);
    assert_eq!(manifest["seals"]["audit"]["row"], row.number - 1);

    // With nothing taken out it is for the lead, and says so.
    analyst.get(&format!("{path}&redacted=no")).await.is(404);
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let whole = lead.get(&format!("{path}&redacted=no&form=html")).await;
    whole.is(200).says("NOT REDACTED").says("573-555-0142").says("Testa Sampleton");
    assert!(whole.headers["content-disposition"].to_str().unwrap().contains("not-redacted.html"));
    let csv = lead.get(&format!("{path}&form=csv")).await;
    csv.is(200);
    assert_eq!(csv.body.matches("\r\n").count(), 5);
    lead.get("/after/export?begin=9&end=1").await.is(303);
}
