//! From a frame to the Internet packet within it, for the link types that captures come in.
//!
//! Numbers are the `LINKTYPE_` values of <https://www.tcpdump.org/linktypes.html>.

use crate::bytes::{be16, be32};

/// What a frame carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Carried<'a> {
    /// An IPv4 or IPv6 packet, told apart by its first four bits.
    Ip(&'a [u8]),
    /// Something else, rightly: ARP, spanning tree, a discovery protocol.
    Other,
    /// The frame ends within its own headers.
    Cut,
}

/// Whether frames of this link type are understood.
pub(crate) fn is_known(link_type: u16) -> bool {
    matches!(link_type, 0 | 1 | 9 | 12 | 14 | 50 | 101 | 108 | 113 | 117 | 228 | 229 | 276)
}

/// Takes the link's own headers off.
pub(crate) fn carried(link_type: u16, frame: &[u8]) -> Carried<'_> {
    let inner = match link_type {
        1 => return ethernet(frame),
        113 => return sll(frame),
        276 => return sll2(frame),
        9 | 50 => return ppp(frame),
        // BSD loopback: the family in the writer's byte order; the version bits say it better.
        0 | 108 => frame.get(4..),
        117 => pflog(frame),
        12 | 14 | 101 | 228 | 229 => Some(frame),
        _ => return Carried::Other,
    };
    inner.map_or(Carried::Cut, ip_by_version)
}

/// IEEE 802.3: two addresses, then a type, or a length with an LLC header.
fn ethernet(frame: &[u8]) -> Carried<'_> {
    let (Some(kind), Some(rest)) = (be16(frame, 12), frame.get(14..)) else { return Carried::Cut };
    if kind > 1500 { by_type(kind, rest) } else { snap(rest) }
}

/// IEEE 802.2 with SNAP: the type stands after six bytes.
fn snap(rest: &[u8]) -> Carried<'_> {
    match (rest.strip_prefix(&[0xaa, 0xaa, 3, 0, 0, 0]), be16(rest, 6), rest.get(8..)) {
        (Some(_), Some(kind), Some(inner)) => by_type(kind, inner),
        _ => Carried::Other,
    }
}

/// Linux "cooked" capture, version 1: 16 bytes, the last two of which are the type.
fn sll(frame: &[u8]) -> Carried<'_> {
    let (Some(kind), Some(rest)) = (be16(frame, 14), frame.get(16..)) else { return Carried::Cut };
    by_type(kind, rest)
}

/// Linux "cooked" capture, version 2: 20 bytes, the first two of which are the type.
fn sll2(frame: &[u8]) -> Carried<'_> {
    let (Some(kind), Some(rest)) = (be16(frame, 0), frame.get(20..)) else { return Carried::Cut };
    by_type(kind, rest)
}

/// Follows tags, labels and sessions down to the packet. Each step takes at least four bytes off,
/// so it ends; eight levels are more than any network uses.
fn by_type(mut kind: u16, mut rest: &[u8]) -> Carried<'_> {
    for _ in 0..8 {
        match kind {
            0x0800 | 0x86dd => return ip_by_version(rest),
            0x8100 | 0x88a8 | 0x9100 | 0x9200 => {
                let (Some(next), Some(inner)) = (be16(rest, 2), rest.get(4..)) else {
                    return Carried::Cut;
                };
                (kind, rest) = (next, inner);
            }
            0x8847 | 0x8848 => return mpls(rest),
            // PPPoE session (RFC 2516): six bytes, then PPP.
            0x8864 => return rest.get(6..).map_or(Carried::Cut, ppp),
            _ => return Carried::Other,
        }
    }
    Carried::Other
}

/// MPLS labels (RFC 3032) down to the bottom of the stack, where IP is the rule.
fn mpls(mut rest: &[u8]) -> Carried<'_> {
    for _ in 0..8 {
        let (Some(label), Some(inner)) = (be32(rest, 0), rest.get(4..)) else {
            return Carried::Cut;
        };
        rest = inner;
        if label & 0x100 != 0 {
            return ip_by_version(rest);
        }
    }
    Carried::Other
}

/// PPP (RFC 1661): optional address and control, then the protocol.
fn ppp(frame: &[u8]) -> Carried<'_> {
    let frame = frame.strip_prefix(&[0xff, 3]).unwrap_or(frame);
    match (be16(frame, 0), frame.get(2..)) {
        (Some(0x0021 | 0x0057), Some(inner)) => ip_by_version(inner),
        (Some(_), Some(_)) => Carried::Other,
        _ => Carried::Cut,
    }
}

/// OpenBSD's packet filter log: the first byte is the header's length, padded to four.
fn pflog(frame: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*frame.first()?).next_multiple_of(4);
    frame.get(length..)
}

fn ip_by_version(packet: &[u8]) -> Carried<'_> {
    match packet.first().map(|byte| byte >> 4) {
        Some(4 | 6) => Carried::Ip(packet),
        Some(_) => Carried::Other,
        None => Carried::Cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: [u8; 3] = [0x45, 1, 2];

    fn frame(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn every_way_to_the_packet() {
        let macs = [0; 12];
        let sll2_head = [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
        for (link_type, bytes) in [
            (1, frame(&[&macs, &[8, 0], &IP])),
            (1, frame(&[&macs, &[0x81, 0, 0, 5, 8, 0], &IP])),
            (1, frame(&[&macs, &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 7, 8, 0], &IP])),
            (1, frame(&[&macs, &[0x88, 0x64, 0x11, 0, 0, 1, 0, 9, 0, 0x21], &IP])),
            (1, frame(&[&macs, &[0x88, 0x47, 0, 0, 0, 1, 0, 0, 1, 1], &IP])),
            (1, frame(&[&macs, &[0, 40, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], &IP])),
            (113, frame(&[&[0; 14], &[8, 0], &IP])),
            (276, frame(&[&sll2_head, &IP])),
            (0, frame(&[&[2, 0, 0, 0], &IP])),
            (108, frame(&[&[0, 0, 0, 2], &IP])),
            (117, frame(&[&[61, 2], &[0; 62], &IP])),
            (9, frame(&[&[0xff, 3, 0, 0x21], &IP])),
            (101, frame(&[&IP])),
        ] {
            assert_eq!(carried(link_type, &bytes), Carried::Ip(&IP), "{link_type} {bytes:?}");
            assert!(is_known(link_type));
            for len in 0..bytes.len() - IP.len() {
                assert!(!matches!(carried(link_type, &bytes[..len]), Carried::Ip([0x45, ..])));
            }
        }
    }

    #[test]
    fn other_is_not_damage() {
        let arp = frame(&[&[0; 12], &[8, 6], &[0; 28]]);
        let stp = frame(&[&[0; 12], &[0, 38, 0x42, 0x42, 3], &[0; 35]]);
        let tags = frame(&[&[0; 12], &[0x81, 0, 0, 1].repeat(20)]);
        for bytes in [arp, stp, tags] {
            assert_eq!(carried(1, &bytes), Carried::Other);
        }
        assert_eq!(carried(1, &[0; 9]), Carried::Cut);
        assert_eq!(carried(147, &[0; 90]), Carried::Other);
    }
}
