//! What is normal in an hour, for every scope: read once an hour and kept in mind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use ward_desk::calendar::{Election, Phase, phase};
use ward_desk::normal::{Normal, Past, Slot, normal};
use ward_store::hours::{self, Count, hour_of, start_of};
use ward_store::{Error, Link, meta, office};

use super::elections::time_of;
use super::holidays::rests;
use crate::lobby::held;

/// Days that are looked back for ordinary hours.
const DAYS: i64 = 60;
/// Days that are looked back for hours near an election, of which there are few: thirteen months.
const FAR: i64 = 396;
/// Hours that lie further apart than this are asked for by themselves.
const APART: i64 = 8 * 24;
/// Hours that are kept in mind: the one that is running, the one before, and those of a clock that
/// stands a little otherwise.
const KEPT: usize = 4;

/// What is normal in one hour.
#[derive(Debug)]
pub(crate) struct Normals {
    hour: i64,
    elections: Vec<Election>,
    zone: TimeZone,
    scopes: BTreeMap<String, Pair>,
}

/// What is normal of scans and of attempts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pair {
    /// Failed first contacts and other probes.
    pub(crate) scans: Normal,
    /// Failed sign-ins and requests shaped as exploits.
    pub(crate) attempts: Normal,
}

/// By what the office's days are told apart.
struct Calendar<'a> {
    elections: &'a [Election],
    zone: &'a TimeZone,
    /// The two letters of the state, whose holidays are kept.
    state: &'a str,
}

/// What is kept in mind.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Vec<Arc<Normals>>>);

impl Normals {
    /// What is normal for a scope.
    pub(crate) fn of(&self, scope: &str) -> Pair {
        let nothing = Normal::TooLittle { hours: 0 };
        let nothing = Pair { scans: nothing, attempts: nothing };
        self.scopes.get(scope).copied().unwrap_or(nothing)
    }
}

impl Kept {
    /// What is normal in an hour: from mind, or from the store.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn of(
        &self,
        mut link: Link<'_>,
        hour: i64,
        elections: &[Election],
        zone: &TimeZone,
    ) -> Result<Arc<Normals>, Error> {
        let fits = |one: &&Arc<Normals>| {
            one.hour == hour && one.elections == elections && one.zone == *zone
        };
        if let Some(known) = self.all().iter().find(fits) {
            return Ok(Arc::clone(known));
        }
        let state = meta::get(link.again(), office::STATE).await?.unwrap_or_default();
        let calendar = Calendar { elections, zone, state: &state };
        let scopes = read(link, hour, &calendar).await?;
        let (elections, zone) = (elections.to_vec(), zone.clone());
        let new = Arc::new(Normals { hour, elections, zone, scopes });
        let mut all = self.all();
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push(Arc::clone(&new));
        Ok(new)
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Normals>>> {
        held(&self.0)
    }
}

/// Attempts among what was counted: failed sign-ins and requests shaped as exploits.
pub(crate) const fn attempts(count: &Count) -> u64 {
    count.failed_logins.saturating_add(count.exploits)
}

async fn read(
    mut link: Link<'_>,
    hour: i64,
    calendar: &Calendar<'_>,
) -> Result<BTreeMap<String, Pair>, Error> {
    let Some(now) = slot(hour, calendar) else { return Ok(BTreeMap::new()) };
    let wanted = alike(hour, now, calendar);
    let mut past: BTreeMap<String, (Vec<Past>, Vec<Past>)> = BTreeMap::new();
    for (from, to) in runs(wanted.keys().copied()) {
        for found in hours::alike(link.again(), from, to).await? {
            let Some(slot) = wanted.get(&found.hour).copied() else { continue };
            let (scans, tries) = past.entry(found.scope).or_default();
            scans.push(Past { slot, count: found.count.probes });
            tries.push(Past { slot, count: attempts(&found.count) });
        }
    }
    let pair = |(scans, tries): (Vec<Past>, Vec<Past>)| Pair {
        scans: normal(&scans, now),
        attempts: normal(&tries, now),
    };
    Ok(past.into_iter().map(|(scope, both)| (scope, pair(both))).collect())
}

/// The kind of an hour, by the office's clock; `None` outside any calendar.
fn slot(hour: i64, calendar: &Calendar<'_>) -> Option<Slot> {
    let at = local(hour, calendar.zone)?;
    Some(Slot {
        phase: phase(calendar.elections, start_of(hour)).0,
        hour: u8::try_from(at.hour()).ok()?,
        rests: rests(at.date(), calendar.state),
    })
}

fn local(hour: i64, zone: &TimeZone) -> Option<Zoned> {
    let at = Timestamp::from_microsecond(start_of(hour).micros()).ok()?;
    Some(at.to_zoned(zone.clone()))
}

