//! Cases: the list, one with its because, its steps, its evidence.

use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use ward_access::{Act, Scope};
use ward_kernel::Rung;
use ward_live::Standing;
use ward_store::cases::{self as kept, Filed, Filter, Handling, Line, Order, Owned, Step};
use ward_store::evidence::{self, Sealed};
use ward_store::queue;

use super::case_file::{counterpart_schema, counterparts_of, file_fields, file_of};
use super::doc::Doc;
use super::read::{Asked, At, InQuery, Nothing, Paged, Part, page_of, part};
use super::schema::{
    Field, Form, Schema, choice, count, flag, form, has, line, list, may_have, maybe, moment,
    named, text, words,
};
use super::tell::{self, Answer, Refused, told};
use crate::desk::Desk;
use crate::doing::case_files;
use crate::doing::cases::{Body, found, standing_name};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui;
use crate::who::Who;
use crate::words::{kind_words, logged, rung};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.cases",
        verb: Verb::Get,
        path: "/api/v1/cases",
        access: Access::Anyone(Act::SeeCases),
        kind: Kind::Api,
        summary: "The cases of the state, or of one's own jurisdiction",
        handler: || get(all),
    },
    Route {
        name: "api.cases.show",
        verb: Verb::Get,
        path: "/api/v1/cases/{id}",
        access: Access::Anyone(Act::SeeCase),
        kind: Kind::Api,
        summary: "One case with its because",
        handler: || get(show),
    },
    Route {
        name: "api.cases.steps",
        verb: Verb::Get,
        path: "/api/v1/cases/{id}/steps",
        access: Access::Anyone(Act::SeeCase),
        kind: Kind::Api,
        summary: "What happened in a case, in order",
        handler: || get(steps),
    },
    Route {
        name: "api.cases.evidence",
        verb: Verb::Get,
        path: "/api/v1/cases/{id}/evidence",
        access: Access::Anyone(Act::SeeEvidence),
        kind: Kind::Api,
        summary: "The sealed records that a case stands on",
        handler: || get(evidence_of),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.cases", cases_schema).query(Narrowed::fields).about(
        "The highest rung first, then the one that changed last. The rung is the one that counts: \
                judgement's, or the desk's own.",
    ),
    Doc::plain("api.cases.show", case_schema).about("That somebody looks is put into the audit."),
    Doc::plain("api.cases.steps", steps_schema).about("That somebody looks is put into the audit."),
    Doc::plain("api.cases.evidence", evidence_schema)
        .query(Part::fields)
        .about("Records as they were logged. That somebody looks is put into the audit."),
];

/// Sources and accounts that are listed; the rest is counted.
const LISTED: usize = 1000;

#[derive(Deserialize)]
struct Narrowed {
    rung: Option<String>,
    handling: Option<String>,
    kind: Option<String>,
    jurisdiction: Option<String>,
    owner: Option<String>,
    text: Option<String>,
    past: Option<bool>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let mut fields = vec![
            may_have("rung", rung_schema(), "This rung or a higher one."),
            may_have("handling", handling_schema(), "What people made of it."),
            may_have("kind", line(0, 60), "Its kind, such as login.guess."),
            may_have("jurisdiction", line(0, 48), "One that it touches; its identifier."),
            may_have("owner", line(0, 64), "Who has it, by identifier; nobody for those without."),
            may_have("text", words(0, 100), "A part of the title, the kind or the identifier."),
            may_have("past", flag(), "Also those explained later, and those merged into others."),
        ];
        fields.extend(part());
        fields
    }
}

/// A rung of the ladder.
pub(crate) fn rung_schema() -> Schema {
    choice(Rung::ALL, Rung::name)
}

/// What people made of a case.
pub(crate) fn handling_schema() -> Schema {
    choice(Handling::ALL, Handling::as_str)
}

fn line_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier."),
        has("kind", text(), "Its kind, such as login.guess."),
        has("kind_words", text(), "The kind in words."),
        has("rung", rung_schema(), "How far it got, as it counts: by judgement, or by the desk."),
        has("judged", rung_schema(), "How far it got by judgement."),
        has("title", text(), "It in one line."),
        has("opened", moment(), "When it was opened, by the desk's clock."),
        has("updated", moment(), "When it last changed, by the desk's clock."),
        has("first", moment(), "Its first record."),
        has("last", moment(), "Its last record."),
        has("records", count(), "Records that it stands on."),
        has("authorised", flag(), "Whether it lies in the window of a registered test."),
        has(
            "standing",
            Schema::Choice(vec!["open", "gone", "merged"]),
            "Open, explained later, or a part of another, by judgement or by people.",
        ),
        has("handling", handling_schema(), "What people made of it."),
        has("owner", maybe(text()), "Who has it; their identifier."),
        has("owner_name", maybe(text()), "What they are called."),
        has("jurisdictions", list(text()), "Those that it touches, as far as one may see them."),
        has("other_jurisdictions", count(), "How many others it touches."),
    ]
}

