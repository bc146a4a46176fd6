//! A case's file: what people make of a case that judgement keeps. Who has it, on which rung the
//! desk sees it, what is left to do, whom the office told, what was decided and why.
//!
//! Judgement goes on meanwhile. So what the desk puts down against it carries the rung on which
//! judgement had the case then, and counts no further than that: see [`seen`] and [`part_of`].

use serde::{Deserialize, Serialize};
use ward_kernel::Rung;

use crate::choices::choices;
use crate::communications::Way;
use crate::log::{By, Machine, Refusal, Told};
use crate::notices::{Telling, Topic};
use crate::text::{Line, Words};

choices! {
    /// What is to become of a case.
    Decision {
        /// Somebody has to look at it.
        Open = "open", "Open";
        /// It is known and followed.
        Watched = "watched", "Watched";
        /// Nothing more is to be done.
        Closed = "closed", "Closed";
    }
}

/// What can be done with a case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It was taken out of another by hand: the first entry of a case that judgement does not know.
    Begin(Origin),
    /// Somebody takes it.
    Take,
    /// Somebody gives it to somebody.
    Give {
        /// To whom.
        to: By,
    },
    /// Nobody has it from now on.
    Release,
    /// Something was learned.
    Note {
        /// What.
        text: Words,
    },
    /// Something is to be done; its number is the entry's.
    Task {
        /// What.
        what: Line,
    },
    /// A task is done.
    TaskDone {
        /// Its number.
        task: u64,
        /// What came of it.
        how: Option<Words>,
    },
    /// A task need not be done.
    TaskDrop {
        /// Its number.
        task: u64,
        /// Why.
        why: Words,
    },
    /// The desk sees it on another rung than judgement.
    Rung {
        /// On which.
        #[serde(with = "rung_name")]
        to: Rung,
        /// On which judgement has it now.
        #[serde(with = "rung_name")]
        judged: Rung,
        /// Why.
        why: Words,
    },
    /// It is a part of another case.
    Merge {
        /// The other's id.
        into: String,
        /// On which rung judgement has it now.
        #[serde(with = "rung_name")]
        judged: Rung,
        /// Why.
        why: Words,
    },
    /// It is a case of its own after all.
    TakeOut {
        /// Why.
        why: Words,
    },
    /// Some of its sources are a case of their own.
    Split {
        /// The new case's id.
        into: String,
        /// Which sources.
        sources: Vec<String>,
        /// Why.
        why: Words,
    },
    /// The office told somebody.
    Told {
        /// Whom.
        whom: Line,
        /// What.
        what: Words,
        /// By which way.
        way: Way,
    },
    /// What is to become of it.
    Decide {
        /// What.
        to: Decision,
        /// Why.
        why: Words,
    },
}

/// Where a case that people made comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Origin {
    /// The id of the case that it was a part of.
    pub from: String,
    /// The sources that were taken out of it.
    pub sources: Vec<String>,
    /// Why.
    pub why: Words,
}

/// The desk's own view of a rung.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placed {
    /// Where the desk put it.
    pub rung: Rung,
    /// Where judgement had it then.
    pub judged: Rung,
}

/// The rung that counts: the desk's, until judgement rises above what the desk had before it.
///
/// What the desk raised stands at least there. What it lowered stands at most there, as long as
/// judgement does not rise above the rung that it had when it was lowered: then there is evidence
/// that nobody had seen, and the judged rung counts again.
#[must_use]
pub fn seen(judged: Rung, desk: Option<Placed>) -> Rung {
    match desk {
        None => judged,
        Some(placed) if placed.rung >= placed.judged => judged.max(placed.rung),
        Some(placed) if judged > placed.judged => judged,
        Some(placed) => judged.min(placed.rung),
    }
}

/// That a case is a part of another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Merged {
    /// The other's id.
    pub into: String,
    /// Where judgement had it when it was merged.
    pub judged: Rung,
}

/// The case that this one is a part of, unless judgement rose above the rung that it was merged on:
/// then it stands for itself again, so that nobody misses it.
#[must_use]
pub fn part_of(judged: Rung, merged: Option<&Merged>) -> Option<&str> {
    merged.filter(|merged| judged <= merged.judged).map(|merged| merged.into.as_str())
}

/// How a task stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TaskStage {
    /// Left to do.
    Open,
    /// Done.
    Done,
    /// Need not be done.
    Dropped,
}

/// Something that is to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
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
#[derive(Clone, Debug, Default)]
pub struct CaseFile {
    /// Where it comes from, when people made it.
    pub origin: Option<Origin>,
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

    /// Why a case cannot be given, merged or split so.
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

    type Act = Act;

