//! The world that a store is of. The mark stands in [`crate::meta`] from the transaction on that
//! makes the tables; a store without it is of the real world.

use ward_kernel::World;

use crate::{Error, Link, Store, meta, migrate};

/// The key of [`crate::meta`] for the world: `exercise`, or missing.
pub const KEY: &str = "world";
/// The key of [`crate::meta`] that says when an exercise was begun.
pub const BEGUN: &str = "exercise.begun";
/// The key of [`crate::meta`] that says when an exercise ended; missing before.
pub const ENDED: &str = "exercise.ended";

/// The world of a store that has its tables.
///
/// # Errors
/// [`Error::Damaged`] when the mark is none that this program knows, and those of the engine.
pub async fn of(link: Link<'_>) -> Result<World, Error> {
    match meta::get(link, KEY).await? {
        None => Ok(World::Real),
        Some(mark) => mark.parse().map_err(|why| {
            Error::Damaged(format!("the store does not say of which world it is: {why}"))
        }),
    }
}

/// Marks a store in the transaction that makes its tables. The real world has no mark, as no store
/// had one before there were exercises.
pub(crate) async fn mark(link: Link<'_>, world: World) -> Result<(), Error> {
    if world.is_exercise() {
        meta::set(link, KEY, world.as_str()).await?;
    }
    Ok(())
}

/// The world of whatever store is at a place (a folder, or a `postgres://` URL), without writing
/// anything there; `None` when there is none, or an empty one.
///
/// # Errors
/// As [`Store::open_to_read`].
pub async fn found_at(place: &str) -> Result<Option<World>, Error> {
    if !Store::is_at(place) {
        return Ok(None);
    }
    let store = Store::open_to_read(place).await?;
    let found = store.world().await;
    store.close().await;
    found
}

/// Refuses a store of the other world.
///
/// # Errors
/// [`Error::Refused`], with what to do.
pub fn expect(found: World, asked: World) -> Result<(), Error> {
    match (asked, found) {
        (World::Real, World::Exercise) => Err(Error::Refused(
            "this is the store of an exercise, and nothing in it is real: say --exercise to work \
             with it, or name the real desk's place"
                .to_owned(),
        )),
        (World::Exercise, World::Real) => Err(Error::Refused(
            "this is the store of the real desk, and no exercise is held in it: \
             `ward exercise begin` makes an exercise a place of its own"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

impl Store {
    /// The store's world; `None` when it has no tables yet.
    ///
    /// # Errors
    /// As [`of`].
    pub async fn world(&self) -> Result<Option<World>, Error> {
        let mut read = self.read().await?;
        if migrate::found(read.link()).await? == 0 {
            return Ok(None);
        }
        of(read.link()).await.map(Some)
    }
}
