//! Moments and lengths of time as people write them, in the office's zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use ward_kernel::Time;
use ward_kernel::time::SECOND;
pub use ward_kernel::words::length;

/// Writes moments in one zone.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// A clock on the wall of an office in this zone.
    #[must_use]
    pub const fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// The clock of a zone by its name, such as `America/Chicago`; `None` when there is none.
    #[must_use]
    pub fn named(zone: &str) -> Option<Self> {
        TimeZone::get(zone).ok().map(Self::new)
    }

    /// The name of its zone, such as `America/Chicago`; `UTC` for one without a name.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// `3 Nov 2026 02:14 CST`.
    #[must_use]
    pub fn full(&self, time: Time) -> When {
        self.write(time, "%-d %b %Y %H:%M %Z")
    }

    /// `02:14`: a clock on a wall.
    #[must_use]
    pub fn minute(&self, time: Time) -> When {
        self.write(time, "%H:%M")
    }

    /// `Tue 3 Nov 02:14`: where the year and the zone stand beside it.
    #[must_use]
    pub fn short(&self, time: Time) -> When {
        self.write(time, "%a %-d %b %H:%M")
    }

    /// `at 02:14`, or `on Tue 3 Nov at 02:14` when that is not the day of `now`: in a sentence.
    #[must_use]
    pub fn at(&self, time: Time, now: Time) -> When {
        let is_today = self.day(time).words == self.day(now).words;
        self.write(time, if is_today { "at %H:%M" } else { "on %a %-d %b at %H:%M" })
    }

    /// `3 Nov 2026 02:14:07 CST`: for evidence.
    #[must_use]
    pub fn exact(&self, time: Time) -> When {
        self.write(time, "%-d %b %Y %H:%M:%S %Z")
    }

    /// A sentence of the judgement, whose moments are written for machines (`2026-11-03T08:14:07Z`),
    /// with them by this clock.
    #[must_use]
    pub fn sentence(&self, text: &str) -> String {
        let words = text.split(' ').map(|word| {
            let bare = word.trim_matches(['(', ')', ',', '.', ';', ':']);
            let time = Time::parse(bare).ok().filter(|_| bare.ends_with('Z'));
            time.map_or_else(
                || word.to_owned(),
                |time| word.replace(bare, self.exact(time).words()),
            )
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// `3 Nov 2026`.
    #[must_use]
    pub fn day(&self, time: Time) -> When {
        self.write(time, "%-d %b %Y")
    }

    /// `12 min ago`, or `in 2 h` when it lies ahead of `now`.
    #[must_use]
    pub fn ago(&self, time: Time, now: Time) -> When {
        let apart = now.since(time);
        let words = match apart {
            i64::MIN..0 => format!("in {}", length(apart.saturating_neg())),
            0..SECOND => "now".to_owned(),
            _ => format!("{} ago", length(apart)),
        };
        When { iso: self.iso(time), words, title: Some(self.full(time).words) }
    }

    /// `2026-11-03T02:14:07-06:00`.
    #[must_use]
    pub fn iso(&self, time: Time) -> String {
        self.format(time, "%Y-%m-%dT%H:%M:%S%:z")
    }

    fn write(&self, time: Time, how: &str) -> When {
        When { iso: self.iso(time), words: self.format(time, how), title: None }
    }

    fn format(&self, time: Time, how: &str) -> String {
        Timestamp::from_microsecond(time.micros()).map_or_else(
            |_| time.to_string(),
            |at| at.to_zoned(self.zone.clone()).strftime(how).to_string(),
        )
    }
}

/// A moment for people, with the same for machines. Made by a [`Clock`].
///
/// The script adds the reader's own time as a tooltip where her zone is another.
#[derive(Clone, Debug)]
pub struct When {
    iso: String,
    words: String,
    title: Option<String>,
}

impl When {
    /// The words alone.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl Render for When {
    fn render(&self) -> Markup {
        html! { time datetime=(self.iso) title=[&self.title] { (self.words) } }
    }
}

#[cfg(test)]
mod tests {
    use ward_kernel::time::{HOUR, MINUTE};

    use super::*;

    #[test]
    fn speaks_the_office_s_zone() {
        let clock = Clock::named("America/Chicago").unwrap();
        let at = Time::parse("2026-11-03T08:14:07Z").unwrap();
        assert_eq!(clock.full(at).words(), "3 Nov 2026 02:14 CST");
        assert_eq!(clock.short(at).words(), "Tue 3 Nov 02:14");
        assert_eq!(
            clock.ago(at, at.plus(12 * MINUTE)).render().into_string(),
            "<time datetime=\"2026-11-03T02:14:07-06:00\" title=\"3 Nov 2026 02:14 CST\">12 min \
             ago</time>"
        );
        assert_eq!(clock.at(at, at.plus(21 * HOUR)).words(), "at 02:14");
        assert_eq!(clock.at(at, at.plus(22 * HOUR)).words(), "on Tue 3 Nov at 02:14");
        assert_eq!(clock.ago(at, at.plus(-3 * HOUR)).words(), "in 3 h");
        assert_eq!(clock.ago(at, at).words(), "now");
        assert_eq!(clock.full(Time::from_micros(i64::MAX)).words(), "9223372036854s");
        assert!(Clock::named("Mars/Olympus").is_none());
    }

    #[test]
    fn sentences_speak_it_too() {
        let clock = Clock::named("America/Chicago").unwrap();
        let said = clock.sentence("rose at 2026-11-03T08:14:07Z, and again (2026-07-04T00:00:00Z)");
        assert_eq!(said, "rose at 3 Nov 2026 02:14:07 CST, and again (3 Jul 2026 19:00:00 CDT)");
        for same in ["", "no  moment, at 2026", "GET /2026-11-03T08:14:07Z?x=1", "Z"] {
            assert_eq!(clock.sentence(same), same);
        }
    }

    #[test]
    fn lengths() {
        for (secs, expected) in [
            (-5, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (3_599, "1 h"),
            (86_399, "1 day"),
            (86_400 + 5_399, "1 day 1 h"),
        ] {
            assert_eq!(length(secs * SECOND), expected, "{secs}");
        }
        assert!(length(i64::MAX).ends_with("days 4 h"));
    }
}
