//! What can be done with a case.

use serde::{Deserialize, Serialize};
use ward_kernel::Rung;

use crate::choices::choices;
use crate::communications::Way;
use crate::log::By;
use crate::text::{Line, Words};

choices! {
    /// What is to become of a case.
    Decision {
        /// Somebody has to look at it.
        Open = "open", "Open";
        /// It is known and followed.
        Watched = "watched", "Watched";
        /// Nothing more is to be done.
        Closed = "closed", "Closed";
    }
}

/// What can be done with a case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It was taken out of another by hand: the first entry of a case that judgement does not know.
    Begin(Origin),
    /// Somebody takes it.
    Take,
    /// Somebody gives it to somebody.
    Give {
        /// To whom.
        to: By,
    },
    /// Nobody has it from now on.
    Release,
    /// Something was learned.
    Note {
        /// What.
        text: Words,
    },
    /// Something is to be done; its number is the entry's.
    Task {
        /// What.
        what: Line,
    },
    /// A task is done.
    TaskDone {
        /// Its number.
        task: u64,
        /// What came of it.
        how: Option<Words>,
    },
    /// A task need not be done.
    TaskDrop {
        /// Its number.
        task: u64,
        /// Why.
        why: Words,
    },
    /// The desk sees it on another rung than judgement.
    Rung {
        /// On which.
        to: Rung,
        /// On which judgement has it now.
        judged: Rung,
        /// Why.
        why: Words,
    },
    /// It is a part of another case.
    Merge {
        /// The other's id.
        into: String,
        /// On which rung judgement has it now.
        judged: Rung,
        /// Why.
        why: Words,
    },
    /// It is a case of its own after all.
    TakeOut {
        /// Why.
        why: Words,
    },
    /// Some of its sources are a case of their own.
    Split {
        /// The new case's id.
        into: String,
        /// Which sources.
        sources: Vec<String>,
        /// Why.
        why: Words,
    },
    /// The office told somebody.
    Told {
        /// Whom.
        whom: Line,
        /// What.
        what: Words,
        /// By which way.
        way: Way,
    },
    /// What is to become of it.
    Decide {
        /// What.
        to: Decision,
        /// Why.
        why: Words,
    },
}

/// Where a case that people made comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Origin {
    /// The id of the case that it was a part of.
    pub from: String,
    /// The sources that were taken out of it.
    pub sources: Vec<String>,
    /// Why.
    pub why: Words,
}
