//! Passkeys, made and shown by a key in software.

use crate::browser::{Answer, Browser};
use crate::house::{ADMIN, House, PASSWORD, later};
use crate::passkey::SoftKey;
use ward_kernel::time::MINUTE;

fn challenge(page: &Answer) -> String {
    page.between("data-challenge=\"", "\"")
}

async fn enrol(browser: &mut Browser, key: &mut SoftKey, label: &str) -> Answer {
    let page = browser.get("/account/factors/add").await;
    page.is(200);
    let answer = key.create(&challenge(&page));
    let fields = [("how", "passkey"), ("credential", answer.as_str()), ("label", label)];
    browser.post("/account/factors/add", &fields).await
}

async fn half(house: &House) -> Browser {
    let mut browser = house.browser();
    let fields = [("email", ADMIN), ("password", PASSWORD)];
    browser.post("/sign-in", &fields).await.leads_to("/second-factor");
    browser
}

async fn show(browser: &mut Browser, key: &mut SoftKey) -> Answer {
    let page = browser.get("/second-factor").await;
    let answer = key.get(&challenge(&page));
    browser.post("/second-factor", &[("how", "passkey"), ("credential", &answer)]).await
}

#[tokio::test]
async fn a_passkey_is_enrolled_and_shown() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut key = SoftKey::new(&house.origin, 1);
    enrol(&mut admin.browser, &mut key, "The blue key")
        .await
        .leads_to("/account/factors?now=added");
    admin.browser.get("/account/factors").await.is(200).says("The blue key");
    let mut browser = half(&house).await;
    show(&mut browser, &mut key).await.leads_to("/");
    browser.get("/people").await.is(200);
    // The same credential cannot be enrolled twice, by whomever, nor an answer be sent twice.
    enrol(&mut admin.browser, &mut key, "again").await.is(422).says("was not accepted");
    let mut lead = house.joined(&mut admin.browser, "lead@office.example", "lead", "").await;
    enrol(&mut lead.browser, &mut key, "theirs").await.is(422).says("enrolled already");
    let mut browser = half(&house).await;
    let page = browser.get("/second-factor").await;
    let answer = key.get(&challenge(&page));
    let fields = [("how", "passkey"), ("credential", answer.as_str())];
    browser.clone().post("/second-factor", &fields).await.leads_to("/");
    browser.post("/second-factor", &fields).await.leads_to("/sign-in");
}

#[tokio::test]
async fn what_is_no_answer_is_refused() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut key = SoftKey::new(&house.origin, 1);
    let mut phished = SoftKey::new("http://localhost.evil.example", 2);
    let page = enrol(&mut admin.browser, &mut phished, "x").await;
    page.is(422).says("another address");
    let mut unverified = SoftKey::new(&house.origin, 3);
    unverified.verifies = false;
    enrol(&mut admin.browser, &mut unverified, "x").await.is(422).says("was not accepted");
    enrol(&mut admin.browser, &mut key, "good").await.leads_to("/account/factors?now=added");

    let mut browser = half(&house).await;
    for garbage in ["", "{}", "null", "[[[[", &"9".repeat(5000)] {
        browser.get("/second-factor").await.is(200);
        browser
            .post("/second-factor", &[("how", "passkey"), ("credential", garbage)])
            .await
            .is(422);
    }
    key.verifies = false;
    show(&mut browser, &mut key).await.is(422).says("was not accepted");
    key.verifies = true;
    let mut other = SoftKey::new(&house.origin, 1);
    show(&mut browser, &mut other).await.is(422).says("was not accepted");
    let page = browser.get("/second-factor").await;
    later(5 * MINUTE);
    let answer = key.get(&challenge(&page));
    let late = browser.post("/second-factor", &[("how", "passkey"), ("credential", &answer)]).await;
    late.is(422).says("longer than five minutes");
    show(&mut browser, &mut key).await.leads_to("/");
}

#[tokio::test]
async fn a_removed_passkey_opens_nothing() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut key = SoftKey::new(&house.origin, 1);
    enrol(&mut admin.browser, &mut key, "good").await.leads_to("/account/factors?now=added");
    let mut browser = half(&house).await;
    let asked = browser.get("/second-factor").await;
    let page = admin.browser.get("/account/factors").await;
    let id = page.between("name=\"id\" value=\"", "\"");
    let fields = [("kind", "passkey"), ("id", id.as_str())];
    admin
        .browser
        .post("/account/factors/remove", &fields)
        .await
        .leads_to("/account/factors?now=removed");
    let answer = key.get(&challenge(&asked));
    browser.post("/second-factor", &[("how", "passkey"), ("credential", &answer)]).await.is(422);
}

#[tokio::test]
async fn set_up_and_confirmation_take_a_passkey() {
    let house = House::start().await;
    let mut browser = house.browser();
    browser.get(&format!("/set-up?key={}", house.key)).await.is(200);
    let office =
        [("state", "MO"), ("name", "Office"), ("zone", "America/Chicago"), ("list", "missouri")];
    browser.post("/set-up/office", &office).await.leads_to("/set-up");
    let first = [
        ("name", "Desk administrator"),
        ("email", ADMIN),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    browser.post("/set-up/administrator", &first).await.leads_to("/set-up");
    let page = browser.get("/set-up").await;
    let mut key = SoftKey::new(&house.origin, 1);
    let answer = key.create(&challenge(&page));
    let fields = [("how", "passkey"), ("credential", answer.as_str()), ("label", "Laptop")];
    browser.post("/set-up/factor", &fields).await.is(200).says("Recovery codes");
    later(11 * MINUTE);
    let page = browser.get("/confirm").await;
    let answer = key.get(&challenge(&page));
    browser.post("/confirm", &[("how", "passkey"), ("credential", &answer)]).await.leads_to("/");
    browser.get("/people/invite").await.is(200);
}

#[tokio::test]
async fn at_an_address_without_a_name_an_app_is_offered() {
    let house = House::start_at("127.0.0.1").await;
    let mut admin = house.set_up().await;
    let page = admin.browser.get("/account/factors/add").await;
    page.is(200).says("Passkeys cannot be used at this desk").says("authenticator app");
    assert!(!page.body.contains("data-challenge"));
}
