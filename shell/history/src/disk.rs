//! The file system as the writer uses it: each step that a crash can come between, by name.
//!
//! The tests stop the writer after every single one of these steps, as a lost process would be.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::Error;

/// The tests that count steps lose a process and not the power: they need not wait for the medium.
const SYNCS: bool = !cfg!(test);

/// The writer's way to the file system.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    /// Steps that are left until the process is lost; none: it lives.
    #[cfg(test)]
    pub(crate) left: Option<std::sync::Arc<std::sync::atomic::AtomicI64>>,
}

impl Disk {
    /// Creates or empties a file for writing.
    pub(crate) fn create(&self, path: &Path) -> Result<File, Error> {
        self.step().and_then(|()| File::create(path)).map_err(Error::io("create", path))
    }

    /// Waits until a file's content is on the medium.
    pub(crate) fn sync(&self, file: &File, path: &Path) -> Result<(), Error> {
        let sync = |()| if SYNCS { file.sync_all() } else { Ok(()) };
        self.step().and_then(sync).map_err(Error::io("write", path))
    }

    /// Renames a file over whatever bears the new name.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        self.step().and_then(|()| fs::rename(from, to)).map_err(Error::io("write", to))
    }

    /// Waits until a folder's names are on the medium.
    pub(crate) fn sync_folder(&self, path: &Path) -> Result<(), Error> {
        let sync = |()| if SYNCS && cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) };
        self.step().and_then(sync).map_err(Error::io("write", path))
    }

    /// Makes a folder and those above it, if they are not there.
    pub(crate) fn create_folder(&self, path: &Path) -> Result<(), Error> {
        self.step().and_then(|()| fs::create_dir_all(path)).map_err(Error::io("create", path))
    }

    /// Removes a file; one that is gone already is fine.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), Error> {
        match self.step().and_then(|()| fs::remove_file(path)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", path)(why))
            }
            _ => Ok(()),
        }
    }

    /// Removes a folder if it is empty.
    pub(crate) fn remove_empty_folder(&self, path: &Path) -> Result<(), Error> {
        self.step().map_err(Error::io("remove", path))?;
        // A folder that somebody keeps something else in stays.
        let _ = fs::remove_dir(path);
        Ok(())
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "fails in tests")]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        use std::sync::atomic::Ordering;
        match &self.left {
            Some(left) if left.fetch_sub(1, Ordering::Relaxed) <= 0 => {
                Err(io::Error::other("the process was lost"))
            }
            _ => Ok(()),
        }
    }
}
