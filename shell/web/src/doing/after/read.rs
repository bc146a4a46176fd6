//! What is kept, as events of a replay.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ward_desk::case_file::Decision;
use ward_desk::redact::Class;
use ward_desk::replay::{Event, Replay, Said, Sensor, Step, Text};
use ward_desk::{Body, By};
use ward_kernel::{Rung, Time};
use ward_store::after::{self, CaseStep, PAGE, Span, Told};
use ward_store::sensors::{self, Sensor as Kept};
use ward_store::{Error, Link};

use super::Night;
use crate::doing::hearing::Ear;
use crate::doing::logs;

/// The values that are told first, in this order; others follow by their names.
const FIRST: [&str; 9] =
    ["event", "claim", "question", "what", "text", "notes", "place", "voting", "kind"];
/// Entries that are read of the logs of one span.
const ENTRIES: usize = 50_000;
/// Cases whose steps are read: beyond, those that stand on the lowest rung are left out.
const CASES: u64 = 4_000;
/// Steps that are read.
const STEPS: usize = 40_000;

/// Entries and steps that are read at most.
pub(super) const MOST: u64 = (ENTRIES + STEPS) as u64;

/// Reads a span.
///
/// # Errors
/// Those of the store; among them that an entry cannot be read.
pub(super) async fn night(
    mut link: Link<'_>,
    span: Span,
    jurisdiction: Option<&str>,
    now: Time,
) -> Result<Night, Error> {
    let mut reading = Reading::default();
    reading.entries(link.again(), (span, jurisdiction)).await?;
    reading.cases(link.again(), span, jurisdiction).await?;
    reading.sensors(link, span, jurisdiction, now).await?;
    let Reading { mut events, names, missing } = reading;
    events.retain(|event| jurisdiction.is_none_or(|own| is_of(event, own, &names)));
    Ok(Night { replay: Replay::new(events), names, missing })
}

/// Whether an event is about a jurisdiction: of a log of its own or the file of a case of its, or its
/// answer to a question that was put to all.
fn is_of(event: &Event, own: &str, names: &BTreeMap<String, String>) -> bool {
    let is_question = event.kind == "check" && matches!(event.act.as_str(), "ask" | "end");
    // What the state's desk made of a case that is among these says how it stood.
    let is_file = event.log.strip_prefix("case-").is_some_and(|case| names.contains_key(case));
    event.jurisdiction.as_deref() == Some(own)
        || event.text("jurisdiction") == Some(own)
        || is_question
        || is_file
}

#[derive(Default)]
struct Reading {
    events: Vec<Event>,
    names: BTreeMap<String, String>,
    missing: Vec<String>,
}

impl Reading {
    async fn entries(&mut self, mut link: Link<'_>, of: (Span, Option<&str>)) -> Result<(), Error> {
        let mut last: Option<(String, u64)> = None;
        while self.events.len() < ENTRIES {
            let after = last.as_ref().map(|(log, number)| (log.as_str(), *number));
            let page = after::entries(link.again(), of, after).await?;
            last = page.last().map(|told| (told.kept.log.clone(), told.kept.entry.number));
            let is_whole = page.len() < usize::try_from(PAGE).unwrap_or(0);
            for told in page {
                self.events.push(event_of(told)?);
            }
            if is_whole {
                return Ok(());
            }
        }
        self.missing.push(
            "More than 50,000 entries were put down in logs of this span: choose a shorter one to \
             see all of it."
                .to_owned(),
        );
        Ok(())
    }

    async fn cases(
        &mut self,
        mut link: Link<'_>,
        span: Span,
        own: Option<&str>,
    ) -> Result<(), Error> {
        let counts = after::cases(link.again(), span).await?;
        let all = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let least = if all > CASES { Rung::Attempt } else { Rung::Scan };
        if least > Rung::Scan {
            let scans = counts.first().copied().unwrap_or(0);
            let what = format!("{scans} cases that stand on the rung scan are left out of it.");
            self.missing.push(what);
        }
        let (mut last, mut read): (Option<(String, i64)>, usize) = (None, 0);
        while read < STEPS {
            let after = last.as_ref().map(|(case, number)| (case.as_str(), *number));
            let page = after::steps(link.again(), span, least, after).await?;
            last = page.last().map(|step| (step.case.clone(), step.number));
            let is_whole = page.len() < usize::try_from(PAGE).unwrap_or(0);
            read = read.saturating_add(page.len());
            let ours = |step: &CaseStep| {
                own.is_none_or(|own| step.jurisdictions.iter().any(|id| id == own))
            };
            for step in page.into_iter().filter(ours) {
                self.names.insert(step.case.clone(), step.title.clone());
                self.events.push(step_of(step, own));
            }
            if is_whole {
                return Ok(());
            }
        }
        self.missing.push(
            "Not all steps of cases are in it: choose a shorter span to see all of them."
                .to_owned(),
        );
        Ok(())
    }

