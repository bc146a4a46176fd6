//! The election calendar.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::calendar::{Act, Dates, Phase, Planned, phase};
use ward_desk::{Body, Entry, Line, Words};
use ward_kernel::Time;

use super::doc::Doc;
use super::entries;
use super::read::{
    self, Asked, At, InBody, InQuery as _, Nothing, Paged, Part, Sent, as_form, key_field, page_of,
};
use super::schema::{
    Field, Schema, choice, flag, has, line, list, may_have, maybe, moment, named, text, words,
};
use super::tell::{self, Answer, Refused, made, told};
use crate::desk::Desk;
use crate::doing::logs::{self, Filed};
use crate::doing::{Why, elections as doing};
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.elections",
        verb: Verb::Get,
        path: "/api/v1/elections",
        access: Access::Anyone(Right::SeeElections),
        kind: Kind::Api,
        summary: "The election calendar, and where this moment lies in it",
        handler: || get(all),
    },
    Route {
        name: "api.elections.set",
        verb: Verb::Post,
        path: "/api/v1/elections",
        access: Access::Anyone(Right::SetElections),
        kind: Kind::Api,
        summary: "Puts an election into the calendar",
        handler: || post(set),
    },
    Route {
        name: "api.elections.change",
        verb: Verb::Post,
        path: "/api/v1/elections/{id}",
        access: Access::Anyone(Right::SetElections),
        kind: Kind::Api,
        summary: "Moves the dates of an election, or calls it off",
        handler: || post(change),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.elections", elections_schema).query(Part::fields).about(
        "Everything in the room is measured by it: checklists, and what is normal at an hour.",
    ),
    Doc::plain("api.elections.set", election_schema)
        .takes(
            Setting::schema,
            r#"{"key": "9c2b7d10f4e8", "name": "General election", "opens": "2026-11-03T06:00:00-06:00", "closes": "2026-11-03T19:00:00-06:00", "certifies": "2026-12-08T17:00:00-06:00"}"#,
        )
        .makes()
        .refuses(&[422])
        .whole_state(),
    Doc::plain("api.elections.change", election_schema)
        .takes(
            Changing::schema,
            r#"{"key": "2f6e8a1d3b90", "act": "call-off", "text": "The court has moved it to another year."}"#,
        )
        .makes()
        .refuses(&[422])
        .whole_state()
        .about(
            "To move it, all of its dates are sent, as when it was set. One that was called off \
             can be set again. The same key twice is one entry.",
        ),
];

fn date_fields() -> Vec<Field> {
    vec![
        has("name", maybe(text()), "What people call it."),
        has("opens", maybe(moment()), "When the polls open."),
        has("closes", maybe(moment()), "When they close."),
        has("certifies", maybe(moment()), "When its result is certified, at the latest."),
    ]
}

fn election_schema() -> Schema {
    let mut entry = entries::fields("set, call-off or correct.");
    entry.extend(date_fields());
    let mut fields = vec![has("id", text(), "Its identifier.")];
    fields.extend(date_fields());
    fields.extend([
        has("before", maybe(moment()), "From when on it is near: midnight 45 days before."),
        has("night_ends", maybe(moment()), "Until when its night lasts: noon of the next day."),
        has("phase", choice(Phase::ALL, Phase::name), "Where this moment lies for it."),
        has("takes_place", flag(), "Whether it does; not when it was called off."),
        has("entries", list(named("ElectionEntry", entry)), "Everything that was put down."),
    ]);
    named("Election", fields)
}

fn elections_schema() -> Schema {
    let mut fields = page_of("elections", election_schema());
    fields.extend([
        has("phase", choice(Phase::ALL, Phase::name), "Where this moment lies in the calendar."),
        has("election", maybe(text()), "The election by which that is: its id."),
    ]);
    named("Elections", fields)
}

