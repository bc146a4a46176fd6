//! The bytes of one stream, read on from block to block.

use ward_kernel::Time;
use ward_kernel::time::HOUR;
use ward_packets::{Capture, Export};
use ward_records::{Event, Format, Hints, Reader, Sink};
use ward_sensor::datagram;

/// How much of a stream's beginning is looked at.
pub(crate) const HEAD: usize = 64 << 10;
/// The longest record that is waited for; a sensor cuts longer ones itself.
const RECORD: usize = 2 << 20;
/// Dates without a year are placed before the moment of receipt; so far it may lag.
const STALE: i64 = 12 * HOUR;

/// What a stream holds, and how far it was read.
#[derive(Debug)]
pub(crate) enum Content {
    /// Lines of a format that is read record by record.
    Lines(Lines),
    /// Datagrams of a collector, framed as sensors frame them.
    Datagrams(Box<Datagrams>),
    /// A file of flow export messages.
    Export(Box<Export>),
    /// A packet capture; `true` when it holds what exporters sent to their collector.
    Capture(Box<Capture>, bool),
    /// Not yet known: what came so far, at most [`HEAD`] bytes.
    Unknown(Vec<u8>),
    /// Nothing that is read.
    Foreign,
}

impl Content {
    /// Recognises by what somebody says, or by how the stream begins; `None` when neither tells.
    pub(crate) fn recognise(format: Option<&str>, head: &[u8], hints: &Hints) -> Option<Self> {
        let said = Format::ALL.into_iter().find(|known| Some(known.name()) == format);
        if let Some(format) = said {
            return Some(Self::Lines(Lines::new(Reader::forced(format, hints), hints.newest)));
        }
        if format == Some(ward_sensor::NETFLOW) {
            return Some(Self::Datagrams(Box::default()));
        }
        let head = head.get(..HEAD).unwrap_or(head);
        // Captures first: their magic numbers are exact, text is recognised by likeness.
        if let Some(capture) = Capture::recognise(head) {
            return Some(Self::Capture(Box::new(capture), sends_exports(head)));
        }
        Export::recognise(head).map(|export| Self::Export(Box::new(export))).or_else(|| {
            let reader = Reader::recognise(head, hints)?;
            Some(Self::Lines(Lines::new(reader, hints.newest)))
        })
    }

    /// The format's name in reports; empty while it is not known.
    pub(crate) const fn format(&self) -> &'static str {
        match self {
            Self::Lines(lines) => lines.reader.format().name(),
            Self::Datagrams(_) | Self::Export(_) | Self::Capture(_, true) => ward_sensor::NETFLOW,
            Self::Capture(_, false) => "pcap",
            Self::Unknown(_) | Self::Foreign => "",
        }
    }

    /// Learns from the stream's beginning what later lines need, when reading begins later on.
    pub(crate) fn learn(&mut self, head: &[u8]) {
        if let Self::Lines(lines) = self {
            let end = lines.reader.cut(head);
            lines.reader.advance(head.get(..end).unwrap_or_default());
        }
    }

    /// Reads the next bytes, which stand at `base`.
    pub(crate) fn read(&mut self, bytes: &[u8], base: u64, hints: &Hints, sink: &mut impl Sink) {
        match self {
            Self::Lines(lines) => lines.read(bytes, base, hints, sink),
            Self::Datagrams(datagrams) => datagrams.read(bytes, base, sink),
            Self::Export(export) => export.read(bytes, sink),
            Self::Capture(capture, _) => capture.push(bytes, sink),
            Self::Unknown(_) | Self::Foreign => {}
        }
    }

    /// What comes next does not follow what came last: what was waited for is read as it is.
    pub(crate) fn torn(&mut self, sink: &mut impl Sink) {
        match self {
            Self::Lines(lines) => lines.rest(sink),
            Self::Datagrams(datagrams) => datagrams.rest(sink),
            _ => {}
        }
    }

    /// How many bytes are held because their rest has not come yet.
    pub(crate) const fn waiting(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.carry.len(),
            Self::Datagrams(datagrams) => datagrams.carry.len(),
            Self::Unknown(seen) => seen.len(),
            Self::Export(_) | Self::Capture(..) | Self::Foreign => 0,
        }
    }

    /// There is no more room to wait in: what is held is read as it is, or let go.
    pub(crate) fn hurry(&mut self, sink: &mut impl Sink) {
        if matches!(self, Self::Unknown(_)) {
            *self = Self::Foreign;
        }
        self.torn(sink);
    }

    /// The stream is over: what was still open comes now.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        self.torn(sink);
        match self {
            Self::Datagrams(datagrams) => datagrams.export.finish(sink),
            Self::Export(export) => export.finish(sink),
            Self::Capture(capture, _) => capture.finish(sink),
            // Of lines more can come: a program writes on into the file that was rotated away.
            _ => return,
        }
        *self = Self::Foreign;
    }
}

