//! The recording that ships with Ward, as streams; and small streams made by hand.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use ward_kernel::{Addr, Rung, Time, hash};
use ward_live::{Hints, Kept, Live, Options, Standing, StreamInfo};
use ward_watch::Config;
use ward_watch::report::Case;

/// The moment at which everything is received: a day after the recording.
pub(crate) fn received() -> Time {
    Time::parse("2026-11-05T00:00:00Z").unwrap()
}

/// A file of the recording: its name, its jurisdiction, its bytes.
pub(crate) struct Log {
    pub(crate) name: String,
    pub(crate) jurisdiction: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The recording that ships with Ward.
#[expect(clippy::disallowed_methods, reason = "a test reads the recording")]
pub(crate) fn recording() -> Vec<Log> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples/logs");
    let log = |name: &str, jurisdiction| {
        let mut bytes = std::fs::read(folder.join(name)).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        Log { name: name.to_owned(), jurisdiction, bytes }
    };
    vec![
        log("bastion/auth.log", "state-office"),
        log("firewall/kern.log", "adair"),
        log("web/access.log", "clark"),
        log("web/auth.log", "clark"),
        log("tap/netflow.pcap.gz", "adair"),
    ]
}

pub(crate) fn live() -> Live {
    live_with(Config::default())
}

pub(crate) fn live_with(config: Config) -> Live {
    Live::new(Arc::new(config), Options { hints: Hints::default(), since: None })
}

/// Opens the stream of a log; its number is the store's.
pub(crate) fn open(live: &mut Live, id: u32, log: &Log) {
    let head = log.bytes.get(..log.bytes.len().min(64 << 10)).unwrap().to_vec();
    live.open(StreamInfo {
        id,
        name: log.name.clone(),
        sensor: format!("{}-sensor", log.jurisdiction),
        jurisdiction: log.jurisdiction.to_owned(),
        format: None,
        head,
    });
}

/// A block of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) stream: u32,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Cuts logs into blocks of at most `size` bytes anywhere, and mixes the streams: any order that
/// keeps each stream's own.
pub(crate) fn blocks(logs: &[Log], size: usize, seed: u64) -> Vec<Block> {
    let mut next = vec![0; logs.len()];
    let mut blocks = Vec::new();
    let mut chance = seed;
    while next.iter().zip(logs).any(|(at, log)| *at < log.bytes.len()) {
        chance = hash::mix(chance);
        let stream = usize::try_from(chance % logs.len() as u64).unwrap();
        let (from, end) = (next[stream], logs[stream].bytes.len());
        let to = end.min(from + 1 + usize::try_from(hash::mix(chance) % size as u64).unwrap());
        if from < to {
            blocks.push(Block { stream: u32::try_from(stream).unwrap(), from, to });
            next[stream] = to;
        }
    }
    blocks
}

/// What must be the same of a case, however its records came.
pub(crate) type Bare = (Rung, String, String, Vec<Addr>, u64);

pub(crate) fn bare(case: &Case) -> Bare {
    (case.rung, case.kind.to_owned(), case.title.clone(), case.sources.clone(), case.records)
}

/// The open cases of a scope, without their ids.
pub(crate) fn open_cases<'a>(cases: impl Iterator<Item = &'a Kept>, scope: &str) -> Vec<Bare> {
    let open = cases.filter(|kept| kept.scope == scope && kept.standing == Standing::Open);
    let mut bare: Vec<Bare> = open
        .map(|kept| {
            let sources = kept.sources.clone();
            (kept.rung, kept.kind.clone(), kept.title.clone(), sources, kept.records)
        })
        .collect();
    bare.sort();
    bare
}
