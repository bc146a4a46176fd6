//! When somebody is told: quiet hours, and how many messages an hour.
//!
//! What waits for somebody is looked at again whenever something comes or a time is over. Either a
//! message goes out with all of it that may go now, or it is said until when it waits. A message that
//! takes more than one thing along is a digest. So nothing that waits is ever dropped: it is in a
//! later message.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};

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
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// The most messages in any hour; at least one.
    pub per_hour: u32,
    /// When what can wait does.
    pub quiet: Option<Quiet>,
}

impl Pace {
    /// How many messages of an hour are for what can wait: a third of them is kept for what cannot.
    const fn ordinary(self) -> u32 {
        let per_hour = self.most();
        per_hour.saturating_sub(per_hour / 3)
    }

    const fn most(self) -> u32 {
        if self.per_hour == 0 { 1 } else { self.per_hour }
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

/// What becomes of what waits for somebody, of which `urgent` says which cannot wait. `sent` are the
/// moments of their messages, at least those of the last hour; `wall` is the minute of the day that
/// the clock on the wall shows at a moment.
#[must_use]
pub fn next(
    urgent: &[bool],
    sent: &[Time],
    pace: Pace,
    now: Time,
    wall: &dyn Fn(Time) -> u16,
) -> Next {
    let quiet = pace.quiet.and_then(|quiet| quiet.ends(now, wall));
    let may = |at: &usize| quiet.is_none() || urgent.get(*at).copied().unwrap_or(false);
    let going: Vec<usize> = (0..urgent.len()).filter(may).collect();
    let held = (going.len() < urgent.len()).then_some(quiet).flatten();
    if going.is_empty() {
        return held.map_or(Next::Nothing, Next::Wait);
    }
    let presses = going.iter().any(|at| urgent.get(*at).copied().unwrap_or(false));
    match full(sent, pace, presses, now) {
        None => Next::Send(going),
        Some(until) => Next::Wait(held.map_or(until, |held| held.min(until))),
    }
}

/// Until when they were told enough; `None` when they were not. A message that a clock which was set
/// back has left in the future holds nothing up for longer than two hours.
fn full(sent: &[Time], pace: Pace, presses: bool, now: Time) -> Option<Time> {
    let near = |at: &Time| now.since(*at).saturating_abs() < HOUR;
    let mut lately: Vec<Time> = sent.iter().copied().filter(near).collect();
    lately.sort_unstable();
    let most = if presses { pace.most() } else { pace.ordinary() };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let over = lately.len().checked_sub(most);
    // So many have to be an hour old before there is room for one more.
    let room = over.and_then(|over| lately.get(over)).map(|at| at.plus(HOUR));
    let last = lately.last().map(|last| last.plus(GAP));
    let gap = last.filter(|until| !presses && *until > now);
    room.into_iter().chain(gap).max()
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A wall clock six hours behind, that goes back by an hour at one moment and ahead at another.
    fn wall(back: i64, ahead: i64) -> impl Fn(Time) -> u16 {
        move |at: Time| {
            let minute = at.minute();
            let shift = -360 - 60 * i64::from(minute >= back) + 60 * i64::from(minute >= ahead);
            u16::try_from((minute + shift).rem_euclid(i64::from(MINUTES))).unwrap()
        }
    }

    fn at(hour: i64, minute: i64) -> Time {
        Time::from_secs((hour * 60 + minute) * 60)
    }

    #[test]
    fn hours_are_read_and_hold() {
        let night = Quiet::parse("22:00-06:30").unwrap();
        for (minute, quiet) in [
            (22 * 60, true),
            (23 * 60 + 59, true),
            (0, true),
            (389, true),
            (390, false),
            (720, false),
        ] {
            assert_eq!(night.holds(minute), quiet, "{minute}");
        }
        assert_eq!(night.hours(), ("22:00".to_owned(), "06:30".to_owned()));
        let noon = Quiet::parse("12:00 - 13:00").unwrap();
        assert!(noon.holds(720) && !noon.holds(780) && !noon.holds(719));
        for wrong in ["", "22-6", "24:00-06:00", "22:00-22:00", "2:00-06:00", "+2:00-06:00"] {
            assert!(Quiet::parse(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<Quiet>("[1, 5000]").is_err());
    }

    #[test]
    fn the_clock_on_the_wall_ends_the_night() {
        let night = Quiet::parse("22:00-06:00").unwrap();
        // 23:10 on the wall is 5:10 UTC here; 6:00 is noon UTC.
        let never = wall(i64::MAX, i64::MAX);
        assert_eq!(night.ends(at(5, 10), &never), Some(at(12, 0)));
        assert_eq!(night.ends(at(12, 0), &never), None);
        // In between the clock goes back: the night has an hour more.
        let autumn = wall(8 * 60, i64::MAX);
        assert_eq!(night.ends(at(5, 10), &autumn), Some(at(13, 0)));
        let spring = wall(i64::MAX, 8 * 60);
        assert_eq!(night.ends(at(5, 10), &spring), Some(at(11, 0)));
        // The very end is jumped over.
        let short = Quiet::parse("01:30-02:30").unwrap();
        assert_eq!(short.ends(at(7, 40), &spring), Some(at(8, 0)));
    }

    #[test]
    fn a_third_is_kept_for_what_cannot_wait() {
        let pace = Pace { per_hour: 3, quiet: None };
        let day = |_: Time| 720;
        let sent = [at(1, 0), at(1, 10)];
        let wait = Next::Wait;
        assert_eq!(next(&[false], &sent, pace, at(1, 20), &day), wait(at(2, 0)));
        assert_eq!(next(&[false, true], &sent, pace, at(1, 20), &day), Next::Send(vec![0, 1]));
        let three = [at(1, 0), at(1, 10), at(1, 20)];
        assert_eq!(next(&[true], &three, pace, at(1, 30), &day), wait(at(2, 0)));
        assert_eq!(next(&[false], &three, pace, at(2, 0), &day), wait(at(2, 10)));
        // What comes right behind another is told with the next, but for what cannot wait.
        assert_eq!(next(&[false], &sent[..1], pace, at(1, 0), &day), wait(at(1, 1)));
        assert_eq!(next(&[true], &sent[..1], pace, at(1, 0), &day), Next::Send(vec![0]));
        assert_eq!(next(&[], &sent, pace, at(1, 0), &day), Next::Nothing);
        // The clock was set back by a day: what was sent "tomorrow" holds nothing up.
        let ahead = [at(25, 0), at(25, 10), at(25, 20)];
        assert_eq!(next(&[true], &ahead, pace, at(1, 30), &day), Next::Send(vec![0]));
    }

    #[test]
    fn tries_end() {
        let begun = at(0, 0);
        let (mut now, mut tries) = (begun, 0);
        loop {
            tries += 1;
            let Some(at) = again(tries, begun, now) else { break };
            assert!(at > now);
            now = at;
        }
        assert!((40..70).contains(&tries), "{tries}");
        assert!(now.since(begun) <= END && now.since(begun) > END - 2 * HOUR);
    }

    #[derive(Clone, Debug)]
    struct Night {
        comes: Vec<(i64, bool)>,
        pace: Pace,
        back: i64,
        ahead: i64,
    }

    fn nights() -> impl Strategy<Value = Night> {
        let minutes = || 0_i64..3_000;
        let comes = prop::collection::vec((minutes(), prop::bool::weighted(0.2)), 0..60);
        let quiet = (0_u16..1_440, 0_u16..1_440).prop_map(|(from, to)| Quiet::new(from, to));
        (comes, 1_u32..9, quiet, minutes(), minutes()).prop_map(
            |(mut comes, per_hour, quiet, back, ahead)| {
                comes.sort_unstable();
                Night { comes, pace: Pace { per_hour, quiet }, back, ahead }
            },
        )
    }

    /// Lets time go by: each message's moment and what it held, and what waited for nothing at all.
    fn lived(night: &Night) -> Vec<(Time, Vec<usize>)> {
        let wall = wall(night.back, night.ahead);
        let mut sent: Vec<(Time, Vec<usize>)> = Vec::new();
        let (mut waiting, mut come) = (Vec::<usize>::new(), 0);
        let mut now = at(0, 0);
        for _ in 0..10_000 {
            while night.comes.get(come).is_some_and(|(minute, _)| at(0, *minute) <= now) {
                waiting.push(come);
                come += 1;
            }
            let urgent: Vec<bool> = waiting.iter().map(|one| night.comes[*one].1).collect();
            let before: Vec<Time> = sent.iter().map(|(at, _)| *at).collect();
            let coming = night.comes.get(come).map(|(minute, _)| at(0, *minute));
            let until = match next(&urgent, &before, night.pace, now, &wall) {
                Next::Send(going) => {
                    let all = going.iter().map(|place| waiting[*place]).collect();
                    sent.push((now, all));
                    let stays = |place: &usize| !going.contains(place);
                    waiting = (0..waiting.len()).filter(stays).map(|at| waiting[at]).collect();
                    continue;
                }
                Next::Wait(until) => Some(until),
                Next::Nothing => None,
            };
            match until.into_iter().chain(coming).min() {
                Some(then) => {
                    assert!(then > now, "time stands still");
                    now = then;
                }
                None => return sent,
            }
        }
        panic!("it never ends");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_nor_doubled_and_never_too_much(night in nights()) {
            let sent = lived(&night);
            let mut told: Vec<usize> = sent.iter().flat_map(|(_, all)| all.clone()).collect();
            told.sort_unstable();
            prop_assert_eq!(told, (0..night.comes.len()).collect::<Vec<_>>());
            for (number, (begin, _)) in sent.iter().enumerate() {
                let within = sent[number..].iter().filter(|(at, _)| at.since(*begin) < HOUR);
                prop_assert!(within.count() <= usize::try_from(night.pace.per_hour).unwrap());
            }
        }

        #[test]
        fn what_can_wait_is_not_told_in_the_night_and_what_cannot_is(night in nights()) {
            let wall = wall(night.back, night.ahead);
            let sent = lived(&night);
            for (at, all) in &sent {
                let quiet = night.pace.quiet.is_some_and(|quiet| quiet.holds(wall(*at)));
                let urgent = all.iter().all(|one| night.comes[*one].1);
                prop_assert!(!quiet || urgent);
            }
            for (number, (minute, urgent)) in night.comes.iter().enumerate() {
                let came = at(0, *minute);
                let told = sent.iter().find(|(_, all)| all.contains(&number)).unwrap().0;
                let full = |at: Time| {
                    let hour = sent.iter().filter(|(one, _)| *one < at && at.since(*one) < HOUR);
                    hour.count() >= usize::try_from(night.pace.per_hour).unwrap()
                };
                // It is told when it comes, unless the hour is full.
                prop_assert!(!urgent || told == came || full(came), "{came:?} {told:?}");
            }
        }
    }
}
