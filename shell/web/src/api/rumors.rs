//! Rumors: the list, one with as much of it as one may read, putting down and working.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::{Act as Right, Scope};
use ward_desk::rumor::{Act, Finding, Rumor, Spread, Stage};
use ward_desk::{Body, Entry, Line, Words};

use super::doc::Doc;
use super::read::{
    Asked, At, InBody, InQuery, Nothing, Paged, Sent, as_form, key_field, page_of, part,
};
use super::schema::{
    Field, Schema, at_most, choice, count, flag, has, line, list, may_have, maybe, moment, named,
    number, text, words,
};
use super::tell::{self, Answer, made, told, with};
use crate::desk::Desk;
use crate::doing::Why;
use crate::doing::logs::Filed;
use crate::doing::rumors::{self as doing, Sight};
use crate::doing::standing::Stands;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::route::{Access, Kind as Sort, Route, Verb};
use crate::who::Who;

/// Jurisdictions that one rumor names at most.
const PLACES: usize = 1_000;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.rumors",
        verb: Verb::Get,
        path: "/api/v1/rumors",
        access: Access::Anyone(Right::SeeRumors),
        kind: Sort::Api,
        summary: "The rumors that one may read, what waits first",
        handler: || get(all),
    },
    Route {
        name: "api.rumors.hear",
        verb: Verb::Post,
        path: "/api/v1/rumors",
        access: Access::Anyone(Right::HearRumor),
        kind: Sort::Api,
        summary: "Puts a rumor down",
        handler: || post(hear),
    },
    Route {
        name: "api.rumors.show",
        verb: Verb::Get,
        path: "/api/v1/rumors/{id}",
        access: Access::Anyone(Right::SeeRumors),
        kind: Sort::Api,
        summary: "One rumor with as much of it as one may read",
        handler: || get(show),
    },
    Route {
        name: "api.rumors.again",
        verb: Verb::Post,
        path: "/api/v1/rumors/{id}/again",
        access: Access::Anyone(Right::HearRumor),
        kind: Sort::Api,
        summary: "Puts down that a rumor was heard once more",
        handler: || post(again),
    },
    Route {
        name: "api.rumors.work",
        verb: Verb::Post,
        path: "/api/v1/rumors/{id}/work",
        access: Access::Anyone(Right::WorkRumor),
        kind: Sort::Api,
        summary: "Says whom a rumor is about, what is true of it, who was told, or that it rests",
        handler: || post(work),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.rumors", rumors_schema)
        .query(Narrowed::fields)
        .about("A local authority has those of its own people, and of others what was found out \
                about it or about the whole state."),
    Doc::plain("api.rumors.hear", rumor_schema)
        .takes(
            Hear::schema,
            r#"{"key": "adair-county-7a1e4c", "claim": "Polls close at five.", "place": "A post on a neighbourhood site", "spread": "few", "link": "https://social.example/post/1", "jurisdictions": ["adair-county"]}"#,
        )
        .makes()
        .refuses(&[422])
        .about("No jurisdictions means the whole state; whoever acts for one names no other. Sent \
                again with the same key it is the same rumor."),
    Doc::plain("api.rumors.show", rumor_schema)
        .about("That somebody looks is put into the audit."),
    Doc::plain("api.rumors.again", rumor_schema)
        .takes(Again::schema, r#"{"key": "5f0b8d3a6c21", "place": "The radio", "spread": "many"}"#)
        .makes()
        .refuses(&[422])
        .about("The same key twice is one entry."),
    Doc::plain("api.rumors.work", rumor_schema)
        .takes(
            Work::schema,
            r#"{"key": "2c7d9e1f4a85", "act": "find", "finding": "false", "text": "Polls close at seven.", "confirmed": "The county clerk"}"#,
        )
        .makes()
        .refuses(&[422])
        .about("To find takes the finding, a text and who confirmed it; to tell takes whom and a \
                text; to let it rest takes a text; about takes jurisdictions; a correction takes \
                the entry's number and a text."),
];

#[derive(Deserialize)]
struct Narrowed {
    stage: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let stages = choice(Stage::ALL, Stage::name);
        let mut fields = vec![may_have("stage", stages, "Only those where the work is so far.")];
        fields.extend(part());
        fields
    }
}

