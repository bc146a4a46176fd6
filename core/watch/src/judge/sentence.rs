//! The one sentence, with its numbers and its limits.

use ward_kernel::{Rung, Time};

use super::draft::{count, duration, number};
use crate::report::{Report, Tally};

/// The one sentence (two or three, in truth) that stands on top of the page.
#[must_use]
pub(super) fn sentence(report: &Report) -> String {
    let Some(span) = report.span else {
        return "Nothing can be said: no record with a time was read.".to_owned();
    };
    let secs = u64::try_from(span.last.since(span.first) / 1_000_000).unwrap_or(0);
    let mut text = format!("In the {} from {}, ", duration(secs), minute(span.first));
    text.push_str(&looked(report));
    text.push(' ');
    text.push_str(&tried(report));
    text.push(' ');
    text.push_str(&got_in(report));
    text.push(' ');
    text.push_str(&seen_by(report));
    text
}

/// `2026-11-03 19:00 UTC`.
fn minute(time: Time) -> String {
    let text = time.to_string();
    text.get(..16).map_or(text.clone(), |short| format!("{} UTC", short.replace('T', " ")))
}

fn tally(report: &Report, rung: Rung) -> Tally {
    report.counts.by_rung.get(rung.name()).copied().unwrap_or_default()
}

fn looked(report: &Report) -> String {
    let about = if report.counts.sources_exact { "" } else { "about " };
    let scan = tally(report, Rung::Scan);
    if scan.records == 0 {
        return format!(
            "{} from {about}{}, none of them a probe of the network.",
            count(report.counts.records, "record"),
            count(report.counts.sources, "source"),
        );
    }
    let known: u64 = report.counts.known_scanners.values().map(|tally| tally.sources).sum();
    let named = if known > 0 {
        format!(
            " ({} of {} known research scanners among them)",
            number(known),
            number(report.counts.known_scanners.len() as u64)
        )
    } else {
        String::new()
    };
    let sources: u64 = Rung::ALL.iter().map(|rung| tally(report, *rung).sources).sum();
    format!(
        "{} and {about}{}{named} were counted.",
        count(scan.records, "probe"),
        count(sources, "hostile source"),
    )
}

fn tried(report: &Report) -> String {
    let attempts = tally(report, Rung::Attempt);
    let access = tally(report, Rung::Access);
    let sources = attempts.sources + access.sources;
    if sources == 0 {
        return "Nobody is seen to have made a real effort to get access.".to_owned();
    }
    let verb = if sources == 1 { "source made" } else { "sources made" };
    format!(
        "{} {verb} a real effort to get access ({}).",
        number(sources),
        count(attempts.cases + access.cases, "case"),
    )
}

fn got_in(report: &Report) -> String {
    let access = tally(report, Rung::Access);
    let effect = tally(report, Rung::Effect);
    if access.cases + effect.cases > 0 {
        let cases = count(access.cases + effect.cases, "case");
        return format!("There is evidence that somebody got in: {cases}.");
    }
    if report.cannot_say.is_empty() {
        return "There is no evidence in these records that any of them got in.".to_owned();
    }
    let reasons: Vec<&str> = report.cannot_say.iter().take(3).map(String::as_str).collect();
    let more = report.cannot_say.len().saturating_sub(3);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("Whether any of them got in cannot be said: {}{more}.", reasons.join("; "))
}

fn seen_by(report: &Report) -> String {
    let sensors = report.coverage.iter().filter(|sensor| sensor.records > 0);
    let least = sensors.clone().map(|sensor| sensor.covered).fold(1.0, f64::min);
    let sensors = count(sensors.count() as u64, "sensor");
    if least >= 0.9995 {
        return format!("Seen by {sensors} without a gap.");
    }
    format!("Seen by {sensors}, the least awake of them {:.1} % of the time.", least * 100.0)
}
