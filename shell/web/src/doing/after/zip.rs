//! A ZIP file of a few parts, each as it is (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and
//! 4.3.16): every system opens it, and nothing is packed, so that nothing has to be unpacked to see
//! what was given.
//!
//! It is written part by part and piece by piece: a part is never whole in memory. What stands in
//! front of a part, its length and its checksum, is put there when its last piece is written.

use std::io::{self, Seek, SeekFrom, Write};

use data_encoding::HEXLOWER;
use flate2::Crc;
use sha2::{Digest as _, Sha256};

/// The version that is needed to read it: 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8 (general purpose flag, bit 11).
const UTF8: u16 = 1 << 11;
/// The first day that the format knows, 1 January 1980: the moments that count stand in the parts.
const DAY: u16 = 0x21;
/// Bytes in front of a part, before its name.
const FRONT: u8 = 30;

/// A part that was written.
#[derive(Clone)]
pub(crate) struct Part {
    /// Its name.
    pub(crate) name: &'static str,
    /// Bytes of it.
    pub(crate) bytes: u64,
    /// SHA-256 of it, hexadecimal.
    pub(crate) sha256: String,
    /// Where its bytes begin in the file.
    pub(super) at: u64,
    /// What stands in front of it and in the directory alike.
    common: Vec<u8>,
}

/// A file that is being written.
pub(super) struct Zip<F: Write + Seek> {
    file: F,
    /// Bytes of it until now.
    length: u64,
    parts: Vec<Part>,
}

/// A part that is being written.
struct Within<'a, F> {
    file: &'a mut F,
    hash: Sha256,
    crc: Crc,
    bytes: u64,
}

impl<F: Write> Write for Within<'_, F> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece).map(|()| piece.len())
    }

    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.hash.update(piece);
        self.crc.update(piece);
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<F: Write + Seek> Zip<F> {
    /// An empty one, at the beginning of a file.
    pub(super) fn new(file: F) -> Self {
        Self { file, length: 0, parts: Vec::new() }
    }

    /// The parts that were written.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Writes a part by this name.
    ///
    /// # Errors
    /// Those of the file, and [`io::ErrorKind::FileTooLarge`] beyond the 4 GiB of the format.
    pub(super) fn part(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let at = self.length.saturating_add(front(name));
        self.file.write_all(&[0; FRONT as usize])?;
        self.file.write_all(name.as_bytes())?;
        let mut within =
            Within { file: &mut self.file, hash: Sha256::new(), crc: Crc::new(), bytes: 0 };
        write(&mut within)?;
        let Within { hash, crc, bytes, .. } = within;
        let common = common(name, bytes, crc.sum())?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&0x0403_4b50_u32.to_le_bytes())?;
        self.file.write_all(&common)?;
        self.length = at.saturating_add(bytes);
        self.file.seek(SeekFrom::Start(self.length))?;
        let sha256 = HEXLOWER.encode(&hash.finalize());
        self.parts.push(Part { name, bytes, sha256, at, common });
        Ok(())
    }

    /// Writes the directory; the file, its length in bytes and its parts.
    ///
    /// # Errors
    /// As [`Zip::part`].
    pub(super) fn finish(mut self) -> io::Result<(F, u64, Vec<Part>)> {
        let mut directory = Vec::new();
        for part in &self.parts {
            directory.extend(0x0201_4b50_u32.to_le_bytes());
            directory.extend(VERSION.to_le_bytes());
            directory.extend(&part.common);
            // No comment, the first disk, no attributes.
            directory.extend([0; 10]);
            directory.extend(short(part.at.saturating_sub(front(part.name)))?.to_le_bytes());
            directory.extend(part.name.as_bytes());
        }
        let count = u16::try_from(self.parts.len()).map_err(too_large)?.to_le_bytes();
        let (at, length) = (short(self.length)?, short(directory.len() as u64)?);
        directory.extend(0x0605_4b50_u32.to_le_bytes());
        directory.extend([0; 4]);
        directory.extend(count);
        directory.extend(count);
        directory.extend(length.to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend([0; 2]);
        self.file.write_all(&directory)?;
        self.file.flush()?;
        let whole = self.length.saturating_add(directory.len() as u64);
        Ok((self.file, whole, self.parts))
    }
}

/// Bytes in front of a part, with its name.
const fn front(name: &str) -> u64 {
    (name.len() as u64).saturating_add(FRONT as u64)
}

/// What stands in front of a part and in the directory alike.
fn common(name: &str, bytes: u64, crc: u32) -> io::Result<Vec<u8>> {
    let size = short(bytes)?;
    let mut out = Vec::with_capacity(26);
    for number in [VERSION, UTF8, 0, 0, DAY] {
        out.extend(number.to_le_bytes());
    }
    for number in [crc, size, size] {
        out.extend(number.to_le_bytes());
    }
    out.extend(u16::try_from(name.len()).map_err(too_large)?.to_le_bytes());
    out.extend([0; 2]);
    Ok(out)
}

/// A number of bytes, as the format has room for it.
fn short(bytes: u64) -> io::Result<u32> {
    u32::try_from(bytes).map_err(too_large)
}

fn too_large(_: std::num::TryFromIntError) -> io::Error {
    io::ErrorKind::FileTooLarge.into()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn parts_stand_in_it_as_they_are() {
        let mut zip = Zip::new(Cursor::new(Vec::new()));
        // In pieces.
        zip.part("a.txt", |out| "hello".bytes().try_for_each(|byte| out.write_all(&[byte])))
            .unwrap();
        zip.part("b.json", |out| out.write_all(b"{}")).unwrap();
        let (file, length, parts) = zip.finish().unwrap();
        let file = file.into_inner();
        assert_eq!(file.len() as u64, length);
        assert_eq!(&file[..4], b"PK\x03\x04");
        // The checksum of "hello" (CRC-32, ISO 3309).
        assert_eq!(u32::from_le_bytes(file[14..18].try_into().unwrap()), 0x3610_a686);
        assert_eq!(&file[30..40], b"a.txthello");
        for (part, body) in parts.iter().zip([&b"hello"[..], b"{}"]) {
            let at = usize::try_from(part.at).unwrap();
            assert_eq!(&file[at..at + body.len()], body);
            assert_eq!(part.bytes, body.len() as u64);
            assert_eq!(part.sha256, HEXLOWER.encode(&Sha256::digest(body)));
        }
        let end = &file[file.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(u16::from_le_bytes(end[10..12].try_into().unwrap()), 2);
        let at = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!(&file[at..at + 4], b"PK\x01\x02");
        assert_eq!(
            file.len() - 22 - at,
            u32::from_le_bytes(end[12..16].try_into().unwrap()) as usize
        );
    }
}
