//! All records once more, each with its raw line.

use std::sync::Arc;

use ward_kernel::Time;
use ward_records::{Event, Sink};

use crate::blocks::Blocks;
use crate::input::Input;
use crate::kind::Kind;
use crate::read::Options;
use crate::source::Source;

/// A record of the second pass.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The index of its input.
    pub file: usize,
    /// Its place in the unpacked content.
    pub offset: u64,
    /// The raw line without its newline; empty in captures, whose packets are no lines.
    pub line: &'a [u8],
    /// What it says.
    pub event: &'a Event<'a>,
}

/// Hands every record of every input that can be read again to `each`, in the order of the files
/// and of their lines, on the calling thread. What cannot be read is passed over: the first
/// reading has told its problem.
pub fn select(inputs: &[Input], options: &Options, mut each: impl FnMut(Selected<'_>)) {
    for (file, input) in inputs.iter().enumerate().filter(|(_, input)| input.is_regular()) {
        let Ok(source) = Source::open(input, Arc::default()) else { continue };
        let mut blocks = Blocks::new(source, Vec::new());
        let hints = options.hints(input);
        match Kind::recognise(blocks.head(), options.forced(input), &hints) {
            Some(Kind::Lines(mut reader)) => {
                let mut spare = Vec::new();
                while let Some(block) =
                    blocks.next(|bytes| reader.cut(bytes), || Some(std::mem::take(&mut spare)))
                {
                    let mut sink =
                        Selecting { file, base: block.base, block: block.bytes(), each: &mut each };
                    reader.read(block.bytes(), block.base, &mut sink);
                    spare = block.buffer;
                }
            }
            Some(Kind::Packets(mut packets)) => {
                let mut sink = Selecting { file, base: 0, block: &[], each: &mut each };
                blocks.drain(|bytes| packets.push(bytes, &mut sink));
                packets.finish(&mut sink);
            }
            None => {}
        }
    }
}

struct Selecting<'a, F> {
    file: usize,
    base: u64,
    block: &'a [u8],
    each: &'a mut F,
}

impl<F: FnMut(Selected<'_>)> Sink for Selecting<'_, F> {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        let start = at.checked_sub(self.base).and_then(|start| usize::try_from(start).ok());
        let rest = start.and_then(|start| self.block.get(start..)).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (self.each)(Selected { file: self.file, offset: at, line, event });
    }

    fn aside(&mut self, _at: u64, _time: Option<Time>) {}

    fn problem(&mut self, _at: u64, _line: &[u8], _why: &'static str) {}
}
