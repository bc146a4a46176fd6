//! The two desks, side by side on one machine.

use std::collections::BTreeMap;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use ward_kernel::World;
use ward_store::moves::{self, Sum};
use ward_web::desk::Settings;

use crate::filled::Filled;
use crate::planted::{self, Planted, plant};

/// Stands in everything of the real world, and nowhere else.
pub(crate) const REAL: &str = "quillwort";
/// Stands in everything of the exercise.
pub(crate) const PRACTISED: &str = "larkspur";

/// A desk with what was put into it.
pub(crate) struct Side {
    pub(crate) filled: Filled,
    pub(crate) planted: Planted,
    folder: TempDir,
}

/// Both.
pub(crate) struct Worlds {
    pub(crate) real: Side,
    pub(crate) exercise: Side,
}

impl Side {
    /// A desk of a world. Both have the very same secret in their folders, as if somebody had
    /// copied it.
    pub(crate) async fn start(world: World, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let word = if world.is_exercise() { PRACTISED } else { REAL };
        let filled = Filled::start_with(folder.path(), 0, None, |settings| {
            let mut settings = Settings { world, ..settings };
            settings.shown.push(("desk.planted".into(), word.into(), "ward.toml".into()));
            change(&mut settings);
            settings
        })
        .await;
        let (tag, seed) = if world.is_exercise() { ("x", 100) } else { ("r", 200) };
        let planted = plant(&filled, tag, seed, word).await;
        if world == World::Real {
            planted::logs(&filled, tag, word).await;
        }
        Self { filled, planted, folder }
    }

    /// All that lies in the desk's folder but the store, whose files an open desk moves about: by
    /// name, with a hash.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        files(self.folder.path(), &mut found);
        found
    }

    /// What the store holds, table by table.
    pub(crate) async fn content(&self) -> Vec<Sum> {
        moves::content(&self.filled.desk.store).await.unwrap()
    }
}

impl Worlds {
    pub(crate) async fn start() -> Self {
        let real = Side::start(World::Real, |_| ()).await;
        let exercise = Side::start(World::Exercise, |_| ()).await;
        Self { real, exercise }
    }
}

fn files(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            files(&path, found);
        } else if !name.contains("ward.sqlite") {
            let hash = Sha256::digest(std::fs::read(&path).unwrap());
            found.insert(name, HEXLOWER.encode(&hash));
        }
    }
}
