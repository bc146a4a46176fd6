//! The desk over HTTPS, with a pinned certificate; over plain HTTP on loopback only.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use ward_sensor::enrolment::check_url;
use ward_sensor::{
    Answer, Credential, ENROL_PATH, HELD_PATH, PARCEL_PATH, Reason, Refusal, Status, parcel,
};

use super::{Deliver, Undelivered, pinned};
use crate::{Error, Identity, VERSION, clock};

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a request may take: a parcel of eight mebibytes over a line of one megabit a second.
const REQUEST: Duration = Duration::from_secs(90);
/// Longest answer that is read, in bytes.
const ANSWER: usize = 64 << 10;

type Sender = SendRequest<Full<Bytes>>;

/// Where a desk is.
pub(crate) struct Desk {
    host: String,
    port: u16,
    authority: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Desk {
    /// Reads an address such as `https://desk.example:8443`.
    pub(crate) fn new(url: &str, fingerprint: Option<[u8; 32]>) -> Result<Self, Error> {
        check_url(url, fingerprint.is_some()).map_err(Error::new)?;
        let (scheme, authority) = url.split_once("://").unwrap_or_default();
        let no_address = || Error::new(format!("\"{url}\" is no address of a desk"));
        let (host, port) = match authority.rsplit_once(':') {
            // The colon of `[2001:db8::1]` is no port's.
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().map_err(|_| no_address())?)
            }
            _ => (authority, if scheme == "https" { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = match fingerprint.filter(|_| scheme == "https") {
            None => None,
            Some(fingerprint) => {
                let config = pinned::client(fingerprint)
                    .map_err(|why| Error::new(format!("TLS cannot be set up: {why}")))?;
                let name = ServerName::try_from(host.clone()).map_err(|_| no_address())?;
                Some((TlsConnector::from(Arc::new(config)), name))
            }
        };
        Ok(Self { host, port, authority: authority.to_owned(), tls })
    }

    async fn connect(&self) -> Result<Sender, Undelivered> {
        let failed = |why: &dyn std::fmt::Display| {
            Undelivered::Failed(format!("no connection to the desk {}: {why}", self.authority))
        };
        let connecting = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
            let stream = stream.map_err(|why| failed(&why))?;
            // Small requests go out at once; failing that they are only slower.
            let _ = stream.set_nodelay(true);
            match &self.tls {
                None => open(stream).await.map_err(|why| failed(&why)),
                Some((tls, name)) => {
                    let stream = tls.connect(name.clone(), stream).await;
                    open(stream.map_err(|why| failed(&why))?).await.map_err(|why| failed(&why))
                }
            }
        };
        timeout(CONNECT, connecting)
            .await
            .unwrap_or_else(|_| Err(failed(&"no answer in 10 seconds")))
    }

    /// Sends one request; gives the status and the body of the answer, and the connection if it
    /// can be used again.
    pub(crate) async fn exchange(
        &self,
        kept: Option<Sender>,
        method: Method,
        path: &str,
        body: Bytes,
        authorization: Option<&str>,
    ) -> Result<(u16, Bytes, Sender), Undelivered> {
        let mut kept = kept;
        let is_open = match &mut kept {
            Some(kept) => kept.ready().await.is_ok(),
            None => false,
        };
        let mut sender = match kept.filter(|_| is_open) {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        let failed = |why: &dyn std::fmt::Display| {
            Undelivered::Failed(format!("no answer from the desk {}: {why}", self.authority))
        };
        let kind = if path == ENROL_PATH { "application/json" } else { "application/octet-stream" };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, kind)
            .header(hyper::header::USER_AGENT, format!("ward-sense/{VERSION}"));
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Full::new(body)).map_err(|why| failed(&why))?;
        let asking = async {
            let answer = sender.send_request(request).await.map_err(|why| failed(&why))?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER).collect().await;
            Ok((status, body.map_err(|why| failed(&why))?.to_bytes()))
        };
        let (status, body) = timeout(REQUEST, asking)
            .await
            .unwrap_or_else(|_| Err(failed(&"nothing in 90 seconds")))?;
        Ok((status, body, sender))
    }
}

async fn open(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<Sender, hyper::Error> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // It ends with the sender, or when the desk closes; whoever sends next sees it.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

/// A refusal, or what else an answer that is none says.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Undelivered {
    serde_json::from_slice::<Refusal>(body).map_or_else(
        |_| Undelivered::Failed(format!("the desk answers with the status {status} and no reason")),
        Undelivered::Refused,
    )
}

/// The desk of an enrolled sensor.
pub(crate) struct Https {
    desk: Desk,
    identity: Arc<Identity>,
    /// The connection that is kept open.
    kept: Mutex<Option<Sender>>,
    /// By how much the desk's clock is ahead of this machine's, in microseconds.
    ahead: AtomicI64,
}

impl Https {
    pub(crate) fn new(identity: &Arc<Identity>) -> Result<Self, Error> {
        let desk = Desk::new(identity.url(), identity.fingerprint())?;
        let identity = Arc::clone(identity);
        Ok(Self { desk, identity, kept: Mutex::new(None), ahead: AtomicI64::new(0) })
    }

    /// Asks, and once more when only the clocks differed.
    async fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Answer, Undelivered> {
        let first = self.ask_once(method.clone(), path, body.clone()).await;
        match &first {
            Err(Undelivered::Refused(refusal)) if refusal.reason == Reason::Stale => {
                self.set_clock(refusal.time);
                self.ask_once(method, path, body).await
            }
            _ => first,
        }
    }

    async fn ask_once(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, Undelivered> {
        let time = clock::now().plus(self.ahead.load(Ordering::Relaxed));
        let sign = |bytes: &[u8]| self.identity.sign(bytes);
        let credential =
            Credential::sign(self.identity.sensor(), time, method.as_str(), path, &body, sign);
        let mut kept = self.kept.lock().await;
        let sender = kept.take();
        let value = credential.to_string();
        let (status, body, sender) =
            self.desk.exchange(sender, method, path, body, Some(&value)).await?;
        *kept = Some(sender);
        if status != 200 {
            return Err(refusal(status, &body));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| Undelivered::Failed("the desk's answer cannot be read".to_owned()))?;
        self.set_clock(answer.time);
        Ok(answer)
    }

    fn set_clock(&self, desk: i64) {
        if desk != 0 {
            self.ahead.store(desk.saturating_sub(clock::now().micros()), Ordering::Relaxed);
        }
    }
}

impl Deliver for Https {
    async fn deliver(
        &self,
        status: Option<&Status>,
        frames: &[Vec<u8>],
    ) -> Result<Answer, Undelivered> {
        let (body, _) = parcel::pack(status, frames);
        self.ask(Method::POST, PARCEL_PATH, body.into()).await
    }

    async fn held(&self) -> Result<Answer, Undelivered> {
        self.ask(Method::GET, HELD_PATH, Bytes::new()).await
    }
}
