//! Packet captures and flow exports, behind one small door to `ward-packets`.

use ward_kernel::Time;
use ward_packets::{Capture, Export};
use ward_records::{Event, Sink};

/// A capture or an export that is being read from one end to the other.
pub(crate) enum Packets {
    Capture(Box<Capture>),
    /// A capture of what an exporter sent to its collector.
    CapturedExport(Box<Capture>),
    Export(Box<Export>),
}

impl Packets {
    /// Recognises a capture or an export by its first bytes.
    pub(crate) fn recognise(head: &[u8]) -> Option<Self> {
        let capture = Capture::recognise(head).map(|capture| {
            if sends_exports(head) {
                Self::CapturedExport(Box::new(capture))
            } else {
                Self::Capture(Box::new(capture))
            }
        });
        capture.or_else(|| Export::recognise(head).map(|export| Self::Export(Box::new(export))))
    }

    /// The name used in reports.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Capture(_) => "pcap",
            Self::CapturedExport(_) | Self::Export(_) => "netflow",
        }
    }

    /// Takes the next bytes, in any portion.
    pub(crate) fn push(&mut self, block: &[u8], sink: &mut impl Sink) {
        match self {
            Self::Capture(capture) | Self::CapturedExport(capture) => capture.push(block, sink),
            Self::Export(export) => export.read(block, sink),
        }
    }

    /// Says what was still open at the end.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        match self {
            Self::Capture(capture) | Self::CapturedExport(capture) => capture.finish(sink),
            Self::Export(export) => export.finish(sink),
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
