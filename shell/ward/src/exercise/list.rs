//! `ward exercise list`: which exercises lie here, and how each stands.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ward_kernel::{Time, World};
use ward_store::{Store, world};

use super::{moment, place, say, shown};

/// Lists the exercises in some folders, and in the folders in them.
///
/// # Errors
/// When a folder cannot be read, and those of the stores.
pub(super) async fn list(folders: &[PathBuf]) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        let mut within: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        within.sort();
        found.push(folder.clone());
        found.append(&mut within);
    }
    found.retain(|path| is_exercise(path));
    if found.is_empty() {
        return say("There is no exercise here.");
    }
    for path in found {
        let stands = match stands(&path).await {
            Ok(stands) => stands,
            Err(why) => format!("cannot be read: {why:#}"),
        };
        say(&format!("{}  {stands}", path.display()))?;
    }
    Ok(())
}

fn is_exercise(folder: &Path) -> bool {
    folder.is_dir() && place::of_folder(folder).is_ok_and(World::is_exercise)
}

/// How an exercise stands, in words.
async fn stands(path: &Path) -> anyhow::Result<String> {
    let at = path.display().to_string();
    if !Store::is_at(&at) {
        return Ok("its store is elsewhere".to_owned());
    }
    let store = Store::open_to_read(&at).await?;
    let read = moments(&store).await;
    store.close().await;
    let (begun, ended) = read?;
    let begun = begun.map_or_else(|| "not begun".to_owned(), |at| format!("begun {}", shown(at)));
    Ok(match ended {
        Some(at) => format!("{begun}, ended {}", shown(at)),
        None => begun,
    })
}

async fn moments(store: &Store) -> anyhow::Result<(Option<Time>, Option<Time>)> {
    let mut read = store.read().await?;
    let begun = moment(read.link(), world::BEGUN).await?;
    Ok((begun, moment(read.link(), world::ENDED).await?))
}
