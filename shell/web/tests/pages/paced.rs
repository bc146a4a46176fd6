//! Nobody writes faster than a room of people, or fills a log for everybody else.

use ward_access::Role;
use ward_store::Audit;
use ward_store::logbook::{self, New};

use crate::browser::Answer;
use crate::check;
use crate::house::{House, now};
use crate::kept::{given, send};
use crate::office;
use crate::sample::{OURS, THEIRS};

const REPORT: [(&str, &str); 5] = [
    ("key", "key-of-a-report"),
    ("kind", "poll-books"),
    ("voting", "slowed"),
    ("place", "Precinct 4"),
    ("what", "The poll books show <b>yesterday's</b> list."),
];

#[tokio::test]
async fn a_script_in_one_hand_waits_and_nobody_else_does() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get("/incidents/new").await;
    let owner = given(&page.body, "data-owner");
    let (mut taken, mut refused): (u32, Option<Answer>) = (0, None);
    while refused.is_none() && taken < 200 {
        let answer = clerk.post("/incidents/new", &REPORT).await;
        match answer.status.as_u16() {
            429 => refused = Some(answer),
            _ => taken += 1,
        }
    }
    // 120 at once; while they were sent, one or another came due.
    assert!((120..160).contains(&taken), "{taken}");
    let refused = refused.unwrap();
    let seconds: u32 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    refused.says("That is more than the desk takes at once").says("not put down yet");
    // What was written stands there, and one press sends it as it was.
    refused.says("yesterday's").says("Send it again");
    assert!(refused.body.contains("name=\"key\" value=\"key-of-a-report\""), "{}", refused.body);
    assert!(refused.body.contains("action=\"/incidents/new\""));
    check::page(&refused.body).unwrap();
    // The script of a device keeps it and tries again.
    let kept = "key=key-of-another&kind=other&voting=slowed&place=A+gym&what=Old+list";
    assert_eq!(send(&house, &clerk, &owner, kept).await, (429, String::new()));
    // What is only looked at costs nothing, and others go on.
    clerk.get("/incidents").await.is(200);
    clerk.post("/look", &[("q", "Precinct")]).await.is(200);
    let mut other = house.person("Another clerk", Role::LocalClerk, Some(THEIRS)).await;
    other.post("/incidents/new", &REPORT).await.is(303);
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(send(&house, &clerk, &owner, kept).await.0, 201);
}

#[tokio::test]
async fn nobody_fills_the_audit_by_looking() {
    let house = House::start().await;
    let (store, id) = (&house.desk.store, "incident-1");
    office::incident(store, id, OURS, (now(), "A gym")).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut other = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    let path = format!("/incidents/{id}");
    // What is not there leaves no row and is not counted.
    for _ in 0..10 {
        clerk.get("/incidents/incident-2").await.is(404);
    }
    let mut seen = 0;
    let refused = loop {
        let answer = clerk.get(&format!("/api/v1{path}")).await;
        if answer.status == 429 || seen == 600 {
            break answer;
        }
        answer.is(200);
        seen += 1;
    };
    assert!((120..600).contains(&seen), "{seen}");
    refused.is(429);
    assert_eq!(refused.headers["retry-after"], "1");
    assert!(refused.body.contains("Ask again in 1 second."), "{}", refused.body);
    assert_eq!(house.acts("incident.look", id).await, seen, "each look is put down");
    // The page says so too. What leaves no row is shown, words are put down, and others look on.
    let mut page = clerk.get(&path).await;
    for _ in 0..20 {
        if page.status == 429 {
            break;
        }
        page = clerk.get(&path).await;
    }
    page.is(429).says("leave rows in the audit").says("Ask again in 1 second");
    check::page(&page.body).unwrap();
    clerk.get("/incidents").await.is(200);
    let note = [("act", "note"), ("key", "key-note-1"), ("text", "They called again.")];
    clerk.post(&format!("{path}/add"), &note).await.is(303);
    other.get(&path).await.is(200);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    clerk.get(&path).await.is(200);
}

