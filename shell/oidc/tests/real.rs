//! Sign-in against a real provider: panva's certified `oidc-provider`, run by node on loopback.
//!
//! It is installed by npm into `target/oidc-provider`. Without node or npm the test is skipped with
//! a printed line, and fails where `CI` is set.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

#[path = "real/browser.rs"]
mod browser;
#[path = "real/node.rs"]
mod node;

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use browser::Browser;
use node::Node;
use ward_kernel::Time;
use ward_oidc::{Answer, Begin, Identity, Kind, Provider, RANDOM, Refused, Settings};

const REDIRECT: &str = "https://desk.example/sign-in/back";
const SECRET: &str = "a secret: of+the/desk%";

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap())
}

/// Random enough for a test: its own for each sign-in.
fn random(sign_in: u8) -> [u8; RANDOM] {
    [sign_in; RANDOM]
}

/// The desk as a client of that name.
fn desk(issuer: &str, client: &str, secret: Option<&str>, more: &str) -> Provider {
    let mut text =
        format!("issuer = \"{issuer}\"\nclient_id = \"{client}\"\nlabel = \"Test\"\n{more}");
    let file = secret.map(|secret| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{secret}").unwrap();
        file
    });
    if let Some(file) = &file {
        text.push_str(&format!("client_secret_file = \"{}\"\n", file.path().display()));
    }
    let settings: Settings = toml::from_str(&text).unwrap();
    Provider::new(settings).unwrap()
}

/// Goes to the provider as an account, and comes back with what the browser brings.
async fn go(begin: &Begin, account: &str) -> Answer {
    Browser::default().sign_in(&begin.url, account, REDIRECT).await
}

async fn sign_in(desk: &Provider, account: &str) -> Result<Identity, Refused> {
    let begin = desk.begin(REDIRECT, &random(1), None, now()).await?;
    let answer = go(&begin, account).await;
    assert!(answer.iss.is_some(), "this provider names itself (RFC 9207)");
    desk.finish(begin.kept, &answer, now()).await
}

fn assert_is(identity: &Identity, issuer: &str, account: &str, mfa: bool) {
    assert_eq!(identity.issuer, issuer);
    assert_eq!(identity.subject, account);
    assert_eq!(identity.email, format!("{account}@desk.example"));
    assert_eq!(identity.name, Some(format!("Desk account {account}")));
    assert_eq!(identity.mfa, mfa);
}

#[tokio::test]
async fn a_real_provider_signs_people_in() {
    let Some(node) = Node::start() else { return };
    every_algorithm(&node).await;
    every_way_to_show_who_the_desk_is(&node).await;
    second_factor_and_step_up(&node).await;
    refusals(&node).await;
    let desk = desk(&node.issuers.in_token, "RS256-public", None, "");
    drop(node);
    let refused = desk.discover(now()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unreachable, "{refused}");
}

async fn every_algorithm(node: &Node) {
    let issuer = &node.issuers.in_token;
    for alg in ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"] {
        let desk = desk(issuer, &format!("{alg}-public"), None, "");
        let identity = sign_in(&desk, "analyst").await.unwrap_or_else(|why| panic!("{alg}: {why}"));
        assert_is(&identity, issuer, "analyst", false);
    }
}

async fn every_way_to_show_who_the_desk_is(node: &Node) {
    for (issuer, client, secret) in [
        (&node.issuers.userinfo, "RS256-basic", Some(SECRET)),
        (&node.issuers.userinfo, "ES256-public", None),
        (&node.issuers.post, "PS256-post", Some(SECRET)),
    ] {
        let desk = desk(issuer, client, secret, "");
        desk.discover(now()).await.unwrap();
        assert_is(&sign_in(&desk, "analyst").await.unwrap(), issuer, "analyst", false);
    }
    let desk = desk(&node.issuers.userinfo, "RS256-basic", Some("another secret"), "");
    let refused = sign_in(&desk, "analyst").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Settings, "{refused}");
    assert!(refused.to_string().contains("invalid_client"), "{refused}");
}

async fn second_factor_and_step_up(node: &Node) {
    let issuer = &node.issuers.in_token;
    let theirs = "second_factor = \"provider\"\n";
    for (more, account, mfa) in
        [(theirs, "two", true), (theirs, "analyst", false), ("", "two", false)]
    {
        let desk = desk(issuer, "RS256-public", None, more);
        assert_is(&sign_in(&desk, account).await.unwrap(), issuer, account, mfa);
    }
    let desk = desk(issuer, "RS256-public", None, "");
    let begin = desk.begin(REDIRECT, &random(2), Some(0), now()).await.unwrap();
    let answer = go(&begin, "analyst").await;
    let begun = begin.kept.begun();
    let identity = desk.finish(begin.kept, &answer, now()).await.unwrap();
    assert!(identity.auth_time.is_some_and(|at| at.secs() >= begun.secs()));
}

async fn refusals(node: &Node) {
    let issuer = &node.issuers.in_token;
    let desk = desk(issuer, "RS256-public", None, "allowed_domains = [\"desk.example\"]\n");
    let refused = sign_in(&desk, "new").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAllowed, "{refused}");

    // A code is good for one token, and for whoever holds the verifier.
    let begin = desk.begin(REDIRECT, &random(3), None, now()).await.unwrap();
    let answer = go(&begin, "analyst").await;
    let other = desk.begin(REDIRECT, &random(4), None, now()).await.unwrap();
    let mut stolen = answer.clone();
    stolen.state = Some(other.kept.state().to_owned());
    let refused = desk.finish(other.kept, &stolen, now()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Stale, "a stolen code: {refused}");
    assert!(refused.to_string().contains("invalid_grant"), "{refused}");

    let begin = desk.begin(REDIRECT, &random(5), None, now()).await.unwrap();
    let answer = go(&begin, "analyst").await;
    desk.finish(begin.kept.clone(), &answer, now()).await.unwrap();
    let refused = desk.finish(begin.kept, &answer, now()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Stale, "a code used twice: {refused}");

    let begin = desk.begin(REDIRECT, &random(6), None, now()).await.unwrap();
    let answer = Browser::default().cancel(&begin.url, REDIRECT).await;
    let refused = desk.finish(begin.kept, &answer, now()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Declined, "{refused}");
}
