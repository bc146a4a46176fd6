//! What the tests of the readers share: a sink that keeps everything, and the two laws.

use ward_kernel::Time;

use crate::Event;
use crate::reader::{Hints, ReadFormat, Sink};

/// Keeps all that it is told, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) events: Vec<(u64, String)>,
    pub(crate) asides: Vec<(u64, Option<Time>)>,
    pub(crate) problems: Vec<(u64, Vec<u8>, &'static str)>,
}

impl Sink for Kept {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.events.push((at, format!("{event:?}")));
    }

    fn aside(&mut self, at: u64, time: Option<Time>) {
        self.asides.push((at, time));
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.problems.push((at, line.to_vec(), why));
    }
}

/// Hands each event to a closure; asides and problems are dropped.
pub(crate) struct Each<F>(pub(crate) F);

impl<F: FnMut(&Event<'_>)> Sink for Each<F> {
    fn event(&mut self, _at: u64, event: &Event<'_>) {
        (self.0)(event);
    }

    fn aside(&mut self, _at: u64, _time: Option<Time>) {}

    fn problem(&mut self, _at: u64, _line: &[u8], _why: &'static str) {}
}

/// Everything that a file says, read at once.
pub(crate) fn whole<R: ReadFormat>(reader: &mut R, file: &[u8]) -> Kept {
    let mut kept = Kept::default();
    reader.read(file, 0, &mut kept);
    kept
}

/// Everything that a file says, by a reader that recognises it.
pub(crate) fn recognised<R: ReadFormat>(file: &[u8]) -> Kept {
    let mut reader = R::recognise(file, &Hints::default()).expect("the format is recognised");
    whole(&mut reader, file)
}

/// The events that a closure sees, as it makes them.
pub(crate) fn events<R: ReadFormat, T>(
    file: &[u8],
    mut make: impl FnMut(&Event<'_>) -> T,
) -> Vec<T> {
    let mut made = Vec::new();
    let mut reader = R::recognise(file, &Hints::default()).expect("the format is recognised");
    reader.read(file, 0, &mut Each(|event: &Event<'_>| made.push(make(event))));
    made
}

/// Reads a file in blocks of about `size` bytes, each ended where `cut` says, and each read by a
/// clone of a reader that has only advanced over what came before.
pub(crate) fn in_blocks<R: ReadFormat + Clone>(mut reader: R, file: &[u8], size: usize) -> Kept {
    let mut kept = Kept::default();
    let (mut start, mut want) = (0, size.max(1));
    while let Some(rest) = file.get(start..).filter(|rest| !rest.is_empty()) {
        let last = want >= rest.len();
        let block = if last { rest } else { rest.get(..want).unwrap_or(rest) };
        let end = if last { block.len() } else { reader.cut(block) };
        assert!(end <= block.len(), "cut beyond the block");
        if end == 0 {
            want += size.max(1);
            continue;
        }
        let block = block.get(..end).unwrap_or(block);
        reader.clone().read(block, start as u64, &mut kept);
        reader.advance(block);
        start += end;
        want = size.max(1);
    }
    kept
}
