//! Signing in: the two halves, what is refused, and who has to wait.

use hyper::Method;
use ward_kernel::time::{HOUR, MINUTE};

use crate::house::{ADMIN, House, PASSWORD, later, next_step};

const WRONG: &str = "Address and password do not fit together";

#[tokio::test]
async fn password_and_code_lead_in_and_each_rise_changes_the_cookie() {
    let house = House::start().await;
    let admin = house.set_up().await;
    let mut browser = house.browser();
    // A cookie that somebody planted before is not the one after.
    browser.cookies.insert("ward-session".to_owned(), "cGxhbnRlZA".to_owned());
    let fields = [("email", " Administrator@OFFICE.example "), ("password", PASSWORD)];
    browser.post("/sign-in", &fields).await.leads_to("/second-factor");
    let half = browser.session().unwrap().to_owned();
    assert_ne!(half, "cGxhbnRlZA");

    // Half-way in opens nothing but the second factor.
    for path in
        ["/people", "/account", "/account/factors", "/account/factors/add", "/confirm", "/cases"]
    {
        let page = browser.get(path).await;
        assert!(page.location().starts_with("/second-factor"), "{path}: {}", page.location());
    }
    browser.get("/second-factor").await.is(200).says("Code of your authenticator app");

    let code = admin.code();
    browser.post("/second-factor", &[("how", "code"), ("code", &code)]).await.leads_to("/");
    let full = browser.session().unwrap().to_owned();
    assert_ne!(full, half);
    browser.get("/people").await.is(200);
    // The cookie of the half-way is dead.
    house.browser().with_session(&half).get("/people").await.leads_to("/sign-in?then=L3Blb3BsZQ");
    house.browser().with_session(&full).get("/people").await.is(200);

    let acts: Vec<String> = house.audited().await.into_iter().map(|row| row.entry.act).collect();
    assert_eq!(
        acts,
        ["set-up.done", "session.password", "session.begin", "people.look", "people.look"]
    );

    browser.post("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(browser.session(), None);
    house.browser().with_session(&full).get("/people").await.leads_to("/sign-in?then=L3Blb3BsZQ");
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_are_told_alike() {
    let house = House::start().await;
    house.set_up().await;
    let mut browser = house.browser();
    let mut told = Vec::new();
    for email in [ADMIN, "nobody@office.example"] {
        let page =
            browser.post("/sign-in", &[("email", email), ("password", "wrong wrong wrong")]).await;
        page.is(422).says(WRONG);
        assert!(!page.body.contains("wrong wrong wrong"));
        told.push(page.body.replace(email, ""));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(browser.session(), None);
    let rows = house.audited().await;
    let refused: Vec<_> = rows.iter().filter(|row| row.entry.act == "session.refused").collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].entry.object, house.id_of(ADMIN).await);
    assert_eq!(refused[1].entry.object, "");
    for row in refused {
        let all = format!("{:?}", row.entry);
        assert!(
            row.entry.actor.is_empty() && !all.contains("nobody@") && !all.contains("wrong"),
            "{all}"
        );
        assert_eq!(row.entry.address, "192.0.2.10");
    }
    browser
        .post("/sign-in", &[("email", ""), ("password", "")])
        .await
        .is(422)
        .says("Write your password.");
    let long = "x".repeat(20_000);
    browser.post("/sign-in", &[("email", ADMIN), ("password", &long)]).await.is(422).says(WRONG);
}

#[tokio::test]
async fn codes_are_used_once() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let used = admin.code();
    admin.sign_in(ADMIN).await;

    let mut browser = house.browser();
    browser
        .post("/sign-in", &[("email", ADMIN), ("password", PASSWORD)])
        .await
        .leads_to("/second-factor");
    let last = admin.code();
    for code in ["", "12345", "abcdef", "000000", &used, &last] {
        browser.post("/second-factor", &[("how", "code"), ("code", code)]).await.is(422);
    }
    assert_eq!(house.acts("session.refused").await, 6);
    next_step();
    let next = admin.code();
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    browser.post("/second-factor", &[("how", "code"), ("code", &spaced)]).await.leads_to("/");
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let house = House::start().await;
    let admin = house.set_up().await;
    let code = admin.codes[3].to_lowercase().replace('-', " ");
    for (attempt, status) in [(1, 303), (2, 422)] {
        let mut browser = house.browser();
        browser
            .post("/sign-in", &[("email", ADMIN), ("password", PASSWORD)])
            .await
            .leads_to("/second-factor");
        let page = browser.post("/second-factor", &[("how", "recovery"), ("code", &code)]).await;
        page.is(status);
        if attempt == 1 {
            page.leads_to("/account/factors?now=recovery");
            browser
                .get("/account/factors?now=recovery")
                .await
                .is(200)
                .says("9 recovery codes are left.");
        } else {
            page.says("none of your recovery codes that are left");
            browser
                .post("/second-factor", &[("how", "recovery"), ("code", "short")])
                .await
                .is(422)
                .says("24 letters and digits");
        }
    }
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    for _ in 0..23 {
        later(29 * MINUTE);
        admin.browser.get("/account").await.is(200);
    }
    later(30 * MINUTE);
    admin.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    admin.sign_in(ADMIN).await;
    for _ in 0..25 {
        later(29 * MINUTE);
        admin.browser.get("/account").await;
    }
    admin.browser.get("/account").await.leads_to("/sign-in?then=L2FjY291bnQ");
    // Half-way in lasts ten minutes.
    let mut browser = house.browser();
    browser
        .post("/sign-in", &[("email", ADMIN), ("password", PASSWORD)])
        .await
        .leads_to("/second-factor");
    later(10 * MINUTE);
    browser.get("/second-factor").await.leads_to("/sign-in");
}

