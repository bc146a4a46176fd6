//! A capture file, block by block.

use ward_kernel::{Addr, Time, hash};
use ward_records::{Event, Loss, Sink, What};

use crate::flows::Flows;
use crate::pcap::{self, Pcap};
use crate::pcapng::{self, Pcapng};

/// The longest record that is read. Capture tools stop at 256 KiB a packet.
pub(crate) const MAX_RECORD: usize = 1 << 20;

/// A packet capture (pcap or pcapng), read incrementally and assembled into flows.
///
/// Feed it the file's bytes from the first on, cut anywhere, then call [`Capture::finish`]. One
/// [`ward_records::Flow`] event comes for each flow when it is over: by its own end, by a timeout
/// in the packets' own time, or at the end of the file. Plain HTTP/1 requests seen in the payload
/// come as [`ward_records::Request`] events, flow exports to the usual collector ports as the
/// flows they describe.
#[derive(Debug)]
pub struct Capture {
    file: File,
    /// What follows the last whole record.
    carry: Vec<u8>,
    /// Offset in the file of the first byte not yet taken.
    at: u64,
    /// Bytes of the file's header still to pass over.
    header: usize,
    /// Time of the last packet, for those that have none.
    last: Option<Time>,
    /// The unread rest is known to be damaged, and has been reported.
    reported: bool,
    flows: Flows,
}

#[derive(Debug)]
enum File {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// What stands at the front of the unread bytes.
pub(crate) enum Step<'a> {
    /// Less than a whole record.
    More,
    /// This many bytes hold nothing to read.
    Skip(usize),
    /// A packet.
    Frame(Frame<'a>),
    /// A record of known length that makes no sense.
    Bad { length: usize, bytes: &'a [u8], why: &'static str },
    /// The place of the next record is unknown; the reader searches from here.
    Damaged { skip: usize, why: &'static str },
    /// The capturing machine admits losses.
    Drops(Drops),
}

/// A packet as captured.
pub(crate) struct Frame<'a> {
    /// Bytes of the whole record.
    pub(crate) length: usize,
    /// When; `None` where the record has no time.
    pub(crate) time: Option<Time>,
    /// `LINKTYPE_` value.
    pub(crate) link_type: u16,
    /// From the link's header on, as far as captured.
    pub(crate) bytes: &'a [u8],
}

/// An interface's count of packets that did not reach the file.
pub(crate) struct Drops {
    pub(crate) length: usize,
    pub(crate) time: Option<Time>,
    pub(crate) interface: u32,
    /// Packets received; `None` when the capture does not say.
    pub(crate) received: Option<u64>,
    pub(crate) dropped: u64,
}

impl Capture {
    /// Recognises a capture by the magic numbers of pcap (both byte orders, microseconds and
    /// nanoseconds, also Kuznetzov's modified form) and pcapng. 12 bytes suffice.
    #[must_use]
    pub fn recognise(head: &[u8]) -> Option<Self> {
        let (file, header) = if pcapng::is_magic(head) {
            (File::Pcapng(Pcapng::new()), 0)
        } else {
            (File::Pcap(Pcap::open(head)?), pcap::HEADER)
        };
        // Tables are keyed by what the file begins with, which holds the time of its first
        // packets: who sends packets cannot know it.
        let seed = hash::bytes(head.get(..head.len().min(4096)).unwrap_or_default());
        Some(Self {
            file,
            carry: Vec::new(),
            at: 0,
            header,
            last: None,
            reported: false,
            flows: Flows::new(seed),
        })
    }

    /// The same capture with another limit on flows that are open at once (100,000 unless told).
    /// Beyond it the flows that would end soonest are ended early, and a problem says so.
    #[must_use]
    pub fn with_open_flows(mut self, limit: usize) -> Self {
        self.flows.set_limit(limit);
        self
    }

    /// Whether flow exports were met so far: the capture is then an exporter's word, not the wire's.
    #[must_use]
    pub const fn carries_exports(&self) -> bool {
        self.flows.datagrams() > 0
    }

    /// Reads the next bytes of the file, cut anywhere.
    pub fn push<S: Sink>(&mut self, block: &[u8], sink: &mut S) {
        if self.carry.is_empty() {
            let used = self.read(block, sink);
            self.carry.extend_from_slice(block.get(used..).unwrap_or_default());
        } else {
            let mut bytes = std::mem::take(&mut self.carry);
            bytes.extend_from_slice(block);
            let used = self.read(&bytes, sink);
            bytes.drain(..used.min(bytes.len()));
            self.carry = bytes;
        }
    }

    /// The file is over: the flows still open come now. A last record that is not whole is
    /// reported.
    pub fn finish<S: Sink>(&mut self, sink: &mut S) {
        if !self.carry.is_empty() && !self.reported {
            let beginning = self.carry.get(..self.carry.len().min(64)).unwrap_or_default();
            sink.problem(self.at, beginning, "the capture ends within a record");
        }
        self.carry = Vec::new();
        self.flows.finish(sink);
    }

    /// Reads what is whole; how many bytes that was.
    fn read<S: Sink>(&mut self, bytes: &[u8], sink: &mut S) -> usize {
        let mut used = self.header.min(bytes.len());
        // A header cut in two is taken in one piece, so that a carry holds all of it.
        if used < self.header {
            return 0;
        }
        if used > 0 {
            if let Some(pcap) = Pcap::open(bytes) {
                self.file = File::Pcap(pcap);
            }
            self.header = 0;
            self.at += used as u64;
        }
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let step = match &mut self.file {
                File::Pcap(pcap) => pcap.step(rest),
                File::Pcapng(pcapng) => pcapng.step(rest),
            };
            let taken = self.take(rest, &step, sink);
            if taken == 0 {
                break;
            }
            used = used.saturating_add(taken).min(bytes.len());
            self.at = self.at.saturating_add(taken as u64);
        }
        used
    }

    /// Acts on one step; how many bytes it took.
    fn take<S: Sink>(&mut self, rest: &[u8], step: &Step<'_>, sink: &mut S) -> usize {
        match step {
            Step::More => 0,
            Step::Skip(length) => *length,
            Step::Frame(frame) => {
                self.reported = false;
                let time = frame.time.or(self.last).unwrap_or_default();
                self.last = Some(time);
                self.flows.frame(self.at, time, frame.link_type, frame.bytes, sink);
                frame.length
            }
            Step::Bad { length, bytes, why } => {
                sink.problem(self.at, bytes.get(..64).unwrap_or(bytes), why);
                *length
            }
            Step::Damaged { skip, why } => {
                self.reported = true;
                // As much as is there wherever blocks are cut: the header that makes no sense.
                sink.problem(self.at, rest.get(..12).unwrap_or(rest), why);
                *skip
            }
            Step::Drops(drops) => {
                self.drops(drops, sink);
                drops.length
            }
        }
    }

    fn drops<S: Sink>(&self, drops: &Drops, sink: &mut S) {
        let time = drops.time.filter(|time| time.micros() > 0).or(self.last).unwrap_or_default();
        if drops.dropped == 0 {
            sink.aside(self.at, Some(time));
            return;
        }
        let part = drops.interface.to_string();
        let loss = Loss {
            by: "capture_drops",
            lost: drops.dropped,
            of: drops.received,
            part: part.as_bytes(),
        };
        sink.event(self.at, &Event { time, source: Addr::default(), what: What::Loss(loss) });
    }
}
