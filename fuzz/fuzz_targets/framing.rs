//! Syslog over connections (RFC 6587): counted messages and lines, however they are cut on the way.
#![no_main]

#[allow(dead_code)]
#[path = "../../shell/sense/src/sources/syslog/frames.rs"]
mod frames;

use frames::{Frames, MESSAGE_MAX};
use ward_fuzz::{Chance, cut};

fn read(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut frames = Frames::default();
    let mut got = Vec::new();
    for piece in pieces {
        frames.push(piece);
        got.extend(std::iter::from_fn(|| frames.next()));
    }
    got.extend(frames.last());
    got
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut chance = Chance::new(bytes);
    let sizes = [chance.byte(), chance.byte(), chance.byte()];
    let bytes = chance.rest();
    let whole = read(&[bytes]);
    assert!(whole.iter().all(|message| (1..=MESSAGE_MAX).contains(&message.len())));
    assert!(whole.iter().map(Vec::len).sum::<usize>() <= bytes.len());
    assert_eq!(whole, read(&cut(bytes, &sizes)), "a cut on the way changes nothing");

    // What senders frame comes out as it was, either way.
    let sent: Vec<&[u8]> = whole.iter().map(Vec::as_slice).filter(|one| one[0] == b'<').collect();
    let mut counted = Vec::new();
    let mut lines = Vec::new();
    for message in &sent {
        counted.extend(format!("{} ", message.len()).bytes());
        counted.extend_from_slice(message);
        lines.extend_from_slice(message);
        lines.push(b'\n');
    }
    assert_eq!(read(&cut(&counted, &sizes)), sent);
    if !sent.iter().any(|message| message.contains(&b'\n') || message.contains(&0)) {
        assert_eq!(read(&cut(&lines, &sizes)), sent);
    }
});
