//! One sign-in: what goes out with the browser, what stays here, what comes back.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ring::digest;
use serde::{Deserialize, Serialize};
use url::Url;
use ward_kernel::Time;
use ward_kernel::time::SECOND;

use crate::discovery::Metadata;
use crate::reach;
use crate::refused::{Kind, Refused};
use crate::settings::Settings;

/// Random bytes that a sign-in takes: 32 each for state, nonce and verifier.
pub const RANDOM: usize = 96;

/// How long a sign-in may take, in seconds: somebody has to find a phone.
const LASTS: i64 = 600;
/// The longest code of a provider, in bytes.
const CODE: usize = 4096;

/// A sign-in that begins.
#[derive(Debug)]
pub struct Begin {
    /// Where the browser goes.
    pub url: String,
    /// What stays on this side.
    pub kept: Kept,
}

/// What stays on the desk's side until the browser is back. It is secret: keep it in memory or
/// sealed, tied to the browser that began, and use it once.
#[derive(Clone, Deserialize, Serialize)]
pub struct Kept {
    issuer: String,
    redirect_uri: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    /// Microseconds since 1970.
    begun: i64,
    pub(crate) max_age: Option<u32>,
}

/// What the browser brings back in the query of the redirect address.
#[derive(Clone, Default, Deserialize)]
pub struct Answer {
    /// The code that a token is fetched with.
    pub code: Option<String>,
    /// The state that went out.
    pub state: Option<String>,
    /// The issuer's name (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code (RFC 6749, 4.1.2.1).
    pub error: Option<String>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl Kept {
    /// A new sign-in.
    pub(crate) fn new(
        issuer: &str,
        redirect_uri: &str,
        random: &[u8; RANDOM],
        max_age: Option<u32>,
        now: Time,
    ) -> Result<Self, Refused> {
        reach::parse(redirect_uri, true).map_err(|why| {
            Refused::settings(format!(
                "The desk's own address {why}, so a provider cannot lead back to it. Correct \
                 origin in the settings."
            ))
        })?;
        let (state, rest) = random.split_at(RANDOM.div_euclid(3));
        let (nonce, verifier) = rest.split_at(RANDOM.div_euclid(3));
        Ok(Self {
            issuer: issuer.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            state: BASE64URL_NOPAD.encode(state),
            nonce: BASE64URL_NOPAD.encode(nonce),
            verifier: BASE64URL_NOPAD.encode(verifier),
            begun: now.micros(),
            max_age,
        })
    }

    /// The state that the browser brings back: under it the sign-in can be found again.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The redirect address that went out.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// When the sign-in began.
    #[must_use]
    pub fn begun(&self) -> Time {
        Time::from_micros(self.begun)
    }

    /// As bytes, to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From the bytes; `None` when they are no such thing.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The address at the provider (OpenID Connect Core 1.0, 3.1.2.1; RFC 7636, 4.3).
    pub(crate) fn url(&self, settings: &Settings, metadata: &Metadata) -> String {
        let mut url: Url = metadata.authorization.clone();
        let challenge = digest::digest(&digest::SHA256, self.verifier.as_bytes());
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &settings.scopes.join(" "))
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &BASE64URL_NOPAD.encode(challenge.as_ref()))
            .append_pair("code_challenge_method", "S256");
        if !settings.acr_values.is_empty() {
            query.append_pair("acr_values", &settings.acr_values.join(" "));
        }
        if let Some(seconds) = self.max_age {
            query.append_pair("max_age", &seconds.to_string());
        }
        drop(query);
        url.into()
    }

    /// The code of an answer that belongs to this sign-in.
    ///
    /// # Errors
    /// When it belongs to another, is too late, comes from another provider, or is a refusal.
    pub(crate) fn code<'a>(
        &self,
        issuer: &str,
        names_itself: bool,
        answer: &'a Answer,
        now: Time,
    ) -> Result<&'a str, Refused> {
        let began_elsewhere = self.issuer != issuer;
        if began_elsewhere || !answer.state.as_deref().is_some_and(|state| same(state, &self.state))
        {
            return Err(Refused::stale(
                "This answer belongs to no sign-in that was begun in this browser. Begin again.",
            ));
        }
        // A clock that is set back a little meanwhile spoils nothing.
        if now.since(self.begun()).saturating_abs() > LASTS.saturating_mul(SECOND) {
            return Err(Refused::stale("The sign-in took longer than ten minutes. Begin again."));
        }
        check_issuer(issuer, names_itself, answer)?;
        if let Some(error) = &answer.error {
            return Err(declined(error));
        }
        let code = answer.code.as_deref().unwrap_or_default();
        if code.is_empty() || code.len() > CODE || !code.bytes().all(|b| (0x20..=0x7e).contains(&b))
        {
            return Err(Refused::untrusted(
                "The provider's answer holds no code, or one that is none. Begin again.",
            ));
        }
        Ok(code)
    }
}

/// RFC 9207, 2.4: an answer of another provider, or one that hides whose it is.
fn check_issuer(issuer: &str, names_itself: bool, answer: &Answer) -> Result<(), Refused> {
    match &answer.iss {
        Some(iss) if iss == issuer => Ok(()),
        Some(_) => Err(Refused::untrusted(
            "The answer comes from another provider than the one that was asked (iss). Begin \
             again; when it happens again, tell an administrator.",
        )),
        None if names_itself => Err(Refused::untrusted(
            "The answer does not say which provider it comes from (iss), though this one always \
             does. Begin again; when it happens again, tell an administrator.",
        )),
        None => Ok(()),
    }
}

/// The known reasons (RFC 6749, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.6). Other words of the
/// query are shown to nobody: anybody can write them into a link.
fn declined(error: &str) -> Refused {
    match error {
        "access_denied" => Refused::new(
            Kind::Declined,
            "The provider did not let this account through, or the sign-in was cancelled there.",
        ),
        "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => {
            Refused::new(Kind::Declined, "The provider wants to be asked again. Begin again.")
        }
        "server_error" | "temporarily_unavailable" => {
            Refused::unreachable("The provider has a problem of its own. Try again in a minute.")
        }
        "invalid_request"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_response_type" => Refused::settings(format!(
            "The provider refuses the desk's question ({error}). Compare client_id, scopes and \
             the redirect address in the settings with what is registered there."
        )),
        _ => Refused::new(Kind::Declined, "The provider did not sign anybody in. Begin again."),
    }
}

/// Compares hashes, so that the time it takes says nothing about where two texts differ.
fn same(left: &str, right: &str) -> bool {
    let hash = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
    hash(left).as_ref() == hash(right).as_ref()
}
