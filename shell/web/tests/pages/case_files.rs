//! What people make of cases on the pages: one transaction, one entry, whoever sends it how often.

use ward_access::Role;
use ward_desk::case_file::{Merged, Placed, part_of, seen};
use ward_kernel::Rung;
use ward_store::cases::{self, Handling};
use ward_store::{Audit, Tx, case_files};

use crate::check;
use crate::house::House;
use crate::sample::{self, OURS, kept};

const WORK: &str = "/cases/W-state/work";
const PAGE: &str = "/cases/W-state";

type Form = Vec<(&'static str, &'static str)>;

/// A form with a key of its own.
fn form(key: &'static str, act: &'static str, more: &[(&'static str, &'static str)]) -> Form {
    [&[("key", key), ("act", act)], more].concat()
}

async fn filled() -> House {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut tx = house.desk.store.begin().await.unwrap();
    put(&mut tx, "W-other", Rung::Attempt).await;
    tx.commit(Audit::Machine).await.unwrap();
    house
}

async fn put(tx: &mut Tx, id: &str, rung: Rung) {
    let case = kept(id, "state", rung, "another effort");
    cases::upsert(tx.link(), &case).await.unwrap();
}

async fn judged(house: &House, id: &str, rung: Rung) {
    let mut tx = house.desk.store.begin().await.unwrap();
    put(&mut tx, id, rung).await;
    tx.commit(Audit::Machine).await.unwrap();
}

async fn stands(house: &House, id: &str) -> cases::Filed {
    let mut read = house.desk.store.read().await.unwrap();
    cases::by_id(read.link(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_case_is_decided_by_who_may_and_says_why() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let path = "/cases/W-state/decide";
    let decide =
        |key, handling, reason| form(key, "decide", &[("handling", handling), ("reason", reason)]);
    lead.post(path, &decide("key-one-1", "closed", "")).await.is(422).says("Say why");
    lead.post(path, &decide("key-two-2", "odd", "x")).await.is(422).says("Choose open");
    lead.post(path, &decide("short", "closed", "x")).await.is(422).says("not made by the desk");
    let why = "our own <b>scanner</b>";
    lead.post(path, &decide("key-three", "closed", why)).await.leads_to(PAGE);
    let page = lead.get(PAGE).await;
    page.says("Closed").says("our own <b>scanner</b>").says("Entry 1, A lead");
    check::page(&page.body).unwrap();
    assert_eq!(house.acts("case.decide", "W-state").await, 1);
    // Sent again, and asked again, nothing has changed, and nothing is put down.
    lead.post(path, &decide("key-three", "closed", why)).await.leads_to(PAGE);
    lead.post(path, &decide("key-four-4", "closed", why)).await.leads_to(PAGE);
    assert_eq!(house.acts("case.decide", "W-state").await, 1);
    let filed = stands(&house, "W-state").await;
    assert_eq!((filed.handling, filed.reason.as_str()), (Handling::Closed, why));
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let closed = decide("key-five-5", "closed", "x");
    clerk.post("/cases/W-adair-county/decide", &closed).await.is(403);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.post(path, &closed).await.is(403);
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.post(path, &closed).await.is(403);
    let note = form("key-six-66", "note", &[("note", "x")]);
    auditor.post("/cases/W-state/note", &note).await.is(403);
    auditor.post(WORK, &form("key-seven", "take", &[])).await.is(403);
}

#[tokio::test]
async fn a_clerk_notes_at_home_and_nowhere_else() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let own = "/cases/W-adair-county";
    let note = form("key-note-1", "note", &[("note", "That was the copier.")]);
    clerk.post(&format!("{own}/note"), &note).await.leads_to(own);
    clerk.post(&format!("{own}/note"), &note).await.leads_to(own);
    let page = clerk.get(own).await;
    page.says("That was the copier.").says("Entry 1, A clerk");
    assert!(!page.body.contains("Work on it") && !page.body.contains("cass-county"));
    assert!(!page.body.contains(&format!("{own}/work")));
    check::page(&page.body).unwrap();
    let correct = [("entry", "1"), ("text", "It was the printer.")];
    let correct = form("key-note-2", "correct", &correct);
    clerk.post(&format!("{own}/note"), &correct).await.leads_to(own);
    clerk.get(own).await.says("Corrected: It was the printer.").says("That was the copier.");
    let empty = form("key-note-3", "note", &[("note", " ")]);
    clerk.post(&format!("{own}/note"), &empty).await.is(422).says("Write something here");
    for elsewhere in ["/cases/W-boone-county/note", "/cases/W-state/note"] {
        clerk.post(elsewhere, &note).await.is(404);
    }
    clerk.post(&format!("{own}/work"), &form("key-note-4", "take", &[])).await.is(403);
    assert_eq!(house.acts("case.note", "W-adair-county").await, 1);
    assert_eq!(house.acts("case.correct", "W-adair-county").await, 1);
    assert_eq!(house.acts("case.note", "W-boone-county").await, 0);
    // The state reads it where it was written.
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.get(own).await.says("That was the copier.");
}

#[tokio::test]
async fn a_case_goes_from_hand_to_hand_with_its_tasks() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    analyst.get("/cases?standing=nobody").await.says("Another effort");
    for _ in 0..2 {
        // An impatient finger: it is one entry.
        analyst.post(WORK, &form("key-take-1", "take", &[])).await.leads_to(PAGE);
    }
    assert_eq!(house.acts("case.take", "W-state").await, 1);
    analyst.get(PAGE).await.says("You have this case").says("An analyst");
    analyst.get("/cases?standing=mine").await.says("An analyst").says("1 case");
    lead.get(PAGE).await.says("An analyst has this case").says("Take it over");
    let give = [("to", "p-lead-state")];
    analyst.post(WORK, &form("key-give-1", "give", &give)).await.leads_to(PAGE);
    analyst.get(PAGE).await.says("Given to A lead").says("A lead has this case");
    for nobody in ["p-auditor-state", "p-nobody", ""] {
        let give = form("key-give-2", "give", &[("to", nobody)]);
        analyst.post(WORK, &give).await.is(422).says("Choose who is to have it");
    }
    let task = form("key-task-1", "task", &[("what", "Call the <i>clerk</i>")]);
    lead.post(WORK, &task).await.leads_to(PAGE);
    lead.get(PAGE).await.says("1 task to do").says("Call the <i>clerk</i>");
    let gone = form("key-drop-1", "task-drop", &[("task", "3"), ("text", "")]);
    let page = lead.post(WORK, &gone).await;
    page.is(422).says("Write something here");
    check::page(&page.body).unwrap();
    let done = form("key-done-1", "task-done", &[("task", "3")]);
    lead.post(WORK, &done).await.leads_to(PAGE);
    let again = form("key-done-2", "task-done", &[("task", "3")]);
    lead.post(WORK, &again).await.is(422).says("somebody may have been faster");
    let told = [("whom", "Clerk of Adair"), ("way", "telephone"), ("text", "Lock it.")];
    lead.post(WORK, &form("key-told-1", "told", &told)).await.leads_to(PAGE);
    let page = lead.get(PAGE).await;
    page.says("Whom the office told").says("Clerk of Adair").says("Lock it.");
    page.says("0 tasks to do").says("Its course").says("The same as a table");
    check::page(&page.body).unwrap();
    lead.post(WORK, &form("key-free-1", "release", &[])).await.leads_to(PAGE);
    assert_eq!(stands(&house, "W-state").await.owner, None);
    lead.post(WORK, &form("key-odd-1", "odd", &[])).await.is(422).says("Nothing was chosen");
}

