//! Attempts that were planted, and when a console showed them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ward_it::figures::Figures;

/// One attempt.
#[derive(Clone, Copy, Debug)]
struct One {
    written: Instant,
    log: &'static str,
    shown: Option<Instant>,
}

/// All of them, by their source.
#[derive(Debug, Default)]
pub(crate) struct Planted(Mutex<BTreeMap<String, One>>);

impl Planted {
    /// An attempt is about to be written.
    pub(crate) fn plant(&self, source: &str, log: &'static str) {
        self.all().insert(source.to_owned(), One { written: Instant::now(), log, shown: None });
    }

    /// A console had a case of this source on its page at a moment.
    pub(crate) fn shown(&self, source: &str, at: Instant) {
        if let Some(one) = self.all().get_mut(source) {
            one.shown = one.shown.filter(|before| *before <= at).or(Some(at));
        }
    }

    /// How many there are, and how many were shown.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let all = self.all();
        (all.len(), all.values().filter(|one| one.shown.is_some()).count())
    }

    /// Milliseconds from the write to the page; of one kind of log, or of all.
    pub(crate) fn delays(&self, log: Option<&str>) -> Figures {
        let mut figures = Figures::default();
        for one in self.all().values().filter(|one| log.is_none_or(|log| log == one.log)) {
            if let Some(shown) = one.shown {
                figures.add(shown.saturating_duration_since(one.written).as_secs_f64() * 1_000.0);
            }
        }
        figures
    }

    /// Sources that no console has shown.
    pub(crate) fn missed(&self) -> Vec<String> {
        let all = self.all();
        let missed = all.iter().filter(|(_, one)| one.shown.is_none());
        missed.map(|(source, one)| format!("{source} ({})", one.log)).collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
