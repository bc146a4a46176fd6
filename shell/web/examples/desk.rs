//! A desk with made-up contents on a loopback port, for tools that try it from outside.
//!
//! `cargo run -p ward-web --example desk -- 8499` prints one line of JSON: the address, and who may
//! ask: a token of an administrator, one of an auditor, and the session of an administrator. It runs
//! until it is ended.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "it is a tool of tests: it may stop with a sentence"
)]

#[path = "../tests/api/filled.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod filled;
#[path = "../tests/common/office.rs"]
mod office;
#[path = "../tests/common/open.rs"]
mod open;

use filled::Filled;
use ward_access::Role;
use ward_web::desk::Settings;

/// Tools try all there is by few people: what they send must be taken, or refused for what it is.
fn unhurried(settings: Settings) -> Settings {
    Settings { entries_a_minute: 60_000, ..settings }
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let folder = tempfile::tempdir().expect("a folder");
    let filled = Filled::start_with(folder.path(), port, None, unhurried).await;
    let (_, administrator) = filled.token(Role::Administrator, None).await;
    let (_, auditor) = filled.token(Role::Auditor, None).await;
    let (_, session) = filled.person(Role::Administrator, None).await;
    // A second one, so that the first is never the last.
    filled.person(Role::Administrator, None).await;
    let line = serde_json::json!({
        "url": format!("http://{}", filled.address),
        "administrator": administrator,
        "auditor": auditor,
        "session": session,
    });
    println!("{line}");
    std::future::pending::<()>().await;
}
