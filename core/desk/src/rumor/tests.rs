//! A rumor goes its way, and its news reach whoever reads it and nobody else.

use proptest::prelude::*;

use super::*;
use crate::testing::{beyond, laws, line, run, sendings, words};

fn about(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn hear() -> Act {
    Act::Hear(Heard {
        claim: words("Polls close at five."),
        place: line("A post"),
        spread: Spread::Few,
        link: Some(line("https://social.example/post/1")),
        jurisdictions: about(&["adair-county"]),
    })
}

fn again(spread: Spread) -> Act {
    Act::Again { place: line("The radio"), spread, from: Some("boone-county".to_owned()) }
}

fn find(finding: Finding) -> Act {
    let facts = words("They close at seven.");
    Act::Find { finding, facts, confirmed: line("The clerk") }
}

fn tell() -> Act {
    Act::Tell { whom: line("All clerks"), what: words("They close at seven.") }
}

fn rest() -> Act {
    Act::Rest { why: words("Three people saw it.") }
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(hear()),
        prop::sample::select(Spread::ALL.to_vec()).prop_map(again),
        prop::sample::select(Finding::ALL.to_vec()).prop_map(find),
        Just(tell()),
        Just(rest()),
        Just(Act::About { jurisdictions: about(&[]) }),
        Just(Act::About { jurisdictions: about(&["adair-county", "boone-county"]) }),
    ]
}

proptest! {
    #[test]
    fn keeps_the_laws(sent in sendings(any_act())) {
        let log = laws::<Rumor>(&sent)?;
        let state = log.state();
        // Nobody was told what nobody looked into.
        prop_assert!(state.told == 0 || state.found.is_some());
        prop_assert_eq!(state.times > 0, state.heard.is_some());
        prop_assert_eq!(state.spread.is_some(), state.heard.is_some());
        // No local authority reads of another's rumor before it is known.
        let known = state.found.as_ref().is_some_and(|found| found.finding != Finding::Open);
        prop_assert!(known || !state.is_read_by("adair-county"));
        // It was heard as often as entries say so.
        let said = log.entries().iter().filter(|entry| matches!(
            entry.body,
            crate::Body::Act(Act::Hear(_) | Act::Again { .. })
        ));
        prop_assert_eq!(state.times, said.count() as u64);
    }

    /// What is found and told rings for those who read it before or after, and for nobody else.
    #[test]
    fn news_is_for_whoever_reads_it(sent in sendings(any_act())) {
        let log = laws::<Rumor>(&sent)?;
        let mut state = Rumor::default();
        for entry in log.entries() {
            let crate::Body::Act(act) = &entry.body else { continue };
            let before = state.clone();
            let told = Told { number: entry.number, at: entry.at, by: &entry.by };
            state.take(act, &told);
            if matches!(act, Act::Hear(_) | Act::Again { .. } | Act::Rest { .. }) {
                continue;
            }
            let concerned = Machine::concerns(&before, act);
            for place in ["adair-county", "boone-county", "cole-county"] {
                let reads = before.is_read_by(place) || state.is_read_by(place);
                let hears = match &concerned {
                    Concerned::Everybody => true,
                    Concerned::Places(places) => places.contains(place),
                    Concerned::Own => false,
                };
                prop_assert!(hears || !reads, "{place} hears nothing of {act:?}");
                prop_assert!(reads || !hears, "{place} hears of {act:?}");
            }
        }
    }
}

#[test]
fn the_documents_draw_it() {
    let heard = || vec![("analyst", hear())];
    let with =
        |act: Act| [heard(), vec![("analyst", find(Finding::False)), ("lead", act)]].concat();
    let found = [heard(), vec![("analyst", find(Finding::False))]].concat();
    let other = Act::About { jurisdictions: about(&[]) };
    let acts = [
        ("hear", "analyst", hear()),
        ("heard again", "analyst", again(Spread::One)),
        ("about others", "analyst", other),
        ("find", "analyst", find(Finding::True)),
        ("tell", "lead", tell()),
        ("rest", "lead", rest()),
    ];
    let name = |rumor: &Rumor| match &rumor.heard {
        None => "Nothing heard",
        Some(_) => rumor.stage().label(),
    };
    let states = [Vec::new(), heard(), found, with(tell()), with(rest())];
    crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
}

#[test]
fn nobody_is_told_what_is_not_known() {
    let early = run::<Rumor>(&[("analyst", hear()), ("analyst", tell())]);
    assert!(early.unwrap_err().0.contains("Find out"));
}

/// It is found out about, told and laid to rest however full the log is, and each of it once.
#[test]
fn a_full_log_comes_to_its_end() {
    let settling = [find(Finding::False), tell(), rest()];
    for (acts, want) in [
        (settling.to_vec(), 3),
        ([settling.to_vec(), vec![find(Finding::Open), again(Spread::Many)]].concat(), 3),
        (vec![rest(), find(Finding::True), tell()], 1),
        (vec![find(Finding::Open), hear(), again(Spread::Few)], 0),
    ] {
        let (taken, last) = beyond::<Rumor>(&[hear()], &again(Spread::Few), &acts);
        assert_eq!(taken, want, "{acts:?}");
        assert!(last.0.ends_with("begin anew."), "{last}");
    }
}

#[test]
fn who_reads_what_was_found() {
    let open = run::<Rumor>(&[("clerk", hear()), ("lead", find(Finding::Open))]).unwrap();
    assert_eq!(
        (open.state().stage(), open.state().is_read_by("adair-county")),
        (Stage::Heard, false)
    );
    let known = run::<Rumor>(&[("clerk", hear()), ("lead", find(Finding::False))]).unwrap();
    assert_eq!(known.state().stage(), Stage::Found);
    assert!(known.state().is_read_by("adair-county") && !known.state().is_read_by("cole-county"));
    let whole = Act::About { jurisdictions: about(&[]) };
    let acts = [("clerk", hear()), ("lead", find(Finding::True)), ("lead", whole)];
    assert!(run::<Rumor>(&acts).unwrap().state().is_read_by("cole-county"));
}

#[test]
fn what_rests_wakes_when_it_is_heard_again() {
    let acts = [("clerk", hear()), ("lead", rest()), ("clerk", again(Spread::Many))];
    let state = run::<Rumor>(&acts).unwrap().state().clone();
    assert_eq!((state.stage(), state.times, state.spread), (Stage::Heard, 2, Some(Spread::Many)));
}
