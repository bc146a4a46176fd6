//! The answer about one address or account: what was seen, where it stands and why not elsewhere.

use ward_kernel::Rung;
use ward_watch::Report;
use ward_watch::judge::why::{Why, WhyCase};

use crate::page::View;
use crate::page::terminal::{Canvas, Look, Style};
use crate::page::text::{count, list, percent};
use crate::page::when::Clock;

/// Writes the answer for a terminal, with what was searched and what was not seen.
#[must_use]
pub fn render(why: &Why, report: &Report, view: &View, look: Look) -> String {
    let mut canvas = Canvas::new(look);
    let clock = Clock::new(view.zone.clone());
    let style = why.highest.filter(|rung| *rung > Rung::Scan).map_or(Style::Bold, Style::Rung);
    canvas.field(0, "", 0, (style, &verdict(why, &clock)));
    section(&mut canvas, "WHAT IT DID", &why.did);
    if !why.cases.is_empty() {
        let remark = count(why.cases.len() as u64, "case", "cases");
        canvas.heading(Style::Bold, "WHY IT STANDS THERE", &remark);
        for (i, case) in why.cases.iter().enumerate() {
            one(&mut canvas, case, i > 0);
        }
    }
    section(&mut canvas, "WHAT WOULD HAVE RAISED IT", &why.would_raise);
    canvas.heading(Style::Bold, "SEARCHED", "");
    canvas.field(2, "", 0, (Style::Plain, &searched(why, report, &clock)));
    if let Some(blind) = blind(report) {
        canvas.field(2, "", 0, (Style::Warn, &blind));
    }
    canvas.finish()
}

fn verdict(why: &Why, clock: &Clock) -> String {
    if !why.seen && why.cases.is_empty() {
        return format!("{}: searched {}, no match.", why.subject, why.searched);
    }
    let records = count(why.records, "record", "records");
    let when =
        why.span.map_or(String::new(), |(first, last)| format!(", {}", clock.span(first, last)));
    match why.highest {
        Some(rung) => format!("{}: {records}{when}. Highest rung: {rung}.", why.subject),
        None => {
            format!("{}: {records}{when}. Nothing of it stands on the ladder.", why.subject)
        }
    }
}

fn one(canvas: &mut Canvas, case: &WhyCase, apart: bool) {
    if apart {
        canvas.blank();
    }
    let badge = canvas.badge(&case.rung.name().to_uppercase());
    let kind = format!(" {}  ", case.kind);
    canvas.line(&[
        (Style::Plain, "  "),
        (Style::Badge(case.rung), &badge),
        (Style::Rung(case.rung), &kind),
        (Style::Dim, &case.id),
    ]);
    canvas.field(2, "", 0, (Style::Bold, &case.title));
    for sentence in &case.because {
        canvas.field(4, "", 0, (Style::Plain, sentence));
    }
}

fn section(canvas: &mut Canvas, name: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    canvas.heading(Style::Bold, name, "");
    for sentence in sentences {
        canvas.field(2, "", 0, (Style::Plain, sentence));
    }
}

fn searched(why: &Why, report: &Report, clock: &Clock) -> String {
    let names: Vec<&str> = report.coverage.iter().map(|sensor| sensor.sensor.as_str()).collect();
    let names = list(&names, 12, names.len() as u64, ", ");
    let names = if names.is_empty() { String::new() } else { format!(" ({names})") };
    let when = report.span.map_or(String::new(), |span| {
        format!(", from {} to {}", clock.full(span.first), clock.full(span.last))
    });
    format!("{}{names}{when}.", why.searched)
}

/// Sensors that were silent for a part of the span: a match may be missing from them.
fn blind(report: &Report) -> Option<String> {
    let blind: Vec<String> = report
        .coverage
        .iter()
        .filter(|sensor| !sensor.gaps.is_empty())
        .map(|sensor| format!("{} saw {}", sensor.sensor, percent(sensor.covered)))
        .collect();
    let names = list(&blind, 12, blind.len() as u64, ", ");
    (!blind.is_empty()).then(|| format!("Not all of that time was seen: {names}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    fn asked(subject: &str) -> Why {
        Why {
            subject: subject.to_owned(),
            seen: false,
            records: 0,
            span: None,
            did: Vec::new(),
            highest: None,
            cases: Vec::new(),
            would_raise: Vec::new(),
            searched: "1,284,551 records of 6 sensors".to_owned(),
        }
    }

    #[test]
    fn found() {
        let first = fixture::start();
        let why = Why {
            seen: true,
            records: 13,
            span: Some((first, first.plus(7_200_000_000))),
            did: vec!["12 failed first contacts with 12 hosts, none answered.".into()],
            highest: Some(Rung::Scan),
            cases: vec![WhyCase {
                id: "scan-8c21d0".into(),
                rung: Rung::Scan,
                kind: "scan.horizontal",
                title: "22/tcp asked of 12 hosts".into(),
                because: vec!["12 distinct hosts without an answer: over the bound of 9.".into()],
            }],
            would_raise: vec!["Any sign-in, or a request shaped as an exploit.".into()],
            ..asked("203.0.113.9")
        };
        let look = Look::default();
        insta::assert_snapshot!(render(&why, &fixture::rich(), &fixture::view(), look));
    }

    #[test]
    fn not_found_is_an_answer() {
        let show =
            |subject| render(&asked(subject), &fixture::rich(), &fixture::view(), Look::default());
        let expected = "203.0.113.9: searched 1,284,551 records of 6 sensors, no match.\n";
        assert!(show("203.0.113.9").starts_with(expected));
        assert!(show("a\x1b[2J\nb").starts_with("a\\x1b[2J\\nb: searched"));
    }
}
