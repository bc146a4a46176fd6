//! What other sites, and what is written into addresses, can make the desk do: nothing.

use data_encoding::BASE64URL_NOPAD;
use hyper::Method;

use crate::house::{ADMIN, House, PASSWORD, next_step};

#[tokio::test]
async fn another_site_cannot_send_forms() {
    let house = House::start().await;
    let mut admin = house.set_up().await;
    let ours = house.origin.clone();
    let refused: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", &ours)],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        &[("origin", "http://localhost.evil.example")],
    ];
    for headers in refused {
        for path in ["/sign-out", "/people/invite", "/account/sessions/end", "/sign-in"] {
            let page = admin.browser.send(Method::POST, path, headers, Some(&[])).await;
            page.is(403).says("did not come from a page of the desk");
        }
    }
    assert!(admin.browser.get("/account").await.status.is_success(), "still signed in");
    let taken: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "same-origin"), ("origin", &ours)],
        // What browsers send from pages that give no referrer.
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        // Browsers that do not know the first.
        &[("origin", &ours)],
    ];
    for headers in taken {
        let page =
            admin.browser.send(Method::POST, "/account/sessions/end", headers, Some(&[])).await;
        page.leads_to("/account?now=others");
    }
}

#[tokio::test]
async fn the_sign_in_leads_to_pages_of_the_desk_alone() {
    let house = House::start().await;
    let admin = house.set_up().await;
    for (then, expected) in [
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/sign-out", "/"),
        ("/people\r\nset-cookie: a=b", "/"),
        ("/account", "/account"),
        ("/people", "/people"),
    ] {
        let then = BASE64URL_NOPAD.encode(then.as_bytes());
        let mut browser = house.browser();
        next_step();
        let code = admin.code();
        let fields = [("email", ADMIN), ("password", PASSWORD), ("then", then.as_str())];
        let half = browser.post("/sign-in", &fields).await;
        assert!(half.location().starts_with("/second-factor"), "{}", half.location());
        let fields = [("how", "code"), ("code", code.as_str()), ("then", then.as_str())];
        browser.post("/second-factor", &fields).await.leads_to(expected);
    }
    for raw in ["https://evil.example", "%0d%0aSet-Cookie:x", "////", "%ff"] {
        let page = house.browser().get(&format!("/sign-in?then={raw}")).await;
        assert!(page.status.as_u16() < 500 && page.headers.get("location").is_none());
    }
}

#[tokio::test]
async fn a_link_from_elsewhere_finds_the_session_by_a_step_of_the_desks_own() {
    let house = House::start().await;
    let admin = house.set_up().await;
    let from_mail = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    // The browser keeps the cookie back, for it is SameSite=Strict.
    let page = house.browser().send(Method::GET, "/people?role=lead", &from_mail, None).await;
    page.is(200);
    assert_eq!(page.headers["refresh"], "0; url=/people?role=lead");
    // What the page then asks for is the desk's own, and brings it along.
    let mut own = admin.browser.clone();
    let asked = [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")];
    own.send(Method::GET, "/people?role=lead", &asked, None).await.is(200);
    let page = house.browser().send(Method::GET, "/people", &asked, None).await;
    page.leads_to("/sign-in?then=L3Blb3BsZQ");
}
