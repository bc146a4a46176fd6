//! The seam to sign-in by an office's own identity provider. The web room makes no calls to the
//! outside: whoever wires the desk gives it something that does.

use std::fmt;

use futures_util::future::BoxFuture;
use ward_kernel::Time;

/// One identity provider, as the pages see it.
pub trait ElsewhereSignIn: Send + Sync {
    /// What the button says after "Sign in with".
    fn label(&self) -> &str;

    /// The provider's issuer, as bindings name it.
    fn issuer(&self) -> &str;

    /// Begins a sign-in. `redirect_uri` is the desk's own address that the provider leads back to;
    /// `random` is fresh for each sign-in. With `max_age` (in seconds) the provider must have seen
    /// the person within that time: a step-up.
    fn begin<'a>(
        &'a self,
        redirect_uri: &'a str,
        random: &'a [u8; 96],
        max_age: Option<u32>,
        now: Time,
    ) -> BoxFuture<'a, Result<Begun, NotSignedIn>>;

    /// Finishes a sign-in with what was kept and what the browser brought back. What was kept is
    /// good for one attempt: forget it, whatever comes of it.
    fn finish<'a>(
        &'a self,
        kept: &'a [u8],
        answer: Answer,
        now: Time,
    ) -> BoxFuture<'a, Result<Somebody, NotSignedIn>>;
}

/// A sign-in that has begun.
pub struct Begun {
    /// Where the browser goes: an address of the provider.
    pub url: String,
    /// What stays on the desk's side, a few hundred bytes. It is secret: in memory or sealed, and
    /// tied to the browser that began.
    pub kept: Vec<u8>,
}

/// What the browser brings back in the query (RFC 6749, 4.1.2; RFC 9207). None of it is to be
/// logged or shown.
#[derive(Clone, Default)]
pub struct Answer {
    /// `code`.
    pub code: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `iss`.
    pub iss: Option<String>,
    /// `error`.
    pub error: Option<String>,
}

/// Who signed in at the provider. What that person may do here, if anything, the desk's own list
/// of people says.
pub struct Somebody {
    /// The provider's issuer. With `subject` it is the person's name for good; the address may pass
    /// to somebody else.
    pub issuer: String,
    /// The person at that provider, 1 to 255 ASCII characters.
    pub subject: String,
    /// The e-mail address, as sure as the settings ask for; its domain in small letters.
    pub email: String,
    /// The name to show.
    pub name: Option<String>,
    /// Whether the provider saw two factors and the settings believe it. If not, the desk asks for
    /// its own.
    pub mfa: bool,
    /// When the person signed in at the provider, where it says so.
    pub auth_time: Option<Time>,
}

/// Why nobody is signed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotSignedIn {
    /// What sort of reason it is.
    pub why: Why,
    /// It in a sentence or two for whoever signs in, without secrets and personal data.
    pub sentence: String,
}

/// What sort of reason it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// Whoever signs in changed their mind, or the provider did not let them.
    Declined,
    /// The identity is true, and still not one that may come in.
    NotAllowed,
    /// An administrator has to act.
    Settings,
    /// The answer belongs to no sign-in that is under way.
    Stale,
    /// The provider cannot be reached.
    Unreachable,
    /// What came back does not hold. It may be an attack.
    Untrusted,
}

impl fmt::Display for NotSignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for NotSignedIn {}
