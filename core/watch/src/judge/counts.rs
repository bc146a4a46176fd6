//! The numbers of the report.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung, Time};

use super::docket::Docket;
use super::draft::{Court, number, port_label};
use crate::report::{Background, Case, Counts, Hour, Span, Tally};
use crate::state::witness::Seen;

/// Hours that a report shows at most: 31 days.
const HOURS: i64 = 31 * 24;
/// Ports of the background that are listed.
const PORTS: usize = 20;

/// Sources, cases and records by rung and kind.
#[must_use]
pub(super) fn counts(court: &Court<'_>, docket: &Docket<'_>, cases: &[Case]) -> Counts {
    let mut counts = Counts {
        records: court.tables.records,
        sources: sources(court),
        sources_exact: court.tables.faint.folded == 0,
        by_rung: Rung::ALL.iter().map(|rung| (rung.name(), Tally::default())).collect(),
        ..Counts::default()
    };
    let mut highest: BTreeMap<Addr, Rung> = BTreeMap::new();
    for case in cases {
        if case.authorised.is_some() {
            add(&mut counts.authorised, case);
            continue;
        }
        add(counts.by_kind.entry(case.kind).or_default(), case);
        if let Some(tally) = counts.by_rung.get_mut(case.rung.name()) {
            tally.cases += 1;
            tally.records += case.records;
        }
        for addr in &case.sources {
            let rung = highest.entry(*addr).or_insert(case.rung);
            *rung = (*rung).max(case.rung);
        }
    }
    let tests = cases.iter().filter(|case| case.authorised.is_some());
    let tested: BTreeSet<Addr> = tests.flat_map(|case| case.sources.iter().copied()).collect();
    for (addr, rung) in &highest {
        if court.tables.sources.contains_key(addr)
            && let Some(tally) = counts.by_rung.get_mut(rung.name())
        {
            tally.sources += 1;
        }
    }
    for (addr, records) in &docket.known {
        let Some(name) = court.config.known_scanner(*addr) else { continue };
        let tally = counts.known_scanners.entry(name.to_owned()).or_default();
        tally.sources += 1;
        tally.records += u64::from(*records);
    }
    // Whoever probed and stands in no case looked; what a registered test did is counted above.
    let counted = highest.keys().chain(tested.iter().filter(|addr| !highest.contains_key(addr)));
    let named = counted.filter(|addr| failed_of(court, addr) > 0).count();
    if let Some(scan) = counts.by_rung.get_mut(Rung::Scan.name()) {
        scan.sources += docket.probed.len().saturating_sub(named) as u64;
    }
    if let Some(scan) = counts.by_rung.get_mut(Rung::Scan.name()) {
        let tests = cases.iter().filter(|case| case.authorised.is_some());
        let tested: u64 = tests.filter(|c| c.kind.starts_with("scan.")).map(|c| c.records).sum();
        scan.records = probes(court).saturating_sub(tested);
        scan.sources += court.tables.faint.sources();
    }
    counts
}

/// Failed contacts of a source, repeats included.
fn failed_of(court: &Court<'_>, addr: &Addr) -> u32 {
    let flows = court.tables.sources.get(addr).and_then(|source| source.flows.as_ref());
    flows.map_or(0, |flows| flows.failed())
}

/// Distinct sources; a folded source that came back counts once.
fn sources(court: &Court<'_>) -> u64 {
    let live = court.tables.sources.keys();
    court.tables.faint.sources_with(live.copied()).unwrap_or(court.tables.sources.len() as u64)
}

fn add(tally: &mut Tally, case: &Case) {
    tally.cases += 1;
    tally.sources += case.source_count;
    tally.records += case.records;
}

fn probes(court: &Court<'_>) -> u64 {
    court.tables.ports.values().map(Seen::count).sum()
}

/// What belongs to no case: sources that looked once or twice.
#[must_use]
pub(super) fn background(court: &Court<'_>, docket: &Docket<'_>, cases: &[Case]) -> Background {
    let named: BTreeSet<Addr> = cases
        .iter()
        .filter(|case| case.kind.starts_with("scan.") || case.kind == "probe.persistent")
        .flat_map(|case| case.sources.iter().copied())
        .collect();
    let mut background = Background {
        sources: court.tables.faint.sources(),
        probes: court.tables.faint.probes,
        ports: Vec::new(),
    };
    let told = || named.iter().map(|addr| failed_of(court, addr)).filter(|failed| *failed > 0);
    let probes: u64 = docket.probed.iter().map(|probed| u64::from(probed.failed)).sum();
    background.sources += docket.probed.len().saturating_sub(told().count()) as u64;
    background.probes += probes.saturating_sub(told().map(u64::from).sum());
    let mut ports: Vec<(u64, (u16, u8))> =
        court.tables.ports.iter().map(|(port, n)| (n.count(), *port)).collect();
    ports.sort_unstable_by_key(|(n, port)| (std::cmp::Reverse(*n), *port));
    background.ports = ports
        .into_iter()
        .take(PORTS)
        .map(|(n, (port, protocol))| (port_label(port, protocol), n))
        .collect();
    background
}

/// The hours of the span, the latest 31 days of them, silent ones included.
#[must_use]
pub(super) fn hours(court: &Court<'_>, span: Option<Span>) -> Vec<Hour> {
    let Some(span) = span else { return Vec::new() };
    let all = court.tables.hours.all();
    let (first, last) = (span.first.secs().div_euclid(3600), span.last.secs().div_euclid(3600));
    let from = first.max(last.saturating_sub(HOURS - 1));
    (from..=last)
        .map(|hour| {
            let count = all.get(&hour).copied().unwrap_or_default();
            Hour {
                start: Time::from_secs(hour.saturating_mul(3600)),
                records: count.records,
                probes: count.probes.count(),
                failed_logins: count.failed_logins,
                logins: count.logins,
                requests: count.requests.count(),
                exploits: count.exploits.count(),
                alerts: count.alerts,
            }
        })
        .collect()
}

/// Limits that were reached.
#[must_use]
pub(super) fn limits(court: &Court<'_>, folded: bool) -> Vec<String> {
    let mut limits = Vec::new();
    let faint = &court.tables.faint;
    if folded || faint.folded > 0 {
        limits.push(format!(
            "Memory limit ({} MB): about {} sources that did next to nothing are counted in \
             sketches (error about 3 %) and no longer listed; raise --memory to list them.",
            court.config.memory >> 20,
            number(faint.sources()),
        ));
    }
    if court.tables.calls_forgotten {
        limits.push(
            "Outward calls to rare addresses were too many to keep: beacons with few calls may \
             be missed."
                .to_owned(),
        );
    }
    if court.tables.names.is_full() {
        limits.push("More than 65,536 names: later paths and accounts show as numbers.".to_owned());
    }
    limits
}
