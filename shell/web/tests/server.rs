//! The server against clients that mean it well, badly, or not at all: all over real sockets.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "server/answers.rs"]
mod answers;
#[path = "server/assets.rs"]
mod assets;
#[path = "server/ends.rs"]
mod ends;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/smuggling.rs"]
mod smuggling;
#[path = "server/support.rs"]
mod support;
#[path = "server/tls.rs"]
mod tls;
