//! Sign-in by an office's own identity provider: a relying party of OpenID Connect Core 1.0, with
//! the authorization code flow and PKCE (RFC 7636).
//!
//! The order of things: [`Provider::new`] reads the settings and asks nobody.
//! [`Provider::keep_fresh`] runs in the background and learns what the provider publishes, however
//! often it fails; the desk starts without it. [`Provider::begin`] makes the address that the
//! browser is sent to, with a [`Kept`] that stays on the desk's side. [`Provider::finish`] takes
//! both back, asks the provider who it was, and answers with an [`Identity`] or says why not.
//!
//! Time and randomness are arguments. Nothing here decides what a person may do: an identity is
//! who somebody is, and the desk's own list of people says the rest.

mod claims;
mod discovery;
mod exchange;
mod factor;
mod flow;
mod http;
mod identity;
mod jose;
mod memory;
mod provider;
mod reach;
mod refused;
mod settings;

#[cfg(test)]
mod tests;

pub use flow::{Answer, Begin, Kept, RANDOM};
pub use identity::Identity;
pub use provider::Provider;
pub use refused::{Kind, Refused};
pub use settings::{Email, SecondFactor, Settings};
