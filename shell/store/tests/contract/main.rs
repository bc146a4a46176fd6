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

mod after;
mod audits;
mod batches;
mod casebook;
mod desk;
mod dialect;
mod doors;
mod elsewhere;
mod filing;
mod folded;
mod hours;
mod inboxes;
mod keeping;
mod killed;
mod logs;
mod looking;
mod machines;
mod moving;
mod notices;
mod persons;
mod retaining;
mod samples;
mod worlds;
