//! Records that a program hands in as a file.

use axum::body::{Body as Sent, HttpBody as _, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use ward_access::Act;

use super::doc::{Body, Doc, Gives};
use super::read::{Asked, InQuery, media_type};
use super::schema::{
    Field, Form, Schema, count, flag, form, has, line, maybe, moment, named, text,
};
use super::sensors::{read_of, read_schema};
use super::tell::{self, Answer, made};
use crate::desk::Desk;
use crate::doing::records::{SENT_MAX, check_place, file_name, in_time, take_in, turn};
use crate::doing::wrong;
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "api.records",
    verb: Verb::Post,
    path: "/api/v1/records",
    access: Access::Anyone(Act::SendRecords),
    kind: Kind::Api,
    summary: "Takes a log file in, as the records of the uploads of a jurisdiction",
    handler: || post(take),
}];

/// The kinds of files that are taken; all are read alike.
const TYPES: &[&str] = &["application/octet-stream", "text/plain"];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[Doc {
    route: "api.records",
    about: "As it is, or packed by gzip: up to 30 MB as sent, 256 MiB unpacked. It is judged like \
            all others, at the times that its records bear. A program that sends more than a file \
            now and then is better served by ward sense, which loses nothing while a line is down.",
    query: Named::fields,
    body: Body::Bytes(
        TYPES,
        SENT_MAX,
        "Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 40022 ssh2\n",
    ),
    gives: Gives::Json(201, taken_schema),
    refusals: &[422],
    whole_state: false,
}];

#[derive(Deserialize)]
struct Named {
    jurisdiction: String,
    name: String,
}

impl InQuery for Named {
    fn fields() -> Vec<Field> {
        vec![
            has("jurisdiction", line(1, 48), "Whose machine wrote the log."),
            has("name", line(1, 200), "The file's name: it becomes the stream's."),
        ]
    }
}

fn taken_schema() -> Schema {
    named(
        "Taken",
        [
            has("sensor", text(), "The place of the jurisdiction's uploads among the sensors."),
            has("name", text(), "The stream's name."),
            has("lines", count(), "Its lines."),
            has("bytes", count(), "Its length, unpacked."),
            has("sha256", form(Form::Sha256), "SHA-256 of the unpacked bytes."),
            has(
                "new",
                flag(),
                "False when the same file was taken in before: then it was not now.",
            ),
            has("first", maybe(moment()), "The earliest time that its records bear."),
            has("last", maybe(moment()), "The latest."),
            has("read", read_schema(), "What it was read as, the whole of it."),
        ],
    )
}

async fn take(
    State(desk): State<Desk>,
    who: Who,
    Asked(asked): Asked<Named>,
    headers: HeaderMap,
    body: Sent,
) -> Answer {
    if !TYPES.contains(&media_type(&headers).as_str()) {
        return Err(Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE).into());
    }
    // Before any of it is read: nobody else can make the desk hold so much.
    check_place(&desk, &who, Act::SendRecords, &asked.jurisdiction).await?;
    if body.size_hint().lower() > SENT_MAX as u64 {
        return Err(Problem::of(StatusCode::PAYLOAD_TOO_LARGE).into());
    }
    let _turn = turn(&desk, &who)?;
    let file = in_time(to_bytes(body, SENT_MAX)).await?;
    let file = file.map_err(|_| Problem::of(StatusCode::PAYLOAD_TOO_LARGE))?;
    if file.is_empty() {
        return Err(wrong("file", "There is nothing in it.").into());
    }
    let name = file_name(&asked.name);
    let taken = take_in(&desk, &who, &asked.jurisdiction, name, file.into()).await?;
    made(&json!({
        "sensor": taken.sensor,
        "name": taken.name,
        "lines": taken.cut.records,
        "bytes": taken.cut.length,
        "sha256": data_encoding::HEXLOWER.encode(&taken.cut.sha256),
        "new": taken.before.is_none(),
        "first": tell::moment_or_null(taken.cut.read.first),
        "last": tell::moment_or_null(taken.cut.read.last),
        "read": read_of(&taken.cut.read),
    }))
}