fn line_fields() -> Vec<Field> {
    let finding = choice(Finding::ALL, Finding::name);
    let about = "Whom it is about, as far as one may know; none with whole_state.";
    vec![
        has("id", text(), "Its identifier."),
        has("claim", text(), "What is told."),
        has("jurisdictions", list(text()), about),
        has("whole_state", flag(), "Whether it is about the whole state."),
        has("spread", choice(Spread::ALL, Spread::name), "How far it went at most."),
        has("times", count(), "How often it was heard."),
        has("stage", choice(Stage::ALL, Stage::name), "How far the work on it is."),
        has("finding", maybe(finding), "What is true of it."),
        has("begun", moment(), "When it was first put down."),
        has("updated", moment(), "When its newest entry was put down."),
    ]
}

fn rumors_schema() -> Schema {
    named("Rumors", page_of("rumors", named("RumorLine", line_fields())))
}

fn rumor_schema() -> Schema {
    let entry = named(
        "RumorEntry",
        [
            has("number", count(), "Its number, from 1; those that one may not read are missing."),
            has("at", moment(), "When it was put down."),
            has("by", maybe(text()), "By whom, where one may know."),
            has("act", text(), "What was done: hear, again, about, find, tell, rest or correct."),
            has("text", maybe(text()), "Its words."),
            has("place", maybe(text()), "Where it was heard, or who was told."),
            has("corrects", maybe(count()), "The entry that it corrects."),
        ],
    );
    let mut fields = line_fields();
    fields.extend([
        has("place", maybe(text()), "Where it was heard first, where one may know."),
        has("link", maybe(text()), "Where it stands, where one may know: as text."),
        has("facts", maybe(text()), "The facts."),
        has("confirmed", maybe(text()), "Who confirmed them."),
        has("entries", list(entry), "What was put down, in order, as far as one may read it."),
    ]);
    named("Rumor", fields)
}

/// A rumor without its entries; `None` for a log without a first entry, of which there is none.
fn line_of(who: &Who, one: &Stands<Rumor>) -> Option<Value> {
    let (place, state) = (&one.place, &one.state);
    let heard = state.heard.as_ref()?;
    let known = |id: &&String| who.may(Right::SeeRumors, Scope::Jurisdiction(id));
    Some(json!({
        "id": place.id,
        "claim": heard.claim.as_str(),
        "jurisdictions": state.jurisdictions.iter().filter(known).collect::<Vec<_>>(),
        "whole_state": state.jurisdictions.is_empty(),
        "spread": state.spread.unwrap_or(heard.spread).name(),
        "times": state.times,
        "stage": state.stage().name(),
        "finding": state.found.as_ref().map(|found| found.finding.name()),
        "begun": tell::moment(place.begun),
        "updated": tell::moment(place.updated),
    }))
}

fn value_of(who: &Who, filed: &Filed<Rumor>, sight: Sight) -> Option<Value> {
    let state = filed.log.state();
    let heard = state.heard.as_ref()?;
    let names = sight != Sight::Found;
    let entries =
        filed.log.entries().iter().filter(|entry| doing::reads(who, sight, &filed.log, entry));
    let entries: Vec<Value> = entries.map(|entry| entry_of(entry, names)).collect();
    let link = heard.link.as_ref().filter(|_| names);
    let found = state.found.as_ref();
    Some(with(
        line_of(who, &filed.stands())?,
        [
            ("place", json!(names.then_some(heard.place.as_str()))),
            ("link", json!(link.map(Line::as_str))),
            ("facts", json!(found.map(|found| found.facts.as_str()))),
            ("confirmed", json!(found.map(|found| found.confirmed.as_str()))),
            ("entries", json!(entries)),
        ],
    ))
}

