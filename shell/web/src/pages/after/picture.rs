//! The span as a picture: a lane for each kind of thing, with what was put down when. It holds
//! shapes only; the same stands in a table beside it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use ward_desk::Body;
use ward_desk::replay::{Event, Lane, Said};
use ward_desk::shift::{Act, Post};
use ward_kernel::Time;

use crate::doing::after::{Asked, Night};
use crate::pages::parts::Frame;
use crate::ui::{Col, Table, cell, count, grouped};

/// Columns of a lane.
const COLUMNS: usize = 200;
/// Rows of the table.
const ROWS: usize = 12;
/// The width of a drawing, in its own units.
const WIDE: i64 = 1_000;

/// Lanes that are always there: that nothing happened in them is worth seeing.
const ALWAYS: [Lane; 5] =
    [Lane::Incidents, Lane::Cases, Lane::Positions, Lane::Checks, Lane::Sensors];

/// How much was put down in a column: all of it, and what stands out.
type Columns = Vec<(u64, u64)>;

/// The picture with its table.
pub(super) fn figure(frame: &Frame<'_>, night: &Night, asked: &Asked) -> Markup {
    let events = night.replay.between(asked.span.from, asked.span.to);
    let lanes = lanes(events, asked);
    let cursor = place(asked, asked.at);
    html! {
        figure.chart.lanes data-after="lanes" {
            figcaption {
                "What was put down when"
                span { (count(events.len() as u64, "entry", "entries")) }
            }
            @for (lane, columns) in &lanes {
                div.lane {
                    p { (lane.label()) " " span { (grouped(total(columns))) } }
                    (drawing(*lane, columns, cursor))
                }
            }
            div.lane.shifts {
                p { "Who was there" }
                (shifts(night, asked, cursor))
            }
            p.axis aria-hidden="true" {
                @for at in marks(asked, 4) { span { (frame.clock.short(at).words()) } }
            }
            p.says {
                "Each column is " (ward_kernel::words::length(width(asked, COLUMNS)))
                ". Those that reach the top hold something that stands out: voting had stopped, \
                 an event was made sure of, somebody may have got in, a sensor was not heard. The \
                 upright line is the moment."
            }
            details { summary { "The same as a table" } (table(frame, asked, events)) }
        }
    }
}

fn total(columns: &Columns) -> u64 {
    columns.iter().fold(0, |sum, (all, _)| sum.saturating_add(*all))
}

/// How long one of so many parts of the span is.
fn width(asked: &Asked, parts: usize) -> i64 {
    let length = asked.span.to.since(asked.span.from);
    length.checked_div(i64::try_from(parts).unwrap_or(1)).unwrap_or(length).max(1)
}

/// The beginnings of so many equal parts, and the end.
fn marks(asked: &Asked, parts: usize) -> Vec<Time> {
    let width = width(asked, parts);
    let at =
        |part: usize| asked.span.from.plus(width.saturating_mul(i64::try_from(part).unwrap_or(0)));
    (0..parts).map(at).chain([asked.span.to]).collect()
}

/// In which of so many parts a moment lies.
fn part(asked: &Asked, at: Time, parts: usize) -> usize {
    let number = at.since(asked.span.from) / width(asked, parts);
    usize::try_from(number).unwrap_or(0).min(parts.saturating_sub(1))
}

/// Where a moment lies in a drawing.
fn place(asked: &Asked, at: Time) -> i64 {
    let (since, whole) = (at.since(asked.span.from), asked.span.to.since(asked.span.from).max(1));
    let wide = i128::from(since) * i128::from(WIDE) / i128::from(whole);
    i64::try_from(wide).unwrap_or(0).clamp(0, WIDE)
}

fn lanes(events: &[Event], asked: &Asked) -> Vec<(Lane, Columns)> {
    let mut lanes: BTreeMap<Lane, Columns> = BTreeMap::new();
    for event in events {
        let columns = lanes.entry(event.lane()).or_insert_with(|| vec![(0, 0); COLUMNS]);
        if let Some((all, grave)) = columns.get_mut(part(asked, event.at, COLUMNS)) {
            *all = all.saturating_add(1);
            *grave = grave.saturating_add(u64::from(event.is_grave()));
        }
    }
    let shown = |lane: &Lane| ALWAYS.contains(lane) || lanes.contains_key(lane);
    let with = |lane| (lane, lanes.get(&lane).cloned().unwrap_or_default());
    Lane::ALL.into_iter().filter(shown).map(with).collect()
}

fn drawing(lane: Lane, columns: &Columns, cursor: i64) -> Markup {
    let peak = columns.iter().map(|(all, _)| *all).max().unwrap_or(0).max(1);
    let wide = WIDE / i64::try_from(COLUMNS).unwrap_or(WIDE).max(1);
    let label = format!("{}: {}", lane.label(), count(total(columns), "entry", "entries"));
    html! {
        svg.columns viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=(label) {
            @for (i, (all, grave)) in (0_i64..).zip(columns).filter(|(_, (all, _))| *all > 0) {
                // What stands out reaches the top, so that it is not a colour alone.
                @let high = if *grave > 0 { 100 } else { (all.saturating_mul(70) / peak).max(15) };
                rect class=(if *grave > 0 { "grave" } else { "plain" }) x=(i.saturating_mul(wide))
                    y=(100_u64.saturating_sub(high)) width=(wide) height=(high) {}
            }
            (line(cursor))
        }
    }
}

