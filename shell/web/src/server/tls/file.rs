//! Files of keys and certificates: written whole or not at all, keys for the owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsError;

/// Makes the folder, for the owner alone.
pub(super) fn folder(path: &Path) -> Result<(), TlsError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|err| cannot("the folder", path, "made", &err))
}

/// Writes a file whole: beside its place first, then into it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    let beside = path.with_extension("new");
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|err| cannot("the file", path, "written", &err))
}

/// The text of a file; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, TlsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(cannot("the file", path, "read", &err)),
    }
}

/// The certificates of a PEM text, at least one.
pub(super) fn certificates(
    path: &Path,
    text: &str,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(TlsError(format!(
            "{} holds no certificate: it should hold the desk's certificate and those above it, \
             each between BEGIN CERTIFICATE and END CERTIFICATE (PEM)",
            path.display()
        ))),
        Err(err) => Err(TlsError(format!("{} cannot be read as PEM: {err}", path.display()))),
    }
}

/// The key of a PEM text.
pub(super) fn key(path: &Path, text: &str) -> Result<PrivateKeyDer<'static>, TlsError> {
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        return Err(TlsError(format!(
            "the key in {} is locked by a passphrase: nobody is there to type it when the desk \
             starts. Give the key without one, in a file that only the desk can read",
            path.display()
        )));
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|err| match err {
        PemError::NoItemsFound => TlsError(format!(
            "{} holds no private key: it should stand between BEGIN PRIVATE KEY and END PRIVATE \
             KEY (PEM)",
            path.display()
        )),
        // The error's own words could repeat a part of the key.
        _ => TlsError(format!("the key in {} cannot be read as PEM", path.display())),
    })
}

/// Whether others than the owner can read the file.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn cannot(what: &str, path: &Path, done: &str, err: &io::Error) -> TlsError {
    TlsError(format!("{what} {} cannot be {done}: {err}", path.display()))
}
