//! What people made of a case, as programs read it: tasks, everything that was put down, and the
//! same thing in other views.

use serde_json::{Value, json};
use ward_access::{Act as Right, Scope};
use ward_desk::case_file::{Act, CaseFile, TaskStage};
use ward_desk::{Body, Entry, Log, Words};
use ward_kernel::Rung;
use ward_live::STATE;
use ward_store::cases::{Filed, Handling};
use ward_store::{Error, Link};

use super::cases::{handling_schema, rung_schema};
use super::entries;
use super::schema::{Field, Schema, count, flag, has, list, maybe, named, text};
use super::tell::with;
use crate::doing::cases::scope;
use crate::doing::counterparts;
use crate::who::Who;

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
    let acts = "What was done: take, note, task, rung, merge, told... or correct.";
    let mut fields = entries::fields(acts);
    fields.extend([
        has("what", maybe(text()), "The task, whom the case was given, whom the office told."),
        has("rung", maybe(text()), "The rung on which the desk sees it from then on."),
        has("judged", maybe(text()), "The rung of judgement then."),
        has("case", maybe(text()), "The other case, when two were merged or one split."),
        has("sources", list(text()), "The sources that were taken out."),
        has("task", maybe(count()), "The number of the task that was ended."),
        has("way", maybe(text()), "By which way somebody was told."),
        has("handling", maybe(text()), "What was decided."),
        has("corrects", maybe(count()), "The entry that it corrects."),
    ]);
    named("CaseEntry", fields)
}

/// The file of a case as it is told, with the cases that are parts of it and the one that it was
/// taken out of.
pub(super) fn file_of(
    file: &Log<CaseFile>,
    parts: &[&str],
    split_from: Option<&str>,
) -> [(&'static str, Value); 5] {
    let entries: Vec<Value> = file.entries().iter().map(entry_of).collect();
    [
        ("parts", json!(parts)),
        ("split_from", json!(split_from)),
        ("split", json!(file.state().split)),
        ("tasks", tasks_of(file.state())),
        ("entries", json!(entries)),
    ]
}

fn tasks_of(file: &CaseFile) -> Value {
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
        let none = ["what", "rung", "judged", "case", "task", "way", "handling", "corrects"];
        let value = with(entries::value(entry, act, text), none.map(|name| (name, Value::Null)));
        with(value, [("sources", json!([]))])
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

/// A case in another view.
pub(super) fn counterpart_schema() -> Schema {
    named(
        "CaseCounterpart",
        [
            has("id", maybe(text()), "Its identifier, for those who may see it."),
            has("scope", text(), "\"state\", or the jurisdiction whose engine judged it."),
            has(
                "rung",
                maybe(rung_schema()),
                "How far it got, as it counts there; null where the state's is higher than the \
                 authority's own and the reader may not see the state's case.",
            ),
            has("standing", Schema::Choice(vec!["open", "merged"]), "Whether it stands alone."),
            has("handling", handling_schema(), "What people made of it there."),
            has("taken", flag(), "Whether somebody has it there."),
        ],
    )
}

/// The other views of a case: of the state's those of local authorities, of one of theirs what the
/// state's desk makes of it. Beside them whether these are all.
pub(super) async fn counterparts_of(
    mut link: Link<'_>,
    who: &Who,
    filed: &Filed,
) -> Result<(Vec<Value>, bool), Error> {
    let case = &filed.case;
    if case.scope != STATE {
        let (made, is_known) = counterparts::made(link, case, counterparts::MOST).await?;
        let opens = who.may(Right::SeeCase, Scope::State);
        let all = made.iter().map(|one| {
            let id = opens.then_some(one.id.as_str());
            let rung = Some(one.rung).filter(|rung| opens || *rung <= filed.seen);
            counterpart((id, STATE), rung, (one.is_part, one.handling, one.owner.is_some()))
        });
        return Ok((all.collect(), is_known));
    }
    let (mut all, is_known) = counterparts::of(link.again(), case).await?;
    all.retain(|one| who.may(Right::SeeCase, scope(&one.case.scope)));
    let all = all.iter().take(counterparts::SHOWN).map(|one| {
        let stands = (one.merged_into.is_some(), one.handling, one.owner.is_some());
        counterpart((Some(&one.case.id), &one.case.scope), Some(one.seen), stands)
    });
    Ok((all.collect(), is_known))
}

fn counterpart(
    (id, scope): (Option<&str>, &str),
    rung: Option<Rung>,
    (is_part, handling, taken): (bool, Handling, bool),
) -> Value {
    json!({
        "id": id,
        "scope": scope,
        "rung": rung.map(Rung::name),
        "standing": if is_part { "merged" } else { "open" },
        "handling": handling.as_str(),
        "taken": taken,
    })
}