#[tokio::test]
async fn the_desk_s_rung_stands_beside_judgement_s() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let work = "/cases/W-other/work";
    let lower = |key, judged| {
        form(key, "rung", &[("rung", "scan"), ("judged", judged), ("text", "A mirror of ours.")])
    };
    analyst
        .post(work, &lower("key-rung-1", "scan"))
        .await
        .is(422)
        .says("on another rung meanwhile");
    analyst.post(work, &lower("key-rung-2", "attempt")).await.leads_to("/cases/W-other");
    let page = analyst.get("/cases/W-other").await;
    page.says("The desk lowered it to a scan")
        .says("A mirror of ours.")
        .says("judgement has it as");
    check::page(&page.body).unwrap();
    let list = analyst.get("/cases").await;
    assert!(!list.body.contains("Another effort"), "it is a scan for the lists");
    analyst.get("/cases?rung=scan").await.says("Another effort").says("judged attempt");
    judged(&house, "W-other", Rung::Access).await;
    let page = analyst.get("/cases/W-other").await;
    page.says("Judgement has risen above").says("The desk had put it on a scan before");
    analyst.get("/cases?rung=access").await.says("Another effort");
    let again = [("rung", "access"), ("text", "So it is.")];
    let again = form("key-rung-3", "rung", &again);
    analyst.post(work, &again).await.is(422).says("It stands on this rung");
}

