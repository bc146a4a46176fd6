//! Captures and messages made by hand: what no recording shows.

use crate::craft;
use crate::craft::{CLIENT, End, Frame, SERVER, block, ip, option, packet, section, segment, udp};
use crate::support::{Heard, RECORDINGS, capture, capture_in, exports_in, recording};
use ward_kernel::{Addr, Time};
use ward_packets::{Capture, Export};
use ward_records::Touch::{self, Answered, Aside, Failed, Opened, Unknown};

const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;
const DAY: u64 = 1_700_000_000_000_000;
const SECOND: u64 = 1_000_000;

fn read(frames: &[Frame]) -> Heard {
    capture(&craft::pcap(End::Little, false, frames))
}

fn touches(heard: &Heard) -> Vec<Touch> {
    heard.flows.iter().map(|one| one.3.touch).collect()
}

fn syn(seconds: u64, port: u16) -> Frame {
    (DAY + seconds * SECOND, segment(true, port, 100, SYN, b""))
}

fn syn_ack(seconds: u64, port: u16) -> Frame {
    (DAY + seconds * SECOND, segment(false, port, 900, SYN | ACK, b""))
}

#[test]
fn every_byte_order_and_unit_says_the_same() {
    for name in ["mixed", "v6"] {
        let original = recording(name);
        let expected = capture(&original);
        let frames = craft::frames(&original);
        let mut files = Vec::new();
        for end in [End::Little, End::Big] {
            files.extend([craft::pcap(end, false, &frames), craft::pcap(end, true, &frames)]);
            // Microseconds, nanoseconds, 2^-32 seconds.
            for unit in [6, 9, 0x80 | 32] {
                let stamp = |micros: u64| match unit {
                    6 => micros,
                    9 => micros * 1000,
                    _ => (u128::from(micros) << 32).div_ceil(1_000_000) as u64,
                };
                let mut file = section(end, unit);
                frames.iter().for_each(|(at, frame)| file.extend(packet(end, stamp(*at), frame)));
                files.push(file);
            }
        }
        for file in files {
            let heard = capture(&file);
            let plain = |heard: &Heard| -> Vec<_> {
                heard
                    .flows
                    .iter()
                    .map(|(_, time, from, flow)| (*time, from.clone(), *flow))
                    .collect()
            };
            assert_eq!(plain(&heard), plain(&expected));
            assert_eq!((heard.requests, heard.problems), (expected.requests.clone(), vec![]));
        }
    }
}

#[test]
fn tags_change_nothing() {
    let original = recording("mixed");
    let expected = capture(&original).lines();
    for tags in [&[0x81, 0, 0, 5][..], &[0x88, 0xa8, 0, 9, 0x81, 0, 0, 5]] {
        let frames: Vec<Frame> = craft::frames(&original)
            .into_iter()
            .map(|(at, frame)| (at, [&frame[..12], tags, &frame[12..]].concat()))
            .collect();
        assert_eq!(read(&frames).lines(), expected);
    }
}

#[test]
fn an_attempt_ends_after_half_a_minute_and_a_connection_after_five() {
    // The third packet of each port comes after the timeout: it is a flow of its own, midstream.
    let data = |seconds, port| (DAY + seconds * SECOND, segment(true, port, 101, ACK, b"x"));
    let heard = read(&[syn(0, 1000), data(29, 1000), data(328, 1000), data(629, 1000)]);
    assert_eq!(touches(&heard), [Aside, Aside]);
    let heard = read(&[syn(0, 1000), data(31, 1000)]);
    assert_eq!(touches(&heard), [Failed, Aside]);
    let heard = read(&[syn(0, 1000), syn_ack(1, 1000), data(2, 1000), data(300, 1000)]);
    assert_eq!(touches(&heard), [Answered]);
}

#[test]
fn a_new_opening_after_the_end_is_a_new_flow() {
    let reset = |seconds| (DAY + seconds * SECOND, segment(false, 1000, 0, RST | ACK, b""));
    let heard = read(&[syn(0, 1000), reset(0), syn(1, 1000), syn(2, 1000), syn_ack(2, 1000)]);
    assert_eq!(touches(&heard), [Failed, Opened]);
    assert_eq!(heard.flows[1].0, 24 + 2 * (16 + 54), "the place of its first packet");
}

#[test]
fn who_began_is_told_by_flags_not_by_order() {
    let heard = read(&[syn_ack(0, 1000), syn(0, 1000)]);
    assert_eq!(heard.lines(), ["198.51.100.7 > 203.0.113.20 80/6 Opened"]);
    let heard = read(&[syn_ack(0, 1000)]);
    assert_eq!(heard.lines(), ["198.51.100.7 > 203.0.113.20 80/6 Aside"]);
}

