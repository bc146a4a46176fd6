//! Where reading of one content stands, as it is kept in the spool.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ward_sensor::StreamName;

use crate::piece::Cursor;

/// How much of a content's beginning it is known by, in bytes.
pub(super) const HEAD: usize = 4096;
/// A content is known under another inode only by a head of this many bytes.
const TELLING: usize = 256;
/// How keys of file places begin.
const PREFIX: &str = "file:";

/// The place.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Place {
    /// The stream that the content is sent as.
    pub(super) stream: String,
    pub(super) generation: u64,
    /// Where it was last seen.
    pub(super) path: PathBuf,
    pub(super) device: u64,
    pub(super) inode: u64,
    /// Bytes read and kept, unpacked.
    pub(super) position: u64,
    /// Length and SHA-256 of the head, as far as it was read.
    pub(super) head: usize,
    pub(super) sha256: String,
    /// Read to its end, after which nothing can come.
    #[serde(default)]
    pub(super) done: bool,
    /// Reading did not start at the beginning: the desk never sees what the stream begins with.
    #[serde(default)]
    pub(super) headless: bool,
    /// When it last moved on, in seconds since 1970.
    #[serde(default)]
    pub(super) seen: i64,
}

/// A file that was found, to be compared with places.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    pub(super) path: &'a std::path::Path,
    pub(super) device: u64,
    pub(super) inode: u64,
    /// Its length; `None` when it is compressed.
    pub(super) length: Option<u64>,
    /// Up to [`HEAD`] bytes of its beginning, unpacked.
    pub(super) head: &'a [u8],
}

impl Place {
    /// The key under which the spool keeps the place.
    pub(super) fn key(&self) -> String {
        format!("{PREFIX}{}#{}", self.stream, self.generation)
    }

    pub(super) fn stream_name(&self) -> StreamName {
        StreamName { name: self.stream.clone(), generation: self.generation }
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { key: self.key(), place: serde_json::to_value(self).unwrap_or_default() }
    }

    /// Reads a kept place; `None` for those of other sources.
    pub(super) fn read(key: &str, place: &serde_json::Value) -> Option<Self> {
        key.starts_with(PREFIX).then(|| serde_json::from_value(place.clone()).ok())?
    }

    /// Takes the head's length and hash.
    pub(super) fn set_head(&mut self, head: &[u8]) {
        self.head = head.len();
        self.sha256 = HEXLOWER.encode(&Sha256::digest(head));
    }

    /// Whether the file holds the content that this place is in: the same inode, or a copy of it
    /// beside it. In both cases it begins in the same way and is not shorter than what was read.
    pub(super) fn is_in(&self, sight: &Sight<'_>) -> bool {
        let same = (self.device, self.inode) == (sight.device, sight.inode);
        let long = sight.length.is_none_or(|length| length >= self.position);
        let may = same || (self.head >= TELLING && self.is_beside(sight.path));
        let head = sight.head.get(..self.head).filter(|head| !head.is_empty());
        long && may
            && head.is_some_and(|head| HEXLOWER.encode(&Sha256::digest(head)) == self.sha256)
    }

    /// Whether the path is this one, or that of a file rotated from it: in the same folder, with a
    /// name that begins in the same way up to the first dot (`auth.log`, `auth.log.2.gz`,
    /// `auth-20261103.log`).
    pub(super) fn is_beside(&self, other: &std::path::Path) -> bool {
        let name = |path: &std::path::Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let own = name(&self.path);
        let stem = own.split('.').find(|part| !part.is_empty()).unwrap_or(&own);
        // A rotated name may be the one that was last seen: what both share is its beginning.
        let stem = stem.split('-').next().unwrap_or(stem);
        self.path.parent() == other.parent()
            && name(other).trim_start_matches('.').starts_with(stem)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn same_content_or_not() {
        let content = vec![b'a'; 1000];
        let mut place = Place {
            stream: "/l/auth.log".into(),
            generation: 1,
            path: "/l/auth.log".into(),
            device: 1,
            inode: 2,
            position: 500,
            head: 0,
            sha256: String::new(),
            done: false,
            headless: false,
            seen: 0,
        };
        let sight = |path: &'static str, inode, length| Sight {
            path: Path::new(path),
            device: 1,
            inode,
            length: Some(length),
            head: &content,
        };
        assert!(!place.is_in(&sight("/l/auth.log", 2, 1000)), "nothing read, nothing known");
        place.set_head(&content[..500]);
        assert!(place.is_in(&sight("/l/auth.log", 2, 1000)));
        assert!(place.is_in(&sight("/l/auth.log", 3, 1000)));
        assert!(place.is_in(&sight("/l/auth-2026.log", 3, 500)));
        assert!(place.is_in(&sight("/l/auth.log.1", 3, 1000)));
        assert!(!place.is_in(&sight("/l/auth.log.1", 3, 499)), "shorter than what was read");
        assert!(!place.is_in(&sight("/m/auth.log.1", 3, 1000)), "another folder");
        assert!(!place.is_in(&sight("/l/error.log", 3, 1000)), "another file");
        place.set_head(&content[..100]);
        assert!(!place.is_in(&sight("/l/auth.log", 3, 1000)), "too little to know it by");
        place.set_head(b"b");
        assert!(!place.is_in(&sight("/l/auth.log", 2, 1000)), "the inode used again");
        let cursor = place.cursor();
        assert_eq!(Place::read(&cursor.key, &cursor.place), Some(place));
        assert_eq!(Place::read("journal", &cursor.place), None);
    }
}
