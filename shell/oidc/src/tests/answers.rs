//! What the browser brings back, and what is sent for it.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use data_encoding::BASE64;
use serde_json::json;
use url::Url;
use ward_kernel::time::{MINUTE, SECOND};

use super::fake::{Fake, NOW, REDIRECT, Reply, answer, begin, claims, random, settings};
use super::signer::{Signer, encode};
use crate::{Answer, Kept, Kind, Provider};

#[tokio::test]
async fn the_browser_is_sent_with_everything_and_nothing_secret() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    fake.describe(&json!({ "authorization_endpoint": format!("{}/auth?tenant=1", fake.issuer) }));
    let begin = begin(&fake.provider()).await;
    let url = Url::parse(&begin.url).unwrap();
    let pairs: Vec<(String, String)> =
        url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    let challenge = ring::digest::digest(&ring::digest::SHA256, begin.kept.verifier.as_bytes());
    let expected = [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "ward"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid email profile"),
        ("state", &encode(&random()[..32])),
        ("nonce", &encode(&random()[32..64])),
        ("code_challenge", &encode(challenge.as_ref())),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(pairs, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    assert_eq!(begin.kept.verifier, encode(&random()[64..]));
    assert!(!begin.url.contains(&begin.kept.verifier));

    let shown = format!("{begin:?} {:?}", answer(&begin));
    assert!(!shown.contains(&begin.kept.verifier) && !shown.contains("a-code"), "{shown}");
    let again = Kept::from_bytes(&begin.kept.to_bytes()).unwrap();
    assert_eq!((again.state(), again.begun()), (begin.kept.state(), NOW));
    assert!(Kept::from_bytes(b"{}").is_none());
}

#[tokio::test]
async fn no_provider_leads_back_over_the_network_in_the_clear() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    let outcome = fake.provider().begin("http://desk.example/x", &random(), None, NOW).await;
    assert_eq!(outcome.unwrap_err().kind(), Kind::Settings);
}

#[tokio::test]
async fn answers_of_another_sign_in_are_refused() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    let provider = fake.provider();
    let begin = begin(&provider).await;
    let text = |text: &str| Some(text.to_owned());
    let good = answer(&begin);
    let with = |change: &dyn Fn(&mut Answer)| {
        let mut answer = good.clone();
        change(&mut answer);
        answer
    };
    for (answer, kind, expected) in [
        (with(&|a| a.state = None), Kind::Stale, "no sign-in"),
        (with(&|a| a.state = text("")), Kind::Stale, "no sign-in"),
        (with(&|a| a.state = text("x")), Kind::Stale, "no sign-in"),
        (with(&|a| a.iss = text("https://login.example")), Kind::Untrusted, "another provider"),
        (with(&|a| a.code = None), Kind::Untrusted, "no code"),
        (with(&|a| a.code = text("")), Kind::Untrusted, "no code"),
        (with(&|a| a.code = text("a\r\nb")), Kind::Untrusted, "no code"),
        (with(&|a| a.code = Some("x".repeat(5000))), Kind::Untrusted, "no code"),
        (with(&|a| a.error = text("access_denied")), Kind::Declined, "cancelled"),
        (with(&|a| a.error = text("server_error")), Kind::Unreachable, "of its own"),
        (with(&|a| a.error = text("invalid_scope")), Kind::Settings, "invalid_scope"),
        (with(&|a| a.error = text("<b>Call 555-0100</b>")), Kind::Declined, "did not sign"),
    ] {
        let refused = provider.finish(begin.kept.clone(), &answer, NOW).await.unwrap_err();
        let sentence = refused.to_string();
        assert_eq!(refused.kind(), kind, "{sentence}");
        assert!(sentence.contains(expected) && !sentence.contains("555"), "{sentence}");
    }
    let late = NOW.plus(10 * MINUTE + SECOND);
    let refused = provider.finish(begin.kept.clone(), &good, late).await.unwrap_err();
    assert!(refused.to_string().contains("ten minutes"));

    let other = Fake::start(&[&Signer::ec("1")]).await;
    let refused = other.provider().finish(begin.kept, &good, NOW).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Stale, "begun at one provider, finished at another");
    assert!(fake.asked("/token").is_empty(), "nobody's code was sent on");
}

