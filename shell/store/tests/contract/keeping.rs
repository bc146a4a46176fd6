//! One desk, whole, with copies.

use ward_kernel::World;
use ward_store::check::{Depth, check};
use ward_store::{Audit, Error, Link, SCHEMA, Store, backup, batch, meta, moves, retention};

use crate::desk::{self, laws};
use crate::moving::furnish;
use crate::samples::{at, done, entry};

laws!(
    one_desk_at_a_time,
    a_whole_store_is_found_whole,
    each_damage_is_found,
    a_backup_is_the_store,
    old_records_go_in_steps,
    an_unknown_schema_is_refused,
);

async fn one_desk_at_a_time(store: Store) {
    let mut first = store.hold().await.unwrap();
    let second = store.hold().await.unwrap_err();
    assert!(matches!(&second, Error::Busy(why) if why.contains("another desk")), "{second}");
    first.check().await.unwrap();
    // Holding keeps nobody from reading and writing: tools may look.
    let mut tx = store.begin().await.unwrap();
    meta::set(tx.link(), "a", "b").await.unwrap();
    done(tx).await;
    drop(first);
    store.hold().await.unwrap();
}

async fn a_whole_store_is_found_whole(store: Store) {
    assert_eq!(check(&store, Depth::Records).await.unwrap(), Vec::<String>::new());
    furnish(&store).await;
    assert_eq!(check(&store, Depth::Records).await.unwrap(), Vec::<String>::new());
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

/// Damages, the way back, and what is said of each.
const DAMAGES: &[(&str, &str, &str)] = &[
    (
        "UPDATE batch SET position = 1000 WHERE position = 40",
        "UPDATE batch SET position = 40 WHERE position = 1000",
        "of the batches from position 1 to 1000, 960 are missing",
    ),
    (
        "UPDATE batch SET sequence = 77 WHERE sequence = 7",
        "UPDATE batch SET sequence = 7 WHERE sequence = 77",
        "of the batches 1 to 77 of sensor n-1, 37 are missing",
    ),
    (
        "UPDATE sensor SET sequence = 39 WHERE id = 'n-1'",
        "UPDATE sensor SET sequence = 40 WHERE id = 'n-1'",
        "sensor n-1 was told that batches up to 39 are held",
    ),
    (
        "UPDATE batch SET sensor = 'n-2' WHERE position = 40; \
             UPDATE sensor SET sequence = 39 WHERE id = 'n-1'",
        "UPDATE batch SET sensor = 'n-1' WHERE position = 40; \
             UPDATE sensor SET sequence = 40 WHERE id = 'n-1'",
        "1 batches belong to no stream of their sensor",
    ),
    (
        "UPDATE audit SET act = 'x' WHERE number = 1",
        "UPDATE audit SET act = 'furnish' WHERE number = 1",
        "the audit log was changed",
    ),
    (
        "UPDATE incident_case SET rung = 0 WHERE id = 'c-2'",
        "UPDATE incident_case SET rung = 2 WHERE id = 'c-2'",
        "case c-2 says one thing in its body, another beside it",
    ),
    (
        "UPDATE incident_case SET place = '+' WHERE id = 'c-2'",
        "UPDATE incident_case SET place = 'adair-county' WHERE id = 'c-2'",
        "case c-2 says one thing in its body, another beside it",
    ),
    (
        "UPDATE incident_case SET seen = 0 WHERE id = 'c-2'",
        "UPDATE incident_case SET seen = 2 WHERE id = 'c-2'",
        "the rung of case c-2",
    ),
    (
        "UPDATE incident_case SET merged_into = 'c-1' WHERE id = 'c-2'",
        "UPDATE incident_case SET merged_into = NULL WHERE id = 'c-2'",
        "the rung of case c-2",
    ),
    (
        "UPDATE incident_case SET desk_into = 'c-1', desk_into_judged = 2 WHERE id = 'c-2'",
        "UPDATE incident_case SET desk_into = NULL, desk_into_judged = NULL WHERE id = 'c-2'",
        "the rung of case c-2",
    ),
    (
        "UPDATE case_step SET number = 2 WHERE case_id = 'c-2'",
        "UPDATE case_step SET number = 1 WHERE case_id = 'c-2'",
        "steps of case c-2 are missing",
    ),
    (
        "UPDATE batch SET length = length + 1 WHERE position = 3",
        "UPDATE batch SET length = length - 1 WHERE position = 3",
        "the batch at position 3 is not the one that came",
    ),
    (
        "ALTER TABLE person ADD COLUMN extra TEXT",
        "ALTER TABLE person DROP COLUMN extra",
        "person.extra",
    ),
];

async fn each_damage_is_found(store: Store) {
    furnish(&store).await;
    for &(damage, repair, said) in DAMAGES {
        tamper(&store, damage).await;
        let found = check(&store, Depth::Records).await.unwrap();
        assert!(found.iter().any(|line| line.contains(said)), "{damage}: {found:?}");
        tamper(&store, repair).await;
        let found = check(&store, Depth::Records).await.unwrap();
        assert!(found.is_empty(), "{repair}: {found:?}");
    }
    tamper(&store, "UPDATE evidence SET line = sha256").await;
    let found = check(&store, Depth::Usual).await.unwrap();
    assert!(found[0].contains("is not the one that was sealed"), "{found:?}");
}

async fn a_backup_is_the_store(store: Store) {
    furnish(&store).await;
    let folder = desk::folder();
    let to = folder.path().join("copy");
    let made = backup::backup(&store, &to).await.unwrap();
    assert_eq!((made.path.as_path(), made.bytes), (to.as_path(), to.metadata().unwrap().len()));
    assert!(matches!(backup::backup(&store, &to).await, Err(Error::Refused(_))));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no part is left behind");
    // The store lives on; the backup is of its moment.
    let sums = moves::content(&store).await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.commit(Audit::Entry(entry("store.backup", "copy"))).await.unwrap();
    let home = folder.path().join("home");
    if store.file().is_some() {
        backup::restore(&to, &home, World::Real).await.unwrap();
        let again = backup::restore(&to, &home, World::Real).await.unwrap_err();
        assert!(again.to_string().contains("is there already"), "{again}");
    } else {
        let refused = backup::restore(&to, &home, World::Real).await.unwrap_err();
        assert!(refused.to_string().contains("ward db import"), "{refused}");
    }
    let restored = Store::open_folder(&home).await.unwrap();
    if store.file().is_none() {
        restored.migrate().await.unwrap();
        moves::import(&restored, std::fs::File::open(&to).unwrap()).await.unwrap();
    }
    restored.check_schema().await.unwrap();
    assert_eq!(moves::content(&restored).await.unwrap(), sums);
    assert!(check(&restored, Depth::Records).await.unwrap().is_empty());
    restored.close().await;
    if store.file().is_some() {
        a_damaged_backup_is_refused(&to, folder.path()).await;
    }
}

async fn a_damaged_backup_is_refused(whole: &std::path::Path, folder: &std::path::Path) {
    let bytes = std::fs::read(whole).unwrap();
    let (bad, place) = (folder.join("bad"), folder.join("place"));
    let mut torn = bytes.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 4096].fill(0x5a);
    for damaged in [torn.as_slice(), &bytes[..bytes.len() / 2], b"a letter"] {
        std::fs::write(&bad, damaged).unwrap();
        backup::restore(&bad, &place, World::Real).await.unwrap_err();
        let left = std::fs::read_dir(&place).map_or(0, Iterator::count);
        assert_eq!(left, 0, "nothing of it is left");
    }
}

