//! Who does not come in by a provider, and what they are told.

use hyper::Method;
use ward_kernel::time::{HOUR, MINUTE};
use ward_store::people;

use super::{CLERK, address, come, go, is_in, office, onward, sign_in};
use crate::browser::{Answer, Browser};
use crate::house::{ADMIN, House, later};

/// Nobody is in: no session, and the reason stands in the audit, without whoever it is not.
async fn is_out(house: &House, browser: &Browser, answer: &Answer, (status, says): (u16, &str)) {
    answer.is(status).says(says).says("Nobody was signed in");
    assert_eq!(onward(answer), None);
    assert_eq!(browser.session(), None, "{says}");
    let rows = house.audited().await;
    let last = &rows.last().unwrap().entry;
    assert_eq!((last.act.as_str(), last.actor.as_str()), ("session.refused", ""), "{says}");
    for secret in ["sub-", "@", "code"] {
        assert!(!last.detail.contains(secret), "{}", last.detail);
    }
}

async fn count(house: &House) -> usize {
    let mut read = house.desk.store.read().await.unwrap();
    people::list(read.link(), None).await.unwrap().len()
}

#[tokio::test]
async fn whoever_the_desk_does_not_know_stays_out() {
    let (house, _, _) = office().await;
    let before = count(&house).await;
    for code in ["sub-9 stranger@adair.example mfa", "sub-9 stranger@adair.example"] {
        let mut browser = house.browser();
        let answer = sign_in(&mut browser, code).await;
        is_out(&house, &browser, &answer, (403, "no account with the e-mail address")).await;
    }
    assert_eq!(count(&house).await, before, "nobody is made a person by a provider");
    assert_eq!(house.acts("elsewhere.bind").await, 0);
}

#[tokio::test]
async fn whoever_is_kept_out_is_kept_out_here_too() {
    let (house, mut admin, _) = office().await;
    let id = house.id_of(CLERK).await;
    let path = format!("/people/{id}/active");
    admin.browser.post(&path, &[("active", "no")]).await.is(303);
    for mfa in ["", " mfa"] {
        let mut browser = house.browser();
        let answer = sign_in(&mut browser, &format!("sub-1 {CLERK}{mfa}")).await;
        is_out(&house, &browser, &answer, (403, "is kept out")).await;
    }
    assert_eq!(house.acts("elsewhere.bind").await, 0, "nobody is bound who is kept out");
    // Nor do those come in who were bound before.
    admin.browser.post(&path, &[("active", "yes")]).await.is(303);
    let mut browser = house.browser();
    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await, "/");
    admin.browser.post(&path, &[("active", "no")]).await.is(303);
    let mut browser = house.browser();
    let answer = sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await;
    is_out(&house, &browser, &answer, (403, "is kept out")).await;
    assert_eq!(house.audited().await.last().unwrap().entry.object, id);
}

#[tokio::test]
async fn a_person_has_one_account_there_and_an_account_one_person() {
    let (house, _, _) = office().await;
    let mut browser = house.browser();
    is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await, "/");
    // The address has become somebody else's at the provider.
    let mut browser = house.browser();
    let answer = sign_in(&mut browser, "sub-2 clerk@adair.example mfa").await;
    is_out(&house, &browser, &answer, (403, "bound to another account")).await;
    assert_eq!(house.acts("elsewhere.bind").await, 1);
    let mut browser = house.browser();
    let answer = sign_in(&mut browser, "sub-3 a@b.example mfa issuer=https://other.example").await;
    is_out(&house, &browser, &answer, (502, "answered for another one")).await;
}

#[tokio::test]
async fn without_any_second_factor_nobody_enrols_one_by_this_way() {
    let (house, mut admin, _) = office().await;
    let id = house.id_of(CLERK).await;
    admin.browser.post(&format!("/people/{id}/reset"), &[]).await.is(200);
    let mut browser = house.browser();
    let answer = sign_in(&mut browser, "sub-1 clerk@adair.example").await;
    is_out(&house, &browser, &answer, (403, "you have none at the desk")).await;
    assert_eq!(house.acts("elsewhere.bind").await, 0);
}

