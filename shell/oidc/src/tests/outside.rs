//! The way out: what is not followed, not waited for and not trusted.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::fake::{Fake, NOW, Reply, settings};
use super::signer::Signer;
use crate::{Kind, Provider};

const DOCUMENT: &str = "/.well-known/openid-configuration";

async fn refusal(provider: &Provider) -> String {
    let refused = provider.discover(NOW).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unreachable, "{refused}");
    refused.to_string()
}

#[tokio::test]
async fn what_is_not_what_was_asked_for_is_not_taken() {
    for path in [DOCUMENT, "/jwks"] {
        let fake = Fake::start(&[&Signer::ec("1")]).await;
        for (reply, expected) in [
            (Reply::Redirect, "redirect (302), which is not followed"),
            (Reply::Packed, "compressed"),
            (Reply::Silence, "does not answer within"),
            (Reply::Bytes(vec![b' '; 1024 * 1024 + 1]), "more than 1 MiB"),
            (Reply::Bytes(Vec::new()), "not JSON"),
        ] {
            fake.reply(path, reply);
            let why = refusal(&fake.provider()).await;
            assert!(why.contains(expected), "{why}\nexpected: {expected}");
        }
    }
}

/// Reads the whole question: an answer that comes before it is none, and a connection that is
/// closed on unread bytes is reset.
async fn hear(stream: &mut TcpStream) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut asked).await.unwrap(), 0);
    }
}

/// What a server's task ends with; one that nobody came to fails here and does not wait.
async fn end<T>(served: JoinHandle<T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), served).await.expect("somebody came").unwrap()
}

#[tokio::test]
async fn what_is_no_http_is_not_waited_for() {
    for (bytes, expected) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], "HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", "broke its answer off"),
        (b"", "broke the connection off"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            hear(&mut stream).await;
            stream.write_all(bytes).await.unwrap();
        });
        let why = refusal(&Provider::new(settings(&issuer, "")).unwrap()).await;
        assert!(why.contains(expected), "{why}\nexpected: {expected}");
        end(served).await;
    }
}

#[tokio::test]
async fn a_long_head_is_refused() {
    for (length, expected) in [(1_000, "not JSON"), (200_000, "does not speak HTTP")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            hear(&mut stream).await;
            let head = format!("x: {}\r\ncontent-length: 0\r\n\r\n", "y".repeat(length));
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes()).await.ok();
            // Until the other side has gone.
            while stream.read_buf(&mut Vec::new()).await.is_ok_and(|read| read > 0) {}
        });
        let why = refusal(&Provider::new(settings(&issuer, "")).unwrap()).await;
        assert!(why.contains(expected), "{why}");
        end(served).await;
    }
}

#[tokio::test]
async fn a_head_without_end_is_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        hear(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        let line = format!("x: {}\r\n", "y".repeat(1000));
        for lines in 0..10_000 {
            if stream.write_all(line.as_bytes()).await.is_err() {
                return lines;
            }
        }
        10_000
    });
    refusal(&Provider::new(settings(&issuer, "")).unwrap()).await;
    assert!(end(served).await < 10_000, "the head was read to its end");
}

#[tokio::test]
async fn a_port_where_nobody_listens_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let why = refusal(&Provider::new(settings(&issuer, "")).unwrap()).await;
    assert!(why.contains("connection refused"), "{why}");
}

/// An authority of our own, in PEM, and a server with its certificate for these names.
fn authority(names: &[&str]) -> (tempfile::NamedTempFile, TlsAcceptor) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), issuer.pem()).unwrap();
    (file, TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn only_certificates_of_trusted_authorities_are_taken() {
    let (file, tls) = authority(&["localhost", "127.0.0.1"]);
    let ca = format!("ca_file = \"{}\"\n", file.path().display());
    for name in ["localhost", "127.0.0.1"] {
        let fake = Fake::start_tls(name, tls.clone()).await;
        Provider::new(settings(&fake.issuer, &ca)).unwrap().discover(NOW).await.unwrap();
        let why = refusal(&Provider::new(settings(&fake.issuer, "")).unwrap()).await;
        assert!(why.contains("UnknownIssuer") && why.contains("ca_file"), "{why}");
    }
    let (file, tls) = authority(&["other.example"]);
    let ca = format!("ca_file = \"{}\"\n", file.path().display());
    let fake = Fake::start_tls("localhost", tls).await;
    let why = refusal(&Provider::new(settings(&fake.issuer, &ca)).unwrap()).await;
    assert!(why.contains("not valid for"), "{why}");
}

#[test]
fn an_authority_file_without_a_certificate_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [file.path().to_str().unwrap(), "/nowhere/ca.pem"] {
        let ca = format!("ca_file = \"{path}\"\n");
        let err = Provider::new(settings("https://login.example", &ca)).unwrap_err();
        assert!(err.contains("ca_file") && err.contains("PEM"), "{err}");
    }
}
