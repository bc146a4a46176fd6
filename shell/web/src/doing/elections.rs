//! The election calendar: elections are set, moved and called off by whoever answers for the room.

use jiff::civil::{Date, DateTime, Time as OfDay};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _, Zoned};
use ward_access::Act as Right;
use ward_desk::calendar::{Act, BEFORE, Dates, Days, Election, Planned};
use ward_desk::{Body, Line};
use ward_kernel::Time;
use ward_kernel::time::DAY;
use ward_store::logbook::Filter;
use ward_store::{Error, Link, meta, office};

use super::checked::{add, unknown, words};
use super::logs::{self, Filed, Sending};
use super::room::of_state;
use super::standing;
use super::{Why, checked, whole};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::ui::Errors;
use crate::who::Who;

/// Elections that are read.
const MOST: i64 = 500;

/// All elections that take place, the earliest first. Everybody who sees the calendar sees all of
/// them: they are the state's.
///
/// # Errors
/// Those of the store.
pub(crate) async fn all(link: Link<'_>) -> Result<Vec<Election>, Refused> {
    let filter = Filter { jurisdiction: None, open: Some(true) };
    let all = standing::list::<Planned>(link, filter, MOST).await?;
    Ok(in_order(all.iter().map(|one| (&one.place.id, &*one.state))))
}

/// The elections of some logs, the earliest first.
pub(crate) fn elections(filed: &[Filed<Planned>]) -> Vec<Election> {
    in_order(filed.iter().map(|one| (&one.place.id, one.log.state())))
}

fn in_order<'a>(all: impl Iterator<Item = (&'a String, &'a Planned)>) -> Vec<Election> {
    let mut all: Vec<Election> = all.filter_map(|(id, planned)| planned.election(id)).collect();
    all.sort_by(|a, b| (a.opens, &a.id).cmp(&(b.opens, &b.id)));
    all
}

/// Every election with its log, also those that were called off; the latest day first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn list(link: Link<'_>) -> Result<Vec<Filed<Planned>>, Refused> {
    let mut filed = logs::list::<Planned>(link, Filter::default(), MOST).await?;
    let opens = |one: &Filed<Planned>| one.log.state().dates.as_ref().map(|dates| dates.opens);
    filed.sort_by_key(|one| std::cmp::Reverse((opens(one), one.place.begun)));
    Ok(filed)
}

/// The office's zone.
///
/// # Errors
/// Those of the store.
pub(crate) async fn zone(link: Link<'_>) -> Result<TimeZone, Error> {
    let name = meta::get(link, office::ZONE).await?.unwrap_or_default();
    Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
}

/// Puts an election into the calendar; its id. Sent again with the same key, it is the same one.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn set(desk: &Desk, who: &Who, fields: &Fields) -> Result<String, Why> {
    let sending = setting(desk, who, fields).await?;
    logs::begin::<Planned>(desk, who, None, sending).await
}

/// Moves the dates of an election, or calls it off.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn change(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    of_state(who, Right::SetElections)?;
    let sending = match fields.text("act") {
        "set" => setting(desk, who, fields).await?,
        "call-off" => {
            let body = Body::Act(Act::CallOff { why: words(fields, "text")? });
            Sending { name: "election.call-off", key: fields.text("key"), body }
        }
        _ => return Err(unknown()),
    };
    logs::put_at::<Planned>(desk, who, id, sending).await
}

async fn setting<'a>(desk: &Desk, who: &Who, fields: &'a Fields) -> Result<Sending<'a, Act>, Why> {
    of_state(who, Right::SetElections)?;
    let zone = {
        let mut read = desk.store.read().await?;
        zone(read.link()).await?
    };
    let body = Body::Act(Act::Set(dates(fields, &zone)?));
    Ok(Sending { name: "election.set", key: fields.text("key"), body })
}

