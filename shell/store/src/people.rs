//! People: who they are, their role, their password. Second factors are in [`crate::factors`].

use ward_access::Role;
use ward_kernel::Time;

use crate::query::{execute, plain, plain_opt, row, rows, value};
use crate::{Error, Link};

/// A person who may sign in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address, in small letters; unique.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// Their organisation's id.
    pub organisation: String,
    /// The jurisdiction that they act for; `None` acts for the state.
    pub jurisdiction: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// When they were added.
    pub created: Time,
    /// When they last signed in.
    pub last_sign_in: Option<Time>,
}

type Columns = (String, String, String, String, String, Option<String>, i64, i64, Option<i64>);

impl TryFrom<Columns> for Person {
    type Error = Error;

    fn try_from(columns: Columns) -> Result<Self, Error> {
        let (id, name, email, role, organisation, jurisdiction, active, created, last) = columns;
        Ok(Self {
            id,
            name,
            email,
            role: role.parse().map_err(Error::Damaged)?,
            organisation,
            jurisdiction,
            active: active == 1,
            created: Time::from_micros(created),
            last_sign_in: last.map(Time::from_micros),
        })
    }
}

/// An address as it is kept and compared: without space around it, in small letters.
#[must_use]
pub fn address(email: &str) -> String {
    plain(email.trim()).to_lowercase()
}

/// Adds a person, without a password.
///
/// # Errors
/// [`Error::is_duplicate`] when the id or the address is taken.
pub async fn add(link: Link<'_>, new: &Person) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO person (id, name, email, role, organisation, jurisdiction, \
        active, created, last_sign_in) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    execute!(
        link,
        ADD,
        plain(&new.id),
        plain(&new.name),
        address(&new.email),
        new.role.as_str(),
        plain(&new.organisation),
        plain_opt(new.jurisdiction.as_deref()),
        i64::from(new.active),
        new.created.micros(),
        new.last_sign_in.map(Time::micros),
    );
    Ok(())
}

/// A person by their id.
///
/// # Errors
/// Those of the engine.
pub async fn by_id(link: Link<'_>, id: &str) -> Result<Option<Person>, Error> {
    const READ: &str = "SELECT id, name, email, role, organisation, jurisdiction, active, created, \
                        last_sign_in FROM person WHERE id = $1";
    let found: Option<Columns> = row!(link, READ, plain(id));
    found.map(Person::try_from).transpose()
}

/// A person by their address, however it is written.
///
/// # Errors
/// Those of the engine.
pub async fn by_email(link: Link<'_>, email: &str) -> Result<Option<Person>, Error> {
    const READ: &str = "SELECT id, name, email, role, organisation, jurisdiction, active, created, \
                        last_sign_in FROM person WHERE email = $1";
    let found: Option<Columns> = row!(link, READ, address(email));
    found.map(Person::try_from).transpose()
}

/// All people, or those of one jurisdiction, by name.
///
/// # Errors
/// Those of the engine.
pub async fn list(link: Link<'_>, jurisdiction: Option<&str>) -> Result<Vec<Person>, Error> {
    const READ: &str = "SELECT id, name, email, role, organisation, jurisdiction, active, created, \
        last_sign_in FROM person WHERE ($1 = '' OR jurisdiction = $1) ORDER BY name, id";
    let found: Vec<Columns> = rows!(link, READ, plain(jurisdiction.unwrap_or_default()));
    found.into_iter().map(Person::try_from).collect()
}

/// How many people are active in a role: the last administrator must stay.
///
/// # Errors
/// Those of the engine.
pub async fn active_in_role(link: Link<'_>, role: Role) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM person WHERE role = $1 AND active = 1";
    Ok(value!(link, COUNT, role.as_str()))
}

/// Sets a person's password: its Argon2id hash as PHC text. Returns whether there is such a person.
///
/// # Errors
/// Those of the engine.
pub async fn set_password(link: Link<'_>, person: &str, hash: &str) -> Result<bool, Error> {
    const SET: &str = "UPDATE person SET password = $2 WHERE id = $1";
    Ok(execute!(link, SET, plain(person), hash) == 1)
}

/// A person's password hash; `None` when they have none.
///
/// # Errors
/// Those of the engine.
pub async fn password_of(link: Link<'_>, person: &str) -> Result<Option<String>, Error> {
    const READ: &str = "SELECT password FROM person WHERE id = $1";
    let found: Option<(Option<String>,)> = row!(link, READ, plain(person));
    Ok(found.and_then(|(hash,)| hash))
}

/// Lets a person sign in or not. Their sessions are the caller's to end
/// ([`crate::sessions::end_all_of`]).
///
/// # Errors
/// Those of the engine.
pub async fn set_active(link: Link<'_>, person: &str, active: bool) -> Result<bool, Error> {
    const SET: &str = "UPDATE person SET active = $2 WHERE id = $1";
    Ok(execute!(link, SET, plain(person), i64::from(active)) == 1)
}

/// Gives a person another role, and the jurisdiction that goes with it.
///
/// # Errors
/// Those of the engine.
pub async fn set_role(
    link: Link<'_>,
    person: &str,
    role: Role,
    jurisdiction: Option<&str>,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE person SET role = $2, jurisdiction = $3 WHERE id = $1";
    Ok(execute!(link, SET, plain(person), role.as_str(), plain_opt(jurisdiction)) == 1)
}

/// Calls a person by another name and another address. Returns whether there is such a person.
///
/// # Errors
/// [`Error::is_duplicate`] when the address is another's.
pub async fn set_details(
    link: Link<'_>,
    person: &str,
    name: &str,
    email: &str,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE person SET name = $2, email = $3 WHERE id = $1";
    Ok(execute!(link, SET, plain(person), plain(name), address(email)) == 1)
}

/// Puts down that a person signed in.
///
/// # Errors
/// Those of the engine.
pub async fn signed_in(link: Link<'_>, person: &str, at: Time) -> Result<(), Error> {
    const SET: &str = "UPDATE person SET last_sign_in = $2 WHERE id = $1";
    execute!(link, SET, plain(person), at.micros());
    Ok(())
}
