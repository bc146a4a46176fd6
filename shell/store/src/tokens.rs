//! Service tokens: how machines use the desk's interface.

use ward_access::Role;
use ward_kernel::Time;

use crate::query::{execute, plain, plain_opt, row, rows};
use crate::{Error, Link};

/// A service token. The secret itself was shown once: its hash is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// Its id, which may be shown.
    pub id: String,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// What it is for.
    pub name: String,
    /// The role that it acts in.
    pub role: Role,
    /// The jurisdiction that it acts for; `None` acts for the state.
    pub jurisdiction: Option<String>,
    /// Who made it: a person's id.
    pub made_by: String,
    /// When it was made.
    pub created: Time,
    /// Until when it is good.
    pub expires: Time,
    /// When it was last used.
    pub used: Option<Time>,
    /// When somebody ended it.
    pub ended: Option<Time>,
}

type Columns =
    (String, Vec<u8>, String, String, Option<String>, String, i64, i64, Option<i64>, Option<i64>);

impl TryFrom<Columns> for Token {
    type Error = Error;

    fn try_from(columns: Columns) -> Result<Self, Error> {
        let (id, hash, name, role, jurisdiction, made_by, created, expires, used, ended) = columns;
        Ok(Self {
            id,
            hash,
            name,
            role: role.parse().map_err(Error::Damaged)?,
            jurisdiction,
            made_by,
            created: Time::from_micros(created),
            expires: Time::from_micros(expires),
            used: used.map(Time::from_micros),
            ended: ended.map(Time::from_micros),
        })
    }
}

/// Adds a token.
///
/// # Errors
/// [`Error::is_duplicate`] when its id or hash is taken.
pub async fn add(link: Link<'_>, new: &Token) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO token (id, hash, name, role, jurisdiction, made_by, created, \
                       expires, used, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        &new.hash,
        plain(&new.name),
        new.role.as_str(),
        plain_opt(new.jurisdiction.as_deref()),
        plain(&new.made_by),
        new.created.micros(),
        new.expires.micros(),
        new.used.map(Time::micros),
        new.ended.map(Time::micros),
    );
    Ok(())
}

/// A token by its secret's hash. Whether it is still good is the caller's to ask.
///
/// # Errors
/// Those of the engine.
pub async fn by_hash(link: Link<'_>, hash: &[u8; 32]) -> Result<Option<Token>, Error> {
    const READ: &str = "SELECT id, hash, name, role, jurisdiction, made_by, created, expires, \
        used, ended FROM token WHERE hash = $1";
    let found: Option<Columns> = row!(link, READ, hash.as_slice());
    found.map(Token::try_from).transpose()
}

/// All tokens, newest first.
///
/// # Errors
/// Those of the engine.
pub async fn list(link: Link<'_>) -> Result<Vec<Token>, Error> {
    const READ: &str = "SELECT id, hash, name, role, jurisdiction, made_by, created, expires, \
                        used, ended FROM token ORDER BY created DESC, id";
    let found: Vec<Columns> = rows!(link, READ);
    found.into_iter().map(Token::try_from).collect()
}

/// Ends a token; true once.
///
/// # Errors
/// Those of the engine.
pub async fn end(link: Link<'_>, id: &str, at: Time) -> Result<bool, Error> {
    const SET: &str = "UPDATE token SET ended = $2 WHERE id = $1 AND ended IS NULL";
    Ok(execute!(link, SET, plain(id), at.micros()) == 1)
}

/// Puts down that a token was used.
///
/// # Errors
/// Those of the engine.
pub async fn touch(link: Link<'_>, id: &str, at: Time) -> Result<(), Error> {
    const SET: &str = "UPDATE token SET used = $2 WHERE id = $1 AND (used IS NULL OR used < $2)";
    execute!(link, SET, plain(id), at.micros());
    Ok(())
}
