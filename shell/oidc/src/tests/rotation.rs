//! Keys that change, and a provider that is down.

use std::time::Duration;

use serde_json::json;
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};

use super::fake::{Fake, NOW, REDIRECT, Reply, answer, claims, random, settings, sign_in};
use super::signer::{Signer, decode, encode};
use crate::{Identity, Kind, Provider, Refused};

async fn sign_in_at(
    provider: &Provider,
    fake: &Fake,
    key: &Signer,
    now: Time,
) -> Result<Identity, Refused> {
    let begin = provider.begin(REDIRECT, &random(), None, now).await?;
    let mut claims = claims(fake, &begin);
    claims["iat"] = json!(now.secs());
    claims["exp"] = json!(now.secs() + 60);
    fake.gives(&key.token("ES256", &claims));
    let answer = answer(&begin);
    provider.finish(begin.kept, &answer, now).await
}

#[tokio::test]
async fn a_new_key_is_fetched_at_most_once_a_minute() {
    let (old, new, never) = (Signer::ec("old"), Signer::ec("new"), Signer::ec("never"));
    let fake = Fake::start(&[&old]).await;
    let provider = fake.provider();
    provider.discover(NOW).await.unwrap();
    sign_in_at(&provider, &fake, &old, NOW).await.unwrap();
    assert_eq!(fake.asked("/jwks").len(), 1);

    fake.keys(&[&old, &new]);
    sign_in_at(&provider, &fake, &new, NOW.plus(SECOND)).await.unwrap();
    sign_in_at(&provider, &fake, &old, NOW.plus(SECOND)).await.unwrap();
    assert_eq!(fake.asked("/jwks").len(), 2);

    for second in 2..30 {
        let refused = sign_in_at(&provider, &fake, &never, NOW.plus(second * SECOND)).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Untrusted);
    }
    assert_eq!(fake.asked("/jwks").len(), 2, "unknown keys do not make the desk ask and ask");
    sign_in_at(&provider, &fake, &never, NOW.plus(MINUTE + SECOND)).await.unwrap_err();
    assert_eq!(fake.asked("/jwks").len(), 3);
}

#[tokio::test]
async fn another_key_under_the_same_name_is_found_too() {
    let (old, new) = (Signer::ec("1"), Signer::ec("1"));
    let fake = Fake::start(&[&old]).await;
    let provider = fake.provider();
    provider.discover(NOW).await.unwrap();
    fake.keys(&[&new]);
    sign_in_at(&provider, &fake, &new, NOW).await.unwrap();
    sign_in_at(&provider, &fake, &old, NOW).await.unwrap_err();
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_good_for_an_hour() {
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    let fake = Fake::start(&[&old]).await;
    let provider = fake.provider();
    provider.discover(NOW).await.unwrap();
    fake.keys(&[&new]);
    sign_in_at(&provider, &fake, &old, NOW.plus(HOUR - SECOND)).await.unwrap();
    sign_in_at(&provider, &fake, &old, NOW.plus(HOUR)).await.unwrap_err();
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again_last_a_day() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    let provider = fake.provider();
    provider.discover(NOW).await.unwrap();
    fake.reply("/jwks", Reply::Json(503, json!(null)));
    for second in 0..30 {
        sign_in_at(&provider, &fake, &key, NOW.plus(HOUR + second * SECOND)).await.unwrap();
    }
    assert_eq!(fake.asked("/jwks").len(), 2, "once more, and not for every sign-in");
    sign_in_at(&provider, &fake, &key, NOW.plus(DAY - SECOND)).await.unwrap();
    let refused = sign_in_at(&provider, &fake, &key, NOW.plus(DAY)).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unreachable);
}

#[tokio::test]
async fn a_token_without_a_key_name_needs_a_set_of_one() {
    let (ec, other, rsa) = (Signer::ec("1"), Signer::ec("2"), Signer::rsa("3"));
    let unnamed = |claims| ec.with_header(&json!({ "alg": "ES256" }), &claims);
    let fake = Fake::start(&[&ec, &rsa]).await;
    assert!(sign_in(&fake.provider(), &fake, unnamed).await.is_ok(), "one key of that sort");
    fake.keys(&[&ec, &other]);
    assert!(sign_in(&fake.provider(), &fake, unnamed).await.is_err());
}

