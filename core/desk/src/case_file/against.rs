//! What the desk puts down against judgement, and how far it counts.

use ward_kernel::Rung;

/// The desk's own view of a rung.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
#[derive(Clone, Debug, Eq, PartialEq)]
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
