//! Scans: one source (or one IPv6 network) that tries what nobody invited it to.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use ward_kernel::{Addr, Net, Rung};
use ward_records::Touch;

use super::docket::{Docket, Probed};
use super::draft::{Court, Draft, Family, count, duration, number, port_label};
use super::walk::{Step, TEST};
use crate::state::contacts::{Contact, Distinct, Flows};

/// A pace slower than this (seconds from one new contact to the next) slips under the classic
/// rule of 25 hosts in five minutes.
const SLOW_GAP: u32 = 12;
/// Answers to anybody after which a failure at a service is weak evidence: it was down, or busy.
const BUSY_SERVICE: u32 = 20;
/// Distinct failures that make a scan even of a source that is answered more often.
const MANY_FAILURES: usize = 25;
/// Failures with which no walk can reach the threshold, even at dark addresses.
const FEWEST: usize = 5;
/// A refused source that came back so often is persistent.
const PERSISTENT_TRIES: u32 = 200;
const PERSISTENT_SECS: u32 = 6 * 3600;

/// One source, or the sources of one IPv6 network, and what they did. There are hundreds of
/// thousands: what only networks have stands apart.
#[derive(Clone, Debug)]
pub(super) struct Actor<'a> {
    /// The smallest of its addresses.
    pub first: Addr,
    /// What they did together.
    pub flows: Deeds<'a>,
    /// Failed contacts that are only known by number.
    pub folded: u8,
    /// The other addresses, in order, and the network that they share.
    network: Option<Box<(Vec<Addr>, Net)>>,
}

/// What one source did, or several did together.
#[derive(Clone, Debug)]
pub(super) enum Deeds<'a> {
    One(&'a Flows),
    Joined(Box<Flows>),
}

impl Deref for Deeds<'_> {
    type Target = Flows;

    fn deref(&self) -> &Flows {
        match self {
            Self::One(flows) => flows,
            Self::Joined(flows) => flows,
        }
    }
}

impl<'a> Actor<'a> {
    const fn of(probed: &Probed<'a>) -> Self {
        let (first, folded) = (probed.addr, probed.folded);
        Self { first, flows: Deeds::One(probed.flows), folded, network: None }
    }

    fn others(&self) -> &[Addr] {
        self.network.as_ref().map_or(&[], |network| &network.0)
    }

    /// The network that its addresses share, when there are several.
    fn network(&self) -> Option<Net> {
        self.network.as_ref().map(|network| network.1)
    }

    /// Its addresses.
    pub(super) fn sources(&self) -> impl Iterator<Item = Addr> {
        std::iter::once(self.first).chain(self.others().iter().copied())
    }

    /// How many addresses it has.
    fn len(&self) -> usize {
        self.others().len().saturating_add(1)
    }

    /// Takes in another actor of the same network.
    fn join(&mut self, other: Self, net: Net) {
        let network = self.network.get_or_insert_with(|| Box::new((Vec::new(), net)));
        network.1 = net;
        network.0.push(other.first);
        network.0.extend(other.others());
        self.folded = self.folded.saturating_add(other.folded);
        let theirs = match other.flows {
            Deeds::One(flows) => flows.clone(),
            Deeds::Joined(flows) => *flows,
        };
        match &mut self.flows {
            Deeds::Joined(mine) => mine.merge(theirs),
            Deeds::One(mine) => {
                let mut joined = Box::new(mine.clone());
                joined.merge(theirs);
                self.flows = Deeds::Joined(joined);
            }
        }
    }

    fn sort(&mut self) {
        if let Some(network) = &mut self.network {
            network.0.push(self.first);
            network.0.sort_unstable();
            self.first = network.0.remove(0);
        }
    }
}

/// All actors that some judge of scans may name: IPv4 by address, IPv6 by /64 or /48. An IPv4
/// source of one contact or two belongs to the background whatever it did, unless it came back
/// again and again.
#[must_use]
pub(super) fn actors<'a>(docket: &Docket<'a>) -> Vec<Actor<'a>> {
    let mut actors = single(docket);
    let mut by_base: BTreeMap<Addr, Actor<'a>> = BTreeMap::new();
    for probed in docket.probed.iter().filter(|probed| probed.addr.as_v4().is_none()) {
        let base = probed.addr.prefix(64);
        let actor = Actor::of(probed);
        match by_base.entry(base) {
            Entry::Occupied(mut held) => held.get_mut().join(actor, Net::of(base, 64)),
            Entry::Vacant(place) => {
                place.insert(actor);
            }
        }
    }
    actors.extend(join_48(by_base));
    actors.iter_mut().for_each(Actor::sort);
    actors.sort_unstable_by_key(|actor| actor.first);
    actors
}

