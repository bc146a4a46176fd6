//! The situation room's logs only grow, and every change beside the program shows.

use ward_store::check::{Depth, check};
use ward_store::logbook::{self, Filter, Kept, Log, New};
use ward_store::{Link, Store};

use crate::desk::laws;
use crate::samples::{self, at, done};

laws!(
    entries_come_back_in_their_order,
    an_entry_has_one_place,
    a_log_is_begun_once,
    lists_are_narrowed,
    the_newest_has_the_greatest_number,
    ids_of_a_beginning_are_found,
    every_change_shows,
);

fn log(id: &str, jurisdiction: Option<&str>) -> Log {
    Log {
        id: id.to_owned(),
        kind: "incident".to_owned(),
        jurisdiction: jurisdiction.map(str::to_owned),
        begun: at(0),
        updated: at(0),
        open: true,
    }
}

fn new(number: u64, key: &str) -> New {
    New {
        number,
        key: key.to_owned(),
        at: at(i64::try_from(number).unwrap()),
        actor: "p-2".to_owned(),
        actor_name: "Person p-2".to_owned(),
        body: format!("{{\"note\":\"{number} \u{1f5f3} \\\"x\\\"\"}}"),
    }
}

async fn furnish(store: &Store) {
    samples::office(store).await;
    let mut tx = store.begin().await.unwrap();
    for (id, place) in [("i-1", Some("adair-county")), ("i-2", Some("boone-county")), ("i-3", None)]
    {
        assert!(logbook::begin(tx.link(), &log(id, place)).await.unwrap());
        for number in 1..=3 {
            let key = format!("k-{number}");
            logbook::add(tx.link(), id, &new(number, &key), number < 3).await.unwrap();
        }
    }
    done(tx).await;
}

async fn entries_come_back_in_their_order(store: Store) {
    furnish(&store).await;
    let mut read = store.read().await.unwrap();
    let kept = logbook::entries(read.link(), "i-1").await.unwrap();
    let want: Vec<_> = (1..=3).map(|number| new(number, &format!("k-{number}"))).collect();
    assert_eq!(kept.iter().map(|kept| kept.entry.clone()).collect::<Vec<_>>(), want);
    let begun = logbook::root(&log("i-1", Some("adair-county")));
    assert_eq!(kept[0].hash, logbook::seal(&begun, "i-1", &want[0]));
    assert_eq!(kept[1].hash, logbook::seal(&kept[0].hash, "i-1", &want[1]));
    let found = logbook::by_id(read.link(), "i-1").await.unwrap().unwrap();
    assert_eq!((found.begun, found.updated, found.open), (at(0), at(3), false));
    assert!(logbook::by_id(read.link(), "i-9").await.unwrap().is_none());
    assert!(logbook::entries(read.link(), "i-9").await.unwrap().is_empty());
}

async fn an_entry_has_one_place(store: Store) {
    furnish(&store).await;
    // Neither a number that is taken, nor one further on, nor a log that is not there.
    for (id, number, key) in
        [("i-1", 3, "new"), ("i-1", 5, "new"), ("i-1", 4, "k-2"), ("i-9", 1, "new")]
    {
        let mut tx = store.begin().await.unwrap();
        logbook::add(tx.link(), id, &new(number, key), true).await.unwrap_err();
    }
    let mut tx = store.begin().await.unwrap();
    logbook::add(tx.link(), "i-1", &new(4, "k-4"), true).await.unwrap();
    done(tx).await;
}

async fn a_log_is_begun_once(store: Store) {
    furnish(&store).await;
    let mut tx = store.begin().await.unwrap();
    let other = Log { kind: "rumor".to_owned(), ..log("i-1", None) };
    assert!(!logbook::begin(tx.link(), &other).await.unwrap());
    let found = logbook::by_id(tx.link(), "i-1").await.unwrap().unwrap();
    assert_eq!(
        (found.kind.as_str(), found.jurisdiction.as_deref()),
        ("incident", Some("adair-county"))
    );
}

async fn the_newest_has_the_greatest_number(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let newest =
        async |tx: &mut ward_store::Tx| logbook::newest(tx.link(), "incident", "p-").await.unwrap();
    assert_eq!(newest(&mut tx).await, None);
    for id in ["p-9", "p-10", "p-2", "q-11"] {
        logbook::begin(tx.link(), &log(id, None)).await.unwrap();
    }
    let other = Log { kind: "rumor".to_owned(), ..log("p-12", None) };
    logbook::begin(tx.link(), &other).await.unwrap();
    assert_eq!(newest(&mut tx).await.as_deref(), Some("p-10"));
}

async fn ids_of_a_beginning_are_found(store: Store) {
    furnish(&store).await;
    let mut tx = store.begin().await.unwrap();
    for id in ["i-1.a", "i-1.b", "i%1.a", "I-1.A"] {
        logbook::begin(tx.link(), &log(id, None)).await.unwrap();
        logbook::add(tx.link(), id, &new(1, "k-1"), true).await.unwrap();
    }
    let other = Log { kind: "rumor".to_owned(), ..log("i-1.c", None) };
    logbook::begin(tx.link(), &other).await.unwrap();
    logbook::add(tx.link(), "i-1.c", &new(1, "k-1"), true).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    for (begins, limit, want) in [
        ("i-1.", 9, &["i-1.a", "i-1.b"][..]),
        ("i-1.", 1, &["i-1.a"]),
        ("i%", 9, &["i%1.a"]),
        ("nothing", 9, &[]),
    ] {
        let found = logbook::under(read.link(), "incident", begins, limit).await.unwrap();
        assert_eq!(found.iter().map(|log| log.id.as_str()).collect::<Vec<_>>(), want, "{begins}");
        let whole = logbook::under_whole(read.link(), "incident", begins, limit).await.unwrap();
        assert!(whole.iter().map(|(log, _)| log).eq(&found), "{begins}");
        for (log, entries) in whole {
            assert_eq!(entries, logbook::entries(read.link(), &log.id).await.unwrap());
        }
    }
}

