use proptest::prelude::*;

use super::*;
use crate::testing::{by, laws, line, run, words};

fn report() -> Act {
    Act::Report(Report {
        kind: Kind::PollBooks,
        voting: Voting::Slowed,
        place: line("Precinct 4, school gym"),
        what: words("The poll books show yesterday's list."),
        call_back: None,
        told_by: None,
    })
}

fn verify() -> Act {
    Act::Verify { event: line("Old list at one place"), how: words("Called the judge there.") }
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(report()),
        Just(Act::Take),
        Just(Act::Note { text: words("More.") }),
        prop::sample::select(Voting::ALL.to_vec()).prop_map(|now| Act::Voting { now }),
        Just(verify()),
        Just(Act::Refute { how: words("It was a drill.") }),
        Just(Act::Solve { how: words("The right list was loaded.") }),
        Just(Act::Close { why: words("Done.") }),
        Just(Act::Reopen { why: words("Again.") }),
    ]
}

proptest! {
    #[test]
    fn keeps_the_laws(sent in crate::testing::sendings(any_act())) {
        let log = laws::<Incident>(&sent)?;
        let state = log.state();
        // What is verified is an event, and nothing else is.
        prop_assert_eq!(state.truth == Truth::Verified, state.event.is_some());
        prop_assert_eq!(state.report.is_some(), !log.entries().is_empty());
        prop_assert!(state.stage != Stage::Taken || state.owner.is_some());
        if let (Truth::Verified, Some(first)) = (state.truth, log.entries().first()) {
            let verified = log.entries().iter().rev().find(|entry| {
                matches!(entry.body, crate::Body::Act(Act::Verify { .. }))
            });
            prop_assert!(verified.is_some_and(|entry| entry.by.id != first.by.id));
        }
    }
}

#[test]
fn a_night() {
    let log = run::<Incident>(&[
        ("clerk", report()),
        ("analyst", Act::Take),
        ("lead", verify()),
        ("analyst", Act::Solve { how: words("The right list was loaded.") }),
        ("lead", Act::Close { why: words("Nothing is left.") }),
    ])
    .unwrap();
    let state = log.state();
    assert_eq!((state.stage, state.truth), (Stage::Closed, Truth::Verified));
    assert_eq!(state.owner.as_ref().map(|owner| owner.id.as_str()), Some("analyst"));
}

#[test]
fn the_documents_draw_it() {
    let to = |acts: &[Act]| {
        let mut all = vec![("clerk", report())];
        all.extend(acts.iter().map(|act| ("analyst", act.clone())));
        all
    };
    let (how, why) = (words("So."), words("Done."));
    let solve = Act::Solve { how: how.clone() };
    let close = Act::Close { why: why.clone() };
    let states = [
        to(&[]),
        to(&[Act::Take]),
        to(&[Act::Take, solve.clone()]),
        to(&[Act::Take, close.clone()]),
    ];
    let acts = [
        ("take", "lead", Act::Take),
        ("note", "lead", Act::Note { text: words("More.") }),
        ("verify", "lead", verify()),
        ("refute", "lead", Act::Refute { how }),
        ("solve", "lead", solve),
        ("close", "lead", close),
        ("reopen", "lead", Act::Reopen { why }),
    ];
    let name = |incident: &Incident| incident.stage.label();
    crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
}

#[test]
fn nobody_fills_a_log_for_everybody_else() {
    let mut log = run::<Incident>(&[("clerk", report())]).unwrap();
    let note = || crate::Body::Act(Act::Note { text: words("Again.") });
    let mut put = |number: usize, who: &str, body| {
        let at = ward_kernel::Time::from_secs(number as i64);
        log.add(&format!("key-{number}-{who}"), at, &by(who), body)
    };
    for number in 1..500 {
        put(number, "clerk", note()).unwrap();
    }
    assert!(put(500, "clerk", note()).unwrap_err().0.contains("500 entries of yours"));
    put(501, "analyst", note()).unwrap();
    // It can always be brought to its end.
    let solve = Act::Solve { how: words("The right list was loaded.") };
    put(502, "clerk", crate::Body::Act(solve)).unwrap();
    // What is over at the place keeps nobody there from voting.
    assert_eq!(log.state().voting, Some(Voting::Unaffected));
    // For all of them together there is an end as well.
    let refused = (1_000_i64..).find_map(|number| {
        let (by, at) = (by(&format!("p{}", number / 400)), ward_kernel::Time::from_secs(number));
        log.add(&format!("key-{number}"), at, &by, note()).err()
    });
    assert!(refused.unwrap().0.contains("2,000"));
    assert_eq!(log.entries().len(), 2_000);
}

#[test]
fn nobody_verifies_their_own() {
    let refused = run::<Incident>(&[("clerk", report()), ("clerk", verify())]).unwrap_err();
    assert!(refused.0.contains("other than"), "{refused}");
    let closed = [("clerk", report()), ("lead", Act::Close { why: words("Done.") })];
    let mut log = run::<Incident>(&closed).unwrap();
    let late = log.judge("k", &crate::Body::Act(Act::Take), &by("analyst"));
    assert!(late.unwrap_err().0.contains("closed"));
    // A note is never refused.
    let note = crate::Body::Act(Act::Note { text: words("Seen again.") });
    log.add("n", ward_kernel::Time::from_secs(9), &by("clerk"), note).unwrap();
}

