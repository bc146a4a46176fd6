//! The office: what it is, its jurisdictions, how it stands.

use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use ward_access::{Act, Jurisdiction, JurisdictionKind, Scope};
use ward_kernel::ladder::DEFINITIONS_VERSION;
use ward_kernel::time::HOUR;
use ward_kernel::{Rung, Time};
use ward_sensor::Hearing;
use ward_store::{batch, cases, meta, office};

use super::doc::Doc;
use super::read::{Asked, Nothing};
use super::schema::{Schema, choice, count, flag, has, list, maybe, moment, named, text};
use super::tell::{self, Answer, told};
use crate::desk::Desk;
use crate::doing::hearing::{Ear, ears, unseen};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;
use ward_store::office::{MAIL, PHONE};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.office",
        verb: Verb::Get,
        path: "/api/v1/office",
        access: Access::Anyone(Act::SeeCases),
        kind: Kind::Api,
        summary: "The office and how its desk is reached",
        handler: || get(show),
    },
    Route {
        name: "api.jurisdictions",
        verb: Verb::Get,
        path: "/api/v1/jurisdictions",
        access: Access::Anyone(Act::SeeCases),
        kind: Kind::Api,
        summary: "The local authorities whose cases one may see",
        handler: || get(jurisdictions),
    },
    Route {
        name: "api.standing",
        verb: Verb::Get,
        path: "/api/v1/standing",
        access: Access::Anyone(Act::SeeCases),
        kind: Kind::Api,
        summary: "How it stands: open cases, what is heard, what is not seen",
        handler: || get(standing),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.office", office_schema),
    Doc::plain("api.jurisdictions", jurisdictions_schema),
    Doc::plain("api.standing", standing_schema)
        .about("Of the whole state, or of the one jurisdiction that one may see."),
];

fn office_schema() -> Schema {
    named(
        "Office",
        [
            has("name", text(), "What the office is called."),
            has("state", text(), "The state."),
            has("zone", text(), "Its time zone, such as America/Chicago."),
            has("phone", text(), "The telephone of the state's desk; may be empty."),
            has("mail", text(), "The mail address of the state's desk; may be empty."),
            has("definitions", text(), "The version of what the rungs of the ladder mean."),
            has("demo", flag(), "Whether everything here is made up."),
            has("now", moment(), "The desk's clock."),
        ],
    )
}

async fn show(State(desk): State<Desk>, _: Asked<Nothing>) -> Answer {
    let mut read = desk.store.read().await?;
    let mut values = Vec::new();
    for key in [office::NAME, office::STATE, office::ZONE, PHONE, MAIL] {
        values.push(meta::get(read.link(), key).await?.unwrap_or_default());
    }
    let [name, state, zone, phone, mail] = values.as_slice() else { return told(&json!({})) };
    told(&json!({
        "name": name,
        "state": state,
        "zone": zone,
        "phone": phone,
        "mail": mail,
        "definitions": DEFINITIONS_VERSION,
        "demo": desk.settings.demo,
        "now": tell::moment(desk.now()),
    }))
}

fn jurisdiction_schema() -> Schema {
    use JurisdictionKind::{Board, Clerk, State};
    named(
        "Jurisdiction",
        [
            has("id", text(), "Its identifier."),
            has("name", text(), "What people call it."),
            has(
                "kind",
                choice([Clerk, Board, State], JurisdictionKind::as_str),
                "Who answers for it.",
            ),
            has("counties", list(text()), "The counties that it serves, or a part of them."),
        ],
    )
}

fn jurisdictions_schema() -> Schema {
    named("Jurisdictions", [has("jurisdictions", list(jurisdiction_schema()), "By name.")])
}

async fn jurisdictions(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    let mut read = desk.store.read().await?;
    let mut all = office::jurisdictions(read.link()).await?;
    all.retain(|one| who.may(Act::SeeCases, Scope::Jurisdiction(&one.id)));
    told(&json!({ "jurisdictions": all.iter().map(jurisdiction).collect::<Vec<_>>() }))
}

