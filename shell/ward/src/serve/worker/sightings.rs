//! Sightings on their way into the history: held for a while, written together by a thread of its
//! own. Half a million rows take a second or two, which judging shall not wait for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::bail;
use ward_history::{Flush, Heard, History, day_of};
use ward_kernel::{Sighting, Time};
use ward_live::Gathered;

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

    fn wait(&self) -> MutexGuard<'_, History> {
        // What it holds is on the disk, whole or not at all: a fault elsewhere has not hurt it.
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
    held: Held,
    since: Instant,
    /// The position up to which they are written, or being written.
    from: i64,
    /// Whether none were ever written.
    young: bool,
    writing: Option<JoinHandle<Written>>,
}

/// What is held, or being written.
#[derive(Default)]
struct Held {
    gathered: Vec<Gathered>,
    rows: Vec<Sighting>,
    heard: HeardOf,
}

/// What came of writing: what could not be written, from which position on, and why.
type Written = Result<(), Box<(Held, i64, ward_history::Error)>>;

impl Held {
    fn hear(&mut self, heard: HeardOf) {
        for (whose, records) in heard {
            let count = self.heard.entry(whose).or_default();
            *count = count.saturating_add(records);
        }
    }

    /// Writes all of it, as that of positions behind `from` up to `to`.
    fn write(mut self, shelf: &Shelf, from: i64, to: i64) -> Written {
        let gathered = std::mem::take(&mut self.gathered);
        self.rows.extend(gathered.into_iter().flat_map(Gathered::rows));
        let heard: Vec<Heard> = self.heard.iter().map(heard_of).collect();
        let number = |position: i64| u64::try_from(position).unwrap_or(0);
        let mut history = shelf.wait();
        let first = number(from).max(history.position()).saturating_add(1);
        let to = number(to);
        if first > to {
            tracing::warn!("the history is ahead of the store: it counts these records already");
            return Ok(());
        }
        let flush = Flush { sightings: &mut self.rows, heard: &heard, from: first, to };
        match history.flush(flush) {
            Ok(_) => Ok(()),
            Err(why) => Err(Box::new((self, from, why))),
        }
    }
}

impl Sightings {
    pub(super) fn new(shelf: Shelf) -> Self {
        let from = shelf.position();
        let (held, writing) = (Held::default(), None);
        Self { shelf, held, since: Instant::now(), from, young: from == 0, writing }
    }

    /// Begins to count behind this position.
    pub(super) fn begin(&mut self, position: i64) {
        self.from = position;
        self.held = Held::default();
        self.since = Instant::now();
    }

    /// Takes over what a reading has counted.
    pub(super) fn take(&mut self, reading: &mut Reading) {
        let (gathered, heard) = reading.hand_over();
        self.held.gathered.push(gathered);
        self.held.hear(heard);
    }

    /// Writes them when they are many or old, or all of them `now`. While some are being written
    /// the others wait.
    ///
    /// # Errors
    /// Those of the history: all of them are still held.
    pub(super) fn write(&mut self, reading: &mut Reading, now: bool) -> anyhow::Result<()> {
        if !self.settle(now)? {
            return Ok(());
        }
        let gathered = self.held.gathered.iter().map(Gathered::len).sum::<usize>();
        let held = reading.live.sightings() + gathered + self.held.rows.len();
        let age = if self.young { FIRST_AGE } else { AGE };
        if held == 0 || !(now || held >= MANY || self.since.elapsed() >= age) {
            return Ok(());
        }
        let (shelf, from, to) = (self.shelf.clone(), self.from, reading.position);
        let (hand_over, taken) = mpsc::channel::<Held>();
        let thread =
            Builder::new().name("history".to_owned()).spawn(move || match taken.recv() {
                Ok(held) => held.write(&shelf, from, to),
                Err(_) => Ok(()),
            })?;
        // Nothing is handed to a thread that could not begin.
        self.take(reading);
        let _ = hand_over.send(std::mem::take(&mut self.held));
        self.writing = Some(thread);
        self.begin(to);
        self.settle(now).map(|_| ())
    }

    /// Looks what came of writing; whether none goes on. With `wait`, waits for its end.
    fn settle(&mut self, wait: bool) -> anyhow::Result<bool> {
        let Some(writing) = self.writing.take_if(|writing| wait || writing.is_finished()) else {
            return Ok(self.writing.is_none());
        };
        match writing.join() {
            Ok(Ok(())) => {
                self.young = false;
                Ok(true)
            }
            Ok(Err(unwritten)) => {
                let (held, from, why) = *unwritten;
                // Tried again with what came meanwhile.
                let newer = std::mem::replace(&mut self.held, held);
                self.held.gathered.extend(newer.gathered);
                self.held.rows.extend(newer.rows);
                self.held.hear(newer.heard);
                self.from = from;
                Err(why.into())
            }
            Err(_) => bail!("writing the history ended by a fault of Ward's own"),
        }
    }
}

impl Drop for Sightings {
    /// The history is not let go while it is being written.
    fn drop(&mut self) {
        if let Some(writing) = self.writing.take() {
            let _ = writing.join();
        }
    }
}

fn heard_of((whose, records): (&(i32, String, String), &u64)) -> Heard {
    let (day, sensor, jurisdiction) = whose.clone();
    Heard { day, sensor, jurisdiction, records: *records }
}
