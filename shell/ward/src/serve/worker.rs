//! The judging worker: reads the queue, feeds the engines, writes what became of the cases.
//!
//! It is a thread of its own beside the web's: judging is work for a processor, and must neither
//! wait for pages nor make them wait. Its state is a function of the batches of the window: after
//! a stop of any kind it reads them again and goes on.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use flate2::read::GzDecoder;
use tokio::runtime::Handle;
use tokio::sync::{broadcast, watch};
use ward_history::{Flush, Heard, History, day_of};
use ward_kernel::{Sighting, Time};
use ward_live::{Book, Change, Live, Pace, StreamInfo};
use ward_store::{Store, batch, cases};
use ward_watch::Config;
use ward_web::desk::{Health, Region};

use super::record::{self, Entry};
use crate::settings::desk::DeskSettings;

/// How long a stop waits for what came before it to be judged.
const LAST: Duration = Duration::from_secs(8);

/// Batches read at a time.
const STEP: i64 = 64;

/// A batch is at most this big when unpacked; what is longer was not made by a sensor.
pub(super) const LONGEST: u64 = 16 << 20;

/// Rows of sightings that are held before they are written.
const SIGHTINGS: usize = 500_000;

/// How long sightings are held before they are written, when they are few.
const SIGHTINGS_AGE: Duration = Duration::from_secs(5 * 60);

/// How long the very first sightings are held.
const FIRST_AGE: Duration = Duration::from_secs(5);

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// What the worker is given.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) history: History,
    pub(super) config: Arc<Config>,
    pub(super) options: ward_live::Options,
    pub(super) desk: DeskSettings,
    pub(super) position: watch::Receiver<i64>,
    pub(super) health: watch::Sender<Health>,
    pub(super) bell: broadcast::Sender<Region>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) clock: fn() -> Time,
}

/// The worker at work.
pub(super) struct Worker {
    parts: Parts,
    runtime: Handle,
    live: Live,
    book: Book,
    /// Sensor and jurisdiction of each stream that is open.
    opened: HashMap<i64, (String, String)>,
    /// Records read since the last sightings were written: by day, sensor, jurisdiction.
    heard: BTreeMap<(i32, String, String), u64>,
    /// Sightings that the history did not take the last time.
    unwritten: Vec<Sighting>,
    position: i64,
    health: Health,
    window: Time,
    /// What became of cases and could not be written the last time.
    unfinished: Vec<Entry>,
    sightings_since: Instant,
    sightings_from: i64,
    pace: Pace,
    /// The newest stream of each name: when the next begins, the one before is at its end.
    newest: HashMap<(String, String), i64>,
}