/// The moment.
fn line(cursor: i64) -> Markup {
    html! { rect.now x=(cursor.min(WIDE - 2)) y="0" width="2" height="100" {} }
}

/// When somebody had each position.
fn shifts(night: &Night, asked: &Asked, cursor: i64) -> Markup {
    let bars = bars(night.replay.events(), asked);
    let held: Vec<&str> = Post::ALL
        .into_iter()
        .filter(|post| bars.iter().any(|bar| bar.0 == *post))
        .map(Post::label)
        .collect();
    let label = if held.is_empty() {
        "Nobody had a position".to_owned()
    } else {
        format!("Somebody had: {}", held.join(", "))
    };
    html! {
        svg.columns viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=(label) {
            @for (post, from, to) in bars {
                @let row = Post::ALL.iter().position(|one| *one == post).unwrap_or(0);
                rect.plain x=(from) y=(row.saturating_mul(20).saturating_add(3))
                    width=(to.saturating_sub(from).max(2)) height="14" {}
            }
            (line(cursor))
        }
    }
}

/// The times in which somebody had a position, each shift apart by a hair.
fn bars(events: &[Event], asked: &Asked) -> Vec<(Post, i64, i64)> {
    let mut held: BTreeMap<&str, Time> = BTreeMap::new();
    let mut bars = Vec::new();
    let mut end = |log: &str, from: Time, to: Time| {
        let (from, to) = (from.max(asked.span.from), to.min(asked.span.to).min(asked.at));
        if let (Some(post), true) = (post_of(log), from < to) {
            bars.push((post, place(asked, from), place(asked, to).saturating_sub(2)));
        }
    };
    for event in events.iter().filter(|event| event.at <= asked.at) {
        let Said::Position(Body::Act(act)) = &event.said else { continue };
        let before = match act {
            Act::Begin | Act::Sign { .. } | Act::TakeOver { .. } => {
                held.insert(&event.log, event.at)
            }
            Act::End => held.remove(event.log.as_str()),
            _ => None,
        };
        if let Some(before) = before {
            end(&event.log, before, event.at);
        }
    }
    held.into_iter().for_each(|(log, from)| end(log, from, asked.span.to));
    bars
}

/// The position of a log: `position-cases-3`.
pub(super) fn post_of(log: &str) -> Option<Post> {
    let name = log.strip_prefix("position-")?.rsplit_once('-')?.0;
    Post::named(name)
}

fn table(frame: &Frame<'_>, asked: &Asked, events: &[Event]) -> Markup {
    let mut rows = vec![[0_u64; 8]; ROWS];
    for event in events {
        let lane = Lane::ALL.iter().position(|one| *one == event.lane());
        let row = rows.get_mut(part(asked, event.at, ROWS));
        if let Some(cell) = row.zip(lane).and_then(|(row, lane)| row.get_mut(lane)) {
            *cell = cell.saturating_add(1);
        }
    }
    let [a, b, c, d, e, f, g, h] = Lane::ALL.map(|lane| Col::number(lane.label()));
    let cols = [Col::head("From"), a, b, c, d, e, f, g, h];
    let mut table = Table::new("What was put down, by parts of the span", cols);
    for (at, row) in marks(asked, ROWS).into_iter().zip(rows) {
        let [a, b, c, d, e, f, g, h] = row.map(|number| cell(grouped(number)));
        table = table.row([cell(frame.clock.short(at)), a, b, c, d, e, f, g, h]);
    }
    html! { (table) }
}

#[cfg(test)]
mod tests {
    use ward_store::after::Span;

    use super::*;

    fn asked() -> Asked {
        let span = Span { from: Time::from_secs(0), to: Time::from_secs(1_000) };
        Asked { span, jurisdiction: None, at: Time::from_secs(500) }
    }

    #[test]
    fn moments_have_their_place() {
        let asked = asked();
        assert_eq!(place(&asked, Time::from_secs(-5)), 0);
        assert_eq!(place(&asked, Time::from_secs(250)), 250);
        assert_eq!(place(&asked, Time::from_micros(i64::MAX)), WIDE);
        assert_eq!(part(&asked, Time::from_secs(1_000), ROWS), ROWS - 1);
        assert_eq!(part(&asked, Time::from_secs(999), COLUMNS), COLUMNS - 1);
        assert_eq!(marks(&asked, 4).len(), 5);
    }

    #[test]
    fn positions_are_known_by_their_logs() {
        assert_eq!(post_of("position-cases-3"), Some(Post::Cases));
        assert_eq!(post_of("position-nothing-3"), None);
        assert_eq!(post_of("incident-1"), None);
    }
}
