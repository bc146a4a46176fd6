//! Calls from a machine of the office to one outside service: what beacons are found in.

use std::cmp::Ordering;

use super::place::Place;
use crate::sketch::{Entry, Sample};

/// Calls of one pair that are kept: the earliest.
pub const LIMIT: usize = 512;

/// Calls that began in one second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Call {
    /// When, seconds.
    pub at: u32,
    /// Payload bytes sent; 0 when unknown.
    pub sent: u32,
    /// Where the record stands.
    pub place: Place,
}

impl Entry for Call {
    fn rank(&self) -> u64 {
        u64::from(self.at)
    }

    fn tie(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }

    fn join(&mut self, other: Self) {
        self.sent = self.sent.max(other.sent);
        self.place = self.place.min(other.place);
    }
}

/// All calls from one machine to one outside service.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Calls {
    calls: Sample<Call>,
    /// How many in all.
    pub count: u32,
}

impl Calls {
    /// Adds one call; the earliest `limit` are kept.
    pub fn add(&mut self, call: Call, limit: usize) {
        self.count = self.count.saturating_add(1);
        self.calls.add(call, limit);
    }

    /// Lets all but the earliest `limit` calls go.
    pub fn shorten(&mut self, limit: usize) {
        self.calls.shorten(limit);
    }

    /// Takes in what another worker saw of the same pair.
    pub fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.calls.merge(other.calls, LIMIT);
    }

    /// The calls that are kept, in order of time.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Call> {
        self.calls.iter()
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.calls.heap()
    }
}
