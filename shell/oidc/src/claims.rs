//! What an ID token says, and whether it is said to this desk, by this provider, now
//! (OpenID Connect Core 1.0, 3.1.3.7).

use serde::Deserialize;
use serde_json::Number;
use ward_kernel::Time;

use crate::refused::{Refused, quoted, unfit};

/// How far the provider's clock and this one may be apart, in seconds.
const LEEWAY: i64 = 60;
/// How old a token may be that was fetched just now, in seconds, leeway included.
const OLDEST: i64 = 600;

/// The claims of an ID token that matter. A claim that stands there twice is refused.
#[derive(Deserialize)]
pub(crate) struct Claims {
    iss: String,
    pub(crate) sub: String,
    aud: OneOrMany,
    azp: Option<String>,
    exp: Number,
    iat: Number,
    nbf: Option<Number>,
    auth_time: Option<Number>,
    nonce: Option<String>,
    pub(crate) at_hash: Option<String>,
    acr: Option<String>,
    amr: Option<OneOrMany>,
}

/// What is said about a person, by an ID token or by the UserInfo endpoint.
#[derive(Default, Deserialize)]
pub(crate) struct Person {
    pub(crate) email: Option<String>,
    email_verified: Option<Flag>,
    pub(crate) name: Option<String>,
}

/// Some providers write truths as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Truth(bool),
    Text(String),
}

/// One text or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// What the desk asked for, to which the claims must fit.
pub(crate) struct Asked<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) begun: Time,
    pub(crate) max_age: Option<u32>,
}

impl Claims {
    /// Reads the payload of a token whose signature holds.
    ///
    /// # Errors
    /// When it is no set of claims, or lacks one that every ID token has.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(payload)
            .map_err(|err| Refused::untrusted(format!("The provider's ID token {}.", unfit(&err))))
    }

    /// Whether the claims fit what was asked.
    ///
    /// # Errors
    /// The first claim that does not.
    pub(crate) fn check(&self, asked: &Asked<'_>, now: Time) -> Result<(), Refused> {
        self.check_parties(asked)?;
        self.check_times(now.secs())?;
        if self.nonce.as_deref() != Some(asked.nonce) {
            return Err(Refused::untrusted(
                "The provider's ID token belongs to another sign-in (nonce). Begin again; when it \
                 happens again, tell an administrator.",
            ));
        }
        self.check_age(asked, now.secs())?;
        let subject = &self.sub;
        if subject.is_empty()
            || subject.len() > 255
            || !subject.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
        {
            return Err(Refused::untrusted(
                "The provider's ID token names nobody: its sub is empty, longer than 255 \
                 characters, or not ASCII (OpenID Connect Core 1.0, 2).",
            ));
        }
        Ok(())
    }

    fn check_parties(&self, asked: &Asked<'_>) -> Result<(), Refused> {
        if self.iss != asked.issuer {
            return Err(Refused::untrusted(format!(
                "The ID token was issued by {}, not by the provider that was asked.",
                quoted(&self.iss)
            )));
        }
        let audience = self.aud.as_slice();
        if !audience.iter().any(|name| name == asked.client_id) {
            return Err(Refused::untrusted(
                "The provider's ID token is meant for another application (aud).",
            ));
        }
        // Whoever else a token is meant for could bring it here. The desk trusts nobody so far.
        if audience.iter().any(|name| name != asked.client_id) {
            return Err(Refused::untrusted(
                "The provider's ID token is meant for other applications too (aud). Register the \
                 desk there so that its tokens are for the desk alone.",
            ));
        }
        if self.azp.as_deref().is_some_and(|party| party != asked.client_id) {
            return Err(Refused::untrusted(
                "The provider's ID token was made for another application (azp).",
            ));
        }
        Ok(())
    }

    fn check_times(&self, now: i64) -> Result<(), Refused> {
        let expires = seconds(&self.exp).ok_or_else(|| not_a_time("exp"))?;
        let issued = seconds(&self.iat).ok_or_else(|| not_a_time("iat"))?;
        let not_before = match &self.nbf {
            Some(nbf) => seconds(nbf).ok_or_else(|| not_a_time("nbf"))?,
            None => issued,
        };
        let age = now.saturating_sub(issued);
        let clocks = "Compare the clocks of this machine and of the provider.";
        if expires.saturating_add(LEEWAY) <= now {
            let late = now.saturating_sub(expires);
            return Err(Refused::untrusted(format!(
                "The provider's ID token ended {late} s ago (exp). {clocks}"
            )));
        }
        if issued.max(not_before).saturating_sub(LEEWAY) > now {
            let early = issued.max(not_before).saturating_sub(now);
            return Err(Refused::untrusted(format!(
                "The provider's ID token is from {early} s ahead (iat, nbf). {clocks}"
            )));
        }
        if age > OLDEST {
            return Err(Refused::untrusted(format!(
                "The provider's ID token was issued {age} s ago, though it was asked for just now \
                 (iat). {clocks}"
            )));
        }
        Ok(())
    }

    /// Where a fresh sign-in was asked for, it must have been one: within `max_age` before the
    /// question, or after it (OpenID Connect Core 1.0, 3.1.3.7, 13).
    fn check_age(&self, asked: &Asked<'_>, now: i64) -> Result<(), Refused> {
        let Some(max_age) = asked.max_age else { return Ok(()) };
        let Some(at) = self.auth_time.as_ref().and_then(seconds) else {
            return Err(Refused::settings(
                "The provider does not say when the sign-in was (auth_time), so it cannot confirm \
                 this act. Confirm with a second factor of the desk's own.",
            ));
        };
        let earliest = asked.begun.secs().saturating_sub(i64::from(max_age)).saturating_sub(LEEWAY);
        if at < earliest || at > now.saturating_add(LEEWAY) {
            return Err(Refused::stale(
                "The provider let an older sign-in stand, and this act needs a fresh one. Sign in \
                 there again.",
            ));
        }
        Ok(())
    }

    /// The moment of the sign-in at the provider, where it says so.
    pub(crate) fn auth_time(&self) -> Option<Time> {
        self.auth_time.as_ref().and_then(seconds).map(Time::from_secs)
    }

    /// Whether the provider says that it saw two factors, or names one of these classes.
    pub(crate) fn two_factors(&self, classes: &[String]) -> bool {
        let methods = self.amr.as_ref().map(OneOrMany::as_slice).unwrap_or_default();
        let class = self.acr.as_ref();
        crate::factor::are_two(methods) || class.is_some_and(|class| classes.contains(class))
    }
}

