//! A night again: everything that was put down, in one order, and how it all stood at a moment.
//!
//! [`Replay::stand`] folds the entries up to the moment and looks at nothing else, by the same
//! machines that the room itself runs on: what it says of now is what the pages say of now, and what
//! it says of a moment never changes by what was put down later.

mod event;
mod stand;

use std::collections::BTreeMap;

use ward_kernel::Time;

pub use event::{Event, Lane, Said, Sensor, Step, Text};
pub use stand::{Case, Placed, Stand};

/// Everything that was put down, in order.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    events: Vec<Event>,
    /// When each event came to stand, in the order of the events: never earlier than the one before
    /// it in its log, whatever a clock that was set back says.
    moments: Vec<Time>,
}

impl Replay {
    /// Puts events in order: by the moment at which they came to stand, then by their log's id,
    /// then by their number. Events of one log keep the order of their numbers.
    #[must_use]
    pub fn new(mut events: Vec<Event>) -> Self {
        events.sort_by(|a, b| (&a.log, a.number).cmp(&(&b.log, b.number)));
        events.dedup_by(|a, b| (&a.log, a.number) == (&b.log, b.number));
        let mut newest: BTreeMap<String, Time> = BTreeMap::new();
        let stood = |event: Event| {
            let newest = newest.entry(event.log.clone()).or_insert(event.at);
            *newest = event.at.max(*newest);
            (*newest, event)
        };
        let mut all: Vec<(Time, Event)> = events.into_iter().map(stood).collect();
        // Stable: what is equal keeps the order of log and number.
        all.sort_by_key(|(at, _)| *at);
        let (moments, events) = all.into_iter().unzip();
        Self { events, moments }
    }

    /// All events, the first first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events from a moment on up to and with another, the first first.
    #[must_use]
    pub fn between(&self, from: Time, to: Time) -> &[Event] {
        let first = self.moments.partition_point(|at| *at < from);
        self.events.get(first..self.until(to)).unwrap_or_default()
    }

    /// How many events had come to stand at a moment.
    #[must_use]
    pub fn until(&self, at: Time) -> usize {
        self.moments.partition_point(|one| *one <= at)
    }

    /// The moment of the next event after one.
    #[must_use]
    pub fn next(&self, after: Time) -> Option<Time> {
        self.moments.get(self.until(after)).copied()
    }

    /// The moment of the last event before one.
    #[must_use]
    pub fn previous(&self, before: Time) -> Option<Time> {
        let first = self.moments.partition_point(|one| *one < before);
        self.moments.get(first.checked_sub(1)?).copied()
    }

    /// How everything stood at a moment.
    #[must_use]
    pub fn stand(&self, at: Time) -> Stand {
        let mut stand = Stand::at(at);
        self.events.iter().take(self.until(at)).for_each(|event| stand.take(event));
        stand
    }
}

#[cfg(test)]
mod tests;
