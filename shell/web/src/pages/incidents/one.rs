//! One incident: what stands, everything that was put down, and what can be done.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::incident::{self, Stage, Truth, Voting};
use ward_desk::{Body, Line, Machine as _, Words};
use ward_store::office::PHONE;
use ward_store::{look, meta};

use super::entries::{named, timeline};
use super::now::happens;
use super::{HERE, Incident, stage_tag, truth_tag, voting_tag};
use crate::desk::Desk;
use crate::doing::{incidents, logs, told};
use crate::fields::{Fields, Sent};
use crate::kept::{ByScript, stands};
use crate::pages::entries::choose;
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Choice, Disclosure, Errors, Facts, Field, Form, Hidden, Href, Html, Notice,
    Section, cell, count, soft,
};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    who: &'a Who,
    incident: Incident,
    /// The number by which people call it on the telephone.
    number: u64,
    /// The telephone of the state's desk; may be empty.
    phone: String,
    /// A key for whatever is sent from this page.
    key: String,
}

impl<'a> View<'a> {
    /// What people told is people's data: that somebody looks is put down.
    async fn look(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let see = (Act::SeeIncidents, Act::SeeIncidents);
        let incident: Incident = logs::found(read.link(), who, id, see).await?;
        let number = look::number(read.link(), incident::Incident::KIND, id).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
        drop(read);
        let tx = desk.store.begin().await?;
        tx.commit(who.did(desk.now(), "incident.look", id, "")).await?;
        Ok(Self { frame, who, incident, number, phone, key: logs::new_key(desk)? })
    }

    fn href(&self) -> Href {
        Href::at(HERE).join(&self.incident.place.id)
    }

