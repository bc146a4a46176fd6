//! The judging worker: reads the queue, feeds the engines, writes what became of the cases.
//!
//! It is a thread of its own beside the web's: judging is work for a processor, and must neither
//! wait for pages nor make them wait. Its state is a function of the batches of the window: after
//! a stop of any kind it reads them again and goes on.

mod hours;
mod reading;
mod roll;
mod sightings;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;
use ward_history::History;
use ward_kernel::Time;
use ward_kernel::time::DAY;
use ward_live::{Book, Change, Pace, STATE};
use ward_store::{Store, cases};
use ward_watch::Config;
use ward_web::bell::{Bell, Region, Whose};
use ward_web::desk::Health;

use super::notices::Troubles;
use super::record::{self, Waiting};
use crate::settings::desk::DeskSettings;

use hours::Hours;
pub(super) use reading::LONGEST;
use reading::{Queue, Reading, Taken};
use roll::{Aside, Roll};
use sightings::{Shelf, Sightings};

/// How long a stop waits for what came before it to be judged.
const LAST: Duration = Duration::from_secs(8);

/// How long a new window that could not be made is let rest.
const AGAIN: Duration = Duration::from_secs(60);

/// What the worker is given.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) history: History,
    pub(super) config: Arc<Config>,
    pub(super) options: ward_live::Options,
    pub(super) desk: DeskSettings,
    pub(super) position: watch::Receiver<i64>,
    pub(super) health: watch::Sender<Health>,
    /// What is wrong with the notices: it stands beside what is wrong with the judging.
    pub(super) troubles: watch::Receiver<Troubles>,
    pub(super) bell: Bell,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) clock: fn() -> Time,
}

/// The worker at work.
pub(super) struct Worker {
    queue: Queue,
    config: Arc<Config>,
    options: ward_live::Options,
    desk: DeskSettings,
    waiting: watch::Receiver<i64>,
    told: watch::Sender<Health>,
    troubles: watch::Receiver<Troubles>,
    bell: Bell,
    stop: watch::Receiver<bool>,
    clock: fn() -> Time,
    health: Health,
    reading: Reading,
    book: Book,
    pace: Pace,
    shelf: Shelf,
    sightings: Sightings,
    hours: Hours,
    /// How far the reading is, for the thread aside.
    judged: Arc<AtomicI64>,
    /// The next window in the making, and when it is made.
    roll: Option<Roll>,
    next: Option<Reading>,
    roll_after: Instant,
    /// What became of cases and could not be written the last time.
    unfinished: Waiting,
}

impl Worker {
    /// Reads the window again and stands ready. While the store does not answer it is tried again.
    pub(super) fn start(parts: Parts, runtime: Handle) -> Self {
        let window = window_of((parts.clock)(), parts.desk.window_days);
        let shelf = Shelf::new(parts.history);
        let mut worker = Self {
            reading: Reading::new(&parts.config, &parts.options, window, 0),
            queue: Queue { store: parts.store, runtime },
            config: parts.config,
            options: parts.options,
            desk: parts.desk,
            waiting: parts.position,
            told: parts.health,
            troubles: parts.troubles,
            bell: parts.bell,
            stop: parts.stop,
            clock: parts.clock,
            health: Health::default(),
            book: Book::default(),
            pace: Pace::default(),
            sightings: Sightings::new(shelf.clone()),
            hours: Hours::default(),
            shelf,
            judged: Arc::default(),
            roll: None,
            next: None,
            roll_after: Instant::now(),
            unfinished: Waiting::default(),
        };
        while !worker.stopped()
            && let Err(err) = worker.replay()
        {
            worker.complain(&err);
        }
        worker
    }

    /// Takes the window's batches again, in their order, up to where the queue ends.
    fn replay(&mut self) -> anyhow::Result<()> {
        let window = window_of((self.clock)(), self.desk.window_days);
        let kept = self.queue.runtime.block_on(async {
            let mut read = self.queue.store.read().await?;
            cases::of_all_scopes(read.link(), window).await
        })?;
        self.book = Book::restore(kept);
        self.hours = self.queue.runtime.block_on(Hours::of(&self.queue.store, window))?;
        self.unfinished = Waiting::default();
        let written = self.shelf.position();
        // What the history lacks is read again even where it is older than the window.
        let begin = self.queue.before(window)?.min(written);
        self.reading = Reading::new(&self.config, &self.options, window, begin);
        let end = *self.waiting.borrow();
        // What the history holds already must not be counted into it again.
        self.read_again(written.min(end), (begin, end), false)?;
        self.sightings.begin(self.reading.position);
        self.read_again(end, (begin, end), true)?;
        if self.stopped() {
            return Ok(());
        }
        self.judge_all()?;
        (self.health.ready, self.health.reading) = (true, None);
        self.health.trouble.clear();
        self.tell();
        Ok(())
    }

