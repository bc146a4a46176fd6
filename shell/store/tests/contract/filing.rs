//! What people write beside a case: who has it, its rung, what it is a part of; and the queue.

use ward_access::Role;
use ward_kernel::Rung;
use ward_live::Standing;
use ward_store::cases::{self, Filter, Handling, Order, Owned, SEVERAL};
use ward_store::{Audit, Store, audit, case_files, counterparts, people, queue};

use crate::desk::laws;
use crate::samples::{self, at, case, done, person};

laws!(
    the_rung_that_counts_is_worked_out_by_every_writer,
    what_is_merged_leaves_the_lists_and_comes_back,
    owners_are_named_and_asked_for,
    what_was_split_off_is_none_of_judgement_s,
    the_queue_is_folded_and_loses_nothing,
    cases_like_one_are_found,
    the_other_view_of_a_case_is_found,
    one_act_has_a_row_for_each_thing,
);

/// The rule in other words than those of the engine.
fn seen(judged: Rung, (desk, then): (Rung, Rung)) -> Rung {
    match (desk >= then, judged > then) {
        (true, _) => judged.max(desk),
        (false, true) => judged,
        (false, false) => judged.min(desk),
    }
}

async fn the_rung_that_counts_is_worked_out_by_every_writer(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for then in Rung::ALL {
        for desk in Rung::ALL {
            cases::upsert(tx.link(), &case("c-1", "state", then)).await.unwrap();
            assert!(case_files::set_rung(tx.link(), "c-1", Some((desk, then))).await.unwrap());
            let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
            assert_eq!((filed.seen, filed.desk), (desk, Some((desk, then))));
            for judged in Rung::ALL {
                cases::upsert(tx.link(), &case("c-1", "state", judged)).await.unwrap();
                let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
                let expected = seen(judged, (desk, then));
                assert_eq!((filed.seen, filed.case.rung), (expected, judged), "{desk} {then}");
                let line = queue::line(tx.link(), "c-1").await.unwrap().unwrap();
                assert_eq!((line.rung, line.judged), (expected, judged));
                let counts = cases::counts(tx.link(), "state").await.unwrap();
                assert_eq!((counts.of(expected), counts.rungs.iter().sum::<u64>()), (1, 1));
            }
        }
    }
    assert!(case_files::set_rung(tx.link(), "c-1", None).await.unwrap());
    assert!(!case_files::set_rung(tx.link(), "c-9", None).await.unwrap());
    let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
    assert_eq!((filed.seen, filed.desk), (filed.case.rung, None));
}

async fn what_is_merged_leaves_the_lists_and_comes_back(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for id in ["c-1", "c-2", "c-3"] {
        cases::upsert(tx.link(), &case(id, "state", Rung::Attempt)).await.unwrap();
    }
    let into = Some(("c-1", Rung::Attempt));
    assert!(case_files::set_part(tx.link(), "c-2", into).await.unwrap());
    let all = Filter::default;
    let past = Filter { with_past: true, ..all() };
    for (filter, expected) in [(all(), 2), (past, 3)] {
        assert_eq!(cases::list(tx.link(), "state", &filter, 9, 0).await.unwrap().len(), expected);
        let count = cases::count(tx.link(), "state", &filter).await.unwrap();
        assert_eq!(usize::try_from(count), Ok(expected));
        let groups = queue::groups(tx.link(), "state", &filter).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.cases).sum::<u64>(), expected as u64);
    }
    assert_eq!(cases::counts(tx.link(), "state").await.unwrap().of(Rung::Attempt), 2);
    let parts = queue::parts(tx.link(), "c-1").await.unwrap();
    assert_eq!(
        (parts.len(), parts[0].id.as_str(), parts[0].standing.as_str()),
        (1, "c-2", "merged")
    );
    let into = |filed: cases::Filed| filed.merged_into;
    // Judgement's own work changes nothing of it, until it rises; and it goes back when it falls.
    for (rung, expected) in [
        (Rung::Scan, Some("c-1")),
        (Rung::Attempt, Some("c-1")),
        (Rung::Access, None),
        (Rung::Attempt, Some("c-1")),
    ] {
        cases::upsert(tx.link(), &case("c-2", "state", rung)).await.unwrap();
        let filed = cases::by_id(tx.link(), "c-2").await.unwrap().unwrap();
        assert_eq!(into(filed).as_deref(), expected, "{rung}");
    }
    assert!(case_files::set_part(tx.link(), "c-2", None).await.unwrap());
    assert_eq!(into(cases::by_id(tx.link(), "c-2").await.unwrap().unwrap()), None);
    assert!(queue::parts(tx.link(), "c-1").await.unwrap().is_empty());
}

