//! The look-up: what it finds, for whom, and that nothing of it stands in an address or the audit.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::{Audit, cases};

use crate::check;
use crate::house::House;
use crate::office;
use crate::sample::{self, HOSTILE, OURS, THEIRS, kept};

#[tokio::test]
async fn every_page_has_the_field_for_whoever_sees_cases() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    for path in ["/", "/cases", "/incidents", "/hunt", "/account", "/rumors"] {
        let page = lead.get(path).await;
        assert_eq!(page.body.matches("id=\"look-up\"").count(), 1, "{path}");
        assert!(page.body.contains("<form class=\"look\" role=\"search\" method=\"post\""));
        check::page(&page.body).unwrap();
    }
    // The page itself has it in its middle.
    let page = lead.get("/look").await;
    page.is(200).says("What can be looked up");
    assert!(!page.body.contains("id=\"look-up\""));
    check::page(&page.body).unwrap();
    let mut partner = house.person("A partner", Role::Partner, None).await;
    assert!(!partner.get("/").await.body.contains("look-up"));
    partner.post("/look", &[("q", "192.0.2.7")]).await.is(403);
}

#[tokio::test]
async fn the_state_finds_what_names_it() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.post("/look", &[("q", "192.0.2[.]7")]).await;
    page.is(200).says("Read as an address").says("password guessing");
    page.says("Thirteen months of history").says("Found.").says("Boone County");
    check::page(&page.body).unwrap();
    assert!(!page.body.contains(HOSTILE));
    for (asked, says) in [
        ("192.0.2.0/24", "password guessing"),
        ("2001:db8::/32", "password guessing"),
        ("marker-state-root", "password guessing"),
        ("W-state", "password guessing"),
        ("Boone", "Boone County"),
        ("boone county", "Its cases"),
        ("marker-boone-county", "Incidents"),
        ("incident-boone-county", "Poll books"),
        ("rumor-boone-county", "marker-boone-county"),
        ("203.0.113.99", "Not found."),
        ("203.0.113.99", "No case, incident or jurisdiction"),
        ("two words", "No case, incident or jurisdiction"),
    ] {
        let page = lead.post("/look", &[("q", asked)]).await;
        page.is(200).says(says);
        check::page(&page.body).unwrap_or_else(|faults| panic!("{asked}: {faults}"));
    }
    lead.post("/look", &[("q", " ")]).await.is(422).says("Write what to look up");
    let long = "x".repeat(201);
    lead.post("/look", &[("q", long.as_str())]).await.is(422).says("at most 200");
    // Names of what is kept are not words that anybody wrote.
    let page = lead.post("/look", &[("q", "call_back")]).await;
    assert!(!page.body.contains("Incidents whose words"));
}

#[tokio::test]
async fn a_clerk_finds_her_own_and_the_audit_does_not_say_what() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.post("/look", &[("q", "192.0.2.7")]).await;
    page.is(200).says("arker-adair-county password guessing");
    for hidden in ["marker-boone", "marker-state", "Boone County", "history", "Found."] {
        assert!(!page.body.contains(hidden), "{hidden}");
    }
    for asked in [
        "W-boone-county",
        "W-state",
        "incident-boone-county",
        "rumor-boone-county",
        "marker-boone-county",
        "marker-state-root",
        "Boone",
    ] {
        let page = clerk.post("/look", &[("q", asked)]).await;
        page.is(200).says("No case, incident or jurisdiction");
        for hidden in ["Boone County", "password guessing", "Poll books"] {
            assert!(!page.body.contains(hidden), "{asked}: {hidden}");
        }
    }
    clerk.post("/look", &[("q", "marker-adair-county")]).await.says("Incidents");
    clerk.post("/look", &[("q", "jane.doe@county.example")]).await.is(200);
    let rows = house.audited().await;
    let looks: Vec<_> = rows.iter().filter(|row| row.entry.act == "look").collect();
    // One for each kind, however often: an address, and what can be the name of an account.
    let kinds: Vec<&str> = looks.iter().map(|row| row.entry.detail.as_str()).collect();
    assert_eq!(kinds, ["1 address", "1 account"]);
    assert!(looks.iter().all(|row| row.entry.object.is_empty()));
    let all = format!("{looks:?}");
    for typed in ["jane.doe", "192.0.2.7", "marker-", "Boone", "boone-county"] {
        assert!(!all.contains(typed), "{typed} stands in the audit");
    }
}

/// Not a measurement, but a guard against one that grows with everything: ten thousand cases.
#[tokio::test]
async fn ten_thousand_cases_are_looked_through_at_once() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for number in 0..10_000 {
        let case = kept(&format!("W-{number}"), "state", Rung::Attempt, &format!("guess {number}"));
        cases::upsert(tx.link(), &case).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    for number in 0..200 {
        let id = format!("incident-{number}");
        office::incident(&house.desk.store, &id, THEIRS, (crate::house::now(), "A gym")).await;
    }
    let mut lead = house.person("A lead", Role::Lead, None).await;
    for asked in ["192.0.2.7", "198.51.100.0/24", "no such words", "guess 4711", "gym"] {
        let begun = std::time::Instant::now();
        lead.post("/look", &[("q", asked)]).await.is(200);
        let took = begun.elapsed();
        println!("{asked}: {} ms", took.as_millis());
        assert!(took.as_secs() < 5, "{asked} took {took:?}");
    }
}

/// People say "incident 2" on the telephone, and whoever hears it finds it.
#[tokio::test]
async fn an_incident_is_found_by_its_number() {
    let house = House::start().await;
    let now = crate::house::now();
    let store = &house.desk.store;
    for (id, place, minutes, words) in [
        ("incident-ffff", OURS, 30, "A first gym"),
        ("incident-0000", THEIRS, 20, "A second gym"),
        ("incident-8888", OURS, 10, "A third gym"),
    ] {
        let at = now.plus(-minutes * ward_kernel::time::MINUTE);
        office::incident(store, id, place, (at, words)).await;
    }
    let mut lead = house.person("A lead", Role::Lead, None).await;
    for asked in ["2", "#2", "incident 2", "Incident no. 2", "Adair 2", "incident 2 of Adair"] {
        let page = lead.post("/look", &[("q", asked)]).await;
        page.is(200).says("A third gym").says("#2");
        assert!(!page.body.contains("A first gym"), "{asked}");
        check::page(&page.body).unwrap();
    }
    // Each jurisdiction counts its own: whoever means one of them says so.
    lead.post("/look", &[("q", "1")]).await.is(200).says("A first gym").says("A second gym");
    let named = lead.post("/look", &[("q", "Boone 1")]).await;
    named.is(200).says("A second gym");
    assert!(!named.body.contains("A first gym"));
    // It is the same number on the list, on its page, and for the people whose incident it is.
    let list = lead.get("/incidents").await;
    list.is(200).says("#1").says("#2");
    lead.get("/incidents/incident-0000").await.says("This is incident 1 of Boone County.");
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get("/incidents/incident-8888").await;
    page.is(200).says("This is incident 2 of Adair County.");
    check::page(&page.body).unwrap();
    // A number opens nothing that is not hers.
    clerk.post("/look", &[("q", "2")]).await.is(200).says("A third gym");
    for asked in ["1", "Boone 1", "boone-county 1"] {
        let other = clerk.post("/look", &[("q", asked)]).await;
        assert!(!other.body.contains("A second gym"), "{asked}");
    }
}
