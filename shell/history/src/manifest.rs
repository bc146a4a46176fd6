//! The manifest: which files count, and up to which position of the queue.
//!
//! It is replaced by one rename, and that rename is the moment at which a flush, a compaction or
//! an expiry has happened. A file that it does not name does not exist.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::disk::Disk;
use crate::{Error, day_text, parse_day};

/// The layout of folder, manifest and files that this version writes, and the newest it reads.
pub(crate) const SCHEMA: u32 = 1;
/// The folder, inside the history's, that the days lie in.
pub(crate) const SIGHTINGS: &str = "sightings";
const NAME: &str = "manifest.json";

/// One Parquet file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Part {
    /// First position of the queue that it covers.
    pub(crate) from: u64,
    /// Last position of the queue that it covers.
    pub(crate) to: u64,
    /// Its size.
    pub(crate) bytes: u64,
    /// Its rows.
    pub(crate) sightings: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// Where its page indexes and its footer begin: all that says what the rest means.
    pub(crate) tail: u64,
    /// SHA-256 of that tail, which is compared whenever the file is opened.
    pub(crate) tail_sha256: String,
}

/// Which files count.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Manifest {
    /// The highest position whose sightings are all here.
    pub(crate) position: u64,
    /// The oldest day that is kept.
    pub(crate) kept_from: i32,
    /// The files of each day, in the order of their positions.
    pub(crate) days: BTreeMap<i32, Vec<Part>>,
}

/// The manifest as it is written.
#[derive(Deserialize, Serialize)]
struct Text {
    schema: u32,
    ward: String,
    position: u64,
    kept_from: String,
    days: BTreeMap<String, Vec<Part>>,
}

impl Part {
    /// The file's name.
    pub(crate) fn name(&self) -> String {
        part_name(self.from, self.to)
    }
}

/// The name of the file that covers these positions.
pub(crate) fn part_name(from: u64, to: u64) -> String {
    format!("part-{from:012}-{to:012}.parquet")
}

/// The name that a file has while it is written; query engines pass over names with a dot.
pub(crate) fn unfinished_name(from: u64, to: u64) -> String {
    format!(".{}.unfinished", part_name(from, to))
}

/// A hash as the manifest has it.
pub(crate) fn hexadecimal(sha256: Sha256) -> String {
    sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a file of this name was written by a history, finished or not.
pub(crate) fn is_part_name(name: &str) -> bool {
    let name = name.strip_prefix('.').map_or(Some(name), |name| name.strip_suffix(".unfinished"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.and_then(|name| name.strip_prefix("part-")?.strip_suffix(".parquet")?.split_once('-'))
        .is_some_and(|(from, to)| digits(from) && digits(to))
}

/// The folder of one day, which must have a name (see [`day_text`]).
pub(crate) fn day_folder(root: &Path, day: i32) -> PathBuf {
    root.join(SIGHTINGS).join(format!("day={}", day_text(day).unwrap_or_default()))
}

/// A file's path as problems show it.
pub(crate) fn shown(day: i32, name: &str) -> String {
    format!("{SIGHTINGS}/day={}/{name}", day_text(day).unwrap_or_default())
}

impl Manifest {
    /// Where the manifest of the history in `root` lies.
    pub(crate) fn path(root: &Path) -> PathBuf {
        root.join(NAME)
    }

    /// Reads the manifest; none if there is none.
    pub(crate) fn load(root: &Path) -> Result<Option<Self>, Error> {
        let path = Self::path(root);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(Error::io("read", &path)(why)),
        };
        let wrong = |why: String| Error::Manifest { path: path.clone(), why };
        let text: Text = serde_json::from_slice(&text).map_err(|why| wrong(why.to_string()))?;
        Self::from_text(text).map(Some).map_err(wrong)
    }

    /// Replaces the manifest. After an error it is uncertain which of the two is in place.
    pub(crate) fn save(&self, disk: &Disk, root: &Path) -> Result<(), Error> {
        let path = Self::path(root);
        let draft = root.join(format!("{NAME}.unfinished"));
        let wrong = |why: String| Error::Manifest { path: path.clone(), why };
        let text =
            serde_json::to_vec_pretty(&self.to_text()).map_err(|why| wrong(why.to_string()))?;
        let mut file = disk.create(&draft)?;
        file.write_all(&text).map_err(Error::io("write", &draft))?;
        disk.sync(&file, &draft)?;
        disk.rename(&draft, &path)?;
        disk.sync_folder(root)
    }

    /// Whether this file of this day counts.
    pub(crate) fn names(&self, day: i32, name: &str) -> bool {
        self.days.get(&day).is_some_and(|parts| parts.iter().any(|part| part.name() == name))
    }

    fn from_text(text: Text) -> Result<Self, String> {
        if text.schema != SCHEMA {
            return Err(format!(
                "it is of schema {}, written by Ward {}, and this version knows schema {SCHEMA}",
                text.schema, text.ward
            ));
        }
        let day = |text: &str| parse_day(text).ok_or_else(|| format!("\"{text}\" is not a day"));
        let mut days = BTreeMap::new();
        for (name, parts) in text.days {
            // Positions that overlap would count sightings twice.
            let ordered = parts.iter().all(|part| part.from <= part.to)
                && parts.is_sorted_by(|left, right| left.to < right.from);
            if !ordered || parts.last().is_some_and(|part| part.to > text.position) {
                return Err(format!("the positions of the files of {name} are not in order"));
            }
            days.insert(day(&name)?, parts);
        }
        Ok(Self { position: text.position, kept_from: day(&text.kept_from)?, days })
    }

    fn to_text(&self) -> Text {
        let name = |day: i32| day_text(day).unwrap_or_default();
        Text {
            schema: SCHEMA,
            ward: env!("CARGO_PKG_VERSION").to_owned(),
            position: self.position,
            kept_from: name(self.kept_from),
            days: self.days.iter().map(|(day, parts)| (name(*day), parts.clone())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_names() {
        assert!(is_part_name(&part_name(1, 99)) && is_part_name(&unfinished_name(1, u64::MAX)));
        for other in ["notes.txt", "part-1.parquet", "part-a-b.parquet", ".part-1-2.parquet", ""] {
            assert!(!is_part_name(other), "{other}");
        }
    }

    #[test]
    fn refuses_what_would_count_twice() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::load(root.path()).unwrap(), None);
        let part = |from, to| Part { from, to, ..Part::default() };
        let mut manifest = Manifest { position: 9, ..Manifest::default() };
        manifest.days.insert(20_760, vec![part(1, 4), part(5, 9)]);
        manifest.save(&Disk::default(), root.path()).unwrap();
        assert_eq!(Manifest::load(root.path()).unwrap(), Some(manifest.clone()));
        for parts in [vec![part(1, 5), part(5, 9)], vec![part(5, 4)], vec![part(5, 10)]] {
            manifest.days.insert(20_760, parts);
            manifest.save(&Disk::default(), root.path()).unwrap();
            let why = Manifest::load(root.path()).unwrap_err().to_string();
            assert!(why.contains("2026-11-03 are not in order"), "{why}");
        }
    }

    #[test]
    fn refuses_a_newer_schema() {
        let root = tempfile::tempdir().unwrap();
        let text = r#"{"schema":2,"ward":"9.0.0","position":0,"kept_from":"1970-01-01","days":{}}"#;
        fs::write(Manifest::path(root.path()), text).unwrap();
        let why = Manifest::load(root.path()).unwrap_err().to_string();
        assert!(why.contains("schema 2, written by Ward 9.0.0"), "{why}");
    }
}
