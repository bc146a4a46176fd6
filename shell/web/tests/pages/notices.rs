//! One's own notices: what is usual, what one chooses, a test; and what was told of an incident.

use ward_access::Role;
use ward_desk::notices::{Least, Topic, Wishes};
use ward_kernel::Rung;
use ward_kernel::time::MINUTE;
use ward_store::notices::{self, Message, State};
use ward_store::{Audit, cases};

use crate::check;
use crate::house::{House, now};
use crate::sample::{self, OURS, THEIRS};

const HERE: &str = "/account/notices";

async fn wishes(house: &House, person: &str) -> Option<Wishes> {
    let mut read = house.desk.store.read().await.unwrap();
    let kept = notices::wishes(read.link(), person).await.unwrap();
    kept.map(|kept| serde_json::from_str(&kept).unwrap())
}

#[tokio::test]
async fn everybody_chooses_for_themselves() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(HERE).await;
    page.is(200).says("Communications checks").says("Nothing was sent to you yet");
    check::page(&page.body).unwrap();
    let odd = [("mail", "yes"), ("least", "access"), ("quiet", "yes"), ("from", "9"), ("to", "9")];
    clerk.post(HERE, &odd).await.is(422).says("Write a time of the day");
    clerk.post(HERE, &[("least", "scan")]).await.is(422).says("Choose from which rung on");
    let wish = [
        ("mail", "yes"),
        ("topic-case", "yes"),
        ("topic-check", "yes"),
        ("least", "access"),
        ("quiet", "yes"),
        ("from", "21:30"),
        ("to", "05:45"),
    ];
    clerk.post(HERE, &wish).await.leads_to("/account/notices?now=saved");
    let page = clerk.get("/account/notices?now=saved").await;
    page.says("Your choice was saved");
    assert!(page.body.contains("value=\"21:30\"") && page.body.contains("value=\"05:45\""));
    let id = house.audited().await.pop().unwrap().entry.object;
    let kept = wishes(&house, &id).await.unwrap();
    assert_eq!((kept.least, kept.topics), (Least::Access, [Topic::Case, Topic::Check].into()));
    assert_eq!(house.acts("notices.change", &id).await, 1);
    // The same again changes nothing.
    clerk.post(HERE, &wish).await.leads_to("/account/notices?now=saved");
    assert_eq!(house.acts("notices.change", &id).await, 1);
    let mut partner = house.person("A partner", Role::Partner, None).await;
    partner.get(HERE).await.is(200).says("You are told nothing");
    // The state is not asked whether it can be reached.
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let page = analyst.get(HERE).await;
    assert!(!page.body.contains("Communications checks"));
}

#[tokio::test]
async fn a_test_is_for_whoever_asks_and_not_too_often() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.post("/account/notices/test", &[]).await.leads_to("/account/notices?now=test");
    lead.post("/account/notices/test", &[]).await.is(422).says("a moment ago");
    let id = house.audited().await.pop().unwrap().entry.object;
    assert_eq!(house.acts("notices.test", &id).await, 1);
    let mut read = house.desk.store.read().await.unwrap();
    assert_eq!(notices::waiting(read.link()).await.unwrap(), [(id.clone(), 1)]);
    let waiting = notices::waiting_for(read.link(), &id, 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].0.new.topic.as_str()), (1, "test"));
}

#[tokio::test]
async fn an_incident_is_told_with_its_entry_once() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let report = [
        ("key", "key-report"),
        ("kind", "poll-books"),
        ("voting", "stopped"),
        ("place", "A gym"),
        ("what", "Somebody named in confidence."),
    ];
    for _ in 0..2 {
        clerk.post("/incidents/new", &report).await;
    }
    // What is refused is not told.
    clerk.post("/incidents/new", &[("key", "key-other"), ("voting", "stopped")]).await.is(422);
    let mut read = house.desk.store.read().await.unwrap();
    let told = notices::unspread(read.link(), 10).await.unwrap();
    assert_eq!(told.len(), 1, "{told:#?}");
    let new = &told[0].new;
    assert_eq!(
        (new.topic.as_str(), new.places.as_slice()),
        ("voting", [OURS.to_owned()].as_slice())
    );
    assert!(new.object.starts_with("incident-") && !new.actor.is_empty());
    assert!(new.because.contains("A gym") && !new.because.contains("confidence"), "{new:?}");
}

/// Whoever flips it uses up nobody's messages; the page shows each time.
#[tokio::test]
async fn that_voting_stopped_is_told_once_however_often_it_is_flipped() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let report = [
        ("key", "key-report"),
        ("kind", "poll-books"),
        ("voting", "stopped"),
        ("place", "A gym"),
        ("what", "The list is of yesterday."),
    ];
    clerk.post("/incidents/new", &report).await;
    let mut read = house.desk.store.read().await.unwrap();
    let told = notices::unspread(read.link(), 10).await.unwrap();
    drop(read);
    let path = format!("/incidents/{}/add", told[0].new.object);
    for (key, now) in [("key-flip-1", "unaffected"), ("key-flip-2", "stopped")] {
        let flip = [("act", "voting"), ("key", key), ("voting", now)];
        clerk.post(&path, &flip).await.is(303);
    }
    let mut read = house.desk.store.read().await.unwrap();
    assert_eq!(notices::unspread(read.link(), 10).await.unwrap(), told);
}

/// A case that the desk raises is told as what it is, and where: an official has to act on it.
#[tokio::test]
async fn a_case_that_the_desk_raises_says_what_and_where() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut tx = house.desk.store.begin().await.unwrap();
    let case = sample::kept("W-other", "state", Rung::Attempt, "guesses at an account");
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let raise = [("act", "rung"), ("key", "key-raise"), ("rung", "access"), ("text", "Called.")];
    lead.post("/cases/W-other/work", &raise).await.leads_to("/cases/W-other");
    let mut read = house.desk.store.read().await.unwrap();
    let told = notices::unspread(read.link(), 10).await.unwrap();
    let new = &told.last().unwrap().new;
    assert_eq!((new.object.as_str(), new.rung), ("W-other", Some(Rung::Access)));
    assert_eq!(new.title, case.title);
    assert_eq!(new.because, "The desk sees this case on a higher rung");
    assert!(!new.places.is_empty() && new.places == case.jurisdictions, "{new:?}");
}

#[tokio::test]
async fn what_was_sent_says_whom_and_never_what() {
    let house = House::start().await;
    let clerk = house.person("A clerk of theirs", Role::LocalClerk, Some(THEIRS)).await;
    drop(clerk);
    let mut tx = house.desk.store.begin().await.unwrap();
    for (id, state, failure) in [
        ("m-1", State::Sent, ""),
        ("m-2", State::Failed, "550 <b>no</b> such mailbox"),
        ("m-3", State::Open, "it does not answer"),
    ] {
        let message = Message {
            id: id.to_owned(),
            recipient: "webhook:chat".to_owned(),
            made: now(),
            state,
            due: now().plus(MINUTE),
            tries: 1,
            done: (state != State::Open).then(now),
            failure: failure.to_owned(),
        };
        notices::make(tx.link(), &message, &[]).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    let page = auditor.get("/settings/notices").await;
    page.is(200).says("Webhook chat").says("1 message was given up this week").says("Next try");
    page.says("550 <b>no</b> such mailbox");
    check::page(&page.body).unwrap();
    let mut local = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    local.get("/settings/notices").await.is(403);
}
