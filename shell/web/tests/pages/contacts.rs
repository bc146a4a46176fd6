//! Contacts on the pages: changed in a minute, confirmed as they were read, looks put down.

use ward_access::Role;
use ward_kernel::time::DAY;

use crate::check;
use crate::house::{House, now};
use crate::office;
use crate::sample::{OURS, THEIRS};

const PAGE: &str = "/contacts/adair-county";

fn put(key: &'static str, telephone: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("act", "put"),
        ("key", key),
        ("title", "County <b>clerk</b>"),
        ("telephone", telephone),
        ("second", "Radio: Adair base"),
    ]
}

#[tokio::test]
async fn a_clerk_puts_contacts_down_and_the_state_calls_by_them() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    clerk.get("/contacts").await.leads_to(PAGE);
    let page = clerk.get(PAGE).await;
    page.is(200).says("Nobody is named").says("Add this contact");
    check::page(&page.body).unwrap();
    let page = lead.get("/contacts").await;
    page.is(200).says("Nobody named").says("117");
    check::page(&page.body).unwrap();
    // What is missing is said at its field, and what was typed stays.
    let nothing = [("act", "put"), ("key", "key-empty"), ("title", ""), ("name", "Somebody")];
    let again = clerk.post(PAGE, &nothing).await;
    again.is(422).says("Write something here").says("at least one way");
    assert!(again.body.contains("value=\"Somebody\""));
    check::page(&again.body).unwrap();
    clerk.post(PAGE, &put("key-words", "the sheriff")).await.is(422).says("as it is dialled");
    // Sent twice by a telephone it is one contact.
    clerk.post(PAGE, &put("key-put-1", "573-555-0142")).await.leads_to(PAGE);
    clerk.post(PAGE, &put("key-put-1", "573-555-0142")).await.leads_to(PAGE);
    let page = clerk.get(PAGE).await;
    page.says("County <b>clerk</b>").says("1 contact").says("1 entry").says("Radio: Adair base");
    assert!(page.body.contains("href=\"tel:5735550142\""), "it is called by a press");
    check::page(&page.body).unwrap();
    let page = lead.get("/contacts?q=adair&state=any").await;
    page.says("573-555-0142").says("1 office");
    check::page(&page.body).unwrap();
    let page = lead.get("/contacts/print").await;
    page.is(200).says("Adair County").says("Nobody is named").says("555-0100");
    check::page(&page.body).unwrap();
    assert_eq!(house.acts("contacts.put", "contacts-adair-county").await, 1);
    assert_eq!(house.acts("contacts.look", OURS).await, 4, "every look is put down");
    assert_eq!(house.acts("contacts.look", "").await, 1, "the list of all is one look");
}

#[tokio::test]
async fn whoever_asks_for_the_list_again_and_again_fills_no_audit() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let (mut two, mut three) = (lead.clone(), lead.clone());
    let all = "/api/v1/contacts";
    let (a, b, c) = tokio::join!(lead.get(all), two.get(all), three.get("/contacts/print"));
    for answer in [a, b, c] {
        answer.is(200);
    }
    assert_eq!(house.acts("contacts.look", "").await, 1);
    // Another person's look is another row, and so is each at one office.
    clerk.get(all).await.is(200);
    assert_eq!(house.acts("contacts.look", "").await, 2);
    for _ in 0..2 {
        lead.get(PAGE).await.is(200);
        lead.get(&format!("{all}/{THEIRS}")).await.is(200);
    }
    assert_eq!(house.acts("contacts.look", OURS).await, 2);
    assert_eq!(house.acts("contacts.look", THEIRS).await, 2);
    assert_eq!(house.acts("contacts.look", "").await, 2);
}

#[tokio::test]
async fn a_look_at_one_office_is_no_look_at_the_list_of_all() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get(PAGE).await.is(200);
    assert_eq!(house.acts("contacts.look", OURS).await, 1);
    lead.get("/contacts/print").await.is(200);
    lead.get("/contacts/print").await.is(200);
    assert_eq!(house.acts("contacts.look", "").await, 1, "the list is put down, and once");
}

