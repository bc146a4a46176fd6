use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use ward_kernel::World;
use ward_sense::enrol;
use ward_sensor::EnrolmentCode;

use crate::desk::{Desk, SECRET};
use crate::exactly_once::{Sensor, append, line, settings};

/// An authority, a certificate of it for this name, and a server that shows both.
fn authority(name: &str) -> (CertificateDer<'static>, CertificateDer<'static>, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap().der().clone();
    let authority = issuer.as_ref().der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.clone(), authority.clone()], key)
        .unwrap();
    (authority, leaf, TlsAcceptor::from(Arc::new(config)))
}

fn code(desk: &Desk, pinned: &CertificateDer<'_>) -> String {
    let url = format!("https://localhost:{}", desk.address.port());
    let fingerprint = Some(Sha256::digest(pinned).into());
    EnrolmentCode { world: World::Real, url, fingerprint, secret: SECRET }.to_text()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pinned_desk_and_no_other() {
    let (ca, leaf, acceptor) = authority("localhost");
    let desk = Desk::start(Some(acceptor)).await;
    let folder = tempfile::tempdir().unwrap();
    // Another authority's fingerprint: not a byte of the secret is sent.
    let (other, _, _) = authority("localhost");
    let wrong = enrol(&code(&desk, &other), None, &folder.path().join("sense")).await.unwrap_err();
    assert!(wrong.to_string().contains("no connection to the desk"), "{wrong}");
    assert_eq!(desk.lock().requests, 0);
    enrol(&code(&desk, &ca), None, &folder.path().join("sense")).await.unwrap();
    append(folder.path(), (0..10).map(line));
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("something is held", |state| state.held > 0).await;
    sensor.stop().await;
    // The desk's own certificate can be pinned too.
    enrol(&code(&desk, &leaf), None, &folder.path().join("two")).await.unwrap_err();
    desk.lock().key = None;
    enrol(&code(&desk, &leaf), None, &folder.path().join("two")).await.unwrap();
}

/// The right authority, but a certificate for another name.
#[tokio::test(flavor = "multi_thread")]
async fn another_name() {
    let (ca, _, acceptor) = authority("other.example");
    let desk = Desk::start(Some(acceptor)).await;
    let folder = tempfile::tempdir().unwrap();
    let wrong = enrol(&code(&desk, &ca), None, folder.path()).await.unwrap_err();
    assert!(wrong.to_string().contains("certificate"), "{wrong}");
    assert_eq!(desk.lock().requests, 0);
}
