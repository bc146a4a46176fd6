use proptest::prelude::*;
use ward_kernel::Rung;

use super::*;
use crate::communications::Way;
use crate::testing::{beyond, by, is_drawn, laws, line, run, sendings, table, words};
use crate::{Body, Words};

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

fn any_placed() -> impl Strategy<Value = Option<Placed>> {
    prop::option::of((any_rung(), any_rung()).prop_map(|(rung, judged)| Placed { rung, judged }))
}

proptest! {
    /// Nothing that is put down on one view hides another that judgement has on a higher rung.
    #[test]
    fn what_is_carried_hides_nothing(
        act in any_act(),
        (judged, placed) in (any_rung(), any_placed()),
        (judged_there, placed_there) in (any_rung(), any_placed()),
    ) {
        let here = Stands { judged, seen: seen(judged, placed) };
        let there = Stands { judged: judged_there, seen: seen(judged_there, placed_there) };
        let mut file = CaseFile { placed: placed_there, ..CaseFile::default() };
        let carried = carried(&act, here, there);
        if let Ok(Some(act)) = &carried {
            prop_assert_eq!(file.allows(act, &by("lead")), Ok(()));
            let told = Told { number: 1, at: ward_kernel::Time::from_secs(1), by: &by("lead") };
            file.take(act, &told);
        }
        let then = seen(judged_there, file.placed);
        if there.is_higher(here) {
            prop_assert!(then >= there.seen && file.decided.is_none_or(|to| to == Decision::Open));
        }
        // More evidence there counts again, whatever was put down.
        for higher in Rung::ALL.into_iter().filter(|higher| *higher > judged_there) {
            prop_assert!(seen(higher, file.placed) >= there.seen.min(higher));
        }
        match &act {
            Act::Note { .. } => prop_assert_eq!(carried, Ok(Some(act.clone()))),
            Act::Rung { to, .. } if *to < here.seen => prop_assert!(then <= there.seen),
            Act::Rung { .. } => prop_assert!(then >= there.seen && carried.is_ok()),
            Act::Decide { .. } => {}
            _ => prop_assert_eq!(carried, Ok(None)),
        }
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
        ("lead", Act::Rung { to: Rung::Scan, judged: Rung::Attempt, why: words("x") }, "stands"),
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

/// A case has one log: what is full is closed once, and nothing begins anew.
#[test]
fn a_full_file_is_closed_once() {
    let decide = |to| Act::Decide { to, why: why() };
    let note = Act::Note { text: words("More.") };
    let acts = Decision::ALL.map(decide);
    let (taken, last) = beyond::<CaseFile>(&[begin()], &note, &acts);
    assert_eq!((taken, last.0), (1, "2,000 entries stand here: no more can be written here."));
    let closed = [begin(), decide(Decision::Closed)];
    assert_eq!(beyond::<CaseFile>(&closed, &note, &acts).0, 0);
}
