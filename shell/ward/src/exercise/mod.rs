//! `ward exercise`: a world of its own is made, ended and found.

mod begin;
mod end;
mod list;
pub(crate) mod place;

use std::io::{self, Write as _};

use jiff::tz::TimeZone;
use ward_kernel::Time;
use ward_store::{Error, Link, meta};

use crate::cli::{Exercise, ExerciseCommand};
use crate::exit::Exit;
use crate::page::when::Clock;

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
fn shown(at: Time) -> String {
    Clock::new(TimeZone::UTC).full(at)
}

/// When an exercise was begun or ended, by the key of it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn moment(link: Link<'_>, key: &str) -> Result<Option<Time>, Error> {
    let kept = meta::get(link, key).await?;
    Ok(kept.and_then(|at| at.parse().ok()).map(Time::from_micros))
}
