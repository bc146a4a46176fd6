use proptest::prelude::*;
use ward_kernel::{Rung, Time};

use super::*;
use crate::case_file::Decision;
use crate::incident::{self, Incident, Kind, Report, Voting};
use crate::log::{Body, Log, Machine};
use crate::shift::{self, Position};
use crate::testing::{by, line, words};

fn event(log: &str, number: u64, at: i64, said: Said) -> Event {
    Event {
        at: Time::from_secs(at),
        log: log.to_owned(),
        number,
        kind: String::new(),
        jurisdiction: None,
        by: Some(by("analyst")),
        act: String::new(),
        texts: Vec::new(),
        seal: None,
        said,
    }
}

fn report() -> incident::Act {
    incident::Act::Report(Report {
        kind: Kind::PollBooks,
        voting: Voting::Slowed,
        place: line("A gym"),
        what: words("The poll books are slow."),
        call_back: None,
        told_by: None,
    })
}

fn incident_act() -> impl Strategy<Value = incident::Act> {
    use incident::Act;
    prop_oneof![
        Just(report()),
        Just(Act::Take),
        Just(Act::Note { text: words("More.") }),
        Just(Act::Voting { now: Voting::Stopped }),
        Just(Act::Verify { event: line("Slow books"), how: words("Called.") }),
        Just(Act::Solve { how: words("Loaded.") }),
        Just(Act::Close { why: words("Done.") }),
        Just(Act::Reopen { why: words("Again.") }),
    ]
}

fn position_act() -> impl Strategy<Value = shift::Act> {
    use shift::Act;
    prop_oneof![
        Just(Act::Begin),
        Just(Act::HandOver { notes: words("Watch.") }),
        (1_u64..9).prop_map(|entry| Act::Sign { entry }),
        Just(Act::TakeOver { why: words("Left.") }),
        Just(Act::End),
    ]
}

/// What is put down in a log, each with how much later than the one before; clocks can be set back.
type Put<A> = Vec<(A, i64)>;

fn put<A: std::fmt::Debug + Clone>(act: impl Strategy<Value = A>) -> impl Strategy<Value = Put<A>> {
    prop::collection::vec((act, -3_i64..20), 0..15)
}

