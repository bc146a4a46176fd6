//! Packets, captures and export messages made by hand.

/// Byte order of a file to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Little,
    Big,
}

impl End {
    pub(crate) fn u16(self, number: u16) -> [u8; 2] {
        if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() }
    }

    pub(crate) fn u32(self, number: u32) -> [u8; 4] {
        if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() }
    }
}

pub(crate) const CLIENT: [u8; 4] = [198, 51, 100, 7];
pub(crate) const SERVER: [u8; 4] = [203, 0, 113, 20];

/// A packet as captured: microseconds since the epoch, and the frame.
pub(crate) type Frame = (u64, Vec<u8>);

/// An Ethernet frame with an IPv4 packet.
pub(crate) fn ip(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + body.len()).unwrap().to_be_bytes();
    let head = [0x45, 0, length[0], length[1], 0, 9, 0, 0, 64, protocol, 0, 0];
    [&[0; 12][..], &[8, 0], &head, &from, &to, body].concat()
}

/// A TCP segment without options.
pub(crate) fn tcp(ports: (u16, u16), sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let (from, to) = (ports.0.to_be_bytes(), ports.1.to_be_bytes());
    let head = [0, 0, 0, 0, 0x50, flags, 0xfa, 0xf0, 0, 0, 0, 0];
    [&from[..], &to, &sequence.to_be_bytes(), &head, payload].concat()
}

/// A UDP datagram.
pub(crate) fn udp(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).unwrap();
    [&ports.0.to_be_bytes()[..], &ports.1.to_be_bytes(), &length.to_be_bytes(), &[0, 0], payload]
        .concat()
}

/// From the client to the server, or back.
pub(crate) fn segment(
    there: bool,
    client_port: u16,
    sequence: u32,
    flags: u8,
    payload: &[u8],
) -> Vec<u8> {
    if there {
        ip(CLIENT, SERVER, 6, &tcp((client_port, 80), sequence, flags, payload))
    } else {
        ip(SERVER, CLIENT, 6, &tcp((80, client_port), sequence, flags, payload))
    }
}

/// A classic capture of Ethernet frames.
pub(crate) fn pcap(end: End, nano: bool, frames: &[Frame]) -> Vec<u8> {
    let magic = if nano { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut file =
        [&end.u32(magic)[..], &end.u16(2), &end.u16(4), &[0; 8], &end.u32(262_144), &end.u32(1)]
            .concat();
    for (micros, frame) in frames {
        let fraction = u32::try_from(micros % 1_000_000).unwrap() * if nano { 1000 } else { 1 };
        let length = end.u32(u32::try_from(frame.len()).unwrap());
        file.extend(end.u32(u32::try_from(micros / 1_000_000).unwrap()));
        file.extend([end.u32(fraction), length, length].concat());
        file.extend(frame);
    }
    file
}

/// The frames of a little-endian capture in microseconds, such as the recordings are.
pub(crate) fn frames(pcap: &[u8]) -> Vec<Frame> {
    let number = |at: usize| u32::from_le_bytes(pcap[at..at + 4].try_into().unwrap());
    let (mut at, mut frames) = (24, Vec::new());
    while at + 16 <= pcap.len() {
        let length = number(at + 8) as usize;
        let micros = u64::from(number(at)) * 1_000_000 + u64::from(number(at + 4));
        frames.push((micros, pcap[at + 16..at + 16 + length].to_vec()));
        at += 16 + length;
    }
    frames
}

/// A block of a pcapng file.
pub(crate) fn block(end: End, kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = end.u32(u32::try_from(12 + padded).unwrap());
    let mut block = [&end.u32(kind)[..], &length, body].concat();
    block.resize(8 + padded, 0);
    block.extend(length);
    block
}

/// An option of a block.
pub(crate) fn option(end: End, code: u16, value: &[u8]) -> Vec<u8> {
    let length = end.u16(u16::try_from(value.len()).unwrap());
    let mut option = [&end.u16(code)[..], &length, value].concat();
    option.resize(option.len().next_multiple_of(4), 0);
    option
}

/// A section with one Ethernet interface whose stamps count 10^-`unit` (or 2^-n, as the upper bit
/// says) seconds.
pub(crate) fn section(end: End, unit: u8) -> Vec<u8> {
    let head = [&end.u32(0x1a2b_3c4d)[..], &end.u16(1), &end.u16(0), &[0xff; 8]].concat();
    let options = [option(end, 9, &[unit]), option(end, 0, &[])].concat();
    let interface = [&end.u16(1)[..], &[0; 2], &end.u32(0), &options].concat();
    // A block type that readers must pass over stands between.
    [block(end, 0x0a0d_0d0a, &head), block(end, 0xbad, &[7; 40]), block(end, 1, &interface)]
        .concat()
}

/// An enhanced packet block.
pub(crate) fn packet(end: End, stamp: u64, frame: &[u8]) -> Vec<u8> {
    let length = end.u32(u32::try_from(frame.len()).unwrap());
    let stamp = [end.u32((stamp >> 32) as u32), end.u32(stamp as u32)].concat();
    block(end, 6, &[&end.u32(0)[..], &stamp, &length, &length, frame].concat())
}

/// From, to, from port, to port, protocol, flags.
pub(crate) type Record = ([u8; 4], [u8; 4], u16, u16, u8, u8);

/// A NetFlow v5 message.
pub(crate) fn v5(sequence: u32, sampling: u16, records: &[Record]) -> Vec<u8> {
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    let mut message = [
        &[0, 5][..],
        &count,
        &100_000_u32.to_be_bytes(),
        &1_700_000_000_u32.to_be_bytes(),
        &[0; 4],
        &sequence.to_be_bytes(),
        &[0, 0],
        &sampling.to_be_bytes(),
    ]
    .concat();
    for (from, to, from_port, to_port, protocol, flags) in records {
        message.extend([&from[..], to, &[0; 8], &[0, 0, 0, 1, 0, 0, 0, 60]].concat());
        message.extend([90_000_u32.to_be_bytes(), 90_500_u32.to_be_bytes()].concat());
        message.extend([from_port.to_be_bytes(), to_port.to_be_bytes()].concat());
        message.extend([0, *flags, *protocol, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    message
}
