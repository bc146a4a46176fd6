//! Who a person is at an identity provider. A binding is made once; from then on the provider's
//! own name for the person counts, and no longer an address that may pass to somebody else.

use std::fmt;

use ward_kernel::Time;

use crate::people::{self, Person};
use crate::query::{execute, plain, row, rows};
use crate::{Error, Link};

/// A person's account at a provider.
#[derive(Clone, Eq, PartialEq)]
pub struct Binding {
    /// The provider's issuer.
    pub issuer: String,
    /// The person's name at that provider (`sub`).
    pub subject: String,
    /// Whose it is: a person's id.
    pub person: String,
    /// When it was bound.
    pub bound: Time,
    /// When somebody last signed in by it.
    pub used: Time,
}

impl fmt::Debug for Binding {
    /// Without the subject: at some providers it is an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("issuer", &self.issuer)
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

type Columns = (String, String, String, i64, i64);

impl From<Columns> for Binding {
    fn from((issuer, subject, person, bound, used): Columns) -> Self {
        let (bound, used) = (Time::from_micros(bound), Time::from_micros(used));
        Self { issuer, subject, person, bound, used }
    }
}

/// Binds a person to an account.
///
/// # Errors
/// [`Error::is_duplicate`] when the account is somebody's, or the person has one at that issuer.
pub async fn bind(link: Link<'_>, new: &Binding) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO sign_in_elsewhere (issuer, subject, person, bound, used) \
                       VALUES ($1, $2, $3, $4, $5)";
    execute!(
        link,
        ADD,
        plain(&new.issuer),
        plain(&new.subject),
        plain(&new.person),
        new.bound.micros(),
        new.used.micros(),
    );
    Ok(())
}

/// The person to whom an account is bound. Whether they may still sign in is the caller's to ask.
///
/// # Errors
/// Those of the engine.
pub async fn person_of(
    mut link: Link<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<Person>, Error> {
    const READ: &str = "SELECT person FROM sign_in_elsewhere WHERE issuer = $1 AND subject = $2";
    let found: Option<(String,)> = row!(link.again(), READ, plain(issuer), plain(subject));
    match found {
        Some((person,)) => people::by_id(link, &person).await,
        None => Ok(None),
    }
}

/// A person's accounts, by issuer.
///
/// # Errors
/// Those of the engine.
pub async fn of(link: Link<'_>, person: &str) -> Result<Vec<Binding>, Error> {
    const READ: &str = "SELECT issuer, subject, person, bound, used FROM sign_in_elsewhere \
                        WHERE person = $1 ORDER BY issuer";
    let found: Vec<Columns> = rows!(link, READ, plain(person));
    Ok(found.into_iter().map(Binding::from).collect())
}

/// Puts down that somebody signed in by an account; false when it is bound to nobody any more.
///
/// # Errors
/// Those of the engine.
pub async fn used(link: Link<'_>, issuer: &str, subject: &str, at: Time) -> Result<bool, Error> {
    const SET: &str = "UPDATE sign_in_elsewhere SET used = $3 WHERE issuer = $1 AND subject = $2";
    Ok(execute!(link, SET, plain(issuer), plain(subject), at.micros()) == 1)
}

/// Unbinds a person from their account at an issuer; whether there was one.
///
/// # Errors
/// Those of the engine.
pub async fn unbind(link: Link<'_>, person: &str, issuer: &str) -> Result<bool, Error> {
    const DELETE: &str = "DELETE FROM sign_in_elsewhere WHERE person = $1 AND issuer = $2";
    Ok(execute!(link, DELETE, plain(person), plain(issuer)) == 1)
}

/// Unbinds a person from all their accounts; how many there were.
///
/// # Errors
/// Those of the engine.
pub async fn unbind_all(link: Link<'_>, person: &str) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM sign_in_elsewhere WHERE person = $1";
    Ok(execute!(link, DELETE, plain(person)))
}
