//! Cases, their steps and their evidence.

use ward_kernel::Rung;
use ward_live::Standing;
use ward_store::Store;
use ward_store::batch::{self, Told};
use ward_store::cases::{self, Filter, Handling};
use ward_store::evidence::{self, Seal};

use crate::desk::laws;
use crate::samples::{self, at, case, done, hash};

laws!(
    a_case_comes_back_as_it_was,
    what_people_made_of_it_stays,
    lists_are_narrowed,
    counts_leave_out_what_is_closed_and_what_is_a_test,
    steps_are_numbered,
    the_book_is_restored,
    evidence_is_sealed_once_and_narrowed,
);

async fn a_case_comes_back_as_it_was(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let mut one = case("c-1", "state", Rung::Attempt);
    one.title = "A \"title\" with 'marks', 100 % and \u{1f5f3}".to_owned();
    one.standing = Standing::Merged("c-2".to_owned());
    cases::upsert(tx.link(), &one).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let filed = cases::by_id(read.link(), "c-1").await.unwrap().unwrap();
    assert_eq!((filed.case, filed.handling, filed.reason.as_str()), (one, Handling::Open, ""));
    assert!(cases::by_id(read.link(), "c-9").await.unwrap().is_none());
}

async fn what_people_made_of_it_stays(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let mut one = case("c-1", "state", Rung::Scan);
    cases::upsert(tx.link(), &one).await.unwrap();
    let closed = Handling::Closed;
    assert!(cases::set_handling(tx.link(), "c-1", closed, "A scanner of ours").await.unwrap());
    assert!(!cases::set_handling(tx.link(), "c-9", closed, "").await.unwrap());
    one.records = 99;
    cases::upsert(tx.link(), &one).await.unwrap();
    let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
    assert_eq!((filed.case.records, filed.handling), (99, Handling::Closed));
    assert_eq!(filed.reason, "A scanner of ours");
    // It climbs: it is open again, and the reason still says why it was closed.
    one.rung = Rung::Access;
    cases::upsert(tx.link(), &one).await.unwrap();
    let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
    assert_eq!((filed.case.rung, filed.handling), (Rung::Access, Handling::Open));
    // Watched cases stay watched.
    cases::set_handling(tx.link(), "c-1", Handling::Watched, "").await.unwrap();
    one.rung = Rung::Effect;
    cases::upsert(tx.link(), &one).await.unwrap();
    let filed = cases::by_id(tx.link(), "c-1").await.unwrap().unwrap();
    assert_eq!(filed.handling, Handling::Watched);
}

async fn lists_are_narrowed(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for (id, scope, rung) in [
        ("c-1", "state", Rung::Scan),
        ("c-2", "state", Rung::Effect),
        ("c-3", "state", Rung::Attempt),
        ("c-4", "adair-county", Rung::Attempt),
    ] {
        let mut one = case(id, scope, rung);
        match id {
            "c-1" => one.jurisdictions = vec!["boone-county".to_owned(), "st-louis".to_owned()],
            "c-3" => one.standing = Standing::Gone,
            _ => {}
        }
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    cases::set_handling(tx.link(), "c-2", Handling::Watched, "").await.unwrap();
    done(tx).await;
    let all = Filter::default;
    let text = |text: &str| Filter { text: text.to_owned(), ..all() };
    let of = |id: &str| Filter { jurisdiction: Some(id.to_owned()), ..all() };
    let mut read = store.read().await.unwrap();
    for (scope, filter, expected) in [
        ("state", all(), vec!["c-2", "c-1"]),
        ("state", Filter { with_past: true, ..all() }, vec!["c-2", "c-3", "c-1"]),
        ("adair-county", all(), vec!["c-4"]),
        ("boone-county", all(), vec![]),
        ("state", Filter { rung: Some(Rung::Attempt), ..all() }, vec!["c-2"]),
        ("state", Filter { handling: Some(Handling::Watched), ..all() }, vec!["c-2"]),
        ("state", Filter { kind: Some("nothing".to_owned()), ..all() }, vec![]),
        ("state", Filter { kind: Some("login.guess".to_owned()), ..all() }, vec!["c-2", "c-1"]),
        ("state", of("boone-county"), vec!["c-1"]),
        ("state", of("st-louis"), vec!["c-1"]),
        ("state", of("st-louis-county"), vec![]),
        ("state", of("louis"), vec![]),
        ("state", text(" CASE C-2 "), vec!["c-2"]),
        ("state", text("login.GUESS"), vec!["c-2", "c-1"]),
        ("state", text("%"), vec![]),
        ("state", text("_"), vec![]),
        ("state", text("\0"), vec![]),
    ] {
        let found = cases::list(read.link(), scope, &filter, 10, 0).await.unwrap();
        let ids: Vec<_> = found.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, expected, "{scope} {filter:?}");
        let count = cases::count(read.link(), scope, &filter).await.unwrap();
        assert_eq!(count, i64::try_from(expected.len()).unwrap());
    }
    let second = cases::list(read.link(), "state", &all(), 1, 1).await.unwrap();
    assert_eq!(second[0].id, "c-1");
    assert_eq!(second[0].jurisdictions, ["boone-county", "st-louis"]);
    assert_eq!((second[0].rung, second[0].standing.as_str()), (Rung::Scan, "open"));
}

