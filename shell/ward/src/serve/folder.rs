//! The desk's folder: what lies where, and who may read it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ward_kernel::World;
use ward_web::keys::Keys;

/// The folder of one desk.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    world: World,
    /// Whether it is thrown away at the end.
    passing: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.passing {
            // What is left behind in the machine's folder for such things, the machine removes.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Folder {
    /// The folder, made for its owner alone if it is not there.
    pub(crate) fn make(path: &Path, world: World) -> anyhow::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the folder {} cannot be made", path.display()))?;
        let mode = fs::metadata(path)?.permissions().mode();
        // A group may read: the history is there for other programs too. What is secret is
        // readable by its owner alone.
        if mode & 0o027 != 0 {
            bail!(
                "the folder {} can be read by everybody on this machine or written by its group; \
                 it holds keys and people's data: chmod g-w,o-rwx {}",
                path.display(),
                path.display()
            );
        }
        Ok(Self { path: path.to_owned(), world, passing: false })
    }

    /// A folder for as long as the process runs.
    pub(super) fn passing() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("ward-demo-{}", std::process::id()));
        // Nobody else may have laid anything there.
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("the folder {} cannot be made", path.display()))?;
        Ok(Self { path, world: World::Real, passing: true })
    }

    /// Makes sure that no other desk works in this folder while the lock is held.
    pub(crate) fn hold(&self) -> anyhow::Result<File> {
        let file = self.path.join("desk.lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&file)?;
        if lock.try_lock().is_err() {
            bail!("another desk works in {}: stop it first", self.path.display());
        }
        Ok(lock)
    }

    /// Where the daily sightings lie.
    pub(super) fn history(&self) -> PathBuf {
        self.path.join("history")
    }

    /// Where certificates and their keys lie.
    pub(super) fn tls(&self) -> PathBuf {
        self.path.join("tls")
    }

    /// Where lies what the desk received itself and the store does not hold yet.
    pub(super) fn listen(&self) -> PathBuf {
        self.path.join("listen")
    }

    /// Keys of the folder's world from the desk's own secret, made at the first start: who has it can
    /// open the second factors in the store, so it lies beside the store and not in it.
    pub(crate) fn keys(&self) -> anyhow::Result<Keys> {
        let file = self.path.join("secret.key");
        let secret = match read_secret(&file)? {
            Some(secret) => secret,
            None => make_secret(&file)?,
        };
        Ok(Keys::new(&secret, self.world)?)
    }
}

fn read_secret(file: &Path) -> anyhow::Result<Option<[u8; 32]>> {
    let mut opened = match File::open(file) {
        Ok(opened) => opened,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(err).with_context(|| format!("{}", file.display())),
    };
    if opened.metadata()?.permissions().mode() & 0o077 != 0 {
        bail!("{} can be read by others: chmod 600 {}", file.display(), file.display());
    }
    let mut secret = [0; 32];
    opened
        .read_exact(&mut secret)
        .with_context(|| format!("{} is damaged: restore it from the backup", file.display()))?;
    Ok(Some(secret))
}

fn make_secret(file: &Path) -> anyhow::Result<[u8; 32]> {
    let mut secret = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut secret)?;
    let mut made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(file)?;
    made.write_all(&secret)?;
    made.sync_all()?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_desk_at_a_time_and_one_secret() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(&dir.path().join("desk"), World::Real).unwrap();
        let held = folder.hold().unwrap();
        assert!(folder.hold().unwrap_err().to_string().contains("another desk"));
        drop(held);
        folder.hold().unwrap();
        let sealed = folder.keys().unwrap().seal("a", b"b").unwrap();
        assert_eq!(folder.keys().unwrap().open("a", &sealed).unwrap(), b"b");
    }

    #[test]
    fn what_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("desk");
        let folder = Folder::make(&path, World::Real).unwrap();
        folder.keys().unwrap();
        let key = path.join("secret.key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(folder.keys().unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = Folder::make(&path, World::Real).unwrap_err();
        assert!(refused.to_string().contains("chmod g-w,o-rwx"));
    }
}