#[test]
fn what_is_open_again_hinders_again() {
    let voting = |acts: &[Act]| {
        let mut all = vec![("clerk", report())];
        all.extend(acts.iter().map(|act| ("analyst", act.clone())));
        run::<Incident>(&all).unwrap().state().voting
    };
    let is = |now| Act::Voting { now };
    let (solve, close) = (Act::Solve { how: words("So.") }, Act::Close { why: words("Done.") });
    let reopen = Act::Reopen { why: words("It was another place.") };
    let (stopped, as_usual) = (Voting::Stopped, Voting::Unaffected);
    for (acts, want) in [
        (vec![is(stopped), solve.clone()], as_usual),
        (vec![is(stopped), solve.clone(), reopen.clone()], stopped),
        (vec![solve.clone(), close.clone(), reopen.clone()], Voting::Slowed),
        // What somebody has said since holds.
        (vec![solve.clone(), is(Voting::NotVoting), reopen.clone()], Voting::NotVoting),
        (vec![is(Voting::NotVoting), solve.clone(), reopen.clone()], Voting::NotVoting),
        (vec![solve.clone(), reopen.clone(), is(as_usual), solve, reopen], as_usual),
    ] {
        assert_eq!(voting(&acts), Some(want), "{acts:?}");
    }
}

#[test]
fn what_was_kept_before_it_was_noted_is_read() {
    let kept = serde_json::to_value(run::<Incident>(&[("clerk", report())]).unwrap().state());
    let mut kept = kept.unwrap();
    assert!(kept.as_object_mut().unwrap().remove("hindered").is_some());
    let read: Incident = serde_json::from_value(kept).unwrap();
    assert_eq!((read.voting, read.hindered), (Some(Voting::Slowed), None));
}

#[test]
fn choices_are_kept_by_their_names() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
        let kept = serde_json::to_string(&kind).unwrap();
        assert_eq!(kept, format!("\"{}\"", kind.name()));
    }
    assert_eq!(Kind::named("Equipment"), None);
}

#[test]
fn what_people_are_told() {
    let at = Time::from_secs(9);
    let told = |acts: &[(&str, Act)], act: &Act| {
        run::<Incident>(acts).unwrap().state().tells(act, at).map(|told| told.topic)
    };
    let stopped = Act::Voting { now: Voting::Stopped };
    assert_eq!(told(&[], &report()), Some(Topic::Incident));
    assert_eq!(told(&[("clerk", report())], &stopped), Some(Topic::Voting));
    assert_eq!(told(&[("clerk", report())], &Act::Voting { now: Voting::Unaffected }), None);
    assert_eq!(told(&[("clerk", report())], &Act::Take), None);
    let telling = Incident::default().tells(&report(), at).unwrap();
    let sentence = "Voting is slower than it should be at Precinct 4, school gym.";
    assert_eq!(telling.because, sentence, "and nothing of what somebody wrote");
}

/// The moments at which people are told that voting stopped, of acts in these minutes.
fn told_at(acts: &[(i64, Act)]) -> Vec<i64> {
    let (mut log, mut told) = (crate::Log::<Incident>::default(), Vec::new());
    for (number, (minute, act)) in acts.iter().enumerate() {
        let at = Time::from_secs(minute * 60);
        let telling = log.state().tells(act, at);
        let body = crate::Body::Act(act.clone());
        let taken = log.add(&format!("key-{number}"), at, &by("clerk"), body).is_ok();
        if taken && telling.is_some_and(|telling| telling.topic == Topic::Voting) {
            told.push(*minute);
        }
    }
    told
}

#[test]
fn that_voting_stopped_is_told_once_in_half_an_hour() {
    let is = |minute, now| (minute, Act::Voting { now });
    let (stopped, goes_on) = (Voting::Stopped, Voting::Unaffected);
    let mut acts = vec![(0, report()), is(5, stopped), is(6, goes_on), is(7, stopped)];
    acts.extend([is(34, goes_on), is(34, stopped), is(35, goes_on), is(35, stopped)]);
    acts.extend([is(36, goes_on), is(64, stopped), is(90, goes_on), is(95, stopped)]);
    assert_eq!(told_at(&acts), [5, 35, 95]);
    // So it is when it was solved too early.
    let solve = |minute| (minute, Act::Solve { how: words("The right list was loaded.") });
    let reopen = |minute| (minute, Act::Reopen { why: words("It was not.") });
    let acts = [(0, report()), is(5, stopped), solve(6), reopen(9), solve(40), reopen(41)];
    assert_eq!(told_at(&acts), [5, 41]);
}

proptest! {
    #[test]
    fn nobody_is_told_twice_in_half_an_hour(
        mut acts in prop::collection::vec((0_i64..180, any_act()), 0..60),
    ) {
        acts.sort_by_key(|(minute, _)| *minute);
        let told = told_at(&acts);
        prop_assert!(told.windows(2).all(|two| two[1] - two[0] >= 30), "{told:?}");
    }
}
