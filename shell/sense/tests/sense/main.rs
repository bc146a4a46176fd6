//! A sensor against a desk that is a real HTTP server and behaves as badly as a network can.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod beside;
mod desk;
mod exactly_once;
mod killed;
mod limits;
mod tls;
