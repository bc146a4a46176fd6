//! The contract of the store: each law is tried on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on ends"
)]
#![expect(
    clippy::cognitive_complexity,
    reason = "each await and each assertion counts as a branch"
)]

mod audits;
mod batches;
mod casebook;
mod desk;
mod dialect;
mod doors;
mod elsewhere;
mod inboxes;
mod keeping;
mod killed;
mod logs;
mod machines;
mod moving;
mod persons;
mod retaining;
mod samples;
