//! Who it was, in the provider's words, cleaned.

use std::fmt;

use ward_kernel::Time;

use crate::claims::{Claims, Person};
use crate::refused::Refused;
use crate::settings::{Email, SecondFactor, Settings};

/// The longest name of a person that is kept, in characters.
const NAME: usize = 200;
/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
const ADDRESS: usize = 254;

/// Who signed in. Issuer and subject together are the person's name for good (OpenID Connect Core
/// 1.0, 5.7): an e-mail address may pass to somebody else, so tie a person to those two at their
/// first sign-in.
#[derive(Clone, Eq, PartialEq)]
pub struct Identity {
    /// The provider's issuer.
    pub issuer: String,
    /// The person at that provider: 1 to 255 ASCII characters, to be compared letter by letter.
    pub subject: String,
    /// The e-mail address, its domain in small letters.
    pub email: String,
    /// The name to show; up to 200 characters, none of them for control.
    pub name: Option<String>,
    /// Whether the provider saw two factors and the settings believe it. If not, Ward asks for
    /// its own.
    pub mfa: bool,
    /// When the person signed in at the provider, where it says so; to the second.
    pub auth_time: Option<Time>,
}

impl fmt::Debug for Identity {
    /// Without the person: logs hold no personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// The person of an ID token that holds, as far as the settings let them in. `person` is what
    /// the token itself says, or the UserInfo endpoint where the token has no address.
    pub(crate) fn admit(
        settings: &Settings,
        claims: &Claims,
        person: &Person,
    ) -> Result<Self, Refused> {
        let email = person.email.as_deref().ok_or_else(|| {
            Refused::settings(
                "The provider did not give an e-mail address. Let it release the claim email to \
                 the desk, and see that the account has an address.",
            )
        })?;
        let email = address(email).ok_or_else(|| {
            Refused::not_allowed("What the provider gave as e-mail address is not one.")
        })?;
        let verified = match (person.is_verified(), settings.email) {
            (Some(verified), _) => verified,
            (None, Email::Vouched) => true,
            (None, Email::Verified) => false,
        };
        if !verified {
            return Err(Refused::not_allowed(
                "The provider has not verified the account's e-mail address (email_verified). \
                 Verify it there, then sign in again.",
            ));
        }
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let allowed = &settings.allowed_domains;
        if !allowed.is_empty() && !allowed.iter().any(|one| one.eq_ignore_ascii_case(domain)) {
            return Err(Refused::not_allowed(
                "The account's e-mail address is of a domain that may not sign in here. Use the \
                 office's own account, or ask an administrator.",
            ));
        }
        let believed = settings.second_factor == SecondFactor::Provider;
        Ok(Self {
            issuer: settings.issuer.clone(),
            subject: claims.sub.clone(),
            email,
            name: person.name.as_deref().and_then(plain_name),
            mfa: believed && claims.two_factors(&settings.acr_values),
            auth_time: claims.auth_time(),
        })
    }
}

/// An address as Ward keeps it: printable, one `@`, no space, the domain in small letters and in
/// ASCII.
fn address(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let domain_is_plain = domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let local_is_plain = !local.is_empty()
        && local.chars().all(|c| !c.is_control() && !c.is_whitespace() && !is_invisible(c))
        && !local.contains(['"', '(', ')', '<', '>', ',', ';', ':', '\\', '[', ']']);
    let fits = text.len() <= ADDRESS && domain_is_plain && local_is_plain;
    fits.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// A name without what could turn the text around it; `None` when nothing is left.
fn plain_name(text: &str) -> Option<String> {
    let kept: String =
        text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(NAME).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Marks that change the direction of text or take no room (Unicode, UAX #9 and `Cf`).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_plain_thing() {
        assert_eq!(address("A.B@Clerk.Example").as_deref(), Some("A.B@clerk.example"));
        for bad in [
            "",
            "a",
            "@clerk.example",
            "a@clerk",
            "a@clerk..example",
            "a@b@clerk.example",
            "a b@clerk.example",
            "a\n@clerk.example",
            "a\u{202e}@clerk.example",
            "\"a\"@clerk.example",
            "a@clerk.example, b@other.example",
            "a@cl\u{435}rk.example",
        ] {
            assert_eq!(address(bad), None, "{bad:?}");
        }
        assert_eq!(address(&format!("{}@clerk.example", "x".repeat(ADDRESS))), None);
    }

    #[test]
    fn names_cannot_turn_the_page_around() {
        assert_eq!(plain_name(" Desk\u{202e} analyst\n").as_deref(), Some("Desk analyst"));
        assert_eq!(plain_name("\u{200b} \t"), None);
        assert_eq!(plain_name(&"x".repeat(1000)).map(|name| name.len()), Some(NAME));
    }
}
