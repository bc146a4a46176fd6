//! The situation room's logs: read again, judged by the core, put down with their audit row.

use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ward_access::{Act, Scope};
use ward_desk::{Body, By, Concerned, Entry, Log, Machine, Verdict};
use ward_kernel::Time;
use ward_store::logbook::{self, Filter, Kept, New};
use ward_store::{Error, Link, Tx};

use super::{Why, memo, whole};
use crate::bell::{Region, Whose};
use crate::desk::Desk;
use crate::keys::{NoRandomness, hashed};
use crate::notices;
use crate::refused::{Refused, not_found};
use crate::who::Who;

/// Bytes of a key that the desk draws for a form.
const KEY: usize = 16;
/// Logs of one kind that a jurisdiction may have open: what one person sends must not bury what all
/// others did.
const OPEN: u64 = 500;
/// Logs that are read one by one where they are not in mind; more are read together.
const FEW: usize = 16;
/// Bytes that an entry takes beside its body, nearly.
const ENTRY: usize = 256;
/// The longest key that is taken, in characters.
const KEY_MAX: usize = 64;

/// A log, with its place among the others.
pub(crate) struct Filed<M: Machine> {
    /// Its place.
    pub(crate) place: logbook::Log,
    /// Its entries, and what they come to.
    pub(crate) log: Arc<Log<M>>,
}

impl<M: Machine> Filed<M> {
    /// Where it lies, as acts are asked about it.
    pub(crate) fn scope(&self) -> Scope<'_> {
        self.place.jurisdiction.as_deref().map_or(Scope::State, Scope::Jurisdiction)
    }
}

/// A thing that is to be put down.
pub(crate) struct Sending<'a, A> {
    /// The name of it in the audit.
    pub(crate) name: &'static str,
    /// What whoever sends it drew for it.
    pub(crate) key: &'a str,
    /// What it says.
    pub(crate) body: Body<A>,
}

/// A key for a form: sent twice, it is one entry.
///
/// # Errors
/// That no randomness is to be had.
pub(crate) fn new_key(desk: &Desk) -> Result<String, NoRandomness> {
    Ok(BASE64URL_NOPAD.encode(&desk.keys.random::<KEY>()?))
}

/// Whose an entry is.
pub(crate) fn by(who: &Who) -> By {
    By { id: who.id().to_owned(), name: who.name().to_owned() }
}

/// Reads a log again.
///
/// # Errors
/// Those of the store; among them that an entry cannot be read.
pub(crate) async fn read<M>(mut link: Link<'_>, id: &str) -> Result<Option<Filed<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let found = logbook::sealed(link.again(), id).await?.filter(|(place, _)| place.kind == M::KIND);
    let Some((place, seal)) = found else { return Ok(None) };
    Ok(Some(known(link, place, &seal).await?))
}

/// The logs of a kind with all their entries, the one that was written last first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn list<M>(
    mut link: Link<'_>,
    filter: Filter<'_>,
    limit: i64,
) -> Result<Vec<Filed<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let sealed = logbook::seals(link.again(), M::KIND, filter, limit).await?;
    let unknown = sealed.iter().filter(|(_, seal)| memo::recall::<M>(seal).is_none()).count();
    if unknown > FEW {
        return filed(logbook::list(link, M::KIND, filter, limit).await?);
    }
    let mut filed = Vec::with_capacity(sealed.len());
    for (place, seal) in sealed {
        filed.push(known(link.again(), place, &seal).await?);
    }
    Ok(filed)
}

/// The newest of the logs whose ids begin with a text and end in a number.
///
/// # Errors
/// Those of the store.
pub(crate) async fn newest<M>(mut link: Link<'_>, begins: &str) -> Result<Option<Filed<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    match logbook::newest(link.again(), M::KIND, begins).await? {
        Some(id) => read(link, &id).await,
        None => Ok(None),
    }
}

/// A log under its seal: as it is in mind, or read.
async fn known<M>(link: Link<'_>, place: logbook::Log, seal: &[u8]) -> Result<Filed<M>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let log = match memo::recall(seal) {
        Some(log) => log,
        None => log_of(logbook::entries(link, &place.id).await?)?,
    };
    Ok(Filed { place, log })
}

/// The logs of a kind whose ids begin with a text, with all their entries, in the order of their ids.
///
/// # Errors
/// Those of the store.
pub(crate) async fn under<M>(
    link: Link<'_>,
    begins: &str,
    limit: i64,
) -> Result<Vec<Filed<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    filed(logbook::under_whole(link, M::KIND, begins, limit).await?)
}

