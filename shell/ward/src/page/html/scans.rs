//! Who only looked.

use maud::{Markup, html};
use ward_watch::report::Report;

use crate::page::model::{Campaign, Sorted};
use crate::page::text::{clean, count, grouped, list};
use crate::page::when::Clock;

/// Rows of the table of campaigns.
const CAMPAIGNS: usize = 100;

pub(super) fn section(sorted: &Sorted<'_>, clock: &Clock) -> Markup {
    let cases: u64 = sorted.campaigns.iter().map(|campaign| campaign.cases.len() as u64).sum();
    let rest = sorted.campaigns.len().saturating_sub(CAMPAIGNS) as u64;
    html! {
        @if cases > 0 {
            section aria-labelledby="scans" {
                h2 #scans { "Someone looked " span.tally { (count(cases, "campaign", "campaigns")) } }
                div.scroll tabindex="0" role="group" aria-label="Scan campaigns" {
                    table.numbers {
                        caption { "Scans that were alike, most probes first" }
                        thead {
                            tr {
                                th scope="col" { "Kind" }
                                th.text scope="col" { "Ports" }
                                th scope="col" { "Times" }
                                th scope="col" { "Sources" }
                                th scope="col" { "Probes" }
                                th.text scope="col" { "Most aimed at" }
                                th.text scope="col" { "When" }
                            }
                        }
                        tbody {
                            @for campaign in sorted.campaigns.iter().take(CAMPAIGNS) {
                                (row(campaign, clock))
                            }
                        }
                    }
                }
                @if rest > 0 {
                    p.note { "And " (count(rest, "row", "rows")) " more: ward watch --json lists all." }
                }
            }
        }
    }
}

fn row(campaign: &Campaign<'_>, clock: &Clock) -> Markup {
    let ports = if campaign.ports.is_empty() {
        "any".to_owned()
    } else {
        list(&campaign.ports, 8, campaign.ports.len() as u64, " ")
    };
    html! {
        tr {
            th scope="row" { (campaign.kind.strip_prefix("scan.").unwrap_or(campaign.kind)) }
            td.text { (clean(&ports)) }
            td { (campaign.cases.len()) }
            td { @if !campaign.exact { "≤ " } (grouped(campaign.sources)) }
            td { (grouped(campaign.probes)) }
            td.text { (clean(&list(&campaign.hosts, 2, campaign.hosts.len() as u64, ", "))) }
            td.text.when { (clock.span_bare(campaign.first, campaign.last)) }
        }
    }
}

pub(super) fn aside(report: &Report, sorted: &Sorted<'_>, clock: &Clock) -> Markup {
    let background = &report.background;
    let known = &report.counts.known_scanners;
    html! {
        @if background.probes > 0 || !known.is_empty() || !sorted.authorised.is_empty() {
            section aria-labelledby="aside" {
                h2 #aside { "Seen, and nobody has to act" }
                dl.aside {
                    @if background.probes > 0 {
                        dt { "Background" }
                        dd {
                            (count(background.probes, "probe", "probes")) " from "
                            (count(background.sources, "source", "sources"))
                            " in no campaign."
                            @if !background.ports.is_empty() {
                                " Of all probes, most were at " (clean(&ports(report))) "."
                            }
                        }
                    }
                    @for (name, tally) in known {
                        dt { (clean(name)) }
                        dd {
                            "Research that names itself: "
                            (count(tally.records, "probe", "probes")) " from "
                            (count(tally.sources, "source", "sources")) "."
                        }
                    }
                    @for case in &sorted.authorised {
                        dt { "Registered test" }
                        dd {
                            (clean(case.authorised.as_deref().unwrap_or_default())) ": "
                            (count(case.records, "record", "records")) ", "
                            (clock.span(case.first, case.last)) "."
                        }
                    }
                }
            }
        }
    }
}

fn ports(report: &Report) -> String {
    let ports: Vec<String> = report
        .background
        .ports
        .iter()
        .map(|(port, probes)| format!("{port} ({})", grouped(*probes)))
        .collect();
    list(&ports, 6, ports.len() as u64, ", ")
}