    /// Reads on up to a position and says how much of the whole is read.
    fn read_again(&mut self, until: i64, whole: (i64, i64), count: bool) -> anyhow::Result<()> {
        while self.reading.position < until && !self.stopped() {
            if self.step(until)?.batches == 0 {
                // What stood between was deleted long ago.
                self.reading.position = until;
            }
            if count {
                self.sightings.write(&mut self.reading, false)?;
            } else {
                self.reading.forget();
            }
            self.health.reading = Some(percent(self.reading.position, whole));
            self.tell();
        }
        Ok(())
    }

    /// Works until it is told to stop.
    ///
    /// # Errors
    /// Those of the store that stay: what can pass is tried again.
    pub(super) fn run(mut self) -> anyhow::Result<()> {
        while !self.stopped() {
            match self.turn() {
                Ok(true) => {}
                Ok(false) => self.wait(),
                Err(err) => self.complain(&err),
            }
        }
        if let Some(roll) = self.roll.take() {
            // It is told to stop as well, and must not outlive the store.
            drop(roll.end());
        }
        if !self.catch_up()? {
            // A part of the window would be judged as if it were all: the next start does it.
            return Ok(());
        }
        self.judge_all()?;
        let rest = self.book.rest((self.clock)());
        self.write_changes(rest)?;
        // What finds no time is found again by the next start: it judges the same records.
        let until = Instant::now() + LAST;
        while !self.unfinished.is_empty() && Instant::now() < until {
            self.write_down()?;
        }
        self.write_hours(true)?;
        self.sightings.write(&mut self.reading, true)
    }

    fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Says what is wrong, and lets it rest a moment.
    fn complain(&mut self, err: &anyhow::Error) {
        let trouble = vec![format!("judging waits for the store: {err:#}")];
        // What stays so is not written into the log every second.
        if self.health.trouble != trouble {
            tracing::error!(error = format!("{err:#}"), "judging waits for the store");
            self.health.trouble = trouble;
        }
        self.tell();
        std::thread::sleep(Duration::from_secs(1));
    }

    /// Takes what came before the stop; whether that was all within the time that is left.
    fn catch_up(&mut self) -> anyhow::Result<bool> {
        let until = Instant::now() + LAST;
        while self.reading.position < *self.waiting.borrow() {
            if !self.health.ready || Instant::now() >= until {
                return Ok(false);
            }
            self.step(i64::MAX)?;
        }
        Ok(self.health.ready)
    }

    /// One turn: what came is taken and looked at. Whether more waits.
    fn turn(&mut self) -> anyhow::Result<bool> {
        self.roll()?;
        let more = self.step(i64::MAX)?.more;
        let begun = Instant::now();
        let now = (self.clock)();
        let mut changes = Vec::new();
        for judged in self.reading.live.judge_quick() {
            changes.extend(self.book.reconcile(&judged, now));
        }
        changes.extend(self.book.due(now));
        self.health.quick_micros = micros(begun.elapsed());
        self.write_changes(changes)?;
        self.judge_one()?;
        self.sightings.write(&mut self.reading, false)?;
        self.write_hours(false)?;
        self.health.trouble.clear();
        self.tell();
        Ok(more || !self.unfinished.is_empty())
    }

    /// Waits for the bell, but not long: what is due by the clock is looked at as well.
    fn wait(&mut self) {
        let (position, stop) = (&mut self.waiting, &mut self.stop);
        let until = Duration::from_millis(250);
        self.queue.runtime.block_on(async {
            tokio::select! {
                _ = position.changed() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(until) => {}
            }
        });
    }

    /// Takes some batches, none behind `until`.
    fn step(&mut self, until: i64) -> anyhow::Result<Taken> {
        let taken = self.reading.step(&self.queue, until);
        self.judged.store(self.reading.position, Ordering::Release);
        let taken = taken?;
        self.health.records = self.health.records.saturating_add(taken.records);
        self.health.newest = self.health.newest.max(taken.newest);
        Ok(taken)
    }

    /// Judges one scope whole, when its turn has come: one after the other, so that nobody waits
    /// for all of them.
    fn judge_one(&mut self) -> anyhow::Result<()> {
        let begun = (self.clock)();
        let stale = self.reading.live.stale();
        let Some(scope) = self.pace.choose(&stale, begun) else { return Ok(()) };
        let changes = self.judge_scope(&scope);
        let ended = (self.clock)();
        self.pace.judged(&scope, begun, ended);
        self.health.full_micros = u64::try_from(ended.since(begun)).unwrap_or(0);
        self.write_changes(changes)
    }

