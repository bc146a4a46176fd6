//! How sensors are heard: what the desk makes of each, and who has none.

use ward_access::Jurisdiction;
use ward_kernel::Time;
use ward_sensor::Status;
use ward_sensor::hearing::{self, Heard, Hearing};
use ward_store::sensors::{self, Sensor};
use ward_store::{Error, Link};

use crate::ui::{self, Href, Tag};

/// A sensor with what the desk makes of it.
pub(crate) struct Ear {
    /// As it is kept.
    pub(crate) sensor: Sensor,
    /// What it last said of itself.
    pub(crate) status: Status,
    /// Whether it is heard; `None` for what is taken in by hand, of which nothing is expected.
    pub(crate) hearing: Option<Hearing>,
}

impl Ear {
    /// Judges a sensor.
    pub(crate) fn new(sensor: Sensor, now: Time) -> Self {
        let status: Status = serde_json::from_str(&sensor.report).unwrap_or_default();
        let hearing = heard(&sensor, now);
        Self { sensor, status, hearing }
    }

    /// Whether somebody has to look at it.
    pub(crate) fn is_wanting(&self) -> bool {
        match self.hearing {
            Some(Hearing::Drifting { .. } | Hearing::Silent { .. }) => true,
            Some(Hearing::Late { .. }) => !self.is_new(),
            Some(Hearing::Hearing | Hearing::Retired) | None => false,
        }
    }

    /// Whether it counts among those that should be heard.
    pub(crate) const fn is_expected(&self) -> bool {
        !matches!(self.hearing, None | Some(Hearing::Retired))
    }

    /// Whether it is silent.
    pub(crate) const fn is_silent(&self) -> bool {
        matches!(self.hearing, Some(Hearing::Silent { .. }))
    }

    /// Whether it was enrolled and nothing came of it yet.
    pub(crate) fn is_new(&self) -> bool {
        self.sensor.sequence == 0 && self.sensor.report.is_empty()
    }

    /// Whether it was heard when it should be, or at least lately.
    pub(crate) fn is_heard(&self) -> bool {
        self.is_expected() && !self.is_silent() && !self.is_new()
    }

    /// How it is, in a word or two.
    pub(crate) fn tag(&self, now: Time) -> Tag {
        match self.hearing {
            None => Tag::plain("By hand"),
            Some(Hearing::Retired) => Tag::plain("Retired"),
            Some(Hearing::Hearing | Hearing::Late { .. }) if self.is_new() => Tag::plain("New"),
            Some(Hearing::Hearing) => Tag::good("Heard"),
            Some(Hearing::Late { by }) => Tag::warn(format!("Late by {}", ui::length(by))),
            Some(Hearing::Drifting { by }) => Tag::warn(drift_words(by)),
            Some(Hearing::Silent { .. }) if self.is_new() => Tag::silent("Never heard"),
            Some(Hearing::Silent { since }) => {
                Tag::silent(format!("Silent for {}", ui::length(now.since(since))))
            }
        }
    }

    /// Where its page is.
    pub(crate) fn href(&self) -> Href {
        Href::at("/sensors").join(&self.sensor.id)
    }
}

/// How a sensor is heard; `None` for what is taken in by hand, of which nothing is expected.
pub(crate) fn heard(sensor: &Sensor, now: Time) -> Option<Hearing> {
    let by_hand = is_by_hand(sensor) && sensor.retired.is_none();
    (!by_hand).then(|| hearing::sensor(&heard_of(sensor), now))
}

/// All sensors of a jurisdiction, or of all, judged; by jurisdiction, then by name.
///
/// # Errors
/// Those of the store.
pub(crate) async fn ears(
    link: Link<'_>,
    jurisdiction: Option<&str>,
    now: Time,
) -> Result<Vec<Ear>, Error> {
    let mut found = sensors::list(link, jurisdiction).await?;
    found.sort_by(|a, b| (&a.jurisdiction, &a.name, &a.id).cmp(&(&b.jurisdiction, &b.name, &b.id)));
    Ok(found.into_iter().map(|sensor| Ear::new(sensor, now)).collect())
}

