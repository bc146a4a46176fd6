//! `ward serve` and `ward sense` from outside: real processes, real lines, real disks.

#![expect(clippy::expect_used, reason = "a test that cannot go on says so and ends")]

mod chaos;
mod disk;
mod house;
mod logs;
mod net;
