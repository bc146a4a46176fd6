//! Contacts as laws, and by example.

use proptest::prelude::*;
use ward_kernel::time::DAY;

use super::*;
use crate::calendar::Days;
use crate::testing::{by, laws, line, run, sendings};
use crate::{Body, Log, Verdict};

fn contact(title: &str, telephone: &str) -> Contact {
    Contact {
        title: line(title),
        name: None,
        telephone: Some(line(telephone)),
        second: None,
        mail: None,
        hours: None,
        note: None,
        first: false,
    }
}

fn put(id: &str, telephone: &str) -> Act {
    put_over(id, telephone, None)
}

fn put_over(id: &str, telephone: &str, of: Option<u64>) -> Act {
    Act::Put { id: id.to_owned(), contact: contact("County clerk", telephone), of }
}

fn remove(id: &str) -> Act {
    Act::Remove { id: id.to_owned(), of: None }
}

/// What another log stood at.
fn carry() -> Act {
    let acts = [("clerk", put("a", "555-0103")), ("clerk", put("c", "555-0104"))];
    run::<Directory>(&acts).unwrap().state().carried()
}

fn any_act() -> impl Strategy<Value = Act> {
    let id = || prop::sample::select(vec!["a", "b", "c", "No id"]);
    let number = prop::sample::select(vec!["555-0101", "555-0102", "call me"]);
    let of = prop_oneof![2 => Just(None), 1 => (0_u64..8).prop_map(Some)];
    prop_oneof![
        5 => (id(), number, of).prop_map(|(id, number, of)| put_over(id, number, of)),
        2 => id().prop_map(remove),
        4 => (0_u64..8).prop_map(|entry| Act::Confirm { entry }),
        1 => Just(carry()),
    ]
}

proptest! {
    #[test]
    fn keeps_the_laws(sent in sendings(any_act())) {
        let log = laws::<Directory>(&sent)?;
        let state = log.state();
        for (id, listed) in state.in_order() {
            prop_assert!(is_id(id));
            prop_assert!(listed.contact.check().is_ok());
            // What nobody has said to be right since it was changed is not called confirmed.
            let said = log.entries().iter().rev().find_map(|entry| match &entry.body {
                Body::Act(Act::Put { id: of, .. }) if of == id => Some((entry.at, &entry.by)),
                Body::Act(Act::Confirm { .. }) => Some((entry.at, &entry.by)),
                Body::Act(Act::Carry(stood)) => {
                    stood.get(id).map(|stood| (stood.confirmed, &stood.by))
                }
                _ => None,
            });
            prop_assert_eq!(said, Some((listed.confirmed, &listed.by)));
        }
        // Whoever confirmed had read what stood there.
        let (mut newest, mut before) = (0, 0);
        for entry in log.entries() {
            match &entry.body {
                Body::Act(Act::Confirm { entry }) => prop_assert_eq!(*entry, newest),
                Body::Act(Act::Carry(stood)) => {
                    prop_assert_eq!(entry.number, 1, "a log is carried into at its beginning");
                    (newest, before) = (stood.newest(), stood.newest());
                }
                Body::Act(_) => newest = before + entry.number,
                Body::Correction { .. } => prop_assert!(false, "contacts take no correction"),
            }
        }
        prop_assert_eq!(state.confirmed().is_none(), state.in_order().is_empty());
    }
}

/// What becomes of the log of an office while two pages are open.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A page is opened.
    Open(usize),
    /// It saves the contact that it shows first, or a new one where it shows none.
    Save(usize, &'static str),
    /// It removes that contact.
    Remove(usize),
    /// The log is full: another follows.
    Full,
}

fn send(log: &mut Log<Directory>, key: &str, act: Act) -> Result<Verdict, Refusal> {
    log.add(key, Time::default(), &by("clerk"), Body::Act(act))
}