#[test]
fn half_of_a_conversation_is_no_probe() {
    let ack = (DAY, segment(true, 1000, 101, ACK, b"hello"));
    assert_eq!(touches(&read(&[syn(0, 1000), ack])), [Aside]);
}

#[test]
fn open_flows_are_limited_and_said_to_be() {
    let frames: Vec<_> = (0..50).map(|port| syn(0, 1000 + port)).collect();
    let file = craft::pcap(End::Little, false, &frames);
    let mut heard = Heard::default();
    let mut capture = Capture::recognise(&file).unwrap().with_open_flows(10);
    capture.push(&file, &mut heard);
    assert_eq!(heard.flows.len(), 40);
    capture.finish(&mut heard);
    assert_eq!(touches(&heard), vec![Failed; 50]);
    assert_eq!(heard.problems.len(), 1);
}

#[test]
fn a_clock_that_jumps_holds_nothing_back() {
    let heard = read(&[syn(0, 1), syn(900_000_000, 2), syn(1, 3), syn(40, 4), syn(80, 5)]);
    let ports: Vec<_> = heard.flows.iter().map(|one| one.3.source_port).collect();
    assert_eq!(ports, [1, 2, 3, 4, 5], "each ended in its own time, the last at the end");
    assert_eq!(heard.problems, []);
}

#[test]
fn damage_is_reported_and_passed_over() {
    let frames: Vec<_> = (0..4).map(|port| syn(0, 1000 + port)).collect();
    let mut file = craft::pcap(End::Little, false, &frames);
    let second = 24 + 70;
    file[second + 8..second + 12].copy_from_slice(&[0xff; 4]);
    let heard = capture(&file);
    (1..200).for_each(|size| assert_eq!(capture_in(&file, size), heard, "in blocks of {size}"));
    assert_eq!(heard.flows.len(), 3);
    assert_eq!(heard.problems, [(second as u64, "a record's length is not plausible")]);
    let mut file = section(End::Big, 6);
    let start = file.len();
    frames.iter().for_each(|(at, frame)| file.extend(packet(End::Big, *at, frame)));
    file[start + 7] = 3;
    let heard = capture(&file);
    (1..200).for_each(|size| assert_eq!(capture_in(&file, size), heard, "in blocks of {size}"));
    assert_eq!(heard.flows.len(), 3);
    assert_eq!(heard.problems, [(start as u64, "a block's length is not plausible")]);
}

#[test]
fn a_cut_end_is_reported() {
    for name in RECORDINGS {
        let bytes = recording(name);
        let heard = capture(&bytes[..bytes.len() - 3]);
        let (_, why) = *heard.problems.last().unwrap();
        assert_eq!(why, "the capture ends within a record", "{name}");
    }
}

#[test]
fn drops_that_the_capture_admits() {
    for end in [End::Little, End::Big] {
        let number = |n: u64| if end == End::Little { n.to_le_bytes() } else { n.to_be_bytes() };
        let options = [
            option(end, 4, &number(1000)),
            option(end, 5, &number(30)),
            option(end, 7, &number(4)),
            option(end, 0, &[]),
        ];
        let body = [&end.u32(0)[..], &end.u32(0), &end.u32(77), &options.concat()].concat();
        let heard = capture(&[section(end, 6), block(end, 5, &body)].concat());
        assert_eq!(heard.losses, [("capture_drops".to_owned(), 34, "0".to_owned())]);
    }
}

#[test]
fn an_unknown_link_is_said_once() {
    let mut file = craft::pcap(End::Little, false, &[syn(0, 1), syn(0, 2)]);
    file[20] = 147;
    let heard = capture(&file);
    assert_eq!((heard.flows.len(), heard.problems.len(), heard.asides), (0, 1, 2));
}

#[test]
fn one_request_in_pieces_and_its_interim_answer() {
    let there = |sequence, payload: &[u8]| (DAY, segment(true, 9, sequence, ACK | 8, payload));
    let back = |sequence, payload: &[u8]| (DAY, segment(false, 9, sequence, ACK | 8, payload));
    let head = b"POST /form HTTP/1.1\r\nHost: vote.example\r\nContent-Length: 9\r\n\r\n";
    let (one, two) = head.split_at(2);
    let body = there(1 + head.len() as u32, b"name=a'--");
    let heard = read(&[
        there(1, one),
        there(3, two),
        there(3, two),
        back(1, b"HTTP/1.1 100 Continue\r\n\r\n"),
        body,
        back(26, b"HTTP/1.1 302 Found\r\n\r\n"),
    ]);
    let expected = "198.51.100.7 POST vote.example/form 302 0 agent= via= body=name=a'--";
    assert_eq!(heard.requests, [expected]);
}

