//! Distributed scans: many sources, each below notice, whose targets fit together like tiles.
//!
//! Sources that scan independently hit each other's targets by chance; sources that share out one
//! list never do. Under independence the number of (host, port) pairs hit by two sources is about
//! Poisson with a known mean; far fewer is the mark of one list. What is tested is a group of
//! sources that began within a few minutes of each other in one target network.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use ward_kernel::{Addr, Rung};
use ward_records::Touch;

use super::draft::{Court, Draft, Family, count, duration, number};
use super::scan::{self, Actor};

/// A source joins a group only if it began within this many seconds of another member.
const START_GAP: u32 = 900;
/// Sources that a group has at least.
const MEMBERS: usize = 8;
/// Failed contacts that a member has at least, and contacts at most.
const CONTACTS: RangeInclusive<usize> = 2..=64;
/// Probability under independence below which the tiling is believed.
const BELIEF: f64 = 1e-4;

/// A group of actors (by index) and the case that they make together.
#[derive(Debug)]
pub(super) struct Group {
    /// Indices of its members.
    pub members: Vec<usize>,
    /// The case.
    pub draft: Draft,
}

/// A small scanner that may be a member.
#[derive(Debug)]
struct Candidate {
    /// Index of the actor.
    at: usize,
    /// The network that most of its contacts lie in.
    range: Addr,
    /// When it began.
    start: u32,
    /// Mean seconds from one new contact to the next.
    pace: u32,
    /// What it asks for: a part of [`Candidates::ports`].
    ports: Range<usize>,
}

/// All candidates. What is asked of each again and again stands in one place: hundreds of thousands
/// of sources lie all over the memory.
#[derive(Debug, Default)]
struct Candidates {
    all: Vec<Candidate>,
    ports: Vec<(u16, u8)>,
}

impl Candidates {
    fn of(actors: &[Actor<'_>]) -> Self {
        let mut candidates = Self::default();
        for (at, actor) in actors.iter().enumerate() {
            candidates.add(at, actor);
        }
        candidates.all.sort_unstable_by_key(|one| (one.range, one.start, one.at));
        candidates
    }

    fn add(&mut self, at: usize, actor: &Actor<'_>) {
        let contacts = || actor.flows.contacts();
        if !CONTACTS.contains(&contacts().len()) || actor.folded > 0 {
            return;
        }
        let mut ranges = [Addr::default(); *CONTACTS.end()];
        let (mut failed, mut answered) = (0, 0);
        let (mut first, mut last) = (u32::MAX, 0);
        let begin = self.ports.len();
        for (range, contact) in ranges.iter_mut().zip(contacts()) {
            *range = range_of(contact.target());
            failed += usize::from(contact.touch == Touch::Failed);
            answered += usize::from(contact.touch == Touch::Answered);
            (first, last) = (first.min(contact.first), last.max(contact.first));
            self.ports.push((contact.port, contact.protocol));
        }
        let ports = begin..unique_from(&mut self.ports, begin);
        let range = ranges.get_mut(..contacts().len()).and_then(|ranges| {
            ranges.sort_unstable();
            let most = ranges.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
            most.first().copied().filter(|_| most.len() * 2 > failed)
        });
        match range {
            Some(range) if failed >= *CONTACTS.start() && failed > answered * 2 => {
                let steps = u32::try_from(contacts().len()).unwrap_or(u32::MAX).max(2) - 1;
                let pace = last.saturating_sub(first) / steps;
                self.all.push(Candidate { at, range, start: first, pace, ports });
            }
            _ => self.ports.truncate(begin),
        }
    }

    fn ports(&self, one: &Candidate) -> &[(u16, u8)] {
        self.ports.get(one.ports.clone()).unwrap_or_default()
    }

    /// Members by what they ask for: sources of one campaign share its ports, the background's do
    /// not.
    fn fellows<'c>(&self, burst: &'c [Candidate]) -> Vec<&'c Candidate> {
        let mut uses: BTreeMap<(u16, u8), usize> = BTreeMap::new();
        for port in burst.iter().flat_map(|one| self.ports(one)) {
            *uses.entry(*port).or_insert(0) += 1;
        }
        uses.retain(|_, sources| *sources * 10 >= burst.len());
        let shared = |one: &&Candidate| self.ports(one).iter().all(|port| uses.contains_key(port));
        burst.iter().filter(shared).collect()
    }
}

/// Sorts what stands from `begin` on and leaves out repeats; returns the new end.
fn unique_from(ports: &mut Vec<(u16, u8)>, begin: usize) -> usize {
    if let Some(mine) = ports.get_mut(begin..) {
        mine.sort_unstable();
    }
    let mut end = begin;
    for at in begin..ports.len() {
        let repeats = end > begin && ports.get(end - 1) == ports.get(at);
        if !repeats {
            ports.swap(end, at);
            end += 1;
        }
    }
    ports.truncate(end);
    end
}

