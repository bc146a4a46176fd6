//! Notices: one's own, and what was sent lately to all.

mod own;
mod sent;

use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, Stage};
use ward_desk::notices::pace::kept;
use ward_store::notices::{Line, State};

use super::parts::Frame;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Tag, cell, count, none, soft};

/// The address of one's own.
pub(super) const HERE: &str = "/account/notices";
/// The address of what was sent to all.
pub(super) const ALL: &str = "/settings/notices";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "account.notices",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Page,
        summary: "Shows which notices one gets, and when",
        handler: || get(own::show),
    },
    Route {
        name: "account.notices.change",
        verb: Verb::Post,
        path: HERE,
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Chooses which notices one gets, and when",
        handler: || post(own::change),
    },
    // A test is sent to oneself, and a few an hour at most: it asks for no second factor again.
    Route {
        name: "account.notices.test",
        verb: Verb::Post,
        path: "/account/notices/test",
        access: Access::Stage(Stage::Full),
        kind: Kind::Page,
        summary: "Sends oneself a test",
        handler: || post(own::test),
    },
    Route {
        name: "settings.notices",
        verb: Verb::Get,
        path: ALL,
        access: Access::Person(Act::SeeSettings),
        kind: Kind::Page,
        summary: "Shows how notices are sent, and which were sent lately to whom",
        handler: || get(sent::show),
    },
];

/// How many messages somebody gets.
fn in_an_hour(per_hour: u32) -> Markup {
    html! {
        (count(u64::from(per_hour), "message", "messages")) " at most"
        @match kept(per_hour) {
            0 => {}
            kept => { ", of these " (kept) " kept for access and effect" }
        }
    }
}

/// Of how many things a message tells.
fn tells(line: &Line) -> Markup {
    html! {
        (count(line.count, "thing", "things")) @if line.urgent { ", urgent" }
    }
}

/// What became of a message.
fn state(line: &Line) -> Markup {
    let tag = match line.message.state {
        State::Sent => Tag::good("Sent"),
        State::Failed => Tag::bad("Given up"),
        State::Open if line.message.tries == 0 => Tag::plain("On its way"),
        State::Open => Tag::warn("Tried again"),
    };
    cell(tag)
}

/// When it is tried next, and what was wrong the last time.
fn trouble(frame: &Frame<'_>, line: &Line) -> Markup {
    let message = &line.message;
    if message.failure.is_empty() {
        return none();
    }
    html! {
        (message.failure)
        @if message.state == State::Open {
            " " (soft("Next try: ")) (frame.clock.full(message.due))
        }
    }
}
