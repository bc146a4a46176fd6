//! What is found by a word, on both engines alike, bounded and narrowed.

use std::collections::BTreeMap;

use ward_kernel::Rung;
use ward_live::Kept;
use ward_store::logbook::{self, Log, New};
use ward_store::look::{self, Named};
use ward_store::{Store, cases};

use crate::desk::laws;
use crate::samples::{self, at, case, done};

laws!(
    cases_are_found_by_what_they_name,
    entries_are_found_by_their_words,
    logs_are_called_by_their_place_in_time,
);

async fn cases_are_found_by_what_they_name(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (number, id, scope, account) in [
        (1, "W-1", "state", "jane \"j\" o'clerk\\"),
        (2, "W-2", "state", "J\u{fc}rgen"),
        (3, "W-3", "adair-county", "J\u{fc}rgen"),
    ] {
        let body = serde_json::json!({ "accounts": [account], "targets": ["198.51.100.7:22"] });
        let kept = Kept { updated: at(number), body, ..case(id, scope, Rung::Attempt) };
        cases::upsert(tx.link(), &kept).await.unwrap();
    }
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let mut ids = async |scope: &str, named, limit| {
        let found = look::cases(read.link(), scope, named, limit).await.unwrap();
        found.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids("state", Named::Whole("J\u{fc}rgen"), 9).await, ["W-2"]);
    assert_eq!(ids("state", Named::Whole("J\u{fc}rg"), 9).await, [""; 0], "as a whole");
    assert_eq!(ids("state", Named::Whole("jane \"j\" o'clerk\\"), 9).await, ["W-1"]);
    assert_eq!(ids("state", Named::Begins("198.51.100."), 9).await, ["W-2", "W-1"]);
    assert_eq!(ids("state", Named::Begins("198.51.100."), 1).await, ["W-2"], "the newest");
    assert_eq!(ids("adair-county", Named::Begins("198."), 9).await, ["W-3"]);
    for hostile in ["%", "_", "' OR 1=1 --", "\0", "\\"] {
        assert_eq!(ids("state", Named::Whole(hostile), 9).await, [""; 0], "{hostile:?}");
    }
}

async fn entries_are_found_by_their_words(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (number, id, kind, place, words) in [
        (1, "i-1", "incident", Some("adair-county"), "Two POLL Books \"old\""),
        (2, "i-2", "incident", Some("boone-county"), "poll books"),
        (3, "r-1", "rumor", None, "poll books"),
    ] {
        let log = Log {
            id: id.to_owned(),
            kind: kind.to_owned(),
            jurisdiction: place.map(str::to_owned),
            begun: at(number),
            updated: at(number),
            open: true,
        };
        logbook::begin(tx.link(), &log).await.unwrap();
        let new = New {
            number: 1,
            key: format!("key-{id}"),
            at: at(number),
            actor: "p-2".to_owned(),
            actor_name: "Person p-2".to_owned(),
            body: serde_json::json!({ "act": { "note": { "text": words } } }).to_string(),
        };
        logbook::add(tx.link(), id, &new, true).await.unwrap();
    }
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let mut ids = async |kind: &str, place, text: &str, limit| {
        let found = look::entries(read.link(), kind, place, text, limit).await.unwrap();
        found.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids("incident", None, "Poll Books", 9).await, ["i-2", "i-1"]);
    assert_eq!(ids("incident", None, "poll books", 1).await, ["i-2"]);
    assert_eq!(ids("incident", Some("adair-county"), "poll", 9).await, ["i-1"]);
    assert_eq!(ids("incident", None, "\"old\"", 9).await, ["i-1"], "marks are marks");
    assert_eq!(ids("rumor", None, "poll", 9).await, ["r-1"]);
    for hostile in ["%", "' OR 1=1 --", "\0"] {
        assert_eq!(ids("incident", None, hostile, 9).await, [""; 0], "{hostile:?}");
    }
}

/// A log's number is its place among those of its kind and jurisdiction, and what comes later changes
/// none.
async fn logs_are_called_by_their_place_in_time(store: Store) {
    const HERE: Option<&str> = Some("adair-county");
    samples::office(&store).await;
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    for (begun, id, kind, place) in [
        (3, "i-9", "incident", HERE),
        (3, "i-a", "incident", HERE),
        (4, "r-1", "rumor", HERE),
        (5, "i-2", "incident", None),
        (6, "i-3", "incident", Some("boone-county")),
        (7, "i-1", "incident", HERE),
    ] {
        let log = Log {
            id: id.to_owned(),
            kind: kind.to_owned(),
            jurisdiction: place.map(str::to_owned),
            begun: at(begun),
            updated: at(begun),
            open: true,
        };
        let mut tx = store.begin().await.unwrap();
        logbook::begin(tx.link(), &log).await.unwrap();
        done(tx).await;
        let mut read = store.read().await.unwrap();
        let all = look::numbers(read.link(), "incident", None).await.unwrap();
        let all: BTreeMap<String, u64> = all.into_iter().collect();
        assert!(known.iter().all(|(id, number)| all.get(id) == Some(number)), "{all:?}");
        for (id, number) in &all {
            assert_eq!(look::number(read.link(), "incident", id).await.unwrap(), *number);
        }
        known = all;
    }
    let expected = [("i-1", 3), ("i-2", 1), ("i-3", 1), ("i-9", 1), ("i-a", 2)];
    assert_eq!(known, expected.map(|(id, number)| (id.to_owned(), number)).into());
    let mut read = store.read().await.unwrap();
    let own = look::numbers(read.link(), "incident", HERE).await.unwrap();
    assert_eq!(own.len(), 3);
    for (place, number, ids) in [
        (None, 1, &["i-3", "i-2", "i-9"][..]),
        (HERE, 1, &["i-9"]),
        (HERE, 3, &["i-1"]),
        (HERE, 0, &[]),
        (None, u64::MAX, &[]),
    ] {
        let found = look::numbered(read.link(), "incident", place, number).await.unwrap();
        assert_eq!(found, ids, "{place:?} {number}");
    }
    assert_eq!(look::number(read.link(), "incident", "i-none").await.unwrap(), 0);
}
