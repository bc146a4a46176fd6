//! What is found by a word, on both engines alike, bounded and narrowed.

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

/// A log's number is its place among those of its kind, and what comes later changes none.
async fn logs_are_called_by_their_place_in_time(store: Store) {
    samples::office(&store).await;
    let mut known: Vec<String> = Vec::new();
    for (begun, id, kind) in [
        (3, "i-9", "incident"),
        (3, "i-a", "incident"),
        (4, "r-1", "rumor"),
        (5, "i-1", "incident"),
    ] {
        let log = Log {
            id: id.to_owned(),
            kind: kind.to_owned(),
            jurisdiction: None,
            begun: at(begun),
            updated: at(begun),
            open: true,
        };
        let mut tx = store.begin().await.unwrap();
        logbook::begin(tx.link(), &log).await.unwrap();
        done(tx).await;
        let mut read = store.read().await.unwrap();
        let all = look::in_order(read.link(), "incident").await.unwrap();
        assert!(all.starts_with(&known), "{all:?}");
        for (number, id) in (1_u64..).zip(&all) {
            assert_eq!(look::number(read.link(), "incident", id).await.unwrap(), number);
            let found = look::numbered(read.link(), "incident", number).await.unwrap();
            assert_eq!(found.as_ref(), Some(id));
        }
        known = all;
    }
    assert_eq!(known, ["i-9", "i-a", "i-1"]);
    let mut read = store.read().await.unwrap();
    for none in [0, 4, u64::MAX] {
        assert_eq!(look::numbered(read.link(), "incident", none).await.unwrap(), None);
    }
    assert_eq!(look::number(read.link(), "incident", "i-none").await.unwrap(), 0);
}
