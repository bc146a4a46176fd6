//! The page: which span, the picture, the slider, and how it stood.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;

use super::{HERE, form, picture, stood};
use crate::desk::Desk;
use crate::doing::after::export::{Form as Given, give};
use crate::doing::after::{self, Asked as Wanted, Night};
use crate::doing::{elections, room, told};
use crate::fields::{Asked, Fields};
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::Answer;
use crate::ui::{Errors, Href, Notice, Section, assets};
use crate::who::Who;

const LEAD: &str = "What was put down, in its order, and how everything stood at any moment. It is \
                    worked out from the entries alone: nothing of what came later is in it.";

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    room::of_state(&who, Act::SeeAfter)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let all = elections::all(read.link()).await?;
    let asked = told(after::asked(read.link(), &fields, frame.now).await)?;
    drop(read);
    let wanted = match asked {
        Ok(wanted) => wanted,
        Err(errors) => return unread(&frame, &all, (&fields, &errors)),
    };
    let (night, _room) = match told(after::night(&desk, &who, &wanted).await)? {
        Ok(night) => night,
        Err(errors) => return unread(&frame, &all, (&fields, &errors)),
    };
    after::look(&desk, &who, &wanted).await?;
    let page = frame.page(&Href::at(HERE), "After").lead(LEAD);
    done(page.render(&html! {
        (form::span(&frame, &all, &fields, &Errors::new()))
        (span(&frame, &night, &wanted))
        (stood::page(&frame, &night, &wanted))
        (form::giving(&desk, &frame, &wanted))
        script src=(assets::replay_script()) defer {}
    }))
}

/// The form alone, with what is wrong with the span.
fn unread(frame: &Frame<'_>, all: &[Election], (fields, errors): (&Fields, &Errors)) -> Answer {
    let page = frame.page(&Href::at(HERE), "After").lead(LEAD).failed(true);
    wrong(page.render(&html! { (form::span(frame, all, fields, errors)) }))
}

fn span(frame: &Frame<'_>, night: &Night, wanted: &Wanted) -> Markup {
    let (from, to) = (frame.clock.full(wanted.span.from), frame.clock.full(wanted.span.to));
    let place = wanted.jurisdiction.as_deref().map(|id| format!(", {} alone", frame.place(id)));
    let title = format!("{} to {}{}", from.words(), to.words(), place.unwrap_or_default());
    let missing = Notice::warn("Not all of it is here").body(html! {
        @for sentence in &night.missing { p { (sentence) } }
    });
    let section = Section::new("span-of", title).body(html! {
        @if !night.missing.is_empty() { (missing) }
        (picture::figure(frame, night, wanted))
        div.replay {
            (form::moment(wanted, frame.clock.exact(wanted.at).words()))
            (steps(night, wanted))
        }
    });
    html! { (section) }
}

/// Ways to the entries before and after the moment.
fn steps(night: &Night, wanted: &Wanted) -> Markup {
    let span = wanted.span;
    let begin = span.from.plus(wanted.offset().saturating_mul(ward_kernel::time::SECOND));
    let before = night.replay.previous(begin).filter(|at| *at >= span.from);
    let after = night.replay.next(wanted.at).filter(|at| *at <= span.to);
    let to = |at: ward_kernel::Time| {
        let there = Wanted { at, ..wanted.clone() };
        let t = there.offset().to_string();
        let values = wanted.values().into_iter().chain([("t", t)]);
        values.fold(Href::at(HERE), |href, (name, value)| href.query(name, &value))
    };
    html! {
        nav.steps-of-time aria-label="Entry by entry" data-after="steps" {
            @if let Some(at) = before {
                a.button.second #after-previous href=(to(at)) { "The entry before" }
            }
            @if let Some(at) = after {
                a.button.second #after-next href=(to(at)) { "The next entry" }
            }
        }
    }
}

pub(super) async fn export(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    room::of_state(&who, Act::SeeAfter)?;
    let mut read = desk.store.read().await?;
    let asked = told(after::asked(read.link(), &fields, desk.now()).await)?;
    drop(read);
    let Ok(wanted) = asked else { return go_to(&back(&fields)) };
    let redacted = fields.text("redacted") != "no";
    let form = Given::named(fields.text("form"));
    match told(give(&desk, &who, wanted, (redacted, form)).await)? {
        Ok(file) => Ok(file),
        Err(_) => go_to(&back(&fields)),
    }
}

/// The page again, which says what is wrong.
fn back(fields: &Fields) -> Href {
    fields.again(HERE, "form")
}
