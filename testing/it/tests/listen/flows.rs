//! Flow exports with their templates: NetFlow v9 (RFC 3954) and IPFIX (RFC 7011).

use std::net::Ipv4Addr;

/// A flow: TCP, one SYN and nothing more.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) source: Ipv4Addr,
    pub(crate) target: Ipv4Addr,
    pub(crate) port: u16,
}

/// The fields of the template: information element and length, alike in both versions.
const FIELDS: [(u16, u16); 9] = [
    (8, 4),  // source address
    (12, 4), // target address
    (7, 2),  // source port
    (11, 2), // target port
    (4, 1),  // protocol
    (6, 1),  // TCP flags
    (2, 4),  // packets
    (1, 4),  // bytes
    (10, 2), // interface in
];
const TEMPLATE: u16 = 256;

fn set(id: u16, mut body: Vec<u8>) -> Vec<u8> {
    while !body.len().is_multiple_of(4) {
        body.push(0);
    }
    let length = u16::try_from(body.len() + 4).expect("a short set");
    [&id.to_be_bytes()[..], &length.to_be_bytes(), &body].concat()
}

fn template() -> Vec<u8> {
    let count = u16::try_from(FIELDS.len()).expect("few");
    let mut body = [TEMPLATE.to_be_bytes(), count.to_be_bytes()].concat();
    for (element, length) in FIELDS {
        body.extend([element.to_be_bytes(), length.to_be_bytes()].concat());
    }
    body
}

fn data(flows: &[Flow]) -> Vec<u8> {
    let mut body = Vec::new();
    for flow in flows {
        body.extend(flow.source.octets());
        body.extend(flow.target.octets());
        body.extend(40_000_u16.to_be_bytes());
        body.extend(flow.port.to_be_bytes());
        body.extend([6, 2]);
        body.extend(1_u32.to_be_bytes());
        body.extend(60_u32.to_be_bytes());
        body.extend(1_u16.to_be_bytes());
    }
    body
}

/// One NetFlow v9 message.
pub(crate) fn netflow9(flows: &[Flow], secs: i64) -> Vec<u8> {
    let secs = u32::try_from(secs).expect("before 2106");
    let count = u16::try_from(flows.len() + 1).expect("few");
    let mut message = Vec::new();
    message.extend(9_u16.to_be_bytes());
    message.extend(count.to_be_bytes());
    message.extend(100_000_u32.to_be_bytes());
    message.extend(secs.to_be_bytes());
    message.extend(1_u32.to_be_bytes());
    message.extend(7_u32.to_be_bytes());
    message.extend(set(0, template()));
    message.extend(set(TEMPLATE, data(flows)));
    message
}

/// One IPFIX message.
pub(crate) fn ipfix(flows: &[Flow], secs: i64) -> Vec<u8> {
    let secs = u32::try_from(secs).expect("before 2106");
    let sets = [set(2, template()), set(TEMPLATE, data(flows))].concat();
    let length = u16::try_from(sets.len() + 16).expect("a short message");
    let mut message = Vec::new();
    message.extend(10_u16.to_be_bytes());
    message.extend(length.to_be_bytes());
    message.extend(secs.to_be_bytes());
    message.extend(1_u32.to_be_bytes());
    message.extend(9_u32.to_be_bytes());
    message.extend(sets);
    message
}
