//! A file's bytes by range, for the Parquet library.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A file's bytes by range. Unlike the library's own reader of files it refuses a range beyond the
/// end before it takes memory for it.
pub(crate) struct Region {
    file: Arc<File>,
    len: u64,
    /// Where the tail begins, and the tail.
    tail: (u64, Bytes),
}

/// The bytes of a file from one place on.
pub(crate) struct Tail {
    file: Arc<File>,
    at: u64,
}

impl Region {
    /// Opens a file, and keeps in memory what lies behind `tail`.
    pub(crate) fn open(path: &Path, tail: u64) -> Result<Self> {
        let file = File::open(path).map_err(|why| ParquetError::External(Box::new(why)))?;
        let len = file.metadata()?.len();
        let mut region = Self { file: Arc::new(file), len, tail: (len, Bytes::new()) };
        region.tail = (tail.min(len), region.range(tail.min(len), len)?);
        Ok(region)
    }

    /// What lies behind the place that was given to [`Region::open`].
    pub(crate) fn tail(&self) -> &Bytes {
        &self.tail.1
    }

    /// The bytes from `start` to before `end`.
    pub(crate) fn range(&self, start: u64, end: u64) -> Result<Bytes> {
        self.get_bytes(start, usize::try_from(end.saturating_sub(start))?)
    }
}

impl Length for Region {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Region {
    type T = BufReader<Tail>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(Tail { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.len) {
            let why = format!("it says that {length} bytes lie at {start}, beyond its end");
            return Err(ParquetError::General(why));
        }
        if let Some(at) = start.checked_sub(self.tail.0) {
            let at = usize::try_from(at)?;
            return Ok(self.tail.1.slice(at..at.saturating_add(length)));
        }
        let mut bytes = vec![0; length];
        let mut tail = Tail { file: Arc::clone(&self.file), at: start };
        tail.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Read for Tail {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, bytes, self.at)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Seek as _, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read(bytes)
}
