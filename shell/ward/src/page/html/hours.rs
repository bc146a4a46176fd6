//! The day by the hour: one small chart for each thing counted, each on its own scale, because
//! fourteen exploits beside five thousand probes would be invisible on one.

use maud::{Markup, html};
use ward_watch::report::{Hour, Report};

use crate::page::svg;
use crate::page::text::grouped;
use crate::page::when::Clock;

type Series = (&'static str, &'static str, &'static str, fn(&Hour) -> u64);

const SERIES: [Series; 4] = [
    ("probes", "quiet", "Probes", |hour| hour.probes),
    ("failed", "ink", "Failed sign-ins", |hour| hour.failed_logins),
    ("exploits", "accent", "Requests shaped as exploits", |hour| hour.exploits),
    ("records", "quiet", "All records", |hour| hour.records),
];

pub(super) fn section(report: &Report, clock: &Clock) -> Markup {
    let (Some(first), Some(last)) = (report.hours.first(), report.hours.last()) else {
        return html! {};
    };
    // One hour has no course that a chart could show.
    if report.hours.len() < 2 {
        return html! {};
    }
    html! {
        section aria-labelledby="hours" {
            h2 #hours { "The hours" }
            p.note { "Each chart has its own scale; its highest column is named." }
            div.charts { @for series in SERIES { (figure(series, report, clock)) } }
            p.axis aria-hidden="true" {
                @for mark in marks(report, clock) { span { (mark) } }
            }
            details {
                summary { "The same numbers as a table" }
                (table(report, clock, first, last))
            }
        }
    }
}

fn figure((id, class, name, value): Series, report: &Report, clock: &Clock) -> Markup {
    let values: Vec<u64> = report.hours.iter().map(value).collect();
    let total = values.iter().copied().fold(0, u64::saturating_add);
    let most = values.iter().copied().max().filter(|most| *most > 0);
    let peak = report.hours.iter().find(|hour| Some(value(hour)) == most);
    let peak = peak.map_or_else(
        || "none".to_owned(),
        |hour| {
            let at = clock.span_bare(hour.start, hour.start);
            format!("{} in all, most {} in the hour of {at}", grouped(total), grouped(value(hour)))
        },
    );
    html! {
        figure {
            figcaption { b { (name) } " " span { (peak) } }
            (svg::columns(&format!("chart-{id}"), class, name, &peak, &values))
        }
    }
}

/// About five labels, evenly spaced: the first and the last hour among them.
fn marks(report: &Report, clock: &Clock) -> Vec<String> {
    let many = report.hours.len();
    let one_day = many <= 25;
    (0..5_usize)
        .filter_map(|i| report.hours.get(many.saturating_sub(1).saturating_mul(i) / 4))
        .map(|hour| {
            let text = clock.span_bare(hour.start, hour.start);
            if one_day { text.rsplit(' ').next().unwrap_or_default().to_owned() } else { text }
        })
        .collect()
}

fn table(report: &Report, clock: &Clock, first: &Hour, last: &Hour) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="Numbers by the hour" {
            table.numbers {
                caption { "By the hour, " (clock.span(first.start, last.start)) }
                thead {
                    tr {
                        th scope="col" { "Hour" }
                        @for name in ["Records", "Probes", "Failed sign-ins", "Sign-ins", "Requests", "Exploits", "IDS alerts"] {
                            th scope="col" { (name) }
                        }
                    }
                }
                tbody {
                    @for hour in &report.hours {
                        tr {
                            th scope="row" {
                                time datetime=(clock.iso(hour.start)) {
                                    (clock.span_bare(hour.start, hour.start))
                                }
                            }
                            @for value in [hour.records, hour.probes, hour.failed_logins, hour.logins, hour.requests, hour.exploits, hour.alerts] {
                                td { (grouped(value)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
