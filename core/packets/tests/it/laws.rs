//! What holds of any bytes: nothing panics, and blocks may be cut anywhere.

use crate::craft::{self, End};
use crate::support::{Heard, RECORDINGS, capture, capture_in, recording};
use proptest::prelude::*;
use ward_kernel::{Addr, Time};
use ward_packets::{Capture, Export};

#[test]
fn any_cut_of_a_recording_gives_the_same() {
    for name in RECORDINGS {
        let bytes = recording(name);
        let whole = capture(&bytes);
        for size in [1, 2, 3, 7, 16, 100, 1000] {
            assert_eq!(capture_in(&bytes, size), whole, "{name} in blocks of {size}");
        }
    }
}

fn as_pcapng(bytes: &[u8]) -> Vec<u8> {
    let mut file = craft::section(End::Big, 6);
    for (at, frame) in craft::frames(bytes) {
        file.extend(craft::packet(End::Big, at, &frame));
    }
    file
}

fn read_exports(messages: &[Vec<u8>]) -> Heard {
    let mut heard = Heard::default();
    let mut export = Export::default();
    for (at, message) in (0..).zip(messages) {
        export.push(Addr::v4(1), at, Time::from_secs(1_700_000_000), message, &mut heard);
    }
    export.finish(&mut heard);
    heard
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_recordings(
        which in 0..RECORDINGS.len(),
        newer in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        size in 1..400_usize,
    ) {
        let mut bytes = recording(RECORDINGS[which]);
        if newer && RECORDINGS[which] != "nano" {
            bytes = as_pcapng(&bytes);
        }
        let length = bytes.len();
        for (index, byte) in changes {
            bytes[12.max(index.index(length))] = byte;
        }
        prop_assert_eq!(capture_in(&bytes, size), capture(&bytes));
    }

    #[test]
    fn arbitrary_records(
        magic in 0..6_usize,
        link in 0..280_u16,
        rest in prop::collection::vec(any::<u8>(), 0..600),
        size in 1..100_usize,
    ) {
        let magics = [
            [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1],
            [0xa1, 0xb2, 0x3c, 0x4d], [0x34, 0xcd, 0xb2, 0xa1], [0x0a, 0x0d, 0x0d, 0x0a],
        ];
        let order = [28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a];
        let mut bytes = [&magics[magic][..], &order, &rest].concat();
        if let Some(network) = bytes.get_mut(20..22) {
            network.copy_from_slice(&link.to_le_bytes());
        }
        prop_assert_eq!(capture_in(&bytes, size), capture(&bytes));
    }

    #[test]
    fn arbitrary_packets(
        link in prop::sample::select(vec![0_u16, 1, 9, 101, 108, 113, 117, 276]),
        frames in prop::collection::vec(
            (0..9_u64, prop::collection::vec(any::<u8>(), 0..120)), 0..20),
    ) {
        let frames: Vec<_> = frames.into_iter().map(|(at, frame)| (at * 20_000_000, frame)).collect();
        let mut bytes = craft::pcap(End::Little, false, &frames);
        bytes[20..22].copy_from_slice(&link.to_le_bytes());
        let heard = capture(&bytes);
        prop_assert!(heard.flows.len() + heard.asides + heard.problems.len() <= frames.len() + 1);
    }

    #[test]
    fn arbitrary_messages(
        version in prop::sample::select(vec![5_u8, 7, 9, 10]),
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..5),
    ) {
        let messages: Vec<_> =
            messages.into_iter().map(|rest| [&[0, version][..], &rest].concat()).collect();
        read_exports(&messages);
        let file = messages.concat();
        let mut heard = Heard::default();
        let mut export = Export::new();
        file.chunks(37).for_each(|block| export.read(block, &mut heard));
        export.finish(&mut heard);
    }

    #[test]
    fn changed_messages(
        name in prop::sample::select(vec!["export_v5", "export_v9", "export_ipfix", "export_biflow"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut messages: Vec<_> =
            craft::frames(&recording(name)).iter().map(|(_, frame)| frame[42..].to_vec()).collect();
        for (index, byte) in changes {
            let message = &mut messages[0];
            let length = message.len();
            message[2.max(index.index(length))] = byte;
        }
        read_exports(&messages);
    }

    #[test]
    fn recognising(head in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Capture::recognise(&head);
        let _ = Export::recognise(&head);
    }
}
