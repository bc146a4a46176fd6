//! What a provider publishes about itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::Url;

use crate::jose::Algorithm;
use crate::reach;
use crate::refused::{Refused, quoted, unfit};

/// The parts of a provider that the desk goes to, checked.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(crate) keys: Url,
    pub(crate) userinfo: Option<Url>,
    pub(crate) client_auth: ClientAuth,
    /// Whether answers carry the issuer's name (RFC 9207), so that one without it is refused.
    pub(crate) names_itself: bool,
}

/// How the desk shows who it is when it fetches a token (OpenID Connect Core 1.0, 9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ClientAuth {
    /// `client_secret_basic`: in the header.
    Basic,
    /// `none`: a public client, protected by PKCE alone.
    Public,
    /// `client_secret_post`: in the form.
    Post,
}

/// The members of the document that matter.
#[derive(Deserialize)]
struct Raw {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where an issuer's document is (OpenID Connect Discovery 1.0, 4).
///
/// # Errors
/// Never for an issuer that the settings' check let through.
pub(crate) fn document_of(issuer: &str) -> Result<Url, Refused> {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    reach::parse(&format!("{base}/.well-known/openid-configuration"), true)
        .map_err(|why| Refused::settings(format!("The issuer {} {why}.", quoted(issuer))))
}

impl Metadata {
    /// Reads a discovery document.
    ///
    /// # Errors
    /// What in it the desk cannot work with.
    pub(crate) fn read(bytes: &[u8], issuer: &str, has_secret: bool) -> Result<Self, Refused> {
        let raw: Raw = serde_json::from_slice(bytes).map_err(|err| {
            Refused::unreachable(format!("The provider's discovery document {}.", unfit(&err)))
        })?;
        if raw.issuer != issuer {
            return Err(Refused::settings(format!(
                "The provider calls itself {}, and the settings call it {}: they must be equal \
                 letter by letter. Correct issuer in the settings.",
                quoted(&raw.issuer),
                quoted(issuer)
            )));
        }
        check_ability(&raw)?;
        // A provider of this machine may be reached in the clear; no other leads there.
        let loopback = issuer.starts_with("http://");
        let at = |name: &str, text: &str| {
            reach::parse(text, loopback)
                .map_err(|why| Refused::settings(format!("The provider's {name} {why}.")))
        };
        Ok(Self {
            authorization: at("authorization_endpoint", &raw.authorization_endpoint)?,
            token: at("token_endpoint", &raw.token_endpoint)?,
            keys: at("jwks_uri", &raw.jwks_uri)?,
            userinfo: match &raw.userinfo_endpoint {
                Some(text) => Some(at("userinfo_endpoint", text)?),
                None => None,
            },
            client_auth: client_auth(
                raw.token_endpoint_auth_methods_supported.as_deref(),
                has_secret,
            )?,
            names_itself: raw.authorization_response_iss_parameter_supported,
        })
    }
}

/// What a list says, where there is one: a missing list means the usual.
fn lists(list: Option<&[String]>, fits: impl Fn(&str) -> bool) -> bool {
    list.is_none_or(|list| list.iter().any(|one| fits(one)))
}

fn check_ability(raw: &Raw) -> Result<(), Refused> {
    let lacking = if !lists(raw.response_types_supported.as_deref(), |one| one == "code") {
        "the authorization code flow (response_types_supported lacks \"code\")"
    } else if !lists(raw.id_token_signing_alg_values_supported.as_deref(), |name| {
        Algorithm::named(name).is_some()
    }) {
        "ID tokens signed by RS256, PS256, ES256 or EdDSA (id_token_signing_alg_values_supported)"
    } else if !lists(raw.code_challenge_methods_supported.as_deref(), |one| one == "S256") {
        "PKCE by S256 (code_challenge_methods_supported)"
    } else {
        return Ok(());
    };
    Err(Refused::settings(format!(
        "The provider does not offer {lacking}, which the desk needs. Turn it on there."
    )))
}

fn client_auth(methods: Option<&[String]>, has_secret: bool) -> Result<ClientAuth, Refused> {
    let offers = |name: &str| lists(methods, |one| one == name);
    if !has_secret {
        return if offers("none") {
            Ok(ClientAuth::Public)
        } else {
            Err(Refused::settings(
                "The provider takes no client without a secret. Give client_secret_file in the \
                 settings.",
            ))
        };
    }
    // A missing list means client_secret_basic (OpenID Connect Discovery 1.0, 3).
    if offers("client_secret_basic") {
        Ok(ClientAuth::Basic)
    } else if offers("client_secret_post") {
        Ok(ClientAuth::Post)
    } else {
        Err(Refused::settings(
            "The provider takes neither client_secret_basic nor client_secret_post, which are what \
             the desk can do. Allow one of them there.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://login.example/o";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.example/auth?tenant=1",
            "token_endpoint": "https://login.example/token",
            "jwks_uri": "https://keys.example/jwks",
        })
    }

    fn read(changes: &Value, has_secret: bool) -> Result<Metadata, Refused> {
        let mut document = document();
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        Metadata::read(document.to_string().as_bytes(), ISSUER, has_secret)
    }

    #[test]
    fn the_document_is_below_the_issuer() {
        for (issuer, document) in [
            ("https://a.example", "https://a.example/.well-known/openid-configuration"),
            ("https://a.example/", "https://a.example/.well-known/openid-configuration"),
            ("https://a.example/t/2", "https://a.example/t/2/.well-known/openid-configuration"),
        ] {
            assert_eq!(document_of(issuer).unwrap().as_str(), document);
        }
    }

    #[test]
    fn clients_show_who_they_are_as_the_provider_takes_it() {
        let auth = |methods: Value, secret| {
            read(&json!({ "token_endpoint_auth_methods_supported": methods }), secret)
                .map(|metadata| metadata.client_auth)
        };
        assert_eq!(read(&json!({}), true).unwrap().client_auth, ClientAuth::Basic);
        assert_eq!(read(&json!({}), false).unwrap().client_auth, ClientAuth::Public);
        assert_eq!(auth(json!(["client_secret_post"]), true), Ok(ClientAuth::Post));
        assert_eq!(
            auth(json!(["client_secret_post", "client_secret_basic"]), true),
            Ok(ClientAuth::Basic)
        );
        assert_eq!(auth(json!(["none"]), false), Ok(ClientAuth::Public));
        assert!(auth(json!(["client_secret_basic"]), false).is_err());
        assert!(auth(json!(["private_key_jwt"]), true).is_err());
    }

    #[test]
    fn what_the_desk_cannot_work_with_is_refused() {
        for (changes, expected) in [
            (json!({ "issuer": "https://login.example/o/" }), "letter by letter"),
            (json!({ "issuer": "https://login.example/O" }), "letter by letter"),
            (json!({ "issuer": 5 }), "wrong kind"),
            (json!({ "token_endpoint": "http://login.example/token" }), "token_endpoint"),
            (json!({ "token_endpoint": "http://127.0.0.1/token" }), "token_endpoint"),
            (json!({ "jwks_uri": "file:///etc/passwd" }), "jwks_uri"),
            (json!({ "authorization_endpoint": "javascript:alert(1)" }), "authorization_endpoint"),
            (json!({ "userinfo_endpoint": "/userinfo" }), "userinfo_endpoint"),
            (json!({ "response_types_supported": ["id_token"] }), "code flow"),
            (json!({ "id_token_signing_alg_values_supported": ["HS256", "none"] }), "RS256"),
            (json!({ "code_challenge_methods_supported": ["plain"] }), "S256"),
        ] {
            let err = read(&changes, true).unwrap_err().to_string();
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
        assert!(Metadata::read(b"<html>", ISSUER, true).unwrap_err().to_string().contains("JSON"));
    }
}
