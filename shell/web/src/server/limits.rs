//! How much a client may take of the desk.

use std::time::Duration;

/// What one connection, one request and all of them together may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one IPv4 address or one IPv6 /64; loopback is not counted.
    pub per_network: usize,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For the head of a request; also how long a connection may wait for the next one.
    pub head: Duration,
    /// Bytes of the head of a request: the line and all fields.
    pub head_bytes: usize,
    /// Bytes of a body where a route does not say otherwise by axum's `DefaultBodyLimit`.
    pub body: usize,
    /// Bytes of a body that no route can exceed.
    pub body_most: u64,
    /// For a body to begin.
    pub body_grace: Duration,
    /// Bytes a second that a body must arrive at, counted after the grace.
    pub body_pace: u64,
    /// How long a client may take nothing of its answer.
    pub write: Duration,
    /// For what was begun when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    /// For a state: 116 offices behind their own addresses, and as many browsers.
    fn default() -> Self {
        Self {
            connections: 2_000,
            per_network: 200,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            head_bytes: 16 << 10,
            body: 64 << 10,
            body_most: 32 << 20,
            body_grace: Duration::from_secs(10),
            body_pace: 4 << 10,
            write: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}
