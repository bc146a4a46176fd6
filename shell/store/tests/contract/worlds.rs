//! Worlds: a store is of one from its first transaction on, and takes nothing of the other.

use ward_kernel::World;
use ward_store::{Error, Store, backup, meta, moves, world};
use ward_testkit::Postgres;

use crate::desk::{self, laws};
use crate::moving::furnish;
use crate::samples::done;

laws!(
    a_store_without_a_mark_is_real,
    a_store_is_of_the_world_that_it_was_made_in,
    an_export_goes_into_its_own_world_alone,
    what_is_read_is_not_written,
);

/// Another store on the same engine, empty to the last table; where it is, and what holds it.
async fn bare(store: &Store) -> (Store, String, Option<tempfile::TempDir>) {
    if store.file().is_some() {
        let folder = desk::folder();
        let place = folder.path().display().to_string();
        (Store::open(&place).await.unwrap(), place, Some(folder))
    } else {
        let place = Postgres::shared().unwrap().database().unwrap();
        (Store::open(&place).await.unwrap(), place, None)
    }
}

#[track_caller]
fn is_refused<T: std::fmt::Debug>(done: Result<T, Error>, words: &str) {
    match done {
        Err(Error::Refused(why)) => assert!(why.contains(words), "{why}"),
        other => panic!("{other:?}"),
    }
}

async fn a_store_without_a_mark_is_real(store: Store) {
    assert_eq!(store.world().await.unwrap(), Some(World::Real));
    is_refused(store.migrate_as(World::Exercise).await, "the real desk");
    let (other, place, _folder) = bare(&store).await;
    assert_eq!(other.world().await.unwrap(), None);
    assert_eq!(world::found_at(&place).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    meta::set(tx.link(), world::KEY, "another").await.unwrap();
    done(tx).await;
    assert!(matches!(store.world().await, Err(Error::Damaged(_))), "no world is guessed");
    other.close().await;
}

async fn a_store_is_of_the_world_that_it_was_made_in(store: Store) {
    let (exercise, place, _folder) = bare(&store).await;
    exercise.migrate_as(World::Exercise).await.unwrap();
    assert_eq!(exercise.world().await.unwrap(), Some(World::Exercise));
    is_refused(exercise.migrate().await, "an exercise");
    exercise.migrate_as(World::Exercise).await.unwrap();
    assert_eq!(world::found_at(&place).await.unwrap(), Some(World::Exercise));
    exercise.close().await;
    assert_eq!(world::found_at(&place).await.unwrap(), Some(World::Exercise));
}

async fn an_export_goes_into_its_own_world_alone(store: Store) {
    furnish(&store).await;
    let exported = |store: Store| async move {
        let mut out = Vec::new();
        moves::export(&store, &mut out).await.unwrap();
        out
    };
    let (exercise, _, _one) = bare(&store).await;
    exercise.migrate_as(World::Exercise).await.unwrap();
    let (real, practised) = (exported(store.clone()).await, exported(exercise.clone()).await);
    let before = moves::content(&exercise).await.unwrap();
    is_refused(moves::import(&exercise, &real[..]).await, "the real desk");
    assert_eq!(moves::content(&exercise).await.unwrap(), before, "nothing was written");
    let (fresh, _, _two) = bare(&store).await;
    fresh.migrate().await.unwrap();
    is_refused(moves::import(&fresh, &practised[..]).await, "an exercise");
    assert_eq!(fresh.world().await.unwrap(), Some(World::Real));
    // An exercise moves as the real desk does.
    moves::import(&exercise, &practised[..]).await.unwrap();
    assert_eq!(moves::content(&exercise).await.unwrap(), before);
    // A head that lies about its rows is found out.
    let lying = {
        use std::io::{Read as _, Write as _};
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&practised[..]).read_to_string(&mut plain).unwrap();
        let plain = plain.replacen(",\"world\":\"exercise\"", "", 1);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(plain.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    assert!(matches!(moves::import(&fresh, &lying[..]).await, Err(Error::Damaged(_))));
    assert_eq!(fresh.world().await.unwrap(), Some(World::Real));
    fresh.close().await;
    exercise.close().await;
}

async fn what_is_read_is_not_written(store: Store) {
    furnish(&store).await;
    let before = moves::content(&store).await.unwrap();
    let place = match store.file() {
        Some(file) => file.parent().unwrap().display().to_string(),
        // The laws get a store and not its place: on a server another one is as good.
        None => return,
    };
    // While a desk works in it, and when none does.
    for still in [false, true] {
        if still {
            store.close().await;
        }
        let names = || {
            let all = std::fs::read_dir(&place).unwrap();
            let mut all: Vec<_> = all.map(|one| one.unwrap().file_name()).collect();
            all.sort();
            all
        };
        let files = names();
        let read = Store::open_to_read(&place).await.unwrap();
        assert_eq!(moves::content(&read).await.unwrap(), before);
        let write = read.begin().await;
        let wrote = match write {
            Ok(mut tx) => meta::set(tx.link(), "a", "b").await,
            Err(err) => Err(err),
        };
        assert!(wrote.is_err(), "the engine itself refuses");
        read.close().await;
        assert_eq!(names(), files, "no file comes or goes");
    }
    assert!(Store::open_to_read(&format!("{place}/none")).await.is_err());
    assert!(!std::path::Path::new(&place).join("none").exists());
}

#[test]
fn a_database_is_opened_to_read_alone() {
    let Some(server) = Postgres::shared() else { return };
    let url = server.database().unwrap();
    desk::runtime().block_on(async {
        let store = Store::open_postgres(&url).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
        let read = Store::open_to_read(&url).await.unwrap();
        let mut tx = read.begin().await.unwrap();
        assert!(meta::set(tx.link(), "a", "b").await.is_err());
        drop(tx);
        read.close().await;
    });
}

#[test]
fn a_backup_comes_back_into_its_own_world_alone() {
    let (home, copies) = (desk::folder(), desk::folder());
    desk::runtime().block_on(async {
        let store = Store::open_folder(home.path()).await.unwrap();
        store.migrate_as(World::Exercise).await.unwrap();
        let to = copies.path().join("backup.sqlite");
        backup::backup(&store, &to).await.unwrap();
        store.close().await;
        let place = copies.path().join("desk");
        is_refused(backup::restore(&to, &place, World::Real).await, "an exercise");
        assert_eq!(world::found_at(&place.display().to_string()).await.unwrap(), None);
        backup::restore(&to, &place, World::Exercise).await.unwrap();
        let found = world::found_at(&place.display().to_string()).await.unwrap();
        assert_eq!(found, Some(World::Exercise));
    });
}
