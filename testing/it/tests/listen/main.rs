//! What the desk receives itself, from outside: a real `ward serve`, real sockets.

#![expect(clippy::expect_used, reason = "a test that cannot go on says so and ends")]

mod arrives;
mod desk;
mod flood;
mod flows;
mod kills;
mod refused;
mod tls;
