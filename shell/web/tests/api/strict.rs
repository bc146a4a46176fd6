//! Whatever is sent, what comes back is an answer or a problem document, and never a mistake of the
//! desk's own.

use serde_json::json;
use ward_access::Role;
use ward_web::route::{Kind, Verb, all};

use crate::House;
use crate::client::{As, Ask};
use crate::filled::OURS;

fn is_problem(answer: &crate::client::Answer) {
    assert_eq!(answer.media(), "application/problem+json", "{}", answer.text());
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()));
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let house = House::start().await;
    let admin = house.person(Role::Administrator).await;
    for route in all().filter(|route| route.path.starts_with("/api/")) {
        for method in ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "PURGE"] {
            let path = route.path.replace("{id}", "nothing");
            let mut ask = Ask::get(&path);
            ask.method = method.parse().unwrap();
            let answer = ask.send(house.at(), &admin).await;
            answer.is(405);
            is_problem(&answer);
            let allowed = answer.headers["allow"].to_str().unwrap();
            let own = if route.verb == Verb::Get { "GET" } else { "POST" };
            assert!(allowed.split(',').any(|one| one == own), "{} allows {allowed}", route.name);
        }
    }
}

#[tokio::test]
async fn no_path_makes_it_stumble() {
    let house = House::start().await;
    let admin = house.person(Role::Administrator).await;
    let long = "x".repeat(4_000);
    let ids = [
        "%00",
        "%ff%fe",
        "..%2f..%2fetc",
        "%2e%2e",
        "a%0d%0ab",
        "'%20or%201=1--",
        "%f0%9f%92%a9",
        "{id}",
        "%7Bid%7D",
        "%",
        "%zz",
        long.as_str(),
    ];
    for route in all().filter(|route| route.kind == Kind::Api && route.path.contains("{id}")) {
        for id in ids {
            let path = route.path.replace("{id}", id);
            let Ok(_) = path.parse::<hyper::Uri>() else { continue };
            let ask = match route.verb {
                Verb::Get => Ask::get(&path),
                Verb::Post => Ask::post(&path, "application/json", "{}"),
            };
            let answer = ask.send(house.at(), &admin).await;
            assert!([400, 404].contains(&answer.status), "{path}: {}", answer.text());
            is_problem(&answer);
        }
    }
}

#[tokio::test]
async fn no_query_makes_it_stumble() {
    let house = House::start().await;
    let admin = house.person(Role::Administrator).await;
    let queries = [
        "%ff=%ff",
        "limit=%00",
        "limit=99999999999999999999999999",
        "limit=-1",
        "limit=0",
        "limit=",
        "limit=1&limit=1",
        "offset=1e3",
        "limit=0x10",
        "=",
        "&&&",
        "a[]=1",
        "limit=%EF%BC%91",
        "text=%00",
        "text=%ff",
        "rung=SCAN",
        "past=1",
        "before=0",
        "before=-9223372036854775809",
        "from=%00",
        "to=9999-99-99T99:99:99Z",
        "limit",
        "%zz",
    ];
    for route in all().filter(|route| route.kind == Kind::Api && route.verb == Verb::Get) {
        for query in queries {
            let path = format!("{}?{query}", route.path.replace("{id}", "nothing"));
            let answer = Ask::get(&path).send(house.at(), &admin).await;
            assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.text());
            if answer.status >= 400 {
                is_problem(&answer);
            }
        }
    }
}

#[tokio::test]
async fn no_body_makes_it_stumble() {
    let house = House::start().await;
    let admin = house.person(Role::Administrator).await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_object = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let bodies: [&[u8]; 20] = [
        b"",
        b" ",
        b"null",
        b"true",
        b"0",
        b"\"\"",
        b"[]",
        b"{",
        b"{}}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"{\"\\u0000\":1}",
        b"{\"name\":\"\\ud800\"}",
        b"{\"days\":1e400}",
        b"{\"days\":NaN}",
        b"{\"days\":123456789012345678901234567890}",
        b"{\"name\":{\"name\":{}}}",
        b"{\"a\":1,}",
        deep.as_bytes(),
        deep_object.as_bytes(),
    ];
    for route in all().filter(|route| route.kind == Kind::Api && route.verb == Verb::Post) {
        if house.operation(route)["requestBody"]["content"]["application/json"].is_null() {
            continue;
        }
        let path = route.path.replace("{id}", "nothing");
        for body in bodies {
            let ask = Ask::post(&path, "application/json", body.to_vec());
            let answer = ask.send(house.at(), &admin).await;
            assert_eq!(
                answer.status,
                400,
                "{path} {:?}: {}",
                String::from_utf8_lossy(body),
                answer.text()
            );
            is_problem(&answer);
        }
        for kind in
            ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"]
        {
            let answer = Ask::post(&path, kind, "{}").send(house.at(), &admin).await;
            assert_eq!(answer.status, 415, "{path} as \"{kind}\": {}", answer.text());
            is_problem(&answer);
        }
    }
}

#[tokio::test]
async fn a_session_is_used_from_the_desks_own_pages_alone() {
    let house = House::start().await;
    let admin = house.person(Role::Administrator).await;
    let body = json!({ "jurisdiction": OURS, "name": "Front office firewall" });
    for site in ["cross-site", "same-site", "none"] {
        let ask = Ask::json("/api/v1/sensors/codes", &body).with("sec-fetch-site", site);
        let answer = ask.send(house.at(), &admin).await;
        is_problem(answer.is(403));
    }
    // A token is in no browser: where the request was made says nothing.
    let (_, token) = house.filled.token(Role::Lead, None).await;
    let ask = Ask::json("/api/v1/sensors/codes", &body).with("sec-fetch-site", "cross-site");
    ask.send(house.at(), &As::Program(token)).await.is(201);
    // Another name for the desk is another site's.
    let ask = Ask::get("/api/v1/office").with("host", "desk.attacker.example");
    is_problem(ask.send(house.at(), &admin).await.is(421));
}

#[tokio::test]
async fn a_token_that_is_not_good_opens_nothing() {
    let house = House::start().await;
    let (_, cookie) = house.filled.person(Role::Administrator, None).await;
    for token in ["", "ward_", "ward_AAAA", "%%%", &"A".repeat(9_000), cookie.as_str()] {
        let answer =
            Ask::get("/api/v1/office").send(house.at(), &As::Program(token.to_owned())).await;
        is_problem(answer.is(401));
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    // Whoever sends both is taken for the program: the cookie does not help a bad token out.
    let ask = Ask::get("/api/v1/office").with("authorization", "Bearer ward_AAAA");
    ask.send(house.at(), &As::Person(cookie)).await.is(401);
}
