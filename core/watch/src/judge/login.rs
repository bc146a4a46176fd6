//! Efforts to sign in, source by source: guessing, slow guessing, spraying, and the guess that
//! succeeded.

use std::collections::BTreeSet;

use ward_kernel::{Addr, Rung};

use super::draft::{Court, Draft, Family, count, duration, number};
use super::story::{Homes, Story, World, total};
use super::theft::{self, SPRAY_ACCOUNTS, Theft};
use crate::state::logins::{Logins, Mark, SERVICES};

/// The window of fast guessing.
const FAST_SECS: u32 = 600;
/// Median seconds between failures from which guessing is slow.
const SLOW_GAP: u32 = 45;
/// Failures that make guessing when the account is nobody's or several are tried.
const GUESSES: u64 = 5;
/// Failures that make guessing at one existing account: its owner may have forgotten a password.
const GUESSES_ONE: u64 = 8;
/// Failures of a web form that make stuffing.
const STUFFING: u64 = 10;

/// What the judge of one source found.
#[derive(Debug)]
pub(super) enum Verdict {
    /// A case.
    Case(Box<Draft>),
    /// Failures and no success, too few to judge alone: for the aggregate test.
    Unexplained(Story),
    /// Honest, as far as the records tell.
    Honest(Story),
}

/// Judges one source in one world. `scanner` says that the source is known to scan.
#[must_use]
pub(super) fn judge(
    court: &Court<'_>,
    homes: &Homes,
    addr: Addr,
    logins: &Logins,
    world: World,
    scanner: bool,
) -> Option<Verdict> {
    let story = Story::of(logins, world);
    if story.failures.is_empty() && story.wins.is_empty() {
        return None;
    }
    let attack = Attack::of(court, homes, addr, &story, scanner);
    if !attack.stolen.is_empty() {
        return Some(Verdict::Case(Box::new(access(court, addr, &attack))));
    }
    if let Some((kind, why)) = attack.kind(court, world) {
        return Some(Verdict::Case(Box::new(attempt(court, addr, &attack, kind, why))));
    }
    let unexplained = attack.efforts > 0 && story.wins.is_empty();
    Some(if unexplained { Verdict::Unexplained(story) } else { Verdict::Honest(story) })
}

/// The part of a story that no honest owner explains.
struct Attack<'a> {
    /// Failures on accounts that are not the source's own, and long runs on its own.
    failures: Vec<&'a Mark>,
    /// How many efforts they are.
    efforts: u64,
    /// Accounts in them.
    accounts: BTreeSet<u64>,
    /// Successes that an honest owner does not explain.
    stolen: Vec<Theft<'a>>,
    /// Accounts whose owner perhaps forgot a password.
    perhaps: BTreeSet<u64>,
    /// Whether the failures are a sample.
    sampled: bool,
    /// Honest sign-ins from the same address.
    honest: usize,
    scanner: bool,
    homes: &'a Homes,
}

impl<'a> Attack<'a> {
    fn of(
        court: &Court<'_>,
        homes: &'a Homes,
        addr: Addr,
        story: &'a Story,
        scanner: bool,
    ) -> Self {
        let theft::Thefts { mut stolen, perhaps } = theft::runs(court, story);
        let mut lost: BTreeSet<u64> = stolen.iter().map(|theft| theft.win.account).collect();
        let mut failures = foreign(story, &lost, &perhaps);
        let accounts: BTreeSet<u64> = failures.iter().map(|mark| mark.account).collect();
        if accounts.len() >= 5 || failures.iter().map(|f| u64::from(f.count)).sum::<u64>() >= 10 {
            let more = theft::among_guesses(court, homes, addr, story, &failures, &lost);
            lost.extend(more.iter().map(|theft| theft.win.account));
            stolen.extend(more);
            failures = foreign(story, &lost, &perhaps);
        }
        let kept = total(&story.failures);
        let mine: u64 = failures.iter().map(|mark| u64::from(mark.count)).sum();
        Self {
            efforts: story.efforts * mine / kept.max(1),
            accounts: failures.iter().map(|mark| mark.account).collect(),
            honest: story.wins.iter().filter(|win| !lost.contains(&win.account)).count(),
            failures,
            stolen,
            perhaps,
            sampled: story.sampled,
            scanner,
            homes,
        }
    }

