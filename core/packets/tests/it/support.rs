//! A sink that keeps what it is given, in plain words.

use ward_kernel::Time;
use ward_packets::{Capture, Export};
use ward_records::{Event, Flow, Sink, Touch, What};

/// Everything that a reader said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) flows: Vec<(u64, Time, String, Flow)>,
    pub(crate) requests: Vec<String>,
    pub(crate) losses: Vec<(String, u64, String)>,
    pub(crate) asides: usize,
    pub(crate) problems: Vec<(u64, &'static str)>,
    pub(crate) lines_not_understood: Vec<Vec<u8>>,
}

impl Sink for Heard {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        match &event.what {
            What::Flow(flow) => {
                self.flows.push((at, event.time, event.source.to_string(), *flow));
            }
            What::Request(request) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                self.requests.push(format!(
                    "{} {} {}{} {} {} agent={} via={} body={}",
                    event.source,
                    text(request.method),
                    text(request.site),
                    text(request.target),
                    request.status,
                    request.bytes,
                    text(request.agent),
                    text(request.forwarded),
                    text(request.body),
                ));
            }
            What::Loss(loss) => {
                let part = String::from_utf8_lossy(loss.part).into_owned();
                self.losses.push((loss.by.to_owned(), loss.lost, part));
            }
            other => panic!("no reader of packets says {other:?}"),
        }
    }

    fn aside(&mut self, _at: u64, _time: Option<Time>) {
        self.asides += 1;
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.lines_not_understood.push(line.to_vec());
        self.problems.push((at, why));
    }
}

/// A flow in a line: `source > target:port/protocol touch`.
pub(crate) fn line(source: &str, flow: &Flow) -> String {
    let Flow { target, port, protocol, touch, .. } = flow;
    format!("{source} > {target} {port}/{protocol} {touch:?}")
}

impl Heard {
    /// The flows in lines, sorted.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> =
            self.flows.iter().map(|(_, _, source, flow)| line(source, flow)).collect();
        lines.sort();
        lines
    }

    /// Touches of flows to a target and port.
    pub(crate) fn touches(&self, target: &str, port: u16) -> Vec<Touch> {
        let aimed = |flow: &Flow| flow.target.to_string() == target && flow.port == port;
        self.flows.iter().map(|one| one.3).filter(aimed).map(|flow| flow.touch).collect()
    }
}

/// Reads a whole capture in blocks of a size.
pub(crate) fn capture_in(bytes: &[u8], size: usize) -> Heard {
    let mut heard = Heard::default();
    let mut capture = Capture::recognise(bytes).expect("a capture");
    for block in bytes.chunks(size.max(1)) {
        capture.push(block, &mut heard);
    }
    capture.finish(&mut heard);
    heard
}

/// Reads a whole capture.
pub(crate) fn capture(bytes: &[u8]) -> Heard {
    capture_in(bytes, usize::MAX)
}

/// A recording of the folder `fixtures`.
pub(crate) fn recording(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}.pcap", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// All recordings.
pub(crate) const RECORDINGS: [&str; 18] = [
    "syn",
    "connect",
    "stealth",
    "web",
    "web_any",
    "web_any2",
    "short",
    "nano",
    "v6",
    "fragments",
    "datagrams",
    "backscatter",
    "mixed",
    "export_v5",
    "export_v9",
    "export_ipfix",
    "export_biflow",
    "export_sampled",
];

/// Reads a whole file of exports in blocks of a size.
pub(crate) fn exports_in(bytes: &[u8], size: usize) -> Heard {
    let mut heard = Heard::default();
    let mut export = Export::new();
    for block in bytes.chunks(size.max(1)) {
        export.read(block, &mut heard);
    }
    export.finish(&mut heard);
    heard
}
