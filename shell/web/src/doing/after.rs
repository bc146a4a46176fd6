//! A night again: which span is asked for, what was put down in it, and that somebody looks.

pub(crate) mod export;
pub(crate) mod names;
pub(crate) mod parts;
mod read;
pub(crate) mod record;
mod sent;
pub(crate) mod zip;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, SemaphorePermit};
use ward_access::Act as Right;
use ward_desk::calendar::Election;
use ward_desk::replay::Replay;
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};
use ward_store::after::{self, Size, Span};
use ward_store::{Error, Link};

use super::turns::Turn;
use super::{Why, elections, hunt, looked, room, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::who::Who;
use crate::words::bytes;

/// The end of the last year that is written in four digits and known to every clock here.
const LAST: Time = Time::from_secs(253_370_764_800);
/// The longest span, in days: a period of elections with room around it.
const LONGEST: i64 = 400;
/// Words that are read of one span, in bytes as they are kept. In memory they take about three times
/// as much while a span is looked at, and not more while it is given away.
const MOST: u64 = 64 * MEGABYTE;
/// Bytes of a megabyte.
const MEGABYTE: u64 = 1_000_000;
/// Bytes that an entry or a step takes in memory beside its words, however short they are.
const EACH: u64 = 800;
/// Megabytes that are in memory at a time, of whoever looks at whatever span.
const MEGABYTES: u32 = 128;
static ROOM: Semaphore = Semaphore::const_new(MEGABYTES as usize);

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The span.
    pub(crate) span: Span,
    /// One jurisdiction alone.
    pub(crate) jurisdiction: Option<String>,
    /// The moment at which everything is shown: the last of its second, so that nothing of that
    /// second is missing.
    pub(crate) at: Time,
}

/// What was put down in a span.
pub(crate) struct Night {
    /// All of it in order; with what came before, as far as it is needed to say how it stood.
    pub(crate) replay: Replay,
    /// What cases, sensors and the like are called, by the ids of their logs.
    pub(crate) names: BTreeMap<String, String>,
    /// What is not in it, in sentences.
    pub(crate) missing: Vec<String>,
}

impl Asked {
    /// Seconds from the beginning of the span to the moment.
    pub(crate) fn offset(&self) -> i64 {
        self.at.since(self.span.from) / SECOND
    }

    /// Seconds of the span.
    pub(crate) fn length(&self) -> i64 {
        self.span.to.since(self.span.from) / SECOND
    }

    /// The values of an address that asks for this span again.
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let mut values = vec![
            ("begin", self.span.from.secs().to_string()),
            ("end", self.span.to.secs().to_string()),
        ];
        values.extend(self.jurisdiction.clone().map(|id| ("jurisdiction", id)));
        values
    }
}

/// What an address asks for.
///
/// # Errors
/// What cannot be read of it, by the names of its values.
pub(crate) async fn asked(mut link: Link<'_>, fields: &Fields, now: Time) -> Result<Asked, Why> {
    let all = elections::all(link.again()).await?;
    let zone = elections::zone(link.again()).await?;
    let span = span_of(fields, now, &zone, &all)?;
    let known = match fields.chosen("jurisdiction") {
        Some(id) => Some(ward_store::office::jurisdiction(link, id).await?),
        None => None,
    };
    let jurisdiction = match known {
        None => None,
        Some(Some(known)) => Some(known.id),
        Some(None) => return Err(wrong("jurisdiction", "There is no such jurisdiction.")),
    };
    let length = span.to.since(span.from) / SECOND;
    let usual = now.min(span.to).since(span.from) / SECOND;
    let offset = fields.number("t").unwrap_or(usual).clamp(0, length);
    let at = end_of(span.from.plus(offset.saturating_mul(SECOND)));
    Ok(Asked { span, jurisdiction, at })
}

/// The last moment of a second.
pub(crate) fn end_of(at: Time) -> Time {
    Time::from_secs(at.secs()).plus(SECOND - 1)
}

fn span_of(fields: &Fields, now: Time, zone: &TimeZone, all: &[Election]) -> Result<Span, Why> {
    let chosen = fields.text("span");
    let election = |kind: &str| {
        let id = chosen.strip_prefix(kind)?;
        all.iter().find(|one| one.id == id)
    };
    let span = if let (Some(begin), Some(end)) = (fields.number("begin"), fields.number("end")) {
        Span { from: Time::from_secs(begin), to: Time::from_secs(end) }
    } else if let Some(night) = election("night:") {
        Span { from: night.closes, to: night.days.noon }
    } else if let Some(day) = election("day:") {
        Span { from: day.days.midnight, to: day.days.noon }
    } else if chosen == "dates" {
        dates(fields, zone)?
    } else {
        let hour = now.secs().div_euclid(HOUR / SECOND).saturating_add(1);
        let to = Time::from_secs(hour.saturating_mul(HOUR / SECOND));
        Span { from: to.plus(-DAY - HOUR), to }
    };
    let long = span.to.since(span.from);
    if !(MINUTE..=LONGEST * DAY).contains(&long) || span.from < Time::from_secs(0) {
        let what = "Choose a span of a minute at least and 400 days at most, whose end comes last.";
        return Err(wrong("to", what));
    }
    if span.to > LAST {
        return Err(wrong("to", "Choose days before the year 9999: there are no dates after it."));
    }
    Ok(span)
}

/// From the beginning of a day to the end of another.
fn dates(fields: &Fields, zone: &TimeZone) -> Result<Span, Why> {
    let day = |name: &str, after: i64| {
        let at = elections::midnight(fields.text(name), after, zone);
        at.ok_or_else(|| wrong(name, "Give a day, such as 2026-11-03."))
    };
    Ok(Span { from: day("from", 0)?, to: day("to", 1)? })
}

