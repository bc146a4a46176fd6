//! Cases that a person can follow: ids that stay, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use ward_kernel::{Addr, Rung, Time};
use ward_live::{Book, Change, Judged, STATE, Standing, Turn};
use ward_watch::report::Case;

use crate::common::{bare, open_cases};

/// A judged case of these sources; the id is made as the engine makes it: of the first source and
/// the kind.
fn case(kind: &'static str, rung: Rung, sources: &[u32], records: u64) -> Case {
    let sources: BTreeSet<Addr> = sources.iter().map(|n| Addr::v4(0xcb00_7100 + n)).collect();
    let first = sources.first().unwrap();
    Case {
        id: format!("W-{kind}-{first}"),
        rung,
        kind,
        title: format!("{kind} by {}", sources.len()),
        source_count: sources.len() as u64,
        networks: Vec::new(),
        known: None,
        accounts: Vec::new(),
        targets: vec!["ssh sign-in".to_owned()],
        target_count: 1,
        jurisdictions: vec!["adair".to_owned()],
        first: Time::from_secs(1_000),
        last: Time::from_secs(1_000 + i64::try_from(records).unwrap()),
        records,
        hours: Vec::new(),
        because: vec![format!("{records} records")],
        authorised: None,
        related: Vec::new(),
        evidence: Vec::new(),
        sources: sources.into_iter().collect(),
    }
}

fn judged(complete: bool, cases: Vec<Case>) -> Judged {
    let (scope, since, folded) = (STATE.to_owned(), None, false);
    Judged { scope, cases, complete, since, folded, report: None }
}

fn at(secs: i64) -> Time {
    Time::from_secs(1_793_736_000 + secs)
}

fn turns(changes: &[Change]) -> Vec<(&str, Turn)> {
    changes.iter().map(|change| (change.case.id.as_str(), change.turn)).collect()
}

#[test]
fn a_guess_that_succeeds_keeps_its_id() {
    let mut book = Book::default();
    let guess = case("login.guess", Rung::Attempt, &[5], 9);
    let opened = book.reconcile(&judged(false, vec![guess.clone()]), at(0));
    let id = opened[0].case.id.clone();
    assert_eq!((id.as_str(), opened[0].turn), (guess.id.as_str(), Turn::Opened));
    assert_eq!(opened[0].case.body["kind"], "login.guess");
    let hit = case("login.guess_then_success", Rung::Access, &[5], 10);
    let raised = book.reconcile(&judged(false, vec![hit]), at(1));
    assert_eq!(turns(&raised), [(id.as_str(), Turn::Raised { from: Rung::Attempt })]);
    assert_eq!(raised[0].case.kind, "login.guess_then_success");
    // A quick look does not lower, a whole one does.
    let quick = book.reconcile(&judged(false, vec![guess.clone()]), at(2));
    assert_eq!(quick, []);
    let lowered = book.reconcile(&judged(true, vec![guess]), at(3));
    assert_eq!(turns(&lowered), [(id.as_str(), Turn::Lowered { from: Rung::Access })]);
    let gone = book.reconcile(&judged(true, vec![]), at(4));
    assert_eq!(turns(&gone), [(id.as_str(), Turn::Gone)]);
    assert_eq!(gone[0].case.standing, Standing::Gone);
}

#[test]
fn a_busy_case_is_not_written_all_the_time() {
    let mut book = Book::default();
    let grown = |records| judged(true, vec![case("login.guess", Rung::Attempt, &[5], records)]);
    assert_eq!(book.reconcile(&grown(5), at(0)).len(), 1);
    assert_eq!(book.reconcile(&grown(6), at(1)), []);
    assert_eq!(book.reconcile(&grown(7), at(2)), []);
    assert_eq!(book.due(at(4)), []);
    let due = book.due(at(6));
    assert_eq!((due[0].turn, due[0].case.records), (Turn::Updated, 7));
    assert_eq!(due[0].case.body["records"], 7);
    assert_eq!(book.due(at(60)), []);
    book.reconcile(&grown(8), at(7));
    assert_eq!(book.rest(at(7))[0].case.records, 8);
    assert_eq!(book.rest(at(7)), []);
}

