//! The spool: sealed frames on disk until the desk holds them.
//!
//! Frames are appended to segment files of some megabytes; a segment is deleted when the desk
//! holds all of it. `spool.json` keeps what must outlive deleted segments: the highest sequence,
//! and where each source stood. A place counts when the frame that carries it is on the disk, so
//! records and place are one write.
//!
//! What a crash leaves half-written at the end is cut off when the spool is opened; those records
//! were never sent, and their source is read again from the place before them.

mod note;
mod segment;
mod spare;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use ward_kernel::Time;
use ward_sensor::Frame;
use ward_sensor::frame::length;

pub(crate) use self::note::Note;
use self::segment::Segment;
use crate::identity;
use crate::piece::Cursor;

/// A segment that is longer is closed and a new one begun.
const SEGMENT: u64 = if cfg!(test) { 64 << 10 } else { 8 << 20 };
/// A segment of which the desk holds everything is begun anew beyond this, so that little that
/// was sent stays on the disk.
const RENEW: u64 = SEGMENT / 8;

/// The spool of a sensor.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// By sequence; the last is the one that is written.
    segments: VecDeque<Segment>,
    note: Note,
    /// The next sequence to be given.
    next: u64,
    held: u64,
    /// Where the frame after the last one read lies: sequence, segment's first sequence, offset.
    hint: Option<(u64, u64, u64)>,
    /// For tests: how many more bytes the disk takes.
    #[cfg(test)]
    pub(crate) disk: Option<u64>,
}

/// What was found when the spool was opened.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Opened {
    /// There was no spool: the desk must say what it holds before a sequence is given.
    pub(crate) fresh: bool,
    /// Bytes cut off at the end.
    pub(crate) torn: u64,
    /// The sensor that the frames are of, if there are any.
    pub(crate) sensor: Option<String>,
    /// Batches missing in the middle: the disk lost what it had kept.
    pub(crate) missing: u64,
}

impl Spool {
    /// Opens the spool of a folder, or makes one. `is_whole` says whether a frame's signature is
    /// right.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub(crate) fn open(
        folder: &Path,
        is_whole: impl Fn(&Frame<'_>) -> bool,
    ) -> io::Result<(Self, Opened)> {
        let folder = folder.join("spool");
        fs::create_dir_all(&folder)?;
        let note = Note::load(&folder)?;
        let mut opened = Opened { fresh: note.is_none(), ..Opened::default() };
        let mut spool = Self {
            folder,
            segments: VecDeque::new(),
            next: 0,
            held: 0,
            note: note.unwrap_or_default(),
            hint: None,
            #[cfg(test)]
            disk: None,
        };
        let mut last = spool.note.sequence;
        let paths = segment::paths(&spool.folder)?;
        for (index, path) in paths.iter().enumerate() {
            let newest = index + 1 == paths.len();
            let found = segment::scan(path, newest, &is_whole, |frame| {
                opened.sensor.get_or_insert_with(|| frame.sensor().to_owned());
                if let Ok(cursor) = serde_json::from_str::<Cursor>(frame.cursor())
                    && frame.sequence() > spool.note.sequence
                {
                    spool.note.cursors.insert(cursor.key, cursor.place);
                }
            })?;
            if newest {
                opened.torn = found.odd;
            }
            let before = spool.segments.iter().rev().find(|before| before.last > 0);
            let gap = before.map(|before| found.segment.first.saturating_sub(before.last + 1));
            opened.missing = opened.missing.saturating_add(gap.unwrap_or(0));
            last = last.max(found.segment.last);
            spool.segments.push_back(found.segment);
        }
        opened.fresh &= spool.segments.iter().all(|segment| segment.last == 0);
        spool.next = last.saturating_add(1);
        spare::keep(&spool.folder);
        spool.held = spool.segments.front().map_or(last, |first| first.first.saturating_sub(1));
        Ok((spool, opened))
    }

    /// Sets the sequences that a new spool begins with: after what the desk holds.
    pub(crate) fn begin_after(&mut self, held: u64) -> io::Result<()> {
        self.note.sequence = held.max(self.note.sequence);
        self.next = self.note.sequence.saturating_add(1);
        self.held = self.held.max(held);
        self.save_note()
    }

    /// The sequence that the next frame must have.
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// Up to where the desk holds everything.
    pub(crate) const fn held(&self) -> u64 {
        self.held
    }

    /// Where the sources stand, by key.
    pub(crate) const fn cursors(&self) -> &BTreeMap<String, Value> {
        &self.note.cursors
    }

