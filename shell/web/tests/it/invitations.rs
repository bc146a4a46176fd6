//! Coming in by an invitation.

use ward_kernel::time::DAY;

use crate::house::{ADMIN, House, PASSWORD, code, later};

const CLERK: &str = "clerk@adair.example";
const CHOSEN: [(&str, &str); 2] = [("password", PASSWORD), ("again", PASSWORD)];

#[tokio::test]
async fn an_invitation_opens_once() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let link = house.invited(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    let (mut first, mut second) = (house.browser(), house.browser());
    let page = first.get(&link).await;
    assert_eq!(page.headers["refresh"], "0; url=/invitation");
    let key = link.split_once("key=").unwrap().1;
    assert!(!page.body.contains(key));
    second.get(&link).await.is(200);
    first
        .get("/invitation")
        .await
        .is(200)
        .says("Somebody invited")
        .says("Local clerk")
        .says("Adair County");
    let page =
        first.post("/invitation", &[("password", "clerkadair1"), ("again", "clerkadair1")]).await;
    page.is(422);
    first.post("/invitation", &CHOSEN).await.leads_to("/account/factors");
    assert!(!first.cookies.contains_key("ward-invitation"));
    // Until a second factor is enrolled nothing else opens.
    for path in ["/people", "/cases", "/", "/confirm", "/people/invite"] {
        first.get(path).await.leads_to("/account/factors");
    }
    first.get("/account/factors").await.leads_to("/account/factors/add");
    second.post("/invitation", &CHOSEN).await.is(410).says("opens nothing");
    house.browser().get(&link).await.is(200);
    second.get("/invitation").await.is(410);

    let page = first.get("/account/factors/add").await;
    let mut clerk = house.enrol(first, "/account/factors/add", &page).await;
    clerk.browser.get("/account").await.is(200).says("Adair County");
    let mut acts: Vec<String> =
        house.audited().await.into_iter().map(|row| row.entry.act).collect();
    acts.retain(|act| act != "people.look");
    assert_eq!(acts, ["set-up.done", "invitation.make", "invitation.use", "factor.add"]);
    clerk.sign_in(CLERK).await;
}

#[tokio::test]
async fn an_invitation_runs_out_and_can_be_withdrawn() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let link = house.invited(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    let page = admin.browser.get("/people").await;
    page.is(200).says("Invitations that are open").says("Somebody invited");
    let id = page.between("name=\"id\" value=\"", "\"");
    admin
        .browser
        .post("/people/invitations/withdraw", &[("id", &id)])
        .await
        .leads_to("/people?now=withdrawn");
    let mut guest = house.browser();
    guest.get(&link).await.is(200);
    guest.get("/invitation").await.is(410);
    guest.post("/invitation", &CHOSEN).await.is(410);

    let link = house.invited(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    guest.get(&link).await.is(200);
    guest.get("/invitation").await.is(200);
    later(7 * DAY);
    guest.post("/invitation", &CHOSEN).await.is(410);
    guest.get("/invitation?key=nonsense").await.is(200);
    guest.get("/invitation").await.is(410);
}

#[tokio::test]
async fn nobody_is_invited_twice_or_beyond_what_may_be_granted() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let fields = |email, role, jurisdiction| {
        [("name", "Somebody"), ("email", email), ("role", role), ("jurisdiction", jurisdiction)]
    };
    let browser = &mut admin.browser;
    browser
        .post("/people/invite", &fields(ADMIN, "analyst", ""))
        .await
        .is(422)
        .says("known to the desk");
    browser
        .post("/people/invite", &fields(CLERK, "local-clerk", ""))
        .await
        .is(422)
        .says("acts for one jurisdiction");
    browser.post("/people/invite", &fields(CLERK, "local-clerk", "atlantis")).await.is(422);
    browser.post("/people/invite", &fields(CLERK, "emperor", "")).await.is(422);
    browser
        .post("/people/invite", &fields(CLERK, "partner", ""))
        .await
        .is(422)
        .says("which organisation");
    house.invited(browser, CLERK, "local-clerk", "adair-county").await;
    let page = browser.post("/people/invite", &fields(CLERK, "local-it", "adair-county")).await;
    page.is(422).says("An invitation to this address is open");

    // A lead invites local people and nobody of the office.
    let mut lead = house.joined(browser, "lead@office.example", "lead", "").await;
    let page =
        lead.browser.post("/people/invite", &fields("x@office.example", "administrator", "")).await;
    page.is(422).says("Choose what they are");
    house.invited(&mut lead.browser, "it@adair.example", "local-it", "adair-county").await;
    // A clerk invites nobody.
    let mut clerk = house
        .joined(&mut admin.browser, "clerk@boone.example", "local-clerk", "boone-county")
        .await;
    clerk
        .browser
        .post("/people/invite", &fields("y@b.example", "local-it", "boone-county"))
        .await
        .is(403);
    clerk.browser.get("/people/invite").await.is(403);
}

#[tokio::test]
async fn of_two_who_have_the_password_only_the_first_enrols() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let link = house.invited(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    let mut clerk = house.browser();
    clerk.get(&link).await.is(200);
    clerk.post("/invitation", &CHOSEN).await.leads_to("/account/factors");
    // Somebody else has the password before the clerk has a second factor.
    let mut thief = house.browser();
    thief
        .post("/sign-in", &[("email", CLERK), ("password", PASSWORD)])
        .await
        .leads_to("/account/factors");
    let seen = thief.get("/account/factors/add").await;
    let page = clerk.get("/account/factors/add").await;
    house.enrol(clerk, "/account/factors/add", &page).await;
    let app = crate::house::app_on(&seen);
    let (sealed, code) = (seen.hidden("secret"), code(&app));
    let fields = [("how", "app"), ("secret", sealed.as_str()), ("code", code.as_str())];
    thief.post("/account/factors/add", &fields).await.leads_to("/sign-in");
    thief.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
}