    /// The kind of an attempt, with the reason, if it is one.
    fn kind(&self, court: &Court<'_>, world: World) -> Option<(&'static str, String)> {
        if world == World::Web {
            return self.web_kind();
        }
        let (many, gap) = (self.accounts.len(), self.median_gap());
        let missing = self.missing(court);
        if many >= SPRAY_ACCOUNTS && self.efforts < 3 * many as u64 {
            let why = format!("{} tried, few times each", count(many as u64, "account"));
            return Some(("login.spray", why));
        }
        let existing = many == 1 && self.accounts.iter().all(|one| self.homes.contains_key(one));
        let enough = if existing { GUESSES_ONE } else { GUESSES };
        let enough = if self.scanner || missing >= 2 { 2 } else { enough };
        if self.efforts >= enough && (self.peak() >= enough || self.efforts >= GUESSES_ONE) {
            let why = format!(
                "{} failed, at most {} of them in ten minutes",
                count(self.efforts, "sign-in"),
                number(self.peak()),
            );
            let slow = gap >= SLOW_GAP && self.failures.len() >= 4;
            return Some((if slow { "login.slow" } else { "login.guess" }, why));
        }
        None
    }

    fn web_kind(&self) -> Option<(&'static str, String)> {
        let enough = if self.scanner { 3 } else { STUFFING };
        (self.efforts >= enough).then(|| {
            let why = format!("{} refused by the form", count(self.efforts, "sign-in"));
            ("web.stuffing", why)
        })
    }

    /// Accounts tried that do not exist: by the office's list, or by the machine's word.
    fn missing(&self, court: &Court<'_>) -> usize {
        let listed = &court.config.accounts;
        let absent = |account: &&u64| {
            if listed.is_empty() {
                let said = court.tables.accounts.get(*account).is_some_and(|a| a.missing);
                said && !self.homes.contains_key(*account)
            } else {
                !court.config.lists_account(**account)
            }
        };
        let missing = self.accounts.iter().filter(absent).count();
        // Without a list one slip of the pen looks the same: three names are no slip.
        if listed.is_empty() && missing < 3 { 0 } else { missing }
    }

    /// Most failures in any ten minutes, scaled when the marks are a sample.
    fn peak(&self) -> u64 {
        let (mut start, mut held, mut peak) = (0, 0_u64, 0_u64);
        for mark in &self.failures {
            held += u64::from(mark.count);
            while let Some(oldest) = self.failures.get(start) {
                if mark.at - oldest.at <= FAST_SECS {
                    break;
                }
                held -= u64::from(oldest.count);
                start += 1;
            }
            peak = peak.max(held);
        }
        let kept: u64 = self.failures.iter().map(|mark| u64::from(mark.count)).sum();
        peak * self.efforts / kept.max(1)
    }

    fn median_gap(&self) -> u32 {
        let mut gaps: Vec<u32> =
            self.failures.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        gaps.sort_unstable();
        let median = u64::from(gaps.get(gaps.len() / 2).copied().unwrap_or(0));
        let kept = self.failures.len() as u64;
        u32::try_from(median * kept / self.efforts.max(kept).max(1)).unwrap_or(0)
    }
}

/// Failures that no account of the source's own explains: accounts that never signed in from here
/// or were taken from here, and the runs of accounts whose owner perhaps forgot a password.
fn foreign<'a>(story: &'a Story, lost: &BTreeSet<u64>, perhaps: &BTreeSet<u64>) -> Vec<&'a Mark> {
    let own: BTreeSet<u64> = story
        .wins
        .iter()
        .map(|win| win.account)
        .filter(|account| !lost.contains(account) && !perhaps.contains(account))
        .collect();
    story
        .failures
        .iter()
        .filter(|f| !own.contains(&f.account) || story.run_before(f.account, f.at, 0) >= 10)
        .collect()
}

