//! Who is reachable how: the contacts of every office, put down and confirmed by those who know.

use ward_access::{Act as Right, Jurisdiction, Scope};
use ward_desk::directory::{Act, Contact, Directory, is_telephone};
use ward_desk::{Body, Line};
use ward_store::logbook::Filter;
use ward_store::{Error, Link};

use super::checked::{add, number, unknown};
use super::checklists::of;
use super::logs::{self, Filed, Sending};
use super::{Why, checked, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::ui::Errors;
use crate::who::Who;

/// Logs of contacts that are read: more than there are offices.
const MOST: i64 = 5_000;

/// An office with its contacts.
pub(crate) struct Office {
    /// Which.
    pub(crate) jurisdiction: Jurisdiction,
    /// Who is reachable how.
    pub(crate) directory: Directory,
}

/// The id of an office's log.
fn log_id(jurisdiction: &str) -> String {
    format!("contacts-{jurisdiction}")
}

/// The offices that somebody sees, in the order of their names, each with its contacts.
///
/// # Errors
/// Those of the store.
pub(crate) async fn all(
    link: Link<'_>,
    who: &Who,
    jurisdictions: &[Jurisdiction],
) -> Result<Vec<Office>, Refused> {
    let own = who.narrowed(Right::SeeContacts);
    let filter = Filter { jurisdiction: own, open: None };
    let logs: Vec<Filed<Directory>> = logs::list(link, filter, MOST).await?;
    let may = |one: &&Jurisdiction| who.may(Right::SeeContacts, Scope::Jurisdiction(&one.id));
    let offices = jurisdictions.iter().filter(may).map(|one| {
        let id = log_id(&one.id);
        let filed = logs.iter().find(|filed| filed.place.id == id);
        let directory = filed.map(|filed| filed.log.state().clone()).unwrap_or_default();
        Office { jurisdiction: one.clone(), directory }
    });
    Ok(offices.collect())
}

/// One office with everything that was put down of its contacts; nothing when nobody was.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn one(
    mut link: Link<'_>,
    who: &Who,
    id: &str,
) -> Result<(Jurisdiction, Option<Filed<Directory>>), Refused> {
    let jurisdiction = of(link.again(), (who, Right::SeeContacts), id).await?;
    let filed = logs::read(link, &log_id(id)).await?;
    Ok((jurisdiction, filed))
}

/// Puts down that somebody looks: people's numbers are people's data. `id` is empty for all.
///
/// # Errors
/// Those of the store.
pub(crate) async fn look(desk: &Desk, who: &Who, id: &str) -> Result<(), Error> {
    let tx = desk.store.begin().await?;
    tx.commit(who.did(desk.now(), "contacts.look", id, "")).await
}

/// Puts a contact down, removes one, or confirms all that stand there.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn put(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let jurisdiction = {
        let mut read = desk.store.read().await?;
        of(read.link(), (who, Right::ChangeContacts), id).await?
    };
    let key = fields.text("key");
    let (name, act) = match fields.text("act") {
        "put" => {
            // A new one has its id of the form's key: sent twice, it is one contact.
            let id = fields.given("contact").map_or_else(|| id_of(who, key), str::to_owned);
            ("contacts.put", Act::Put { id, contact: read(fields)? })
        }
        "remove" => ("contacts.remove", Act::Remove { id: fields.text("contact").to_owned() }),
        "confirm" => {
            let entry = number(fields, "entry", "Say which entry was the newest.")?;
            ("contacts.confirm", Act::Confirm { entry })
        }
        _ => return Err(unknown()),
    };
    let sending = Sending { name, key, body: Body::Act(act) };
    let log = log_id(&jurisdiction.id);
    logs::begin_as::<Directory>(desk, who, (&log, Some(&jurisdiction.id)), sending).await
}

/// The contact that a form says.
fn read(fields: &Fields) -> Result<Contact, Why> {
    let mut errors = Errors::new();
    let mut line = |name: &str| {
        let read = Line::new(fields.text(name));
        read.map_err(|why| add(&mut errors, name, why.to_string())).ok()
    };
    let title = line("title");
    let mut optional = |name: &str| fields.given(name).and_then(|_| line(name));
    let (name, telephone, second) = (optional("name"), optional("telephone"), optional("second"));
    let (mail, hours, note) = (optional("mail"), optional("hours"), optional("note"));
    if telephone.as_ref().is_some_and(|number| !is_telephone(number.as_str())) {
        let what = "Write the number as it is dialled; other ways go into the next field.";
        errors = errors.add("telephone", what);
    }
    if mail.as_ref().is_some_and(|mail| !mail.as_str().contains('@')) {
        errors = errors.add("mail", "Write it as name@office.example.");
    }
    let ways = ["telephone", "second", "mail"];
    if ways.iter().all(|way| fields.given(way).is_none()) {
        errors = errors.add("telephone", "Give at least one way by which they are reached.");
    }
    checked(errors)?;
    let first = fields.text("first") == "yes";
    match title {
        Some(title) => Ok(Contact { title, name, telephone, second, mail, hours, note, first }),
        // It was told above.
        None => Err(wrong("title", "Say what they are.")),
    }
}

/// The id of a contact that somebody puts down with a key: the same for the same.
fn id_of(who: &Who, key: &str) -> String {
    format!("c-{}", logs::drawn(&[who.id(), key], 6))
}
