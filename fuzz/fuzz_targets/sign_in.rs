//! What an identity provider says: tokens, claims, keys, its discovery document.
#![no_main]
#![allow(dead_code)]

#[path = "../../shell/oidc/src/claims.rs"]
mod claims;
#[path = "../../shell/oidc/src/discovery.rs"]
mod discovery;
#[path = "../../shell/oidc/src/factor.rs"]
mod factor;
#[path = "../../shell/oidc/src/identity.rs"]
mod identity;
#[path = "../../shell/oidc/src/jose/mod.rs"]
mod jose;
#[path = "../../shell/oidc/src/reach.rs"]
mod reach;
#[path = "../../shell/oidc/src/refused.rs"]
mod refused;
#[path = "../../shell/oidc/src/settings.rs"]
mod settings;

use std::sync::LazyLock;

use claims::{Asked, Claims, Person};
use data_encoding::BASE64URL_NOPAD;
use discovery::Metadata;
use identity::Identity;
use jose::{Algorithm, Fault, KeySet, Token};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use settings::Settings;
use ward_fuzz::Chance;
use ward_kernel::Time;

const ISSUER: &str = "https://login.example/o";
const CLIENT: &str = "ward";
const NONCE: &str = "n-0";
const NOW: Time = Time::from_secs(1_793_736_000);

static PAIR: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap());

static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    let x = BASE64URL_NOPAD.encode(PAIR.public_key().as_ref());
    let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k" }] });
    KeySet::read(set.to_string().as_bytes()).unwrap()
});

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let settings = json!({
        "issuer": ISSUER, "client_id": CLIENT, "label": "State account",
        "allowed_domains": ["desk.example"], "second_factor": "provider", "acr_values": ["two"],
    });
    serde_json::from_value(settings).unwrap()
});

/// A text that nobody signed proves nothing.
fn unsigned(text: &str) {
    if let Ok(token) = Token::read(text) {
        assert!(matches!(token.payload(&KEYS), Err(Fault::BadSignature | Fault::NoKey)));
        let _ = token.algorithm().half_hash(text);
    }
}

/// What is signed is read as it was; with one letter changed it proves nothing.
fn signed(mut chance: Chance<'_>) {
    let (place, letter) = (chance.number(), chance.byte());
    let payload = chance.rest();
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"EdDSA","kid":"k"}"#);
    let text = format!("{header}.{}", BASE64URL_NOPAD.encode(payload));
    let signature = BASE64URL_NOPAD.encode(PAIR.sign(text.as_bytes()).as_ref());
    let text = format!("{text}.{signature}");
    let token = Token::read(&text).map_err(|why| why.to_string()).unwrap();
    assert_eq!(token.payload(&KEYS), Ok(payload));
    claims(payload);

    let mut changed = text.clone().into_bytes();
    let place = place % changed.len();
    changed[place] = letter & 0x7f;
    let changed = String::from_utf8(changed).unwrap();
    if changed != text
        && let Ok(token) = Token::read(&changed)
    {
        assert!(token.payload(&KEYS).is_err(), "a changed token proves nothing");
    }
}

/// Claims that fit say what was asked for, and lead to one plain address of the office.
fn claims(payload: &[u8]) {
    let (Ok(claims), Ok(person)) = (Claims::read(payload), Person::read(payload)) else { return };
    for max_age in [None, Some(300)] {
        let asked = Asked { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, begun: NOW, max_age };
        for now in [Time::from_micros(i64::MIN), Time::from_micros(i64::MAX)] {
            assert!(claims.check(&asked, now).is_err());
        }
        if claims.check(&asked, NOW).is_err() {
            continue;
        }
        // What no claim is read from may hold what no text can be made of.
        let Ok(said) = serde_json::from_slice::<Value>(payload) else { continue };
        assert!(said["iss"] == ISSUER && said["nonce"] == NONCE);
        assert!(
            said["aud"] == CLIENT
                || said["aud"]
                    .as_array()
                    .is_some_and(|all| { !all.is_empty() && all.iter().all(|one| one == CLIENT) })
        );
        assert!(said["exp"].as_f64().is_some_and(|ends| ends > 1_793_736_000.0 - 61.0));
        assert!(max_age.is_none() || claims.auth_time().is_some());
    }
    let Ok(identity) = Identity::admit(&SETTINGS, &claims, &person) else { return };
    let (local, domain) = identity.email.split_once('@').unwrap();
    assert!(domain == "desk.example" && !local.is_empty());
    assert!(!identity.email.chars().any(|c| c.is_control() || c.is_whitespace()));
    let again = json!({ "email": identity.email, "email_verified": true, "name": identity.name });
    let again = Person::read(again.to_string().as_bytes()).unwrap();
    let again = Identity::admit(&SETTINGS, &claims, &again).unwrap();
    assert!(again.email == identity.email && again.name == identity.name);
    assert!(!format!("{identity:?}").contains(&identity.email));
}

fn document(bytes: &[u8]) {
    for has_secret in [true, false] {
        let Ok(metadata) = Metadata::read(bytes, ISSUER, has_secret) else { continue };
        let userinfo = metadata.userinfo.as_ref();
        for url in
            [&metadata.authorization, &metadata.token, &metadata.keys].into_iter().chain(userinfo)
        {
            assert!(url.scheme() == "https" && url.has_host());
            assert!(url.username().is_empty() && url.password().is_none());
            assert_eq!(reach::parse(url.as_str(), false).as_ref(), Ok(url));
        }
    }
}

fn keys(bytes: &[u8]) {
    let Ok(set) = KeySet::read(bytes) else { return };
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256, Algorithm::Rs256] {
        assert!(set.for_token(algorithm, None).len() <= 1, "no guessing between keys");
        for key in set.for_token(algorithm, Some("k")) {
            assert!(!key.verifies(algorithm, b"text", &[0; 64]) || algorithm == Algorithm::EdDsa);
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    match first % 5 {
        0 => unsigned(&String::from_utf8_lossy(rest)),
        1 => signed(Chance::new(rest)),
        2 => document(rest),
        3 => keys(rest),
        _ => {
            let text = String::from_utf8_lossy(rest);
            if let Ok(url) = reach::parse(&text, true) {
                assert!(url.scheme() == "https" || reach::is_loopback(&url));
                let short = url.as_str().len() < 1_900;
                assert!(discovery::document_of(url.as_str()).is_ok() || !short, "{url}");
            }
        }
    }
});
