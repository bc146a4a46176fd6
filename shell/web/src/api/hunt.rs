//! The search over thirteen months.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_history::{
    Answer as Found, DayCount, Indicator, KeySeen, Place, Searched, Seen, day_text,
};
use ward_kernel::{KeyKind, Rung};

use super::cases::rung_schema;
use super::doc::Doc;
use super::read::{Asked, InBody, Nothing, Sent};
use super::schema::{
    Form, Schema, at_most, choice, count, flag, form, has, list, may_have, maybe, moment, named,
    number, text, words,
};
use super::tell::{self, Answer, told};
use crate::desk::Desk;
use crate::doing::hunt::{DAYS, MOST, SENT_MAX, hunt};
use crate::doing::{Why, wrong};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "api.hunt",
    verb: Verb::Post,
    path: "/api/v1/hunt",
    access: Access::Anyone(Act::Hunt),
    kind: Kind::Api,
    summary: "Looks for addresses, accounts, domains or hashes in thirteen months",
    handler: || post(look).layer(DefaultBodyLimit::max(SENT_MAX)),
}];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[Doc::plain("api.hunt", hunt_schema)
    .takes(
        Wanted::schema,
        r#"{"indicators": ["192.0.2.7", "198.51.100.0/24", "hxxps://county[.]example/"], "days": 90, "daily": true}"#,
    )
    .refuses(&[422])
    .about(
        "Answers where, when and how often each was seen, and what \"not seen\" means: how much \
         was searched. That there was a search is put into the audit with how much was looked \
         for, not what. 422: not one of the indicators was understood.",
    )];

/// The longest text of an indicator, in characters; what is longer than is kept is not understood.
const INDICATOR_MAX: usize = 2_000;
/// Indicators that were not understood, as far as they are listed.
const MISREAD: usize = 1_000;

#[derive(Deserialize)]
struct Wanted {
    indicators: Vec<String>,
    days: Option<i64>,
    #[serde(default)]
    under: bool,
    #[serde(default)]
    daily: bool,
}

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "HuntWanted",
            [
                has(
                    "indicators",
                    at_most(MOST, words(0, INDICATOR_MAX)),
                    "Addresses, networks, accounts, domains, hashes, as they were received.",
                ),
                may_have("days", number(1, DAYS), "How many days back; all unless said."),
                may_have("under", flag(), "Whether a domain stands for all names under it, too."),
                may_have("daily", flag(), "Whether the counts of each day are wanted."),
            ],
        )
    }
}

/// What could not be understood: its number in the list, and why.
struct Misread {
    number: usize,
    why: String,
}

fn read(wanted: &Wanted) -> (Vec<Indicator>, Vec<Misread>) {
    let (mut indicators, mut misread) = (Vec::new(), Vec::new());
    for (number, text) in wanted.indicators.iter().enumerate() {
        match Indicator::parse(text) {
            Ok(one) if wanted.under => indicators.push(one.with_names_under()),
            Ok(one) => indicators.push(one),
            Err(why) => misread.push(Misread { number, why }),
        }
    }
    (indicators, misread)
}

async fn look(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(wanted): Sent<Wanted>,
) -> Answer {
    let (indicators, misread) = read(&wanted);
    if indicators.is_empty() {
        return Err(nothing_understood(&misread).into());
    }
    let days = wanted.days.unwrap_or(DAYS);
    let (answer, took) = hunt(&desk, &who, indicators, days, wanted.daily).await?;
    told(&value_of(&answer, &misread, took))
}

fn nothing_understood(misread: &[Misread]) -> Why {
    let why = misread.first().map_or_else(
        || "Name at least one address, account, domain or hash.".to_owned(),
        |one| format!("[{}]: {}.", one.number, one.why),
    );
    wrong("indicators", why)
}

fn hunt_schema() -> Schema {
    let misread = named(
        "Misread",
        [
            has("number", count(), "Its place in the list, from 0."),
            has("why", text(), "Why it was not understood."),
        ],
    );
    let searched = named(
        "Searched",
        [
            has(
                "words",
                text(),
                "In a sentence: \"searched 81,004 records of 12 sensors over 90 days\".",
            ),
            has("records", count(), "Records that were read by the sensors; 0 when nobody said."),
            has(
                "sightings",
                count(),
                "Rows of the history that were searched or could be passed over.",
            ),
            has("sensors", count(), "Sensors that they came from."),
            has("days", count(), "Days with anything from any of them."),
            has("first", maybe(form(Form::Day)), "The first of these days."),
            has("last", maybe(form(Form::Day)), "The last of these days."),
        ],
    );
    named(
        "Hunt",
        [
            has("found", list(found_schema()), "What was seen, in the order asked."),
            has("absent", list(text()), "What was not seen."),
            has("misread", list(misread), "What was not understood, and not looked for."),
            has("searched", searched, "Where was looked: what \"not seen\" means."),
            has(
                "stopped",
                maybe(form(Form::Day)),
                "The time was over: this day and those before it were not searched to their end.",
            ),
            has(
                "unreadable_files",
                count(),
                "Files of the history that could not be read to their end.",
            ),
            has("took_ms", count(), "How long it took, in milliseconds."),
        ],
    )
}

