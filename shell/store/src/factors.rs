//! Second factors: passkeys, one-time codes by time (RFC 6238), recovery codes.

use std::fmt;

use ward_kernel::Time;

use crate::batch::{signed, unsigned};
use crate::query::{execute, plain, row, rows, value};
use crate::{Error, Link};

/// A passkey.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passkey {
    /// Its id.
    pub id: String,
    /// Whose it is: a person's id.
    pub person: String,
    /// What its owner calls it.
    pub label: String,
    /// The credential, as JSON; public keys and a counter, nothing secret.
    pub credential: String,
    /// When it was added.
    pub created: Time,
    /// When it was last used.
    pub used: Option<Time>,
}

/// A secret for one-time codes by time.
#[derive(Clone, Eq, PartialEq)]
pub struct Totp {
    /// The secret, sealed by the desk's key.
    pub sealed: Vec<u8>,
    /// Whether its owner has shown that they hold it.
    pub confirmed: bool,
    /// The last step that was used; no step at or before it is accepted again.
    pub last_step: u64,
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
}

type PasskeyColumns = (String, String, String, String, i64, Option<i64>);

/// Adds a passkey.
///
/// # Errors
/// [`Error::is_duplicate`] when its id is taken.
pub async fn add_passkey(link: Link<'_>, new: &Passkey) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO passkey (id, person, label, credential, created, used) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        plain(&new.person),
        plain(&new.label),
        &new.credential,
        new.created.micros(),
        new.used.map(Time::micros),
    );
    Ok(())
}

/// A person's passkeys, oldest first.
///
/// # Errors
/// Those of the engine.
pub async fn passkeys(link: Link<'_>, person: &str) -> Result<Vec<Passkey>, Error> {
    const READ: &str = "SELECT id, person, label, credential, created, used FROM passkey \
                        WHERE person = $1 ORDER BY created, id";
    let found: Vec<PasskeyColumns> = rows!(link, READ, plain(person));
    Ok(found
        .into_iter()
        .map(|(id, person, label, credential, created, used)| Passkey {
            id,
            person,
            label,
            credential,
            created: Time::from_micros(created),
            used: used.map(Time::from_micros),
        })
        .collect())
}

/// Puts down that a passkey was used, with its credential as it is now (its counter moved).
///
/// # Errors
/// Those of the engine.
pub async fn passkey_used(
    link: Link<'_>,
    id: &str,
    credential: &str,
    at: Time,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE passkey SET credential = $2, used = $3 WHERE id = $1";
    Ok(execute!(link, SET, plain(id), credential, at.micros()) == 1)
}

/// Deletes one of a person's passkeys; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn delete_passkey(link: Link<'_>, person: &str, id: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM passkey WHERE id = $1 AND person = $2";
    Ok(execute!(link, DELETE, plain(id), plain(person)) == 1)
}

/// Gives a person a new secret, not confirmed; an old one is gone.
///
/// # Errors
/// Those of the engine.
pub async fn set_totp(link: Link<'_>, person: &str, sealed: &[u8]) -> Result<(), Error> {
    const SET: &str = "INSERT INTO totp (person, sealed, confirmed, last_step) \
        VALUES ($1, $2, 0, 0) ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, \
        confirmed = 0, last_step = 0";
    execute!(link, SET, plain(person), sealed);
    Ok(())
}

/// Puts down that its owner has shown that they hold the secret.
///
/// # Errors
/// Those of the engine.
pub async fn confirm_totp(link: Link<'_>, person: &str) -> Result<bool, Error> {
    const SET: &str = "UPDATE totp SET confirmed = 1 WHERE person = $1";
    Ok(execute!(link, SET, plain(person)) == 1)
}

/// A person's secret.
///
/// # Errors
/// Those of the engine.
pub async fn totp_of(link: Link<'_>, person: &str) -> Result<Option<Totp>, Error> {
    const READ: &str = "SELECT sealed, confirmed, last_step FROM totp WHERE person = $1";
    let found: Option<(Vec<u8>, i64, i64)> = row!(link, READ, plain(person));
    Ok(found.map(|(sealed, confirmed, last_step)| Totp {
        sealed,
        confirmed: confirmed == 1,
        last_step: unsigned(last_step),
    }))
}

/// Uses up a step (RFC 6238, the number of the 30-second interval): true only when it is later
/// than every step used before, so that no code is accepted twice.
///
/// # Errors
/// Those of the engine.
pub async fn advance_step(link: Link<'_>, person: &str, step: u64) -> Result<bool, Error> {
    const SET: &str = "UPDATE totp SET last_step = $2 WHERE person = $1 AND last_step < $2";
    Ok(execute!(link, SET, plain(person), signed(step)) == 1)
}

/// Takes a person's secret away; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn remove_totp(link: Link<'_>, person: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM totp WHERE person = $1";
    Ok(execute!(link, DELETE, plain(person)) == 1)
}

/// Gives a person new recovery codes, by their hashes; the old ones are gone.
///
/// # Errors
/// Those of the engine.
pub async fn set_codes(mut link: Link<'_>, person: &str, hashes: &[[u8; 32]]) -> Result<(), Error> {
    const DELETE: &str = "DELETE FROM recovery_code WHERE person = $1";
    const ADD: &str = "INSERT INTO recovery_code (person, hash) VALUES ($1, $2)";
    execute!(link.again(), DELETE, plain(person));
    for hash in hashes {
        execute!(link.again(), ADD, plain(person), hash.as_slice());
    }
    Ok(())
}

/// Uses up a recovery code: true once.
///
/// # Errors
/// Those of the engine.
pub async fn use_code(
    link: Link<'_>,
    person: &str,
    hash: &[u8; 32],
    at: Time,
) -> Result<bool, Error> {
    const SET: &str =
        "UPDATE recovery_code SET used = $3 WHERE person = $1 AND hash = $2 AND used IS NULL";
    Ok(execute!(link, SET, plain(person), hash.as_slice(), at.micros()) == 1)
}

/// How many recovery codes a person has left.
///
/// # Errors
/// Those of the engine.
pub async fn codes_left(link: Link<'_>, person: &str) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM recovery_code WHERE person = $1 AND used IS NULL";
    Ok(value!(link, COUNT, plain(person)))
}
