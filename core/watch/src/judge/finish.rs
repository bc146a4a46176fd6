//! From drafts to cases: names, owners, registered tests, evidence, order.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Net, Rung, Time, hash};

use super::FileInfo;
use super::draft::{Court, Draft, Target};
use crate::config::within;
use crate::report::{Case, Evidence};
use crate::state::Place;

const SOURCES: usize = 100_000;
const ACCOUNTS: usize = 1_000;
const TARGETS: usize = 100;
const SCAN_TARGETS: usize = 20;

/// Finishes all drafts: highest rung first, then most records.
#[must_use]
pub(super) fn cases(court: &Court<'_>, files: &[FileInfo], drafts: Vec<Draft>) -> Vec<Case> {
    let mut cases: Vec<Case> = drafts.into_iter().map(|draft| case(court, files, draft)).collect();
    cases.sort_by(|a, b| {
        let rank = |case: &Case| (case.authorised.is_some(), std::cmp::Reverse(case.rung));
        rank(a).cmp(&rank(b)).then_with(|| b.records.cmp(&a.records)).then_with(|| a.id.cmp(&b.id))
    });
    relate(&mut cases);
    cases
}

fn case(court: &Court<'_>, files: &[FileInfo], mut draft: Draft) -> Case {
    let (first, last) = (moment(draft.first), moment(draft.last));
    let authorised = authorised(court, &mut draft, first, last);
    let mut targets: Vec<(Target, u64)> = std::mem::take(&mut draft.targets).into_iter().collect();
    let target_count = draft.target_count.max(targets.len() as u64);
    targets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let shown = if draft.rung == Rung::Scan { SCAN_TARGETS } else { TARGETS };
    let mut accounts: Vec<String> = draft
        .accounts
        .iter()
        .filter(|account| **account != super::theft::nobody())
        .map(|account| court.account(*account))
        .collect();
    accounts.retain(|name| !name.is_empty());
    accounts.sort_unstable();
    Case {
        id: id(&draft, first),
        rung: draft.rung,
        kind: draft.kind,
        title: draft.title.clone(),
        source_count: draft.sources.len() as u64,
        networks: networks(&draft),
        known: known(court, &draft.sources),
        accounts: accounts.into_iter().take(ACCOUNTS).collect(),
        targets: targets.iter().take(shown).map(|(target, _)| court.words(target)).collect(),
        target_count,
        jurisdictions: jurisdictions(court, files, &draft),
        first,
        last,
        records: draft.records,
        hours: Vec::new(),
        because: draft.because.clone(),
        authorised,
        related: Vec::new(),
        evidence: draft.evidence.iter().map(|kept| evidence(files, *kept)).collect(),
        sources: draft.sources.into_iter().take(SOURCES).collect(),
    }
}

fn moment(secs: u32) -> Time {
    Time::from_secs(i64::from(secs))
}

/// A name that the same records always give.
fn id(draft: &Draft, first: Time) -> String {
    let source = draft.sources.first().copied().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "the number is cut into two halves")]
    let (high, low) = ((source.bits() >> 64) as u64, source.bits() as u64);
    let key = hash::join(hash::join(high, low), first.secs().unsigned_abs());
    let key = hash::join(key, hash::bytes(draft.kind.as_bytes()));
    format!("W-{:010x}", key >> 24)
}

fn known(court: &Court<'_>, sources: &BTreeSet<Addr>) -> Option<String> {
    let mut sources = sources.iter();
    let name = court.config.known_scanner(*sources.next()?)?;
    sources.all(|addr| court.config.known_scanner(*addr) == Some(name)).then(|| name.to_owned())
}

/// Networks that hold at least half of many sources.
fn networks(draft: &Draft) -> Vec<Net> {
    if draft.sources.len() < 4 || !draft.networks.is_empty() {
        return draft.networks.clone();
    }
    let mut counts: BTreeMap<Net, usize> = BTreeMap::new();
    for addr in &draft.sources {
        let len = if addr.as_v4().is_some() { 24 } else { 64 };
        *counts.entry(Net::of(*addr, len)).or_insert(0) += 1;
    }
    counts.retain(|_, n| *n * 2 >= draft.sources.len());
    counts.into_keys().collect()
}

/// The owner of the registered test that a case belongs to; loud when it is outside its window.
fn authorised(court: &Court<'_>, draft: &mut Draft, first: Time, last: Time) -> Option<String> {
    let all_in = |nets: &[Net]| draft.sources.iter().all(|addr| within(nets, *addr));
    let test = court.config.authorised.iter().find(|test| all_in(&test.networks))?;
    if test.window.holds(first, last) {
        return Some(test.owner.clone());
    }
    draft.because.insert(
        0,
        format!(
            "the address is registered for a test of {}, but this lies outside its window \
             ({} to {}): ask the owner",
            test.owner, test.window.from, test.window.to,
        ),
    );
    None
}

fn jurisdictions(court: &Court<'_>, files: &[FileInfo], draft: &Draft) -> Vec<String> {
    let aimed = draft.machines.iter().filter_map(|addr| court.config.asset_at(*addr));
    let mut found: BTreeSet<String> =
        aimed.filter_map(|asset| asset.jurisdiction.clone()).collect();
    let read = draft.evidence.iter().filter_map(|(_, place, _)| files.get(place.file()));
    found.extend(read.filter_map(|file| file.jurisdiction.clone()));
    found.into_iter().collect()
}

fn evidence(files: &[FileInfo], (at, place, shows): (u32, Place, &'static str)) -> Evidence {
    Evidence {
        file: files.get(place.file()).map(|file| file.name.clone()).unwrap_or_default(),
        offset: place.offset(),
        time: moment(at),
        shows,
        line: None,
        sha256: None,
    }
}

/// Links cases that share a source.
fn relate(cases: &mut [Case]) {
    let mut by_source: BTreeMap<Addr, Vec<usize>> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        for addr in &case.sources {
            by_source.entry(*addr).or_default().push(at);
        }
    }
    let mut links: BTreeSet<(usize, usize)> = BTreeSet::new();
    for shared in by_source.values().filter(|shared| shared.len() > 1) {
        for a in shared {
            links.extend(shared.iter().filter(|b| *b != a).map(|b| (*a, *b)));
        }
    }
    let ids: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
    for (a, b) in links {
        if let (Some(case), Some(id)) = (cases.get_mut(a), ids.get(b)) {
            case.related.push(id.clone());
        }
    }
}