#[tokio::test]
async fn keys_for_something_else_check_nothing() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["encrypt"])),
        ("alg", json!("ES384")),
        ("alg", json!("RS256")),
        ("d", json!("AA")),
        ("crv", json!("P-384")),
        ("x", json!("AA")),
        ("kty", json!("oct")),
        ("kid", json!(5)),
    ] {
        let mut jwk = key.jwk();
        jwk[name] = value.clone();
        fake.reply("/jwks", Reply::Json(200, json!({ "keys": [jwk, Signer::rsa("2").jwk()] })));
        let outcome = sign_in(&fake.provider(), &fake, |claims| key.token("ES256", &claims)).await;
        assert!(outcome.is_err(), "{name}: {value}");
    }
    // The same point with its halves cut elsewhere is another way to write a key, and not one.
    let mut shifted = key.jwk();
    let half = |name: &str| decode(key.jwk()[name].as_str().unwrap());
    let (x, y) = (half("x"), half("y"));
    shifted["x"] = json!(encode(&[&x[..], &y[..1]].concat()));
    shifted["y"] = json!(encode(&y[1..]));
    fake.reply("/jwks", Reply::Json(200, json!({ "keys": [shifted] })));
    let outcome = sign_in(&fake.provider(), &fake, |claims| key.token("ES256", &claims)).await;
    assert!(outcome.is_err());
    // Such a key beside a good one does no harm.
    let odd = json!({ "kty": "oct", "k": "AAAA", "kid": "1" });
    let keys = json!({ "keys": [odd, 5, null, { "kty": "new" }, key.jwk()] });
    fake.reply("/jwks", Reply::Json(200, keys));
    sign_in(&fake.provider(), &fake, |claims| key.token("ES256", &claims)).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_seldom_and_taken_when_it_is_back() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    fake.reply("/.well-known/openid-configuration", Reply::Json(502, json!(null)));
    let provider = fake.provider();
    let document = "/.well-known/openid-configuration";
    assert!(fake.asked(document).is_empty(), "made without asking");
    for second in 0..10 {
        let now = NOW.plus(second * SECOND);
        let refused = provider.begin(REDIRECT, &random(), None, now).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unreachable);
    }
    assert_eq!(fake.asked(document).len(), 1);
    assert!(!provider.is_known());
    fake.describe(&json!({}));
    sign_in_at(&provider, &fake, &key, NOW.plus(10 * SECOND)).await.unwrap();
    assert!(provider.is_known());

    // What is known stays when the provider goes again.
    fake.reply(document, Reply::Json(502, json!(null)));
    provider.discover(NOW.plus(MINUTE)).await.unwrap_err();
    sign_in_at(&provider, &fake, &key, NOW.plus(MINUTE)).await.unwrap();
}

#[tokio::test]
async fn the_background_learns_the_provider_by_itself() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    let provider = fake.provider();
    let known = async {
        while !provider.is_known() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = provider.keep_fresh(|| NOW) => unreachable!("it never ends"),
        () = known => {}
        () = tokio::time::sleep(Duration::from_secs(5)) => panic!("not learnt"),
    }
}

#[tokio::test]
async fn a_crowd_asks_once() {
    let fake = Fake::start(&[&Signer::ec("1")]).await;
    let provider = std::sync::Arc::new(Provider::new(settings(&fake.issuer, "")).unwrap());
    let crowd: Vec<_> = (0..50)
        .map(|_| {
            let provider = std::sync::Arc::clone(&provider);
            tokio::spawn(async move { provider.begin(REDIRECT, &random(), None, NOW).await })
        })
        .collect();
    for one in crowd {
        one.await.unwrap().unwrap();
    }
    assert_eq!(fake.asked("/.well-known/openid-configuration").len(), 1);
}
