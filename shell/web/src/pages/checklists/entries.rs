//! What was put down of a point, in words.

use maud::{Markup, html};
use ward_desk::checklist::{Act, Point as Ticked};
use ward_desk::{Body, Log};

use crate::doing::checklists::Item;
use crate::pages::parts::{Frame, prose};
use crate::ui::{Disclosure, State as Look, Tag, Timeline, soft};

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
    html! { (Disclosure::new("What was put down", html! { (timeline(frame, &label, &filed.log)) })) }
}

fn timeline(frame: &Frame<'_>, label: &str, log: &Log<Ticked>) -> Timeline {
    let mut timeline = Timeline::new(label);
    for entry in log.entries() {
        let Body::Act(act) = &entry.body else { continue };
        let (title, look, text) = match act {
            Act::Tick { note, .. } => ("Done", Look::Good, note.as_ref()),
            Act::Skip { why, .. } => ("Set aside", Look::Plain, Some(why)),
            Act::Undo { why } => ("Opened again", Look::Warn, Some(why)),
        };
        timeline = timeline.at(frame.clock.exact(entry.at), title).state(look).what(html! {
            @if let Some(text) = text { (prose(text)) }
            p { (soft(&format!("Entry {}, {}", entry.number, entry.by.name))) }
            @for (by, text) in log.corrections(entry.number) {
                (crate::pages::parts::correction(frame, by, text))
            }
        });
    }
    timeline
}
