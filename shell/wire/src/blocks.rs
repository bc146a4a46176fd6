//! A stream cut into blocks that end where a record ends.

use std::io;

use crate::source::Source;

/// Bytes of a usual block: enough to make handing over cheap, little enough to stay in a cache.
pub(crate) const BLOCK: usize = 1 << 20;
/// The longest record that is still read.
pub(crate) const LONGEST: usize = 4 << 20;

/// A part of a file.
#[derive(Debug)]
pub(crate) struct Block {
    /// The buffer; only the first `len` bytes belong to the block.
    pub(crate) buffer: Vec<u8>,
    pub(crate) len: usize,
    /// Where it begins in the unpacked file.
    pub(crate) base: u64,
}

impl Block {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

/// Cuts a source into blocks. Buffers come from and go to a pool; the only copy is that of the
/// begun record at a block's end into the next buffer.
pub(crate) struct Blocks {
    source: Source,
    buffer: Vec<u8>,
    filled: usize,
    base: u64,
    ended: bool,
    /// What went wrong, in sentences; at most a few are kept.
    pub(crate) problems: Vec<String>,
    failed: bool,
}

/// Problems kept of one file.
const PROBLEMS: usize = 5;

impl Blocks {
    pub(crate) fn new(source: Source, buffer: Vec<u8>) -> Self {
        Self {
            source,
            buffer,
            filled: 0,
            base: 0,
            ended: false,
            problems: Vec::new(),
            failed: false,
        }
    }

    /// The beginning of what comes next: a whole block if the source has as much.
    pub(crate) fn head(&mut self) -> &[u8] {
        self.fill(BLOCK);
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// The next block, which ends where `cut` finds the last record's end; `spare` is called for
    /// the buffer after it, at most once. `None` at the end.
    pub(crate) fn next(
        &mut self,
        cut: impl Fn(&[u8]) -> usize,
        spare: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Option<Block> {
        let mut want = BLOCK;
        let end = loop {
            self.fill(want);
            let bytes = self.buffer.get(..self.filled)?;
            let end = cut(bytes).min(bytes.len());
            // Where the stream broke off, the record at its end is half a record: left out.
            let end = if self.ended && !self.failed { bytes.len() } else { end };
            if end > 0 {
                break end;
            }
            if self.ended {
                return None;
            }
            if want >= LONGEST {
                self.skip_record();
                want = BLOCK;
            } else {
                want = want.saturating_mul(2).min(LONGEST);
            }
        };
        let mut next = spare()?;
        let rest = self.buffer.get(end..self.filled)?;
        if next.len() < rest.len().max(BLOCK) {
            next.resize(rest.len().max(BLOCK), 0);
        }
        next.get_mut(..rest.len())?.copy_from_slice(rest);
        self.filled = rest.len();
        let buffer = std::mem::replace(&mut self.buffer, next);
        let block = Block { buffer, len: end, base: self.base };
        self.base = self.base.saturating_add(end as u64);
        Some(block)
    }

    /// Hands all bytes from here on to `each`, in portions, without regard to records.
    pub(crate) fn drain(&mut self, mut each: impl FnMut(&[u8])) {
        loop {
            self.fill(BLOCK);
            match self.buffer.get(..self.filled) {
                None | Some([]) => return,
                Some(bytes) => each(bytes),
            }
            self.base = self.base.saturating_add(self.filled as u64);
            self.filled = 0;
        }
    }

    /// Bytes of content that were handed out or dropped so far.
    pub(crate) const fn read_so_far(&self) -> u64 {
        self.base
    }

    /// Gives the buffer back.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    fn fill(&mut self, want: usize) {
        if self.buffer.len() < want {
            self.buffer.resize(want, 0);
        }
        while self.filled < want && !self.ended {
            let free = self.buffer.get_mut(self.filled..want).unwrap_or_default();
            match io::Read::read(&mut self.source, free) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled = self.filled.saturating_add(read),
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => self.fail(&err),
            }
        }
    }

    fn fail(&mut self, err: &io::Error) {
        let content = self.base.saturating_add(self.filled as u64);
        let what = self.source.explain(err, content);
        self.problem(what);
        self.ended = true;
        self.failed = true;
    }

    /// Drops everything up to the next newline.
    fn skip_record(&mut self) {
        let at = self.base;
        self.problem(format!(
            "a record at byte {at} is longer than {} MiB and was skipped",
            LONGEST >> 20
        ));
        loop {
            let bytes = self.buffer.get(..self.filled).unwrap_or_default();
            let (drop, found) = match memchr::memchr(b'\n', bytes) {
                Some(end) => (end.saturating_add(1), true),
                None => (bytes.len(), false),
            };
            self.buffer.copy_within(drop..self.filled, 0);
            self.filled = self.filled.saturating_sub(drop);
            self.base = self.base.saturating_add(drop as u64);
            if found || self.ended {
                return;
            }
            self.fill(BLOCK);
        }
    }

    fn problem(&mut self, what: String) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(what);
        }
    }
}
