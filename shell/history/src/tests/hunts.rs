//! Hunts: what an answer says beyond what was found.

use std::time::Instant;

use ward_kernel::{KeyKind, Rung, Sighting, Time};

use super::model::DAY;
use crate::{Flush, Heard, History, Indicator, Limits, MAX_TEXT, Query};

fn seen(day: i32, kind: KeyKind, key: &str, sensor: &str, jurisdiction: &str) -> Sighting {
    let first = Time::from_micros(i64::from(day) * 86_400_000_000);
    Sighting {
        day,
        kind,
        key: key.to_owned(),
        sensor: sensor.to_owned(),
        jurisdiction: jurisdiction.to_owned(),
        count: 2,
        first,
        last: first.plus(5),
        rung: Some(Rung::Scan),
    }
}

fn heard(day: i32, sensor: &str, jurisdiction: &str) -> Heard {
    Heard { day, sensor: sensor.to_owned(), jurisdiction: jurisdiction.to_owned(), records: 1_000 }
}

fn filled(root: &std::path::Path) -> History {
    let mut history = History::open(root).unwrap();
    let address = |day, last: u8, sensor: &str, jurisdiction: &str| {
        seen(day, KeyKind::Address, &format!("192.0.2.{last}"), sensor, jurisdiction)
    };
    let mut sightings: Vec<_> = (0..10).map(|last| address(DAY, last, "zeek", "adair")).collect();
    sightings.extend((0..10).map(|last| address(DAY + 1, last, "fw", "boone")));
    sightings.push(address(DAY + 1, 1, "zeek", "adair"));
    // A day on which a sensor was awake and met no key is evidence too.
    let heard =
        [heard(DAY, "zeek", "adair"), heard(DAY + 1, "fw", "boone"), heard(DAY + 2, "fw", "boone")];
    let flush = Flush { sightings: &mut sightings, heard: &heard, from: 1, to: 1 };
    assert_eq!(history.flush(flush).unwrap().files, 3);
    history
}

fn hunt(
    history: &History,
    text: &str,
    jurisdiction: Option<&str>,
    limits: Limits,
) -> crate::Answer {
    let indicators = [Indicator::parse(text).unwrap()];
    let those: Vec<_> = jurisdiction.map(str::to_owned).into_iter().collect();
    let jurisdictions = jurisdiction.map(|_| those.as_slice());
    let query = Query { indicators: &indicators, days: DAY..=DAY + 400, jurisdictions, limits };
    history.reader().hunt(&query).unwrap()
}

#[test]
fn not_found_says_where_was_looked() {
    let root = tempfile::tempdir().unwrap();
    let mut history = filled(root.path());
    for _ in 0..2 {
        let answer = hunt(&history, "203.0.113.9", None, Limits::default());
        assert_eq!(answer.searched.to_string(), "searched 3,000 records of 2 sensors over 3 days");
        assert_eq!((answer.searched.sightings, answer.searched.mentions), (21, 42));
        assert_eq!(answer.searched.span, Some((DAY, DAY + 2)));
        assert_eq!((answer.found.len(), answer.absent.len()), (0, 1));
        let own = hunt(&history, "203.0.113.9", Some("adair"), Limits::default()).searched;
        assert_eq!(own.to_string(), "searched 1,000 records of 1 sensor over 2 days");
        let mut none = [];
        let next = history.position() + 1;
        let more = Flush { sightings: &mut none, heard: &[], from: next, to: next };
        history.flush(more).unwrap();
        history.compact(DAY + 1).unwrap();
    }
}

#[test]
fn records_add_up_through_compaction() {
    let root = tempfile::tempdir().unwrap();
    let mut history = filled(root.path());
    let heard = [heard(DAY, "zeek", "adair")];
    history.flush(Flush { sightings: &mut [], heard: &heard, from: 2, to: 2 }).unwrap();
    assert_eq!(history.compact(DAY).unwrap().after, 1);
    let answer = hunt(&history, "nobody", None, Limits::default());
    assert_eq!(answer.searched.records, 4_000);
}

#[test]
fn another_jurisdiction_does_not_show() {
    let root = tempfile::tempdir().unwrap();
    let history = filled(root.path());
    let answer = hunt(&history, "192.0.2.1", Some("boone"), Limits::default());
    let seen = &answer.found[0].seen;
    assert_eq!((seen.count, seen.days, seen.places.len()), (2, 1, 1));
    assert_eq!(seen.places[0].jurisdiction, "boone");
    assert_eq!(hunt(&history, "192.0.2.1", Some("cole"), Limits::default()).found, []);
}

#[test]
fn limits_count_what_they_leave_out() {
    let root = tempfile::tempdir().unwrap();
    let history = filled(root.path());
    let limits = Limits { places: 1, keys: 3, ..Limits::default() };
    let answer = hunt(&history, "192.0.2.0/24", None, limits);
    let seen = &answer.found[0].seen;
    assert_eq!((seen.count, seen.days), (42, 2));
    // The newest day comes first: its sensor of the first key takes the place.
    assert_eq!(
        (seen.places[0].sensor.as_str(), seen.places[0].count, seen.elsewhere),
        ("fw", 20, 22)
    );
    let keys: Vec<_> = seen.keys.iter().map(|key| (key.key.as_str(), key.count)).collect();
    assert_eq!(keys, [("192.0.2.0", 4), ("192.0.2.1", 6), ("192.0.2.2", 4)]);
    assert_eq!(seen.of_other_keys, 28);
    assert_eq!(seen.daily, []);
}