#[tokio::test]
async fn what_was_read_is_confirmed_and_what_is_old_stands_out() {
    let house = House::start().await;
    let store = &house.desk.store;
    office::election(store, "election-near", now().plus(2 * DAY), "General election").await;
    office::contact(store, OURS, (now().plus(-90 * DAY), "County clerk")).await;
    office::contact(store, THEIRS, (now().plus(-3 * DAY), "County clerk")).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/contacts?state=old").await;
    page.says("Adair County").says("1 office").says("Not confirmed for this election");
    assert!(!page.body.contains("Boone County"));
    let page = clerk.get(PAGE).await;
    page.says("Is all of this still right?").says("All of this is still right");
    assert!(page.body.contains("name=\"entry\" value=\"1\""));
    // The state's desk changes a number meanwhile: what the clerk read is confirmed no more.
    let change = [
        ("act", "put"),
        ("key", "key-change"),
        ("contact", "c-1"),
        ("title", "County clerk"),
        ("telephone", "573-555-0143"),
    ];
    lead.post(PAGE, &change).await.leads_to(PAGE);
    let stale = [("act", "confirm"), ("key", "confirm-1"), ("entry", "1")];
    clerk.post(PAGE, &stale).await.is(422).says("changed this meanwhile");
    let read = [("act", "confirm"), ("key", "confirm-2"), ("entry", "2")];
    clerk.post(PAGE, &read).await.leads_to(PAGE);
    let page = clerk.get(PAGE).await;
    page.says("said by A clerk").says("3 entries").says("573-555-0142").says("573-555-0143");
    check::page(&page.body).unwrap();
    lead.get("/contacts?state=old").await.says("No office fits");
    let remove = [("act", "remove"), ("key", "key-remove"), ("contact", "c-1")];
    clerk.post(PAGE, &remove).await.leads_to(PAGE);
    clerk.get(PAGE).await.says("Nobody is named").says("Removed");
    let again = [("act", "remove"), ("key", "key-again"), ("contact", "c-1")];
    clerk.post(PAGE, &again).await.is(422).says("no such contact here");
}

/// What a page of the contacts says of one of them.
fn read_at(page: &crate::browser::Answer, id: &str) -> String {
    let form = page.between(&format!("id=\"change-{id}\""), "</form>");
    let (_, rest) = form.split_once("name=\"of\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn change(key: &'static str, telephone: &'static str, of: &str) -> Vec<(&'static str, String)> {
    let all = [
        ("act", "put"),
        ("key", key),
        ("contact", "c-1"),
        ("of", of),
        ("title", "County clerk"),
        ("telephone", telephone),
    ];
    all.map(|(name, value)| (name, value.to_owned())).into()
}

fn sent<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test]
async fn a_page_of_before_takes_back_no_newer_number() {
    let house = House::start().await;
    office::contact(&house.desk.store, OURS, (now(), "County clerk")).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    // Both have the page open; the lead is told a new number and saves it.
    let (old, of) = (clerk.get(PAGE).await, read_at(&lead.get(PAGE).await, "c-1"));
    assert_eq!(read_at(&old, "c-1"), of);
    lead.post(PAGE, &sent(&change("key-lead-1", "573-555-0143", &of))).await.leads_to(PAGE);
    let late = change("key-clerk-1", "573-555-0144", &of);
    let page = clerk.post(PAGE, &sent(&late)).await;
    page.is(422).says("Meanwhile A lead changed County clerk");
    page.says("the telephone is now 573-555-0143 (you sent 573-555-0144)");
    check::page(&page.body).unwrap();
    // What they typed stands in the form, which now is of what they see.
    assert!(page.body.contains("value=\"573-555-0144\""));
    let again = read_at(&page, "c-1");
    assert_ne!(again, of);
    let remove = |of| [("act", "remove"), ("key", "key-gone-1"), ("contact", "c-1"), ("of", of)];
    clerk.post(PAGE, &remove(&of)).await.is(422).says("Meanwhile A lead changed County clerk");
    clerk.get(PAGE).await.says("573-555-0143");
    clerk.post(PAGE, &sent(&change("key-clerk-2", "573-555-0144", &again))).await.leads_to(PAGE);
    let page = lead.get(PAGE).await;
    page.says("573-555-0144").says("3 entries");
    // Somebody removed it meanwhile: what was typed stands in the form for a new one.
    lead.post(PAGE, &remove(&read_at(&page, "c-1"))).await.leads_to(PAGE);
    let late = change("key-clerk-3", "573-555-0145", &again);
    let page = clerk.post(PAGE, &sent(&late)).await;
    page.is(422).says("removed this contact meanwhile");
    assert!(page.body.contains("value=\"573-555-0145\""));
    check::page(&page.body).unwrap();
}

/// Puts 500 entries of one contact into the log of an office: as many as it takes.
async fn fill(house: &House) {
    let number = |turn: usize| format!("573-555-{turn:04}");
    let mut tx = house.desk.store.begin().await.unwrap();
    let place = |id: &str| ward_store::logbook::Log {
        id: id.into(),
        kind: "contacts".into(),
        jurisdiction: Some(OURS.into()),
        begun: now(),
        updated: now(),
        open: false,
    };
    let log = format!("contacts-{OURS}");
    ward_store::logbook::begin(tx.link(), &place(&log)).await.unwrap();
    for turn in 1..=500 {
        let contact = serde_json::json!({
            "title": "County clerk", "name": null, "telephone": number(turn), "second": null,
            "mail": null, "hours": null, "note": null, "first": false,
        });
        let put = serde_json::json!({ "act": { "put": { "id": "c-1", "contact": contact } } });
        let new = ward_store::logbook::New {
            number: turn as u64,
            key: format!("key-{turn}"),
            at: now(),
            actor: "p-local-clerk-adair-county".into(),
            actor_name: "A clerk".into(),
            body: put.to_string(),
        };
        ward_store::logbook::add(tx.link(), &log, &new, false).await.unwrap();
    }
    tx.commit(ward_store::Audit::Machine).await.unwrap();
}

