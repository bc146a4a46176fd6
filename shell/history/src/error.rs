//! What can go wrong, in sentences that say where and what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the history could not be opened or changed.
#[derive(Debug)]
pub enum Error {
    /// The file system refused.
    Io {
        /// What was being done, such as "write".
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process writes this history.
    Locked {
        /// The history's folder.
        root: PathBuf,
    },
    /// The manifest is there, and cannot be used.
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// There are Parquet files and no manifest that says which of them count.
    ManifestLost {
        /// Where it should be.
        path: PathBuf,
    },
    /// A flush does not begin behind the position that the history already holds.
    Order {
        /// The flush's first position.
        from: u64,
        /// The flush's last position.
        to: u64,
        /// The position that the history holds.
        position: u64,
    },
    /// A file of the history cannot be read, or not written as Parquet.
    Part {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// An earlier change failed half-way, so that the folder must be looked at again.
    Reopen,
}

impl Error {
    /// Makes a mapper from an I/O error to one that says what was done to which path.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// An error about one file of the history.
    pub(crate) fn part(path: &Path, why: impl fmt::Display) -> Self {
        Self::Part { path: path.to_owned(), why: why.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())
            }
            Self::Locked { root } => write!(
                f,
                "the history in {} is being written by another process: stop that one first",
                root.display()
            ),
            Self::Manifest { path, why } => write!(
                f,
                "{} cannot be used: {why}. Restore it from a backup together with the folder \
                 that it lies in",
                path.display()
            ),
            Self::ManifestLost { path } => write!(
                f,
                "{} is missing although there are files of a history beside it, and only the \
                 manifest says which of them count. Restore it from a backup, or move the files \
                 away to begin anew",
                path.display()
            ),
            Self::Order { from, to, position } => write!(
                f,
                "positions {from} to {to} cannot be added: the history already holds everything \
                 up to {position}"
            ),
            Self::Part { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Reopen => f.write_str(
                "an earlier change of the history failed half-way: open it again before changing it",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A file that could not be read; everything else was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The file, relative to the history's folder, such as
    /// `sightings/day=2026-11-03/part-000000000001-000000000090.parquet`.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}
