//! The process is lost between any two steps, and the queue is replayed: nothing is lost, nothing is
//! counted twice.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use ward_kernel::Sighting;

use super::model::{DAY, Model, compare, indicators, sighting};
use crate::disk::Disk;
use crate::{Error, Flush, History};

/// What the queue holds: one batch of sightings a position, from 1.
fn queue() -> Vec<Vec<Sighting>> {
    let mut runner = TestRunner::deterministic();
    let batch = prop::collection::vec(sighting(), 40);
    (0..6).map(|_| batch.new_tree(&mut runner).unwrap().current()).collect()
}

/// The worker: takes up the queue where the history stands, two batches at a time, and keeps house.
fn work(history: &mut History, queue: &[Vec<Sighting>]) -> Result<(), Error> {
    loop {
        let from = history.position() + 1;
        let to = (from + 1).min(queue.len() as u64);
        if from > to {
            break;
        }
        let mut sightings = queue[place(from) - 1..place(to)].concat();
        history.flush(Flush { sightings: &mut sightings, heard: &[], from, to })?;
        if from == 3 {
            history.compact(DAY + 1)?;
        }
    }
    history.compact(DAY + 1)?;
    history.expire(DAY + 1)?;
    history.compact(DAY + 2)?;
    Ok(())
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap()
}

fn lost_after(root: &Path, steps: i64, queue: &[Vec<Sighting>]) -> Result<(), Error> {
    let disk = Disk { left: Some(Arc::new(AtomicI64::new(steps))) };
    let mut history = History::open_on(root, disk)?;
    work(&mut history, queue)
}

#[test]
fn no_step_loses_or_doubles() {
    let queue = queue();
    let mut model = Model::default();
    model.add(&queue.concat());
    model.expire(DAY + 1);
    let asked = indicators(&model);
    let mut steps = 0;
    loop {
        let root = tempfile::tempdir().unwrap();
        let finished = lost_after(root.path(), steps, &queue).is_ok();
        let mut history = History::open(root.path()).unwrap();
        work(&mut history, &queue).unwrap();
        compare(&history.reader(), &model, &asked, DAY..=DAY + 2, None);
        let files = walk(root.path());
        let expected: usize = history.days().iter().map(|day| day.files).sum();
        assert_eq!((files.len(), expected), (2, 2), "after {steps} steps: {files:?}");
        assert_eq!(history.check().unwrap(), []);
        if finished {
            break;
        }
        steps += 1;
    }
    assert!(steps > 60, "only {steps} steps");
}

/// The process is lost twice, the second time while it repairs what the first left.
#[test]
fn lost_again_while_opening() {
    let queue = queue();
    let mut model = Model::default();
    model.add(&queue.concat());
    model.expire(DAY + 1);
    let asked = indicators(&model);
    for steps in (5..60).step_by(5) {
        for again in 0..6 {
            let root = tempfile::tempdir().unwrap();
            assert!(lost_after(root.path(), steps, &queue).is_err());
            assert!(lost_after(root.path(), again, &queue).is_err());
            let mut history = History::open(root.path()).unwrap();
            work(&mut history, &queue).unwrap();
            compare(&history.reader(), &model, &asked, DAY..=DAY + 2, None);
        }
    }
}

#[test]
fn half_written_files_do_not_count() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    history.flush(Flush { sightings: &mut queue().concat(), heard: &[], from: 1, to: 6 }).unwrap();
    let folder = crate::manifest::day_folder(root.path(), DAY);
    let whole = std::fs::read(folder.join(crate::manifest::part_name(1, 6))).unwrap();
    for name in [crate::manifest::unfinished_name(7, 9), crate::manifest::part_name(7, 9)] {
        std::fs::write(folder.join(name), &whole[..whole.len() / 2]).unwrap();
    }
    std::fs::write(folder.join("notes.txt"), "not ours").unwrap();
    drop(history);
    let history = History::open(root.path()).unwrap();
    assert_eq!(history.position(), 6);
    let mut names: Vec<_> =
        walk(root.path()).into_iter().filter(|name| name.contains("2026-11-03")).collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].ends_with("notes.txt") && names[1].ends_with("-000000000006.parquet"));
}

#[test]
fn after_a_failed_commit_it_must_be_opened_again() {
    let queue = queue();
    let root = tempfile::tempdir().unwrap();
    for steps in 8..40 {
        let disk = Disk { left: Some(Arc::new(AtomicI64::new(steps))) };
        let mut history = History::open_on(root.path(), disk).unwrap();
        let position = history.position();
        let mut sightings = queue.concat();
        let flush =
            Flush { sightings: &mut sightings, heard: &[], from: position + 1, to: position + 1 };
        if history.flush(flush).is_ok() {
            break;
        }
        assert_eq!(history.position(), position);
        history.disk = Disk::default();
        let again = history.flush(Flush {
            sightings: &mut sightings,
            heard: &[],
            from: position + 1,
            to: position + 1,
        });
        match again {
            Ok(_) => assert_eq!(history.position(), position + 1),
            Err(why) => assert!(matches!(why, Error::Reopen), "{why}"),
        }
    }
}

#[test]
fn one_writer_and_a_manifest_that_is_kept() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    let why = History::open(root.path()).unwrap_err();
    assert!(matches!(why, Error::Locked { .. }), "{why}");
    let mut sightings = queue().concat();
    let mut flush =
        |from, to| history.flush(Flush { sightings: &mut sightings, heard: &[], from, to });
    flush(5, 9).unwrap();
    for (from, to) in [(9, 9), (1, 20), (11, 10)] {
        assert!(flush(from, to).unwrap_err().to_string().contains("everything up to 9"));
    }
    drop(history);
    std::fs::remove_file(root.path().join("manifest.json")).unwrap();
    let why = History::open(root.path()).unwrap_err();
    assert!(matches!(why, Error::ManifestLost { .. }), "{why}");
    std::fs::write(root.path().join("manifest.json"), "{").unwrap();
    let why = History::open(root.path()).unwrap_err().to_string();
    assert!(why.contains("manifest.json cannot be used"), "{why}");
}

fn walk(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root.join("sightings")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            files.push(file.unwrap().path().display().to_string());
        }
    }
    files
}