#[tokio::test]
async fn a_provider_that_names_itself_always_does() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    fake.describe(&json!({ "authorization_response_iss_parameter_supported": true }));
    let provider = fake.provider();
    let begin = begin(&provider).await;
    fake.gives(&key.token("ES256", &claims(&fake, &begin)));
    let mut answer = answer(&begin);
    for (iss, fits) in [
        (None, false),
        (Some(format!("{}/", fake.issuer)), false),
        (Some(fake.issuer.clone()), true),
    ] {
        answer.iss = iss;
        let outcome = provider.finish(begin.kept.clone(), &answer, NOW).await;
        assert_eq!(outcome.is_ok(), fits, "{:?}", answer.iss);
    }
    // Refusals are believed from nobody else either.
    answer.iss = None;
    answer.error = Some("access_denied".to_owned());
    let refused = provider.finish(begin.kept, &answer, NOW).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Untrusted);
}

fn secret_file(secret: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(secret.as_bytes()).unwrap();
    file
}

#[tokio::test]
async fn the_desk_shows_who_it_is_as_the_provider_takes_it() {
    let file = secret_file("a:b c/+\n");
    let more = format!("client_secret_file = \"{}\"\n", file.path().display());
    let key = Signer::ec("1");
    for (methods, more, in_header, in_form) in [
        ("client_secret_basic", more.as_str(), true, ""),
        ("client_secret_post", more.as_str(), false, "&client_id=ward&client_secret=a%3Ab+c%2F%2B"),
        ("none", "", false, "&client_id=ward"),
    ] {
        let fake = Fake::start(&[&key]).await;
        fake.describe(&json!({ "token_endpoint_auth_methods_supported": [methods] }));
        let provider = Provider::new(settings(&fake.issuer, more)).unwrap();
        let begin = begin(&provider).await;
        fake.gives(&key.token("ES256", &claims(&fake, &begin)));
        let answer = answer(&begin);
        provider.finish(begin.kept.clone(), &answer, NOW).await.unwrap();
        let asked = fake.asked("/token").pop().unwrap();
        let basic = format!("Basic {}", BASE64.encode(b"ward:a%3Ab+c%2F%2B"));
        assert_eq!(asked.authorization, in_header.then_some(basic), "{methods}");
        let expected = format!(
            "grant_type=authorization_code&code=a-code&redirect_uri=https%3A%2F%2Fdesk.example\
             %2Fsign-in%2Fback&code_verifier={}{in_form}",
            begin.kept.verifier
        );
        assert_eq!(asked.form, expected);
        assert!(!format!("{provider:?}").contains("a:b"));
    }
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_say_what_to_do() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    let provider = fake.provider();
    let tokens = |kind: &str| json!({ "id_token": "x", "access_token": "y", "token_type": kind });
    for (reply, kind, expected) in [
        (Reply::Json(401, json!({ "error": "invalid_client" })), Kind::Settings, "client_secret"),
        (Reply::Json(400, json!({ "error": "invalid_grant" })), Kind::Stale, "Begin again"),
        (Reply::Json(400, json!({ "error": "invalid_request" })), Kind::Settings, "registered"),
        (Reply::Json(400, json!({ "error": "<script>" })), Kind::Unreachable, "status 400"),
        (Reply::Json(500, json!(null)), Kind::Unreachable, "status 500"),
        (Reply::Json(200, json!({ "access_token": "y" })), Kind::Untrusted, "lacks a member"),
        (Reply::Json(200, tokens("DPoP")), Kind::Untrusted, "bearer"),
        (Reply::Bytes(b"<html>".to_vec()), Kind::Untrusted, "not JSON"),
        (Reply::Bytes(vec![b' '; 1024 * 1024 + 1]), Kind::Unreachable, "more than 1 MiB"),
        (Reply::Redirect, Kind::Unreachable, "redirect"),
    ] {
        fake.reply("/token", reply);
        let begin = begin(&provider).await;
        let answer = answer(&begin);
        let refused = provider.finish(begin.kept, &answer, NOW).await.unwrap_err();
        let sentence = refused.to_string();
        assert_eq!(refused.kind(), kind, "{sentence}");
        assert!(sentence.contains(expected) && !sentence.contains("script"), "{sentence}");
    }
}

#[test]
fn secrets_are_kept_from_others() {
    let issuer = "https://login.example";
    let open =
        |path: &str| Provider::new(settings(issuer, &format!("client_secret_file = \"{path}\"\n")));
    let file = secret_file("a secret");
    let path = file.path().to_str().unwrap();
    assert!(open(path).is_ok());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o604)).unwrap();
    assert!(open(path).unwrap_err().contains("chmod 0600"));
    assert!(open("/nowhere/secret").unwrap_err().contains("cannot be read"));
    assert!(open("/").unwrap_err().contains("not a file"));
    for bad in ["", "\n", "a\nb\n", "\u{e9}"] {
        let file = secret_file(bad);
        let err = open(file.path().to_str().unwrap()).unwrap_err();
        assert!(err.contains("nothing else"), "{err}");
    }
}
