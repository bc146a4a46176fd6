//! What the fuzz targets of readers share: every law of reading in one function.

use std::sync::Arc;

use ward_kernel::Time;
use ward_records::{Event, Format, Hints, Reader, Sink};
use ward_watch::{Config, Engine, Feed, Origin};

/// Remembers what came through, as text.
#[derive(Default)]
struct Notes(Vec<String>);

impl Sink for Notes {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.0.push(format!("{at} {event:?}"));
    }
    fn aside(&mut self, at: u64, time: Option<Time>) {
        self.0.push(format!("{at} aside {time:?}"));
    }
    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.0.push(format!("{at} {} {why}", line.len()));
    }
}

/// Reads hostile bytes as one format: never panics, and a file cut in two at a place that the
/// reader itself names reads like the whole file. What was read is judged as well.
pub fn read(format: Format, bytes: &[u8]) {
    let hints = Hints::default();
    let _ = Reader::recognise(bytes, &hints);
    let mut whole = Notes::default();
    Reader::forced(format, &hints).read(bytes, 0, &mut whole);

    let half = bytes.len() / 2;
    let mut reader = Reader::forced(format, &hints);
    let cut = reader.cut(&bytes[..half]);
    assert!(cut <= half, "a cut lies inside its block");
    let (first, second) = bytes.split_at(cut);
    let mut ahead = reader.clone();
    let mut parts = Notes::default();
    reader.read(first, 0, &mut parts);
    ahead.advance(first);
    ahead.read(second, cut as u64, &mut parts);
    assert_eq!(whole.0, parts.0, "a split at a cut changes nothing");

    let mut engine = Engine::new(Arc::new(Config::default()), 1);
    let mut feed = Feed { engine: &mut engine, origin: Origin::default() };
    Reader::forced(format, &hints).read(bytes, 0, &mut feed);
    let _ = engine.judge(&[]);
}

/// A sink for what only has to survive.
pub struct Nowhere;

impl Sink for Nowhere {
    fn event(&mut self, _at: u64, _event: &Event<'_>) {}
    fn aside(&mut self, _at: u64, _time: Option<Time>) {}
    fn problem(&mut self, _at: u64, _line: &[u8], _why: &'static str) {}
}

/// Takes numbers off the front of an input, for what a target decides by chance.
pub struct Chance<'a>(&'a [u8]);

impl<'a> Chance<'a> {
    /// Takes from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next byte; 0 when there is none.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// The next two bytes as one number.
    pub fn number(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    /// The next piece: its length stands before it.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = self.number().min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// What is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Cuts bytes into pieces whose lengths repeat those given; one of 0 stands for the whole rest.
pub fn cut<'a>(bytes: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    let mut lengths = lengths.iter().cycle();
    while !rest.is_empty() {
        let length = match lengths.next() {
            None | Some(0) => rest.len(),
            Some(length) => usize::from(*length).min(rest.len()),
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}
