//! When somebody is told: quiet hours, and how many messages an hour. Of these a part is kept for
//! access and effect, and no place takes more than its share of the rest: whoever reports incidents
//! without end holds up neither a break-in nor what another place has to say, nor that people cannot
//! vote at their own.
//!
//! What waits for somebody is looked at again whenever something comes or a time is over. Either a
//! message goes out with all of it that may go now, or it is said until when it waits. A message that
//! takes more than one thing along is a digest. So nothing that waits is ever dropped: it is in a
//! later message.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};

use super::Weight;

/// Minutes of a day by the clock on the wall.
const MINUTES: u16 = 24 * 60;
/// The shortest time between two messages to one person where nothing presses, in microseconds: what
/// comes together is told together.
const GAP: i64 = MINUTE;
/// Minutes that are looked through for the end of quiet hours: more than a day has whose clock goes
/// back.
const LONGEST_NIGHT: i64 = 26 * 60;
/// How long a message is tried before it is given up, in microseconds.
const END: i64 = 2 * DAY;
/// How long after a try in vain the next follows, in seconds; the last counts from then on.
const AGAIN: [i64; 7] = [2, 8, 30, 2 * 60, 10 * 60, 30 * 60, 60 * 60];

/// Hours of the day in which what can wait does, by the clock on the wall; over midnight as well.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "(u16, u16)", into = "(u16, u16)")]
pub struct Quiet {
    from: u16,
    to: u16,
}

impl Quiet {
    /// From one minute of the day up to another; `None` when that is no span of a day.
    #[must_use]
    pub fn new(from: u16, to: u16) -> Option<Self> {
        (from < MINUTES && to < MINUTES && from != to).then_some(Self { from, to })
    }

    /// Reads `22:00-06:00`.
    ///
    /// # Errors
    /// A sentence that says how it is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read = text.split_once('-').and_then(|(from, to)| {
            Self::new(minute_of_day(from.trim())?, minute_of_day(to.trim())?)
        });
        read.ok_or_else(|| format!("\"{text}\" are no hours: write them like 22:00-06:00"))
    }

    /// When they begin and end, `22:00`.
    #[must_use]
    pub fn hours(self) -> (String, String) {
        let written = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (written(self.from), written(self.to))
    }

    /// Whether a minute of the day lies in them.
    #[must_use]
    pub const fn holds(self, minute: u16) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }

    /// When they end, where it is quiet now: the first minute that the clock on the wall shows and
    /// that does not lie in them, whatever that clock jumps over or shows twice in between. `None`
    /// when it is not quiet.
    pub fn ends(self, now: Time, wall: &dyn Fn(Time) -> u16) -> Option<Time> {
        if !self.holds(wall(now)) {
            return None;
        }
        let whole = Time::from_micros(now.minute().saturating_mul(MINUTE));
        let minutes = (1..=LONGEST_NIGHT).map(|add| whole.plus(add.saturating_mul(MINUTE)));
        let end = minutes.into_iter().find(|at| !self.holds(wall(*at)));
        Some(end.unwrap_or_else(|| now.plus(DAY)))
    }
}

impl TryFrom<(u16, u16)> for Quiet {
    type Error = String;

    fn try_from((from, to): (u16, u16)) -> Result<Self, String> {
        Self::new(from, to).ok_or_else(|| "these are no hours of a day".to_owned())
    }
}

impl From<Quiet> for (u16, u16) {
    fn from(quiet: Quiet) -> Self {
        (quiet.from, quiet.to)
    }
}

/// `22:00` as a minute of the day.
#[must_use]
pub fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then(|| hour.saturating_mul(60).saturating_add(minute))
}

/// How fast somebody may be told.
///
/// | messages in any hour | of 6 | for |
/// |---|---|---|
/// | a half | 3 | anything |
/// | all but what is kept | 4 | that people cannot vote |
/// | all | 6 | access and effect |
/// | a half of all but what is kept | 2 | that people cannot vote at one place, for whoever hears of several |
/// | a half of that | 1 | anything of one place, for them |
///
/// One place's messages of both kinds are no more than the greater share, so that they leave room for
/// another's; and of what can wait one less than that counts to it, so that a place which sent such
/// things can still say that people cannot vote. Where the greater share is one message, whatever the
/// place sends counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// The most messages in any hour; at least one.
    pub per_hour: u32,
    /// When what can wait does.
    pub quiet: Option<Quiet>,
    /// Whether they hear of several places: then none of these takes the messages of all others.
    pub shared: bool,
}

/// How many of so many messages an hour are kept for access and effect, so that nothing else can use
/// them up: a third, and one at least. Of a single message nothing can be kept.
#[must_use]
pub fn kept(per_hour: u32) -> u32 {
    (per_hour / 3).max(1).min(per_hour.saturating_sub(1))
}

impl Pace {
    /// How many messages of an hour may begin with something of a weight.
    fn most(self, weight: Weight) -> u32 {
        let most = match weight {
            Weight::Ordinary => self.per_hour / 2,
            Weight::Urgent => self.per_hour.saturating_sub(kept(self.per_hour)),
            Weight::Grave => self.per_hour,
        };
        most.max(1)
    }

