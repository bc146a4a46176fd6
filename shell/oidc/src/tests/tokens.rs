//! Which ID tokens hold, and which do not.

use serde_json::{Value, json};
use ward_kernel::Time;

use super::fake::{ACCESS, Fake, NOW, Reply, answer, begin, claims, settings, sign_in};
use super::signer::{Signer, encode, hs256};
use crate::jose::Algorithm;
use crate::{Identity, Kind, Provider, Refused};

/// Signs in with good claims after a change.
async fn with(fake: &Fake, key: &Signer, changes: Value) -> Result<Identity, Refused> {
    let provider = fake.provider();
    sign_in(&provider, fake, |mut claims| {
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        key.token("ES256", &claims)
    })
    .await
}

fn assert_refused(outcome: Result<Identity, Refused>, kind: Kind, expected: &str) {
    let refused = outcome.unwrap_err();
    let sentence = refused.to_string();
    assert_eq!(refused.kind(), kind, "{sentence}");
    assert!(sentence.contains(expected), "{sentence}\nexpected: {expected}");
    assert!(!sentence.contains("analyst@") && !sentence.contains(ACCESS), "{sentence}");
    assert!(sentence.len() < 400, "{sentence}");
}

#[tokio::test]
async fn every_algorithm_of_the_list_signs_somebody_in() {
    let (rsa, ec, ed) = (Signer::rsa("r"), Signer::ec("e"), Signer::ed("d"));
    let fake = Fake::start(&[&rsa, &ec, &ed]).await;
    let provider = fake.provider();
    for (key, alg) in
        [(&rsa, "RS256"), (&rsa, "PS256"), (&ec, "ES256"), (&ed, "EdDSA"), (&ed, "Ed25519")]
    {
        let identity = sign_in(&provider, &fake, |mut claims| {
            let half = Algorithm::named(alg).unwrap().half_hash(ACCESS);
            claims["at_hash"] = json!(encode(&half));
            key.token(alg, &claims)
        });
        let identity = identity.await.unwrap_or_else(|why| panic!("{alg}: {why}"));
        assert_eq!(identity.subject, "subject-1");
        assert_eq!(identity.email, "analyst@desk.example");
        assert_eq!(identity.name.as_deref(), Some("Desk analyst"));
        assert_eq!(
            (identity.issuer, identity.mfa, identity.auth_time),
            (fake.issuer.clone(), false, None)
        );
    }
    assert_eq!(fake.asked("/jwks").len(), 1, "keys are kept");
    assert_eq!(fake.asked("/.well-known/openid-configuration").len(), 1);
    assert!(fake.asked("/me").is_empty(), "the token says it all");
}

#[tokio::test]
async fn claims_that_do_not_fit_are_refused() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    let now = NOW.secs();
    for (changes, expected) in [
        (json!({ "iss": "https://login.example" }), "\"https://login.example\""),
        (json!({ "iss": format!("{}/", fake.issuer) }), "issued by"),
        (json!({ "iss": null }), "lacks a member"),
        (json!({ "aud": "other" }), "another application (aud)"),
        (json!({ "aud": "WARD" }), "another application (aud)"),
        (json!({ "aud": [] }), "another application (aud)"),
        (json!({ "aud": ["ward", "other"] }), "other applications too"),
        (json!({ "aud": ["ward", "other"], "azp": "ward" }), "other applications too"),
        (json!({ "aud": null }), "lacks a member"),
        (json!({ "azp": "other" }), "(azp)"),
        (json!({ "exp": now - 60 }), "ended 60 s ago"),
        (json!({ "exp": null }), "lacks a member"),
        (json!({ "exp": "never" }), "wrong kind"),
        (json!({ "exp": -1 }), "no moment in its exp"),
        (json!({ "exp": 1e300 }), "no moment in its exp"),
        (json!({ "iat": now + 61 }), "61 s ahead"),
        (json!({ "iat": now + 61, "nbf": now }), "61 s ahead"),
        (json!({ "iat": now - 601 }), "issued 601 s ago"),
        (json!({ "iat": null }), "lacks a member"),
        (json!({ "nbf": now + 3600 }), "3600 s ahead"),
        (json!({ "nonce": "other" }), "(nonce)"),
        (json!({ "nonce": null }), "(nonce)"),
        (json!({ "sub": "" }), "names nobody"),
        (json!({ "sub": "x".repeat(256) }), "names nobody"),
        (json!({ "sub": "x\n" }), "names nobody"),
        (json!({ "sub": null }), "lacks a member"),
        (json!({ "at_hash": "b3RoZXI" }), "(at_hash)"),
        (json!({ "amr": 5 }), "wrong kind"),
    ] {
        assert_refused(with(&fake, &key, changes).await, Kind::Untrusted, expected);
    }
    for good in [
        json!({ "aud": ["ward"], "azp": "ward" }),
        json!({ "exp": now - 59, "iat": now - 300 }),
        json!({ "iat": now + 60, "nbf": now }),
        json!({ "iat": now as f64 + 0.5 }),
        json!({ "email_verified": "true" }),
    ] {
        assert!(with(&fake, &key, good.clone()).await.is_ok(), "{good}");
    }
}

