//! Judging: a pure function from what the engine remembers to the report.

pub mod block;
pub mod why;

mod aggregate;
mod alert;
mod beacon;
mod belongs;
mod coordinated;
mod counts;
mod coverage;
mod docket;
mod draft;
mod finish;
mod flood;
mod login;
mod quick;
mod scan;
mod sentence;
mod story;
mod stuffing;
mod theft;
mod walk;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::ladder::DEFINITIONS_VERSION;
use ward_kernel::{Addr, Rung};

use crate::report::{Definition, Definitions, Report, SCHEMA};
use crate::state::Engine;

use aggregate::Pool;
use docket::Docket;
use draft::{Court, Draft, Family};
use login::Verdict;
pub(crate) use quick::Lore;
use story::{Homes, World};

/// What the shell knows of a file that the engine only knows by number.
#[derive(Clone, Debug, Default)]
pub struct FileInfo {
    /// The path as given.
    pub name: String,
    /// The sensor that wrote it.
    pub sensor: String,
    /// The sensor's jurisdiction.
    pub jurisdiction: Option<String>,
    /// The format's name; empty when the file was not recognised.
    pub format: &'static str,
}

impl Engine {
    /// Judges everything taken so far. `files` is by file number.
    pub fn judge(&mut self, files: &[FileInfo]) -> Report {
        self.tables.files.iter_mut().for_each(crate::state::sensor::FileState::close);
        let court = Court { config: &self.config, tables: &self.tables };
        let docket = Docket::of(self.tables.sources.iter());
        let mut lore = Lore::default();
        let (drafts, mut remarks) = drafts(&court, &docket, &mut lore);
        let (span, left_out) = coverage::span(&court);
        let hours = counts::hours(&court, span);
        let coverage = coverage::judge(&court, files, span, &hours);
        let told: Vec<_> = drafts.iter().flat_map(quick::tells).collect();
        let cases = finish::cases(&court, files, drafts);
        let counts = counts::counts(&court, &docket, &cases);
        let background = counts::background(&court, &docket, &cases);
        if left_out > 0 {
            let stamps = draft::count(left_out, "record");
            remarks.push(format!(
                "{stamps} with stamps far from all others are left out of the span: look at the \
                 clock that wrote them."
            ));
        }
        remarks.extend(coverage::remarks(&court, files));
        remarks.extend(counts::limits(&court, self.folded()));
        let highest =
            cases.iter().filter(|case| case.authorised.is_none()).map(|case| case.rung).max();
        let mut report = Report {
            schema: SCHEMA,
            sentence: String::new(),
            highest,
            cannot_say: coverage::shortfall(&court, &coverage),
            definitions: definitions(),
            span,
            counts,
            coverage,
            cases,
            hours,
            background,
            remarks,
            problems: Vec::new(),
            settings: None,
        };
        report.sentence = sentence::sentence(&report);
        drop(docket);
        self.settle(lore, told);
        report
    }
}

fn definitions() -> Definitions {
    let rungs =
        Rung::ALL.iter().map(|rung| Definition { rung: *rung, text: rung.definition() }).collect();
    Definitions { version: DEFINITIONS_VERSION, rungs }
}

/// All cases of all families, and remarks. Notes in `lore` what quick judgements lean on.
fn drafts(court: &Court<'_>, docket: &Docket<'_>, lore: &mut Lore) -> (Vec<Draft>, Vec<String>) {
    let (mut drafts, unlisted) = scans(court, docket, lore);
    story::add_homes(&mut lore.homes, docket);
    let is_scanner = |addr| lore.scanners.contains(&addr);
    let (logins, mut remarks) = logins(court, docket, &lore.homes, &is_scanner);
    if unlisted > 0 {
        remarks.push(format!(
            "{} more sources than are listed scan: the {} that touched most are cases, the others \
             are counted with the background.",
            draft::number(unlisted as u64),
            draft::number(SCANS as u64),
        ));
    }
    drafts.extend(logins);
    stuffing(docket, &mut drafts);
    let (floods, drones) = flood::judge(court, docket);
    remarks.extend(flood::crowd(court, docket, &drones));
    drafts.extend(floods);
    drafts.extend(web::judge(court, docket, &is_scanner));
    drafts.extend(beacon::judge(court, |_| true));
    alerts(court, docket, &mut drafts);
    (drafts, remarks)
}

/// Scans of single actors that become cases: those that touched most.
const SCANS: usize = 10_000;

