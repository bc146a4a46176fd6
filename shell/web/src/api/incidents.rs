//! Incidents: the list, one with everything that was put down, reporting and working.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::incident::{self, Act, Kind, Stage, Truth, Voting};
use ward_desk::{Body, Entry, Line, Machine as _, Words};
use ward_store::logbook::Filter;

use super::doc::Doc;
use super::entries;
use super::read::{
    Asked, At, InBody, InQuery, Nothing, Paged, Sent, as_form, key_field, page_of, part,
};
use super::schema::{
    Field, Schema, choice, count, flag, has, line, list, may_have, maybe, moment, named, number,
    text, words,
};
use super::tell::{self, Answer, made, told, with};
use crate::desk::Desk;
use crate::doing::incidents::Numbers;
use crate::doing::logs::{self, Filed};
use crate::doing::standing::{self, Stands};
use crate::doing::{Why, incidents as doing};
use crate::fields::Fields;
use crate::refused::Refused;
use crate::route::{Access, Kind as Sort, Route, Verb};
use crate::who::Who;

/// The most incidents that are read for a list.
const MOST: i64 = 10_000;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.incidents",
        verb: Verb::Get,
        path: "/api/v1/incidents",
        access: Access::Anyone(Right::SeeIncidents),
        kind: Sort::Api,
        summary: "The incidents of the state, or of one's own jurisdiction",
        handler: || get(all),
    },
    Route {
        name: "api.incidents.report",
        verb: Verb::Post,
        path: "/api/v1/incidents",
        access: Access::Anyone(Right::ReportIncident),
        kind: Sort::Api,
        summary: "Reports an incident",
        handler: || post(report),
    },
    Route {
        name: "api.incidents.show",
        verb: Verb::Get,
        path: "/api/v1/incidents/{id}",
        access: Access::Anyone(Right::SeeIncidents),
        kind: Sort::Api,
        summary: "One incident with everything that was put down about it",
        handler: || get(show),
    },
    Route {
        name: "api.incidents.add",
        verb: Verb::Post,
        path: "/api/v1/incidents/{id}/entries",
        access: Access::Anyone(Right::NoteIncident),
        kind: Sort::Api,
        summary: "Adds to an incident: a note, how voting goes, that it is over, a correction",
        handler: || post(add),
    },
    Route {
        name: "api.incidents.work",
        verb: Verb::Post,
        path: "/api/v1/incidents/{id}/work",
        access: Access::Anyone(Right::WorkIncident),
        kind: Sort::Api,
        summary: "Takes, verifies, refutes, closes or opens an incident again",
        handler: || post(work),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.incidents", incidents_schema)
        .query(Narrowed::fields)
        .about("The one that was written last first."),
    Doc::plain("api.incidents.report", incident_schema)
        .takes(
            Report::schema,
            r#"{"key": "3f1c5e0a9b77", "jurisdiction": "adair-county", "kind": "poll-books", "voting": "slowed", "place": "Precinct 4, school gym", "what": "The poll books show an old list."}"#,
        )
        .makes()
        .refuses(&[422])
        .about("Sent again with the same key it is the same incident."),
    Doc::plain("api.incidents.show", incident_schema)
        .about("That somebody looks is put into the audit."),
    Doc::plain("api.incidents.add", incident_schema)
        .takes(Added::schema, r#"{"key": "8c2d4b6f0e11", "act": "note", "text": "The line is short."}"#)
        .makes()
        .refuses(&[422])
        .about("A note and that it is over take a text, voting takes how it goes, and a correction \
                takes the entry's number and a text. The same key twice is one entry."),
    Doc::plain("api.incidents.work", incident_schema)
        .takes(Worked::schema, r#"{"key": "1d9a7c3e5b20", "act": "take"}"#)
        .makes()
        .refuses(&[422])
        .about("All but to take it take a text; to verify it takes the event in one line as well, \
                and is not for whoever reported it."),
];

#[derive(Deserialize)]
struct Narrowed {
    open: Option<bool>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let mut fields =
            vec![may_have("open", flag(), "Only those with something left to do, or without.")];
        fields.extend(part());
        fields
    }
}

/// How far an incident is, by name.
pub(super) const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::New => "new",
        Stage::Taken => "taken",
        Stage::Solved => "solved",
        Stage::Closed => "closed",
    }
}

