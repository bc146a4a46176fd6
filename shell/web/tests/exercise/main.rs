//! Two desks in one process, the real one and an exercise: neither takes what the other made, and
//! nothing that an exercise says can be mistaken.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod bodies;
mod client;
mod doors;
#[expect(dead_code, reason = "the desk of the other tests can be filled with more")]
#[path = "../api/filled.rs"]
mod filled;
mod marks;
#[path = "../common/office.rs"]
mod office;
#[path = "../common/open.rs"]
mod open;
mod over;
mod planted;
mod walk;
mod worlds;
