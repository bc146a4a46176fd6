//! Risky acts ask for a second factor again.

use ward_kernel::time::MINUTE;

use crate::house::{House, later};

const INVITE: [(&str, &str); 4] =
    [("name", "Somebody"), ("email", "a@b.example"), ("role", "analyst"), ("jurisdiction", "")];

#[tokio::test]
async fn after_ten_minutes_a_risky_act_is_confirmed_first() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let browser = &mut admin.browser;
    browser.get("/people/invite").await.is(200);
    later(8 * MINUTE);
    // The form is not opened when it could not be sent any more, what is open can be sent.
    browser.get("/people/invite").await.leads_to("/confirm?then=L3Blb3BsZS9pbnZpdGU");
    browser.post("/people/invite", &[]).await.is(422);
    later(3 * MINUTE);
    browser.post("/people/invite", &INVITE).await.leads_to("/confirm?then=L3Blb3BsZS9pbnZpdGU");
    browser
        .post("/account/factors/codes", &[])
        .await
        .leads_to("/confirm?then=L2FjY291bnQvZmFjdG9ycw");
    browser.get("/people").await.is(200);

    let page = browser.get("/confirm?then=L3Blb3BsZS9pbnZpdGU").await;
    page.is(200).says("Confirm that it is you");
    assert!(!page.text().contains("Recovery code"), "a recovery code confirms nothing");
    let wrong = [("how", "code"), ("code", "000000"), ("then", "L3Blb3BsZS9pbnZpdGU")];
    browser.post("/confirm", &wrong).await.is(422);
    let recovery = [("how", "recovery"), ("code", admin.codes[0].as_str())];
    browser.post("/confirm", &recovery).await.leads_to("/confirm");
    browser.get("/people/invite").await.leads_to("/confirm?then=L3Blb3BsZS9pbnZpdGU");
    let code = ward_access::totp::code(&admin.app, crate::house::now()).unwrap();
    let right = [("how", "code"), ("code", code.as_str()), ("then", "L3Blb3BsZS9pbnZpdGU")];
    browser.post("/confirm", &right).await.leads_to("/people/invite");
    browser.post("/people/invite", &INVITE).await.is(200).says("It opens once");
    assert_eq!(house.acts("session.confirm").await, 1);
    assert_eq!(house.acts("session.refused").await, 1);
}
