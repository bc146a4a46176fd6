//! Webhooks: a notice as a document, posted to a program of the office and signed so that it can
//! tell whose it is.
//!
//! The signature is `t=SECONDS,v1=HEX` in the header `Ward-Signature`: HMAC-SHA256 (RFC 2104) with
//! the webhook's secret over the seconds, a full stop and the body. `Ward-Notice` is the message's
//! id, the same at each try. No redirect is followed, and nothing goes out in the clear.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use ring::hmac;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};
use ward_kernel::Time;

use crate::secret::Secret;

/// How long a call may take, from the name to the answer's head.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one of a name's addresses may take to answer at all.
const CONNECT: Duration = Duration::from_secs(3);
/// How many of a name's addresses are tried.
const ADDRESSES: usize = 4;
/// The largest head of an answer, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// The longest address, in bytes.
const LONGEST: usize = 2048;

/// A program that is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is called at the desk: small letters, digits and hyphens.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// A file with the secret that signs what it is sent, and nothing else.
    pub secret_file: PathBuf,
    /// Whether it may lie on a private network.
    pub private: bool,
    /// Certificates (PEM) of authorities that are trusted for it besides the public ones.
    pub ca_file: Option<PathBuf>,
}

impl Settings {
    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        let of_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.name.is_empty() || self.name.len() > 40 || !self.name.bytes().all(of_name) {
            return Err("its name is empty, longer than 40 characters, or has others than small \
                        letters, digits and hyphens"
                .to_owned());
        }
        address(&self.url).map(drop)
    }
}

/// Reads where a webhook is.
fn address(text: &str) -> Result<Url, String> {
    let wrong = |what: &str| format!("its url {what}");
    if text.len() > LONGEST {
        return Err(wrong("is longer than 2048 characters"));
    }
    let url = Url::parse(text).map_err(|_| wrong("is no address with https://"))?;
    if url.host().is_none() || url.cannot_be_a_base() {
        return Err(wrong("names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a name or password before the host: what is sent is signed"));
    }
    if url.fragment().is_some() {
        return Err(wrong("has a part behind #: leave it out"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(wrong(
            "is not https:// (or http:// to this machine itself): nothing is sent in the clear",
        )),
    }
}

/// Whether an address is on this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(addr)) => addr.is_loopback(),
        Some(Host::Ipv6(addr)) => addr.is_loopback(),
        None => false,
    }
}

/// A program that is told.
#[derive(Clone)]
pub struct Webhook {
    name: String,
    url: Url,
    private: bool,
    key: hmac::Key,
    tls: TlsConnector,
}

impl fmt::Debug for Webhook {
    /// Without its address: a part of it can be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why it was not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// Another try can help.
    Later(String),
    /// It cannot: the program said so, or it lies where nothing may go.
    Never(String),
}