/// The log that follows one that is full.
fn followed(log: &Log<Directory>) -> Log<Directory> {
    let mut next = Log::default();
    send(&mut next, "carry", log.state().carried()).unwrap();
    next
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let number = prop::sample::select(vec!["555-0101", "555-0102", "555-0103"]);
    let step = prop_oneof![
        3 => (0_usize..2).prop_map(Step::Open),
        5 => (0_usize..2, number).prop_map(|(page, number)| Step::Save(page, number)),
        1 => (0_usize..2).prop_map(Step::Remove),
        1 => Just(Step::Full),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    /// What a page takes the place of is what it showed, however old it is; and what is as it
    /// showed it can be changed.
    #[test]
    fn no_page_takes_back_what_it_did_not_show(steps in any_steps()) {
        let mut log = Log::<Directory>::default();
        let mut pages = [Directory::default(), Directory::default()];
        for (number, step) in steps.into_iter().enumerate() {
            let key = format!("k{number}");
            let (page, number) = match step {
                Step::Open(page) => {
                    pages[page] = log.state().clone();
                    continue;
                }
                Step::Full => {
                    log = followed(&log);
                    continue;
                }
                Step::Save(page, number) => (page, Some(number)),
                Step::Remove(page) => (page, None),
            };
            let Some((id, shown)) = pages[page].in_order().first().copied() else {
                let _ = send(&mut log, &key, put(&key, "555-0100"));
                continue;
            };
            let of = Some(shown.entry);
            let stands = log.state().get(id).map(|listed| listed.contact.clone());
            let act = match number {
                Some(number) => put_over(id, number, of),
                None => Act::Remove { id: id.to_owned(), of },
            };
            let done = send(&mut log, &key, act);
            if done.is_ok() {
                prop_assert_eq!(stands.as_ref(), Some(&shown.contact), "a newer one was lost");
            } else if stands.as_ref() == Some(&shown.contact) {
                let same = shown.contact.telephone.as_ref().map(Line::as_str) == number;
                let again = log.state().get(id).is_some_and(|listed| Some(listed.entry) != of);
                prop_assert!(same || again, "{done:?}");
            }
        }
    }

    /// A log that is full and followed by another says what one without end would.
    #[test]
    fn what_is_carried_over_stands_as_it_stood(
        acts in prop::collection::vec((0_usize..3, 0_u8..3), 1..30),
        full in prop::collection::vec(any::<bool>(), 30),
    ) {
        let (mut one, mut many) = (Log::<Directory>::default(), Log::<Directory>::default());
        for (at, ((id, what), full)) in acts.into_iter().zip(full).enumerate() {
            if full && !many.entries().is_empty() {
                many = followed(&many);
            }
            let id = ["a", "b", "c"][id];
            for log in [&mut one, &mut many] {
                let act = match what {
                    0 => put(id, &format!("555-01{at:02}")),
                    1 => remove(id),
                    _ => Act::Confirm { entry: log.state().newest() },
                };
                let time = Time::from_secs(i64::try_from(at).unwrap());
                let _ = log.add(&format!("k{at}"), time, &by("clerk"), Body::Act(act));
            }
            let told = |log: &Log<Directory>| -> Vec<_> {
                let all = log.state().in_order().into_iter();
                all.map(|(id, one)| (id.to_owned(), one.contact.clone(), one.confirmed, one.by.clone())).collect()
            };
            prop_assert_eq!(told(&one), told(&many));
        }
    }
}

/// Entries from before they named what was read.
#[test]
fn what_stands_is_read_as_it_is() {
    let old = r#"{"remove":{"id":"a"}}"#;
    assert_eq!(serde_json::from_str::<Act>(old).unwrap(), remove("a"));
    assert_eq!(serde_json::to_string(&remove("a")).unwrap(), old);
    let carried = serde_json::to_string(&carry()).unwrap();
    assert_eq!(serde_json::from_str::<Act>(&carried).unwrap(), carry());
}

#[test]
fn a_page_of_before_is_told_so() {
    let acts = [("a", put("a", "555-0101")), ("b", put_over("a", "555-0102", Some(1)))];
    let with = |act: Act| run::<Directory>(&[&acts[..], &[("a", act)]].concat());
    let old = with(put_over("a", "555-0103", Some(1))).unwrap_err();
    assert!(old.0.contains("changed this contact meanwhile"));
    let old = with(Act::Remove { id: "a".into(), of: Some(1) }).unwrap_err();
    assert!(old.0.contains("changed this contact meanwhile"));
    assert!(with(put_over("a", "555-0103", Some(2))).is_ok());
    // Who was removed does not come back by a page that shows them.
    let gone = [&acts[..], &[("b", remove("a")), ("a", put_over("a", "555-0103", Some(2)))]];
    assert!(run::<Directory>(&gone.concat()).unwrap_err().0.contains("removed"));
}

#[test]
fn the_documents_draw_it() {
    let some = || vec![("clerk", put("a", "555-0101"))];
    let acts = [
        ("put a contact", "clerk", put("b", "555-0102")),
        ("remove the only one", "clerk", remove("a")),
        ("confirm what was read", "clerk", Act::Confirm { entry: 1 }),
        ("confirm what is older", "lead", Act::Confirm { entry: 0 }),
    ];
    let name = |state: &Directory| match state.confirmed() {
        None => "Nobody named",
        Some(_) => "Somebody named",
    };
    crate::testing::is_drawn(&crate::testing::table(name, &[Vec::new(), some()], &acts));
}

#[test]
fn what_was_read_is_confirmed_and_nothing_else() {
    let acts = [("clerk", put("a", "555-0101")), ("lead", put("b", "555-0102"))];
    let log = run::<Directory>(&acts).unwrap();
    assert_eq!(log.state().confirmed(), Some(Time::from_secs(0)));
    let stale = [&acts[..], &[("clerk", Act::Confirm { entry: 1 })]].concat();
    assert!(run::<Directory>(&stale).unwrap_err().0.contains("read it again"));
    let read = [&acts[..], &[("clerk", Act::Confirm { entry: 2 })]].concat();
    let log = run::<Directory>(&read).unwrap();
    assert_eq!(log.state().confirmed(), Some(Time::from_secs(2)));
    assert_eq!((log.state().newest(), log.state().is_open()), (2, false));
    // Whoever is called first stands first, however late they came.
    let mut first = contact("Duty telephone", "555-0103");
    first.first = true;
    let more =
        [&read[..], &[("clerk", Act::Put { id: "c".into(), contact: first, of: None })]].concat();
    let log = run::<Directory>(&more).unwrap();
    let order: Vec<&str> = log.state().in_order().into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, ["c", "a", "b"]);
}

