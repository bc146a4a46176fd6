//! The raw records that cases stand on, fetched from the batches that hold them.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read as _;

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use ward_live::Witnessed;
use ward_store::evidence::Seal;
use ward_store::{Link, Store, batch};

/// A record is at most this long where it is sealed; the engine's own limit is far below.
const LONGEST: usize = 1 << 20;

/// Bytes of unpacked batches that are held.
const HELD: usize = 64 << 20;

/// Fetches records. It holds the batches that it unpacked last: cases that are told of together
/// stand on records that came together.
#[derive(Default)]
pub(super) struct Sealer(VecDeque<Unpacked>);

struct Unpacked {
    position: i64,
    base: u64,
    bytes: Vec<u8>,
}

impl Sealer {
    /// The records that cases want, for each case. What is no longer kept is not sealed. Each batch
    /// is unpacked once, however many records are wanted of it; which batch holds a record is asked
    /// of the store each time, for two may claim the same place.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn seals(
        &mut self,
        store: &Store,
        wanted: &[&[Witnessed]],
    ) -> anyhow::Result<Vec<Vec<Seal>>> {
        let mut read = store.read().await?;
        let mut by_batch: BTreeMap<i64, Vec<(usize, &Witnessed)>> = BTreeMap::new();
        for (case, wanted) in wanted.iter().enumerate() {
            for one in *wanted {
                let stream = i64::from(one.stream);
                if let Some(position) = batch::position_of(read.link(), stream, one.offset).await? {
                    by_batch.entry(position).or_default().push((case, one));
                }
            }
        }
        let mut all: Vec<Vec<Seal>> = wanted.iter().map(|_| Vec::new()).collect();
        for (position, wanted) in by_batch {
            let Some(held) = self.batch(read.link(), position).await? else { continue };
            for (case, one) in wanted {
                let seal = line(&held.bytes, held.base, one.offset).map(|line| seal(one, line));
                if let (Some(seals), Some(seal)) = (all.get_mut(case), seal) {
                    seals.push(seal);
                }
            }
        }
        Ok(all)
    }

    async fn batch(&mut self, link: Link<'_>, position: i64) -> anyhow::Result<Option<&Unpacked>> {
        if let Some(at) = self.0.iter().position(|held| held.position == position) {
            return Ok(self.0.get(at));
        }
        let Some(kept) = batch::at(link, position).await? else { return Ok(None) };
        self.0.push_front(Unpacked { position, base: kept.base, bytes: unpacked(&kept.body) });
        let bytes =
            |held: &VecDeque<Unpacked>| held.iter().map(|one| one.bytes.len()).sum::<usize>();
        while self.0.len() > 1 && bytes(&self.0) > HELD {
            self.0.pop_back();
        }
        Ok(self.0.front())
    }
}

fn seal(wanted: &Witnessed, line: &[u8]) -> Seal {
    Seal {
        stream: i64::from(wanted.stream),
        place: wanted.offset,
        at: wanted.at,
        shows: wanted.shows.to_owned(),
        line: line.to_vec(),
        sha256: Sha256::digest(line).into(),
    }
}

fn unpacked(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What can be read of a damaged batch is better than nothing.
    let _ = GzDecoder::new(body).take(super::worker::LONGEST).read_to_end(&mut bytes);
    bytes
}

/// The record that begins at a place, without its newline.
fn line(bytes: &[u8], base: u64, place: u64) -> Option<&[u8]> {
    let at = usize::try_from(place.checked_sub(base)?).ok()?;
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = rest.get(..end.min(LONGEST))?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_cut_out_where_it_stands() {
        let bytes = b"one\ntwo\r\nthree";
        assert_eq!(line(bytes, 100, 100), Some(b"one".as_slice()));
        assert_eq!(line(bytes, 100, 104), Some(b"two".as_slice()));
        assert_eq!(line(bytes, 100, 109), Some(b"three".as_slice()));
        assert_eq!(line(bytes, 100, 99), None);
        assert_eq!(line(bytes, 100, 114), None);
    }
}
