//! A sighting: on one day, one sensor met one key so many times.
//!
//! Sightings are what is kept for thirteen months when the records themselves are gone: enough to
//! answer "have we ever seen this?", and nothing more.

use serde::{Deserialize, Serialize};

use crate::{Rung, Time};

/// What kind of thing a key is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// An IP address, in its canonical text.
    Address,
    /// An account's name, as it was tried.
    Account,
    /// A domain or host name, in lower case, without a closing dot.
    Domain,
    /// The hash of a file, hexadecimal in lower case.
    Hash,
}

impl KeyKind {
    /// All kinds, in the order of their names' ranks in the files.
    pub const ALL: [Self; 4] = [Self::Address, Self::Account, Self::Domain, Self::Hash];

    /// Its name in files, options and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Account => "account",
            Self::Domain => "domain",
            Self::Hash => "hash",
        }
    }
}

/// On one day, one sensor met one key so many times.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// Days since 1970-01-01, UTC.
    pub day: i32,
    /// What kind of thing the key is.
    pub kind: KeyKind,
    /// The key.
    pub key: String,
    /// The sensor's name.
    pub sensor: String,
    /// The jurisdiction that the sensor belongs to; its id.
    pub jurisdiction: String,
    /// Records that name the key.
    pub count: u64,
    /// The first of them.
    pub first: Time,
    /// The last of them.
    pub last: Time,
    /// The highest rung of a case that the key belongs to, as judged when this was written.
    pub rung: Option<Rung>,
}
