//! People as others see and change them, and one's own account.

use hyper::Method;

use crate::house::{ADMIN, House, PASSWORD, Person, code};

const CLERK: &str = "clerk@adair.example";

async fn office(house: &House) -> (Person, Person) {
    let mut admin = house.set_up().await;
    let clerk = house.joined(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    (admin, clerk)
}

#[tokio::test]
async fn who_is_kept_out_is_out_at_once() {
    let house = House::start().await;
    let (mut admin, mut clerk) = office(&house).await;
    let id = house.id_of(CLERK).await;
    clerk.browser.get("/account").await.is(200);
    let path = format!("/people/{id}/active");
    admin.browser.post(&path, &[("active", "no")]).await.leads_to(&format!("/people/{id}?now=out"));
    clerk.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    let fields = [("email", CLERK), ("password", PASSWORD)];
    clerk.browser.post("/sign-in", &fields).await.is(422).says("do not fit together");
    admin.browser.get(&format!("/people/{id}")).await.is(200).says("Kept out");
    admin.browser.post(&path, &[("active", "yes")]).await.leads_to(&format!("/people/{id}?now=in"));
    clerk.sign_in(CLERK).await;
    for (act, times) in [("person.deactivate", 1), ("person.activate", 1), ("person.look", 1)] {
        assert_eq!(house.acts(act).await, times, "{act}");
    }
}

#[tokio::test]
async fn what_somebody_let_others_in_by_goes_with_them() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let second = "second@office.example";
    for path in ["active", "role"] {
        let email = format!("{path}-{second}");
        let mut other = house.joined(&mut admin.browser, &email, "administrator", "").await;
        let guest = format!("{path}@adair.example");
        let link = house.invited(&mut other.browser, &guest, "local-clerk", "adair-county").await;
        let fields = [("name", "A program"), ("role", "analyst"), ("jurisdiction", "")];
        let page = other
            .browser
            .post("/settings/tokens", &[&fields[..], &[("days", "30")]].concat())
            .await;
        let token = page.is(200).block("token-for-a-program");
        let name = ("name", "Front office");
        let made =
            other.browser.post("/sensors/new", &[name, ("jurisdiction", "adair-county")]).await;
        assert!(made.status.as_u16() < 400, "{}", made.body);
        let bearer = format!("Bearer {token}");
        let program = async || {
            let told = [("authorization", bearer.as_str())];
            house.browser().send(Method::GET, "/api/v1/cases", &told, None).await
        };
        program().await.is(200);
        let id = house.id_of(&email).await;
        let change = if path == "active" { ("active", "no") } else { ("role", "analyst") };
        let done = admin.browser.post(&format!("/people/{id}/{path}"), &[change]).await;
        assert!(done.status.is_redirection(), "{}", done.body);
        let mut guest = house.browser();
        guest.get(&link).await;
        guest.get("/invitation").await.says("opens nothing");
        program().await.is(401);
        let row = house.audited().await.pop().unwrap().entry;
        let back = "taken back: invitations 1, codes 1, tokens 1";
        assert!(row.detail.contains(back), "{}", row.detail);
    }
}

#[tokio::test]
async fn a_reset_takes_everything_and_gives_one_way_back() {
    let house = House::start().await;
    let (mut admin, mut clerk) = office(&house).await;
    let id = house.id_of(CLERK).await;
    let page = admin.browser.post(&format!("/people/{id}/reset"), &[]).await;
    page.is(200).says("were taken away");
    let link = page.block("one-time-link").strip_prefix(&house.origin).unwrap().to_owned();
    clerk.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    // The password before opens nothing, not even the enrolment of a new factor.
    clerk.browser.post("/sign-in", &[("email", CLERK), ("password", PASSWORD)]).await.is(422);
    clerk.browser.get(&link).await.is(200);
    clerk.browser.get("/invitation").await.is(200).says("Welcome back");
    let chosen = "velvet harbour tundra pickle";
    let fields = [("password", chosen), ("again", chosen)];
    clerk.browser.post("/invitation", &fields).await.leads_to("/account/factors");
    let page = clerk.browser.get("/account/factors/add").await;
    house.enrol(clerk.browser, "/account/factors/add", &page).await;
    assert_eq!(house.id_of(CLERK).await, id, "the same person");
}

