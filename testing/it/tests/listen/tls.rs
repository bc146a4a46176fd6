//! A sender of syslog over TLS that trusts the desk's authority and nothing else (RFC 5425).

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Sends bytes and closes the connection in order.
pub(crate) fn send(desk: &Path, to: SocketAddr, bytes: &[u8]) {
    let authority = CertificateDer::from_pem_file(desk.join("tls/authority.pem"));
    let mut roots = RootCertStore::empty();
    roots.add(authority.expect("the desk's authority")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let session = ClientConnection::new(Arc::new(config), name).expect("a session");
    let mut stream = StreamOwned::new(session, TcpStream::connect(to).expect("a connection"));
    stream.write_all(bytes).expect("the desk's certificate is good, and it takes the bytes");
    stream.conn.send_close_notify();
    stream.flush().expect("all is sent");
}
