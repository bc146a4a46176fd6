//! The entries of an incident in words.

use maud::{Markup, html};
use ward_desk::Body;
use ward_desk::incident::Act;

use super::{Incident, voting_tag};
use crate::pages::parts::{Frame, brief, correction, prose};
use crate::ui::{State as Look, Timeline, soft};

/// All entries, each with its corrections beside it.
pub(super) fn timeline(frame: &Frame<'_>, incident: &Incident) -> Timeline {
    let mut timeline = Timeline::new("Everything that was put down");
    for entry in incident.log.entries() {
        let Body::Act(act) = &entry.body else { continue };
        let (title, look, what) = words(act);
        let corrections = incident.log.corrections(entry.number);
        timeline = timeline.at(frame.clock.exact(entry.at), title).state(look).what(html! {
            (what)
            p { (soft(&format!("Entry {}, {}", entry.number, entry.by.name))) }
            @for (by, text) in corrections { (correction(frame, by, text)) }
        });
    }
    timeline
}

/// What an act is called, for a list of entries.
pub(super) fn named(act: &Act) -> String {
    let text = match act {
        Act::Report(report) => Some(&report.what),
        Act::Note { text } => Some(text),
        Act::Verify { how, .. } | Act::Refute { how } | Act::Solve { how } => Some(how),
        Act::Close { why } | Act::Reopen { why } => Some(why),
        Act::Take | Act::Voting { .. } => None,
    };
    brief(words(act).0, text)
}

fn words(act: &Act) -> (&'static str, Look, Markup) {
    match act {
        Act::Report(report) => (
            "Reported",
            Look::Bad,
            html! {
                p { (voting_tag(report.voting)) }
                (prose(&report.what))
                @if let Some(told_by) = &report.told_by { p { "Told by " (told_by) "." } }
            },
        ),
        Act::Take => ("Taken over", Look::Plain, html! {}),
        Act::Note { text } => ("Note", Look::Plain, prose(text)),
        Act::Voting { now } => ("Voting", Look::Plain, html! { p { (voting_tag(*now)) } }),
        Act::Verify { event, how } => (
            "Verified",
            Look::Good,
            html! {
                p { strong { (event) } }
                (prose(how))
            },
        ),
        Act::Refute { how } => ("Found not to be so", Look::Plain, prose(how)),
        Act::Solve { how } => ("Solved", Look::Good, prose(how)),
        Act::Close { why } => ("Closed", Look::Plain, prose(why)),
        Act::Reopen { why } => ("Opened again", Look::Warn, prose(why)),
    }
}
