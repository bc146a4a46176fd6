//! Looking for indicators in every file of a range of days.
//!
//! Most of a history is never decoded. A row group is passed over when none of the keys lies between
//! its smallest and its greatest; then its bloom filter is asked; then the page index says in which
//! pages the rest would lie; those pages of the key column are decoded, and the other columns only
//! at rows that were found. Networks and the names under a domain are runs of the sorted keys.

mod answer;
mod group;
mod plan;
mod tally;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Instant;

pub use answer::{Answer, DayCount, Found, KeySeen, Place, Searched, Seen, Stopped};

use crate::file::PartFile;
use crate::{Error, Indicator, Reader};
use group::search_group;
use plan::Plan;
use tally::Tally;

/// What is looked for, where, and how much of an answer is wanted.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// What is looked for; the same one twice is answered once.
    pub indicators: &'a [Indicator],
    /// Days since 1970-01-01, UTC, both ends included.
    pub days: RangeInclusive<i32>,
    /// Only sensors of these jurisdictions count, and their existence is all that shows; none: all.
    pub jurisdictions: Option<&'a [String]>,
    /// How much of an answer is wanted.
    pub limits: Limits,
}

/// How much of an answer is wanted. Nothing that was seen goes unsaid: what is beyond a limit is
/// counted in sum.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Sensors that are listed for an indicator.
    pub places: usize,
    /// Addresses or names that are listed for a network or for the names under a domain.
    pub keys: usize,
    /// Whether the counts of each day are listed.
    pub daily: bool,
    /// When to stop. Days are searched from the newest, so that the newest are complete.
    pub until: Option<Instant>,
}

impl Default for Limits {
    /// 64 places, 100 keys, no days, no end.
    fn default() -> Self {
        Self { places: 64, keys: 100, daily: false, until: None }
    }
}

/// Whose sightings count.
pub(crate) struct Scope<'a>(Option<BTreeSet<&'a str>>);

impl Scope<'_> {
    pub(crate) fn holds(&self, jurisdiction: &str) -> bool {
        self.0.as_ref().is_none_or(|those| those.contains(jurisdiction))
    }
}

impl Reader {
    /// Looks for indicators. Memory grows with what is found and its limits, not with the history.
    ///
    /// # Errors
    /// If there is no history. A file that cannot be read is a problem in the answer.
    pub fn hunt(&self, query: &Query<'_>) -> Result<Answer, Error> {
        let manifest = self.manifest()?;
        let plan = Plan::new(query.indicators);
        let scope =
            Scope(query.jurisdictions.map(|those| those.iter().map(String::as_str).collect()));
        let mut tally = Tally::new(query.limits);
        // A range that is empty is no reason to panic, as `BTreeMap::range` would.
        let days = manifest.days.keys().rev().filter(|day| query.days.contains(day));
        'days: for day in days {
            let open = self.open_day(*day, &manifest)?;
            open.problems.into_iter().for_each(|problem| tally.problem(problem));
            for (name, file) in &open.files {
                if query.limits.until.is_some_and(|until| Instant::now() >= until) {
                    tally.stop(*day);
                    break 'days;
                }
                search_file(*day, name, file, &plan, &scope, &mut tally);
            }
        }
        Ok(tally.answer(plan.indicators()))
    }
}

fn search_file(
    day: i32,
    name: &str,
    file: &PartFile,
    plan: &Plan,
    scope: &Scope<'_>,
    tally: &mut Tally,
) {
    for group in 0..file.groups.len() {
        if let Err(why) = search_group(day, file, group, plan, scope, tally) {
            tally.problem(crate::Problem { file: name.to_owned(), why: why.to_string() });
            return;
        }
    }
    let sources = file.sources.iter().filter(|source| scope.holds(&source.jurisdiction));
    sources.for_each(|source| tally.searched(day, source));
}