    fn allows(&self, act: &Act, by: &By) -> Result<(), Refusal> {
        self.refused(act, by).map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn is_open(&self) -> bool {
        self.decided != Some(Decision::Closed)
    }

    fn settles(act: &Act) -> bool {
        matches!(act, Act::Decide { to: Decision::Closed, .. })
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        self.begun = true;
        match act {
            Act::Begin(origin) => self.origin = Some(origin.clone()),
            Act::Take => self.owner = Some(entry.by.clone()),
            Act::Give { to } => self.owner = Some(to.clone()),
            Act::Release => self.owner = None,
            Act::Note { .. } | Act::Told { .. } => {}
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
    fn tells(&self, act: &Act) -> Option<Telling> {
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

/// A rung by its name: the kernel writes it and does not read it.
mod rung_name {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use ward_kernel::Rung;

    pub(super) fn serialize<S: Serializer>(rung: &Rung, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(rung.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Rung, D::Error> {
        let name = String::deserialize(from)?;
        let found = Rung::ALL.into_iter().find(|rung| rung.name() == name);
        found.ok_or_else(|| D::Error::custom("this is no rung of the ladder"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Body;
    use crate::testing::{by, is_drawn, laws, line, run, sendings, table, words};

    fn any_rung() -> impl Strategy<Value = Rung> {
        prop::sample::select(Rung::ALL.to_vec())
    }

    fn why() -> Words {
        words("Their own scanner, says the clerk.")
    }

    fn merge(judged: Rung) -> Act {
        Act::Merge { into: "W-2".to_owned(), judged, why: why() }
    }

    fn split() -> Act {
        let sources = vec!["192.0.2.7".to_owned()];
        Act::Split { into: "W-1-9".to_owned(), sources, why: why() }
    }

    fn told() -> Act {
        let (whom, what) = (line("Clerk of Adair County"), words("Lock the account."));
        Act::Told { whom, what, way: Way::Telephone }
    }

    fn begin() -> Act {
        let sources = vec!["192.0.2.7".to_owned()];
        Act::Begin(Origin { from: "W-1".to_owned(), sources, why: why() })
    }

    fn any_act() -> impl Strategy<Value = Act> {
        let task = 0_u64..20;
        prop_oneof![
            1 => Just(begin()),
            3 => Just(Act::Take),
            2 => prop::sample::select(vec!["clerk", "analyst", "lead"])
                .prop_map(|who| Act::Give { to: by(who) }),
            2 => Just(Act::Release),
            1 => Just(Act::Note { text: words("More.") }),
            4 => Just(Act::Task { what: line("Call the clerk") }),
            3 => task.clone().prop_map(|task| Act::TaskDone { task, how: None }),
            2 => task.prop_map(|task| Act::TaskDrop { task, why: why() }),
            4 => (any_rung(), any_rung())
                .prop_map(|(to, judged)| Act::Rung { to, judged, why: why() }),
            3 => any_rung().prop_map(merge),
            2 => Just(Act::TakeOut { why: why() }),
            1 => Just(split()),
            1 => Just(told()),
            3 => prop::sample::select(Decision::ALL.to_vec())
                .prop_map(|to| Act::Decide { to, why: why() }),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<CaseFile>(&sent)?;
            let state = log.state();
            // Told over by hand: who has it, and each task put down once and ended at most once.
            let (mut owner, mut tasks, mut ended) = (None, Vec::new(), Vec::new());
            for entry in log.entries() {
                let Body::Act(act) = &entry.body else { continue };
                match act {
                    Act::Take => owner = Some(entry.by.id.clone()),
                    Act::Give { to } => owner = Some(to.id.clone()),
                    Act::Release => owner = None,
                    Act::Task { .. } => tasks.push(entry.number),
                    Act::TaskDone { task, .. } | Act::TaskDrop { task, .. } => {
                        prop_assert!(tasks.contains(task) && !ended.contains(task));
                        ended.push(*task);
                    }
                    Act::Begin(_) => prop_assert_eq!(entry.number, 1),
                    _ => {}
                }
            }
            prop_assert_eq!(state.owner.as_ref().map(|owner| &owner.id), owner.as_ref());
            prop_assert_eq!(state.tasks.iter().map(|task| task.number).collect::<Vec<_>>(), tasks);
            prop_assert_eq!(state.open_tasks().count() + ended.len(), state.tasks.len());
        }

        #[test]
        fn the_rung_that_counts(judged in any_rung(), rung in any_rung(), then in any_rung()) {
            let placed = Placed { rung, judged: then };
            let counts = seen(judged, Some(placed));
            prop_assert_eq!(seen(judged, None), judged);
            // It is one of the two, and where the desk looked it is the desk's.
            prop_assert!(counts == judged || counts == rung);
            prop_assert_eq!(seen(then, Some(placed)), rung);
            // Evidence that came later is never hidden by what the desk said before it.
            prop_assert!(judged <= then || counts >= judged);
            // More evidence never lowers it.
            for higher in Rung::ALL.into_iter().filter(|higher| *higher > judged) {
                prop_assert!(seen(higher, Some(placed)) >= counts);
            }
            let merged = Merged { into: "W-2".to_owned(), judged: then };
            prop_assert_eq!(part_of(judged, Some(&merged)).is_some(), judged <= then);
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let taken = || vec![("analyst", Act::Take)];
        let decide = |to| Act::Decide { to, why: why() };
        let then = |act: Act| [taken(), vec![("lead", act)]].concat();
        let states = [vec![], taken(), then(merge(Rung::Attempt)), then(decide(Decision::Closed))];
        let raise = Act::Rung { to: Rung::Access, judged: Rung::Attempt, why: why() };
        let acts = [
            ("take", "lead", Act::Take),
            ("give", "lead", Act::Give { to: by("clerk") }),
            ("release", "lead", Act::Release),
            ("note, task, told", "lead", told()),
            ("another rung", "lead", raise),
            ("split off", "lead", split()),
            ("merge", "lead", merge(Rung::Attempt)),
            ("take out", "lead", Act::TakeOut { why: why() }),
            ("close", "lead", decide(Decision::Closed)),
            ("open, watch", "lead", decide(Decision::Open)),
        ];
        let name = |file: &CaseFile| match (&file.merged, file.is_open(), &file.owner) {
            (Some(_), ..) => "Part of another",
            (None, false, _) => "Closed",
            (None, true, Some(_)) => "Somebody's",
            (None, true, None) => "Nobody's",
        };
        is_drawn(&table(name, &states, &acts));
    }

    #[test]
    fn an_evening() {
        let log = run::<CaseFile>(&[
            ("analyst", Act::Take),
            ("analyst", Act::Task { what: line("Call the clerk") }),
            ("analyst", Act::Rung { to: Rung::Scan, judged: Rung::Attempt, why: why() }),
            ("analyst", Act::TaskDone { task: 2, how: Some(words("It is their scanner.")) }),
            ("lead", Act::Decide { to: Decision::Closed, why: why() }),
        ])
        .unwrap();
        let state = log.state();
        assert_eq!((state.open_tasks().count(), state.is_open()), (0, false));
        assert_eq!(seen(Rung::Attempt, state.placed), Rung::Scan);
        assert_eq!(seen(Rung::Access, state.placed), Rung::Access);
        for (who, act, why) in [
            ("analyst", Act::Take, "already"),
            ("lead", Act::TaskDone { task: 2, how: None }, "not open"),
            ("lead", Act::TaskDrop { task: 1, why: words("x") }, "not open"),
            (
                "lead",
                Act::Rung { to: Rung::Scan, judged: Rung::Attempt, why: words("x") },
                "stands",
            ),
            ("lead", Act::TakeOut { why: words("x") }, "no part"),
            ("lead", begin(), "begun"),
        ] {
            let refused = log.judge("late", &Body::Act(act), &by(who)).unwrap_err();
            assert!(refused.0.contains(why), "{refused}");
        }
    }

    #[test]
    fn what_was_merged_can_be_merged_again_when_it_rose() {
        let mut log = run::<CaseFile>(&[("analyst", merge(Rung::Attempt))]).unwrap();
        let again = |judged| Body::Act(merge(judged));
        assert!(log.judge("k", &again(Rung::Attempt), &by("lead")).is_err());
        let at = ward_kernel::Time::from_secs(9);
        log.add("k", at, &by("lead"), again(Rung::Access)).unwrap();
        assert_eq!(part_of(Rung::Access, log.state().merged.as_ref()), Some("W-2"));
        assert_eq!(part_of(Rung::Effect, log.state().merged.as_ref()), None);
    }

    #[test]
    fn entries_are_kept_by_their_names() {
        let kept = serde_json::to_string(&Body::Act(merge(Rung::Attempt))).unwrap();
        assert!(kept.contains("\"merge\"") && kept.contains("\"attempt\""), "{kept}");
        for act in [begin(), split(), told(), Act::Take, merge(Rung::Effect)] {
            let kept = serde_json::to_string(&act).unwrap();
            assert_eq!(serde_json::from_str::<Act>(&kept).unwrap(), act);
        }
        let odd = r#"{"rung":{"to":"sky","judged":"scan","why":"x"}}"#;
        assert!(serde_json::from_str::<Act>(odd).is_err());
    }
}