/// The actors that are one IPv4 address each.
#[must_use]
pub(super) fn single<'a>(docket: &Docket<'a>) -> Vec<Actor<'a>> {
    let some = |probed: &&Probed<'_>| {
        probed.failed >= PERSISTENT_TRIES
            || probed.flows.contacts().len() + usize::from(probed.folded) >= 2
    };
    let v4 = docket.probed.iter().filter(|probed| probed.addr.as_v4().is_some());
    v4.filter(some).map(Actor::of).collect()
}

/// Joins IPv6 /64 actors of one /48: a site's owner can hop through all of them.
fn join_48(by_base: BTreeMap<Addr, Actor<'_>>) -> Vec<Actor<'_>> {
    let mut actors: Vec<Actor<'_>> = Vec::with_capacity(by_base.len());
    let mut last_site: Option<Addr> = None;
    for (base, actor) in by_base {
        let site = base.prefix(48);
        match actors.last_mut().filter(|_| last_site == Some(site)) {
            Some(held) => held.join(actor, Net::of(site, 48)),
            None => {
                last_site = Some(site);
                actors.push(actor);
            }
        }
    }
    actors
}

/// What the walks say of an actor: the distinct contacts that it took to name a scanner.
#[must_use]
pub(super) fn walks(court: &Court<'_>, actor: &Actor<'_>) -> Option<usize> {
    let folded = usize::from(actor.folded);
    let failed = actor.flows.contacts().filter(|c| c.touch == Touch::Failed).count();
    if failed + folded < FEWEST {
        return None;
    }
    let mut contacts: Vec<&Contact> = actor.flows.contacts().collect();
    contacts.sort_unstable_by_key(|c| (c.first, c.touch, c.target(), c.port, c.protocol));
    let dark = contacts.iter().filter(|c| court.config.is_dark(c.target())).count();
    if failed + folded <= contacts.len() - failed && failed < MANY_FAILURES && dark < 3 {
        return None;
    }
    let before = std::iter::repeat_n(Step::Failed, folded);
    let mut met = BTreeSet::new();
    let hosts = contacts.iter().filter(|c| met.insert(c.target())).map(|c| step(court, c));
    if let Some(taken) = TEST.walk(before.chain(hosts)) {
        return Some(taken);
    }
    let mut by_host: BTreeMap<Addr, Vec<Step>> = BTreeMap::new();
    for contact in &contacts {
        by_host.entry(contact.target()).or_default().push(step(court, contact));
    }
    by_host.into_values().find_map(|steps| TEST.walk(steps.into_iter()))
}

fn step(court: &Court<'_>, contact: &Contact) -> Step {
    if court.config.is_dark(contact.target()) {
        return Step::Dark;
    }
    let answers = || court.tables.services.get(&(contact.target(), contact.port)).copied();
    match contact.touch {
        Touch::Answered => Step::Answered,
        Touch::Opened => Step::Weak,
        _ if answers().is_some_and(|n| n >= BUSY_SERVICE) => Step::Weak,
        _ => Step::Failed,
    }
}

/// The case of an actor that the walks named after `taken` contacts.
#[must_use]
pub(super) fn case(court: &Court<'_>, actor: &Actor<'_>, taken: usize) -> Draft {
    let distinct = actor.flows.distinct();
    let kind = kind(actor, &distinct);
    let mut draft = Draft::new(Family::Scan, Rung::Scan, kind);
    fill(court, actor, &mut draft);
    draft.target_count = distinct.contacts;
    draft.title = title(court, actor, &distinct, kind);
    draft.because(format!(
        "{} of {} distinct contacts failed; a sequential test (one false name in 100,000) named \
         a scanner after {taken}",
        number(failed_contacts(actor, &distinct)),
        number(distinct.contacts),
    ));
    if kind == "scan.slow" {
        draft.because(format!(
            "one new contact every {}: slow enough to slip under rules that count in minutes",
            duration(u64::from(pace(actor, &distinct)))
        ));
    }
    if let Some(net) = actor.network() {
        draft.because(format!(
            "{} of {net} counted as one: an IPv6 client can hop through its network",
            count(actor.len() as u64, "address")
        ));
    }
    if actor.flows.marks & 2 != 0 {
        draft.because("packets carry the fixed IP ID 54321 that the scanner ZMap used to set");
    }
    draft
}

fn fill(court: &Court<'_>, actor: &Actor<'_>, draft: &mut Draft) {
    draft.sources.extend(actor.sources());
    draft.networks.extend(actor.network());
    draft.records = u64::from(actor.flows.failed()) + u64::from(actor.flows.answered);
    for contact in actor.flows.contacts() {
        draft.touches(court, contact);
    }
    if let Some([first, last]) = actor.flows.ends {
        draft.spans(first.0, last.0);
        draft.evidence.push((first.0, first.1, "first failed contact"));
        draft.evidence.push((last.0, last.1, "last failed contact"));
    }
}

fn failed_contacts(actor: &Actor<'_>, distinct: &Distinct) -> u64 {
    let kept = actor.flows.contacts().len() as u64;
    let failed = actor.flows.contacts().filter(|c| c.touch == Touch::Failed).count() as u64;
    // Beyond what is kept, the sample's share stands for all.
    failed * distinct.contacts / kept.max(1)
}

fn kind(actor: &Actor<'_>, distinct: &Distinct) -> &'static str {
    let Distinct { contacts, hosts, services, .. } = *distinct;
    if pace(actor, distinct) >= SLOW_GAP {
        "scan.slow"
    } else if hosts <= 4 && services >= 6 {
        "scan.vertical"
    } else if services >= 3 && contacts >= hosts * 3 {
        "scan.block"
    } else {
        "scan.horizontal"
    }
}

/// Median seconds from one new contact to the next.
fn pace(actor: &Actor<'_>, distinct: &Distinct) -> u32 {
    let mut firsts: Vec<u32> = actor.flows.contacts().map(|c| c.first).collect();
    firsts.sort_unstable();
    let mut gaps: Vec<u32> = firsts.windows(2).map(|w| w[1].saturating_sub(w[0])).collect();
    gaps.sort_unstable();
    let median = u64::from(gaps.get(gaps.len() / 2).copied().unwrap_or(0));
    // A sample of the contacts is as many times sparser as there are more of them.
    let kept = firsts.len() as u64;
    u32::try_from(median * kept / distinct.contacts.max(1)).unwrap_or(u32::MAX)
}

fn title(court: &Court<'_>, actor: &Actor<'_>, distinct: &Distinct, kind: &str) -> String {
    let about = if distinct.exact { "" } else { "about " };
    let hosts = count(distinct.hosts, "host");
    match kind {
        "scan.vertical" => {
            let ports = count(distinct.services, "port");
            match actor.flows.contacts().next() {
                Some(one) if distinct.hosts == 1 => {
                    format!("{about}{ports} of {}", court.machine(one.target()))
                }
                _ => format!("{about}{ports} of {hosts}"),
            }
        }
        _ if distinct.services <= 3 => format!("{} on {about}{hosts}", services(actor)),
        _ => format!("{} on {about}{hosts}", count(distinct.services, "port")),
    }
}

/// The ports that an actor tried, a few of them by name.
#[must_use]
pub(super) fn services(actor: &Actor<'_>) -> String {
    let ports: BTreeSet<(u16, u8)> = actor.flows.contacts().map(|c| (c.port, c.protocol)).collect();
    let labels: Vec<String> =
        ports.iter().take(3).map(|(port, protocol)| port_label(*port, *protocol)).collect();
    labels.join(", ")
}

/// An actor that was refused and kept coming back to the same few doors for hours.
#[must_use]
pub(super) fn persistent(court: &Court<'_>, actor: &Actor<'_>) -> Option<Draft> {
    let [first, last] = actor.flows.ends?;
    let span = last.0.saturating_sub(first.0);
    let kept = u32::try_from(actor.flows.contacts().len()).unwrap_or(u32::MAX);
    if kept == 0
        || kept > 4
        || court.config.is_own(actor.first)
        || actor.flows.answered > 0
        || actor.flows.failed() / kept.max(1) < PERSISTENT_TRIES
        || span < PERSISTENT_SECS
    {
        return None;
    }
    let mut draft = Draft::new(Family::Scan, Rung::Attempt, "probe.persistent");
    fill(court, actor, &mut draft);
    draft.title = format!("came back to {} for {}", services(actor), duration(u64::from(span)));
    draft.because(format!(
        "refused {} and came back for {}: no scanner needs to ask twice",
        count(u64::from(actor.flows.failed()), "time"),
        duration(u64::from(span)),
    ));
    Some(draft)
}
