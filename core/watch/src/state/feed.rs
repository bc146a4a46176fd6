//! The door through which a reader of one file puts records into an engine.

use ward_kernel::Time;
use ward_records::{Event, Sink};

use super::{Engine, Origin};

/// A [`Sink`] that puts the records of one file into an engine.
#[derive(Debug)]
pub struct Feed<'a> {
    /// The engine.
    pub engine: &'a mut Engine,
    /// The file, and the kind of sensor that wrote it.
    pub origin: Origin,
}

impl Sink for Feed<'_> {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.engine.take(self.origin, at, event);
    }

    fn aside(&mut self, _at: u64, time: Option<Time>) {
        self.engine.aside(self.origin.file, time);
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.engine.misread(self.origin.file, at, line, why);
    }
}
