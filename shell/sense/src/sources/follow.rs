//! Follows files: each content from its first byte to its last, once, whatever the path's name
//! does meanwhile.
//!
//! What is followed is a *content*, known by its device and inode and by how it begins (its
//! *head*). A path only shows which content is written now. So a file that is renamed goes on
//! being read under its new name, one that is copied and truncated is read to its end in the copy,
//! and a copy, even a compressed one, is not read again. A content's place is kept in the frame of
//! its records and found again after a restart in the same way.

mod content;
mod known;
mod place;
mod tail;
#[cfg(test)]
mod tests;
mod watched;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use self::known::Known;
use self::watched::Watched;
use crate::piece::Inlet;
use crate::settings::{FileSettings, Start};
use crate::sources::files;

/// How long things are waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// Between two looks at the files when none has anything new.
    pub(crate) poll: Duration,
    /// Between two looks for new files.
    pub(crate) scan: Duration,
    /// How long a renamed or deleted file must be quiet before it is left.
    pub(crate) retire: Duration,
    /// How long a file must be quiet before what is there is taken for all there is: a compressed
    /// file, or the beginning of a stream whose format is not known yet.
    pub(crate) settle: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(100),
            scan: Duration::from_secs(2),
            retire: Duration::from_secs(60),
            settle: Duration::from_secs(2),
        }
    }
}

/// The writer is gone: the sensor stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closed;

/// What all tails share.
#[derive(Debug)]
struct Shared {
    inlet: Inlet,
    timing: Timing,
    known: Known,
}

/// Follows all files of the settings.
#[derive(Debug)]
pub(crate) struct Follow {
    settings: Vec<FileSettings>,
    watched: BTreeMap<PathBuf, Watched>,
    shared: Shared,
    scanned: Option<Instant>,
    /// No place was kept: the sensor reads for the first time.
    first: bool,
}

impl Follow {
    /// Follows these files from the places that the spool kept.
    pub(crate) fn new(
        settings: Vec<FileSettings>,
        cursors: &BTreeMap<String, Value>,
        inlet: Inlet,
        timing: Timing,
    ) -> Self {
        let known = Known::new(cursors);
        let shared = Shared { inlet, timing, known };
        Self {
            settings,
            watched: BTreeMap::new(),
            shared,
            scanned: None,
            first: cursors.is_empty(),
        }
    }

    /// Follows until it is told to stop, or the writer is gone.
    pub(crate) fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.tick() {
                Ok(true) => {}
                Ok(false) => std::thread::sleep(self.shared.timing.poll),
                Err(Closed) => return,
            }
        }
    }

    /// Looks at every file once and reads a piece of each; whether there was anything to read.
    pub(crate) fn tick(&mut self) -> Result<bool, Closed> {
        let due = self.scanned.is_none_or(|at| at.elapsed() >= self.shared.timing.scan);
        let mut busy = false;
        // Paths that are known come first: they claim the copies and renamed files that a look
        // for new files would find.
        for watched in self.watched.values_mut() {
            busy |= watched.tick(&mut self.shared)?;
        }
        if due {
            busy |= self.scan()?;
            self.scanned = Some(Instant::now());
        }
        Ok(busy)
    }

    /// Looks for files that are new.
    fn scan(&mut self) -> Result<bool, Closed> {
        let mut fresh = Vec::new();
        for settings in &self.settings {
            let found = files::find(&settings.path);
            let part = format!("looking for {}", settings.path.display());
            let problem = found.as_ref().err().map(|why| format!("{part}: {why}"));
            self.shared.inlet.board.problem(&part, problem);
            for path in found.unwrap_or_default() {
                if !self.watched.contains_key(&path)
                    && !fresh.iter().any(|(known, _)| *known == path)
                {
                    fresh.push((path, settings.clone()));
                }
            }
        }
        // A content that is there under its own name and under a rotated one is claimed by its own
        // name: that is the shorter one.
        fresh.sort_by_key(|(path, _)| path.as_os_str().len());
        let mut busy = !fresh.is_empty();
        for (path, settings) in fresh {
            let at_end = self.first && settings.start == Start::End;
            let mut watched = Watched::new(path.clone(), &settings, at_end);
            busy |= watched.tick(&mut self.shared)?;
            self.watched.insert(path, watched);
        }
        self.forget_gone();
        self.first = false;
        Ok(busy)
    }

    /// Files of a pattern that are gone and read to their end need not be looked for any more.
    fn forget_gone(&mut self) {
        let board = Arc::clone(&self.shared.inlet.board);
        let plain: Vec<_> = self.settings.iter().map(|settings| settings.path.clone()).collect();
        self.watched.retain(|path, watched| {
            let stays = !watched.is_gone() || plain.contains(path);
            if !stays {
                board.forget(watched.name());
                board.problem(watched.name(), None);
            }
            stays
        });
    }
}
