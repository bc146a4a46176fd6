//! Sensors: how they are heard, what they read, their names and their end.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_kernel::Time;
use ward_live::{Hints, ReadAs};
use ward_sensor::Hearing;
use ward_store::sensors as kept;
use ward_store::stream::Stream;

use super::doc::Doc;
use super::read::{Asked, At, InBody, InQuery, Nothing, Paged, Sent, page_of, part};
use super::schema::{
    Field, Schema, count, flag, has, line, list, may_have, maybe, micros, moment, named, text,
    words,
};
use super::tell::{self, Answer, told};
use crate::desk::Desk;
use crate::doing::hearing::Ear;
use crate::doing::sensors::{NAME_MAX, found, rename as call, retire as end};
use crate::doing::streams::{read_words, streams_of};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.sensors",
        verb: Verb::Get,
        path: "/api/v1/sensors",
        access: Access::Anyone(Act::SeeSensors),
        kind: Kind::Api,
        summary: "The sensors and how they are heard",
        handler: || get(all),
    },
    Route {
        name: "api.sensors.show",
        verb: Verb::Get,
        path: "/api/v1/sensors/{id}",
        access: Access::Anyone(Act::SeeSensors),
        kind: Kind::Api,
        summary: "One sensor: its streams and what it reports",
        handler: || get(show),
    },
    Route {
        name: "api.sensors.name",
        verb: Verb::Post,
        path: "/api/v1/sensors/{id}/name",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "Calls a sensor by another name",
        handler: || post(rename),
    },
    Route {
        name: "api.sensors.retire",
        verb: Verb::Post,
        path: "/api/v1/sensors/{id}/retire",
        access: Access::Anyone(Act::RetireSensor),
        kind: Kind::Api,
        summary: "Retires a sensor: nothing more is taken from it",
        handler: || post(retire),
    },
    Route {
        name: "api.sensors.read",
        verb: Verb::Post,
        path: "/api/v1/sensors/read",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "Says what lines of a log are read as; keeps nothing",
        handler: || post(read_lines),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.sensors", sensors_schema).query(Narrowed::fields),
    Doc::plain("api.sensors.show", whole_schema),
    Doc::plain("api.sensors.name", sensor_schema)
        .takes(Name::schema, r#"{"name": "Front office firewall"}"#)
        .refuses(&[422]),
    Doc::plain("api.sensors.retire", sensor_schema)
        .about("It cannot be taken back: to listen there again, a new sensor is enrolled."),
    Doc::plain("api.sensors.read", read_schema).takes(
        Lines::schema,
        r#"{"line": "Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 40022 ssh2"}"#,
    ),
];

/// Streams that are told of one sensor.
const STREAMS: i64 = 200;
/// Lines of what a sensor reports about itself.
const REPORTED: usize = 100;
/// The longest text that is read as a try, in characters.
const TRY_MAX: usize = 8 << 10;

#[derive(Deserialize)]
struct Narrowed {
    jurisdiction: Option<String>,
    retired: Option<bool>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let mut fields = vec![
            may_have("jurisdiction", line(0, 48), "Those of one; its identifier."),
            may_have("retired", flag(), "Only those that were retired, or only the others."),
        ];
        fields.extend(part());
        fields
    }
}

fn sensor_fields() -> Vec<Field> {
    let hearing = named(
        "Hearing",
        [
            has(
                "is",
                Schema::Choice(vec!["hearing", "late", "drifting", "silent", "retired", "by-hand"]),
                "Whether it is heard; by-hand: log files that people and programs upload.",
            ),
            has("by_micros", maybe(micros()), "How late, or how far its clock is ahead."),
            has("since", maybe(moment()), "Silent since."),
        ],
    );
    vec![
        has("id", text(), "Its identifier."),
        has("name", text(), "What people call it."),
        has("jurisdiction", text(), "The jurisdiction whose machines it reads."),
        has("hearing", hearing, ""),
        has("enrolled", moment(), "When it was enrolled."),
        has("retired", maybe(moment()), "When it was retired."),
        has("heard", moment(), "When it was last heard; its enrolment before the first time."),
        has("newest", maybe(moment()), "When its newest records were taken in."),
        has("drift_micros", micros(), "How far its clock is ahead of the desk's."),
        has("waiting", count(), "Batches that wait at the sensor."),
        has("dropped", count(), "Records that it had to drop."),
        has("records", count(), "Records that it has sent."),
        has("bytes", count(), "Bytes that it has sent, unpacked."),
    ]
}

