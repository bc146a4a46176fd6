//! Where records come from.

pub(crate) mod files;
pub(crate) mod follow;
pub(crate) mod journal;
pub(crate) mod netflow;
pub(crate) mod peers;
pub(crate) mod syslog;

/// Turns true when the sensor stops.
pub(crate) type Stop = tokio::sync::watch::Receiver<bool>;

/// Waits until the sensor stops.
pub(crate) async fn stopped(stop: &mut Stop) {
    // An error says that the sensor is gone: it stopped.
    let _ = stop.wait_for(|stops| *stops).await;
}

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
