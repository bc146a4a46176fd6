//! One position: who has it, what the next has to know, its log.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act as Right, Scope};
use ward_desk::shift::{Act, Position, Post};
use ward_desk::{Log, Words};

use super::HERE;
use crate::desk::Desk;
use crate::doing::{logs, room, told};
use crate::fields::Sent;
use crate::pages::entries::{Said, brief, choose, timeline};
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, done, go_to, prose, wrong};
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{
    Act as Button, Disclosure, Empty, Facts, Field, Form, Hidden, Href, Html, Section,
    State as Look, cell, count, grouped,
};
use crate::who::Who;

/// Entries of the log that are shown, the newest.
const SHOWN: usize = 200;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    who: &'a Who,
    post: Post,
    /// The newest log; empty before anybody had the position.
    log: Arc<Log<Position>>,
    key: String,
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, name: &str) -> Result<Self, Refused> {
        room::of_state(who, Right::SeeRoom)?;
        let post = Post::named(name).ok_or_else(not_found)?;
        let mut read = desk.store.read().await?;
        let held = room::position(read.link(), post).await?;
        let log = held.map(|held| held.log).unwrap_or_default();
        let frame = Frame::load(desk, who, read.link()).await?;
        drop(read);
        Ok(Self { frame, who, post, log, key: logs::new_key(desk)? })
    }

    fn href(&self) -> Href {
        Href::at(HERE).join("positions").join(self.post.name())
    }

    fn has_it(&self) -> bool {
        self.log.state().held.as_ref().is_some_and(|(by, _)| by.id == self.who.id())
    }

    /// Whether somebody has it and left no notes.
    fn has_no_notes(&self) -> bool {
        let state = self.log.state();
        state.held.is_some() && state.notes.is_none()
    }

    /// Whether the form still stands that sent what could not be taken.
    fn stands(&self, failed: &Failed) -> bool {
        if failed.is("take-over") { !self.has_it() && self.has_no_notes() } else { self.has_it() }
    }

    /// A form of this page.
    fn form(&self, act: &str, submit: &str, failed: &Failed) -> Form {
        let form = Form::new(act, self.href(), submit)
            .field(Hidden::new("key", format!("{}-{act}", self.key)))
            .field(Hidden::new("act", act));
        failed.marked(form, failed.is(act))
    }

    fn button(&self, act: &'static str, label: &'static str) -> Button {
        let key = format!("{}-{act}", self.key);
        Button::new(act, self.href(), label).with("key", key).with("act", act)
    }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(name): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &name).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn put(
    State(desk): State<Desk>,
    who: Who,
    Path(name): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let post = Post::named(&name).ok_or_else(not_found)?;
    match told(room::at_position(&desk, &who, post, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE).join("positions").join(post.name())),
        Err(errors) => {
            let view = View::load(&desk, &who, &name).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let works = view.who.may(Right::WorkRoom, Scope::State);
    view.frame
        .page(&view.href(), format!("Position: {}", view.post.label()))
        .crumb("The room", Href::at(HERE))
        .failed(failed.is_any())
        .as_of(view.frame.clock.exact(view.frame.now), view.href())
        .render(&html! {
            (failed.notice(works && view.stands(failed)))
            (standing(view))
            @if works { (working(view, failed)) }
            (history(view))
        })
}

fn standing(view: &View<'_>) -> Markup {
    let state = view.log.state();
    let facts = match &state.held {
        Some((by, since)) => Facts::new()
            .row("Has it", cell(&by.name))
            .row("Since", cell(view.frame.clock.exact(*since)))
            .row("Shifts so far", cell(state.shifts.to_string())),
        None => Facts::new().row("Has it", cell("Nobody")),
    };
    let works = view.who.may(Right::WorkRoom, Scope::State);
    html! {
        (Section::new("standing", "Who has it").body(html! {
            (facts)
            @if works && state.held.is_none() {
                div.buttons { (view.button("begin", "Take this position")) }
            }
        }))
        @if let Some((number, notes)) = &state.notes {
            (Section::new("notes", "What the next has to know").body(html! {
                (prose(notes))
                @if works && !view.has_it() {
                    div.buttons {
                        (view.button("sign", "I have read it and take over")
                            .with("entry", number.to_string()))
                    }
                }
                @if view.has_it() { p { "The next signs this, and has the position then." } }
            }))
        }
    }
}

fn working(view: &View<'_>, failed: &Failed) -> Markup {
    if !view.has_it() {
        return html! { @if view.has_no_notes() { (taking_over(view, failed)) } };
    }
    let note = view.form("note", "Write it down", failed).field(
        Field::area("text", "What happened", 2)
            .hint("It stays, with your name and the time.")
            .value(failed.typed("note", "text"))
            .max(Words::MAX),
    );
    let before = view.log.state().notes.as_ref().map(|(_, notes)| notes.as_str());
    let written = if failed.is("hand-over") {
        failed.typed("hand-over", "text")
    } else {
        before.unwrap_or_default()
    };
    let hand_over = view.form("hand-over", "Leave these notes", failed).field(
        Field::area("text", "What the next has to know", 4)
            .hint("What is open, who was promised what, what to look at first.")
            .value(written)
            .max(Words::MAX),
    );
    html! {
        (Section::new("noting", "This position's log").body(html! {
            div.stack { (note) (correcting(view, failed)) }
        }))
        (Section::new("handing", "Hand it over").body(html! {
            div.stack {
                (hand_over)
                div.buttons { (view.button("end", "End it: nobody follows")) }
            }
        }))
    }
}

/// For a position whose holder left without notes.
fn taking_over(view: &View<'_>, failed: &Failed) -> Markup {
    let form = view.form("take-over", "Take it over", failed).field(
        Field::area("text", "Why without a hand-over?", 2)
            .hint("Such as: they left, and nobody reaches them.")
            .value(failed.typed("take-over", "text"))
            .max(Words::MAX),
    );
    let more = Disclosure::new("Whoever has it cannot hand it over", html! { (form) });
    html! {
        (Section::new("taking-over", "Take it over")
            .body(html! { (more.open_if(failed.is("take-over"))) }))
    }
}

fn correcting(view: &View<'_>, failed: &Failed) -> Markup {
    let newest = view.log.entries().iter().rev().take(SHOWN);
    let list = choose(newest, |act| brief(words(act).0, text_of(act)));
    let form = view
        .form("correct", "Correct it", failed)
        .field(failed.chosen(list, "correct", "entry"))
        .field(
            Field::area("text", "How should it read?", 2)
                .hint("The entry stays as it is; this stands beside it.")
                .value(failed.typed("correct", "text"))
                .max(Words::MAX),
        );
    let more = Disclosure::new("An entry is wrong", html! { (form) });
    html! { (more.open_if(failed.is("correct"))) }
}

fn said(act: &Act) -> Said {
    let (title, look) = words(act);
    let what = html! {
        @if let Some(text) = text_of(act) { (prose(text)) }
        @if let Act::Sign { entry } = act { p { "The notes of entry " (entry) } }
    };
    (title, look, what)
}

/// What an act is called, and how it looks.
const fn words(act: &Act) -> (&'static str, Look) {
    match act {
        Act::Begin => ("Took the position", Look::Good),
        Act::Note { .. } => ("Note", Look::Plain),
        Act::HandOver { .. } => ("Notes for the next", Look::Warn),
        Act::Sign { .. } => ("Signed and took over", Look::Good),
        Act::TakeOver { .. } => ("Took over without notes", Look::Warn),
        Act::End => ("Ended", Look::Plain),
    }
}

/// The words of an act.
const fn text_of(act: &Act) -> Option<&Words> {
    match act {
        Act::Note { text } => Some(text),
        Act::HandOver { notes } => Some(notes),
        Act::TakeOver { why } => Some(why),
        Act::Begin | Act::Sign { .. } | Act::End => None,
    }
}

fn history(view: &View<'_>) -> Markup {
    let entries = view.log.entries();
    let newest = entries.iter().rev().take(SHOWN);
    let label = "The newest entries, the newest first";
    let timeline = timeline(&view.frame, label, (&view.log, newest), |_, act| said(act));
    let section = Section::new("log", "The log")
        .tally(count(entries.len() as u64, "entry", "entries"))
        .body(html! {
            @if entries.is_empty() {
                (Empty::new("Nothing was written yet", "Whoever has the position writes here."))
            } @else {
                (timeline)
                @if entries.len() > SHOWN {
                    p {
                        "The newest " (SHOWN) " of " (grouped(entries.len() as u64))
                        " are shown; those before them stand under After."
                    }
                }
            }
        });
    html! { (section) }
}
