//! The code against a token (OpenID Connect Core 1.0, 3.1.3), and the token against what the
//! provider says of the person (5.3).

use data_encoding::BASE64;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::claims::{Claims, Person};
use crate::discovery::{ClientAuth, Metadata};
use crate::flow::Kept;
use crate::http::{Ask, Client};
use crate::refused::{Refused, unfit};
use crate::settings::Settings;

/// The longest access token, in bytes.
const ACCESS: usize = 16 * 1024;

/// What the token endpoint gives. The access token is used once and forgotten.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    pub(crate) access_token: String,
    token_type: String,
}

/// Fetches the tokens for a code.
///
/// # Errors
/// When the provider cannot be reached, refuses, or gives something else.
pub(crate) async fn tokens(
    client: &Client,
    settings: &Settings,
    secret: Option<&str>,
    metadata: &Metadata,
    kept: &Kept,
    code: &str,
) -> Result<Tokens, Refused> {
    let (authorization, form) = question(settings, secret, metadata, kept, code);
    let ask = Ask { url: &metadata.token, authorization, form: Some(form) };
    let reply = client.ask(ask).await.map_err(|why| {
        Refused::unreachable(format!("The provider's token endpoint {why}. Try again."))
    })?;
    if reply.status != 200 {
        return Err(refusal(reply.status, &reply.body));
    }
    let tokens: Tokens = serde_json::from_slice(&reply.body).map_err(|err| {
        Refused::untrusted(format!("The answer of the provider's token endpoint {}.", unfit(&err)))
    })?;
    if !tokens.token_type.eq_ignore_ascii_case("bearer") {
        return Err(Refused::untrusted("The provider gave a token that is not a bearer token."));
    }
    Ok(tokens)
}

/// What is sent for a token: a header, when the secret goes there, and a form (RFC 6749, 4.1.3).
fn question(
    settings: &Settings,
    secret: Option<&str>,
    metadata: &Metadata,
    kept: &Kept,
    code: &str,
) -> (Option<String>, String) {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", kept.redirect_uri())
        .append_pair("code_verifier", &kept.verifier);
    let mut authorization = None;
    match (metadata.client_auth, secret) {
        (ClientAuth::Basic, Some(secret)) => {
            authorization = Some(basic(&settings.client_id, secret));
        }
        (ClientAuth::Post, Some(secret)) => {
            form.append_pair("client_id", &settings.client_id).append_pair("client_secret", secret);
        }
        (ClientAuth::Public, _) | (_, None) => {
            form.append_pair("client_id", &settings.client_id);
        }
    }
    (authorization, form.finish())
}

/// Name and secret, each form-encoded first (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64.encode(format!("{}:{}", encode(id), encode(secret)).as_bytes()))
}

/// Why the token endpoint gave none (RFC 6749, 5.2). Only the known codes are shown.
fn refusal(status: u16, body: &[u8]) -> Refused {
    #[derive(Deserialize)]
    struct Raw {
        error: String,
    }
    let error = serde_json::from_slice::<Raw>(body).map(|raw| raw.error).unwrap_or_default();
    match error.as_str() {
        "invalid_client" | "unauthorized_client" => Refused::settings(format!(
            "The provider does not know the desk ({error}). Compare client_id and \
             client_secret_file in the settings with what is registered there."
        )),
        "invalid_grant" => Refused::stale(
            "The provider takes the code no more (invalid_grant): it was used already, or is too \
             old. Begin again.",
        ),
        "invalid_request" | "invalid_scope" | "unsupported_grant_type" => {
            Refused::settings(format!(
                "The provider refuses the desk's question for a token ({error}). Compare the \
                 settings with what is registered there."
            ))
        }
        _ => Refused::unreachable(format!(
            "The provider's token endpoint answers with status {status}. Try again in a minute."
        )),
    }
}

/// What the UserInfo endpoint says of the person whom the ID token names.
///
/// # Errors
/// When it cannot be reached, says nothing that can be read, or speaks of somebody else.
pub(crate) async fn person(
    client: &Client,
    metadata: &Metadata,
    tokens: &Tokens,
    claims: &Claims,
) -> Result<Option<Person>, Refused> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let Some(url) = &metadata.userinfo else { return Ok(None) };
    let access = &tokens.access_token;
    if access.len() > ACCESS || !access.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Refused::untrusted("The provider gave an access token that is none."));
    }
    let authorization = Some(format!("Bearer {access}"));
    let reply = client.ask(Ask { url, authorization, form: None }).await.map_err(|why| {
        Refused::unreachable(format!("The provider's UserInfo endpoint {why}. Try again."))
    })?;
    if reply.status != 200 {
        return Err(Refused::unreachable(format!(
            "The provider's UserInfo endpoint answers with status {}. Try again in a minute.",
            reply.status
        )));
    }
    let subject: Subject = serde_json::from_slice(&reply.body).map_err(|err| {
        Refused::untrusted(format!(
            "The answer of the provider's UserInfo endpoint {}. It has to be plain JSON.",
            unfit(&err)
        ))
    })?;
    // OpenID Connect Core 1.0, 5.3.2: an answer about somebody else must not be used.
    if subject.sub != claims.sub {
        return Err(Refused::untrusted(
            "The provider's UserInfo endpoint speaks of another person than its ID token (sub).",
        ));
    }
    Person::read(&reply.body).map(Some)
}
