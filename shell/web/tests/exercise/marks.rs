//! Everything that leaves an exercise says that it is one; nothing of the real desk does.

use axum::http::Method;
use ward_access::Role;
use ward_kernel::World;
use ward_web::route::{Verb, all};

use crate::client::{Answer, Body, Brings, cookie, send};
use crate::filled::OURS;
use crate::worlds::Side;

/// Every address that can be looked at, for each thing that there is; and what there is not.
fn paths(side: &Side) -> Vec<String> {
    let mut paths = vec!["/no/such/place".to_owned(), "/assets/none.css".to_owned()];
    for route in all().filter(|route| route.verb == Verb::Get) {
        if !route.path.contains('{') {
            paths.push(route.path.to_owned());
            continue;
        }
        for id in side.planted.ids_for(route.path).into_iter().chain(["nothing"]) {
            let parts = route.path.split('/');
            let parts = parts.map(|part| if part.starts_with('{') { id } else { part });
            paths.push(parts.collect::<Vec<_>>().join("/"));
        }
    }
    for path in ["/audit/export?format=", "/after/export?form="] {
        paths.extend(["csv", "jsonl", "json", "html"].map(|form| format!("{path}{form}")));
    }
    paths
}

async fn seen(side: &Side, brings: &Brings) -> Vec<(String, Answer)> {
    let mut seen = Vec::new();
    for path in paths(side) {
        let at = side.filled.address;
        let answer = send(at, Method::GET, &path, brings, &Body::default()).await;
        seen.push((path, answer));
    }
    seen
}

/// Everybody who could look: nobody, and people of several roles.
async fn lookers(side: &Side) -> Vec<Brings> {
    let name = match side.filled.desk.settings.world {
        World::Real => "ward-session",
        World::Exercise => "ward-exercise-session",
    };
    let mut lookers = vec![Vec::new()];
    for (role, place) in [
        (Role::Administrator, None),
        (Role::Auditor, None),
        (Role::Partner, None),
        (Role::LocalClerk, Some(OURS)),
    ] {
        lookers.push(cookie(name, &side.filled.person(role, place).await.1));
    }
    lookers
}

/// A page, or a report that is taken away as a file.
#[track_caller]
fn html(path: &str, text: &str, file: &str) -> &'static str {
    assert!(text.contains("<title>EXERCISE: "), "{path}: {text}");
    if !file.is_empty() {
        assert!(file.contains("\"EXERCISE-"), "{path}: {file}");
        assert!(text.contains("EXERCISE: nothing in it is real."), "{path}: {text}");
        return "file";
    }
    assert!(text.contains("<html lang=\"en\" data-world=\"exercise\">"), "{path}: {text}");
    let band = "<strong>EXERCISE</strong> <span>Nothing on this page is real.</span>";
    let (_, body) = text.split_once("<body").unwrap();
    let first = body.split_once("<header").unwrap().0;
    assert!(first.contains(band), "{path}: {text}");
    assert!(text.contains("/assets/favicon-exercise."), "{path}: {text}");
    "page"
}

/// Every row of a table says it; a value in quotes can go on over several lines.
#[track_caller]
fn rows(text: &str) {
    let mut within = false;
    for line in text.lines().skip(1) {
        assert!(within || line.starts_with("EXERCISE,"), "{text}");
        within ^= line.matches('"').count() % 2 == 1;
    }
}

