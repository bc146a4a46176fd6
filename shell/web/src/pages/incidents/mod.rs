//! Incidents: what local authorities report, what the state's desk makes of it, and the events that
//! somebody made sure of.

mod entries;
mod list;
mod now;
mod one;
mod report;

use axum::routing::{get, post};
use ward_access::Act;
use ward_desk::incident::{Stage, Truth, Voting};
use ward_store::logbook::Filter;
use ward_store::{Error, Link};

use crate::doing::logs::Filed;
use crate::doing::standing::{self, Stands};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::Tag;

pub(crate) use list::{at_home, listed, open, table};

/// The address of the list.
pub(crate) const HERE: &str = "/incidents";
/// Incidents that a list shows.
const SHOWN: usize = 200;
/// Incidents that are read for a list before the most urgent are chosen.
const READ: i64 = 10_000;

/// An incident with everything that was put down about it.
pub(crate) type Incident = Filed<ward_desk::incident::Incident>;
/// An incident as it stands in a list.
pub(crate) type Listed = Stands<ward_desk::incident::Incident>;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "incidents.list",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeIncidents),
        kind: Kind::Page,
        summary: "Lists incidents, the open ones first",
        handler: || get(list::show),
    },
    Route {
        name: "incidents.events",
        verb: Verb::Get,
        path: "/incidents/events",
        access: Access::Person(Act::SeeIncidents),
        kind: Kind::Page,
        summary: "Lists the significant events: what somebody made sure of",
        handler: || get(list::events),
    },
    Route {
        name: "incidents.new",
        verb: Verb::Get,
        path: "/incidents/new",
        access: Access::Person(Act::ReportIncident),
        kind: Kind::Page,
        summary: "Asks what happened",
        handler: || get(report::show),
    },
    Route {
        name: "incidents.offline",
        verb: Verb::Get,
        path: "/incidents/new/offline",
        access: Access::Person(Act::ReportIncident),
        kind: Kind::Page,
        summary: "The empty form for when there is no network: it names nobody",
        handler: || get(report::offline),
    },
    Route {
        name: "incidents.report",
        verb: Verb::Post,
        path: "/incidents/new",
        access: Access::Person(Act::ReportIncident),
        kind: Kind::Page,
        summary: "Reports an incident",
        handler: || post(report::send),
    },
    Route {
        name: "incidents.show",
        verb: Verb::Get,
        path: "/incidents/{id}",
        access: Access::Person(Act::SeeIncidents),
        kind: Kind::Page,
        summary: "Shows one incident with everything that was put down about it",
        handler: || get(one::show),
    },
    Route {
        name: "incidents.add",
        verb: Verb::Post,
        path: "/incidents/{id}/add",
        access: Access::Person(Act::NoteIncident),
        kind: Kind::Page,
        summary: "Adds to an incident: a note, how voting goes, that it is over, a correction",
        handler: || post(one::add),
    },
    Route {
        name: "incidents.work",
        verb: Verb::Post,
        path: "/incidents/{id}/work",
        access: Access::Person(Act::WorkIncident),
        kind: Kind::Page,
        summary: "Takes, verifies, refutes, closes or opens an incident again",
        handler: || post(one::work),
    },
];

/// The incidents of a list, up to a bound: the one that was written last first.
async fn all(link: Link<'_>, own: Option<&str>, open: Option<bool>) -> Result<Vec<Listed>, Error> {
    standing::list(link, Filter { jurisdiction: own, open }, READ).await
}

/// How far an incident is.
fn stage_tag(stage: Stage) -> Tag {
    match stage {
        Stage::New => Tag::bad(stage.label()),
        Stage::Taken => Tag::warn(stage.label()),
        Stage::Solved => Tag::good(stage.label()),
        Stage::Closed => Tag::plain(stage.label()),
    }
}

/// Whether anybody made sure of it.
pub(crate) fn truth_tag(truth: Truth) -> Tag {
    match truth {
        Truth::Unverified => Tag::plain("Not verified"),
        Truth::Verified => Tag::good("Verified"),
        Truth::Refuted => Tag::plain("Not so"),
    }
}

/// Whether people can vote there, in a word or two.
pub(crate) fn voting_tag(voting: Voting) -> Tag {
    match voting {
        Voting::Stopped => Tag::bad("Voting stopped"),
        Voting::Slowed => Tag::warn("Voting slowed"),
        Voting::Unaffected => Tag::good("Voting as usual"),
        Voting::NotVoting => Tag::plain("No voting there now"),
    }
}
