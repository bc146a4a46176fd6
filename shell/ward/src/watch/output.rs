//! What a run leaves: files first, then the page.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use ward_kernel::Rung;
use ward_kernel::time::DAY;
use ward_watch::Report;

use super::{Run, proof};
use crate::cli::Watch;
use crate::exit::Exit;
use crate::page::blocklist::{self, Blockable, Form, LeftOut};
use crate::page::text::{clean, count, wrap};
use crate::page::{html, json, terminal};
use crate::{look, why};

/// How long a block should last after the last hostile record, in microseconds.
const BLOCK_FOR: i64 = 30 * DAY;

/// Writes everything that was asked for. What cannot be written is said on standard error and in
/// the exit code; it never hides the page.
pub(super) fn write(options: &Watch, run: &Run) -> anyhow::Result<Exit> {
    let report = &run.report;
    let mut failed = false;
    let mut note = |done: anyhow::Result<()>| {
        if let Err(err) = done {
            failed = true;
            say(&format!("{err:#}"));
        }
    };
    if let Some(path) = &options.html {
        note(save(path, html::render(report, &run.view).as_bytes()));
    }
    if let Some(path) = &options.blocklist {
        let form = options.blocklist_format.unwrap_or_else(|| Form::of_name(path));
        note(save(path, block_list(form, run).as_bytes()));
    }
    if let Some(dir) = &options.evidence {
        note(proof::write(dir, run));
    }
    let (printed, highest) = match &options.why {
        Some(subject) => answer(options, subject, run),
        None => (print(options, run), report.highest),
    };
    match printed {
        // Nobody is left to read the page (`ward watch ... | head`): no failure.
        Err(err) if err.kind() != io::ErrorKind::BrokenPipe => {
            note(Err(err).context("the page cannot be written"));
        }
        _ => {}
    }
    if options.why.is_some() || options.quiet {
        // Their answers have no room for it, and "no match" may only mean "not read".
        trouble(report);
    }
    Ok(if failed { Exit::Trouble } else { Exit::of(report, highest, run.trouble) })
}

/// Places that are named when a page without their list is printed.
const TROUBLES: usize = 12;

/// Says beside the output what could not be read.
fn trouble(report: &Report) {
    for problem in report.problems.iter().take(TROUBLES) {
        say(&format!("{}: {}", problem.place, problem.what));
    }
    let rest = report.problems.len().saturating_sub(TROUBLES) as u64;
    if rest > 0 {
        say(&format!("and {} more: --json names them", count(rest, "place", "places")));
    }
}

/// Answers for one address or account; the run's end is then by its highest rung.
fn answer(options: &Watch, subject: &str, run: &Run) -> (io::Result<()>, Option<Rung>) {
    let known = run.engine.why(subject, &run.report);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if options.json {
        json::write(&known, &mut out)
    } else {
        let page = why::render(&known, &run.report, &run.view, look::of(options));
        out.write_all(page.as_bytes())
    };
    (written.and_then(|()| out.flush()), known.highest)
}

fn print(options: &Watch, run: &Run) -> io::Result<()> {
    let (report, look) = (&run.report, look::of(options));
    let mut out = io::BufWriter::new(io::stdout().lock());
    if options.json {
        json::write(report, &mut out)?;
    } else if options.quiet {
        for line in wrap(&clean(&report.sentence), look.width) {
            writeln!(out, "{line}")?;
        }
    } else {
        out.write_all(terminal::render(report, &run.view, look).as_bytes())?;
    }
    out.flush()
}

fn block_list(form: Form, run: &Run) -> String {
    let advice = run.engine.advise(&run.report);
    let candidates = advice.block.into_iter().map(|block| Blockable {
        addr: block.addr,
        reason: block.reason,
        rung: block.rung,
        until: block.last.plus(BLOCK_FOR),
    });
    let network = &run.settings.network;
    let never: Vec<_> = [
        (&network.own, "one of our own networks"),
        (&network.carrier_nat, "many honest people share it (carrier NAT)"),
        (&network.trusted_proxies, "one of our own proxies"),
    ]
    .into_iter()
    .flat_map(|(nets, why)| nets.iter().map(move |net| (net.0, why)))
    .collect();
    let (block, mut left_out) = blocklist::review(candidates.collect(), &never);
    left_out.extend(advice.left_out.into_iter().map(|(addr, why)| LeftOut { addr, why }));
    blocklist::render(form, &block, &left_out, &run.view)
}

fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// A sentence on standard error.
pub(super) fn say(what: &str) {
    let _ = writeln!(io::stderr(), "ward: {}", clean(what));
}

/// Says what the evidence folder holds.
pub(super) fn say_evidence(dir: &Path, cases: u64, lines: u64) {
    say(&format!(
        "evidence of {}, {}, is in {}",
        count(cases, "case", "cases"),
        count(lines, "line", "lines"),
        dir.display(),
    ));
}