/// Lines, and the part of a record that waits for its rest.
#[derive(Debug)]
pub(crate) struct Lines {
    reader: Reader,
    newest: Time,
    carry: Vec<u8>,
    at: u64,
}

impl Lines {
    const fn new(reader: Reader, newest: Time) -> Self {
        Self { reader, newest, carry: Vec::new(), at: 0 }
    }

    fn read(&mut self, bytes: &[u8], base: u64, hints: &Hints, sink: &mut impl Sink) {
        self.renew(hints);
        if self.carry.is_empty() {
            let end = self.reader.cut(bytes).min(bytes.len());
            let (whole, rest) = bytes.split_at(end);
            self.reader.read(whole, base, sink);
            self.carry.extend_from_slice(rest);
            self.at = base.saturating_add(end as u64);
        } else {
            self.carry.extend_from_slice(bytes);
            let carry = std::mem::take(&mut self.carry);
            let end = self.reader.cut(&carry).min(carry.len());
            let (whole, rest) = carry.split_at(end);
            self.reader.read(whole, self.at, sink);
            self.carry = rest.to_vec();
            self.at = self.at.saturating_add(end as u64);
        }
        if self.carry.len() > RECORD {
            self.rest(sink);
        }
    }

    /// Reads what waits, whole or not.
    fn rest(&mut self, sink: &mut impl Sink) {
        let carry = std::mem::take(&mut self.carry);
        if !carry.is_empty() {
            self.reader.read(&carry, self.at, sink);
        }
    }

    /// Syslog's stamps without a year are placed by the moment of receipt, which goes on. Its
    /// reader learns nothing from line to line.
    fn renew(&mut self, hints: &Hints) {
        let lag = hints.newest.since(self.newest).saturating_abs();
        if lag > STALE && self.reader.format() == Format::Syslog {
            self.reader = Reader::forced(Format::Syslog, hints);
            self.newest = hints.newest;
        }
    }
}

/// Datagrams, and the part of one that waits for its rest.
#[derive(Debug, Default)]
pub(crate) struct Datagrams {
    export: Export,
    carry: Vec<u8>,
    at: u64,
}

impl Datagrams {
    fn read(&mut self, bytes: &[u8], base: u64, sink: &mut impl Sink) {
        if self.carry.is_empty() {
            self.at = base;
        }
        self.carry.extend_from_slice(bytes);
        let mut used = self.carry.len();
        for next in datagram::read(&self.carry) {
            match next {
                Ok(one) => {
                    let at = self.at.saturating_add(one.at as u64);
                    self.export.push(one.exporter, at, one.time, one.bytes, sink);
                }
                Err(at) => used = at,
            }
        }
        self.carry.drain(..used);
        self.at = self.at.saturating_add(used as u64);
    }

    fn rest(&mut self, sink: &mut impl Sink) {
        let carry = std::mem::take(&mut self.carry);
        if !carry.is_empty() {
            let beginning = carry.get(..64).unwrap_or(&carry);
            sink.problem(self.at, beginning, "the stream ends within a datagram");
        }
    }
}

/// Whether the first packets of a capture are flow exports on their way to a collector.
fn sends_exports(head: &[u8]) -> bool {
    let Some(mut trial) = Capture::recognise(head) else { return false };
    trial.push(head, &mut Nowhere);
    trial.carries_exports()
}

/// Nobody listens to a trial.
struct Nowhere;

impl Sink for Nowhere {
    fn event(&mut self, _at: u64, _event: &Event<'_>) {}
    fn aside(&mut self, _at: u64, _time: Option<Time>) {}
    fn problem(&mut self, _at: u64, _line: &[u8], _why: &'static str) {}
}
