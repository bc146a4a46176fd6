//! Values of the settings: each read from its text, or refused with a sentence.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use ward_kernel::time::DAY;
use ward_kernel::{Net, Time};
use ward_records::Format;

/// A network in CIDR notation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network(pub Net);

/// A time zone by its IANA name.
#[derive(Clone, Debug)]
pub struct Zone(pub TimeZone);

/// A format by its name.
#[derive(Clone, Copy, Debug)]
pub struct FormatName(pub Format);

/// A share, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(pub f64);

/// Megabytes, 64 to 1,048,576.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Megabytes(pub u64);

/// A moment with its zone (RFC 3339), or a moment or a day of the office's own clock.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// Named with its offset from UTC.
    Fixed(Time),
    /// On the office's clock.
    Local(DateTime),
    /// A whole day of the office.
    Day(Date),
}

impl Moment {
    /// The moment; of a day its first.
    #[must_use]
    pub fn start(&self, zone: &TimeZone) -> Time {
        match self {
            Self::Fixed(time) => *time,
            Self::Local(local) => time_of(*local, zone),
            Self::Day(day) => time_of(day.to_datetime(jiff::civil::Time::midnight()), zone),
        }
    }

    /// The moment; of a day its last.
    #[must_use]
    pub fn end(&self, zone: &TimeZone) -> Time {
        match self {
            Self::Day(day) => {
                let next = day.tomorrow().ok();
                next.map_or_else(
                    || self.start(zone).plus(DAY),
                    |next| time_of(next.to_datetime(jiff::civil::Time::midnight()), zone),
                )
                .plus(-1)
            }
            Self::Fixed(_) | Self::Local(_) => self.start(zone),
        }
    }
}

fn time_of(local: DateTime, zone: &TimeZone) -> Time {
    // Only the last days of the year 9999 have no moment: as far in the future as it gets.
    zone.to_timestamp(local)
        .map_or(Time::from_micros(i64::MAX), |at| Time::from_micros(at.as_microsecond()))
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = Time::parse(text) {
            return Ok(Self::Fixed(time));
        }
        // A date parses as a date and time as well (midnight): the shorter form goes first.
        if text.len() <= 10
            && let Ok(day) = text.parse()
        {
            return Ok(Self::Day(day));
        }
        text.parse().map(Self::Local).map_err(|_| {
            format!(
                "\"{text}\" is not a moment: write 2026-11-03 for a day, 2026-11-03T19:00:00 by \
                 the office's clock, or 2026-11-03T19:00:00-06:00"
            )
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(time) => time.fmt(f),
            Self::Local(local) => local.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    /// From a string or from TOML's own dates.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Date(toml::value::Datetime),
            Text(String),
        }
        let text = match Either::deserialize(deserializer) {
            Ok(Either::Date(date)) => date.to_string(),
            Ok(Either::Text(text)) => text,
            Err(_) => return Err(de::Error::custom("a moment is expected, such as 2026-11-03")),
        };
        text.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a network such as 192.0.2.0/24", |text| text.parse().map(Self))
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a time zone such as America/Chicago", |text| {
            TimeZone::get(text).map(Self).map_err(|_| {
                format!("\"{text}\" is not a time zone: write it like America/Chicago or UTC")
            })
        })
    }
}

impl<'de> Deserialize<'de> for FormatName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "the name of a format", |text| {
            Format::ALL.into_iter().find(|format| format.name() == text).map(Self).ok_or_else(
                || {
                    let names = Format::ALL.map(Format::name).join(", ");
                    format!("\"{text}\" is not a format: choose one of {names}")
                },
            )
        })
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            let written = share / 100.0;
            Err(de::Error::custom(format!(
                "{share} is not a share: write {written:.3} for {share} %"
            )))
        }
    }
}

impl<'de> Deserialize<'de> for Megabytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = i64::deserialize(deserializer)?;
        match u64::try_from(given) {
            Ok(fits @ 64..=1_048_576) => Ok(Self(fits)),
            _ => Err(de::Error::custom(format!(
                "{given} is too little or too much: give 64 to 1048576 MB"
            ))),
        }
    }
}

/// Reads a string and makes a value of it; what does not fit is refused by the maker's sentence.
fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    make: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Text<F>(&'static str, F);
    impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(expected, make))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_by_the_office_s_clock() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let day = at("2026-11-03");
        assert_eq!(day.start(&zone).to_string(), "2026-11-03T06:00:00Z");
        assert_eq!(day.end(&zone).plus(1).to_string(), "2026-11-04T06:00:00Z");
        let local = at("2026-11-03T19:00:00");
        assert_eq!(local.start(&zone).to_string(), "2026-11-04T01:00:00Z");
        assert_eq!(local.end(&zone), local.start(&zone));
        let fixed = at("2026-11-03T19:00:00-06:00");
        assert_eq!(fixed.start(&zone), local.start(&zone));
        assert!("soon".parse::<Moment>().is_err_and(|why| why.contains("2026-11-03 for a day")));
    }
}
