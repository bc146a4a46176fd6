//! What is deleted when it is old: records, sessions. What a case stands on is sealed and stays.
//!
//! Each source's records have their own number of days. Where one source's are thrown away before
//! others', the batch's line stays in the queue without its bytes, so that the queue has no gap and
//! a loss can still be told from it. Whole lines go from the queue's old end, when the longest
//! number of days is over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ward_kernel::words;
use ward_kernel::{
    Time,
    time::{DAY, HOUR},
};

use crate::stream::Source;
use crate::{Audit, Error, Store, audit, batch, sessions, stream};

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// Batches whose records were thrown away before those of other sources.
    pub emptied: u64,
    /// Batches.
    pub batches: u64,
    /// Sessions.
    pub sessions: u64,
}

/// Throws away in time.
pub struct Sweeper {
    days: BTreeSet<u32>,
    of: Box<dyn Fn(&Source) -> u32 + Send + Sync>,
    /// When records were last swept.
    swept: Option<Time>,
    /// Up to when batches were looked through, by their number of days.
    looked: BTreeMap<u32, Time>,
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeper").field("days", &self.days).finish_non_exhaustive()
    }
}

impl Sweeper {
    /// One number of days for all records.
    #[must_use]
    pub fn plain(days: u32) -> Self {
        Self::new([days], move |_| days)
    }

    /// `of` says for how many days a source's records are kept: one of `days`, which are all of
    /// them.
    #[must_use]
    pub fn new(
        days: impl IntoIterator<Item = u32>,
        of: impl Fn(&Source) -> u32 + Send + Sync + 'static,
    ) -> Self {
        let days = days.into_iter().collect();
        Self { days, of: Box::new(of), swept: None, looked: BTreeMap::new() }
    }

    /// Deletes sessions that have expired and, once an hour, records taken in more than their days
    /// before `now`, in small steps, so that records come in between. Puts one audit row down when
    /// records were deleted.
    ///
    /// # Errors
    /// Those of the engine; what was deleted until then is deleted.
    pub async fn sweep(&mut self, store: &Store, now: Time) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let mut tx = store.begin().await?;
        swept.sessions = sessions::expire(tx.link(), now).await?;
        tx.commit(Audit::Machine).await?;
        // A clock that was set back holds nothing up.
        if self.swept.is_some_and(|last| (0..HOUR).contains(&now.since(last))) {
            return Ok(swept);
        }
        let Some(longest) = self.days.last().copied() else { return Ok(swept) };
        for days in self.days.clone().into_iter().filter(|days| *days < longest) {
            swept.emptied = swept.emptied.saturating_add(self.empty(store, days, now).await?);
        }
        let before = ago(longest, now);
        loop {
            let mut tx = store.begin().await?;
            let batches = batch::expire(tx.link(), before).await?;
            swept.batches = swept.batches.saturating_add(batches);
            let done = batches == 0;
            let entry = (done && swept.batches.saturating_add(swept.emptied) > 0)
                .then(|| row(&swept, before, now));
            tx.commit(entry.map_or(Audit::Machine, Audit::Entry)).await?;
            if done {
                self.swept = Some(now);
                return Ok(swept);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Throws away the records that are kept for so many days; how many batches they were in.
    async fn empty(&mut self, store: &Store, days: u32, now: Time) -> Result<u64, Error> {
        let before = ago(days, now);
        // What was looked through once has nothing more to throw away.
        let since = self.looked.get(&days).copied().unwrap_or(Time::from_micros(i64::MIN));
        let mut read = store.read().await?;
        let sources = stream::sources(read.link(), since, before).await?;
        drop(read);
        let mut emptied = 0_u64;
        for source in sources.iter().filter(|source| (self.of)(source) == days) {
            loop {
                let mut tx = store.begin().await?;
                let batches = batch::empty(tx.link(), source.id, before).await?;
                tx.commit(Audit::Machine).await?;
                if batches == 0 {
                    break;
                }
                emptied = emptied.saturating_add(batches);
                tokio::task::yield_now().await;
            }
        }
        self.looked.insert(days, before);
        Ok(emptied)
    }
}

fn ago(days: u32, now: Time) -> Time {
    now.plus(DAY.saturating_mul(i64::from(days)).saturating_neg())
}

fn row(swept: &Swept, before: Time, now: Time) -> audit::Entry {
    let mut said = Vec::new();
    let batches = |number| words::count(number, "batch", "batches");
    if swept.emptied > 0 {
        let emptied = batches(swept.emptied);
        said.push(format!("records in {emptied} past their source's days were thrown away"));
    }
    if swept.batches > 0 {
        said.push(format!("{} taken in before {before} deleted", batches(swept.batches)));
    }
    audit::Entry {
        at: now,
        actor: String::new(),
        actor_name: "Ward".to_owned(),
        act: "records.expire".to_owned(),
        object: String::new(),
        detail: said.join("; "),
        address: String::new(),
    }
}
