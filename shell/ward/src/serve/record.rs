//! Writing down what became of cases: the case, its step, the raw records that it stands on.

use std::io::Read as _;

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use ward_live::{Book, Change, Standing, Turn, Witnessed};
use ward_store::evidence::Seal;
use ward_store::{Audit, Store, batch, cases, evidence};

/// A record is at most this long where it is sealed; the engine's own limit is far below.
const LONGEST: usize = 1 << 20;

/// What became of a case, and the records to seal for it.
pub(super) struct Entry {
    change: Change,
    wanted: Vec<Witnessed>,
}

/// The changes, each with the records that its case stands on and that are not sealed yet.
pub(super) fn entries(book: &Book, changes: Vec<Change>) -> Vec<Entry> {
    let entry = |change: Change| {
        let wanted = book.evidence_wanted(&change.case.id);
        Entry { change, wanted }
    };
    changes.into_iter().map(entry).collect()
}

/// Tells the book what was sealed, or will never be because nobody keeps it any more.
pub(super) fn settle(book: &mut Book, entries: &[Entry]) {
    for entry in entries {
        for one in &entry.wanted {
            book.evidence_sealed(&entry.change.case.id, one.stream, one.offset);
        }
    }
}

/// Writes all of it, or nothing.
///
/// # Errors
/// Those of the store.
pub(super) async fn write(store: &Store, entries: &[Entry]) -> anyhow::Result<()> {
    let seals = seals(store, entries).await?;
    let mut tx = store.begin().await?;
    for (Entry { change, .. }, seals) in entries.iter().zip(seals) {
        let case = &change.case;
        cases::upsert(tx.link(), case).await?;
        if let Some(what) = step(change) {
            cases::step(tx.link(), &case.id, case.updated, case.rung, &what).await?;
        }
        for seal in seals {
            evidence::seal(tx.link(), &case.id, &seal).await?;
        }
    }
    tx.commit(Audit::Machine).await?;
    Ok(())
}

/// What happened, for the case's own history; nothing when only numbers grew.
fn step(change: &Change) -> Option<String> {
    let rung = change.case.rung.name();
    match change.turn {
        Turn::Opened => Some(format!("opened as {rung}")),
        Turn::Raised { from } => Some(format!("raised from {} to {rung}", from.name())),
        Turn::Lowered { from } => {
            Some(format!("lowered from {} to {rung}: later records explain a part", from.name()))
        }
        Turn::Updated => None,
        Turn::Gone => Some("later records explain it: it is no case any more".to_owned()),
        Turn::Merged => match &change.case.standing {
            Standing::Merged(into) => Some(format!("counted as a part of case {into}")),
            Standing::Open | Standing::Gone => None,
        },
    }
}

/// Fetches the records from the batches that hold them. What is no longer kept is not sealed.
async fn seals(store: &Store, entries: &[Entry]) -> anyhow::Result<Vec<Vec<Seal>>> {
    let mut read = store.read().await?;
    let mut held: Option<(i64, u64, Vec<u8>)> = None;
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut seals = Vec::new();
        for wanted in &entry.wanted {
            let stream = i64::from(wanted.stream);
            let holds = held.as_ref().is_some_and(|(of, base, bytes)| {
                *of == stream
                    && (*base..base.saturating_add(bytes.len() as u64)).contains(&wanted.offset)
            });
            if !holds {
                held = batch::holding(read.link(), stream, wanted.offset)
                    .await?
                    .map(|kept| (stream, kept.base, unpacked(&kept.body)));
            }
            let line = held.as_ref().and_then(|(_, base, bytes)| line(bytes, *base, wanted.offset));
            if let Some(line) = line {
                seals.push(Seal {
                    stream,
                    place: wanted.offset,
                    at: wanted.at,
                    shows: wanted.shows.to_owned(),
                    line: line.to_vec(),
                    sha256: Sha256::digest(line).into(),
                });
            }
        }
        all.push(seals);
    }
    Ok(all)
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
