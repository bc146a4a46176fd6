//! What the desk puts down against judgement, and how far it counts.

use serde::{Deserialize, Serialize};
use ward_kernel::Rung;

use super::{Act, Decision};

/// The desk's own view of a rung.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Placed {
    /// Where the desk put it.
    pub rung: Rung,
    /// Where judgement had it then.
    pub judged: Rung,
}

/// The rung that counts: the desk's, until judgement rises above what the desk had before it.
///
/// What the desk raised stands at least there. What it lowered stands at most there, as long as
/// judgement does not rise above the rung that it had when it was lowered: then there is evidence
/// that nobody had seen, and the judged rung counts again.
#[must_use]
pub fn seen(judged: Rung, desk: Option<Placed>) -> Rung {
    match desk {
        None => judged,
        Some(placed) if placed.rung >= placed.judged => judged.max(placed.rung),
        Some(placed) if judged > placed.judged => judged,
        Some(placed) => judged.min(placed.rung),
    }
}

/// That a case is a part of another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Merged {
    /// The other's id.
    pub into: String,
    /// Where judgement had it when it was merged.
    pub judged: Rung,
}

/// The case that this one is a part of, unless judgement rose above the rung that it was merged on:
/// then it stands for itself again, so that nobody misses it.
#[must_use]
pub fn part_of(judged: Rung, merged: Option<&Merged>) -> Option<&str> {
    merged.filter(|merged| judged <= merged.judged).map(|merged| merged.into.as_str())
}

/// How a view of a case stands: the state's, or a local authority's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stands {
    /// On which rung judgement has it.
    pub judged: Rung,
    /// On which rung it counts; see [`seen`].
    pub seen: Rung,
}

impl Stands {
    /// Whether it stands on a higher rung than another, by judgement or by people.
    #[must_use]
    pub fn is_higher(self, than: Self) -> bool {
        self.judged > than.judged || self.seen > than.seen
    }
}

/// Another view of the same thing stands on a higher rung than the one at which somebody acted, by
/// judgement or by people: what they saw is not all that is known there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Higher;

/// What an act on one view puts down in the file of another view of the same thing; `None` where it
/// changes nothing there.
///
/// A note is the same everywhere, and so is that somebody has to look at it. What lowers, watches or
/// closes goes no further than to views that stand on at most the same rung. What lowers
/// here raises nowhere, and what raises here lowers nowhere.
///
/// # Errors
/// [`Higher`] where it would hide what judgement or people say there.
pub fn carried(act: &Act, here: Stands, there: Stands) -> Result<Option<Act>, Higher> {
    let higher = there.is_higher(here);
    match act {
        Act::Note { .. } | Act::Decide { to: Decision::Open, .. } => Ok(Some(act.clone())),
        Act::Decide { .. } if higher => Err(Higher),
        Act::Decide { .. } => Ok(Some(act.clone())),
        Act::Rung { to, why, .. } => {
            let lowers = *to < here.seen;
            if lowers && higher {
                return Err(Higher);
            }
            let moves = if lowers { *to < there.seen } else { *to > there.seen };
            Ok(moves.then(|| Act::Rung { to: *to, judged: there.judged, why: why.clone() }))
        }
        _ => Ok(None),
    }
}