async fn owners_are_named_and_asked_for(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    people::add(tx.link(), &person("p-7", Role::Analyst, None)).await.unwrap();
    for (id, minute) in [("c-1", 1), ("c-2", 2), ("c-3", 3), ("c-4", 4)] {
        let mut one = case(id, "state", if id == "c-4" { Rung::Access } else { Rung::Attempt });
        (one.opened, one.updated) = (at(minute), at(minute));
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    assert!(case_files::set_owner(tx.link(), "c-1", Some("p-7")).await.unwrap());
    // Somebody who is no person of the desk any more is told by their id.
    assert!(case_files::set_owner(tx.link(), "c-2", Some("p-gone")).await.unwrap());
    assert!(!case_files::set_owner(tx.link(), "c-9", None).await.unwrap());
    let ids = |lines: Vec<cases::Line>| lines.into_iter().map(|line| line.id).collect::<Vec<_>>();
    for (owned, expected) in [
        (Owned::Any, vec!["c-4", "c-3", "c-1", "c-2"]),
        (Owned::ByNobody, vec!["c-4", "c-3"]),
        (Owned::By("p-7".to_owned()), vec!["c-1"]),
        (Owned::By("p-1".to_owned()), vec![]),
    ] {
        let filter = Filter { owned, order: Order::Waiting, ..Filter::default() };
        let found = cases::list(tx.link(), "state", &filter, 9, 0).await.unwrap();
        assert_eq!(ids(found), expected, "{filter:?}");
        let count = cases::count(tx.link(), "state", &filter).await.unwrap();
        assert_eq!(usize::try_from(count), Ok(expected.len()));
    }
    let waiting = Filter { order: Order::Waiting, ..Filter::default() };
    let second = cases::list(tx.link(), "state", &waiting, 1, 1).await.unwrap();
    assert_eq!(ids(second), ["c-3"]);
    for (id, name) in [("c-1", Some("Person p-7")), ("c-2", Some("p-gone")), ("c-3", None)] {
        let line = queue::line(tx.link(), id).await.unwrap().unwrap();
        let filed = cases::by_id(tx.link(), id).await.unwrap().unwrap();
        assert_eq!(line.owner.map(|owner| owner.name).as_deref(), name);
        assert_eq!(filed.owner.map(|owner| owner.name).as_deref(), name);
    }
    // What judgement writes leaves it alone.
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Effect)).await.unwrap();
    let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
    assert_eq!(filed.owner.map(|owner| owner.id).as_deref(), Some("p-7"));
    assert!(case_files::set_owner(tx.link(), "c-1", None).await.unwrap());
    assert_eq!(cases::by_id(tx.link(), "c-1").await.unwrap().unwrap().owner, None);
    // By when they were opened, on whatever rung they are.
    for (id, rung, test) in [("c-5", Rung::Scan, None), ("c-6", Rung::Access, Some("IT"))] {
        let mut one = case(id, "state", rung);
        (one.opened, one.authorised) = (at(30), test.map(str::to_owned));
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    let opened = Filter { order: Order::Opened, ..Filter::default() };
    let newest = cases::list(tx.link(), "state", &opened, 9, 0).await.unwrap();
    assert_eq!(ids(newest), ["c-5", "c-1", "c-4", "c-3", "c-2", "c-6"]);
    let second = cases::list(tx.link(), "state", &opened, 1, 1).await.unwrap();
    assert_eq!(ids(second), ["c-1"]);
}

