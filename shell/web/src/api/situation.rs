//! The situation in numbers: what the page shows, for programs.

use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::{Act as Right, JurisdictionKind};
use ward_desk::calendar::Phase;
use ward_desk::communications::Way;
use ward_desk::incident::Voting;
use ward_desk::normal::{Level, Normal};
use ward_kernel::Rung;
use ward_store::cases::Counts;

use super::doc::Doc;
use super::read::{self, Asked, InQuery};
use super::schema::{
    Field, Schema, choice, count, flag, has, list, may_have, maybe, moment, named, text,
};
use super::tell::{self, Answer, told, with};
use crate::desk::Desk;
use crate::doing::news::{self, About, News, Since};
use crate::doing::situation::{self, Counted, Coverage, Incidents, Reached, Row, Situation};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The route.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "api.situation",
    verb: Verb::Get,
    path: "/api/v1/situation",
    access: Access::Anyone(Right::SeeCases),
    kind: Kind::Api,
    summary: "How every jurisdiction stands now, against what is normal at this hour",
    handler: || get(show),
}];

/// Its description.
pub(crate) const DOCS: &[Doc] =
    &[Doc::plain("api.situation", schema).query(Narrowed::fields).refuses(&[422]).about(
        "Counts are those of the running hour so far, and of the hour before. What is normal is \
         taken from the same hour of the day, on the same kind of day, at the same place in the \
         election calendar; where too few such hours are known, a quieter place in the calendar \
         stands for them, and the answer names it. Whoever is bound to a jurisdiction gets its row \
         alone.",
    )];

#[derive(Deserialize)]
struct Narrowed {
    since: Option<String>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        vec![may_have(
            "since",
            moment(),
            "Since when changes are told, at most a week ago; since you signed in unless said, \
             within the last hour for a program.",
        )]
    }
}

/// Open cases by rung.
pub(super) fn rungs_schema() -> Schema {
    named(
        "CasesByRung",
        [
            has("scan", count(), "On the rung scan."),
            has("attempt", count(), "On the rung attempt."),
            has("access", count(), "On the rung access."),
            has("effect", count(), "On the rung effect."),
        ],
    )
}

fn counted_schema() -> Schema {
    let normal = named(
        "NormalOfAnHour",
        [
            has("known", flag(), "Whether enough such hours are known: ten."),
            has("low", maybe(count()), "One such hour in ten had at most this."),
            has("typical", maybe(count()), "Half of them had at most this."),
            has("high", maybe(count()), "Nine in ten had at most this."),
            has("hours", count(), "Such hours that are known."),
            has(
                "of",
                maybe(choice(Phase::ALL, Phase::name)),
                "The place in the calendar that they are from.",
            ),
        ],
    );
    named(
        "CountOfAnHour",
        [
            has("so_far", count(), "In the running hour, so far."),
            has("before", count(), "In the whole hour before it."),
            has("normal", normal, "What is normal in the running hour, when it is over."),
            has("level", choice(Level::ALL, Level::name), "How it stands, the worse of both."),
        ],
    )
}

fn shared_fields() -> Vec<Field> {
    let silent = named(
        "SilentSensor",
        [
            has("id", text(), "Its identifier."),
            has("name", text(), "What people call it."),
            has("jurisdiction", text(), "Whose machines it reads."),
            has("since", moment(), "Since when nothing was heard of it."),
        ],
    );
    let coverage = named(
        "Coverage",
        [
            has("expected", count(), "Sensors that should be heard."),
            has("heard", count(), "Those of them that are."),
            has("wanting", count(), "Heard, but late or with a clock that drifts."),
            has("by_hand", count(), "Places for files that people upload."),
            has("silent", list(silent), "Those that are not heard, the longest silent first."),
        ],
    );
    let incidents = named(
        "OpenIncidents",
        [
            has("open", count(), "How many."),
            has("new", count(), "Those that nobody has taken."),
            has("verified", count(), "Those that somebody made sure of."),
            has("stopped", count(), "Those in which voting has stopped."),
            has("slowed", count(), "Those in which it is slowed."),
            has("voting", maybe(choice(Voting::ALL, Voting::name)), "How it is by the worst."),
        ],
    );
    vec![
        has("open", rungs_schema(), "Open cases by rung."),
        has("new", rungs_schema(), "Those that were opened in the running hour."),
        has("scans", counted_schema(), "Failed first contacts and other probes, in records."),
        has("attempts", counted_schema(), "Failed sign-ins and exploit-shaped requests."),
        has("coverage", coverage, "Which sensors are heard."),
        has("incidents", incidents, "Open incidents."),
    ]
}

