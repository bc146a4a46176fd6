//! `ward exercise`: a world of its own is made, ended and found.

mod begin;
mod end;
mod list;
pub(crate) mod place;

use std::io::{self, Write as _};

use crate::cli::{Exercise, ExerciseCommand};
use crate::exit::Exit;

/// Runs the command.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn run(options: &Exercise) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match &options.command {
        ExerciseCommand::Begin(asked) => runtime.block_on(begin::begin(asked))?,
        ExerciseCommand::End { place } => runtime.block_on(end::end(place))?,
        ExerciseCommand::List { folders } => runtime.block_on(list::list(folders))?,
    }
    Ok(Exit::Quiet)
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// A moment for people, in UTC.
fn day(at: ward_kernel::Time) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
