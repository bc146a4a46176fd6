//! Running a sensor: sources, writer and shipper, from start to stop.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use ward_sensor::Dropped;

use crate::board::Board;
use crate::listeners::Listeners;
use crate::piece::Inlet;
use crate::settings::Settings;
use crate::ship::{Deliver, Https, Shipper};
use crate::sources::follow::{Follow, Timing};
use crate::sources::journal::Journal;
use crate::sources::kernel;
use crate::sources::{Stop, netflow, stopped, syslog};
use crate::spool::Spool;
use crate::writer::{Store, Writer};
use crate::{Error, Identity, Keep, identity};

/// Pieces on their way to the writer. Those of datagrams may be many and small.
const PATIENT: usize = 16;
const LOSSY: usize = 1024;
/// How often it is kept what was dropped.
const NOTE: Duration = Duration::from_secs(5);
const DROPPED: &str = "dropped.json";

/// Runs an enrolled sensor until `shutdown` is done; then sends what it can in a few seconds and
/// returns. `keep` says which requests are attacks, whose secrets stay readable as evidence.
///
/// # Errors
/// When it cannot start: not enrolled, settings that cannot be, a listener's port that is taken, a
/// second sensor on the same spool.
pub async fn run(
    settings: Settings,
    keep: Keep,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let identity = Arc::new(Identity::load(&settings.spool)?);
    let https = Https::new(&identity)?;
    if identity.world().is_exercise() {
        tracing::info!("EXERCISE: this sensor sends to the desk of an exercise");
    }
    if let Some(problem) = settings.problems().into_iter().next() {
        return Err(Error::new(problem));
    }
    let lock = lock(&settings.spool)?;
    let listeners = Listeners::open(&settings)?;
    start(lock, settings, listeners, identity, https, keep, shutdown).await
}

/// Runs sources with another way to the desk: what the desk itself listens to, on sockets that are
/// open already; where the settings say to listen does not count.
///
/// # Errors
/// When it cannot start, or a listener ends before it is told to.
pub async fn run_with<D: Deliver>(
    settings: Settings,
    listeners: Listeners,
    identity: Arc<Identity>,
    deliver: D,
    keep: Keep,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let lock = lock(&settings.spool)?;
    start(lock, settings, listeners, identity, deliver, keep, shutdown).await
}

async fn start<D: Deliver>(
    _lock: File,
    settings: Settings,
    listeners: Listeners,
    identity: Arc<Identity>,
    deliver: D,
    keep: Keep,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let (sender, stop) = watch::channel(false);
    let board = Arc::new(Board::new(crate::ship::host(), dropped(&settings.spool)));
    let (store, fresh, cursors) = open(&settings, &identity, &board)?;
    let mut shipper =
        Shipper::new(Arc::new(deliver), Arc::clone(&store), Arc::clone(&board), stop.clone());
    tokio::pin!(shutdown);
    if fresh {
        let held = tokio::select! {
            held = shipper.ask_held() => held,
            () = &mut shutdown => return Ok(()),
        };
        let begun = store.spool().begin_after(held.unwrap_or(0));
        begun.map_err(|why| Error::file("cannot write", &settings.spool, &why))?;
    }
    let (patient, patient_out) = mpsc::channel(PATIENT);
    let (lossy, lossy_out) = mpsc::channel(LOSSY);
    let inlet = Inlet { patient, lossy, board: Arc::clone(&board) };
    let mut sources = Sources::start(&settings, listeners, &cursors, inlet, &stop)?;
    let writer = Writer {
        store,
        identity,
        door: settings.door(),
        keep,
        board: Arc::clone(&board),
        stop: stop.clone(),
        lengths: BTreeMap::new(),
    };
    let writer = tokio::spawn(writer.run(patient_out, lossy_out));
    let noting = tokio::spawn(note_drops(settings.spool.clone(), board, stop));
    let mut done = Ok(());
    tokio::select! {
        () = shipper.run() => {}
        () = &mut shutdown => {}
        () = sources.one_ended() => {
            done = Err(Error::new("a listener ended by a fault of Ward's own"));
        }
    }
    sender.send_replace(true);
    // In the order in which records flow, so that none stays behind on the way.
    sources.stop().await;
    let _ = writer.await;
    shipper.finish().await;
    let _ = noting.await;
    done
}

/// All sources that run.
struct Sources {
    tasks: JoinSet<()>,
    threads: Vec<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Sources {
    fn start(
        settings: &Settings,
        listeners: Listeners,
        cursors: &BTreeMap<String, Value>,
        inlet: Inlet,
        stops: &Stop,
    ) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut sources = Self { tasks: JoinSet::new(), threads: Vec::new(), stop };
        sources
            .listen(listeners, &inlet, stops)
            .map_err(|why| Error::new(format!("the sockets cannot be read from: {why}")))?;
        if !settings.files.is_empty() {
            let files = settings.files.clone();
            let follow = Follow::new(files, cursors, inlet.clone(), Timing::default());
            sources.thread("files", move |stop| follow.run(stop))?;
        }
        if let Some(journal) = &settings.journal {
            let journal = Journal::new(journal.clone(), cursors, inlet);
            sources.thread("journal", move |stop| journal.run(stop))?;
        }
        Ok(sources)
    }

