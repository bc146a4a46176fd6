//! Setting the desk up: once, wholly, and by the link alone.

use ward_kernel::time::HOUR;
use ward_store::{office, people};

use crate::house::{ADMIN, House, PASSWORD, later};

#[tokio::test]
async fn the_link_leads_through_three_steps_and_ends() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    assert_eq!(admin.codes.len(), 10);
    assert!(house.desk.is_set_up());
    assert!(!admin.browser.cookies.contains_key("ward-set-up"));

    let mut read = house.desk.store.read().await.unwrap();
    let mut jurisdictions = office::jurisdictions(read.link()).await.unwrap();
    jurisdictions.retain(|one| one.kind != ward_access::JurisdictionKind::State);
    assert_eq!(jurisdictions.len(), 116);
    let person = people::by_email(read.link(), ADMIN).await.unwrap().unwrap();
    assert_eq!(person.role.as_str(), "administrator");
    drop(read);
    let rows = house.audited().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].entry.act.as_str(), rows[0].entry.actor.as_str()),
        ("set-up.done", &*person.id)
    );

    admin.browser.get("/people").await.is(200).says("Desk administrator");
    // Whoever comes after finds nothing, whatever they bring.
    for path in ["/set-up".to_owned(), format!("/set-up?key={}", house.key)] {
        house.browser().get(&path).await.is(404);
    }
    house.browser().post("/set-up/factor", &[]).await.is(404);
}

#[tokio::test]
async fn without_the_link_nothing_is_shown_or_taken() {
    let house = House::start().await;
    let mut stranger = house.browser();
    stranger.get("/set-up").await.is(403).says("not set up yet");
    stranger.get("/set-up?key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404);
    stranger.get("/set-up?key=%00%ff").await.is(404);
    stranger.post("/set-up/office", &[("state", "MO")]).await.is(403);
    stranger.post("/set-up/administrator", &[]).await.is(403);
    stranger.post("/set-up/factor", &[]).await.is(403);
    stranger.get("/sign-in").await.is(503).says("not set up yet");
    stranger.post("/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await.is(503);
    stranger.get("/people").await.leads_to("/sign-in?then=L3Blb3BsZQ");
}

#[tokio::test]
async fn the_key_leaves_the_address_and_whoever_opens_it_last_goes_on() {
    let house = House::start().await;
    let (mut first, mut second) = (house.browser(), house.browser());
    let link = format!("/set-up?key={}", house.key);
    let page = first.get(&link).await;
    assert_eq!(page.headers["refresh"], "0; url=/set-up");
    assert!(!page.body.contains(&house.key));
    first.get("/set-up").await.is(200).says("Name of the office");
    second.get(&link).await.is(200);
    first.get("/set-up").await.is(403);
    second.get("/set-up").await.is(200);
    later(HOUR);
    second.get("/set-up").await.is(403);
}

#[tokio::test]
async fn each_step_says_what_is_wrong_and_keeps_what_was_typed() {
    let house = House::start().await;
    let mut browser = house.browser();
    browser.get(&format!("/set-up?key={}", house.key)).await.is(200);
    // A later step cannot be taken before.
    browser.post("/set-up/administrator", &[]).await.leads_to("/set-up");
    browser.post("/set-up/factor", &[]).await.leads_to("/set-up");
    let own = [
        ("state", "KS"),
        ("name", "Office of <Example> State"),
        ("zone", "America/Chicago"),
        ("list", "own"),
        ("csv", "id,name,kind,counties\neast,East,clerk,East\nEAST!,East,sheriff,East\n"),
    ];
    let page = browser.post("/set-up/office", &own).await;
    page.is(422).says("Line 3: ");
    assert!(page.body.contains("Office of &lt;Example&gt; State"));
    assert!(page.body.contains("EAST!"), "the list stays in its field");
    let own =
        [own[0], own[1], own[2], own[3], ("csv", "id,name,kind,counties\neast,East,clerk,East")];
    browser.post("/set-up/office", &own).await.leads_to("/set-up");
    browser.get("/set-up").await.is(200).says("1 local election authority will be entered");

    let weak = [
        ("name", "Desk administrator"),
        ("email", ADMIN),
        ("password", "administrator2026"),
        ("again", "administrator2026"),
    ];
    let page = browser.post("/set-up/administrator", &weak).await;
    page.is(422).says("It is built on your name");
    assert!(page.body.contains(ADMIN) && !page.body.contains("administrator2026"));
    let fields = [weak[0], weak[1], ("password", PASSWORD), ("again", PASSWORD)];
    browser.post("/set-up/administrator", &fields).await.leads_to("/set-up");

    let page = browser.get("/set-up").await;
    let sealed = page.hidden("secret");
    let wrong = [("how", "app"), ("secret", sealed.as_str()), ("code", "000000")];
    let again = browser.post("/set-up/factor", &wrong).await;
    again.is(422).says("not the code that the app should show");
    assert_eq!(again.hidden("secret"), sealed, "the same secret stays to be confirmed");
    assert!(!house.desk.is_set_up());
    assert!(house.audited().await.is_empty(), "nothing is written before the end");
}
