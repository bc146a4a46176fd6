//! The election calendar: which elections there are, and where this moment lies among them.

mod list;
mod one;

use axum::routing::{get, post};
use ward_access::Act;

use crate::route::{Access, Kind, Route, Verb};

/// The address of the calendar.
const HERE: &str = "/elections";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "elections.list",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeElections),
        kind: Kind::Page,
        summary: "Shows the election calendar",
        handler: || get(list::show),
    },
    Route {
        name: "elections.new",
        verb: Verb::Get,
        path: "/elections/new",
        access: Access::Person(Act::SetElections),
        kind: Kind::Page,
        summary: "Asks for the dates of an election",
        handler: || get(one::new),
    },
    Route {
        name: "elections.set",
        verb: Verb::Post,
        path: "/elections/new",
        access: Access::Person(Act::SetElections),
        kind: Kind::Page,
        summary: "Puts an election into the calendar",
        handler: || post(one::set),
    },
    Route {
        name: "elections.one",
        verb: Verb::Get,
        path: "/elections/{id}",
        access: Access::Person(Act::SetElections),
        kind: Kind::Page,
        summary: "Shows the dates of an election, to move them or to call it off",
        handler: || get(one::show),
    },
    Route {
        name: "elections.change",
        verb: Verb::Post,
        path: "/elections/{id}",
        access: Access::Person(Act::SetElections),
        kind: Kind::Page,
        summary: "Moves the dates of an election, or calls it off",
        handler: || post(one::change),
    },
];