#[tokio::test]
async fn what_comes_back_is_good_once_in_time_and_in_the_browser_that_went() {
    let (house, _, _) = office().await;
    let code = "sub-1 clerk@adair.example mfa";
    // Another browser: with nothing, and with a sign-in of its own.
    let mut browser = house.browser();
    let state = go(&mut browser, "").await;
    let mut thief = house.browser();
    let answer = come(&mut thief, &address(&state, code)).await;
    is_out(&house, &thief, &answer, (410, "began in another browser")).await;
    go(&mut thief, "").await;
    let answer = come(&mut thief, &address(&state, code)).await;
    is_out(&house, &thief, &answer, (410, "belongs to another sign-in")).await;
    let mut made_up = house.browser();
    made_up.cookies.insert("ward-elsewhere".to_owned(), "AAAA".to_owned());
    let answer = come(&mut made_up, &address(&state, code)).await;
    is_out(&house, &made_up, &answer, (410, "Nobody is awaited")).await;
    // The browser that went is not disturbed by them; and it comes back once.
    let cookie = browser.cookies["ward-elsewhere"].clone();
    is_in(&come(&mut browser, &address(&state, code)).await, "/");
    let mut replay = house.browser();
    replay.cookies.insert("ward-elsewhere".to_owned(), cookie);
    let answer = come(&mut replay, &address(&state, code)).await;
    is_out(&house, &replay, &answer, (410, "Nobody is awaited")).await;
    // An answer that was spoilt cannot be mended.
    let mut browser = house.browser();
    let state = go(&mut browser, "").await;
    let kept = browser.clone();
    for state in ["", "x", "another"] {
        let answer = browser.get(&address(state, code)).await;
        is_out(&house, &browser, &answer, (410, "This sign-in is over")).await;
        browser = kept.clone();
    }
    let answer = come(&mut browser, &address(&state, code)).await;
    is_out(&house, &browser, &answer, (410, "Nobody is awaited")).await;
    // In time.
    let mut browser = house.browser();
    let state = go(&mut browser, "").await;
    later(10 * MINUTE);
    let answer = come(&mut browser, &address(&state, code)).await;
    is_out(&house, &browser, &answer, (410, "more than ten minutes")).await;
    for strange in ["", "?state=x", "?code=x", "?state=x&again=1", "?error=access_denied"] {
        let mut browser = house.browser();
        let answer = come(&mut browser, &format!("/sign-in/back{strange}")).await;
        is_out(&house, &browser, &answer, (410, "Nobody is awaited")).await;
    }
    let long = format!("/sign-in/back?state=x&code={}", "x".repeat(5000));
    let answer = house.browser().get(&long).await;
    answer.is(410);
}

#[tokio::test]
async fn each_reason_has_its_page() {
    let (house, _, _) = office().await;
    for (code, status, title) in [
        ("down", 502, "State account does not answer"),
        ("forged", 502, "State account was not believed"),
        ("unfit", 503, "Signing in with State account is not set up right"),
        ("nobody", 403, "You cannot come in with this account"),
    ] {
        let mut browser = house.browser();
        let answer = sign_in(&mut browser, code).await;
        is_out(&house, &browser, &answer, (status, title)).await;
    }
    let mut browser = house.browser();
    let state = go(&mut browser, "L3Blb3BsZQ").await;
    let path = format!("/sign-in/back?error=access_denied&state={state}");
    let answer = come(&mut browser, &path).await;
    is_out(&house, &browser, &answer, (403, "You did not sign in with State account")).await;
    assert!(answer.body.contains("/sign-in?then=L3Blb3BsZQ"), "back to where they wanted to go");
    let mut browser = house.browser();
    let answer = browser.get("/sign-in/elsewhere/1").await;
    is_out(&house, &browser, &answer, (502, "County account does not answer")).await;
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn another_site_begins_nothing() {
    let (house, _, _) = office().await;
    for site in ["cross-site", "same-site"] {
        let mut browser = house.browser();
        let from = [("sec-fetch-site", site), ("sec-fetch-mode", "navigate")];
        let path = "/sign-in/elsewhere/0?then=L3Blb3BsZQ";
        let answer = browser.send(Method::GET, path, &from, None).await;
        answer.leads_to("/sign-in?then=L3Blb3BsZQ");
        assert!(browser.cookies.is_empty());
    }
    for path in ["2", "00", "+0", "-1", "x", "99999999999999999999", "%2e%2e"] {
        house.browser().get(&format!("/sign-in/elsewhere/{path}")).await.is(404);
    }
    let bare = House::start().await;
    bare.set_up().await;
    bare.browser().get("/sign-in/elsewhere/0").await.is(404);
    bare.browser().get("/sign-in/back?state=x&code=y").await.is(404);
    assert!(!bare.browser().get("/sign-in").await.text().contains("Sign in with"));
}

#[tokio::test]
async fn nothing_is_led_elsewhere_before_set_up() {
    let providers: Vec<std::sync::Arc<dyn ward_web::elsewhere::ElsewhereSignIn>> =
        vec![std::sync::Arc::new(super::Fake {
            label: "State account",
            issuer: super::ISSUER,
            down: false,
        })];
    let house = House::start_with("localhost", providers).await;
    house.browser().get("/sign-in/elsewhere/0").await.is(503).says("not set up yet");
}

#[tokio::test]
async fn strangers_who_begin_and_begin_wait_and_nobody_else() {
    let (house, _, _) = office().await;
    let mut stranger = house.browser();
    stranger.address = "198.51.100.7".to_owned();
    let mut waits = 0;
    for _ in 0..70 {
        let answer = stranger.get("/sign-in/elsewhere/0").await;
        if answer.status == 429 {
            waits += 1;
            assert!(answer.headers.contains_key("retry-after"));
            answer.says("Too many sign-ins were begun here");
        }
    }
    assert!((8..=10).contains(&waits), "{waits}");
    let before = house.audited().await.len();
    stranger.cookies.clear();
    stranger.get("/sign-in/back?state=x&again=1").await.is(429);
    assert_eq!(house.audited().await.len(), before, "what is not looked at is not put down");
    // An office behind one address signs in all morning.
    for _ in 0..70 {
        let mut browser = house.browser();
        is_in(&sign_in(&mut browser, "sub-1 clerk@adair.example mfa").await, "/");
    }
    later(HOUR);
    assert_eq!(stranger.get("/sign-in/elsewhere/0").await.status.as_u16(), 303);
    // The password still opens, whoever waits for a provider.
    let right = [("email", ADMIN), ("password", crate::house::PASSWORD)];
    stranger.post("/sign-in", &right).await.leads_to("/second-factor");
}
