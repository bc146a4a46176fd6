//! The room: positions with their shifts, and communications checks.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::communications::{Check, Way};
use ward_desk::shift::{Act, Position, Post};
use ward_desk::{Body, Entry, Words};

use super::doc::Doc;
use super::entries;
use super::read::{
    Asked, At, InBody, InQuery, Nothing, Paged, Part, Sent, as_form, key_field, page_of,
};
use super::schema::{
    Field, Schema, choice, count, flag, has, line, list, may_have, maybe, moment, named, number,
    text, words,
};
use super::tell::{self, Answer, made, told, with};
use crate::desk::Desk;
use crate::doing::logs::{self, Filed};
use crate::doing::room as doing;
use crate::doing::standing::Stands;
use crate::fields::Fields;
use crate::refused::{Refused, not_found};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.room.positions",
        verb: Verb::Get,
        path: "/api/v1/room/positions",
        access: Access::Anyone(Right::SeeRoom),
        kind: Kind::Api,
        summary: "The positions of the room and who has them",
        handler: || get(positions),
    },
    Route {
        name: "api.room.position",
        verb: Verb::Get,
        path: "/api/v1/room/positions/{id}",
        access: Access::Anyone(Right::SeeRoom),
        kind: Kind::Api,
        summary: "One position with its log",
        handler: || get(position),
    },
    Route {
        name: "api.room.position.put",
        verb: Verb::Post,
        path: "/api/v1/room/positions/{id}",
        access: Access::Anyone(Right::WorkRoom),
        kind: Kind::Api,
        summary: "Takes a position, writes its log, hands it over, signs, ends",
        handler: || post(at_position),
    },
    Route {
        name: "api.room.checks",
        verb: Verb::Get,
        path: "/api/v1/room/checks",
        access: Access::Anyone(Right::SeeRoom),
        kind: Kind::Api,
        summary: "The newest communications checks",
        handler: || get(checks),
    },
    Route {
        name: "api.room.check.ask",
        verb: Verb::Post,
        path: "/api/v1/room/checks",
        access: Access::Anyone(Right::WorkRoom),
        kind: Kind::Api,
        summary: "Asks all local authorities whether they can be reached",
        handler: || post(ask),
    },
    Route {
        name: "api.room.check",
        verb: Verb::Get,
        path: "/api/v1/room/checks/{id}",
        access: Access::Anyone(Right::SeeRoom),
        kind: Kind::Api,
        summary: "One communications check: who has answered and who has not",
        handler: || get(check),
    },
    Route {
        name: "api.room.check.put",
        verb: Verb::Post,
        path: "/api/v1/room/checks/{id}",
        access: Access::Anyone(Right::WorkRoom),
        kind: Kind::Api,
        summary: "Puts down an answer, a try in vain, or the end",
        handler: || post(at_check),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.room.positions", positions_schema).query(Part::fields).whole_state(),
    Doc::plain("api.room.position", position_schema).whole_state(),
    Doc::plain("api.room.position.put", position_schema)
        .takes(Sending::schema, r#"{"key": "5b8e2f7c1a90", "act": "begin"}"#)
        .makes()
        .refuses(&[422])
        .whole_state()
        .about("A note, a hand-over and a take-over take a text, a signature the number of the hand-over that \
                was read, a correction both. The same key twice is one entry."),
    Doc::plain("api.room.checks", checks_schema).query(Part::fields).whole_state(),
    Doc::plain("api.room.check.ask", check_schema)
        .takes(Question::schema, r#"{"key": "0a4d7f2b9c63", "question": "Do you read us?"}"#)
        .makes()
        .refuses(&[422])
        .whole_state()
        .about("The question stands on the home page of every local authority until it answers."),
    Doc::plain("api.room.check", check_schema).whole_state(),
    Doc::plain("api.room.check.put", check_schema)
        .takes(
            Outcome::schema,
            r#"{"key": "7e1b3a5d9f24", "act": "miss", "jurisdiction": "adair-county", "way": "telephone"}"#,
        )
        .makes()
        .refuses(&[422])
        .whole_state(),
];

fn position_fields() -> Vec<Field> {
    vec![
        has("id", choice(Post::ALL, Post::name), "Its name in addresses."),
        has("label", text(), "What people call it."),
        has("holder", maybe(text()), "Who has it."),
        has("since", maybe(moment()), "Since when."),
        has("notes", maybe(text()), "What the next has to know, while it waits to be signed."),
        has("notes_entry", maybe(count()), "The entry that is signed by that."),
        has("shifts", count(), "Shifts so far."),
    ]
}

fn positions_schema() -> Schema {
    named("Positions", page_of("positions", named("PositionLine", position_fields())))
}

fn position_schema() -> Schema {
    let mut entry = entries::fields("begin, note, hand-over, sign, take-over, end or correct.");
    entry.push(has("entry", maybe(count()), "The entry that is signed or corrected."));
    let entry = named("PositionEntry", entry);
    let mut fields = position_fields();
    fields.push(has("entries", list(entry), "Everything that was put down, in order."));
    named("Position", fields)
}

fn position_of(post: Post, held: &doing::Held) -> Value {
    let none = Position::default();
    let state = held.as_ref().map_or(&none, |held| held.log.state());
    json!({
        "id": post.name(),
        "label": post.label(),
        "holder": state.held.as_ref().map(|(by, _)| &by.name),
        "since": tell::moment_or_null(state.held.as_ref().map(|(_, since)| *since)),
        "notes": state.notes.as_ref().map(|(_, notes)| notes.as_str()),
        "notes_entry": state.notes.as_ref().map(|(number, _)| number),
        "shifts": state.shifts,
    })
}

fn entry_of(entry: &Entry<Act>) -> Value {
    let (act, text, other): (_, Option<&Words>, Option<u64>) = match &entry.body {
        Body::Act(Act::Begin) => ("begin", None, None),
        Body::Act(Act::Note { text }) => ("note", Some(text), None),
        Body::Act(Act::HandOver { notes }) => ("hand-over", Some(notes), None),
        Body::Act(Act::Sign { entry }) => ("sign", None, Some(*entry)),
        Body::Act(Act::TakeOver { why }) => ("take-over", Some(why), None),
        Body::Act(Act::End) => ("end", None, None),
        Body::Correction { of, text } => ("correct", Some(text), Some(*of)),
    };
    with(entries::value(entry, act, text), [("entry", json!(other))])
}

async fn positions(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    tell::of_state(&who, Right::SeeRoom)?;
    let mut read = desk.store.read().await?;
    let held = doing::positions(read.link()).await?;
    let all: Vec<Value> = held.iter().map(|(post, held)| position_of(*post, held)).collect();
    let shown: Vec<&Value> = Paged::from(asked).cut(&all).collect();
    told(&json!({ "positions": shown, "total": all.len() }))
}

async fn whole(desk: &Desk, name: &str) -> Result<Value, Refused> {
    let post = Post::named(name).ok_or_else(not_found)?;
    let mut read = desk.store.read().await?;
    let held = doing::position(read.link(), post).await?;
    let entries = held.iter().flat_map(|held| held.log.entries());
    let entries: Vec<Value> = entries.map(entry_of).collect();
    Ok(with(position_of(post, &held), [("entries", json!(entries))]))
}

async fn position(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    tell::of_state(&who, Right::SeeRoom)?;
    told(&whole(&desk, &id).await?)
}

#[derive(Deserialize)]
struct Sending(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Sending {
    fn schema() -> Schema {
        let acts = vec!["begin", "note", "hand-over", "sign", "take-over", "end", "correct"];
        named(
            "PositionAct",
            [
                key_field(),
                has("act", Schema::Choice(acts), "What."),
                may_have("text", words(0, Words::MAX), "Its words."),
                may_have("entry", number(1, i64::MAX), "The entry to sign or to correct."),
            ],
        )
    }
}

async fn at_position(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Sending(fields)): Sent<Sending>,
) -> Answer {
    tell::of_state(&who, Right::WorkRoom)?;
    let post = Post::named(&id).ok_or_else(tell::not_found)?;
    doing::at_position(&desk, &who, post, &fields).await?;
    made(&whole(&desk, &id).await?)
}

fn check_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier."),
        has("question", text(), "What was asked."),
        has("begun", moment(), "When it was asked."),
        has("open", flag(), "Whether it goes on."),
        has("asked", count(), "How many were asked."),
        has("answered", count(), "How many have answered."),
    ]
}

