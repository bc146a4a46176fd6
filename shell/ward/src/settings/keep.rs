//! `[[desk.keep]]`: sources whose records are kept for another number of days than the rest.

use serde::Deserialize;
use ward_kernel::words;
use ward_store::retention::Sweeper;
use ward_store::stream::Source;

use super::desk::DeskSettings;
use super::find::fits;

/// Some sources' records are kept for so many days. What is named has to fit, all of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// The sensor's name, or its id.
    pub sensor: Option<String>,
    /// The jurisdiction's id.
    pub jurisdiction: Option<String>,
    /// A part of the stream's name at the sensor, or a pattern over all of it with `*` and `?`.
    pub stream: Option<String>,
    /// Days.
    pub days: u32,
}

impl Keep {
    fn fits(&self, source: &Source) -> bool {
        let sensor = |name: &String| *name == source.sensor_name || *name == source.sensor;
        self.sensor.as_ref().is_none_or(sensor)
            && self.jurisdiction.as_ref().is_none_or(|id| *id == source.jurisdiction)
            && self.stream.as_ref().is_none_or(|pattern| fits(pattern, &source.stream))
    }

    /// What it is about, for sentences and the page of settings.
    fn words(&self) -> String {
        let named = |what: &str, name: &Option<String>| {
            name.as_ref().map(|name| format!("{what} \"{name}\""))
        };
        let all = [
            named("sensor", &self.sensor),
            named("jurisdiction", &self.jurisdiction),
            named("stream", &self.stream),
        ];
        all.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn check(&self, desk: &DeskSettings) -> Result<(), String> {
        let empty = |name: &Option<String>| name.as_ref().is_some_and(String::is_empty);
        if self.words().is_empty()
            || [&self.sensor, &self.jurisdiction, &self.stream].map(empty).contains(&true)
        {
            return Err(format!(
                "[[desk.keep]] with days = {} names no source: give it a sensor, a jurisdiction or \
                 a stream; the days of all others are keep_records_days",
                self.days
            ));
        }
        if self.days < desk.window_days.saturating_add(1) {
            return Err(format!(
                "days = {} under [[desk.keep]] for {} is less than the {} that are judged \
                 together and one more: after a restart they could not be judged again",
                self.days,
                self.words(),
                words::count(desk.window_days.into(), "day", "days")
            ));
        }
        Ok(())
    }
}

impl DeskSettings {
    /// What is wrong with the days of single sources.
    pub(super) fn check_keep(&self) -> Result<(), String> {
        self.keep.iter().try_for_each(|keep| keep.check(self))
    }

    /// For how many days a source's records are kept: the first entry that fits counts.
    #[must_use]
    pub fn days_of(&self, source: &Source) -> u32 {
        let found = self.keep.iter().find(|keep| keep.fits(source));
        found.map_or(self.keep_records_days, |keep| keep.days)
    }

    /// Who throws records away in time by these settings.
    #[must_use]
    pub fn sweeper(&self) -> Sweeper {
        let settings = self.clone();
        let days = self.keep.iter().map(|keep| keep.days).chain([self.keep_records_days]);
        Sweeper::new(days, move |source| settings.days_of(source))
    }

    /// The entries in words, for the page of settings.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        let line = |keep: &Keep| {
            format!("{}: {}", keep.words(), words::count(keep.days.into(), "day", "days"))
        };
        self.keep.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn source(sensor: &str, jurisdiction: &str, stream: &str) -> Source {
        Source {
            id: 1,
            sensor: "n-1".to_owned(),
            sensor_name: sensor.to_owned(),
            jurisdiction: jurisdiction.to_owned(),
            stream: stream.to_owned(),
        }
    }

    #[test]
    fn the_first_that_fits_counts() {
        let text = "[desk]\nkeep_records_days = 30\n\
            [[desk.keep]]\nsensor = \"Outer firewall\"\nstream = \"*/conn.log*\"\ndays = 7\n\
            [[desk.keep]]\njurisdiction = \"adair-county\"\ndays = 90\n\
            [[desk.keep]]\nsensor = \"n-1\"\ndays = 3\n";
        let desk = Settings::parse(text, "ward.toml").unwrap().desk;
        for (sensor, jurisdiction, stream, days) in [
            ("Outer firewall", "adair-county", "/var/log/conn.log.1", 7),
            ("Outer firewall", "adair-county", "/var/log/kern.log", 90),
            ("Other", "adair-county", "/var/log/conn.log", 90),
            ("Other", "boone-county", "/var/log/conn.log", 3),
        ] {
            assert_eq!(desk.days_of(&source(sensor, jurisdiction, stream)), days, "{sensor}");
        }
        let other = Source { sensor: "n-2".to_owned(), ..source("Other", "cole-county", "x") };
        assert_eq!(desk.days_of(&other), 30);
        let kept = desk.kept();
        assert_eq!(kept[0], "sensor \"Outer firewall\", stream \"*/conn.log*\": 7 days");
    }

    #[test]
    fn what_could_not_be_judged_again_is_refused() {
        for (text, expected) in [
            ("stream = \"conn\"\ndays = 2", "stream \"conn\" is less than the 2 days"),
            ("days = 30", "names no source"),
            ("stream = \"\"\ndays = 30", "names no source"),
            ("stream = \"conn\"", "less than the 2 days"),
            ("stream = \"conn\"\ndays = -1", "line 3"),
            ("streams = \"conn\"\ndays = 9", "unknown field"),
        ] {
            let err = Settings::parse(&format!("[[desk.keep]]\n{text}"), "ward.toml").unwrap_err();
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
    }
}