fn dates_of(dates: Option<&Dates>) -> [(&'static str, Value); 4] {
    let at = |moment: fn(&Dates) -> Time| tell::moment_or_null(dates.map(moment));
    [
        ("name", json!(dates.map(|dates| dates.name.as_str()))),
        ("opens", at(|dates| dates.opens)),
        ("closes", at(|dates| dates.closes)),
        ("certifies", at(|dates| dates.certifies)),
    ]
}

fn entry_of(entry: &Entry<Act>) -> Value {
    let (act, text, dates) = match &entry.body {
        Body::Act(Act::Set(dates)) => ("set", None, Some(dates)),
        Body::Act(Act::CallOff { why }) => ("call-off", Some(why), None),
        Body::Correction { text, .. } => ("correct", Some(text), None),
    };
    tell::with(entries::value(entry, act, text), dates_of(dates))
}

fn value_of(filed: &Filed<Planned>, now: Time) -> Value {
    let state = filed.log.state();
    let election = state.election(&filed.place.id);
    let days = state.dates.as_ref().map(|dates| dates.days);
    let entries: Vec<Value> = filed.log.entries().iter().map(entry_of).collect();
    let value = json!({
        "id": filed.place.id,
        "before": tell::moment_or_null(days.map(|days| days.before)),
        "night_ends": tell::moment_or_null(days.map(|days| days.noon)),
        "phase": election.as_ref().map_or(Phase::Ordinary, |one| one.phase(now)).name(),
        "takes_place": election.is_some(),
        "entries": entries,
    });
    tell::with(value, dates_of(state.dates.as_ref()))
}

async fn all(State(desk): State<Desk>, Asked(part): Asked<Part>) -> Answer {
    let mut read = desk.store.read().await?;
    let filed = doing::list(read.link()).await?;
    drop(read);
    let (now, elections) = (desk.now(), doing::elections(&filed));
    let (phase, by) = phase(&elections, now);
    let values: Vec<Value> = filed.iter().map(|one| value_of(one, now)).collect();
    let shown: Vec<&Value> = Paged::from(part).cut(&values).collect();
    told(&json!({
        "elections": shown,
        "total": values.len(),
        "phase": phase.name(),
        "election": by.map(|one| &one.id),
    }))
}

/// What stands there after something was put down.
async fn one(desk: &Desk, id: &str) -> Result<Value, Refused> {
    let mut read = desk.store.read().await?;
    let filed = logs::read::<Planned>(read.link(), id).await?;
    let filed = filed.ok_or_else(tell::not_found)?;
    Ok(value_of(&filed, desk.now()))
}

#[derive(Deserialize)]
struct Setting(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Setting {
    fn schema() -> Schema {
        named(
            "ElectionSetting",
            [
                key_field(),
                has("name", line(1, Line::MAX), "What people call it."),
                has("opens", moment(), "When the polls open, on election day."),
                has("closes", moment(), "When they close."),
                has("certifies", moment(), "When its result is certified, at the latest."),
            ],
        )
    }
}

/// Programs name moments with their offset; the office's own clock is for its pages.
fn are_moments(fields: &Fields) -> Result<(), Why> {
    for name in ["opens", "closes", "certifies"] {
        let sent = Some(fields.exact(name)).filter(|text| !text.is_empty());
        read::moment(name, sent)?;
    }
    Ok(())
}

async fn set(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(Setting(fields)): Sent<Setting>,
) -> Answer {
    tell::of_state(&who, Right::SetElections)?;
    are_moments(&fields)?;
    let id = doing::set(&desk, &who, &fields).await?;
    made(&one(&desk, &id).await?)
}

#[derive(Deserialize)]
struct Changing(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Changing {
    fn schema() -> Schema {
        named(
            "ElectionChange",
            [
                key_field(),
                has("act", Schema::Choice(vec!["set", "call-off"]), "What."),
                may_have("name", line(0, Line::MAX), "What people call it."),
                may_have("opens", moment(), "When the polls open, on election day."),
                may_have("closes", moment(), "When they close."),
                may_have("certifies", moment(), "When its result is certified, at the latest."),
                may_have("text", words(0, Words::MAX), "Why it is called off."),
            ],
        )
    }
}

async fn change(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Changing(fields)): Sent<Changing>,
) -> Answer {
    tell::of_state(&who, Right::SetElections)?;
    // An act that takes no moments refuses what is none all the same, as it is described.
    are_moments(&fields)?;
    doing::change(&desk, &who, &id, &fields).await?;
    made(&one(&desk, &id).await?)
}