async fn what_was_split_off_is_none_of_judgement_s(store: Store) {
    let mut tx = store.begin().await.unwrap();
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Attempt)).await.unwrap();
    let split = case("c-1-5f", "state", Rung::Attempt);
    case_files::put_split(tx.link(), &split, "c-1").await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let filed = cases::by_id(read.link(), "c-1-5f").await.unwrap().unwrap();
    assert_eq!((filed.split_from.as_deref(), filed.handling), (Some("c-1"), Handling::Open));
    assert_eq!(filed.case, split);
    // On the lists as any other; the book is restored without it.
    assert_eq!(cases::counts(read.link(), "state").await.unwrap().of(Rung::Attempt), 2);
    let kept = cases::of_all_scopes(read.link(), at(-9)).await.unwrap();
    assert_eq!(kept.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["c-1"]);
}

async fn the_queue_is_folded_and_loses_nothing(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for number in 0..60 {
        let rung = if number % 7 == 0 { Rung::Access } else { Rung::Attempt };
        let mut one = case(&format!("c-{number:02}"), "state", rung);
        one.opened = at(number);
        one.jurisdictions = match number % 3 {
            0 => vec![],
            1 => vec!["adair-county".to_owned()],
            _ => vec!["adair-county".to_owned(), "boone-county".to_owned()],
        };
        one.kind = if number % 2 == 0 { "login.guess" } else { "web.sqli" }.to_owned();
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    case_files::set_owner(tx.link(), "c-01", Some("p-7")).await.unwrap();
    case_files::set_rung(tx.link(), "c-02", Some((Rung::Effect, Rung::Attempt))).await.unwrap();
    let groups = queue::groups(tx.link(), "state", &Filter::default()).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.cases).sum::<u64>(), 60);
    assert!(groups.windows(2).all(|pair| pair[0].rung >= pair[1].rung));
    assert_eq!((groups[0].rung, groups[0].ids.0.as_str()), (Rung::Effect, "c-02"));
    for group in &groups {
        // Each opens into as many as it says, and its first and last are among them.
        let filter = Filter {
            rung: Some(group.rung),
            alone: true,
            place: Some(group.place.clone()),
            kind: Some(group.kind.clone()),
            owned: group.owner.as_ref().map_or(Owned::ByNobody, |one| Owned::By(one.id.clone())),
            order: Order::Waiting,
            ..Filter::default()
        };
        let lines = cases::list(tx.link(), "state", &filter, 99, 0).await.unwrap();
        assert_eq!(lines.len() as u64, group.cases, "{group:?}");
        assert_eq!(lines[0].opened, group.opened);
        let (one, two) = &group.ids;
        assert!(
            lines.iter().any(|line| line.id == *one) && lines.iter().any(|line| line.id == *two)
        );
        let places = match group.place.as_str() {
            "" => 0,
            SEVERAL => 2,
            _ => 1,
        };
        assert!(lines.iter().all(|line| line.jurisdictions.len() == places));
    }
    let words = Filter { text: "LOGIN".to_owned(), ..Filter::default() };
    let groups = queue::groups(tx.link(), "state", &words).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.cases).sum::<u64>(), 30);
    assert!(queue::groups(tx.link(), "adair-county", &words).await.unwrap().is_empty());
}

async fn cases_like_one_are_found(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for (id, scope, last) in
        [("c-1", "state", 5), ("c-2", "state", 3), ("c-3", "state", 4), ("c-4", "adair-county", 4)]
    {
        let mut one = case(id, scope, Rung::Attempt);
        one.last = at(last);
        cases::upsert(tx.link(), &one).await.unwrap();
        cases::set_handling(tx.link(), id, Handling::Closed, "Known.").await.unwrap();
    }
    cases::set_handling(tx.link(), "c-3", Handling::Watched, "").await.unwrap();
    let now = case("c-9", "state", Rung::Attempt);
    for (own, limit, expected) in [
        (now.clone(), 9, vec!["c-1", "c-2"]),
        (now, 1, vec!["c-1"]),
        (case("c-1", "state", Rung::Scan), 9, vec!["c-2"]),
    ] {
        let alike = cases::closed_alike(tx.link(), &own, limit).await.unwrap();
        assert_eq!(alike.iter().map(|one| one.case.id.as_str()).collect::<Vec<_>>(), expected);
    }
}

