//! A day with several row groups and many pages: the sizes that offices have. The unit tests use
//! small ones, so that little data has many borders.

use ward_history::{Flush, History, Indicator, Limits, Query};
use ward_kernel::{Addr, KeyKind, Sighting, Time};

const DAY: i32 = 20_760;
const ADDRESSES: u32 = 120_000;

fn sighting(number: u32, sensor: u32) -> Sighting {
    let first = Time::from_micros(i64::from(DAY) * 86_400_000_000 + i64::from(number));
    Sighting {
        day: DAY,
        kind: KeyKind::Address,
        key: Addr::v4(0xcb00_7100_u32.wrapping_add(number)).to_string(),
        sensor: format!("sensor-{sensor}"),
        jurisdiction: "adair".to_owned(),
        count: u64::from(number % 9) + 1,
        first,
        last: first,
        rung: None,
    }
}

#[test]
fn every_border_is_found() {
    let root = tempfile::tempdir().unwrap();
    let mut history = History::open(root.path()).unwrap();
    for sensor in 0..2_u32 {
        let mut sightings: Vec<_> = (0..ADDRESSES).map(|number| sighting(number, sensor)).collect();
        let position = u64::from(sensor) + 1;
        history
            .flush(Flush { sightings: &mut sightings, heard: &[], from: position, to: position })
            .unwrap();
    }
    history.compact(DAY).unwrap();
    assert_eq!(history.days()[0].sightings, u64::from(ADDRESSES) * 2);

    // Every 53rd address meets all pages and both sides of many borders; as many are absent.
    let present = (0..ADDRESSES).step_by(53);
    let absent = (ADDRESSES..ADDRESSES * 2).step_by(53);
    let indicator = |number| Indicator::parse(&sighting(number, 0).key).unwrap();
    let indicators: Vec<_> = present.clone().chain(absent).map(indicator).collect();
    let query = Query {
        indicators: &indicators,
        days: DAY..=DAY,
        jurisdictions: None,
        limits: Limits::default(),
    };
    let answer = history.reader().hunt(&query).unwrap();
    assert_eq!(answer.problems, []);
    assert_eq!((answer.found.len(), answer.absent.len()), (present.len(), present.len()));
    for (number, found) in present.zip(&answer.found) {
        assert_eq!(found.indicator, indicator(number));
        assert_eq!((found.seen.count, found.seen.places.len()), (u64::from(number % 9 + 1) * 2, 2));
    }

    let all = [Indicator::parse("203.0.0.0/8").unwrap()];
    let query = Query { indicators: &all, ..query };
    let seen = &history.reader().hunt(&query).unwrap().found[0].seen;
    let count: u64 = (0..ADDRESSES).map(|number| u64::from(number % 9) + 1).sum();
    assert_eq!((seen.count, seen.keys.len()), (count * 2, 100));
}
