//! What lists and bounds need of the room's logs, without all of their entries.

use ward_store::logbook::{self, Filter, Log, New};
use ward_store::{Store, folded};

use crate::desk::laws;
use crate::samples::{self, at, done};

laws!(what_a_log_came_to_stands_beside_it, bytes_are_counted_by_person, the_newest_come_first);

/// Three logs of two entries each, the second a minute after the first.
async fn furnish(store: &Store) {
    samples::office(store).await;
    let mut tx = store.begin().await.unwrap();
    for (number, (id, place)) in
        [("i-1", Some("adair-county")), ("i-2", Some("boone-county")), ("p-1", None)]
            .into_iter()
            .enumerate()
    {
        let (id, begun) = (id.to_owned(), at(number as i64));
        let kind = if id == "p-1" { "position" } else { "incident" }.to_owned();
        let jurisdiction = place.map(str::to_owned);
        let log = Log { id, kind, jurisdiction, begun, updated: begun, open: true };
        logbook::begin(tx.link(), &log).await.unwrap();
        for entry in 1..=2 {
            let new = New {
                number: entry,
                key: format!("key-{entry}"),
                at: begun.plus(entry as i64 * 60_000_000),
                actor: format!("p-{entry}"),
                actor_name: "Somebody".to_owned(),
                body: "\u{1f5f3}".repeat(usize::try_from(entry).unwrap() * 10),
            };
            logbook::add(tx.link(), &log.id, &new, true).await.unwrap();
        }
    }
    done(tx).await;
}

async fn what_a_log_came_to_stands_beside_it(store: Store) {
    furnish(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(folded::ids(tx.link(), "", 9).await.unwrap(), ["i-1", "i-2", "p-1"]);
    assert_eq!(folded::ids(tx.link(), "i-1", 1).await.unwrap(), ["i-2"]);
    assert_eq!(folded::one(tx.link(), "i-1").await.unwrap().as_deref(), Some(""));
    assert_eq!(folded::one(tx.link(), "i-9").await.unwrap(), None);
    folded::keep(tx.link(), "i-1", "first").await.unwrap();
    folded::keep(tx.link(), "i-1", "one").await.unwrap();
    folded::keep(tx.link(), "i-2", "two").await.unwrap();
    for (filter, limit, want) in [
        (Filter::default(), 9, &["two", "one"][..]),
        (Filter::default(), 1, &["two"]),
        (Filter { jurisdiction: Some("adair-county"), open: Some(true) }, 9, &["one"]),
        (Filter { jurisdiction: None, open: Some(false) }, 9, &[]),
    ] {
        let mut found = Vec::new();
        folded::all(tx.link(), "incident", filter, limit, |one| found.push(one)).await.unwrap();
        assert_eq!(found, want);
    }
    // It is no part of what is sealed.
    assert_eq!(logbook::verify(tx.link()).await.unwrap(), None);
}

async fn bytes_are_counted_by_person(store: Store) {
    furnish(&store).await;
    let mut read = store.read().await.unwrap();
    assert_eq!(folded::written(read.link(), "i-1", "p-1").await.unwrap(), (120, 40));
    assert_eq!(folded::written(read.link(), "i-1", "p-2").await.unwrap(), (120, 80));
    assert_eq!(folded::written(read.link(), "i-1", "p-9").await.unwrap(), (120, 0));
    assert_eq!(folded::written(read.link(), "i-9", "p-1").await.unwrap(), (0, 0));
}

async fn the_newest_come_first(store: Store) {
    furnish(&store).await;
    let mut read = store.read().await.unwrap();
    for (place, since, limit, want) in [
        (None, 0, 9, &[("i-2", 2), ("i-1", 2), ("i-2", 1), ("i-1", 1)][..]),
        (None, 0, 1, &[("i-2", 2)]),
        (None, 61, 9, &[("i-2", 2), ("i-1", 2)]),
        (Some("adair-county"), 0, 9, &[("i-1", 2), ("i-1", 1)]),
        (Some("adair-county"), 120, 9, &[]),
    ] {
        let found = folded::after(read.link(), "incident", place, at(since), limit).await.unwrap();
        let found: Vec<_> =
            found.iter().map(|kept| (kept.log.as_str(), kept.entry.number)).collect();
        assert_eq!(found, want, "{place:?} since {since}");
    }
}
