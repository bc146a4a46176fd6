//! What is deleted when it is old: records, sessions. What a case stands on is sealed and stays.

use ward_kernel::{Time, time::DAY};

use crate::{Audit, Error, Store, audit, batch, sessions};

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// Batches.
    pub batches: u64,
    /// Sessions.
    pub sessions: u64,
}

/// Deletes batches taken in more than `days` before `now` and sessions that have expired, in small
/// steps, so that records come in between. Puts one audit row down when batches were deleted.
///
/// # Errors
/// Those of the engine; what was deleted until then is deleted.
pub async fn sweep(store: &Store, days: u32, now: Time) -> Result<Swept, Error> {
    let before = now.plus(DAY.saturating_mul(i64::from(days)).saturating_neg());
    let mut swept = Swept::default();
    let mut tx = store.begin().await?;
    swept.sessions = sessions::expire(tx.link(), now).await?;
    tx.commit(Audit::Machine).await?;
    loop {
        let mut tx = store.begin().await?;
        let batches = batch::expire(tx.link(), before).await?;
        swept.batches = swept.batches.saturating_add(batches);
        let done = batches == 0;
        let entry = (done && swept.batches > 0).then(|| row(&swept, before, now));
        tx.commit(entry.map_or(Audit::Machine, Audit::Entry)).await?;
        if done {
            return Ok(swept);
        }
        tokio::task::yield_now().await;
    }
}

fn row(swept: &Swept, before: Time, now: Time) -> audit::Entry {
    audit::Entry {
        at: now,
        actor: String::new(),
        actor_name: "Ward".to_owned(),
        act: "records.expire".to_owned(),
        object: String::new(),
        detail: format!("{} batches taken in before {before} were deleted", swept.batches),
        address: String::new(),
    }
}