fn dates(fields: &Fields, zone: &TimeZone) -> Result<Dates, Why> {
    let mut errors = Errors::new();
    let name = Line::new(fields.text("name"))
        .map_err(|why| add(&mut errors, "name", why.to_string()))
        .ok();
    let mut moment = |name: &str| {
        let read = moment_of(fields.text(name), zone);
        if read.is_none() {
            add(&mut errors, name, "Give the day and the time, such as 2026-11-03T06:00.");
        }
        read
    };
    let (opens, closes, certifies) = (moment("opens"), moment("closes"), moment("certifies"));
    let days = opens.map(|opens| days_of(opens, zone));
    if matches!(days, Some(None)) {
        errors = errors.add("opens", "That day is not in the calendar.");
    }
    checked(errors)?;
    match (name, opens, closes, certifies, days.flatten()) {
        (Some(name), Some(opens), Some(closes), Some(certifies), Some(days)) => {
            Ok(Dates { name, opens, closes, certifies, days })
        }
        // Each of them was told above.
        _ => Err(whole("Something is missing.")),
    }
}

/// A moment as a form sends it, by the office's clock (`2026-11-03T06:00`), or as programs do, with
/// its offset (RFC 3339). A time that the clocks leap over is the one after the leap; one that
/// comes twice is the first (RFC 5545, 3.3.5).
pub(crate) fn moment_of(text: &str, zone: &TimeZone) -> Option<Time> {
    if let Ok(at) = Time::parse(text) {
        return Some(at);
    }
    let local: DateTime = text.parse().ok()?;
    Some(time_of(&local.to_zoned(zone.clone()).ok()?))
}

/// A moment as a form shows it, by the office's clock.
pub(crate) fn shown(at: Time, zone: &TimeZone) -> String {
    let at = Timestamp::from_microsecond(at.micros()).map(|at| at.to_zoned(zone.clone()));
    at.map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M").to_string())
}

/// The office's days around the day on which the polls open.
fn days_of(opens: Time, zone: &TimeZone) -> Option<Days> {
    let opens = Timestamp::from_microsecond(opens.micros()).ok()?.to_zoned(zone.clone());
    let day = opens.date();
    let midnight = day.to_zoned(zone.clone()).ok()?;
    let before = day.checked_sub(BEFORE.days()).ok()?.to_zoned(zone.clone()).ok()?;
    let next = day.tomorrow().ok()?.to_datetime(OfDay::constant(12, 0, 0, 0));
    let noon = next.to_zoned(zone.clone()).ok()?;
    Some(Days { before: time_of(&before), midnight: time_of(&midnight), noon: time_of(&noon) })
}

/// When a day of the office's calendar begins, or the one `after` days later.
pub(crate) fn midnight(day: &str, after: i64, zone: &TimeZone) -> Option<Time> {
    let day: Date = day.parse().ok()?;
    let day = day.checked_add(after.days()).ok()?;
    Some(time_of(&day.to_zoned(zone.clone()).ok()?))
}

/// The moment that lies so many of the office's days after another, at the same time by its clock.
/// Outside any calendar a day has 24 hours.
pub(crate) fn days_after(at: Time, days: i64, zone: &TimeZone) -> Time {
    let zoned = Timestamp::from_microsecond(at.micros()).map(|at| at.to_zoned(zone.clone())).ok();
    let span = Span::new().try_days(days).ok();
    let later = zoned.zip(span).and_then(|(at, span)| at.checked_add(span).ok());
    later.map_or_else(
        || at.plus(days.saturating_mul(DAY)),
        |later| Time::from_micros(later.timestamp().as_microsecond()),
    )
}