fn cases_schema() -> Schema {
    named("Cases", page_of("cases", named("CaseLine", line_fields())))
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let filter = Filter {
        rung: asked.rung.as_deref().and_then(rung),
        handling: asked.handling.and_then(|name| name.parse().ok()),
        kind: asked.kind.filter(|kind| !kind.is_empty()),
        with_past: asked.past.unwrap_or(false),
        text: asked.text.unwrap_or_default(),
        jurisdiction: asked.jurisdiction.filter(|id| !id.is_empty()),
        owned: match asked.owner.filter(|owner| !owner.is_empty()) {
            None => Owned::Any,
            Some(owner) if owner == "nobody" => Owned::ByNobody,
            Some(owner) => Owned::By(owner),
        },
        order: Order::Newest,
        alone: false,
        place: None,
    };
    let paged = Paged::of(asked.limit, asked.offset);
    let scope = who.case_scope();
    let mut read = desk.store.read().await?;
    let total = kept::count(read.link(), scope, &filter).await?;
    let found = kept::list(read.link(), scope, &filter, paged.limit, paged.offset).await?;
    drop(read);
    let cases: Vec<Value> = found.iter().map(|line| line_of(&who, line)).collect();
    told(&json!({ "cases": cases, "total": total }))
}

fn line_of(who: &Who, line: &Line) -> Value {
    let (known, others) = places(who, &line.jurisdictions);
    json!({
        "id": line.id,
        "kind": line.kind,
        "kind_words": kind_words(&line.kind),
        "rung": line.rung.name(),
        "judged": line.judged.name(),
        "title": line.title,
        "opened": tell::moment(line.opened),
        "updated": tell::moment(line.updated),
        "first": tell::moment(line.first),
        "last": tell::moment(line.last),
        "records": line.records,
        "authorised": line.authorised,
        "standing": line.standing,
        "handling": line.handling.as_str(),
        "owner": line.owner.as_ref().map(|owner| &owner.id),
        "owner_name": line.owner.as_ref().map(|owner| &owner.name),
        "jurisdictions": known,
        "other_jurisdictions": others,
    })
}

/// The jurisdictions that somebody may know of, and how many others there are.
fn places<'a>(who: &Who, ids: &'a [String]) -> (Vec<&'a String>, usize) {
    let known: Vec<&String> =
        ids.iter().filter(|id| who.may(Act::SeeCases, Scope::Jurisdiction(id))).collect();
    let others = ids.len().saturating_sub(known.len());
    (known, others)
}

/// One case.
pub(crate) fn case_schema() -> Schema {
    let mut fields = line_fields();
    fields.extend([
        has("scope", text(), "\"state\", or the jurisdiction whose engine judged it."),
        has("reason", text(), "Why people handled it so; may be empty."),
        has("because", list(text()), "Why it stands on its rung."),
        has("sources", list(text()), "Addresses that it came from: the first thousand."),
        has("source_count", count(), "How many there are."),
        has("networks", list(text()), "Networks in which most of them are."),
        has("known", maybe(text()), "Whom they are known to belong to."),
        has("accounts", list(text()), "Accounts that were tried: the first thousand."),
        has("targets", list(text()), "Machines or services that it was aimed at."),
        has("target_count", count(), "How many there are."),
        has("test_owner", maybe(text()), "Who registered the test in whose window it lies."),
        has("merged_into", maybe(text()), "The case that it is a part of now."),
        has("related", list(text()), "Cases that share a source; their identifiers."),
        has("counterparts", list(counterpart_schema()), "The same in other views: the first 20."),
        has(
            "counterparts_known",
            flag(),
            "Whether all that lie near it in other views were compared.",
        ),
    ]);
    fields.extend(file_fields());
    named("Case", fields)
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    told(&look(&desk, &who, &id).await?)
}

/// One case; that somebody looks is put down.
pub(super) async fn look(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut tx = desk.store.begin().await?;
    let filed = found(tx.link(), who, id, Act::SeeCase).await?;
    let value = value_of(tx.link(), who, &filed).await?;
    tx.commit(who.did(desk.now(), "case.look", id, "the case")).await?;
    Ok(value)
}

