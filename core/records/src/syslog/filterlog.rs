//! Packets that pf logs on pfSense and `OPNsense` (program `filterlog`): comma-separated values.
//!
//! `rule,sub-rule,anchor,tracker,interface,reason,action,direction,version,` and then for IPv4
//! `tos,ecn,ttl,id,offset,flags,protocol-id,protocol,length,source,destination,` and for IPv6
//! `class,flow-label,hop-limit,protocol,protocol-id,length,source,destination,`; then for TCP
//! `source-port,port,data-length,flags,sequence,acknowledgement,window,urgent,options`, for UDP
//! `source-port,port,data-length`, for ICMP the type by name. (Netgate documentation, "Raw Filter
//! Log Format"; `OPNsense` fills the tracker with a rule label.)
//!
//! The direction is that of the interface and not of the office, so it says nothing of who is
//! one of the office's own.

use ward_kernel::Addr;

use super::header::Header;
use super::netfilter::protocol;
use crate::outcome::{Outcome, Unread};
use crate::{Event, Flow, Touch, What, field, mark};

const TOO_SHORT: &str = "a filterlog line that ends before its addresses";
const NO_VERSION: &str = "a filterlog line of neither IPv4 nor IPv6";

/// Reads a packet.
pub(super) fn read<'a>(header: &Header<'a>) -> Outcome<'a> {
    let mut fields = [&b""[..]; 32];
    for (field, value) in fields.iter_mut().zip(header.message.split(|byte| *byte == b',')) {
        *field = value;
    }
    let [_, _, _, _, _, _, action, _direction, version, after @ ..] = fields;
    let (id, offset, number, addresses) = match version {
        b"4" => {
            let [_, _, _, id, offset, _, number, _, _, addresses @ ..] = after;
            (field::u16(id), offset, number, fixed(&addresses))
        }
        b"6" => {
            let [_, _, _, _, number, _, addresses @ ..] = after;
            (None, &b"0"[..], number, fixed(&addresses))
        }
        _ => return Err(Unread::Problem(NO_VERSION)),
    };
    let [source, target, rest @ ..] = addresses;
    let (Some(source), Some(target)) = (Addr::parse(source), Addr::parse(target)) else {
        return Err(Unread::Problem(TOO_SHORT));
    };
    let whole = offset == b"0" || offset.is_empty();
    let packet = Packet { protocol: protocol(number), whole, rest };
    let flow = Flow {
        target,
        port: packet.port(),
        source_port: packet.number(0),
        protocol: packet.protocol,
        touch: packet.touch(action),
        mark: packet.mark(id),
        ..Flow::default()
    };
    Ok(Event { time: header.time, source, what: What::Flow(flow) })
}

/// The first eleven of the fields that follow; the arrays of both versions are longer.
fn fixed<'a>(fields: &[&'a [u8]]) -> [&'a [u8]; 11] {
    let mut first = [&b""[..]; 11];
    for (slot, value) in first.iter_mut().zip(fields) {
        *slot = value;
    }
    first
}

struct Packet<'a> {
    protocol: u8,
    /// Whether this is no later fragment: those have no ports, and data stands in their place.
    whole: bool,
    rest: [&'a [u8]; 9],
}

impl Packet<'_> {
    fn number(&self, index: usize) -> u16 {
        let ported = self.whole && matches!(self.protocol, 6 | 17 | 132 | 136);
        let value = self.rest.get(index).and_then(|value| field::u16(value));
        if ported { value.unwrap_or(0) } else { 0 }
    }

    fn port(&self) -> u16 {
        match self.protocol {
            1 => self.icmp_type().map_or(0, |kind| kind * 256),
            58 if self.is_echo() => 128 * 256,
            _ => self.number(1),
        }
    }

    /// The types that pf names; RFC 792.
    fn icmp_type(&self) -> Option<u16> {
        let [name, ..] = self.rest;
        Some(match name {
            b"request" => 8,
            b"reply" => 0,
            b"unreach" | b"unreachproto" | b"unreachport" | b"needfrag" => 3,
            b"redirect" => 5,
            b"timeexceed" => 11,
            b"paramprob" => 12,
            b"tstamp" => 13,
            b"tstampreply" => 14,
            _ => return None,
        })
    }

    fn is_echo(&self) -> bool {
        let [name, ..] = self.rest;
        name == b"request"
    }

    /// Whether this is the first packet of a TCP connection; ECN flags (E, W, C) do not matter.
    fn opens(&self) -> bool {
        let [_, _, _, flags, ..] = self.rest;
        let has = |flag: u8| flags.contains(&flag);
        self.protocol == 6 && self.whole && has(b'S') && !has(b'A') && !has(b'R') && !has(b'F')
    }

    fn touch(&self, action: &[u8]) -> Touch {
        let first = match self.protocol {
            6 => self.opens(),
            1 | 58 => self.is_echo(),
            17 | 132 | 136 => self.whole,
            _ => false,
        };
        match (first, action) {
            (true, b"block" | b"reject") => Touch::Failed,
            (true, _) => Touch::Unknown,
            (false, _) => Touch::Aside,
        }
    }

    fn mark(&self, id: Option<u16>) -> u32 {
        let [_, _, _, _, _, _, window, _, options] = self.rest;
        let bare = self.opens() && options.is_empty();
        mark::of(id, if bare { field::u16(window) } else { None })
    }
}

#[cfg(test)]
mod tests;
