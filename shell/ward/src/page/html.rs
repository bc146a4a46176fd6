//! The one page as HTML: one file, no script, nothing from elsewhere.
//!
//! It is a document before it is a screen: it prints, it can be mailed, it reads in the order in
//! which it is written, and the limits of what is known stand beside the numbers.

mod cases;
mod coverage;
mod hours;
mod limits;
mod scans;
mod tail;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use ward_kernel::{Rung, Time};
use ward_watch::report::{Report, Tally};

use super::View;
use super::model::sort;
use super::text::{clean, count, grouped};
use super::when::{Clock, length};

const STYLE: &str = include_str!("html/style.css");

/// The page may load nothing and run nothing, whatever a log managed to say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Writes the page.
#[must_use]
pub fn render(report: &Report, view: &View) -> String {
    let clock = Clock::new(view.zone.clone());
    let sorted = sort(report);
    let title = match &view.office {
        Some(office) => format!("Ward: {office}"),
        None => "Ward".to_owned(),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (clean(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the finding" }
                (masthead(report, view, &clock))
                main #main {
                    (finding(report, &clock))
                    (ladder(report))
                    (cases::access(&sorted.access, &clock))
                    (cases::attempts(&sorted.attempts, &clock))
                    (hours::section(report, &clock))
                    (scans::section(&sorted, &clock))
                    (scans::aside(report, &sorted, &clock))
                    (coverage::section(report, &clock))
                    (tail::section(report))
                }
                (tail::footer(report, view))
            }
        }
    }
    .into_string()
}

fn masthead(report: &Report, view: &View, clock: &Clock) -> Markup {
    html! {
        header.masthead {
            p.brand { "Ward" }
            @if let Some(office) = &view.office { p.office { (clean(office)) } }
            @if let Some(span) = report.span {
                p.span {
                    (moment(clock, span.first)) " to " (moment(clock, span.last))
                    " (" (length(span.last.since(span.first))) ")"
                }
            }
        }
    }
}

/// The sentence and, beside it, its limits.
fn finding(report: &Report, clock: &Clock) -> Markup {
    let blind = limits::lines(report, clock);
    html! {
        section.finding aria-labelledby="finding" {
            h1 #finding { (clean(&report.sentence)) }
            @if !blind.is_empty() {
                aside.limits aria-labelledby="limits" {
                    h2 #limits { "What this page cannot say" }
                    ul { @for line in &blind { li { (clean(line)) } } }
                }
            }
        }
    }
}

fn ladder(report: &Report) -> Markup {
    html! {
        section aria-labelledby="ladder" {
            h2 #ladder { "The ladder" }
            ol.ladder reversed {
                @for definition in report.definitions.rungs.iter().rev() {
                    @let tally = report.counts.by_rung.get(definition.rung.name()).copied();
                    (rung(definition.rung, definition.text, tally.unwrap_or_default()))
                }
            }
            @if report.counts.authorised.cases > 0 {
                p.note {
                    "Registered tests are not in these numbers: "
                    (count(report.counts.authorised.cases, "case", "cases")) ", "
                    (count(report.counts.authorised.records, "record", "records")) "."
                }
            }
            @if !report.counts.sources_exact {
                p.note { "Counts of sources are estimates: there were more than fit in memory." }
            }
        }
    }
}

fn rung(rung: Rung, text: &str, tally: Tally) -> Markup {
    let none = tally.cases == 0 && tally.records == 0;
    html! {
        li class=(rung.name()) data-none[none] {
            h3 { (rung.name()) }
            p.big { (grouped(tally.cases)) " " span { (if tally.cases == 1 { "case" } else { "cases" }) } }
            p.small {
                (count(tally.sources, "source", "sources")) ", "
                (count(tally.records, "record", "records"))
            }
            p.meaning { (text) }
        }
    }
}

/// A moment for people and machines.
fn moment(clock: &Clock, time: Time) -> Markup {
    html! { time datetime=(clock.iso(time)) { (clock.full(time)) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn the_page() {
        insta::assert_snapshot!(render(&fixture::rich(), &fixture::view()).replace("><", ">\n<"));
    }

    #[test]
    fn of_nothing() {
        let page = render(&fixture::empty(), &View::default());
        assert!(page.contains("Nothing can be said") && page.contains("No sensor was read"));
    }

    #[test]
    fn is_whole_and_harmless() {
        let page = render(&fixture::rich(), &fixture::view());
        for forbidden in
            ["<script", "http://", "https://", "javascript:", " onload", "@import", "url("]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)"), "hostile text is shown as text");
        assert!(!page.chars().any(|c| c != '\n' && ward_kernel::words::misleads(c)));
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
    }

    #[test]
    fn ids_are_unique_and_references_lead_somewhere() {
        let page = render(&fixture::rich(), &fixture::view());
        let values = |name: &str| -> Vec<String> {
            let opening = format!(" {name}=\"");
            let parts = page.split(&opening).skip(1);
            parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
        };
        let ids = values("id");
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        for list in values("aria-labelledby") {
            for id in list.split(' ') {
                assert!(distinct.contains(&id.to_owned()), "{id}");
            }
        }
        for target in values("href") {
            let id = target.strip_prefix('#').unwrap().to_owned();
            assert!(distinct.contains(&id), "{target}");
        }
    }
}
