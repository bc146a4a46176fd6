//! An election night: twelve hours of a script in twelve minutes, in 116 jurisdictions, with what
//! 300 people put down, attacks, a crowd and a flood, sensors that fall silent, and 400 consoles
//! that are open. Processes, pages, lines and forms are real.
//!
//! `cargo bench -p ward-it --bench night -- --minutes 12`; see docs/benchmarks.md.
#![expect(
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a measurement that cannot go on says so and ends, and its numbers are small"
)]

mod acts;
mod cast;
mod consoles;
mod links;
mod marks;
mod options;
mod report;
mod run;
mod script;
mod seats;
mod strolls;
mod traffic;
mod truth;

use std::process::ExitCode;

use options::{HELP, Options};
use ward_it::bench;

fn main() -> ExitCode {
    bench::main(Options::read(std::env::args().skip(1)), HELP, run::run)
}
