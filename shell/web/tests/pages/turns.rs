//! What a long span costs is bounded: in words, in files at a time, in look-ups at a time.

use data_encoding::BASE64URL_NOPAD;
use ward_access::Role;
use ward_kernel::time::{HOUR, MINUTE};
use ward_store::logbook::{self, New};
use ward_store::{Audit, people, sessions};

use crate::browser::Browser;
use crate::check;
use crate::house::{House, now};
use crate::office;
use crate::raw;
use crate::sample::{OURS, THEIRS};

/// An incident of an hour ago, with so many notes of so many characters.
async fn put_down(house: &House, place: &str, (count, length): (u64, usize)) {
    let (at, id) = (now().plus(-HOUR), format!("incident-{place}"));
    office::incident(&house.desk.store, &id, place, (at, "A school gym")).await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for number in 2..count.saturating_add(2) {
        let text = format!("Note {number} {}", "and more of it ".repeat(length / 15));
        let new = New {
            number,
            key: format!("key-note-{number}"),
            at: at.plus(i64::try_from(number).unwrap()),
            actor: "p-1".to_owned(),
            actor_name: "Desk analyst".to_owned(),
            body: serde_json::json!({ "act": { "note": { "text": text } } }).to_string(),
        };
        logbook::add(tx.link(), &id, &new, true).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}

/// The values of an address that ask for the last hours.
fn span() -> String {
    let now = now();
    format!("begin={}&end={}", now.plus(-6 * HOUR).secs(), now.plus(HOUR).secs())
}

#[tokio::test]
async fn a_span_of_too_many_words_is_refused_before_any_is_read() {
    let house = House::start().await;
    put_down(&house, OURS, (66, 1_000_000)).await;
    put_down(&house, THEIRS, (1, 20)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let words = "Choose a shorter span, or one jurisdiction: this one holds";
    let page = lead.get(&format!("/after?{}", span())).await;
    page.is(422).says(words).says("64 MB at most");
    check::page(&page.body).unwrap();
    // The way to the file leads to the page that says so.
    let file = lead.get(&format!("/after/export?{}", span())).await;
    file.is(303);
    assert!(file.location().starts_with("/after?begin="), "{}", file.location());
    lead.get(file.location()).await.is(422).says(words);
    assert_eq!(house.acts("after.export", "").await, 0);
    // What fits is shown: the jurisdiction with few words, the hour before.
    lead.get(&format!("/after?{}&jurisdiction={THEIRS}", span()))
        .await
        .is(200)
        .says("A school gym");
    let before = now().plus(-3 * HOUR);
    let earlier = format!("begin={}&end={}", before.secs(), before.plus(30 * MINUTE).secs());
    lead.get(&format!("/after?{earlier}")).await.is(200);
}

#[tokio::test]
async fn one_file_is_made_at_a_time_for_each() {
    let house = House::start().await;
    put_down(&house, OURS, (100, 3_900)).await;
    let mut one = house.person("A lead", Role::Lead, None).await;
    let mut two = one.clone();
    let mut other = house.person("An analyst", Role::Analyst, None).await;
    let path = format!("/after/export?{}", span());
    let (first, second, others) = tokio::join!(one.get(&path), two.get(&path), other.get(&path));
    others.is(200);
    let (made, told) = if first.status == 200 { (first, second) } else { (second, first) };
    made.is(200);
    told.is(429).says("Your file is being made already").says("One file at a time");
    assert_eq!(told.headers["retry-after"], "30");
    check::page(&told.body).unwrap();
    let length: usize = made.headers["content-length"].to_str().unwrap().parse().unwrap();
    assert!(length > 2 * 100 * 3_800, "{length}");
    // When it is taken away the next one is made.
    one.get(&path).await.is(200);
    assert_eq!(house.acts("after.export", "").await, 3);
}

/// One of many leads.
async fn lead(house: &House, number: u32) -> Browser {
    let (id, now) = (format!("p-lead-{number}"), now());
    let person = office::person(&id, "One of the leads", Role::Lead, None, now);
    let secret = format!("{id:.<32}").into_bytes();
    let mut tx = house.desk.store.begin().await.unwrap();
    people::add(tx.link(), &person).await.unwrap();
    let session = office::session(&format!("s-{id}"), &id, &secret, now);
    sessions::begin(tx.link(), &session).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let browser = Browser::new(house.address, &house.desk.settings.origin);
    browser.with_session(&BASE64URL_NOPAD.encode(&secret))
}

/// Each of five has more on its way than the network keeps, and reads nothing of it.
#[tokio::test]
async fn who_takes_a_file_away_slowly_keeps_nobody_else_from_one() {
    let house = House::start().await;
    put_down(&house, OURS, (1_200, 3_900)).await;
    put_down(&house, THEIRS, (1, 20)).await;
    let path = format!("/after/export?redacted=no&{}", span());
    let mut slow = Vec::new();
    for number in 1..=5 {
        let browser = lead(&house, number).await;
        let answer = raw::get(&house, Some(&browser), &path).await;
        assert_eq!(answer.status(), 200);
        slow.push((browser, answer));
    }
    let mut other = lead(&house, 6).await;
    let small = format!("{path}&jurisdiction={THEIRS}");
    other.get(&small).await.is(200);
    // The turn of each is theirs until they have it or leave it.
    for (browser, _) in &mut slow {
        browser.get(&small).await.is(429).says("Your file is being made already");
    }
    let (mut browser, answer) = slow.pop().unwrap();
    drop(answer);
    let mut again = browser.get(&small).await;
    for _ in 0..50 {
        if again.status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        again = browser.get(&small).await;
    }
    again.is(200);
}

#[tokio::test]
async fn two_look_ups_at_a_time_for_each() {
    let house = House::start().await;
    put_down(&house, OURS, (1_200, 3_900)).await;
    let mut one = house.person("A lead", Role::Lead, None).await;
    let (mut two, mut three) = (one.clone(), one.clone());
    let mut other = house.person("An analyst", Role::Analyst, None).await;
    let path = format!("/after?{}", span());
    let (a, b, c, others) =
        tokio::join!(one.get(&path), two.get(&path), three.get(&path), other.get(&path));
    others.is(200);
    let all = [a, b, c];
    let done = all.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 2, "{:?}", all.each_ref().map(|answer| answer.status));
    let told = all.iter().find(|answer| answer.status != 200).unwrap();
    told.is(429).says("You are looking two things up already");
    assert_eq!(told.headers["retry-after"], "5");
    one.get(&path).await.is(200);
    one.post("/look", &[("q", "192.0.2.7")]).await.is(200);
}
