//! `spool.json`: what outlives deleted segments.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity;
use crate::piece::Cursor;

const NAME: &str = "spool.json";

/// The note.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Note {
    /// The highest sequence given when it was written; frames after it are in segments.
    pub(crate) sequence: u64,
    /// Where the sources stood then, by key.
    pub(crate) cursors: BTreeMap<String, Value>,
}

impl Note {
    /// The note of a folder; `None` when there is none.
    pub(crate) fn load(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(folder.join(NAME)) {
            // It is written whole or not at all, so damage is the disk's: a fresh start is the
            // safe answer, for the desk then says what it holds.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Puts the note on the disk.
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        identity::keep(&folder.join(NAME), &serde_json::to_vec(self).unwrap_or_default())
    }

    /// A source stands here now.
    pub(crate) fn set(&mut self, cursor: Cursor) {
        self.cursors.insert(cursor.key, cursor.place);
    }
}
