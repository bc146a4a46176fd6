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
mod draft;
mod finish;
mod flood;
mod login;
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
use draft::{Court, Draft, Family};
use login::Verdict;
use story::World;

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
        let (drafts, mut remarks) = drafts(&court);
        let (span, left_out) = coverage::span(&court);
        let hours = counts::hours(&court, span);
        let coverage = coverage::judge(&court, files, span, &hours);
        let cases = finish::cases(&court, files, drafts);
        let counts = counts::counts(&court, &cases);
        let background = counts::background(&court, &cases);
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
        report
    }
}

fn definitions() -> Definitions {
    let rungs =
        Rung::ALL.iter().map(|rung| Definition { rung: *rung, text: rung.definition() }).collect();
    Definitions { version: DEFINITIONS_VERSION, rungs }
}

/// All cases of all families, and remarks.
fn drafts(court: &Court<'_>) -> (Vec<Draft>, Vec<String>) {
    let (mut drafts, scanners, unlisted) = scans(court);
    let (logins, mut remarks) = logins(court, &scanners);
    if unlisted > 0 {
        remarks.push(format!(
            "{} more sources than are listed scan: the {} that touched most are cases, the others \
             are counted with the background.",
            draft::number(unlisted as u64),
            draft::number(SCANS as u64),
        ));
    }
    drafts.extend(logins);
    let told = drafts.iter().filter(|draft| draft.family == Family::Login);
    let told = told.flat_map(|draft| draft.sources.iter().copied()).collect();
    drafts.extend(stuffing::judge(court, &told));
    let (floods, drones) = flood::judge(court);
    remarks.extend(flood::crowd(court, &drones));
    drafts.extend(floods);
    drafts.extend(web::judge(court, &|addr| scanners.contains(&addr)));
    drafts.extend(beacon::judge(court));
    alerts(court, &mut drafts);
    (drafts, remarks)
}

/// Scans of single actors that become cases: those that touched most.
const SCANS: usize = 10_000;

/// Scans, the sources known to scan, and how many scans are not listed.
fn scans(court: &Court<'_>) -> (Vec<Draft>, BTreeSet<Addr>, usize) {
    let actors = scan::actors(court);
    let groups = coordinated::groups(court, &actors);
    let grouped: BTreeSet<usize> = groups.iter().flat_map(|g| g.members.iter().copied()).collect();
    let mut drafts: Vec<Draft> = groups.into_iter().map(|group| group.draft).collect();
    let mut scanners: BTreeSet<Addr> =
        drafts.iter().flat_map(|draft| draft.sources.iter().copied()).collect();
    let mut named: Vec<(u32, Addr, usize, &scan::Actor<'_>)> = Vec::new();
    for (at, actor) in actors.iter().enumerate() {
        if let Some(draft) = scan::persistent(court, actor) {
            drafts.push(draft);
        } else if !grouped.contains(&at)
            && let Some(taken) = scan::walks(court, actor)
        {
            scanners.extend(&actor.sources);
            let first = actor.sources.first().copied().unwrap_or_default();
            named.push((actor.flows.failed(), first, taken, actor));
        }
    }
    named.sort_unstable_by_key(|(failed, first, ..)| (std::cmp::Reverse(*failed), *first));
    let listed = named.iter().take(SCANS);
    drafts.extend(listed.map(|(_, _, taken, actor)| scan::case(court, actor, *taken)));
    (drafts, scanners, named.len().saturating_sub(SCANS))
}

fn logins(court: &Court<'_>, scanners: &BTreeSet<Addr>) -> (Vec<Draft>, Vec<String>) {
    let homes = story::homes(court);
    let sources: BTreeMap<_, _> =
        court.tables.sources.iter().filter(|(_, source)| source.logins.is_some()).collect();
    let (mut drafts, mut remarks) = (Vec::new(), Vec::new());
    for world in World::ALL {
        let mut pool = Pool::default();
        for (addr, source) in &sources {
            let scanner = scanners.contains(*addr);
            match login::judge(court, &homes, **addr, source, world, scanner) {
                Some(Verdict::Case(draft)) => drafts.push(*draft),
                Some(Verdict::Unexplained(story)) => {
                    pool.unexplained.insert(**addr, story);
                }
                Some(Verdict::Honest(story)) => pool.honest.push(story),
                None => {}
            }
        }
        match aggregate::judge(world, &pool) {
            Some(draft) => drafts.push(draft),
            None => remarks.extend(aggregate::remark(&pool)),
        }
    }
    (drafts, remarks)
}

/// Alerts on a source that already has a case of weight stand in that case; others make one.
fn alerts(court: &Court<'_>, drafts: &mut Vec<Draft>) {
    let mut held: BTreeMap<Addr, usize> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        if draft.rung >= Rung::Attempt && matches!(draft.family, Family::Web | Family::Login) {
            held.extend(draft.sources.iter().map(|addr| (*addr, at)));
        }
    }
    let sources: BTreeMap<_, _> =
        court.tables.sources.iter().filter(|(_, source)| source.alerts.is_some()).collect();
    for (addr, source) in sources {
        let Some(draft) = source.alerts.as_ref().and_then(|it| alert::judge(court, *addr, it))
        else {
            continue;
        };
        match held.get(addr).and_then(|at| drafts.get_mut(*at)) {
            Some(case) if draft.rung <= case.rung => {
                case.because.extend(draft.because.iter().map(|why| format!("alert: {why}")));
                case.evidence.extend(draft.evidence.iter().take(2));
            }
            _ => drafts.push(draft),
        }
    }
}
