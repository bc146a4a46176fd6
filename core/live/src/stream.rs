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

impl Taken {
    pub(crate) fn trouble(&mut self, stream: u32, offset: u64, what: impl Into<String>) {
        self.problems.push(Problem { stream, offset, what: what.into() });
    }
}

impl StreamInfo {
    /// The name by which evidence points to the stream: the sensor's, the stream's and, last, the
    /// store's number.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}#{}", self.sensor, self.name, self.id)
    }
}

/// The store's number of the stream that a piece of evidence points to.
pub(crate) fn stream_of(place: &str) -> Option<u32> {
    place.rsplit_once('#').and_then(|(_, id)| id.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back() {
        let stream = StreamInfo { id: 4_000_000_000, name: "a#7#".into(), ..StreamInfo::default() };
        assert_eq!(stream_of(&stream.place()), Some(4_000_000_000));
        assert_eq!(stream_of("auth.log"), None);
    }
}
