//! A table of things in progress that also knows which of them has been quiet longest.
//!
//! Every entry stands in one of a few queues, one for each timeout. An entry that is heard of
//! moves to the back of its queue, so the fronts are the ones to look at, and expiry costs nothing
//! for entries that stay.

use hashbrown::HashTable;
use ward_kernel::{Addr, hash};

/// Who talks to whom, the same for both directions.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key {
    /// The two ends, the lower one first.
    pub(crate) ends: [(Addr, u16); 2],
    /// Protocol number.
    pub(crate) protocol: u8,
    /// What else tells apart: the exporter, the kind of ICMP query.
    pub(crate) scope: u32,
}

impl Key {
    /// The key of a packet, and which of its ends (0 or 1) sent it.
    pub(crate) fn of(
        from: (Addr, u16),
        to: (Addr, u16),
        protocol: u8,
        scope: u32,
    ) -> (Self, usize) {
        let (ends, sender) = if from <= to { ([from, to], 0) } else { ([to, from], 1) };
        (Self { ends, protocol, scope }, sender)
    }

    /// One end.
    pub(crate) fn end(&self, which: usize) -> (Addr, u16) {
        let [low, high] = self.ends;
        if which == 0 { low } else { high }
    }

    fn hash(&self, seed: u64) -> u64 {
        let [low, high] = self.ends;
        let rest = u64::from(low.1) | u64::from(high.1) << 16 | u64::from(self.scope) << 32;
        let mut sum = hash::mix(seed ^ rest).wrapping_add(u64::from(self.protocol));
        for (addr, _) in self.ends {
            let bits = addr.bits();
            #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
            let halves = [bits as u64, (bits >> 64) as u64];
            for half in halves {
                sum = hash::mix(sum ^ half);
            }
        }
        sum
    }
}

/// How many queues a table has.
pub(crate) const QUEUES: usize = 4;
const NONE: u32 = u32::MAX;

/// The table.
#[derive(Debug)]
pub(crate) struct Slots<V> {
    seed: u64,
    index: HashTable<u32>,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
    queues: [Queue; QUEUES],
}

#[derive(Debug)]
struct Slot<V> {
    key: Key,
    /// `None` while the slot is free.
    value: Option<V>,
    queue: usize,
    before: u32,
    after: u32,
}

#[derive(Clone, Copy, Debug)]
struct Queue {
    front: u32,
    back: u32,
}

impl<V> Slots<V> {
    /// An empty table whose hash depends on `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            index: HashTable::new(),
            slots: Vec::new(),
            free: Vec::new(),
            queues: [Queue { front: NONE, back: NONE }; QUEUES],
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The entry of a key.
    pub(crate) fn find(&self, key: &Key) -> Option<u32> {
        let same = |id: &u32| self.slot(*id).is_some_and(|slot| slot.key == *key);
        self.index.find(key.hash(self.seed), same).copied()
    }

    /// What an entry holds.
    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut V> {
        self.slots.get_mut(id as usize)?.value.as_mut()
    }

    /// The entry that has been quiet longest in a queue, and what it holds.
    pub(crate) fn front(&self, queue: usize) -> Option<(u32, &V)> {
        let id = self.queues.get(queue)?.front;
        Some((id, self.slot(id)?.value.as_ref()?))
    }

    /// Puts a new entry at the back of a queue. The key must not be in the table.
    pub(crate) fn insert(&mut self, key: Key, queue: usize, value: V) -> u32 {
        let slot = Slot { key, value: Some(value), queue, before: NONE, after: NONE };
        let id = match self.free.pop() {
            Some(id) => {
                if let Some(place) = self.slots.get_mut(id as usize) {
                    *place = slot;
                }
                id
            }
            None => {
                let id = u32::try_from(self.slots.len()).unwrap_or(NONE);
                self.slots.push(slot);
                id
            }
        };
        let (seed, slots) = (self.seed, &self.slots);
        let rehash = |id: &u32| slots.get(*id as usize).map_or(0, |slot| slot.key.hash(seed));
        self.index.insert_unique(key.hash(seed), id, rehash);
        self.link(id, queue);
        id
    }

