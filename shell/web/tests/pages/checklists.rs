//! Checklists on the pages: a clerk ticks by one press, the state sees it, nothing is written before
//! somebody acts.

use ward_access::Role;
use ward_kernel::time::DAY;
use ward_store::logbook;

use crate::check;
use crate::house::{House, now};
use crate::office;
use crate::sample::{OURS, THEIRS};

const LIST: &str = "/checklists/adair-county";

/// A desk with an election in two days.
async fn house() -> House {
    let house = House::start().await;
    let name = "General election";
    office::election(&house.desk.store, "election-near", now().plus(2 * DAY), name).await;
    house
}

fn sent(
    act: &'static str,
    point: &'static str,
    text: &'static str,
) -> [(&'static str, &'static str); 4] {
    [("act", act), ("point", point), ("text", text), ("key", "key-of-the-page")]
}

async fn points(house: &House) -> usize {
    let mut read = house.desk.store.read().await.unwrap();
    logbook::under(read.link(), "point", "point.", 1_000).await.unwrap().len()
}

#[tokio::test]
async fn without_an_election_there_is_nothing_to_do() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/checklists").await;
    page.is(200).says("No election is in the calendar").says("Open the election calendar");
    check::page(&page.body).unwrap();
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.get("/checklists").await.leads_to(LIST);
    let page = clerk.get(LIST).await;
    page.is(200).says("No election is in the calendar");
    assert!(!page.body.contains("Open the election calendar"));
    let put = clerk.post(LIST, &sent("tick", "accounts-reviewed", "")).await;
    put.is(422).says("Choose the election");
    lead.get("/checklists/points/accounts-reviewed").await.is(404);
}

#[tokio::test]
async fn one_press_ticks_and_the_state_sees_it() {
    let house = house().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = clerk.get(LIST).await;
    page.is(200).says("Now").says("Go through all accounts").says("Overdue").says("0 of 37");
    // What is to come says from when, and its button is none of the first.
    page.says("To come from").says("Done already, or not needed here");
    let soon = page.body.split("id=\"point-lessons-sent\"").nth(1).unwrap();
    let soon = soon.split("</li>").next().unwrap();
    let [press, opens] = ["value=\"tick-0-lessons-sent\"", "<details"].map(|part| soon.find(part));
    assert!(press.unwrap() > opens.unwrap(), "{soon}");
    let home = clerk.get("/").await;
    assert!(home.body.contains("class=\"tag bad\""), "overdue is as red at home as on the list");
    check::page(&page.body).unwrap();
    lead.get("/checklists").await.says("0 of 116").says("Adair County").says("116");
    assert_eq!(points(&house).await, 0, "to look writes nothing");
    // The very form of the page, pressed twice.
    let press = [
        ("key", "tick-0-accounts-reviewed"),
        ("act", "tick"),
        ("point", "accounts-reviewed"),
        ("election", "election-near"),
    ];
    assert!(page.body.contains("value=\"tick-0-accounts-reviewed\""));
    let back = format!("{LIST}?election=election-near");
    clerk.post(LIST, &press).await.leads_to(&back);
    clerk.post(LIST, &press).await.leads_to(&back);
    let id = "point.election-near.adair-county.accounts-reviewed";
    assert_eq!((points(&house).await, house.acts("point.tick", id).await), (1, 1));
    let page = clerk.get(LIST).await;
    page.says("1 of 37").says("Done by A clerk");
    check::page(&page.body).unwrap();
    let page = lead.get("/checklists").await;
    page.says("1 of 116");
    check::page(&page.body).unwrap();
    let page = lead.get("/checklists/points/accounts-reviewed").await;
    page.is(200).says("Done by A clerk").says("115 authorities").says("Boone County");
    check::page(&page.body).unwrap();
    lead.get("/checklists/points/nothing").await.is(404);
    // Somebody else was faster.
    let late = clerk.post(LIST, &sent("tick", "accounts-reviewed", "Once more.")).await;
    late.is(422).says("It is done already").says("Once more.");
}

#[tokio::test]
async fn it_is_set_aside_and_opened_again_with_words() {
    let house = house().await;
    let mut it = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    let put = it.post(LIST, &sent("skip", "backup-restored", " ")).await;
    put.is(422).says("Write something here");
    check::page(&put.body).unwrap();
    assert_eq!(points(&house).await, 0, "what is refused is not begun");
    let why = "The county's IT does this <b>for us</b>.";
    it.post(LIST, &sent("skip", "backup-restored", why)).await.leads_to(LIST);
    let page = it.get(LIST).await;
    page.says("Set aside by Local IT").says(why);
    let other = [
        ("act", "undo"),
        ("point", "backup-restored"),
        ("text", "They do not."),
        ("key", "key-undo"),
    ];
    it.post(LIST, &other).await.leads_to(LIST);
    let page = it.get(LIST).await;
    page.says("Opened again").says("What was put down").says("0 of 37");
    check::page(&page.body).unwrap();
    // What its list does not hold is not ticked on it.
    it.post(LIST, &sent("tick", "calendar-right", "")).await.is(422).says("Choose a point");
    it.post(LIST, &sent("tick", "nothing", "")).await.is(422).says("Choose a point");
    it.post(LIST, &sent("paint", "accounts-reviewed", "")).await.is(422).says("Nothing was chosen");
}

#[tokio::test]
async fn each_has_a_list_and_whoever_only_looks_ticks_nothing() {
    let house = house().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let theirs = format!("/checklists/{THEIRS}");
    clerk.get(&theirs).await.is(404);
    clerk.post(&theirs, &sent("tick", "accounts-reviewed", "")).await.is(404);
    clerk.get("/checklists/points/accounts-reviewed").await.is(404);
    clerk.get("/checklists/state-office").await.is(404);
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    let page = auditor.get(&theirs).await;
    page.is(200).says("Boone County");
    assert!(!page.body.contains("value=\"tick-0-"), "an auditor has no button");
    auditor.post(&theirs, &sent("tick", "accounts-reviewed", "")).await.is(403);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let office = "/checklists/state-office";
    analyst.get(office).await.is(200).says("The state office").says("Desk lead");
    analyst.post(office, &sent("tick", "calendar-right", "Looked.")).await.leads_to(office);
    analyst.get("/checklists").await.says("The state office's own points 1 of 30");
    // For somebody who called.
    analyst
        .post(&theirs, &sent("tick", "accounts-reviewed", "By telephone."))
        .await
        .leads_to(&theirs);
    analyst.get("/checklists/atlantis").await.is(404);
}
