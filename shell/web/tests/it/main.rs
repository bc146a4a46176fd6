//! The desk, asked over HTTP by a browser that keeps cookies.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[path = "../../src/ui/check.rs"]
mod check;

mod browser;
mod elsewhere;
mod forgery;
mod house;
mod invitations;
#[path = "../common/open.rs"]
mod open;
mod passkey;
mod passkeys;
mod people;
mod set_up;
mod sign_in;
mod step_up;
