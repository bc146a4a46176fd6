//! The TCP header (RFC 9293) and what a packet's flags say about who began.

use crate::bytes::{be16, be32};
use crate::decode::Packet;

/// No more data from the sender.
pub(crate) const FIN: u8 = 0x01;
/// Synchronise: the first packet of each side.
pub(crate) const SYN: u8 = 0x02;
/// Reset.
pub(crate) const RST: u8 = 0x04;
/// Push: data, in practice.
pub(crate) const PSH: u8 = 0x08;
/// The acknowledgement field counts.
pub(crate) const ACK: u8 = 0x10;

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) from_port: u16,
    pub(crate) to_port: u16,
    pub(crate) sequence: u32,
    pub(crate) flags: u8,
    pub(crate) window: u16,
    /// Bytes of the header; over 20 with options.
    pub(crate) header: usize,
    /// Payload as far as captured.
    pub(crate) payload: &'a [u8],
    /// Its length on the wire.
    pub(crate) length: usize,
    /// The first fragment ends before the flags do.
    pub(crate) hidden: bool,
}

impl<'a> Segment<'a> {
    /// Reads a header of which at least the flags were captured. A first fragment too short for
    /// them is taken with its ports alone: nothing honest makes such (RFC 1858).
    pub(crate) fn parse(packet: &Packet<'a>) -> Option<Self> {
        let body = packet.body;
        let (from_port, to_port, sequence) = (be16(body, 0)?, be16(body, 2)?, be32(body, 4)?);
        let mut segment = Self {
            from_port,
            to_port,
            sequence,
            flags: 0,
            window: 0,
            header: 20,
            payload: &[],
            length: 0,
            hidden: false,
        };
        let (Some(&offset), Some(&flags)) = (body.get(12), body.get(13)) else {
            segment.hidden = true;
            return (packet.fragmented && packet.length < 14).then_some(segment);
        };
        let header = usize::from(offset >> 4) * 4;
        segment.flags = flags;
        segment.window = be16(body, 14).unwrap_or(0);
        segment.header = header;
        segment.payload = body.get(header..).unwrap_or_default();
        segment.length = packet.length.saturating_sub(header.max(20));
        Some(segment)
    }

    /// Begins a connection.
    pub(crate) const fn is_opening(&self) -> bool {
        self.flags & (SYN | ACK | RST) == SYN
    }

    /// Agrees to a connection.
    pub(crate) const fn is_agreeing(&self) -> bool {
        self.flags & (SYN | ACK | RST) == SYN | ACK
    }

    /// Nothing that a connection ever holds: without SYN, every segment but a bare reset has ACK
    /// (RFC 9293, 3.4). NULL, FIN and Xmas scans are made of these, and so are headers hidden by
    /// fragments.
    pub(crate) const fn is_stealthy(&self) -> bool {
        self.hidden || self.flags & (SYN | ACK | RST) == 0
    }

    /// A reset that answers an opening: it acknowledges and counts from nothing (RFC 9293, 3.5.2).
    pub(crate) const fn is_refusal(&self) -> bool {
        self.flags & (SYN | RST | ACK) == RST | ACK && self.sequence == 0
    }
}
