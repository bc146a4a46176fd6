//! A stream that arrives in blocks, cut anywhere: the same events, sightings and cases.
#![no_main]

use std::sync::Arc;

use ward_fuzz::{Chance, cut};
use ward_kernel::Time;
use ward_live::{Cutter, Hints, Live, Options, StreamInfo, read_as};
use ward_records::Format;
use ward_watch::Config;

/// What came of a stream: records, lines misread, the newest time, sightings, judgements.
type Outcome = (u64, u64, Option<Time>, String, String);

fn taken(format: Option<&str>, bytes: &[u8], blocks: &[&[u8]]) -> (bool, Outcome) {
    let received = Time::from_secs(1_793_836_800);
    let config = Config { memory: 1 << 20, ..Config::default() };
    let mut live = Live::new(Arc::new(config), Options::default());
    let known = live.open(StreamInfo {
        id: 1,
        name: "log".to_owned(),
        sensor: "adair-1".to_owned(),
        jurisdiction: "adair".to_owned(),
        format: format.map(str::to_owned),
        head: bytes.to_vec(),
    });
    let (mut records, mut misread, mut newest, mut base) = (0, 0, None, 0);
    let mut add = |taken: ward_live::Taken| {
        records += taken.records;
        misread += taken.misread;
        newest = newest.max(taken.newest);
    };
    for block in blocks {
        add(live.take(1, base, received, block));
        base += block.len() as u64;
    }
    add(live.close(1, received));
    let judged = format!("{:?}", live.judge_full());
    (known.is_some(), (records, misread, newest, format!("{:?}", live.drain_sightings()), judged))
}

/// The cutter's pieces are the text; each of its cuts lies where the whole text could be cut.
fn cutter(bytes: &[u8], sizes: &[u8]) {
    let cutter = Cutter::new(bytes);
    let mut block = Vec::new();
    let mut pieces = Vec::new();
    for more in cut(bytes, sizes) {
        block.extend_from_slice(more);
        let at = cutter.cut(&block);
        assert!(at <= block.len());
        let rest = block.split_off(at);
        pieces.extend_from_slice(&block);
        block = rest;
    }
    pieces.extend_from_slice(&block);
    assert_eq!(pieces, bytes);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut chance = Chance::new(bytes);
    let format = match usize::from(chance.byte()) % (Format::ALL.len() + 2) {
        0 => None,
        1 => Some(ward_sensor::NETFLOW),
        number => Format::ALL.get(number - 2).map(|format| format.name()),
    };
    let sizes = [chance.byte(), chance.byte(), chance.byte()];
    let bytes = chance.rest();
    let (known, whole) = taken(format, bytes, &[bytes]);
    let (_, parts) = taken(format, bytes, &cut(bytes, &sizes));
    if known {
        assert_eq!(whole, parts, "a stream reads the same however it is cut on the way");
    }
    cutter(bytes, &sizes);
    let read = read_as(bytes, &Hints::default());
    assert!(read.words.len() <= 5 && read.why.len() <= 5);
    assert!(read.words.iter().all(|words| words.len() < 2_000));
});
