//! What people made of a case, as programs read it: tasks, and everything that was put down.

use serde_json::{Value, json};
use ward_desk::case_file::{Act, CaseFile, TaskStage};
use ward_desk::{Body, Entry, Words};

use super::schema::{Field, Schema, count, has, list, maybe, moment, named, text};
use super::tell::{self, with};

/// What stands in the file of a case.
pub(super) fn file_fields() -> Vec<Field> {
    let task = named(
        "CaseTask",
        [
            has("number", count(), "The number of the entry that put it down."),
            has("what", text(), "What is to be done."),
            has("stage", Schema::Choice(vec!["open", "done", "dropped"]), "How it stands."),
        ],
    );
    vec![
        has("parts", list(text()), "Cases that people made parts of this one."),
        has("split_from", maybe(text()), "The case that people took it out of."),
        has("split", list(text()), "Cases that people took out of this one."),
        has("tasks", list(task), "What is to be done, in the order in which it was put down."),
        has("entries", list(entry_schema()), "Everything that people put down, in order."),
    ]
}

/// An entry of a case's file.
pub(super) fn entry_schema() -> Schema {
    named(
        "CaseEntry",
        [
            has("number", count(), "Its number, from 1 without gaps."),
            has("at", moment(), "When it was put down."),
            has("by", text(), "By whom, as they were called then."),
            has("act", text(), "What was done: take, note, task, rung, merge, told... or correct."),
            has("text", maybe(text()), "Its words: what was learned or told, or why."),
            has("what", maybe(text()), "The task, whom the case was given, whom the office told."),
            has("rung", maybe(text()), "The rung on which the desk sees it from then on."),
            has("judged", maybe(text()), "The rung of judgement then."),
            has("case", maybe(text()), "The other case, when two were merged or one split."),
            has("sources", list(text()), "The sources that were taken out."),
            has("task", maybe(count()), "The number of the task that was ended."),
            has("way", maybe(text()), "By which way somebody was told."),
            has("handling", maybe(text()), "What was decided."),
            has("corrects", maybe(count()), "The entry that it corrects."),
        ],
    )
}

/// The tasks of a case.
pub(super) fn tasks_of(file: &CaseFile) -> Value {
    let tasks = file.tasks.iter().map(|task| {
        let stage = match task.stage {
            TaskStage::Open => "open",
            TaskStage::Done => "done",
            TaskStage::Dropped => "dropped",
        };
        json!({ "number": task.number, "what": task.what.as_str(), "stage": stage })
    });
    tasks.collect()
}

/// An entry as it is told.
pub(super) fn entry_of(entry: &Entry<Act>) -> Value {
    let told = |act: &str, text: Option<&Words>| {
        json!({
            "number": entry.number,
            "at": tell::moment(entry.at),
            "by": entry.by.name,
            "act": act,
            "text": text.map(Words::as_str),
            "what": null, "rung": null, "judged": null, "case": null, "sources": [],
            "task": null, "way": null, "handling": null, "corrects": null,
        })
    };
    match &entry.body {
        Body::Correction { of, text } => {
            with(told("correct", Some(text)), [("corrects", json!(of))])
        }
        Body::Act(act) => said(act, told),
    }
}

fn said(act: &Act, told: impl Fn(&str, Option<&Words>) -> Value) -> Value {
    match act {
        Act::Begin(origin) => {
            let more = [("case", json!(origin.from)), ("sources", json!(origin.sources))];
            with(told("begin", Some(&origin.why)), more)
        }
        Act::Take => told("take", None),
        Act::Give { to } => with(told("give", None), [("what", json!(to.name))]),
        Act::Release => told("release", None),
        Act::Note { text } => told("note", Some(text)),
        Act::Task { what } => with(told("task", None), [("what", json!(what.as_str()))]),
        Act::TaskDone { task, how } => {
            with(told("task-done", how.as_ref()), [("task", json!(task))])
        }
        Act::TaskDrop { task, why } => with(told("task-drop", Some(why)), [("task", json!(task))]),
        Act::Rung { to, judged, why } => {
            let rungs = [("rung", json!(to.name())), ("judged", json!(judged.name()))];
            with(told("rung", Some(why)), rungs)
        }
        Act::Merge { into, judged, why } => {
            let more = [("case", json!(into)), ("judged", json!(judged.name()))];
            with(told("merge", Some(why)), more)
        }
        Act::TakeOut { why } => told("take-out", Some(why)),
        Act::Split { into, sources, why } => {
            let more = [("case", json!(into)), ("sources", json!(sources))];
            with(told("split", Some(why)), more)
        }
        Act::Told { whom, what, way } => {
            let more = [("what", json!(whom.as_str())), ("way", json!(way.name()))];
            with(told("told", Some(what)), more)
        }
        Act::Decide { to, why } => {
            with(told("decide", Some(why)), [("handling", json!(to.name()))])
        }
    }
}