#[test]
fn stops_when_the_time_is_over() {
    let root = tempfile::tempdir().unwrap();
    let history = filled(root.path());
    let limits = Limits { until: Some(Instant::now()), ..Limits::default() };
    let answer = hunt(&history, "192.0.2.1", None, limits);
    let stopped = answer.stopped.unwrap();
    assert_eq!((stopped.day, answer.searched.days), (DAY + 2, 0));
    assert!(stopped.to_string().contains("2026-11-05 and the days before it"));
}

#[test]
fn what_is_too_long_or_too_old_is_counted() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    history.expire(DAY).unwrap();
    let long = "a".repeat(MAX_TEXT + 1);
    let mut sightings = [
        seen(DAY, KeyKind::Account, &long, "zeek", "adair"),
        seen(DAY, KeyKind::Account, &long[1..], "zeek", "adair"),
        seen(DAY - 1, KeyKind::Account, "old", "zeek", "adair"),
        Sighting { day: i32::MAX, ..seen(DAY, KeyKind::Account, "a", "zeek", "adair") },
        Sighting { day: i32::MIN, ..seen(DAY, KeyKind::Account, "a", "zeek", "adair") },
        Sighting { count: u64::MAX, ..seen(DAY, KeyKind::Account, "many", "zeek", "adair") },
        Sighting { count: u64::MAX, ..seen(DAY, KeyKind::Account, "many", "zeek", "adair") },
    ];
    let flushed = history
        .flush(Flush {
            sightings: &mut sightings,
            heard: &[heard(DAY - 1, "zeek", "adair")],
            from: 1,
            to: 1,
        })
        .unwrap();
    assert_eq!((flushed.files, flushed.sightings, flushed.refused, flushed.expired), (1, 2, 3, 1));
    let answer = hunt(&history, "many", None, Limits::default());
    assert_eq!(answer.found[0].seen.count, i64::MAX as u64);
    assert_eq!(hunt(&history, &long[1..], None, Limits::default()).found.len(), 1);
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "that is the case under test")]
fn an_empty_range_and_no_history() {
    let root = tempfile::tempdir().unwrap();
    let query =
        |days| Query { indicators: &[], days, jurisdictions: None, limits: Limits::default() };
    let why = crate::Reader::new(root.path()).hunt(&query(0..=1)).unwrap_err();
    assert!(why.to_string().contains("there is no history here"), "{why}");
    let history = filled(root.path());
    let answer = history.reader().hunt(&query(9..=8)).unwrap();
    assert_eq!(answer.searched.days, 0);
}

/// A reader works on while days are compacted under it.
#[test]
fn hunts_go_on_during_compaction() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    let reader = history.reader();
    let indicators = [Indicator::parse("192.0.2.7").unwrap()];
    let done = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for position in 1..=60 {
                let mut one = [seen(DAY, KeyKind::Address, "192.0.2.7", "zeek", "adair")];
                history
                    .flush(Flush { sightings: &mut one, heard: &[], from: position, to: position })
                    .unwrap();
                done.store(position, std::sync::atomic::Ordering::Release);
                history.compact(DAY).unwrap();
            }
        });
        let mut before = 0;
        while before < 60 {
            let least = done.load(std::sync::atomic::Ordering::Acquire);
            let query = Query {
                indicators: &indicators,
                days: DAY..=DAY,
                jurisdictions: None,
                limits: Limits::default(),
            };
            let answer = reader.hunt(&query).unwrap();
            assert_eq!(answer.problems, []);
            let count = answer.found.first().map_or(0, |found| found.seen.count);
            assert!(
                count >= 2 * least && count >= before && count.is_multiple_of(2),
                "{count} after {least}"
            );
            before = before.max(least);
        }
    });
}

#[test]
fn a_copy_is_a_history() {
    let root = tempfile::tempdir().unwrap();
    let mut history = filled(root.path());
    let other = root.path().join("copy");
    assert_eq!(history.copy_to(&other).unwrap(), []);
    assert!(history.copy_to(&other).unwrap_err().to_string().contains("a history already"));
    // What happens to one does not happen to the other.
    history.expire(DAY + 2).unwrap();
    let copy = History::open(&other).unwrap();
    assert_eq!((copy.position(), copy.check().unwrap()), (1, vec![]));
    assert_eq!(hunt(&copy, "192.0.2.1", None, Limits::default()).found[0].seen.count, 6);
    assert_eq!(hunt(&history, "192.0.2.1", None, Limits::default()).found, []);
}

#[test]
fn what_was_brought_stands_before_the_queue() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    let row = |day| seen(day, KeyKind::Address, "192.0.2.1", "zeek", "adair");
    let heard_before = [heard(DAY, "zeek", "adair"), heard(DAY + 1, "zeek", "adair")];
    let mut before = [row(DAY), row(DAY + 1)];
    let brought = history.bring(&mut before, &heard_before).unwrap().unwrap();
    assert_eq!((brought.files, brought.sightings, history.position()), (2, 2, 0));
    // Never twice, and never into a history that counts already.
    assert_eq!(history.bring(&mut before, &heard_before).unwrap(), None);
    let mut now = [row(DAY + 1)];
    history.flush(Flush { sightings: &mut now, heard: &[], from: 1, to: 4 }).unwrap();
    assert_eq!(history.bring(&mut before, &heard_before).unwrap(), None);
    drop(history);
    let mut history = History::open(root.path()).unwrap();
    assert_eq!(history.position(), 4);
    let count =
        |history: &History| hunt(history, "192.0.2.1", None, Limits::default()).found[0].seen.count;
    assert_eq!(count(&history), 6);
    assert_eq!(history.compact(DAY + 1).unwrap().after, 1);
    assert_eq!(count(&history), 6);
    assert_eq!(history.check().unwrap(), Vec::new());
}
