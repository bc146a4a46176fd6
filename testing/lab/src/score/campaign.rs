//! Groups: sources that worked together, and whether a report says so.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use ward_kernel::{Addr, Rung};

use super::report::{Case, Report};
use super::{Row, expected, family, groups, percent, share};
use crate::truth::Class;

/// Whether one case of the wanted sort holds at least half of these sources.
#[must_use]
pub fn half_held(report: &Report, unit: &[Addr], wanted: impl Fn(&Case) -> bool) -> bool {
    held(report, unit).into_iter().any(|(place, held)| {
        report.cases.get(place).is_some_and(|case| wanted(case) && enough(case, held, unit, 0.5))
    })
}

/// For each case that holds any of these sources: how many.
fn held(report: &Report, unit: &[Addr]) -> BTreeMap<usize, u64> {
    let mut held = BTreeMap::new();
    for place in unit.iter().flat_map(|source| report.holding(*source)) {
        *held.entry(place).or_default() += 1;
    }
    held
}

/// Whether `held` sources are a share of the group that suffices. A case that lists only some of
/// its sources (reports stop at 10,000) is believed when it counts enough sources and the listed
/// ones are the group's in the same share.
fn enough(case: &Case, held: u64, unit: &[Addr], least: f64) -> bool {
    let (listed, group) = (case.sources.len() as u64, unit.len() as u64);
    let cut = case.source_count > listed;
    share(held, group) >= least
        || cut && share(case.source_count, group) >= least && share(held, listed) >= least
}

/// Judges [`crate::truth::Rule::Campaign`].
///
/// # Errors
/// When the class names addresses or rungs that are none.
pub fn one_case_each(report: &Report, class: &Class) -> Result<Row> {
    let (rung, kind) = (expected(class)?, class.expect.kind.as_deref().unwrap_or_default());
    let (mut row, mut wrong) = (Row::default(), Vec::new());
    for (number, group) in groups(class).enumerate() {
        let group = group?;
        row.planted += 1;
        let held = held(report, &group);
        let most = held.iter().max_by_key(|(_, held)| **held);
        let Some((case, count)) = most.and_then(|(place, n)| Some((report.cases.get(*place)?, *n)))
        else {
            wrong.push(format!("group {number} is in no case"));
            continue;
        };
        row.above += u64::from(case.rung > rung);
        let Some(why) = flaw(case, count, &held, &group, rung) else {
            row.found += 1;
            row.family += u64::from(family(&case.kind) == family(kind));
            row.exact += u64::from(case.kind == kind);
            continue;
        };
        wrong.push(format!("group {number} {why}"));
    }
    row.kept = Some(row.found == row.planted);
    wrong.truncate(3);
    wrong.insert(0, "each exactly one case".to_owned());
    row.remark = wrong.join("; ");
    Ok(row)
}

/// Why the case that holds most of a group is not the group's one case.
fn flaw(
    case: &Case,
    count: u64,
    held: &BTreeMap<usize, u64>,
    group: &[Addr],
    rung: Rung,
) -> Option<String> {
    if case.rung < rung {
        return Some(format!("is only on {}", case.rung));
    }
    if held.len() > 1 {
        let most = percent(share(count, group.len() as u64));
        return Some(format!("is in {} cases, {most} in the largest", held.len()));
    }
    if !enough(case, count, group, 0.9) {
        return Some(format!("is held to {}", percent(share(count, group.len() as u64))));
    }
    let members: BTreeSet<&Addr> = group.iter().collect();
    let own = case.sources.iter().filter(|source| members.contains(source)).count() as u64;
    let pure = share(own, case.sources.len() as u64);
    (pure < 0.9).then(|| format!("is only {} of its case", percent(pure)))
}

/// Judges [`crate::truth::Rule::Named`].
///
/// # Errors
/// When the class names addresses that are none.
pub fn named(report: &Report, class: &Class) -> Result<Row> {
    let kind = class.expect.kind.as_deref().unwrap_or_default();
    let mut row = Row::default();
    for group in groups(class) {
        let group = group?;
        row.planted += 1;
        let exact = half_held(report, &group, |case| case.kind == kind);
        row.found += u64::from(exact);
        row.exact += u64::from(exact);
        row.family +=
            u64::from(half_held(report, &group, |case| family(&case.kind) == family(kind)));
    }
    row.kept = Some(row.found == row.planted);
    row.remark = format!("named {kind}");
    Ok(row)
}
