//! Connections: one writer, several readers, on either engine.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use ward_kernel::World;

use crate::audit::{self, Audit};
use crate::{Error, migrate, private};

/// The name of the file in the data folder.
pub(crate) const FILE: &str = "ward.sqlite";

/// Marks a file as Ward's: "Ward" in ASCII, in SQLite's `application_id`.
const APPLICATION: i64 = 0x5761_7264;

/// The number of the lock that PostgreSQL's one writer holds while it writes.
pub(crate) const WRITER: i64 = 0x5761_7264;

/// The store: cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
}

#[derive(Clone, Debug)]
enum Pools {
    Lite { writer: SqlitePool, readers: SqlitePool, file: PathBuf },
    Pg { pool: PgPool, turn: Arc<Semaphore> },
}

/// A connection inside a [`Read`] or a [`Tx`].
#[derive(Debug)]
pub enum Link<'a> {
    /// To SQLite.
    Lite(&'a mut SqliteConnection),
    /// To PostgreSQL.
    Pg(&'a mut PgConnection),
}

impl Link<'_> {
    /// The same link for a shorter while: for a function that asks more than once.
    pub fn again(&mut self) -> Link<'_> {
        match self {
            Self::Lite(conn) => Link::Lite(conn),
            Self::Pg(conn) => Link::Pg(conn),
        }
    }
}

/// Reads.
#[derive(Debug)]
pub enum Read {
    /// From SQLite.
    Lite(PoolConnection<Sqlite>),
    /// From PostgreSQL.
    Pg(PoolConnection<Postgres>),
}

impl Read {
    /// The link that queries take.
    pub fn link(&mut self) -> Link<'_> {
        match self {
            Self::Lite(conn) => Link::Lite(conn),
            Self::Pg(conn) => Link::Pg(conn),
        }
    }
}

/// Writes; dropped without [`Tx::commit`], nothing has happened.
#[derive(Debug)]
#[must_use = "nothing is written without commit"]
pub enum Tx {
    /// To SQLite.
    Lite(Transaction<'static, Sqlite>),
    /// To PostgreSQL, with this process's turn to write.
    Pg(Transaction<'static, Postgres>, Option<OwnedSemaphorePermit>),
}

impl Tx {
    /// The link that queries take.
    pub fn link(&mut self) -> Link<'_> {
        match self {
            Self::Lite(tx) => Link::Lite(tx),
            Self::Pg(tx, _) => Link::Pg(tx),
        }
    }

    /// Puts an audit row down beside the one of [`Tx::commit`], where one act changes several things.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn also(&mut self, audit: Audit) -> Result<(), Error> {
        match audit {
            Audit::Entry(entry) => audit::append(self.link(), &entry).await,
            Audit::Machine => Ok(()),
        }
    }

