//! One's own sessions.

use ward_access::Standing;
use ward_store::people::Person;
use ward_store::sessions::{self, Session};
use ward_store::{Error, Link};

use crate::desk::Desk;
use crate::refused::{Refused, not_found};
use crate::ui;
use crate::who::Who;

/// The person who asks.
///
/// # Errors
/// When it is a program.
pub(crate) fn own(who: &Who) -> Result<&Person, Refused> {
    who.person.as_ref().ok_or_else(not_found)
}

/// One's own sessions that still hold, the one that was used last first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn open(
    desk: &Desk,
    link: Link<'_>,
    person: &Person,
) -> Result<Vec<Session>, Error> {
    let mut all = sessions::of(link, &person.id).await?;
    all.retain(|session| session.times().standing(desk.now()) == Standing::Good);
    Ok(all)
}

/// Ends one of one's own sessions; whether there was one.
///
/// # Errors
/// Those of the store.
pub(crate) async fn end(desk: &Desk, who: &Who, id: &str) -> Result<bool, Refused> {
    let person = own(who)?;
    let mut tx = desk.store.begin().await?;
    // Only one's own: the id comes from outside.
    let own = sessions::of(tx.link(), &person.id).await?;
    if !own.iter().any(|session| session.id == id) {
        return Ok(false);
    }
    sessions::end(tx.link(), id).await?;
    tx.commit(who.did(desk.now(), "session.end", id, "")).await?;
    Ok(true)
}

/// Ends all of one's own sessions but this; how many.
///
/// # Errors
/// Those of the store.
pub(crate) async fn end_others(desk: &Desk, who: &Who) -> Result<u64, Refused> {
    let (person, this) = (own(who)?, who.session.as_ref().map_or("", |session| &session.id));
    let mut tx = desk.store.begin().await?;
    let ended = sessions::end_all_of(tx.link(), &person.id, Some(this)).await?;
    let detail = ui::count(ended, "session", "sessions");
    tx.commit(who.did(desk.now(), "session.end-others", &person.id, detail)).await?;
    Ok(ended)
}