const fn truth_name(truth: Truth) -> &'static str {
    match truth {
        Truth::Unverified => "unverified",
        Truth::Verified => "verified",
        Truth::Refuted => "refuted",
    }
}

fn line_fields() -> Vec<Field> {
    let truths = [Truth::Unverified, Truth::Verified, Truth::Refuted];
    vec![
        has("id", text(), "Its identifier."),
        has(
            "number",
            count(),
            "Its number among those of its jurisdiction, as people say it on the telephone.",
        ),
        has("jurisdiction", maybe(text()), "Where it happened."),
        has("kind", choice(Kind::ALL, Kind::name), "What it is about."),
        has("voting", choice(Voting::ALL, Voting::name), "Whether people can vote there."),
        has("place", text(), "The polling place or office."),
        has("stage", choice(Stage::ALL, stage_name), "How far it is."),
        has("truth", choice(truths, truth_name), "Whether anybody made sure of it."),
        has("owner", maybe(text()), "Who has it."),
        has("event", maybe(text()), "The event in one line, when it is verified."),
        has("begun", moment(), "When it was reported."),
        has("updated", moment(), "When its newest entry was put down."),
    ]
}

fn incidents_schema() -> Schema {
    named("Incidents", page_of("incidents", named("IncidentLine", line_fields())))
}

fn incident_schema() -> Schema {
    let acts = "What was done: report, take, note, voting, verify... or correct.";
    let mut entry = entries::fields(acts);
    entry.extend([
        has("event", maybe(text()), "The event in one line."),
        has("voting", maybe(text()), "Whether people can vote there."),
        has("corrects", maybe(count()), "The entry that it corrects."),
    ]);
    let mut fields = line_fields();
    fields.extend([
        has("what", text(), "What was reported."),
        has("call_back", maybe(text()), "A number to call back."),
        has("told_by", maybe(text()), "Who told it on the telephone."),
        has(
            "entries",
            list(named("IncidentEntry", entry)),
            "Everything that was put down, in order.",
        ),
    ]);
    named("Incident", fields)
}

/// An incident without its entries; `None` for a log without a report, of which there is none.
fn line_of(one: &Stands<incident::Incident>, number: u64) -> Option<Value> {
    let (place, state) = (&one.place, &one.state);
    let report = state.report.as_ref()?;
    Some(json!({
        "id": place.id,
        "number": number,
        "jurisdiction": place.jurisdiction,
        "kind": report.kind.name(),
        "voting": state.voting.unwrap_or(report.voting).name(),
        "place": report.place.as_str(),
        "stage": stage_name(state.stage),
        "truth": truth_name(state.truth),
        "owner": state.owner.as_ref().map(|owner| &owner.name),
        "event": state.event.as_ref().map(Line::as_str),
        "begun": tell::moment(place.begun),
        "updated": tell::moment(place.updated),
    }))
}

fn value_of(filed: &Filed<incident::Incident>, number: u64) -> Option<Value> {
    let report = filed.log.state().report.as_ref()?;
    let entries: Vec<Value> = filed.log.entries().iter().map(entry_of).collect();
    Some(with(
        line_of(&filed.stands(), number)?,
        [
            ("what", json!(report.what.as_str())),
            ("call_back", json!(report.call_back.as_ref().map(Line::as_str))),
            ("told_by", json!(report.told_by.as_ref().map(Line::as_str))),
            ("entries", json!(entries)),
        ],
    ))
}

