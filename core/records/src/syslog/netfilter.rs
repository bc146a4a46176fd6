//! Packets that a Linux firewall logs: the `LOG` target of iptables and nftables (kernel source
//! `nf_log_syslog.c`), and ulogd's `LOGEMU`, which writes the same.
//!
//! `PREFIX IN=eth0 OUT= MAC=... SRC=... DST=... LEN=40 ... PROTO=TCP SPT=4711 DPT=22 WINDOW=1024
//! RES=0x00 SYN URGP=0`. The prefix is the administrator's free text.
//!
//! A rule that logs usually refuses, so a first packet counts as refused unless the prefix says
//! that the rule lets through; then the record cannot tell how the contact ended.

use ward_kernel::Addr;

use super::header::Header;
use crate::outcome::{Outcome, Unread};
use crate::{Event, Flow, Touch, What, field, mark, text};

const NO_ADDRESS: &str = "a firewall's line without source or destination";
const NO_INTERFACE: &str = "a firewall's line without IN= and OUT=";

/// Reads a packet; `None` when the message describes none.
pub(super) fn read<'a>(header: &Header<'a>) -> Option<Outcome<'a>> {
    let message = header.message;
    let Some((front, rest)) = text::around(message, b" OUT=") else {
        let packet = text::around(message, b" SRC=")
            .is_some_and(|(_, rest)| memchr::memmem::find(rest, b"DST=").is_some());
        return packet.then_some(Err(Unread::Problem(NO_INTERFACE)));
    };
    let Some((prefix, interface)) = text::around_last(front, b"IN=") else {
        return memchr::memmem::find(rest, b" SRC=").map(|_| Err(Unread::Problem(NO_INTERFACE)));
    };
    let mut packet = Packet { from_interface: !interface.is_empty(), ..Packet::default() };
    let (interface, rest) = text::cut(rest, b' ');
    packet.to_interface = !interface.is_empty();
    packet.fields(rest);
    let (Some(source), Some(target)) = (packet.source, packet.target) else {
        return Some(Err(Unread::Problem(NO_ADDRESS)));
    };
    let flow = Flow {
        target,
        port: packet.port(),
        source_port: packet.source_port.unwrap_or(0),
        protocol: packet.protocol,
        touch: packet.touch(lets_through(prefix)),
        outward: match (packet.from_interface, packet.to_interface) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        },
        mark: mark::of(
            packet.id,
            if packet.opens() && !packet.options { packet.window } else { None },
        ),
        ..Flow::default()
    };
    Some(Ok(Event { time: header.time, source, what: What::Flow(flow) }))
}

/// What the line says of the packet, outermost first: of a repeated key the first counts (UDP
/// has two lengths, a refused packet's answer quotes a second pair of addresses).
#[derive(Default)]
struct Packet {
    from_interface: bool,
    to_interface: bool,
    source: Option<Addr>,
    target: Option<Addr>,
    protocol: u8,
    source_port: Option<u16>,
    target_port: Option<u16>,
    kind: Option<u16>,
    code: Option<u16>,
    id: Option<u16>,
    window: Option<u16>,
    options: bool,
    syn: bool,
    /// Whether ACK, RST or FIN says that this is no first packet.
    later: bool,
}

impl Packet {
    fn fields(&mut self, rest: &[u8]) {
        for word in rest.split(|byte| *byte == b' ') {
            match word {
                [b'[', ..] => break,
                [b'S', b'R', b'C', b'=', value @ ..] => {
                    first(&mut self.source, || Addr::parse(value))
                }
                [b'D', b'S', b'T', b'=', value @ ..] => {
                    first(&mut self.target, || Addr::parse(value))
                }
                [b'S', b'P', b'T', b'=', value @ ..] => {
                    first(&mut self.source_port, || field::u16(value))
                }
                [b'D', b'P', b'T', b'=', value @ ..] => {
                    first(&mut self.target_port, || field::u16(value))
                }
                [b'I', b'D', b'=', value @ ..] => first(&mut self.id, || field::u16(value)),
                [b'P', b'R', b'O', b'T', b'O', b'=', value @ ..] => self.protocol = protocol(value),
                [b'T', b'Y', b'P', b'E', b'=', value @ ..] => {
                    first(&mut self.kind, || field::u16(value))
                }
                [b'C', b'O', b'D', b'E', b'=', value @ ..] => {
                    first(&mut self.code, || field::u16(value))
                }
                [b'W', b'I', b'N', b'D', b'O', b'W', b'=', value @ ..] => {
                    self.window = field::u16(value)
                }
                b"SYN" => self.syn = true,
                b"ACK" | b"RST" | b"FIN" => self.later = true,
                b"OPT" => self.options = true,
                _ => {}
            }
        }
    }

    /// Whether this is the first packet of a TCP connection.
    const fn opens(&self) -> bool {
        self.protocol == 6 && self.syn && !self.later
    }

    fn port(&self) -> u16 {
        match self.protocol {
            1 | 58 => {
                let (kind, code) = (self.kind.unwrap_or(0), self.code.unwrap_or(0));
                kind.saturating_mul(256).saturating_add(code)
            }
            _ => self.target_port.unwrap_or(0),
        }
    }

    fn touch(&self, lets_through: bool) -> Touch {
        let first = match self.protocol {
            6 => self.opens(),
            1 => self.kind == Some(8),
            58 => self.kind == Some(128),
            // Later fragments have no ports, and neither have tunnels and routing.
            _ => self.target_port.is_some(),
        };
        match (first, lets_through) {
            (false, _) => Touch::Aside,
            (true, true) => Touch::Unknown,
            (true, false) => Touch::Failed,
        }
    }
}

fn first<T>(slot: &mut Option<T>, value: impl FnOnce() -> Option<T>) {
    if slot.is_none() {
        *slot = value();
    }
}

/// The IANA number of a protocol that is given by name or number; 0 when it is neither.
pub(super) fn protocol(name: &[u8]) -> u8 {
    match name {
        b"TCP" | b"tcp" => 6,
        b"UDP" | b"udp" => 17,
        b"ICMP" | b"icmp" => 1,
        b"ICMPv6" | b"ICMPV6" | b"icmp6" | b"ipv6-icmp" => 58,
        b"SCTP" | b"sctp" => 132,
        b"UDPLITE" => 136,
        b"ESP" | b"esp" => 50,
        b"AH" | b"ah" => 51,
        b"GRE" | b"gre" => 47,
        b"IGMP" | b"igmp" => 2,
        _ => field::uint(name).and_then(|number| u8::try_from(number).ok()).unwrap_or(0),
    }
}

/// Whether a prefix says that its rule accepts: `[UFW ALLOW]`, `Shorewall:net-fw:ACCEPT:`, or the
/// `-A]` that `EdgeOS`, `VyOS` and `UniFi` put after the rule's number. A word that refuses wins.
fn lets_through(prefix: &[u8]) -> bool {
    const ACCEPTS: [&[u8]; 6] = [b"ACCEPT", b"ACCEPTED", b"ALLOW", b"ALLOWED", b"PASS", b"PERMIT"];
    const REFUSES: [&[u8]; 6] = [b"DROP", b"REJECT", b"BLOCK", b"DENY", b"DENIED", b"BLOCKED"];
    let has = |words: &[&[u8]]| {
        prefix
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|word| word.len() > 3 && words.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    prefix.trim_ascii_end().ends_with(b"-A]") || (has(&ACCEPTS) && !has(&REFUSES))
}

#[cfg(test)]
mod tests;
