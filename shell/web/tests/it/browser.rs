//! A small browser: keeps cookies, sends forms as a browser does, reads pages.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A browser at an address of its own.
#[derive(Clone)]
pub(crate) struct Browser {
    desk: SocketAddr,
    /// The origin that it knows the desk by.
    pub(crate) origin: String,
    /// Cookies by name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// The address that the desk takes it to come from.
    pub(crate) address: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(desk: SocketAddr, origin: &str) -> Self {
        let address = "192.0.2.10".to_owned();
        Self { desk, origin: origin.to_owned(), cookies: BTreeMap::new(), address }
    }

    /// Asks for a page by typing its address.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("sec-fetch-site", "none")], None).await
    }

    /// Sends a form of a page of the desk.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = self.origin.clone();
        let from = [("sec-fetch-site", "same-origin"), ("origin", origin.as_str())];
        self.send(Method::POST, path, &from, Some(fields)).await
    }

    /// Sends whatever.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        fields: Option<&[(&str, &str)]>,
    ) -> Answer {
        let body = fields.map(encode).unwrap_or_default();
        let host = self.origin.split_once("://").unwrap().1;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0")
            .header("x-forwarded-for", &self.address);
        if fields.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(COOKIE, all.join("; "));
        }
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let socket = TcpStream::connect(self.desk).await.unwrap();
        let (mut line, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
        tokio::spawn(connection);
        let (parts, body) = line.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.keep(&parts.headers);
        let body = String::from_utf8_lossy(&body).into_owned();
        if body.starts_with("<!DOCTYPE html>") {
            crate::check::page(&body).unwrap_or_else(|faults| panic!("{path}:\n{faults}"));
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            assert!(line.contains("; Path=/; HttpOnly; SameSite=Strict"), "{line}");
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The session's cookie.
    pub(crate) fn session(&self) -> Option<&str> {
        self.cookies.get("ward-session").map(String::as_str)
    }

    /// Another browser with these cookies.
    pub(crate) fn with_session(&self, value: &str) -> Self {
        let mut other = self.clone();
        other.cookies.insert("ward-session".to_owned(), value.to_owned());
        other
    }
}

impl Answer {
    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    /// It leads there.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!(
            (self.status, self.location()),
            (StatusCode::SEE_OTHER, path),
            "{}",
            self.text()
        );
    }

    /// It has this status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location(), self.text());
        self
    }

    /// It says this.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "{words:?} is not in:\n{}", self.text());
        self
    }

    /// The page without its tags, with single spaces.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for part in self.body.split('<') {
            text.push(' ');
            text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        }
        unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What stands between two marks, unescaped.
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let (_, rest) =
            self.body.split_once(before).unwrap_or_else(|| panic!("{before}: {}", self.body));
        unescape(rest.split_once(after).unwrap().0)
    }

    /// The text of a block that can be copied, by the id that its label gives it.
    pub(crate) fn block(&self, label: &str) -> String {
        let start = format!("id=\"copy-{label}\" ");
        let (_, rest) =
            self.body.split_once(&start).unwrap_or_else(|| panic!("{label}: {}", self.body));
        let (_, rest) = rest.split_once("<code>").unwrap();
        unescape(rest.split_once("</code>").unwrap().0)
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        self.between(&format!("type=\"hidden\" name=\"{name}\" value=\""), "\"")
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