fn entry_of(entry: &Entry<Act>, names: bool) -> Value {
    let told = |act: &str, text: Option<&Words>, place: Option<&Line>| {
        json!({
            "number": entry.number,
            "at": tell::moment(entry.at),
            "by": names.then_some(&entry.by.name),
            "act": act,
            "text": text.map(Words::as_str),
            "place": place.map(Line::as_str),
            "corrects": null,
        })
    };
    match &entry.body {
        Body::Correction { of, text } => {
            with(told("correct", Some(text), None), [("corrects", json!(of))])
        }
        Body::Act(Act::Hear(heard)) => told("hear", Some(&heard.claim), Some(&heard.place)),
        Body::Act(Act::Again { place, .. }) => told("again", None, Some(place)),
        Body::Act(Act::About { .. }) => told("about", None, None),
        Body::Act(Act::Find { facts, confirmed, .. }) => told("find", Some(facts), Some(confirmed)),
        Body::Act(Act::Tell { whom, what }) => told("tell", Some(what), Some(whom)),
        Body::Act(Act::Rest { why }) => told("rest", Some(why), None),
    }
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let mut read = desk.store.read().await?;
    let all = doing::list(read.link(), &who).await?;
    drop(read);
    let fits = |one: &&(Stands<Rumor>, Sight)| {
        asked.stage.as_ref().is_none_or(|stage| one.0.state.stage().name() == stage)
    };
    let lines: Vec<Value> =
        all.iter().filter(fits).filter_map(|(one, _)| line_of(&who, one)).collect();
    let shown: Vec<&Value> = Paged::of(asked.limit, asked.offset).cut(&lines).collect();
    told(&json!({ "rumors": shown, "total": lines.len() }))
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    told(&look(&desk, &who, &id).await?)
}

/// One rumor; that somebody looks is put down.
async fn look(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut tx = desk.store.begin().await?;
    let (filed, sight) = doing::found(tx.link(), who, id).await?;
    let value = value_of(who, &filed, sight).ok_or_else(crate::refused::not_found)?;
    tx.commit(who.did(desk.now(), "rumor.look", id, "")).await?;
    Ok(value)
}

fn places_field(about: &'static str) -> Field {
    may_have("jurisdictions", at_most(PLACES, line(1, 48)), about)
}

#[derive(Deserialize)]
struct Hear(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Hear {
    fn schema() -> Schema {
        named(
            "RumorHeard",
            [
                key_field(),
                has("claim", words(1, Words::MAX), "What is told."),
                has("place", line(1, Line::MAX), "Where it was heard."),
                has("spread", choice(Spread::ALL, Spread::name), "How far it seems to go."),
                may_have("link", line(0, Line::MAX), "Where it stands, as text."),
                places_field("Whom it is about; none means the whole state."),
            ],
        )
    }
}

async fn hear(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(Hear(fields)): Sent<Hear>,
) -> Answer {
    let id = doing::hear(&desk, &who, &fields).await?;
    made(&look(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Again(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Again {
    fn schema() -> Schema {
        named(
            "RumorAgain",
            [
                key_field(),
                has("place", line(1, Line::MAX), "Where it was heard."),
                has("spread", choice(Spread::ALL, Spread::name), "How far it seems to go now."),
            ],
        )
    }
}

async fn again(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Again(fields)): Sent<Again>,
) -> Answer {
    after(&desk, &who, &id, doing::again(&desk, &who, &id, &fields).await).await
}

#[derive(Deserialize)]
struct Work(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Work {
    fn schema() -> Schema {
        let acts = Schema::Choice(vec!["about", "find", "tell", "rest", "correct"]);
        named(
            "RumorWork",
            [
                key_field(),
                has("act", acts, "What."),
                may_have("text", words(0, Words::MAX), "The facts, what was told, or why."),
                may_have("finding", choice(Finding::ALL, Finding::name), "What is true of it."),
                may_have("confirmed", line(0, Line::MAX), "Who confirmed it."),
                may_have("whom", line(0, Line::MAX), "Who was told."),
                places_field("Whom it is about; none means the whole state."),
                may_have("entry", number(1, i64::MAX), "The entry to correct."),
            ],
        )
    }
}

async fn work(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Work(fields)): Sent<Work>,
) -> Answer {
    after(&desk, &who, &id, doing::work(&desk, &who, &id, &fields).await).await
}

/// What stands there after something was put down.
async fn after(desk: &Desk, who: &Who, id: &str, done: Result<(), Why>) -> Answer {
    done?;
    made(&look(desk, who, id).await?)
}
