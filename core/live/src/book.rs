//! Cases by scope, under ids that stay.

use std::collections::BTreeMap;

use ward_kernel::Time;

use crate::{Change, Judged, Kept};

/// All cases of all scopes, under ids that stay.
#[derive(Clone, Debug, Default)]
pub struct Book {
    cases: BTreeMap<String, Kept>,
}

impl Book {
    /// A book that knows what the store kept. Give it every case of the window, also those that
    /// are gone: an id that it does not know it may give again.
    #[must_use]
    pub fn restore(kept: Vec<Kept>) -> Self {
        Self { cases: kept.into_iter().map(|case| (case.id.clone(), case)).collect() }
    }

    /// Takes in a judgement; returns what became of the cases, in the order of their ids.
    /// `now` is the desk's clock.
    pub fn reconcile(&mut self, judged: &Judged, now: Time) -> Vec<Change> {
        let _ = (judged, now);
        Vec::new()
    }

    /// The cases whose latest numbers were held back so that a busy case is not written every
    /// second, and may now be written.
    pub fn due(&mut self, now: Time) -> Vec<Change> {
        let _ = now;
        Vec::new()
    }

    /// All cases whose latest numbers were held back: before a stop.
    pub fn rest(&mut self, now: Time) -> Vec<Change> {
        let _ = now;
        Vec::new()
    }

    /// A case by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Kept> {
        self.cases.get(id)
    }

    /// All cases, in the order of their ids.
    pub fn cases(&self) -> impl Iterator<Item = &Kept> {
        self.cases.values()
    }
}
