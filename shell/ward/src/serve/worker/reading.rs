//! One reading of the queue: batches from a place onwards, given to engines.
//!
//! What a reading holds is a function of the batches that it took, from where it began up to its
//! position. Two readings of the same batches are equal, whenever each of them was made.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::sync::Arc;

use anyhow::Context as _;
use flate2::read::GzDecoder;
use tokio::runtime::Handle;
use ward_history::day_of;
use ward_kernel::Time;
use ward_live::{Gathered, Live, StreamInfo};
use ward_store::{Store, batch, stream};
use ward_watch::Config;

/// Batches taken at a time.
const STEP: i64 = 64;

/// A batch is at most this big when unpacked; what is longer was not made by a sensor.
pub(in crate::serve) const LONGEST: u64 = 16 << 20;

/// Records read, by day, sensor and jurisdiction.
pub(super) type HeardOf = BTreeMap<(i32, String, String), u64>;

/// The queue, as the threads that judge read it.
#[derive(Clone)]
pub(super) struct Queue {
    pub(super) store: Store,
    pub(super) runtime: Handle,
}

impl Queue {
    /// The place before the first batch of a window.
    pub(super) fn before(&self, window: Time) -> anyhow::Result<i64> {
        self.runtime.block_on(async {
            let mut read = self.store.read().await?;
            Ok(batch::position_before(read.link(), window).await?)
        })
    }

    fn after(&self, position: i64, limit: i64) -> anyhow::Result<Vec<batch::Kept>> {
        self.runtime.block_on(async {
            let mut read = self.store.read().await?;
            Ok(batch::after(read.link(), position, limit).await?)
        })
    }

    fn stream(&self, id: i64) -> anyhow::Result<stream::Stream> {
        let stream = self.runtime.block_on(async {
            let mut read = self.store.read().await?;
            stream::by_id(read.link(), id).await
        })?;
        stream.context("a batch names a stream that the store does not know")
    }
}

/// What one step took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    /// Batches.
    pub(super) batches: usize,
    /// Whether there may be more.
    pub(super) more: bool,
    /// Records.
    pub(super) records: u64,
    /// When the newest of them was taken in.
    pub(super) newest: Time,
}

/// Whose a stream is.
struct Whose {
    sensor: String,
    sensor_name: String,
    jurisdiction: String,
    stream: String,
}

/// A reading of the queue.
pub(super) struct Reading {
    pub(super) live: Live,
    /// Where the window begins.
    pub(super) window: Time,
    /// The last batch that was taken.
    pub(super) position: i64,
    /// Whose each stream is that is open.
    opened: HashMap<i64, Whose>,
    /// The newest trouble with what a sensor sent, by its id.
    pub(super) troubles: BTreeMap<String, String>,
    /// The newest stream of each name: when the next begins, the one before is at its end.
    newest: HashMap<(String, String), i64>,
    /// Records read since sightings were last handed over.
    heard: HeardOf,
}

impl Reading {
    /// Nothing read yet; it begins behind `position`.
    pub(super) fn new(
        config: &Arc<Config>,
        options: &ward_live::Options,
        window: Time,
        position: i64,
    ) -> Self {
        let options = ward_live::Options { since: Some(window), ..options.clone() };
        Self {
            live: Live::new(Arc::clone(config), options),
            window,
            position,
            opened: HashMap::new(),
            troubles: BTreeMap::new(),
            newest: HashMap::new(),
            heard: HeardOf::new(),
        }
    }

    /// Takes some batches, none behind the position `until`.
    ///
    /// # Errors
    /// Those of the store; what was taken before stays taken.
    pub(super) fn step(&mut self, queue: &Queue, until: i64) -> anyhow::Result<Taken> {
        let limit = STEP.min(until.saturating_sub(self.position));
        let batches = queue.after(self.position, limit)?;
        let more = batches.len() == usize::try_from(limit).unwrap_or(0);
        let mut taken = Taken { more, ..Taken::default() };
        // Positions may have gaps where old batches were deleted.
        for kept in batches.iter().take_while(|kept| kept.position <= until) {
            self.take(queue, kept, &mut taken)?;
            self.position = kept.position;
            taken.batches = taken.batches.saturating_add(1);
        }
        Ok(taken)
    }