    async fn sensors(
        &mut self,
        mut link: Link<'_>,
        span: Span,
        own: Option<&str>,
        now: Time,
    ) -> Result<(), Error> {
        let silences = after::silences(link.again(), span).await?;
        for sensor in sensors::list(link, own).await? {
            let ear = Ear::new(sensor, now);
            let sensor = &ear.sensor;
            self.names.insert(sensor.id.clone(), sensor.name.clone());
            let silent = ear.is_silent().then_some((sensor.heard, Sensor::Silent, ""));
            let mut all: Vec<(Time, Sensor, &str)> = silences
                .iter()
                .filter(|(_, id, _)| *id == sensor.id)
                .map(|(at, _, because)| (*at, Sensor::Missed, because.as_str()))
                .chain([(sensor.enrolled, Sensor::Came, "")])
                .chain(silent)
                .chain(sensor.retired.map(|at| (at, Sensor::Went, "")))
                .collect();
            all.sort_by_key(|(at, what, _)| (*at, *what != Sensor::Came));
            for (number, (at, what, because)) in (1_u64..).zip(all) {
                if at <= span.to {
                    self.events.push(heard(sensor, (number, at), what, because));
                }
            }
        }
        Ok(())
    }
}

/// Something that became of a sensor.
fn heard(sensor: &Kept, (number, at): (u64, Time), what: Sensor, because: &str) -> Event {
    let act = match what {
        Sensor::Came => "enrol",
        Sensor::Missed => "missed",
        Sensor::Silent => "silent",
        Sensor::Went => "retire",
    };
    let mut texts = vec![text("sensor", Class::Host, &sensor.name)];
    if !because.is_empty() {
        texts.push(text("because", Class::Free, because));
    }
    Event {
        at,
        log: sensor.id.clone(),
        number,
        kind: "sensor".to_owned(),
        jurisdiction: Some(sensor.jurisdiction.clone()),
        by: None,
        act: act.to_owned(),
        texts,
        seal: None,
        said: Said::Sensor(what),
    }
}

pub(super) fn event_of(told: Told) -> Result<Event, Error> {
    let Told { kind, jurisdiction, kept } = told;
    let damaged = |err: serde_json::Error| logs::damaged((&kept.log, kept.entry.number), &err);
    let body: Value = serde_json::from_str(&kept.entry.body).map_err(damaged)?;
    let (act, texts) = words_of(&kind, &body);
    let said = said_of(&kind, body).map_err(damaged)?;
    let seal = Some(HEXLOWER.encode(&kept.hash));
    let by = Some(By { id: kept.entry.actor, name: kept.entry.actor_name });
    let (at, log, number) = (kept.entry.at, kept.log, kept.entry.number);
    Ok(Event { at, log, number, kind, jurisdiction, by, act, texts, seal, said })
}

fn said_of(kind: &str, body: Value) -> Result<Said, serde_json::Error> {
    fn of<A: DeserializeOwned>(
        body: Value,
        said: fn(Body<A>) -> Said,
    ) -> Result<Said, serde_json::Error> {
        serde_json::from_value(body).map(said)
    }
    match kind {
        "incident" => of(body, Said::Incident),
        "position" => of(body, Said::Position),
        "check" => of(body, Said::Check),
        "point" => of(body, Said::Point),
        "rumor" => of(body, Said::Rumor),
        "case" => of(body, Said::File),
        _ => Ok(Said::Other),
    }
}

/// What was done, and its words: whatever kind of log it is.
fn words_of(kind: &str, body: &Value) -> (String, Vec<Text>) {
    let (act, mut texts) = told_of(kind, body);
    texts.sort_by_key(|text| {
        let place = FIRST.iter().position(|name| *name == text.name);
        place.unwrap_or(FIRST.len())
    });
    (act, texts)
}

