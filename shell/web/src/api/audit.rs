//! The audit: who did and saw what.

use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_store::audit::{self as kept, Row, Search};

use super::doc::{Body, Doc, Gives};
use super::read::{Asked, InQuery, Nothing, PAGE_MAX, moment};
use super::schema::{
    self, Field, Form, Schema, count, form, has, line, list, may_have, maybe, named, number, text,
};
use super::tell::{self, Answer, Refused, of_state, told};
use crate::acts;
use crate::desk::Desk;
use crate::doing::audit::{Format, give};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.audit",
        verb: Verb::Get,
        path: "/api/v1/audit",
        access: Access::Anyone(Act::SeeAudit),
        kind: Kind::Api,
        summary: "Searches who did and saw what",
        handler: || get(search),
    },
    Route {
        name: "api.audit.check",
        verb: Verb::Get,
        path: "/api/v1/audit/check",
        access: Access::Anyone(Act::SeeAudit),
        kind: Kind::Api,
        summary: "Whether every row of the audit fits its seal",
        handler: || get(check),
    },
    Route {
        name: "api.audit.export",
        verb: Verb::Get,
        path: "/api/v1/audit/export",
        access: Access::Anyone(Act::ExportAudit),
        kind: Kind::Api,
        summary: "The rows that a search finds, as CSV or JSON lines",
        handler: || get(export),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.audit", audit_schema)
        .query(Narrowed::fields)
        .refuses(&[422])
        .whole_state()
        .about(
            "The newest first. For what is older, ask again with before: the number of the last \
             row that came.",
        ),
    Doc::plain("api.audit.check", check_schema)
        .whole_state()
        .about("Reads all rows: it can take a while."),
    Doc {
        route: "api.audit.export",
        about: "What was there when it was asked for; that somebody takes it is put down.",
        query: Export::fields,
        body: Body::None,
        gives: Gives::File(&["text/csv", "application/jsonl"]),
        refusals: &[422],
        whole_state: true,
    },
];

/// Rows unless another number is asked for.
const ROWS: i64 = 100;

#[derive(Deserialize)]
struct Narrowed {
    actor: Option<String>,
    act: Option<String>,
    object: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<i64>,
    limit: Option<i64>,
}

fn bounds() -> Vec<Field> {
    vec![
        may_have("actor", line(0, 200), "Who; the identifier of a person or a token."),
        may_have("act", act_schema(), "What was done."),
        may_have("object", line(0, 200), "To what; its identifier."),
        may_have("from", schema::moment(), "Not before this moment."),
        may_have("to", schema::moment(), "Not after this moment."),
        may_have("before", number(1, i64::MAX), "Only rows with smaller numbers."),
    ]
}

fn act_schema() -> Schema {
    Schema::Choice(acts::ALL.iter().map(|(name, _)| *name).collect())
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let mut fields = bounds();
        fields.push(may_have(
            "limit",
            number(1, PAGE_MAX),
            "How many rows at most; 100 unless said.",
        ));
        fields
    }
}

impl Narrowed {
    fn search(self) -> Result<Search, Refused> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Search {
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            actor: given(self.actor),
            act: given(self.act),
            object: given(self.object),
            before: self.before,
        })
    }
}

fn audit_schema() -> Schema {
    let row = named(
        "AuditRow",
        [
            has("number", count(), "Its number, from 1 without gaps."),
            has("at", schema::moment(), "When."),
            has("actor", text(), "Who: an identifier; empty before anybody is signed in."),
            has("name", text(), "How they were called then."),
            has("act", text(), "What was done."),
            has("words", text(), "What was done, in words."),
            has("object", text(), "To what: an identifier."),
            has("detail", text(), "More."),
            has("address", text(), "From where."),
            has(
                "sha256",
                form(Form::Sha256),
                "The seal: over the one before it and all of the row.",
            ),
        ],
    );
    named(
        "Audit",
        [
            has("rows", list(row), "The newest first."),
            has("before", maybe(count()), "To be sent for older rows; null when there is none."),
        ],
    )
}

fn row_of(row: &Row) -> Value {
    let entry = &row.entry;
    json!({
        "number": row.number,
        "at": tell::moment(entry.at),
        "actor": entry.actor,
        "name": entry.actor_name,
        "act": entry.act,
        "words": acts::words(&entry.act),
        "object": entry.object,
        "detail": entry.detail,
        "address": entry.address,
        "sha256": data_encoding::HEXLOWER.encode(&row.hash),
    })
}

async fn search(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    of_state(&who, Act::SeeAudit)?;
    let limit = asked.limit.unwrap_or(ROWS).clamp(1, PAGE_MAX);
    let search = asked.search()?;
    let mut read = desk.store.read().await?;
    let rows = kept::search(read.link(), &search, limit.saturating_add(1)).await?;
    drop(read);
    let most = usize::try_from(limit).unwrap_or(0);
    let shown = rows.get(..most).unwrap_or(&rows);
    let before = shown.last().filter(|_| rows.len() > most).map(|row| row.number);
    told(&json!({ "rows": shown.iter().map(row_of).collect::<Vec<_>>(), "before": before }))
}

fn check_schema() -> Schema {
    named(
        "AuditCheck",
        [
            has("fit", count(), "Rows from the first on that fit their seals."),
            has("broken", maybe(count()), "The first that does not: changed, or one is missing."),
        ],
    )
}

async fn check(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    of_state(&who, Act::SeeAudit)?;
    let mut read = desk.store.read().await?;
    let (fit, broken) = kept::verify(read.link()).await?;
    told(&json!({ "fit": fit, "broken": broken }))
}

#[derive(Deserialize)]
struct Export {
    actor: Option<String>,
    act: Option<String>,
    object: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<i64>,
    format: Option<String>,
}

impl InQuery for Export {
    fn fields() -> Vec<Field> {
        let mut fields = bounds();
        let formats = Schema::Choice(vec!["csv", "jsonl"]);
        fields.push(may_have("format", formats, "As what; CSV unless said."));
        fields
    }
}

async fn export(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Export>) -> Answer {
    of_state(&who, Act::ExportAudit)?;
    let lines = asked.format.as_deref() == Some("jsonl");
    let Export { actor, act, object, from, to, before, .. } = asked;
    let search = Narrowed { actor, act, object, from, to, before, limit: None }.search()?;
    Ok(give(&desk, &who, search, if lines { Format::Lines } else { Format::Csv }).await?)
}
