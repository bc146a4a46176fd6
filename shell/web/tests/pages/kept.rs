//! Forms whose words wait on a device: what the pages give to their person, and to nobody else.

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use ward_access::Role;
use ward_web::server::headers::WITH_WORKER;

use crate::browser::Browser;
use crate::check;
use crate::house::House;
use crate::raw;
use crate::sample::OURS;

pub(crate) fn given(body: &str, name: &str) -> String {
    let after = body.split(&format!(" {name}=\"")).nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}

/// Sends a form as the page's script does: the status, and where it stands.
pub(crate) async fn send(
    house: &House,
    browser: &Browser,
    owner: &str,
    body: &'static str,
) -> (u16, String) {
    let request = Request::builder()
        .method("POST")
        .uri("/incidents/new")
        .header("host", house.address.to_string())
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "cors")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("ward-kept", owner)
        .header("cookie", format!("ward-session={}", browser.session().unwrap_or_default()))
        .body(Full::from(body))
        .unwrap();
    let (parts, body) = raw::send(house.address, request).await.into_parts();
    let _ = body.collect().await.unwrap();
    let at = parts.headers.get("location").map_or("", |at| at.to_str().unwrap());
    (parts.status.as_u16(), at.to_owned())
}

const REPORT: &str = "key=drawn-by-a-page&kind=poll-books&voting=stopped&place=A+gym&what=Old+list";

#[tokio::test]
async fn what_waited_is_one_incident_of_whoever_wrote_it() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut other = house.person("Another", Role::LocalIt, Some(OURS)).await;
    let page = clerk.get("/incidents/new").await;
    let (owner, seal) = (given(&page.body, "data-owner"), given(&page.body, "data-seal"));
    assert_eq!((owner.len(), seal.len()), (16, 44));
    // The key goes with the session: half an hour after the last page.
    assert_eq!(given(&page.body, "data-lasts"), "1800000");
    assert_eq!(given(&page.body, "data-worker"), "/incidents/new");
    assert!(page.body.contains("data-kept=\"Report of an incident\""));
    assert_eq!(page.headers["content-security-policy"], WITH_WORKER);
    // Another has other names and another key, and the same person the same next time.
    let theirs = other.get("/incidents/new").await;
    assert_ne!(given(&theirs.body, "data-owner"), owner);
    assert_ne!(given(&theirs.body, "data-seal"), seal);
    assert_eq!(given(&clerk.get("/").await.body, "data-seal"), seal);
    assert!(
        !clerk.get("/").await.headers["content-security-policy"].as_bytes().ends_with(b"worker")
    );

    // Sent in somebody else's session it is not theirs.
    assert_eq!(send(&house, &other, &owner, REPORT).await, (412, String::new()));
    let (status, at) = send(&house, &clerk, &owner, REPORT).await;
    assert_eq!(status, 201);
    assert_eq!(send(&house, &clerk, &owner, REPORT).await, (201, at.clone()), "once");
    clerk.get(&at).await.is(200).says("Old list").says("1 entry");
    let wrong = "key=drawn-by-a-page-2&kind=poll-books";
    assert_eq!(send(&house, &clerk, &owner, wrong).await.0, 422);
    // Nobody is signed in any more: led to the sign-in, and nothing is put down.
    let nobody = Browser::new(house.address, &house.desk.settings.origin);
    let (status, at) = send(&house, &nobody, &owner, REPORT).await;
    assert!(status == 303 && at.starts_with("/sign-in"), "{status} {at}");
    let rows = house.audited().await;
    let reports = rows.iter().filter(|row| row.entry.act == "incident.report");
    assert_eq!(reports.count(), 1);
}

#[tokio::test]
async fn the_form_that_is_kept_names_nobody() {
    let house = House::start().await;
    let mut clerk = house.person("Jane of Adair", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("Lead of the desk", Role::Lead, None).await;
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    for path in ["/incidents/new/offline", "/rumors/new/offline"] {
        for (person, name) in [(&mut clerk, "Jane of Adair"), (&mut lead, "Lead of the desk")] {
            let page = person.get(path).await;
            page.is(200);
            assert!(page.body.contains(" data-shell>"), "{}", page.body);
            check::page(&page.body).unwrap();
            for hidden in [name, "data-owner", "data-seal", "Sign out", "aria-label=\"Rooms\""] {
                assert!(!page.body.contains(hidden), "{path}: {hidden}");
            }
            assert!(page.body.contains("name=\"key\" value=\"\""), "the page draws one");
        }
        // What a clerk's device keeps does not even say which jurisdiction it is.
        assert!(!clerk.get(path).await.body.contains("Adair"));
        auditor.get(path).await.is(403);
    }
    let mut nobody = Browser::new(house.address, &house.desk.settings.origin);
    assert!(!nobody.get("/sign-in").await.body.contains("/assets/device."));
}
