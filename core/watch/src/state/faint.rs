//! Sources that did next to nothing, folded when memory is short: counted, no longer listed.

use ward_kernel::{Addr, hash};

use crate::sketch::Hll;

const SLOTS: usize = 1 << 22;

/// The folded sources. A source that comes back finds (an upper estimate of) the failed contacts
/// that were folded, so a slow scan cannot hide in the crowd by being forgotten between probes.
#[derive(Clone, Debug)]
pub struct Faint {
    slots: Vec<u8>,
    size: usize,
    sources: Hll,
    /// Probes of folded sources.
    pub probes: u64,
    /// How many times sources were folded.
    pub folded: u64,
    logins: u64,
}

impl Default for Faint {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            size: SLOTS,
            sources: Hll::default(),
            probes: 0,
            folded: 0,
            logins: 0,
        }
    }
}

impl Faint {
    /// Takes fewer slots (a power of two) if nothing was folded yet: estimates are then coarser.
    pub fn shrink_to(&mut self, slots: usize) {
        if self.slots.is_empty() && slots.is_power_of_two() {
            self.size = self.size.min(slots);
        }
    }

    /// Folds a source with so many distinct failed contacts and probes.
    pub fn fold(&mut self, source: Addr, contacts: u32, probes: u64) {
        if self.slots.is_empty() {
            self.slots = vec![0; self.size];
        }
        let hash = slot_hash(source);
        let at = self.slot_of(hash);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = slot.saturating_add(u8::try_from(contacts).unwrap_or(u8::MAX));
        }
        self.sources.add(hash);
        self.probes = self.probes.saturating_add(probes);
        self.folded = self.folded.saturating_add(1);
    }

    /// About how many failed contacts of this source were folded (never fewer).
    #[must_use]
    pub fn contacts(&self, source: Addr) -> u8 {
        self.slots.get(self.slot_of(slot_hash(source))).copied().unwrap_or(0)
    }

    /// Takes in what another worker folded.
    pub fn merge(&mut self, other: &Self) {
        if self.slots.is_empty() {
            self.slots.clone_from(&other.slots);
            self.size = other.size;
        } else {
            for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
                *mine = mine.saturating_add(*theirs);
            }
        }
        self.sources.merge(&other.sources);
        self.probes = self.probes.saturating_add(other.probes);
        self.folded = self.folded.saturating_add(other.folded);
        self.logins = self.logins.saturating_add(other.logins);
    }

    /// About how many sources were folded; 0 exactly when none was.
    #[must_use]
    pub fn sources(&self) -> u64 {
        if self.folded == 0 { 0 } else { self.sources.count() }
    }

    /// About how many sources there are, folded ones and these together; `None` when none was
    /// folded.
    #[must_use]
    pub fn sources_with(&self, live: impl Iterator<Item = Addr>) -> Option<u64> {
        if self.folded == 0 {
            return None;
        }
        let mut all = self.sources.clone();
        live.for_each(|source| all.add(slot_hash(source)));
        Some(all.count())
    }

    /// Failed sign-ins of folded sources.
    #[must_use]
    pub const fn logins(&self) -> u64 {
        self.logins
    }

    /// Counts failed sign-ins of a source that is folded.
    pub const fn forget_logins(&mut self, efforts: u64) {
        self.logins = self.logins.saturating_add(efforts);
    }

    fn slot_of(&self, hash: u64) -> usize {
        usize::try_from(hash).unwrap_or(0) & (self.size - 1)
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.slots.len()
    }
}

fn slot_hash(source: Addr) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the number is cut into two halves")]
    let (high, low) = ((source.bits() >> 64) as u64, source.bits() as u64);
    hash::join(high, low)
}
