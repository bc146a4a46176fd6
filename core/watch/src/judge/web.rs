//! Exploits and probes of web sites: by source, and by victim when many sources share one aim.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung};
use ward_payload::Shape;

use super::docket::Docket;
use super::draft::{Court, Draft, Family, Target, count, duration, number};
use crate::state::Pair;
use crate::state::calls::{Call, Calls};
use crate::state::source::Source;
use crate::state::web::{Exploit, Web};

/// Known-vulnerability probes of one source that make an attempt.
const PROBES: u32 = 3;
/// Different missing pages that make a search for weaknesses, when hardly anything else was asked.
const MISSING: u32 = 10;
/// Seconds between requests from which exploits are slow.
const SLOW_GAP: u32 = 45;
/// Seconds after an exploit in which a call out from the machine that was asked is its doing.
const CALLS_OUT: u32 = 30;
/// Slow sources on one path that are one campaign.
const SPREAD: usize = 5;

/// The kind of case that a shape makes.
const fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::Sqli => "web.sqli",
        Shape::Injection => "web.injection",
        Shape::Traversal => "web.traversal",
        _ => "web.probe",
    }
}

/// The shape that weighs most among what a source sent.
fn heaviest(web: &Web) -> Option<Shape> {
    web.exploits().map(|exploit| exploit.shape).max()
}

/// The shape that names the case: the heaviest that makes at least a fifth of the exploits. A
/// list of probes that holds one injection is still a list of probes.
fn leading(webs: &[&Web]) -> Option<Shape> {
    let mut shapes: BTreeMap<Shape, u32> = BTreeMap::new();
    for exploit in webs.iter().flat_map(|web| web.exploits()) {
        *shapes.entry(exploit.shape).or_insert(0) += exploit.count;
    }
    let all: u32 = shapes.values().sum();
    shapes.into_iter().rev().find(|(_, count)| *count * 5 >= all).map(|(shape, _)| shape)
}

/// Whether what a source asked is a real effort. `scanner` lowers the bar: the probe was then
/// shaped for what a scan had found.
fn is_attempt(web: &Web, scanner: bool) -> bool {
    if heaviest(web).is_some_and(|shape| shape >= Shape::Traversal) {
        return true;
    }
    let probes: u32 = web.exploits().map(|exploit| exploit.count).sum();
    probes >= if scanner { 1 } else { PROBES } || is_search(web)
}

/// A search for weaknesses: page after page that is not there, and next to nothing else.
fn is_search(web: &Web) -> bool {
    web.missing_paths() >= MISSING && web.missing >= web.requests / 5 * 4 && web.referred == 0
}

/// Cases of a docket's sources; slow sources on one path become one.
#[must_use]
pub(super) fn judge(
    court: &Court<'_>,
    docket: &Docket<'_>,
    is_scanner: &dyn Fn(Addr) -> bool,
) -> Vec<Draft> {
    let mut spread: BTreeMap<(u64, &'static str), Vec<Member<'_>>> = BTreeMap::new();
    let attempts = || docket.web.iter().filter(|(addr, _, web)| is_attempt(web, is_scanner(*addr)));
    let outward = Outward::of(court, attempts().map(|(addr, source, _)| (*addr, *source)));
    let mut drafts = Vec::new();
    for (addr, source, web) in attempts() {
        let member = Member { addr: *addr, source, web };
        match aim(web).filter(|_| is_slow(web)) {
            Some(aim) => spread.entry(aim).or_default().push(member),
            None => drafts.push(case(court, &outward, &[member], is_scanner)),
        }
    }
    for members in spread.into_values() {
        if members.len() >= SPREAD {
            drafts.push(case(court, &outward, &members, is_scanner));
        } else {
            drafts.extend(members.iter().map(|one| case(court, &outward, &[*one], is_scanner)));
        }
    }
    drafts
}

/// A source that made an attempt.
#[derive(Clone, Copy)]
struct Member<'a> {
    addr: Addr,
    source: &'a Source,
    web: &'a Web,
}

/// The path that a source's heaviest exploits aim at, and the kind.
fn aim(web: &Web) -> Option<(u64, &'static str)> {
    let shape = heaviest(web).filter(|shape| *shape >= Shape::Traversal)?;
    let most = web.exploits().filter(|e| e.shape == shape).max_by_key(|e| (e.count, e.path))?;
    Some((most.path, kind(shape)))
}