fn told_of(kind: &str, body: &Value) -> (String, Vec<Text>) {
    let mut texts = Vec::new();
    if let Some(correction) = body.get("correction") {
        flatten(kind, "", correction, &mut texts);
        return ("correct".to_owned(), texts);
    }
    match body.get("act") {
        Some(Value::String(act)) => (act.clone(), texts),
        Some(Value::Object(act)) => {
            let (name, inside) = act.iter().next().map_or(("", &Value::Null), |(n, v)| (n, v));
            match (kind, name) {
                ("contacts", "carry") => carried(inside, &mut texts),
                _ => flatten(kind, "", inside, &mut texts),
            }
            (name.to_owned(), texts)
        }
        _ => (String::new(), texts),
    }
}

/// What stands of each contact that is carried over, under its id; by whom and when it was put down
/// stands in the log before.
fn carried(directory: &Value, out: &mut Vec<Text>) {
    let contacts = directory.get("contacts").and_then(Value::as_object);
    for (id, listed) in contacts.into_iter().flatten() {
        out.push(text("id", class_of("contacts", "id"), id));
        flatten("contacts", "", listed.get("contact").unwrap_or(&Value::Null), out);
    }
}

fn flatten(kind: &str, name: &str, value: &Value, out: &mut Vec<Text>) {
    match value {
        Value::Object(map) => {
            // Somebody, with their identifier.
            if let (2, Some(_), Some(Value::String(who))) =
                (map.len(), map.get("id"), map.get("name"))
            {
                out.push(text(name, Class::Person, who));
                return;
            }
            for (name, value) in map {
                flatten(kind, name, value, out);
            }
        }
        Value::Array(list) => {
            let all: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            match all {
                Some(all) => out.push(text(name, class_of(kind, name), &all.join(", "))),
                None => list.iter().for_each(|value| flatten(kind, name, value, out)),
            }
        }
        Value::String(words) => out.push(text(name, class_of(kind, name), words)),
        Value::Number(number) => out.push(text(name, Class::Fixed, &number.to_string())),
        Value::Bool(yes) => out.push(text(name, Class::Fixed, if *yes { "yes" } else { "no" })),
        Value::Null => {}
    }
}

/// Of what kind a value is. What is not named here is read as sentences are.
fn class_of(kind: &str, name: &str) -> Class {
    match (kind, name) {
        // Who was told, and who confirmed, can be an office too: what it is nobody can say here.
        (_, "told_by" | "whom" | "confirmed") | ("contacts", "id" | "name") => Class::Person,
        (_, "call_back" | "telephone" | "second" | "mail") => Class::Contact,
        (
            _,
            "kind" | "voting" | "now" | "way" | "jurisdiction" | "jurisdictions" | "finding"
            | "into" | "judged" | "election" | "point" | "spread",
        )
        | ("case", "to" | "from") => Class::Fixed,
        _ => Class::Free,
    }
}

fn text(name: &str, class: Class, words: &str) -> Text {
    Text { name: name.to_owned(), class, text: words.to_owned() }
}

