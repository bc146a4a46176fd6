//! Opening: the bytes of a file as its writer meant them, whatever packs them.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use crate::input::Input;
use crate::zstd::Frames;

/// How a file is packed, recognised by its first bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// An opened input.
pub(crate) struct Source {
    pub(crate) packing: Packing,
    bytes: Box<dyn Read + Send>,
}

/// Bytes that the decompressors take from the file at once.
const PACKED: usize = 128 << 10;

impl Source {
    /// Opens an input; every byte taken from it is counted in `taken`.
    pub(crate) fn open(input: &Input, taken: Arc<AtomicU64>) -> io::Result<Self> {
        if input.is_stdin() {
            return Self::of_stream(io::stdin(), taken);
        }
        let mut file = File::open(&input.path)?;
        if !input.is_regular() {
            return Self::of_stream(file, taken);
        }
        let mut head = [0; 4];
        let seen = fill(&mut file, &mut head)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self::of(packing(head.get(..seen).unwrap_or_default()), file, taken))
    }

    /// A stream that cannot be sought in: what was looked at is put before it again.
    pub(crate) fn of_stream(
        mut stream: impl Read + Send + 'static,
        taken: Arc<AtomicU64>,
    ) -> io::Result<Self> {
        let mut head = vec![0; 4];
        let seen = fill(&mut stream, &mut head)?;
        head.truncate(seen);
        let packing = packing(&head);
        Ok(Self::of(packing, Cursor::new(head).chain(stream), taken))
    }

    fn of(packing: Packing, raw: impl Read + Send + 'static, taken: Arc<AtomicU64>) -> Self {
        let raw = Counted { raw, taken };
        let bytes: Box<dyn Read + Send> = match packing {
            Packing::Plain => Box::new(raw),
            Packing::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(PACKED, raw))),
            Packing::Zstd => Box::new(Frames::new(BufReader::with_capacity(PACKED, raw))),
        };
        Self { packing, bytes }
    }

    /// Says in a sentence what a failure after `content` unpacked bytes means.
    pub(crate) fn explain(&self, err: &io::Error, content: u64) -> String {
        let name = match self.packing {
            Packing::Plain => {
                return format!("cannot be read further than byte {content}: {err}");
            }
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        };
        if err.kind() == io::ErrorKind::UnexpectedEof {
            format!(
                "the {name} file ends early (cut while written or copied?): its content was read up to byte {content}"
            )
        } else {
            format!("the {name} file is damaged: its content was read up to byte {content} ({err})")
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

/// Reads until the buffer is full or the stream ends; returns how much was read.
pub(crate) fn fill(stream: &mut impl Read, mut buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0_usize;
    while !buffer.is_empty() {
        match stream.read(buffer) {
            Ok(0) => break,
            Ok(read) => {
                filled = filled.saturating_add(read);
                buffer = buffer.get_mut(read..).unwrap_or_default();
            }
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok(filled)
}

/// Magic numbers: RFC 1952 (gzip, deflate being its one method), RFC 8878 (zstd, skippable frames).
fn packing(head: &[u8]) -> Packing {
    match head {
        [0x1f, 0x8b, 8, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

struct Counted<R> {
    raw: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A stream that gives one byte at a time, as a slow pipe does.
    struct Slow(Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    #[test]
    fn streams_are_unpacked_without_seeking() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"one\ntwo\n").unwrap();
        let packed = packed.finish().unwrap();
        for (bytes, expected) in [
            (packed, &b"one\ntwo\n"[..]),
            (b"plain\n".to_vec(), b"plain\n"),
            (b"ab".to_vec(), b"ab"),
            (Vec::new(), b""),
        ] {
            let taken = Arc::new(AtomicU64::new(0));
            let many = bytes.len() as u64;
            let stream = Slow(Cursor::new(bytes));
            let mut source = Source::of_stream(stream, Arc::clone(&taken)).unwrap();
            let mut out = Vec::new();
            source.read_to_end(&mut out).unwrap();
            assert_eq!(out, expected);
            assert_eq!(taken.load(Ordering::Relaxed), many);
        }
    }
}