    /// Makes it so, together with the audit row of the act.
    ///
    /// # Errors
    /// Those of the engine; then nothing was written.
    pub async fn commit(mut self, audit: Audit) -> Result<(), Error> {
        self.also(audit).await?;
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx, _turn) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Store {
    /// Opens (or makes) the embedded store in a folder. Does not migrate: see
    /// [`Store::migrate`] and [`Store::check_schema`].
    ///
    /// # Errors
    /// When the folder cannot be used, or holds another program's file.
    pub async fn open_folder(folder: &Path) -> Result<Self, Error> {
        private::folder(folder).map_err(|err| {
            Error::Place(format!("the folder {} cannot be made: {err}", folder.display()))
        })?;
        let file = folder.join(FILE);
        // SQLite makes its other files as open as this one.
        match private::file(&file) {
            Ok(_) => {}
            Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
            Err(err) => {
                let what = format!("the file {} cannot be made: {err}", file.display());
                return Err(Error::Place(what));
            }
        }
        let options = lite(&file);
        let writer = pool()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options.clone())
            .await?;
        claim(&writer, &file).await?;
        let readers = pool().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self { pools: Pools::Lite { writer, readers, file } })
    }

    /// Opens what is at a place for reading alone: the engine itself refuses to write. A folder in
    /// which no desk runs stays as it is to the last byte.
    ///
    /// # Errors
    /// [`Error::Place`] when no store is there, and those of the engine.
    pub async fn open_to_read(place: &str) -> Result<Self, Error> {
        if is_url(place) {
            return Self::open_pool(place, true).await;
        }
        let file = Path::new(place).join(FILE);
        if !file.is_file() {
            return Err(Error::Place(format!("{place} holds no store of a desk")));
        }
        // Without a log beside it nobody writes, and nothing but the file has to be looked at.
        let is_still = !file.with_file_name(format!("{FILE}-wal")).exists();
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .read_only(true)
            .immutable(is_still)
            .busy_timeout(Duration::from_secs(20))
            .pragma("trusted_schema", "OFF");
        let readers = pool().max_connections(4).connect_with(options.clone()).await?;
        if marks(&readers).await? == Marks::Foreign {
            return Err(foreign(&file));
        }
        let writer = pool().max_connections(1).connect_lazy_with(options);
        Ok(Self { pools: Pools::Lite { writer, readers, file } })
    }

    /// Whether there can be a store at a place: a folder has its file; a server has to be asked.
    #[must_use]
    pub fn is_at(place: &str) -> bool {
        is_url(place) || Path::new(place).join(FILE).is_file()
    }

    /// Opens a PostgreSQL store by its URL (`postgres://user:password@host/database`).
    ///
    /// # Errors
    /// When the URL is none, or nobody answers there. The password is in no message.
    pub async fn open_postgres(url: &str) -> Result<Self, Error> {
        Self::open_pool(url, false).await
    }

    async fn open_pool(url: &str, to_read: bool) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                Error::Place("this is no PostgreSQL URL (postgres://user@host/database)".to_owned())
            })?
            .application_name("ward");
        let options = if to_read {
            options.options([("default_transaction_read_only", "on")])
        } else {
            options
        };
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(20))
            .after_connect(|conn, _| Box::pin(settle(conn)))
            .connect_with(options)
            .await?;
        Ok(Self { pools: Pools::Pg { pool, turn: Arc::new(Semaphore::new(1)) } })
    }

    /// Opens what a setting names: a folder, or a `postgres://` URL.
    ///
    /// # Errors
    /// As [`Store::open_folder`] and [`Store::open_postgres`].
    pub async fn open(place: &str) -> Result<Self, Error> {
        if is_url(place) {
            Self::open_postgres(place).await
        } else {
            Self::open_folder(Path::new(place)).await
        }
    }

    /// The engine's name.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self.pools {
            Pools::Lite { .. } => "SQLite",
            Pools::Pg { .. } => "PostgreSQL",
        }
    }

    /// The embedded store's file.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.pools {
            Pools::Lite { file, .. } => Some(file),
            Pools::Pg { .. } => None,
        }
    }

    /// A connection to read by.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn read(&self) -> Result<Read, Error> {
        Ok(match &self.pools {
            Pools::Lite { readers, .. } => Read::Lite(readers.acquire().await?),
            Pools::Pg { pool, .. } => Read::Pg(pool.acquire().await?),
        })
    }

    /// Begins to write; waits for its turn, for there is one writer at a time.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(match &self.pools {
            // A deferred transaction that reads first and writes later is refused at once when
            // another writes: the lock is taken at the start.
            Pools::Lite { writer, .. } => Tx::Lite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Pg { pool, turn } => {
                // Who waits holds no connection: readers need them.
                let turn = turn.clone().acquire_owned().await.ok();
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT pg_advisory_xact_lock($1)")
                    .bind(WRITER)
                    .execute(&mut *tx)
                    .await?;
                Tx::Pg(tx, turn)
            }
        })
    }

    /// Begins to read the store as it is at one moment, whatever is written meanwhile. Dropped, not
    /// committed.
    pub(crate) async fn snapshot(&self) -> Result<Tx, Error> {
        const PG: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        Ok(match &self.pools {
            Pools::Lite { readers, .. } => Tx::Lite(readers.begin().await?),
            Pools::Pg { pool, .. } => Tx::Pg(pool.begin_with(PG).await?, None),
        })
    }

    /// How the PostgreSQL server is reached.
    pub(crate) fn postgres(&self) -> Option<PgConnectOptions> {
        match &self.pools {
            Pools::Lite { .. } => None,
            Pools::Pg { pool, .. } => Some(pool.connect_options().as_ref().clone()),
        }
    }

    /// Brings the schema of a real desk's store to the newest; returns from which and to which.
    ///
    /// # Errors
    /// As [`Store::migrate_as`].
    pub async fn migrate(&self) -> Result<(i64, i64), Error> {
        self.migrate_as(World::Real).await
    }

    /// Brings the schema to the newest; returns from which and to which. An empty store becomes one
    /// of this world.
    ///
    /// # Errors
    /// [`Error::Schema`] when the store is newer than this program, [`Error::Refused`] when it is of
    /// the other world.
    pub async fn migrate_as(&self, world: World) -> Result<(i64, i64), Error> {
        migrate::up(self, world).await
    }

    /// Refuses a schema that is not exactly this program's.
    ///
    /// # Errors
    /// [`Error::Schema`].
    pub async fn check_schema(&self) -> Result<(), Error> {
        migrate::check(self).await
    }

    /// Closes all connections, having written what was underway.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Lite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Pg { pool, .. } => pool.close().await,
        }
    }
}

