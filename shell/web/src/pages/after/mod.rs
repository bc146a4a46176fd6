//! After the night: everything that was put down, shown again as it stood at any moment, and given
//! away with its rules.

mod form;
mod picture;
pub(crate) mod report;
mod show;
mod stood;

use axum::routing::get;
use ward_access::Act;

use crate::route::{Access, Kind, Route, Verb};

/// The address.
pub(super) const HERE: &str = "/after";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "after",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeAfter),
        kind: Kind::Page,
        summary: "Shows how everything stood at a moment, and what had been put down",
        handler: || get(show::show),
    },
    Route {
        name: "after.export",
        verb: Verb::Get,
        path: "/after/export",
        access: Access::Person(Act::SeeAfter),
        kind: Kind::Page,
        summary: "Gives a span away as a report and as records, with its rules",
        handler: || get(show::export),
    },
];
