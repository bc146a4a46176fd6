//! What logs stand at, without their entries: all that lists need.
//!
//! A log that people write to all day is long, and a list shows hundreds. So what each came to is
//! kept beside it, written with the entry that it came to it by: a list costs what there are logs,
//! however much stands in them. It is never believed by itself. The seal of the entry stands in it,
//! and is held against the newest one's; where they differ, or another Ward made it, the entries are
//! read. When the desk begins, all of it is worked out again ([`mend`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use serde::de::DeserializeOwned;
use ward_desk::calendar::Planned;
use ward_desk::case_file::CaseFile;
use ward_desk::checklist::Point;
use ward_desk::communications::Check;
use ward_desk::directory::Directory;
use ward_desk::incident::Incident;
use ward_desk::rumor::Rumor;
use ward_desk::shift::Position;
use ward_desk::{Entry, Log, Machine};
use ward_kernel::Time;
use ward_store::logbook::{self, Filter};
use ward_store::{Audit, Error, Link, Store, Tx, folded};

use super::logs::entry_of;
use super::memo::STATES;

/// Logs that are read one by one where they are not in mind; more are read together.
const FEW: usize = 16;
/// Logs that are looked through at a time.
const PAGE: i64 = 500;
/// Logs that are written again at a time: whoever puts something down meanwhile waits for that long.
const AT_ONCE: usize = 20;
/// Whose work what is kept is: the number grows when a machine takes an entry otherwise than before.
const MADE: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");

/// What a log stands at, with its place among the others.
pub(crate) struct Stands<M> {
    /// Its place.
    pub(crate) place: logbook::Log,
    /// What its entries come to.
    pub(crate) state: Arc<M>,
}

/// The logs of a kind, the one that was written last first.
///
/// # Errors
/// Those of the store; among them that an entry cannot be read.
pub(crate) async fn list<M>(
    mut link: Link<'_>,
    filter: Filter<'_>,
    limit: i64,
) -> Result<Vec<Stands<M>>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let sealed = logbook::seals(link.again(), M::KIND, filter, limit).await?;
    let mut known: Vec<Option<Arc<M>>> =
        sealed.iter().map(|(_, seal)| STATES.recall(seal)).collect();
    let mut read: BTreeMap<Vec<u8>, Arc<M>> = BTreeMap::new();
    if known.iter().filter(|state| state.is_none()).count() > FEW {
        let told = |folded: String| read.extend(believed(&folded));
        folded::all(link.again(), M::KIND, filter, limit, told).await?;
    }
    let mut all = Vec::with_capacity(sealed.len());
    for ((place, seal), known) in sealed.into_iter().zip(&mut known) {
        let state = match known.take().or_else(|| read.remove(&seal)) {
            Some(state) => state,
            None => one(link.again(), &place.id, &seal).await?,
        };
        all.push(Stands { place, state });
    }
    Ok(all)
}

/// What was put down in the logs of a kind after a moment, the newest first; each with its log's id.
///
/// # Errors
/// Those of the store; among them that an entry cannot be read.
pub(crate) async fn after<M>(
    link: Link<'_>,
    jurisdiction: Option<&str>,
    moment: Time,
    limit: i64,
) -> Result<Vec<(String, Entry<M::Act>)>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let kept = folded::after(link, M::KIND, jurisdiction, moment, limit).await?;
    kept.into_iter().map(|kept| Ok((kept.log.clone(), entry_of(kept)?))).collect()
}

/// Keeps what a log came to by the entry of this seal, in the transaction that puts the entry down.
///
/// # Errors
/// Those of the store.
pub(super) async fn keep<M: Machine>(
    tx: &mut Tx,
    id: &str,
    seal: &[u8],
    state: &M,
) -> Result<(), Error> {
    let folded = text_of(seal, state)?;
    folded::keep(tx.link(), id, &folded).await?;
    // Where the transaction fails, nothing has this seal.
    STATES.keep(seal.to_vec(), &Arc::new(state.clone()), folded.len());
    Ok(())
}

/// What the log under a seal stands at: as it is kept beside the log, or as the entries say.
async fn one<M>(mut link: Link<'_>, id: &str, seal: &[u8]) -> Result<Arc<M>, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let folded = folded::one(link.again(), id).await?.unwrap_or_default();
    match believed(&folded) {
        Some((of, state)) if of == seal => Ok(state),
        _ => Ok(from_entries(link, id).await?.0),
    }
}