/// A sensor on a list.
fn sensor_schema() -> Schema {
    named("Sensor", sensor_fields())
}

fn sensors_schema() -> Schema {
    named("Sensors", page_of("sensors", sensor_schema()))
}

fn fields_of(ear: &Ear) -> Value {
    let sensor = &ear.sensor;
    let (is, by, since) = match ear.hearing {
        None => ("by-hand", None, None),
        Some(Hearing::Hearing) => ("hearing", None, None),
        Some(Hearing::Late { by }) => ("late", Some(by), None),
        Some(Hearing::Drifting { by }) => ("drifting", Some(by), None),
        Some(Hearing::Silent { since }) => ("silent", None, Some(since)),
        Some(Hearing::Retired) => ("retired", None, None),
    };
    json!({
        "id": sensor.id,
        "name": sensor.name,
        "jurisdiction": sensor.jurisdiction,
        "hearing": { "is": is, "by_micros": by, "since": tell::moment_or_null(since) },
        "enrolled": tell::moment(sensor.enrolled),
        "retired": tell::moment_or_null(sensor.retired),
        "heard": tell::moment(sensor.heard),
        "newest": tell::moment_or_null(sensor.newest),
        "drift_micros": sensor.drift,
        "waiting": sensor.waiting,
        "dropped": sensor.dropped,
        "records": sensor.records,
        "bytes": sensor.bytes,
    })
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let wanted = asked.jurisdiction.filter(|id| !id.is_empty());
    let mut read = desk.store.read().await?;
    let own = who.narrowed(Act::SeeSensors);
    let mut found = kept::list(read.link(), own.or(wanted.as_deref())).await?;
    drop(read);
    found.retain(|sensor| {
        wanted.as_ref().is_none_or(|wanted| *wanted == sensor.jurisdiction)
            && asked.retired.is_none_or(|retired| retired == sensor.retired.is_some())
    });
    let paged = Paged::of(asked.limit, asked.offset);
    let now = desk.now();
    let shown = paged.cut(&found).map(|sensor| fields_of(&Ear::new(sensor.clone(), now)));
    told(&json!({ "sensors": shown.collect::<Vec<_>>(), "total": found.len() }))
}

fn whole_schema() -> Schema {
    let stream = named(
        "Stream",
        [
            has("name", text(), "Its name at the sensor: a path, an address."),
            has(
                "format",
                text(),
                "What it is read as, by its name; empty when the desk finds out.",
            ),
            has("format_words", text(), "What it is read as, in words."),
            has("newest", moment(), "When its newest records were taken in."),
            has("records", count(), "Records so far."),
            has("lag_bytes", maybe(count()), "Bytes that wait to be read at the machine."),
            has("problem", maybe(text()), "What is wrong with it, as the sensor says."),
        ],
    );
    let drop = named(
        "Drop",
        [
            has("stream", text(), "The stream's name."),
            has("records", count(), "Records."),
            has("bytes", count(), "Bytes."),
            has("first", moment(), "The first of them."),
            has("last", moment(), "The last of them."),
        ],
    );
    let mut fields = sensor_fields();
    fields.extend([
        has("host", text(), "The machine's name, as the sensor says; may be empty."),
        has("version", text(), "The program's version; may be empty."),
        has("spool_bytes", count(), "Bytes that wait at the machine."),
        has("spool_limit", count(), "The most that may wait there."),
        has("problems", list(text()), "What the sensor says that somebody should look at."),
        has("streams", list(stream), "The one that was written last first, at most 200."),
        has("drops", list(drop), "What is missing, because the machine had no room for it."),
    ]);
    named("SensorWhole", fields)
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let mut read = desk.store.read().await?;
    let sensor = found(read.link(), &who, &id, Act::SeeSensors).await?;
    let streams = streams_of(read.link(), &id, STREAMS).await?;
    drop(read);
    let now = desk.now();
    told(&whole(&Ear::new(sensor, now), &streams, now))
}

