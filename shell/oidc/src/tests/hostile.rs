//! Bytes that mean nothing, or almost something.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::signer::{Signer, encode};
use crate::claims::{Asked, Claims, Person};
use crate::discovery::Metadata;
use crate::jose::{KeySet, Token};
use crate::{Kept, Settings};
use ward_kernel::Time;

/// Any small JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
        prop_oneof!["RS256", "ES256", "none", "sig", "RSA", "EC", "OKP", "P-256", "Ed25519"]
            .prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| json!(encode(&bytes))),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,8}", inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

/// An object with some of these members, each of any value.
fn object(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let member = (proptest::sample::select(names), value());
    proptest::collection::vec(member, 0..12)
        .prop_map(|members| members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

const KEY: &[&str] = &["kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e", "d", "k"];
const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "nonce",
    "at_hash",
    "acr",
    "amr",
    "email",
    "email_verified",
    "name",
];
const DOCUMENT: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "response_types_supported",
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
    "authorization_response_iss_parameter_supported",
];
const ISSUER: &str = "https://login.example";

fn good_keys() -> KeySet {
    let keys =
        json!({ "keys": [Signer::rsa("r").jwk(), Signer::ec("e").jwk(), Signer::ed("d").jwk()] });
    KeySet::read(keys.to_string().as_bytes()).unwrap()
}

/// Reads a token as far as it goes; nothing that is not signed by the keys has a payload.
fn is_signed(text: &str, keys: &KeySet) -> bool {
    Token::read(text).is_ok_and(|token| token.payload(keys).is_ok())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = KeySet::read(&bytes);
        prop_assert!(Metadata::read(&bytes, ISSUER, true).is_err());
        let _ = (Claims::read(&bytes), Person::read(&bytes), Kept::from_bytes(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(!is_signed(&text, &KeySet::default()));
        let _ = toml::from_str::<Settings>(&text).map(|settings| settings.check());
        let _ = crate::reach::parse(&text, true);
    }

    #[test]
    fn any_three_parts_are_read_without_harm(
        header in object(&["alg", "kid", "crit", "typ", "jwk"]),
        payload in proptest::collection::vec(any::<u8>(), 0..100),
        signature in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let keys = good_keys();
        for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
            for kid in ["r", "e", "d"] {
                let mut header = header.clone();
                header["alg"] = json!(alg);
                header["kid"] = json!(kid);
                header.as_object_mut().unwrap().remove("crit");
                let parts = [header.to_string().as_bytes(), &payload, &signature].map(encode);
                prop_assert!(!is_signed(&parts.join("."), &keys));
            }
        }
        let parts = [header.to_string().as_bytes(), &payload, &signature].map(encode);
        prop_assert!(!is_signed(&parts.join("."), &keys));
    }

    #[test]
    fn any_keys_are_read_without_harm(keys in proptest::collection::vec(object(KEY), 0..5)) {
        let document = json!({ "keys": keys }).to_string();
        if let Ok(keys) = KeySet::read(document.as_bytes()) {
            for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
                let header = encode(json!({ "alg": alg }).to_string().as_bytes());
                let token = format!("{header}.e30.{}", encode(&[1; 64]));
                prop_assert!(!is_signed(&token, &keys));
            }
        }
    }

    #[test]
    fn any_claims_are_checked_without_harm(claims in object(CLAIMS), now in any::<i64>()) {
        let mut claims = claims;
        for (name, value) in [("iss", json!(ISSUER)), ("aud", json!("ward")), ("sub", json!("s"))] {
            claims[name] = value;
        }
        let asked = Asked {
            issuer: ISSUER,
            client_id: "ward",
            nonce: "n",
            begun: Time::from_micros(now),
            max_age: Some(u32::MAX),
        };
        if let Ok(read) = Claims::read(claims.to_string().as_bytes()) {
            let _ = read.check(&asked, Time::from_micros(now));
            let _ = (read.auth_time(), read.two_factors(&[]));
        }
        for (name, value) in [("exp", json!(1e10)), ("iat", json!(1.0)), ("nonce", json!("n"))] {
            claims[name] = value;
        }
        if let Ok(read) = Claims::read(claims.to_string().as_bytes()) {
            let _ = read.check(&asked, Time::from_secs(1));
        }
    }

    #[test]
    fn any_discovery_document_leads_nowhere_else(document in object(DOCUMENT)) {
        let mut document = document;
        document["issuer"] = json!(ISSUER);
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            if document[name].is_null() {
                document[name] = json!("https://login.example/x");
            }
        }
        if let Ok(metadata) = Metadata::read(document.to_string().as_bytes(), ISSUER, true) {
            for url in [&metadata.authorization, &metadata.token, &metadata.keys] {
                prop_assert_eq!(url.scheme(), "https");
            }
        }
    }

    /// One bit is enough: of a good token no other token holds.
    #[test]
    fn one_changed_bit_breaks_a_token(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let key = Signer::ed("d");
        let keys = json!({ "keys": [key.jwk()] }).to_string();
        let keys = KeySet::read(keys.as_bytes()).unwrap();
        let token = key.token("EdDSA", &json!({ "sub": "subject-1", "aud": "ward" }));
        prop_assert!(is_signed(&token, &keys));
        let mut bytes = token.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(!is_signed(&String::from_utf8_lossy(&bytes), &keys));
    }
}

#[test]
fn deep_and_long_documents_end() {
    let deep = "[".repeat(500_000);
    assert!(KeySet::read(deep.as_bytes()).is_err());
    assert!(Claims::read(deep.as_bytes()).is_err());
    let many = format!("{{\"keys\":[{}{{}}]}}", "{},".repeat(300_000));
    assert!(KeySet::read(many.as_bytes()).is_err());
    let jwk = Signer::ed("d").jwk().to_string();
    let many = format!("{{\"keys\":[{}{jwk}]}}", format!("{jwk},").repeat(5_000));
    let keys = KeySet::read(many.as_bytes()).unwrap();
    assert!(keys.for_token(crate::jose::Algorithm::EdDsa, Some("d")).len() <= 64);
}
