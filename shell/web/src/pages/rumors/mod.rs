//! Rumors: what people heard, what is true of it, and who was told so.

mod entries;
mod list;
mod new;
mod one;

use std::collections::BTreeSet;

use axum::routing::{get, post};
use ward_access::Act;
use ward_desk::rumor::{Finding, Rumor, Spread, Stage};

use super::parts::Frame;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Select, Tag};

pub(crate) use list::table;

/// The address of the list.
pub(super) const HERE: &str = "/rumors";
/// The address of the form.
pub(super) const NEW: &str = "/rumors/new";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "rumors.list",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeRumors),
        kind: Kind::Page,
        summary: "Lists rumors, what waits first",
        handler: || get(list::show),
    },
    Route {
        name: "rumors.new",
        verb: Verb::Get,
        path: NEW,
        access: Access::Person(Act::HearRumor),
        kind: Kind::Page,
        summary: "Asks what was heard",
        handler: || get(new::show),
    },
    Route {
        name: "rumors.offline",
        verb: Verb::Get,
        path: "/rumors/new/offline",
        access: Access::Person(Act::HearRumor),
        kind: Kind::Page,
        summary: "The empty form for when there is no network: it names nobody",
        handler: || get(new::offline),
    },
    Route {
        name: "rumors.hear",
        verb: Verb::Post,
        path: NEW,
        access: Access::Person(Act::HearRumor),
        kind: Kind::Page,
        summary: "Puts a rumor down",
        handler: || post(new::send),
    },
    Route {
        name: "rumors.show",
        verb: Verb::Get,
        path: "/rumors/{id}",
        access: Access::Person(Act::SeeRumors),
        kind: Kind::Page,
        summary: "Shows one rumor, with as much of it as one may read",
        handler: || get(one::show),
    },
    Route {
        name: "rumors.again",
        verb: Verb::Post,
        path: "/rumors/{id}/again",
        access: Access::Person(Act::HearRumor),
        kind: Kind::Page,
        summary: "Puts down that a rumor was heard once more",
        handler: || post(one::again),
    },
    Route {
        name: "rumors.work",
        verb: Verb::Post,
        path: "/rumors/{id}/work",
        access: Access::Person(Act::WorkRumor),
        kind: Kind::Page,
        summary: "Says whom a rumor is about, what is true of it, who was told, or that it rests",
        handler: || post(one::work),
    },
];

/// How far the work on it is.
fn stage_tag(stage: Stage) -> Tag {
    match stage {
        Stage::Heard => Tag::bad(stage.label()),
        Stage::Found => Tag::warn(stage.label()),
        Stage::Told => Tag::good(stage.label()),
        Stage::Resting => Tag::plain(stage.label()),
    }
}

/// What is true of it.
fn finding_tag(finding: Finding) -> Tag {
    match finding {
        Finding::False | Finding::Misleading => Tag::bad(finding.label()),
        Finding::True => Tag::good(finding.label()),
        Finding::Open => Tag::warn(finding.label()),
    }
}

/// How far it seems to go, as a question.
fn spread(picked: &str) -> Select {
    let list = Select::new("spread", "How far does it seem to go?").picked(picked);
    Spread::ALL.into_iter().fold(list, |list, one| list.option(one.name(), one.label()))
}

/// Whom it is about, in a few words.
fn about(frame: &Frame<'_>, rumor: &Rumor) -> String {
    const NAMED: usize = 3;
    named_of(frame, &rumor.jurisdictions, NAMED)
}

/// Jurisdictions by name, as many as that, the rest by number. Whoever acts for one reads no other's
/// name.
fn named_of(frame: &Frame<'_>, all: &BTreeSet<String>, most: usize) -> String {
    if all.is_empty() {
        return "The whole state".to_owned();
    }
    let known = frame.places_for(Act::SeeRumors).into_iter().filter(|one| all.contains(&one.id));
    let names: Vec<&str> = known.map(|one| one.name.as_str()).take(most).collect();
    match (names.len(), all.len().saturating_sub(names.len())) {
        (0, _) => "Another jurisdiction".to_owned(),
        (_, 0) => names.join(", "),
        (_, more) => format!("{} and {more} more", names.join(", ")),
    }
}
