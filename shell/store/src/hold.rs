//! One desk at a time: two that judged the same records would write two books.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use crate::db::settle;
use crate::{Error, Store};

/// The name of the file in the data folder that the desk locks.
const FILE: &str = "ward.lock";

/// The number of the lock that a desk holds on PostgreSQL as long as it runs: "Desk" in ASCII.
const DESK: i64 = 0x4465_736b;

/// A server takes a moment to see that a desk which was killed is gone.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// The right to be this store's desk, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Hold {
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// The system lets go of the lock when the file is closed.
    File { _file: File },
    /// The server lets go of the lock when the connection is closed.
    Server(PgConnection),
}

impl Store {
    /// Takes the right to be this store's desk.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process has it.
    pub async fn hold(&self) -> Result<Hold, Error> {
        let held = match self.postgres() {
            None => Held::File { _file: lock(self.file().unwrap_or(Path::new(FILE)))? },
            Some(options) => {
                // A connection of its own: those of the pool come and go.
                let mut conn = PgConnection::connect_with(&options).await?;
                settle(&mut conn).await?;
                let mut tries = TRIES;
                while !took(&mut conn).await? {
                    tries = tries.saturating_sub(1);
                    if tries == 0 {
                        return Err(busy("this database"));
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Held::Server(conn)
            }
        };
        Ok(Hold { held })
    }
}

impl Hold {
    /// Asks whether the right is still held: a server that was restarted has forgotten it.
    ///
    /// # Errors
    /// Those of the engine: then the desk has to stop, for another may have begun.
    pub async fn check(&mut self) -> Result<(), Error> {
        if let Held::Server(conn) = &mut self.held {
            conn.ping().await?;
        }
        Ok(())
    }
}

async fn took(conn: &mut PgConnection) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(DESK).fetch_one(conn).await?)
}

fn lock(store: &Path) -> Result<File, Error> {
    let path = store.with_file_name(FILE);
    let cannot = |err: &dyn std::fmt::Display| {
        Error::Place(format!("the file {} cannot be locked: {err}", path.display()))
    };
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|err| cannot(&err))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let folder = path.parent().unwrap_or(Path::new("."));
            return Err(busy(&format!("the folder {}", folder.display())));
        }
        Err(TryLockError::Error(err)) => return Err(cannot(&err)),
    }
    // Who it is, for whoever finds the file; the lock does not depend on it.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

fn busy(place: &str) -> Error {
    Error::Busy(format!(
        "another desk is running on {place}: stop it first, or give this one a place of its own"
    ))
}
