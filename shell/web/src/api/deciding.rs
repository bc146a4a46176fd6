//! What people and programs put down about a case.

use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use ward_access::Act;
use ward_desk::communications::Way;
use ward_desk::{Line, Words};

use super::case_file::{entry_of, entry_schema};
use super::cases::{case_schema, handling_schema, look, rung_schema};
use super::doc::Doc;
use super::read::{Asked, At, InBody, Nothing, Sent, as_form, key_field};
use super::schema::{Field, Schema, at_most, choice, has, line, may_have, named, number, words};
use super::tell::{Answer, made, not_found, told};
use crate::desk::Desk;
use crate::doing::case_files::{self, decide, note, work};
use crate::doing::counterparts::SHOWN;
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.cases.decide",
        verb: Verb::Post,
        path: "/api/v1/cases/{id}/handling",
        access: Access::Anyone(Act::DecideCase),
        kind: Kind::Api,
        summary: "Puts down what is to become of a case",
        handler: || post(put_down),
    },
    Route {
        name: "api.cases.note",
        verb: Verb::Post,
        path: "/api/v1/cases/{id}/notes",
        access: Access::Anyone(Act::NoteCase),
        kind: Kind::Api,
        summary: "Writes a note to a case",
        handler: || post(write),
    },
    Route {
        name: "api.cases.work",
        verb: Verb::Post,
        path: "/api/v1/cases/{id}/work",
        access: Access::Anyone(Act::WorkCase),
        kind: Kind::Api,
        summary: "Works on a case: who has it, tasks, its rung, merging, splitting, who was told",
        handler: || post(worked),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.cases.decide", case_schema)
        .takes(Decision::schema, r#"{"key": "5a1f0c9be372", "handling": "closed", "reason": "That was our own scanner."}"#)
        .refuses(&[422])
        .about("It takes a reason. A closed case opens when its rung rises. A counterpart that \
                judgement has on a higher rung is not closed with it."),
    Doc::plain("api.cases.note", entry_schema)
        .takes(Note::schema, r#"{"key": "77c2e0d41b9a", "note": "That was our own scanner."}"#)
        .refuses(&[422])
        .makes(),
    Doc::plain("api.cases.work", case_schema)
        .takes(Worked::schema, r#"{"key": "d02b6f8e1c45", "act": "take"}"#)
        .makes()
        .refuses(&[422])
        .about("To give takes to; a task takes what; its end the task and why it is dropped, in text. \
                Another rung, merging (into), taking out and splitting (sources, one in a line, and \
                title) take a text that says why; told takes whom, way and text. The same key twice \
                is one entry."),
];

/// The other views in whose files an act of the state's is put down as well.
fn also() -> Field {
    let about = "Counterparts of the state's case in whose files it is put down as well; notes, \
                 handlings and rungs.";
    may_have("also", at_most(SHOWN, line(1, 100)), about)
}

#[derive(Deserialize)]
struct Decision(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Decision {
    fn schema() -> Schema {
        named(
            "Decision",
            [
                key_field(),
                has("handling", handling_schema(), "What is to become of it."),
                may_have("reason", words(0, Words::MAX), "Why."),
                also(),
            ],
        )
    }
}

async fn put_down(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Decision(fields)): Sent<Decision>,
) -> Answer {
    decide(&desk, &who, &id, &fields).await?;
    told(&look(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Note(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Note {
    fn schema() -> Schema {
        let note = has("note", words(1, Words::MAX), "For those who see this view of the case.");
        named("Note", [key_field(), note, also()])
    }
}

async fn write(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Note(fields)): Sent<Note>,
) -> Answer {
    note(&desk, &who, &id, &fields).await?;
    let mut read = desk.store.read().await?;
    let file = case_files::read(read.link(), &id).await?;
    let key = fields.text("key");
    let mut sent_so = file.entries().iter().filter(|entry| entry.key == key);
    let entry = sent_so.find(|entry| entry.by.id == who.id()).ok_or_else(not_found)?;
    made(&entry_of(entry))
}

#[derive(Deserialize)]
struct Worked(#[serde(deserialize_with = "as_form")] Fields);

const ACTS: [&str; 11] = [
    "take",
    "give",
    "release",
    "task",
    "task-done",
    "task-drop",
    "rung",
    "merge",
    "take-out",
    "split",
    "told",
];

impl InBody for Worked {
    fn schema() -> Schema {
        named(
            "CaseWork",
            [
                key_field(),
                has("act", Schema::Choice(ACTS.to_vec()), "What."),
                may_have("to", line(0, 64), "Who is to have it; their identifier."),
                may_have("what", line(0, Line::MAX), "What is to be done."),
                may_have("task", number(1, i64::MAX), "The task's number."),
                may_have("rung", rung_schema(), "On which rung the desk sees it."),
                may_have("into", line(0, 100), "The case of which it is a part."),
                may_have("sources", words(0, Words::MAX), "Which are another case, one in a line."),
                may_have("title", line(0, Line::MAX), "The new case in one line."),
                may_have("whom", line(0, Line::MAX), "Whom the office told."),
                may_have("way", choice(Way::ALL, Way::name), "By which way."),
                may_have("text", words(0, Words::MAX), "Why, or what was told."),
                also(),
            ],
        )
    }
}

async fn worked(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Worked(fields)): Sent<Worked>,
) -> Answer {
    work(&desk, &who, &id, &fields).await?;
    made(&look(&desk, &who, &id).await?)
}