#[tokio::test]
async fn roles_change_within_the_organisation_and_never_ones_own() {
    let house = House::start().await;
    let (mut admin, mut clerk) = office(&house).await;
    let id = house.id_of(CLERK).await;
    let path = format!("/people/{id}/role");
    admin
        .browser
        .post(&path, &[("role", "administrator")])
        .await
        .is(422)
        .says("Choose one of the roles");
    admin
        .browser
        .post(&path, &[("role", "local-it")])
        .await
        .leads_to(&format!("/people/{id}?now=role"));
    clerk.browser.get("/account").await.is(200).says("Local IT");
    let own = house.id_of(ADMIN).await;
    admin.browser.post(&format!("/people/{own}/active"), &[("active", "no")]).await.is(404);
    admin.browser.post(&format!("/people/{own}/reset"), &[]).await.is(404);
    admin.browser.get("/people/p-nobody").await.is(404);
}

#[tokio::test]
async fn an_administrator_mends_a_name_and_an_address() {
    let house = House::start().await;
    let (mut admin, mut clerk) = office(&house).await;
    let id = house.id_of(CLERK).await;
    let path = format!("/people/{id}/details");
    let browser = &mut admin.browser;
    let page = browser.post(&path, &[("name", "New name"), ("email", "nobody")]).await;
    page.is(422).says("Write one e-mail address");
    assert_eq!(page.between("name=\"name\"", ">").matches("value=\"New name\"").count(), 1);
    let page = browser.post(&path, &[("name", "New name"), ("email", ADMIN)]).await;
    page.is(422).says("known to the desk");
    assert_eq!(house.acts("person.change").await, 0, "nothing was changed by then");
    let mended = "deputy@adair.example";
    let fields = [("name", "Deputy clerk"), ("email", mended)];
    let here = format!("/people/{id}");
    browser.post(&path, &fields).await.leads_to(&format!("{here}?now=details"));
    browser.post(&path, &fields).await.leads_to(&here);
    browser.get(&here).await.is(200).says("Deputy clerk").says(mended);
    let row = house.audited().await.into_iter().find(|row| row.entry.act == "person.change");
    assert_eq!(row.unwrap().entry.detail, "the name and the address");
    let old = [("email", CLERK), ("password", PASSWORD)];
    house.browser().post("/sign-in", &old).await.is(422);
    clerk.sign_in(mended).await;
    clerk.browser.get("/account").await.is(200).says("Deputy clerk");
    let own = house.id_of(ADMIN).await;
    let page = admin.browser.post(&format!("/people/{own}/details"), &fields).await;
    page.is(404);
}

#[tokio::test]
async fn a_clerk_sees_the_people_of_the_own_jurisdiction() {
    let house = House::start().await;
    let (mut admin, mut clerk) = office(&house).await;
    house.joined(&mut admin.browser, "it@boone.example", "local-it", "boone-county").await;
    let page = clerk.browser.get("/people?jurisdiction=boone-county").await;
    page.is(200).says("Local clerk");
    assert!(!page.text().contains("Local IT Boone"), "{}", page.text());
    assert!(!page.text().contains("Desk administrator"));
    for email in [ADMIN, "it@boone.example"] {
        let id = house.id_of(email).await;
        clerk.browser.get(&format!("/people/{id}")).await.is(404);
    }
    let own = house.id_of(CLERK).await;
    clerk.browser.get(&format!("/people/{own}")).await.is(200);
    clerk.browser.post(&format!("/people/{own}/reset"), &[]).await.is(403);
    let mut partner = house.joined(&mut admin.browser, "desk@next.example", "partner", "").await;
    partner.browser.get("/people").await.is(403);
    let page = admin.browser.get("/people?role=partner").await;
    page.is(200).says("Neighbouring office");
    assert!(!page.text().contains("Adair County Active"));
}

