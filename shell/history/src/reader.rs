//! Reading a history: which files there are at this moment, also while another process changes it.

use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use crate::file::PartFile;
use crate::manifest::{Manifest, Part, day_folder, shown};
use crate::{Error, Problem};

/// Reads the history in a folder. It takes no lock and writes nothing.
#[derive(Clone, Debug)]
pub struct Reader {
    root: PathBuf,
}

/// The files of one day, open.
#[derive(Default)]
pub(crate) struct OpenDay {
    pub(crate) files: Vec<(String, PartFile)>,
    pub(crate) problems: Vec<Problem>,
}

/// How often the manifest is read anew when a file has gone.
const TRIES: usize = 5;

impl Reader {
    /// A reader of the history in this folder. Whether there is one shows at the first hunt.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The manifest as it is now.
    ///
    /// # Errors
    /// If there is none, or it cannot be used.
    pub(crate) fn manifest(&self) -> Result<Manifest, Error> {
        let missing = || Error::Manifest {
            path: Manifest::path(&self.root),
            why: "there is no history here".to_owned(),
        };
        Manifest::load(&self.root)?.ok_or_else(missing)
    }

    /// Opens all files of a day at once. Those that are open stay readable when a compaction
    /// replaces them; if one has gone before it was opened, the day is looked up again.
    pub(crate) fn open_day(&self, day: i32, manifest: &Manifest) -> Result<OpenDay, Error> {
        let mut parts = manifest.days.get(&day).cloned().unwrap_or_default();
        for _ in 0..TRIES {
            let open = self.open_parts(day, &parts);
            let Some(open) = open else {
                parts = self.manifest()?.days.remove(&day).unwrap_or_default();
                continue;
            };
            return Ok(open);
        }
        let missing = |part: &Part| Problem {
            file: shown(day, &part.name()),
            why: "the manifest names it, and it is not there".to_owned(),
        };
        let (there, gone): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| self.path(day, part).exists());
        let mut open = self.open_parts(day, &there).unwrap_or_default();
        open.problems.extend(gone.iter().map(missing));
        Ok(open)
    }

    /// None if a file is not there.
    fn open_parts(&self, day: i32, parts: &[Part]) -> Option<OpenDay> {
        let mut open = OpenDay::default();
        for part in parts {
            let file = shown(day, &part.name());
            match PartFile::open(&self.path(day, part), part) {
                Ok(part) => open.files.push((file, part)),
                Err(why) if is_missing(&why) => return None,
                Err(why) => open.problems.push(Problem { file, why: why.to_string() }),
            }
        }
        Some(open)
    }

    fn path(&self, day: i32, part: &Part) -> PathBuf {
        day_folder(&self.root, day).join(part.name())
    }
}

fn is_missing(why: &ParquetError) -> bool {
    let ParquetError::External(why) = why else { return false };
    why.downcast_ref::<io::Error>().is_some_and(|why| why.kind() == io::ErrorKind::NotFound)
}
