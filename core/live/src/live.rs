//! Streams in, judgements out.

use std::sync::Arc;

use ward_kernel::{Sighting, Time};
use ward_records::Hints;
use ward_watch::Config;
use ward_watch::report::Case;

use crate::{Judged, Problem, StreamInfo, Taken};

/// How a [`Live`] reads.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The zone of stamps that name none; `newest` is not used: a block's time of receipt stands
    /// for it.
    pub hints: Hints,
    /// Where the window begins; `None` when all that was ever received is judged.
    pub since: Option<Time>,
}

/// Streams in, judgements out; see the crate's documentation.
#[derive(Debug)]
pub struct Live {
    config: Arc<Config>,
    options: Options,
}

impl Live {
    /// A state without records. The state's engine may use `config.memory`, each jurisdiction's an
    /// eighth of it at most, and less when there are many.
    #[must_use]
    pub fn new(config: Arc<Config>, options: Options) -> Self {
        Self { config, options }
    }

    /// Makes a stream known; returns its format's name when its beginning tells. Opening a stream
    /// again changes nothing.
    pub fn open(&mut self, stream: StreamInfo) -> Option<&'static str> {
        let _ = (stream, &self.config, &self.options);
        None
    }

    /// Whether a stream is known.
    #[must_use]
    pub fn is_open(&self, stream: u32) -> bool {
        let _ = stream;
        false
    }

    /// Reads the whole records of a block. `base` is its offset in the stream, `received` when it
    /// came, by the desk's clock.
    pub fn take(&mut self, stream: u32, base: u64, received: Time, bytes: &[u8]) -> Taken {
        let _ = (received, bytes);
        Taken {
            problems: vec![Problem { stream, offset: base, what: String::new() }],
            ..Taken::default()
        }
    }

    /// Judges the sources that were touched since the last look, scope by scope: only scopes that
    /// have something to say.
    pub fn judge_quick(&mut self) -> Vec<Judged> {
        Vec::new()
    }

    /// Judges everything, in the scopes in which anything came since they were last judged whole.
    pub fn judge_full(&mut self) -> Vec<Judged> {
        Vec::new()
    }

    /// Judges one scope whole, whether or not anything came.
    pub fn judge_scope(&mut self, scope: &str) -> Option<Judged> {
        let _ = scope;
        None
    }

    /// The scopes, the state first, that have changed since they were last judged whole.
    #[must_use]
    pub fn stale(&self) -> Vec<String> {
        Vec::new()
    }

    /// The places of a case's evidence: the store's number of the stream, and the byte offset at
    /// which the record begins.
    #[must_use]
    pub fn evidence_wanted(&self, case: &Case) -> Vec<(u32, u64)> {
        let _ = case;
        Vec::new()
    }

    /// Hands over the sightings counted since the last call, each with the highest rung of the
    /// state's cases at this moment.
    pub fn drain_sightings(&mut self) -> Vec<Sighting> {
        Vec::new()
    }

    /// Rows that [`Live::drain_sightings`] would hand over.
    #[must_use]
    pub fn sightings(&self) -> usize {
        0
    }
}
