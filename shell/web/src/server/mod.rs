//! The desk's HTTP server: TLS, limits, headers, errors.
//!
//! [`serve`] takes a listener, the TLS settings and the router of everything that can be asked, and
//! answers until it is told to stop. What holds for every answer is put around the router by
//! [`dress`]: security headers ([`headers`]), problems in the words of whoever asked ([`errors`]),
//! panics caught, bodies bounded in size and in time, validators for pages.
//!
//! A connection is bounded at every stage: how many there are, and from one network; how long the
//! handshake, a head and a body may take, how large they may be; how long a client may take nothing
//! of an answer. Whoever holds a connection has to keep paying for it.

mod body;
pub mod errors;
mod etag;
mod failed;
mod gate;
pub mod headers;
mod limits;
mod peer;
mod stall;
mod strict;
pub mod tls;
mod world;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use ward_kernel::World;

pub use limits::Limits;
pub use peer::{Peer, peer_of};
pub(crate) use world::Marked;
pub use world::WORLD;

use crate::ui::assets;
use gate::Gate;
use stall::Stalling;

/// Everything that can be asked, and the world that every answer says it is of.
#[derive(Debug)]
pub struct Site {
    /// What answers.
    pub router: Router,
    /// The world.
    pub world: World,
}

impl From<Router> for Site {
    fn from(router: Router) -> Self {
        Self { router, world: World::Real }
    }
}

/// Answers until `shutdown` is done; then what was begun has ten seconds to end.
///
/// Without TLS it answers on a loopback address only: behind a proxy on the same machine, whose
/// `X-Forwarded-For` it then believes.
///
/// # Errors
/// When the listener is no loopback address and there is no TLS, or when it has none at all.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    site: impl Into<Site>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_with(listener, tls, site, Limits::default(), shutdown).await
}

/// As [`serve`], with other limits.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    site: impl Into<Site>,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if tls.is_none() && !address.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "without TLS nothing is served on {address}: passwords would cross the network in \
                 the clear. Listen on 127.0.0.1 behind a proxy that speaks TLS, or use TLS"
            ),
        ));
    }
    let server = Arc::new(Server {
        service: TowerToHyperService::new(dress(site.into(), tls.is_some(), &limits)),
        tls: tls.map(TlsAcceptor::from),
        limits,
    });
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tokio::select! {
        () = shutdown => {}
        () = accept(&server, &listener, &stopped, &mut tasks) => {}
    }
    drop(listener);
    let _ = stop.send(true);
    let ended = timeout(limits.drain, async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::info!(left = tasks.len(), "connections were cut at the end");
        tasks.shutdown().await;
    }
    Ok(())
}

/// Lets connections in for as long as it is polled.
async fn accept(
    server: &Arc<Server>,
    listener: &TcpListener,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<()>,
) {
    let gate = Gate::new(server.limits.connections, server.limits.per_network);
    loop {
        // A task that panicked has told so; the others go on.
        while tasks.try_join_next().is_some() {}
        let (socket, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(err) => {
                // Out of descriptors, or a client that left before it came.
                tracing::warn!(error = %err, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(place) = gate.enter(from.ip()) else {
            tracing::debug!("a connection was turned away: there are too many");
            continue;
        };
        let (server, stopped) = (Arc::clone(server), stopped.clone());
        tasks.spawn(async move {
            server.connection(socket, from, stopped).await;
            drop(place);
        });
    }
}

/// Puts around a site what holds for every answer, and beside it the assets that pages name.
/// `tls` says whether browsers come by our TLS.
pub fn dress(site: Site, tls: bool, limits: &Limits) -> Router {
    // The last layer is the outermost.
    let router = site
        .router
        .merge(assets::router())
        .layer(from_fn(etag::validate))
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(from_fn_with_state(*limits, body::guard))
        .layer(from_fn(errors::catch))
        .layer(from_fn(strict::read))
        .layer(from_fn_with_state(site.world, errors::translate));
    let router = match site.world {
        World::Real => router,
        World::Exercise => router.layer(from_fn(world::mark)),
    };
    router.layer(from_fn_with_state(headers::Hsts(tls), headers::set))
}

struct Server {
    service: TowerToHyperService<Router>,
    tls: Option<TlsAcceptor>,
    limits: Limits,
}

impl Server {
    async fn connection(
        &self,
        socket: TcpStream,
        from: SocketAddr,
        stopped: watch::Receiver<bool>,
    ) {
        // Small answers go out at once; where this cannot be had, they go out a little later.
        let _ = socket.set_nodelay(true);
        let Some(tls) = &self.tls else { return self.http(socket, from, stopped).await };
        let handshake = timeout(self.limits.handshake, async {
            if !speaks_tls(&socket).await? {
                return refuse_plain(socket).await;
            }
            tls.accept(socket).await.map(Some)
        });
        match handshake.await {
            Ok(Ok(Some(stream))) => self.http(stream, from, stopped).await,
            Ok(Ok(None)) => {}
            Ok(Err(err)) => tracing::debug!(error = %err, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn http<T>(&self, stream: T, from: SocketAddr, mut stopped: watch::Receiver<bool>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let proxied = self.tls.is_none();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            let peer = Peer::find(from.ip(), proxied, request.headers());
            request.extensions_mut().insert(peer);
            self.service.call(request)
        });
        let stream = TokioIo::new(Stalling::new(stream, self.limits.write));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_header_size(self.limits.head_bytes)
            .max_buf_size(self.limits.head_bytes.saturating_mul(4).max(64 << 10))
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            _ = stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(err) = ended {
            tracing::debug!(error = %err, "a connection ended early");
        }
    }
}

/// Whether the client begins as TLS does: a handshake record (RFC 8446, 5.1).
async fn speaks_tls(socket: &TcpStream) -> io::Result<bool> {
    let mut first = [0_u8];
    Ok(socket.peek(&mut first).await? == 0 || first == [0x16])
}

/// Tells a client that speaks plain HTTP what it has to speak. It is not led there: what it asked
/// for has crossed the network in the clear already, and should be noticed.
async fn refuse_plain<T>(mut socket: TcpStream) -> io::Result<Option<T>> {
    const ANSWER: &[u8] =
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Length: 57\r\nConnection: close\r\n\r\n\
        This address speaks https: write https:// instead of it.\n";
    socket.write_all(ANSWER).await?;
    socket.shutdown().await?;
    Ok(None)
}
