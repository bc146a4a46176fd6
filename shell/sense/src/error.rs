//! What keeps a sensor from starting, in sentences for the person at the machine.

use std::fmt;
use std::path::Path;

/// Why a sensor could not be enrolled or started.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Something could not be done with a file or folder.
    pub(crate) fn file(what: &str, path: &Path, why: &std::io::Error) -> Self {
        Self(format!("{what} {}: {why}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
