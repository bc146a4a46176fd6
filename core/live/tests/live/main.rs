//! Live judgement from outside: what comes block by block ends where one reading of it all ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has failed")]

mod book;
mod common;
mod recording;
mod streams;
