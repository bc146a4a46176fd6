//! The engine from outside: its laws, what its judges say, and that it stays in its memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has failed")]

mod common;
mod laws;
mod memory;
mod quick;
mod verdicts;