fn found_schema() -> Schema {
    let place = named(
        "SeenAt",
        [
            has("sensor", text(), "The sensor's name."),
            has("jurisdiction", text(), "Its jurisdiction."),
            has("records", count(), ""),
            has("first", moment(), ""),
            has("last", moment(), ""),
            has("rung", maybe(rung_schema()), ""),
        ],
    );
    let key = named(
        "SeenKey",
        [
            has("key", text(), "The address or name."),
            has("records", count(), ""),
            has("first", moment(), ""),
            has("last", moment(), ""),
            has("rung", maybe(rung_schema()), ""),
        ],
    );
    let day = named(
        "SeenOn",
        [
            has("day", form(Form::Day), ""),
            has("records", count(), ""),
            has("rung", maybe(rung_schema()), ""),
        ],
    );
    named(
        "Seen",
        [
            has("indicator", text(), "What was looked for."),
            has("kind", choice(KeyKind::ALL, KeyKind::name), ""),
            has("first", moment(), "The first record that names it, within the days asked."),
            has("last", moment(), "The last."),
            has("days", count(), "Days on which it was seen."),
            has("records", count(), "Records that name it."),
            has("rung", maybe(rung_schema()), "The highest rung of a case that it belonged to."),
            has("places", list(place), "Sensors that saw it, most records first."),
            has("elsewhere", count(), "Records of sensors that are not listed."),
            has("keys", list(key), "Of a network or a domain: what of it was seen."),
            has("of_other_keys", count(), "Records of keys that are not listed."),
            has("daily", list(day), "Day by day, when that was asked for."),
        ],
    )
}

fn value_of(answer: &Found, misread: &[Misread], took: Duration) -> Value {
    let misread = misread.iter().take(MISREAD);
    let misread = misread.map(|one| json!({ "number": one.number, "why": one.why }));
    let found = answer.found.iter().map(|one| seen(&one.indicator, &one.seen));
    json!({
        "found": found.collect::<Vec<_>>(),
        "absent": answer.absent.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "misread": misread.collect::<Vec<_>>(),
        "searched": searched(&answer.searched),
        "stopped": answer.stopped.and_then(|stopped| day_text(stopped.day)),
        "unreadable_files": answer.problems.len(),
        "took_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    })
}

fn searched(searched: &Searched) -> Value {
    let (first, last) = searched.span.unzip();
    json!({
        "words": searched.to_string(),
        "records": searched.records,
        "sightings": searched.sightings,
        "sensors": searched.sensors,
        "days": searched.days,
        "first": first.and_then(day_text),
        "last": last.and_then(day_text),
    })
}

fn seen(indicator: &Indicator, seen: &Seen) -> Value {
    json!({
        "indicator": indicator.to_string(),
        "kind": indicator.kind().name(),
        "first": tell::moment(seen.first),
        "last": tell::moment(seen.last),
        "days": seen.days,
        "records": seen.count,
        "rung": rung(seen.rung),
        "places": seen.places.iter().map(place).collect::<Vec<_>>(),
        "elsewhere": seen.elsewhere,
        "keys": seen.keys.iter().map(key).collect::<Vec<_>>(),
        "of_other_keys": seen.of_other_keys,
        "daily": seen.daily.iter().map(day).collect::<Vec<_>>(),
    })
}

fn rung(rung: Option<Rung>) -> Option<&'static str> {
    rung.map(Rung::name)
}

fn place(place: &Place) -> Value {
    json!({
        "sensor": place.sensor,
        "jurisdiction": place.jurisdiction,
        "records": place.count,
        "first": tell::moment(place.first),
        "last": tell::moment(place.last),
        "rung": rung(place.rung),
    })
}

fn key(key: &KeySeen) -> Value {
    json!({
        "key": key.key,
        "records": key.count,
        "first": tell::moment(key.first),
        "last": tell::moment(key.last),
        "rung": rung(key.rung),
    })
}

fn day(day: &DayCount) -> Value {
    json!({
        "day": day_text(day.day).unwrap_or_default(),
        "records": day.count,
        "rung": rung(day.rung),
    })
}
