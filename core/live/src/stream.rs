//! What the worker says of a stream and what it hears of a block.

use ward_kernel::Time;

/// A stream: one file, socket or journal of one sensor, from its first byte on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StreamInfo {
    /// The store's number of the stream.
    pub id: u32,
    /// What the sensor calls it: a path, `journal`, `udp:514`.
    pub name: String,
    /// The sensor's name.
    pub sensor: String,
    /// The id of the sensor's jurisdiction.
    pub jurisdiction: String,
    /// The format, when somebody says it (`syslog`, `zeek`, `netflow`...); otherwise the content
    /// decides.
    pub format: Option<String>,
    /// How the stream begins (up to 64 KiB); may be empty while nothing has come.
    pub head: Vec<u8>,
}

/// What became of one block.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Taken {
    /// Records understood.
    pub records: u64,
    /// Lines that were not understood.
    pub misread: u64,
    /// The time of the youngest record.
    pub newest: Option<Time>,
    /// Trouble with the stream, in its order.
    pub problems: Vec<Problem>,
}

/// Trouble with a stream: something is missing, or cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The store's number of the stream.
    pub stream: u32,
    /// The byte offset in the stream.
    pub offset: u64,
    /// What happened and what to do.
    pub what: String,
}
