//! Who is reachable how: of every office, in one list, on a telephone and on paper.

mod list;
mod one;
mod print;

use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;
use ward_desk::directory::{Contact, Directory, Freshness};

use super::parts::Frame;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Call, Href, Tag, none};

/// The address of the list.
const HERE: &str = "/contacts";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "contacts.list",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeContacts),
        kind: Kind::Page,
        summary: "Lists who is reachable how at every office, and when that was last confirmed",
        handler: || get(list::show),
    },
    Route {
        name: "contacts.print",
        verb: Verb::Get,
        path: "/contacts/print",
        access: Access::Person(Act::SeeContacts),
        kind: Kind::Page,
        summary: "The telephone list for paper: all offices on few sheets",
        handler: || get(print::show),
    },
    Route {
        name: "contacts.show",
        verb: Verb::Get,
        path: "/contacts/{id}",
        access: Access::Person(Act::SeeContacts),
        kind: Kind::Page,
        summary: "Shows who is reachable how at one office",
        handler: || get(one::show),
    },
    Route {
        name: "contacts.put",
        verb: Verb::Post,
        path: "/contacts/{id}",
        access: Access::Person(Act::ChangeContacts),
        kind: Kind::Page,
        summary: "Puts a contact down, removes one, confirms all of an office",
        handler: || post(one::put),
    },
];

/// Where it stands whom to call at an office, beside its name.
pub(super) fn to_call(frame: &Frame<'_>, id: &str) -> Markup {
    html! {
        @if frame.sees(Act::SeeContacts) {
            " " a href=(Href::at(HERE).join(id)) {
                "Who to call" span.unseen { ": " (frame.place(id)) }
            }
        }
    }
}

/// How far contacts can be relied on, in a word or two.
const fn label(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Nobody => "Nobody named",
        Freshness::Old => "Not confirmed for this election",
        Freshness::Fresh => "Confirmed",
    }
}

/// The same of an office now.
fn tag(frame: &Frame<'_>, directory: &Directory, elections: &[Election]) -> Tag {
    let freshness = directory.freshness(elections, frame.now);
    match freshness {
        Freshness::Nobody => Tag::bad(label(freshness)),
        Freshness::Old => Tag::warn(label(freshness)),
        Freshness::Fresh => Tag::good(label(freshness)),
    }
}

/// What somebody is called beside what they are.
fn title(contact: &Contact) -> String {
    match &contact.name {
        Some(name) => format!("{}, {name}", contact.title),
        None => contact.title.to_string(),
    }
}

/// The telephone, or else the first other way.
fn way(contact: &Contact) -> Markup {
    match (&contact.telephone, &contact.second, &contact.mail) {
        (Some(number), _, _) => html! { (Call::new(number.as_str())) },
        (None, Some(way), _) | (None, None, Some(way)) => html! { (way) },
        (None, None, None) => none(),
    }
}