    /// Bytes on the disk.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.iter().fold(0, |sum, segment| sum.saturating_add(segment.bytes))
    }

    /// Bytes that the desk does not hold yet, as far as is known without reading.
    pub(crate) fn unsent(&self) -> u64 {
        let waiting = self.segments.iter().filter(|segment| segment.last > self.held);
        let bytes = waiting.fold(0_u64, |sum, segment| sum.saturating_add(segment.bytes));
        match self.hint {
            Some((sequence, first, offset)) if sequence == self.held.saturating_add(1) => {
                let partly = self
                    .segments
                    .iter()
                    .any(|segment| segment.first == first && segment.last > self.held);
                if partly { bytes.saturating_sub(offset) } else { bytes }
            }
            _ => bytes,
        }
    }

    /// Appends sealed frames, with sequences from [`Spool::next`] on, and waits until they are on
    /// the disk; `cursors` are the places after them. Either all are kept or none is.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub(crate) fn append(&mut self, frames: &[Vec<u8>], cursors: Vec<Cursor>) -> io::Result<()> {
        if self.segments.back().is_none_or(|last| last.bytes >= SEGMENT || last.file.is_none()) {
            // One without a frame has the name that the new one gets.
            self.segments.pop_back_if(|last| last.last == 0);
            let segment = Segment::create(&self.folder, self.next)?;
            self.segments.push_back(segment);
        }
        let bytes = frames.concat();
        #[cfg(test)]
        let result = self.append_to_small_disk(&bytes);
        #[cfg(not(test))]
        let result = self.segments.back_mut().map_or(Ok(()), |last| last.write(&bytes));
        if let (Err(why), Some(last)) = (result, self.segments.back_mut()) {
            last.take_back();
            return Err(why);
        }
        self.next = self.next.saturating_add(frames.len() as u64);
        if let Some(last) = self.segments.back_mut() {
            last.bytes = last.bytes.saturating_add(bytes.len() as u64);
            last.last = self.next.saturating_sub(1);
        }
        for cursor in cursors {
            self.note.set(cursor);
        }
        Ok(())
    }

    /// Frames from this sequence on, as many as fit into `max_bytes` but at least one, with the
    /// time when the first was cut; empty when there is none.
    ///
    /// # Errors
    /// When they cannot be read, or what is there does not begin with this sequence.
    pub(crate) fn read(&mut self, from: u64, max_bytes: usize) -> io::Result<Read> {
        let mut read = Read::default();
        let (mut sequence, mut total) = (from, 0);
        while sequence < self.next {
            let Some(segment) = self.segments.iter().find(|segment| segment.last >= sequence)
            else {
                return Err(segment::damaged("a segment is missing"));
            };
            let start = match self.hint {
                Some((at, first, offset)) if at == sequence && first == segment.first => offset,
                _ => 0,
            };
            let room = max_bytes.saturating_sub(total);
            let (bytes, at) = segment.read(start, sequence, room)?;
            let mut rest = bytes.as_slice();
            let mut used = 0;
            while let Ok(whole) = length(rest)
                && let Some((frame, after)) = rest.split_at_checked(whole)
                && (read.frames.is_empty() || total + whole <= max_bytes)
            {
                if read.frames.is_empty() {
                    read.oldest = Frame::parse(frame).ok().map(|(frame, _)| frame.cut_at());
                }
                read.frames.push(frame.to_vec());
                total += whole;
                used += whole as u64;
                sequence = sequence.saturating_add(1);
                rest = after;
            }
            self.hint = Some((sequence, segment.first, at.saturating_add(used)));
            if used == 0 && read.frames.is_empty() {
                return Err(segment::damaged("a frame cannot be read"));
            }
            if used == 0 || sequence <= segment.last {
                break;
            }
        }
        Ok(read)
    }

    /// The desk holds everything up to here. Deletes what is not needed any more; goes on behind
    /// it where the desk holds more than this spool ever gave.
    ///
    /// # Errors
    /// When the folder cannot be written; the spool then only keeps more than it must.
    pub(crate) fn hold(&mut self, held: u64) -> io::Result<()> {
        self.held = self.held.max(held);
        let ahead = held >= self.next;
        let whole = |segment: &Segment| segment.last <= self.held;
        let mut done = self.segments.iter().take_while(|segment| whole(segment)).count();
        let renew = self.segments.back().is_some_and(|last| last.bytes >= RENEW);
        if done == self.segments.len() && !renew && !ahead {
            done = done.saturating_sub(1);
        }
        if done == 0 && !ahead {
            return Ok(());
        }
        // First the note, then the deletion: places are never lost between the two.
        self.next = self.next.max(self.held.saturating_add(1));
        self.note.sequence = self.next.saturating_sub(1);
        self.note.prune();
        self.save_note()?;
        for segment in self.segments.drain(..done) {
            segment::remove(&segment.path)?;
        }
        identity::sync_folder(&self.folder)?;
        spare::keep(&self.folder);
        Ok(())
    }

    /// The first sequence at or after this one that can be read, when the one asked for cannot:
    /// what lies between is lost.
    pub(crate) fn after_damage(&self, from: u64) -> u64 {
        let behind = self.segments.iter().map(|segment| segment.first);
        behind.filter(|first| *first > from).min().unwrap_or(self.next)
    }

    /// The desk went back: it holds less than it said before. Gives up what was deleted since.
    pub(crate) fn go_back(&mut self, held: u64) {
        let kept = self.segments.front().map_or(self.next, |first| first.first);
        self.held = held.max(kept.saturating_sub(1)).min(self.held);
    }

    /// Puts the note on the disk, if need be in the room that was kept for it: on a full disk
    /// nothing could be deleted otherwise.
    fn save_note(&self) -> io::Result<()> {
        let save = || {
            #[cfg(test)]
            if self.disk == Some(0) && spare::is_there(&self.folder) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.note.save(&self.folder)
        };
        match save() {
            Err(why) if is_full(&why) && spare::give_up(&self.folder) => save(),
            result => result,
        }
    }

    #[cfg(test)]
    fn append_to_small_disk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let last = self.segments.back_mut().unwrap();
        let Some(room) = self.disk else { return last.write(bytes) };
        let fits = usize::try_from(room).unwrap().min(bytes.len());
        last.write(&bytes[..fits])?;
        if fits < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.disk = Some(room - fits as u64);
        Ok(())
    }
}

fn is_full(why: &io::Error) -> bool {
    matches!(why.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Frames that were read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) frames: Vec<Vec<u8>>,
    /// When the first of them was cut.
    pub(crate) oldest: Option<Time>,
}