#[tokio::test]
async fn strangers_who_guess_do_not_keep_the_owner_waiting() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    admin.browser.post("/sign-out", &[]).await.leads_to("/sign-in");
    let guess = [("email", ADMIN), ("password", "not the right words")];
    let mut waits = 0;
    for from in 0..40 {
        let mut stranger = house.browser();
        stranger.address = format!("198.51.{from}.7");
        let page = stranger.post("/sign-in", &guess).await;
        if page.status == 429 {
            waits += 1;
            assert!(page.headers.contains_key("retry-after"));
            page.says("Too many tries have failed");
        }
    }
    assert_eq!(waits, 20, "twenty guesses at one account, then all strangers wait");
    // Whoever waits is told so even with the right password: the answer says nothing.
    let mut new_device = house.browser();
    let right = [("email", ADMIN), ("password", PASSWORD)];
    new_device.post("/sign-in", &right).await.is(429);
    // The owner, whose browser knows them, is let in at once.
    admin.sign_in(ADMIN).await;
    // And so is the owner's browser that was closed meanwhile, at another address.
    admin.browser.address = "203.0.113.80".to_owned();
    admin.browser.cookies.remove("ward-session");
    admin.sign_in(ADMIN).await;
    // A forged proof helps nobody. (The minute that has passed is one guess more for strangers.)
    house.browser().post("/sign-in", &guess).await.is(422);
    new_device.cookies.insert("ward-device".to_owned(), "AAAA".repeat(16));
    new_device.post("/sign-in", &right).await.is(429);
    later(2 * HOUR);
    new_device.post("/sign-in", &right).await.leads_to("/second-factor");
}

#[tokio::test]
async fn guesses_at_codes_are_slowed_and_never_lock_a_recovery_code_out() {
    let house = House::start().await;
    let admin = house.set_up().await;
    let mut thief = house.browser();
    thief.address = "198.51.100.9".to_owned();
    let right = [("email", ADMIN), ("password", PASSWORD)];
    thief.post("/sign-in", &right).await.leads_to("/second-factor");
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(
            thief
                .post("/second-factor", &[("how", "code"), ("code", "000000")])
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(answers, [422, 422, 422, 422, 422, 429, 429]);
    let mut owner = house.browser();
    owner.post("/sign-in", &right).await.leads_to("/second-factor");
    let code = admin.code();
    owner.post("/second-factor", &[("how", "code"), ("code", &code)]).await.is(429);
    owner
        .post("/second-factor", &[("how", "recovery"), ("code", &admin.codes[0])])
        .await
        .leads_to("/account/factors?now=recovery");
}

#[tokio::test]
async fn an_old_hash_is_made_anew_at_the_sign_in() {
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    let house = House::start().await;
    house.set_up().await;
    let id = house.id_of(ADMIN).await;
    let params = argon2::Params::new(8 * 1024, 1, 1, None).unwrap();
    let old = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let salt = SaltString::encode_b64(&[1; 16]).unwrap();
    let old = old.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
    let mut tx = house.desk.store.begin().await.unwrap();
    ward_store::people::set_password(tx.link(), &id, &old).await.unwrap();
    tx.commit(ward_store::Audit::Machine).await.unwrap();
    let right = [("email", ADMIN), ("password", PASSWORD)];
    for _ in 0..2 {
        house.browser().post("/sign-in", &right).await.leads_to("/second-factor");
        let mut read = house.desk.store.read().await.unwrap();
        let kept = ward_store::people::password_of(read.link(), &id).await.unwrap().unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    }
}

#[tokio::test]
async fn a_flood_of_passwords_does_not_stand_before_the_owner() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let mut flood = tokio::task::JoinSet::new();
    for n in 0..150 {
        let mut stranger = house.browser();
        stranger.address = format!("198.51.{n}.7");
        flood.spawn(async move {
            let email = format!("nobody{n}@office.example");
            let fields = [("email", email.as_str()), ("password", "not the right words")];
            stranger.post("/sign-in", &fields).await.status.as_u16()
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let begun = std::time::Instant::now();
    admin.sign_in(ADMIN).await;
    let took = begun.elapsed();
    let answers = flood.join_all().await;
    assert!(answers.contains(&503), "some are told to come again");
    assert!(answers.iter().all(|status| [422, 503].contains(status)), "{answers:?}");
    assert!(took < begun.elapsed() / 2, "the owner waited {took:?} of {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_page_that_asks_by_itself_keeps_no_session_awake() {
    let house = House::start().await;
    let admin = house.set_up().await;
    let mut browser = admin.browser;
    let ours: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];
    let navigates = [ours, &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]];
    let (modern, old) = (
        [ours, &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]].concat(),
        [ours, &[("ward-news", "1")]].concat(),
    );
    // For half an hour the page asks for its news, as new browsers and as old ones do.
    for minute in 0..29 {
        later(MINUTE);
        let headers = if minute % 2 == 0 { &modern } else { &old };
        browser.send(Method::GET, "/cases", headers, None).await.is(200);
    }
    // What its person does counts.
    browser.send(Method::GET, "/cases", &navigates.concat(), None).await.is(200);
    for _ in 0..29 {
        later(MINUTE);
        browser.send(Method::GET, "/cases", &modern, None).await.is(200);
    }
    later(2 * MINUTE);
    let page = browser.send(Method::GET, "/cases", &modern, None).await;
    assert!(page.location().starts_with("/sign-in"), "{}", page.location());
    assert!(browser.get("/cases").await.location().starts_with("/sign-in"));
}