/// Whether the exploits come so slowly that no rule of requests a minute would notice.
fn is_slow(web: &Web) -> bool {
    let exploits: u32 = web.exploits().map(|exploit| exploit.count).sum();
    let first = web.exploits().map(|exploit| exploit.first.0).min().unwrap_or(0);
    let last = web.exploits().map(|exploit| exploit.last.0).max().unwrap_or(0);
    exploits == 1 || (last - first) / (exploits.max(2) - 1) >= SLOW_GAP
}

fn case(
    court: &Court<'_>,
    outward: &Outward<'_>,
    members: &[Member<'_>],
    is_scanner: &dyn Fn(Addr) -> bool,
) -> Draft {
    let webs: Vec<&Web> = members.iter().map(|member| member.web).collect();
    let shape = leading(&webs);
    let kind = shape.map_or("web.probe", kind);
    let mut draft = Draft::new(Family::Web, Rung::Attempt, kind);
    let mut signs: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut welcomed = 0;
    for Member { addr, web, .. } in members {
        draft.sources.insert(*addr);
        for exploit in web.exploits() {
            add(court, &mut draft, exploit);
            *signs.entry(exploit.sign).or_insert(0) += exploit.count;
            welcomed += exploit.welcomed;
        }
        if is_search(web) {
            search(&mut draft, web);
        }
    }
    draft.evidence.sort_unstable();
    draft.evidence.truncate(6);
    draft.title = title(&draft, kind, members.len());
    explain(&mut draft, &signs, welcomed);
    if members.iter().any(|member| is_scanner(member.addr)) {
        draft.because("the same source had scanned before: the probe was shaped for what it found");
    }
    answered(court, outward, members, &mut draft);
    draft
}

fn add(court: &Court<'_>, draft: &mut Draft, exploit: &Exploit) {
    draft.records += u64::from(exploit.count);
    draft.spans(exploit.first.0, exploit.last.0);
    draft.aims(court.tables.names.text(exploit.path), u64::from(exploit.count));
    draft.machines.extend(exploit.server);
    draft.evidence.push((exploit.first.0, exploit.first.1, exploit.sign));
}

fn search(draft: &mut Draft, web: &Web) {
    draft.records = draft.records.max(u64::from(web.missing));
    if let Some([first, last]) = web.missing_ends {
        draft.spans(first.0, last.0);
        draft.evidence.push((first.0, first.1, "first missing page"));
    }
    draft.because(format!(
        "asked for about {} different pages that do not exist, {} of {}",
        number(u64::from(web.missing_paths())),
        number(u64::from(web.missing)),
        count(u64::from(web.requests), "request"),
    ));
}

fn title(draft: &Draft, kind: &str, members: usize) -> String {
    let what = match kind {
        "web.sqli" => "SQL injection",
        "web.injection" => "command or code injection",
        "web.traversal" => "file traversal",
        _ => "probes for known weaknesses",
    };
    let most = draft.targets.iter().max_by_key(|(_, hits)| **hits);
    let at = most.and_then(|(target, _)| match target {
        Target::Words(path) if kind != "web.probe" => Some(format!(" at {path}")),
        _ => None,
    });
    let spread = if members > 1 {
        format!(", spread over {}", count(members as u64, "source"))
    } else {
        String::new()
    };
    format!("{what}{}{spread}", at.unwrap_or_default())
}

fn explain(draft: &mut Draft, signs: &BTreeMap<&'static str, u32>, welcomed: u32) {
    let requests: u32 = signs.values().sum();
    if requests > 0 {
        let mut most: Vec<_> = signs.iter().collect();
        most.sort_by_key(|(sign, n)| (std::cmp::Reverse(**n), **sign));
        let named: Vec<String> = most.iter().take(4).map(|(s, n)| format!("{s} {n}")).collect();
        draft.because(format!(
            "{} shaped as exploits ({})",
            count(u64::from(requests), "request"),
            named.join(", "),
        ));
    }
    let span = u64::from(draft.last.saturating_sub(draft.first));
    if requests > 1 && span / u64::from(requests) >= u64::from(SLOW_GAP) {
        draft.because(format!(
            "one every {} for {}: slow, as in Illinois in 2016",
            duration(span / u64::from(requests)),
            duration(span),
        ));
    }
    if welcomed > 0 {
        draft.because(format!(
            "{} answered with success: look at what the pages returned",
            count(u64::from(welcomed), "request"),
        ));
    }
}

/// Outward calls by whom they go to and by whom they come from, with the first of each.
struct Outward<'a> {
    to: BTreeMap<Addr, Vec<(&'a Pair, &'a Calls)>>,
    from: BTreeMap<Addr, Vec<(u32, &'a Pair, &'a Calls)>>,
}

