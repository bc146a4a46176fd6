//! That somebody looked, in the audit: once for a thing and ten minutes, so that whoever looks at it
//! again and again fills no audit.

use ward_kernel::time::MINUTE;
use ward_store::{Error, Link, audit};

use crate::desk::Desk;
use crate::who::Who;

/// For so many microseconds whoever looks at the same thing again looks once.
const LOOK: i64 = 10 * MINUTE;
/// Rows of an act and an object that are held against the new one: more than there are kinds.
const KINDS: i64 = 20;

/// Puts down that somebody looks, unless they did within ten minutes: the same act, object and
/// detail. A look at something else is another row.
///
/// # Errors
/// Those of the store.
pub(crate) async fn once(
    desk: &Desk,
    who: &Who,
    (act, object): (&str, &str),
    detail: &str,
) -> Result<(), Error> {
    let now = desk.now();
    let search = audit::Search {
        actor: Some(who.id().to_owned()),
        act: Some(act.to_owned()),
        object: Some(object.to_owned()),
        from: Some(now.plus(-LOOK)),
        ..audit::Search::default()
    };
    let mut read = desk.store.read().await?;
    if stands(read.link(), &search, (object, detail)).await? {
        return Ok(());
    }
    drop(read);
    let mut tx = desk.store.begin().await?;
    // Looks that came at once have waited for each other here.
    if stands(tx.link(), &search, (object, detail)).await? {
        return Ok(());
    }
    tx.commit(who.did(now, act, object, detail)).await
}

async fn stands(link: Link<'_>, search: &audit::Search, look: (&str, &str)) -> Result<bool, Error> {
    let rows = audit::search(link, search, KINDS).await?;
    // An object without a name narrows no search: rows of others may stand among these.
    Ok(rows.iter().any(|row| (&*row.entry.object, &*row.entry.detail) == look))
}
