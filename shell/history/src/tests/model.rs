//! The plain model that a history is compared with: a list of sightings in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use proptest::prelude::*;
use ward_kernel::{Addr, KeyKind, Rung, Sighting, Time};

use crate::{
    DayCount, Flush, Flushed, History, Indicator, KeySeen, Limits, Place, Query, Reader, Seen,
};

/// The first of the days that tests use: 2026-11-03.
pub(super) const DAY: i32 = 20_760;

/// No limits.
pub(super) const ALL: Limits =
    Limits { places: usize::MAX, keys: usize::MAX, daily: true, until: None };

/// Sightings by what makes them one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Model(BTreeMap<Identity, Sighting>);

type Identity = (i32, KeyKind, String, String, String);

impl Model {
    pub(super) fn add(&mut self, sightings: &[Sighting]) {
        for new in sightings {
            let names = (new.key.clone(), new.sensor.clone(), new.jurisdiction.clone());
            let identity = (new.day, new.kind, names.0, names.1, names.2);
            let Some(old) = self.0.get_mut(&identity) else {
                self.0.insert(identity, new.clone());
                continue;
            };
            old.count += new.count;
            old.first = old.first.min(new.first);
            old.last = old.last.max(new.last);
            old.rung = old.rung.max(new.rung);
        }
    }

    pub(super) fn expire(&mut self, day: i32) {
        self.0.retain(|(of, ..), _| *of >= day);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Sighting> {
        self.0.values()
    }

    /// What a hunt without limits must say.
    pub(super) fn seen(
        &self,
        indicator: &Indicator,
        days: &RangeInclusive<i32>,
        jurisdictions: Option<&[String]>,
    ) -> Option<Seen> {
        let wide = matches!(indicator, Indicator::Network(_) | Indicator::Under(_));
        let rows: Vec<_> = self
            .rows()
            .filter(|row| days.contains(&row.day) && is_named(indicator, row))
            .filter(|row| jurisdictions.is_none_or(|those| those.contains(&row.jurisdiction)))
            .collect();
        rows.first()?;
        let mut places: Vec<_> =
            grouped(&rows, |row| (row.sensor.clone(), row.jurisdiction.clone()))
                .map(|((sensor, jurisdiction), (count, first, last, rung))| Place {
                    sensor,
                    jurisdiction,
                    count,
                    first,
                    last,
                    rung,
                })
                .collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.count));
        let keys = grouped(&rows, |row| row.key.clone())
            .map(|(key, (count, first, last, rung))| KeySeen { key, count, first, last, rung });
        let daily = grouped(&rows, |row| row.day).map(|(day, (count, _, _, rung))| DayCount {
            day,
            count,
            rung,
        });
        Some(Seen {
            first: rows.iter().map(|row| row.first).min()?,
            last: rows.iter().map(|row| row.last).max()?,
            days: u32::try_from(rows.iter().map(|row| row.day).collect::<BTreeSet<_>>().len())
                .ok()?,
            count: rows.iter().map(|row| row.count).sum(),
            rung: rows.iter().map(|row| row.rung).max()?,
            places,
            elsewhere: 0,
            keys: if wide { keys.collect() } else { Vec::new() },
            of_other_keys: 0,
            daily: daily.collect(),
        })
    }
}

type Sum = (u64, Time, Time, Option<Rung>);

fn grouped<K: Ord>(
    rows: &[&Sighting],
    by: impl Fn(&Sighting) -> K,
) -> impl Iterator<Item = (K, Sum)> {
    let mut groups: BTreeMap<K, Sum> = BTreeMap::new();
    for row in rows {
        let sum = groups.entry(by(row)).or_insert((0, row.first, row.last, None));
        *sum = (sum.0 + row.count, sum.1.min(row.first), sum.2.max(row.last), sum.3.max(row.rung));
    }
    groups.into_iter()
}

fn is_named(indicator: &Indicator, row: &Sighting) -> bool {
    indicator.kind() == row.kind
        && match indicator {
            Indicator::Address(addr) => row.key == addr.to_string(),
            Indicator::Network(net) => {
                Addr::parse(row.key.as_bytes()).is_some_and(|addr| net.contains(addr))
            }
            Indicator::Account(text) | Indicator::Domain(text) | Indicator::Hash(text) => {
                row.key == *text
            }
            Indicator::Under(name) => row.key == *name || row.key.ends_with(&format!(".{name}")),
        }
}

