//! How much was seen: without it "no evidence" means nothing.

use ward_watch::report::{LossCount, Report, Sensor, Span};

use super::canvas::{Canvas, Style};
use crate::page::model;
use crate::page::text::{columns, count, grouped, percent};
use crate::page::when::{Clock, length};
use ward_kernel::time::MINUTE;

/// The gaps, and the lines not understood, that are shown of each sensor.
const SHOWN: usize = 3;
/// Gaps, losses and lines not understood, of all sensors.
const DETAILS: usize = 40;

pub(crate) fn table(canvas: &mut Canvas, report: &Report, _clock: &Clock) {
    canvas.heading(
        Style::Bold,
        "WHAT WAS SEEN",
        &count(report.coverage.len() as u64, "sensor", "sensors"),
    );
    if report.coverage.is_empty() {
        canvas.field(
            2,
            "",
            0,
            (Style::Warn, "No sensor: nothing was read, so nothing can be said."),
        );
        return;
    }
    let most = canvas.width() / 4;
    let (sensors, rest) = model::sensors(report);
    let names: Vec<String> = sensors.iter().map(|s| canvas.readable(&s.sensor)).collect();
    let name = names.iter().map(|n| columns(n)).max().unwrap_or(6).clamp(6, most.max(6));
    let numbers: Vec<String> = sensors.iter().map(|s| grouped(s.records)).collect();
    let number = numbers.iter().map(|n| n.len()).max().unwrap_or(1).max(7);
    // indent, name, format, records, share of the minutes; what is left draws the strip.
    let used = 2 + name + 2 + 12 + 2 + number + 2 + 7 + 2;
    let room = canvas.width().saturating_sub(used).min(72);
    let head = format!(
        "  {:<name$}  {:<12}  {:>number$}  {:>7}",
        "sensor", "format", "records", "minutes"
    );
    canvas.line(&[(Style::Dim, &head)]);
    for ((sensor, text), records) in sensors.iter().zip(&names).zip(&numbers) {
        let text = crate::page::text::cut(text, name, canvas.glyphs().ellipsis).into_owned();
        let pad = " ".repeat(name.saturating_sub(columns(&text)));
        let left = format!("  {text}{pad}  {:<12}  {records:>number$}  ", sensor.format);
        let share = format!("{:>7}", percent(sensor.covered));
        let whole = sensor.covered >= 0.995 && sensor.gaps.is_empty();
        let style = if whole { Style::Plain } else { Style::Warn };
        let strip = report.span.map_or(String::new(), |span| strip(canvas, sensor, span, room));
        canvas.line(&[
            (Style::Plain, &left),
            (style, &share),
            (Style::Plain, "  "),
            (style, &strip),
        ]);
    }
    if rest > 0 {
        let rest = count(rest, "sensor", "sensors");
        let text = format!("… and {rest} more that saw as much or more: --json");
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
}

/// The span in `room` pieces, each all, partly or not at all covered.
fn strip(canvas: &Canvas, sensor: &Sensor, span: Span, room: usize) -> String {
    let [all, part, none] = canvas.glyphs().seen;
    if room < 8 {
        return String::new();
    }
    pieces(sensor, span, room)
        .into_iter()
        .map(|seen| match seen {
            seen if seen >= 1.0 => all,
            seen if seen <= 0.0 => none,
            _ => part,
        })
        .collect()
}

/// For each of `many` equal pieces of the span, the share of it (0 to 1) outside the gaps.
fn pieces(sensor: &Sensor, span: Span, many: usize) -> Vec<f64> {
    model::seen(sensor, span, many)
}

/// Gaps, losses and lines not understood, sensor by sensor.
pub(crate) fn details(canvas: &mut Canvas, report: &Report, clock: &Clock) {
    let mut lines = Vec::new();
    let (sensors, _) = model::sensors(report);
    for sensor in &sensors {
        let place = sensor.jurisdiction.as_deref().map_or(String::new(), |j| format!(" ({j})"));
        let name = format!("{}{place}", sensor.sensor);
        lines.extend(gaps(sensor, clock).map(|text| format!("{name}: {text}")));
        lines.extend(sensor.losses.iter().map(|loss| format!("{name}: {}", loss_text(loss))));
        let bad = &sensor.not_understood;
        if bad.lines > 0 {
            let bad = count(bad.lines, "line", "lines");
            lines.push(format!("{name}: {bad} not understood"));
        }
    }
    if !lines.is_empty() {
        canvas.blank();
    }
    for line in lines.iter().take(DETAILS) {
        canvas.field(2, "", 0, (Style::Warn, line));
    }
    let rest = lines.len().saturating_sub(DETAILS) as u64;
    if rest > 0 {
        let text = format!("… and {} more: --json or --html", grouped(rest));
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
    samples(canvas, &sensors);
    let settings = report.settings.as_deref().unwrap_or("none");
    canvas.blank();
    canvas.field(2, "", 0, (Style::Dim, &format!("Settings: {settings}")));
}

fn gaps(sensor: &Sensor, clock: &Clock) -> Option<String> {
    let texts: Vec<String> = sensor
        .gaps
        .iter()
        .map(|gap| {
            let micros = i64::try_from(gap.minutes).unwrap_or(i64::MAX).saturating_mul(MINUTE);
            format!("{} ({})", clock.span_bare(gap.from, gap.to), length(micros))
        })
        .collect();
    let shown = crate::page::text::list(&texts, SHOWN, texts.len() as u64, ", ");
    (!texts.is_empty()).then(|| format!("silent {shown}"))
}

/// A loss in words.
pub(crate) fn loss_text(loss: &LossCount) -> String {
    let of = loss.of.map_or(String::new(), |of| {
        let permille = loss.lost.saturating_mul(1000).checked_div(of).unwrap_or(0);
        format!(" of {} ({}.{} %)", grouped(of), permille / 10, permille % 10)
    });
    let records = count(loss.records, "record", "records");
    format!("{} lost{of} by its own word, {} in {records}", grouped(loss.lost), loss.by)
}

fn samples(canvas: &mut Canvas, sensors: &[&Sensor]) {
    for bad in sensors.iter().flat_map(|sensor| &sensor.not_understood.samples).take(6) {
        let text = format!("{} at byte {}: {}", bad.file, grouped(bad.offset), bad.why);
        canvas.field(4, "", 0, (Style::Dim, &text));
        canvas.line(&[(Style::Dim, "      "), (Style::Dim, &bad.text)]);
    }
}
