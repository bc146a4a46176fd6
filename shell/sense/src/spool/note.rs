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

/// Most places that are kept; those of sources that moved on longest ago are forgotten first.
const PLACES: usize = 8192;

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

    /// Forgets the oldest places when there are too many. A place says in `seen` when it moved on
    /// last; one that does not say is never forgotten.
    pub(crate) fn prune(&mut self) {
        let seen = |place: &Value| place.get("seen").and_then(Value::as_i64).unwrap_or(i64::MAX);
        let too_many = self.cursors.len().saturating_sub(PLACES);
        if too_many == 0 {
            return;
        }
        let mut times: Vec<_> = self.cursors.values().map(seen).collect();
        times.sort_unstable();
        let limit = times.get(too_many).copied().unwrap_or(i64::MAX);
        self.cursors.retain(|_, place| seen(place) >= limit);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn is_bounded() {
        let mut note = Note::default();
        note.set(Cursor { key: "journal".into(), place: json!({}) });
        for number in 0..PLACES + 10 {
            let place = json!({ "seen": number });
            note.set(Cursor { key: format!("file:{number}"), place });
        }
        note.prune();
        assert_eq!(note.cursors.len(), PLACES);
        assert!(note.cursors.contains_key("journal") && !note.cursors.contains_key("file:10"));
    }
}
