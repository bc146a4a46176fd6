//! The desk's own authority, certificates that are given, and clients that speak or do not speak
//! TLS.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use ward_kernel::Time;
use ward_kernel::time::DAY;
use ward_web::server::headers::HSTS;
use ward_web::server::tls::{Identity, given_at, own};
use ward_web::server::{Limits, serve_with};

use crate::support::{field, status};

fn now() -> Time {
    let secs = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Time::from_secs(i64::try_from(secs).unwrap())
}

fn names() -> Vec<String> {
    vec!["desk.state.example".to_owned(), "192.0.2.7".to_owned()]
}

async fn start(identity: &Identity) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let limits = Limits { handshake: Duration::from_millis(300), ..Limits::default() };
    let router = Router::new().route("/", get(|| async { "hello" }));
    let tls = identity.server_config().unwrap();
    tokio::spawn(serve_with(listener, Some(tls), router, limits, std::future::pending()));
    at
}

/// Asks as somebody who trusts one authority; the answer or why there is none.
async fn ask(
    at: SocketAddr,
    authority: &[u8],
    name: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(at).await.unwrap();
    let server = ServerName::try_from(name.to_owned()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(server, socket).await.map_err(|err| err.to_string())?;
    let head = format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.map_err(|err| err.to_string())?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.map_err(|err| err.to_string())?;
    Ok(String::from_utf8(all).unwrap())
}

#[tokio::test]
async fn the_own_authority_vouches_for_the_desk_s_names_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let identity = own(folder.path(), &names(), now()).unwrap();
    let authority = fs::read(folder.path().join("authority.pem")).unwrap();
    let at = start(&identity).await;
    let both = [&rustls::version::TLS13, &rustls::version::TLS12];
    for name in ["desk.state.example", "localhost", "127.0.0.1", "192.0.2.7"] {
        let answer = ask(at, &authority, name, &both).await.unwrap();
        assert!(status(&answer) == 200 && answer.ends_with("hello"), "{answer}");
        let hsts = (name != "localhost").then_some(HSTS);
        assert_eq!(field(&answer, "strict-transport-security"), hsts);
    }
    assert!(ask(at, &authority, "localhost", &[&rustls::version::TLS12]).await.is_ok());
    let refused = ask(at, &authority, "other.example", &both).await.unwrap_err();
    assert!(refused.contains("not valid for name"), "{refused}");
    // Of another office's authority the desk knows nothing.
    let other = tempfile::tempdir().unwrap();
    own(other.path(), &names(), now()).unwrap();
    let stranger = fs::read(other.path().join("authority.pem")).unwrap();
    assert!(ask(at, &stranger, "localhost", &both).await.is_err());
}

#[test]
fn the_fingerprint_is_the_authority_s_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let first = own(folder.path(), &names(), now()).unwrap();
    let pem = fs::read(folder.path().join("authority.pem")).unwrap();
    let der = CertificateDer::from_pem_slice(&pem).unwrap();
    let hex: Vec<String> = Sha256::digest(&der).iter().map(|b| format!("{b:02X}")).collect();
    assert_eq!(first.fingerprint(), hex.join(":"));
    let desk = || fs::read(folder.path().join("desk.pem")).unwrap();
    let made = desk();
    let again = |days: i64| own(folder.path(), &names(), now().plus(days * DAY)).unwrap();
    assert_eq!(again(0).fingerprint(), first.fingerprint());
    assert_eq!(desk(), made, "what holds is kept");
    again(360);
    assert_eq!(desk(), made, "37 days are left");
    assert_eq!(again(369).fingerprint(), first.fingerprint());
    assert_ne!(desk(), made, "28 days were left");
    for name in ["authority.key", "desk.key", "authority.pem"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(!format!("{first:?}").contains("PRIVATE"));
}

#[test]
fn refuses_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = |names: &[&str], at: Time| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        own(folder.path(), &names, at).unwrap_err().to_string()
    };
    assert!(wrong(&["https://desk"], now()).contains("no name of a host"));
    // For this machine alone at first: nobody can know that authority, so another is made.
    let first = own(folder.path(), &[], now()).unwrap();
    let second = own(folder.path(), &names(), now()).unwrap();
    assert_ne!(first.fingerprint(), second.fingerprint());
    let sentence = wrong(&["desk.state.example", "mail.state.example"], now());
    assert!(sentence.contains("cannot vouch for mail.state.example"), "{sentence}");
    // Fewer names are no trouble.
    assert!(own(folder.path(), &["desk.state.example".to_owned()], now()).is_ok());
    let sentence = wrong(&["desk.state.example"], now().plus(3_700 * DAY));
    assert!(sentence.contains("ended at"), "{sentence}");
    fs::remove_file(folder.path().join("authority.key")).unwrap();
    assert!(wrong(&[], now()).contains("one is missing"));
}

#[test]
fn given_certificates_are_checked() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    own(a.path(), &names(), now()).unwrap();
    own(b.path(), &names(), now()).unwrap();
    let (pem, key) = (a.path().join("desk.pem"), a.path().join("desk.key"));
    let fine = given_at(&pem, &key, now()).unwrap();
    assert_eq!(fine.fingerprint(), "");
    assert!(fine.server_config().is_ok());
    let wrong = |pem: &Path, key: &Path, at: Time| given_at(pem, key, at).unwrap_err().to_string();
    let sentence = wrong(&pem, &b.path().join("desk.key"), now());
    assert!(sentence.contains("is not that of the first certificate"), "{sentence}");
    assert!(wrong(&pem, &key, now().plus(400 * DAY)).contains("renew it"));
    assert!(wrong(&pem, &key, now().plus(-400 * DAY)).contains("check its clock"));
    assert!(wrong(&key, &key, now()).contains("holds no certificate"));
    assert!(wrong(&pem, &pem, now()).contains("holds no private key"));
    assert!(wrong(&a.path().join("nothing"), &key, now()).contains("there is no file"));
    let locked = a.path().join("locked.key");
    fs::write(&locked, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n").unwrap();
    assert!(wrong(&pem, &locked, now()).contains("locked by a passphrase"));
    fs::write(&locked, "-----BEGIN PRIVATE KEY-----\nAAAA!\n-----END PRIVATE KEY-----\n").unwrap();
    assert!(!wrong(&pem, &locked, now()).contains("AAAA"));
}

#[tokio::test]
async fn plain_clients_are_told_and_silent_ones_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = start(&own(folder.path(), &[], now()).unwrap()).await;
    let rest = async |bytes: &[u8]| {
        let mut socket = TcpStream::connect(at).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut all = Vec::new();
        let read = timeout(Duration::from_secs(3), socket.read_to_end(&mut all)).await;
        assert!(read.is_ok(), "still open");
        String::from_utf8_lossy(&all).into_owned()
    };
    let answer = rest(b"GET /secret HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&answer), 400);
    assert!(answer.contains("write https:// instead"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(field(&answer, "content-length"), Some(body.len().to_string().as_str()));
    assert_eq!(rest(b"").await, "", "nothing is said");
    assert_eq!(rest(&[0x16, 3, 1]).await, "", "a handshake is begun and left");
}
