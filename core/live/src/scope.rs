//! One engine, and what it must be told of its streams.

use std::sync::Arc;

use ward_kernel::Time;
use ward_watch::{Config, Engine, FileInfo};

use crate::{Judged, StreamInfo};

/// One engine and its streams, which it knows by numbers of its own.
#[derive(Debug)]
pub(crate) struct Scope {
    name: String,
    pub(crate) engine: Engine,
    files: Vec<FileInfo>,
    /// Whether anything came since it was last judged whole.
    pub(crate) stale: bool,
}

impl Scope {
    pub(crate) fn new(name: String, config: Arc<Config>) -> Self {
        Self { name, engine: Engine::new(config, 1), files: Vec::new(), stale: false }
    }

    /// Adds a stream; returns its number here.
    pub(crate) fn add(&mut self, stream: &StreamInfo, format: &'static str) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let jurisdiction = &stream.jurisdiction;
        self.files.push(FileInfo {
            name: stream.place(),
            sensor: stream.sensor.clone(),
            jurisdiction: (!jurisdiction.is_empty()).then(|| jurisdiction.clone()),
            format,
        });
        number
    }

    /// The format of a stream became known.
    pub(crate) fn recognised(&mut self, number: u32, format: &'static str) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(file) = self.files.get_mut(at) {
            file.format = format;
        }
    }

    pub(crate) fn judge_quick(&mut self, since: Option<Time>) -> Option<Judged> {
        let cases = self.engine.judge_touched(&self.files);
        (!cases.is_empty()).then(|| Judged {
            scope: self.name.clone(),
            cases,
            complete: false,
            since,
            folded: self.engine.folded(),
            report: None,
        })
    }

    pub(crate) fn judge_full(&mut self, since: Option<Time>) -> Judged {
        self.stale = false;
        let mut report = self.engine.judge(&self.files);
        let folded = self.engine.folded() || self.engine.has_unlisted();
        Judged {
            scope: self.name.clone(),
            cases: std::mem::take(&mut report.cases),
            complete: true,
            since,
            folded,
            report: Some(report),
        }
    }
}
