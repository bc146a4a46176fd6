//! Logs read again, with all their entries.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use ward_access::Scope;
use ward_desk::{By, Entry, Log, Machine};
use ward_store::logbook::{self, Filter, Kept, New};
use ward_store::{Error, Link};

use crate::doing::memo::LOGS;
use crate::doing::standing::Stands;

/// Logs that are read one by one where they are not in mind; more are read together.
const FEW: usize = 16;
/// Bytes that an entry takes beside its body, nearly.
const ENTRY: usize = 256;

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

    /// The same as it stands in a list.
    pub(crate) fn stands(&self) -> Stands<M> {
        Stands { place: self.place.clone(), state: Arc::new(self.log.state().clone()) }
    }
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

/// The logs of a kind with all their entries, the one that was written last first: few, or such as
/// show their entries. What many stand at is [`crate::doing::standing::list`]'s to say.
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
    let is_unknown = |seal: &[u8]| LOGS.recall::<Log<M>>(seal).is_none();
    let unknown = sealed.iter().filter(|(_, seal)| is_unknown(seal)).count();
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
    let log = match LOGS.recall(seal) {
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
        LOGS.keep(seal, &log, bytes);
    }
    Ok(log)
}

/// An entry, read again.
///
/// # Errors
/// That it cannot be read.
pub(in crate::doing) fn entry_of<A: DeserializeOwned>(kept: Kept) -> Result<Entry<A>, Error> {
    let New { number, key, at, actor, actor_name, body } = kept.entry;
    let body = serde_json::from_str(&body).map_err(|err| damaged((&kept.log, number), &err))?;
    Ok(Entry { number, key, at, by: By { id: actor, name: actor_name }, body })
}

/// That an entry cannot be read: its log, its number there, and why.
pub(in crate::doing) fn damaged((log, number): (&str, u64), err: &serde_json::Error) -> Error {
    Error::Damaged(format!("entry {number} of the room's log {log} cannot be read: {err}"))
}
