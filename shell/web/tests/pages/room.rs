//! The room on the pages: positions are handed over and signed, local authorities are asked.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::{Audit, cases};

use crate::check;
use crate::house::House;
use crate::office;
use crate::sample::{OURS, THEIRS, kept};

fn sent(
    act: &'static str,
    key: &'static str,
    text: &'static str,
) -> [(&'static str, &'static str); 3] {
    [("act", act), ("key", key), ("text", text)]
}

#[tokio::test]
async fn a_shift_is_handed_over_and_signed() {
    let house = House::start().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let path = "/room/positions/cases";
    let page = analyst.get(path).await;
    page.is(200).says("Nobody").says("Take this position").says("Nothing was written yet");
    check::page(&page.body).unwrap();
    analyst.post(path, &sent("note", "key-early", "x")).await.is(422).says("take it first");
    analyst.post(path, &sent("begin", "key-begin", "")).await.leads_to(path);
    analyst.post(path, &sent("note", "key-note", "Boone County\ncalled.")).await.leads_to(path);
    lead.post(path, &sent("begin", "key-begin", "")).await.is(422).says("they hand it over");
    let notes = "Watch <b>Boone County</b>.";
    analyst.post(path, &sent("hand-over", "key-hand", notes)).await.leads_to(path);
    let own = [("act", "sign"), ("key", "key-own-1"), ("entry", "3")];
    analyst.post(path, &own).await.is(422).says("Somebody else has to sign");
    let page = lead.get(path).await;
    page.says("What the next has to know").says(notes).says("I have read it and take over");
    // The notes are written again between reading and signing.
    let more = "Watch <b>Boone County</b> and Cole County.";
    analyst.post(path, &sent("hand-over", "key-more", more)).await.leads_to(path);
    let stale = [("act", "sign"), ("key", "key-sign"), ("entry", "3")];
    lead.post(path, &stale).await.is(422).says("written again meanwhile");
    let sign = [("act", "sign"), ("key", "key-sign"), ("entry", "4")];
    lead.post(path, &sign).await.leads_to(path);
    let page = lead.get(path).await;
    page.says("Signed and took over").says("The notes of entry 4").says("5 entries");
    check::page(&page.body).unwrap();
    analyst.get("/room").await.says("A lead");
    assert_eq!(house.acts("position.sign", "position-cases-1").await, 1);
    // Whoever left without notes is followed, with the reason.
    let left = "They left, and nobody reaches them.";
    lead.post(path, &sent("take-over", "key-take-1", left)).await.is(422).says("You have this");
    analyst.post(path, &sent("take-over", "key-take-2", left)).await.leads_to(path);
    let correction = [("act", "correct"), ("key", "key-corr"), ("entry", "2"), ("text", "Cole.")];
    lead.post(path, &correction).await.is(422).says("Only whoever has");
    analyst.post(path, &correction).await.leads_to(path);
    analyst.get(path).await.says("Took over without notes").says("Corrected: Cole.");
    analyst.post(path, &sent("end", "key-ended", "")).await.leads_to(path);
    // Sent again by a slow network, it begins and ends nothing anew.
    analyst.post(path, &sent("end", "key-ended", "")).await.leads_to(path);
    analyst.post(path, &sent("begin", "key-begin", "")).await.leads_to(path);
    analyst.get(path).await.says("Take this position");
    assert_eq!(house.acts("position.begin", "position-cases-2").await, 0);
    // The next begins a log of its own.
    lead.post(path, &sent("begin", "key-begin-2", "")).await.leads_to(path);
    lead.get(path).await.says("1 entry");
    assert_eq!(house.acts("position.begin", "position-cases-2").await, 1);
    lead.get("/room/positions/nothing").await.is(404);
    lead.post("/room/positions/nothing", &sign).await.is(404);
}