#[test]
fn cases_fold_into_a_campaign() {
    let mut book = Book::default();
    let alone: Vec<Case> = (1..=5).map(|n| case("web.sqli", Rung::Attempt, &[n], 3)).collect();
    let opened = book.reconcile(&judged(false, alone), at(0));
    assert_eq!(opened.len(), 5);
    let campaign = case("web.sqli", Rung::Attempt, &[1, 2, 3, 4, 5], 15);
    let changes = book.reconcile(&judged(true, vec![campaign]), at(9));
    let merged: Vec<_> = changes.iter().filter(|c| c.turn == Turn::Merged).collect();
    assert_eq!((changes.len(), merged.len()), (5, 4));
    let first = &opened[0].case.id;
    assert!(merged.iter().all(|c| c.case.standing == Standing::Merged(first.clone())));
    assert_eq!(book.get(first).unwrap().source_count, 5);
    // A quick look at one member says nothing new, and nothing less.
    let member = case("web.sqli", Rung::Attempt, &[3], 4);
    assert_eq!(book.reconcile(&judged(false, vec![member.clone()]), at(10)), []);
    assert_eq!(book.get(first).unwrap().source_count, 5);
    // One that got in raises the campaign.
    let inside = Case { rung: Rung::Access, because: vec!["it called out".to_owned()], ..member };
    let raised = book.reconcile(&judged(false, vec![inside]), at(11));
    assert_eq!(turns(&raised), [(first.as_str(), Turn::Raised { from: Rung::Attempt })]);
    assert_eq!(raised[0].case.because[0], "it called out");
    assert_eq!(raised[0].case.body["rung"], "access");
    assert_eq!(raised[0].case.source_count, 5);
}

#[test]
fn a_scan_that_turns_into_a_shared_out_one_is_merged() {
    let mut book = Book::default();
    let alone = vec![case("scan.horizontal", Rung::Scan, &[3], 9)];
    let opened = book.reconcile(&judged(false, alone), at(0));
    let shared = case("scan.distributed", Rung::Scan, &[1, 2, 3, 4, 5, 6, 7, 8], 80);
    let changes = book.reconcile(&judged(true, vec![shared]), at(1));
    let became: BTreeMap<&str, Turn> = turns(&changes).into_iter().collect();
    assert_eq!(became[opened[0].case.id.as_str()], Turn::Merged);
    assert_eq!(became.values().filter(|turn| **turn == Turn::Opened).count(), 1);
}

#[test]
fn one_machine_that_calls_two_addresses_makes_two_cases() {
    let beacon = |target: &str, records| Case {
        targets: vec![target.to_owned()],
        ..case("beacon", Rung::Access, &[7], records)
    };
    let both = |a, b| judged(true, vec![beacon("a port 1", a), beacon("b port 1", b)]);
    let mut book = Book::default();
    let opened = book.reconcile(&both(20, 30), at(0));
    assert_eq!(opened.len(), 2);
    let mut book = Book::restore(opened.into_iter().map(|change| change.case).collect());
    assert_eq!(book.reconcile(&both(20, 30), at(1)), []);
    let changes = book.reconcile(&judged(true, vec![beacon("b port 1", 31)]), at(2));
    assert_eq!(turns(&changes)[0].1, Turn::Gone);
    let open = open_cases(book.cases(), STATE);
    assert_eq!(open[0].4, 31);
}

#[test]
fn scopes_do_not_mix() {
    let mut book = Book::default();
    let guess = || vec![case("login.guess", Rung::Attempt, &[5], 9)];
    book.reconcile(&judged(true, guess()), at(0));
    let local = Judged { scope: "adair".to_owned(), ..judged(true, guess()) };
    let opened = book.reconcile(&local, at(0));
    assert!(opened[0].case.id.ends_with("-adair"), "{}", opened[0].case.id);
    let gone = book.reconcile(&Judged { cases: vec![], ..local }, at(1));
    assert_eq!(gone.len(), 1);
    assert_eq!(open_cases(book.cases(), STATE).len(), 1);
}

#[test]
fn what_leaves_the_window_is_not_explained() {
    let mut book = Book::default();
    let theft = case("login.guess_then_success", Rung::Access, &[5], 40);
    book.reconcile(&judged(true, vec![theft]), at(0));
    let since = Some(Time::from_secs(2_000));
    let nothing = Judged { since, ..judged(true, vec![]) };
    assert_eq!(book.reconcile(&nothing, at(1)), []);
    let rest = case("login.guess", Rung::Attempt, &[5], 6);
    let later = Judged { since, ..judged(true, vec![rest]) };
    book.reconcile(&later, at(2));
    book.rest(at(2));
    let kept = book.cases().next().unwrap();
    assert_eq!(
        (kept.rung, kept.records, &*kept.kind),
        (Rung::Access, 40, "login.guess_then_success")
    );
    // Nor is what was folded.
    let mut book = Book::default();
    book.reconcile(&judged(true, vec![case("scan.slow", Rung::Scan, &[5], 9)]), at(0));
    let folded = Judged { folded: true, ..judged(true, vec![]) };
    assert_eq!(book.reconcile(&folded, at(1)), []);
}

#[test]
fn what_comes_back_comes_back_under_its_id() {
    let mut book = Book::default();
    let guess = || vec![case("login.guess", Rung::Attempt, &[5], 9)];
    let opened = book.reconcile(&judged(true, guess()), at(0));
    book.reconcile(&judged(true, vec![]), at(1));
    let back = book.reconcile(&judged(true, guess()), at(2));
    assert_eq!((&back[0].case.id, back[0].turn), (&opened[0].case.id, Turn::Opened));
}

