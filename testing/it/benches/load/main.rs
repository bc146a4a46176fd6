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

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.expect("a runtime").block_on(run::run(&options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("the bench could not be run: {why}");
            ExitCode::from(2)
        }
    }
}
