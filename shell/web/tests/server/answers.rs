//! What every answer has, and how problems are told.

use ward_web::server::headers::{ALWAYS, IMMUTABLE, NO_STORE};
use ward_web::ui;

use crate::support::{Running, field, status};

/// Byte for byte, so that a change of the table is a change of this test.
const EXPECTED: &str = "\
content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
cross-origin-opener-policy: same-origin
cross-origin-resource-policy: same-origin
permissions-policy: accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), interest-cohort=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=(), publickey-credentials-create=(self), publickey-credentials-get=(self)
referrer-policy: no-referrer
x-content-type-options: nosniff
x-frame-options: DENY
x-permitted-cross-domain-policies: none
";

fn is_guarded(answer: &str, cache: &str) {
    for line in EXPECTED.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        assert_eq!(field(answer, name), Some(value), "{answer}");
        let twice = answer.lines().filter(|line| line.starts_with(&format!("{name}: "))).count();
        assert_eq!(twice, 1, "{name}");
    }
    assert_eq!(field(answer, "cache-control"), Some(cache), "{answer}");
    assert_eq!(field(answer, "strict-transport-security"), None, "there is no TLS");
    assert_eq!(field(answer, "server"), None);
}

#[tokio::test]
async fn every_answer_is_guarded() {
    assert_eq!(EXPECTED.lines().count(), ALWAYS.len());
    let server = Running::plain().await;
    for (path, expected) in [
        ("/", 200),
        ("/nowhere", 404),
        ("/form", 405),
        ("/panic", 500),
        ("/forbidden", 403),
        ("/not-ready", 503),
        ("/api/thing", 404),
        ("/assets/nothing.css", 404),
        ("/weak", 200),
    ] {
        let answer = server.get(path, "").await;
        assert_eq!(status(&answer), expected, "{path}: {answer}");
        is_guarded(&answer, NO_STORE);
    }
    let answer = server.get(ui::assets::stylesheet(), "").await;
    assert_eq!(status(&answer), 200);
    is_guarded(&answer, IMMUTABLE);
    let huge = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    let answer = server.raw(huge).await;
    assert_eq!(status(&answer), 413);
    is_guarded(&answer, NO_STORE);
}

#[tokio::test]
async fn problems_speak_to_whoever_asked() {
    let server = Running::plain().await;
    for (path, accept, kind) in [
        ("/nowhere", "Accept: text/html,*/*\r\n", "text/html; charset=utf-8"),
        ("/nowhere", "", "text/html; charset=utf-8"),
        ("/nowhere", "Accept: application/json\r\n", "application/problem+json"),
        ("/api/nowhere", "Accept: text/html\r\n", "application/problem+json"),
        ("/api/thing", "", "application/problem+json"),
        ("/panic", "", "text/html; charset=utf-8"),
        ("/not-ready", "", "text/plain; charset=utf-8"),
    ] {
        let answer = server.get(path, accept).await;
        assert_eq!(field(&answer, "content-type"), Some(kind), "{path}: {answer}");
    }
    let answer = server.get("/api/thing", "").await;
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["status"], 404);
    assert_eq!(body["title"], "There is nothing here");
    assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("Check the address")));
    // What was asked for does not come back in the answer.
    let answer = server.get("/nowhere/<script>alert(1)</script>", "").await;
    assert!(!answer.contains("alert"), "{answer}");
    let answer = server.get("/form", "").await;
    assert_eq!(field(&answer, "allow"), Some("POST"));
    // The framework's words about what was sent are replaced: they can repeat it.
    let sent = "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\nsecret=1";
    let answer = server.raw(sent).await;
    assert_eq!(status(&answer), 422);
    assert!(!answer.contains("secret") && answer.contains("cannot be read"), "{answer}");
}

#[tokio::test]
async fn a_panic_ends_one_answer_and_nothing_else() {
    let server = Running::plain().await;
    let mut client = server.connect().await;
    client.send("GET /panic HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let answer = client.one().await;
    assert_eq!(status(&answer), 500);
    assert!(answer.contains("The desk made a mistake") && !answer.contains("belongs to a test"));
    // The same connection goes on.
    client.send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(client.one().await.ends_with("127.0.0.1"));
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let server = Running::plain().await;
    let answer = server.get("/", "").await;
    let tag = field(&answer, "etag").unwrap().to_owned();
    let again = server.get("/", &format!("If-None-Match: \"x\", W/{tag}\r\n")).await;
    assert_eq!(status(&again), 304, "{again}");
    assert!(again.ends_with("\r\n\r\n"), "{again}");
    assert_eq!(field(&again, "etag"), Some(tag.as_str()));
    is_guarded(&again, NO_STORE);
    let other = server.get("/", "If-None-Match: \"x\"\r\n").await;
    assert_eq!(status(&other), 200);
    assert_eq!(field(&server.get("/weak", "").await, "etag"), None, "only pages have one");
}

#[tokio::test]
async fn the_proxy_s_word_about_the_client_is_taken() {
    let server = Running::plain().await;
    let answer = server.get("/peer", "X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\n").await;
    assert!(answer.ends_with("198.51.100.7"), "{answer}");
}
