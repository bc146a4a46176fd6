//! `ward exercise end`: nothing in it is changed from then on.
//!
//! It is kept: `ward serve --exercise` shows it to whoever took part, for the talk afterwards, and
//! takes no act, no record and nobody new. To be rid of it, delete its folder.

use anyhow::bail;
use ward_kernel::World;
use ward_store::{Store, invitations, meta, sensors, tokens, world};

use super::begin::row;
use super::{moment, place, say, shown};
use crate::cli::Place;
use crate::serve::folder::Folder;

/// Ends an exercise.
///
/// # Errors
/// A sentence: it is none, it has ended, its desk runs; and those of the store.
pub(super) async fn end(asked: &Place) -> anyhow::Result<()> {
    let path = place::folder(asked.data.as_deref(), World::Exercise);
    place::expect_folder(&path, World::Exercise)?;
    let at = place::store(asked.store.as_deref(), &path);
    let Some(found) = world::found_at(&at).await? else {
        bail!("{} holds no store: name the exercise's place", path.display());
    };
    world::expect(found, World::Exercise)?;
    let folder = Folder::make(&path, World::Exercise)?;
    let _alone = folder.hold()?;
    let store = Store::open(&at).await?;
    store.check_schema().await?;
    let ended = close(&store).await;
    store.close().await;
    ended?;
    say(&format!(
        "EXERCISE: it has ended. ward serve --exercise still shows it, and changes nothing. To be \
         rid of it, delete {}.",
        path.display()
    ))
}

/// Marks it, and closes the ways in that are open.
async fn close(store: &Store) -> anyhow::Result<()> {
    let _desk_alone = store.hold().await?;
    let now = crate::serve::machine_time();
    let mut tx = store.begin().await?;
    if let Some(at) = moment(tx.link(), world::ENDED).await? {
        bail!("this exercise ended already, on {}", shown(at));
    }
    for one in invitations::open_ones(tx.link(), now).await? {
        invitations::withdraw(tx.link(), &one.id).await?;
    }
    for one in sensors::open_codes(tx.link(), None, now).await? {
        sensors::withdraw_code(tx.link(), &one.id).await?;
    }
    for one in tokens::list(tx.link()).await? {
        tokens::end(tx.link(), &one.id, now).await?;
    }
    meta::set(tx.link(), world::ENDED, &now.micros().to_string()).await?;
    tx.commit(row(now, "exercise.end", String::new())).await?;
    Ok(())
}
