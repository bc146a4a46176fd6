//! An exercise that has ended is looked at, and nothing in it is changed.

use ward_access::Role;
use ward_kernel::{Time, World};
use ward_web::route::{Access, Verb, all};

use crate::client::{Body, ask, cookie, send};
use crate::worlds::Side;

#[tokio::test]
async fn what_has_ended_is_only_looked_at() {
    let ended = Some(Time::from_secs(1_793_736_000));
    let side = Side::start(World::Exercise, |settings| settings.ended = ended).await;
    let at = side.filled.address;
    let (administrator, _) = side.filled.person(Role::Administrator, None).await;
    let (_, value) = side.filled.session(&administrator).await;
    let brings = cookie("ward-exercise-session", &value);
    let before = side.content().await;
    let mut refused = 0;
    for route in all().filter(|route| route.verb == Verb::Post) {
        let (Access::Person(act) | Access::Anyone(act)) = route.access else { continue };
        if !act.changes() {
            continue;
        }
        let path = route.path.replace("{id}", "W-x");
        let form = Body { kind: "application/x-www-form-urlencoded", bytes: Vec::new() };
        let answer = ask(at, route, &path, &brings, &form).await;
        assert_eq!(answer.status, 409, "{}: {}", route.name, answer.says());
        assert!(answer.text().contains("This exercise has ended"), "{}", route.name);
        refused += 1;
    }
    assert!(refused > 30, "{refused}");
    assert_eq!(side.content().await, before);
    // It is still looked at, and left.
    for path in ["/", "/cases/W-x", "/incidents/incident-x", "/api/v1/office"] {
        let seen = send(at, hyper::Method::GET, path, &brings, &Body::default()).await;
        assert_eq!(seen.status, 200, "{path}: {}", seen.says());
    }
    let leave = all().find(|route| route.name == "sign-out").unwrap();
    let left = ask(at, leave, "/sign-out", &brings, &Body::default()).await;
    assert_eq!((left.status, left.header("location")), (303, "/sign-in"));
    let after = send(at, hyper::Method::GET, "/api/v1/office", &brings, &Body::default()).await;
    assert_eq!(after.status, 401, "{}", after.says());
}

/// A test of one's notices changes nothing of the exercise; nothing would send it, and it says so.
#[tokio::test]
async fn no_test_goes_out_of_what_has_ended() {
    const OVER: &str = "This exercise is over: nothing goes out any more.";
    let ended = Some(Time::from_secs(1_793_736_000));
    let side = Side::start(World::Exercise, |settings| settings.ended = ended).await;
    let at = side.filled.address;
    let (lead, _) = side.filled.person(Role::Lead, None).await;
    let (_, value) = side.filled.session(&lead).await;
    let brings = cookie("ward-exercise-session", &value);
    let before = side.content().await;
    let page = send(at, hyper::Method::GET, "/account/notices", &brings, &Body::default()).await;
    assert!(page.text().contains(OVER) && !page.text().contains("Send me a test"));
    for (name, path, status) in [
        ("account.notices.test", "/account/notices/test", 422),
        ("api.account.notices.test", "/api/v1/account/notices/test", 200),
    ] {
        let route = all().find(|route| route.name == name).unwrap();
        let kind =
            if status == 200 { "application/json" } else { "application/x-www-form-urlencoded" };
        let answer = ask(at, route, path, &brings, &Body { kind, bytes: Vec::new() }).await;
        assert_eq!(answer.status, status, "{}", answer.says());
        assert!(answer.text().contains(OVER), "{}", answer.says());
        assert!(!answer.text().contains("on its way"), "{}", answer.says());
    }
    assert_eq!(side.content().await, before);
}
