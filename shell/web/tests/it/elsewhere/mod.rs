//! Signing in at the office's own identity provider.

mod provider;
mod refusals;

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use hyper::Method;
use ward_kernel::time::MINUTE;
use ward_web::elsewhere::ElsewhereSignIn;

use crate::browser::{Answer, Browser};
use crate::house::{ADMIN, House, Person, later, next_step};
use provider::{Fake, LOGIN};

const CLERK: &str = "clerk@adair.example";
const ISSUER: &str = "https://login.example";

/// A desk with two providers, of which the second cannot be reached, an administrator, and a clerk
/// who is signed out.
async fn office() -> (House, Person, Person) {
    let providers: Vec<Arc<dyn ElsewhereSignIn>> = vec![
        Arc::new(Fake { label: "State account", issuer: ISSUER, down: false }),
        Arc::new(Fake { label: "County account", issuer: "https://county.example", down: true }),
    ];
    let house = House::start_with("localhost", providers).await;
    let mut admin = house.set_up().await;
    let mut clerk = house.joined(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
    clerk.browser.post("/sign-out", &[]).await.leads_to("/sign-in");
    (house, admin, clerk)
}

/// Goes to the provider by the button; the state that goes along.
async fn go(browser: &mut Browser, then: &str) -> String {
    let path = if then.is_empty() { String::new() } else { format!("?then={then}") };
    let path = format!("/sign-in/elsewhere/0{path}");
    let answer = browser.send(Method::GET, &path, &[("sec-fetch-site", "same-origin")], None).await;
    answer.is(303);
    answer.location().strip_prefix(LOGIN).unwrap_or_else(|| panic!("{}", answer.location())).into()
}

fn address(state: &str, code: &str) -> String {
    let code = code.replace(' ', "%20").replace('@', "%40").replace('=', "%3D");
    format!("/sign-in/back?code={code}&state={state}&iss=https%3A%2F%2Flogin.example")
}

/// Comes back as a browser does: what another site leads to brings no `SameSite=Strict` cookie,
/// the step of the desk's own after it does.
async fn come(browser: &mut Browser, path: &str) -> Answer {
    let from = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let mut bare = browser.clone();
    bare.cookies.clear();
    let first = bare.send(Method::GET, path, &from, None).await;
    assert!(bare.cookies.is_empty(), "nothing is given to whoever brings nothing");
    let Some(again) = onward(&first) else { return first };
    assert!(again.starts_with("/sign-in/back?") && again.ends_with("&again=1"), "{again}");
    browser.send(Method::GET, &again, &[("sec-fetch-site", "same-origin")], None).await
}

/// Where a page leads by itself.
fn onward(answer: &Answer) -> Option<String> {
    let value = answer.headers.get("refresh")?.to_str().unwrap();
    Some(value.strip_prefix("0; url=").unwrap().to_owned())
}

/// There and back.
async fn sign_in(browser: &mut Browser, code: &str) -> Answer {
    let state = go(browser, "").await;
    come(browser, &address(&state, code)).await
}

#[track_caller]
fn is_in(answer: &Answer, at: &str) {
    answer.is(200);
    assert_eq!(onward(answer).as_deref(), Some(at), "{}", answer.text());
}

#[tokio::test]
async fn two_factors_there_are_believed_and_the_account_is_bound_once() {
    let (house, _, _) = office().await;
    let mut browser = house.browser();
    let page = browser.get("/sign-in").await;
    page.is(200).says("Sign in with State account").says("Sign in with County account");
    assert!(page.body.contains("href=\"/sign-in/elsewhere/0\""), "a link and no form");

    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa minutes=0").await, "/");
    assert!(!browser.cookies.contains_key("ward-elsewhere"), "spent");
    browser.get("/account").await.is(200).says("Somebody invited");
    // A second factor was just shown: risky acts go on.
    browser.get("/account/factors/add").await.is(200);
    // From now on the account counts and not the address, which may pass to somebody else.
    let mut other = house.browser();
    is_in(&sign_in(&mut other, "sub-1 administrator@office.example mfa").await, "/");
    other.get("/account").await.is(200).says(CLERK);
    let rows = house.audited().await;
    let clerk = house.id_of(CLERK).await;
    let of = |act: &str| rows.iter().filter(|row| row.entry.act == act).collect::<Vec<_>>();
    let bound = of("elsewhere.bind");
    assert_eq!(bound.len(), 1);
    assert_eq!((&bound[0].entry.actor, bound[0].entry.detail.as_str()), (&clerk, ISSUER));
    let begun = of("session.begin");
    let there = begun.iter().filter(|row| row.entry.detail == "at State account");
    assert!(there.clone().all(|row| row.entry.actor == clerk));
    assert_eq!(there.count(), 2);
    let all = format!("{rows:?}");
    for secret in ["sub-1", "code=", "state="] {
        assert!(!all.contains(secret), "{secret} is in the audit");
    }
}

#[tokio::test]
async fn one_factor_there_goes_on_to_the_second_one_here() {
    let (house, _, mut clerk) = office().await;
    let browser = &mut clerk.browser;
    is_in(&sign_in(browser, "sub-1 clerk@adair.example").await, "/second-factor");
    browser.get("/").await.leads_to("/second-factor");
    browser.get("/account").await.leads_to("/second-factor?then=L2FjY291bnQ");
    next_step();
    let code = clerk.code();
    let browser = &mut clerk.browser;
    browser.post("/second-factor", &[("how", "code"), ("code", &code)]).await.leads_to("/");
    browser.get("/account").await.is(200);
    assert_eq!(house.acts("session.elsewhere").await, 1);
    // Whoever is in is not sent away again.
    browser.get("/sign-in/elsewhere/0").await.leads_to("/");
}

#[tokio::test]
async fn a_session_is_new_whatever_was_there() {
    let (house, _, _) = office().await;
    let mut browser = house.browser();
    let planted = "cGxhbnRlZCBieSBzb21lYm9keSBlbHNlLCBsb25nIGFnbw".to_owned();
    browser.cookies.insert("ward-session".to_owned(), planted.clone());
    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example").await, "/second-factor");
    let half = browser.session().unwrap().to_owned();
    assert_ne!(half, planted);
    // Half-way in, and in again by another way: the session before is worth nothing.
    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await, "/");
    let full = browser.session().unwrap().to_owned();
    assert_ne!(full, half);
    browser.with_session(&half).get("/second-factor").await.leads_to("/sign-in");
    browser.get("/account").await.is(200);
    assert!(browser.cookies.contains_key("ward-device"));
}

