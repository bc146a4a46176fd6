//! The table of everything that can be asked of the desk.
//!
//! A page exists because a line of this table names it: the router, the checks of who may call,
//! the REST description and the tests of roles are all made from it. There is no other way in.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use ward_access::{Act, Stage};

use crate::desk::Desk;
use crate::server::Site;

/// One line of the table.
pub struct Route {
    /// Its name in tests, logs and the REST description: `case.show`.
    pub name: &'static str,
    /// How it is asked.
    pub verb: Verb,
    /// Where; `{id}` stands for a part.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// What answers: a page, a document, a machine's words.
    pub kind: Kind,
    /// What it is for, one line.
    pub summary: &'static str,
    /// What answers.
    pub handler: fn() -> MethodRouter<Desk>,
}

/// How it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verb {
    /// Changes nothing.
    Get,
    /// Changes something.
    Post,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Anybody.
    Open,
    /// Whoever has the set-up link, while nothing is set up.
    SetUp,
    /// Whoever has a session that is at least this far.
    Stage(Stage),
    /// People, signed in with both factors, whose role may do this somewhere.
    Person(Act),
    /// People as above, and services whose token may.
    Anyone(Act),
    /// Sensors, by their signature, which the handler checks.
    Sensor,
}

/// What answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A page for people: refusals are pages or lead to the sign-in.
    Page,
    /// A document for programs: refusals are problem documents (RFC 9457).
    Api,
    /// Words between machines of the house.
    Machine,
}

/// The table.
pub const ALL: &[&[Route]] = &[
    crate::probes::ROUTES,
    crate::sense::ROUTES,
    crate::pages::set_up::ROUTES,
    crate::pages::sign_in::ROUTES,
    crate::pages::elsewhere::ROUTES,
    crate::pages::second_factor::ROUTES,
    crate::pages::invitation::ROUTES,
    crate::pages::confirm::ROUTES,
    crate::pages::demo::ROUTES,
    crate::pages::account::ROUTES,
    crate::pages::notices::ROUTES,
    crate::pages::factors::ROUTES,
    crate::pages::people::ROUTES,
    crate::pages::home::ROUTES,
    crate::api::openapi::ROUTES,
    crate::api::office::ROUTES,
    crate::api::cases::ROUTES,
    crate::api::deciding::ROUTES,
    crate::api::incidents::ROUTES,
    crate::api::rumors::ROUTES,
    crate::api::room::ROUTES,
    crate::api::elections::ROUTES,
    crate::api::situation::ROUTES,
    crate::api::checklists::ROUTES,
    crate::api::contacts::ROUTES,
    crate::api::codes::ROUTES,
    crate::api::sensors::ROUTES,
    crate::api::hunt::ROUTES,
    crate::api::people::ROUTES,
    crate::api::elsewhere::ROUTES,
    crate::api::invitations::ROUTES,
    crate::api::account::ROUTES,
    crate::api::notices::ROUTES,
    crate::api::after::ROUTES,
    crate::api::audit::ROUTES,
    crate::api::settings::ROUTES,
    crate::api::tokens::ROUTES,
    crate::api::records::ROUTES,
    crate::pages::cases::ROUTES,
    crate::pages::case::ROUTES,
    crate::pages::sensors::ROUTES,
    crate::pages::sensor::ROUTES,
    crate::pages::onboarding::ROUTES,
    crate::pages::upload::ROUTES,
    crate::pages::hunt::ROUTES,
    crate::pages::incidents::ROUTES,
    crate::pages::rumors::ROUTES,
    crate::pages::look::ROUTES,
    crate::pages::room::ROUTES,
    crate::pages::elections::ROUTES,
    crate::pages::situation::ROUTES,
    crate::pages::wall::ROUTES,
    crate::pages::checklists::ROUTES,
    crate::pages::contacts::ROUTES,
    crate::pages::after::ROUTES,
    crate::pages::audit::ROUTES,
    crate::pages::settings::ROUTES,
    crate::pages::tokens::ROUTES,
    crate::live::ROUTES,
];

/// Every line of the table.
pub fn all() -> impl Iterator<Item = &'static Route> {
    ALL.iter().flat_map(|routes| routes.iter())
}

/// The router of the whole table, with the desk's world.
pub fn router(desk: &Desk) -> Site {
    let mut router = Router::new();
    for route in all() {
        let guard = from_fn_with_state((desk.clone(), route), crate::guard::guard);
        router = router.route(route.path, (route.handler)().layer(guard));
    }
    Site { router: router.with_state(desk.clone()), world: desk.settings.world }
}
