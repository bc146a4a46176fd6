//! Sightings on their way into the history: held for a while, written together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use ward_history::{Flush, Heard, History, day_of};
use ward_kernel::{Sighting, Time};

use super::reading::{HeardOf, Reading};

/// Rows that are held before they are written.
const MANY: usize = 500_000;

/// How long they are held when they are few.
const AGE: Duration = Duration::from_secs(5 * 60);

/// How long the very first are held: a young office shall not wait long for its first answer.
const FIRST_AGE: Duration = Duration::from_secs(5);

/// The history, as the threads that judge share it.
#[derive(Clone)]
pub(super) struct Shelf(Arc<Mutex<History>>);

impl Shelf {
    pub(super) fn new(history: History) -> Self {
        Self(Arc::new(Mutex::new(history)))
    }

    /// The history, when nobody else is at it.
    fn free(&self) -> Option<MutexGuard<'_, History>> {
        match self.0.try_lock() {
            Ok(history) => Some(history),
            // What it holds is on the disk, whole or not at all: a fault elsewhere has not hurt it.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn wait(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position up to which it counts.
    pub(super) fn position(&self) -> i64 {
        i64::try_from(self.wait().position()).unwrap_or(i64::MAX)
    }

    /// One file for each finished day, and nothing that is older than `keep` days. Takes the
    /// history for one day at a time.
    ///
    /// # Errors
    /// Those of the history.
    pub(super) fn tidy(&self, now: Time, keep: u32) -> Result<(), ward_history::Error> {
        let today = day_of(now);
        let keep = i32::try_from(keep).unwrap_or(i32::MAX);
        self.wait().expire(today.saturating_sub(keep))?;
        let days = self.wait().days();
        for day in days.into_iter().filter(|day| day.day < today && day.files > 1) {
            let compacted = self.wait().compact(day.day)?;
            for problem in compacted.problems {
                tracing::warn!(file = problem.file, "a file of the history: {}", problem.why);
            }
        }
        Ok(())
    }
}

/// Sightings that are not written yet.
pub(super) struct Sightings {
    shelf: Shelf,
    rows: Vec<Sighting>,
    heard: HeardOf,
    since: Instant,
    /// The position up to which they are written.
    from: i64,
    /// Whether none were ever written.
    young: bool,
}

impl Sightings {
    pub(super) fn new(shelf: Shelf) -> Self {
        let from = shelf.position();
        let (rows, heard) = (Vec::new(), HeardOf::new());
        Self { shelf, rows, heard, since: Instant::now(), from, young: from == 0 }
    }

    /// Begins to count behind this position.
    pub(super) fn begin(&mut self, position: i64) {
        self.from = position;
        self.rows.clear();
        self.heard.clear();
        self.since = Instant::now();
    }

    /// Takes over what a reading has counted.
    pub(super) fn take(&mut self, reading: &mut Reading) {
        let (mut rows, heard) = reading.hand_over();
        self.rows.append(&mut rows);
        for (whose, records) in heard {
            let count = self.heard.entry(whose).or_default();
            *count = count.saturating_add(records);
        }
    }

    /// Writes them when they are many or old, or `now`. While the history is being tidied they
    /// wait, unless it must be now.
    ///
    /// # Errors
    /// Those of the history: all of them are still held.
    pub(super) fn write(&mut self, reading: &mut Reading, now: bool) -> anyhow::Result<()> {
        let held = reading.live.sightings().saturating_add(self.rows.len());
        let age = if self.young { FIRST_AGE } else { AGE };
        if held == 0 || !(now || held >= MANY || self.since.elapsed() >= age) {
            return Ok(());
        }
        let shelf = self.shelf.clone();
        let history = if now { Some(shelf.wait()) } else { shelf.free() };
        let Some(mut history) = history else { return Ok(()) };
        self.take(reading);
        let heard: Vec<Heard> = self.heard.iter().map(heard_of).collect();
        let number = |position: i64| u64::try_from(position).unwrap_or(0);
        let from = number(self.from).max(history.position()).saturating_add(1);
        let to = number(reading.position);
        if from <= to {
            history.flush(Flush { sightings: &mut self.rows, heard: &heard, from, to })?;
            self.young = false;
        } else {
            tracing::warn!("the history is ahead of the store: it counts these records already");
        }
        self.begin(reading.position);
        Ok(())
    }
}

fn heard_of((whose, records): (&(i32, String, String), &u64)) -> Heard {
    let (day, sensor, jurisdiction) = whose.clone();
    Heard { day, sensor, jurisdiction, records: *records }
}
