//! Zeek conn lines: what a contact looks like in each of its states, as TSV and as JSON.

use std::io::Write;

use ward_kernel::Addr;

use crate::day::Event;
use crate::rng::{Rng, whole};
use crate::text::{addr, num, put, seconds};

/// One contact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conn {
    pub(super) source: Addr,
    pub(super) target: Addr,
    pub(super) shape: &'static Shape,
    pub(super) source_port: u16,
    pub(super) port: u16,
}

/// What contacts of one sort have in common.
#[derive(Debug)]
pub(super) struct Shape {
    proto: &'static str,
    ip_proto: u64,
    service: &'static str,
    state: &'static str,
    history: &'static str,
    /// Payload bytes each way, from..to; `None` where Zeek writes "unset".
    bytes: Option<[(u64, u64); 2]>,
    /// Mean of the duration in seconds; 0 where Zeek writes "unset".
    mean: f64,
    packets: [u64; 2],
}

impl Shape {
    const fn silent(state: &'static str, history: &'static str, packets: [u64; 2]) -> Self {
        let (proto, service) = ("tcp", "-");
        Self { proto, ip_proto: 6, service, state, history, bytes: None, mean: 0.0, packets }
    }

    const fn empty(state: &'static str, history: &'static str, packets: [u64; 2]) -> Self {
        let bytes = Some([(0, 1), (0, 1)]);
        Self { bytes, mean: 0.02, ..Self::silent(state, history, packets) }
    }

    const fn udp(service: &'static str, history: &'static str, state: &'static str) -> Self {
        let bytes = Some([(40, 90), (0, 1)]);
        Self {
            proto: "udp",
            ip_proto: 17,
            service,
            bytes,
            mean: 0.0,
            ..Self::silent(state, history, [1, 0])
        }
    }
}

pub(super) static S0: Shape = Shape::silent("S0", "S", [1, 0]);
pub(super) static REJ: Shape = Shape::empty("REJ", "Sr", [1, 1]);
pub(super) static RSTOS0: Shape = Shape::silent("RSTOS0", "SR", [2, 0]);
/// A SYN scan that found an open port: the scanner's kernel resets.
pub(super) static HALF: Shape = Shape::empty("RSTO", "ShR", [2, 1]);
pub(super) static OTH_SYNACK: Shape = Shape::silent("OTH", "^h", [0, 1]);
pub(super) static OTH_FROM_FAR: Shape = Shape::silent("OTH", "H", [1, 0]);
pub(super) static RSTRH: Shape = Shape::silent("RSTRH", "^hr", [0, 2]);
pub(super) static SHR: Shape = Shape::silent("SHR", "^hf", [0, 2]);
pub(super) static MIDSTREAM: Shape = Shape {
    bytes: Some([(200, 9000), (500, 90_000)]),
    mean: 30.0,
    ..Shape::silent("OTH", "DdAa", [14, 18])
};
pub(super) static MULTICAST: Shape = Shape::udp("dns", "D", "S0");
pub(super) static DNS: Shape = Shape {
    bytes: Some([(30, 60), (60, 300)]),
    mean: 0.01,
    packets: [1, 1],
    ..Shape::udp("dns", "Dd", "SF")
};
pub(super) static NTP: Shape = Shape {
    bytes: Some([(48, 49), (48, 49)]),
    mean: 0.03,
    packets: [1, 1],
    ..Shape::udp("ntp", "Dd", "SF")
};
pub(super) static WEB: Shape = Shape {
    service: "ssl",
    bytes: Some([(300, 4000), (500, 90_000)]),
    mean: 1.0,
    ..Shape::silent("SF", "ShADadfF", [12, 15])
};
pub(super) static BEACON: Shape = Shape {
    service: "ssl",
    bytes: Some([(480, 520), (900, 940)]),
    mean: 0.3,
    ..Shape::silent("SF", "ShADadfF", [9, 8])
};

const FIELDS: [(&str, &str); 22] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
    ("proto", "enum"),
    ("service", "string"),
    ("duration", "interval"),
    ("orig_bytes", "count"),
    ("resp_bytes", "count"),
    ("conn_state", "string"),
    ("local_orig", "bool"),
    ("local_resp", "bool"),
    ("missed_bytes", "count"),
    ("history", "string"),
    ("orig_pkts", "count"),
    ("orig_ip_bytes", "count"),
    ("resp_pkts", "count"),
    ("resp_ip_bytes", "count"),
    ("tunnel_parents", "set[string]"),
    ("ip_proto", "count"),
];

