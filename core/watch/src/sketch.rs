//! Summaries of sets that are too large to keep: both merge, and neither depends on order.

use std::cmp::Ordering;

/// Counts distinct hashes in 1 KiB with a standard error of 3.3 % (`HyperLogLog` with 2^10
/// registers, Flajolet et al. 2007; linear counting below 2.5 registers' worth).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hll(Box<[u8; REGISTERS]>);

const BITS: u32 = 10;
const REGISTERS: usize = 1 << BITS;

impl Default for Hll {
    fn default() -> Self {
        Self(Box::new([0; REGISTERS]))
    }
}

impl Hll {
    /// Adds a hash (all 64 bits must be well mixed).
    pub fn add(&mut self, hash: u64) {
        let register = usize::try_from(hash >> (64 - BITS)).unwrap_or(0);
        let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() + 1;
        if let Some(seen) = self.0.get_mut(register) {
            *seen = (*seen).max(u8::try_from(rank).unwrap_or(u8::MAX));
        }
    }

    /// Takes in what another saw.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0.iter()) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// About how many distinct hashes were added.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate of at most 2^64 with 3 % error"
    )]
    pub fn count(&self) -> u64 {
        let m = REGISTERS as f64;
        let sum: f64 = self.0.iter().map(|rank| f64::exp2(-f64::from(*rank))).sum();
        let estimate = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.0.iter().filter(|rank| **rank == 0).count();
        if estimate <= 2.5 * m && empty > 0 {
            return (m * (m / empty as f64).ln()).round() as u64;
        }
        estimate.round() as u64
    }
}

/// Counts distinct hashes in 64 bits by linear counting: good to about 150.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bitmap(u64);

impl Bitmap {
    /// Adds a hash.
    pub const fn add(&mut self, hash: u64) {
        self.0 |= 1 << (hash >> 58);
    }

    /// Takes in what another saw.
    pub const fn merge(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// About how many distinct hashes were added; 266 when all bits are set.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 266"
    )]
    pub fn count(self) -> u32 {
        match self.0.count_zeros() {
            0 => 266,
            empty => (64.0 * (64.0 / f64::from(empty)).ln()).round() as u32,
        }
    }
}

/// An entry of a [`Sample`]: what it is (and is found by), how it is drawn, how two sightings of
/// the same thing become one.
pub trait Entry {
    /// The fixed hash by which entries are drawn: the smallest stay.
    fn rank(&self) -> u64;
    /// Orders entries of equal rank by what they are; equal ones are the same thing.
    fn tie(&self, other: &Self) -> Ordering;
    /// Joins another sighting of the same entry into this one; must not depend on order.
    fn join(&mut self, other: Self);
}

/// The `limit` entries with the smallest hashes, each with all its sightings joined. An entry
/// that is in the final sample was never outside it, so what it holds is exact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sample<E> {
    entries: Vec<E>,
}

impl<E> Default for Sample<E> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<E: Entry> Sample<E> {
    /// Adds a sighting; returns whether something had to stay out.
    pub fn add(&mut self, entry: E, limit: usize) -> bool {
        let rank = entry.rank();
        let found = self
            .entries
            .binary_search_by(|held| held.rank().cmp(&rank).then_with(|| held.tie(&entry)));
        match found {
            Ok(at) => {
                if let Some(held) = self.entries.get_mut(at) {
                    held.join(entry);
                }
                false
            }
            Err(at) if at >= limit => true,
            Err(at) => {
                if self.entries.is_empty() {
                    self.entries.reserve_exact(1);
                }
                self.entries.insert(at, entry);
                self.entries.len() > limit && self.entries.pop().is_some()
            }
        }
    }

    /// Takes in another sample; returns whether something had to stay out.
    pub fn merge(&mut self, other: Self, limit: usize) -> bool {
        let mut full = false;
        if self.entries.is_empty() {
            self.entries = other.entries;
            return false;
        }
        for entry in other.entries {
            full |= self.add(entry, limit);
        }
        full
    }

    /// Keeps the `limit` entries with the smallest hashes: what a sample of that size would hold.
    pub fn shorten(&mut self, limit: usize) {
        if self.entries.len() > limit {
            self.entries.truncate(limit);
            self.entries.shrink_to_fit();
        }
    }

    /// What is held, in the order of the hash.
    pub fn iter(&self) -> std::slice::Iter<'_, E> {
        self.entries.iter()
    }

    /// How many entries are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.entries.capacity() * size_of::<E>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::hash;

    use super::*;

    #[test]
    fn hll_error_is_small() {
        for n in [10_u64, 1_000, 100_000] {
            let mut hll = Hll::default();
            (0..n).for_each(|i| hll.add(hash::mix(i)));
            let error = hll.count().abs_diff(n) * 100 / n;
            assert!(error <= 8, "{n}: {}", hll.count());
        }
    }

    #[derive(Clone, Debug, Eq, PartialEq)]
    struct Seen(u64, u32);

    impl Entry for Seen {
        fn rank(&self) -> u64 {
            hash::mix(self.0)
        }
        fn tie(&self, other: &Self) -> Ordering {
            self.0.cmp(&other.0)
        }
        fn join(&mut self, other: Self) {
            self.1 += other.1;
        }
    }

    proptest! {
        #[test]
        fn sample_does_not_depend_on_order_or_split(
            items in proptest::collection::vec(0_u64..40, 0..200), cut in 0_usize..200,
        ) {
            let take = |items: &[u64]| {
                let mut sample = Sample::default();
                for item in items { sample.add(Seen(*item, 1), 8); }
                sample
            };
            let whole = take(&items);
            let mut backwards = items.clone();
            backwards.reverse();
            prop_assert_eq!(&take(&backwards), &whole);
            let (left, right) = items.split_at(cut.min(items.len()));
            let mut joined = take(left);
            joined.merge(take(right), 8);
            prop_assert_eq!(&joined, &whole);
        }
    }
}
