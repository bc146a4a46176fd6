//! Small facts about the store and the office, by key.

use crate::{Error, Link, on};

/// The value of a key.
///
/// # Errors
/// Those of the engine.
pub async fn get(link: Link<'_>, key: &str) -> Result<Option<String>, Error> {
    Ok(on!(link, conn => {
        sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
            .bind(key)
            .fetch_optional(conn)
            .await?
    }))
}

/// Sets the value of a key.
///
/// # Errors
/// Those of the engine.
pub async fn set(link: Link<'_>, key: &str, value: &str) -> Result<(), Error> {
    const SET: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) \
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    on!(link, conn => {
        sqlx::query(SET).bind(key).bind(value).execute(conn).await?;
    });
    Ok(())
}