/// The hours before one that can be compared with it, each with its kind: the same hour by the
/// office's clock of each day, also where the clocks were turned in between.
fn alike(hour: i64, now: Slot, calendar: &Calendar<'_>) -> BTreeMap<i64, Slot> {
    let (mut found, zone) = (BTreeMap::new(), calendar.zone);
    let Some(here) = local(hour, zone).map(|at| at.datetime()) else { return found };
    let is_rare = !matches!(now.phase, Phase::Ordinary | Phase::Before);
    for ago in 1..=if is_rare { FAR } else { DAYS } {
        let day = here.checked_sub(ago.days()).ok();
        let Some(at) = day.and_then(|day| day.to_zoned(zone.clone()).ok()) else { continue };
        let past = hour_of(time_of(&at));
        let Some(slot) = slot(past, calendar) else { continue };
        let is_near = ago <= DAYS || slot.phase == now.phase;
        // An hour that the clocks leapt over is none.
        if is_near && (slot.hour, slot.rests) == (now.hour, now.rests) {
            found.insert(past, slot);
        }
    }
    found
}

/// Hours in order as a few stretches, each at one hour of the UTC day.
fn runs(hours: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for hour in hours {
        match runs.last_mut() {
            Some((first, last)) if (hour - *first).rem_euclid(24) == 0 && hour - *last <= APART => {
                *last = hour;
            }
            _ => runs.push((hour, hour)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use ward_desk::Line;
    use ward_desk::calendar::Days;
    use ward_kernel::Time;
    use ward_kernel::time::{DAY, HOUR};

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/Chicago").unwrap()
    }

    fn at(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn election(midnight: &str) -> Election {
        let midnight = at(midnight);
        Election {
            id: midnight.to_string(),
            name: Line::new("General election").unwrap(),
            opens: midnight.plus(6 * HOUR),
            closes: midnight.plus(19 * HOUR),
            certifies: midnight.plus(21 * DAY),
            days: Days {
                before: midnight.plus(-45 * DAY),
                midnight,
                noon: midnight.plus(36 * HOUR),
            },
        }
    }

    fn calendar<'a>(elections: &'a [Election], zone: &'a TimeZone) -> Calendar<'a> {
        Calendar { elections, zone, state: "MO" }
    }

    #[test]
    fn the_same_hour_by_the_office_s_clock() {
        // Tuesday 10 November 2026, ten in the morning; the clocks were turned back on the 1st.
        let hour = hour_of(at("2026-11-10T10:00:00-06:00"));
        let zone = zone();
        let calendar = calendar(&[], &zone);
        let now = slot(hour, &calendar).unwrap();
        assert_eq!((now.hour, now.rests), (10, false));
        let found = alike(hour, now, &calendar);
        assert!(found.contains_key(&hour_of(at("2026-11-02T10:00:00-06:00"))));
        assert!(found.contains_key(&hour_of(at("2026-10-30T10:00:00-05:00"))));
        assert!(!found.contains_key(&hour_of(at("2026-10-31T10:00:00-05:00"))), "a Saturday");
        let columbus = hour_of(at("2026-10-12T10:00:00-05:00"));
        assert!(!found.contains_key(&columbus), "a holiday");
        // Sixty days back from a Tuesday hold 42 or 43 weekdays, and one of these was a holiday.
        assert_eq!(found.len(), 41);
        let runs = runs(found.keys().copied());
        assert_eq!(runs.len(), 2, "one on each side of the turn: {runs:?}");
    }

    #[test]
    fn a_holiday_is_held_against_days_of_rest() {
        // Veterans Day of 2026, a Wednesday.
        let hour = hour_of(at("2026-11-11T10:00:00-06:00"));
        let zone = zone();
        let calendar = calendar(&[], &zone);
        let now = slot(hour, &calendar).unwrap();
        assert!(now.rests);
        let found = alike(hour, now, &calendar);
        let is_found = |text: &str| found.contains_key(&hour_of(at(text)));
        assert!(is_found("2026-11-08T10:00:00-06:00"), "a Sunday");
        assert!(is_found("2026-10-12T10:00:00-05:00"), "Columbus Day");
        assert!(!is_found("2026-11-10T10:00:00-06:00"), "a Tuesday");
    }

    #[test]
    fn an_election_finds_the_one_of_the_year_before() {
        let all = [election("2025-11-04T00:00:00-06:00"), election("2026-11-03T00:00:00-06:00")];
        let hour = hour_of(at("2026-11-03T15:00:00-06:00"));
        let zone = zone();
        let calendar = calendar(&all, &zone);
        let now = slot(hour, &calendar).unwrap();
        assert_eq!(now.phase, Phase::Day);
        let found = alike(hour, now, &calendar);
        let before = hour_of(at("2025-11-04T15:00:00-06:00"));
        assert_eq!(found.get(&before).map(|slot| slot.phase), Some(Phase::Day));
        assert_eq!(found.values().filter(|slot| slot.phase == Phase::Day).count(), 1);
        assert!(found.values().any(|slot| slot.phase == Phase::Before));
        assert_eq!(runs(found.keys().copied()).len(), 3);
    }

    #[test]
    fn hours_outside_any_calendar_are_none() {
        let zone = zone();
        let calendar = calendar(&[], &zone);
        assert_eq!(slot(i64::MAX, &calendar), None);
        assert_eq!(slot(i64::MIN, &calendar), None);
    }
}
