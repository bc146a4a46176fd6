//! All contents that were ever read, as far back as is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::place::{Place, Sight};
use crate::clock;

/// Most contents that are remembered; those that moved on longest ago are forgotten first.
const MOST: usize = 4096;

/// The contents.
#[derive(Debug, Default)]
pub(super) struct Known {
    places: BTreeMap<String, Place>,
    /// Keys of contents that a tail reads now.
    active: BTreeSet<String>,
}

/// What is known of a file that was found.
#[derive(Debug)]
pub(super) enum Finding {
    /// A content that nobody has read.
    New,
    /// A content that was read up to this place, and that no tail reads now.
    Left(Place),
    /// A tail reads it.
    Read,
}

impl Known {
    pub(super) fn new(cursors: &BTreeMap<String, Value>) -> Self {
        let places = cursors.iter().filter_map(|(key, place)| Place::read(key, place));
        let places = places.map(|place| (place.key(), place)).collect();
        Self { places, active: BTreeSet::new() }
    }

    /// Looks a file up.
    pub(super) fn find(&self, sight: &Sight<'_>) -> Finding {
        let found = self.places.values().filter(|place| place.is_in(sight));
        match found.max_by_key(|place| (place.position, place.generation)) {
            None => Finding::New,
            Some(place) if self.active.contains(&place.key()) => Finding::Read,
            Some(place) => Finding::Left(place.clone()),
        }
    }

    /// Places of a stream that no tail reads and that may have more to read, newest first.
    pub(super) fn left(&self, stream: &str) -> Vec<Place> {
        let mut left: Vec<_> = self
            .places
            .values()
            .filter(|place| place.stream == stream && !place.done)
            .filter(|place| !self.active.contains(&place.key()))
            .cloned()
            .collect();
        left.sort_by_key(|place| std::cmp::Reverse(place.generation));
        left
    }

    /// The generation that a new content of the stream gets: seconds since 1970, and always
    /// higher than the last, so that it is unique even when all places are lost.
    pub(super) fn next_generation(&self, stream: &str) -> u64 {
        let now = clock::generation();
        let own = self.places.values().filter(|place| place.stream == stream);
        own.map(|place| place.generation.saturating_add(1)).max().unwrap_or(0).max(now)
    }

    /// A tail begins to read at this place.
    pub(super) fn begin(&mut self, place: &Place) {
        self.active.insert(place.key());
        self.set(place);
    }

    /// A tail stands here now.
    pub(super) fn set(&mut self, place: &Place) {
        self.places.insert(place.key(), place.clone());
        if self.places.len() > MOST {
            let idle = self.places.values().filter(|place| !self.active.contains(&place.key()));
            let oldest = idle.min_by_key(|place| place.seen).map(Place::key);
            if let Some(key) = oldest {
                self.places.remove(&key);
            }
        }
    }

    /// A tail reads no more.
    pub(super) fn end(&mut self, place: &Place) {
        self.active.remove(&place.key());
        self.set(place);
    }
}