async fn old_records_go_in_steps(store: Store) {
    furnish(&store).await;
    let later = at(2).plus(31 * 86_400 * 1_000_000);
    let nothing = retention::Sweeper::plain(60).sweep(&store, at(3)).await.unwrap();
    assert_eq!((nothing.batches, nothing.sessions), (0, 0));
    let swept = retention::Sweeper::plain(30).sweep(&store, later).await.unwrap();
    assert_eq!((swept.batches, swept.sessions), (39, 1));
    let mut read = store.read().await.unwrap();
    assert_eq!(batch::last_position(read.link()).await.unwrap(), 40);
    drop(read);
    assert!(check(&store, Depth::Records).await.unwrap().is_empty());
    let again = retention::Sweeper::plain(30).sweep(&store, later).await.unwrap();
    assert_eq!(again, retention::Swept::default());
}

async fn an_unknown_schema_is_refused(store: Store) {
    let newest = i64::try_from(SCHEMA.len()).unwrap();
    assert_eq!(store.migrate().await.unwrap(), (newest, newest), "a second time changes nothing");
    let newer = (newest + 1).to_string();
    for (schema, said) in [
        (newer.as_str(), "start a newer Ward"),
        ("4", "ward db migrate"),
        ("3", "ward db migrate"),
        ("2", "ward db migrate"),
        ("1", "ward db migrate"),
        ("0", "ward db migrate"),
        ("x", "meta"),
    ] {
        let mut tx = store.begin().await.unwrap();
        meta::set(tx.link(), "schema", schema).await.unwrap();
        done(tx).await;
        let refused = store.check_schema().await.unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
    let mut tx = store.begin().await.unwrap();
    meta::set(tx.link(), "schema", "99").await.unwrap();
    done(tx).await;
    assert!(matches!(store.migrate().await, Err(Error::Schema { found: 99, .. })));
}
