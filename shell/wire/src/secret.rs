//! Secrets that lie in files of their own, so that they stand in no settings and no list of
//! processes.

use std::fmt;
use std::path::Path;

/// The longest secret, in bytes.
const LONGEST: u64 = 4096;

/// A secret: it is never shown.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Reads the secret of a file: one line of visible ASCII, which not everybody on this machine
    /// can read. `what` names the setting in sentences.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub(crate) fn read(path: &Path, what: &str) -> Result<Self, String> {
        let shown = path.display();
        let unread = |err: std::io::Error| format!("{what} {shown} cannot be read: {err}");
        let file = std::fs::metadata(path).map_err(unread)?;
        if !file.is_file() || file.len() > LONGEST {
            return Err(format!(
                "{what} {shown} is not a file of at most {LONGEST} bytes: write the secret into a \
                 file by itself"
            ));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if file.permissions().mode() & 0o007 != 0 {
                return Err(format!(
                    "{what} {shown} is open to everybody on this machine: chmod 0600 it"
                ));
            }
        }
        let text = std::fs::read_to_string(path).map_err(unread)?;
        Self::new(text.trim_end_matches(['\r', '\n'])).ok_or_else(|| {
            format!(
                "{what} {shown} is empty, or holds more than one line of visible characters: \
                 write the secret into it and nothing else"
            )
        })
    }

    /// A secret; `None` when it is empty or holds what no line can.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let visible = |b: u8| b == b' ' || b.is_ascii_graphic();
        (!text.is_empty() && text.bytes().all(visible)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, where it is used.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_line_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail.secret");
        let read = || Secret::read(&path, "password_file");
        assert!(read().unwrap_err().contains("cannot be read"));
        for (text, good) in
            [("a b+c\r\n", true), ("a\nb\n", false), ("\n", false), ("\u{e9}", false)]
        {
            std::fs::write(&path, text).unwrap();
            mode(&path, 0o600);
            assert_eq!(read().is_ok(), good, "{text:?}");
        }
        std::fs::write(&path, "x\n").unwrap();
        mode(&path, 0o604);
        assert!(read().unwrap_err().contains("chmod 0600"));
        mode(&path, 0o600);
        assert_eq!(format!("{:?}", read().unwrap()), "Secret(..)");
        assert!(Secret::read(folder.path(), "password_file").unwrap_err().contains("not a file"));
    }

    fn mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}
