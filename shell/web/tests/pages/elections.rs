//! The election calendar on the pages: set, moved, called off, seen by everybody it is for.

use ward_access::Role;

use crate::check;
use crate::house::House;
use crate::sample::OURS;

fn dates(key: &'static str, closes: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("key", key),
        ("act", "set"),
        ("name", "General <b>election</b>"),
        ("opens", "2099-11-03T06:00"),
        ("closes", closes),
        ("certifies", "2099-12-08T17:00"),
    ]
}

#[tokio::test]
async fn an_election_is_set_moved_and_called_off() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/elections").await;
    page.is(200).says("No election stands in the calendar").says("Set an election");
    check::page(&page.body).unwrap();
    let form = lead.get("/elections/new").await;
    form.is(200).says("The polls open");
    check::page(&form.body).unwrap();
    let early = dates("key-early", "2099-11-03T05:00");
    let refused = lead.post("/elections/new", &early).await;
    refused.is(422).says("The polls close before they open");
    check::page(&refused.body).unwrap();
    let nothing = [("key", "key-nothing"), ("name", " "), ("opens", "soon")];
    let refused = lead.post("/elections/new", &nothing).await;
    refused.is(422).says("Give the day and the time").says("Write something here");
    check::page(&refused.body).unwrap();

    let set = dates("key-set-1", "2099-11-03T19:00");
    lead.post("/elections/new", &set).await.leads_to("/elections");
    lead.post("/elections/new", &set).await.leads_to("/elections");
    let page = lead.get("/elections").await;
    page.says("General <b>election</b>").says("No election is near").says("19 Sep 2099 00:00 CDT");
    check::page(&page.body).unwrap();
    let one = page.body.split("href=\"/elections/").map(|rest| rest.split('"').next().unwrap());
    let one = one.skip(1).find(|id| id.starts_with("election-")).unwrap();
    let path = format!("/elections/{one}");
    let form = lead.get(&path).await;
    form.is(200).says("Call this election off");
    // By the office's clock, as the browser's field wants it.
    assert!(form.body.contains("value=\"2099-11-03T06:00\""), "{}", form.body);
    check::page(&form.body).unwrap();

    let same = dates("key-same-1", "2099-11-03T19:00");
    lead.post(&path, &same).await.is(422).says("That is what the calendar says");
    let wrong = dates("key-wrong-1", "2099-11-04T19:00");
    lead.post(&path, &wrong).await.is(422).says("open and close on one day");
    let moved = dates("key-moved-1", "2099-11-03T20:00");
    lead.post(&path, &moved).await.leads_to("/elections");
    lead.get("/elections").await.says("Dates set again").says("3 Nov 2099 20:00 CST");

    let off = [("key", "key-off-1"), ("act", "call-off"), ("text", " ")];
    lead.post(&path, &off).await.is(422).says("Write something here");
    let off = [("key", "key-off-1"), ("act", "call-off"), ("text", "A court\nsaid so.")];
    lead.post(&path, &off).await.leads_to("/elections");
    let page = lead.get("/elections").await;
    page.says("Called off").says("A court").says("No election stands in the calendar");
    check::page(&page.body).unwrap();
    lead.get(&path).await.is(200).says("It takes place after all").says("3 entries");
    let again = dates("key-again-1", "2099-11-03T19:00");
    lead.post(&path, &again).await.leads_to("/elections");
    assert_eq!(house.acts("election.set", one).await, 3);
    assert_eq!(house.acts("election.call-off", one).await, 1);
    lead.get("/elections/nothing").await.is(404);
    lead.post("/elections/nothing", &again).await.is(404);
}

#[tokio::test]
async fn everybody_it_is_for_sees_it_and_few_set_it() {
    let house = House::start().await;
    let mut administrator = house.person("An administrator", Role::Administrator, None).await;
    let set = dates("key-set-1", "2099-11-03T19:00");
    administrator.post("/elections/new", &set).await.leads_to("/elections");
    for (role, place) in [
        (Role::Analyst, None),
        (Role::Auditor, None),
        (Role::LocalClerk, Some(OURS)),
        (Role::LocalIt, Some(OURS)),
    ] {
        let mut somebody = house.person("Somebody", role, place).await;
        let page = somebody.get("/elections").await;
        page.is(200).says("General <b>election</b>");
        assert!(!page.body.contains("Set an election"), "{role}");
        assert!(!page.body.contains("Change it"), "{role}");
        check::page(&page.body).unwrap();
        somebody.get("/elections/new").await.is(403);
        somebody.post("/elections/new", &set).await.is(403);
    }
    let mut partner = house.person("A partner", Role::Partner, None).await;
    partner.get("/elections").await.is(403);
}