fn whole(ear: &Ear, streams: &[Stream], now: Time) -> Value {
    let status = &ear.status;
    let drops = status.dropped.iter().take(REPORTED).map(|drop| {
        json!({
            "stream": drop.source,
            "records": drop.records,
            "bytes": drop.bytes,
            "first": tell::moment(Time::from_micros(drop.first)),
            "last": tell::moment(Time::from_micros(drop.last)),
        })
    });
    let streams = streams.iter().map(|stream| stream_of(ear, stream, now));
    let more = json!({
        "host": status.host,
        "version": status.version,
        "spool_bytes": status.spool_bytes,
        "spool_limit": status.spool_limit,
        "problems": status.problems.get(..REPORTED).unwrap_or(&status.problems),
        "streams": streams.collect::<Vec<_>>(),
        "drops": drops.collect::<Vec<_>>(),
    });
    let mut all = fields_of(ear);
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

fn stream_of(ear: &Ear, stream: &Stream, now: Time) -> Value {
    let source = ear.status.sources.iter().find(|source| source.name == stream.name);
    let said = source.and_then(|source| source.format.as_deref());
    let format = said.unwrap_or(&stream.format);
    json!({
        "name": stream.name,
        "format": format,
        "format_words": if format.is_empty() { read_words(stream, now) } else { ward_live::label(format) },
        "newest": tell::moment(stream.newest),
        "records": stream.records,
        "lag_bytes": source.map(|source| source.lag_bytes),
        "problem": source.and_then(|source| source.problem.as_ref()),
    })
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

impl InBody for Name {
    fn schema() -> Schema {
        named("NewName", [has("name", line(1, NAME_MAX), "What people will call it.")])
    }
}

async fn rename(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<Name>,
) -> Answer {
    call(&desk, &who, &id, sent.name.trim()).await?;
    one(&desk, &who, &id).await
}

async fn retire(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    end(&desk, &who, &id).await?;
    one(&desk, &who, &id).await
}

/// A sensor as it is now.
async fn one(desk: &Desk, who: &Who, id: &str) -> Answer {
    let mut read = desk.store.read().await?;
    let sensor = found(read.link(), who, id, Act::SeeSensors).await?;
    told(&fields_of(&Ear::new(sensor, desk.now())))
}

#[derive(Deserialize)]
struct Lines {
    line: String,
}

impl InBody for Lines {
    fn schema() -> Schema {
        named("Lines", [has("line", words(1, TRY_MAX), "A line of a log, or a few.")])
    }
}

fn read_fields() -> Vec<Field> {
    vec![
        has("format", maybe(text()), "The format's name; null when no reader knows the text."),
        has("format_words", maybe(text()), "The format in words."),
        has("told", count(), "Lines that say something that is judged."),
        has("aside", count(), "Lines that were understood and hold nothing to judge."),
        has("misread", count(), "Lines that were not understood."),
        has("words", list(text()), "The first few lines in words."),
        has("why", list(text()), "Why the first few of those that were not understood were not."),
    ]
}

/// What a text was read as.
pub(crate) fn read_schema() -> Schema {
    named("ReadAs", read_fields())
}

/// What a text was read as.
pub(crate) fn read_of(read: &ReadAs) -> Value {
    json!({
        "format": read.format,
        "format_words": read.label(),
        "told": read.told,
        "aside": read.aside,
        "misread": read.misread,
        "words": read.words,
        "why": read.why,
    })
}

async fn read_lines(
    State(desk): State<Desk>,
    _: Asked<Nothing>,
    Sent(sent): Sent<Lines>,
) -> Answer {
    let hints = Hints { newest: desk.now(), ..Hints::default() };
    told(&read_of(&ward_live::read_as(sent.line.as_bytes(), &hints)))
}
