//! What people and programs put down about a case.

use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use ward_access::Act;
use ward_store::cases as kept;

use super::cases::{case_schema, handling_schema, step_of, step_schema, value_of};
use super::doc::Doc;
use super::read::{Asked, At, InBody, Nothing, Sent};
use super::schema::{Schema, has, may_have, named, words};
use super::tell::{Answer, made, not_found, told};
use crate::desk::Desk;
use crate::doing::cases::{WORDS_MAX, decide, found, note};
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
        summary: "Puts down what people make of a case",
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
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.cases.decide", case_schema)
        .takes(Decision::schema, r#"{"handling": "closed", "reason": "That was our own scanner."}"#)
        .refuses(&[422])
        .about("To close a case takes a reason. A closed case opens when its rung rises."),
    Doc::plain("api.cases.note", step_schema)
        .takes(Note::schema, r#"{"note": "That was our own scanner."}"#)
        .refuses(&[422])
        .makes(),
];

#[derive(Deserialize)]
struct Decision {
    handling: String,
    #[serde(default)]
    reason: String,
}

impl InBody for Decision {
    fn schema() -> Schema {
        named(
            "Decision",
            [
                has("handling", handling_schema(), "What to make of it."),
                may_have("reason", words(0, WORDS_MAX), "Why; needed to close it."),
            ],
        )
    }
}

async fn put_down(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<Decision>,
) -> Answer {
    decide(&desk, &who, &id, sent.handling.parse().ok(), sent.reason.trim()).await?;
    let mut read = desk.store.read().await?;
    let filed = found(read.link(), &who, &id, Act::DecideCase).await?;
    let value = value_of(read.link(), &who, &filed).await?;
    told(&value)
}

#[derive(Deserialize)]
struct Note {
    note: String,
}

impl InBody for Note {
    fn schema() -> Schema {
        named("Note", [has("note", words(1, WORDS_MAX), "For everybody who sees the case.")])
    }
}

async fn write(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<Note>,
) -> Answer {
    note(&desk, &who, &id, sent.note.trim()).await?;
    let mut read = desk.store.read().await?;
    let steps = kept::steps(read.link(), &id).await?;
    steps.last().map_or_else(|| Err(not_found()), |step| made(&step_of(step)))
}