/// Adds sightings as the positions `from` to `to`.
pub(super) fn flush(history: &mut History, sightings: &[Sighting], from: u64, to: u64) -> Flushed {
    let mut sightings = sightings.to_vec();
    history.flush(Flush { sightings: &mut sightings, heard: &[], from, to }).unwrap()
}

/// Asks the history and the model about the same indicators.
pub(super) fn compare(
    reader: &Reader,
    model: &Model,
    indicators: &[Indicator],
    days: RangeInclusive<i32>,
    jurisdictions: Option<&[String]>,
) {
    let query = Query { indicators, days: days.clone(), jurisdictions, limits: ALL };
    let answer = reader.hunt(&query).unwrap();
    assert_eq!(answer.problems, []);
    assert_eq!(answer.found.len() + answer.absent.len(), indicators.len());
    for found in answer.found {
        let expected = model.seen(&found.indicator, &days, jurisdictions);
        assert_eq!(Some(found.seen), expected, "{}", found.indicator);
    }
    for absent in answer.absent {
        assert_eq!(None, model.seen(&absent, &days, jurisdictions), "{absent}");
    }
}

/// Every key that occurs, as it would be looked for, and some that may not.
pub(super) fn indicators(model: &Model) -> Vec<Indicator> {
    let own = model.rows().filter_map(|row| match row.kind {
        KeyKind::Address => row.key.parse().ok().map(Indicator::Address),
        KeyKind::Account => Some(Indicator::Account(row.key.clone())),
        KeyKind::Domain => Some(Indicator::Domain(row.key.clone())),
        KeyKind::Hash => Some(Indicator::Hash(row.key.clone())),
    });
    let nets = ["0.0.0.0/0", "192.0.2.0/30", "192.0.2.8/29", "2001:db8::/32", "2001:db8:0:1::/64"];
    let nets = nets.map(|text| Indicator::Network(text.parse().unwrap()));
    let names = ["example", "county.example", "absent.example", "c"]
        .map(|name| Indicator::Under(name.into()));
    let others = ["192.0.2.200", "absent.example", "nobody", "2001:db8::ffff"];
    let others = others.map(|text| Indicator::parse(text).unwrap());
    own.chain(nets).chain(names).chain(others).collect::<BTreeSet<_>>().into_iter().collect()
}

fn key(kind: KeyKind) -> BoxedStrategy<String> {
    match kind {
        KeyKind::Address => prop_oneof![
            (0..24_u8).prop_map(|last| format!("192.0.2.{last}")),
            (0..4_u16, 0..3_u16).prop_map(|(net, host)| {
                Addr::from_bits(0x2001_0db8 << 96 | u128::from(net) << 64 | u128::from(host))
                    .to_string()
            }),
        ]
        .boxed(),
        KeyKind::Account => prop_oneof!["[a-c]{1,2}", ".{1,6}"].boxed(),
        KeyKind::Domain => "([ab]\\.)?([cd]\\.)?(county\\.)?example".boxed(),
        KeyKind::Hash => "[0-3]{3}".prop_map(|text| text.repeat(20)).boxed(),
    }
}

pub(super) fn sighting() -> impl Strategy<Value = Sighting> {
    let kind = prop::sample::select(KeyKind::ALL.to_vec());
    let rung = prop::option::of(prop::sample::select(Rung::ALL.to_vec()));
    let names = (
        prop::sample::select(vec!["zeek-1", "fw", "sshd"]),
        prop::sample::select(vec!["adair", "boone"]),
    );
    (
        DAY..DAY + 3,
        kind.prop_flat_map(|kind| (Just(kind), key(kind))),
        names,
        1..5_u64,
        0..50_i64,
        0..50_i64,
        rung,
    )
        .prop_map(|(day, (kind, key), (sensor, jurisdiction), count, start, length, rung)| {
            let first = i64::from(day) * 86_400_000_000 + start;
            Sighting {
                day,
                kind,
                key,
                sensor: sensor.to_owned(),
                jurisdiction: jurisdiction.to_owned(),
                count,
                first: Time::from_micros(first),
                last: Time::from_micros(first + length),
                rung,
            }
        })
}

pub(super) fn sightings(most: usize) -> impl Strategy<Value = Vec<Sighting>> {
    prop::collection::vec(sighting(), 0..most)
}
