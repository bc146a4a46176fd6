//! Distributed scans: many sources, each below notice, whose targets fit together like tiles.
//!
//! Sources that scan independently hit each other's targets by chance; sources that share out one
//! list never do. Under independence the number of (host, port) pairs hit by two sources is about
//! Poisson with a known mean; far fewer is the mark of one list. What is tested is a group of
//! sources that began within a few minutes of each other in one target network.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung};
use ward_records::Touch;

use super::draft::{Court, Draft, Family, count, duration, number};
use super::scan::{self, Actor};

/// A source joins a group only if it began within this many seconds of another member.
const START_GAP: u32 = 900;
/// Sources that a group has at least.
const MEMBERS: usize = 8;
/// Failed contacts that a member has at least, and contacts at most.
const CONTACTS: std::ops::RangeInclusive<usize> = 2..=64;
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

/// Finds the groups among all actors.
#[must_use]
pub(super) fn groups(court: &Court<'_>, actors: &[Actor<'_>]) -> Vec<Group> {
    let mut by_range: BTreeMap<Addr, Vec<(u32, usize)>> = BTreeMap::new();
    for (at, actor) in actors.iter().enumerate() {
        if let Some((range, start)) = candidate(actor) {
            by_range.entry(range).or_default().push((start, at));
        }
    }
    let mut groups = Vec::new();
    for (range, mut starts) in by_range {
        starts.sort_unstable();
        for burst in starts.chunk_by(|a, b| b.0 - a.0 <= START_GAP) {
            let members: Vec<usize> = burst.iter().map(|(_, at)| *at).collect();
            groups.extend(group(court, actors, range, fellows(actors, members)));
        }
    }
    groups
}

/// Members by what they ask for: sources of one campaign share its ports, the background's do not.
fn fellows(actors: &[Actor<'_>], members: Vec<usize>) -> Vec<usize> {
    if members.len() < MEMBERS {
        return members;
    }
    let ports = |at: usize| {
        let contacts = actors.get(at).map(|actor| actor.flows.contacts());
        contacts.into_iter().flatten().map(|c| (c.port, c.protocol))
    };
    // Sources by port, and the last one counted: a source's contacts come one after the other.
    let mut uses: BTreeMap<(u16, u8), (usize, usize)> = BTreeMap::new();
    for at in &members {
        for port in ports(*at) {
            let (sources, last) = uses.entry(port).or_insert((0, usize::MAX));
            if *last != *at {
                (*sources, *last) = (*sources + 1, *at);
            }
        }
    }
    let most = members.len();
    let shared = |port| uses.get(&port).is_some_and(|(sources, _)| sources * 10 >= most);
    members.into_iter().filter(|at| ports(*at).all(shared)).collect()
}

/// The network that most of a small scanner's contacts lie in, and when it began.
fn candidate(actor: &Actor<'_>) -> Option<(Addr, u32)> {
    let contacts = || actor.flows.contacts();
    if !CONTACTS.contains(&contacts().len()) || actor.folded > 0 {
        return None;
    }
    let count = |touch| contacts().filter(|contact| contact.touch == touch).count();
    let (failed, answered) = (count(Touch::Failed), count(Touch::Answered));
    if failed < *CONTACTS.start() || failed <= answered * 2 {
        return None;
    }
    let mut ranges = [Addr::default(); *CONTACTS.end()];
    let ranges = ranges.get_mut(..contacts().len())?;
    for (range, contact) in ranges.iter_mut().zip(contacts()) {
        *range = range_of(contact.target());
    }
    ranges.sort_unstable();
    let most = ranges.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
    let first = contacts().map(|contact| contact.first).min()?;
    (most.len() * 2 > failed).then_some((*most.first()?, first))
}

fn range_of(target: Addr) -> Addr {
    target.prefix(if target.as_v4().is_some() { 24 } else { 64 })
}

fn group(
    court: &Court<'_>,
    actors: &[Actor<'_>],
    range: Addr,
    members: Vec<usize>,
) -> Option<Group> {
    if members.len() < MEMBERS {
        return None;
    }
    let members = alike(court, actors, members);
    let parts: Vec<&Actor<'_>> = members.iter().filter_map(|at| actors.get(*at)).collect();
    let tiling = Tiling::of(range, &parts);
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
fn alike(court: &Court<'_>, actors: &[Actor<'_>], members: Vec<usize>) -> Vec<usize> {
    let pace = |at: &usize| actors.get(*at).map_or(0, gap);
    let mut paces: Vec<u32> = members.iter().map(pace).collect();
    paces.sort_unstable();
    let median = paces.get(paces.len() / 2).copied().unwrap_or(0);
    let alone = |at: &usize| actors.get(*at).is_some_and(|a| scan::walks(court, a).is_some());
    members.into_iter().filter(|at| pace(at) >= median / 8 || !alone(at)).collect()
}

/// Mean seconds from one new contact of an actor to the next.
fn gap(actor: &Actor<'_>) -> u32 {
    let firsts = || actor.flows.contacts().map(|contact| contact.first);
    let span = firsts().max().unwrap_or(0) - firsts().min().unwrap_or(0);
    let steps = u32::try_from(actor.flows.contacts().len()).unwrap_or(u32::MAX).max(2) - 1;
    span / steps
}

/// How a group's contacts cover the table of hosts by ports.
struct Tiling {
    contacts: u64,
    distinct: u64,
    hosts: u64,
    services: u64,
}

impl Tiling {
    fn of(range: Addr, parts: &[&Actor<'_>]) -> Self {
        let (mut contacts, mut hosts) = (0, BTreeSet::new());
        let (mut services, mut distinct) = (BTreeSet::new(), BTreeSet::new());
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
