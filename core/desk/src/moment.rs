//! Moments in what a log was folded into: whole, in microseconds. Where people read them they are
//! written to the second, and what is folded must not forget what the entries say.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ward_kernel::Time;

#[derive(Deserialize, Serialize)]
struct Whole(#[serde(with = "self")] Time);

pub(crate) fn serialize<S: Serializer>(at: &Time, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(at.micros())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    i64::deserialize(from).map(Time::from_micros)
}

/// A moment that may not have come.
pub(crate) mod maybe {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(at: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
        at.map(Whole).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Time>, D::Error> {
        Ok(Option::<Whole>::deserialize(from)?.map(|Whole(at)| at))
    }
}

/// Who has something, and since when.
pub(crate) mod held {
    use super::*;
    use crate::log::By;

    pub(crate) fn serialize<S: Serializer>(
        held: &Option<(By, Time)>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        held.as_ref().map(|(by, at)| (by, Whole(*at))).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<(By, Time)>, D::Error> {
        Ok(Option::<(By, Whole)>::deserialize(from)?.map(|(by, Whole(at))| (by, at)))
    }
}
