//! Incidents on the pages: reported once, worked on, verified by another, never rewritten.

use ward_access::Role;

use crate::check;
use crate::house::House;
use crate::sample::OURS;

const KEY: &str = "a-key-drawn-by-the-desk";

fn report(key: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("key", key),
        ("kind", "poll-books"),
        ("voting", "stopped"),
        ("place", "Precinct 4, <b>gym</b>"),
        ("what", "The poll books show\nyesterday's list."),
        ("call_back", "555-0142"),
        // What only the state's desk says of whom it heard.
        ("told_by", "The election judge"),
    ]
}

fn sent(
    act: &'static str,
    key: &'static str,
    text: &'static str,
) -> [(&'static str, &'static str); 4] {
    [("act", act), ("key", key), ("text", text), ("event", "An old list at one place")]
}

#[tokio::test]
async fn a_clerk_reports_once_however_often_it_is_sent() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let form = clerk.get("/incidents/new").await;
    form.is(200).says("Can people vote there?").says("call 911 first");
    assert!(!form.body.contains("name=\"jurisdiction\""), "a clerk has one jurisdiction");
    assert!(!form.body.contains("name=\"told_by\""));
    check::page(&form.body).unwrap();
    let first = clerk.post("/incidents/new", &report(KEY)).await;
    let path = first.location().to_owned();
    assert!(path.starts_with("/incidents/incident-"), "{path}");
    assert_eq!(clerk.post("/incidents/new", &report(KEY)).await.location(), path);
    // Other words under the same key are not lost unseen.
    let mut other = report(KEY);
    other[3].1 = "Another place";
    clerk.post("/incidents/new", &other).await.is(422).says("Something else was sent");
    let page = clerk.get(&path).await;
    page.is(200).says("Voting stopped").says("Precinct 4, <b>gym</b>").says("yesterday's list.");
    page.says("1 entry").says("555-0142");
    page.says("The state's desk has your report. Nobody there has taken it yet.");
    page.says("If voting is stopped or somebody is in danger, call 555-0100 now.");
    assert!(page.body.contains("href=\"tel:5550100\""));
    assert!(!page.body.contains("Told by"));
    check::page(&page.body).unwrap();
    let id = path.rsplit('/').next().unwrap_or_default();
    assert_eq!(house.acts("incident.report", id).await, 1);
    let detail = house
        .audited()
        .await
        .iter()
        .rev()
        .find_map(|row| (row.entry.act == "incident.report").then(|| row.entry.detail.clone()));
    assert!(detail.is_some_and(|detail| detail.starts_with("entry 1, ") && detail.len() == 73));
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_was_typed_stays() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let again = lead.post("/incidents/new", &[("key", KEY), ("place", "The gym")]).await;
    again.is(422).says("Choose what it is about").says("Say whether people can vote");
    again.says("Choose the jurisdiction").says("Write something here");
    // Each sentence names its field and leads there.
    again.says("What happened? Write something here.");
    let field =
        "<a href=\"#incident-what\"><strong>What happened?</strong> Write something here.</a>";
    assert!(again.body.contains(field), "{}", again.body);
    assert!(again.body.contains("value=\"The gym\""));
    check::page(&again.body).unwrap();
    let mut odd = report(KEY);
    odd.push(("jurisdiction", "atlantis"));
    lead.post("/incidents/new", &odd).await.is(422).says("Choose the jurisdiction");
    let mut own_key = report("x");
    own_key.push(("jurisdiction", OURS));
    lead.post("/incidents/new", &own_key).await.is(422).says("open the page again");
    let mut turned = report(KEY);
    turned[3].1 = "a\u{202e}b";
    turned.push(("jurisdiction", OURS));
    lead.post("/incidents/new", &turned).await.is(422).says("turn the text around");
}

#[tokio::test]
async fn from_a_report_to_an_event_and_its_end() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let path = clerk.post("/incidents/new", &report(KEY)).await.location().to_owned();
    let (add, work) = (format!("{path}/add"), format!("{path}/work"));
    analyst.get("/incidents").await.says("Poll books").says("Nobody");
    analyst.post(&work, &sent("take", "key-take", "")).await.leads_to(&path);
    lead.get("/incidents").await.says("An analyst").says("Taken");
    let page = clerk.get(&path).await;
    page.says("Taken by An analyst at");
    assert!(!page.text().contains("has taken it yet"));
    assert!(!lead.get(&path).await.text().contains("Taken by"), "for those whose incident it is");
    // A clerk adds, and works on nothing.
    clerk.post(&work, &sent("verify", "key-1234", "I saw it.")).await.is(403);
    clerk.post(&add, &sent("note", "key-note", "The judge called again.")).await.leads_to(&path);
    lead.get("/incidents/events").await.says("No event stands");
    lead.post(&work, &sent("verify", "key-verify", "")).await.is(422).says("Write something here");
    lead.post(&work, &sent("verify", "key-verify", "Called the judge.")).await.leads_to(&path);
    lead.get("/incidents/events").await.says("An old list at one place");
    clerk.get(&path).await.says("The state's desk made sure that it is so.");
    let twice = lead.post(&work, &sent("verify", "key-again", "Once more.")).await;
    twice.is(422).says("It is verified already").says("Once more.");
    let slower = [("act", "voting"), ("key", "key-voting"), ("voting", "slowed")];
    clerk.post(&add, &slower).await.leads_to(&path);
    let wrong = [("act", "correct"), ("key", "key-corr"), ("entry", "3"), ("text", "Two judges.")];
    clerk.post(&add, &wrong).await.leads_to(&path);
    lead.post(&work, &sent("close", "key-close", "Nothing is left.")).await.leads_to(&path);
    clerk.get(&path).await.says("Closed by A lead at").says("Nothing is left.");
    let page = lead.get(&path).await;
    page.says("Voting slowed").says("Corrected:").says("Two judges.").says("7 entries");
    page.says("The judge called again.").says("Nothing is left.");
    check::page(&page.body).unwrap();
    lead.post(&work, &sent("take", "key-late", "")).await.is(422).says("open it again first");
    lead.post(&work, &sent("reopen", "key-open", "It is back.")).await.leads_to(&path);
    lead.get("/incidents").await.says("Taken");
}

#[tokio::test]
async fn nobody_verifies_what_they_put_down() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut told = report(KEY);
    told.push(("jurisdiction", OURS));
    let path = lead.post("/incidents/new", &told).await.location().to_owned();
    lead.get(&path).await.says("Told by The election judge.");
    let work = format!("{path}/work");
    let own = lead.post(&work, &sent("verify", "key-verify", "I wrote it myself.")).await;
    own.is(422).says("Somebody other than who put it down");
    let page = lead.get(&path).await;
    page.says("Not verified").says("1 entry");
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.get(&path).await.is(200);
    auditor.get("/incidents/new").await.is(403);
    auditor.post(&work, &sent("take", "key-take", "")).await.is(403);
}
