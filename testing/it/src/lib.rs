//! End-to-end tests of the built binary live in `tests/`, the benches of the whole way in
//! `benches/load` and of an election night in `benches/night`. What they share is here: processes
//! of the binary, a desk, browsers, the people who use them.
#![expect(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "a test or a measurement that cannot go on says so and ends"
)]

pub mod bell;
pub mod bench;
pub mod browser;
pub mod figures;
pub mod house;
pub mod people;
mod process;
pub mod usage;

pub use process::{Running, binary};
