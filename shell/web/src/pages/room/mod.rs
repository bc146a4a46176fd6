//! The room: who has which position, and which local authorities can be reached.

mod asked;
mod checks;
mod one_check;
mod overview;
mod position;

use axum::routing::{get, post};
use maud::Markup;
use ward_access::Act;
use ward_desk::shift::{Position, Post};

use super::parts::Frame;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Href, Tag, cell, link, none};

pub(crate) use asked::{Asked, asked_of};

/// The address of the room.
pub(super) const HERE: &str = "/room";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "room",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeRoom),
        kind: Kind::Page,
        summary: "Shows who has which position, and the communications checks",
        handler: || get(overview::show),
    },
    Route {
        name: "room.position",
        verb: Verb::Get,
        path: "/room/positions/{id}",
        access: Access::Person(Act::SeeRoom),
        kind: Kind::Page,
        summary: "Shows a position: who has it, the notes that wait, its log",
        handler: || get(position::show),
    },
    Route {
        name: "room.position.put",
        verb: Verb::Post,
        path: "/room/positions/{id}",
        access: Access::Person(Act::WorkRoom),
        kind: Kind::Page,
        summary: "Takes a position, writes its log, hands it over, signs, ends",
        handler: || post(position::put),
    },
    Route {
        name: "room.check.new",
        verb: Verb::Get,
        path: "/room/checks/new",
        access: Access::Person(Act::WorkRoom),
        kind: Kind::Page,
        summary: "Asks what all local authorities are asked",
        handler: || get(checks::new),
    },
    Route {
        name: "room.check.ask",
        verb: Verb::Post,
        path: "/room/checks/new",
        access: Access::Person(Act::WorkRoom),
        kind: Kind::Page,
        summary: "Begins a communications check",
        handler: || post(checks::ask),
    },
    Route {
        name: "room.check",
        verb: Verb::Get,
        path: "/room/checks/{id}",
        access: Access::Person(Act::SeeRoom),
        kind: Kind::Page,
        summary: "Shows who has answered a communications check, and who has not",
        handler: || get(one_check::show),
    },
    Route {
        name: "room.check.put",
        verb: Verb::Post,
        path: "/room/checks/{id}",
        access: Access::Person(Act::WorkRoom),
        kind: Kind::Page,
        summary: "Puts down an answer that came otherwise, a try in vain, or the end",
        handler: || post(one_check::put),
    },
    Route {
        name: "room.check.answer",
        verb: Verb::Post,
        path: "/room/checks/{id}/answer",
        access: Access::Person(Act::AnswerCheck),
        kind: Kind::Page,
        summary: "A local authority answers a communications check",
        handler: || post(asked::answer),
    },
];

/// A position in a row: which, who has it, since when, and what is said where notes wait.
pub(crate) fn row(frame: &Frame<'_>, post: Post, position: &Position, notes: &str) -> [Markup; 4] {
    let href = Href::at(HERE).join("positions").join(post.name());
    let (by, since) = match &position.held {
        Some((by, since)) => (cell(&by.name), cell(frame.clock.exact(*since))),
        None => (cell(Tag::warn("Nobody")), none()),
    };
    let notes = position.notes.as_ref().map_or_else(none, |_| cell(Tag::warn(notes)));
    [link(post.label(), &href), by, since, notes]
}
