//! Copying a history while it is in use.

use std::fs;
use std::path::Path;

use crate::history::History;
use crate::manifest::{Manifest, day_folder};
use crate::{Error, Problem};

impl History {
    /// Makes `folder` a history with the same files and position, for a backup. Hunts go on
    /// meanwhile; changes wait. The files, which never change, are linked where the file system
    /// can, so that nothing is copied within one disk. The manifest comes last: a copy without one
    /// was not finished.
    ///
    /// Returns the files that are missing here and so in the copy, too.
    ///
    /// # Errors
    /// If the folder has a history already or cannot be written.
    pub fn copy_to(&self, folder: &Path) -> Result<Vec<Problem>, Error> {
        self.usable()?;
        if Manifest::load(folder)?.is_some() {
            let why = "there is a history already, and a copy needs a folder of its own".to_owned();
            return Err(Error::Manifest { path: Manifest::path(folder), why });
        }
        let mut problems = Vec::new();
        self.disk.create_folder(folder)?;
        for (day, parts) in &self.manifest.days {
            let (from, to) = (day_folder(&self.root, *day), day_folder(folder, *day));
            self.disk.create_folder(&to)?;
            for part in parts {
                let name = part.name();
                let (from, to) = (from.join(&name), to.join(&name));
                if !from.exists() {
                    let file = crate::manifest::shown(*day, &name);
                    problems.push(Problem { file, why: "it is missing".to_owned() });
                    continue;
                }
                // What an unfinished copy left may be half a file.
                self.disk.remove(&to)?;
                if fs::hard_link(&from, &to).is_err() {
                    fs::copy(&from, &to).map_err(Error::io("write", &to))?;
                    let file = fs::File::open(&to).map_err(Error::io("read", &to))?;
                    self.disk.sync(&file, &to)?;
                }
            }
            self.disk.sync_folder(&to)?;
        }
        self.manifest.save(&self.disk, folder)?;
        Ok(problems)
    }
}
