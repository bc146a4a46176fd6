//! Passkeys (W3C Web Authentication, Level 3): enrolled, and shown as a second factor.
//!
//! A ceremony is a challenge that the browser answers. It is kept in memory between the page that
//! asks and the form that answers, for five minutes and once.

use std::collections::HashMap;
use std::sync::Mutex;

use data_encoding::BASE64URL_NOPAD;
use maud::{Markup, html};
use ward_kernel::time::MINUTE;
use ward_kernel::{Time, World};
use ward_store::factors;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder,
    WebauthnError,
};

use crate::desk::Desk;
use crate::keys::hashed;
use crate::lobby::held;
use crate::ui::{Form, assets};

/// The name by which a form sends the browser's answer.
pub(crate) const ANSWER: &str = "credential";

/// How long a challenge can be answered, in microseconds: what browsers give people.
const GOOD_FOR: i64 = 5 * MINUTE;

/// Challenges that can be open at a time; the oldest make room.
const OPEN: usize = 4096;

/// The challenges that are open.
pub(crate) struct Passkeys {
    engine: Webauthn,
    ceremonies: Mutex<HashMap<Asked, (Time, Ceremony)>>,
}

/// Who is asked, by the id of their session, and for what.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Asked {
    session: String,
    enrols: bool,
}

enum Ceremony {
    Enrol(Box<PasskeyRegistration>),
    Show(Box<PasskeyAuthentication>),
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wrong {
    /// The browser sent none: it runs no script, or its owner called it off.
    Missing,
    /// The challenge is none that is open: it was answered already, or too late.
    Late,
    /// The browser's page is not at the address that the desk knows itself by.
    Elsewhere,
    /// It is not the answer to the challenge, or of no passkey of this person.
    Refused,
}

impl Wrong {
    /// What to say and to do.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => {
                "The browser sent no passkey. Passkeys need a browser that runs scripts on this \
                 page; without one, use an authenticator app."
            }
            Self::Late => "It took longer than five minutes, or was sent twice: try again.",
            Self::Elsewhere => {
                "The browser is at another address than the one that the desk's passkeys belong \
                 to: open the desk by its main name."
            }
            Self::Refused => "This passkey was not accepted: try again, or use another.",
        }
    }
}

impl Passkeys {
    /// Passkeys for an origin; `None` where browsers allow none: at an address without a name.
    pub(crate) fn new(origin: &str, world: World) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let name = url.domain()?;
        // What the authenticator shows. The id is the host's, which a real desk can share; each
        // answer is to a challenge of one desk, and names its origin.
        let own = format!("{}Ward", world.prefix());
        let engine = WebauthnBuilder::new(name, &url).ok()?.rp_name(&own).build().ok()?;
        Some(Self { engine, ceremonies: Mutex::default() })
    }

    fn open(&self, asked: Asked, now: Time, ceremony: Ceremony) {
        let mut open = held(&self.ceremonies);
        open.retain(|_, (at, _)| now.since(*at) < GOOD_FOR);
        if open.len() >= OPEN {
            let oldest = open.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
            oldest.map(|key| open.remove(&key));
        }
        open.insert(asked, (now, ceremony));
    }

    fn close(&self, asked: &Asked, now: Time) -> Result<Ceremony, Wrong> {
        let found = held(&self.ceremonies).remove(asked);
        let good = found.filter(|(at, _)| now.since(*at) < GOOD_FOR);
        good.map(|(_, ceremony)| ceremony).ok_or(Wrong::Late)
    }
}

/// Whose passkey is enrolled.
pub(crate) struct Owner<'a> {
    /// The id of the session, or of whatever stands for it.
    pub(crate) session: &'a str,
    /// The person's id.
    pub(crate) id: &'a str,
    /// Their address.
    pub(crate) email: &'a str,
    /// Their name.
    pub(crate) name: &'a str,
}

/// Begins to enrol a passkey; the challenge, as JSON for the browser. `None` when none can be.
pub(crate) fn ask_to_enrol(
    desk: &Desk,
    owner: &Owner<'_>,
    before: &[factors::Passkey],
) -> Option<String> {
    let passkeys = desk.lobby().passkeys.as_ref()?;
    // What the authenticator keeps is no id of the desk's: it says nothing to whoever reads it.
    let tag = desk.keys.mac(&[b"passkey\0", owner.id.as_bytes()].concat());
    let handle = Uuid::from_bytes(*tag.first_chunk()?);
    let known = before.iter().filter_map(credential).map(|key| key.cred_id().clone()).collect();
    let begun =
        passkeys.engine.start_passkey_registration(handle, owner.email, owner.name, Some(known));
    let (challenge, state) = begun.inspect_err(log).ok()?;
    let asked = Asked { session: owner.session.to_owned(), enrols: true };
    passkeys.open(asked, desk.now(), Ceremony::Enrol(Box::new(state)));
    serde_json::to_string(&challenge.public_key).ok()
}

/// Finishes: the id and the credential to keep.
///
/// # Errors
/// [`Wrong`], with what to do.
pub(crate) fn enrolled(
    desk: &Desk,
    session: &str,
    answer: &str,
) -> Result<(String, String), Wrong> {
    let passkeys = desk.lobby().passkeys.as_ref().ok_or(Wrong::Elsewhere)?;
    let asked = Asked { session: session.to_owned(), enrols: true };
    let answer = parse(answer)?;
    let Ceremony::Enrol(state) = passkeys.close(&asked, desk.now())? else {
        return Err(Wrong::Late);
    };
    let key = passkeys.engine.finish_passkey_registration(&answer, &state).map_err(refused)?;
    let json = serde_json::to_string(&key).map_err(|_| Wrong::Refused)?;
    Ok((id_of(&key), json))
}