/// A moment of the calendar.
pub(super) fn time_of(at: &Zoned) -> Time {
    Time::from_secs(at.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use ward_desk::Machine as _;
    use ward_desk::calendar::{Phase, phase};
    use ward_kernel::time::HOUR;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/Chicago").unwrap()
    }

    fn at(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn sent(day: &str, certifies: &str) -> Result<Dates, Why> {
        let (opens, closes) = (format!("{day}T06:00"), format!("{day}T19:00"));
        let name = ("name", "General election");
        let fields = [name, ("opens", &opens), ("closes", &closes), ("certifies", certifies)];
        dates(&Fields::from(fields), &zone())
    }

    #[test]
    fn the_office_s_clock_is_meant() {
        // On 1 November 2026 the clocks are turned back.
        let dates = sent("2026-11-03", "2026-11-24T17:00").ok().unwrap();
        assert_eq!(dates.opens, at("2026-11-03T12:00:00Z"));
        assert_eq!(dates.days.midnight, at("2026-11-03T00:00:00-06:00"));
        assert_eq!(dates.days.before, at("2026-09-19T00:00:00-05:00"));
        assert_eq!(dates.days.noon, at("2026-11-04T12:00:00-06:00"));
        assert_eq!(shown(dates.closes, &zone()), "2026-11-03T19:00");
        assert_eq!(moment_of("2026-11-03T19:00:00-06:00", &zone()), Some(dates.closes));
        assert_eq!(moment_of("soon", &zone()), None);
    }

    #[test]
    fn a_day_on_which_the_clocks_are_turned_is_a_day() {
        for (day, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-03", 24)] {
            let dates = sent(day, "2026-11-24T17:00").ok().unwrap();
            let next = dates.days.noon.plus(-12 * HOUR);
            assert_eq!(next.since(dates.days.midnight), hours * HOUR, "{day}");
            let mut planned = Planned::default();
            let by = ward_desk::By { id: "lead".into(), name: "Desk lead".into() };
            let told = ward_desk::log::Told { number: 1, at: Time::default(), by: &by };
            let certifies = dates.days.noon.plus(20 * DAY);
            let act = Act::Set(Dates { certifies, ..dates.clone() });
            planned.allows(&act, &by).unwrap();
            planned.take(&act, &told);
            let election = planned.election("e").unwrap();
            let of = |at: Time| phase(std::slice::from_ref(&election), at).0;
            assert_eq!(of(dates.days.midnight.plus(-1)), Phase::Before);
            assert_eq!(of(dates.days.midnight), Phase::Day);
            assert_eq!(of(dates.closes), Phase::Night);
        }
    }

    #[test]
    fn days_later_it_is_the_same_time_by_the_office_s_clock() {
        // On 1 November 2026 the clocks are turned back, on 14 March 2027 forward.
        for (from, days, to) in [
            ("2026-11-03T06:00:00-06:00", -35, "2026-09-29T06:00:00-05:00"),
            ("2026-11-03T06:00:00-06:00", -2, "2026-11-01T06:00:00-06:00"),
            ("2026-10-31T06:00:00-05:00", 1, "2026-11-01T06:00:00-06:00"),
            ("2027-03-13T06:00:00-06:00", 1, "2027-03-14T06:00:00-05:00"),
            // A time that the clocks leap over is the one after the leap.
            ("2027-03-13T02:30:00-06:00", 1, "2027-03-14T03:30:00-05:00"),
        ] {
            assert_eq!(days_after(at(from), days, &zone()), at(to), "{from} and {days} days");
        }
        let far = Time::from_micros(i64::MAX);
        assert_eq!(days_after(far, i64::MAX, &zone()), far);
        assert_eq!(days_after(Time::default(), 99_999_999, &zone()).micros(), 99_999_999 * DAY);
    }

    #[test]
    fn what_is_no_moment_is_told_at_its_field() {
        let Err(Why::Wrong(errors)) = sent("2026-13-03", "") else { panic!("taken") };
        let said = errors.sentences();
        assert!(said.contains("opens: Give the day") && said.contains("certifies"), "{said}");
        assert!(sent("-9999-01-03", "2026-11-24T17:00").is_err());
        assert!(sent("9999-12-31", "2026-11-24T17:00").is_err());
    }
}
