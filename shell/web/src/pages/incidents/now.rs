//! What happens with an incident now, in plain words, for the people whose incident it is.

use maud::{Markup, html};
use ward_desk::incident::{Act, Stage, Truth};
use ward_desk::{Body, Entry};

use super::Incident;
use crate::pages::parts::{Frame, prose};
use crate::ui::{Call, Notice};

/// Who has it and what comes next; `phone` is that of the state's desk and may be empty.
pub(super) fn happens(frame: &Frame<'_>, incident: &Incident, phone: &str) -> Markup {
    let state = incident.log.state();
    let sure = html! {
        @if state.truth == Truth::Verified { p { "The state's desk made sure that it is so." } }
    };
    let notice = match state.stage {
        Stage::New => Notice::warn(
            "The state's desk has your report. Nobody there has taken it yet.",
        )
        .body(html! {
            (sure)
            p { "If voting is stopped or somebody is in danger, call " (number(phone)) " now." }
            p { "Your home page shows when somebody takes it." }
        }),
        Stage::Taken => {
            Notice::good(said(frame, incident, "Taken", |act| *act == Act::Take)).body(html! {
                (sure)
                p { "If it gets worse, write it down below, or call " (number(phone)) "." }
            })
        }
        Stage::Solved => {
            let solved =
                said(frame, incident, "Put down as over", |act| matches!(act, Act::Solve { .. }));
            Notice::good(solved).body(html! {
                p { "The state's desk looks at it once more before it is closed." }
            })
        }
        Stage::Closed => {
            let is_close = |act: &Act| matches!(act, Act::Close { .. });
            let why = last(incident, is_close).and_then(|entry| match &entry.body {
                Body::Act(Act::Close { why }) => Some(prose(why)),
                _ => None,
            });
            Notice::info(said(frame, incident, "Closed", is_close)).body(html! {
                @if let Some(why) = why { (why) }
                p { "If it comes back, write it down below and call " (number(phone)) "." }
            })
        }
    };
    html! { (notice) }
}

/// The state's desk, by its number where that is known.
fn number(phone: &str) -> Markup {
    html! { @if phone.is_empty() { "the state's desk" } @else { (Call::new(phone)) } }
}

/// "Taken by An analyst at 02:14."
fn said(frame: &Frame<'_>, incident: &Incident, what: &str, is: impl Fn(&Act) -> bool) -> String {
    last(incident, is).map_or_else(
        || format!("{what}."),
        |entry| {
            let at = frame.clock.at(entry.at, frame.now);
            format!("{what} by {} {}.", entry.by.name, at.words())
        },
    )
}

/// The newest entry of an act.
fn last(incident: &Incident, is: impl Fn(&Act) -> bool) -> Option<&Entry<Act>> {
    let mut all = incident.log.entries().iter().rev();
    all.find(|entry| matches!(&entry.body, Body::Act(act) if is(act)))
}