    /// Takes all batches up to the position `until`. Returns when none are left, or `stop` says so.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn up_to(
        &mut self,
        queue: &Queue,
        until: i64,
        mut stop: impl FnMut(&mut Self, Taken) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        while self.position < until {
            let taken = self.step(queue, until)?;
            if taken.batches == 0 {
                // What stood between was deleted long ago.
                self.position = until;
            }
            if stop(self, taken)? {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, queue: &Queue, kept: &batch::Kept, taken: &mut Taken) -> anyhow::Result<()> {
        let Ok(stream) = u32::try_from(kept.stream) else { return Ok(()) };
        if kept.body.is_empty() {
            // Its records were thrown away in time.
            return Ok(());
        }
        if !self.opened.contains_key(&kept.stream) {
            self.open(queue, kept, taken)?;
        }
        let mut bytes = Vec::new();
        let unpacked = GzDecoder::new(kept.body.as_slice()).take(LONGEST).read_to_end(&mut bytes);
        if let Err(err) = unpacked {
            // It was whole when it was taken in: the store's disk has damaged it.
            tracing::error!(position = kept.position, error = %err, "a batch is damaged");
            return Ok(());
        }
        let read = self.live.take(stream, kept.base, kept.received, &bytes);
        self.hear(kept, read.records);
        taken.records = taken.records.saturating_add(read.records);
        taken.newest = taken.newest.max(kept.received);
        for problem in read.problems.iter().take(3) {
            tracing::warn!(stream = kept.stream, offset = problem.offset, "{}", problem.what);
        }
        if let (Some(problem), Some(whose)) = (read.problems.last(), self.opened.get(&kept.stream))
        {
            let what = format!("{}, byte {}: {}", whose.stream, problem.offset, problem.what);
            self.troubles.insert(whose.sensor.clone(), what);
        }
        Ok(())
    }

    /// Makes the stream of a batch known; the one that it follows is at its end.
    fn open(&mut self, queue: &Queue, kept: &batch::Kept, taken: &mut Taken) -> anyhow::Result<()> {
        let stream = queue.stream(kept.stream)?;
        let name = (stream.sensor.clone(), stream.name.clone());
        if let Some(before) = self.newest.insert(name, kept.stream)
            && before != kept.stream
            && let Ok(before) = u32::try_from(before)
        {
            // The moment is the batch's, so that every reading closes it at the same one.
            let read = self.live.close(before, kept.received);
            taken.records = taken.records.saturating_add(read.records);
        }
        let whose = Whose {
            sensor: stream.sensor,
            sensor_name: stream.sensor_name.clone(),
            jurisdiction: stream.jurisdiction.clone(),
            stream: stream.name.clone(),
        };
        self.opened.insert(kept.stream, whose);
        self.live.open(StreamInfo {
            id: u32::try_from(kept.stream).unwrap_or(u32::MAX),
            name: stream.name,
            sensor: stream.sensor_name,
            jurisdiction: stream.jurisdiction,
            format: (!stream.format.is_empty()).then_some(stream.format),
            head: stream.head,
        });
        Ok(())
    }

    /// Counts records for the history, which says how many it was made of.
    fn hear(&mut self, kept: &batch::Kept, records: u64) {
        let Some(whose) = self.opened.get(&kept.stream) else { return };
        let (sensor, jurisdiction) = (whose.sensor_name.clone(), whose.jurisdiction.clone());
        let key = (day_of(kept.received), sensor, jurisdiction);
        let count = self.heard.entry(key).or_default();
        *count = count.saturating_add(records);
    }

    /// Hands over what was counted for the history since the last time.
    pub(super) fn hand_over(&mut self) -> (Gathered, HeardOf) {
        (self.live.gather_sightings(), std::mem::take(&mut self.heard))
    }

    /// Lets go what was counted for the history: it has that already.
    pub(super) fn forget(&mut self) {
        self.live.forget_sightings();
        self.heard.clear();
    }
}
