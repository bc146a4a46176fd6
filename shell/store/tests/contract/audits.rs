//! Acts are put down with what they did, and nobody can change them unseen.

use ward_store::audit::{self, Search};
use ward_store::{Audit, Link, Store, meta};

use crate::desk::laws;
use crate::samples::{at, entry};

laws!(
    an_act_and_its_row_are_written_together,
    a_chain_shows_every_change,
    searches_find_by_each_field,
    a_nul_does_not_break_the_chain,
    rows_are_numbered_without_gaps_by_many_at_once,
);

async fn put(store: &Store, act: &str, object: &str) {
    let tx = store.begin().await.unwrap();
    tx.commit(Audit::Entry(entry(act, object))).await.unwrap();
}

async fn rows(store: &Store) -> Vec<audit::Row> {
    let mut read = store.read().await.unwrap();
    audit::in_order(read.link(), 1, 1000).await.unwrap()
}

async fn an_act_and_its_row_are_written_together(store: Store) {
    let mut tx = store.begin().await.unwrap();
    meta::set(tx.link(), "office.name", "never").await.unwrap();
    drop(tx);
    let mut read = store.read().await.unwrap();
    assert_eq!(meta::get(read.link(), "office.name").await.unwrap(), None);
    drop(read);
    assert!(rows(&store).await.is_empty());
    let mut tx = store.begin().await.unwrap();
    meta::set(tx.link(), "office.name", "now").await.unwrap();
    tx.commit(Audit::Entry(entry("office.name", ""))).await.unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(meta::get(read.link(), "office.name").await.unwrap().as_deref(), Some("now"));
    assert_eq!(rows(&store).await.len(), 1);
}

/// Runs what only somebody with the engine's own tools could.
async fn tamper(store: &Store, text: &'static str) {
    let mut tx = store.begin().await.unwrap();
    match tx.link() {
        Link::Lite(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
        Link::Pg(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
    }
    tx.commit(Audit::Machine).await.unwrap();
}

async fn verdict(store: &Store) -> (i64, Option<i64>) {
    let mut read = store.read().await.unwrap();
    audit::verify(read.link()).await.unwrap()
}

async fn a_chain_shows_every_change(store: Store) {
    for number in 1..=6 {
        put(&store, "case.look", &format!("c-{number}")).await;
    }
    assert_eq!(verdict(&store).await, (6, None));
    // Each change with the way back, so that the next one starts from a whole chain.
    let swap = "UPDATE audit SET number = 100 WHERE number = 4; \
                UPDATE audit SET number = 4 WHERE number = 5; \
                UPDATE audit SET number = 5 WHERE number = 100";
    for (change, back, found) in [
        (
            "UPDATE audit SET detail = 'x' WHERE number = 3",
            "UPDATE audit SET detail = '' WHERE number = 3",
            (2, Some(3)),
        ),
        (
            "UPDATE audit SET actor = 'p-', actor_name = '1Desk analyst' WHERE number = 2",
            "UPDATE audit SET actor = 'p-1', actor_name = 'Desk analyst' WHERE number = 2",
            (1, Some(2)),
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE number = 6",
            "UPDATE audit SET at = at - 1 WHERE number = 6",
            (5, Some(6)),
        ),
        (swap, swap, (3, Some(4))),
        (
            "UPDATE audit SET number = 7 WHERE number = 6",
            "UPDATE audit SET number = 6 WHERE number = 7",
            (5, Some(7)),
        ),
        ("DELETE FROM audit WHERE number = 6", "", (5, Some(6))),
        ("DELETE FROM audit WHERE number = 2", "", (1, Some(3))),
        ("DELETE FROM audit", "", (0, Some(1))),
    ] {
        tamper(&store, change).await;
        assert_eq!(verdict(&store).await, found, "{change}");
        tamper(&store, back).await;
    }
}

async fn searches_find_by_each_field(store: Store) {
    for (act, object) in [("a", "1"), ("b", "1"), ("a", "2"), ("b", "2"), ("a", "1")] {
        put(&store, act, object).await;
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    for (actor, act, object, expected) in [
        ("", "", "", vec![5, 4, 3, 2, 1]),
        ("", "a", "", vec![5, 3, 1]),
        ("", "", "2", vec![4, 3]),
        ("", "a", "1", vec![5, 1]),
        ("p-1", "b", "2", vec![4]),
        ("p-1", "", "", vec![5, 4, 3, 2, 1]),
        ("p-9", "", "", vec![]),
    ] {
        let search = Search {
            actor: some(actor),
            act: some(act),
            object: some(object),
            ..Search::default()
        };
        let mut read = store.read().await.unwrap();
        let found = audit::search(read.link(), &search, 10).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|row| row.number).collect();
        assert_eq!(found, expected, "{actor} {act} {object}");
    }
    let mut read = store.read().await.unwrap();
    let page = Search { before: Some(4), ..Search::default() };
    let found = audit::search(read.link(), &page, 2).await.unwrap();
    assert_eq!(found.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 2]);
    let past = Search { to: Some(at(-1)), ..Search::default() };
    assert!(audit::search(read.link(), &past, 10).await.unwrap().is_empty());
    let later = Search { from: Some(at(1)), ..Search::default() };
    assert!(audit::search(read.link(), &later, 10).await.unwrap().is_empty());
}

async fn a_nul_does_not_break_the_chain(store: Store) {
    put(&store, "session.begin", "a\0b").await;
    put(&store, "session.begin", "c").await;
    assert_eq!(verdict(&store).await, (2, None));
}

async fn rows_are_numbered_without_gaps_by_many_at_once(store: Store) {
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { put(&store, "case.look", &number.to_string()).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(verdict(&store).await, (20, None));
}