/// Jurisdictions of which no sensor in service sends anything.
pub(crate) fn unseen<'a>(all: &[&'a Jurisdiction], ears: &[Ear]) -> Vec<&'a Jurisdiction> {
    let seen = |id: &str| {
        ears.iter().any(|ear| {
            ear.sensor.jurisdiction == id && !matches!(ear.hearing, Some(Hearing::Retired))
        })
    };
    all.iter().filter(|one| !seen(&one.id)).copied().collect()
}

/// A clock's difference in words.
pub(crate) fn drift_words(by: i64) -> String {
    let way = if by < 0 { "behind" } else { "ahead" };
    format!("Clock {} {way}", ui::length(by.saturating_abs()))
}

/// Whether a sensor is no program but the place of log files that people upload: it has no key.
pub(crate) const fn is_by_hand(sensor: &Sensor) -> bool {
    sensor.public_key.is_empty()
}

/// Whether a sensor is the desk itself, for what it receives without a sensor in between.
pub(crate) fn is_own(sensor: &Sensor) -> bool {
    sensor.id == ward_store::sensors::OWN
}

/// Whether a sensor is a program somewhere that people can silence. The place of uploads is none,
/// and the desk's own listeners come and go with its settings.
pub(crate) fn can_be_retired(sensor: &Sensor) -> bool {
    sensor.retired.is_none() && !is_by_hand(sensor) && !is_own(sensor)
}

/// What the desk knows of a sensor when it judges whether it is heard. Of one by hand nothing is
/// expected, as of one that was retired.
pub(crate) fn heard_of(sensor: &Sensor) -> Heard {
    let status: Status = serde_json::from_str(&sensor.report).unwrap_or_default();
    Heard {
        last: sensor.heard,
        lag: status.lag(),
        drift: sensor.drift,
        retired: sensor.retired.is_some() || is_by_hand(sensor),
    }
}

#[cfg(test)]
mod tests {
    use maud::html;
    use ward_kernel::time::{HOUR, MINUTE, SECOND};

    use super::*;

    const NOW: Time = Time::from_secs(1_793_736_000);

    fn sensor(quiet: i64) -> Sensor {
        Sensor {
            id: "s1".into(),
            name: "fw".into(),
            jurisdiction: "adair-county".into(),
            public_key: vec![1; 32],
            enrolled: NOW.plus(-HOUR),
            retired: None,
            sequence: 4,
            heard: NOW.plus(-quiet),
            newest: None,
            drift: 0,
            waiting: 0,
            dropped: 0,
            records: 7,
            bytes: 70,
            report: String::new(),
        }
    }

    fn words(sensor: Sensor) -> String {
        html! { (Ear::new(sensor, NOW).tag(NOW)) }.into_string()
    }

    #[test]
    fn every_state_has_its_words() {
        for (sensor, expected) in [
            (sensor(SECOND), "Heard"),
            (sensor(30 * SECOND), "Late by 30 s"),
            (sensor(2 * HOUR), "Silent for 2 h"),
            (Sensor { drift: -6 * SECOND, ..sensor(0) }, "Clock 6 s behind"),
            (Sensor { sequence: 0, ..sensor(HOUR) }, "Never heard"),
            (Sensor { sequence: 0, ..sensor(SECOND) }, "New"),
            (Sensor { retired: Some(NOW), ..sensor(HOUR) }, "Retired"),
            (Sensor { public_key: Vec::new(), ..sensor(HOUR) }, "By hand"),
        ] {
            let words = words(sensor);
            assert!(words.contains(expected), "{words} is not {expected}");
        }
        let lagging = Status { clock: 90 * MINUTE, oldest: MINUTE, ..Status::default() };
        let report = serde_json::to_string(&lagging).unwrap();
        assert!(words(Sensor { report, ..sensor(0) }).contains("Late by 1 h 29 min"));
    }

    #[test]
    fn who_is_not_seen() {
        let all = ward_access::missouri();
        let all: Vec<&Jurisdiction> = all.iter().collect();
        let retired = Sensor { retired: Some(NOW), ..sensor(0) };
        assert_eq!(unseen(&all, &[Ear::new(retired, NOW)]).len(), 116);
        let ears = [Ear::new(sensor(HOUR), NOW)];
        assert!(unseen(&all, &ears).iter().all(|one| one.id != "adair-county"));
    }
}
