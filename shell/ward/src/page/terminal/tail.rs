//! The foot of the page: what the reader has to know, trouble, what the words mean.

use ward_watch::report::Report;

use super::canvas::{Canvas, Style};
use crate::page::View;
use crate::page::text::{count, grouped};

/// The problems that are shown.
const PROBLEMS: usize = 12;

pub(crate) fn notes(canvas: &mut Canvas, report: &Report) {
    if !report.remarks.is_empty() {
        canvas.heading(Style::Bold, "REMARKS", "");
        for remark in &report.remarks {
            canvas.field(2, "", 0, (Style::Plain, remark));
        }
    }
    if report.problems.is_empty() {
        return;
    }
    let remark = count(report.problems.len() as u64, "place", "places");
    canvas.heading(Style::Warn, "TROUBLE READING", &remark);
    for problem in report.problems.iter().take(PROBLEMS) {
        let text = format!("{}: {}", problem.place, problem.what);
        canvas.field(2, "", 0, (Style::Plain, &text));
    }
    let rest = report.problems.len().saturating_sub(PROBLEMS) as u64;
    if rest > 0 {
        let text = format!("… and {} more: --json", grouped(rest));
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
}

pub(crate) fn definitions(canvas: &mut Canvas, report: &Report, view: &View) {
    let name = format!("version {}", report.definitions.version);
    canvas.heading(Style::Dim, "WHAT THE WORDS MEAN", &name);
    for definition in report.definitions.rungs.iter().rev() {
        canvas.field(2, definition.rung.name(), 9, (Style::Dim, definition.text));
    }
    canvas.field(2, "", 0, (Style::Dim, &format!("{}, {}", view.version, report.schema)));
}
