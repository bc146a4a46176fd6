//! A case's file: what people make of a case that judgement keeps. Who has it, on which rung the
//! desk sees it, what is left to do, whom the office told, what was decided and why.
//!
//! Judgement goes on meanwhile. So what the desk puts down against it carries the rung on which
//! judgement had the case then, and counts no further than that: see [`seen`] and [`part_of`].

mod act;
mod against;

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::log::{By, Machine, Refusal, Told};
use crate::notices::{Telling, Topic};
use crate::text::Line;
pub use act::{Act, Decision, Origin};
pub use against::{Higher, Merged, Placed, Stands, carried, part_of, seen};

/// How a task stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum TaskStage {
    /// Left to do.
    Open,
    /// Done.
    Done,
    /// Need not be done.
    Dropped,
}

/// Something that is to be done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Task {
    /// The number of the entry that put it down.
    pub number: u64,
    /// What.
    pub what: Line,
    /// How it stands.
    pub stage: TaskStage,
}

/// Open tasks of one case: more is a plan, and belongs elsewhere.
const TASKS: usize = 100;

/// What people made of a case.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CaseFile {
    /// Who has it.
    pub owner: Option<By>,
    /// The desk's own view of its rung.
    pub placed: Option<Placed>,
    /// The case that it is a part of; see [`part_of`].
    pub merged: Option<Merged>,
    /// What is to be done, in the order in which it was put down.
    pub tasks: Vec<Task>,
    /// The ids of cases that were split off.
    pub split: Vec<String>,
    /// What was decided last.
    pub decided: Option<Decision>,
    begun: bool,
}

impl CaseFile {
    /// Tasks that are left to do.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.stage == TaskStage::Open)
    }

    fn end(&mut self, number: u64, stage: TaskStage) {
        if let Some(task) = self.tasks.iter_mut().find(|task| task.number == number) {
            task.stage = stage;
        }
    }

    /// Why an act cannot follow; `None` when it can.
    fn refused(&self, act: &Act, by: &By) -> Option<&'static str> {
        let has = |one: &By| self.owner.as_ref().is_some_and(|owner| owner.id == one.id);
        let is_open = |number: &u64| self.open_tasks().any(|task| task.number == *number);
        match act {
            Act::Begin(_) if self.begun => Some("Its file was begun already."),
            Act::Take if has(by) => Some("You have it already."),
            Act::Give { to } if has(to) => Some("They have it already."),
            Act::Release if self.owner.is_none() => Some("Nobody has it."),
            Act::Task { .. } if self.open_tasks().count() >= TASKS => {
                Some("100 tasks are open here: do or drop some first.")
            }
            Act::TaskDone { task, .. } | Act::TaskDrop { task, .. } if !is_open(task) => {
                Some("This task is not open: somebody may have been faster.")
            }
            Act::Rung { to, judged, .. } if *to == seen(*judged, self.placed) => {
                Some("It stands on this rung.")
            }
            Act::Merge { judged, .. } if part_of(*judged, self.merged.as_ref()).is_some() => {
                Some("It is a part of another case: take it out first.")
            }
            Act::TakeOut { .. } if self.merged.is_none() => Some("It is no part of another case."),
            Act::Split { sources, .. } if sources.is_empty() => {
                Some("Say which sources are a case of their own.")
            }
            _ => None,
        }
    }
}

impl Machine for CaseFile {
    const KIND: &'static str = "case";

    const ANEW: bool = false;

    type Act = Act;

    fn allows(&self, act: &Act, by: &By) -> Result<(), Refusal> {
        self.refused(act, by).map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn is_open(&self) -> bool {
        self.decided != Some(Decision::Closed)
    }

    fn settles(&self, act: &Act, _: &By) -> bool {
        self.is_open() && matches!(act, Act::Decide { to: Decision::Closed, .. })
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        self.begun = true;
        match act {
            Act::Take => self.owner = Some(entry.by.clone()),
            Act::Give { to } => self.owner = Some(to.clone()),
            Act::Release => self.owner = None,
            Act::Begin(_) | Act::Note { .. } | Act::Told { .. } => {}
            Act::Task { what } => {
                let (number, what) = (entry.number, what.clone());
                self.tasks.push(Task { number, what, stage: TaskStage::Open });
            }
            Act::TaskDone { task, .. } => self.end(*task, TaskStage::Done),
            Act::TaskDrop { task, .. } => self.end(*task, TaskStage::Dropped),
            Act::Rung { to, judged, .. } => {
                let placed = Placed { rung: *to, judged: *judged };
                // Where judgement has it too, there is nothing of the desk's own.
                self.placed = (to != judged).then_some(placed);
            }
            Act::Merge { into, judged, .. } => {
                self.merged = Some(Merged { into: into.clone(), judged: *judged });
            }
            Act::TakeOut { .. } => self.merged = None,
            Act::Split { into, .. } => self.split.push(into.clone()),
            Act::Decide { to, .. } => self.decided = Some(*to),
        }
    }

    /// A rung that the desk raised is told as one that judgement raised.
    fn tells(&self, act: &Act, _: Time) -> Option<Telling> {
        let Act::Rung { to, judged, .. } = act else { return None };
        (*to > seen(*judged, self.placed)).then(|| Telling {
            topic: Topic::Case,
            rung: Some(*to),
            title: "The desk sees this case on a higher rung".to_owned(),
            because: String::new(),
            places: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests;