#[test]
fn related_cases_are_named_as_the_book_does() {
    let mut book = Book::default();
    let web = case("web.sqli", Rung::Attempt, &[5], 9);
    let login = case("login.guess", Rung::Attempt, &[5], 9);
    let linked = |a: &Case, b: &Case| Case { related: vec![b.id.clone()], ..a.clone() };
    let both = vec![linked(&web, &login), linked(&login, &web)];
    let local = Judged { scope: "adair".to_owned(), ..judged(true, both) };
    let opened = book.reconcile(&local, at(0));
    assert_eq!(opened[0].case.body["related"][0], opened[1].case.id.as_str());
    assert_eq!(opened[1].case.body["related"][0], opened[0].case.id.as_str());
}

/// A judgement of some of twelve sources: each is in one case of each of two families, or in none.
fn judgement() -> impl Strategy<Value = Judged> {
    let source = (0_u8..5, 0_u8..5, 1_u64..50);
    (proptest::collection::vec(source, 12), any::<bool>()).prop_map(|(sources, complete)| {
        let mut groups: BTreeMap<(&'static str, Rung, u8), (Vec<u32>, u64)> = BTreeMap::new();
        for (n, (web, login, records)) in (0..).zip(sources) {
            let webs = [None, Some("web.probe"), Some("web.sqli"), Some("web.sqli"), None];
            let logins = [
                None,
                Some(("login.guess", Rung::Attempt)),
                Some(("login.slow", Rung::Attempt)),
                Some(("login.guess_then_success", Rung::Access)),
                None,
            ];
            if let Some(kind) = webs[usize::from(web)] {
                let group = groups.entry((kind, Rung::Attempt, web)).or_default();
                group.0.push(n);
                group.1 += records;
            }
            if let Some((kind, rung)) = logins[usize::from(login)] {
                let group = groups.entry((kind, rung, 100 + u8::try_from(n).unwrap())).or_default();
                group.0.push(n);
                group.1 += records;
            }
        }
        let cases = groups.into_iter();
        let cases = cases.map(|((kind, rung, _), (sources, n))| case(kind, rung, &sources, n));
        let mut cases: Vec<Case> = cases.collect();
        if !complete {
            cases.truncate(3);
        }
        judged(complete, cases)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// After a complete judgement the open cases are its cases, one for one.
    #[test]
    fn the_book_says_what_was_judged(all in proptest::collection::vec(judgement(), 1..12)) {
        let mut book = Book::default();
        for (n, judged) in (0..).zip(&all) {
            book.reconcile(judged, at(n));
            if judged.complete {
                let mut written = book.clone();
                written.rest(at(n));
                let mut cases: Vec<_> = judged.cases.iter().map(bare).collect();
                cases.sort();
                prop_assert_eq!(open_cases(written.cases(), STATE), cases);
            }
        }
    }

    /// A book restored from what was written goes on as the one that wrote it.
    #[test]
    fn a_restored_book_goes_on(
        before in proptest::collection::vec(judgement(), 1..6),
        after in proptest::collection::vec(judgement(), 1..6),
    ) {
        let mut book = Book::default();
        let mut store: BTreeMap<String, ward_live::Kept> = BTreeMap::new();
        let mut write = |changes: Vec<Change>| {
            store.extend(changes.into_iter().map(|c| (c.case.id.clone(), c.case)));
        };
        for (n, judged) in (0..).zip(&before) {
            write(book.reconcile(judged, at(n)));
        }
        write(book.rest(at(50)));
        let mut restored = Book::restore(store.into_values().collect());
        // What was written is held without its body; what was read back has it until it is judged.
        let without = |kept: &ward_live::Kept| ward_live::Kept { body: Value::Null, ..kept.clone() };
        prop_assert!(restored.cases().map(without).eq(book.cases().map(without)));
        for (n, judged) in (100..).zip(&after) {
            book.reconcile(judged, at(n));
            restored.reconcile(judged, at(n));
            let (mut one, mut other) = (book.clone(), restored.clone());
            one.rest(at(n));
            other.rest(at(n));
            let bare = |book: &Book| -> Vec<_> {
                let cases = book.cases();
                cases.map(|k| (k.id.clone(), k.rung, k.standing.clone(), k.sources.clone())).collect()
            };
            prop_assert_eq!(bare(&one), bare(&other));
        }
    }

    /// An id is never given to a case that shares no source with the one that had it.
    #[test]
    fn no_id_is_given_twice(all in proptest::collection::vec(judgement(), 1..16)) {
        let mut book = Book::default();
        let mut had: BTreeMap<String, Vec<Addr>> = BTreeMap::new();
        for (n, judged) in (0..).zip(&all) {
            let mut changes = book.reconcile(judged, at(n));
            changes.extend(book.rest(at(n)));
            for change in changes {
                if let Some(before) = had.get(&change.case.id) {
                    let shared = change.case.sources.iter().any(|source| before.contains(source));
                    prop_assert!(shared, "{change:?} {before:?}");
                }
                had.insert(change.case.id.clone(), change.case.sources.clone());
            }
        }
    }
}
