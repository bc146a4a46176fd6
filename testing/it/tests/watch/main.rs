//! `ward watch` from outside: the built binary, real files, what it prints and how it ends.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod common;
mod days;
mod exits;
mod formats;
mod hostile;
mod html;
mod invariance;
mod outputs;
mod proof;
mod real;
mod recording;
mod schema;
mod trouble;
