//! The head of the page: whose it is, the sentence, the four rungs.

use ward_kernel::Rung;
use ward_watch::report::{Report, Tally};

use super::canvas::{Canvas, Style};
use crate::page::View;
use crate::page::text::{columns, count, grouped};
use crate::page::when::{Clock, length};

pub(crate) fn masthead(canvas: &mut Canvas, report: &Report, view: &View, clock: &Clock) {
    let dot = canvas.glyphs().dot;
    let office = view.office.as_deref().map(|office| format!(" {dot} {office}"));
    canvas.line(&[(Style::Bold, "WARD"), (Style::Dim, office.as_deref().unwrap_or(""))]);
    let what = match report.span {
        Some(span) => format!(
            "{} to {} ({})  {dot}  {}  {dot}  {}",
            clock.full(span.first),
            clock.full(span.last),
            length(span.last.since(span.first)),
            count(report.counts.records, "record", "records"),
            sources(report),
        ),
        None => count(report.counts.records, "record", "records"),
    };
    canvas.field(0, "", 0, (Style::Dim, &what));
    canvas.blank();
    let style =
        report.highest.filter(|rung| *rung >= Rung::Access).map_or(Style::Bold, Style::Rung);
    canvas.field(0, "", 0, (style, &report.sentence));
}

fn sources(report: &Report) -> String {
    let about = if report.counts.sources_exact { "" } else { "about " };
    format!("{about}{}", count(report.counts.sources, "source", "sources"))
}

/// The ladder, highest rung on top, as one climbs it. A bar grows by one step for every tenfold
/// of records: a single access must stay visible beside a hundred thousand scans.
pub(crate) fn rungs(canvas: &mut Canvas, report: &Report) {
    let block = canvas.glyphs().block;
    let remark = format!("each {block} ten times more records");
    canvas.heading(Style::Bold, "THE LADDER", &remark);
    let tallies: Vec<(Rung, Tally)> = Rung::ALL
        .into_iter()
        .rev()
        .map(|rung| (rung, report.counts.by_rung.get(rung.name()).copied().unwrap_or_default()))
        .collect();
    let cell = |value: u64, one, many| (grouped(value), if value == 1 { one } else { many });
    let cells: Vec<[(String, &str); 3]> = tallies
        .iter()
        .map(|(_, tally)| {
            [
                cell(tally.cases, "case", "cases"),
                cell(tally.sources, "source", "sources"),
                cell(tally.records, "record", "records"),
            ]
        })
        .collect();
    let wide = |i: usize| {
        cells.iter().filter_map(|row| row.get(i)).map(|(n, _)| columns(n)).max().unwrap_or(1)
    };
    let (first, second, third) = (wide(0), wide(1), wide(2));
    for ((rung, tally), [cases, from, records]) in tallies.iter().zip(&cells) {
        let (style, body) = if tally.records == 0 && tally.cases == 0 {
            (Style::Dim, Style::Dim)
        } else {
            (Style::Rung(*rung), Style::Plain)
        };
        let name = format!("  {:<9}", rung.name());
        let numbers = format!(
            "{:>first$} {:<5}  {:>second$} {:<7}  {:>third$} {:<7}  ",
            cases.0, cases.1, from.0, from.1, records.0, records.1
        );
        let bar = block.to_string().repeat(decades(tally.records));
        canvas.line(&[(style, &name), (body, &numbers), (style, &bar)]);
    }
    let authorised = report.counts.authorised;
    if authorised.cases > 0 {
        let text = format!(
            "Registered tests are not in these numbers: {}, {}.",
            count(authorised.cases, "case", "cases"),
            count(authorised.records, "record", "records"),
        );
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
    if !report.counts.sources_exact {
        let text = "Counts of sources are estimates: there were more than fit in memory.";
        canvas.field(2, "", 0, (Style::Warn, text));
    }
}

/// Digits of the number: 0 for none, 1 below ten, 6 for a hundred thousand.
fn decades(records: u64) -> usize {
    if records == 0 { 0 } else { records.to_string().len() }
}
