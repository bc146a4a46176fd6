//! The look-up: what the desk knows of what was written into the field at the head of each page.
//!
//! What is looked up may name a person. It is sent in the body of a request and stands in no
//! address, no log and no audit row.

use axum::extract::State;
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, JurisdictionKind};
use ward_history::Indicator;

use super::cases::heading;
use super::hunt;
use super::incidents;
use super::parts::{Frame, done, standing, wrong};
use super::rumors;
use crate::desk::Desk;
use crate::doing::look::{self as doing, Found, MOST, SHOWN};
use crate::doing::told;
use crate::fields::{Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    Col, Empty, Errors, Field, Form, Go, Href, Html, Notice, RungBadge, Section, Table, Width,
    cell, count, link,
};
use crate::who::Who;

/// The address of the page.
pub(crate) const HERE: &str = "/look";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "look",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeCases),
        kind: Kind::Page,
        summary: "Asks what to look up",
        handler: || get(show),
    },
    Route {
        name: "look.up",
        verb: Verb::Post,
        path: HERE,
        access: Access::Person(Act::SeeCases),
        kind: Kind::Page,
        summary: "Looks up an address, an account, a name, a jurisdiction or a case",
        handler: || post(look),
    },
];

async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    done(page(&desk, &who, &Fields::default(), &Errors::new(), None).await?)
}

async fn look(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    match told(doing::look(&desk, &who, fields.text("q")).await)? {
        Ok(found) => done(page(&desk, &who, &fields, &Errors::new(), Some(&found)).await?),
        Err(errors) => wrong(page(&desk, &who, &fields, &errors, None).await?),
    }
}

async fn page(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
    errors: &Errors,
    found: Option<&Found>,
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let form = Form::new("look", Href::at(HERE), "Look up")
        .field(
            Field::search("q", "Address, network, account, domain, hash, jurisdiction or case")
                .value(fields.text("q"))
                .max(MOST)
                .auto("off")
                .width(Width::Medium),
        )
        .inline()
        .errors(errors);
    let page = frame.page(&Href::at(HERE), "Look up").failed(!errors.is_empty()).lead(
        "What the desk knows of it, as far as you may see. That somebody looked is put into the \
         audit, what they looked for is not.",
    );
    Ok(page.render(&html! {
        (form)
        @match found {
            Some(found) => { (answers(&frame, found)) }
            None => { (hint()) }
        }
    }))
}

/// What stands there before anything was asked.
fn hint() -> Markup {
    html! {
        (Section::new("how", "What can be looked up").body(html! {
            ul {
                li { "An address or a network, such as " code { "192.0.2.7" } " or "
                     code { "198.51.100.0/24" } "." }
                li { "An account, a domain or a hash, as a list or a message names it." }
                li { "A jurisdiction by its name or its county." }
                li { "A case or an incident by its number, or by words that stand in it." }
            }
            p { "From every page the key " kbd { "/" } " leads to this field." }
            p { button.second type="button" hidden data-slash-off { "Switch the key / off" } }
        }))
    }
}

fn answers(frame: &Frame<'_>, found: &Found) -> Markup {
    let nothing = found.jurisdictions.is_empty()
        && found.cases.is_empty()
        && found.incidents.is_empty()
        && found.rumors.is_empty();
    html! {
        @if let Some(indicator) = &found.indicator {
            p { "Read as " (kind(indicator)) ": " code { (indicator.to_string()) } "." }
        }
        @if nothing {
            (Empty::new(
                "No case, incident or jurisdiction",
                "None that you may see on the desk names it.",
            ))
        }
        @if !found.jurisdictions.is_empty() { (jurisdictions(frame, &found.jurisdictions)) }
        @if !found.cases.is_empty() { (cases(frame, found)) }
        @if !found.incidents.is_empty() {
            (Section::new("incidents", "Incidents")
                .tally(shown(found.incidents.len(), "incident", "incidents"))
                .body(incidents::listed(
                    frame,
                    "Incidents whose words or whose number it is",
                    (&found.incidents, &found.numbers),
                )))
        }
        @if !found.rumors.is_empty() {
            (Section::new("rumors", "Rumors")
                .tally(shown(found.rumors.len(), "rumor", "rumors"))
                .body(rumors::table(frame, "Rumors whose words hold it", &found.rumors)))
        }
        (history(frame, found))
    }
}

