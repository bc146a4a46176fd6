//! Sessions: who is signed in, how far, from where.

use std::fmt;

use ward_access::session;
use ward_access::session::Stage;
use ward_kernel::Time;

use crate::people::{self, Person};
use crate::query::{execute, plain, row, rows};
use crate::{Error, Link};

/// A session. Its secret is known to nobody but the browser: its hash is kept.
#[derive(Clone, Eq, PartialEq)]
pub struct Session {
    /// Its id, which may be shown.
    pub id: String,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// Whose it is: a person's id.
    pub person: String,
    /// How far its owner has proved who they are.
    pub stage: Stage,
    /// The secret that its forms carry.
    pub csrf: Vec<u8>,
    /// When its stage began.
    pub created: Time,
    /// When it was last used.
    pub seen: Time,
    /// When it ends in any case.
    pub expires: Time,
    /// When a second factor was last shown.
    pub confirmed: Option<Time>,
    /// From where it was begun: the peer's address.
    pub address: String,
    /// By what: the browser's name of itself.
    pub agent: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("person", &self.person)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

type Columns =
    (String, Vec<u8>, String, String, Vec<u8>, i64, i64, i64, Option<i64>, String, String);

impl TryFrom<Columns> for Session {
    type Error = Error;

    fn try_from(columns: Columns) -> Result<Self, Error> {
        let (id, hash, person, stage, csrf, created, seen, expires, confirmed, address, agent) =
            columns;
        Ok(Self {
            id,
            hash,
            person,
            stage: stage.parse().map_err(Error::Damaged)?,
            csrf,
            created: Time::from_micros(created),
            seen: Time::from_micros(seen),
            expires: Time::from_micros(expires),
            confirmed: confirmed.map(Time::from_micros),
            address,
            agent,
        })
    }
}

impl Session {
    /// The times that it lives by: what they mean is the core's to say.
    #[must_use]
    pub const fn times(&self) -> session::Session {
        session::Session {
            stage: self.stage,
            created: self.created,
            seen: self.seen,
            confirmed: self.confirmed,
        }
    }
}

/// Begins a session.
///
/// # Errors
/// [`Error::is_duplicate`] when its id or hash is taken.
pub async fn begin(link: Link<'_>, new: &Session) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO session (id, hash, person, stage, csrf, created, seen, \
        expires, confirmed, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        &new.hash,
        plain(&new.person),
        new.stage.as_str(),
        &new.csrf,
        new.created.micros(),
        new.seen.micros(),
        new.expires.micros(),
        new.confirmed.map(Time::micros),
        plain(&new.address),
        plain(&new.agent),
    );
    Ok(())
}

/// A session by its secret's hash, with its owner. Whether it still holds, and whether its owner
/// may still sign in, is the caller's to ask.
///
/// # Errors
/// Those of the engine.
pub async fn by_hash(
    mut link: Link<'_>,
    hash: &[u8; 32],
) -> Result<Option<(Session, Person)>, Error> {
    const READ: &str = "SELECT id, hash, person, stage, csrf, created, seen, expires, confirmed, \
                        address, agent FROM session WHERE hash = $1";
    let found: Option<Columns> = row!(link.again(), READ, hash.as_slice());
    let Some(found) = found else { return Ok(None) };
    let session = Session::try_from(found)?;
    let person = people::by_id(link, &session.person).await?;
    Ok(person.map(|person| (session, person)))
}

/// Puts down that a session was used.
///
/// # Errors
/// Those of the engine.
pub async fn touch(link: Link<'_>, id: &str, at: Time) -> Result<(), Error> {
    const SET: &str = "UPDATE session SET seen = $2 WHERE id = $1 AND seen < $2";
    execute!(link, SET, plain(id), at.micros());
    Ok(())
}

/// What a session becomes when its owner has proved more: a new secret at each rise, so that
/// nobody can plant a session before and own it after.
#[derive(Clone)]
pub struct Rise<'a> {
    /// The new stage.
    pub stage: Stage,
    /// SHA-256 of the new secret.
    pub hash: [u8; 32],
    /// The new secret that its forms carry.
    pub csrf: &'a [u8],
    /// When.
    pub at: Time,
    /// When it now ends in any case.
    pub expires: Time,
    /// Whether a second factor was shown for it.
    pub confirmed: bool,
}

impl fmt::Debug for Rise<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rise").field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// Raises a session; false when it is gone.
///
/// # Errors
/// Those of the engine.
pub async fn promote(link: Link<'_>, id: &str, rise: &Rise<'_>) -> Result<bool, Error> {
    const SET: &str = "UPDATE session SET stage = $2, hash = $3, csrf = $4, created = $5, \
                       seen = $5, expires = $6, confirmed = $7 WHERE id = $1";
    let raised = execute!(
        link,
        SET,
        plain(id),
        rise.stage.as_str(),
        rise.hash.as_slice(),
        rise.csrf,
        rise.at.micros(),
        rise.expires.micros(),
        rise.confirmed.then_some(rise.at.micros()),
    );
    Ok(raised == 1)
}

/// Puts down that a session's owner has just proved again who they are.
///
/// # Errors
/// Those of the engine.
pub async fn confirm(link: Link<'_>, id: &str, at: Time) -> Result<bool, Error> {
    const SET: &str = "UPDATE session SET confirmed = $2 WHERE id = $1";
    Ok(execute!(link, SET, plain(id), at.micros()) == 1)
}

/// Ends a session; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn end(link: Link<'_>, id: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM session WHERE id = $1";
    Ok(execute!(link, DELETE, plain(id)) == 1)
}

/// Ends all sessions of a person, but not the one with the id `except`; returns how many.
///
/// # Errors
/// Those of the engine.
pub async fn end_all_of(link: Link<'_>, person: &str, except: Option<&str>) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM session WHERE person = $1 AND id <> $2";
    Ok(execute!(link, DELETE, plain(person), plain(except.unwrap_or_default())))
}

/// A person's sessions, the one last used first.
///
/// # Errors
/// Those of the engine.
pub async fn of(link: Link<'_>, person: &str) -> Result<Vec<Session>, Error> {
    const READ: &str = "SELECT id, hash, person, stage, csrf, created, seen, expires, confirmed, \
                        address, agent FROM session WHERE person = $1 ORDER BY seen DESC, id";
    let found: Vec<Columns> = rows!(link, READ, plain(person));
    found.into_iter().map(Session::try_from).collect()
}

/// Deletes sessions that have expired; returns how many.
///
/// # Errors
/// Those of the engine.
pub async fn expire(link: Link<'_>, now: Time) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM session WHERE expires <= $1";
    Ok(execute!(link, DELETE, now.micros()))
}