#[tokio::test]
async fn who_may_not_come_in_does_not() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    for (changes, expected) in [
        (json!({ "email_verified": false }), "not verified"),
        (json!({ "email_verified": "false" }), "not verified"),
        (json!({ "email_verified": null }), "not verified"),
        (json!({ "email": "no address" }), "is not one"),
    ] {
        assert_refused(with(&fake, &key, changes).await, Kind::NotAllowed, expected);
    }
    let outcome = |more: &str, changes: Value| {
        let provider = Provider::new(settings(&fake.issuer, more)).unwrap();
        let (fake, key) = (&fake, &key);
        async move {
            sign_in(&provider, fake, |mut claims| {
                for (name, value) in changes.as_object().unwrap() {
                    claims[name] = value.clone();
                }
                key.token("ES256", &claims)
            })
            .await
        }
    };
    let domains = "allowed_domains = [\"Desk.example\", \"clerk.adair.example\"]\n";
    assert!(outcome(domains, json!({})).await.is_ok());
    assert!(outcome(domains, json!({ "email": "A@Clerk.Adair.Example" })).await.is_ok());
    for other in ["a@adair.example", "a@x.desk.example", "a@desk.example.evil.example"] {
        let refused = outcome(domains, json!({ "email": other })).await;
        assert_refused(refused, Kind::NotAllowed, "domain that may not sign in");
    }
    let vouched = format!("{domains}email = \"vouched\"\n");
    assert!(outcome(&vouched, json!({ "email_verified": null })).await.is_ok());
    let refused = outcome(&vouched, json!({ "email_verified": false })).await;
    assert_refused(refused, Kind::NotAllowed, "not verified");
}

#[tokio::test]
async fn the_second_factor_is_believed_only_where_the_settings_say_so() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    let theirs = "second_factor = \"provider\"\nacr_values = [\"urn:two\"]\n";
    for (more, changes, mfa) in [
        ("", json!({ "amr": ["mfa"], "acr": "urn:two" }), false),
        (theirs, json!({ "amr": ["pwd", "otp"] }), true),
        (theirs, json!({ "amr": "mfa" }), true),
        (theirs, json!({ "acr": "urn:two" }), true),
        (theirs, json!({ "acr": "urn:one", "amr": ["pwd"] }), false),
        (theirs, json!({}), false),
    ] {
        let provider = Provider::new(settings(&fake.issuer, more)).unwrap();
        let identity = sign_in(&provider, &fake, |mut claims| {
            for (name, value) in changes.as_object().unwrap() {
                claims[name] = value.clone();
            }
            key.token("ES256", &claims)
        });
        assert_eq!(identity.await.unwrap().mfa, mfa, "{more}{changes}");
        let asks = begin(&provider).await.url.contains("&acr_values=urn%3Atwo");
        assert_eq!(asks, !more.is_empty());
    }
}

