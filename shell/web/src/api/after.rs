//! The night again: what was put down in a span, how it stood at a moment, and the span as a file.

use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::incident::{Stage, Voting};
use ward_desk::replay::{Event, Lane, Stand};
use ward_desk::shift::Position;
use ward_kernel::time::SECOND;

use super::doc::{Body, Doc, Gives};
use super::incidents::stage_name;
use super::read::{Asked, InQuery, Paged, moment, page_of, part};
use super::schema::{
    self, Field, Form, Schema, choice, count, flag, form, has, line, list, may_have, maybe, named,
    text,
};
use super::situation::rungs_schema;
use super::tell::{self, Answer, of_state, told};
use crate::desk::Desk;
use crate::doing::after::export::{Form as Given, give};
use crate::doing::after::record::words;
use crate::doing::after::{self as doing, end_of};
use crate::doing::wrong;
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.after",
        verb: Verb::Get,
        path: "/api/v1/after",
        access: Access::Anyone(Right::SeeAfter),
        kind: Kind::Api,
        summary: "What was put down in a span, and how everything stood at a moment",
        handler: || get(show),
    },
    Route {
        name: "api.after.export",
        verb: Verb::Get,
        path: "/api/v1/after/export",
        access: Access::Anyone(Right::SeeAfter),
        kind: Kind::Api,
        summary: "A span as a report and as records, with the rules that were applied",
        handler: || get(export),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.after", after_schema).query(Shown::fields).refuses(&[422]).whole_state().about(
        "The last 24 hours unless a span is given. How it stood is worked out from the \
             entries up to the moment and from nothing else.",
    ),
    Doc {
        route: "api.after.export",
        about: "Redacted unless redacted is false, which takes the right to take the night away \
                with nothing taken out. The ZIP holds the report, the record and the list of what \
                they are.",
        query: Export::fields,
        body: Body::None,
        gives: Gives::File(&["application/zip", "text/html", "application/json", "text/csv"]),
        refusals: &[422],
        whole_state: true,
    },
];

fn bounds() -> Vec<Field> {
    vec![
        may_have("from", schema::moment(), "The beginning of the span, with its end."),
        may_have("to", schema::moment(), "The end of the span, with its beginning."),
        may_have("jurisdiction", line(0, 48), "What is of one jurisdiction alone."),
    ]
}

