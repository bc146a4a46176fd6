//! The laws that every machine's log keeps, and small things for tests.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use ward_kernel::Time;

use crate::log::{Body, By, Entry, Log, Machine, Refusal, Verdict};
use crate::text::{Line, Words};

pub(crate) fn by(id: &str) -> By {
    By { id: id.to_owned(), name: id.to_owned() }
}

pub(crate) fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

pub(crate) fn words(text: &str) -> Words {
    Words::new(text).unwrap()
}

/// Does one thing after the other; the first refusal ends it.
pub(crate) fn run<M: Machine>(acts: &[(&str, M::Act)]) -> Result<Log<M>, Refusal> {
    let mut log = Log::default();
    for (number, (who, act)) in acts.iter().enumerate() {
        let at = Time::from_secs(i64::try_from(number).unwrap());
        log.add(&format!("k{number}"), at, &by(who), Body::Act(act.clone()))?;
    }
    Ok(log)
}

/// The machine as a table for the documents: where each act leads from each state, tried out. A
/// state is named with the acts that lead to it.
pub(crate) fn table<M: Machine>(
    name: fn(&M) -> &'static str,
    states: &[Vec<(&str, M::Act)>],
    acts: &[(&str, &str, M::Act)],
) -> String {
    let mut text = String::from("| from |");
    acts.iter().for_each(|(act, ..)| text.push_str(&format!(" {act} |")));
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(acts.len())));
    for before in states {
        let log = run::<M>(before).unwrap();
        text.push_str(&format!("| {} |", name(log.state())));
        for (_, who, act) in acts {
            let mut log = log.clone();
            let done = log.add("table", Time::from_secs(99), &by(who), Body::Act(act.clone()));
            let to = if done.is_ok() { name(log.state()) } else { "" };
            text.push_str(&format!(" {to} |"));
        }
        text.push('\n');
    }
    text
}

/// Fails when the documents draw another machine.
#[track_caller]
pub(crate) fn is_drawn(table: &str) {
    let document = include_str!("../../../docs/room.md");
    assert!(document.contains(table), "docs/room.md should have:\n{table}");
}

/// How many entries a log takes once it is full, whatever three people send again and again, and what
/// the last of them read.
pub(crate) fn beyond<M: Machine>(
    begin: &[M::Act],
    more: &M::Act,
    acts: &[M::Act],
) -> (usize, Refusal)
where
    M::Act: std::fmt::Debug,
{
    let full = begin.iter().chain(std::iter::repeat(more)).take(2_000);
    let entry = |(number, act): (u64, &M::Act)| {
        let (key, body) = (format!("f{number}"), Body::Act(act.clone()));
        Entry { number, key, at: Time::default(), by: by("somebody"), body }
    };
    let mut log = Log::<M>::read((1..).zip(full).map(entry));
    let sent = || (0..20).flat_map(|_| acts).flat_map(|act| ["a", "b", "c"].map(|who| (who, act)));
    for (number, (who, act)) in sent().enumerate() {
        let _ = log.add(&format!("k{number}"), Time::default(), &by(who), Body::Act(act.clone()));
    }
    let last = log.judge("last", &Body::Act(more.clone()), &by("d"));
    (log.entries().len() - 2_000, last.unwrap_err())
}

/// Something that is sent to a log: by one of three people, under one of a few keys so that keys
/// come back, and whether the store is read again after it, as after a crash.
#[derive(Clone, Debug)]
pub(crate) struct Sending<A> {
    who: &'static str,
    key: u8,
    body: Body<A>,
    crash: bool,
}

pub(crate) fn sendings<A: Clone + std::fmt::Debug + 'static>(
    act: impl Strategy<Value = A> + 'static,
) -> impl Strategy<Value = Vec<Sending<A>>> {
    let body = prop_oneof![
        8 => act.prop_map(Body::Act),
        1 => (0_u64..12).prop_map(|of| Body::Correction { of, text: words("Not so.") }),
    ];
    let who = prop::sample::select(vec!["clerk", "analyst", "lead"]);
    let one = (who, 0_u8..24, body, prop::bool::weighted(0.2))
        .prop_map(|(who, key, body, crash)| Sending { who, key, body, crash });
    prop::collection::vec(one, 0..40)
}

/// Sends all of it and looks at the log after each: what stood there stands there as it was, what
/// was taken stands there once, what was refused does not, and reading again gives the same.
pub(crate) fn laws<M: Machine + std::fmt::Debug>(
    sent: &[Sending<M::Act>],
) -> Result<Log<M>, TestCaseError>
where
    M::Act: PartialEq + std::fmt::Debug,
{
    let mut log = Log::<M>::default();
    for (at, sending) in sent.iter().enumerate() {
        let before = log.entries().to_vec();
        let (key, who) = (format!("k{}", sending.key), by(sending.who));
        let now = Time::from_micros(i64::try_from(at).unwrap_or(0) * 1_000_001);
        let known = before.iter().find(|entry| entry.key == key && entry.by == who);
        let verdict = log.add(&key, now, &who, sending.body.clone());
        prop_assert_eq!(&log.entries()[..before.len()], before.as_slice(), "rewritten");
        let new = log.entries().get(before.len()..).unwrap_or_default();
        match (verdict, known) {
            (Ok(Verdict::Already(number)), Some(known)) => {
                prop_assert_eq!((number, new.len()), (known.number, 0));
                prop_assert_eq!(&known.body, &sending.body, "thrown away unseen");
            }
            (Err(_), Some(known)) => {
                prop_assert!(new.is_empty());
                prop_assert_ne!(&known.body, &sending.body);
            }
            (Ok(Verdict::Next(number)), None) => {
                let numbered = u64::try_from(before.len()).unwrap_or(0) + 1;
                prop_assert_eq!((number, new.len()), (numbered, 1));
                prop_assert_eq!((&new[0].body, new[0].at), (&sending.body, now));
            }
            (Err(_), None) => prop_assert!(new.is_empty()),
            (verdict, _) => prop_assert!(false, "{verdict:?}"),
        }
        let again = Log::<M>::read(log.entries().to_vec());
        prop_assert_eq!(format!("{:?}", again.state()), format!("{:?}", log.state()));
        prop_assert_eq!(format!("{:?}", folded(log.state())?), format!("{:?}", log.state()));
        if sending.crash {
            log = again;
        }
    }
    Ok(log)
}

/// What a log stands at, as it is kept beside it and read again.
fn folded<M: Machine>(state: &M) -> Result<M, TestCaseError> {
    let kept = serde_json::to_string(state);
    kept.and_then(|kept| serde_json::from_str(&kept))
        .map_err(|e| TestCaseError::fail(e.to_string()))
}
