//! Running a sensor: sources, writer and shipper, from start to stop.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use ward_sensor::Dropped;

use crate::board::Board;
use crate::piece::Inlet;
use crate::settings::{Settings, TlsSettings};
use crate::ship::{Deliver, Https, Shipper};
use crate::sources::follow::{Follow, Timing};
use crate::sources::journal::Journal;
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
    start(settings, identity, https, keep, shutdown).await
}

/// Runs sources with another way to the desk: what the desk itself listens to.
///
/// # Errors
/// As [`run`].
pub async fn run_with<D: Deliver>(
    settings: Settings,
    identity: Identity,
    deliver: D,
    keep: Keep,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    start(settings, Arc::new(identity), deliver, keep, shutdown).await
}

async fn start<D: Deliver>(
    settings: Settings,
    identity: Arc<Identity>,
    deliver: D,
    keep: Keep,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    if let Some(problem) = settings.problems().into_iter().next() {
        return Err(Error::new(problem));
    }
    let _lock = lock(&settings.spool)?;
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
    let sources = Sources::start(&settings, &cursors, inlet, &stop).await?;
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
    tokio::select! {
        () = shipper.run() => {}
        () = &mut shutdown => {}
    }
    sender.send_replace(true);
    // In the order in which records flow, so that none stays behind on the way.
    sources.stop().await;
    let _ = writer.await;
    shipper.finish().await;
    let _ = noting.await;
    Ok(())
}

/// All sources that run.
struct Sources {
    tasks: JoinSet<()>,
    threads: Vec<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Sources {
    async fn start(
        settings: &Settings,
        cursors: &BTreeMap<String, Value>,
        inlet: Inlet,
        stops: &Stop,
    ) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut sources = Self { tasks: JoinSet::new(), threads: Vec::new(), stop };
        for listen in &settings.syslog.udp {
            let socket = udp(*listen).await?;
            sources.tasks.spawn(syslog::udp(socket, *listen, inlet.clone(), stops.clone()));
        }
        for listen in &settings.syslog.tcp {
            let socket = tcp(*listen).await?;
            sources.tasks.spawn(syslog::tcp(socket, *listen, None, inlet.clone(), stops.clone()));
        }
        if let Some(tls) = &settings.syslog.tls {
            let acceptor = acceptor(tls)?;
            for listen in &tls.listen {
                let (socket, tls) = (tcp(*listen).await?, Some(acceptor.clone()));
                let (inlet, stops) = (inlet.clone(), stops.clone());
                sources.tasks.spawn(syslog::tcp(socket, *listen, tls, inlet, stops));
            }
        }
        for listen in &settings.netflow.udp {
            let socket = udp(*listen).await?;
            sources.tasks.spawn(netflow::receive(socket, *listen, inlet.clone(), stops.clone()));
        }
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

async fn udp(listen: SocketAddr) -> Result<UdpSocket, Error> {
    UdpSocket::bind(listen).await.map_err(|why| taken("UDP", listen, &why))
}

async fn tcp(listen: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(listen).await.map_err(|why| taken("TCP", listen, &why))
}

fn taken(way: &str, listen: SocketAddr, why: &io::Error) -> Error {
    let help = match why.kind() {
        io::ErrorKind::PermissionDenied => {
            ": ports below 1024 need the capability CAP_NET_BIND_SERVICE"
        }
        io::ErrorKind::AddrInUse => ": another program listens there",
        _ => "",
    };
    Error::new(format!("cannot listen on {way} {listen}: {why}{help}"))
}

fn acceptor(tls: &TlsSettings) -> Result<TlsAcceptor, Error> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| {
        Error::new(format!("[syslog.tls] {}: {why}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| wrong(&tls.certificate, &why))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|why| wrong(&tls.key, &why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| wrong(&tls.certificate, &why))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|why| wrong(&tls.certificate, &why))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