fn filed<M>(found: Vec<(logbook::Log, Vec<Kept>)>) -> Result<Vec<Filed<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    found.into_iter().map(|(place, kept)| Ok(Filed { place, log: log_of(kept)? })).collect()
}

/// What entries come to; kept in mind under the seal of the last one.
fn log_of<M>(mut kept: Vec<Kept>) -> Result<Arc<Log<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let bytes = kept.iter().map(|kept| kept.entry.body.len().saturating_add(ENTRY)).sum();
    let seal = kept.last_mut().map(|last| std::mem::take(&mut last.hash));
    let entries: Result<Vec<_>, Error> = kept.into_iter().map(entry_of).collect();
    let log = Arc::new(Log::read(entries?));
    if let Some(seal) = seal {
        memo::keep(seal, &log, bytes);
    }
    Ok(log)
}

fn entry_of<A: DeserializeOwned>(kept: Kept) -> Result<Entry<A>, Error> {
    let New { number, key, at, actor, actor_name, body } = kept.entry;
    let body = serde_json::from_str(&body).map_err(|err| {
        Error::Damaged(format!(
            "entry {number} of the room's log {} cannot be read: {err}",
            kept.log
        ))
    })?;
    Ok(Entry { number, key, at, by: By { id: actor, name: actor_name }, body })
}

/// A log that somebody may do this to; not found otherwise.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn found<M>(
    link: Link<'_>,
    who: &Who,
    id: &str,
    (see, act): (Act, Act),
) -> Result<Filed<M>, Refused>
where
    M: Machine<Act: DeserializeOwned>,
{
    let filed: Filed<M> = read(link, id).await?.ok_or_else(not_found)?;
    let place = filed.scope();
    if who.may(see, place) && who.may(act, place) { Ok(filed) } else { Err(not_found()) }
}

/// Begins a log by its first entry; its id. Sent again with the same key, it is the same log.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(crate) async fn begin<M>(
    desk: &Desk,
    who: &Who,
    jurisdiction: Option<&str>,
    sending: Sending<'_, M::Act>,
) -> Result<String, Why>
where
    M: Machine<Act: DeserializeOwned + Serialize>,
{
    let id = id_of(M::KIND, who, sending.key);
    begin_as::<M>(desk, who, (&id, jurisdiction), sending).await?;
    Ok(id)
}

/// Begins a log of this id, or goes on with it when it is there.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(crate) async fn begin_as<M>(
    desk: &Desk,
    who: &Who,
    (id, jurisdiction): (&str, Option<&str>),
    sending: Sending<'_, M::Act>,
) -> Result<(), Why>
where
    M: Machine<Act: DeserializeOwned + Serialize>,
{
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let place = logbook::Log {
        id: id.to_owned(),
        kind: M::KIND.to_owned(),
        jurisdiction: jurisdiction.map(str::to_owned),
        begun: now,
        updated: now,
        open: true,
    };
    let filed = if logbook::begin(tx.link(), &place).await? {
        // The state's own desk is never shut out by what a local authority has open.
        let bound = who.actor.as_ref().is_some_and(|actor| actor.jurisdiction.is_some());
        if let Some(jurisdiction) = jurisdiction.filter(|_| bound)
            && logbook::count_open(tx.link(), M::KIND, jurisdiction).await? > OPEN
        {
            let what =
                "500 of these are open for this jurisdiction: bring some to their end first.";
            return Err(whole(what));
        }
        Filed { place, log: Arc::<Log<M>>::default() }
    } else {
        read(tx.link(), id).await?.ok_or_else(not_found)?
    };
    add(desk, who, tx, filed, sending).await
}

/// Puts something down in a log that is there.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(crate) async fn put<M>(
    desk: &Desk,
    who: &Who,
    (id, see, act): (&str, Act, Act),
    sending: Sending<'_, M::Act>,
) -> Result<(), Why>
where
    M: Machine<Act: DeserializeOwned + Serialize>,
{
    let mut tx = desk.store.begin().await?;
    let filed = found::<M>(tx.link(), who, id, (see, act)).await?;
    add(desk, who, tx, filed, sending).await
}

/// Puts something down in a log of the state as a whole, whoever may see it: the caller has asked
/// whether somebody may.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(crate) async fn put_at<M>(
    desk: &Desk,
    who: &Who,
    id: &str,
    sending: Sending<'_, M::Act>,
) -> Result<(), Why>
where
    M: Machine<Act: DeserializeOwned + Serialize>,
{
    let mut tx = desk.store.begin().await?;
    let filed: Filed<M> = read(tx.link(), id).await?.ok_or_else(not_found)?;
    add(desk, who, tx, filed, sending).await
}

