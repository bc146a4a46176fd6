//! What the page cannot say, beside the sentence.

use std::collections::BTreeSet;

use ward_watch::report::{Report, Sensor};

use crate::page::text::{count, heading, percent};
use crate::page::when::Clock;

/// Sensors, and reasons of other kinds, that are named; the rest is counted.
const NAMED: usize = 12;

/// What was not seen, in the words of the sensors; the longest silences first.
pub(super) fn lines(report: &Report, clock: &Clock) -> Vec<String> {
    let mut lines = silences(report, clock);
    lines.extend(others(report));
    let bad = report.coverage.iter().map(|sensor| sensor.not_understood.lines);
    let bad = bad.fold(0, u64::saturating_add);
    if bad > 0 {
        let was = if bad == 1 { "was" } else { "were" };
        lines.push(format!("{} {was} not understood.", count(bad, "line", "lines")));
    }
    let places: BTreeSet<&str> = report
        .problems
        .iter()
        .map(|problem| problem.place.as_str())
        .filter(|place| !is_settings(report, place))
        .collect();
    if !places.is_empty() {
        let many = count(places.len() as u64, "input", "inputs");
        lines.push(format!("{many} could not be read in full."));
    }
    if report.coverage.is_empty() {
        lines.push("No sensor was read.".to_owned());
    }
    lines
}

fn silences(report: &Report, clock: &Clock) -> Vec<String> {
    let short: BTreeSet<&str> =
        report.cannot_say.iter().flat_map(|reason| who_saw(reason)).collect();
    let mut silent: Vec<(u64, &Sensor)> = report
        .coverage
        .iter()
        .map(|sensor| {
            let minutes = sensor.gaps.iter().map(|gap| gap.minutes);
            (minutes.fold(0, u64::saturating_add), sensor)
        })
        .filter(|(minutes, _)| *minutes > 0)
        .collect();
    silent.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.sensor.cmp(&y.sensor)));
    let more = silent.len().saturating_sub(NAMED) as u64;
    let named = silent.iter().take(NAMED);
    let mut lines: Vec<String> = named
        .map(|(_, sensor)| silence(sensor, short.contains(sensor.sensor.as_str()), clock))
        .collect();
    if more > 0 {
        let many = count(more, "more sensor was", "more sensors were");
        lines.push(format!("{many} silent for a part of the time."));
    }
    lines
}

fn silence(sensor: &Sensor, short: bool, clock: &Clock) -> String {
    let longest = sensor.gaps.iter().max_by_key(|gap| gap.minutes);
    let when = longest.map(|gap| clock.span_bare(gap.from, gap.to)).unwrap_or_default();
    let more = sensor.gaps.len().saturating_sub(1) as u64;
    let more = if more > 0 {
        format!(" and {}", count(more, "shorter silence", "shorter silences"))
    } else {
        String::new()
    };
    let under = if short { ", under the office's bound" } else { "" };
    let seen = percent(sensor.covered);
    format!("{} saw {seen} of the time{under}: silent {when}{more}.", sensor.sensor)
}

/// Reasons that no silence explains: losses, lines not understood, nothing read.
fn others(report: &Report) -> Vec<String> {
    let silent = report.coverage.iter().filter(|sensor| !sensor.gaps.is_empty());
    let silent: BTreeSet<&str> = silent.map(|sensor| sensor.sensor.as_str()).collect();
    let told = |reason: &str| who_saw(reason).any(|name| silent.contains(name));
    let others: Vec<&String> = report.cannot_say.iter().filter(|reason| !told(reason)).collect();
    let more = others.len().saturating_sub(NAMED) as u64;
    let mut lines: Vec<String> =
        others.iter().take(NAMED).map(|reason| format!("{}.", heading(reason))).collect();
    if more > 0 {
        let many = count(more, "more reason", "more reasons");
        lines.push(format!("And {many}: ward watch --json lists all."));
    }
    lines
}

/// The sensor of a reason such as `web saw 80.0 % of the time`. Its name may itself hold " saw ":
/// every beginning may be the one that is meant.
fn who_saw(reason: &str) -> impl Iterator<Item = &str> {
    reason.match_indices(" saw ").take(16).filter_map(|(at, _)| reason.get(..at))
}

/// Whether a problem is one of the settings, which are no input.
fn is_settings(report: &Report, place: &str) -> bool {
    let used = report.settings.as_deref().and_then(|used| used.strip_prefix(place));
    used.is_some_and(|rest| rest.starts_with(" ("))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn a_loss_is_told_beside_a_silence() {
        let mut report = fixture::rich();
        let silent = report.coverage.iter().find(|sensor| !sensor.gaps.is_empty()).unwrap();
        let loss = format!("{} admits to have lost 20.0 % (x)", silent.sensor);
        report.cannot_say.push(loss.clone());
        let lines = lines(&report, &Clock::new(fixture::view().zone));
        let expected = format!("{}.", heading(&loss));
        assert!(lines.contains(&expected), "{lines:?}");
    }

    #[test]
    fn thousands_of_silent_sensors_are_counted() {
        let mut report = fixture::rich();
        let mut silent =
            report.coverage.iter().find(|sensor| !sensor.gaps.is_empty()).unwrap().clone();
        let many = (0..20_000).map(|i| {
            silent.sensor = format!("s{i}");
            silent.clone()
        });
        report.coverage = many.collect();
        report.cannot_say =
            (0..20_000).map(|i| format!("s{i} saw 10.0 % of the time (90 % are needed)")).collect();
        let before = std::time::Instant::now();
        let lines = lines(&report, &Clock::new(fixture::view().zone));
        assert!(before.elapsed().as_secs() < 5, "linear, whatever the machine");
        assert!(lines.len() < NAMED * 2, "{}", lines.len());
        assert!(lines[0].contains(", under the office's bound"));
        assert_eq!(lines[NAMED], "19,988 more sensors were silent for a part of the time.");
    }

    #[test]
    fn settings_are_no_input() {
        let mut report = fixture::empty();
        report.settings = Some("logs/ward.toml (found in a folder that was read)".to_owned());
        let problem = |place: &str| ward_watch::report::Problem {
            place: place.to_owned(),
            what: "x".to_owned(),
        };
        report.problems = vec![problem("logs/ward.toml"), problem("a.log"), problem("a.log")];
        let lines = lines(&report, &Clock::new(fixture::view().zone));
        assert!(lines.contains(&"1 input could not be read in full.".to_owned()), "{lines:?}");
    }
}
