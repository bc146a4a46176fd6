//! The entries of an incident in words.

use maud::html;
use ward_desk::incident::Act;

use super::{Incident, voting_tag};
use crate::pages::entries::{self, Said, brief};
use crate::pages::parts::{Frame, prose};
use crate::ui::{State as Look, Timeline};

/// All entries, each with its corrections beside it.
pub(super) fn timeline(frame: &Frame<'_>, incident: &Incident) -> Timeline {
    let log = &incident.log;
    let label = "Everything that was put down";
    entries::timeline(frame, label, (log, log.entries()), |_, act| words(act))
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

fn words(act: &Act) -> Said {
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