impl Webhook {
    /// A program of these settings; reads the files that they name, and goes nowhere yet.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        settings.check()?;
        let secret = Secret::read(&settings.secret_file, "secret_file")?;
        Ok(Self {
            name: settings.name.clone(),
            url: address(&settings.url)?,
            private: settings.private,
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()),
            tls: connector(settings)?,
        })
    }

    /// What it is called at the desk.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Posts a document under an id; it is taken when the program answers with 2xx.
    ///
    /// # Errors
    /// Why it was not, without the address's path.
    pub async fn post(&self, id: &str, body: &str, now: Time) -> Result<(), Failure> {
        let status = match timeout(PATIENCE, self.ask(id, body, now)).await {
            Ok(status) => status?,
            Err(_) => {
                return Err(later(format!("does not answer within {} s", PATIENCE.as_secs())));
            }
        };
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(Failure::Never(format!(
                "answers with a redirect ({status}), which is not followed: give its address as \
                 it is"
            ))),
            // It is slow, or has enough for now (RFC 9110, 15.5.9; RFC 6585, 4; RFC 8470, 5.2).
            408 | 425 | 429 => Err(later(format!("answers with status {status}"))),
            400..=499 => Err(Failure::Never(format!("answers with status {status}"))),
            _ => Err(later(format!("answers with status {status}"))),
        }
    }

    async fn ask(&self, id: &str, body: &str, now: Time) -> Result<u16, Failure> {
        let request = self.request(id, body, now)?;
        let tcp = self.connect().await?;
        if self.url.scheme() == "http" {
            return exchange(tcp, request).await;
        }
        let never = || Failure::Never("has a host name that no certificate can be for".to_owned());
        let name = server_name(&self.url).ok_or_else(never)?;
        let tls = self.tls.connect(name, tcp).await;
        exchange(tls.map_err(|err| later(format!("cannot be reached by TLS ({err})")))?, request)
            .await
    }

    fn request(&self, id: &str, body: &str, now: Time) -> Result<Request<Full<Bytes>>, Failure> {
        let url = &self.url;
        Request::builder()
            .method(Method::POST)
            .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
            .header(HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
            .header(USER_AGENT, "ward")
            .header(CONTENT_TYPE, "application/json")
            .header(CONNECTION, "close")
            .header("Ward-Notice", id)
            .header("Ward-Signature", signature(&self.key, now, body))
            .body(Full::new(Bytes::from(body.to_owned())))
            .map_err(|_| Failure::Never("has an address that no request can be made of".to_owned()))
    }

    /// A connection to the first of the host's addresses that answers and that may be gone to.
    async fn connect(&self) -> Result<TcpStream, Failure> {
        let port = self.url.port_or_known_default().unwrap_or(443);
        let addresses: Vec<SocketAddr> = match self.url.host() {
            Some(Host::Ipv4(addr)) => vec![(addr, port).into()],
            Some(Host::Ipv6(addr)) => vec![(addr, port).into()],
            Some(Host::Domain(name)) => tokio::net::lookup_host((name, port))
                .await
                .map_err(|_| later("has a name that cannot be resolved".to_owned()))?
                .collect(),
            None => Vec::new(),
        };
        let mut why = later("has a name without an address".to_owned());
        for address in addresses.into_iter().take(ADDRESSES) {
            if !self.may_go(address.ip()) {
                why = Failure::Never(
                    "lies on a private network: write private = true when that is meant".to_owned(),
                );
                continue;
            }
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
                Ok(Err(err)) => why = later(format!("cannot be reached ({})", err.kind())),
                Err(_) => why = later("cannot be reached (timed out)".to_owned()),
            }
        }
        Err(why)
    }

    /// A name can be made to lead anywhere: what goes in the clear stays on this machine, and no
    /// name of the outside leads into the office's own networks unless that is meant.
    fn may_go(&self, to: IpAddr) -> bool {
        let to = to.to_canonical();
        if is_loopback(&self.url) {
            return to.is_loopback();
        }
        self.url.scheme() == "https" && (self.private || is_public(to))
    }
}

/// Whether an address can only be outside: none of those that lead to this machine, to networks of
/// the office or of its provider, or to one of these by another way.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                // Shared (RFC 6598), protocol assignments (RFC 6890), benchmarks (RFC 2544).
                || (a == 100 && (64..128).contains(&b))
                || (a, b, c) == (192, 0, 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            // Global unicast (RFC 4291, 2.4), without the prefixes that carry an IPv4 address in
            // them: NAT64 (RFC 6052) lies outside, 6to4 (RFC 3056) and Teredo (RFC 4380) within.
            first & 0xe000 == 0x2000
                && first != 0x2002
                && !(first == 0x2001 && ip.segments()[1] == 0)
        }
    }
}

fn later(what: String) -> Failure {
    Failure::Later(what)
}

