//! How much was seen.

use maud::{Markup, html};
use ward_kernel::time::MINUTE;
use ward_watch::report::{BadLine, Report, Sensor};

use crate::page::terminal::coverage::loss_text;
use crate::page::text::{clean, count, grouped, percent};
use crate::page::when::{Clock, length};
use crate::page::{model, svg};

/// Gaps named of one sensor.
const GAPS: usize = 20;

pub(super) fn section(report: &Report, clock: &Clock) -> Markup {
    html! {
        section aria-labelledby="coverage" {
            h2 #coverage {
                "What was seen "
                span.tally { (count(report.coverage.len() as u64, "sensor", "sensors")) }
            }
            @if report.coverage.is_empty() {
                p { "No sensor was read, so nothing can be said." }
            } @else {
                @let (sensors, rest) = model::sensors(report);
                (table(report, &sensors, clock))
                @if rest > 0 {
                    p.note {
                        "And " (count(rest, "sensor", "sensors"))
                        " more that saw as much or more: ward watch --json lists all."
                    }
                }
                (details(&sensors))
            }
            p.note { "Settings: " (clean(report.settings.as_deref().unwrap_or("none"))) "." }
        }
    }
}

fn table(report: &Report, sensors: &[&Sensor], clock: &Clock) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="Coverage" {
            table.numbers {
                caption { "The bars run from the first record of all to the last; what is open was not seen" }
                thead {
                    tr {
                        th scope="col" { "Sensor" }
                        th.text scope="col" { "Format" }
                        th scope="col" { "Records" }
                        th scope="col" { "Of the time" }
                        th.text.wide scope="col" { "When" }
                    }
                }
                tbody {
                    @for (i, sensor) in sensors.iter().enumerate() {
                        (row(i, sensor, report, clock))
                    }
                }
            }
        }
    }
}

fn row(i: usize, sensor: &Sensor, report: &Report, clock: &Clock) -> Markup {
    let whole = sensor.gaps.is_empty() && sensor.covered >= 0.995;
    let gaps = gaps(sensor, clock);
    let title = if gaps.is_empty() { "no silence" } else { &gaps };
    html! {
        tr {
            th scope="row" {
                (clean(&sensor.sensor))
                @if let Some(place) = &sensor.jurisdiction { br; span.place { (clean(place)) } }
            }
            td.text { (sensor.format) }
            td { (grouped(sensor.records)) }
            td data-low[!whole] { (percent(sensor.covered)) }
            td.text.wide {
                @if let Some(span) = report.span {
                    (svg::coverage(&format!("strip-{i}"), title, sensor, span))
                }
                @if !gaps.is_empty() { span.gaps { (gaps) } }
            }
        }
    }
}

fn gaps(sensor: &Sensor, clock: &Clock) -> String {
    let texts: Vec<String> = sensor
        .gaps
        .iter()
        .map(|gap| {
            let micros = i64::try_from(gap.minutes).unwrap_or(i64::MAX).saturating_mul(MINUTE);
            format!("{} ({})", clock.span_bare(gap.from, gap.to), length(micros))
        })
        .collect();
    if texts.is_empty() {
        return String::new();
    }
    format!("silent {}", crate::page::text::list(&texts, GAPS, texts.len() as u64, ", "))
}

fn details(sensors: &[&Sensor]) -> Markup {
    let losses = sensors.iter().any(|sensor| !sensor.losses.is_empty());
    let bad: Vec<&&Sensor> =
        sensors.iter().filter(|sensor| sensor.not_understood.lines > 0).collect();
    html! {
        @if losses {
            h3 { "Losses that the records admit" }
            ul {
                @for sensor in sensors {
                    @for loss in &sensor.losses {
                        li { (clean(&sensor.sensor)) ": " (clean(&loss_text(loss))) }
                    }
                }
            }
        }
        @if !bad.is_empty() {
            h3 { "Lines that were not understood" }
            @for sensor in bad {
                p {
                    (clean(&sensor.sensor)) ": "
                    (count(sensor.not_understood.lines, "line", "lines")) ", for example"
                }
                ul.samples { @for sample in &sensor.not_understood.samples { (bad_line(sample)) } }
            }
        }
    }
}

fn bad_line(bad: &BadLine) -> Markup {
    html! {
        li {
            (bad.why) " (" (clean(&bad.file)) ", byte " (grouped(bad.offset)) ")"
            br;
            code { (clean(&bad.text)) }
        }
    }
}
