//! A case as the desk keeps it, and what becomes of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ward_kernel::{Addr, Rung, Time};

/// A case as the desk keeps it: what the last judgement said, under an id that stays.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Kept {
    /// The id that a person knows; never given to another case.
    pub id: String,
    /// The id that the engine gave it last; it moves when the first source or the kind does.
    pub judged_id: String,
    /// [`crate::STATE`], or the id of a jurisdiction.
    pub scope: String,
    /// Its kind: `scan.horizontal`, `login.guess`...
    pub kind: String,
    /// Its rung.
    pub rung: Rung,
    /// One line for the page.
    pub title: String,
    /// When it was opened, by the desk's clock.
    #[serde(with = "micros")]
    pub opened: Time,
    /// When it last changed, by the desk's clock.
    #[serde(with = "micros")]
    pub updated: Time,
    /// Its first record.
    #[serde(with = "micros")]
    pub first: Time,
    /// Its last record.
    #[serde(with = "micros")]
    pub last: Time,
    /// Records that it stands on.
    pub records: u64,
    /// Its sources, in order: the first 1,000.
    #[serde(with = "addresses")]
    pub sources: Vec<Addr>,
    /// How many sources it has.
    pub source_count: u64,
    /// Jurisdictions that it touches, in order.
    pub jurisdictions: Vec<String>,
    /// The owner of the registered test that it belongs to, when inside its window.
    pub authorised: Option<String>,
    /// Why it stands on its rung.
    pub because: Vec<String>,
    /// Whether it is open, and what became of it if not.
    pub standing: Standing,
    /// The case as the engine's schema (`ward.watch/1`) writes it, its sources cut to the first
    /// 1,000: for the store and the pages.
    pub body: Value,
}

/// Whether a case is open.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The last judgement has it.
    #[default]
    Open,
    /// Later records explained it: no judgement has it any more.
    Gone,
    /// A later judgement counts its sources in the case with this id.
    Merged(String),
}

/// Something became of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The case as it now is.
    pub case: Kept,
    /// What became of it.
    pub turn: Turn,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// It is new, or is back after it was gone: its id may be known.
    Opened,
    /// Its rung rose.
    Raised {
        /// The rung before.
        from: Rung,
    },
    /// Its rung fell: later records explained a part of it.
    Lowered {
        /// The rung before.
        from: Rung,
    },
    /// Something else about it changed.
    Updated,
    /// No judgement has it any more.
    Gone,
    /// It is a part of another case now; `case.standing` names it.
    Merged,
}

/// Moments as microseconds since 1970 UTC: text to the second would lose what lies below it.
mod micros {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use ward_kernel::Time;

    pub(super) fn serialize<S: Serializer>(at: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.micros())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        i64::deserialize(from).map(Time::from_micros)
    }
}

/// Addresses as text.
mod addresses {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use ward_kernel::Addr;

    pub(super) fn serialize<S: Serializer>(
        addresses: &[Addr],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(addresses)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Addr>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}
