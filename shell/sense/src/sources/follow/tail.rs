//! Reads one content from its place on, cut into whole records.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::Instant;

use super::content::Content;
use super::place::{HEAD, Place};
use super::{Closed, Shared};
use crate::clock;
use crate::cut::{self, Knife};
use crate::piece::{Piece, lines};

/// How much is read at once, in bytes.
const CHUNK: usize = 1 << 20;

/// A content that is being read.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) place: Place,
    content: Content,
    /// What was read and not cut yet; begins at the place's position.
    buffer: Vec<u8>,
    head: Vec<u8>,
    knife: Knife,
    /// The content's beginning, where reading did not start there: for recognising it.
    beginning: Option<Vec<u8>>,
    /// The source's name on the board.
    source: Arc<str>,
    /// When there last was something new.
    moved: Instant,
    /// No more can come: a compressed file was read to its end.
    at_end: bool,
}

/// What a look brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// There may be more at once.
    Busy,
    /// Nothing new.
    Idle,
}

impl Tail {
    /// Reads a content from a place on. `beginning` is what it begins with.
    pub(super) fn new(
        mut place: Place,
        content: Content,
        beginning: Vec<u8>,
        format: Option<&str>,
        source: &Arc<str>,
    ) -> Self {
        let read = usize::try_from(place.position).unwrap_or(usize::MAX).min(HEAD);
        let head = beginning.get(..read).unwrap_or(&beginning).to_vec();
        place.set_head(&head);
        let beginning = (place.position > 0).then_some(beginning);
        Self {
            place,
            content,
            buffer: Vec::new(),
            head,
            knife: Knife::new(format),
            beginning,
            source: Arc::clone(source),
            moved: Instant::now(),
            at_end: false,
        }
    }

    /// The name of the format, if it is known.
    pub(super) fn format(&self) -> Option<&'static str> {
        self.knife.format()
    }

    /// How long nothing new came.
    pub(super) fn quiet(&self) -> std::time::Duration {
        self.moved.elapsed()
    }

    /// Whether a compressed file was read to its end.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Bytes that wait to be read; 0 where that cannot be told.
    pub(super) fn lag(&self) -> u64 {
        let length = self.content.length().ok().flatten();
        length.map_or(0, |length| length.saturating_sub(self.place.position))
    }

    /// Whether this is the file that is read, and whether it still is what was read of it.
    pub(super) fn is(&self, meta: &Metadata) -> bool {
        (meta.dev(), meta.ino()) == (self.place.device, self.place.inode)
    }

    /// Whether the file was cut or written anew under its reader.
    pub(super) fn is_rewritten(&mut self) -> io::Result<bool> {
        let Some(length) = self.content.length()? else { return Ok(false) };
        if length < self.read_to() {
            return Ok(true);
        }
        let want = if self.head.is_empty() {
            self.buffer.get(..HEAD).unwrap_or(&self.buffer).to_vec()
        } else {
            self.head.clone()
        };
        Ok(!want.is_empty() && self.content.head(want.len())? != want)
    }

    /// Goes on in another file that holds the same content.
    pub(super) fn switch(&mut self, content: Content, path: &std::path::Path, meta: &Metadata) {
        self.content = content;
        self.buffer.clear();
        path.clone_into(&mut self.place.path);
        self.place.device = meta.dev();
        self.place.inode = meta.ino();
        self.moved = Instant::now();
    }

    /// Reads what is new and hands on whole records.
    pub(super) fn pump(&mut self, shared: &mut Shared) -> Result<Step, Closed> {
        let room = CHUNK.saturating_sub(self.buffer.len()).max(CHUNK / 4);
        let got = self.content.read(self.read_to(), room, &mut self.buffer);
        let problem = got.as_ref().err().map(|why| format!("cannot read {}: {why}", self.source));
        shared.inlet.board.problem(&self.source, problem);
        let got = got.unwrap_or(0);
        if got > 0 {
            self.moved = Instant::now();
        }
        let full = self.buffer.len() >= CHUNK;
        if matches!(self.content, Content::Gz { .. }) {
            self.at_end |= got == 0;
            // More is read first, so that the last piece can say that it is the last.
            if !full && !self.at_end {
                return Ok(Step::Busy);
            }
        }
        self.recognise(full || self.at_end || self.quiet() >= shared.timing.settle);
        let length = if self.at_end { self.buffer.len() } else { self.knife.cut(&self.buffer) };
        if length > 0 {
            self.hand_on(length, shared)?;
        }
        Ok(if got > 0 && (full || length > 0) { Step::Busy } else { Step::Idle })
    }

    /// Hands on what is left, whole or not, and reads no more.
    pub(super) fn finish(mut self, shared: &mut Shared) -> Result<(), Closed> {
        self.at_end = true;
        self.place.done = true;
        if !self.buffer.is_empty() {
            self.recognise(true);
            self.hand_on(self.buffer.len(), shared)?;
        }
        shared.known.end(&self.place);
        Ok(())
    }

    fn recognise(&mut self, last: bool) {
        if self.knife.is_open() && !(self.buffer.is_empty() && self.beginning.is_none()) {
            let beginning = self.beginning.take();
            let last = last || beginning.is_some();
            self.knife.recognise(beginning.as_ref().unwrap_or(&self.buffer), last);
        }
    }

    /// What batches name as their format: what the settings force, and what the desk could not
    /// recognise, because it does not see the stream's beginning.
    fn format_to_name(&self) -> Option<String> {
        let seen = self.format().filter(|_| self.place.headless).map(str::to_owned);
        self.knife.forced().or(seen)
    }

    fn read_to(&self) -> u64 {
        self.place.position.saturating_add(self.buffer.len() as u64)
    }

    fn hand_on(&mut self, length: usize, shared: &mut Shared) -> Result<(), Closed> {
        let rest = self.buffer.split_off(length);
        let body = std::mem::replace(&mut self.buffer, rest);
        let base = self.place.position;
        if self.head.len() < HEAD {
            let wanted = HEAD - self.head.len();
            self.head.extend_from_slice(body.get(..wanted).unwrap_or(&body));
            self.place.set_head(&self.head);
        }
        let now = clock::now();
        self.place.position = base.saturating_add(body.len() as u64);
        self.place.seen = now.secs();
        self.place.done |= self.at_end && self.buffer.is_empty();
        shared.known.set(&self.place);
        let records = lines(&body);
        shared.inlet.board.read(&self.source, "file", records, now);
        let piece = Piece {
            source: Arc::clone(&self.source),
            stream: self.place.stream_name(),
            format: self.format_to_name(),
            base: Some(base),
            records,
            cut_at: now,
            body,
            cursor: Some(self.place.cursor()),
            text: true,
        };
        shared.inlet.patient.blocking_send(piece).map_err(|_| Closed)
    }
}

/// How much of a content's beginning a new tail wants to see.
pub(super) const BEGINNING: usize = cut::HEAD;
