//! The desk, asked over HTTP by a browser that keeps cookies.

mod browser;
mod forgery;
mod house;
mod invitations;
mod looks;
mod passkey;
mod passkeys;
mod people;
mod set_up;
mod sign_in;
mod step_up;
