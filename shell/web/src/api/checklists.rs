//! Checklists: how far every point is done, one office's list, ticking.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::Words;
use ward_desk::calendar::Election;
use ward_desk::checklist::Point as Ticked;
use ward_desk::plan::{Dated, MAX_ID, Standing, Whose};
use ward_kernel::Time;
use ward_store::office;

use super::doc::Doc;
use super::read::{Asked, At, InBody, InQuery, Nothing, Sent, as_form, key_field};
use super::schema::{
    Field, Schema, choice, count, has, line, list, may_have, maybe, moment, named, text, words,
};
use super::tell::{self, Answer, made, told, with};
use crate::desk::Desk;
use crate::doing::checklists::{
    Across, Item, across, chosen, found, list as list_of, put as put_down,
};
use crate::doing::{Why, elections, wrong};
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.checklists",
        verb: Verb::Get,
        path: "/api/v1/checklists",
        access: Access::Anyone(Right::SeeChecklists),
        kind: Kind::Api,
        summary: "How far every point for local authorities is done, and who is missing",
        handler: || get(all),
    },
    Route {
        name: "api.checklists.show",
        verb: Verb::Get,
        path: "/api/v1/checklists/{id}",
        access: Access::Anyone(Right::SeeChecklists),
        kind: Kind::Api,
        summary: "The list of one office, or of the state office",
        handler: || get(show),
    },
    Route {
        name: "api.checklists.put",
        verb: Verb::Post,
        path: "/api/v1/checklists/{id}",
        access: Access::Anyone(Right::TickPoint),
        kind: Kind::Api,
        summary: "Ticks a point, sets it aside, opens it again",
        handler: || post(put),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.checklists", across_schema)
        .query(Which::fields)
        .refuses(&[422])
        .whole_state()
        .about("Of the election that is near, or of the next, unless one is named."),
    Doc::plain("api.checklists.show", list_schema)
        .query(Which::fields)
        .refuses(&[422])
        .about("By the id of a jurisdiction; that of the state office is state-office."),
    Doc::plain("api.checklists.put", list_schema)
        .takes(
            Sending::schema,
            r#"{"key": "4a7c1e9d2b60", "act": "tick", "point": "contacts-confirmed"}"#,
        )
        .makes()
        .refuses(&[422])
        .about(
            "To tick may take a text, to set aside and to open again take why. The same key twice \
             is one entry.",
        ),
];

#[derive(Deserialize)]
struct Which {
    election: Option<String>,
}

impl Which {
    /// The election that was named; an empty name is none, as in a form.
    fn given(&self) -> Option<&str> {
        self.election.as_deref().map(str::trim).filter(|id| !id.is_empty())
    }
}

impl InQuery for Which {
    fn fields() -> Vec<Field> {
        vec![election_field()]
    }
}

fn election_field() -> Field {
    may_have("election", line(0, 64), "Of which election; the one that is near unless said.")
}

fn point_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier in the plan."),
        has("text", text(), "What is to be done."),
        has("why", text(), "Why."),
        has("who", choice(Whose::ALL, Whose::name), "Who does it."),
        has("from", moment(), "From when on."),
        has("until", moment(), "Until when."),
        has("standing", choice(Standing::ALL, Standing::name), "Where its time stands."),
    ]
}

fn of_election(points: Schema) -> Vec<Field> {
    vec![
        has("election", maybe(text()), "The election's identifier; none is in the calendar."),
        has("points", list(points), "The point that is due first first."),
    ]
}

fn across_schema() -> Schema {
    let mut fields = point_fields();
    fields.push(has("settled", count(), "Authorities that have done it or set it aside."));
    fields.push(has("missing", list(text()), "Authorities that have not."));
    named("PointsOverTheState", of_election(named("PointOverTheState", fields)))
}

fn list_schema() -> Schema {
    let mut fields = point_fields();
    fields.extend([
        has("state", Schema::Choice(vec!["open", "done", "set-aside"]), "Where it stands."),
        has("at", maybe(moment()), "When it was done or set aside."),
        has("by", maybe(text()), "By whom."),
        has("said", maybe(text()), "What they said."),
        has("entries", count(), "Entries that were put down of it."),
    ]);
    let mut whole = vec![has("jurisdiction", text(), "Whose list.")];
    whole.extend(of_election(named("ListedPoint", fields)));
    named("Checklist", whole)
}