async fn the_other_view_of_a_case_is_found(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let (adair, boone) = ("adair-county", "boone-county");
    for (id, scope, places, last) in [
        ("s-1", "state", vec![adair, boone], 20),
        ("s-2", "state", vec![adair], 15),
        ("s-3", "state", vec![boone], 15),
        ("a-1", adair, vec![adair], 15),
        ("a-2", adair, vec![adair], 19),
        ("b-1", boone, vec![boone], 14),
    ] {
        let mut one = case(id, scope, Rung::Attempt);
        one.jurisdictions = places.into_iter().map(str::to_owned).collect();
        one.last = at(last);
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    let mut gone = case("a-3", adair, Rung::Attempt);
    gone.standing = Standing::Gone;
    cases::upsert(tx.link(), &gone).await.unwrap();
    // Of another kind that is asked for, and near to all of them; to a case of one source it counts for
    // nothing. Then one of a kind that nobody asks for.
    let mut other = case("a-4", adair, Rung::Attempt);
    (other.kind, other.last) = ("login.guess_then_success".to_owned(), at(20));
    other.sources = vec!["192.0.2.99".parse().unwrap()];
    cases::upsert(tx.link(), &other).await.unwrap();
    let kinds = [other.kind.clone(), case("a-1", adair, Rung::Attempt).kind];
    let mut strange = case("a-5", adair, Rung::Attempt);
    (strange.kind, strange.last) = ("web.flood".to_owned(), at(20));
    cases::upsert(tx.link(), &strange).await.unwrap();
    cases::set_handling(tx.link(), "a-2", Handling::Closed, "Known.").await.unwrap();
    for (id, since, part, sources, expected) in [
        ("s-1", 5, (0, 9), 2, vec!["a-1", "a-2", "a-4", "b-1"]),
        ("s-1", 5, (0, 9), 1, vec!["a-1", "a-2", "b-1"]),
        // Nearest to the last record of this one, and what comes behind it.
        ("s-1", 5, (0, 1), 1, vec!["a-2"]),
        ("s-1", 5, (0, 1), 2, vec!["a-4"]),
        ("s-1", 5, (1, 1), 2, vec!["a-2"]),
        ("s-1", 5, (4, 9), 2, vec![]),
        ("s-1", 15, (0, 9), 1, vec!["a-1", "a-2"]),
        ("s-2", 5, (0, 9), 1, vec!["a-1", "a-2"]),
        ("a-1", 5, (0, 9), 1, vec!["s-1", "s-2"]),
        ("a-4", 5, (0, 9), 1, vec![]),
        ("b-1", 5, (0, 9), 1, vec!["s-1", "s-3"]),
        ("b-1", 99, (0, 9), 1, vec![]),
    ] {
        let mut own = cases::by_id(tx.link(), id).await.unwrap().unwrap().case;
        own.source_count = sources;
        let near = counterparts::near(tx.link(), &own, (&kinds, at(since)), part).await.unwrap();
        let near: Vec<&str> = near.iter().map(|one| one.case.id.as_str()).collect();
        assert_eq!(near, expected, "{id} {since} {part:?}");
    }
}

async fn one_act_has_a_row_for_each_thing(store: Store) {
    samples::office(&store).await;
    let row = |object: &str| {
        Audit::Entry(audit::Entry {
            at: at(1),
            actor: "p-1".to_owned(),
            actor_name: "A lead".to_owned(),
            act: "case.decide".to_owned(),
            object: object.to_owned(),
            detail: String::new(),
            address: "192.0.2.1".to_owned(),
        })
    };
    let mut tx = store.begin().await.unwrap();
    tx.also(row("a-1")).await.unwrap();
    tx.commit(row("s-1")).await.unwrap();
    // What is dropped leaves no row.
    let mut tx = store.begin().await.unwrap();
    tx.also(row("a-2")).await.unwrap();
    drop(tx);
    let mut read = store.read().await.unwrap();
    assert_eq!(audit::verify(read.link()).await.unwrap().1, None, "the chain is broken");
    let rows = audit::in_order(read.link(), 1, 99).await.unwrap();
    let objects: Vec<&str> = rows.iter().map(|row| row.entry.object.as_str()).collect();
    assert!(objects.ends_with(&["a-1", "s-1"]), "{objects:?}");
}
