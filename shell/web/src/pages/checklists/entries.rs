//! What was put down of a point, in words.

use maud::{Markup, html};
use ward_desk::checklist::{Act, Point as Ticked};

use crate::doing::checklists::Item;
use crate::pages::entries::{Said, timeline};
use crate::pages::parts::{Frame, prose};
use crate::ui::{Disclosure, State as Look, Tag};

/// What a settled point stands at: when, by whom, and what they said.
pub(super) fn settled(frame: &Frame<'_>, state: &Ticked) -> Markup {
    match state {
        Ticked::Open => html! {},
        Ticked::Done { at, by, note } => html! {
            p.small { (Tag::good("Done")) " by " (by.name) ", " (frame.clock.short(*at)) }
            @if let Some(note) = note { (prose(note)) }
        },
        Ticked::Skipped { at, by, why } => html! {
            p.small { (Tag::plain("Set aside")) " by " (by.name) ", " (frame.clock.short(*at)) }
            (prose(why))
        },
    }
}

/// Everything that was put down, where that is more than what stands there anyway.
pub(super) fn history(frame: &Frame<'_>, item: &Item<'_>) -> Markup {
    let Some(filed) = item.filed.as_ref().filter(|filed| filed.log.entries().len() > 1) else {
        return html! {};
    };
    let label = format!("What was put down of: {}", item.dated.point.text);
    let log = &filed.log;
    let all = timeline(frame, &label, (log, log.entries()), |_, act| said(act));
    html! { (Disclosure::new("What was put down", html! { (all) })) }
}

fn said(act: &Act) -> Said {
    match act {
        Act::Tick { note, .. } => {
            ("Done", Look::Good, note.as_ref().map_or_else(Markup::default, prose))
        }
        Act::Skip { why, .. } => ("Set aside", Look::Plain, prose(why)),
        Act::Undo { why } => ("Opened again", Look::Warn, prose(why)),
    }
}
