//! netfilter LOG lines, IPv4 and IPv6, as the kernel writes them.

use std::io::Write as _;

use ward_kernel::Addr;

use crate::day::Event;
use crate::rng::Rng;
use crate::text::{Stamp, addr, num, put, seconds};

/// One packet that was dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet {
    pub(super) source: Addr,
    pub(super) target: Addr,
    pub(super) sort: Sort,
    pub(super) source_port: u16,
    pub(super) port: u16,
    /// IP ID; a scanning tool may fix it.
    pub(super) id: u16,
}

/// A sort of packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sort {
    Syn,
    SynAck,
    Udp,
    Echo,
    /// "Port unreachable", with the packet it answers: one that we never sent.
    Unreachable,
}

/// Writes one packet as one line; `uptime` is microseconds since the firewall started.
pub(super) fn line(out: &mut Vec<u8>, event: &Event<Packet>, stamp: &Stamp, uptime: u64) {
    let packet = &event.line;
    put(out, stamp.syslog());
    put(out, " sos-fw kernel: [");
    seconds(out, uptime);
    put(out, "] FW-DROP IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:");
    match packet.source.as_v4() {
        Some(_) => v4(out, event),
        None => v6(out, event),
    }
    out.push(b'\n');
}

fn v4(out: &mut Vec<u8>, event: &Event<Packet>) {
    let packet = &event.line;
    let mut rng = Rng::new(u64::from(event.seq));
    put(out, "08:00 SRC=");
    addr(out, packet.source);
    put(out, " DST=");
    addr(out, packet.target);
    let (length, udp) = (length(packet.sort, &mut rng), packet.sort == Sort::Udp);
    put(out, " LEN=");
    num(out, if udp { length + 20 } else { length });
    put(out, " TOS=0x00 PREC=0x00 TTL=");
    num(out, rng.int(38, 250));
    put(out, " ID=");
    num(out, u64::from(packet.id));
    if !udp && rng.chance(0.3) {
        put(out, " DF");
    }
    transport(out, packet, length, &mut rng);
}

fn v6(out: &mut Vec<u8>, event: &Event<Packet>) {
    let packet = &event.line;
    let mut rng = Rng::new(u64::from(event.seq));
    put(out, "86:dd SRC=");
    put(out, &full(packet.source));
    put(out, " DST=");
    put(out, &full(packet.target));
    let length = length(packet.sort, &mut rng);
    put(out, " LEN=");
    num(out, length + 40);
    put(out, " TC=0 HOPLIMIT=");
    num(out, rng.int(38, 250));
    put(out, " FLOWLBL=");
    num(out, rng.below(1 << 20));
    transport(out, packet, length, &mut rng);
}

fn length(sort: Sort, rng: &mut Rng) -> u64 {
    match sort {
        Sort::Syn => rng.pick(&[40, 44, 60]),
        Sort::SynAck => 44,
        Sort::Udp => rng.int(9, 180),
        Sort::Echo => rng.pick(&[28, 84]),
        Sort::Unreachable => 68,
    }
}

fn transport(out: &mut Vec<u8>, packet: &Packet, length: u64, rng: &mut Rng) {
    let ports = |out: &mut Vec<u8>| {
        put(out, " SPT=");
        num(out, u64::from(packet.source_port));
        put(out, " DPT=");
        num(out, u64::from(packet.port));
    };
    match packet.sort {
        Sort::Syn | Sort::SynAck => {
            put(out, " PROTO=TCP");
            ports(out);
            put(out, " WINDOW=");
            num(out, rng.pick(&[1024, 65_535, 64_240, 29_200]));
            put(out, " RES=0x00 ");
            put(out, if packet.sort == Sort::Syn { "SYN URGP=0 " } else { "ACK SYN URGP=0 " });
        }
        Sort::Udp => {
            put(out, " PROTO=UDP");
            ports(out);
            put(out, " LEN=");
            num(out, length);
            out.push(b' ');
        }
        Sort::Echo => {
            let v6 = packet.source.as_v4().is_none();
            put(out, if v6 { " PROTO=ICMPv6 TYPE=128" } else { " PROTO=ICMP TYPE=8" });
            put(out, " CODE=0 ID=");
            num(out, u64::from(packet.source_port));
            put(out, " SEQ=1 ");
        }
        Sort::Unreachable => {
            put(out, " PROTO=ICMP TYPE=3 CODE=3 [SRC=");
            addr(out, packet.target);
            put(out, " DST=");
            addr(out, packet.source);
            put(out, " LEN=40 TOS=0x00 PREC=0x00 TTL=52 ID=0 PROTO=UDP SPT=");
            num(out, u64::from(packet.port));
            put(out, " DPT=");
            num(out, u64::from(packet.source_port));
            put(out, " LEN=20 ] ");
        }
    }
}

/// An IPv6 address with all its digits, as the kernel logs it.
pub(super) fn full(addr: Addr) -> String {
    let mut text = Vec::with_capacity(39);
    for part in 0..8 {
        let _writing_to_memory_cannot_fail = write!(
            text,
            "{}{:04x}",
            if part == 0 { "" } else { ":" },
            addr.bits() >> (112 - part * 16) & 0xffff
        );
    }
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, target: &str, sort: Sort) -> String {
        let (source, target) = (source.parse().unwrap(), target.parse().unwrap());
        let packet = Packet { source, target, sort, source_port: 40_000, port: 445, id: 54_321 };
        let mut stamp = Stamp::default();
        stamp.set(1_793_772_000_000_042);
        let mut out = Vec::new();
        let event = Event { time: 1_793_772_000_000_042, seq: 3, line: packet };
        line(&mut out, &event, &stamp, 100_000_000_123);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn wordings() {
        let syn = shown("240.1.2.3", "198.51.100.7", Sort::Syn);
        assert!(syn.starts_with(
            "Nov  4 06:00:00 sos-fw kernel: [100000.000123] FW-DROP IN=eth0 OUT= MAC="
        ));
        assert!(
            syn.contains(":08:00 SRC=240.1.2.3 DST=198.51.100.7 LEN=")
                && syn.contains(" ID=54321 ")
        );
        assert!(
            syn.contains(" PROTO=TCP SPT=40000 DPT=445 WINDOW=") && syn.ends_with(" SYN URGP=0 \n")
        );
        let udp = shown("240.1.2.3", "198.51.100.7", Sort::Udp);
        assert_eq!(udp.matches(" LEN=").count(), 2);
        let inner = shown("240.1.2.3", "198.51.100.7", Sort::Unreachable);
        assert!(inner.contains("[SRC=198.51.100.7 DST=240.1.2.3 "));
        let v6 = shown("3fff::1", "2001:db8:100::7", Sort::Syn);
        assert!(
            v6.contains(":86:dd SRC=3fff:0000:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0100:")
        );
        assert!(v6.contains(" TC=0 HOPLIMIT=") && v6.contains(" FLOWLBL="));
    }
}
