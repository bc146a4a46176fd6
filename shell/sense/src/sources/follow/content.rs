//! The bytes of a file, unpacked where it is compressed.

use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, Read, Seek};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// Bytes that are read by offset; of a compressed file in order only.
pub(super) enum Content {
    Plain(File),
    Gz {
        reader: Box<MultiGzDecoder<BufReader<File>>>,
        file: File,
        /// How much was unpacked.
        at: u64,
    },
}

/// Opens without waiting: a pipe in the place of a log would otherwise wait for its writer.
const NONBLOCK: i32 = 0o4000;

impl Content {
    /// Opens a file; none that is not a regular one.
    pub(super) fn open(path: &Path, gz: bool) -> io::Result<Self> {
        let file = fs::OpenOptions::new().read(true).custom_flags(NONBLOCK).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        if gz {
            let reader = Box::new(MultiGzDecoder::new(BufReader::new(file.try_clone()?)));
            Ok(Self::Gz { reader, file, at: 0 })
        } else {
            Ok(Self::Plain(file))
        }
    }

    /// What the system says of the file.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Plain(file) | Self::Gz { file, .. } => file.metadata(),
        }
    }

    /// Its length; `None` when it is compressed.
    pub(super) fn length(&self) -> io::Result<Option<u64>> {
        match self {
            Self::Plain(file) => file.metadata().map(|meta| Some(meta.size())),
            Self::Gz { .. } => Ok(None),
        }
    }

    /// Appends up to `most` bytes from the offset on; says how many.
    pub(super) fn read(
        &mut self,
        offset: u64,
        most: usize,
        into: &mut Vec<u8>,
    ) -> io::Result<usize> {
        let before = into.len();
        match self {
            Self::Plain(file) => {
                into.resize(before + most, 0);
                let mut got = 0;
                while let Some(room) = into.get_mut(before + got..).filter(|room| !room.is_empty())
                {
                    match file.read_at(room, offset.saturating_add(got as u64)) {
                        Ok(0) => break,
                        Ok(read) => got += read,
                        Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                        Err(why) => {
                            into.truncate(before);
                            return Err(why);
                        }
                    }
                }
                into.truncate(before + got);
            }
            Self::Gz { reader, at, .. } => {
                if *at < offset {
                    let skipped = io::copy(&mut reader.take(offset - *at), &mut io::sink())?;
                    *at = at.saturating_add(skipped);
                }
                if *at == offset {
                    let read = reader.take(most as u64).read_to_end(into);
                    *at = at.saturating_add((into.len() - before) as u64);
                    // What came before the damage counts; the damage is met again next time.
                    if into.len() == before {
                        read?;
                    }
                }
            }
        }
        Ok(into.len() - before)
    }

    /// The first `most` bytes.
    pub(super) fn head(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.rewind()?;
        self.read(0, most, &mut head)?;
        self.rewind()?;
        Ok(head)
    }

    /// What is unpacked in order begins anew.
    fn rewind(&mut self) -> io::Result<()> {
        if let Self::Gz { reader, file, at } = self {
            file.rewind()?;
            **reader = MultiGzDecoder::new(BufReader::new(file.try_clone()?));
            *at = 0;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Plain(_)) { "Plain" } else { "Gz" })
    }
}