/// A step of a case. Before cases had files of their own, decisions and notes were steps with the
/// name of whoever made them in their words.
pub(super) fn step_of(step: CaseStep, own: Option<&str>) -> Event {
    let CaseStep { case, number, at, rung, what, title, jurisdictions } = step;
    let begins = |words: &[&str]| words.iter().any(|word| what.starts_with(word));
    let (act, became) = if begins(&["opened as"]) {
        ("open", Step::Opened)
    } else if begins(&["later records explain it", "counted as a part"]) {
        ("gone", Step::Gone)
    } else if begins(&["Closed by"]) {
        ("decide", Step::Decided(Decision::Closed))
    } else if begins(&["Watched by"]) {
        ("decide", Step::Decided(Decision::Watched))
    } else if begins(&["Open by"]) {
        ("decide", Step::Decided(Decision::Open))
    } else if begins(&["raised from"]) {
        ("raise", Step::Went)
    } else if begins(&["lowered from"]) {
        ("lower", Step::Went)
    } else {
        ("note", Step::Went)
    };
    let place = match (own, jurisdictions.as_slice()) {
        (Some(own), _) => Some(own.to_owned()),
        (None, [only]) => Some(only.clone()),
        _ => None,
    };
    Event {
        at,
        log: case,
        number: u64::try_from(number).unwrap_or(0),
        kind: "judgement".to_owned(),
        jurisdiction: place,
        by: None,
        act: act.to_owned(),
        texts: vec![text("title", Class::Free, &title), text("what", Class::Free, &what)],
        seal: None,
        said: Said::Case { rung, step: became },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_found_whatever_the_log() {
        let report = json!({ "act": { "report": {
            "kind": "threat", "voting": "slowed", "place": "A gym", "what": "Somebody films.",
            "call_back": "573-555-0142", "told_by": "A neighbour",
        }}});
        let (act, texts) = words_of("incident", &report);
        assert_eq!(act, "report");
        let class = |name: &str| texts.iter().find(|text| text.name == name).map(|text| text.class);
        assert_eq!(class("call_back"), Some(Class::Contact));
        assert_eq!(class("told_by"), Some(Class::Person));
        assert_eq!(class("kind"), Some(Class::Fixed));
        assert_eq!(class("what"), Some(Class::Free));
        assert!(matches!(said_of("incident", report), Ok(Said::Incident(Body::Act(_)))));
        let (act, texts) = words_of("position", &json!({ "act": "begin" }));
        assert_eq!((act.as_str(), texts.len()), ("begin", 0));
        let given = json!({ "act": { "give": { "to": { "id": "p-1", "name": "Desk lead" } } } });
        let (_, texts) = words_of("case", &given);
        assert_eq!(texts, [text("to", Class::Person, "Desk lead")]);
        let correction = json!({ "correction": { "of": 3, "text": "Not so." } });
        let (act, texts) = words_of("incident", &correction);
        assert_eq!((act.as_str(), texts.len()), ("correct", 2));
        let contact = json!({ "act": { "put": { "id": "clerk", "contact": {
            "title": "County clerk", "name": "Somebody", "telephone": "555 0142", "first": true,
        }}}});
        let (_, texts) = words_of("contacts", &contact);
        let classes: Vec<_> = texts.iter().map(|text| (text.name.as_str(), text.class)).collect();
        assert!(classes.contains(&("name", Class::Person)), "{classes:?}");
        assert!(classes.contains(&("telephone", Class::Contact)), "{classes:?}");
        assert!(said_of("incident", json!({ "act": "dance" })).is_err());
    }

    #[test]
    fn contacts_that_are_carried_over_stand_under_their_ids() {
        let listed = |title: &str, name: &str| {
            json!({ "contact": { "title": title, "name": name, "first": false }, "place": 3,
                "entry": 41, "confirmed": 1_700_000_000, "by": { "id": "p-1", "name": "A lead" } })
        };
        let all = json!({ "clerk": listed("County clerk", "Ada"), "duty": listed("Duty", "Bob") });
        let carry = json!({ "contacts": all, "newest": 41, "before": 60 });
        let (act, texts) = words_of("contacts", &json!({ "act": { "carry": carry } }));
        let told: Vec<_> = texts.iter().map(|text| (&*text.name, &*text.text)).collect();
        let expected = [
            ("id", "clerk"),
            ("first", "no"),
            ("name", "Ada"),
            ("title", "County clerk"),
            ("id", "duty"),
            ("first", "no"),
            ("name", "Bob"),
            ("title", "Duty"),
        ];
        assert_eq!((act.as_str(), told.as_slice()), ("carry", &expected[..]));
        let people = texts.iter().filter(|text| text.class == Class::Person).count();
        assert_eq!(people, 4, "ids and names are people's");
    }

    #[test]
    fn steps_say_what_became_of_a_case() {
        for (what, act, became) in [
            ("opened as scan", "open", Step::Opened),
            ("raised from scan to attempt", "raise", Step::Went),
            ("later records explain it: it is no case any more", "gone", Step::Gone),
            ("Closed by Desk lead: ours", "decide", Step::Decided(Decision::Closed)),
            ("Note by Desk analyst: x", "note", Step::Went),
        ] {
            let step = CaseStep {
                case: "W-1".into(),
                number: 1,
                at: Time::from_secs(1),
                rung: Rung::Scan,
                what: what.into(),
                title: "A scan".into(),
                jurisdictions: vec!["adair-county".into()],
            };
            let event = step_of(step, None);
            assert_eq!(event.act, act);
            assert_eq!(event.said, Said::Case { rung: Rung::Scan, step: became });
            assert_eq!(event.jurisdiction.as_deref(), Some("adair-county"));
        }
    }
}
