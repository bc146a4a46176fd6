//! The one way out: a request by HTTPS, within a time, of a size, to where it was meant.
//!
//! No redirect is followed, no proxy of the environment is asked, no cookie is kept, no answer is
//! unpacked. Each request has a connection of its own: there are a few an hour.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HOST,
    HeaderValue, USER_AGENT,
};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// The largest answer that is read, in bytes.
pub(crate) const LARGEST: usize = 1024 * 1024;
/// The largest head of an answer, in bytes. One read more may slip through before it is counted.
const LARGEST_HEAD: usize = 64 * 1024;
/// How long a request may take, from the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one of a name's addresses may take to answer at all.
const CONNECT: Duration = Duration::from_secs(3);
/// How many of a name's addresses are tried.
const ADDRESSES: usize = 4;

/// What goes out.
pub(crate) struct Client {
    tls: TlsConnector,
    patience: Duration,
}

/// What comes back. The status is no redirect.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a Url,
    /// The value of the `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// A form to post; a GET without one.
    pub(crate) form: Option<String>,
}

impl Client {
    /// A client that trusts the public certificate authorities (Mozilla's list) and those of a
    /// file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = ca_file {
            add_authorities(&mut roots, path)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|err| format!("TLS cannot be set up: {err}"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), patience: PATIENCE })
    }

    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// Why there is none, to follow on "the provider": "does not answer within 10 s". It names
    /// the host at most, never a path, a query or a body.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<Reply, String> {
        match timeout(self.patience, self.ask_patiently(ask)).await {
            Ok(reply) => reply,
            Err(_) => Err(format!("does not answer within {} s", self.patience.as_secs().max(1))),
        }
    }

    async fn ask_patiently(&self, ask: Ask<'_>) -> Result<Reply, String> {
        let url = ask.url;
        let tcp = connect(url).await?;
        let request = request(ask)?;
        if url.scheme() == "http" {
            return exchange(tcp, request).await;
        }
        let name = server_name(url).ok_or("has a host name that no certificate can be for")?;
        let tls = self.tls.connect(name, tcp).await.map_err(|err| {
            format!(
                "cannot be reached by TLS ({err}): when its certificate is of the office's own \
                     authority, give ca_file in the settings"
            )
        })?;
        exchange(tls, request).await
    }
}

fn add_authorities(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let shown = path.display();
    let unread = |why: &dyn std::fmt::Display| {
        format!("ca_file {shown} cannot be read: {why}. It holds certificates in PEM")
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|err| unread(&err))?;
    let mut count = 0_usize;
    for certificate in certificates {
        let certificate = certificate.map_err(|err| unread(&err))?;
        roots.add(certificate).map_err(|err| unread(&err))?;
        count = count.saturating_add(1);
    }
    if count == 0 { Err(unread(&"it holds no certificate")) } else { Ok(()) }
}

/// A connection to the first of the host's addresses that answers.
async fn connect(url: &Url) -> Result<TcpStream, String> {
    let port = url.port_or_known_default().ok_or("has an address without a port")?;
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(addr)) => vec![(addr, port).into()],
        Some(Host::Ipv6(addr)) => vec![(addr, port).into()],
        Some(Host::Domain(name)) => tokio::net::lookup_host((name, port))
            .await
            .map_err(|_| "has a name that cannot be resolved".to_owned())?
            .collect(),
        None => Vec::new(),
    };
    let mut why = "has a name without an address".to_owned();
    for address in addresses.into_iter().take(ADDRESSES) {
        if !may_go(url, address) {
            continue;
        }
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).ok();
                return Ok(stream);
            }
            Ok(Err(err)) => why = format!("cannot be reached ({})", err.kind()),
            Err(_) => why = "cannot be reached (timed out)".to_owned(),
        }
    }
    Err(why)
}

/// A name can be made to lead anywhere; what goes in the clear stays on this machine.
fn may_go(url: &Url, to: SocketAddr) -> bool {
    url.scheme() == "https" || to.ip().is_loopback()
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(addr) => Some(ServerName::IpAddress(addr.into())),
        Host::Ipv6(addr) => Some(ServerName::IpAddress(addr.into())),
    }
}

fn request(ask: Ask<'_>) -> Result<Request<Full<Bytes>>, String> {
    let url = ask.url;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let method = if ask.form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, host)
        .header(USER_AGENT, "ward")
        .header(ACCEPT, "application/json")
        .header(ACCEPT_ENCODING, "identity")
        .header(CONNECTION, "close");
    if let Some(value) = &ask.authorization {
        let mut value = HeaderValue::try_from(value.as_str())
            .map_err(|_| "was given credentials that no header can hold".to_owned())?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    if ask.form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let body = Full::new(Bytes::from(ask.form.unwrap_or_default()));
    request.body(body).map_err(|_| "has an address that no request can be made of".to_owned())
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Reply, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_: hyper::Error| "broke the connection off, or does not speak HTTP".to_owned();
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Both go on in this task, so that nothing is left of either when time runs out.
    let driven = async {
        connection.await.ok();
        std::future::pending::<()>().await;
    };
    let answer = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        receive(response).await
    };
    tokio::select! {
        reply = answer => reply,
        () = driven => Err("broke the connection off".to_owned()),
    }
}

async fn receive<B>(response: Response<B>) -> Result<Reply, String>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let status = response.status();
    if status.is_redirection() {
        return Err(format!(
            "answers with a redirect ({}), which is not followed: give its addresses as they are",
            status.as_u16()
        ));
    }
    let packed = response.headers().get(CONTENT_ENCODING);
    if packed.is_some_and(|encoding| encoding != "identity") {
        return Err("answers in a compressed form that it was not asked for".to_owned());
    }
    let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(|err| {
        if err.is::<http_body_util::LengthLimitError>() {
            "answers with more than 1 MiB".to_owned()
        } else {
            "broke its answer off".to_owned()
        }
    })?;
    Ok(Reply { status: status.as_u16(), body: body.to_bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_this_machine_in_the_clear() {
        let (plain, tls) = ("http://localhost/", "https://login.example/");
        for (url, to, may) in [
            (plain, "127.0.0.1:80", true),
            (plain, "[::1]:80", true),
            (plain, "192.0.2.1:80", false),
            (plain, "[2001:db8::1]:80", false),
            (tls, "192.0.2.1:443", true),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(may_go(&url, to.parse().unwrap()), may, "{url} {to}");
        }
    }
}
