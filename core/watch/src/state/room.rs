//! Keeps the engine within its memory: weighs it now and then, folds what did next to nothing.

use ward_kernel::Addr;
use ward_records::Touch;

use super::calls::{Calls, LIMIT};
use super::engine::{Engine, Pair, Tables};
use super::source::Source;

/// Outward pairs that are kept before the rare ones are forgotten.
const PAIRS: usize = 200_000;

/// Bytes that a source takes at first, and that a record adds, generously: what the engine may
/// have grown by since it was weighed.
const NEW_SOURCE: usize = 600;
const NEW_RECORD: usize = 40;

/// What is folded first, and what only when that was not enough: failed contacts and requests of
/// a source.
const FAINT: [(usize, u32); 7] =
    [(0, 4), (1, 8), (2, 16), (4, 64), (8, 256), (32, 1024), (usize::MAX, u32::MAX)];

/// The engine's allowance and when it is weighed next.
#[derive(Clone, Debug)]
pub(super) struct Room {
    allowance: usize,
    weight: usize,
    weighed_sources: usize,
    weighed_records: u64,
    /// How many calls of a pair are kept.
    pub calls_kept: usize,
    /// Whether sources had to be folded.
    pub folded: bool,
}

/// How many calls of a pair are kept when they weigh too much; a beacon shows in twenty.
const SHORTER: [usize; 4] = [256, 128, 64, 32];

impl Room {
    /// A quarter of the memory goes to the summaries; the rest is for file buffers, for what the
    /// allocator leaves between them, for two summaries becoming one, and for the report.
    pub(super) fn new(memory: usize, workers: usize) -> Self {
        Self {
            allowance: memory / 4 / workers.max(1),
            weight: 0,
            weighed_sources: 0,
            weighed_records: 0,
            calls_kept: LIMIT,
            folded: false,
        }
    }

    /// The allowance of two workers together.
    pub(super) fn join(&mut self, other: &Self) {
        self.allowance = self.allowance.saturating_add(other.allowance);
        self.folded |= other.folded;
        self.calls_kept = self.calls_kept.min(other.calls_kept);
        self.weight = usize::MAX;
    }

    /// Forgets rare outward pairs when there are too many.
    pub(super) fn calls(&self, tables: &mut Tables) {
        if tables.calls.len() <= PAIRS {
            return;
        }
        tables.calls_forgotten = true;
        for least in [4, 16, 64, u32::MAX] {
            tables.calls.retain(|_, calls| calls.count >= least);
            if tables.calls.len() <= PAIRS / 2 {
                return;
            }
        }
    }

    /// Keeps fewer calls of each pair, and then fewer pairs, until all of them take no more than half
    /// of the allowance: they are no sources, and folding those would not make them lighter.
    fn shorten_calls(&mut self, tables: &mut Tables) {
        let most = self.allowance / 2;
        if weigh_calls(tables) <= most {
            return;
        }
        let kept = self.calls_kept;
        for limit in SHORTER.into_iter().filter(|limit| *limit < kept) {
            self.calls_kept = limit;
            tables.calls.values_mut().for_each(|calls| calls.shorten(limit));
            // Below the half, so that it is not done again with the next record.
            if weigh_calls(tables) <= most / 4 * 3 {
                return;
            }
        }
        for least in [4, 16, 64, 1024, u32::MAX] {
            if weigh_calls(tables) <= most {
                return;
            }
            tables.calls_forgotten = true;
            tables.calls.retain(|_, calls| calls.count >= least);
            tables.calls.shrink_to_fit();
        }
    }
}

/// Slots of the sketch of folded sources in an engine that shares its memory with many others.
const SMALL_SKETCH: usize = 1 << 20;

impl Engine {
    /// Lets the engine use another amount of memory from now on, in the sense of
    /// [`crate::Config::memory`]: for one of many engines that share it. What it holds beyond is
    /// folded with the next records. Engines that shall merge must not have different sketches:
    /// call this on all of them or on none.
    pub fn allow(&mut self, memory: usize) {
        self.room.allowance = memory / 4;
        // Weighed again with the next record.
        self.room.weight = usize::MAX;
        self.tables.faint.shrink_to(SMALL_SKETCH);
    }

    /// Bytes that the summaries of sources and of outward calls take, roughly.
    #[must_use]
    pub fn weight(&self) -> usize {
        weigh(&self.tables)
    }

    /// Folds sources when the tables are near the allowance.
    pub(super) fn make_room(&mut self) {
        let sources = self.tables.sources.len().saturating_sub(self.room.weighed_sources);
        let records = self.tables.records.saturating_sub(self.room.weighed_records);
        let grown = sources
            .saturating_mul(NEW_SOURCE)
            .saturating_add(usize::try_from(records).unwrap_or(0).saturating_mul(NEW_RECORD));
        if self.room.weight.saturating_add(grown) <= self.room.allowance {
            return;
        }
        let mut weight = weigh(&self.tables);
        if weight > self.room.allowance / 8 * 7 {
            weight = self.lighten();
        }
        // Weighing walks through everything: what cannot be made lighter is not weighed again before
        // it may have grown by an eighth.
        self.room.weight = weight.min(self.room.allowance / 8 * 7);
        self.room.weighed_sources = self.tables.sources.len();
        self.room.weighed_records = self.tables.records;
    }

    /// Folds sources, the faintest first, until an eighth of the allowance is free again.
    fn lighten(&mut self) -> usize {
        let enough = self.room.allowance / 4 * 3;
        self.room.shorten_calls(&mut self.tables);
        let mut weight = weigh(&self.tables);
        if weight <= enough {
            return weight;
        }
        self.room.folded = true;
        for (failures, requests) in FAINT {
            self.fold(|source| source.is_faint(failures, requests));
            weight = weigh(&self.tables);
            if weight <= enough {
                return weight;
            }
        }
        for records in [1, 2, 4, 16, 256, u32::MAX] {
            self.fold(|source| source.records <= records);
            weight = weigh(&self.tables);
            if weight <= enough {
                break;
            }
        }
        weight
    }

    fn fold(&mut self, mut faint: impl FnMut(&Source) -> bool) {
        let Tables { sources, faint: sketch, .. } = &mut self.tables;
        sources.retain(|addr, source| {
            let goes = faint(source);
            if goes {
                let (net, probes) = source.flows.as_ref().map_or((0, 0), |flows| {
                    let all = flows.contacts().len();
                    let failed = flows.contacts().filter(|c| c.touch == Touch::Failed).count();
                    // What was answered speaks for the source when it comes back.
                    let net = failed.saturating_sub(all - failed);
                    (u32::try_from(net).unwrap_or(u32::MAX), u64::from(flows.failed()))
                });
                let efforts = source.logins.as_ref().map_or(0, |logins| logins.efforts());
                sketch.forget_logins(efforts);
                // What was folded before is in the sketch already.
                sketch.fold(*addr, net, probes);
            }
            !goes
        });
        sources.shrink_to_fit();
    }
}

/// Bytes that the tables take, roughly.
fn weigh(tables: &Tables) -> usize {
    let slot = size_of::<Addr>() + size_of::<Source>() + 1;
    let sources: usize = tables.sources.values().map(Source::heap).sum();
    tables.sources.capacity() * 8 / 7 * slot + sources + weigh_calls(tables)
}

/// Bytes that outward calls take, roughly.
fn weigh_calls(tables: &Tables) -> usize {
    let pair = size_of::<Pair>() + size_of::<Calls>() + 1;
    let calls: usize = tables.calls.values().map(Calls::heap).sum();
    tables.calls.capacity() * 8 / 7 * pair + calls
}