#[tokio::test]
async fn the_own_password_is_changed_with_the_old_one_and_ends_other_sessions() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut other = Person { browser: house.browser(), app: admin.app.clone(), codes: Vec::new() };
    other.sign_in(ADMIN).await;
    other.browser.get("/account").await.is(200);
    let new = "velvet harbour tundra pickle";
    let send = |old: &'static str, first: &'static str, again: &'static str| {
        [("old", old), ("password", first), ("again", again)]
    };
    let browser = &mut admin.browser;
    browser
        .post("/account/password", &send("wrong", new, new))
        .await
        .is(422)
        .says("not the password that you have now");
    browser.post("/account/password", &send(PASSWORD, new, "x")).await.is(422).says("not the same");
    browser
        .post("/account/password", &send(PASSWORD, "password1234", "password1234"))
        .await
        .is(422);
    browser
        .post("/account/password", &send(PASSWORD, PASSWORD, PASSWORD))
        .await
        .is(422)
        .says("password that you have now");
    browser
        .post("/account/password", &send(PASSWORD, new, new))
        .await
        .leads_to("/account?now=password");
    browser.get("/account").await.is(200);
    other.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    assert_eq!(house.acts("password.change").await, 1);
    assert_eq!(house.acts("password.refused").await, 1);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut other = Person { browser: house.browser(), app: admin.app.clone(), codes: Vec::new() };
    other.browser.address = "203.0.113.77".to_owned();
    other.sign_in(ADMIN).await;
    let page = admin.browser.get("/account").await;
    page.is(200).says("203.0.113.77").says("Firefox on Linux").says("This one");
    let id = page.between("name=\"id\" value=\"", "\"");
    admin
        .browser
        .post("/account/sessions/end", &[("id", &id)])
        .await
        .leads_to("/account?now=ended");
    other.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    // Another person's session is not there.
    let mut clerk = house.joined(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    let mut read = house.desk.store.read().await.unwrap();
    let whose = house.id_of(CLERK).await;
    let theirs = ward_store::sessions::of(read.link(), &whose).await.unwrap();
    drop(read);
    admin
        .browser
        .post("/account/sessions/end", &[("id", &theirs[0].id)])
        .await
        .leads_to("/account");
    clerk.browser.get("/account").await.is(200);
}

#[tokio::test]
async fn the_last_second_factor_stays_and_codes_are_made_anew() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    admin
        .browser
        .post("/account/factors/remove", &[("kind", "app")])
        .await
        .leads_to("/account/factors?now=last");
    let page = admin.browser.post("/account/factors/codes", &[]).await;
    page.is(200);
    let new = page.block("recovery-codes");
    assert_eq!(new.lines().count(), 10);
    let mut browser = house.browser();
    browser
        .post("/sign-in", &[("email", ADMIN), ("password", PASSWORD)])
        .await
        .leads_to("/second-factor");
    let old = [("how", "recovery"), ("code", admin.codes[0].as_str())];
    browser.post("/second-factor", &old).await.is(422);
    let new = [("how", "recovery"), ("code", new.lines().next().unwrap())];
    browser.post("/second-factor", &new).await.leads_to("/account/factors?now=recovery");
    // A new app takes the place of the one before.
    let page = browser.get("/account/factors/add").await;
    let app = crate::house::app_on(&page);
    let (sealed, code) = (page.hidden("secret"), code(&app));
    let fields = [("how", "app"), ("secret", sealed.as_str()), ("code", code.as_str())];
    browser.post("/account/factors/add", &fields).await.leads_to("/account/factors?now=added");
    let other = house.browser().post("/account/factors/add", &fields).await;
    other.leads_to("/sign-in");
}
