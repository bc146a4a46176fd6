//! Housekeeping: the first key, and what has to be thrown away in time.

use std::time::Duration;

use tokio::sync::watch;
use ward_store::{Store, office, retention};
use ward_web::desk::Desk;
use ward_web::keys::hashed;

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
    let secret: [u8; 24] = plan.folder.keys()?.random()?;
    let key = data_encoding::BASE64URL_NOPAD.encode(&secret);
    Ok(Some(SetUp { key, hash: hashed(&secret) }))
}

/// Throws away in time, until it is told to stop.
pub(super) async fn keep(desk: Desk, settings: DeskSettings, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(err) = once(&desk, &settings).await {
            tracing::warn!(error = format!("{err:#}"), "housekeeping is tried again in a minute");
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn once(desk: &Desk, settings: &DeskSettings) -> anyhow::Result<()> {
    let swept = retention::sweep(&desk.store, settings.keep_records_days, desk.now()).await?;
    if swept.batches > 0 {
        tracing::info!(batches = swept.batches, "records past their time were thrown away");
    }
    Ok(())
}