#[tokio::test]
async fn a_step_up_needs_a_fresh_sign_in() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    let provider = fake.provider();
    for (auth_time, expected) in [
        (Some(NOW.secs() - 300), None),
        (Some(NOW.secs() + 20), None),
        (Some(NOW.secs() - 361), Some((Kind::Stale, "older sign-in"))),
        (Some(NOW.secs() + 3600), Some((Kind::Stale, "older sign-in"))),
        (None, Some((Kind::Settings, "auth_time"))),
    ] {
        let random = super::fake::random();
        let begin = provider.begin(super::fake::REDIRECT, &random, Some(300), NOW).await.unwrap();
        assert!(begin.url.ends_with("&max_age=300"));
        let mut claims = claims(&fake, &begin);
        if let Some(at) = auth_time {
            claims["auth_time"] = json!(at);
        }
        fake.gives(&key.token("ES256", &claims));
        let answer = answer(&begin);
        let outcome = provider.finish(begin.kept, &answer, NOW).await;
        match expected {
            None => assert_eq!(outcome.unwrap().auth_time, auth_time.map(Time::from_secs)),
            Some((kind, words)) => assert_refused(outcome, kind, words),
        }
    }
}

/// What an attacker makes of good claims.
type Make<'a> = Box<dyn Fn(Value) -> String + 'a>;

/// Each is refused as untrusted, in these words.
async fn assert_attacks_fail(fake: &Fake, attacks: Vec<(&str, Make<'_>)>) {
    let provider = fake.provider();
    for (expected, make) in attacks {
        assert_refused(sign_in(&provider, fake, make).await, Kind::Untrusted, expected);
    }
}

#[tokio::test]
async fn algorithms_beyond_the_list_are_refused() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let fake = Fake::start(&[&rsa, &ec]).await;
    let public = rsa.jwk()["n"].as_str().unwrap().to_owned();
    let jwk = rsa.jwk().to_string();
    let none = |name: &str, claims: &Value, tail: &str| {
        let header = json!({ "alg": name, "kid": "r" }).to_string();
        let (header, payload) = (encode(header.as_bytes()), encode(claims.to_string().as_bytes()));
        format!("{header}.{payload}.{tail}")
    };
    let attacks: Vec<(&str, Make<'_>)> = vec![
        ("\"none\"", Box::new(|claims| none("none", &claims, ""))),
        ("\"nOnE\"", Box::new(|claims| none("nOnE", &claims, "eA"))),
        ("\"\"", Box::new(|claims| none("", &claims, ""))),
        ("\"HS256\"", Box::new(|claims| hs256(public.as_bytes(), "r", &claims))),
        ("\"HS256\"", Box::new(|claims| hs256(jwk.as_bytes(), "r", &claims))),
        ("\"HS256\"", Box::new(|claims| hs256(b"", "r", &claims))),
        ("\"RS1\"", Box::new(|claims| rsa.token("RS1", &claims))),
        ("\"es256\"", Box::new(|claims| ec.token("es256", &claims))),
        ("does not hold", Box::new(|claims| none("RS256", &claims, ""))),
    ];
    assert_attacks_fail(&fake, attacks).await;
}

#[tokio::test]
async fn keys_under_other_names_are_refused() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let fake = Fake::start(&[&rsa, &ec]).await;
    let headed = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid });
    let attacks: Vec<(&str, Make<'_>)> = vec![
        // The other key's name, with its own algorithm and with the other's.
        ("does not publish", Box::new(|claims| ec.with_header(&headed("ES256", "r"), &claims))),
        ("does not hold", Box::new(|claims| ec.with_header(&headed("RS256", "r"), &claims))),
        ("does not publish", Box::new(|claims| ec.with_header(&headed("ES256", ""), &claims))),
        // One padding under the name of the other: the signer looks for PS256 anywhere.
        (
            "does not hold",
            Box::new(|claims| {
                rsa.with_header(&json!({ "alg": "RS256", "kid": "r", "typ": "PS256" }), &claims)
            }),
        ),
        // A key of the attacker's own, brought along.
        (
            "does not hold",
            Box::new(|claims| {
                let own = Signer::ec("e");
                own.with_header(&json!({ "alg": "ES256", "kid": "e", "jwk": own.jwk() }), &claims)
            }),
        ),
        // A true signature, of another token.
        (
            "does not hold",
            Box::new(|claims| {
                let (token, other) = (ec.token("ES256", &claims), ec.token("ES256", &json!({})));
                let (signed, _) = token.rsplit_once('.').unwrap();
                format!("{signed}.{}", other.rsplit_once('.').unwrap().1)
            }),
        ),
    ];
    assert_attacks_fail(&fake, attacks).await;
}

