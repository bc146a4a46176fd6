//! Whole captures in, events out.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests read their recordings, and fail by panicking"
)]

mod craft;
mod crafted;
mod laws;
mod recordings;
mod support;
