//! Forms from a page that somebody else opened: none stands under the name of whoever signed in since.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use ward_access::{Role, Stage};
use ward_web::route::{self, Access, Kind, Verb};

use crate::check;
use crate::house::House;
use crate::raw;
use crate::sample::OURS;

const PAGE: &str = "/contacts/adair-county";

#[tokio::test]
async fn what_somebody_else_typed_is_asked_about_and_not_lost() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let (theirs, own) = (clerk.get(PAGE).await.hidden("opened-by"), lead.get(PAGE).await);
    assert_ne!(theirs, own.hidden("opened-by"));
    assert_eq!(theirs, clerk.get("/").await.hidden("opened-by"), "of the person, not of the page");
    // The clerk's page is sent after the lead signed in in the same browser.
    let note = "Ask for \"Jo\" <b>first</b>,\nthen ring twice.";
    let typed = [
        ("opened-by", theirs.as_str()),
        ("act", "put"),
        ("key", "key-typed-1"),
        ("title", "Duty telephone"),
        ("telephone", "573-555-0142"),
        ("note", note),
    ];
    let before = house.audited().await.len();
    let page = lead.post(PAGE, &typed).await;
    page.is(412).says("Somebody else opened this page").says("signed in as A lead");
    page.says("573-555-0142").says("Send it as A lead").says("then ring twice.");
    check::page(&page.body).unwrap();
    assert_eq!(house.audited().await.len(), before, "nothing was put down");
    // They say that it is theirs: the page's form holds all of it.
    let own = page.between("id=\"again\"", "</form>");
    let field = |name: &str| {
        let (_, rest) = own.rsplit_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once("\">").unwrap().0.to_owned()
    };
    let sent: Vec<(&str, String)> =
        typed[1..].iter().map(|(name, _)| (*name, field(name))).collect();
    assert_eq!(sent.last().unwrap().1, note);
    let mark = page.hidden("opened-by");
    let mut again = vec![("opened-by", mark.as_str())];
    again.extend(sent.iter().map(|(name, value)| (*name, value.as_str())));
    lead.post(PAGE, &again).await.leads_to(PAGE);
    let row = house.audited().await.into_iter().rfind(|row| row.entry.act == "contacts.put");
    assert_eq!(row.unwrap().entry.actor_name, "A lead");
    // Or whoever wrote it signs in again and sends it from there.
    let mut other = typed.to_vec();
    other[2] = ("key", "key-typed-2");
    clerk.post(PAGE, &other).await.leads_to(PAGE);
    // A page that says nothing of it is from before: it is taken.
    let plain = [("act", "remove"), ("key", "key-plain"), ("contact", "none")];
    lead.post(PAGE, &plain).await.is(422).says("no such contact");
}

/// Whoever may not do it loses nothing of what somebody else wrote either; passwords are not shown.
#[tokio::test]
async fn what_is_not_theirs_to_do_or_to_see_is_left() {
    let house = House::start().await;
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    let typed = [("opened-by", "somebody"), ("act", "put"), ("title", "Duty telephone")];
    let page = auditor.post(PAGE, &typed).await;
    page.is(412).says("Your role does not include this").says("Duty telephone");
    check::page(&page.body).unwrap();
    let typed = [("opened-by", "somebody"), ("password", "lantern orbit mustard quilt")];
    for path in ["/account/password", "/confirm"] {
        let page = auditor.post(path, &typed).await;
        page.is(412).says("about their own account");
        assert!(!page.body.contains("lantern"), "{path}");
        check::page(&page.body).unwrap();
    }
}

/// Whoever writes longer than their session lasts signs in elsewhere, and sends what stands there.
#[tokio::test]
async fn what_is_sent_after_the_session_s_end_is_not_lost() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let by = clerk.get(PAGE).await.hidden("opened-by");
    let mut again = house.second_session(&clerk).await;
    clerk.post("/sign-out", &[("opened-by", by.as_str())]).await;
    let typed = [
        ("opened-by", by.as_str()),
        ("act", "put"),
        ("key", "key-late-1"),
        ("title", "Duty telephone"),
        ("telephone", "573-555-0142"),
    ];
    let from = [("sec-fetch-site", "same-origin")];
    let before = house.audited().await.len();
    let page = clerk.send(Method::POST, PAGE, &from, Some(&typed)).await;
    page.is(401).says("You are not signed in any more").says("573-555-0142");
    check::page(&page.body).unwrap();
    let form = page.between("id=\"again\"", "</form>");
    for (name, value) in &typed {
        assert!(form.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}");
    }
    assert_eq!(house.audited().await.len(), before, "nothing was put down");
    // In another tab they are signed in.
    again.post(PAGE, &typed).await.leads_to(PAGE);
    let rows = house.audited().await;
    assert_eq!(rows.iter().filter(|row| row.entry.act == "contacts.put").count(), 1);
    // Of what the device sends by itself the device knows what to do.
    let kept = [("sec-fetch-site", "same-origin"), ("ward-kept", by.as_str())];
    clerk.send(Method::POST, PAGE, &kept, Some(&typed)).await.leads_to("/sign-in");
    // Nobody's secrets are shown: what puts nothing down leads to the sign-in as before.
    let secret = [("password", "lantern orbit mustard quilt")];
    clerk.send(Method::POST, "/account/password", &from, Some(&secret)).await.leads_to("/sign-in");
}

#[tokio::test]
async fn no_form_of_any_page_is_taken_from_somebody_else_s() {
    let house = House::start().await;
    let mut admin = house.person("An administrator", Role::Administrator, None).await;
    let before = house.audited().await.len();
    let mut asked = 0;
    for route in route::all().filter(|one| (one.verb, one.kind) == (Verb::Post, Kind::Page)) {
        let open = matches!(route.access, Access::Open | Access::SetUp);
        if open || route.access == Access::Stage(Stage::Password) {
            continue;
        }
        let path = route.path.replace("{id}", OURS);
        let from = [("sec-fetch-site", "same-origin")];
        let fields = [("opened-by", "somebody"), ("key", "key-other-1"), ("text", "Words.")];
        let page = admin.send(Method::POST, &path, &from, Some(&fields)).await;
        page.is(412).says("Nothing was put down");
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
    assert_eq!(house.audited().await.len(), before);
}

#[tokio::test]
async fn a_file_is_not_taken_either() {
    let house = House::start().await;
    let clerk = house.person("Local IT", Role::LocalIt, Some(OURS)).await;
    let cut = "----cut";
    let part = |name: &str, value: &str| {
        format!("--{cut}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body =
        [part("opened-by", "somebody"), part("jurisdiction", OURS), part("file", "A line\n")];
    let body = format!("{}--{cut}--\r\n", body.concat());
    let request = Request::builder()
        .method("POST")
        .uri("/sensors/upload")
        .header("host", house.address.to_string())
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("ward-session={}", clerk.session().unwrap_or_default()))
        .header("content-type", format!("multipart/form-data; boundary={cut}"))
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let (parts, body) = raw::send(house.address, request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body);
    assert_eq!(parts.status.as_u16(), 412, "{body}");
    assert!(body.contains("Choose the file again"));
    check::page(&body).unwrap();
    assert_eq!(house.acts("records.upload", OURS).await, 0);
}
