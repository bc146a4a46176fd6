//! From an Internet packet to what its transport carries.

use etherparse::{Ipv6ExtensionSlice, LaxIpSlice, LenSource};
use ward_kernel::Addr;

/// What an Internet packet holds.
#[derive(Debug)]
pub(crate) enum Decoded<'a> {
    /// A whole packet or the first fragment of one.
    Packet(Packet<'a>),
    /// A later fragment: it has no ports.
    Fragment,
    /// Not understood.
    Bad(&'static str),
}

/// A packet without its Internet header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) from: Addr,
    pub(crate) to: Addr,
    /// IANA protocol number.
    pub(crate) protocol: u8,
    /// The transport's header and payload, as far as captured.
    pub(crate) body: &'a [u8],
    /// Their length on the wire.
    pub(crate) length: usize,
    /// Identification of IPv4.
    pub(crate) id: Option<u16>,
    /// Whether more fragments follow.
    pub(crate) fragmented: bool,
}

/// Decodes a packet that may be cut short. Checksums are not looked at: capturing machines leave
/// them to their network cards.
pub(crate) fn decode(packet: &[u8]) -> Decoded<'_> {
    let (ip, stopped) = match LaxIpSlice::from_slice(packet) {
        Ok(parts) => parts,
        Err(_) => return Decoded::Bad("a packet's Internet header is cut or damaged"),
    };
    if stopped.is_some() {
        return Decoded::Bad("a packet's extension headers are cut or damaged");
    }
    if is_later_fragment(&ip) {
        return Decoded::Fragment;
    }
    let payload = ip.payload();
    let captured = payload.payload.len();
    let length = match payload.len_source {
        // Packets taken before segmentation say 0: the capture is all there is to go by.
        LenSource::Slice if !payload.incomplete => captured,
        _ => wire_length(&ip).max(captured),
    };
    let id = match &ip {
        LaxIpSlice::Ipv4(v4) => Some(v4.header().identification()),
        LaxIpSlice::Ipv6(_) => None,
    };
    Decoded::Packet(Packet {
        from: ip.source_addr().into(),
        to: ip.destination_addr().into(),
        protocol: ip.payload_ip_number().0,
        body: body(packet, captured, &ip),
        length,
        id,
        fragmented: ip.is_fragmenting_payload(),
    })
}

/// The payload again, borrowed from the packet rather than from its decoded form.
fn body<'a>(packet: &'a [u8], captured: usize, ip: &LaxIpSlice<'_>) -> &'a [u8] {
    let start = match ip {
        LaxIpSlice::Ipv4(v4) => {
            let auth = v4.extensions().auth.map_or(0, |auth| auth.slice().len());
            v4.header().slice().len() + auth
        }
        LaxIpSlice::Ipv6(v6) => v6.header().slice().len() + v6.extensions().slice().len(),
    };
    packet.get(start..start + captured).unwrap_or_default()
}

fn is_later_fragment(ip: &LaxIpSlice<'_>) -> bool {
    match ip {
        LaxIpSlice::Ipv4(v4) => v4.header().fragments_offset().value() != 0,
        LaxIpSlice::Ipv6(v6) => v6.extensions().clone().into_iter().any(|header| {
            matches!(header, Ipv6ExtensionSlice::Fragment(part) if part.fragment_offset().value() != 0)
        }),
    }
}

/// Bytes after the Internet headers, by the headers' own word.
fn wire_length(ip: &LaxIpSlice<'_>) -> usize {
    match ip {
        LaxIpSlice::Ipv4(v4) => {
            let auth = v4.extensions().auth.map_or(0, |auth| auth.slice().len());
            let headers = v4.header().slice().len() + auth;
            usize::from(v4.header().total_len()).saturating_sub(headers)
        }
        LaxIpSlice::Ipv6(v6) => {
            usize::from(v6.header().payload_length()).saturating_sub(v6.extensions().slice().len())
        }
    }
}
