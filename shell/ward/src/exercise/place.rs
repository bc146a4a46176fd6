//! Where a world lies: its folder, with a mark in it, and its store.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ward_kernel::World;

/// The name of the file that marks a folder; a folder without it is of the real world.
const MARK: &str = "world";
/// What stands in it, for programs by its first word and for people by the rest.
const EXERCISE: &str = "exercise\nThis folder belongs to an exercise of Ward. Nothing in it is \
                        real.\n";

/// A desk's folder: the one that was named, or the one that its world has unless told otherwise.
pub(crate) fn folder(named: Option<&Path>, world: World) -> PathBuf {
    let usual = match world {
        World::Real => "ward-data",
        World::Exercise => "ward-exercise",
    };
    named.map_or_else(|| PathBuf::from(usual), Path::to_owned)
}

/// The store that goes with a folder: a database that was named, or the folder's own.
pub(crate) fn store(named: Option<&str>, folder: &Path) -> String {
    named.map_or_else(|| folder.display().to_string(), str::to_owned)
}

/// The world of a folder, by its mark.
///
/// # Errors
/// When the mark is there and cannot be read.
pub(crate) fn of_folder(folder: &Path) -> anyhow::Result<World> {
    let file = folder.join(MARK);
    match fs::read_to_string(&file) {
        Ok(text) => match text.split_whitespace().next().unwrap_or_default().parse() {
            Ok(world) => Ok(world),
            Err(_) => bail!("{} does not say of which world the folder is", file.display()),
        },
        Err(err) if err.kind() == ErrorKind::NotFound => Ok(World::Real),
        Err(err) => Err(err).with_context(|| format!("{} cannot be read", file.display())),
    }
}

/// Refuses a folder of the other world.
///
/// # Errors
/// A sentence that says what to do.
pub(crate) fn expect_folder(folder: &Path, asked: World) -> anyhow::Result<()> {
    let shown = folder.display();
    match (asked, of_folder(folder)?) {
        (World::Real, World::Exercise) => bail!(
            "{shown} is the folder of an exercise, and nothing in it is real: say --exercise to \
             work with it, or name the real desk's folder with --data"
        ),
        (World::Exercise, World::Real) if holds_a_desk(folder) => bail!(
            "{shown} is the folder of the real desk, and no exercise is held in it: `ward exercise \
             begin` makes an exercise a folder of its own"
        ),
        (World::Exercise, World::Real) => {
            bail!("there is no exercise in {shown}: `ward exercise begin` makes one")
        }
        _ => Ok(()),
    }
}

fn holds_a_desk(folder: &Path) -> bool {
    ["ward.sqlite", "secret.key"].iter().any(|name| folder.join(name).exists())
}

/// Marks a folder as an exercise's; it lies there before anything else does.
///
/// # Errors
/// When the file cannot be written, or is there already.
pub(crate) fn mark(folder: &Path) -> anyhow::Result<()> {
    let file = folder.join(MARK);
    let mut made = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&file)
        .with_context(|| format!("{} cannot be made", file.display()))?;
    made.write_all(EXERCISE.as_bytes())?;
    made.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_of_the_world_that_it_is_marked_as() {
        let dir = tempfile::tempdir().unwrap();
        let (real, exercise) = (dir.path().join("real"), dir.path().join("exercise"));
        for folder in [&real, &exercise] {
            fs::create_dir(folder).unwrap();
        }
        mark(&exercise).unwrap();
        assert!(mark(&exercise).is_err(), "twice");
        expect_folder(&real, World::Real).unwrap();
        expect_folder(&exercise, World::Exercise).unwrap();
        expect_folder(&dir.path().join("none"), World::Real).unwrap();
        let told = |folder, world| expect_folder(folder, world).unwrap_err().to_string();
        assert!(told(&exercise, World::Real).contains("say --exercise"));
        assert!(told(&real, World::Exercise).contains("there is no exercise in"));
        fs::write(real.join("secret.key"), "x").unwrap();
        assert!(told(&real, World::Exercise).contains("the folder of the real desk"));
        fs::write(real.join(MARK), "another\n").unwrap();
        assert!(told(&real, World::Real).contains("does not say"));
    }
}
