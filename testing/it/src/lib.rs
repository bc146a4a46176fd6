//! End-to-end tests of the built binary live in `tests/`, the bench of the whole way in
//! `benches/load`. What both need of processes is here.

mod process;

pub use process::{Running, binary};
