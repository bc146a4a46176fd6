//! Coverage: without it, "no evidence" means nothing.

use std::collections::BTreeMap;

use ward_kernel::Time;

use super::FileInfo;
use super::draft::{Court, number};
use crate::report::{BadLine, Gap, Hour, LossCount, NotUnderstood, Sensor, Span};
use crate::state::sensor::{FileState, Misread};

/// A silence shorter than this many minutes is never a gap.
const LEAST_GAP: i64 = 10;
/// A gap is so many times the sensor's own long pause (95 of 100 are shorter).
const TIMES: i64 = 6;
/// Minutes with records that are needed to know a rhythm.
const RHYTHM: usize = 10;
/// Gaps and samples that a sensor lists.
const GAPS: usize = 50;
const SAMPLES: usize = 5;

/// Hours of silence that set stamps apart from the rest: 30 days.
const APART: i64 = 30 * 24;
/// Share of the records, one in so many, under which stamps set apart are taken for wrong clocks.
const FEW: u64 = 1_000;

/// The span of the records, and how many stamps far apart from all others were left out of it.
#[must_use]
pub(super) fn span(court: &Court<'_>) -> (Option<Span>, u64) {
    let hours: Vec<(i64, u64)> =
        court.tables.hours.all().into_iter().map(|(hour, count)| (hour, count.records)).collect();
    let all: u64 = hours.iter().map(|(_, records)| records).sum();
    let records = |part: &&[(i64, u64)]| part.iter().map(|(_, records)| records).sum::<u64>();
    let parts: Vec<&[(i64, u64)]> = hours.chunk_by(|a, b| b.0 - a.0 <= APART).collect();
    let kept: Vec<&[(i64, u64)]> =
        parts.into_iter().filter(|part| records(part) * FEW >= all).collect();
    let left_out = all - kept.iter().map(records).sum::<u64>();
    let (Some(first), Some(last)) =
        (kept.first().and_then(|part| part.first()), kept.last().and_then(|part| part.last()))
    else {
        return (None, 0);
    };
    let (from, to) = (Time::from_secs(first.0 * 3600), Time::from_secs((last.0 + 1) * 3600));
    let spans = || court.tables.files.iter().filter_map(|file| file.span);
    let first = spans().map(|(first, _)| first).filter(|at| *at >= from).min().unwrap_or(from);
    let last = spans().map(|(_, last)| last).filter(|at| *at < to).max().unwrap_or(to);
    (Some(Span { first, last }), left_out)
}

