//! A running server, and a client that writes bytes.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use ward_web::server::errors::Problem;
use ward_web::server::{Limits, Peer, serve_with};
use ward_web::ui;

/// A server on loopback that ends with its owner.
pub(crate) struct Running {
    pub(crate) at: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    pub(crate) async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let task = tokio::spawn(serve_with(listener, None, router(), limits, shutdown));
        Self { at, stop: Some(stop), task }
    }

    pub(crate) async fn plain() -> Self {
        Self::start(Limits::default()).await
    }

    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.at).await.unwrap())
    }

    /// What comes back for these bytes until the server closes.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.send(bytes).await;
        client.rest().await
    }

    /// A request without a body, and its whole answer.
    pub(crate) async fn get(&self, path: &str, fields: &str) -> String {
        let host = self.at;
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n");
        self.raw(head).await
    }
}

/// One connection.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    /// The server may have closed already: then the bytes are lost, as on any line.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// Everything until the server closes, which it has to do within five seconds.
    pub(crate) async fn rest(&mut self) -> String {
        let mut all = Vec::new();
        let read = timeout(Duration::from_secs(5), self.0.read_to_end(&mut all)).await;
        assert!(read.is_ok(), "still open after: {}", String::from_utf8_lossy(&all));
        String::from_utf8_lossy(&all).into_owned()
    }

    /// One answer whose body has a length; the connection stays.
    pub(crate) async fn one(&mut self) -> String {
        let mut all = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= field(head, "content-length").map_or(0, |n| n.parse().unwrap())
            {
                return text;
            }
            let mut more = [0; 4096];
            let read = timeout(Duration::from_secs(5), self.0.read(&mut more)).await;
            let read = read.expect("an answer within five seconds").unwrap();
            assert!(read > 0, "closed after: {text}");
            all.extend_from_slice(&more[..read]);
        }
    }
}

/// The value of a field in the head of an answer.
pub(crate) fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().skip(1).find_map(|line| {
        let (field, value) = line.split_once(": ")?;
        field.eq_ignore_ascii_case(name).then_some(value)
    })
}

pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { ui::gallery() }))
        .route(
            "/form",
            post(|Form(named): Form<Named>| async move { named.name.len().to_string() }),
        )
        .route("/body", post(|body: String| async move { body.len().to_string() }))
        .route(
            "/large",
            post(|body: String| async move { body.len().to_string() })
                .layer(DefaultBodyLimit::max(1 << 20)),
        )
        .route("/unread", post(|| async { "not read" }))
        .route("/panic", get(panicking))
        .route(
            "/slow",
            get(|| async {
                sleep(Duration::from_millis(400)).await;
                "slow"
            }),
        )
        .route(
            "/hangs",
            get(|| async {
                sleep(Duration::from_secs(60)).await;
                "never"
            }),
        )
        .route(
            "/peer",
            get(|Extension(Peer(peer)): Extension<Peer>| async move { peer.to_string() }),
        )
        .route("/forbidden", get(|| async { Problem::of(StatusCode::FORBIDDEN) }))
        .route("/not-ready", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") }))
        .route(
            "/weak",
            get(|| async { ([("cache-control", "public"), ("x-frame-options", "ALLOW")], "x") }),
        )
        .route("/api/thing", get(|| async { Problem::not_found() }))
}

async fn panicking() -> &'static str {
    panic!("this panic belongs to a test");
}
