//! Files that rot, shrink or go: each is named, and nothing panics.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::model::{ALL, DAY, Model, compare, flush, indicators, sighting};
use crate::manifest::{day_folder, hexadecimal, part_name};
use crate::{History, Query, Reader};
use sha2::{Digest as _, Sha256};

fn filled(root: &std::path::Path) -> (History, Model) {
    let mut runner = TestRunner::deterministic();
    let mut history = History::open(root).unwrap();
    let mut model = Model::default();
    for position in 1..=3 {
        let sightings =
            prop::collection::vec(sighting(), 150).new_tree(&mut runner).unwrap().current();
        flush(&mut history, &sightings, position, position);
        model.add(&sightings);
    }
    (history, model)
}

#[test]
fn flipped_bytes_never_panic() {
    let root = tempfile::tempdir().unwrap();
    let (history, model) = filled(root.path());
    let asked = indicators(&model);
    let path = day_folder(root.path(), DAY).join(part_name(1, 1));
    let whole = std::fs::read(&path).unwrap();
    let hunt = || {
        Reader::new(root.path()).hunt(&Query {
            indicators: &asked,
            days: DAY..=DAY,
            jurisdictions: None,
            limits: ALL,
        })
    };
    let healthy = hunt().unwrap();
    let mut noticed = 0;
    let places: Vec<_> =
        (0..whole.len()).step_by(19).chain(whole.len() - 400..whole.len()).collect();
    for place in &places {
        for flip in [0x01, 0xff] {
            let mut damaged = whole.clone();
            damaged[*place] ^= flip;
            std::fs::write(&path, &damaged).unwrap();
            let answer = hunt().unwrap();
            // What the footers say is true, or is not said.
            let lost = healthy.searched.sightings - answer.searched.sightings;
            assert_eq!(lost > 0, !answer.problems.is_empty(), "byte {place}");
            assert!(
                answer.problems.iter().all(|problem| problem.file.contains("day=2026-11-03/part-"))
            );
            noticed += usize::from(answer != healthy);
        }
    }
    assert!(noticed > places.len() / 4, "{noticed} of {} were noticed", places.len() * 2);
    let problems = history.check().unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().contains("not those that were written"), "{}", problems[0]);
}

#[test]
fn short_and_missing_files_are_named() {
    let root = tempfile::tempdir().unwrap();
    let (mut history, model) = filled(root.path());
    let path = day_folder(root.path(), DAY).join(part_name(2, 2));
    let whole = std::fs::read(&path).unwrap();
    let asked = indicators(&model);
    let query = Query { indicators: &asked, days: DAY..=DAY + 2, jurisdictions: None, limits: ALL };
    for len in [0, 3, 8, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..len]).unwrap();
        let answer = history.reader().hunt(&query).unwrap();
        assert_eq!(answer.problems.len(), 1);
        assert!(answer.problems[0].to_string().contains("bytes and should have"));
    }
    // A compaction leaves the damaged file as it is, between neighbours that do not adjoin.
    let compacted = history.compact(DAY).unwrap();
    assert_eq!((compacted.before, compacted.after, compacted.problems.len()), (3, 3, 1));
    std::fs::remove_file(&path).unwrap();
    let answer = history.reader().hunt(&query).unwrap();
    assert!(answer.problems[0].why.contains("is not there"), "{}", answer.problems[0]);
    assert_eq!(history.check().unwrap().len(), 1);
    // What comes back from a backup counts again.
    std::fs::write(&path, &whole).unwrap();
    let compacted = history.compact(DAY).unwrap();
    assert_eq!((compacted.before, compacted.after), (3, 1));
    compare(&history.reader(), &model, &asked, DAY..=DAY + 2, None);
}

/// What is not a file of a history is refused even if the manifest names it.
#[test]
fn foreign_parquet_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let (mut history, _) = filled(root.path());
    let path = day_folder(root.path(), DAY).join(part_name(1, 1));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(11).position(|window| window == b"ward.schema").unwrap();
    let digit = bytes[at..].iter().position(|byte| *byte == b'1').unwrap() + at;
    bytes[digit] = b'7';
    let asked = [crate::Indicator::parse("nobody").unwrap()];
    let query = Query { indicators: &asked, days: DAY..=DAY, jurisdictions: None, limits: ALL };
    for (bytes, expected) in [(bytes, "not written by this version"), (vec![0; 999], "")] {
        std::fs::write(&path, &bytes).unwrap();
        let part = &mut history.manifest.days.get_mut(&DAY).unwrap()[0];
        part.bytes = bytes.len() as u64;
        part.tail = part.tail.min(part.bytes - 99);
        part.tail_sha256 =
            hexadecimal(Sha256::new_with_prefix(&bytes[usize::try_from(part.tail).unwrap()..]));
        history.commit(history.manifest.clone()).unwrap();
        let answer = history.reader().hunt(&query).unwrap();
        assert!(answer.problems[0].why.contains(expected), "{}", answer.problems[0]);
    }
}