#[derive(Deserialize)]
struct Shown {
    from: Option<String>,
    to: Option<String>,
    jurisdiction: Option<String>,
    at: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Shown {
    fn fields() -> Vec<Field> {
        let mut fields = bounds();
        fields.push(may_have("at", schema::moment(), "The moment; the end, or now, unless said."));
        fields.extend(part());
        fields
    }
}

/// The span, as the page's address has it.
fn fields_of(
    from: Option<&str>,
    to: Option<&str>,
    jurisdiction: Option<String>,
) -> Result<Fields, tell::Refused> {
    let secs = |name, text| moment(name, text).map(|at| at.map(|at| at.secs().to_string()));
    let (from, to) = (secs("from", from)?, secs("to", to)?);
    if from.is_some() != to.is_some() {
        return Err(wrong("from", "Give the beginning of a span with its end, or neither.").into());
    }
    let sent = [("begin", from), ("end", to), ("jurisdiction", jurisdiction)];
    let given = sent.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(Fields::new(given.collect()))
}

fn after_schema() -> Schema {
    let value = named(
        "AfterText",
        [has("name", text(), "What it is."), has("text", text(), "What it says.")],
    );
    let event = named(
        "AfterEvent",
        [
            has("at", schema::moment(), "When it was put down."),
            has("under", choice(Lane::ALL, Lane::name), "Under what it stands."),
            has("kind", text(), "Of what kind its log is."),
            has("log", text(), "The log, case or sensor; its identifier."),
            has("entry", count(), "Its number there."),
            has("jurisdiction", maybe(text()), "Whose the log is; null when the state's."),
            has("by", maybe(text()), "By whom, as they were called then."),
            has("act", text(), "What was done."),
            has("words", text(), "What was done, in words."),
            has("texts", list(value), "Its values."),
            has("stands_out", flag(), "Whether it stands out."),
            has("sha256", maybe(form(Form::Sha256)), "The seal of its entry."),
        ],
    );
    let mut fields = page_of("events", event);
    fields.extend([
        has("from", schema::moment(), "The beginning of the span."),
        has("to", schema::moment(), "The end of the span."),
        has("stood", stood_schema(), "How everything stood at the moment."),
        has("missing", list(text()), "What is not in it, in sentences."),
    ]);
    named("After", fields)
}

fn stood_schema() -> Schema {
    let incident = named(
        "AfterIncident",
        [
            has("id", text(), "Its identifier."),
            has("jurisdiction", maybe(text()), "Where."),
            has("stage", choice(Stage::ALL, stage_name), "How far it was."),
            has(
                "voting",
                maybe(choice(Voting::ALL, Voting::name)),
                "Whether people could vote there.",
            ),
            has("owner", maybe(text()), "Who had it."),
        ],
    );
    let position = named(
        "AfterPosition",
        [
            has("id", text(), "Its log."),
            has("holder", text(), "Who had it."),
            has("since", schema::moment(), "Since when."),
        ],
    );
    let check = named(
        "AfterCheck",
        [
            has("id", text(), "Its identifier."),
            has("answered", count(), "How many had answered."),
            has("asked", count(), "How many were asked."),
            has("silent", list(text()), "Who had not answered."),
        ],
    );
    named(
        "AfterStood",
        [
            has("at", schema::moment(), "The moment."),
            has("events", count(), "Events that had come to stand."),
            has("cases", rungs_schema(), "Open cases by rung."),
            has("incidents", list(incident), "Open incidents."),
            has("positions", list(position), "Positions that somebody had."),
            has("checks", list(check), "Communications checks."),
        ],
    )
}

fn event_of(event: &Event) -> Value {
    let texts: Vec<Value> =
        event.texts.iter().map(|one| json!({ "name": one.name, "text": one.text })).collect();
    json!({
        "at": tell::moment(event.at),
        "under": event.lane().name(),
        "kind": event.kind,
        "log": event.log,
        "entry": event.number,
        "jurisdiction": event.jurisdiction,
        "by": event.by.as_ref().map(|by| &by.name),
        "act": event.act,
        "words": words(&event.kind, &event.act),
        "texts": texts,
        "stands_out": event.is_grave(),
        "sha256": event.seal,
    })
}

fn stood_of(stand: &Stand) -> Value {
    let [scan, attempt, access, effect] = stand.rungs();
    let incidents = stand.open_incidents().map(|(id, (place, incident))| {
        json!({
            "id": id,
            "jurisdiction": place,
            "stage": stage_name(incident.stage),
            "voting": incident.voting.map(Voting::name),
            "owner": incident.owner.as_ref().map(|owner| &owner.name),
        })
    });
    let held = |(id, (_, position)): (&String, &(Option<String>, Position))| {
        let (by, since) = position.held.as_ref()?;
        Some(json!({ "id": id, "holder": by.name, "since": tell::moment(*since) }))
    };
    let checks = stand.checks.iter().map(|(id, (_, check))| {
        let (answered, asked) = check.count();
        let silent = check.asked.iter().filter(|(_, answer)| answer.is_none());
        let silent: Vec<&String> = silent.map(|(id, _)| id).collect();
        json!({ "id": id, "answered": answered, "asked": asked, "silent": silent })
    });
    json!({
        "at": tell::moment(stand.at),
        "events": stand.events,
        "cases": { "scan": scan, "attempt": attempt, "access": access, "effect": effect },
        "incidents": incidents.collect::<Vec<_>>(),
        "positions": stand.positions.iter().filter_map(held).collect::<Vec<_>>(),
        "checks": checks.collect::<Vec<_>>(),
    })
}

async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Shown>) -> Answer {
    of_state(&who, Right::SeeAfter)?;
    let at = moment("at", asked.at.as_deref())?;
    let fields = fields_of(asked.from.as_deref(), asked.to.as_deref(), asked.jurisdiction)?;
    let mut read = desk.store.read().await?;
    let mut wanted = doing::asked(read.link(), &fields, desk.now()).await?;
    if let Some(at) = at {
        let at = end_of(at).min(wanted.span.to.plus(SECOND - 1));
        wanted.at = at.max(wanted.span.from);
    }
    drop(read);
    let (night, _room) = doing::night(&desk, &who, &wanted).await?;
    doing::look(&desk, &who, &wanted).await?;
    let all = night.replay.between(wanted.span.from, wanted.span.to);
    let events: Vec<Value> = Paged::of(asked.limit, asked.offset).cut(all).map(event_of).collect();
    told(&json!({
        "from": tell::moment(wanted.span.from),
        "to": tell::moment(wanted.span.to),
        "stood": stood_of(&night.replay.stand(wanted.at)),
        "events": events,
        "total": all.len(),
        "missing": night.missing,
    }))
}

#[derive(Deserialize)]
struct Export {
    from: Option<String>,
    to: Option<String>,
    jurisdiction: Option<String>,
    redacted: Option<bool>,
    form: Option<String>,
}

impl InQuery for Export {
    fn fields() -> Vec<Field> {
        let mut fields = bounds();
        fields.push(may_have(
            "redacted",
            flag(),
            "Whether the rules are applied; true unless said.",
        ));
        fields.push(may_have("form", choice(Given::ALL, Given::name), "As what; ZIP unless said."));
        fields
    }
}

async fn export(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Export>) -> Answer {
    let redacted = asked.redacted.unwrap_or(true);
    of_state(&who, if redacted { Right::SeeAfter } else { Right::ExportAfter })?;
    let fields = fields_of(asked.from.as_deref(), asked.to.as_deref(), asked.jurisdiction)?;
    let wanted = {
        let mut read = desk.store.read().await?;
        doing::asked(read.link(), &fields, desk.now()).await?
    };
    let form = Given::named(asked.form.as_deref().unwrap_or_default());
    Ok(give(&desk, &who, wanted, (redacted, form)).await?)
}
