//! Certificates that the office has from elsewhere.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use ward_kernel::Time;

use super::{Identity, TlsError, der, file, provider};

/// Days before its end at which a certificate is worth a word.
const SOON: i64 = 14;

/// The identity of a certificate (PEM, with those above it) and its key (PEM), as of now.
///
/// # Errors
/// When a file cannot be read, the key is not the certificate's, or the certificate does not hold
/// now.
pub fn given(certificate: &Path, key: &Path) -> Result<Identity, TlsError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let secs = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    given_at(certificate, key, Time::from_secs(secs))
}

/// As [`given`], at a moment.
///
/// # Errors
/// As [`given`].
pub fn given_at(certificate: &Path, key: &Path, now: Time) -> Result<Identity, TlsError> {
    let text = |path: &Path| {
        file::read(path)?.ok_or_else(|| {
            TlsError(format!("there is no file {}: check the settings", path.display()))
        })
    };
    let chain = file::certificates(certificate, &text(certificate)?)?;
    let own_key = file::key(key, &text(key)?)?;
    if file::is_open_to_others(key) {
        tracing::warn!(file = %key.display(), "others on this machine can read the key: chmod 600");
    }
    check_pair(&chain, &own_key, certificate, key)?;
    check_time(&chain, certificate, now)?;
    Ok(Identity { chain, key: own_key, fingerprint: None })
}

fn check_pair(
    chain: &[CertificateDer<'static>],
    key: &rustls::pki_types::PrivateKeyDer<'static>,
    certificate_path: &Path,
    key_path: &Path,
) -> Result<(), TlsError> {
    let (certificate_path, key_path) = (certificate_path.display(), key_path.display());
    let provider: &CryptoProvider = &provider();
    let signing = provider.key_provider.load_private_key(key.clone_key()).map_err(|_| {
        TlsError(format!(
            "the key in {key_path} is of a kind that is not supported: use ECDSA (P-256, P-384), \
             Ed25519 or RSA"
        ))
    })?;
    CertifiedKey::new(chain.to_vec(), signing).keys_match().map_err(|_| {
        TlsError(format!(
            "the key in {key_path} is not that of the first certificate in {certificate_path}: \
             give the pair that was made together, the desk's own certificate first"
        ))
    })
}

fn check_time(chain: &[CertificateDer<'static>], path: &Path, now: Time) -> Result<(), TlsError> {
    let path = path.display();
    let Some((from, until)) = chain.first().and_then(|own| der::validity(own)) else {
        return Err(TlsError(format!("the first certificate in {path} cannot be read")));
    };
    let (from, until) = (Time::from_secs(from), Time::from_secs(until));
    if now < from {
        return Err(TlsError(format!(
            "the certificate in {path} holds from {from}, and this machine says it is {now}: check \
             its clock"
        )));
    }
    if until < now {
        return Err(TlsError(format!("the certificate in {path} ended at {until}: renew it")));
    }
    if until < now.plus(SOON.saturating_mul(ward_kernel::time::DAY)) {
        tracing::warn!(%until, "the certificate ends soon");
    }
    Ok(())
}
