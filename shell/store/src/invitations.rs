//! Invitations: the one-time links by which people come in.

use ward_access::Role;
use ward_kernel::Time;

use crate::query::{execute, plain, plain_opt, row, rows};
use crate::{Error, Link, people};

/// An invitation. The link itself is known to nobody but the invited: its hash is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// SHA-256 of the secret in the link.
    pub hash: Vec<u8>,
    /// The invited person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The role that they will have.
    pub role: Role,
    /// Their organisation's id.
    pub organisation: String,
    /// Their jurisdiction, if any.
    pub jurisdiction: Option<String>,
    /// Who invited them: a person's id, or empty at set-up.
    pub invited_by: String,
    /// When.
    pub created: Time,
    /// Until when it is good.
    pub expires: Time,
    /// When it was used.
    pub used: Option<Time>,
}

type Columns = (
    String,
    Vec<u8>,
    String,
    String,
    String,
    String,
    Option<String>,
    String,
    i64,
    i64,
    Option<i64>,
);

impl TryFrom<Columns> for Invitation {
    type Error = Error;

    fn try_from(columns: Columns) -> Result<Self, Error> {
        let (
            id,
            hash,
            name,
            email,
            role,
            organisation,
            jurisdiction,
            invited_by,
            created,
            expires,
            used,
        ) = columns;
        Ok(Self {
            id,
            hash,
            name,
            email,
            role: role.parse().map_err(Error::Damaged)?,
            organisation,
            jurisdiction,
            invited_by,
            created: Time::from_micros(created),
            expires: Time::from_micros(expires),
            used: used.map(Time::from_micros),
        })
    }
}

/// Adds an invitation.
///
/// # Errors
/// [`Error::is_duplicate`] when its id or hash is taken.
pub async fn add(link: Link<'_>, new: &Invitation) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO invitation (id, hash, name, email, role, organisation, \
        jurisdiction, invited_by, created, expires, used) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        &new.hash,
        plain(&new.name),
        people::address(&new.email),
        new.role.as_str(),
        plain(&new.organisation),
        plain_opt(new.jurisdiction.as_deref()),
        plain(&new.invited_by),
        new.created.micros(),
        new.expires.micros(),
        new.used.map(Time::micros),
    );
    Ok(())
}

/// An invitation by its secret's hash, used or not, expired or not.
///
/// # Errors
/// Those of the engine.
pub async fn by_hash(link: Link<'_>, hash: &[u8; 32]) -> Result<Option<Invitation>, Error> {
    const READ: &str = "SELECT id, hash, name, email, role, organisation, jurisdiction, \
        invited_by, created, expires, used FROM invitation WHERE hash = $1";
    let found: Option<Columns> = row!(link, READ, hash.as_slice());
    found.map(Invitation::try_from).transpose()
}

/// Uses an invitation up: true once, and only while it is good.
///
/// # Errors
/// Those of the engine.
pub async fn use_up(link: Link<'_>, id: &str, at: Time) -> Result<bool, Error> {
    const SET: &str =
        "UPDATE invitation SET used = $2 WHERE id = $1 AND used IS NULL AND expires > $2";
    Ok(execute!(link, SET, plain(id), at.micros()) == 1)
}

/// Invitations that are still good, newest first.
///
/// # Errors
/// Those of the engine.
pub async fn open_ones(link: Link<'_>, now: Time) -> Result<Vec<Invitation>, Error> {
    const READ: &str = "SELECT id, hash, name, email, role, organisation, jurisdiction, \
        invited_by, created, expires, used FROM invitation \
        WHERE used IS NULL AND expires > $1 ORDER BY created DESC, id";
    let found: Vec<Columns> = rows!(link, READ, now.micros());
    found.into_iter().map(Invitation::try_from).collect()
}

/// Takes an invitation back that nobody has used; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn withdraw(link: Link<'_>, id: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM invitation WHERE id = $1 AND used IS NULL";
    Ok(execute!(link, DELETE, plain(id)) == 1)
}
