//! Successes that an honest owner does not explain.
//!
//! The hard part is the address that an attacker shares with honest people. What tells them apart
//! is the account's own history at that address: who signed in here before the guessing began, by
//! which kind of key, after how many failures of just that account.

use std::collections::BTreeSet;

use ward_kernel::{Addr, hash};

use super::draft::{Court, number};
use super::story::{Homes, Story, total};
use crate::state::logins::{Form, Mark};

/// Failures in a row before a success that an honest owner practically never has: with nine of
/// ten tries right, five misses in a row come once in 100,000.
pub(super) const RUN: u64 = 5;
/// The same when the run is spread over more than a day.
const LONG_RUN: u64 = 10;
/// A run of a day.
const DAY: u32 = 86_400;
/// A run that no forgetful owner makes, even at the address that she always uses.
const OWNERS_RUN: u64 = 20;
/// Sign-ins that make an address an account's own whatever its runs are: a job on a clock whose
/// password expired fails for hours.
const OWNERS_WINS: usize = 3;
/// Failures just before a success that are the owner's own slips, not part of an attack.
const SLIP_SECS: u32 = 180;
/// Accounts of others that a source tries when it sprays.
pub(super) const SPRAY_ACCOUNTS: usize = 8;
/// Seconds before and after a success in which a spray must be going on to own it.
const TRAIN_SECS: u32 = 600;
/// Failures of one web form without account names that make a run, and their share of all tries.
const NAMELESS_RUN: u64 = 20;

/// A success that no honest owner explains.
#[derive(Clone, Debug)]
pub(super) struct Theft<'a> {
    /// The success.
    pub win: &'a Mark,
    /// Why.
    pub why: String,
}

/// What a source's successes are.
#[derive(Debug, Default)]
pub(super) struct Thefts<'a> {
    /// Successes that no honest owner explains.
    pub stolen: Vec<Theft<'a>>,
    /// Accounts whose owner perhaps forgot a password: a long run at her own address.
    pub perhaps: BTreeSet<u64>,
}

/// Judges the runs of failures that end with a success.
#[must_use]
pub(super) fn runs<'a>(court: &Court<'_>, story: &'a Story) -> Thefts<'a> {
    let tried: BTreeSet<u64> = story.failures.iter().map(|f| f.account).collect();
    let mut thefts = Thefts::default();
    for win in story.wins.iter().filter(|win| win.form != Form::Key) {
        let run = story.run_before(win.account, win.at, win.at.saturating_sub(DAY));
        let before = story.wins_before(win.account, win.at);
        let long = if before == 0 { story.run_before(win.account, win.at, 0) } else { run };
        if win.account == nobody() {
            let share = total(&story.wins) * 9 <= story.efforts;
            if run >= NAMELESS_RUN && share {
                let why = format!("{} refused sign-ins in a row and then a success", number(run));
                thefts.stolen.push(Theft { win, why });
            }
        } else if run >= RUN || long >= LONG_RUN {
            let others = tried.iter().filter(|account| **account != win.account).count();
            let owner = (before >= 1 && run < OWNERS_RUN) || before >= OWNERS_WINS;
            if owner && others <= 1 {
                thefts.perhaps.insert(win.account);
            } else {
                let name = court.account(win.account);
                let run = number(run.max(long));
                let why = format!("{run} failures on {name} and then a success");
                thefts.stolen.push(Theft { win, why });
            }
        }
    }
    thefts
}

/// The account of sign-ins that name none.
pub(super) fn nobody() -> u64 {
    hash::bytes(b"")
}

/// Successes of a source that is guessing at others' accounts: on accounts that it had guessed
/// at and, when it sprays, that sign in elsewhere or fell at the first try. (Guesses at a few fixed
/// names say nothing of a clerk who signs in behind the same address.) `failures` are those
/// that no account of the source's own explains, in order of time.
#[must_use]
pub(super) fn among_guesses<'a>(
    court: &Court<'_>,
    homes: &Homes,
    addr: Addr,
    story: &'a Story,
    failures: &[&Mark],
    known: &BTreeSet<u64>,
) -> Vec<Theft<'a>> {
    let Some(began) = failures.first().map(|mark| mark.at) else { return Vec::new() };
    let accounts: BTreeSet<u64> = failures.iter().map(|mark| mark.account).collect();
    let spray = accounts.len() >= SPRAY_ACCOUNTS && failures.len() < 3 * accounts.len();
    let mut met = BTreeSet::new();
    let mut found = Vec::new();
    for win in story.wins.iter().filter(|win| win.account != nobody()) {
        let first_here = met.insert(win.account);
        let late = win.at >= began && win.form != Form::Key;
        if !first_here || known.contains(&win.account) || !late {
            continue;
        }
        let guessed = story.failures.iter().any(|f| {
            f.account == win.account
                && f.form == Form::Verdict
                && f.at < win.at.saturating_sub(SLIP_SECS)
        });
        let away = homes
            .get(&win.account)
            .map_or(0, |from| from.iter().filter(|home| **home != addr).count());
        let name = court.account(win.account);
        let why = if guessed {
            format!("{name}, guessed at before, signed in from here")
        } else if spray && away > 0 {
            format!("{name} signs in elsewhere, and here only after the guessing began")
        } else if spray && in_train(story, failures, win) {
            format!("{name} signed in amid the spray and never before from here")
        } else if story.sampled && court.failures_of(win.account) >= RUN {
            format!("{name} has failures, and first signed in from here amid the guessing")
        } else {
            continue;
        };
        found.push(Theft { win, why });
    }
    found
}

/// Whether a spray was going on just before and just after a success, and the account hardly came
/// back: an owner works on, a guess that hit is written down.
fn in_train(story: &Story, failures: &[&Mark], win: &Mark) -> bool {
    let near = |at: u32| at.abs_diff(win.at) <= TRAIN_SECS;
    let before = failures.iter().any(|f| f.at <= win.at && near(f.at));
    let after = failures.iter().any(|f| f.at > win.at && near(f.at));
    let wins = story.wins.iter().filter(|other| other.account == win.account).count();
    before && after && wins <= 2
}