/// What the entries of a log come to, and as it is kept beside the log; kept in mind.
async fn from_entries<M>(link: Link<'_>, id: &str) -> Result<(Arc<M>, String), Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    let mut kept = logbook::entries(link, id).await?;
    let seal = kept.last_mut().map(|last| std::mem::take(&mut last.hash)).unwrap_or_default();
    let entries: Result<Vec<_>, Error> = kept.into_iter().map(entry_of).collect();
    let state = Arc::new(Log::<M>::read(entries?).state().clone());
    let folded = text_of(&seal, &*state)?;
    STATES.keep(seal, &state, folded.len());
    Ok((state, folded))
}

/// What is kept of a log: who made it, the seal of the newest entry, what the entries come to.
fn text_of<M: Machine>(seal: &[u8], state: &M) -> Result<String, Error> {
    let state = serde_json::to_string(state).map_err(|err| Error::Damaged(err.to_string()))?;
    Ok(format!("{MADE} {} {state}", HEXLOWER.encode(seal)))
}

/// The seal and the state of what is kept, where this Ward made it; kept in mind.
fn believed<M: Machine>(folded: &str) -> Option<(Vec<u8>, Arc<M>)> {
    let (seal, state) = folded.strip_prefix(MADE)?.strip_prefix(' ')?.split_once(' ')?;
    let seal = HEXLOWER.decode(seal.as_bytes()).ok()?;
    let state = Arc::new(serde_json::from_str(state).ok()?);
    STATES.keep(seal.clone(), &state, folded.len());
    Some((seal, state))
}

/// Works out again what every log came to, and writes it where it stands otherwise; how many those
/// were. An older Ward's store has none of it, another Ward may fold otherwise, and whoever wrote into
/// the table itself shall not be believed for longer than until the desk begins again.
///
/// # Errors
/// Those of the store.
pub async fn mend(store: &Store) -> Result<u64, Error> {
    let (mut after, mut mended) = (String::new(), 0_u64);
    loop {
        let mut read = store.read().await?;
        let ids = folded::ids(read.link(), &after, PAGE).await?;
        let Some(last) = ids.last() else { return Ok(mended) };
        after.clone_from(last);
        let mut stale = Vec::new();
        for id in ids {
            if otherwise(read.link(), &id).await?.is_some() {
                stale.push(id);
            }
        }
        drop(read);
        for some in stale.chunks(AT_ONCE) {
            mended = mended.saturating_add(write(store, some).await?);
        }
    }
}

/// Writes what these logs came to; how many stood otherwise. Somebody may have written into them
/// meanwhile: they are looked at again.
async fn write(store: &Store, ids: &[String]) -> Result<u64, Error> {
    let (mut tx, mut written) = (store.begin().await?, 0_u64);
    for id in ids {
        if let Some(text) = otherwise(tx.link(), id).await? {
            folded::keep(tx.link(), id, &text).await?;
            written = written.saturating_add(1);
        }
    }
    tx.commit(Audit::Machine).await?;
    Ok(written)
}

/// What should be kept of a log, where something else is. A log that cannot be read has its own place
/// where that is said.
async fn otherwise(mut link: Link<'_>, id: &str) -> Result<Option<String>, Error> {
    let Some(place) = logbook::by_id(link.again(), id).await? else { return Ok(None) };
    let text = match place.kind.as_str() {
        CaseFile::KIND => again::<CaseFile>(link.again(), id).await,
        Check::KIND => again::<Check>(link.again(), id).await,
        Directory::KIND => again::<Directory>(link.again(), id).await,
        Incident::KIND => again::<Incident>(link.again(), id).await,
        Planned::KIND => again::<Planned>(link.again(), id).await,
        Point::KIND => again::<Point>(link.again(), id).await,
        Position::KIND => again::<Position>(link.again(), id).await,
        Rumor::KIND => again::<Rumor>(link.again(), id).await,
        _ => return Ok(None),
    };
    let text = match text {
        Err(Error::Damaged(_)) => return Ok(None),
        text => text?,
    };
    let kept = folded::one(link, id).await?.unwrap_or_default();
    Ok((kept != text).then_some(text))
}

async fn again<M>(link: Link<'_>, id: &str) -> Result<String, Error>
where
    M: Machine<Act: DeserializeOwned>,
{
    Ok(from_entries::<M>(link, id).await?.1)
}
