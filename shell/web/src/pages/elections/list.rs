//! The calendar.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::{self, Dates, Election, Phase, Planned, phase};
use ward_kernel::Time;

use super::HERE;
use crate::desk::Desk;
use crate::doing::elections;
use crate::doing::logs::Filed;
use crate::pages::entries::timeline;
use crate::pages::parts::{BELL, Frame, done, prose};
use crate::refused::Answer;
use crate::ui::{
    Col, Disclosure, Empty, Facts, Go, Href, Region, Section, State as Look, Table, Tag, Timeline,
    cell, count, link, soft,
};
use crate::who::Who;

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let filed = elections::list(read.link()).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let here = Href::at(HERE);
    let mut page = frame
        .page(&here, "Elections")
        .lead(
            "The room is measured by these days: when which point of a checklist is due, and what \
             is normal at this hour.",
        )
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    if frame.sees(Act::SetElections) {
        let new = Go::new("Set an election", Href::at("/elections/new"));
        page = page.actions(html! { (new) });
    }
    let all = elections::elections(&filed);
    let (ahead, past): (Vec<_>, Vec<_>) = filed.iter().partition(|one| is_ahead(one, frame.now));
    done(page.render(&html! {
        (Region::new("room", html! {
            (now(&frame, &all))
            // The earliest first: it is the next that people work for.
            @for one in ahead.iter().rev() { (section(&frame, one)) }
            @if !past.is_empty() { (table(&frame, &past)) }
        }))
    }))
}

/// Whether it takes place and is not over.
fn is_ahead(one: &Filed<Planned>, now: Time) -> bool {
    let election = one.log.state().election(&one.place.id);
    election.is_some_and(|election| now < election.certifies)
}

fn now(frame: &Frame<'_>, all: &[Election]) -> Markup {
    let (phase, by) = phase(all, frame.now);
    let section = Section::new("now", "Where we stand").body(html! {
        @match by {
            Some(by) => (Facts::new()
                .row("Now", html! { (tag(phase)) })
                .row("By", cell(by.name.as_str()))
                .row("Next", html! { (next(frame, phase, by)) })),
            None => (Empty::new(
                if all.is_empty() { "No election stands in the calendar" } else { "No election is near" },
                "From 45 days before an election day this page says where you stand: before it, on \
                 the day, in the night, or in the canvass.",
            ))
        }
    });
    html! { (section) }
}

/// What comes next, with its moment.
fn next(frame: &Frame<'_>, phase: Phase, by: &Election) -> Markup {
    let (at, what) = match phase {
        Phase::Day if frame.now < by.opens => (by.opens, "the polls open"),
        Phase::Before => (by.opens, "the polls open"),
        Phase::Day => (by.closes, "the polls close"),
        Phase::Night => (by.days.noon, "the canvass begins"),
        Phase::Canvass | Phase::Ordinary => (by.certifies, "the result is certified"),
    };
    html! { (frame.clock.full(at)) ": " (what) " " (soft(frame.clock.ago(at, frame.now).words())) }
}

/// How a phase is shown.
fn tag(phase: Phase) -> Tag {
    match phase {
        Phase::Ordinary | Phase::Canvass | Phase::Before => Tag::plain(phase.label()),
        Phase::Day | Phase::Night => Tag::warn(phase.label()),
    }
}

fn section(frame: &Frame<'_>, one: &Filed<Planned>) -> Markup {
    let state = one.log.state();
    let (Some(dates), Some(election)) = (&state.dates, state.election(&one.place.id)) else {
        return html! {};
    };
    let mut section = Section::new(one.place.id.as_str(), dates.name.as_str());
    if frame.sees(Act::SetElections) {
        let change = Go::new("Change it", Href::at(HERE).join(&one.place.id)).second();
        section = section.actions(html! { (change) });
    }
    let entries = count(one.log.entries().len() as u64, "entry", "entries");
    let section = section.body(html! {
        div.stack {
            (phases(frame, &election))
            (Disclosure::new(format!("How it was set: {entries}"), html! { (history(frame, one)) }))
        }
    });
    html! { (section) }
}

/// The phases of an election, each with its beginning and end.
fn phases(frame: &Frame<'_>, election: &Election) -> Markup {
    let days = election.days;
    let before = format!("The {} days before", calendar::BEFORE);
    let cols = [Col::head("Time"), Col::when("From"), Col::when("Until"), Col::text("Now")];
    let mut table = Table::new(format!("The days of {}", election.name), cols).quiet();
    let polls = format!("Election day, polls from {}", frame.clock.short(election.opens).words());
    for (phase, name, from, to) in [
        (Phase::Before, before.as_str(), days.before, days.midnight),
        (Phase::Day, polls.as_str(), days.midnight, election.closes),
        (Phase::Night, "Election night", election.closes, days.noon),
        (Phase::Canvass, "Canvass, until the result is certified", days.noon, election.certifies),
    ] {
        let is_now = election.phase(frame.now) == phase;
        table = table.row([
            cell(name),
            cell(frame.clock.full(from)),
            cell(frame.clock.full(to)),
            html! { @if is_now { (Tag::warn("Now")) } @else if frame.now >= to { (soft("Over")) } @else { (soft("To come")) } },
        ]);
    }
    html! { (table) }
}

/// Everything that was put down about an election.
pub(super) fn history(frame: &Frame<'_>, one: &Filed<Planned>) -> Timeline {
    let said = |number: u64, act: &calendar::Act| match act {
        calendar::Act::Set(dates) => {
            let title = if number > 1 { "Dates set again" } else { "Set" };
            (title, Look::Plain, set(frame, dates))
        }
        calendar::Act::CallOff { why } => ("Called off", Look::Bad, prose(why)),
    };
    timeline(frame, "Everything that was put down", (&one.log, one.log.entries()), said)
}

fn set(frame: &Frame<'_>, dates: &Dates) -> Markup {
    html! {
        p {
            (dates.name) ": polls from " (frame.clock.full(dates.opens)) " to "
            (frame.clock.full(dates.closes)) ", certified by " (frame.clock.full(dates.certifies))
            "."
        }
    }
}

fn table(frame: &Frame<'_>, past: &[&Filed<Planned>]) -> Markup {
    let cols = [
        Col::head("Election"),
        Col::when("Polls open"),
        Col::when("Certified"),
        Col::text("State"),
    ];
    let mut table = Table::new("Elections that are over or called off", cols).quiet();
    for one in past {
        let state = one.log.state();
        let Some(dates) = &state.dates else { continue };
        let href = Href::at(HERE).join(&one.place.id);
        table = table.row([
            if frame.sees(Act::SetElections) {
                html! { (link(dates.name.as_str(), &href)) }
            } else {
                cell(dates.name.as_str())
            },
            cell(frame.clock.full(dates.opens)),
            cell(frame.clock.full(dates.certifies)),
            html! {
                @match &state.off {
                    Some(why) => { (Tag::bad("Called off")) (prose(why)) }
                    None => (Tag::plain("Over"))
                }
            },
        ]);
    }
    let section = Section::new("past", "Over, or called off").body(html! { (table) });
    html! { (section) }
}