/// Asks for one of a person's passkeys; the challenge, as JSON for the browser. `None` when they
/// have none that could answer.
pub(crate) fn ask_to_show(desk: &Desk, session: &str, kept: &[factors::Passkey]) -> Option<String> {
    let passkeys = desk.lobby().passkeys.as_ref()?;
    let keys: Vec<Passkey> = kept.iter().filter_map(credential).collect();
    if keys.is_empty() {
        return None;
    }
    let begun = passkeys.engine.start_passkey_authentication(&keys);
    let (challenge, state) = begun.inspect_err(log).ok()?;
    let asked = Asked { session: session.to_owned(), enrols: false };
    passkeys.open(asked, desk.now(), Ceremony::Show(Box::new(state)));
    serde_json::to_string(&challenge.public_key).ok()
}

/// Checks the answer; the passkey that was shown, with its credential as it is now.
///
/// # Errors
/// [`Wrong`], with what to do.
pub(crate) fn shown(
    desk: &Desk,
    session: &str,
    answer: &str,
    kept: &[factors::Passkey],
) -> Result<factors::Passkey, Wrong> {
    let passkeys = desk.lobby().passkeys.as_ref().ok_or(Wrong::Elsewhere)?;
    let asked = Asked { session: session.to_owned(), enrols: false };
    let answer = parse(answer)?;
    let Ceremony::Show(state) = passkeys.close(&asked, desk.now())? else {
        return Err(Wrong::Late);
    };
    let result = passkeys.engine.finish_passkey_authentication(&answer, &state).map_err(refused)?;
    // What is kept now counts: a passkey that was removed since the challenge opens nothing.
    let keys = kept.iter().filter_map(|key| Some((key, credential(key)?)));
    for (key, mut credential) in keys {
        if credential.update_credential(&result).is_some() {
            let credential = serde_json::to_string(&credential).map_err(|_| Wrong::Refused)?;
            return Ok(factors::Passkey { credential, ..key.clone() });
        }
    }
    Err(Wrong::Refused)
}

/// A form whose answer the script asks the browser for. It holds a hidden field named [`ANSWER`];
/// sent without the script it says what is missing.
pub(crate) fn with_script(enrols: bool, challenge: &str, form: &Form) -> Markup {
    html! {
        div data-passkey=(if enrols { "create" } else { "get" }) data-challenge=(challenge) {
            (form)
            p role="status" data-passkey-news {}
            noscript {
                p { "Passkeys need a browser that runs scripts; in this one scripts are off." }
            }
        }
        script src=(assets::passkey_script()) defer {}
    }
}

fn credential(kept: &factors::Passkey) -> Option<Passkey> {
    let read = serde_json::from_str(&kept.credential);
    read.inspect_err(|_| tracing::error!(id = kept.id, "a kept passkey cannot be read")).ok()
}

/// The same credential has the same id whoever enrols it, so that the store takes it once.
fn id_of(key: &Passkey) -> String {
    let hash = hashed(key.cred_id().as_ref());
    BASE64URL_NOPAD.encode(hash.get(..15).unwrap_or_default())
}

fn parse<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, Wrong> {
    if answer.is_empty() {
        return Err(Wrong::Missing);
    }
    serde_json::from_str(answer).map_err(|_| Wrong::Refused)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn refused(err: WebauthnError) -> Wrong {
    log(&err);
    if matches!(err, WebauthnError::InvalidRPOrigin) { Wrong::Elsewhere } else { Wrong::Refused }
}

fn log(err: &WebauthnError) {
    tracing::info!(error = %err, "a passkey was not accepted");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_name_has_no_passkeys() {
        for origin in ["https://127.0.0.1:8443", "https://[::1]", "nonsense", ""] {
            assert!(Passkeys::new(origin, World::Real).is_none(), "{origin}");
        }
        for origin in ["https://desk.example", "http://localhost:8443"] {
            assert!(Passkeys::new(origin, World::Real).is_some(), "{origin}");
        }
    }

    #[test]
    fn a_challenge_is_answered_once_and_in_time_and_few_are_open() {
        let passkeys = Passkeys::new("https://desk.example", World::Exercise).unwrap();
        let user = Uuid::from_bytes([7; 16]);
        let begun = passkeys.engine.start_passkey_registration(user, "a@b.example", "A", None);
        let state = begun.unwrap().1;
        let enrol = || Ceremony::Enrol(Box::new(state.clone()));
        let asked = |n: usize| Asked { session: n.to_string(), enrols: true };
        let now = Time::from_secs(1_000);
        passkeys.open(asked(1), now, enrol());
        assert!(passkeys.close(&asked(2), now).is_err());
        assert!(passkeys.close(&asked(1), now).is_ok());
        assert!(passkeys.close(&asked(1), now).is_err(), "answered twice");
        passkeys.open(asked(1), now, enrol());
        assert!(passkeys.close(&asked(1), now.plus(GOOD_FOR)).is_err(), "answered late");
        for n in 0..OPEN + 10 {
            passkeys.open(asked(n), now.plus(i64::try_from(n).unwrap()), enrol());
        }
        assert_eq!(held(&passkeys.ceremonies).len(), OPEN);
        assert!(passkeys.close(&asked(0), now).is_err(), "the oldest made room");
    }
}