async fn counts_leave_out_what_is_closed_and_what_is_a_test(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for (id, rung) in [("c-1", Rung::Scan), ("c-2", Rung::Scan), ("c-3", Rung::Effect)] {
        cases::upsert(tx.link(), &case(id, "state", rung)).await.unwrap();
    }
    let mut test = case("c-4", "state", Rung::Effect);
    test.authorised = Some("Assessor".to_owned());
    cases::upsert(tx.link(), &test).await.unwrap();
    cases::set_handling(tx.link(), "c-1", Handling::Closed, "").await.unwrap();
    let counts = cases::counts(tx.link(), "state").await.unwrap();
    assert_eq!(counts.rungs, [1, 0, 0, 1]);
    assert_eq!((counts.of(Rung::Scan), counts.of(Rung::Access)), (1, 0));
    assert_eq!(cases::counts(tx.link(), "adair-county").await.unwrap().rungs, [0; 4]);
}

async fn steps_are_numbered(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for id in ["c-1", "c-2"] {
        cases::upsert(tx.link(), &case(id, "state", Rung::Scan)).await.unwrap();
    }
    cases::step(tx.link(), "c-1", at(1), Rung::Scan, "opened").await.unwrap();
    cases::step(tx.link(), "c-2", at(1), Rung::Scan, "opened").await.unwrap();
    cases::step(tx.link(), "c-1", at(2), Rung::Attempt, "raised").await.unwrap();
    let steps = cases::steps(tx.link(), "c-1").await.unwrap();
    let seen: Vec<_> =
        steps.iter().map(|step| (step.number, step.rung, step.what.as_str())).collect();
    assert_eq!(seen, [(1, Rung::Scan, "opened"), (2, Rung::Attempt, "raised")]);
    assert!(cases::steps(tx.link(), "c-9").await.unwrap().is_empty());
}

async fn the_book_is_restored(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let mut old = case("c-1", "state", Rung::Scan);
    old.last = at(-1000);
    let mut gone = old.clone();
    gone.id = "c-2".to_owned();
    gone.standing = Standing::Gone;
    let mut late = gone.clone();
    (late.id, late.last) = ("c-3".to_owned(), at(1));
    for one in [&old, &gone, &late] {
        cases::upsert(tx.link(), one).await.unwrap();
    }
    let kept = cases::of_all_scopes(tx.link(), at(0)).await.unwrap();
    assert_eq!(kept, [old, late], "what is open, and what is of the window");
}

async fn evidence_is_sealed_once_and_narrowed(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    samples::sensor(&store, "n-2", "boone-county").await;
    let mut tx = store.begin().await.unwrap();
    let mut position = 0;
    for sensor in ["n-1", "n-2"] {
        let sent = [samples::batch(sensor, 1, "auth.log")];
        let told = Told::default();
        batch::accept(&mut tx, sensor, &sent, &told, at(0), &mut position).await.unwrap();
    }
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Attempt)).await.unwrap();
    let seal = |stream, line: &str| Seal {
        stream,
        place: 40,
        at: at(stream),
        shows: "first failed contact".to_owned(),
        line: line.as_bytes().to_vec(),
        sha256: hash(line),
    };
    assert!(evidence::seal(tx.link(), "c-1", &seal(1, "one")).await.unwrap());
    assert!(evidence::seal(tx.link(), "c-1", &seal(2, "two")).await.unwrap());
    assert!(!evidence::seal(tx.link(), "c-1", &seal(1, "three")).await.unwrap());
    let all = evidence::of(tx.link(), "c-1", None).await.unwrap();
    assert_eq!(all.iter().map(|one| one.line.as_slice()).collect::<Vec<_>>(), [b"one", b"two"]);
    assert_eq!(
        (all[0].stream_name.as_str(), all[0].sensor_name.as_str()),
        ("auth.log", "Sensor n-1")
    );
    assert_eq!(all[0].sha256, hash("one"));
    let boone = evidence::of(tx.link(), "c-1", Some("boone-county")).await.unwrap();
    assert_eq!((boone.len(), boone[0].jurisdiction.as_str()), (1, "boone-county"));
    // It stays when the records go.
    done(tx).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(batch::expire(tx.link(), at(99)).await.unwrap(), 1);
    assert_eq!(evidence::of(tx.link(), "c-1", None).await.unwrap().len(), 2);
}
