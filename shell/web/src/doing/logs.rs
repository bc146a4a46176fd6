//! The situation room's logs: read again, judged by the core, put down with their audit row.

mod read;

use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ward_access::Act;
use ward_desk::{Body, By, Concerned, Log, Machine, Verdict};
use ward_kernel::Time;
use ward_store::logbook::{self, New};
use ward_store::{Error, Link, Tx, folded};

use super::standing;
use super::{Why, whole};
use crate::bell::{Region, Whose};
use crate::desk::Desk;
use crate::keys::{NoRandomness, hashed};
use crate::notices;
use crate::refused::{Refused, not_found};
use crate::who::Who;

pub(crate) use read::{Filed, list, newest, read, under};
pub(in crate::doing) use read::{damaged, entry_of};

/// Bytes of a key that the desk draws for a form.
const KEY: usize = 16;
/// Logs of one kind that a jurisdiction may have open: what one person sends must not bury what all
/// others did.
const OPEN: u64 = 500;
/// Bytes of entries that one person may put down in a log: nobody fills it for everybody else, and
/// all of it is read by whoever opens it.
const EACH: u64 = 1 << 20;
/// Bytes of entries that a log takes.
const WHOLE: u64 = 4 << 20;
/// The longest key that is taken, in characters.
const KEY_MAX: usize = 64;

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
    let mut tx = desk.store.begin().await?;
    // After the turn to write is there: so logs have the order in which they are put down.
    let now = desk.now();
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

/// Puts something down in a log, whosever it is and whoever may see it: the caller has asked whether
/// somebody may.
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

/// Puts something down in a log that was found in this transaction, and ends it.
///
/// # Errors
/// What is wrong with it, and those of the store.
pub(super) async fn add<M>(
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

/// Whose consoles have news by an entry that may follow.
fn whose<M: Machine>(place: Option<&str>, state: &M, body: &Body<M::Act>) -> Whose {
    let concerned = match body {
        Body::Act(act) => state.concerns(act),
        Body::Correction { .. } => Concerned::Own,
    };
    match concerned {
        Concerned::Own => place.map_or(Whose::State, Whose::from),
        Concerned::Places(places) => places.into_iter().chain(place).collect(),
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
    let whose = whose::<M>(place.jurisdiction.as_deref(), log.state(), &body);
    let telling = match &body {
        Body::Act(act) => log.state().tells(act, at),
        Body::Correction { .. } => None,
    };
    let settles = log.settles(&body, &by);
    let verdict = Arc::make_mut(&mut log).add(key, at, &by, body);
    let number = match verdict.map_err(|why| whole(why.to_string()))? {
        Verdict::Already(_) => return Ok(None),
        Verdict::Next(number) => number,
    };
    // What brings it to its end is taken where it is full, and has an end as well.
    let times = if settles { 2 } else { 1 };
    fits(tx.link(), (&place.id, &by.id), (kept.len() as u64, times), M::ANEW).await?;
    if let Some(telling) = telling {
        let whose = place.jurisdiction.as_deref();
        notices::tell(tx.link(), telling, (&place.id, number), (&by.id, at), whose).await?;
    }
    let key = key.to_owned();
    let new = New { number, key, at, actor: by.id, actor_name: by.name, body: kept };
    let seal = logbook::add(tx.link(), &place.id, &new, log.state().is_open()).await?;
    standing::keep(tx, &place.id, &seal, log.state()).await?;
    let detail = format!("entry {number}, {}", HEXLOWER.encode(&seal));
    Ok(Some(Entered { log, at, detail, whose }))
}

/// Whether so many bytes more fit into a log, beside what this person put down there.
///
/// # Errors
/// That they do not, and those of the store.
pub(super) async fn has_room(link: Link<'_>, of: (&str, &str), more: u64) -> Result<(), Why> {
    fits(link, of, (more, 1), true).await
}

/// The same for so many times the bounds; `anew` says whether another log can follow this one.
async fn fits(
    link: Link<'_>,
    (log, by): (&str, &str),
    (more, times): (u64, u64),
    anew: bool,
) -> Result<(), Why> {
    let (all, own) = folded::written(link, log, by).await?;
    if own.saturating_add(more) > EACH.saturating_mul(times) {
        let what =
            "What you wrote here fills one MiB, some 250 full notes: somebody else has to go on.";
        return Err(whole(what));
    }
    if all.saturating_add(more) > WHOLE.saturating_mul(times) {
        return Err(whole(if anew {
            "What stands here fills four MiB: bring this to its end and begin anew."
        } else {
            "What stands here fills four MiB: no more can be written here."
        }));
    }
    Ok(())
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
