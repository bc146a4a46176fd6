//! What the sensor knows of itself: filled in by all parts, sent to the desk as its status.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ward_kernel::Time;
use ward_sensor::status::PARTS_MAX;
use ward_sensor::{Dropped, SourceStatus, Status};

use crate::{VERSION, clock};

/// The shared board.
#[derive(Debug)]
pub(crate) struct Board {
    host: String,
    started: Time,
    inner: Mutex<Inner>,
    /// Bytes of datagrams that wait for the writer.
    waiting: AtomicUsize,
}

#[derive(Debug, Default)]
struct Inner {
    sources: BTreeMap<String, SourceStatus>,
    dropped: BTreeMap<String, Dropped>,
    drops_changed: bool,
    /// By the part that tells of it.
    problems: BTreeMap<String, String>,
}

impl Board {
    /// A board with what was dropped in former runs.
    pub(crate) fn new(host: String, dropped: Vec<Dropped>) -> Self {
        let dropped = dropped.into_iter().map(|drop| (drop.source.clone(), drop)).collect();
        let inner = Inner { dropped, ..Inner::default() };
        Self { host, started: clock::now(), inner: Mutex::new(inner), waiting: AtomicUsize::new(0) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves numbers behind that are at worst not the latest.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room for datagrams that are to wait; whether there was any below the limit.
    pub(crate) fn wait(&self, bytes: usize, limit: usize) -> bool {
        let more = |waiting: usize| waiting.checked_add(bytes).filter(|sum| *sum <= limit);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Gives the room back.
    pub(crate) fn waits_no_more(&self, bytes: usize) {
        let less = |waiting: usize| Some(waiting.saturating_sub(bytes));
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Changes what is known of a source; nothing once there are too many.
    pub(crate) fn source(&self, name: &str, kind: &str, change: impl FnOnce(&mut SourceStatus)) {
        let mut inner = self.inner();
        let full = inner.sources.len() >= PARTS_MAX;
        match inner.sources.get_mut(name) {
            Some(source) => change(source),
            None if full => {}
            None => {
                let mut source = SourceStatus {
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                    ..SourceStatus::default()
                };
                change(&mut source);
                inner.sources.insert(name.to_owned(), source);
            }
        }
    }

    /// Records of a source were read.
    pub(crate) fn read(&self, name: &str, kind: &str, records: u32, at: Time) {
        self.source(name, kind, |source| {
            source.records = source.records.saturating_add(records.into());
            source.last_record = at.micros();
        });
    }

    /// A source is no more.
    pub(crate) fn forget(&self, name: &str) {
        self.inner().sources.remove(name);
    }

    /// Something is wrong, or right again with `None`.
    pub(crate) fn problem(&self, part: &str, sentence: Option<String>) {
        let mut inner = self.inner();
        let Some(sentence) = sentence else {
            if inner.problems.remove(part).is_some() {
                tracing::info!(part, "works again");
            }
            return;
        };
        if inner.problems.get(part) != Some(&sentence)
            && (inner.problems.len() < PARTS_MAX || inner.problems.contains_key(part))
        {
            tracing::warn!(part, "{sentence}");
            inner.problems.insert(part.to_owned(), sentence);
        }
    }

    /// Records were dropped.
    pub(crate) fn dropped(&self, source: &str, records: u64, bytes: usize, at: Time) {
        let mut inner = self.inner();
        inner.drops_changed = true;
        let name = if inner.dropped.len() < PARTS_MAX || inner.dropped.contains_key(source) {
            source
        } else {
            "others"
        };
        let dropped = inner.dropped.entry(name.to_owned()).or_insert_with(|| {
            tracing::warn!(source = name, "no room: records are dropped");
            Dropped { source: name.to_owned(), first: at.micros(), ..Dropped::default() }
        });
        dropped.records = dropped.records.saturating_add(records);
        dropped.bytes = dropped.bytes.saturating_add(bytes as u64);
        dropped.last = at.micros();
    }

    /// What was dropped, if that changed since it was last asked.
    pub(crate) fn drops_to_keep(&self) -> Option<Vec<Dropped>> {
        let mut inner = self.inner();
        std::mem::take(&mut inner.drops_changed).then(|| inner.dropped.values().cloned().collect())
    }

    /// Everything on the board; what the spool and the shipper know is theirs to fill in.
    pub(crate) fn status(&self) -> Status {
        let inner = self.inner();
        Status {
            version: VERSION.to_owned(),
            host: self.host.clone(),
            clock: clock::now().micros(),
            started: self.started.micros(),
            sources: inner.sources.values().cloned().collect(),
            dropped: inner.dropped.values().cloned().collect(),
            problems: inner.problems.values().cloned().collect(),
            ..Status::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_once_and_counts() {
        let board = Board::new("web1".into(), Vec::new());
        board.read("a", "file", 3, Time::from_secs(5));
        board.problem("disk", Some("the disk is full".into()));
        board.problem("line", Some("the line is down".into()));
        board.problem("line", None);
        assert!(board.drops_to_keep().is_none());
        board.dropped("u", 2, 10, Time::from_secs(6));
        board.dropped("u", 1, 10, Time::from_secs(7));
        let status = board.status();
        assert_eq!(status.problems, ["the disk is full"]);
        assert_eq!(status.sources.first().map(|source| source.records), Some(3));
        let kept = board.drops_to_keep().unwrap();
        assert_eq!((kept[0].records, kept[0].first, kept[0].last), (3, 6_000_000, 7_000_000));
        assert!(board.drops_to_keep().is_none());
        let again = Board::new(String::new(), kept);
        assert_eq!(again.status().dropped_records(), 3);
    }

    #[test]
    fn is_bounded() {
        let board = Board::new(String::new(), Vec::new());
        for number in 0..2 * PARTS_MAX {
            board.read(&number.to_string(), "file", 1, Time::default());
            board.dropped(&number.to_string(), 1, 1, Time::default());
            board.problem(&number.to_string(), Some("x".into()));
        }
        let status = board.status();
        assert!(status.sources.len() <= PARTS_MAX && status.problems.len() <= PARTS_MAX);
        assert!(status.dropped.len() <= PARTS_MAX + 1);
        assert_eq!(status.dropped_records(), 2 * PARTS_MAX as u64);
    }
}