/// Settings of a session with PostgreSQL.
pub(crate) async fn settle(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    // A desk whose machine died must not keep its locks for the two hours that a system's defaults
    // give it; and a server that answers before it has written is told to write first.
    const SETTINGS: &str = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; \
        SET tcp_keepalives_count = 3; SET idle_in_transaction_session_timeout = '5min'; \
        SELECT set_config('synchronous_commit', 'on', false) \
        WHERE current_setting('synchronous_commit') = 'off'";
    sqlx::raw_sql(SETTINGS).execute(conn).await.map(drop)
}

/// A pool that throws away connections which did not come out of their transaction. When a disk is
/// full SQLite rolls back by itself, and the driver, which does not learn of it, refuses every
/// transaction from then on.
fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
}

fn lite(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        // A cut of the power must not take back what was acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(20))
        .pragma("trusted_schema", "OFF")
        .pragma("cache_size", "-16000")
        // What a long read made grow is cut again.
        .pragma("journal_size_limit", "67108864")
}

/// Marks a new file as Ward's and refuses another program's.
async fn claim(writer: &SqlitePool, file: &Path) -> Result<(), Error> {
    match marks(writer).await? {
        Marks::Ours => return Ok(()),
        Marks::Foreign => return Err(foreign(file)),
        Marks::New => {}
    }
    sqlx::query("PRAGMA application_id = 1466004068").execute(writer).await?;
    Ok(())
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Marks {
    New,
    Ours,
    Foreign,
}

async fn marks(pool: &SqlitePool) -> Result<Marks, Error> {
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(pool).await?;
    if application == APPLICATION {
        return Ok(Marks::Ours);
    }
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(pool).await?;
    Ok(if application == 0 && tables == 0 { Marks::New } else { Marks::Foreign })
}

fn foreign(file: &Path) -> Error {
    Error::Place(format!("{} is not a store of Ward", file.display()))
}

fn is_url(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_programs_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "this is a letter, not a database ".repeat(40))
            .unwrap();
        assert!(Store::open_folder(folder.path()).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("desk");
        let store = Store::open_folder(&place).await.unwrap();
        store.migrate().await.unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        for file in ["ward.sqlite", "ward.sqlite-wal", "ward.sqlite-shm"] {
            assert_eq!(mode(&place.join(file)), 0o600, "{file}");
        }
    }

    #[test]
    fn the_mark_is_the_one_written() {
        assert_eq!(APPLICATION, 1_466_004_068);
    }
}
