//! Cases that a person has to read, each an article that opens into its evidence.

use maud::{Markup, html};
use ward_watch::report::{Case, Evidence};

use crate::page::text::{clean, count, grouped, heading, list};
use crate::page::when::{Clock, length};

/// Attempts written in full.
const ATTEMPTS: usize = 100;
/// Sources named in the open, and in all.
const SOURCES: usize = 4;
const ALL_SOURCES: usize = 1000;

pub(super) fn access(cases: &[&Case], clock: &Clock) -> Markup {
    section("access", "Someone got in", cases, clock)
}

pub(super) fn attempts(cases: &[&Case], clock: &Clock) -> Markup {
    section("attempts", "Someone tried", cases, clock)
}

fn section(id: &str, name: &str, cases: &[&Case], clock: &Clock) -> Markup {
    let rest = cases.len().saturating_sub(ATTEMPTS) as u64;
    html! {
        @if !cases.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) {
                    (name) " " span.tally { (count(cases.len() as u64, "case", "cases")) }
                }
                @for case in cases.iter().take(ATTEMPTS) { (article(case, clock)) }
                @if rest > 0 {
                    p.note { "And " (grouped(rest)) " more: ward watch --json lists all." }
                }
            }
        }
    }
}

fn article(case: &Case, clock: &Clock) -> Markup {
    let id = format!("case-{}", clean(&case.id));
    html! {
        article.case.(case.rung.name()) aria-labelledby=(id) {
            p.kind { b.badge { (case.rung.name()) } " " (case.kind) " " span.id { (clean(&case.id)) } }
            h3 id=(id) { (clean(&heading(&case.title))) }
            ul.because { @for sentence in &case.because { li { (clean(sentence)) } } }
            dl {
                dt { "Who" } dd { (who(case)) }
                @if !case.accounts.is_empty() {
                    dt { "Accounts" }
                    dd { code { (clean(&list(&case.accounts, 4, case.accounts.len() as u64, ", "))) } }
                }
                dt { "When" }
                dd {
                    time datetime={ (clock.iso(case.first)) } { (clock.span(case.first, case.last)) }
                    @if case.last != case.first {
                        ", " (length(case.last.since(case.first)))
                    }
                }
                dt { "Where" } dd { (place(case)) }
                dt { "Records" } dd { (grouped(case.records)) }
            }
            @if case.sources.len() > SOURCES { (sources(case)) }
            @if !case.evidence.is_empty() { (evidence(case, clock)) }
            @if !case.related.is_empty() {
                p.note { "See also " (clean(&list(&case.related, 4, case.related.len() as u64, ", "))) }
            }
        }
    }
}

fn who(case: &Case) -> Markup {
    let named: Vec<String> = case.sources.iter().take(SOURCES).map(ToString::to_string).collect();
    let networks: Vec<String> =
        case.networks.iter().take(SOURCES).map(ToString::to_string).collect();
    html! {
        code { (list(&named, SOURCES, case.source_count, ", ")) }
        @if !networks.is_empty() {
            ", mostly in "
            code { (list(&networks, SOURCES, case.networks.len() as u64, ", ")) }
        }
        @if let Some(known) = &case.known { " (" (clean(known)) ")" }
    }
}

fn place(case: &Case) -> Markup {
    let targets = list(&case.targets, 4, case.target_count, ", ");
    html! {
        @if targets.is_empty() { "not named by the records" } @else { code { (clean(&targets)) } }
        @if !case.jurisdictions.is_empty() { " (" (clean(&case.jurisdictions.join(", "))) ")" }
    }
}

fn sources(case: &Case) -> Markup {
    let shown = case.sources.len().min(ALL_SOURCES) as u64;
    let rest = case.source_count.saturating_sub(shown);
    html! {
        details {
            summary { (count(case.source_count, "source", "sources")) }
            p.addresses {
                @for addr in case.sources.iter().take(ALL_SOURCES) { code { (addr) } " " }
                @if rest > 0 { "and " (grouped(rest)) " more" }
            }
        }
    }
}

fn evidence(case: &Case, clock: &Clock) -> Markup {
    html! {
        details {
            summary { "Evidence: " (count(case.evidence.len() as u64, "record", "records")) }
            div.scroll tabindex="0" role="group" aria-label="Evidence" {
                table {
                    caption { "Records behind this case, as they stand in the logs" }
                    thead {
                        tr {
                            th scope="col" { "What it shows" }
                            th scope="col" { "When" }
                            th scope="col" { "File and byte" }
                            th scope="col" { "Record and its SHA-256" }
                        }
                    }
                    tbody { @for item in &case.evidence { (row(item, clock)) } }
                }
            }
        }
    }
}

fn row(item: &Evidence, clock: &Clock) -> Markup {
    html! {
        tr {
            th scope="row" { (item.shows) }
            td { time datetime=(clock.iso(item.time)) { (clock.second(item.time)) } }
            td { code { (clean(&item.file)) } br; (grouped(item.offset)) }
            td.raw {
                @match &item.line {
                    Some(line) => code { (clean(line)) },
                    None => "could not be read again",
                }
                @if let Some(hash) = &item.sha256 { br; span.hash { (clean(hash)) } }
            }
        }
    }
}
