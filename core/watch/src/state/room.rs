//! Keeps the engine within its memory: weighs it now and then, folds what did next to nothing.

use ward_kernel::Addr;
use ward_records::Touch;

use super::engine::{Engine, Pair, Tables};
use super::source::Source;

/// Outward pairs that are kept before the rare ones are forgotten.
const PAIRS: usize = 200_000;

/// The engine's allowance and when it is weighed next.
#[derive(Clone, Debug)]
pub struct Room {
    allowance: usize,
    weigh_at: u64,
    /// Whether sources had to be folded.
    pub folded: bool,
}

impl Room {
    /// Two fifths of the memory go to the summaries; the rest is for file buffers, for two
    /// summaries becoming one, and for the report.
    pub fn new(memory: usize, workers: usize) -> Self {
        Self { allowance: memory / 5 * 2 / workers.max(1), weigh_at: 65_536, folded: false }
    }

    /// The allowance of two workers together.
    pub fn join(&mut self, other: &Self) {
        self.allowance = self.allowance.saturating_add(other.allowance);
        self.folded |= other.folded;
        self.weigh_at = 0;
    }

    /// Forgets rare outward pairs when there are too many.
    pub fn calls(&self, tables: &mut Tables) {
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
}

impl Engine {
    /// Folds sources when the tables are near the allowance.
    pub(super) fn make_room(&mut self) {
        if self.tables.records < self.room.weigh_at {
            return;
        }
        let mut weight = weigh(&self.tables);
        self.room.weigh_at = self.tables.records
            + (self.tables.sources.len() as u64 * 2).max(65_536);
        if weight <= self.room.allowance {
            return;
        }
        self.room.folded = true;
        for (contacts, requests) in [(1, 4), (2, 8), (8, 64), (32, 1024), (usize::MAX, u32::MAX)] {
            self.fold(|source| source.is_faint(contacts, requests));
            weight = weigh(&self.tables);
            if weight <= self.room.allowance / 4 * 3 {
                return;
            }
        }
        for records in [1, 2, 4, 16, 256, u32::MAX] {
            if weight > self.room.allowance {
                self.fold(|source| source.records <= records);
                weight = weigh(&self.tables);
            }
        }
    }

    fn fold(&mut self, mut faint: impl FnMut(&Source) -> bool) {
        let Tables { sources, faint: sketch, .. } = &mut self.tables;
        sources.retain(|addr, source| {
            let goes = faint(source);
            if goes {
                let (failed, probes) = source.flows.as_ref().map_or((0, 0), |flows| {
                    let failed = flows.contacts().filter(|c| c.touch == Touch::Failed).count();
                    (u32::try_from(failed).unwrap_or(u32::MAX), u64::from(flows.failed))
                });
                // What was folded before is in the sketch already.
                sketch.fold(*addr, failed, probes);
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
    let calls: usize = tables.calls.values().map(super::calls::Calls::heap).sum();
    let pair = size_of::<Pair>() + size_of::<super::calls::Calls>() + 1;
    tables.sources.capacity() * 8 / 7 * slot
        + sources
        + tables.calls.capacity() * 8 / 7 * pair
        + calls
}