/// Finds the groups among all actors.
#[must_use]
pub(super) fn groups(court: &Court<'_>, actors: &[Actor<'_>]) -> Vec<Group> {
    let candidates = Candidates::of(actors);
    let together = |a: &Candidate, b: &Candidate| {
        a.range == b.range && b.start.saturating_sub(a.start) <= START_GAP
    };
    let bursts = candidates.all.chunk_by(together).filter(|burst| burst.len() >= MEMBERS);
    bursts.filter_map(|burst| group(court, actors, candidates.fellows(burst))).collect()
}

fn range_of(target: Addr) -> Addr {
    target.prefix(if target.as_v4().is_some() { 24 } else { 64 })
}

fn group(court: &Court<'_>, actors: &[Actor<'_>], fellows: Vec<&Candidate>) -> Option<Group> {
    let range = fellows.first()?.range;
    if fellows.len() < MEMBERS {
        return None;
    }
    let members = alike(court, actors, fellows);
    let parts: Vec<&Actor<'_>> = members.iter().filter_map(|at| actors.get(*at)).collect();
    let tiling = Tiling::of(range, &parts, court.config.table_seed);
    if tiling.chance() > BELIEF {
        return None;
    }
    let mut draft = Draft::new(Family::Scan, Rung::Scan, "scan.distributed");
    for part in &parts {
        draft.sources.extend(part.sources());
        draft.records += u64::from(part.flows.failed()) + u64::from(part.flows.answered);
        for contact in part.flows.contacts() {
            draft.touches(court, contact);
        }
        if let Some([first, last]) = part.flows.ends {
            draft.spans(first.0, last.0);
            draft.evidence.push((first.0, first.1, "one member's first failed contact"));
        }
    }
    draft.evidence.sort_unstable();
    draft.evidence.truncate(4);
    draft.target_count = tiling.distinct;
    draft.title = format!(
        "{} share out {} of {range}/{}",
        count(parts.len() as u64, "source"),
        count(tiling.services, "port"),
        if range.as_v4().is_some() { 24 } else { 64 },
    );
    draft.because(format!(
        "{} sources began within {} and tried {} targets of one network; by chance about {:.0} \
         would have been tried twice, {} were: they work through one list",
        number(parts.len() as u64),
        duration(u64::from(draft.last.saturating_sub(draft.first))),
        number(tiling.distinct),
        tiling.expected(),
        number(tiling.repeats()),
    ));
    Some(Group { members, draft })
}

/// Leaves out scanners that happened to begin at the same time and work far faster than the rest.
fn alike(court: &Court<'_>, actors: &[Actor<'_>], fellows: Vec<&Candidate>) -> Vec<usize> {
    let mut paces: Vec<u32> = fellows.iter().map(|one| one.pace).collect();
    paces.sort_unstable();
    let median = paces.get(paces.len() / 2).copied().unwrap_or(0);
    let alone = |at: usize| actors.get(at).is_some_and(|a| scan::walks(court, a).is_some());
    let alike = fellows.into_iter().filter(|one| one.pace >= median / 8 || !alone(one.at));
    alike.map(|one| one.at).collect()
}

/// How a group's contacts cover the table of hosts by ports.
struct Tiling {
    contacts: u64,
    distinct: u64,
    hosts: u64,
    services: u64,
}

impl Tiling {
    /// `seed` is that of the tables: only sizes come of it.
    fn of(range: Addr, parts: &[&Actor<'_>], seed: u64) -> Self {
        let table = FixedState::with_seed(seed);
        let mut hosts = HashSet::with_hasher(table.clone());
        let mut services = HashSet::with_hasher(table.clone());
        let (mut contacts, mut distinct) = (0, HashSet::with_hasher(table));
        let inside = |target: &Addr| range_of(*target) == range;
        for contact in parts.iter().flat_map(|part| part.flows.contacts()) {
            if inside(&contact.target()) {
                contacts += 1;
                hosts.insert(contact.target());
                services.insert((contact.port, contact.protocol));
                distinct.insert((contact.target(), contact.port, contact.protocol));
            }
        }
        let len = |n: usize| n as u64;
        Self {
            contacts,
            distinct: len(distinct.len()),
            hosts: len(hosts.len()),
            services: len(services.len()),
        }
    }

    const fn repeats(&self) -> u64 {
        self.contacts.saturating_sub(self.distinct)
    }

    /// Repeats to be expected of independent sources: contacts less the distinct cells that so
    /// many throws into hosts x services cells would hit.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn expected(&self) -> f64 {
        let (throws, cells) = (self.contacts as f64, (self.hosts * self.services).max(1) as f64);
        throws - cells * (1.0 - (-throws / cells).exp())
    }

    /// Probability (Poisson) of so few repeats if the sources were independent.
    fn chance(&self) -> f64 {
        let mean = self.expected();
        if mean > 200.0 {
            // Far beyond what the sum below can hold; three fifths of the mean is ten deviations.
            #[expect(clippy::cast_precision_loss, reason = "a comparison of estimates")]
            return if (self.repeats() as f64) < mean * 0.4 { 0.0 } else { 1.0 };
        }
        let (mut term, mut sum) = ((-mean).exp(), 0.0);
        for k in 0..=self.repeats().min(10_000) {
            sum += term;
            #[expect(clippy::cast_precision_loss, reason = "k is at most 10,000")]
            let next = (k + 1) as f64;
            term *= mean / next;
        }
        sum
    }
}
