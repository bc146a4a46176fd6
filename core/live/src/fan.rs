//! One record to everybody who wants it: the state's engine, the jurisdiction's, the sightings.

use ward_kernel::Time;
use ward_records::{Event, Sink};
use ward_watch::{Engine, Origin};

use crate::Taken;
use crate::sightings::Sightings;

/// Where the records of one stream go.
pub(crate) struct Fan<'a> {
    /// The state's engine, and what the stream is there.
    pub(crate) state: (&'a mut Engine, Origin),
    /// The jurisdiction's.
    pub(crate) local: Option<(&'a mut Engine, Origin)>,
    pub(crate) sightings: &'a mut Sightings,
    /// The sensor's number in the sightings.
    pub(crate) sensor: u32,
    pub(crate) received: Time,
    pub(crate) taken: &'a mut Taken,
}

impl Fan<'_> {
    fn count(&mut self, time: Option<Time>) {
        self.taken.records = self.taken.records.saturating_add(1);
        self.taken.newest = self.taken.newest.max(time);
    }
}

impl Sink for Fan<'_> {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.count(Some(event.time));
        let (state, origin) = &mut self.state;
        state.take(*origin, at, event);
        if let Some((local, origin)) = &mut self.local {
            local.take(*origin, at, event);
        }
        let source = state.source_of(event);
        self.sightings.note(self.sensor, self.received, source, event, state.config());
    }

    fn aside(&mut self, _at: u64, time: Option<Time>) {
        self.count(time);
        let (state, origin) = &mut self.state;
        state.aside(origin.file, time);
        if let Some((local, origin)) = &mut self.local {
            local.aside(origin.file, time);
        }
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.taken.misread = self.taken.misread.saturating_add(1);
        let (state, origin) = &mut self.state;
        state.misread(origin.file, at, line, why);
        if let Some((local, origin)) = &mut self.local {
            local.misread(origin.file, at, line, why);
        }
    }
}