fn point_of(dated: &Dated<'_>) -> Value {
    let point = dated.point;
    json!({
        "id": point.id,
        "text": point.text.as_str(),
        "why": point.why.as_str(),
        "who": point.whose.name(),
        "from": tell::moment(dated.from),
        "until": tell::moment(dated.until),
        "standing": dated.standing.name(),
    })
}

fn across_of(one: &Across<'_>) -> Value {
    let missing: Vec<&str> = one.missing.iter().map(|one| one.id.as_str()).collect();
    with(point_of(&one.dated), [("settled", json!(one.settled)), ("missing", json!(missing))])
}

fn item_of(item: &Item<'_>) -> Value {
    let (state, at, by, said) = match item.state() {
        Ticked::Open => ("open", None, None, None),
        Ticked::Done { at, by, note } => ("done", Some(at), Some(by.name), note),
        Ticked::Skipped { at, by, why } => ("set-aside", Some(at), Some(by.name), Some(why)),
    };
    let entries = item.filed.as_ref().map_or(0, |filed| filed.log.entries().len());
    with(
        point_of(&item.dated),
        [
            ("state", json!(state)),
            ("at", tell::moment_or_null(at)),
            ("by", json!(by)),
            ("said", json!(said.as_ref().map(Words::as_str))),
            ("entries", json!(entries)),
        ],
    )
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Which>) -> Answer {
    tell::of_state(&who, Right::SeeChecklists)?;
    let mut read = desk.store.read().await?;
    let elections = elections::all(read.link()).await?;
    let jurisdictions = office::jurisdictions(read.link()).await?;
    let now = desk.now();
    let election = of_which(&elections, asked.given(), now)?;
    let points = match election {
        Some(one) => {
            let about = (one, jurisdictions.as_slice());
            across(read.link(), &desk.settings.plan, about, now).await?
        }
        None => Vec::new(),
    };
    let points: Vec<Value> = points.iter().map(across_of).collect();
    told(&json!({ "election": id_of(election), "points": points }))
}

/// The election that a list is about; none when there is none in the calendar.
fn of_which<'a>(
    elections: &'a [Election],
    asked: Option<&str>,
    now: Time,
) -> Result<Option<&'a Election>, Why> {
    let found = chosen(elections, asked, now);
    if asked.is_some() && found.is_none() {
        let what = "There is no election of this id in the calendar: GET /api/v1/elections lists \
                    those that there are.";
        return Err(wrong("election", what));
    }
    Ok(found)
}

fn id_of(election: Option<&Election>) -> Option<&str> {
    election.map(|one| one.id.as_str())
}

async fn whole(desk: &Desk, who: &Who, (id, asked): (&str, Option<&str>)) -> Result<Value, Why> {
    let mut read = desk.store.read().await?;
    let jurisdiction = found(read.link(), who, id).await?;
    let elections = elections::all(read.link()).await?;
    let now = desk.now();
    let election = of_which(&elections, asked, now)?;
    let items = match election {
        Some(one) => {
            let about = (one, jurisdiction.id.as_str());
            list_of(read.link(), &desk.settings.plan, about, now).await?
        }
        None => Vec::new(),
    };
    let points: Vec<Value> = items.iter().map(item_of).collect();
    let election = id_of(election);
    Ok(json!({ "jurisdiction": jurisdiction.id, "election": election, "points": points }))
}

async fn show(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    Asked(asked): Asked<Which>,
) -> Answer {
    told(&whole(&desk, &who, (&id, asked.given())).await?)
}

#[derive(Deserialize)]
struct Sending(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Sending {
    fn schema() -> Schema {
        named(
            "PointAct",
            [
                key_field(),
                has("act", Schema::Choice(vec!["tick", "skip", "undo"]), "What."),
                has("point", line(1, MAX_ID), "Which point."),
                may_have("text", words(0, Words::MAX), "What there is to say of it, or why."),
                election_field(),
            ],
        )
    }
}

async fn put(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Sending(fields)): Sent<Sending>,
) -> Answer {
    put_down(&desk, &who, &id, &fields).await?;
    made(&whole(&desk, &who, (&id, fields.given("election"))).await?)
}
