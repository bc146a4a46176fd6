//! What one source did to sign in, in order of time.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::Addr;

use super::docket::Docket;
use crate::state::logins::{Form, Logins, Mark, SERVICES};

/// Which of the two worlds of sign-in a service belongs to: machines, or web forms.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum World {
    /// Shells, desktops, mail, VPN.
    Machines,
    /// Web forms and HTTP authentication.
    Web,
}

impl World {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Machines, Self::Web];

    /// The world that a mark belongs to.
    #[must_use]
    pub(super) fn of(mark: &Mark) -> Self {
        match SERVICES.get(usize::from(mark.service)) {
            Some(&"web") => Self::Web,
            _ => Self::Machines,
        }
    }
}

/// What one source did in one world, in order of time.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// Failures.
    pub failures: Vec<Mark>,
    /// Successes.
    pub wins: Vec<Mark>,
    /// Efforts that failed, kept or not.
    pub efforts: u64,
    /// Whether the failures are a sample.
    pub sampled: bool,
}

impl Story {
    /// A source's story in one world.
    #[must_use]
    pub(super) fn of(logins: &Logins, world: World) -> Self {
        let only = |marks: Vec<Mark>| -> Vec<Mark> {
            marks.into_iter().filter(|mark| World::of(mark) == world).collect()
        };
        let all = logins.failures();
        let whole = all.len();
        let failures = only(all);
        let kept = total(&failures);
        let efforts = if failures.len() == whole { logins.efforts().max(kept) } else { kept };
        Self { wins: only(logins.wins()), efforts, sampled: logins.sampled, failures }
    }

    /// Whether the source had signed in to the account before a moment, and how often.
    pub(super) fn wins_before(&self, account: u64, at: u32) -> usize {
        self.wins.iter().filter(|win| win.account == account && win.at < at).count()
    }

    /// Failures of an account in the run that leads to the moment `at`: since its last success,
    /// not before `since`. Only what the service itself refused counts; a connection that ended
    /// without a word may have offered a key or nothing at all.
    pub(super) fn run_before(&self, account: u64, at: u32, since: u32) -> u64 {
        let wins = self.wins.iter().filter(|win| win.account == account && win.at < at);
        let since = wins.map(|win| win.at).max().unwrap_or(0).max(since);
        self.failures
            .iter()
            .filter(|f| f.account == account && f.form == Form::Verdict)
            .filter(|f| f.at >= since && f.at <= at)
            .map(|f| u64::from(f.count))
            .sum()
    }
}

/// How many efforts marks stand for.
#[must_use]
pub(super) fn total(marks: &[Mark]) -> u64 {
    marks.iter().map(|mark| u64::from(mark.count)).sum()
}

/// Accounts that have signed in, by the sources they did it from.
pub(super) type Homes = BTreeMap<u64, BTreeSet<Addr>>;

/// Adds from where each account has signed in, by the sources of a docket.
pub(super) fn add_homes(homes: &mut Homes, docket: &Docket<'_>) {
    for (addr, logins) in &docket.logins {
        for win in logins.successes_kept() {
            homes.entry(win.account).or_default().insert(*addr);
        }
    }
}