impl Person {
    /// Reads what the same payload says about the person.
    ///
    /// # Errors
    /// When a claim has the wrong kind.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(payload).map_err(|err| {
            Refused::untrusted(format!("What the provider says of the person {}.", unfit(&err)))
        })
    }

    /// Whether the provider has verified the address; `None` when it does not say.
    pub(crate) fn is_verified(&self) -> Option<bool> {
        self.email_verified.as_ref().map(|flag| match flag {
            Flag::Truth(truth) => *truth,
            Flag::Text(text) => text == "true",
        })
    }
}

fn not_a_time(claim: &str) -> Refused {
    Refused::untrusted(format!("The provider's ID token has no moment in its {claim}."))
}

/// Seconds since 1970 of a `NumericDate` (RFC 7519, 2), fractions cut off; `None` outside of the
/// years 1970 to 9999.
fn seconds(number: &Number) -> Option<i64> {
    const LAST: i64 = 253_402_300_799;
    let whole = number.as_i64().or_else(|| {
        let part = number.as_f64()?;
        // Digits before the point, as text: a cast would make numbers out of anything.
        format!("{:.0}", part.floor()).parse().ok()
    })?;
    (0..=LAST).contains(&whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_whole_and_within_the_calendar() {
        for (text, expected) in [
            ("1700000000", Some(1_700_000_000)),
            ("1700000000.9", Some(1_700_000_000)),
            ("1.7e9", Some(1_700_000_000)),
            ("-1", None),
            ("1e300", None),
            ("18446744073709551615", None),
            ("-1e300", None),
        ] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(seconds(&number), expected, "{text}");
        }
    }
}
