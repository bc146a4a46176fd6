//! Checklists: what an election asks for, over the state and in one office.

mod entries;
mod list;
mod overview;
mod point;

use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;
use ward_desk::plan::{Dated, Standing};

use super::parts::Frame;
use crate::doing::checklists::{Across, HERE};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Empty, Go, Href, Tabs, Tag};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "checklists",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeChecklists),
        kind: Kind::Page,
        summary: "Shows how far every point of an election's plan is done over the state",
        handler: || get(overview::show),
    },
    Route {
        name: "checklists.point",
        verb: Verb::Get,
        path: "/checklists/points/{id}",
        access: Access::Person(Act::SeeChecklists),
        kind: Kind::Page,
        summary: "Shows who has not done one point, and what others said of it",
        handler: || get(point::show),
    },
    Route {
        name: "checklists.list",
        verb: Verb::Get,
        path: "/checklists/{id}",
        access: Access::Person(Act::SeeChecklists),
        kind: Kind::Page,
        summary: "Shows the list of one office: what is due now, what is next, what is done",
        handler: || get(list::show),
    },
    Route {
        name: "checklists.put",
        verb: Verb::Post,
        path: "/checklists/{id}",
        access: Access::Person(Act::TickPoint),
        kind: Kind::Page,
        summary: "Ticks a point, sets it aside, opens it again",
        handler: || post(list::put),
    },
];

/// How urgent a point is, in a word.
pub(super) fn standing_tag(standing: Standing) -> Tag {
    match standing {
        Standing::Overdue => Tag::bad(standing.label()),
        Standing::Due => Tag::warn(standing.label()),
        Standing::ToCome => Tag::plain(standing.label()),
    }
}

/// How a point stands over the state, in a word or two.
fn across_tag(point: &Across<'_>) -> Tag {
    if point.is_settled() {
        Tag::good("Done everywhere")
    } else {
        standing_tag(point.dated.standing)
    }
}

/// An election in one sentence.
fn sentence(frame: &Frame<'_>, election: &Election) -> String {
    format!(
        "{}: the polls open {} and close {}; certified by {}.",
        election.name,
        frame.clock.short(election.opens).words(),
        frame.clock.short(election.closes).words(),
        frame.clock.short(election.certifies).words(),
    )
}

/// Until when a point should be done.
fn until(frame: &Frame<'_>, dated: &Dated<'_>) -> Markup {
    html! { (frame.clock.short(dated.until)) }
}

/// The same page for other elections: those that are not long over.
fn tabs(elections: &[Election], shown: &Election, here: &Href) -> Markup {
    html! {
        @if elections.len() > 1 {
            (elections.iter().fold(Tabs::new("Elections"), |tabs, one| {
                let href = here.clone().query("election", &one.id);
                tabs.tab(one.name.as_str(), href, one.id == shown.id)
            }))
        }
    }
}

/// What stands where the election is not in the calendar that was asked for, or none is.
fn nothing(frame: &Frame<'_>, all: &[Election]) -> Markup {
    let title = if all.is_empty() {
        "No election is in the calendar"
    } else {
        "This election is not in the calendar"
    };
    html! {
        (Empty::new(
            title,
            "Checklists hang on an election's dates: they stand here from 45 days before it until \
             its result is certified.",
        ))
        @if frame.sees(Act::SetElections) {
            (Go::new("Open the election calendar", Href::at("/elections")))
        }
    }
}