    fn listen(&mut self, listeners: Listeners, inlet: &Inlet, stops: &Stop) -> std::io::Result<()> {
        let given = || (inlet.clone(), stops.clone());
        let mut drops = kernel::Drops::default();
        for one in listeners.syslog_udp {
            drops.watch(format!("syslog udp {}", one.at), one.inode);
            let (socket, (inlet, stops)) = (UdpSocket::from_std(one.socket)?, given());
            self.tasks.spawn(syslog::udp(socket, one.at, inlet, stops));
        }
        for one in listeners.syslog_tcp {
            let (socket, (inlet, stops)) = (TcpListener::from_std(one.socket)?, given());
            let tls = one.tls.map(TlsAcceptor::from);
            self.tasks.spawn(syslog::tcp(socket, one.at, tls, inlet, stops));
        }
        for one in listeners.netflow {
            drops.watch(format!("netflow udp {}", one.at), one.inode);
            let (socket, (inlet, stops)) = (UdpSocket::from_std(one.socket)?, given());
            self.tasks.spawn(netflow::receive(socket, one.at, inlet, stops));
        }
        if !drops.is_empty() {
            self.tasks.spawn(drops.run(Arc::clone(&inlet.board), stops.clone()));
        }
        Ok(())
    }

    /// Waits until a listener ends, which none does of itself; for ever where there is none.
    async fn one_ended(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending().await
        }
    }

    fn thread(
        &mut self,
        name: &str,
        run: impl FnOnce(&AtomicBool) + Send + 'static,
    ) -> Result<(), Error> {
        let stop = Arc::clone(&self.stop);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || run(&stop));
        let thread = thread.map_err(|why| Error::new(format!("cannot start a thread: {why}")))?;
        self.threads.push(thread);
        Ok(())
    }

    async fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while self.tasks.join_next().await.is_some() {}
        let threads = std::mem::take(&mut self.threads);
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| {
                // A thread that panicked has said so.
                let _ = thread.join();
            });
        });
        let _ = joined.await;
    }
}

impl Drop for Sources {
    /// A start that failed halfway leaves no thread behind.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Keeps a second process away from the spool for as long as the file is open.
fn lock(folder: &Path) -> Result<File, Error> {
    identity::make_folder(folder)?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|why| Error::file("cannot write", &path, &why))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(format!(
            "another ward sense runs on {}: stop it, or give this one a spool of its own",
            folder.display()
        ))),
        Err(TryLockError::Error(why)) => Err(Error::file("cannot lock", &path, &why)),
    }
}

type Opened = (Arc<Store>, bool, BTreeMap<String, Value>);

fn open(settings: &Settings, identity: &Identity, board: &Board) -> Result<Opened, Error> {
    let whole = |frame: &ward_sensor::Frame<'_>| {
        frame.is_signed(|bytes, signature| identity.verify(bytes, signature))
    };
    let (spool, opened) = Spool::open(&settings.spool, whole)
        .map_err(|why| Error::file("cannot open the spool in", &settings.spool, &why))?;
    if let Some(other) = opened.sensor.filter(|sensor| *sensor != identity.sensor()) {
        return Err(Error::new(format!(
            "the spool in {} holds records of another sensor, {other}: move that folder away",
            settings.spool.display()
        )));
    }
    if opened.torn > 0 {
        tracing::info!(bytes = opened.torn, "a write that did not end was cut off");
    }
    if opened.missing > 0 {
        let sentence = format!("the spool lost {} batches: its disk is failing", opened.missing);
        board.problem("missing", Some(sentence));
    }
    let cursors = spool.cursors().clone();
    let limit = settings.spool_limit_mib.saturating_mul(1 << 20);
    Ok((Arc::new(Store::new(spool, limit)), opened.fresh, cursors))
}

fn dropped(folder: &Path) -> Vec<Dropped> {
    let kept = fs::read(folder.join(DROPPED)).ok();
    kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

async fn note_drops(folder: std::path::PathBuf, board: Arc<Board>, mut stop: Stop) {
    let mut stops = false;
    while !stops {
        tokio::select! {
            () = tokio::time::sleep(NOTE) => {}
            () = stopped(&mut stop) => stops = true,
        }
        if let Some(dropped) = board.drops_to_keep() {
            let bytes = serde_json::to_vec(&dropped).unwrap_or_default();
            if let Err(why) = identity::keep(&folder.join(DROPPED), &bytes) {
                tracing::warn!("cannot keep what was dropped: {why}");
            }
        }
    }
}