/// A log as the room would have taken it, and the events of it.
fn taken<M: Machine>(
    id: &str,
    put: Put<M::Act>,
    said: fn(Body<M::Act>) -> Said,
) -> (Log<M>, Vec<Event>) {
    let (mut log, mut events, mut at) = (Log::<M>::default(), Vec::new(), 100);
    for (number, (act, later)) in put.into_iter().enumerate() {
        at += later;
        let who = by(if number % 3 == 0 { "analyst" } else { "lead" });
        let body = Body::Act(act);
        if log.add(&format!("k{number}"), Time::from_secs(at), &who, body.clone()).is_ok() {
            let number = u64::try_from(log.entries().len()).unwrap();
            events.push(Event { by: Some(who), ..event(id, number, at, said(body)) });
        }
    }
    (log, events)
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// All of a stand but its moment.
fn whole(stand: &Stand) -> String {
    debug(&Stand { at: Time::default(), ..stand.clone() })
}

proptest! {
    #[test]
    fn keeps_the_laws(
        first in put(incident_act()),
        second in put(incident_act()),
        third in put(position_act()),
        shuffle in any::<prop::sample::Index>(),
        moment in 90_i64..300,
    ) {
        let (one, mut events) = taken::<Incident>("incident-1", first, Said::Incident);
        let (two, more) = taken::<Incident>("incident-2", second, Said::Incident);
        events.extend(more);
        let (position, more) = taken::<Position>("position-lead-1", third, Said::Position);
        events.extend(more);
        // In whatever order they are read.
        if !events.is_empty() {
            let at = shuffle.index(events.len());
            events.rotate_left(at);
        }
        let replay = Replay::new(events.clone());
        prop_assert_eq!(replay.events().len(), events.len());
        prop_assert_eq!(debug(&replay.events()), debug(&Replay::new(replay.events().to_vec()).events()));

        // Now is what is.
        let now = replay.stand(Time::from_secs(10_000));
        for (id, log) in [("incident-1", &one), ("incident-2", &two)] {
            let stood = now.incidents.get(id).map(|(_, state)| state.clone()).unwrap_or_default();
            prop_assert_eq!(debug(&stood), debug(log.state()));
        }
        let stood = now.positions.get("position-lead-1").map(|(_, state)| state.clone());
        prop_assert_eq!(debug(&stood.unwrap_or_default()), debug(position.state()));

        // What came later changes nothing of what was.
        let at = Time::from_secs(moment);
        let known = replay.until(at);
        let then = Replay::new(replay.events()[..known].to_vec());
        prop_assert_eq!(whole(&then.stand(at)), whole(&replay.stand(at)));
        prop_assert_eq!(then.stand(at).events, known as u64);

        // Each log keeps its order, moments do not go back, steps lead to each of them.
        let mut seen = std::collections::BTreeMap::new();
        for event in replay.events() {
            let before = seen.insert(event.log.clone(), event.number).unwrap_or(0);
            prop_assert!(before < event.number);
        }
        let (mut at, mut steps) = (Time::from_secs(0), 0);
        while let Some(next) = replay.next(at) {
            prop_assert!(next > at);
            prop_assert_eq!(replay.previous(next).unwrap_or(Time::from_secs(0)).max(at), at);
            steps += replay.between(next, next).len();
            at = next;
        }
        prop_assert_eq!(steps, events.len());
    }
}

#[test]
fn a_clock_that_was_set_back_loses_nothing() {
    let close = incident::Act::Close { why: words("Done.") };
    let events = vec![
        event("incident-1", 1, 50, Said::Incident(Body::Act(report()))),
        event("incident-1", 2, 40, Said::Incident(Body::Act(close))),
        event("incident-0", 1, 45, Said::Incident(Body::Act(report()))),
    ];
    let replay = Replay::new(events);
    let order: Vec<_> =
        replay.events().iter().map(|event| (event.log.as_str(), event.number)).collect();
    assert_eq!(order, [("incident-0", 1), ("incident-1", 1), ("incident-1", 2)]);
    assert_eq!(replay.stand(Time::from_secs(49)).open_incidents().count(), 1);
    assert_eq!(replay.stand(Time::from_secs(50)).open_incidents().count(), 1);
    assert_eq!(replay.stand(Time::from_secs(50)).incidents.len(), 2);
}

#[test]
fn cases_stand_on_the_rung_of_that_moment() {
    let step = |number, at, rung, step| event("W-1", number, at, Said::Case { rung, step });
    let why = words("It was our own.");
    let lower =
        crate::case_file::Act::Rung { to: Rung::Scan, judged: Rung::Attempt, why: why.clone() };
    let raise =
        crate::case_file::Act::Rung { to: Rung::Access, judged: Rung::Attempt, why: why.clone() };
    assert!(event("case-W-1", 1, 30, Said::File(Body::Act(raise))).is_grave());
    let close = crate::case_file::Act::Decide { to: Decision::Closed, why };
    let replay = Replay::new(vec![
        step(1, 10, Rung::Scan, Step::Opened),
        step(2, 20, Rung::Attempt, Step::Went),
        event("case-W-1", 1, 30, Said::File(Body::Act(lower))),
        event("case-W-1", 2, 40, Said::File(Body::Act(close))),
        step(3, 50, Rung::Access, Step::Went),
        step(4, 60, Rung::Access, Step::Gone),
    ]);
    let rungs = |at| replay.stand(Time::from_secs(at)).rungs();
    assert_eq!(rungs(5), [0, 0, 0, 0]);
    assert_eq!(rungs(10), [1, 0, 0, 0]);
    assert_eq!(rungs(20), [0, 1, 0, 0]);
    assert_eq!(rungs(30), [1, 0, 0, 0]);
    assert_eq!(rungs(40), [0, 0, 0, 0]);
    // Judgement rose above what the desk had before it: it is open again.
    assert_eq!(rungs(50), [0, 0, 1, 0]);
    assert_eq!(rungs(60), [0, 0, 0, 0]);
    let grave: Vec<_> = replay.events().iter().map(Event::is_grave).collect();
    assert_eq!(grave, [false, false, false, false, true, false]);
}

#[test]
fn sensors_come_fall_silent_and_go() {
    let sensor = |number, at, what| event("n-1", number, at, Said::Sensor(what));
    let replay = Replay::new(vec![
        sensor(1, 10, Sensor::Came),
        sensor(2, 15, Sensor::Missed),
        sensor(3, 20, Sensor::Silent),
        sensor(4, 30, Sensor::Went),
    ]);
    let at = |at| replay.stand(Time::from_secs(at)).sensors.get("n-1").copied();
    assert_eq!(at(9), None);
    assert_eq!((at(10), at(15)), (Some(None), Some(None)));
    assert_eq!(at(20), Some(Some(Time::from_secs(20))));
    assert_eq!(at(30), None);
}