/// Reads what was put down in a span, as far as somebody may see it; with what holds its room in
/// memory for as long as it is there.
///
/// # Errors
/// That it is not theirs to see, that it is too long, that whoever asks looks two things up already,
/// and those of the store.
pub(crate) async fn night(
    desk: &Desk,
    who: &Who,
    asked: &Asked,
) -> Result<(Night, (Turn, Space)), Why> {
    room::of_state(who, Right::SeeAfter)?;
    let turn = hunt::turn(desk, who)?;
    let space = space(fits(desk, asked).await?).await;
    Ok((read(desk, asked).await?, (turn, space)))
}

async fn read(desk: &Desk, asked: &Asked) -> Result<Night, Refused> {
    let mut read = desk.store.read().await?;
    Ok(read::night(read.link(), asked.span, asked.jurisdiction.as_deref(), desk.now()).await?)
}

/// Room in memory for the words of a span.
pub(crate) type Space = Option<SemaphorePermit<'static>>;

/// How much a span holds: counted before any of it is read.
async fn fits(desk: &Desk, asked: &Asked) -> Result<Size, Why> {
    let mut read = desk.store.read().await?;
    let size = after::size(read.link(), asked.span, asked.jurisdiction.as_deref()).await?;
    if size.bytes > MOST {
        return Err(wrong(
            "to",
            format!(
                "Choose a shorter span, or one jurisdiction: this one holds {} of words, and {} MB \
                 at most are shown or go into one file.",
                bytes(size.bytes),
                MOST / MEGABYTE
            ),
        ));
    }
    Ok(size)
}

/// Waits for room in memory. A night as most are takes so little that it waits for nobody.
async fn space(size: Size) -> Space {
    match megabytes(size) {
        0 => None,
        megabytes => ROOM.acquire_many(megabytes).await.ok(),
    }
}

/// Megabytes of room that a span takes; all there is at most, for more would be waited for in vain.
fn megabytes(size: Size) -> u32 {
    // What lies beyond is not read.
    let rows = size.rows.min(read::MOST);
    let all = size.bytes.saturating_add(rows.saturating_mul(EACH));
    u32::try_from(all / MEGABYTE).unwrap_or(u32::MAX).min(MEGABYTES)
}

/// Puts down that somebody looks at a span: names and numbers of people stand in it. Moving the
/// slider is one look.
///
/// # Errors
/// Those of the store.
pub(crate) async fn look(desk: &Desk, who: &Who, asked: &Asked) -> Result<(), Error> {
    let Span { from, to } = asked.span;
    let object = format!("{}/{}", from.secs(), to.secs());
    looked::once(desk, who, ("after.look", &object), &format!("{from} to {to}")).await
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod spans {
    use ward_desk::Line;
    use ward_desk::calendar::Days;

    use super::*;

    fn election() -> Election {
        let at = Time::from_secs;
        Election {
            id: "election-1".into(),
            name: Line::new("General election").unwrap(),
            opens: at(100_000),
            closes: at(146_800),
            certifies: at(900_000),
            days: Days { before: at(0), midnight: at(78_400), noon: at(208_000) },
        }
    }

    fn span(fields: &[(&str, &str)]) -> Option<(i64, i64)> {
        let pairs = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields = Fields::new(pairs.collect());
        let zone = TimeZone::get("America/Chicago").unwrap();
        let read = span_of(&fields, Time::from_secs(7_300), &zone, &[election()]).ok()?;
        Some((read.from.secs(), read.to.secs()))
    }

    #[test]
    fn spans() {
        assert_eq!(span(&[("span", "night:election-1")]), Some((146_800, 208_000)));
        assert_eq!(span(&[("span", "day:election-1")]), Some((78_400, 208_000)));
        assert_eq!(span(&[("begin", "60"), ("end", "120")]), Some((60, 120)));
        let days = [("span", "dates"), ("from", "2026-11-01"), ("to", "2026-11-01")];
        // The day on which the clocks change has twenty-five hours.
        assert_eq!(span(&days).map(|(from, to)| to - from), Some(25 * 3600));
        for bad in [
            &[("begin", "120"), ("end", "60")][..],
            &[("begin", "253402300799"), ("end", "253402387199")],
            &[("begin", "-9"), ("end", "9223372036854775807")],
            &[("span", "dates"), ("from", "2026-11-03"), ("to", "yesterday")],
            &[("span", "dates"), ("from", "2026-11-03"), ("to", "2026-11-01")],
        ] {
            assert_eq!(span(bad), None, "{bad:?}");
        }
        // The last day, to the end of the hour; long ago that would be before all time.
        assert_eq!(span(&[]), None);
    }

    #[test]
    fn many_short_lines_take_room_as_well() {
        for (bytes, rows, expected) in [
            (0, 0, 0),
            (900_000, 10, 0),
            (1_000_000, 0, 1),
            // Steps that say no more than that a case was opened.
            (600_000, 40_000, 32),
            (MOST, 90_000, MEGABYTES),
            (1_000_000, 1_000_000, 73),
            (u64::MAX, u64::MAX, MEGABYTES),
        ] {
            assert_eq!(megabytes(Size { bytes, rows }), expected, "{bytes} {rows}");
        }
    }

    #[test]
    fn a_moment_takes_in_its_second() {
        assert_eq!(end_of(Time::from_micros(1_500_000)).micros(), 1_999_999);
        assert_eq!(end_of(Time::from_micros(2_000_000)).micros(), 2_999_999);
    }
}
