//! The made-up election, whose day is the recording's, and what sixty days of made-up hours
//! counted, so that the recorded hour has something to be held against.

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use ward_access::STATE_OFFICE;
use ward_desk::Line;
use ward_desk::calendar::{Act, BEFORE, Dates, Days, Election, Planned};
use ward_kernel::Time;
use ward_kernel::time::{DAY, MINUTE};
use ward_live::STATE;
use ward_store::Link;
use ward_store::hours::{self, Count, Hour, hour_of, start_of};

use super::past::Chance;
use super::room;

/// The election's id.
const ELECTION: &str = "election-made-up-1";
/// The zone of the made-up office.
pub(super) const ZONE: &str = "America/Chicago";
/// Hours that have a past: sixty days.
const HOURS: i64 = 60 * 24;
/// How long before the demonstration the election was set, in minutes: 70 days.
const SET: i64 = 70 * DAY / MINUTE;

/// What a place counts in an hour: from, and so many more at most.
struct Place {
    scope: &'static str,
    records: (u64, u64),
    probes: (u64, u64),
    failed_logins: (u64, u64),
    exploits: (u64, u64),
}

/// The places whose sensors the demonstration has. The state's own numbers are their sums.
const PLACES: &[Place] = &[
    Place {
        scope: STATE_OFFICE,
        records: (2_100, 1_900),
        probes: (6, 30),
        failed_logins: (1, 4),
        exploits: (2, 9),
    },
    Place {
        scope: "boone-county",
        records: (190, 160),
        probes: (2, 9),
        failed_logins: (8, 26),
        exploits: (0, 0),
    },
    Place {
        scope: "cole-county",
        records: (420, 380),
        probes: (390, 370),
        failed_logins: (0, 0),
        exploits: (0, 0),
    },
    Place {
        scope: "adair-county",
        records: (12, 30),
        probes: (0, 3),
        failed_logins: (0, 2),
        exploits: (0, 0),
    },
];

/// Puts both down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    let steps = vec![(room::LEAD, SET, Act::Set(dates(now)?))];
    room::log::<Planned>(link.again(), (ELECTION, None), now, steps).await?;
    for hour in past(hour_of(now)) {
        hours::put(link.again(), &hour).await?;
    }
    Ok(())
}

/// The made-up election.
///
/// # Errors
/// That its zone is not known.
pub(super) fn election(now: Time) -> anyhow::Result<Election> {
    let planned = Planned { dates: Some(dates(now)?), off: None };
    planned.election(ELECTION).context("the made-up election does not take place")
}

/// An election on the day of a moment: polls from six to seven, certified sixteen days later.
fn dates(now: Time) -> anyhow::Result<Dates> {
    let zone = TimeZone::get(ZONE).context("the zone of the demonstration is not known")?;
    let today = Timestamp::from_microsecond(now.micros())?.to_zoned(zone.clone()).date();
    let at = |days: i64, hour: i8| -> anyhow::Result<Time> {
        let day = today.checked_add(days.days())?.at(hour, 0, 0, 0);
        Ok(time_of(&day.to_zoned(zone.clone())?))
    };
    Ok(Dates {
        name: Line::new("General election, made up")?,
        opens: at(0, 6)?,
        closes: at(0, 19)?,
        certifies: at(16, 17)?,
        days: Days { before: at(-BEFORE, 0)?, midnight: at(0, 0)?, noon: at(1, 12)? },
    })
}

fn time_of(at: &Zoned) -> Time {
    Time::from_secs(at.timestamp().as_second())
}

/// The hours before one: the same for the same hour.
fn past(now: i64) -> Vec<Hour> {
    let mut chance = Chance::new(0x686f_7572);
    let mut all = Vec::new();
    for hour in now.saturating_sub(HOURS)..now {
        let mut sum = Count::default();
        for place in PLACES {
            let count = place.count(hour, &mut chance);
            sum = Count {
                records: sum.records.saturating_add(count.records),
                probes: sum.probes.saturating_add(count.probes),
                failed_logins: sum.failed_logins.saturating_add(count.failed_logins),
                exploits: sum.exploits.saturating_add(count.exploits),
                alerts: 0,
            };
            all.push(Hour { scope: place.scope.to_owned(), hour, count });
        }
        all.push(Hour { scope: STATE.to_owned(), hour, count: sum });
    }
    all
}

impl Place {
    fn count(&self, hour: i64, chance: &mut Chance) -> Count {
        // People are at work from eight to six, by the clock of the demonstration's zone, more or
        // less; scanners of all the world never sleep.
        let of_day = start_of(hour).plus(-6 * 60 * MINUTE).micros().rem_euclid(DAY) / (60 * MINUTE);
        let people = if (8..18).contains(&of_day) { 1 } else { 4 };
        let probes = chance.between(self.probes.0, self.probes.1);
        let records = chance.between(self.records.0, self.records.1) / people;
        Count {
            records: records.max(1).saturating_add(probes),
            probes,
            failed_logins: chance.between(self.failed_logins.0, self.failed_logins.1) / people,
            exploits: chance.between(self.exploits.0, self.exploits.1),
            alerts: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_desk::Machine as _;
    use ward_desk::calendar::{Phase, phase};

    use super::*;

    #[test]
    fn its_day_is_the_recording_s() {
        let now = Time::from_secs(1_795_376_075);
        let dates = dates(now).unwrap();
        let by = ward_desk::By { id: "lead".into(), name: "Desk lead".into() };
        let planned = Planned::default();
        planned.allows(&Act::Set(dates), &by).unwrap();
        assert_eq!(phase(&[election(now).unwrap()], now).0, Phase::Day);
    }

    #[test]
    fn its_hours_are_the_same_each_time_and_end_before_now() {
        let all = past(498_715);
        assert_eq!(all, past(498_715));
        assert_eq!(all.len(), 60 * 24 * (PLACES.len() + 1));
        assert!(all.iter().all(|one| one.hour < 498_715 && one.count.records > 0));
    }
}
