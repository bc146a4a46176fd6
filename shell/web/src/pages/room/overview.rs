//! The room at a glance.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::shift::{Position, Post};

use super::{HERE, checks, row};
use crate::desk::Desk;
use crate::doing::room;
use crate::pages::parts::{BELL, Frame, done};
use crate::refused::Answer;
use crate::ui::{Col, Go, Href, Region, Section, Table};
use crate::who::Who;

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    room::of_state(&who, Act::SeeRoom)?;
    let mut read = desk.store.read().await?;
    let positions = room::positions(read.link()).await?;
    let checks = room::checks(read.link(), None).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let here = Href::at(HERE);
    let mut page = frame
        .page(&here, "The room")
        .lead("Who has which position now, and which local authorities can be reached.")
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    if frame.sees(Act::WorkRoom) {
        let new = Go::new("Check who can be reached", Href::at("/room/checks/new"));
        page = page.actions(html! { (new) });
    }
    done(page.render(&html! {
        (Region::new("room", html! {
            (Section::new("positions", "Positions").body(table(&frame, &positions)))
            (Section::new("checks", "Communications checks")
                .body(html! { (checks::table(&frame, &checks)) }))
        }))
    }))
}

fn table(frame: &Frame<'_>, positions: &[(Post, room::Held)]) -> Markup {
    let cols = [
        Col::head("Position"),
        Col::text("Who has it"),
        Col::when("Since"),
        Col::text("Hand-over"),
    ];
    let mut table = Table::new("Positions of the room", cols).quiet();
    let nobody = Position::default();
    for (post, held) in positions {
        let state = held.as_ref().map_or(&nobody, |held| held.log.state());
        table = table.row(row(frame, *post, state, "Notes wait to be signed"));
    }
    html! { (table) }
}