/// Nobody has to stop because somebody wrote much: another log follows, and both are read.
#[tokio::test]
async fn a_full_log_is_followed_by_another() {
    let house = House::start().await;
    let store = &house.desk.store;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    fill(&house).await;
    let page = clerk.get(PAGE).await;
    let of = read_at(&page, "c-1");
    assert_eq!(of, "500");
    page.says("500 entries").says("573-555-0500");
    let next = change("key-next-1", "573-555-0142", &of);
    clerk.post(PAGE, &sent(&next)).await.leads_to(PAGE);
    // Sent twice it is one entry; a page of before the turn is told so.
    clerk.post(PAGE, &sent(&next)).await.leads_to(PAGE);
    let late = change("key-late-1", "573-555-0199", &of);
    clerk
        .post(PAGE, &sent(&late))
        .await
        .is(422)
        .says("is now 573-555-0142 (you sent 573-555-0199)");
    let page = clerk.get(PAGE).await;
    page.says("2 entries").says("Carried over from the entries before").says("1 contact");
    check::page(&page.body).unwrap();
    let link = format!("{PAGE}?part=1");
    assert!(page.body.contains(&format!("href=\"{link}\"")));
    let before = clerk.get(&link).await;
    before.is(200).says("500 entries").says("573-555-0142").says("573-555-0001");
    // Whoever reads what was before is told so, and finds back.
    before.says("These are the entries before those of now.");
    assert!(before.body.contains(&format!("<a href=\"{PAGE}\">The newest entries</a>")));
    assert!(!page.text().contains("The newest entries"));
    check::page(&before.body).unwrap();
    clerk.get(&format!("{PAGE}?part=9")).await.is(404);
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get("/contacts?q=adair").await.says("573-555-0142").says("1 office");
    lead.get("/contacts/print").await.says("573-555-0142");
    let mut read = store.read().await.unwrap();
    assert_eq!(ward_store::logbook::verify(read.link()).await.unwrap(), None, "seals hold");
    drop(read);
    // Confirmed as it was read, also in the log that follows.
    let entry = page.between("name=\"entry\" value=\"", "\"");
    let confirm = [("act", "confirm"), ("key", "confirm-now"), ("entry", entry.as_str())];
    lead.post(PAGE, &confirm).await.leads_to(PAGE);
    clerk.get(PAGE).await.says("said by A lead").says("3 entries");
}

#[tokio::test]
async fn whoever_may_not_change_has_no_form_and_others_offices_are_not_there() {
    let house = House::start().await;
    let store = &house.desk.store;
    office::contact(store, OURS, (now(), "County clerk")).await;
    office::contact(store, THEIRS, (now(), "Another clerk")).await;
    let mut it = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    let page = it.get(PAGE).await;
    page.is(200).says("573-555-0142");
    assert!(!page.body.contains("Add this contact") && !page.body.contains("still right"));
    it.post(PAGE, &put("key-put-1", "573-555-0199")).await.is(403);
    it.get("/contacts/boone-county").await.is(404);
    let page = it.get("/contacts/print").await;
    page.is(200).says("Adair County");
    assert!(!page.body.contains("Boone County") && !page.body.contains("Another clerk"));
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.post("/contacts/boone-county", &put("key-put-2", "573-555-0199")).await.is(404);
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.get("/contacts/boone-county").await.is(200).says("Another clerk");
    auditor.post("/contacts/boone-county", &put("key-put-3", "573-555-0199")).await.is(403);
    let mut partner = house.person("Somebody else", Role::Partner, None).await;
    partner.get("/contacts").await.is(403);
    partner.get("/contacts/print").await.is(403);
    assert_eq!(house.acts("contacts.look", THEIRS).await, 1, "the auditor's alone");
}

#[tokio::test]
async fn a_check_leads_to_whom_to_call() {
    let house = House::start().await;
    let store = &house.desk.store;
    office::check(store, "check-1", now(), &[OURS, THEIRS]).await;
    office::contact(store, OURS, (now(), "County clerk")).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/room/checks/check-1").await;
    page.says("Who to call").says("Their telephone list");
    assert!(page.body.contains("href=\"/contacts/adair-county\""));
    check::page(&page.body).unwrap();
    let answer =
        [("act", "answer"), ("key", "key-answer"), ("jurisdiction", THEIRS), ("way", "telephone")];
    lead.post("/room/checks/check-1", &answer).await.leads_to("/room/checks/check-1");
    let page = lead.get("/contacts/print?check=check-1").await;
    page.is(200).says("1 office: no answer").says("573-555-0142");
    assert!(!page.body.contains("Boone County"));
    lead.get("/contacts/print?check=nothing").await.is(404);
    lead.get("/contacts/print?point=accounts-reviewed").await.is(404);
    office::election(store, "election-near", now().plus(2 * DAY), "General election").await;
    let point = ("election-near", OURS, "accounts-reviewed");
    office::ticked(store, point, (now(), "Done.")).await;
    let page = lead.get("/contacts/print?point=accounts-reviewed").await;
    page.is(200).says("115 offices").says("Boone County");
    assert!(!page.body.contains("Adair County"));
}