/// Every sensor, by name and format.
#[must_use]
pub(super) fn judge(
    court: &Court<'_>,
    files: &[FileInfo],
    span: Option<Span>,
    hours: &[Hour],
) -> Vec<Sensor> {
    let mut sensors: BTreeMap<(&str, &'static str), (Option<String>, FileState)> = BTreeMap::new();
    let mut samples: BTreeMap<(&str, &'static str), Vec<BadLine>> = BTreeMap::new();
    for (at, info) in files.iter().enumerate().filter(|(_, info)| !info.format.is_empty()) {
        let key = (info.sensor.as_str(), info.format);
        let state = court.tables.files.get(at).cloned().unwrap_or_default();
        let bad = state.samples.iter().map(|sample| bad_line(info, sample));
        samples.entry(key).or_default().extend(bad);
        let held =
            sensors.entry(key).or_insert_with(|| (info.jurisdiction.clone(), FileState::default()));
        held.1.merge(state);
    }
    sensors
        .into_iter()
        .map(|(key, (jurisdiction, state))| {
            let samples = samples.remove(&key).unwrap_or_default();
            sensor(key, jurisdiction, &state, samples, span, hours)
        })
        .collect()
}

fn sensor(
    (name, format): (&str, &'static str),
    jurisdiction: Option<String>,
    state: &FileState,
    mut samples: Vec<BadLine>,
    span: Option<Span>,
    hours: &[Hour],
) -> Sensor {
    samples.sort_unstable();
    samples.truncate(SAMPLES);
    let minutes: Vec<i64> = state
        .awake
        .iter()
        .flat_map(|(hour, awake)| {
            (0..60).filter(|m| awake.minutes >> m & 1 == 1).map(move |m| hour * 60 + i64::from(m))
        })
        .collect();
    let inside =
        |minute: &i64| span.is_some_and(|s| (s.first.minute()..=s.last.minute()).contains(minute));
    let minutes: Vec<i64> = minutes.into_iter().filter(inside).collect();
    let gaps = span.map_or_else(Vec::new, |span| gaps(&minutes, span));
    let silent: i64 = gaps.iter().map(|gap| gap.to.since(gap.from)).sum();
    let whole = span.map_or(0, |span| span.last.since(span.first));
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let covered = if whole == 0 { 1.0 } else { 1.0 - silent as f64 / whole as f64 };
    Sensor {
        sensor: name.to_owned(),
        jurisdiction,
        format,
        records: state.records,
        first: state.span.map(|(first, _)| first),
        last: state.span.map(|(_, last)| last),
        minutes_seen: minutes.len() as u64,
        covered: if minutes.is_empty() { 0.0 } else { covered.clamp(0.0, 1.0) },
        gaps: gaps.into_iter().take(GAPS).collect(),
        not_understood: NotUnderstood { lines: state.misread, samples },
        losses: losses(state),
        hours: by_hour(state, hours),
    }
}

fn by_hour(state: &FileState, hours: &[Hour]) -> Vec<u64> {
    hours
        .iter()
        .map(|hour| state.awake.get(&hour.start.secs().div_euclid(3600)).map_or(0, |a| a.records))
        .collect()
}

/// Silences that are long against the sensor's own rhythm, the ends of the span included.
fn gaps(minutes: &[i64], span: Span) -> Vec<Gap> {
    let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else { return Vec::new() };
    let mut pauses: Vec<i64> = minutes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    pauses.sort_unstable();
    let long = pauses.get(pauses.len() * 95 / 100).copied().unwrap_or(i64::MAX);
    // A sensor that spoke too rarely to have a rhythm is silent only outside its own span.
    let bound =
        if minutes.len() < RHYTHM { i64::MAX } else { LEAST_GAP.max(long.saturating_mul(TIMES)) };
    let edge = if minutes.len() < RHYTHM { (last - first).max(60) } else { bound };
    let (start, end) = (span.first.minute(), span.last.minute());
    let mut gaps = Vec::new();
    if first - start > edge {
        gaps.push(gap(start, *first));
    }
    let inner = minutes.windows(2).filter(|pair| pair[1] - pair[0] > bound);
    gaps.extend(inner.map(|pair| gap(pair[0] + 1, pair[1])));
    if end - last > edge {
        gaps.push(gap(last + 1, end));
    }
    gaps
}

fn gap(from: i64, to: i64) -> Gap {
    let time = |minute: i64| Time::from_secs(minute.saturating_mul(60));
    Gap { from: time(from), to: time(to), minutes: to.abs_diff(from) }
}

fn bad_line(info: &FileInfo, sample: &Misread) -> BadLine {
    let text = String::from_utf8_lossy(&sample.text).escape_debug().to_string();
    BadLine { file: info.name.clone(), offset: sample.place.offset(), why: sample.why, text }
}

fn losses(state: &FileState) -> Vec<LossCount> {
    state
        .losses
        .iter()
        .map(|(by, lost)| LossCount {
            by: (*by).to_owned(),
            lost: lost.lost,
            of: (lost.of > 0).then_some(lost.of),
            records: lost.records,
        })
        .collect()
}

/// Why "no evidence" cannot be said: sensors under the office's bound.
#[must_use]
pub(super) fn shortfall(court: &Court<'_>, sensors: &[Sensor]) -> Vec<String> {
    let least = court.config.coverage_at_least;
    let mut reasons = Vec::new();
    if sensors.iter().all(|sensor| sensor.records == 0) {
        reasons.push("no record was read".to_owned());
    }
    let forgotten = court.tables.faint.logins();
    if forgotten > 0 {
        reasons.push(format!(
            "{} failed sign-ins had to be forgotten when memory was short (raise --memory)",
            number(forgotten),
        ));
    }
    for sensor in sensors {
        if sensor.covered < least && sensor.records > 0 {
            let longest = sensor.gaps.iter().max_by_key(|gap| gap.minutes);
            let when = longest.map_or_else(String::new, |gap| {
                format!(", longest silence {} to {}", gap.from, gap.to)
            });
            reasons.push(format!(
                "{} saw {:.1} % of the time ({:.0} % are needed){when}",
                sensor.sensor,
                sensor.covered * 100.0,
                least * 100.0,
            ));
        }
        let lines = sensor.records + sensor.not_understood.lines;
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let understood = sensor.records as f64 / lines.max(1) as f64;
        if understood < least {
            reasons.push(format!(
                "{} of {} lines of {} were not understood",
                number(sensor.not_understood.lines),
                number(lines),
                sensor.sensor,
            ));
        }
        reasons.extend(sensor.losses.iter().filter_map(|loss| heavy(sensor, loss, least)));
    }
    reasons
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn heavy(sensor: &Sensor, loss: &LossCount, least: f64) -> Option<String> {
    let share = loss.lost as f64 / loss.of? as f64;
    (share > 1.0 - least).then(|| {
        format!("{} admits to have lost {:.1} % ({})", sensor.sensor, share * 100.0, loss.by)
    })
}

/// Remarks on what the sensors cannot see by their nature.
#[must_use]
pub(super) fn remarks(court: &Court<'_>, files: &[FileInfo]) -> Vec<String> {
    let read = |format: &str| {
        files.iter().zip(&court.tables.files).any(|(f, s)| f.format == format && s.records > 0)
    };
    let mut remarks = Vec::new();
    if read("access") {
        remarks.push(
            "Web access logs do not hold the bodies of requests: exploits sent by POST are seen \
             only where a sensor on the wire or a WAF log is read as well."
                .to_owned(),
        );
    }
    remarks
}