/// Writes the header of a TSV file that was opened at this moment (`2026-11-03T06:00:00Z`).
pub(super) fn head(out: &mut impl Write, opened: &str) -> std::io::Result<()> {
    write!(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n")?;
    write!(out, "#path\tconn\n#open\t{}\n#fields", dashes(opened))?;
    for (name, _) in FIELDS {
        write!(out, "\t{name}")?;
    }
    out.write_all(b"\n#types")?;
    for (_, sort) in FIELDS {
        write!(out, "\t{sort}")?;
    }
    out.write_all(b"\n")
}

/// Writes the last line of a TSV file.
pub(super) fn foot(out: &mut impl Write, closed: &str) -> std::io::Result<()> {
    writeln!(out, "#close\t{}", dashes(closed))
}

fn dashes(moment: &str) -> String {
    moment.trim_end_matches('Z').replace(['T', ':'], "-")
}

/// What varies from contact to contact, drawn from the contact's number.
struct Drawn {
    uid: [u8; 18],
    duration: Option<u64>,
    bytes: Option<[u64; 2]>,
}

impl Drawn {
    fn of(event: &Event<Conn>, salt: u64) -> Self {
        let mut rng = Rng::new(salt ^ u64::from(event.seq));
        let shape = event.line.shape;
        let mut word = u128::from(rng.word()) << 64 | u128::from(rng.word());
        let mut uid = [b'C'; 18];
        for place in uid.iter_mut().skip(1) {
            const DIGITS: &[u8; 62] =
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            *place = DIGITS.get((word % 62) as usize).copied().unwrap_or(b'0');
            word /= 62;
        }
        let duration = (shape.mean > 0.0).then(|| {
            let micros = shape.mean * 1e6 * (0.2 + rng.exponential());
            u64::try_from(whole(micros)).unwrap_or(0)
        });
        let bytes = shape.bytes.map(|ways| ways.map(|(from, to)| rng.int(from, to)));
        Self { uid, duration, bytes }
    }
}

/// One contact as one line.
pub(super) fn line(out: &mut Vec<u8>, event: &Event<Conn>, salt: u64, json: bool) {
    let drawn = Drawn::of(event, salt);
    if json { as_json(out, event, &drawn) } else { as_tsv(out, event, &drawn) }
}

fn as_tsv(out: &mut Vec<u8>, event: &Event<Conn>, drawn: &Drawn) {
    let (conn, shape) = (&event.line, event.line.shape);
    let tab = |out: &mut Vec<u8>| out.push(b'\t');
    let count = |out: &mut Vec<u8>, number: Option<u64>| {
        match number {
            Some(number) => num(out, number),
            None => out.push(b'-'),
        }
        out.push(b'\t');
    };
    seconds(out, event.time.unsigned_abs());
    tab(out);
    out.extend_from_slice(&drawn.uid);
    for (host, port) in [(conn.source, conn.source_port), (conn.target, conn.port)] {
        tab(out);
        addr(out, host);
        tab(out);
        num(out, u64::from(port));
    }
    for text in [shape.proto, shape.service] {
        tab(out);
        put(out, text);
    }
    tab(out);
    match drawn.duration {
        Some(micros) => seconds(out, micros),
        None => out.push(b'-'),
    }
    tab(out);
    count(out, drawn.bytes.map(|ways| ways[0]));
    count(out, drawn.bytes.map(|ways| ways[1]));
    put(out, shape.state);
    for host in [conn.source, conn.target] {
        put(out, if local(host) { "\tT" } else { "\tF" });
    }
    put(out, "\t0\t");
    put(out, shape.history);
    for number in packets(conn, drawn) {
        tab(out);
        num(out, number);
    }
    put(out, "\t-\t");
    num(out, shape.ip_proto);
    out.push(b'\n');
}

fn as_json(out: &mut Vec<u8>, event: &Event<Conn>, drawn: &Drawn) {
    let (conn, shape) = (&event.line, event.line.shape);
    put(out, "{\"ts\":");
    seconds(out, event.time.unsigned_abs());
    put(out, ",\"uid\":\"");
    out.extend_from_slice(&drawn.uid);
    for (name, host, port) in
        [("orig", conn.source, conn.source_port), ("resp", conn.target, conn.port)]
    {
        put(out, if name == "orig" { "\",\"id." } else { ",\"id." });
        put(out, name);
        put(out, "_h\":\"");
        addr(out, host);
        put(out, "\",\"id.");
        put(out, name);
        put(out, "_p\":");
        num(out, u64::from(port));
    }
    let text = |out: &mut Vec<u8>, name: &str, text: &str| {
        put(out, name);
        put(out, text);
        out.push(b'"');
    };
    text(out, ",\"proto\":\"", shape.proto);
    if shape.service != "-" {
        text(out, ",\"service\":\"", shape.service);
    }
    if let Some(micros) = drawn.duration {
        put(out, ",\"duration\":");
        seconds(out, micros);
    }
    if let Some([sent, received]) = drawn.bytes {
        put(out, ",\"orig_bytes\":");
        num(out, sent);
        put(out, ",\"resp_bytes\":");
        num(out, received);
    }
    text(out, ",\"conn_state\":\"", shape.state);
    for (name, host) in [("orig", conn.source), ("resp", conn.target)] {
        put(out, ",\"local_");
        put(out, name);
        put(out, if local(host) { "\":true" } else { "\":false" });
    }
    text(out, ",\"missed_bytes\":0,\"history\":\"", shape.history);
    let names = ["orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"];
    for (name, number) in names.into_iter().zip(packets(conn, drawn)) {
        put(out, ",\"");
        put(out, name);
        put(out, "\":");
        num(out, number);
    }
    put(out, ",\"ip_proto\":");
    num(out, shape.ip_proto);
    put(out, "}\n");
}

/// Packets and bytes on the wire, each way: payload plus 40 bytes of headers a packet.
fn packets(conn: &Conn, drawn: &Drawn) -> [u64; 4] {
    let [out, back] = conn.shape.packets;
    let [sent, received] = drawn.bytes.unwrap_or_default();
    [out, out * 40 + sent, back, back * 40 + received]
}

/// Whether an address is one of the office's, as Zeek's `Site::local_nets` would say.
fn local(addr: Addr) -> bool {
    match addr.as_v4() {
        Some(v4) => {
            v4 >> 24 == 10
                || matches!(v4 >> 8, 0x00c6_3364 | 0x00cb_0071)
                || v4 >> 17 == 0xc612 >> 1
        }
        None => addr.bits() >> 80 == 0x2001_0db8_0100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event<Conn> {
        let source = "240.1.2.3".parse().unwrap();
        let target = "198.51.100.7".parse().unwrap();
        let line = Conn { source, target, shape: &S0, source_port: 40_000, port: 445 };
        Event { time: 1_793_772_000_000_042, seq: 7, line }
    }

    #[test]
    fn tsv_has_all_fields_and_marks_unset() {
        let mut out = Vec::new();
        line(&mut out, &event(), 1, false);
        let text = String::from_utf8(out).unwrap();
        let fields: Vec<&str> = text.trim_end().split('\t').collect();
        assert_eq!(fields.len(), FIELDS.len());
        assert_eq!(fields[0], "1793772000.000042");
        assert_eq!(fields[2..8], ["240.1.2.3", "40000", "198.51.100.7", "445", "tcp", "-"]);
        assert_eq!(fields[8..16], ["-", "-", "-", "S0", "F", "T", "0", "S"]);
        assert_eq!(fields[16..], ["1", "40", "0", "0", "-", "6"]);
    }

    #[test]
    fn json_leaves_unset_out() {
        let mut out = Vec::new();
        line(&mut out, &event(), 1, true);
        let record: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(record["id.resp_p"], 445);
        assert_eq!(record["conn_state"], "S0");
        assert!(record.get("orig_bytes").is_none() && record.get("service").is_none());
        let mut web = event();
        web.line.shape = &WEB;
        out.clear();
        line(&mut out, &web, 1, true);
        let record: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert!(record["orig_bytes"].as_u64().unwrap() >= 300 && record["local_resp"] == true);
    }

    #[test]
    fn local_is_the_office() {
        for (text, is) in [("10.20.3.4", true), ("203.0.113.1", true), ("198.19.4.4", true)] {
            assert_eq!(local(text.parse().unwrap()), is, "{text}");
        }
        assert!(local("2001:db8:100::5".parse().unwrap()));
        assert!(!local("3fff:0:0:1::5".parse().unwrap()) && !local("198.20.0.1".parse().unwrap()));
    }
}