/// A case as it is told, with which others share a source.
async fn value_of(
    mut link: ward_store::Link<'_>,
    who: &Who,
    filed: &Filed,
) -> Result<Value, ward_store::Error> {
    let case = &filed.case;
    let body = Body::of(case);
    let file = case_files::read(link.again(), &case.id).await?;
    let parts = queue::parts(link.again(), &case.id).await?;
    let parts: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    let related = body.related(link.again(), case).await?;
    let (counterparts, is_known) = counterparts_of(link, who, filed).await?;
    let related: Vec<&String> = related.iter().map(|other| &other.id).collect();
    let (known, others) = places(who, &case.jurisdictions);
    let sources: Vec<String> = case.sources.iter().take(LISTED).map(ToString::to_string).collect();
    let judged_into = match &case.standing {
        Standing::Merged(into) => Some(into),
        Standing::Open | Standing::Gone => None,
    };
    let merged_into = filed.merged_into.as_ref().or(judged_into);
    let standing =
        if filed.merged_into.is_some() { "merged" } else { standing_name(&case.standing) };
    let value = json!({
        "id": case.id,
        "kind": case.kind,
        "kind_words": kind_words(&case.kind),
        "rung": filed.seen.name(),
        "judged": case.rung.name(),
        "title": case.title,
        "opened": tell::moment(case.opened),
        "updated": tell::moment(case.updated),
        "first": tell::moment(case.first),
        "last": tell::moment(case.last),
        "records": case.records,
        "authorised": case.authorised.is_some(),
        "standing": standing,
        "handling": filed.handling.as_str(),
        "owner": filed.owner.as_ref().map(|owner| &owner.id),
        "owner_name": filed.owner.as_ref().map(|owner| &owner.name),
        "jurisdictions": known,
        "other_jurisdictions": others,
        "scope": case.scope,
        "reason": filed.reason,
        "because": case.because,
        "sources": sources,
        "source_count": case.source_count,
        "networks": body.networks,
        "known": body.known,
        "accounts": body.accounts.get(..LISTED).unwrap_or(&body.accounts),
        "targets": body.targets.get(..LISTED).unwrap_or(&body.targets),
        "target_count": body.target_count,
        "test_owner": case.authorised,
        "merged_into": merged_into,
        "related": related,
        "counterparts": counterparts,
        "counterparts_known": is_known,
    });
    Ok(tell::with(value, file_of(&file, &parts, filed.split_from.as_deref())))
}

/// A step of a case.
pub(crate) fn step_schema() -> Schema {
    named(
        "Step",
        [
            has("number", count(), "Its number in the case, from 1."),
            has("at", moment(), "When."),
            has("rung", rung_schema(), "The rung from then on."),
            has("what", text(), "What happened."),
        ],
    )
}

fn steps_schema() -> Schema {
    named("Steps", [has("steps", list(step_schema()), "In order.")])
}

/// A step as it is told.
pub(crate) fn step_of(step: &Step) -> Value {
    json!({
        "number": step.number,
        "at": tell::moment(step.at),
        "rung": step.rung.name(),
        "what": step.what,
    })
}

async fn steps(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let mut tx = desk.store.begin().await?;
    found(tx.link(), &who, &id, Act::SeeCase).await?;
    let steps = kept::steps(tx.link(), &id).await?;
    tx.commit(who.did(desk.now(), "case.look", &id, "its steps")).await?;
    told(&json!({ "steps": steps.iter().map(step_of).collect::<Vec<_>>() }))
}

fn evidence_schema() -> Schema {
    let record = named(
        "SealedRecord",
        [
            has("sensor", text(), "The sensor that sent it; its identifier."),
            has("sensor_name", text(), "What people call the sensor."),
            has("jurisdiction", text(), "The sensor's jurisdiction."),
            has("stream", text(), "The stream's name at the sensor."),
            has("place", count(), "Where it begins in the stream, in bytes."),
            has("at", moment(), "When it happened."),
            has("shows", text(), "What it shows."),
            has("text", text(), "As text: what is no UTF-8 is replaced, and a long one is cut."),
            has("base64", form(Form::Base64), "Its bytes, exactly, without the newline."),
            has("sha256", form(Form::Sha256), "SHA-256 of the bytes, as it was sealed."),
            has("fits", flag(), "Whether the bytes still fit their seal."),
        ],
    );
    named("Evidence", page_of("records", record))
}

async fn evidence_of(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    Asked(asked): Asked<Part>,
) -> Answer {
    let mut tx = desk.store.begin().await?;
    found(tx.link(), &who, &id, Act::SeeEvidence).await?;
    let own = who.narrowed(Act::SeeEvidence);
    let all = evidence::of(tx.link(), &id, own).await?;
    let records: Vec<Value> = Paged::from(asked).cut(&all).map(sealed).collect();
    let shown = ui::count(records.len() as u64, "sealed record", "sealed records");
    tx.commit(who.did(desk.now(), "case.look", &id, format!("with {shown}"))).await?;
    told(&json!({ "records": records, "total": all.len() }))
}

fn sealed(record: &Sealed) -> Value {
    json!({
        "sensor": record.sensor,
        "sensor_name": record.sensor_name,
        "jurisdiction": record.jurisdiction,
        "stream": record.stream_name,
        "place": record.place,
        "at": tell::moment(record.at),
        "shows": record.shows,
        "text": logged(&record.line),
        "base64": data_encoding::BASE64.encode(&record.line),
        "sha256": data_encoding::HEXLOWER.encode(&record.sha256),
        "fits": Sha256::digest(&record.line).as_slice() == record.sha256.as_slice(),
    })
}