    fn judge_scope(&mut self, scope: &str) -> Vec<Change> {
        let judged = self.reading.live.judge_scope(scope);
        let (Some(judged), now) = (judged, (self.clock)()) else { return Vec::new() };
        self.hours.hear(&judged, now);
        self.book.reconcile(&judged, now)
    }

    /// Judges everything: at the start and before a stop.
    fn judge_all(&mut self) -> anyhow::Result<()> {
        let scopes = self.reading.live.stale();
        let changes = scopes.iter().flat_map(|scope| self.judge_scope(scope)).collect();
        self.write_changes(changes)
    }

    /// Writes what the hours counted, when it is time.
    fn write_hours(&mut self, at_once: bool) -> anyhow::Result<()> {
        let now = (self.clock)();
        let writing = self.hours.write(&self.queue.store, now, at_once);
        Ok(self.queue.runtime.block_on(writing)?)
    }

    /// Writes what became of cases. What cannot be written now is written with the next.
    fn write_changes(&mut self, changes: Vec<Change>) -> anyhow::Result<()> {
        self.unfinished.add(record::entries(&self.book, changes));
        self.write_down()
    }

    /// Writes what waits, for a while.
    fn write_down(&mut self) -> anyhow::Result<()> {
        let writing = self.unfinished.write(&self.queue.store, &mut self.book);
        for scope in self.queue.runtime.block_on(writing)? {
            let whose = if scope == STATE { Whose::State } else { scope.as_str().into() };
            self.bell.send((Region::Cases, whose));
        }
        Ok(())
    }

    /// When a day ends the window moves on: see [`roll`].
    fn roll(&mut self) -> anyhow::Result<()> {
        if let Some(roll) = self.roll.take_if(|roll| roll.is_over()) {
            match roll.end() {
                Ok(next) => self.next = next,
                Err(err) => {
                    tracing::warn!(error = format!("{err:#}"), "the window moves on in a minute");
                    self.roll_after = Instant::now() + AGAIN;
                }
            }
        }
        if self.next.is_some() {
            return self.change_over();
        }
        let now = (self.clock)();
        let window = window_of(now, self.desk.window_days);
        if self.roll.is_some() || window <= self.reading.window || Instant::now() < self.roll_after
        {
            return Ok(());
        }
        tracing::info!("a new day: the next window of judged records is read");
        self.roll = Some(Roll::begin(Aside {
            queue: self.queue.clone(),
            shelf: self.shelf.clone(),
            config: Arc::clone(&self.config),
            options: self.options.clone(),
            window,
            now,
            keep: self.desk.keep_history_days,
            judged: Arc::clone(&self.judged),
            stop: self.stop.clone(),
        })?);
        Ok(())
    }

    /// The next window takes over, between two turns, where the old one stands.
    fn change_over(&mut self) -> anyhow::Result<()> {
        let Some(next) = &mut self.next else { return Ok(()) };
        next.up_to(&self.queue, self.reading.position, |_, _| Ok(false))?;
        // The old state has counted all of it.
        next.forget();
        let Some(next) = self.next.take() else { return Ok(()) };
        self.sightings.take(&mut self.reading);
        let old = std::mem::replace(&mut self.reading, next);
        // Each scope is judged whole again soon; until then quick judgements only add.
        self.pace = Pace::default();
        // Letting go of large tables takes a while.
        let _ = std::thread::Builder::new().spawn(move || drop(old));
        tracing::info!("the window of judged records has moved on");
        Ok(())
    }

    fn tell(&mut self) {
        self.health.judged = self.reading.position;
        self.health.folded = self.reading.live.folded();
        self.health.sensors.clone_from(&self.reading.troubles);
        let mut told = self.health.clone();
        let lost = self.reading.live.sightings_lost();
        if lost > 0 {
            told.trouble.push(format!(
                "the history lacks {lost} keys of this moment: more came than are held until they \
                 are written, and a look-up may miss them"
            ));
        }
        told.trouble.extend(self.troubles.borrow().values().cloned());
        self.told.send_replace(told);
    }
}

/// Where the window begins: so many days ago, at midnight UTC.
fn window_of(now: Time, days: u32) -> Time {
    let today = now.micros().div_euclid(DAY);
    let first = today.saturating_sub(i64::from(days.saturating_sub(1)));
    Time::from_micros(first.saturating_mul(DAY))
}

/// How much of what lies between two positions is behind one, in percent.
fn percent(position: i64, (begin, end): (i64, i64)) -> u8 {
    let (read, all) = (position.saturating_sub(begin), end.saturating_sub(begin).max(1));
    let share = i128::from(read).saturating_mul(100) / i128::from(all);
    u8::try_from(share.clamp(0, 100)).unwrap_or(100)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
