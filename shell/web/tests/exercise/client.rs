//! A client that brings whatever it is told to.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use ward_web::route::{Route, Verb};

/// What somebody brings along: fields of the head.
pub(crate) type Brings = Vec<(String, String)>;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A cookie as the only one.
pub(crate) fn cookie(name: &str, value: &str) -> Brings {
    vec![("cookie".to_owned(), format!("{name}={value}"))]
}

/// A token.
pub(crate) fn token(token: &str) -> Brings {
    vec![("authorization".to_owned(), format!("Bearer {token}"))]
}

/// What is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Asks as a route is asked, from a page of the desk itself.
pub(crate) async fn ask(
    at: SocketAddr,
    route: &Route,
    path: &str,
    brings: &Brings,
    body: &Body,
) -> Answer {
    let method = if route.verb == Verb::Get { Method::GET } else { Method::POST };
    send(at, method, path, brings, body).await
}

/// Asks.
pub(crate) async fn send(
    at: SocketAddr,
    method: Method,
    path: &str,
    brings: &Brings,
    body: &Body,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", at.to_string());
    if !brings.iter().any(|(name, _)| name == "sec-fetch-site") {
        request = request.header("sec-fetch-site", "same-origin");
    }
    if !body.kind.is_empty() {
        request = request.header("content-type", body.kind);
    }
    for (name, value) in brings {
        let name: HeaderName = name.parse().unwrap();
        request = request.header(name, HeaderValue::from_str(value).unwrap());
    }
    let request = request.body(Full::new(Bytes::from(body.bytes.clone()))).unwrap();
    let socket = TcpStream::connect(at).await.unwrap();
    let (mut line, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    let (parts, mut coming) = line.send_request(request).await.unwrap().into_parts();
    let mut body = Vec::new();
    // The doorbell's line stays open: what has come by then is the answer.
    let pause = Duration::from_millis(if is_line(&parts.headers) { 50 } else { 30_000 });
    while let Ok(Some(frame)) = tokio::time::timeout(pause, coming.frame()).await {
        body.extend_from_slice(frame.unwrap().data_ref().map_or(&[], |data| data));
    }
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn is_line(headers: &HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|kind| kind == "text/event-stream")
}

impl Answer {
    /// Its media type, without parameters.
    pub(crate) fn media(&self) -> &str {
        let kind = self.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
        kind.split(';').next().unwrap_or_default()
    }

    /// A field of its head.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Its body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Everything that it says, in its head and in its body.
    pub(crate) fn says(&self) -> String {
        let mut all = self.text();
        for value in self.headers.values() {
            all.push('\n');
            all.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
        all
    }
}
