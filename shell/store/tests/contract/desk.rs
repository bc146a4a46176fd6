//! A fresh store for each law, on either engine.

use std::future::Future;

use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use ward_store::Store;
use ward_testkit::Postgres;

/// Names laws; each becomes a test on SQLite and one on PostgreSQL.
macro_rules! laws {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { crate::desk::on_sqlite(super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { crate::desk::on_postgres(super::$name); })+
        }
    };
}
pub(crate) use laws;

pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A folder in memory where there is one: the laws commit a thousand times, and what a disk makes of
/// it is measured elsewhere.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn on_sqlite<F: Future<Output = ()>>(law: impl FnOnce(Store) -> F) {
    let folder = folder();
    runtime().block_on(async {
        let store = Store::open_folder(folder.path()).await.unwrap();
        store.migrate().await.unwrap();
        law(store.clone()).await;
        store.close().await;
    });
}

pub(crate) fn on_postgres<F: Future<Output = ()>>(law: impl FnOnce(Store) -> F) {
    let Some(server) = Postgres::shared() else { return };
    let url = server.database().unwrap();
    runtime().block_on(async {
        let store = Store::open_postgres(&url).await.unwrap();
        store.migrate().await.unwrap();
        law(store.clone()).await;
        store.close().await;
    });
}
