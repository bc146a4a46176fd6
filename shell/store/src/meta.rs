//! Small facts about the store and the office, by key.

use crate::query::{execute, plain, row};
use crate::{Error, Link};

/// The value of a key.
///
/// # Errors
/// Those of the engine.
pub async fn get(link: Link<'_>, key: &str) -> Result<Option<String>, Error> {
    const READ: &str = "SELECT value FROM meta WHERE key = $1";
    let found: Option<(String,)> = row!(link, READ, plain(key));
    Ok(found.map(|(value,)| value))
}

/// Sets the value of a key.
///
/// # Errors
/// Those of the engine.
pub async fn set(link: Link<'_>, key: &str, value: &str) -> Result<(), Error> {
    const SET: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) \
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    execute!(link, SET, plain(key), plain(value));
    Ok(())
}