/// Scans, and how many are not listed. Notes the sources that are known to scan.
fn scans(court: &Court<'_>, docket: &Docket<'_>, lore: &mut Lore) -> (Vec<Draft>, usize) {
    let actors = scan::actors(docket);
    let groups = coordinated::groups(court, &actors);
    let grouped: BTreeSet<usize> = groups.iter().flat_map(|g| g.members.iter().copied()).collect();
    let mut drafts: Vec<Draft> = groups.into_iter().map(|group| group.draft).collect();
    lore.grouped = drafts.iter().flat_map(|draft| draft.sources.iter().copied()).collect();
    lore.scanners.extend(&lore.grouped);
    let numbered = actors.iter().enumerate();
    let unlisted = single_scans(
        court,
        numbered.map(|(at, actor)| (actor, grouped.contains(&at))),
        &mut drafts,
        &mut lore.scanners,
    );
    lore.unlisted = unlisted > 0;
    (drafts, unlisted)
}

/// Scans of actors that act alone, and returns to closed doors of all, grouped ones included;
/// returns how many scans are not listed.
fn single_scans<'a>(
    court: &Court<'_>,
    actors: impl Iterator<Item = (&'a scan::Actor<'a>, bool)>,
    drafts: &mut Vec<Draft>,
    scanners: &mut BTreeSet<Addr>,
) -> usize {
    let mut named: Vec<(u32, usize, &scan::Actor<'_>)> = Vec::new();
    for (actor, grouped) in actors {
        if let Some(draft) = scan::persistent(court, actor) {
            drafts.push(draft);
        } else if !grouped && let Some(taken) = scan::walks(court, actor) {
            scanners.extend(actor.sources());
            named.push((actor.flows.failed(), taken, actor));
        }
    }
    named.sort_unstable_by_key(|(failed, _, actor)| (std::cmp::Reverse(*failed), actor.first));
    let listed = named.iter().take(SCANS);
    drafts.extend(listed.map(|(_, taken, actor)| scan::case(court, actor, *taken)));
    named.len().saturating_sub(SCANS)
}

fn logins(
    court: &Court<'_>,
    docket: &Docket<'_>,
    homes: &Homes,
    is_scanner: &dyn Fn(Addr) -> bool,
) -> (Vec<Draft>, Vec<String>) {
    let (mut drafts, mut remarks) = (Vec::new(), Vec::new());
    for world in World::ALL {
        let pool = single_logins(court, docket, homes, is_scanner, world, &mut drafts);
        match aggregate::judge(world, &pool) {
            Some(draft) => drafts.push(draft),
            None => remarks.extend(aggregate::remark(&pool)),
        }
    }
    (drafts, remarks)
}

/// Efforts to sign in of one world, source by source; what no source shows alone is returned.
fn single_logins(
    court: &Court<'_>,
    docket: &Docket<'_>,
    homes: &Homes,
    is_scanner: &dyn Fn(Addr) -> bool,
    world: World,
    drafts: &mut Vec<Draft>,
) -> Pool {
    let mut pool = Pool::default();
    for (addr, logins) in &docket.logins {
        match login::judge(court, homes, *addr, logins, world, is_scanner(*addr)) {
            Some(Verdict::Case(draft)) => drafts.push(*draft),
            Some(Verdict::Unexplained(story)) => {
                pool.unexplained.insert(*addr, story);
            }
            Some(Verdict::Honest(story)) => pool.honest.push(story),
            None => {}
        }
    }
    pool
}

/// Sources that send forms and nothing else, where no other case tells of their sign-ins.
fn stuffing(docket: &Docket<'_>, drafts: &mut Vec<Draft>) {
    let told = drafts.iter().filter(|draft| draft.family == Family::Login);
    let told = told.flat_map(|draft| draft.sources.iter().copied()).collect();
    drafts.extend(stuffing::judge(docket, &told));
}

/// Alerts on a source that already has a case of weight stand in that case; others make one.
fn alerts(court: &Court<'_>, docket: &Docket<'_>, drafts: &mut Vec<Draft>) {
    let mut held: BTreeMap<Addr, usize> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        if draft.rung >= Rung::Attempt && matches!(draft.family, Family::Web | Family::Login) {
            held.extend(draft.sources.iter().map(|addr| (*addr, at)));
        }
    }
    for (addr, alerts) in &docket.alerts {
        let Some(draft) = alert::judge(court, *addr, alerts) else { continue };
        match held.get(addr).and_then(|at| drafts.get_mut(*at)) {
            Some(case) if draft.rung <= case.rung => {
                case.because.extend(draft.because.iter().map(|why| format!("alert: {why}")));
                case.evidence.extend(draft.evidence.iter().take(2));
            }
            _ => drafts.push(draft),
        }
    }
}