/// How many there are, or that there may be more than are shown.
fn shown(found: usize, one: &str, many: &str) -> String {
    if found >= SHOWN { format!("the newest {SHOWN}") } else { count(found as u64, one, many) }
}

const fn kind(indicator: &Indicator) -> &'static str {
    match indicator {
        Indicator::Address(_) => "an address",
        Indicator::Network(_) => "a network",
        Indicator::Account(_) => "an account",
        Indicator::Domain(_) => "a domain",
        Indicator::Under(_) => "a domain and all names under it",
        Indicator::Hash(_) => "a hash",
    }
}

fn jurisdictions(frame: &Frame<'_>, ids: &[String]) -> Markup {
    let cols = [Col::head("Jurisdiction"), Col::text("Counties"), Col::text("What there is")];
    let mut table = Table::new("Jurisdictions of this name", cols).quiet();
    for one in frame.jurisdictions.iter().filter(|one| ids.contains(&one.id)).take(SHOWN) {
        let counties = match one.kind {
            JurisdictionKind::State => String::new(),
            _ => one.counties.join(", "),
        };
        let id = &one.id;
        let cases = Href::at("/cases").query("jurisdiction", id).query("rung", "scan");
        let sensors = Href::at("/sensors").query("jurisdiction", id);
        table = table.row([
            cell(&one.name),
            cell(counties),
            html! { (link("Its cases", &cases)) ", " (link("its sensors", &sensors)) },
        ]);
    }
    html! {
        (Section::new("jurisdictions", "Jurisdictions")
            .tally(count(ids.len() as u64, "jurisdiction", "jurisdictions"))
            .body(html! { (table) }))
    }
}

fn cases(frame: &Frame<'_>, found: &Found) -> Markup {
    let tally = if found.more_cases {
        format!("the newest {SHOWN}")
    } else {
        count(found.cases.len() as u64, "case", "cases")
    };
    let cols = [
        Col::head("Case"),
        Col::text("Rung"),
        Col::text("Jurisdictions"),
        Col::when("First record"),
        Col::when("Last record"),
        Col::text("Standing"),
    ];
    let mut table = Table::new("Cases that name it", cols).quiet();
    for line in &found.cases {
        let href = Href::at("/cases").join(&line.id);
        let cells = [
            link(&heading(&line.title), &href),
            cell(RungBadge(line.rung)),
            frame.places(&line.jurisdictions),
            cell(frame.clock.full(line.first)),
            cell(frame.clock.full(line.last)),
            cell(standing(&line.standing, line.handling, line.authorised)),
        ];
        table = table.marked(line.rung, cells);
    }
    html! {
        (Section::new("cases", "Cases, open and past").tally(tally).body(html! { (table) }))
    }
}

/// Where it was seen within thirteen months, how often, and how far it got.
fn history(frame: &Frame<'_>, found: &Found) -> Markup {
    let Some(history) = &found.history else { return html! {} };
    let section = Section::new("history", "Thirteen months of history");
    let section = match history {
        Err(_) => section.body(html! {
            (Notice::warn("The history was not searched: others are searching at the moment")
                .body(html! { p { "Look it up again in half a minute." } }))
        }),
        Ok((answer, took)) => section
            .actions(html! { (Go::new("Search for more", Href::at("/hunt")).second()) })
            .body(html! {
                (hunt::verdict(answer, *took))
                @for one in &answer.found { (hunt::summary(frame, one)) }
                @if !answer.found.is_empty() { (hunt::places(frame, answer)) }
            }),
    };
    html! { (section) }
}
