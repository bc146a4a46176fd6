//! The foot of the page.

use maud::{Markup, html};
use ward_watch::report::Report;

use crate::page::View;
use crate::page::text::{clean, count};

pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if !report.remarks.is_empty() {
            section aria-labelledby="remarks" {
                h2 #remarks { "Remarks" }
                ul { @for remark in &report.remarks { li { (clean(remark)) } } }
            }
        }
        @if !report.problems.is_empty() {
            section aria-labelledby="problems" {
                h2 #problems { "Trouble reading" }
                ul {
                    @for problem in &report.problems {
                        li { code { (clean(&problem.place)) } ": " (clean(&problem.what)) }
                    }
                }
            }
        }
    }
}

pub(super) fn footer(report: &Report, view: &View) -> Markup {
    html! {
        footer {
            p {
                (count(report.counts.records, "record", "records")) " from "
                @if !report.counts.sources_exact { "about " }
                (count(report.counts.sources, "source", "sources")) " were read and judged by "
                (view.version) ", definitions of the rungs " (report.definitions.version)
                ", schema " (report.schema)
                ". Numbers under the same definitions compare with each other."
            }
        }
    }
}