async fn lists_are_narrowed(store: Store) {
    furnish(&store).await;
    let mut tx = store.begin().await.unwrap();
    logbook::add(tx.link(), "i-2", &new(4, "k-4"), true).await.unwrap();
    for (jurisdiction, open, want) in [
        (None, None, vec!["i-2", "i-1", "i-3"]),
        (None, Some(true), vec!["i-2"]),
        (Some("adair-county"), None, vec!["i-1"]),
        (Some("adair-county"), Some(true), vec![]),
    ] {
        let filter = Filter { jurisdiction, open };
        let found = logbook::list(tx.link(), "incident", filter, 10).await.unwrap();
        assert_eq!(found.iter().map(|(log, _)| log.id.as_str()).collect::<Vec<_>>(), want);
    }
    for jurisdiction in [None, Some("adair-county"), Some("boone-county"), Some("")] {
        for open in [None, Some(true), Some(false)] {
            let filter = Filter { jurisdiction, open };
            let found = logbook::list(tx.link(), "incident", filter, 2).await.unwrap();
            let last = |(log, entries): &(Log, Vec<Kept>)| {
                (log.clone(), entries.last().unwrap().hash.clone())
            };
            let sealed: Vec<_> = found.iter().map(last).collect();
            let seals = logbook::seals(tx.link(), "incident", filter, 2).await.unwrap();
            assert_eq!(seals, sealed);
            for (log, seal) in seals {
                let one = logbook::sealed(tx.link(), &log.id).await.unwrap();
                assert_eq!(one, Some((log, seal)));
            }
            for (log, entries) in found {
                assert!(jurisdiction.is_none_or(|one| log.jurisdiction.as_deref() == Some(one)));
                assert!(open.is_none_or(|one| log.open == one));
                assert_eq!(Some(&log), logbook::by_id(tx.link(), &log.id).await.unwrap().as_ref());
                assert_eq!(entries, logbook::entries(tx.link(), &log.id).await.unwrap());
            }
        }
    }
    // One that was begun, and has no entry yet.
    let begun =
        Log { id: "i-9".into(), ..logbook::by_id(tx.link(), "i-1").await.unwrap().unwrap() };
    assert!(logbook::begin(tx.link(), &begun).await.unwrap());
    let seals = logbook::seals(tx.link(), "incident", Filter::default(), 9).await.unwrap();
    assert!(seals.iter().all(|(log, _)| log.id != "i-9"));
    assert_eq!(logbook::sealed(tx.link(), "i-9").await.unwrap(), Some((begun, Vec::new())));
    let none = logbook::list(tx.link(), "rumor", Filter::default(), 10).await.unwrap();
    assert!(none.is_empty());
    let first = logbook::list(tx.link(), "incident", Filter::default(), 1).await.unwrap();
    assert_eq!((first.len(), first[0].0.id.as_str(), first[0].1.len()), (1, "i-2", 4));
}

async fn every_change_shows(store: Store) {
    furnish(&store).await;
    assert!(check(&store, Depth::Usual).await.unwrap().is_empty());
    for (text, undo) in [
        (
            "UPDATE room_entry SET actor_name = 'x' WHERE log = 'i-2' AND number = 2",
            "UPDATE room_entry SET actor_name = 'Person p-2' WHERE log = 'i-2' AND number = 2",
        ),
        (
            "UPDATE room_entry SET number = 9 WHERE log = 'i-2' AND number = 3",
            "UPDATE room_entry SET number = 3 WHERE log = 'i-2' AND number = 9",
        ),
        (
            "UPDATE room_log SET jurisdiction = 'adair-county' WHERE id = 'i-2'",
            "UPDATE room_log SET jurisdiction = 'boone-county' WHERE id = 'i-2'",
        ),
        (
            "UPDATE room_log SET kind = 'rumor' WHERE id = 'i-2'",
            "UPDATE room_log SET kind = 'incident' WHERE id = 'i-2'",
        ),
        ("DELETE FROM room_entry WHERE log = 'i-2' AND number = 3", "SELECT 1"),
    ] {
        tamper(&store, text).await;
        let said = check(&store, Depth::Usual).await.unwrap();
        assert!(said.iter().any(|line| line.contains("i-2 was changed")), "{text}: {said:?}");
        tamper(&store, undo).await;
        let said = check(&store, Depth::Usual).await.unwrap();
        assert!(said.is_empty() || undo == "SELECT 1", "{undo}: {said:?}");
    }
}

/// Runs what only somebody with the engine's own tools could.
async fn tamper(store: &Store, text: &'static str) {
    let mut tx = store.begin().await.unwrap();
    match tx.link() {
        Link::Lite(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
        Link::Pg(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
    }
    done(tx).await;
}