impl Worker {
    /// Reads the window again and stands ready.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn start(parts: Parts, runtime: Handle) -> anyhow::Result<Self> {
        let window = window_of((parts.clock)(), parts.desk.window_days);
        let live = Live::new(Arc::clone(&parts.config), options(&parts, window));
        let kept = runtime.block_on(async {
            let mut read = parts.store.read().await?;
            cases::of_all_scopes(read.link(), window).await
        })?;
        let mut worker = Self {
            runtime,
            live,
            book: Book::restore(kept),
            opened: HashMap::new(),
            heard: BTreeMap::new(),
            unwritten: Vec::new(),
            position: 0,
            health: Health::default(),
            window,
            unfinished: Vec::new(),
            sightings_since: Instant::now(),
            sightings_from: 0,
            pace: Pace::default(),
            newest: HashMap::new(),
            parts,
        };
        worker.replay()?;
        Ok(worker)
    }

    /// Takes the window's batches again, in their order, up to where the queue ends.
    fn replay(&mut self) -> anyhow::Result<()> {
        let written = i64::try_from(self.parts.history.position()).unwrap_or(i64::MAX);
        let begin = self.runtime.block_on(async {
            let mut read = self.parts.store.read().await?;
            batch::position_before(read.link(), self.window).await
        })?;
        // What the history lacks is read again even where it is older than the window.
        self.position = begin.min(written);
        let end = *self.parts.position.borrow();
        // What the history holds already must not be counted into it again.
        while self.position < written.min(end) {
            let limit = STEP.min(written.saturating_sub(self.position));
            if !self.step(limit)? {
                break;
            }
        }
        self.forget_sightings();
        self.sightings_from = self.position;
        while self.position < end && !*self.parts.stop.borrow() {
            if !self.step(STEP)? {
                break;
            }
            self.write_sightings(false)?;
        }
        if *self.parts.stop.borrow() {
            return Ok(());
        }
        self.judge_all()?;
        self.health.ready = true;
        self.tell();
        Ok(())
    }

    /// Works until it is told to stop.
    ///
    /// # Errors
    /// Those of the store that stay: what can pass is tried again.
    pub(super) fn run(mut self) -> anyhow::Result<()> {
        while !*self.parts.stop.borrow() {
            let more = match self.turn() {
                Ok(more) => more,
                Err(err) => {
                    tracing::error!(error = format!("{err:#}"), "judging waits for the store");
                    self.health.trouble = vec![format!("judging waits for the store: {err:#}")];
                    self.tell();
                    std::thread::sleep(Duration::from_secs(1));
                    continue;
                }
            };
            if !more {
                self.wait();
            }
        }
        if !self.catch_up()? {
            // A part of the window would be judged as if it were all: the next start does it.
            return Ok(());
        }
        self.judge_all()?;
        let rest = self.book.rest((self.parts.clock)());
        self.write_changes(rest)?;
        self.write_sightings(true)
    }

    /// Takes what came before the stop; whether that was all within the time that is left.
    fn catch_up(&mut self) -> anyhow::Result<bool> {
        let until = Instant::now() + LAST;
        while self.position < *self.parts.position.borrow() {
            if !self.health.ready || Instant::now() >= until {
                return Ok(false);
            }
            self.step(STEP)?;
        }
        Ok(self.health.ready)
    }

    /// One turn: what came is taken and looked at. Whether more waits.
    fn turn(&mut self) -> anyhow::Result<bool> {
        self.roll()?;
        let more = self.step(STEP)?;
        let begun = Instant::now();
        let now = (self.parts.clock)();
        let mut changes = Vec::new();
        for judged in self.live.judge_quick() {
            changes.extend(self.book.reconcile(&judged, now));
        }
        changes.extend(self.book.due(now));
        self.health.quick_micros = micros(begun.elapsed());
        self.write_changes(changes)?;
        self.judge_one()?;
        self.write_sightings(false)?;
        self.health.trouble.clear();
        self.tell();
        Ok(more)
    }

    /// Waits for the bell, but not long: what is due by the clock is looked at as well.
    fn wait(&mut self) {
        let (position, stop) = (&mut self.parts.position, &mut self.parts.stop);
        let until = Duration::from_millis(250);
        self.runtime.block_on(async {
            tokio::select! {
                _ = position.changed() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(until) => {}
            }
        });
    }

    /// Takes some batches; whether there may be more.
    fn step(&mut self, limit: i64) -> anyhow::Result<bool> {
        let batches = self.runtime.block_on(async {
            let mut read = self.parts.store.read().await?;
            batch::after(read.link(), self.position, limit).await
        })?;
        let more = batches.len() == usize::try_from(limit).unwrap_or(0);
        for kept in &batches {
            self.take(kept)?;
            self.position = kept.position;
        }
        Ok(more)
    }

    fn take(&mut self, kept: &batch::Kept) -> anyhow::Result<()> {
        let Ok(stream) = u32::try_from(kept.stream) else { return Ok(()) };
        if !self.opened.contains_key(&kept.stream) {
            self.open(kept.stream)?;
        }
        let mut bytes = Vec::new();
        let unpacked = GzDecoder::new(kept.body.as_slice()).take(LONGEST).read_to_end(&mut bytes);
        if let Err(err) = unpacked {
            // It was whole when it was taken in: the store's disk has damaged it.
            tracing::error!(position = kept.position, error = %err, "a batch is damaged");
            return Ok(());
        }
        let taken = self.live.take(stream, kept.base, kept.received, &bytes);
        self.hear(kept, taken.records);
        self.health.records = self.health.records.saturating_add(taken.records);
        self.health.newest = self.health.newest.max(kept.received);
        for problem in taken.problems.iter().take(3) {
            tracing::warn!(stream = kept.stream, offset = problem.offset, "{}", problem.what);
        }
        Ok(())
    }

    fn open(&mut self, id: i64) -> anyhow::Result<()> {
        let stream = self.runtime.block_on(async {
            let mut read = self.parts.store.read().await?;
            batch::stream(read.link(), id).await
        })?;
        let stream = stream.context("a batch names a stream that the store does not know")?;
        let name = (stream.sensor.clone(), stream.name.clone());
        if let Some(before) = self.newest.insert(name, id)
            && before != id
            && let Ok(before) = u32::try_from(before)
        {
            let taken = self.live.close(before, stream.newest);
            self.health.records = self.health.records.saturating_add(taken.records);
        }
        let whose = (stream.sensor_name.clone(), stream.jurisdiction.clone());
        self.opened.insert(id, whose);
        self.live.open(StreamInfo {
            id: u32::try_from(id).unwrap_or(u32::MAX),
            name: stream.name,
            sensor: stream.sensor_name,
            jurisdiction: stream.jurisdiction,
            format: (!stream.format.is_empty()).then_some(stream.format),
            head: stream.head,
        });
        Ok(())
    }

    /// Judges one scope whole, when its turn has come: one after the other, so that nobody waits
    /// for all of them.
    fn judge_one(&mut self) -> anyhow::Result<()> {
        let begun = (self.parts.clock)();
        let Some(scope) = self.pace.choose(&self.live.stale(), begun) else { return Ok(()) };
        let changes = self.judge_scope(&scope);
        let ended = (self.parts.clock)();
        self.pace.judged(&scope, begun, ended);
        self.health.full_micros = u64::try_from(ended.since(begun)).unwrap_or(0);
        self.write_changes(changes)
    }

    fn judge_scope(&mut self, scope: &str) -> Vec<Change> {
        let judged = self.live.judge_scope(scope);
        judged.map_or_else(Vec::new, |judged| self.book.reconcile(&judged, (self.parts.clock)()))
    }

    /// Judges everything: at the start, when the window has moved, and before a stop.
    fn judge_all(&mut self) -> anyhow::Result<()> {
        let scopes = self.live.stale();
        let changes = scopes.iter().flat_map(|scope| self.judge_scope(scope)).collect();
        self.write_changes(changes)
    }

    /// Writes what became of cases. What cannot be written now is written with the next.
    fn write_changes(&mut self, changes: Vec<Change>) -> anyhow::Result<()> {
        self.unfinished.extend(record::entries(&self.book, changes));
        if self.unfinished.is_empty() {
            return Ok(());
        }
        self.runtime.block_on(record::write(&self.parts.store, &self.unfinished))?;
        record::settle(&mut self.book, &self.unfinished);
        self.unfinished.clear();
        // Nobody may be looking.
        let _ = self.parts.bell.send(Region::Cases);
        Ok(())
    }

    /// Writes the sightings when they are many or old, or at a stop.
    fn write_sightings(&mut self, now: bool) -> anyhow::Result<()> {
        let held = self.live.sightings();
        // A young office shall not wait long for its first answer.
        let age = if self.parts.history.position() == 0 { FIRST_AGE } else { SIGHTINGS_AGE };
        let due = held >= SIGHTINGS || self.sightings_since.elapsed() >= age;
        if held == 0 || !(now || due) {
            return Ok(());
        }
        self.unwritten.append(&mut self.live.drain_sightings());
        let heard: Vec<Heard> = self.heard.iter().map(heard_of).collect();
        let number = |position: i64| u64::try_from(position).unwrap_or(0);
        let (from, to) = (number(self.sightings_from).saturating_add(1), number(self.position));
        if from <= to {
            let sightings = &mut self.unwritten;
            self.parts.history.flush(Flush { sightings, heard: &heard, from, to })?;
        }
        self.unwritten.clear();
        self.heard.clear();
        self.sightings_from = self.position;
        self.sightings_since = Instant::now();
        Ok(())
    }

    /// Counts records for the history, which says how many it was made of.
    fn hear(&mut self, kept: &batch::Kept, records: u64) {
        let Some((sensor, jurisdiction)) = self.opened.get(&kept.stream) else { return };
        let key = (day_of(kept.received), sensor.clone(), jurisdiction.clone());
        let count = self.heard.entry(key).or_default();
        *count = count.saturating_add(records);
    }

    /// Lets go what the history has already.
    fn forget_sightings(&mut self) {
        drop(self.live.drain_sightings());
        self.unwritten.clear();
        self.heard.clear();
    }

    /// When a day ends the window moves on: a fresh state of the window's batches takes over.
    fn roll(&mut self) -> anyhow::Result<()> {
        let window = window_of((self.parts.clock)(), self.parts.desk.window_days);
        if window <= self.window {
            return Ok(());
        }
        self.write_sightings(true)?;
        tracing::info!("a new day: the window of judged records moves on");
        self.tidy_history()?;
        let end = self.position;
        self.window = window;
        self.live = Live::new(Arc::clone(&self.parts.config), options(&self.parts, window));
        self.opened.clear();
        self.newest.clear();
        self.pace = Pace::default();
        self.position = self.runtime.block_on(async {
            let mut read = self.parts.store.read().await?;
            batch::position_before(read.link(), window).await
        })?;
        while self.position < end {
            let limit = STEP.min(end.saturating_sub(self.position));
            if !self.step(limit)? {
                break;
            }
        }
        self.forget_sightings();
        self.position = end;
        // Before anything is judged quickly: a fresh state would know nothing of what it has not
        // looked at.
        self.judge_all()
    }

    /// One file for each finished day, and nothing that is too old.
    fn tidy_history(&mut self) -> anyhow::Result<()> {
        let today = day_of((self.parts.clock)());
        let keep = i32::try_from(self.parts.desk.keep_history_days).unwrap_or(i32::MAX);
        self.parts.history.expire(today.saturating_sub(keep))?;
        let finished = self.parts.history.days().into_iter();
        for day in finished.filter(|day| day.day < today && day.files > 1) {
            for problem in self.parts.history.compact(day.day)?.problems {
                tracing::warn!(file = problem.file, "a file of the history: {}", problem.why);
            }
        }
        Ok(())
    }

    fn tell(&mut self) {
        self.health.judged = self.position;
        self.parts.health.send_replace(self.health.clone());
    }
}

fn heard_of((whose, records): (&(i32, String, String), &u64)) -> Heard {
    let (day, sensor, jurisdiction) = whose.clone();
    Heard { day, sensor, jurisdiction, records: *records }
}

/// Where the window begins: so many days ago, at midnight UTC.
fn window_of(now: Time, days: u32) -> Time {
    let today = now.micros().div_euclid(DAY);
    let first = today.saturating_sub(i64::from(days.saturating_sub(1)));
    Time::from_micros(first.saturating_mul(DAY))
}

fn options(parts: &Parts, window: Time) -> ward_live::Options {
    ward_live::Options { since: Some(window), ..parts.options.clone() }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_begins_at_midnight() {
        let now: Time = Time::parse("2026-11-03T19:30:00Z").unwrap();
        assert_eq!(window_of(now, 1), Time::parse("2026-11-03T00:00:00Z").unwrap());
        assert_eq!(window_of(now, 2), Time::parse("2026-11-02T00:00:00Z").unwrap());
    }
}