async fn add<M>(
    desk: &Desk,
    who: &Who,
    mut tx: Tx,
    filed: Filed<M>,
    sending: Sending<'_, M::Act>,
) -> Result<(), Why>
where
    M: Machine<Act: Serialize>,
{
    let (name, id) = (sending.name, filed.place.id.clone());
    // Their telephone sent it twice: it stands there once.
    let Some(entered) = enter(desk, who, &mut tx, filed, sending).await? else { return Ok(()) };
    tx.commit(who.did(entered.at, name, &id, entered.detail)).await?;
    desk.bell.send((Region::Room, entered.whose));
    Ok(())
}

/// Whose consoles have news by an entry.
fn whose<M: Machine>(place: Option<&str>, body: &Body<M::Act>) -> Whose {
    let concerned = match body {
        Body::Act(act) => M::concerns(act),
        Body::Correction { .. } => Concerned::Own,
    };
    match concerned {
        Concerned::Own => place.map_or(Whose::State, Whose::from),
        Concerned::Place(place) => place.into(),
        Concerned::Everybody => Whose::Everybody,
    }
}

/// What was put down and is not committed yet.
pub(crate) struct Entered<M: Machine> {
    /// What the log stands at with it.
    pub(crate) log: Arc<Log<M>>,
    /// When.
    pub(crate) at: Time,
    /// What the audit row of the same transaction says: its chain holds the entry's seal, and with
    /// it the entry.
    pub(crate) detail: String,
    /// Whose consoles have news by it, once it is committed.
    pub(crate) whose: Whose,
}

/// Puts something down in a transaction that holds more than that; `None` when it stands there
/// already, because it was sent twice.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(crate) async fn enter<M>(
    desk: &Desk,
    who: &Who,
    tx: &mut Tx,
    filed: Filed<M>,
    sending: Sending<'_, M::Act>,
) -> Result<Option<Entered<M>>, Why>
where
    M: Machine<Act: Serialize>,
{
    let Sending { key, body, .. } = sending;
    if !is_key(key) {
        return Err(whole("This form was not made by the desk: open the page again."));
    }
    let (by, at, Filed { place, mut log }) = (by(who), desk.now(), filed);
    let kept = serde_json::to_string(&body).map_err(|err| Error::Damaged(err.to_string()))?;
    let whose = whose::<M>(place.jurisdiction.as_deref(), &body);
    let telling = match &body {
        Body::Act(act) => log.state().tells(act),
        Body::Correction { .. } => None,
    };
    let verdict = Arc::make_mut(&mut log).add(key, at, &by, body);
    let number = match verdict.map_err(|why| whole(why.to_string()))? {
        Verdict::Already(_) => return Ok(None),
        Verdict::Next(number) => number,
    };
    if let Some(telling) = telling {
        let whose = place.jurisdiction.as_deref();
        let new = notices::event(telling, (&place.id, number), (&by.id, at), whose);
        ward_store::notices::tell(tx.link(), &new).await?;
    }
    let key = key.to_owned();
    let new = New { number, key, at, actor: by.id, actor_name: by.name, body: kept };
    let seal = logbook::add(tx.link(), &place.id, &new, log.state().is_open()).await?;
    let detail = format!("entry {number}, {}", HEXLOWER.encode(&seal));
    Ok(Some(Entered { log, at, detail, whose }))
}

fn is_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (8..=KEY_MAX).contains(&key.len()) && key.chars().all(fits)
}

/// The id of the log that somebody begins with a key: the same for the same.
fn id_of(kind: &str, who: &Who, key: &str) -> String {
    format!("{kind}-{}", drawn(&[kind, who.id(), key], 8))
}

/// A part of an id, drawn from what makes it the same again: so many bytes, hexadecimal.
pub(super) fn drawn(from: &[&str], bytes: usize) -> String {
    let hash = hashed(from.join("\0").as_bytes());
    HEXLOWER.encode(hash.get(..bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (key, fits) in [
            ("abcdefgh", true),
            ("0123456789ABCDEF_-xyzw", true),
            ("short", false),
            ("with space", false),
            ("sch\u{f6}nes-Wort", false),
        ] {
            assert_eq!(is_key(key), fits, "{key}");
        }
        assert!(!is_key(&"x".repeat(KEY_MAX + 1)));
    }
}
