//! Guessing that no single source shows: a test over all sources together.
//!
//! After Javed and Paxson, "Detecting Stealthy, Distributed SSH Brute-Forcing" (ACM CCS 2013):
//! count the failures in each block of consecutive sign-ins by sources that nothing else
//! explains, and raise a one-sided cumulative sum over the blocks. Whom it names is then decided
//! by what the sources share: accounts that many of them try and none of them owns.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung, Time};

use super::draft::{Draft, Family, count, number};
use super::story::{Story, World};
use crate::state::logins::{Mark, SERVICES};

/// Consecutive sign-ins in a block when there are many; fewer than ten blocks of it take smaller ones.
const BLOCK: usize = 100;
const SMALL_BLOCK: usize = 20;
/// Share of failures in honest traffic, and the slack above it that is forgiven.
const HONEST_SHARE: f64 = 0.25;
const SLACK: f64 = 0.10;
/// The sum, in blocks, at which the alarm is raised.
const ALARM: f64 = 0.5;
/// Sources that fail on one account and own nothing, at least.
const SOURCES: usize = 8;

/// Sources of one world that failed and never succeeded, and sources that look honest.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// Failed and never succeeded.
    pub unexplained: BTreeMap<Addr, Story>,
    /// Look honest.
    pub honest: Vec<Story>,
}

/// Finds one distributed effort in a pool.
#[must_use]
pub(super) fn judge(world: World, pool: &Pool) -> Option<Draft> {
    let alarm = alarm(pool)?;
    let accounts = shared_accounts(pool);
    let members: Vec<(&Addr, &Story)> = pool
        .unexplained
        .iter()
        .filter(|(_, story)| story.failures.iter().any(|f| accounts.contains_key(&f.account)))
        .collect();
    if members.len() < SOURCES {
        return None;
    }
    let kind = match world {
        World::Web => "web.stuffing",
        World::Machines => "login.distributed",
    };
    let mut draft = Draft::new(Family::Login, Rung::Attempt, kind);
    for (addr, story) in &members {
        add(&mut draft, **addr, story);
    }
    draft.evidence.sort_unstable();
    draft.evidence.truncate(4);
    draft.accounts.extend(accounts.keys());
    let sources = count(members.len() as u64, "source");
    let shared = count(accounts.len() as u64, "account");
    draft.title = match world {
        World::Web => format!("refused sign-ins at web forms, spread over {sources}"),
        World::Machines => format!("guesses at {shared}, spread over {sources}"),
    };
    draft.because(format!(
        "each source failed {:.1} times on average and none ever succeeded; alone none of them \
         would be noticed",
        mean_failures(&members),
    ));
    if world == World::Machines {
        draft.because(format!("they share {shared}, each tried by {SOURCES} sources or more"));
    }
    draft.because(format!(
        "the failures among all sign-ins that nothing else explains rose above what honest people \
         leave at {alarm} (cumulative sum over blocks of sign-ins)",
    ));
    Some(draft)
}

fn add(draft: &mut Draft, addr: Addr, story: &Story) {
    draft.sources.insert(addr);
    draft.records += story.efforts;
    for mark in &story.failures {
        draft.spans(mark.at, mark.at);
        let service = SERVICES.get(usize::from(mark.service)).copied().unwrap_or("other");
        draft.aims(format!("{service} sign-in"), u64::from(mark.count));
    }
    draft
        .evidence
        .extend(story.failures.first().map(|f| (f.at, f.place, "one source's first failure")));
}

#[expect(clippy::cast_precision_loss, reason = "an average for a sentence")]
fn mean_failures(members: &[(&Addr, &Story)]) -> f64 {
    let all: u64 = members.iter().map(|(_, story)| story.efforts).sum();
    all as f64 / members.len().max(1) as f64
}

/// Accounts on which many sources failed that own nothing.
fn shared_accounts(pool: &Pool) -> BTreeMap<u64, usize> {
    let mut tried: BTreeMap<u64, usize> = BTreeMap::new();
    for story in pool.unexplained.values() {
        let accounts: BTreeSet<u64> = story.failures.iter().map(|f| f.account).collect();
        for account in accounts {
            *tried.entry(account).or_insert(0) += 1;
        }
    }
    tried.retain(|_, sources| *sources >= SOURCES);
    tried
}

/// When the cumulative sum over blocks of unexplained and honest sign-ins raised the alarm.
fn alarm(pool: &Pool) -> Option<Time> {
    let honest = pool.honest.iter();
    let mut efforts: Vec<(u32, bool, u64)> = Vec::new();
    for story in pool.unexplained.values().chain(honest) {
        let all = |marks: &[Mark], failed| -> Vec<(u32, bool, u64)> {
            marks
                .iter()
                .flat_map(|m| {
                    std::iter::repeat_n((m.at, failed, m.account), m.count.min(8) as usize)
                })
                .collect()
        };
        efforts.extend(all(&story.failures, true));
        efforts.extend(all(&story.wins, false));
    }
    efforts.sort_unstable();
    let block = if efforts.len() >= 10 * BLOCK { BLOCK } else { SMALL_BLOCK };
    let mut sum = 0.0_f64;
    for efforts in efforts.chunks(block) {
        let failed = efforts.iter().filter(|(_, failed, _)| *failed).count();
        #[expect(clippy::cast_precision_loss, reason = "at most one block")]
        let share = failed as f64 / block as f64;
        sum = (sum + share - HONEST_SHARE - SLACK).max(0.0);
        if sum > ALARM {
            return efforts.last().map(|(at, ..)| Time::from_secs(i64::from(*at)));
        }
    }
    None
}

/// A remark for the page when many unexplained failures share nothing.
#[must_use]
pub(super) fn remark(pool: &Pool) -> Option<String> {
    let failed: u64 = pool.unexplained.values().map(|story| story.efforts).sum();
    (failed >= 100 && alarm(pool).is_some()).then(|| {
        format!(
            "{} failed sign-ins by {} that share no account and are too few each to judge",
            number(failed),
            count(pool.unexplained.len() as u64, "source"),
        )
    })
}
