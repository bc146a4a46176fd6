//! From places back to lines: the few that a page quotes, and all of them for the evidence folder.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use ward_kernel::{Addr, Rung};
use ward_watch::report::{Case, Report};
use ward_wire::{Input, Options, lines, select};

use super::{Run, output};
use crate::evidence::{Folder, Line, MARKING, sha256};

/// Lines that are fetched for a page, of the weightiest cases first.
const QUOTED: usize = 5_000;
/// Bytes of a line that a page quotes; its hash is of the whole line.
const SHOWN: usize = 2_000;

/// Fetches the raw lines that the report's evidence names, with their hashes.
pub(super) fn fill(report: &mut Report, inputs: &[Input], options: &Options) {
    // Names are unique: `walk` sees to that.
    let by_name: BTreeMap<&str, usize> =
        inputs.iter().enumerate().map(|(i, input)| (input.name.as_str(), i)).collect();
    let mut places =
        report.cases.iter_mut().flat_map(|case| &mut case.evidence).collect::<Vec<_>>();
    places.truncate(QUOTED);
    let wanted: Vec<(usize, u64)> = places
        .iter()
        .map(|item| (by_name.get(item.file.as_str()).copied().unwrap_or(usize::MAX), item.offset))
        .collect();
    for (item, line) in places.into_iter().zip(lines(inputs, options, &wanted)) {
        if let Some(line) = line {
            item.sha256 = Some(sha256(&line));
            let shown = line.get(..SHOWN).unwrap_or(&line);
            let text = String::from_utf8_lossy(shown);
            item.line = Some(crate::page::text::clean(&text).into_owned());
        }
    }
}

/// Writes the evidence folder: every line that a case above scan stands on.
pub(super) fn write(dir: &Path, run: &Run) -> anyhow::Result<()> {
    let report = &run.report;
    let cases: Vec<&Case> = report
        .cases
        .iter()
        .filter(|case| case.rung > Rung::Scan && case.authorised.is_none())
        .collect();
    let mut by_source: BTreeMap<Addr, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        for addr in &case.sources {
            by_source.entry(*addr).or_default().push(case);
        }
    }
    let context = || format!("the evidence cannot be written to {}", dir.display());
    let mut folder =
        Folder::create(dir, &cases, report, &run.view, MARKING).with_context(context)?;
    let mut done = Ok(());
    select(&run.inputs, &run.reading, |record| {
        if done.is_err() || record.line.is_empty() {
            return;
        }
        let time = record.event.time;
        let file = run.inputs.get(record.file).map_or("", |input| input.name.as_str());
        let line = Line { file, offset: record.offset, time, bytes: record.line };
        // The engine says who is behind a record: what a stranger claims in a header about
        // somebody else puts no line into that somebody's case.
        let source = run.engine.source_of(record.event);
        for case in by_source.get(&source).into_iter().flatten() {
            if done.is_ok() && run.engine.belongs(case, record.event) {
                done = folder.add(&case.id, line);
            }
        }
    });
    done.with_context(context)?;
    let written = folder.finish().with_context(context)?;
    output::say_evidence(dir, written.cases, written.lines);
    Ok(())
}
