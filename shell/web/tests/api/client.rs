//! A client of the interface.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum As {
    /// Nobody.
    Nobody,
    /// A person, by the cookie of their session.
    Person(String),
    /// A program, by its token.
    Program(String),
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: Bytes,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn post(path: &'a str, kind: &'a str, body: impl Into<Bytes>) -> Self {
        let headers = if kind.is_empty() { Vec::new() } else { vec![("content-type", kind)] };
        Self { method: Method::POST, path, headers, body: body.into() }
    }

    pub(crate) fn json(path: &'a str, body: &Value) -> Self {
        Self::post(path, "application/json", body.to_string())
    }

    pub(crate) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) async fn send(self, at: SocketAddr, who: &As) -> Answer {
        let mut request = Request::builder().method(self.method.clone()).uri(self.path);
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", at.to_string());
        }
        match who {
            As::Nobody => {}
            As::Program(token) => {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            As::Person(cookie) => {
                request = request.header("cookie", format!("ward-session={cookie}"));
                if !self.headers.iter().any(|(name, _)| *name == "sec-fetch-site") {
                    request = request.header("sec-fetch-site", "same-origin");
                }
            }
        }
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().unwrap();
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let request = request.body(Full::new(self.body)).unwrap();
        let socket = TcpStream::connect(at).await.unwrap();
        let (mut line, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
        tokio::spawn(connection);
        let (parts, body) = line.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

impl Answer {
    /// Its media type, without parameters.
    pub(crate) fn media(&self) -> &str {
        let kind = self.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
        kind.split(';').next().unwrap_or_default()
    }

    /// Its body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|err| panic!("{err}: {}", self.text()))
    }

    /// Its body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// It has this status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