    fn may(&self, act: Act) -> bool {
        self.who.may(act, self.incident.scope())
    }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::look(&desk, &who, &id).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn add(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    by_script: ByScript,
    Sent(fields): Sent,
) -> Answer {
    match told(incidents::add(&desk, &who, &id, &fields).await)? {
        Ok(()) => stands(by_script, &Href::at(HERE).join(&id)),
        added @ Err(_) => after(&desk, &who, &id, (added, fields)).await,
    }
}

pub(super) async fn work(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let worked = told(incidents::work(&desk, &who, &id, &fields).await)?;
    after(&desk, &who, &id, (worked, fields)).await
}

async fn after(
    desk: &Desk,
    who: &Who,
    id: &str,
    (done, fields): (Result<(), Errors>, Fields),
) -> Answer {
    match done {
        Ok(()) => go_to(&Href::at(HERE).join(id)),
        Err(errors) => {
            let view = View::look(desk, who, id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let state = view.incident.log.state();
    let title = match (&state.event, &state.report) {
        (Some(event), _) => event.to_string(),
        (None, Some(report)) => format!("{}: {}", report.kind.label(), report.place),
        (None, None) => "An incident".to_owned(),
    };
    let page = view
        .frame
        .page(&view.href(), title)
        .crumb("Incidents", Href::at(HERE))
        .lead(format!(
            "This is incident {} of {}. Say that on the telephone.",
            view.number,
            view.frame.place(view.incident.place.jurisdiction.as_deref().unwrap_or_default())
        ))
        .failed(failed.is_any())
        .as_of(view.frame.clock.exact(view.frame.now), view.href());
    page.render(&html! {
        (failed.notice(still_stands(state, failed)))
        @if !view.frame.is_state() { (happens(&view.frame, &view.incident, &view.phone)) }
        @if state.truth == Truth::Refuted {
            (Notice::info("This was looked into, and it is not so"))
        }
        (facts(view))
        (history(view))
        @if view.may(Act::NoteIncident) { (adding(view, failed)) }
        @if view.may(Act::WorkIncident) { (working(view, failed)) }
    })
}

/// Whether the form still stands on the page that sent what could not be taken.
fn still_stands(state: &incident::Incident, failed: &Failed) -> bool {
    let is_open = state.stage != Stage::Closed;
    match failed.fields.text("act") {
        "voting" | "close" => is_open,
        "solve" => state.stage < Stage::Solved,
        "verify" => is_open && state.truth != Truth::Verified,
        "refute" => is_open && state.truth != Truth::Refuted,
        "reopen" => !is_open,
        _ => true,
    }
}

fn facts(view: &View<'_>) -> Markup {
    let state = view.incident.log.state();
    let Some(report) = &state.report else { return html! {} };
    let place = view.incident.place.jurisdiction.as_deref().unwrap_or_default();
    let mut facts = Facts::new()
        .row("Voting", html! { (voting_tag(state.voting.unwrap_or(report.voting))) })
        .row("Where", cell(format!("{}, {}", view.frame.place(place), report.place)))
        .row("What it is about", cell(report.kind.label()))
        .row("Stage", html! { (stage_tag(state.stage)) })
        .row("Verified?", html! { (truth_tag(state.truth)) })
        .row("Who has it", cell(state.owner.as_ref().map_or("Nobody", |owner| &owner.name)));
    // What was corrected of the report and of the event is not read without its correction.
    for entry in view.incident.log.entries() {
        let Body::Act(incident::Act::Report(_) | incident::Act::Verify { .. }) = &entry.body else {
            continue;
        };
        for (by, text) in view.incident.log.corrections(entry.number) {
            facts = facts.row("Corrected", html! { (text) " " (soft(&by.by.name)) });
        }
    }
    if let Some(number) = &report.call_back {
        facts = facts.row("Call back", cell(number.to_string()));
    }
    html! { (Section::new("facts", "How it stands").body(html! { (facts) })) }
}

fn history(view: &View<'_>) -> Markup {
    let entries = view.incident.log.entries().len() as u64;
    let section = Section::new("entries", "What was put down")
        .tally(count(entries, "entry", "entries"))
        .body(html! { (timeline(&view.frame, &view.incident)) });
    html! { (section) }
}

/// A form of this page: its name is the act that it sends.
fn form(view: &View<'_>, act: &str, way: &str, submit: &str, failed: &Failed) -> Form {
    let form = Form::new(act, view.href().join(way), submit)
        .field(Hidden::new("key", format!("{}-{act}", view.key)))
        .field(Hidden::new("act", act));
    failed.marked(form, failed.is(act))
}

/// A field for sentences, with what was typed when the form failed.
fn text(act: &str, label: &str, hint: &str, failed: &Failed) -> Field {
    Field::area("text", label, 2).hint(hint).value(failed.typed(act, "text")).max(Words::MAX)
}

fn adding(view: &View<'_>, failed: &Failed) -> Markup {
    let state = view.incident.log.state();
    let hint = "What you learned. It stays, with your name. A line that begins with Security: is not \
                given out.";
    let note = form(view, "note", "add", "Write it down", failed)
        .kept("Note to an incident")
        .field(text("note", "A note", hint, failed));
    let hint = "So that the state's desk knows that it need not call.";
    let solve = form(view, "solve", "add", "It is over", failed)
        .kept("How an incident was solved")
        .field(text("solve", "How was it solved?", hint, failed));
    let is_closed = state.stage == Stage::Closed;
    let section = Section::new("adding", "Add to it").body(html! {
        div.stack {
            (note)
            @if !is_closed {
                (Disclosure::new("Voting there has changed", html! { (voting(view, failed)) })
                    .open_if(failed.is("voting")))
            }
            @if state.stage < Stage::Solved {
                (Disclosure::new("It is over", html! { (solve) })
                    .open_if(failed.is("solve")))
            }
            (Disclosure::new("An entry is wrong", html! { (correct(view, failed)) })
                .open_if(failed.is("correct")))
        }
    });
    html! { (section) }
}

fn voting(view: &View<'_>, failed: &Failed) -> Form {
    let mut choice = Choice::one("voting", "Can people vote there?");
    for one in Voting::ALL.into_iter().filter(|one| view.incident.log.state().voting != Some(*one))
    {
        choice = choice.option(one.name(), one.label());
    }
    form(view, "voting", "add", "Put it down", failed)
        .kept("How voting goes at an incident")
        .field(choice)
}

fn correct(view: &View<'_>, failed: &Failed) -> Form {
    let list = choose(view.incident.log.entries(), named);
    let list = failed.chosen(list, "correct", "entry");
    let hint = "The entry stays as it is; this stands beside it.";
    form(view, "correct", "add", "Correct it", failed).field(list).field(text(
        "correct",
        "How should it read?",
        hint,
        failed,
    ))
}

fn working(view: &View<'_>, failed: &Failed) -> Markup {
    let state = view.incident.log.state();
    let has = state.owner.as_ref().is_some_and(|owner| owner.id == view.who.id());
    if state.stage == Stage::Closed {
        let hint = "What is left to do after all.";
        let reopen = form(view, "reopen", "work", "Open it again", failed)
            .field(text("reopen", "Why?", hint, failed));
        return html! { (Section::new("working", "Open it again").body(html! { (reopen) })) };
    }
    let take = Button::new("take", view.href().join("work"), "Take it over")
        .with("key", format!("{}-take", view.key))
        .with("act", "take");
    let hint = "Whom you called, what you saw. Somebody other than who reported it does this.";
    let verify = form(view, "verify", "work", "It is so", failed)
        .field(
            Field::text("event", "The event in one line")
                .value(failed.typed("verify", "event"))
                .auto("off")
                .max(Line::MAX),
        )
        .field(text("verify", "How did you make sure?", hint, failed));
    let refute = form(view, "refute", "work", "It is not so", failed).field(text(
        "refute",
        "How do you know?",
        "If it stood among the events, it goes from there.",
        failed,
    ));
    let close = form(view, "close", "work", "Close it", failed).field(text(
        "close",
        "Why is nothing left to do?",
        "One sentence that others will understand.",
        failed,
    ));
    let section = Section::new("working", "Work on it").body(html! {
        div.stack {
            @if !has { div.buttons { (take) } }
            @if state.truth != Truth::Verified {
                (Disclosure::new("Make sure of it", html! { (verify) }).open_if(failed.is("verify")))
            }
            @if state.truth != Truth::Refuted {
                (Disclosure::new("It is not so", html! { (refute) }).open_if(failed.is("refute")))
            }
            (Disclosure::new("Close it", html! { (close) }).open_if(failed.is("close")))
        }
    });
    html! { (section) }
}
