//! The day as four strips.

use ward_kernel::Rung;
use ward_kernel::time::HOUR;
use ward_watch::report::{Hour, Report};

use super::canvas::{Canvas, Style};
use crate::page::text::{columns, grouped};
use crate::page::when::Clock;

type Row = (&'static str, Style, fn(&Hour) -> u64);

const ROWS: [Row; 5] = [
    ("records", Style::Plain, |hour| hour.records),
    ("probes", Style::Rung(Rung::Scan), |hour| hour.probes),
    ("failed logins", Style::Rung(Rung::Attempt), |hour| hour.failed_logins),
    ("exploits", Style::Rung(Rung::Attempt), |hour| hour.exploits),
    ("IDS alerts", Style::Rung(Rung::Attempt), |hour| hour.alerts),
];

const LABEL: usize = 16;
const PEAK: usize = 24;

pub(crate) fn strips(canvas: &mut Canvas, report: &Report, clock: &Clock) {
    if report.hours.len() < 2 {
        return;
    }
    let room = canvas.width().saturating_sub(LABEL + PEAK).max(12);
    let step = step(report.hours.len(), room);
    let buckets: Vec<&[Hour]> = report.hours.chunks(step).collect();
    let stretch = (room / buckets.len().max(1)).clamp(1, 3);
    let remark = if step == 1 { "by the hour".to_owned() } else { format!("every {step} hours") };
    canvas.heading(Style::Bold, "THE HOURS", &remark);
    for (label, style, value) in ROWS {
        let sums: Vec<u64> = buckets
            .iter()
            .map(|hours| hours.iter().map(value).fold(0, u64::saturating_add))
            .collect();
        let peak = sums.iter().copied().max().unwrap_or(0);
        if peak == 0 && label == "IDS alerts" {
            continue;
        }
        let strip = strip(canvas, &sums, peak, stretch);
        let label = format!("  {label:<14}");
        let when = sums
            .iter()
            .position(|sum| *sum == peak)
            .and_then(|i| buckets.get(i))
            .and_then(|hours| hours.first());
        let note = match when {
            Some(hour) if peak > 0 => {
                format!("  peak {} at {}", grouped(peak), peak_time(clock, hour, report))
            }
            _ => "  none".to_owned(),
        };
        canvas.line(&[(Style::Dim, &label), (style, &strip), (Style::Dim, &note)]);
    }
    let axis = axis(clock, &buckets, stretch);
    canvas.line(&[(Style::Plain, &" ".repeat(LABEL)), (Style::Dim, &axis)]);
}

/// Hours in a column, so that the whole span fits: a divisor or a multiple of a day.
fn step(hours: usize, room: usize) -> usize {
    [1, 2, 3, 4, 6, 8, 12, 24, 48, 96]
        .into_iter()
        .find(|step| hours.div_ceil(*step) <= room)
        .unwrap_or(168)
}

fn strip(canvas: &Canvas, sums: &[u64], peak: u64, stretch: usize) -> String {
    let sparks = canvas.glyphs().sparks;
    let steps = sparks.len().saturating_sub(1) as u64;
    let mut out = String::new();
    for sum in sums {
        // Any value at all is drawn: the smallest mark means "some", the dot means "none".
        let level = sum.saturating_mul(steps).div_ceil(peak.max(1)).min(steps);
        let mark = usize::try_from(level).ok().and_then(|i| sparks.get(i)).copied().unwrap_or(' ');
        out.extend(std::iter::repeat_n(mark, stretch));
    }
    out
}

fn peak_time(clock: &Clock, hour: &Hour, report: &Report) -> String {
    let text = clock.span_bare(hour.start, hour.start);
    let one_day = report.hours.len() <= 25;
    if one_day { text.rsplit(' ').next().unwrap_or(&text).to_owned() } else { text }
}

/// Labels under the strips: the hour of the day, or the date where a day is a few columns.
fn axis(clock: &Clock, buckets: &[&[Hour]], stretch: usize) -> String {
    let mut out = String::new();
    for (i, bucket) in buckets.iter().enumerate() {
        let (Some(first), Some(last)) = (bucket.first(), bucket.last()) else { continue };
        let label = label(clock, first, last, buckets.len());
        let column = i.saturating_mul(stretch);
        let used = columns(&out);
        if let Some(label) = label
            && (used == 0 || used < column)
        {
            out.push_str(&" ".repeat(column.saturating_sub(used)));
            out.push_str(&label);
        }
    }
    out
}

fn label(clock: &Clock, first: &Hour, last: &Hour, buckets: usize) -> Option<String> {
    let days = last.start.since(first.start) / HOUR >= 23 || buckets > 48;
    let hours: Vec<i8> = {
        let from = i64::from(clock.hour(first.start));
        let many = last.start.since(first.start) / HOUR;
        (from..=from.saturating_add(many).min(from.saturating_add(23)))
            .filter_map(|hour| i8::try_from(hour % 24).ok())
            .collect()
    };
    if days {
        let midnight = hours.contains(&0);
        midnight.then(|| {
            let text = clock.span_bare(last.start, last.start);
            text.rsplit_once(' ').map_or(text.clone(), |(day, _)| day.to_owned())
        })
    } else {
        hours.iter().find(|hour| **hour % 6 == 0).map(|hour| format!("{hour:02}h"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_fits() {
        assert_eq!(step(24, 40), 1);
        assert_eq!(step(48, 40), 2);
        assert_eq!(step(744, 40), 24);
        assert_eq!(step(744, 100), 8);
    }
}
