//! A log file, unpacked, masked as a sensor would, and cut into batches of whole records.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use ward_live::{Cutter, Hints, ReadAs, Reading};
use ward_sensor::Door;
use ward_sensor::batch::BODY_MAX;
use ward_store::batch::Incoming;

/// The longest file when it is unpacked, in bytes.
pub(crate) const UNPACKED_MAX: u64 = 256 << 20;
/// How long a batch is at first; one with a longer record grows.
const BLOCK: usize = 2 << 20;
/// The first bytes of a stream that are kept beside it.
const HEAD: usize = 64 << 10;

/// A file, cut.
pub(crate) struct Cut {
    /// Its batches, without their numbers and their stream's name.
    pub(crate) batches: Vec<Incoming>,
    /// What it was read as, the whole of it.
    pub(crate) read: ReadAs,
    /// Its length, unpacked.
    pub(crate) length: u64,
    /// Its lines.
    pub(crate) records: u64,
    /// The hash of the unpacked bytes as they came, before anything was masked.
    pub(crate) sha256: [u8; 32],
}

/// Unpacks and cuts a file.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn cut(file: &[u8], hints: &Hints) -> Result<Cut, String> {
    if file.starts_with(&[0x1f, 0x8b]) {
        cut_from(MultiGzDecoder::new(file), hints)
    } else {
        cut_from(file, hints)
    }
}

fn cut_from(mut from: impl std::io::Read, hints: &Hints) -> Result<Cut, String> {
    let read = ReadAs::default();
    let mut cut = Cut { batches: Vec::new(), read, length: 0, records: 0, sha256: [0; 32] };
    let (mut whole, mut reading) = (Sha256::new(), None);
    let (mut block, mut room, mut cutter) = (Vec::new(), BLOCK, None);
    let door = Door::default();
    loop {
        let wanted = room.saturating_sub(block.len());
        let read = from.by_ref().take(wanted as u64).read_to_end(&mut block);
        read.map_err(|_| "The file is damaged: gzip cannot unpack it.".to_owned())?;
        let ended = block.len() < room;
        let cutter = cutter.get_or_insert_with(|| Cutter::new(&block));
        let at = if ended { block.len() } else { cutter.cut(&block) };
        if at == 0 && !ended {
            if room >= BODY_MAX {
                return Err("A record of the file is longer than 8 MiB: is it a log?".to_owned());
            }
            room = BODY_MAX;
            continue;
        }
        let rest = block.split_off(at.min(block.len()));
        if !block.is_empty() {
            whole.update(&block);
            ward_live::mask(&door, &mut block);
            reading.get_or_insert_with(|| Reading::new(&block, hints)).read(&block);
            let batch = batch(&block, cut.length)?;
            cut.records = cut.records.saturating_add(batch.records);
            cut.length = cut.length.saturating_add(batch.length);
            cut.batches.push(batch);
        }
        if cut.length > UNPACKED_MAX {
            return Err("Unpacked, the file is longer than is taken at once: cut it.".to_owned());
        }
        if ended {
            cut.sha256 = whole.finalize().into();
            cut.read = reading.map(Reading::finish).unwrap_or_default();
            return Ok(cut);
        }
        (block, room) = (rest, BLOCK);
    }
}

fn batch(block: &[u8], base: u64) -> Result<Incoming, String> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(3));
    let packed = packer.write_all(block).and_then(|()| packer.finish());
    let lines = block.iter().filter(|byte| **byte == b'\n').count();
    let open = usize::from(block.last().is_some_and(|byte| *byte != b'\n'));
    Ok(Incoming {
        sequence: 0,
        stream: String::new(),
        generation: 0,
        format: String::new(),
        base,
        length: block.len() as u64,
        records: lines.saturating_add(open) as u64,
        sha256: Sha256::digest(block).into(),
        body: packed.map_err(|err| format!("The file could not be packed: {err}."))?,
        head: if base == 0 { block.get(..HEAD).unwrap_or(block).to_vec() } else { Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(file: &[u8]) -> Result<Cut, String> {
        super::cut(file, &Hints::default())
    }

    fn unpacked(cut: &Cut) -> Vec<u8> {
        let mut all = Vec::new();
        for batch in &cut.batches {
            assert_eq!(batch.base, all.len() as u64);
            MultiGzDecoder::new(batch.body.as_slice()).read_to_end(&mut all).unwrap();
        }
        all
    }

    #[test]
    fn cuts_whole_lines_and_loses_nothing() {
        let line = "Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 4 \
                    ssh2\n";
        let text = line.repeat(60_000);
        let cut = cut(text.as_bytes()).unwrap();
        assert!(cut.batches.len() > 1);
        assert_eq!((cut.records, cut.length), (60_000, text.len() as u64));
        assert_eq!(unpacked(&cut), text.as_bytes());
        assert_eq!((cut.read.format, cut.read.told), (Some("syslog"), 60_000));
        assert_eq!(cut.sha256.as_slice(), Sha256::digest(&text).as_slice());
        for batch in &cut.batches {
            assert_eq!(batch.length % line.len() as u64, 0);
        }
    }

    #[test]
    fn takes_gzip_and_refuses_what_is_broken() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(b"one\ntwo").unwrap();
        let packed = packer.finish().unwrap();
        let whole = cut(&packed).unwrap();
        assert_eq!((unpacked(&whole), whole.records), (b"one\ntwo".to_vec(), 2));
        assert!(cut(&packed[..packed.len() - 9]).is_err());
        assert!(cut(&vec![b'x'; BODY_MAX + 1]).is_err_and(|why| why.contains("8 MiB")));
    }

    #[test]
    fn passwords_are_dropped_at_the_door() {
        let text = b"GET /in?password=hunter2 HTTP/1.1\n";
        let cut = cut(text).unwrap();
        let kept = unpacked(&cut);
        assert_eq!(kept.len(), text.len());
        assert!(!kept.windows(7).any(|at| at == b"hunter2"));
        assert_eq!(cut.batches[0].head, kept);
        assert_eq!(cut.sha256.as_slice(), Sha256::digest(text).as_slice());
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        let lines = b"0123456789abcde\n".repeat(65_536);
        for _ in 0..=(UNPACKED_MAX / lines.len() as u64) {
            packer.write_all(&lines).unwrap();
        }
        let packed = packer.finish().unwrap();
        assert!(packed.len() < 4 << 20);
        assert!(cut(&packed).is_err_and(|why| why.contains("longer than is taken")));
    }
}
