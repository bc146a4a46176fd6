//! What each hour counted, as whole judgements tell it, written down for later: the past against
//! which an hour is held.
//!
//! A judgement counts all records of its window by the hour in which they happened. So the numbers
//! are a function of the kept batches: a replay after a stop finds the same ones again and writes
//! nothing. Hours before the window are left as they stand, for the window holds only a part of
//! them; hours that lie ahead of the clock wait until it has come there.

use std::collections::BTreeMap;

use ward_kernel::Time;
use ward_kernel::time::SECOND;
use ward_live::Judged;
use ward_store::hours::{self, Count, Hour, KEEP, hour_of};
use ward_store::{Audit, Store};
use ward_watch::report::Hour as Told;

/// How long what is new waits to be written with other news: a busy hour changes with every look.
const EVERY: i64 = 5 * SECOND;
/// Rows that are written together.
const TOGETHER: usize = 500;

/// The hours of the window.
#[derive(Debug, Default)]
pub(super) struct Hours {
    /// What stands in the store.
    written: BTreeMap<(i64, String), Count>,
    /// What is to be written.
    waiting: BTreeMap<(i64, String), Count>,
    /// When something was last written.
    last: Option<Time>,
    /// The hour in which those past their time were last deleted.
    swept: Option<i64>,
}

impl Hours {
    /// Those that the store has of a window.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn of(store: &Store, window: Time) -> Result<Self, ward_store::Error> {
        let mut read = store.read().await?;
        let found = hours::between(read.link(), hour_of(window), i64::MAX).await?;
        let written = found.into_iter().map(|one| ((one.hour, one.scope), one.count)).collect();
        Ok(Self { written, ..Self::default() })
    }

    /// Takes in what a judgement counted, when it was a whole one.
    pub(super) fn hear(&mut self, judged: &Judged, now: Time) {
        let Some(report) = &judged.report else { return };
        let first = judged.since.map_or(i64::MIN, hour_of);
        // What has left the window is not told any more.
        self.written.retain(|(hour, _), _| *hour >= first);
        for told in &report.hours {
            let hour = hour_of(told.start);
            if told.records == 0 || hour < first || hour > hour_of(now) {
                continue;
            }
            let key = (hour, judged.scope.clone());
            let known = self.waiting.get(&key).or_else(|| self.written.get(&key));
            let known = known.copied().unwrap_or_default();
            let count = count_of(told).greatest(known);
            if count != known {
                self.waiting.insert(key, count);
            }
        }
    }

    /// Writes what is new, a few seconds after the last time or at once; and deletes what is past
    /// its time, once an hour.
    ///
    /// # Errors
    /// Those of the store; what was not written still waits.
    pub(super) async fn write(
        &mut self,
        store: &Store,
        now: Time,
        at_once: bool,
    ) -> Result<(), ward_store::Error> {
        // A clock that was set back holds nothing up.
        let is_young = |last: &Time| (0..EVERY).contains(&now.since(*last));
        if self.waiting.is_empty() || !at_once && self.last.as_ref().is_some_and(is_young) {
            return Ok(());
        }
        self.last = Some(now);
        while !self.waiting.is_empty() {
            let some: Vec<Hour> = self.waiting.iter().take(TOGETHER).map(row_of).collect();
            let mut tx = store.begin().await?;
            for row in &some {
                hours::put(tx.link(), row).await?;
            }
            if self.swept != Some(hour_of(now)) {
                hours::expire(tx.link(), hour_of(now).saturating_sub(KEEP)).await?;
                self.swept = Some(hour_of(now));
            }
            tx.commit(Audit::Machine).await?;
            for row in some {
                let key = (row.hour, row.scope);
                self.waiting.remove(&key);
                self.written.insert(key, row.count);
            }
        }
        Ok(())
    }
}

fn row_of(((hour, scope), count): (&(i64, String), &Count)) -> Hour {
    Hour { scope: scope.clone(), hour: *hour, count: *count }
}

const fn count_of(told: &Told) -> Count {
    Count {
        records: told.records,
        probes: told.probes,
        failed_logins: told.failed_logins,
        exploits: told.exploits,
        alerts: told.alerts,
    }
}