#[tokio::test]
async fn local_authorities_are_asked_and_answer() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.get("/").await.is(200);
    let form = lead.get("/room/checks/new").await;
    form.is(200).says("Ask all of them");
    check::page(&form.body).unwrap();
    lead.post("/room/checks/new", &[("key", "key-check"), ("question", " ")]).await.is(422);
    let ask = [("key", "key-check"), ("question", "Do you <i>read</i> us?")];
    let path = lead.post("/room/checks/new", &ask).await.location().to_owned();
    let page = lead.get(&path).await;
    page.says("0 of 116 have answered").says("Adair County");
    check::page(&page.body).unwrap();
    clerk.get("/").await.says("Do you <i>read</i> us?").says("We are here: all well");
    clerk.get(&path).await.is(403);
    clerk.post(&path, &[("act", "end"), ("key", "key-end-it")]).await.is(403);
    let answer = format!("{path}/answer");
    clerk.post(&answer, &[("key", "key-answer")]).await.leads_to("/");
    clerk.post(&answer, &[("key", "key-another")]).await.leads_to("/");
    let home = clerk.get("/").await;
    home.says("Thank you. Your answer was put down at").says("you can change it below");
    home.says("You said: all well.");
    assert!(!home.body.contains("We are here: all well"));
    check::page(&home.body).unwrap();
    let miss =
        [("act", "miss"), ("key", "key-miss"), ("jurisdiction", THEIRS), ("way", "telephone")];
    lead.post(&path, &miss).await.leads_to(&path);
    let told = [("act", "answer"), ("key", "key-told"), ("jurisdiction", THEIRS), ("way", "radio")];
    lead.post(&path, &told).await.leads_to(&path);
    let again =
        [("act", "answer"), ("key", "key-more"), ("jurisdiction", THEIRS), ("way", "radio")];
    lead.post(&path, &again).await.is(422).says("They have answered already");
    lead.get(&path).await.says("2 of 116 have answered");
    let back =
        [("act", "withdraw"), ("key", "key-back"), ("jurisdiction", THEIRS), ("text", "No.")];
    lead.post(&path, &back).await.leads_to(&path);
    lead.get(&path).await.says("1 of 116 have answered");
    let said = [
        ("act", "answer"),
        ("key", "key-said"),
        ("jurisdiction", THEIRS),
        ("way", "radio"),
        ("text", "We have no power."),
    ];
    lead.post(&path, &said).await.leads_to(&path);
    lead.post(&path, &[("act", "end"), ("key", "key-end-it")]).await.leads_to(&path);
    // The form is gone: what is read stands in the list.
    let page = lead.get(&path).await;
    page.says("By radio").says("On their page").says("We have no power.");
    check::page(&page.body).unwrap();
    clerk.post(&answer, &[("key", "key-later")]).await.is(404);
    lead.get("/room").await.says("Ended");
}

#[tokio::test]
async fn an_answer_says_what_is_not_well_and_can_be_changed() {
    let house = House::start().await;
    office::check(&house.desk.store, "check-1", crate::house::now(), &[OURS, THEIRS]).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut it = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let (path, answer) = ("/room/checks/check-1", "/room/checks/check-1/answer");
    let home = clerk.get("/").await;
    check::page(&home.body).unwrap();
    // What is asked now stands above everything else.
    let [asks, stands, seen] = ["The state's desk asks", "Nothing can be said", "What was seen"]
        .map(|words| home.text().find(words).unwrap());
    assert!(asks < stands && stands < seen, "{}", home.text());
    home.says("If voting is stopped or somebody is in danger, call 555-0100 now.");
    let say = |key: &'static str, read: &'static str, text: &'static str| {
        [("act", "say"), ("key", key), ("read", read), ("text", text)]
    };
    // Words that could not be taken are said there, with the question.
    let empty = clerk.post(answer, &say("key-say-0", "0", " ")).await;
    empty.is(422).says("The state's desk asks").says("Write something here");
    check::page(&empty.body).unwrap();
    let power = "The power is <b>out</b>.";
    clerk.post(answer, &say("key-say-0", "0", power)).await.leads_to("/");
    clerk.get("/").await.says("Thank you").says(&format!("You said: {power}"));
    let page = lead.get(path).await;
    page.says("1 of 2 have answered").says("Not all well").says(power);
    check::page(&page.body).unwrap();
    // An old page in a colleague's hand takes nothing back.
    let well = |key: &'static str, read: &'static str| [("key", key), ("read", read)];
    it.post(answer, &well("key-well-0", "0")).await.leads_to("/");
    it.post(answer, &say("key-say-1", "0", "All fine here.")).await.is(422).says("meanwhile");
    lead.get(path).await.says(power);
    it.get("/").await.says(power).says("All is well now");
    it.post(answer, &well("key-well-1", "1")).await.leads_to("/");
    it.get("/").await.says("You said: all well.");
    // Nor does one press on it, and whoever pressed is told.
    let late = clerk.post(answer, &well("key-well-2", "1")).await;
    late.is(422).says("Somebody of your office has answered meanwhile");
    check::page(&late.body).unwrap();
    let page = lead.get(path).await;
    page.says("1 of 2 have answered");
    assert!(!page.text().contains("Not all well"), "{}", page.text());
}