fn row_schema() -> Schema {
    let reached = named(
        "AnswerToCheck",
        [
            has("answered", maybe(moment()), "When they answered."),
            has("way", maybe(choice(Way::ALL, Way::name)), "By which way."),
            has("asked", maybe(moment()), "When they were asked, while no answer came."),
            has("misses", count(), "How often they were tried in vain."),
        ],
    );
    let kinds = [JurisdictionKind::Clerk, JurisdictionKind::Board, JurisdictionKind::State];
    let mut fields = vec![
        has("id", text(), "Its identifier."),
        has("name", text(), "What people call it."),
        has("kind", choice(kinds, JurisdictionKind::as_str), "Who answers for it."),
        has("counties", list(text()), "The counties in which it conducts elections."),
        has("level", choice(Level::ALL, Level::name), "The worse of its two levels."),
        has("reached", maybe(reached), "What it said to the newest communications check."),
    ];
    fields.extend(shared_fields());
    named("SituationOfJurisdiction", fields)
}

fn schema() -> Schema {
    let change = named(
        "Change",
        [
            has("at", moment(), "When."),
            has(
                "about",
                Schema::Choice(vec!["case", "incident", "sensor", "position"]),
                "What it is about.",
            ),
            has("id", text(), "The identifier of that."),
            has("rung", maybe(choice(Rung::ALL, Rung::name)), "The rung, of a case."),
            has("what", text(), "What happened."),
            has("to", text(), "What it happened to."),
            has("jurisdiction", maybe(text()), "Where, when it is one jurisdiction."),
            has("by", maybe(text()), "Who did it, when it was somebody."),
        ],
    );
    let mut whole = shared_fields();
    whole.extend([
        has("local", count(), "Local authorities."),
        has("unseen", count(), "Those that no sensor sees."),
        has("above", count(), "Rows above usual, those far above among them."),
        has("far", count(), "Rows far above usual."),
        has("unknown", count(), "Rows of which too little is known to say."),
        has("check", maybe(text()), "The newest communications check."),
        has("answered", count(), "How many have answered it."),
        has("asked", count(), "How many were asked."),
    ]);
    named(
        "Situation",
        [
            has("at", moment(), "The moment that it speaks for."),
            has("hour", moment(), "When the running hour began."),
            has("phase", choice(Phase::ALL, Phase::name), "The place in the election calendar."),
            has("election", maybe(text()), "The election by which that is: its id."),
            has("whole", named("SituationOfAll", whole), "All that you see together."),
            has("jurisdictions", list(row_schema()), "One row for each, by name."),
            has("since", moment(), "Since when changes are told."),
            has("changes", list(change), "What changed, the newest first: at most 200."),
            has("changes_cut", flag(), "Whether there were more changes."),
        ],
    )
}

fn rungs(counts: &Counts) -> Value {
    let pairs = Rung::ALL.map(|rung| (rung.name().to_owned(), json!(counts.of(rung))));
    Value::Object(pairs.into_iter().collect())
}

fn counted(counted: &Counted) -> Value {
    let normal = match counted.normal {
        Normal::TooLittle { hours } => json!({
            "known": false, "low": null, "typical": null, "high": null, "hours": hours, "of": null,
        }),
        Normal::Known(range) => json!({
            "known": true,
            "low": range.low,
            "typical": range.typical,
            "high": range.high,
            "hours": range.hours,
            "of": range.of.name(),
        }),
    };
    json!({
        "so_far": counted.so_far,
        "before": counted.before,
        "normal": normal,
        "level": counted.level.name(),
    })
}