fn checks_schema() -> Schema {
    named("Checks", page_of("checks", named("CheckLine", check_fields())))
}

fn check_schema() -> Schema {
    let one = named(
        "CheckAnswer",
        [
            has("jurisdiction", text(), "Whose."),
            has("answered", maybe(moment()), "When they answered."),
            has("way", maybe(choice(Way::ALL, Way::name)), "By which way."),
            has("by", maybe(text()), "Who put it down."),
            has("text", maybe(text()), "What they said."),
            has("misses", count(), "How often they were tried in vain."),
        ],
    );
    let mut fields = check_fields();
    fields.push(has("jurisdictions", list(one), "All that were asked."));
    named("Check", fields)
}

fn check_line(one: &Stands<Check>) -> Value {
    let state = &one.state;
    let (answered, asked) = state.count();
    json!({
        "id": one.place.id,
        "question": state.question.as_ref().map_or("", |question| question.as_str()),
        "begun": tell::moment(state.begun),
        "open": state.is_going_on(),
        "asked": asked,
        "answered": answered,
    })
}

fn check_of(filed: &Filed<Check>) -> Value {
    let state = filed.log.state();
    let one = |(id, answer): (&String, &Option<ward_desk::communications::Answer>)| {
        json!({
            "jurisdiction": id,
            "answered": tell::moment_or_null(answer.as_ref().map(|answer| answer.at)),
            "way": answer.as_ref().map(|answer| answer.way.name()),
            "by": answer.as_ref().map(|answer| &answer.by.name),
            "text": answer.as_ref().and_then(|answer| Some(answer.text.as_ref()?.as_str())),
            "misses": state.misses.get(id).copied().unwrap_or(0),
        })
    };
    let all: Vec<Value> = state.asked.iter().map(one).collect();
    with(check_line(&filed.stands()), [("jurisdictions", json!(all))])
}

