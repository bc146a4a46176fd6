//! The world of a desk: asked for on the command line, marked in its folder and in its store, and
//! compared before anything is opened to be written.

use std::path::Path;

use anyhow::bail;
use ward_kernel::{Time, World};
use ward_store::{Store, world};

use crate::cli::Serve;
use crate::exercise::{moment, place};

/// The world that is asked for.
pub(super) const fn asked(options: &Serve) -> World {
    if options.exercise { World::Exercise } else { World::Real }
}

/// Refuses a folder, a store or a database of the other world. Writes nothing.
///
/// # Errors
/// A sentence that says what is there and what to do, and those of the store.
pub(super) async fn check(options: &Serve) -> anyhow::Result<()> {
    if options.demo && options.data.is_none() {
        return Ok(());
    }
    let world = asked(options);
    let folder = place::folder(options.data.as_deref(), world);
    place::expect_folder(&folder, world)?;
    let store = place::store(options.store.as_deref(), &folder);
    match world::found_at(&store).await? {
        Some(found) => Ok(world::expect(found, world)?),
        None if world.is_exercise() => {
            bail!("there is no exercise in {}: `ward exercise begin` makes one", folder.display())
        }
        None => Ok(()),
    }
}

/// Refuses settings that were written for the other world: with them an exercise would answer to
/// the real desk's names, listen where it listens and send where it sends.
///
/// # Errors
/// A sentence.
pub(super) fn settings(file: &Path, said: World, asked: World) -> anyhow::Result<()> {
    match (asked, said) {
        (World::Exercise, World::Real) => bail!(
            "{} holds the real desk's settings: an exercise has settings of its own, which say \
             world = \"exercise\" under [desk], or none",
            file.display()
        ),
        (World::Real, World::Exercise) => bail!(
            "{} holds the settings of an exercise (world = \"exercise\" under [desk]): say \
             --exercise to start it, or name the real desk's settings",
            file.display()
        ),
        _ => Ok(()),
    }
}

/// When the exercise ended, if it did.
///
/// # Errors
/// Those of the store.
pub(super) async fn ended(store: &Store) -> anyhow::Result<Option<Time>> {
    let mut read = store.read().await?;
    Ok(moment(read.link(), world::ENDED).await?)
}
