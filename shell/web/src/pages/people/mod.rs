//! People: who they are, who comes in, who is kept out.

mod change;
mod elsewhere;
mod invite;
mod list;
mod one;

use axum::routing::{get, post};
use ward_access::{Act, Jurisdiction, JurisdictionKind};

use super::parts::Frame;

use crate::doing::people::{found as person, scope_of};
use crate::route::{Access, Kind, Route, Verb};
pub(crate) use invite::about;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "people.list",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeePeople),
        kind: Kind::Page,
        summary: "The people of the desk and the open invitations",
        handler: || get(list::show),
    },
    Route {
        name: "people.invite.show",
        verb: Verb::Get,
        path: "/people/invite",
        access: Access::Person(Act::Invite),
        kind: Kind::Page,
        summary: "Asks whom to invite",
        handler: || get(invite::show),
    },
    Route {
        name: "people.invite",
        verb: Verb::Post,
        path: "/people/invite",
        access: Access::Person(Act::Invite),
        kind: Kind::Page,
        summary: "Invites somebody and shows the link once",
        handler: || post(invite::make),
    },
    Route {
        name: "people.invitation.withdraw",
        verb: Verb::Post,
        path: "/people/invitations/withdraw",
        access: Access::Person(Act::Invite),
        kind: Kind::Page,
        summary: "Withdraws an invitation that nobody has used",
        handler: || post(invite::withdraw),
    },
    Route {
        name: "people.person",
        verb: Verb::Get,
        path: "/people/{id}",
        access: Access::Person(Act::SeePeople),
        kind: Kind::Page,
        summary: "One person",
        handler: || get(one::show),
    },
    Route {
        name: "people.person.details",
        verb: Verb::Post,
        path: "/people/{id}/details",
        access: Access::Person(Act::ChangePerson),
        kind: Kind::Page,
        summary: "Changes a person's name or e-mail address",
        handler: || post(change::details),
    },
    Route {
        name: "people.person.role",
        verb: Verb::Post,
        path: "/people/{id}/role",
        access: Access::Person(Act::ChangePerson),
        kind: Kind::Page,
        summary: "Gives a person another role",
        handler: || post(change::role),
    },
    Route {
        name: "people.person.active",
        verb: Verb::Post,
        path: "/people/{id}/active",
        access: Access::Person(Act::ChangePerson),
        kind: Kind::Page,
        summary: "Keeps a person from signing in, or lets them again",
        handler: || post(change::active),
    },
    Route {
        name: "people.person.reset",
        verb: Verb::Post,
        path: "/people/{id}/reset",
        access: Access::Person(Act::ResetFactors),
        kind: Kind::Page,
        summary: "Takes a person's password and factors away and shows a link to come back by",
        handler: || post(change::reset),
    },
    Route {
        name: "people.person.unbind",
        verb: Verb::Post,
        path: "/people/{id}/unbind",
        access: Access::Person(Act::ResetFactors),
        kind: Kind::Page,
        summary: "Unbinds a person from their account at an identity provider",
        handler: || post(elsewhere::unbind),
    },
];

const HERE: &str = "/people";

/// The local authorities for which somebody may do this. The state's office owns machines under
/// the name of a jurisdiction, and nobody acts for it as for one.
fn local_places<'a>(frame: &'a Frame<'_>, act: Act) -> impl Iterator<Item = &'a Jurisdiction> {
    let places = frame.places_for(act).into_iter();
    places.filter(|one| one.kind != JurisdictionKind::State)
}