async fn checks(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    tell::of_state(&who, Right::SeeRoom)?;
    let mut read = desk.store.read().await?;
    let all = doing::checks(read.link(), None).await?;
    let shown: Vec<Value> = Paged::from(asked).cut(&all).map(check_line).collect();
    told(&json!({ "checks": shown, "total": all.len() }))
}

async fn one(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut read = desk.store.read().await?;
    let see = (Right::SeeRoom, Right::SeeRoom);
    Ok(check_of(&logs::found(read.link(), who, id, see).await?))
}

async fn check(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    tell::of_state(&who, Right::SeeRoom)?;
    told(&one(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Question(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Question {
    fn schema() -> Schema {
        let question = has("question", words(1, Words::MAX), "What is asked.");
        named("CheckQuestion", [key_field(), question])
    }
}

async fn ask(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(Question(fields)): Sent<Question>,
) -> Answer {
    tell::of_state(&who, Right::WorkRoom)?;
    let id = doing::ask(&desk, &who, &fields).await?;
    made(&one(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Outcome(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Outcome {
    fn schema() -> Schema {
        named(
            "CheckOutcome",
            [
                key_field(),
                has("act", Schema::Choice(vec!["answer", "miss", "withdraw", "end"]), "What."),
                may_have("jurisdiction", line(0, 48), "Whose answer, or who was tried."),
                may_have("way", choice(Way::ALL, Way::name), "By which way."),
                may_have("text", words(0, Words::MAX), "What they said."),
            ],
        )
    }
}

async fn at_check(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Outcome(fields)): Sent<Outcome>,
) -> Answer {
    tell::of_state(&who, Right::WorkRoom)?;
    doing::at_check(&desk, &who, &id, &fields).await?;
    made(&one(&desk, &who, &id).await?)
}