/// A region in which somebody writes is not changed under their hands.
#[tokio::test]
async fn that_somebody_got_in_waits_for_no_answer() {
    let house = House::start().await;
    office::check(&house.desk.store, "check-1", crate::house::now(), &[OURS]).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let region = |home: &str, name: &str| {
        let after = home.split(&format!("data-region=\"{name}\"")).nth(1).unwrap();
        after.split("data-region=").next().unwrap().to_owned()
    };
    let got_in = "Somebody got into a machine of your office";
    let home = clerk.get("/").await.body;
    assert!(!home.contains(got_in));
    assert!(region(&home, "asks").contains("<textarea"));
    assert!(region(&home, "how-it-stands").contains("Nothing can be said"));
    let mut tx = house.desk.store.begin().await.unwrap();
    cases::upsert(tx.link(), &kept("W-one", OURS, Rung::Access, "an effort")).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let home = clerk.get("/").await.body;
    check::page(&home).unwrap();
    let first = region(&home, "got-in");
    assert!(first.contains(got_in) && !first.contains("<textarea"), "{first}");
    assert!(first.contains("data-hears=\"cases room sensors\""));
    assert!(region(&home, "asks").contains("<textarea"));
    assert!(home.find("data-region=\"got-in\"") < home.find("data-region=\"asks\""));
    assert_eq!(home.matches(got_in).count(), 1, "it is said once");
}

/// Of two people of an office who answer at the same moment, the second has not read the first.
#[tokio::test]
async fn a_call_for_help_is_not_undone_at_the_same_moment() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut it = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    for number in 0..10 {
        let id = format!("check-{number}");
        office::check(&house.desk.store, &id, crate::house::now(), &[OURS, THEIRS]).await;
        let answer = format!("/room/checks/{id}/answer");
        let help =
            [("act", "say"), ("key", "key-help-1"), ("read", "0"), ("text", "The line is down.")];
        let well = [("key", "key-well-1"), ("read", "0")];
        tokio::join!(clerk.post(&answer, &help), it.post(&answer, &well));
        assert_eq!(house.acts("check.answer", &id).await, 1, "{id}");
    }
    // Words without the button that sends them are not taken for all well.
    office::check(&house.desk.store, "check-last", crate::house::now(), &[OURS]).await;
    let words = [("key", "key-help-2"), ("read", "0"), ("text", "The line is down.")];
    clerk.post("/room/checks/check-last/answer", &words).await;
    assert_eq!(house.acts("check.answer", "check-last").await, 0);
}

#[tokio::test]
async fn who_is_not_asked_sees_nothing_of_it() {
    let house = House::start().await;
    office::check(&house.desk.store, "check-1", crate::house::now(), &[THEIRS]).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let home = clerk.get("/").await;
    assert!(!home.body.contains("Do you read us?"));
    clerk.post("/room/checks/check-1/answer", &[("key", "key-answer")]).await.is(404);
    clerk.get("/room").await.is(403);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.post("/room/checks/check-1/answer", &[("key", "key-answer")]).await.is(404);
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.get("/room/checks/check-1").await.is(200).says("Boone County");
    auditor.get("/room/checks/new").await.is(403);
}