#[tokio::test]
async fn it_goes_on_to_pages_of_the_desk_alone() {
    let (house, _, _) = office().await;
    let code = "sub-1 clerk@adair.example mfa";
    let encoded = |path: &str| BASE64URL_NOPAD.encode(path.as_bytes());
    for (then, to) in [
        (encoded("/sensors"), "/sensors"),
        (encoded("https://evil.example/"), "/"),
        (encoded("//evil.example"), "/"),
        (encoded("/sign-in/back?code=x"), "/"),
        ("https://evil.example/".to_owned(), "/"),
        ("%0d%0aset-cookie:x".to_owned(), "/"),
    ] {
        let mut browser = house.browser();
        let state = go(&mut browser, &then).await;
        is_in(&come(&mut browser, &address(&state, code)).await, to);
        let mut browser = house.browser();
        let state = go(&mut browser, &then).await;
        // What the way back says of where to go counts for nothing.
        let path = format!("{}&then={}", address(&state, code), encoded("/people"));
        browser.send(Method::GET, &path, &[("sec-fetch-site", "same-origin")], None).await;
        assert!(browser.session().is_some());
    }
}

#[tokio::test]
async fn what_was_shown_there_long_ago_answers_for_no_risky_act() {
    let (house, _, _) = office().await;
    let confirm = "/confirm?then=L2FjY291bnQvZmFjdG9ycy9hZGQ";
    for (code, fresh) in [
        ("sub-1 clerk@adair.example mfa minutes=2", true),
        ("sub-1 clerk@adair.example mfa minutes=11", false),
        ("sub-1 clerk@adair.example mfa", false),
        // A provider whose clock runs ahead gives nothing away.
        ("sub-1 clerk@adair.example mfa minutes=-3000", true),
    ] {
        let mut browser = house.browser();
        is_in(&sign_in(&mut browser, code).await, "/");
        browser.get("/account").await.is(200);
        let page = browser.get("/account/factors/add").await;
        if fresh {
            page.is(200)
        } else {
            page.is(303).leads_to(confirm);
            &page
        };
        if fresh {
            later(11 * MINUTE);
            browser.get("/account/factors/add").await.leads_to(confirm);
        }
    }
}

#[tokio::test]
async fn an_administrator_sees_the_account_and_unbinds_it() {
    let (house, mut admin, _) = office().await;
    let mut browser = house.browser();
    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await, "/");
    let id = house.id_of(CLERK).await;
    let (page, unbind) = (format!("/people/{id}"), format!("/people/{id}/unbind"));
    let issuer = [("issuer", ISSUER)];
    admin.browser.get(&page).await.is(200).says("State account").says(ISSUER);
    // Nobody does it to oneself, or without the right.
    browser.post(&unbind, &issuer).await.is(403);
    let own = format!("/people/{}/unbind", house.id_of(ADMIN).await);
    admin.browser.post(&own, &issuer).await.is(404);
    // What is not there is not unbound.
    admin.browser.post(&unbind, &[("issuer", "https://other.example")]).await.leads_to(&page);
    later(11 * MINUTE);
    let confirm = format!("/confirm?then={}", BASE64URL_NOPAD.encode(page.as_bytes()));
    admin.browser.post(&unbind, &issuer).await.leads_to(&confirm);
    admin.sign_in(ADMIN).await;
    admin.browser.post(&unbind, &issuer).await.leads_to(&format!("{page}?now=unbound"));
    let after = admin.browser.get(&format!("{page}?now=unbound")).await;
    after.is(200).says("They were unbound");
    assert!(!after.text().contains(ISSUER), "{}", after.text());
    assert_eq!(house.acts("elsewhere.unbind").await, 1);
    browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    // The account that was made anew there is bound at the next sign-in.
    is_in(&sign_in(&mut browser, "sub-2 clerk@adair.example mfa").await, "/");
    // A reset takes the account away as it takes everything.
    admin.browser.post(&format!("/people/{id}/reset"), &[]).await.is(200);
    assert!(!admin.browser.get(&page).await.text().contains(ISSUER));
}