/// The value of `Ward-Signature`.
fn signature(key: &hmac::Key, now: Time, body: &str) -> String {
    let seconds = now.secs().to_string();
    let mut context = hmac::Context::with_key(key);
    for part in [seconds.as_str(), ".", body] {
        context.update(part.as_bytes());
    }
    format!("t={seconds},v1={}", HEXLOWER.encode(context.sign().as_ref()))
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(addr) => Some(ServerName::IpAddress(addr.into())),
        Host::Ipv6(addr) => Some(ServerName::IpAddress(addr.into())),
    }
}

/// Sends it and waits for the status; what the program says beyond that is not read.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken =
        |_: hyper::Error| later("broke the connection off, or does not speak HTTP".to_owned());
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Both go on in this task, so that nothing is left of either when time runs out.
    let driven = async {
        connection.await.ok();
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        answer = sender.send_request(request) => answer.map(|got| got.status().as_u16()).map_err(broken),
        never = driven => match never {},
    }
}

fn connector(settings: &Settings) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &settings.ca_file {
        let shown = path.display();
        let unread = |why: &dyn fmt::Display| {
            format!("ca_file {shown} cannot be read: {why}. It holds certificates in PEM")
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(|err| unread(&err))? {
            let certificate = certificate.map_err(|err| unread(&err))?;
            roots.add(certificate).map_err(|err| unread(&err))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|err| format!("TLS cannot be set up: {err}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_in_the_clear_nor_inside() {
        for (url, good) in [
            ("https://hook.example/x?y=1", true),
            ("http://127.0.0.1:9/x", true),
            ("http://[::1]:9/x", true),
            ("http://hook.example/", false),
            ("http://localhost.hook.example/", false),
            ("https://a:b@hook.example/", false),
            ("https://hook.example/#x", false),
            ("ftp://127.0.0.1/", false),
            ("hook", false),
        ] {
            assert_eq!(address(url).is_ok(), good, "{url}");
        }
        for (ip, public) in [
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("10.1.2.3", false),
            ("172.20.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::", false),
        ] {
            assert_eq!(is_public(ip.parse::<IpAddr>().unwrap().to_canonical()), public, "{ip}");
        }
    }

    #[test]
    fn who_may_be_gone_to() {
        let hook = |url: &str, private| Webhook {
            name: "chat".to_owned(),
            url: address(url).unwrap(),
            private,
            key: hmac::Key::new(hmac::HMAC_SHA256, b"x"),
            tls: connector(&settings()).unwrap(),
        };
        for (url, private, to, may) in [
            ("https://hook.example/", false, "10.0.0.1", false),
            ("https://hook.example/", true, "10.0.0.1", true),
            ("https://hook.example/", false, "127.0.0.1", false),
            ("https://hook.example/", false, "192.0.2.1", true),
            ("http://localhost/", true, "10.0.0.1", false),
            ("http://localhost/", false, "127.0.0.1", true),
        ] {
            assert_eq!(hook(url, private).may_go(to.parse().unwrap()), may, "{url} {to}");
        }
        assert!(!format!("{:?}", hook("https://hook.example/secret", false)).contains("secret"));
    }

    fn settings() -> Settings {
        Settings {
            name: "chat".to_owned(),
            url: "https://hook.example/".to_owned(),
            secret_file: PathBuf::new(),
            private: false,
            ca_file: None,
        }
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(settings().check(), Ok(()));
        for name in ["", "Chat", "a b", "a:b", &"x".repeat(41)] {
            let settings = Settings { name: name.to_owned(), ..settings() };
            assert!(settings.check().is_err(), "{name}");
        }
    }

    #[test]
    fn the_signature_is_the_standards() {
        // Worked out beside: printf '1793736000.{"a":1}' | openssl dgst -sha256 -hmac key
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let made = signature(&key, Time::from_secs(1_793_736_000), "{\"a\":1}");
        let hex = "72c34d7930813f2c6b95fc6fbaf11b117310db021d2af601b3cd8227f62c1745";
        assert_eq!(made, format!("t=1793736000,v1={hex}"));
    }
}
