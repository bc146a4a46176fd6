//! The lines of a `Cookie` header.

use data_encoding::BASE64URL_NOPAD;

/// The secret in the cookie of that name; `None` when there is none, or two that differ, or one
/// that is not base64.
pub(super) fn secret(lines: &[&str], name: &str) -> Option<Vec<u8>> {
    let mut found = None;
    for pair in lines.iter().flat_map(|line| line.split(';')) {
        let Some((key, value)) = pair.trim().split_once('=') else { continue };
        if key != name {
            continue;
        }
        let value = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        if found.as_ref().is_some_and(|before| *before != value) {
            return None;
        }
        found = Some(value);
    }
    found
}