impl<'a> Outward<'a> {
    /// The calls that exploits of these attackers may have led to.
    fn of<'s>(court: &Court<'a>, attackers: impl Iterator<Item = (Addr, &'s Source)>) -> Self {
        let mut outward = Self { to: BTreeMap::new(), from: BTreeMap::new() };
        let (mut whom, mut asked) = (BTreeSet::new(), BTreeSet::new());
        for (addr, source) in attackers {
            for exploit in worked(source) {
                whom.insert(addr);
                asked.extend(exploit.server);
            }
        }
        if whom.is_empty() {
            return outward;
        }
        for (pair, calls) in &court.tables.calls {
            let (to, from) = (whom.contains(&pair.1), asked.contains(&pair.0));
            let Some(first) = calls.iter().next().filter(|_| to || from) else { continue };
            if to {
                outward.to.entry(pair.1).or_default().push((pair, calls));
            }
            if from {
                outward.from.entry(pair.0).or_default().push((first.at, pair, calls));
            }
        }
        outward.to.values_mut().for_each(|pairs| pairs.sort_unstable_by_key(|(pair, _)| **pair));
        outward
            .from
            .values_mut()
            .for_each(|pairs| pairs.sort_unstable_by_key(|(at, pair, _)| (*at, **pair)));
        outward
    }

    /// The first call to the attacker, when none came before the exploit: a partner is called
    /// all day.
    fn back(&self, attacker: Addr, exploit: &Exploit) -> Option<(&'a Pair, &'a Call)> {
        self.to.get(&attacker)?.iter().find_map(|(pair, calls)| {
            let first = calls.iter().next()?;
            let asked = exploit.server.is_none_or(|server| server == pair.0);
            (asked && first.at >= exploit.first.0).then_some((*pair, first))
        })
    }

    /// A first call of the very machine that was asked, within moments of the exploit, to an
    /// address that it had never called.
    fn out(&self, exploit: &Exploit) -> Option<(&'a Pair, &'a Call)> {
        let pairs = self.from.get(&exploit.server?)?;
        [exploit.first.0, exploit.last.0].into_iter().find_map(|at| {
            let from = pairs.partition_point(|(first, ..)| *first < at);
            let (first, pair, calls) = pairs.get(from)?;
            (*first <= at.saturating_add(CALLS_OUT)).then_some((*pair, calls.iter().next()?))
        })
    }
}

/// Exploits answered as if they worked.
fn worked(source: &Source) -> impl Iterator<Item = &Exploit> {
    source.exploits().filter(|e| e.welcomed > 0 && e.shape >= Shape::Traversal)
}

/// An exploit answered as if it worked, and a machine of ours that then called out.
fn answered(court: &Court<'_>, outward: &Outward<'_>, members: &[Member<'_>], draft: &mut Draft) {
    let mut told = BTreeSet::new();
    for Member { addr: attacker, source, .. } in members {
        for exploit in worked(source) {
            let back = outward.back(*attacker, exploit).map(|found| (found, "the attacker"));
            let out = || {
                outward
                    .out(exploit)
                    .filter(|_| exploit.shape >= Shape::Injection)
                    .map(|found| (found, "an address never called before"))
            };
            let Some(((pair, call), whom)) = back.or_else(out) else { continue };
            if !told.insert((pair.0, pair.1, pair.2)) {
                continue;
            }
            draft.rung = Rung::Access;
            draft.machines.insert(pair.0);
            draft.spans(call.at, call.at);
            draft.evidence.push((call.at, call.place, "call out after the exploit"));
            let (machine, called, port) = (court.machine(pair.0), pair.1, pair.2);
            draft.because.insert(
                0,
                format!(
                    "answered as if it worked, and then {machine} called {called} port {port}: \
                     {whom}"
                ),
            );
        }
    }
}
