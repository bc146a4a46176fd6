//! Communications checks: the list, a new one, and the answer of a local authority.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act as Right, Scope};
use ward_desk::communications::{Act, Check};
use ward_desk::{Body, Entry, Log, Words};
use ward_store::Link;

use super::HERE;
use crate::desk::Desk;
use crate::doing::logs::Filed;
use crate::doing::{logs, room, told};
use crate::fields::{Fields, Sent};
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Col, Empty, Errors, Field, Form, Go, Hidden, Href, Html, Notice, Table, Tag,
    cell, link,
};
use crate::who::Who;

/// The checks in a table.
pub(super) fn table(frame: &Frame<'_>, checks: &[Filed<Check>]) -> Table<5> {
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
        let state = one.log.state();
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
    let usual = "This is a communications check. Press the button below to show that you got it.";
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

/// What somebody's local authority is asked and has not answered: a notice each, with its button.
///
/// # Errors
/// Those of the store.
pub(crate) async fn asked_of(who: &Who, link: Link<'_>) -> Result<Vec<Markup>, Refused> {
    let own = who.actor.as_ref().and_then(|actor| actor.jurisdiction.as_deref());
    let own = own.filter(|own| who.may(Right::AnswerCheck, Scope::Jurisdiction(own)));
    let Some(own) = own else { return Ok(Vec::new()) };
    let open = room::checks(link, Some(true)).await?;
    let waits = |one: &&Filed<Check>| matches!(one.log.state().asked.get(own), Some(None));
    let mut notices = Vec::new();
    for one in open.iter().filter(waits) {
        let Some(question) = &one.log.state().question else { continue };
        let to = Href::at(HERE).join("checks").join(&one.place.id).join("answer");
        let key = key_of(&one.place.id, &one.log, own);
        let button = Button::new(key.as_str(), to, "We got this").with("key", &key);
        notices.push(html! {
            (Notice::warn("The state's desk asks").body(html! {
                p { (question) }
                div.buttons {
                    (button)
                    (Go::new("Report an incident", Href::at("/incidents/new")).second())
                }
            }))
        });
    }
    Ok(notices)
}

/// A key for the answer of one of a jurisdiction: however often it is pressed it is one answer, and
/// the page stays the same when it is asked for again. An answer that was taken back is another.
fn key_of(id: &str, log: &Log<Check>, own: &str) -> String {
    let is_taken_back = |entry: &&Entry<Act>| {
        matches!(
            &entry.body,
            Body::Act(Act::Withdraw { jurisdiction, .. }) if jurisdiction == own
        )
    };
    format!("answer-{id}-{}", log.entries().iter().filter(is_taken_back).count())
}

pub(super) async fn answer(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    // Whoever answers a second time is not told off: the first answer stands.
    let _: Result<(), Errors> = told(room::answer(&desk, &who, &id, &fields).await)?;
    go_to(&Href::at("/"))
}

#[cfg(test)]
mod tests {
    use ward_desk::By;
    use ward_desk::communications::Way;
    use ward_kernel::Time;

    use super::*;

    #[test]
    fn who_was_taken_back_answers_again() {
        let (ours, theirs) = ("adair-county", "boone-county");
        let (lead, clerk) = (by("lead"), by("clerk"));
        let words = |text: &str| Words::new(text).unwrap();
        let mut log = Log::<Check>::default();
        let mut put = |key: &str, by: &By, act: Act| {
            log.add(key, Time::from_secs(1), by, Body::Act(act)).unwrap();
            (key_of("check-1", &log, ours), key_of("check-1", &log, theirs))
        };
        let jurisdictions = [ours, theirs].map(str::to_owned).into();
        let (first, other) =
            put("ask", &lead, Act::Ask { question: words("Do you read us?"), jurisdictions });
        let answer = || Act::Answer { jurisdiction: ours.to_owned(), way: Way::Page, text: None };
        assert_eq!(put(&first, &clerk, answer()).0, first);
        let back = Act::Withdraw { jurisdiction: ours.to_owned(), why: words("It was another.") };
        let (second, same) = put("back", &lead, back);
        assert_eq!(same, other);
        assert_ne!(second, first);
        put(&second, &clerk, answer());
        assert_eq!(log.state().count(), (1, 2));
    }

    fn by(id: &str) -> By {
        By { id: id.to_owned(), name: id.to_owned() }
    }
}
