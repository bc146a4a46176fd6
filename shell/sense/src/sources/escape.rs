//! Messages that shall be one line.

/// Appends a message that shall be one line: line ends are written as rsyslog writes them (`#012`,
/// `#015`), zero bytes left out.
pub(crate) fn escape(message: &[u8], out: &mut Vec<u8>) {
    let mut rest = message;
    while let Some(at) = memchr::memchr3(b'\n', b'\r', 0, rest) {
        let (plain, odd) = rest.split_at(at);
        out.extend_from_slice(plain);
        match odd.first() {
            Some(b'\n') => out.extend_from_slice(b"#012"),
            Some(b'\r') => out.extend_from_slice(b"#015"),
            _ => {}
        }
        rest = odd.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