fn entry_of(entry: &Entry<Act>) -> Value {
    let told = |act: &str, text: Option<&Words>| {
        let none = ["event", "voting", "corrects"].map(|name| (name, Value::Null));
        with(entries::value(entry, act, text), none)
    };
    match &entry.body {
        Body::Correction { of, text } => {
            with(told("correct", Some(text)), [("corrects", json!(of))])
        }
        Body::Act(Act::Report(report)) => {
            let voting = json!(report.voting.name());
            with(told("report", Some(&report.what)), [("voting", voting)])
        }
        Body::Act(Act::Take) => told("take", None),
        Body::Act(Act::Note { text }) => told("note", Some(text)),
        Body::Act(Act::Voting { now }) => {
            with(told("voting", None), [("voting", json!(now.name()))])
        }
        Body::Act(Act::Verify { event, how }) => {
            with(told("verify", Some(how)), [("event", json!(event.as_str()))])
        }
        Body::Act(Act::Refute { how }) => told("refute", Some(how)),
        Body::Act(Act::Solve { how }) => told("solve", Some(how)),
        Body::Act(Act::Close { why }) => told("close", Some(why)),
        Body::Act(Act::Reopen { why }) => told("reopen", Some(why)),
    }
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let filter = Filter { jurisdiction: who.narrowed(Right::SeeIncidents), open: asked.open };
    let mut read = desk.store.read().await?;
    let all = standing::list::<incident::Incident>(read.link(), filter, MOST).await?;
    let numbers = Numbers::of_those(read.link(), filter.jurisdiction).await?;
    drop(read);
    let line = |one: &Stands<incident::Incident>| line_of(one, numbers.of(&one.place.id)?);
    let lines: Vec<Value> = all.iter().filter_map(line).collect();
    let shown: Vec<&Value> = Paged::of(asked.limit, asked.offset).cut(&lines).collect();
    told(&json!({ "incidents": shown, "total": lines.len() }))
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    told(&look(&desk, &who, &id).await?)
}

/// One incident; that somebody looks is put down.
async fn look(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut tx = desk.store.begin().await?;
    let see = (Right::SeeIncidents, Right::SeeIncidents);
    let filed = logs::found::<incident::Incident>(tx.link(), who, id, see).await?;
    let number = ward_store::look::number(tx.link(), incident::Incident::KIND, id).await?;
    let value = value_of(&filed, number).ok_or_else(crate::refused::not_found)?;
    tx.commit(who.did(desk.now(), "incident.look", id, "")).await?;
    Ok(value)
}

#[derive(Deserialize)]
struct Report(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Report {
    fn schema() -> Schema {
        named(
            "IncidentReport",
            [
                key_field(),
                may_have("jurisdiction", line(0, 48), "Where; not needed with only one."),
                has("kind", choice(Kind::ALL, Kind::name), "What it is about."),
                has("voting", choice(Voting::ALL, Voting::name), "Whether people can vote there."),
                has("place", line(1, Line::MAX), "The polling place or office."),
                has("what", words(1, Words::MAX), "What happened."),
                may_have("call_back", line(0, Line::MAX), "A number to call back."),
                may_have("told_by", line(0, Line::MAX), "Who told it on the telephone."),
            ],
        )
    }
}

async fn report(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(Report(fields)): Sent<Report>,
) -> Answer {
    let id = doing::report(&desk, &who, &fields).await?;
    made(&look(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Added(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Added {
    fn schema() -> Schema {
        named(
            "IncidentAddition",
            [
                key_field(),
                has("act", Schema::Choice(vec!["note", "voting", "solve", "correct"]), "What."),
                may_have("text", words(0, Words::MAX), "Its words."),
                may_have("voting", choice(Voting::ALL, Voting::name), "How voting goes now."),
                may_have("entry", number(1, i64::MAX), "The entry to correct."),
            ],
        )
    }
}

async fn add(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Added(fields)): Sent<Added>,
) -> Answer {
    after(&desk, &who, &id, doing::add(&desk, &who, &id, &fields).await).await
}

#[derive(Deserialize)]
struct Worked(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Worked {
    fn schema() -> Schema {
        let acts = Schema::Choice(vec!["take", "verify", "refute", "close", "reopen"]);
        named(
            "IncidentWork",
            [
                key_field(),
                has("act", acts, "What."),
                may_have("text", words(0, Words::MAX), "Its words."),
                may_have("event", line(0, Line::MAX), "The event in one line."),
            ],
        )
    }
}

async fn work(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Worked(fields)): Sent<Worked>,
) -> Answer {
    after(&desk, &who, &id, doing::work(&desk, &who, &id, &fields).await).await
}

/// What stands there after something was put down.
async fn after(desk: &Desk, who: &Who, id: &str, done: Result<(), Why>) -> Answer {
    done?;
    made(&look(desk, who, id).await?)
}
