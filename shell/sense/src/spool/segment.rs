//! One file of frames.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ward_sensor::Frame;
use ward_sensor::frame::length;

use crate::identity;

const ENDING: &str = "frames";

/// A segment file.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// The first sequence that it holds or will hold.
    pub(super) first: u64,
    /// The last sequence that it holds; 0 when none.
    pub(super) last: u64,
    /// Its length.
    pub(super) bytes: u64,
    /// Open for writing.
    pub(super) file: Option<File>,
}

/// A segment as it was found.
pub(super) struct Found {
    pub(super) segment: Segment,
    /// Bytes at its end that are no frame.
    pub(super) odd: u64,
}

impl Segment {
    /// A new file for frames from this sequence on.
    pub(super) fn create(folder: &Path, first: u64) -> io::Result<Self> {
        let path = folder.join(format!("{first:020}.{ENDING}"));
        // A file of this name can only be one that a failed write left behind, without a frame.
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        identity::sync_folder(folder)?;
        Ok(Self { path, first, last: 0, bytes: 0, file: Some(file) })
    }

    /// Writes at the end and waits until it is on the disk.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file.as_mut().ok_or_else(|| damaged("the segment is closed"))?;
        file.seek(SeekFrom::Start(self.bytes))?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    /// Cuts off what a failed write left; where even that fails, the file is not written again.
    pub(super) fn take_back(&mut self) {
        let bytes = self.bytes;
        if self.file.as_mut().is_none_or(|file| file.set_len(bytes).is_err()) {
            self.file = None;
        }
    }

    /// Bytes from the frame of this sequence on, at least that frame, and where it begins. The
    /// frame is looked for from `start`, where some frame begins.
    pub(super) fn read(
        &self,
        start: u64,
        sequence: u64,
        max_bytes: usize,
    ) -> io::Result<(Vec<u8>, u64)> {
        let file = File::open(&self.path)?;
        let mut at = start;
        loop {
            let bytes = self.frame(&file, at)?;
            let (frame, _) = Frame::parse(&bytes).map_err(|why| damaged(&why.to_string()))?;
            if frame.sequence() == sequence {
                let left = usize::try_from(self.bytes.saturating_sub(at)).unwrap_or(usize::MAX);
                let mut bytes = vec![0; max_bytes.max(frame.bytes().len()).min(left)];
                file.read_exact_at(&mut bytes, at)?;
                return Ok((bytes, at));
            }
            if frame.sequence() > sequence {
                return Err(damaged("a frame is missing"));
            }
            at = at.saturating_add(frame.bytes().len() as u64);
        }
    }

    /// The bytes of the frame at this offset.
    fn frame(&self, file: &File, at: u64) -> io::Result<Vec<u8>> {
        let mut prefix = [0; 12];
        file.read_exact_at(&mut prefix, at)?;
        let length = length(&prefix).map_err(|why| damaged(&why.to_string()))?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

/// The segment files of a folder, by sequence.
pub(super) fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            paths.push(path);
        }
    }
    // Numbers of twenty digits sort as text.
    paths.sort();
    Ok(paths)
}

/// Deletes a segment's file; one that is gone is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

/// Looks through a segment. In the newest, the signatures are checked too, and what follows the
/// last whole frame is cut off.
pub(super) fn scan(
    path: &Path,
    newest: bool,
    is_whole: impl Fn(&Frame<'_>) -> bool,
    mut each: impl FnMut(&Frame<'_>),
) -> io::Result<Found> {
    let bytes = fs::read(path)?;
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let first = stem.and_then(|stem| stem.parse().ok()).unwrap_or(1);
    let (mut rest, mut last, mut expected) = (bytes.as_slice(), 0, first);
    while let Ok((frame, after)) = Frame::parse(rest) {
        if frame.sequence() != expected || (newest && !is_whole(&frame)) {
            break;
        }
        each(&frame);
        last = frame.sequence();
        expected = last.saturating_add(1);
        rest = after;
    }
    let odd = rest.len() as u64;
    let whole = bytes.len() as u64 - odd;
    let mut file = None;
    if newest {
        let open = OpenOptions::new().write(true).open(path)?;
        if odd > 0 {
            open.set_len(whole)?;
            open.sync_all()?;
        }
        file = Some(open);
    }
    let segment = Segment { path: path.to_owned(), first, last, bytes: whole, file };
    Ok(Found { segment, odd })
}

/// An error that says that kept bytes are not what they were.
pub(super) fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the spool is damaged: {why}"))
}
