//! The classic capture file: a 24-byte header, then records (draft-ietf-opsawg-pcap).
//!
//! The format is a dozen lines of framing. It is read here rather than by a crate because the
//! reader must be incremental with a bound on what it holds, must find its way again after a
//! damaged length, and may not do unchecked arithmetic on what the file says.

use ward_kernel::Time;

use crate::bytes::{Order, index};
use crate::capture::{Frame, MAX_RECORD, Step};

/// What the file's header says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pcap {
    order: Order,
    /// How many units of the fraction make a microsecond.
    per_micro: u32,
    /// Bytes of a record's header: 24 in Kuznetzov's "modified" files.
    record_header: usize,
    link_type: u16,
    /// Seconds of the last good record: what resynchronising is judged by.
    last: Option<u32>,
    /// Searching for a record header after a damaged one.
    lost: bool,
}

/// Bytes of the file's header.
pub(crate) const HEADER: usize = 24;

impl Pcap {
    /// Reads the file's header, if these bytes begin with one.
    pub(crate) fn open(head: &[u8]) -> Option<Self> {
        let (order, per_micro, record_header) = magic(head)?;
        // The upper half holds the length of a frame check sequence.
        let link_type = order.u32(head, 20).map_or(0, |network| network & 0xffff);
        Some(Self {
            order,
            per_micro,
            record_header,
            link_type: u16::try_from(link_type).unwrap_or(u16::MAX),
            last: None,
            lost: false,
        })
    }

    /// Takes one record off the front of `bytes`.
    pub(crate) fn step<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        if self.lost {
            return self.search(bytes);
        }
        let Some(header) = self.record(bytes) else { return Step::More };
        if header.captured > MAX_RECORD {
            self.lost = true;
            return Step::Damaged { skip: 1, why: "a record's length is not plausible" };
        }
        let end = self.record_header.saturating_add(header.captured);
        let Some(frame) = bytes.get(self.record_header..end) else { return Step::More };
        self.last = Some(header.seconds);
        let micros = i64::from(header.fraction / self.per_micro);
        let time = Time::from_secs(i64::from(header.seconds)).plus(micros);
        Step::Frame(Frame {
            length: end,
            time: Some(time),
            link_type: self.link_type,
            bytes: frame,
        })
    }

    fn record(&self, bytes: &[u8]) -> Option<Header> {
        bytes.get(..self.record_header)?;
        Some(Header {
            seconds: self.order.u32(bytes, 0)?,
            fraction: self.order.u32(bytes, 4)?,
            captured: index(self.order.u32(bytes, 8)?),
            original: index(self.order.u32(bytes, 12)?),
        })
    }

    /// The next place that looks like a record of the same day. By chance a place does so once in
    /// 10^11 bytes.
    fn search<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        let mut skip = 0;
        loop {
            let Some(header) = bytes.get(skip..).and_then(|rest| self.record(rest)) else {
                return if skip == 0 { Step::More } else { Step::Skip(skip) };
            };
            if self.is_plausible(&header) {
                self.lost = false;
                return if skip == 0 { self.step(bytes) } else { Step::Skip(skip) };
            }
            skip += 1;
        }
    }

    fn is_plausible(&self, header: &Header) -> bool {
        let near = self.last.is_none_or(|last| header.seconds.abs_diff(last) < 86_400);
        near && header.seconds > 0
            && header.fraction / self.per_micro < 1_000_000
            && (14..=MAX_RECORD).contains(&header.captured)
            && header.captured <= header.original
            && header.original <= MAX_RECORD
    }
}

struct Header {
    seconds: u32,
    fraction: u32,
    captured: usize,
    original: usize,
}

/// Byte order, units of a microsecond and the length of record headers, by the magic number.
pub(crate) fn magic(head: &[u8]) -> Option<(Order, u32, usize)> {
    Some(match head.first_chunk()? {
        [0xd4, 0xc3, 0xb2, 0xa1] => (Order::Little, 1, 16),
        [0xa1, 0xb2, 0xc3, 0xd4] => (Order::Big, 1, 16),
        [0x4d, 0x3c, 0xb2, 0xa1] => (Order::Little, 1000, 16),
        [0xa1, 0xb2, 0x3c, 0x4d] => (Order::Big, 1000, 16),
        [0x34, 0xcd, 0xb2, 0xa1] => (Order::Little, 1, 24),
        [0xa1, 0xb2, 0xcd, 0x34] => (Order::Big, 1, 24),
        _ => return None,
    })
}