/// What it is that an answer says it by; `None` when it has nothing in it.
#[track_caller]
fn mark(path: &str, answer: &Answer) -> Option<&'static str> {
    let text = answer.text();
    assert_eq!(answer.header("ward-world"), "exercise", "{path}");
    if text.is_empty() {
        return None;
    }
    let begins = |with: &str| assert!(text.starts_with(with), "{path} does not begin so: {text}");
    let file = answer.header("content-disposition");
    match answer.media() {
        "text/html" => Some(html(path, &text, file)),
        _ if path == "/api/v1/openapi.json" => {
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(told["x-ward-world"], "exercise");
            assert_eq!(told["info"]["title"], "EXERCISE: Ward desk");
            Some("description")
        }
        "application/json" | "application/problem+json" => {
            begins("{\"world\":\"exercise\"");
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(told["world"], "exercise", "{path}");
            Some("document")
        }
        "text/csv" => {
            begins("world,");
            assert!(file.contains("\"EXERCISE-"), "{path}");
            rows(&text);
            Some("table")
        }
        "application/jsonl" | "application/x-ndjson" => {
            assert!(file.contains("\"EXERCISE-"), "{path}");
            let marked = |line: &str| line.starts_with("{\"world\":\"exercise\",");
            assert!(text.lines().all(marked), "{path}: {text}");
            Some("lines")
        }
        "text/plain" | "text/markdown" => {
            begins("# EXERCISE: ");
            Some("text")
        }
        "text/event-stream" => {
            begins(": EXERCISE\n\n");
            Some("bell")
        }
        // A file of another kind says it by its name.
        media => {
            assert!(file.contains("EXERCISE"), "{path} is {media} and does not say it: {file}");
            Some("file")
        }
    }
}

#[tokio::test]
async fn everything_that_leaves_an_exercise_says_so() {
    let side = Side::start(World::Exercise, |_| ()).await;
    let mut counts = std::collections::BTreeMap::new();
    for brings in lookers(&side).await {
        for (path, answer) in seen(&side, &brings).await {
            let says = answer.says();
            assert!(answer.status < 500 || path == "/readyz", "{path}: {says}");
            *counts.entry(mark(&path, &answer)).or_insert(0_usize) += 1;
        }
    }
    for what in ["page", "description", "document", "table", "lines", "text", "bell", "file"] {
        assert!(counts.contains_key(&Some(what)), "nothing was a {what}: {counts:?}");
    }
    assert!(counts[&Some("page")] > 60, "{counts:?}");
}

/// A form that cannot be taken, a page that is not found, one that is not allowed, one that asks
/// for the sign-in, before the set-up too.
#[tokio::test]
async fn refusals_say_so_too() {
    let side = Side::start(World::Exercise, |_| ()).await;
    let at = side.filled.address;
    let form = |text: &str| Body {
        kind: "application/x-www-form-urlencoded",
        bytes: text.as_bytes().to_vec(),
    };
    let none = Vec::new();
    let clerk = lookers(&side).await.pop().unwrap();
    let foreign = vec![("sec-fetch-site".to_owned(), "cross-site".to_owned())];
    for (method, path, brings, body, status) in [
        (Method::POST, "/sign-in", &none, form("email=a%40b.example&password=x"), 422),
        (Method::POST, "/incidents/new", &clerk, form("place="), 422),
        (Method::GET, "/audit", &clerk, Body::default(), 403),
        (Method::GET, "/cases/none", &clerk, Body::default(), 404),
        (Method::PUT, "/cases", &clerk, Body::default(), 405),
        (Method::POST, "/sign-in", &none, Body { kind: "text/plain", bytes: vec![b'x'] }, 400),
        (Method::POST, "/sign-in", &foreign, form("email="), 403),
    ] {
        let answer = send(at, method, path, brings, &body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.says());
        mark(path, &answer);
    }
    let unset = Side::start(World::Exercise, |settings| settings.set_up = Some([1; 32])).await;
    for path in ["/", "/sign-in", "/set-up", "/invitation"] {
        let answer = send(unset.filled.address, Method::GET, path, &none, &Body::default()).await;
        assert!(answer.status < 500 || answer.status == 503, "{path}: {}", answer.says());
        mark(path, &answer);
    }
}

#[tokio::test]
async fn nothing_of_the_real_desk_does() {
    let side = Side::start(World::Real, |_| ()).await;
    for brings in lookers(&side).await {
        for (path, answer) in seen(&side, &brings).await {
            let says = answer.says();
            assert_eq!(answer.header("ward-world"), "", "{path}");
            assert!(!says.contains("EXERCISE") && !says.contains("data-world"), "{path}: {says}");
        }
    }
}