fn pushed(messages: &[Vec<u8>]) -> Heard {
    let mut heard = Heard::default();
    let mut export = Export::new();
    for message in messages {
        let time = Time::from_secs(1_700_000_000);
        export.push(Addr::v4(0xc000_0201), 0, time, message, &mut heard);
    }
    export.finish(&mut heard);
    heard
}

#[test]
fn directions_of_exports_become_flows() {
    let there = |flags| (CLIENT, SERVER, 5000, 80, 6, flags);
    let back = |flags| (SERVER, CLIENT, 80, 5000, 6, flags);
    for (records, expected) in [
        (vec![there(0x02)], Failed),
        (vec![there(0x02), back(0x14)], Failed),
        (vec![back(0x14), there(0x02)], Failed),
        (vec![back(0x12), there(0x06)], Opened),
        (vec![there(0x16), back(0x12)], Opened),
        (vec![there(0x1b), back(0x1b)], Answered),
        (vec![there(0x13), back(0x13)], Answered),
        (vec![there(0x1b)], Aside),
        (vec![back(0x12)], Aside),
        // Their SYN-ACK, our reset: somebody used our address.
        (vec![back(0x12), there(0x04)], Aside),
        (vec![there(0x29), back(0x14)], Failed),
        (vec![there(0x00)], Aside),
        (vec![there(0x18), back(0x18)], Aside),
    ] {
        let heard = pushed(&[craft::v5(1, 0, &records)]);
        let line = format!("198.51.100.7 > 203.0.113.20 80/6 {expected:?}");
        assert_eq!(heard.lines(), [line], "{records:?}");
    }
    let dns = [(CLIENT, SERVER, 5000, 53, 17, 0), (SERVER, CLIENT, 53, 5000, 17, 0)];
    assert_eq!(touches(&pushed(&[craft::v5(1, 0, &dns)])), [Answered]);
    assert_eq!(touches(&pushed(&[craft::v5(1, 0, &dns[..1])])), [Unknown]);
    assert_eq!(touches(&pushed(&[craft::v5(1, 0x400a, &dns)])), [Unknown]);
}

#[test]
fn gaps_in_the_sequence_are_losses() {
    let record = [(CLIENT, SERVER, 5000, 80, 6, 2)];
    let message = |sequence| craft::v5(sequence, 0, &record);
    let heard = pushed(&[message(7), message(8), message(20), message(3), message(4)]);
    // 9 to 19 are missing; a number that goes back is a restart or a late message.
    let part = "192.0.2.1/0".to_owned();
    assert_eq!(heard.losses, [("export_sequence".to_owned(), 11, part)]);
}

#[test]
fn data_before_its_template_is_said_once() {
    let set = [1, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8];
    let message = [&[0, 9, 0, 1][..], &[0; 16], &set].concat();
    let heard = pushed(&[message.clone(), message]);
    assert_eq!((heard.asides, heard.problems.len(), heard.flows.len()), (2, 1, 0));
}

#[test]
fn files_of_messages() {
    for name in ["export_v5", "export_ipfix"] {
        let frames = craft::frames(&recording(name));
        // Ethernet, IPv4 and UDP headers stand before the message.
        let file: Vec<u8> = frames.iter().flat_map(|(_, frame)| frame[42..].to_vec()).collect();
        let by_capture = capture(&recording(name));
        let carried: Vec<_> =
            by_capture.lines().into_iter().filter(|line| !line.contains("127.0.0.1")).collect();
        assert!(Export::recognise(&file).is_some() && Export::recognise(&file[..300]).is_some());
        for size in [1, 100, usize::MAX] {
            assert_eq!(exports_in(&file, size).lines(), carried, "{name}");
        }
        let junk = [&file[..], b"not a message at all, and longer than a header"].concat();
        assert_eq!(exports_in(&junk, 7).problems.len(), 1);
        assert_eq!(exports_in(&file[..file.len() - 1], 7).problems.len(), 1);
    }
    assert!(Export::recognise(b"198.51.100.7 - - [03/Nov/2026:19:00:00 +0000]").is_none());
    assert!(Capture::recognise(b"#separator \\x09\n").is_none());
}

#[test]
fn exports_only_to_collectors_ports() {
    let message = craft::v5(1, 0, &[(CLIENT, SERVER, 5000, 80, 6, 2)]);
    let to = |port| read(&[(DAY, ip(CLIENT, SERVER, 17, &udp((40_000, port), &message)))]);
    assert_eq!(to(2055).flows.len(), 2);
    assert_eq!(to(53).flows.len(), 1);
}