    /// Moves an entry to the back of a queue.
    pub(crate) fn touch(&mut self, id: u32, queue: usize) {
        if self.queues.get(queue).is_some_and(|queue| queue.back == id) {
            return;
        }
        self.unlink(id);
        self.link(id, queue);
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, id: u32) -> Option<(Key, V)> {
        let slot = self.slots.get_mut(id as usize)?;
        let (key, value) = (slot.key, slot.value.take()?);
        self.unlink(id);
        self.free.push(id);
        if let Ok(entry) = self.index.find_entry(key.hash(self.seed), |other| *other == id) {
            entry.remove();
        }
        Some((key, value))
    }

    /// All entries, in no useful order.
    pub(crate) fn drain(&mut self) -> Vec<(Key, V)> {
        self.index.clear();
        self.free.clear();
        self.queues = [Queue { front: NONE, back: NONE }; QUEUES];
        std::mem::take(&mut self.slots)
            .into_iter()
            .filter_map(|slot| Some((slot.key, slot.value?)))
            .collect()
    }

    fn slot(&self, id: u32) -> Option<&Slot<V>> {
        self.slots.get(id as usize)
    }

    fn unlink(&mut self, id: u32) {
        let Some(slot) = self.slots.get(id as usize) else { return };
        let (before, after, queue) = (slot.before, slot.after, slot.queue);
        match self.slots.get_mut(before as usize) {
            Some(slot) => slot.after = after,
            None => {
                if let Some(queue) = self.queues.get_mut(queue) {
                    queue.front = after;
                }
            }
        }
        match self.slots.get_mut(after as usize) {
            Some(slot) => slot.before = before,
            None => {
                if let Some(queue) = self.queues.get_mut(queue) {
                    queue.back = before;
                }
            }
        }
    }

    fn link(&mut self, id: u32, queue: usize) {
        let Some(ends) = self.queues.get_mut(queue) else { return };
        let before = std::mem::replace(&mut ends.back, id);
        if before == NONE {
            ends.front = id;
        }
        if let Some(slot) = self.slots.get_mut(before as usize) {
            slot.after = id;
        }
        if let Some(slot) = self.slots.get_mut(id as usize) {
            (slot.before, slot.after, slot.queue) = (before, NONE, queue);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn key(number: u16) -> Key {
        Key::of((Addr::v4(1), number), (Addr::v4(2), 80), 6, 0).0
    }

    #[test]
    fn both_directions_have_one_key() {
        let (one, two) = ((Addr::v4(9), 80), (Addr::v4(3), 4000));
        let (there, sender) = Key::of(one, two, 6, 0);
        let (back, other) = Key::of(two, one, 6, 0);
        assert_eq!(there, back);
        assert_eq!((sender, other), (1, 0));
        assert_eq!((there.end(sender), there.end(other)), (one, two));
    }

    proptest! {
        /// Against a plain list of (key, queue) in the order of their last touch.
        #[test]
        fn is_a_table_with_queues(steps in prop::collection::vec((0..4_u8, 0..12_u16, 0..4_usize), 0..200)) {
            let mut slots = Slots::new(7);
            let mut model: Vec<(u16, usize)> = Vec::new();
            for (what, number, queue) in steps {
                let known = model.iter().position(|(other, _)| *other == number);
                match (what, slots.find(&key(number))) {
                    (0 | 1, None) => {
                        slots.insert(key(number), queue, number);
                        model.push((number, queue));
                    }
                    (0..=2, Some(id)) => {
                        slots.touch(id, queue);
                        model.retain(|(other, _)| *other != number);
                        model.push((number, queue));
                    }
                    (_, Some(id)) => {
                        prop_assert_eq!(slots.remove(id), Some((key(number), number)));
                        model.retain(|(other, _)| *other != number);
                    }
                    (_, None) => prop_assert_eq!(known, None),
                }
                prop_assert_eq!(slots.len(), model.len());
                for queue in 0..QUEUES {
                    let first = model.iter().find(|(_, other)| *other == queue).map(|one| one.0);
                    prop_assert_eq!(slots.front(queue).map(|(_, number)| *number), first);
                }
            }
            let all: BTreeMap<Key, u16> = slots.drain().into_iter().collect();
            prop_assert_eq!(all.len(), model.len());
        }
    }
}
