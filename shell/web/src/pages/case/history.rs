//! What happened in a case: the steps of judgement and the entries of its file, in one order.

use maud::{Markup, html};
use ward_desk::case_file::{Act, CaseFile, Decision};
use ward_desk::{Body, Entry, Log, Words};
use ward_kernel::{Rung, Time};

use super::beside::{entries, told_to};
use super::{View, of};
use crate::doing::counterparts;
use crate::pages::cases::heading;
use crate::pages::entries::{brief, whose};
use crate::pages::parts::{codes, prose};
use crate::ui::{self, RungBadge, Section, State as Look, Timeline, soft};

/// One thing that happened.
struct Event {
    at: Time,
    title: String,
    look: Look,
    what: Markup,
}

pub(super) fn section(view: &View<'_>) -> Markup {
    let mut events = steps(view);
    events.extend(view.log.entries().iter().filter_map(|entry| event(view, entry)));
    events.extend(entries(view).filter_map(|(one, entry)| event_of(view, one, entry)));
    // Judgement's first where both are of one moment.
    events.sort_by_key(|event| event.at);
    let count = events.len() as u64;
    let mut timeline = Timeline::new("What happened in this case");
    for Event { at, title, look, what } in events {
        timeline = timeline.at(view.frame.clock.exact(at), title).state(look).what(what);
    }
    let section = Section::new("steps", "What happened")
        .tally(ui::count(count, "step", "steps"))
        .body(html! { (timeline) });
    html! { @if count > 0 { (section) } }
}

/// The steps of judgement, and what people put down before cases had files.
fn steps(view: &View<'_>) -> Vec<Event> {
    let mut before = None;
    let step = |step: &ward_store::cases::Step| {
        // What people do moves a case to no other rung.
        let moved = before.replace(step.rung) != Some(step.rung);
        Event {
            at: step.at,
            title: heading(&step.what),
            look: Look::Plain,
            what: html! { @if moved { (RungBadge(step.rung)) } },
        }
    };
    view.steps.iter().map(step).collect()
}

fn event(view: &View<'_>, entry: &Entry<Act>) -> Option<Event> {
    let Body::Act(act) = &entry.body else { return None };
    let (look, what) = body(act);
    let also = told_to(view, entry);
    let what = html! {
        (what)
        (whose(&view.frame, &view.log, entry))
        @if !also.is_empty() { p { (soft(&format!("Also in the file of {}", also.join(", ")))) } }
    };
    Some(Event { at: entry.at, title: title(&view.log, act), look, what })
}

/// An entry of a local authority's file, on the state's page.
fn event_of(view: &View<'_>, one: &counterparts::View, entry: &Entry<Act>) -> Option<Event> {
    let Body::Act(act) = &entry.body else { return None };
    let (look, what) = body(act);
    let what = html! { (what) (whose(&view.frame, &one.log, entry)) };
    let place = view.frame.place(&one.filed.case.scope);
    Some(Event { at: entry.at, title: format!("{place}: {}", title(&one.log, act)), look, what })
}

/// What an act is called, for a list of entries.
pub(super) fn named(log: &Log<CaseFile>, act: &Act) -> String {
    let text = match act {
        Act::Note { text } => Some(text),
        Act::TaskDone { how, .. } => how.as_ref(),
        Act::Told { what, .. } => Some(what),
        act => why(act),
    };
    brief(&title(log, act), text)
}

/// Why something was done, of acts that say it.
fn why(act: &Act) -> Option<&Words> {
    match act {
        Act::Begin(origin) => Some(&origin.why),
        Act::TaskDrop { why, .. }
        | Act::Rung { why, .. }
        | Act::Merge { why, .. }
        | Act::TakeOut { why }
        | Act::Split { why, .. }
        | Act::Decide { why, .. } => Some(why),
        _ => None,
    }
}

/// What an act is called.
pub(super) fn title(log: &Log<CaseFile>, act: &Act) -> String {
    let task = |number: &u64| {
        let tasks = &log.state().tasks;
        let found = tasks.iter().find(|task| task.number == *number);
        found.map_or_else(|| format!("task {number}"), |task| task.what.to_string())
    };
    match act {
        Act::Begin(_) => "Taken out of another case".to_owned(),
        Act::Take => "Taken".to_owned(),
        Act::Give { to } => format!("Given to {}", to.name),
        Act::Release => "Left to whoever takes it".to_owned(),
        Act::Note { .. } => "Note".to_owned(),
        Act::Task { what } => format!("To do: {what}"),
        Act::TaskDone { task: number, .. } => format!("Done: {}", task(number)),
        Act::TaskDrop { task: number, .. } => format!("Not to be done: {}", task(number)),
        Act::Rung { to, judged, .. } => moved(*to, *judged),
        Act::Merge { .. } => "Made a part of another case".to_owned(),
        Act::TakeOut { .. } => "A case of its own again".to_owned(),
        Act::Split { .. } => "Some sources are a case of their own".to_owned(),
        Act::Told { whom, way, .. } => {
            format!("Told {whom}, {}", way.label().to_lowercase())
        }
        Act::Decide { to: Decision::Open, .. } => "Opened again".to_owned(),
        Act::Decide { to, .. } => to.label().to_owned(),
    }
}

fn moved(to: Rung, judged: Rung) -> String {
    match to.cmp(&judged) {
        std::cmp::Ordering::Less => format!("Lowered to {to} by the desk"),
        std::cmp::Ordering::Equal => format!("On {to} again, as judged"),
        std::cmp::Ordering::Greater => format!("Raised to {to} by the desk"),
    }
}

fn body(act: &Act) -> (Look, Markup) {
    let reason = why(act).map_or_else(Markup::default, prose);
    match act {
        Act::Begin(origin) => (
            Look::Plain,
            html! {
                p { "Of " (ui::link(&origin.from, &of(&origin.from))) ": " (listed(&origin.sources)) }
                (reason)
            },
        ),
        Act::Split { into, sources, .. } => (
            Look::Plain,
            html! {
                p { (ui::link(into, &of(into))) ": " (listed(sources)) }
                (reason)
            },
        ),
        Act::Merge { into, .. } => (
            Look::Plain,
            html! {
                p { (ui::link(into, &of(into))) }
                (reason)
            },
        ),
        Act::Note { text } => (Look::Plain, prose(text)),
        Act::Told { what, .. } => (Look::Plain, prose(what)),
        Act::TaskDone { how, .. } => (Look::Good, how.as_ref().map_or_else(Markup::default, prose)),
        Act::Rung { to, judged, .. } => (
            if to > judged { Look::Warn } else { Look::Plain },
            html! {
                p { (RungBadge(*to)) " judged " (RungBadge(*judged)) }
                (reason)
            },
        ),
        Act::Decide { to, .. } => {
            let look = if *to == Decision::Closed { Look::Good } else { Look::Plain };
            (look, reason)
        }
        _ => (Look::Plain, reason),
    }
}

/// Sources, the first few.
fn listed(sources: &[String]) -> Markup {
    codes(sources, 12, sources.len() as u64)
}
