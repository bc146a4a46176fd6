//! The window moves on when a day ends: the next state is made aside and takes over in one step.
//!
//! A thread of its own reads the new window's batches up to where the judging is, while the old
//! state goes on taking and judging. Then the judging thread gives the new state the few batches
//! that came meanwhile, so that both stand at one position, and changes over between two turns.
//! What the new state counted for the history is thrown away: the old one has counted it.
//!
//! While it lasts there are two states, and so twice the memory of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::{Builder, JoinHandle};

use anyhow::anyhow;
use tokio::sync::watch;
use ward_kernel::Time;
use ward_watch::Config;

use super::reading::{Queue, Reading};
use super::sightings::Shelf;

/// What the thread aside is given.
pub(super) struct Aside {
    pub(super) queue: Queue,
    pub(super) shelf: Shelf,
    pub(super) config: Arc<Config>,
    pub(super) options: ward_live::Options,
    /// Where the new window begins.
    pub(super) window: Time,
    /// The desk's time, and for how many days the history is kept.
    pub(super) now: Time,
    pub(super) keep: u32,
    /// How far the judging is: it is followed, not passed.
    pub(super) judged: Arc<AtomicI64>,
    pub(super) stop: watch::Receiver<bool>,
}

/// The next state in the making.
pub(super) struct Roll(JoinHandle<anyhow::Result<Option<Reading>>>);

impl Roll {
    /// Begins to make it.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub(super) fn begin(aside: Aside) -> anyhow::Result<Self> {
        let thread = Builder::new().name("next window".to_owned());
        Ok(Self(thread.spawn(move || aside.make())?))
    }

    /// Whether it is made, or could not be.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_finished()
    }

    /// The state; none when the desk stops. Waits for it.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn end(self) -> anyhow::Result<Option<Reading>> {
        self.0.join().map_err(|_| anyhow!("the next window ended by a fault of Ward's own"))?
    }
}

impl Aside {
    fn make(self) -> anyhow::Result<Option<Reading>> {
        if let Err(err) = self.shelf.tidy(self.now, self.keep) {
            // It can be tidied tomorrow: the window moves on all the same.
            tracing::warn!(error = %err, "the history could not be tidied");
        }
        let begin = self.queue.before(self.window)?;
        let mut reading = Reading::new(&self.config, &self.options, self.window, begin);
        self.follow(&mut reading)?;
        if *self.stop.borrow() {
            return Ok(None);
        }
        // That takes a while, and more comes meanwhile.
        reading.live.warm();
        self.follow(&mut reading)?;
        Ok((!*self.stop.borrow()).then_some(reading))
    }

    /// Reads on to where the judging is.
    fn follow(&self, reading: &mut Reading) -> anyhow::Result<()> {
        while reading.position < self.judged.load(Ordering::Acquire) && !*self.stop.borrow() {
            let until = self.judged.load(Ordering::Acquire);
            reading.up_to(&self.queue, until, |reading, _| {
                reading.forget();
                Ok(*self.stop.borrow())
            })?;
        }
        Ok(())
    }
}
