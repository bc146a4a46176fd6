//! Cases that a person has to read: each a block that answers who, when, where and why.

use ward_kernel::Rung;
use ward_watch::report::Case;

use super::canvas::{Canvas, Style};
use crate::page::text::{columns, count, grouped, heading, list};
use crate::page::when::{Clock, length};

/// Attempts shown in full; there may be thousands.
const ATTEMPTS: usize = 20;
const LABEL: usize = 10;

pub(crate) fn access(canvas: &mut Canvas, cases: &[&Case], clock: &Clock) {
    if cases.is_empty() {
        return;
    }
    let style = Style::Rung(cases.first().map_or(Rung::Access, |case| case.rung));
    canvas.heading(style, "SOMEONE GOT IN", &count(cases.len() as u64, "case", "cases"));
    for (i, case) in cases.iter().enumerate() {
        block(canvas, case, clock, i > 0);
    }
}

pub(crate) fn attempts(canvas: &mut Canvas, cases: &[&Case], clock: &Clock) {
    if cases.is_empty() {
        return;
    }
    let remark = count(cases.len() as u64, "case", "cases");
    canvas.heading(Style::Rung(Rung::Attempt), "SOMEONE TRIED", &remark);
    for (i, case) in cases.iter().take(ATTEMPTS).enumerate() {
        block(canvas, case, clock, i > 0);
    }
    let rest = cases.len().saturating_sub(ATTEMPTS) as u64;
    if rest > 0 {
        canvas.blank();
        let text = format!("… and {} more attempts: --json or --html lists all", grouped(rest));
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
}

fn block(canvas: &mut Canvas, case: &Case, clock: &Clock, apart: bool) {
    if apart {
        canvas.blank();
    }
    headline(canvas, case);
    canvas.field(2, "", 0, (Style::Bold, &heading(&case.title)));
    let mut field = |label: &str, text: &str| {
        canvas.field(2, label, LABEL, (Style::Plain, text));
    };
    field("who", &who(case));
    if !case.accounts.is_empty() {
        let quoted: Vec<String> = case.accounts.iter().map(|name| format!("\"{name}\"")).collect();
        field("accounts", &list(&quoted, 4, quoted.len() as u64, ", "));
    }
    field("when", &when(case, clock));
    field("where", &place(case));
    for (i, sentence) in case.because.iter().enumerate() {
        field(if i == 0 { "because" } else { "" }, sentence);
    }
    evidence(canvas, case);
    if !case.related.is_empty() {
        let text = list(&case.related, 4, case.related.len() as u64, ", ");
        canvas.field(2, "see also", LABEL, (Style::Dim, &text));
    }
}

fn headline(canvas: &mut Canvas, case: &Case) {
    let badge = canvas.badge(&case.rung.name().to_uppercase());
    let kind = format!(" {}", case.kind);
    let used = columns(&badge).saturating_add(columns(&kind)).saturating_add(columns(&case.id));
    let gap = " ".repeat(canvas.width().saturating_sub(used.saturating_add(2)).max(2));
    canvas.line(&[
        (Style::Plain, "  "),
        (Style::Badge(case.rung), &badge),
        (Style::Rung(case.rung), &kind),
        (Style::Plain, &gap),
        (Style::Dim, &case.id),
    ]);
}

fn who(case: &Case) -> String {
    let addresses: Vec<String> = case.sources.iter().take(3).map(ToString::to_string).collect();
    let mut text = list(&addresses, 3, case.source_count, ", ");
    if !case.networks.is_empty() {
        let nets: Vec<String> = case.networks.iter().take(3).map(ToString::to_string).collect();
        text.push_str(", mostly in ");
        text.push_str(&list(&nets, 3, case.networks.len() as u64, ", "));
    }
    if let Some(known) = &case.known {
        text.push_str(&format!(" ({known})"));
    }
    if let Some(test) = &case.authorised {
        text.push_str(&format!(" (registered: {test})"));
    }
    text
}

fn when(case: &Case, clock: &Clock) -> String {
    let span = clock.span(case.first, case.last);
    let records = count(case.records, "record", "records");
    match case.last.since(case.first) {
        0 => format!("{span}, {records}"),
        micros => format!("{span}, {}, {records}", length(micros)),
    }
}

fn place(case: &Case) -> String {
    let mut text = list(&case.targets, 3, case.target_count, ", ");
    if !case.jurisdictions.is_empty() {
        let places = list(&case.jurisdictions, 3, case.jurisdictions.len() as u64, ", ");
        text = if text.is_empty() { places } else { format!("{text} ({places})") };
    }
    if text.is_empty() { "not named by the records".to_owned() } else { text }
}

fn evidence(canvas: &mut Canvas, case: &Case) {
    for (i, item) in case.evidence.iter().take(2).enumerate() {
        let label = if i == 0 { "evidence" } else { "" };
        let text = format!("{} at byte {}: {}", item.file, grouped(item.offset), item.shows);
        canvas.field(2, label, LABEL, (Style::Plain, &text));
        if let Some(line) = &item.line {
            let left = format!("{:1$}", "", LABEL.saturating_add(2));
            canvas.line(&[(Style::Plain, &left), (Style::Dim, line)]);
        }
    }
    let rest = case.evidence.len().saturating_sub(2) as u64;
    if rest > 0 {
        let text = format!("and {} more in --json, all lines with --evidence DIR", grouped(rest));
        canvas.field(2, "", LABEL, (Style::Dim, &text));
    }
}
