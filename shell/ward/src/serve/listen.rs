//! What the desk receives itself: syslog and flow exports, by the very sources of a sensor.
//!
//! They stand among the sensors as one of the state office, `desk`. What comes in is masked, kept
//! in a spool in the desk's folder and handed over by the door that sensors come by, so that it is
//! held once, whatever is killed, and counted where it had to be dropped.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use ward_sense::{Deliver, Identity, Listeners, Undelivered};
use ward_sensor::{Answer, Status, parcel};
use ward_store::audit::Entry;
use ward_store::{Audit, Store, sensors};
use ward_web::desk::Desk;

use super::plan::Plan;
use crate::settings::desk::DeskSettings;

/// What people call it, until they call it otherwise.
const NAME: &str = "What the desk receives itself";
/// The most that its spool may hold, in mebibytes.
const SPOOL_MIB: u64 = 256;
/// How long it rests after it failed.
const AGAIN: Duration = Duration::from_secs(5);
/// How often it looks whether the office is set up: before that there is no place for records.
const SET_UP: Duration = Duration::from_millis(500);
/// How long a stop waits for what is on its way. What is not handed over then lies in the spool.
const LAST: Duration = Duration::from_secs(10);

/// Opens the sockets that the settings name; `None` when they name none.
///
/// # Errors
/// A sentence: an address that is taken, or TLS where the desk has no certificate.
pub(super) fn open(
    settings: &DeskSettings,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> anyhow::Result<Option<Listeners>> {
    if !settings.listens() {
        return Ok(None);
    }
    let mut wanted = ward_sense::Settings::default();
    wanted.syslog.udp.extend(settings.syslog.udp);
    wanted.syslog.tcp.extend(settings.syslog.tcp);
    wanted.netflow.udp.extend(settings.netflow.udp);
    let mut listeners = Listeners::open(&wanted)
        .map_err(|why| anyhow::anyhow!("[desk.syslog] and [desk.netflow]: {why}"))?;
    if let Some(listen) = settings.syslog.tls {
        let Some(tls) = tls else {
            anyhow::bail!(
                "tls = \"{listen}\" under [desk.syslog] needs the desk's certificate, and --plain \
                 leaves the desk without one: take one of the two away"
            );
        };
        // The web's words for what is spoken inside mean nothing to who sends syslog.
        let mut config = rustls::ServerConfig::clone(&tls);
        config.alpn_protocols.clear();
        listeners
            .tls(listen, Arc::new(config))
            .map_err(|why| anyhow::anyhow!("[desk.syslog]: {why}"))?;
    }
    Ok(Some(listeners))
}

/// Starts to receive, where the settings say so.
///
/// # Errors
/// Those of the machine and of the store.
pub(super) fn begin(
    runtime: &Runtime,
    plan: &Plan,
    desk: &Desk,
) -> anyhow::Result<Option<Listening>> {
    let Some(listeners) = &plan.listeners else {
        runtime.block_on(rest(&desk.store))?;
        return Ok(None);
    };
    let parts = Parts {
        desk: desk.clone(),
        listeners: listeners.again()?,
        settings: plan.desk.clone(),
        spool: plan.folder.listen(),
    };
    Ok(Some(Listening::start(runtime, parts)))
}

/// Takes the desk's own sensor out of service when the settings name no listener any more: then
/// nothing is expected of it.
///
/// # Errors
/// Those of the store.
async fn rest(store: &Store) -> anyhow::Result<()> {
    let mut tx = store.begin().await?;
    let now = super::clock::now();
    if sensors::retire(tx.link(), sensors::OWN, now).await? {
        let what = "the settings name no listener of the desk's own any more";
        tx.commit(row("sensor.retire", what.to_owned())).await?;
    }
    Ok(())
}

/// What receives, for as long as the desk runs.
pub(super) struct Listening {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Starts to receive.
    fn start(runtime: &Runtime, parts: Parts) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = runtime.spawn(keep_on(Arc::new(parts), stopped));
        Self { stop, task }
    }

    /// Takes nothing more, and hands over what was taken.
    pub(super) async fn stop(self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(LAST, self.task).await.is_err() {
            tracing::info!("what the desk received and did not hand over yet stays in its spool");
        }
    }
}

/// What it takes to receive.
struct Parts {
    desk: Desk,
    listeners: Listeners,
    settings: DeskSettings,
    /// Where the spool lies.
    spool: PathBuf,
}

/// Receives until it is told to stop; begins again after what should not have happened.
async fn keep_on(parts: Arc<Parts>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // A task of its own: a fault in it ends it, and nothing else.
        let why = match tokio::spawn(receive(Arc::clone(&parts), stop.clone())).await {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => format!("{why:#}"),
            Err(fault) => fault.to_string(),
        };
        tracing::error!(error = why, "the desk receives nothing itself: it is tried again");
        let _ = tokio::time::timeout(AGAIN, stop.wait_for(|stops| *stops)).await;
    }
}

async fn receive(parts: Arc<Parts>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    while !parts.desk.is_set_up() {
        if tokio::time::timeout(SET_UP, stop.wait_for(|stops| *stops)).await.is_ok() {
            return Ok(());
        }
    }
    enter(&parts).await?;
    let identity = Arc::new(Identity::local(sensors::OWN, &parts.spool)?);
    let settings = ward_sense::Settings {
        spool: parts.spool.clone(),
        spool_limit_mib: SPOOL_MIB,
        door: parts.settings.door.clone(),
        ..ward_sense::Settings::default()
    };
    let door = Door { desk: parts.desk.clone(), identity: Arc::clone(&identity) };
    let stopped = async move {
        // An error says that the desk is gone: it stopped.
        let _ = stop.wait_for(|stops| *stops).await;
    };
    let listeners = parts.listeners.again()?;
    ward_sense::run_with(
        settings,
        listeners,
        identity,
        door,
        Arc::new(ward_live::is_attack),
        stopped,
    )
    .await?;
    Ok(())
}

/// Puts the desk's own sensor down, or back into service.
async fn enter(parts: &Parts) -> anyhow::Result<()> {
    let now = super::clock::now();
    let mut tx = parts.desk.store.begin().await?;
    if sensors::own(tx.link(), NAME, ward_access::STATE_OFFICE, now).await? {
        let what = format!("the desk itself receives {}", parts.listeners.names().join(", "));
        tx.commit(row("sensor.enrol", what)).await?;
    }
    Ok(())
}

fn row(act: &str, detail: String) -> Audit {
    Audit::Entry(Entry {
        at: super::clock::now(),
        actor: String::new(),
        actor_name: "Ward".to_owned(),
        act: act.to_owned(),
        object: sensors::OWN.to_owned(),
        detail,
        address: String::new(),
    })
}

/// The way from the spool to the store, in one process.
struct Door {
    desk: Desk,
    identity: Arc<Identity>,
}

impl Deliver for Door {
    async fn deliver(
        &self,
        status: Option<&Status>,
        frames: &[Vec<u8>],
    ) -> Result<Answer, Undelivered> {
        let (bytes, _) = parcel::pack(status, frames);
        let identity = Arc::clone(&self.identity);
        let verify = move |signed: &[u8], signature: &[u8]| identity.verify(signed, signature);
        let taken = ward_web::sense::take_own(&self.desk, bytes, verify).await;
        taken.map_err(Undelivered::Refused)
    }

    async fn held(&self) -> Result<Answer, Undelivered> {
        ward_web::sense::own_held(&self.desk).await.map_err(Undelivered::Refused)
    }
}