/// The page that shows again what could not be taken is a look like any other.
#[tokio::test]
async fn nobody_fills_the_audit_by_what_is_refused() {
    let house = House::start().await;
    let id = "incident-1";
    office::incident(&house.desk.store, id, OURS, (now(), "A gym")).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let (add, empty) = (format!("/incidents/{id}/add"), [("act", "note"), ("key", "key-empty-1")]);
    let mut seen = 0;
    let refused = loop {
        let answer = clerk.post(&add, &empty).await;
        if answer.status != 422 || seen == 200 {
            break answer;
        }
        seen += 1;
    };
    refused.is(429).says("not put down yet");
    assert!((120..160).contains(&seen), "{seen}");
    assert_eq!(house.acts("incident.look", id).await, seen);
    // What is refused without a page leaves no row, and is given back.
    let mut it = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    for _ in 0..200 {
        it.post("/incidents/incident-2/add", &empty).await.is(404);
    }
    it.post(&add, &empty).await.is(422);
}

#[tokio::test]
async fn nobody_fills_the_audit_by_taking_spans_away() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut other = house.person("An auditor", Role::Auditor, None).await;
    let paths = ["/after/export?form=csv", "/api/v1/after/export?form=csv"];
    let mut taken = 0;
    let refused = loop {
        let answer = lead.get(paths[taken % 2]).await;
        if answer.status != 200 || taken == 600 {
            break answer;
        }
        taken += 1;
    };
    assert!(refused.body.contains("leave rows in the audit"), "{taken}: {}", refused.body);
    assert!((120..600).contains(&taken), "{taken}");
    assert_eq!(refused.is(429).headers["retry-after"], "1");
    other.get(paths[1]).await.is(200);
    // What is only shown is shown.
    lead.get("/after").await.is(200);
}

/// Puts 260 full notes of somebody into a log, behind the entries that stand there.
async fn fill(house: &House, id: &str, (behind, actor): (u64, &str)) {
    let note = format!("{{\"act\":{{\"note\":{{\"text\":\"{}\"}}}}}}", "x".repeat(4_000));
    let mut tx = house.desk.store.begin().await.unwrap();
    for number in (1..=260).map(|more| behind + more) {
        let (key, actor_name) = (format!("key-{number}"), "Somebody".to_owned());
        let new =
            New { number, key, at: now(), actor: actor.to_owned(), actor_name, body: note.clone() };
        logbook::add(tx.link(), id, &new, true).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}

#[tokio::test]
async fn nobody_fills_a_log_with_long_words() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut other = house.person("A colleague", Role::LocalIt, Some(OURS)).await;
    let id = "incident-long";
    office::incident(&house.desk.store, id, OURS, (now(), "Something")).await;
    fill(&house, id, (1, &format!("p-{}-{OURS}", Role::LocalClerk))).await;
    let add = format!("/incidents/{id}/add");
    let long = "y".repeat(4_000);
    let note = |key, text| [("act", "note"), ("key", key), ("text", text)];
    let refused = clerk.post(&add, &note("key-long-1", &long)).await;
    refused.is(422).says("What you wrote here fills one MiB").says(&long);
    clerk.post(&add, &note("key-short", "They called again.")).await.is(303);
    other.post(&add, &note("key-long-2", &long)).await.is(303);
    for (at, actor) in ["p-1", "p-2", "p-3"].into_iter().enumerate() {
        fill(&house, id, (263 + 260 * at as u64, actor)).await;
    }
    let refused = other.post(&add, &note("key-long-3", &long)).await;
    refused.is(422).says("What stands here fills four MiB");
    // It can always be brought to its end.
    clerk.post(&add, &[("act", "solve"), ("key", "key-solve"), ("text", &long)]).await.is(303);
}