fn start(addr: Addr, attack: &Attack<'_>, rung: Rung, kind: &'static str) -> Draft {
    let mut draft = Draft::new(Family::Login, rung, kind);
    draft.sources.insert(addr);
    draft.records = attack.efforts + attack.stolen.len() as u64;
    draft.accounts.extend(&attack.accounts);
    for mark in &attack.failures {
        draft.spans(mark.at, mark.at);
        let service = SERVICES.get(usize::from(mark.service)).copied().unwrap_or("other");
        draft.aims(format!("{service} sign-in"), u64::from(mark.count));
    }
    let ends =
        [(attack.failures.first(), "first failure"), (attack.failures.last(), "last failure")];
    for (mark, shows) in ends {
        draft.evidence.extend(mark.map(|mark| (mark.at, mark.place, shows)));
    }
    if attack.honest > 0 {
        draft.because(format!(
            "{} of other accounts from the same address look honest and are left out",
            count(attack.honest as u64, "sign-in"),
        ));
    }
    draft
}

fn access(court: &Court<'_>, addr: Addr, attack: &Attack<'_>) -> Draft {
    let mut draft = start(addr, attack, Rung::Access, "login.guess_then_success");
    let names: BTreeSet<String> =
        attack.stolen.iter().map(|theft| court.account(theft.win.account)).collect();
    let names: Vec<String> = names.into_iter().take(5).collect();
    draft.title = format!("guessed its way in as {}", names.join(", "));
    let mut reasons = Vec::new();
    for Theft { win, why } in attack.stolen.iter().take(10) {
        draft.spans(win.at, win.at);
        draft.accounts.insert(win.account);
        draft.evidence.push((win.at, win.place, "success"));
        reasons.push(why.clone());
    }
    reasons.dedup();
    reasons.push(format!(
        "{} from this address, on {}",
        count(attack.efforts, "failure"),
        count(attack.accounts.len() as u64, "account"),
    ));
    draft.because.splice(0..0, reasons);
    draft
}

fn attempt(
    court: &Court<'_>,
    addr: Addr,
    attack: &Attack<'_>,
    kind: &'static str,
    why: String,
) -> Draft {
    let mut draft = start(addr, attack, Rung::Attempt, kind);
    let accounts = count(attack.accounts.len() as u64, "account");
    // A sample of the failures names at least these accounts.
    let about = if attack.sampled { "at least " } else { "" };
    draft.title = match kind {
        "web.stuffing" => format!("{} at a web form", count(attack.efforts, "refused sign-in")),
        "login.spray" => format!("the same guesses at {about}{accounts}"),
        _ if attack.perhaps.iter().any(|account| attack.accounts.contains(account)) => {
            let names: Vec<String> =
                attack.perhaps.iter().take(3).map(|one| court.account(*one)).collect();
            format!("perhaps the owner of {}: ask", names.join(", "))
        }
        _ => format!("{} at {about}{accounts}", count(attack.efforts, "guess")),
    };
    if !attack.perhaps.is_empty() {
        draft.because("the account had signed in from this address before the failures began");
    }
    draft.because.insert(0, why);
    if kind == "login.slow" {
        draft.because(format!(
            "one every {}: slow enough to slip under rules that count in minutes",
            duration(u64::from(attack.median_gap())),
        ));
    }
    let missing = attack.missing(court);
    if missing > 0 && kind != "web.stuffing" {
        draft.because(format!("{} of these accounts do not exist", number(missing as u64)));
    }
    if attack.scanner {
        draft.because("the same source had scanned before: the guess was shaped for what it found");
    }
    draft
}