fn jurisdiction(one: &Jurisdiction) -> Value {
    json!({ "id": one.id, "name": one.name, "kind": one.kind.as_str(), "counties": one.counties })
}

fn standing_schema() -> Schema {
    let open = named("OpenCases", Rung::ALL.map(|rung| has(rung.name(), count(), "")));
    let heard = named(
        "HeardSensors",
        [
            has("expected", count(), "Sensors that should be heard."),
            has("hearing", count(), "Heard when they should be, with their clocks right."),
            has("late", count(), "Heard, but behind."),
            has("drifting", count(), "Their clocks and the desk's differ."),
            has("silent", count(), "Not heard."),
            has("dropped", count(), "Records that were dropped at the sensors for want of room."),
        ],
    );
    named(
        "Standing",
        [
            has(
                "open",
                open,
                "Open cases that nobody closed, by rung; registered tests not counted.",
            ),
            has("sensors", heard, ""),
            has("unseen", list(text()), "Jurisdictions of which no sensor sends anything."),
            has("records_hour", count(), "Records that were taken in within the last hour."),
            has("judging", judging_schema(), ""),
        ],
    )
}

/// How the judging is.
pub(crate) fn judging_schema() -> Schema {
    named(
        "Judging",
        [
            has("ready", flag(), "Whether what came before the start has been judged again."),
            has("batches_behind", count(), "Batches that are taken in and not judged."),
            has("records", count(), "Records judged since the start."),
            has("newest", maybe(moment()), "When the newest judged record was taken in."),
        ],
    )
}

/// How the judging is.
pub(crate) fn judging(desk: &Desk) -> Value {
    let health = desk.health.borrow().clone();
    let newest = Some(health.newest).filter(|newest| *newest != Time::default());
    json!({
        "ready": health.ready,
        "batches_behind": desk.behind(),
        "records": health.records,
        "newest": tell::moment_or_null(newest),
    })
}

async fn standing(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    let own = who.narrowed(Act::SeeSensors);
    let now = desk.now();
    let mut read = desk.store.read().await?;
    let open = cases::counts(read.link(), who.case_scope()).await?;
    let ears = ears(read.link(), own, now).await?;
    let all = office::jurisdictions(read.link()).await?;
    let hour = batch::taken_since(read.link(), now.plus(-HOUR), own).await?;
    drop(read);
    let seen = |one: &&Jurisdiction| who.may(Act::SeeSensors, Scope::Jurisdiction(&one.id));
    let places: Vec<&Jurisdiction> = all.iter().filter(seen).collect();
    let unseen: Vec<&str> = unseen(&places, &ears).iter().map(|one| one.id.as_str()).collect();
    let by_rung = |rung: Rung| (rung.name().to_owned(), Value::from(open.of(rung)));
    told(&json!({
        "open": Value::Object(Rung::ALL.map(by_rung).into_iter().collect()),
        "sensors": heard(&ears),
        "unseen": unseen,
        "records_hour": hour,
        "judging": judging(&desk),
    }))
}

fn heard(ears: &[Ear]) -> Value {
    let count = |is: fn(&Hearing) -> bool| {
        ears.iter().filter(|ear| ear.hearing.as_ref().is_some_and(is)).count()
    };
    let dropped = ears.iter().fold(0_u64, |sum, ear| sum.saturating_add(ear.sensor.dropped));
    json!({
        "expected": ears.iter().filter(|ear| ear.is_expected()).count(),
        "hearing": count(|hearing| matches!(hearing, Hearing::Hearing)),
        "late": count(|hearing| matches!(hearing, Hearing::Late { .. })),
        "drifting": count(|hearing| matches!(hearing, Hearing::Drifting { .. })),
        "silent": count(|hearing| matches!(hearing, Hearing::Silent { .. })),
        "dropped": dropped,
    })
}
