//! The whole way under load: lines appended to files, four sensors, the desk, and a console that
//! shows the case; pages looked at meanwhile. Processes and pages are real.
//!
//! `cargo bench -p ward-it --bench load -- --minutes 30 --rate 20000`; see docs/benchmarks.md.
#![expect(
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a measurement that cannot go on says so and ends, and its numbers are small"
)]

mod consoles;
mod lines;
mod options;
mod people;
mod planted;
mod report;
mod run;
mod watcher;
mod writer;

use std::process::ExitCode;

use options::{HELP, Options};
use ward_it::bench;

fn main() -> ExitCode {
    bench::main(Options::read(std::env::args().skip(1)), HELP, run::run)
}
