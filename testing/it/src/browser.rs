//! A browser as far as a desk can tell: one kept connection over TLS, cookies, forms.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{COOKIE, HeaderMap, LOCATION, RETRY_AFTER, SET_COOKIE};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a desk is, and whom it is believed by.
#[derive(Clone)]
pub struct Site {
    /// `https://localhost:8443`.
    pub origin: String,
    tls: TlsConnector,
}

impl Site {
    /// A desk on this machine; its own authority is known, as to a browser that was told of it.
    pub fn new(origin: &str, authority: &Path) -> Self {
        let authority = CertificateDer::from_pem_file(authority).expect("the authority");
        let mut roots = RootCertStore::empty();
        roots.add(authority).expect("the authority can be trusted");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { origin: origin.to_owned(), tls: TlsConnector::from(Arc::new(config)) }
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let (_, host) = self.origin.split_once("://").ok_or("no origin")?;
        let (name, port) = host.rsplit_once(':').ok_or("no port")?;
        let port: u16 = port.parse().map_err(|_| "no port")?;
        let socket = TcpStream::connect(("127.0.0.1", port)).await.map_err(|e| e.to_string())?;
        socket.set_nodelay(true).map_err(|e| e.to_string())?;
        let name = ServerName::try_from(name.to_owned()).map_err(|e| e.to_string())?;
        let socket = self.tls.connect(name, socket).await.map_err(|e| e.to_string())?;
        let (line, connection) =
            handshake(TokioIo::new(socket)).await.map_err(|e| e.to_string())?;
        tokio::spawn(connection);
        Ok(line)
    }
}

/// A browser.
pub struct Browser {
    site: Site,
    cookies: BTreeMap<String, String>,
    line: Option<SendRequest<Full<Bytes>>>,
    /// The token of a program, which has no cookies.
    token: Option<String>,
}

/// An answer, read to its end.
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// What stands above it.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

impl Browser {
    /// A browser that nobody has used.
    pub fn new(site: &Site) -> Self {
        Self { site: site.clone(), cookies: BTreeMap::new(), line: None, token: None }
    }

    /// A program with a token, which is no browser but speaks as one does.
    pub fn program(site: &Site, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(site) }
    }

    /// Another window of the same browser: signed in alike, on a connection of its own.
    pub fn window(&self) -> Self {
        let (site, cookies) = (self.site.clone(), self.cookies.clone());
        Self { site, cookies, line: None, token: self.token.clone() }
    }

    /// Asks for a page, or a document.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&mut self, path: &str) -> Result<Answer, String> {
        let answer = self.send(Method::GET, path, None).await?;
        self.read(answer).await
    }

    /// Asks for a document, as a program does: told to come back later, it does.
    ///
    /// # Errors
    /// When there is none.
    pub async fn value(&mut self, path: &str) -> Result<Value, String> {
        let mut answer = self.get(path).await?;
        while answer.status == 429 {
            let said = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let seconds = said.and_then(|value| value.parse().ok()).unwrap_or(1);
            sleep(Duration::from_secs(seconds)).await;
            answer = self.get(path).await?;
        }
        let body = answer.body;
        serde_json::from_str(&body).map_err(|why| format!("{path}: {why}: {body}"))
    }

    /// Asks for a page again as its script does when the bell rings: what has not changed since
    /// the answer with this tag is not sent again.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn news(&mut self, path: &str, tag: &str) -> Result<Answer, String> {
        let headers = [("ward-news", "1"), ("if-none-match", tag)];
        let headers = if tag.is_empty() { &headers[..1] } else { &headers[..] };
        let answer = self.ask(Method::GET, path, None, headers).await?;
        self.read(answer).await
    }

    /// Sends a document, as a program does.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn document(&mut self, path: &str, document: &Value) -> Result<Answer, String> {
        let body = (document.to_string(), "application/json");
        let answer = self.ask(Method::POST, path, Some(body), &[]).await?;
        self.read(answer).await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let answer = self.send(Method::POST, path, Some(encode(fields))).await?;
        self.read(answer).await
    }

    /// The answer's head; its body comes piece by piece.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        form: Option<String>,
    ) -> Result<Response<Incoming>, String> {
        let form = form.map(|form| (form, "application/x-www-form-urlencoded"));
        self.ask(method, path, form, &[]).await
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(String, &str)>,
        headers: &[(&str, &str)],
    ) -> Result<Response<Incoming>, String> {
        let host = self.site.origin.split_once("://").map_or("", |(_, host)| host);
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let site = if body.is_some() { "same-origin" } else { "none" };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request.header("sec-fetch-site", site),
        };
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some((_, kind)) = &body {
            request = request.header("origin", &self.site.origin).header("content-type", *kind);
        }
        let body = body.map(|(body, _)| body).unwrap_or_default();
        let body = Full::new(Bytes::from(body));
        let request = request.body(body).map_err(|e| e.to_string())?;
        let asking = self.carry(request);
        timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err("no answer".to_owned()))
    }

    /// Sends on the kept line, or on a new one. A desk may close a line that nobody uses in the very
    /// moment in which it is used again: what changes nothing is then asked again, as browsers do
    /// (RFC 9110, 9.2.2).
    async fn carry(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, String> {
        if let Some(mut line) = self.line.take()
            && line.ready().await.is_ok()
        {
            let again = request.method().is_safe().then(|| request.clone());
            match (line.send_request(request).await, again) {
                (Ok(answer), _) => {
                    self.line = Some(line);
                    return Ok(answer);
                }
                (Err(_), Some(again)) => return self.carry_anew(again).await,
                (Err(why), None) => return Err(why.to_string()),
            }
        }
        self.carry_anew(request).await
    }

    async fn carry_anew(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, String> {
        let mut line = self.site.connect().await?;
        let answer = line.send_request(request).await.map_err(|e| e.to_string())?;
        self.line = Some(line);
        Ok(answer)
    }

    async fn read(&mut self, answer: Response<Incoming>) -> Result<Answer, String> {
        let (parts, body) = answer.into_parts();
        let body = timeout(PATIENCE, body.collect()).await.map_err(|_| "no end")?;
        let body = body.map_err(|e| e.to_string())?.to_bytes();
        for line in parts.headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap_or_default();
            let Some((name, rest)) = line.split_once('=') else { continue };
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                let value = rest.split(';').next().unwrap_or_default();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

impl Answer {
    /// It has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// It leads there.
    #[track_caller]
    pub fn leads_to(self, path: &str) {
        assert_eq!((self.status, self.location()), (303, Some(path)), "{}", self.body);
    }

    /// The text of a block that can be copied.
    pub fn block(&self, label: &str) -> String {
        self.between(&format!("id=\"copy-{label}\" "), "</code>")
            .rsplit_once("<code>")
            .map(|(_, text)| text.to_owned())
            .unwrap_or_default()
    }

    /// Where the answer leads, when it leads anywhere.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok())
    }

    /// What stands between two marks.
    pub fn between(&self, before: &str, after: &str) -> String {
        let found = self.body.split_once(before).and_then(|(_, rest)| rest.split_once(after));
        found.expect("the page has it").0.replace("&amp;", "&")
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
