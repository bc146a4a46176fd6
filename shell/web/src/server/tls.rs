//! TLS from the first minute: by an authority of the desk's own, or by certificates that are given.

mod der;
mod file;
mod given;
mod own;

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use sha2::{Digest, Sha256};

pub use given::{given, given_at};
pub use own::own;

/// Who the desk is to those who connect: its certificates and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    fingerprint: Option<String>,
}

impl Identity {
    /// SHA-256 of the own authority's certificate (its DER form), as colon hex: what people compare
    /// and sensors pin. Empty when certificates were given.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone().unwrap_or_default()
    }

    /// The settings for a server: TLS 1.3 and 1.2, HTTP/1.1.
    ///
    /// # Errors
    /// When the key does not fit the certificate.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let wrong = |err: rustls::Error| TlsError(format!("this identity cannot be used: {err}"));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(wrong)?
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())
            .map_err(wrong)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A sensor that comes again need not shake hands at length.
        config.ticketer = rustls::crypto::ring::Ticketer::new().map_err(wrong)?;
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for Identity {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

/// Why there is no identity: a sentence that says what, where and what to do.
#[derive(Debug)]
pub struct TlsError(String);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Bytes as people compare them: `4A:1C:...`.
fn colon_hex(certificate: &[u8]) -> String {
    let digest = Sha256::digest(certificate);
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}
