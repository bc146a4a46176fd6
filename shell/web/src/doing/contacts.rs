//! Who is reachable how: the contacts of every office, put down and confirmed by those who know.

use std::sync::Arc;

use ward_access::{Act as Right, Jurisdiction, Scope};
use ward_desk::directory::{Act, Contact, Directory, is_telephone};
use ward_desk::{Body, By, Line, Log, Machine as _, Verdict};
use ward_store::logbook::{self, Filter};
use ward_store::{Error, Link, Tx};

use super::checked::{add, number, unknown};
use super::checklists::of;
use super::logs::{self, Filed, Sending};
use super::standing::{self, Stands};
use super::{Why, checked, looked, told, whole, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::{Refused, not_found};
use crate::ui::Errors;
use crate::who::Who;

/// Logs of contacts that are read: more than there are offices.
const MOST: i64 = 5_000;
/// Bytes of an act, at most: seven lines and what stands around them.
const LONGEST: u64 = 8 << 10;

/// An office with its contacts.
pub(crate) struct Office {
    /// Which.
    pub(crate) jurisdiction: Jurisdiction,
    /// Who is reachable how.
    pub(crate) directory: Directory,
}

/// The id of one of an office's logs, of which the first is 1. When one is full, the next follows.
fn log_id(jurisdiction: &str, part: u64) -> String {
    if part > 1 {
        format!("{}{part}", follows(jurisdiction))
    } else {
        format!("contacts-{jurisdiction}")
    }
}

/// What the ids of the logs begin with that follow an office's first.
fn follows(jurisdiction: &str) -> String {
    format!("contacts-{jurisdiction}.")
}

/// Which of an office's logs has this id; `None` when it is another's.
pub(crate) fn part_of(id: &str, jurisdiction: &str) -> Option<u64> {
    let id = id.strip_prefix("contacts-")?.strip_prefix(jurisdiction)?;
    if id.is_empty() { Some(1) } else { id.strip_prefix('.')?.parse().ok() }
}

/// The log of an office that is written now.
async fn newest(mut link: Link<'_>, jurisdiction: &str) -> Result<Option<Filed<Directory>>, Error> {
    match logs::newest(link.again(), &follows(jurisdiction)).await? {
        Some(filed) => Ok(Some(filed)),
        None => logs::read(link, &log_id(jurisdiction, 1)).await,
    }
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
    let logs: Vec<Stands<Directory>> = standing::list(link, filter, MOST).await?;
    let may = |one: &&Jurisdiction| who.may(Right::SeeContacts, Scope::Jurisdiction(&one.id));
    let offices = jurisdictions.iter().filter(may).map(|one| {
        let own = logs.iter().filter_map(|log| Some((part_of(&log.place.id, &one.id)?, log)));
        let newest = own.max_by_key(|(part, _)| *part);
        let directory = newest.map(|(_, log)| Directory::clone(&log.state)).unwrap_or_default();
        Office { jurisdiction: one.clone(), directory }
    });
    Ok(offices.collect())
}

/// What people are called who can be reached, and who could: what is removed stays in its log. One log
/// at a time is read.
///
/// # Errors
/// Those of the store.
pub(super) async fn names(mut link: Link<'_>) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    let kept = logbook::seals(link.again(), Directory::KIND, Filter::default(), MOST).await?;
    for (place, _) in kept {
        let filed = logs::read::<Directory>(link.again(), &place.id).await?;
        let entries = filed.iter().flat_map(|filed| filed.log.entries());
        names.extend(entries.filter_map(|entry| match &entry.body {
            Body::Act(Act::Put { contact, .. }) => contact.name.as_ref().map(Line::to_string),
            _ => None,
        }));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// One office with what was put down of its contacts, in the log that is written now; nothing when
/// nobody was.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn one(
    mut link: Link<'_>,
    who: &Who,
    id: &str,
) -> Result<(Jurisdiction, Option<Filed<Directory>>), Refused> {
    let jurisdiction = of(link.again(), (who, Right::SeeContacts), id).await?;
    let filed = newest(link, id).await?;
    Ok((jurisdiction, filed))
}

/// One of the logs of an office that somebody sees.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn part(
    mut link: Link<'_>,
    who: &Who,
    (id, part): (&str, u64),
) -> Result<Filed<Directory>, Refused> {
    of(link.again(), (who, Right::SeeContacts), id).await?;
    logs::read(link, &log_id(id, part)).await?.ok_or_else(not_found)
}

/// Puts down that somebody looks: people's numbers are people's data. `id` is empty for the list of
/// all, which is one look for ten minutes; of one office each look is.
///
/// # Errors
/// Those of the store.
pub(crate) async fn look(desk: &Desk, who: &Who, id: &str) -> Result<(), Error> {
    if id.is_empty() {
        return looked::once(desk, who, ("contacts.look", id), "").await;
    }
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
    let read_at = fields.given("of").map(|_| number(fields, "of", "Say which entry was read."));
    let of = read_at.transpose()?;
    let (name, act) = match fields.text("act") {
        "put" => {
            // A new one has its id of the form's key: sent twice, it is one contact.
            let id = fields.given("contact").map_or_else(|| id_of(who, key), str::to_owned);
            ("contacts.put", Act::Put { id, contact: read(fields)?, of })
        }
        "remove" => {
            let id = fields.text("contact").to_owned();
            ("contacts.remove", Act::Remove { id, of })
        }
        "confirm" => {
            let entry = number(fields, "entry", "Say which entry was the newest.")?;
            ("contacts.confirm", Act::Confirm { entry })
        }
        _ => return Err(unknown()),
    };
    let sending = Sending { name, key, body: Body::Act(act.clone()) };
    match send(desk, who, &jurisdiction.id, sending).await {
        Err(why) => Err(meanwhile(desk, &jurisdiction.id, &act).await?.map_or(why, whole)),
        Ok(()) => Ok(()),
    }
}

async fn send(
    desk: &Desk,
    who: &Who,
    jurisdiction: &str,
    sending: Sending<'_, Act>,
) -> Result<(), Why> {
    let mut tx = desk.store.begin().await?;
    let filed = log_for(desk, who, (&mut tx, jurisdiction), &sending).await?;
    logs::add(desk, who, tx, filed, sending).await
}

/// The log that something goes into: the one that is written now. Where that takes no more of
/// somebody's, another follows, which begins with what stands there. Everybody asks for it in the
/// transaction in which they write, so that nothing is put into one that was followed.
async fn log_for(
    desk: &Desk,
    who: &Who,
    (tx, jurisdiction): (&mut Tx, &str),
    sending: &Sending<'_, Act>,
) -> Result<Filed<Directory>, Why> {
    let by = logs::by(who);
    // Sent again, it stands there already: in the one before, when another followed meanwhile.
    let sent = |filed: &Filed<Directory>| {
        let verdict = filed.log.judge(sending.key, &sending.body, &by);
        matches!(verdict, Ok(Verdict::Already(_)))
    };
    let Some(last) = newest(tx.link(), jurisdiction).await? else {
        return Ok(begun(desk, tx, (jurisdiction, 1)).await?);
    };
    let part = part_of(&last.place.id, jurisdiction).unwrap_or(1);
    if part > 1
        && let Some(before) = logs::read(tx.link(), &log_id(jurisdiction, part - 1)).await?
        && sent(&before)
    {
        return Ok(before);
    }
    if sent(&last) || has_room(tx.link(), &last, &by).await? {
        return Ok(last);
    }
    let next = begun(desk, tx, (jurisdiction, part.saturating_add(1))).await?;
    let (place, body) = (next.place.clone(), Body::Act(last.log.state().carried()));
    let carry = Sending { name: sending.name, key: "carried-over", body };
    let entered = logs::enter(desk, who, tx, next, carry).await?;
    Ok(Filed { place, log: entered.map(|entered| entered.log).unwrap_or_default() })
}

/// Whether a log takes one more act of somebody.
async fn has_room(link: Link<'_>, filed: &Filed<Directory>, by: &By) -> Result<bool, Refused> {
    let room = logs::has_room(link, (&filed.place.id, &by.id), LONGEST).await;
    Ok(told(room)?.is_ok() && filed.log.has_room(by).is_ok())
}

/// A log of an office that begins.
async fn begun(
    desk: &Desk,
    tx: &mut Tx,
    (jurisdiction, part): (&str, u64),
) -> Result<Filed<Directory>, Error> {
    let now = desk.now();
    let place = logbook::Log {
        id: log_id(jurisdiction, part),
        kind: Directory::KIND.to_owned(),
        jurisdiction: Some(jurisdiction.to_owned()),
        begun: now,
        updated: now,
        open: true,
    };
    logbook::begin(tx.link(), &place).await?;
    Ok(Filed { place, log: Arc::default() })
}

/// What was changed since somebody read it, beside what they sent; `None` when that is not why it was
/// refused.
async fn meanwhile(desk: &Desk, jurisdiction: &str, act: &Act) -> Result<Option<String>, Why> {
    let (id, of, sent) = match act {
        Act::Put { id, of: Some(of), contact } => (id, *of, Some(contact)),
        Act::Remove { id, of: Some(of) } => (id, *of, None),
        _ => return Ok(None),
    };
    let mut read = desk.store.read().await?;
    let filed = newest(read.link(), jurisdiction).await?;
    let listed = filed.as_ref().and_then(|filed| Some((&filed.log, filed.log.state().get(id)?)));
    let Some((log, listed)) = listed.filter(|(_, listed)| listed.entry != of) else {
        return Ok(None);
    };
    let by = put_by(log, listed.entry).map_or("somebody", |(by, _)| by);
    let base = put_by(log, of).map(|(_, base)| base).or(sent);
    Ok(base.and_then(|base| changed(by, (base, &listed.contact), sent)))
}

/// The contact that an entry of a log put down, and who did.
fn put_by(log: &Log<Directory>, of: u64) -> Option<(&str, &Contact)> {
    let mut all = log.entries().iter().filter(|entry| log.state().counted(entry.number) == of);
    let entry = all.next()?;
    match &entry.body {
        Body::Act(Act::Put { contact, .. }) => Some((&entry.by.name, contact)),
        _ => None,
    }
}

/// A sentence about what stands otherwise than it was read; `None` when all of it stands as it was.
fn changed(by: &str, (read, now): (&Contact, &Contact), sent: Option<&Contact>) -> Option<String> {
    let title = &read.title;
    let old = values(read);
    let sent = sent.map(values);
    let mut said = Vec::new();
    for (at, (name, value)) in values(now).iter().enumerate() {
        if old.get(at).is_some_and(|(_, old)| old == value) {
            continue;
        }
        let yours = sent.as_ref().and_then(|sent| sent.get(at)).filter(|(_, sent)| sent != value);
        let yours = yours.map(|(_, sent)| format!(" (you sent {sent})")).unwrap_or_default();
        said.push(format!("{name} is now {value}{yours}"));
    }
    if read.first != now.first {
        let are = if now.first { "are now" } else { "are no longer" };
        said.push(format!("they {are} called before the others"));
    }
    let said = said.join(", ");
    let sentence =
        format!("Meanwhile {by} changed {title}: {said}. Look at it and send this again.");
    (!said.is_empty()).then_some(sentence)
}

/// The lines of a contact, each with its name.
fn values(contact: &Contact) -> [(&'static str, String); 7] {
    let value = |line: Option<&Line>| line.map_or_else(|| "nothing".to_owned(), Line::to_string);
    [
        ("the title", contact.title.to_string()),
        ("the name", value(contact.name.as_ref())),
        ("the telephone", value(contact.telephone.as_ref())),
        ("the second way", value(contact.second.as_ref())),
        ("the e-mail address", value(contact.mail.as_ref())),
        ("the hours", value(contact.hours.as_ref())),
        ("the note", value(contact.note.as_ref())),
    ]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_meanwhile_is_told() {
        let line = |text: &str| Line::new(text).unwrap();
        let read = Contact {
            title: line("County clerk"),
            name: None,
            telephone: Some(line("573-555-0142")),
            second: None,
            mail: None,
            hours: None,
            note: None,
            first: false,
        };
        let title = Contact { title: line("Deputy"), ..read.clone() };
        let first = Contact { first: true, ..read.clone() };
        let name = Contact { name: Some(line("Ada")), ..read.clone() };
        for (read, now, sent, expected) in [
            (&read, &title, None, "the title is now Deputy"),
            (&read, &title, Some(&name), "the title is now Deputy (you sent County clerk)"),
            (&read, &title, Some(&title), "the title is now Deputy"),
            (&name, &read, None, "the name is now nothing"),
            (&read, &first, Some(&read), "they are now called before the others"),
            (&first, &read, None, "they are no longer called before the others"),
        ] {
            let said = changed("A lead", (read, now), sent).unwrap();
            let whole = format!(
                "Meanwhile A lead changed {}: {expected}. Look at it and send this again.",
                read.title
            );
            assert_eq!(said, whole);
        }
        assert_eq!(changed("A lead", (&read, &read), Some(&title)), None);
    }
}
