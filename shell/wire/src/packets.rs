//! Packet captures and flow exports, behind one small door to `ward-packets`.

use ward_packets::{Capture, Export};
use ward_records::Sink;

/// A capture or an export that is being read from one end to the other.
pub(crate) enum Packets {
    Capture(Box<Capture>),
    Export(Box<Export>),
}

impl Packets {
    /// Recognises a capture or an export by its first bytes.
    pub(crate) fn recognise(head: &[u8]) -> Option<Self> {
        Capture::recognise(head)
            .map(|capture| Self::Capture(Box::new(capture)))
            .or_else(|| Export::recognise(head).map(|export| Self::Export(Box::new(export))))
    }

    /// The name used in reports.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Capture(_) => "pcap",
            Self::Export(_) => "netflow",
        }
    }

    /// Takes the next bytes, in any portion.
    pub(crate) fn push(&mut self, block: &[u8], sink: &mut impl Sink) {
        match self {
            Self::Capture(capture) => capture.push(block, sink),
            Self::Export(export) => export.read(block, sink),
        }
    }

    /// Says what was still open at the end.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        match self {
            Self::Capture(capture) => capture.finish(sink),
            Self::Export(export) => export.finish(sink),
        }
    }
}
