//! What a hunt answers.

use std::fmt;

use ward_kernel::{Rung, Time, words};

use crate::{Indicator, Problem, day_text};

/// What a hunt found, and where it looked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Indicators that were seen, in the order asked.
    pub found: Vec<Found>,
    /// Indicators that were not seen, in the order asked. [`Answer::searched`] says what that means.
    pub absent: Vec<Indicator>,
    /// Where was looked.
    pub searched: Searched,
    /// Files that could not be read; what they hold was not searched to its end.
    pub problems: Vec<Problem>,
    /// Set if the time was over before all days were searched.
    pub stopped: Option<Stopped>,
}

/// An indicator that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The indicator.
    pub indicator: Indicator,
    /// Where, when and how often.
    pub seen: Seen,
}

/// Where, when and how often an indicator was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// The first record that names it, within the days asked.
    pub first: Time,
    /// The last record that names it, within the days asked.
    pub last: Time,
    /// Days on which it was seen.
    pub days: u32,
    /// Records that name it. For a network or the names under a domain a record counts once for each
    /// key that it names.
    pub count: u64,
    /// The highest rung of a case that it belonged to.
    pub rung: Option<Rung>,
    /// Sensors that saw it, most records first.
    pub places: Vec<Place>,
    /// Records from sensors beyond the limit of places.
    pub elsewhere: u64,
    /// The addresses or names that were seen, for a network or the names under a domain; in order.
    pub keys: Vec<KeySeen>,
    /// Records of keys beyond the limit of keys.
    pub of_other_keys: u64,
    /// What was seen day by day, oldest first, if it was asked for.
    pub daily: Vec<DayCount>,
}

/// A sensor that saw an indicator.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The sensor's name.
    pub sensor: String,
    /// The jurisdiction that it belonged to; its id.
    pub jurisdiction: String,
    /// Records.
    pub count: u64,
    /// The first of them.
    pub first: Time,
    /// The last of them.
    pub last: Time,
    /// The highest rung there.
    pub rung: Option<Rung>,
}

/// One of the keys that an indicator stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeySeen {
    /// The address or name.
    pub key: String,
    /// Records that name it.
    pub count: u64,
    /// The first of them.
    pub first: Time,
    /// The last of them.
    pub last: Time,
    /// Its highest rung.
    pub rung: Option<Rung>,
}

/// What was seen on one day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DayCount {
    /// Days since 1970-01-01, UTC.
    pub day: i32,
    /// Records.
    pub count: u64,
    /// The highest rung of that day.
    pub rung: Option<Rung>,
}

/// Where was looked: the meaning of "not found".
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Searched {
    /// Records that were read by the sensors; 0 if nobody said.
    pub records: u64,
    /// Rows of the history that were searched or could be passed over.
    pub sightings: u64,
    /// Records that named a key, counted once for each key.
    pub mentions: u64,
    /// Sensors that they came from.
    pub sensors: usize,
    /// Days with anything from any of them.
    pub days: usize,
    /// The first and the last of these days, since 1970-01-01, UTC.
    pub span: Option<(i32, i32)>,
}

/// The time was over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stopped {
    /// This day and all before it were not searched, or not to their end.
    pub day: i32,
}

impl fmt::Display for Searched {
    /// `searched 81,004 records of 12 sensors over 90 days`, to be followed by `, not found`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, what) =
            if self.records > 0 { (self.records, "record") } else { (self.sightings, "sighting") };
        f.write_str("searched ")?;
        counted(f, number, what)?;
        f.write_str(" of ")?;
        counted(f, self.sensors as u64, "sensor")?;
        f.write_str(" over ")?;
        counted(f, self.days as u64, "day")
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = day_text(self.day).unwrap_or_default();
        write!(f, "the time was over: {day} and the days before it were not searched to their end")
    }
}

/// A number and its noun; these nouns take an s.
fn counted(f: &mut fmt::Formatter<'_>, number: u64, noun: &str) -> fmt::Result {
    f.write_str(&words::count(number, noun, &format!("{noun}s")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_was_looked() {
        let searched =
            Searched { records: 1_081_004, sensors: 12, days: 90, ..Searched::default() };
        assert_eq!(searched.to_string(), "searched 1,081,004 records of 12 sensors over 90 days");
        let searched = Searched { sightings: 100, sensors: 1, days: 1, ..Searched::default() };
        assert_eq!(searched.to_string(), "searched 100 sightings of 1 sensor over 1 day");
        assert_eq!(
            Searched::default().to_string(),
            "searched 0 sightings of 0 sensors over 0 days"
        );
    }
}
