//! Counting what is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ward_kernel::{Rung, Time};

use super::Limits;
use super::answer::{Answer, DayCount, Found, KeySeen, Place, Searched, Seen, Stopped};
use crate::row::RowRef;
use crate::schema::Source;
use crate::{Indicator, Problem};

/// What has been found so far.
pub(crate) struct Tally {
    limits: Limits,
    seen: HashMap<u32, Sum>,
    names: Names,
    searched: Searched,
    sensors: BTreeSet<String>,
    days: BTreeSet<i32>,
    problems: Vec<Problem>,
    stopped: Option<Stopped>,
}

/// Names of sensors and jurisdictions, each once.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

/// How many records, and when.
#[derive(Clone, Copy)]
struct Total {
    count: u64,
    first: i64,
    last: i64,
    rung: Option<Rung>,
}

/// What is known of one indicator.
struct Sum {
    all: Total,
    places: Vec<((u32, u32), Total)>,
    elsewhere: u64,
    keys: BTreeMap<String, Total>,
    of_other_keys: u64,
    /// The day that was last counted; days come one after the other.
    day: i32,
    days: u32,
    daily: Vec<DayCount>,
}

impl Tally {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            seen: HashMap::new(),
            names: Names::default(),
            searched: Searched::default(),
            sensors: BTreeSet::new(),
            days: BTreeSet::new(),
            problems: Vec::new(),
            stopped: None,
        }
    }

    /// Counts a row for an indicator. All rows of a day come together.
    pub(crate) fn count(&mut self, day: i32, indicator: u32, wide: bool, row: &RowRef<'_>) {
        let place = (self.names.number(row.sensor), self.names.number(row.jurisdiction));
        let span = Total::of(row);
        let sum = self.seen.entry(indicator).or_insert_with(|| Sum::new(span));
        sum.all.add(span);
        sum.count_day(day, span, self.limits.daily);
        if let Some((_, known)) = sum.places.iter_mut().find(|(known, _)| *known == place) {
            known.add(span);
        } else if sum.places.len() < self.limits.places {
            sum.places.push((place, span));
        } else {
            sum.elsewhere = sum.elsewhere.saturating_add(span.count);
        }
        if !wide {
            return;
        }
        if let Some(known) = sum.keys.get_mut(row.key) {
            known.add(span);
        } else if sum.keys.len() < self.limits.keys {
            sum.keys.insert(row.key.to_owned(), span);
        } else {
            sum.of_other_keys = sum.of_other_keys.saturating_add(span.count);
        }
    }

    /// Says that all rows of a sensor in one file were searched.
    pub(crate) fn searched(&mut self, day: i32, source: &Source) {
        let searched = &mut self.searched;
        searched.records = searched.records.saturating_add(source.records);
        searched.sightings = searched.sightings.saturating_add(source.sightings);
        searched.mentions = searched.mentions.saturating_add(source.mentions);
        self.days.insert(day);
        if !self.sensors.contains(&source.sensor) {
            self.sensors.insert(source.sensor.clone());
        }
    }

    /// Notes a file that could not be read.
    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Notes that the time was over before this day was searched.
    pub(crate) fn stop(&mut self, day: i32) {
        self.stopped = Some(Stopped { day });
    }

    /// The answer for these indicators, whose places were counted for.
    pub(crate) fn answer(mut self, indicators: Vec<Indicator>) -> Answer {
        let mut answer = Answer {
            problems: self.problems,
            stopped: self.stopped,
            searched: Searched {
                sensors: self.sensors.len(),
                days: self.days.len(),
                span: self.days.first().copied().zip(self.days.last().copied()),
                ..self.searched
            },
            ..Answer::default()
        };
        for (place, indicator) in (0..).zip(indicators) {
            match self.seen.remove(&place) {
                Some(sum) => {
                    answer.found.push(Found { indicator, seen: sum.into_seen(&self.names) })
                }
                None => answer.absent.push(indicator),
            }
        }
        answer
    }
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn text(&self, number: u32) -> String {
        self.texts.get(number as usize).cloned().unwrap_or_default()
    }
}

impl Total {
    fn of(row: &RowRef<'_>) -> Self {
        Self { count: row.count.unsigned_abs(), first: row.first, last: row.last, rung: row.rung }
    }

    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.rung = self.rung.max(other.rung);
    }
}

impl Sum {
    fn new(span: Total) -> Self {
        Self {
            all: Total { count: 0, ..span },
            places: Vec::new(),
            elsewhere: 0,
            keys: BTreeMap::new(),
            of_other_keys: 0,
            day: i32::MIN,
            days: 0,
            daily: Vec::new(),
        }
    }

    fn count_day(&mut self, day: i32, span: Total, daily: bool) {
        if self.day != day {
            self.day = day;
            self.days = self.days.saturating_add(1);
            if daily {
                self.daily.push(DayCount { day, count: 0, rung: None });
            }
        }
        if let Some(last) = self.daily.last_mut() {
            last.count = last.count.saturating_add(span.count);
            last.rung = last.rung.max(span.rung);
        }
    }

    fn into_seen(mut self, names: &Names) -> Seen {
        let place = |((sensor, jurisdiction), span): ((u32, u32), Total)| Place {
            sensor: names.text(sensor),
            jurisdiction: names.text(jurisdiction),
            count: span.count,
            first: Time::from_micros(span.first),
            last: Time::from_micros(span.last),
            rung: span.rung,
        };
        let key = |(key, span): (String, Total)| KeySeen {
            key,
            count: span.count,
            first: Time::from_micros(span.first),
            last: Time::from_micros(span.last),
            rung: span.rung,
        };
        let mut places: Vec<_> = self.places.into_iter().map(place).collect();
        places.sort_by(|left, right| {
            let name = |place: &'_ Place| (place.sensor.clone(), place.jurisdiction.clone());
            right.count.cmp(&left.count).then_with(|| name(left).cmp(&name(right)))
        });
        self.daily.reverse();
        Seen {
            first: Time::from_micros(self.all.first),
            last: Time::from_micros(self.all.last),
            days: self.days,
            count: self.all.count,
            rung: self.all.rung,
            places,
            elsewhere: self.elsewhere,
            keys: self.keys.into_iter().map(key).collect(),
            of_other_keys: self.of_other_keys,
            daily: self.daily,
        }
    }
}
