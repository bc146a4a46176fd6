//! The entries of a rumor in words, as far as somebody reads them.

use maud::html;
use ward_desk::Body;
use ward_desk::rumor::Act;

use super::one::View;
use super::{finding_tag, named_of};
use crate::doing::rumors::{Sight, harmless, reads};
use crate::pages::entries::{Said, brief, whose};
use crate::pages::parts::prose;
use crate::ui::{State as Look, Timeline, mono};

/// All entries that somebody reads, each with its corrections beside it.
pub(super) fn timeline(view: &View<'_>) -> Timeline {
    let mut timeline = Timeline::new("What was put down");
    let log = &view.rumor.log;
    for entry in log.entries().iter().filter(|entry| reads(view.who, view.sight, log, entry)) {
        let Body::Act(act) = &entry.body else { continue };
        let (title, look, what) = words(view, act);
        // Who put something down is for those who read all of it, or whose own it is.
        let names = view.sight != Sight::Found;
        timeline = timeline.at(view.frame.clock.exact(entry.at), title).state(look).what(html! {
            (what)
            @if names {
                (whose(&view.frame, log, entry))
            } @else {
                @for (_, text) in log.corrections(entry.number) {
                    p { strong { "Corrected: " } (text) }
                }
            }
        });
    }
    timeline
}

/// What an act is called, for a list of entries.
pub(super) fn named(act: &Act) -> String {
    let (title, text) = match act {
        Act::Hear(heard) => ("Heard", Some(&heard.claim)),
        Act::Again { .. } => ("Heard again", None),
        Act::About { .. } => ("About", None),
        Act::Find { facts, .. } => ("Found out", Some(facts)),
        Act::Tell { what, .. } => ("Told", Some(what)),
        Act::Rest { why } => ("Left to rest", Some(why)),
    };
    brief(title, text)
}

fn words(view: &View<'_>, act: &Act) -> Said {
    match act {
        Act::Hear(heard) => (
            "Heard",
            Look::Bad,
            html! {
                (prose(&heard.claim))
                p { "Where: " (heard.place) ". " (heard.spread.label()) "." }
                @if let Some(link) = &heard.link { p { (mono(&harmless(link.as_str()))) } }
            },
        ),
        Act::Again { place, spread, from } => {
            let whose = from.as_deref().map(|id| view.frame.place(id));
            let words = html! {
                p { "Where: " (place) @if let Some(whose) = whose { ", " (whose) } ". "
                    (spread.label()) "." }
            };
            ("Heard again", Look::Plain, words)
        }
        Act::About { jurisdictions } => {
            let words = named_of(&view.frame, jurisdictions, usize::MAX);
            ("It is about others", Look::Plain, html! { p { (words) "." } })
        }
        Act::Find { finding, facts, confirmed } => (
            "Found out",
            Look::Good,
            html! {
                p { (finding_tag(*finding)) }
                (prose(facts))
                p { "Confirmed by " (confirmed) "." }
            },
        ),
        Act::Tell { whom, what } => {
            ("Told", Look::Good, html! { p { strong { (whom) } } (prose(what)) })
        }
        Act::Rest { why } => ("Left to rest", Look::Plain, prose(why)),
    }
}
