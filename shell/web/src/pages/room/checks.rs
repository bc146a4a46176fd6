//! Communications checks: the list, and a new one.

use axum::extract::State;
use maud::html;
use ward_access::Act as Right;
use ward_desk::Words;
use ward_desk::communications::Check;

use super::HERE;
use crate::desk::Desk;
use crate::doing::standing::Stands;
use crate::doing::{logs, room, told};
use crate::fields::{Fields, Sent};
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{Col, Empty, Errors, Field, Form, Hidden, Href, Html, Table, Tag, cell, link};
use crate::who::Who;

/// The checks in a table.
pub(super) fn table(frame: &Frame<'_>, checks: &[Stands<Check>]) -> Table<5> {
    let cols = [
        Col::head("Question"),
        Col::when("Begun"),
        Col::number("Answered"),
        Col::number("Asked"),
        Col::text("State"),
    ];
    let mut table = Table::new("Communications checks", cols).quiet().none(Empty::new(
        "No check was made yet",
        "A check asks all local authorities at once and shows who has answered.",
    ));
    for one in checks {
        let state = &one.state;
        let Some(question) = &state.question else { continue };
        let (answered, asked) = state.count();
        let href = Href::at(HERE).join("checks").join(&one.place.id);
        let tag = match (state.is_going_on(), answered == asked) {
            (true, false) => Tag::warn("Going on"),
            (_, true) => Tag::good("All have answered"),
            (false, false) => Tag::plain("Ended"),
        };
        table = table.row([
            html! { (link(question.as_str(), &href)) },
            cell(frame.clock.exact(state.begun)),
            cell(answered.to_string()),
            cell(asked.to_string()),
            html! { (tag) },
        ]);
    }
    table
}

pub(super) async fn new(State(desk): State<Desk>, who: Who) -> Answer {
    let key = logs::new_key(&desk)?;
    let usual =
        "This is a communications check. Tell us that you are there, and whether all is well.";
    let fields = Fields::from([("key", key.as_str()), ("question", usual)]);
    done(page(&desk, &who, &fields, &Errors::new()).await?)
}

pub(super) async fn ask(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    match told(room::ask(&desk, &who, &fields).await)? {
        Ok(id) => go_to(&Href::at(HERE).join("checks").join(&id)),
        Err(errors) => wrong(page(&desk, &who, &fields, &errors).await?),
    }
}

async fn page(desk: &Desk, who: &Who, fields: &Fields, errors: &Errors) -> Result<Html, Refused> {
    room::of_state(who, Right::WorkRoom)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let form = Form::new("check", Href::at("/room/checks/new"), "Ask all of them")
        .field(Hidden::new("key", fields.text("key")))
        .field(
            Field::area("question", "What they are asked", 3)
                .hint("It stands on the home page of every local authority until they answer.")
                .value(fields.text("question"))
                .max(Words::MAX),
        )
        .errors(errors)
        .cancel("Ask nobody", Href::at(HERE));
    Ok(frame
        .page(&Href::at("/room/checks/new"), "Check who can be reached")
        .crumb("The room", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .render(&html! { (form) }))
}