fn coverage(coverage: &Coverage) -> Value {
    let silent = coverage.silent.iter().map(|sensor| {
        json!({
            "id": sensor.id,
            "name": sensor.name,
            "jurisdiction": sensor.jurisdiction,
            "since": tell::moment(sensor.since),
        })
    });
    json!({
        "expected": coverage.expected,
        "heard": coverage.heard,
        "wanting": coverage.wanting,
        "by_hand": coverage.by_hand,
        "silent": silent.collect::<Vec<_>>(),
    })
}

fn incidents(incidents: &Incidents) -> Value {
    json!({
        "open": incidents.open,
        "new": incidents.new,
        "verified": incidents.verified,
        "stopped": incidents.stopped,
        "slowed": incidents.slowed,
        "voting": incidents.voting.map(Voting::name),
    })
}

fn reached(reached: &Reached) -> Value {
    match *reached {
        Reached::Answered { at, way } => json!({
            "answered": tell::moment(at), "way": way.name(), "asked": null, "misses": 0,
        }),
        Reached::Waiting { since, misses } => json!({
            "answered": null, "way": null, "asked": tell::moment(since), "misses": misses,
        }),
    }
}

fn row(row: &Row) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "kind": row.kind.as_str(),
        "counties": row.counties,
        "level": row.level.name(),
        "reached": row.reached.as_ref().map(reached),
        "open": rungs(&row.open),
        "new": rungs(&row.new),
        "scans": counted(&row.scans),
        "attempts": counted(&row.attempts),
        "coverage": coverage(&row.coverage),
        "incidents": incidents(&row.incidents),
    })
}

fn whole(situation: &Situation) -> Value {
    let whole = &situation.whole;
    let (check, answered, asked) = match &whole.check {
        Some((id, answered, asked)) => (Some(id), *answered, *asked),
        None => (None, 0, 0),
    };
    json!({
        "open": rungs(&whole.open),
        "new": rungs(&whole.new),
        "scans": counted(&whole.scans),
        "attempts": counted(&whole.attempts),
        "coverage": coverage(&whole.coverage),
        "incidents": incidents(&whole.incidents),
        "local": whole.local,
        "unseen": whole.unseen,
        "above": whole.above,
        "far": whole.far,
        "unknown": whole.unknown,
        "check": check,
        "answered": answered,
        "asked": asked,
    })
}

fn change(line: &news::Line) -> Value {
    let (about, id, rung) = match &line.about {
        About::Case(id, rung) => ("case", id.as_str(), Some(rung.name())),
        About::Incident(id) => ("incident", id.as_str(), None),
        About::Sensor(id) => ("sensor", id.as_str(), None),
        About::Position(post) => ("position", post.name(), None),
    };
    json!({
        "at": tell::moment(line.at),
        "about": about,
        "id": id,
        "rung": rung,
        "what": line.what,
        "to": line.to,
        "jurisdiction": line.jurisdiction,
        "by": line.by,
    })
}

fn value_of(situation: &Situation, news: &News) -> Value {
    let value = json!({
        "at": tell::moment(situation.at),
        "hour": tell::moment(situation.hour),
        "phase": situation.phase.name(),
        "election": situation.election.as_ref().map(|one| &one.id),
        "whole": whole(situation),
        "jurisdictions": situation.rows.iter().map(row).collect::<Vec<_>>(),
    });
    with(
        value,
        [
            ("since", tell::moment(news.since.moment())),
            ("changes", news.lines.iter().map(change).collect()),
            ("changes_cut", json!(news.cut)),
        ],
    )
}

async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let since = read::moment("since", asked.since.as_deref())?;
    let now = desk.now();
    let mut read = desk.store.read().await?;
    let situation = situation::load(read.link(), &desk, &who, now).await?;
    let since = Since::of(&who, since, now);
    let news = news::load(read.link(), &who, &situation, since).await?;
    drop(read);
    told(&value_of(&situation, &news))
}