#[tokio::test]
async fn cases_are_merged_and_taken_out_again() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let work = "/cases/W-other/work";
    let merge = |key, into| form(key, "merge", &[("into", into), ("text", "One list of names.")]);
    for bad in ["W-other", "W-adair-county", "W-nothing", ""] {
        analyst.post(work, &merge("key-merge-0", bad)).await.is(422).says("Choose another case");
    }
    analyst.post(work, &merge("key-merge-1", "W-state")).await.leads_to("/cases/W-other");
    analyst.post(work, &merge("key-merge-1", "W-state")).await.leads_to("/cases/W-other");
    analyst.post(work, &merge("key-merge-2", "W-state")).await.is(422).says("take it out first");
    let list = analyst.get("/cases").await;
    assert!(!list.body.contains("Another effort"));
    analyst.get("/cases?past=yes").await.says("Another effort").says("Part of another");
    analyst.get(PAGE).await.says("Parts of this case").says("Another effort");
    let page = analyst.get("/cases/W-other").await;
    page.says("This is a part of another case").says("It is a case of its own");
    check::page(&page.body).unwrap();
    // No chains: neither into a part, nor of what has parts.
    judged(&house, "W-third", Rung::Attempt).await;
    let third = "/cases/W-third/work";
    analyst.post(third, &merge("key-merge-3", "W-other")).await.is(422).says("choose that one");
    analyst.post(WORK, &merge("key-merge-4", "W-third")).await.is(422).says("take them out first");
    // What rises comes back by itself.
    judged(&house, "W-other", Rung::Access).await;
    analyst.get("/cases").await.says("Another effort");
    judged(&house, "W-other", Rung::Attempt).await;
    let out = form("key-out-1", "take-out", &[("text", "Two lists.")]);
    analyst.post(work, &out).await.leads_to("/cases/W-other");
    analyst.get("/cases").await.says("Another effort");
    assert_eq!(house.acts("case.merge", "W-other").await, 1);
}

#[tokio::test]
async fn sources_are_taken_out_with_their_records() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let split = |key, sources| {
        let more = [("sources", sources), ("title", "A copier <b>"), ("text", "Only this one.")];
        form(key, "split", &more)
    };
    for (sources, why) in [
        ("", "Write the sources"),
        ("192.0.2.9", "no source that this case lists"),
        ("<script>", "no source that this case lists"),
        ("192.0.2.7 2001:db8::7", "it would be the same case"),
        ("2001:db8::7", "No sealed record of this case names one of these sources"),
    ] {
        let page = analyst.post(WORK, &split("key-split-0", sources)).await;
        page.is(422).says(why);
        check::page(&page.body).unwrap();
    }
    for _ in 0..2 {
        analyst.post(WORK, &split("key-split-1", "192.0.2.7\r\n")).await.leads_to(PAGE);
    }
    let page = analyst.get(PAGE).await;
    page.says("Taken out of this case").says("A copier <b>");
    check::page(&page.body).unwrap();
    let at = page.body.find("/cases/W-state-").unwrap();
    let path: String = page.body[at..].chars().take_while(|c| *c != '"').collect();
    let id = path.trim_start_matches("/cases/");
    let new = stands(&house, id).await;
    assert_eq!((new.case.source_count, new.split_from.as_deref()), (1, Some("W-state")));
    assert_eq!((new.handling, new.case.rung), (Handling::Open, Rung::Attempt));
    let shown = analyst.get(&path).await;
    shown.is(200).says("taken out of").says("Only this one.").says("Taken out of another case");
    check::page(&shown.body).unwrap();
    assert!(!shown.body.contains("2001:db8::7"));
    // It is closed as any other, and judgement does not know it.
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let close = form("key-close-1", "decide", &[("handling", "closed"), ("reason", "A copier.")]);
    lead.post(&format!("{path}/decide"), &close).await.leads_to(&path);
    let mut read = house.desk.store.read().await.unwrap();
    let since = ward_kernel::Time::from_secs(0);
    let known = cases::of_all_scopes(read.link(), since).await.unwrap();
    assert!(known.iter().all(|case| case.id != id) && known.len() > 3);
    drop(read);
    assert_eq!(house.acts("case.split", "W-state").await, 1);
    // Cases of the same kind and network, closed before, are told.
    analyst.get(PAGE).await.says("Cases like it before").says("Closed: A copier.");
}

/// What the engine counts is what the core says, whoever wrote last.
#[tokio::test]
async fn lists_count_what_the_core_says() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for then in Rung::ALL {
        for rung in Rung::ALL {
            put(&mut tx, "W-1", then).await;
            let placed = Placed { rung, judged: then };
            case_files::set_rung(tx.link(), "W-1", Some((rung, then))).await.unwrap();
            case_files::set_part(tx.link(), "W-1", Some(("W-2", then))).await.unwrap();
            let merged = Merged { into: "W-2".to_owned(), judged: then };
            for judged in Rung::ALL {
                put(&mut tx, "W-1", judged).await;
                let filed = cases::by_id(tx.link(), "W-1").await.unwrap().unwrap();
                assert_eq!(filed.seen, seen(judged, Some(placed)), "{judged} {placed:?}");
                let part = part_of(judged, Some(&merged));
                assert_eq!(filed.merged_into.as_deref(), part);
            }
        }
    }
}
