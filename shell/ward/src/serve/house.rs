//! Housekeeping: the first key, and what has to be thrown away in time.

use std::time::Duration;

use tokio::sync::watch;
use ward_store::retention::Sweeper;
use ward_store::{Store, office};
use ward_web::desk::Desk;

use super::plan::Plan;
use crate::settings::desk::DeskSettings;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// The key of the one link that sets the desk up.
pub(super) struct SetUp {
    /// As it stands in the link.
    pub(super) key: String,
    /// What is kept of it.
    pub(super) hash: [u8; 32],
}

/// A new key, while nothing is set up: every start makes another, and the one before is worth
/// nothing.
pub(super) async fn set_up_secret(store: &Store, plan: &Plan) -> anyhow::Result<Option<SetUp>> {
    let mut read = store.read().await?;
    if office::is_set_up(read.link()).await? {
        return Ok(None);
    }
    let keys = plan.folder.keys()?;
    let secret: [u8; 24] = keys.random()?;
    let key = data_encoding::BASE64URL_NOPAD.encode(&secret);
    Ok(Some(SetUp { key, hash: keys.kept(&secret) }))
}

/// Throws away in time, until it is told to stop.
pub(super) async fn keep(desk: Desk, settings: DeskSettings, mut stopped: watch::Receiver<bool>) {
    let mut sweeper = settings.sweeper();
    while !*stopped.borrow() {
        if let Err(err) = once(&desk, &mut sweeper).await {
            tracing::warn!(error = format!("{err:#}"), "housekeeping is tried again in a minute");
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn once(desk: &Desk, sweeper: &mut Sweeper) -> anyhow::Result<()> {
    let swept = sweeper.sweep(&desk.store, desk.now()).await?;
    let batches = swept.batches.saturating_add(swept.emptied);
    if batches > 0 {
        tracing::info!(batches, "records past their time were thrown away");
    }
    Ok(())
}
