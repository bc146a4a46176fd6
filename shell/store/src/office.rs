//! The office: its settings, its jurisdictions, the organisations that its people belong to.

use ward_access::{Jurisdiction, OrganisationKind};

use crate::query::{execute, plain, plain_opt, row, rows, value};
use crate::{Error, Link, meta};

/// The key of [`crate::meta`] for the state's two letters, `MO`.
pub const STATE: &str = "office.state";
/// The key of [`crate::meta`] for the office's name.
pub const NAME: &str = "office.name";
/// The key of [`crate::meta`] for the office's time zone, `America/Chicago`.
pub const ZONE: &str = "office.zone";
/// The key of [`crate::meta`] for the telephone of the state's desk.
pub const PHONE: &str = "office.phone";
/// The key of [`crate::meta`] for the mail address of the state's desk.
pub const MAIL: &str = "office.mail";
/// The key of [`crate::meta`] that says when set-up was finished; missing before.
pub const SETUP_DONE: &str = "setup.done";

/// The id of the state office's own organisation.
pub const OWN: &str = "state";

/// An organisation that people belong to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// What it is to the office.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Its jurisdiction, when it is a local authority.
    pub jurisdiction: Option<String>,
}

/// Makes the list of jurisdictions this one, and the state office: new ones are added, known ones
/// take the new name, those that are missing are deleted.
///
/// # Errors
/// [`Error::Refused`] when one that is missing is still in use.
pub async fn set_jurisdictions(mut link: Link<'_>, list: &[Jurisdiction]) -> Result<(), Error> {
    const SET: &str = "INSERT INTO jurisdiction (id, name, kind, counties) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
        kind = excluded.kind, counties = excluded.counties";
    const DELETE: &str = "DELETE FROM jurisdiction WHERE id = $1";
    let own = Jurisdiction::state_office();
    for one in list.iter().chain([&own]) {
        let counties = serde_json::json!(one.counties).to_string();
        execute!(link.again(), SET, &one.id, &one.name, one.kind.as_str(), counties);
    }
    for old in jurisdictions(link.again()).await? {
        if old.id == own.id || list.iter().any(|one| one.id == old.id) {
            continue;
        }
        if in_use(link.again(), &old.id).await? {
            return Err(Error::Refused(format!(
                "the jurisdiction {} ({}) has people, sensors or organisations: it must stay in \
                 the list",
                old.name, old.id
            )));
        }
        execute!(link.again(), DELETE, &old.id);
    }
    Ok(())
}

async fn in_use(link: Link<'_>, id: &str) -> Result<bool, Error> {
    const COUNT: &str = "SELECT (SELECT count(*) FROM person WHERE jurisdiction = $1) \
        + (SELECT count(*) FROM sensor WHERE jurisdiction = $1) \
        + (SELECT count(*) FROM organisation WHERE jurisdiction = $1) \
        + (SELECT count(*) FROM invitation WHERE jurisdiction = $1) \
        + (SELECT count(*) FROM enrolment WHERE jurisdiction = $1) \
        + (SELECT count(*) FROM token WHERE jurisdiction = $1)";
    let count: i64 = value!(link, COUNT, id);
    Ok(count > 0)
}

/// All jurisdictions, by name.
///
/// # Errors
/// Those of the engine.
pub async fn jurisdictions(link: Link<'_>) -> Result<Vec<Jurisdiction>, Error> {
    const READ: &str = "SELECT id, name, kind, counties FROM jurisdiction ORDER BY name, id";
    let found: Vec<(String, String, String, String)> = rows!(link, READ);
    found.into_iter().map(jurisdiction_of).collect()
}

/// One jurisdiction by its id.
///
/// # Errors
/// Those of the engine.
pub async fn jurisdiction(link: Link<'_>, id: &str) -> Result<Option<Jurisdiction>, Error> {
    const READ: &str = "SELECT id, name, kind, counties FROM jurisdiction WHERE id = $1";
    let found: Option<(String, String, String, String)> = row!(link, READ, plain(id));
    found.map(jurisdiction_of).transpose()
}

fn jurisdiction_of(
    (id, name, kind, counties): (String, String, String, String),
) -> Result<Jurisdiction, Error> {
    let counties = serde_json::from_str(&counties).map_err(|err| {
        Error::Damaged(format!("the counties of jurisdiction {id} cannot be read: {err}"))
    })?;
    let kind = kind.parse().map_err(Error::Damaged)?;
    Ok(Jurisdiction { id, name, kind, counties })
}

/// All organisations, by name.
///
/// # Errors
/// Those of the engine.
pub async fn organisations(link: Link<'_>) -> Result<Vec<Organisation>, Error> {
    const READ: &str = "SELECT id, kind, name, jurisdiction FROM organisation ORDER BY name, id";
    let found: Vec<(String, String, String, Option<String>)> = rows!(link, READ);
    found.into_iter().map(organisation_of).collect()
}

/// One organisation by its id.
///
/// # Errors
/// Those of the engine.
pub async fn organisation(link: Link<'_>, id: &str) -> Result<Option<Organisation>, Error> {
    const READ: &str = "SELECT id, kind, name, jurisdiction FROM organisation WHERE id = $1";
    let found: Option<(String, String, String, Option<String>)> = row!(link, READ, plain(id));
    found.map(organisation_of).transpose()
}

fn organisation_of(
    (id, kind, name, jurisdiction): (String, String, String, Option<String>),
) -> Result<Organisation, Error> {
    let kind = kind.parse().map_err(Error::Damaged)?;
    Ok(Organisation { id, kind, name, jurisdiction })
}

/// Adds an organisation.
///
/// # Errors
/// [`Error::is_duplicate`] when its id is taken.
pub async fn add_organisation(link: Link<'_>, new: &Organisation) -> Result<(), Error> {
    const ADD: &str =
        "INSERT INTO organisation (id, kind, name, jurisdiction) VALUES ($1, $2, $3, $4)";
    let jurisdiction = plain_opt(new.jurisdiction.as_deref());
    execute!(link, ADD, plain(&new.id), new.kind.as_str(), plain(&new.name), jurisdiction);
    Ok(())
}

/// Whether set-up was finished.
///
/// # Errors
/// Those of the engine.
pub async fn is_set_up(link: Link<'_>) -> Result<bool, Error> {
    Ok(meta::get(link, SETUP_DONE).await?.is_some())
}