    /// How many messages of an hour one place may begin with something of a weight.
    fn share(self, weight: Weight) -> u32 {
        let urgent = (self.most(Weight::Urgent) / 2).max(1);
        if weight == Weight::Ordinary { (urgent / 2).max(1) } else { urgent }
    }

    /// Those of a place's messages, the newest first, that count to its share of messages which begin
    /// with something of a weight: of what can wait so many that one that cannot always finds room.
    fn counted<'a>(self, own: impl Iterator<Item = &'a Sent>, weight: Weight) -> Vec<Time> {
        let share = self.share(Weight::Urgent);
        let most = if share == 1 { u32::MAX } else { share.saturating_sub(1) };
        let mut lighter = 0_u32;
        let counts = |sent: &&Sent| {
            lighter = lighter.saturating_add(u32::from(sent.weight < weight));
            sent.weight >= weight || lighter <= most
        };
        own.filter(counts).map(|sent| sent.at).collect()
    }
}

/// Something that waits for somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Waits<'a> {
    /// How much it presses.
    pub weight: Weight,
    /// The one place that it is about; `None` when there are several, or none.
    pub place: Option<&'a str>,
}

/// A message that somebody had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sent {
    at: Time,
    /// The most that anything in it weighed.
    weight: Weight,
    /// Whose share it counts to.
    places: BTreeSet<String>,
}

impl Sent {
    /// A message of this moment that told these things. It counts to the share of each place of what
    /// weighed most in it; an access or an effect counts to nobody's.
    #[must_use]
    pub fn new(at: Time, told: &[Waits<'_>]) -> Self {
        let weight = told.iter().map(|one| one.weight).max().unwrap_or(Weight::Ordinary);
        let counts = |one: &&Waits<'_>| one.weight == weight && weight < Weight::Grave;
        let places = told.iter().filter(counts).filter_map(|one| one.place);
        Self { at, weight, places: places.map(str::to_owned).collect() }
    }
}

/// What becomes of all that waits for somebody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// Nothing waits.
    Nothing,
    /// One message goes out with these, by their places; more than one make a digest.
    Send(Vec<usize>),
    /// Nothing of it goes before then, unless more comes: it is quiet, or they were told enough.
    Wait(Time),
}

/// What becomes of what waits for somebody. `sent` are their messages, at least those of the last
/// hour; `wall` is the minute of the day that the clock on the wall shows at a moment.
#[must_use]
pub fn next(
    waits: &[Waits<'_>],
    sent: &[Sent],
    pace: Pace,
    now: Time,
    wall: &dyn Fn(Time) -> u16,
) -> Next {
    let quiet = pace.quiet.and_then(|quiet| quiet.ends(now, wall));
    let may = |one: &Waits<'_>| quiet.is_none() || one.weight >= Weight::Urgent;
    let going = waits.iter().enumerate().filter(|(_, one)| may(one));
    // A message that was sent in the future, by a clock that was set back, holds nothing up for
    // longer than two hours.
    let near = |one: &&Sent| now.since(one.at).saturating_abs() < HOUR;
    let mut lately: Vec<&Sent> = sent.iter().filter(near).collect();
    lately.sort_unstable_by_key(|one| one.at);
    // Whatever may begin a message takes along all that may go.
    let begins = going.clone().map(|(_, one)| full(one, &lately, pace, now)).min();
    let going: Vec<usize> = going.map(|(at, _)| at).collect();
    let held = quiet.filter(|_| going.len() < waits.len());
    match begins {
        None => held.map_or(Next::Nothing, Next::Wait),
        Some(None) => Next::Send(going),
        Some(Some(until)) => Next::Wait(held.map_or(until, |held| held.min(until))),
    }
}

/// Until when they were told enough for this to begin a message; `None` when they were not.
fn full(one: &Waits<'_>, lately: &[&Sent], pace: Pace, now: Time) -> Option<Time> {
    let room = no_room(lately.iter().rev().map(|sent| sent.at), pace.most(one.weight));
    let place = one.place.filter(|_| pace.shared && one.weight < Weight::Grave);
    let share = place.and_then(|place| {
        let own = lately.iter().rev().copied().filter(|sent| sent.places.contains(place));
        no_room(pace.counted(own, one.weight).into_iter(), pace.share(one.weight))
    });
    let gap = lately.last().map(|last| last.at.plus(GAP));
    let gap = gap.filter(|until| one.weight == Weight::Ordinary && *until > now);
    [room, share, gap].into_iter().flatten().max()
}

/// Until when there is no room for one more where so many in an hour may be, of these the newest first:
/// the one which it would be too many with has to be an hour old.
fn no_room(mut sent: impl Iterator<Item = Time>, most: u32) -> Option<Time> {
    let before = usize::try_from(most.saturating_sub(1)).unwrap_or(usize::MAX);
    sent.nth(before).map(|at| at.plus(HOUR))
}

/// When a message that could not be handed over is tried again; `None` when it is given up. `tries`
/// are those until now.
#[must_use]
pub fn again(tries: u32, begun: Time, now: Time) -> Option<Time> {
    let last = AGAIN.len().saturating_sub(1);
    let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(last).min(last);
    let wait = AGAIN.get(place).copied().unwrap_or(60 * 60);
    let at = now.plus(wait.saturating_mul(SECOND));
    (at.since(begun) <= END).then_some(at)
}

#[cfg(test)]
mod tests;
