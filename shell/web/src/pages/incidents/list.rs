//! The lists: incidents by what is left to do, and the significant events.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::incident::Truth;
use ward_store::{Error, Link};

use super::{HERE, Listed, SHOWN, all, stage_tag, truth_tag, voting_tag};
use crate::desk::Desk;
use crate::doing::incidents::Numbers;
use crate::pages::parts::{BELL, Frame, done};
use crate::refused::Answer;
use crate::ui::{Col, Empty, Go, Href, Region, Section, Table, cell, count, link, soft};
use crate::who::Who;

/// Incidents that the home page shows.
const AT_HOME: usize = 5;

/// The open incidents that somebody sees: those where nobody can vote first, then those that nobody
/// has, then the oldest.
///
/// # Errors
/// Those of the store.
pub(crate) async fn open(link: Link<'_>, who: &Who) -> Result<Vec<Listed>, Error> {
    let mut open = all(link, who.narrowed(Act::SeeIncidents), Some(true)).await?;
    open.sort_by_key(|one| {
        let state = &one.state;
        (state.voting, state.stage, one.place.begun)
    });
    Ok(open)
}

/// The first of the open incidents, for the home page.
pub(crate) fn at_home(frame: &Frame<'_>, open: &[Listed]) -> Markup {
    let first = open.get(..AT_HOME).unwrap_or(open);
    let section = Section::new("incidents", "Incidents")
        .tally(count(open.len() as u64, "open", "open"))
        .actions(html! {
            (Go::new("All incidents", Href::at(HERE)).second())
            @if frame.sees(Act::ReportIncident) {
                " " (Go::new("Report an incident", Href::at("/incidents/new")).second())
            }
        })
        .body(html! { (table(frame, "The most urgent open incidents", first, nothing_open())) });
    html! { (section) }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let own = who.narrowed(Act::SeeIncidents);
    let open = open(read.link(), &who).await?;
    let closed = all(read.link(), own, Some(false)).await?;
    let numbers = Numbers::of_those(read.link(), own).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let here = Href::at(HERE);
    let mut page = frame
        .page(&here, "Incidents")
        .lead(
            "What local authorities report and the state's desk is told by telephone. Nothing \
             here is ever changed: what was wrong is corrected beside it.",
        )
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    page = page.actions(html! {
        @if frame.sees(Act::ReportIncident) {
            (Go::new("Report an incident", Href::at("/incidents/new"))) " "
        }
        (Go::new("Significant events", Href::at("/incidents/events")).second())
    });
    done(page.render(&html! {
        (Region::new("room", html! {
            (Section::new("open", "Something is left to do")
                .tally(count(open.len() as u64, "incident", "incidents"))
                .body(html! {
                    (listed(&frame, "Open incidents", (first(&open), &numbers)))
                    @if open.len() > SHOWN {
                        p { "The " (SHOWN) " most urgent of " (open.len()) " are shown." }
                    }
                }))
            @if !closed.is_empty() {
                (Section::new("closed", "Closed, the newest first").body(html! {
                    (listed(&frame, "Closed incidents", (first(&closed), &numbers)))
                    @if closed.len() > SHOWN {
                        p { "The newest " (SHOWN) " are shown." }
                    }
                }))
            }
        }))
    }))
}

/// As many as a list shows.
fn first(all: &[Listed]) -> &[Listed] {
    all.get(..SHOWN).unwrap_or(all)
}

/// Some incidents in a table, with the numbers by which people call them.
pub(crate) fn listed(
    frame: &Frame<'_>,
    caption: &str,
    (some, numbers): (&[Listed], &Numbers),
) -> Markup {
    rows(frame, caption, (some, Some(numbers)), nothing_open())
}

fn nothing_open() -> Empty {
    Empty::new("No incident is open", "What anybody reports shows here at once.")
}

/// Incidents as a table.
pub(crate) fn table(frame: &Frame<'_>, caption: &str, all: &[Listed], none: Empty) -> Markup {
    rows(frame, caption, (all, None), none)
}

fn rows(
    frame: &Frame<'_>,
    caption: &str,
    (all, numbers): (&[Listed], Option<&Numbers>),
    none: Empty,
) -> Markup {
    let cols = [
        Col::head("What"),
        Col::text("Where"),
        Col::text("Voting"),
        Col::when("Reported"),
        Col::text("Stage"),
        Col::text("Who has it"),
        Col::text("Verified?"),
    ];
    let mut table = Table::new(caption, cols).quiet().none(none);
    for one in all {
        let state = &one.state;
        let Some(report) = &state.report else { continue };
        let href = Href::at(HERE).join(&one.place.id);
        let place = one.place.jurisdiction.as_deref().unwrap_or_default();
        let voting = state.voting.unwrap_or(report.voting);
        table = table.row([
            html! {
                (link(report.kind.label(), &href))
                @if let Some(number) = numbers.and_then(|numbers| numbers.of(&one.place.id)) {
                    " " (soft(&format!("#{number}")))
                }
            },
            cell(format!("{}, {}", frame.place(place), report.place)),
            html! { (voting_tag(voting)) },
            cell(frame.clock.exact(one.place.begun)),
            html! { (stage_tag(state.stage)) },
            cell(state.owner.as_ref().map_or("Nobody", |owner| &owner.name)),
            html! { (truth_tag(state.truth)) },
        ]);
    }
    html! { (table) }
}

/// What somebody made sure of: the room works by this list, and by no rumor.
pub(super) async fn events(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let own = who.narrowed(Act::SeeIncidents);
    let mut events = all(read.link(), own, None).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    events.retain(|one| one.state.truth == Truth::Verified);
    let cols = [
        Col::head("Event"),
        Col::text("Where"),
        Col::text("Voting"),
        Col::when("Newest entry"),
        Col::text("Stage"),
    ];
    let mut table = Table::new("Significant events", cols).quiet().none(Empty::new(
        "No event stands",
        "An incident becomes an event when somebody other than who reported it has made sure of it.",
    ));
    for one in &events {
        let state = &one.state;
        let (Some(event), Some(voting)) = (&state.event, state.voting) else { continue };
        let href = Href::at(HERE).join(&one.place.id);
        let place = one.place.jurisdiction.as_deref().unwrap_or_default();
        table = table.row([
            html! { (link(event.as_str(), &href)) },
            cell(frame.place(place)),
            html! { (voting_tag(voting)) },
            cell(frame.clock.exact(one.place.updated)),
            html! { (stage_tag(state.stage)) },
        ]);
    }
    let here = Href::at("/incidents/events");
    let page = frame
        .page(&here, "Significant events")
        .crumb("Incidents", Href::at(HERE))
        .lead("Incidents that somebody other than who reported them has made sure of.")
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    done(page.render(&html! { (Region::new("room", html! { (table) })) }))
}