#[tokio::test]
async fn tokens_of_another_form_are_refused() {
    let key = Signer::ec("e");
    let fake = Fake::start(&[&key]).await;
    let usual = r#"{"alg":"ES256","kid":"e"}"#;
    let twice = r#"{"alg":"ES256","kid":"e","alg":"none"}"#;
    let critical = r#"{"alg":"ES256","kid":"e","crit":["b64"],"b64":false}"#;
    let attacks: Vec<(&str, Make<'_>)> = vec![
        ("(crit)", Box::new(|claims| key.over(critical, &claims.to_string()))),
        ("header that lacks", Box::new(|claims| key.over(twice, &claims.to_string()))),
        ("header that is not", Box::new(|claims| key.over("alg", &claims.to_string()))),
        (
            "lacks a member",
            Box::new(|claims| {
                let claims = claims.to_string();
                key.over(usual, &claims.replacen('{', r#"{"iss":"https://login.example","#, 1))
            }),
        ),
        ("is not JSON", Box::new(|_| key.over(usual, "claims"))),
        ("three parts", Box::new(|claims| format!("{}.x.y", key.token("ES256", &claims)))),
        ("three parts", Box::new(|_| "x".to_owned())),
        ("three parts", Box::new(|_| String::new())),
        ("base64url", Box::new(|claims| format!("{}=", key.token("ES256", &claims)))),
        (
            "64 KiB",
            Box::new(|mut claims| {
                claims["more"] = json!("x".repeat(64 * 1024));
                key.token("ES256", &claims)
            }),
        ),
    ];
    assert_attacks_fail(&fake, attacks).await;
}

#[tokio::test]
async fn a_key_is_used_with_the_one_algorithm_it_is_for() {
    let key = Signer::rsa("r");
    let fake = Fake::start(&[&key]).await;
    let mut jwk = key.jwk();
    jwk["alg"] = json!("PS256");
    fake.reply("/jwks", Reply::Json(200, json!({ "keys": [jwk] })));
    let provider = fake.provider();
    let good = sign_in(&provider, &fake, |claims| key.token("PS256", &claims)).await;
    assert!(good.is_ok());
    let other = sign_in(&provider, &fake, |claims| key.token("RS256", &claims)).await;
    assert_refused(other, Kind::Untrusted, "does not publish");
}

#[tokio::test]
async fn what_the_token_leaves_out_the_userinfo_endpoint_says() {
    let key = Signer::ec("1");
    let fake = Fake::start(&[&key]).await;
    let bare = json!({ "email": null, "email_verified": null, "name": null });
    let me = json!({ "sub": "subject-1", "email": "a@desk.example", "email_verified": true });
    fake.reply("/me", Reply::Json(200, me.clone()));
    assert_eq!(with(&fake, &key, bare.clone()).await.unwrap().email, "a@desk.example");
    let bearer = Some(format!("Bearer {ACCESS}"));
    assert_eq!(fake.asked("/me").pop().unwrap().authorization, bearer);

    let mut other = me.clone();
    other["sub"] = json!("subject-2");
    let mut unverified = me.clone();
    unverified["email_verified"] = json!(false);
    for (reply, kind, expected) in [
        (Reply::Json(200, other), Kind::Untrusted, "another person"),
        (Reply::Json(200, unverified), Kind::NotAllowed, "not verified"),
        (Reply::Json(200, json!({ "sub": "subject-1" })), Kind::Settings, "e-mail address"),
        (Reply::Bytes(b"eyJ.eyJ.x".to_vec()), Kind::Untrusted, "plain JSON"),
        (Reply::Json(503, me.clone()), Kind::Unreachable, "status 503"),
        (Reply::Redirect, Kind::Unreachable, "redirect"),
    ] {
        fake.reply("/me", reply);
        assert_refused(with(&fake, &key, bare.clone()).await, kind, expected);
    }
    fake.describe(&json!({ "userinfo_endpoint": null }));
    assert_refused(with(&fake, &key, bare).await, Kind::Settings, "release the claim email");
}
