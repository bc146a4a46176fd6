//! The scorer: holds a report against what was planted.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Serialize;
use ward_kernel::{Addr, Rung};

use crate::truth::{Class, Rule, Truth};
use report::Report;

pub mod campaign;
pub mod report;
pub mod table;

/// How well a report did on one day.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The kind of log.
    pub kind: String,
    /// Lines of the day.
    pub lines: u64,
    /// Its seed.
    pub seed: u64,
    /// Whether every bound was kept.
    pub passed: bool,
    /// One row for each class.
    pub classes: Vec<Row>,
    /// Bounds that concern several classes.
    pub checks: Vec<Check>,
}

/// How well a report did on one class.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The class.
    pub class: String,
    /// How it is judged.
    pub rule: Rule,
    /// Sources (or groups) planted.
    pub planted: u64,
    /// Those found: on the expected rung or above it; for quiet classes, those in any case.
    pub found: u64,
    /// Those found in a case of the expected family (`scan`, `login`...).
    pub family: u64,
    /// Those found in a case of exactly the expected kind.
    pub exact: u64,
    /// Those in a case above the expected rung; for quiet classes, above scan.
    pub above: u64,
    /// Whether the class's bound was kept; `None` when it has none of its own.
    pub kept: Option<bool>,
    /// The bound in words, and what was wrong.
    pub remark: String,
}

/// A bound that concerns several classes.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was counted, and the bound.
    pub what: String,
    /// How many there were.
    pub count: u64,
    /// How many there may be.
    pub allowed: u64,
}

impl Check {
    /// Whether the bound was kept.
    #[must_use]
    pub const fn kept(&self) -> bool {
        self.count <= self.allowed
    }
}

/// Scores a report.
///
/// # Errors
/// When the truth names addresses or rungs that are none.
pub fn score(report: &Report, truth: &Truth) -> Result<Score> {
    let mut classes = Vec::new();
    for (name, class) in &truth.classes {
        let row = match class.rule {
            Rule::Find => find(report, class)?,
            Rule::Campaign => campaign::one_case_each(report, class)?,
            Rule::Named => campaign::named(report, class)?,
            Rule::Never | Rule::Rarely | Rule::Calm => quiet(report, class)?,
        };
        classes.push(Row { class: name.clone(), rule: class.rule, ..row });
    }
    let mut checks = vec![access(report, truth)?];
    if truth.benign_sources > 0 {
        checks.push(benign(&classes, truth));
    }
    let passed =
        classes.iter().all(|row| row.kept != Some(false)) && checks.iter().all(Check::kept);
    let kind = truth.kind.clone();
    Ok(Score { kind, lines: truth.lines, seed: truth.seed, passed, classes, checks })
}

/// The units of a class: each source alone, and each group.
fn units(class: &Class) -> Result<Vec<Vec<Addr>>> {
    let alone = class.sources.keys().map(|source| Ok(vec![address(source)?]));
    alone.chain(groups(class)).collect()
}

fn groups(class: &Class) -> impl Iterator<Item = Result<Vec<Addr>>> {
    class.groups.iter().map(|group| group.iter().map(|source| address(source)).collect())
}

fn address(text: &str) -> Result<Addr> {
    text.parse().map_err(anyhow::Error::msg).context("in the truth file")
}

fn expected(class: &Class) -> Result<Rung> {
    let Some(name) = &class.expect.rung else { return Ok(Rung::Scan) };
    report::rung(name).with_context(|| format!("in the truth file: \"{name}\" is not a rung"))
}

/// The part of a kind before the dot.
fn family(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(family, _)| family)
}

fn find(report: &Report, class: &Class) -> Result<Row> {
    let (rung, kind) = (expected(class)?, class.expect.kind.as_deref().unwrap_or_default());
    let (units, mut row) = (units(class)?, Row::default());
    for unit in &units {
        let good = |wanted: &dyn Fn(&report::Case) -> bool| {
            u64::from(campaign::half_held(report, unit, wanted))
        };
        row.found += good(&|case| case.rung >= rung);
        row.family += good(&|case| case.rung >= rung && family(&case.kind) == family(kind));
        row.exact += good(&|case| case.rung >= rung && case.kind == kind);
        row.above += good(&|case| case.rung > rung);
    }
    row.planted = units.len() as u64;
    row.kept = class.floor.map(|floor| share(row.found, row.planted) >= floor);
    row.remark = class
        .floor
        .map_or_else(|| "shown only".to_owned(), |floor| format!("at least {}", percent(floor)));
    Ok(row)
}

fn quiet(report: &Report, class: &Class) -> Result<Row> {
    let mut row = Row { planted: class.sources.len() as u64, ..Row::default() };
    let mut worst = BTreeSet::new();
    for source in class.sources.keys() {
        let cases = report.holding(address(source)?);
        let cases: Vec<_> = cases.iter().filter_map(|place| report.cases.get(*place)).collect();
        row.found += u64::from(!cases.is_empty());
        row.above += u64::from(cases.iter().any(|case| case.rung > Rung::Scan));
        let shown = cases.iter().filter(|case| class.rule != Rule::Calm || case.rung > Rung::Scan);
        worst.extend(shown.map(|case| case.kind.clone()));
    }
    let (kept, bound) = match class.rule {
        Rule::Never => (Some(row.found == 0), "in no case".to_owned()),
        Rule::Calm => (Some(row.above == 0), "in no case above scan".to_owned()),
        _ => (None, format!("{:.2} in 10,000", share(row.found, row.planted) * 10_000.0)),
    };
    let worst: Vec<String> = worst.into_iter().take(4).collect();
    row.kept = kept;
    row.remark =
        if worst.is_empty() { bound } else { format!("{bound}; seen: {}", worst.join(", ")) };
    Ok(row)
}

/// Benign sources in any case, of all classes that may be named only rarely.
fn benign(classes: &[Row], truth: &Truth) -> Check {
    let rows = classes.iter().filter(|row| row.rule == Rule::Rarely);
    let count = rows.map(|row| row.found).sum();
    let of = truth.benign_sources;
    let what = format!("of {of} benign sources in any case (at most 1 in 10,000)");
    Check { what, count, allowed: (of / 10_000).max(1) }
}

/// Sources that a case puts on access or above although they never got in.
fn access(report: &Report, truth: &Truth) -> Result<Check> {
    let mut may = BTreeSet::new();
    for class in truth.classes.values() {
        if class.rule == Rule::Named || expected(class)? >= Rung::Access {
            may.extend(units(class)?.into_iter().flatten());
        }
    }
    let cases = report.cases.iter().filter(|case| case.rung >= Rung::Access);
    let named: BTreeSet<Addr> = cases.flat_map(|case| case.sources.iter().copied()).collect();
    let count = named.difference(&may).count() as u64;
    let what = "sources in a case of access that never got in".to_owned();
    Ok(Check { what, count, allowed: 0 })
}

/// The share of `part` in `whole`; 1 when there is nothing to have a share in.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of sources are far below 2^53")]
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A share in percent, cut (never rounded up to a bound that was missed).
#[must_use]
pub fn percent(share: f64) -> String {
    let tenths = (share * 1000.0 + 1e-9).floor() / 10.0;
    if tenths.fract() == 0.0 { format!("{tenths:.0} %") } else { format!("{tenths:.1} %") }
}

#[cfg(test)]
mod tests;