#[test]
fn ways_are_held_against_what_they_are_for() {
    for (number, fits) in [
        ("573-555-0142", true),
        ("+1 (573) 555-0142 ext. 7", true),
        ("911", true),
        ("the sheriff", false),
        ("12", false),
        ("555-0142\"><b>", false),
    ] {
        assert_eq!(is_telephone(number), fits, "{number}");
    }
    let mut nothing = contact("County clerk", "555-0101");
    nothing.telephone = None;
    assert!(nothing.check().unwrap_err().0.contains("at least one way"));
    nothing.mail = Some(line("clerk at adair"));
    assert!(nothing.check().unwrap_err().0.contains("name@office.example"));
    nothing.mail = Some(line("clerk@adair.example"));
    assert_eq!(nothing.check(), Ok(()));
    let twice = [("a", put("a", "555-0101")), ("b", put("a", "555-0101"))];
    assert!(run::<Directory>(&twice).unwrap_err().0.contains("confirm it instead"));
    let many: Vec<_> = (0..=MOST).map(|n| ("a", put(&format!("c{n}"), "555-0101"))).collect();
    assert!(run::<Directory>(&many).unwrap_err().0.contains("20 contacts"));
}

#[test]
fn what_is_older_than_the_time_before_an_election_stands_out() {
    let day = |day: i64| Time::from_micros(day * DAY);
    let election = Election {
        id: "e".into(),
        name: line("General election"),
        opens: day(100),
        closes: day(100).plus(DAY / 2),
        certifies: day(130),
        days: Days { before: day(55), midnight: day(100), noon: day(101) },
    };
    let with = |confirmed: i64| {
        let mut state = Directory::default();
        let by = by("clerk");
        let told = Told { number: 1, at: day(confirmed), by: &by };
        state.take(&put("a", "555-0101"), &told);
        state
    };
    let all = [election];
    assert_eq!(Directory::default().freshness(&all, day(60)), Freshness::Nobody);
    assert_eq!(with(50).freshness(&all, day(60)), Freshness::Old);
    assert_eq!(with(56).freshness(&all, day(60)), Freshness::Fresh);
    // In ordinary time nobody is chased.
    assert_eq!(with(1).freshness(&all, day(54)), Freshness::Fresh);
    assert_eq!(with(50).freshness(&all, day(130)), Freshness::Fresh);
}
