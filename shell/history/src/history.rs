//! The history's folder and its one writer.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::disk::Disk;
use crate::manifest::{Manifest, Part, SIGHTINGS, day_folder, hexadecimal, is_part_name, shown};
use crate::{Error, Problem, Reader, parse_day};

/// The history of an office, open for writing. One process has it open at a time; everybody else
/// has a [`Reader`].
#[derive(Debug)]
pub struct History {
    pub(crate) root: PathBuf,
    pub(crate) disk: Disk,
    pub(crate) manifest: Manifest,
    /// A replacement of the manifest failed, so that it is uncertain which one is in place.
    uncertain: bool,
    /// Held locked as long as the history is open.
    _lock: File,
}

/// The files of one day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DayFiles {
    /// Days since 1970-01-01, UTC.
    pub day: i32,
    /// Number of files; [`History::compact`] makes them one.
    pub files: usize,
    /// Their rows.
    pub sightings: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl History {
    /// Opens the history in a folder, or begins one there. What a crash left unfinished is removed.
    ///
    /// # Errors
    /// If the folder cannot be used, another process writes it, or its manifest is missing or
    /// damaged.
    pub fn open(root: &Path) -> Result<Self, Error> {
        Self::open_on(root, Disk::default())
    }

    pub(crate) fn open_on(root: &Path, disk: Disk) -> Result<Self, Error> {
        let sightings = root.join(SIGHTINGS);
        disk.create_folder(&sightings)?;
        let lock = lock(root)?;
        let manifest = match Manifest::load(root)? {
            Some(manifest) => manifest,
            None if files(&sightings)?.is_empty() => {
                let manifest = Manifest::default();
                manifest.save(&disk, root)?;
                manifest
            }
            None => return Err(Error::ManifestLost { path: Manifest::path(root) }),
        };
        let history = Self { root: root.to_owned(), disk, manifest, uncertain: false, _lock: lock };
        history.sweep()?;
        Ok(history)
    }

    /// The highest position of the queue whose sightings are all here; 0 at first. Records behind it
    /// are still to be added.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.manifest.position
    }

    /// A reader of this history, for any thread.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(&self.root)
    }

    /// The days that have files, oldest first.
    #[must_use]
    pub fn days(&self) -> Vec<DayFiles> {
        let files = |(day, parts): (&i32, &Vec<Part>)| DayFiles {
            day: *day,
            files: parts.len(),
            sightings: parts.iter().map(|part| part.sightings).fold(0, u64::saturating_add),
            bytes: parts.iter().map(|part| part.bytes).fold(0, u64::saturating_add),
        };
        self.manifest.days.iter().map(files).collect()
    }

    /// Drops all days before `day` (days since 1970-01-01) for good. Returns how many files went.
    ///
    /// # Errors
    /// If the manifest or the folder cannot be changed.
    pub fn expire(&mut self, day: i32) -> Result<usize, Error> {
        self.usable()?;
        if day <= self.manifest.kept_from {
            return Ok(0);
        }
        let mut manifest = self.manifest.clone();
        let kept = manifest.days.split_off(&day);
        let dropped = std::mem::replace(&mut manifest.days, kept);
        manifest.kept_from = if crate::day::has_text(day) { day } else { manifest.kept_from };
        self.commit(manifest)?;
        self.remove(&dropped)
    }

    /// Reads every file and compares it with what was written. Returns what is missing or damaged.
    ///
    /// # Errors
    /// None for a damaged file; only if nothing can be read at all.
    pub fn check(&self) -> Result<Vec<Problem>, Error> {
        let mut problems = Vec::new();
        for (day, parts) in &self.manifest.days {
            let folder = day_folder(&self.root, *day);
            for part in parts {
                let name = part.name();
                let why = match sha256(&folder.join(&name)) {
                    Ok(sha256) if sha256 == part.sha256 => continue,
                    Ok(_) => "its bytes are not those that were written".to_owned(),
                    Err(why) => why.to_string(),
                };
                problems.push(Problem { file: shown(*day, &name), why });
            }
        }
        Ok(problems)
    }

    /// An error if the history must be opened again.
    pub(crate) fn usable(&self) -> Result<(), Error> {
        if self.uncertain { Err(Error::Reopen) } else { Ok(()) }
    }

    /// Replaces the manifest.
    pub(crate) fn commit(&mut self, manifest: Manifest) -> Result<(), Error> {
        self.uncertain = true;
        // New folders must have their names before the manifest relies on them.
        self.disk.sync_folder(&self.root.join(SIGHTINGS))?;
        manifest.save(&self.disk, &self.root)?;
        self.uncertain = false;
        self.manifest = manifest;
        Ok(())
    }

    /// Removes files that the manifest no longer names.
    pub(crate) fn remove(&self, dropped: &BTreeMap<i32, Vec<Part>>) -> Result<usize, Error> {
        let mut removed = 0_usize;
        for (day, parts) in dropped {
            let folder = day_folder(&self.root, *day);
            for part in parts {
                self.disk.remove(&folder.join(part.name()))?;
                removed = removed.saturating_add(1);
            }
            self.disk.remove_empty_folder(&folder)?;
        }
        Ok(removed)
    }

    /// Removes files that the manifest does not name: what a crash left. Only files with names that
    /// a history gives are touched.
    fn sweep(&self) -> Result<(), Error> {
        for (day, path) in files(&self.root.join(SIGHTINGS))? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !self.manifest.names(day, name) {
                self.disk.remove(&path)?;
                self.disk.remove_empty_folder(&day_folder(&self.root, day))?;
            }
        }
        Ok(())
    }
}

/// Locks the history for this process. The lock goes with the process, however it ends.
fn lock(root: &Path) -> Result<File, Error> {
    let path = root.join("lock");
    let file = File::create(&path).map_err(Error::io("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { root: root.to_owned() }),
        Err(TryLockError::Error(why)) => Err(Error::io("lock", &path)(why)),
    }
}

/// All files of a history's naming, with their days.
fn files(sightings: &Path) -> Result<Vec<(i32, PathBuf)>, Error> {
    let mut files = Vec::new();
    for folder in entries(sightings)? {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(day) = name.strip_prefix("day=").and_then(parse_day) else { continue };
        for file in entries(&folder)? {
            if file.file_name().and_then(|name| name.to_str()).is_some_and(is_part_name) {
                files.push((day, file));
            }
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(Error::io("read", folder))
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hexadecimal(sha256));
        }
        sha256.update(buffer.get(..read).unwrap_or_default());
    }
}
