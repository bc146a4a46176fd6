//! Is it still heard? Silence is news: the judgement of a sensor, and of a stream by its own
//! rhythm.

use serde::Serialize;
use ward_kernel::Time;
use ward_kernel::time::{DAY, MINUTE, SECOND};

/// How often a sensor says how it is when it has nothing else to send, in microseconds.
pub const STATUS_EVERY: i64 = 10 * SECOND;
/// A sensor that was not heard for so long is silent, in microseconds: with a look every ten
/// seconds it shows within a minute.
pub const SILENT_AFTER: i64 = 45 * SECOND;
/// A sensor that was not heard for so long, or whose oldest record has waited so long, is late.
pub const LATE_AFTER: i64 = 25 * SECOND;
/// Clocks further apart than this drift, in microseconds: sign-ins and requests of two machines
/// can no longer be set in order.
pub const DRIFT_MAX: i64 = 5 * SECOND;
/// Records that a stream must have shown before its rhythm is believed.
const LEARNED: u32 = 32;

/// Whether something is heard. Ordered: the worst last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Hearing {
    /// Heard when it should be.
    Hearing,
    /// Heard, but behind.
    Late {
        /// By how many microseconds.
        by: i64,
    },
    /// Its clock and the desk's differ.
    Drifting {
        /// By how many microseconds its clock is ahead; negative when it is behind.
        by: i64,
    },
    /// Not heard.
    Silent {
        /// Since this moment.
        since: Time,
    },
    /// Taken out of service by a person; nothing is expected of it.
    Retired,
}

/// What the desk knows of a sensor when it judges it. Times are by the desk's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Heard {
    /// When a request of it last came; its enrolment, when none ever did.
    pub last: Time,
    /// How long its oldest record had waited then ([`Status::lag`](crate::Status::lag)), in
    /// microseconds.
    pub lag: i64,
    /// By how much its clock is ahead ([`drift`]), in microseconds.
    pub drift: i64,
    /// Whether it was retired.
    pub retired: bool,
}

/// Judges a sensor.
#[must_use]
pub fn sensor(heard: &Heard, now: Time) -> Hearing {
    let quiet = now.since(heard.last).max(0);
    let late = quiet.max(heard.lag);
    if heard.retired {
        Hearing::Retired
    } else if quiet >= SILENT_AFTER {
        Hearing::Silent { since: heard.last }
    } else if heard.drift.saturating_abs() > DRIFT_MAX {
        Hearing::Drifting { by: heard.drift }
    } else if late >= LATE_AFTER {
        Hearing::Late { by: late }
    } else {
        Hearing::Hearing
    }
}

/// By how much the sensor's clock is ahead of the desk's, in microseconds, estimated from one
/// request: `sent` is the sensor's clock when it sent it, `round_trip` how long its last request
/// took there and back in microseconds (0 when unknown), `received` the desk's clock when the
/// request's first line came. The error is at most the time that the request was on its way.
#[must_use]
pub const fn drift(sent: Time, round_trip: i64, received: Time) -> i64 {
    let round_trip = if round_trip > 0 { round_trip } else { 0 };
    sent.plus(round_trip / 2).since(received)
}

/// The drift over several requests: a request that was held up makes the clock seem behind, so
/// of the last few the one that seems most ahead is believed.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    last: [Option<i64>; 8],
    next: usize,
}

impl Drift {
    /// Takes one estimate of [`drift`], without its round trip.
    pub fn push(&mut self, drift: i64) {
        if let Some(slot) = self.last.get_mut(self.next) {
            *slot = Some(drift);
        }
        self.next = (self.next + 1) % self.last.len();
    }

    /// The best estimate, in microseconds ahead; 0 before the first.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        self.last.iter().flatten().max().copied().unwrap_or(0)
    }
}

/// The rhythm of a stream: how long it is usually quiet between two records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Rhythm {
    seen: u32,
    last: Option<Time>,
    /// Moving mean of the gaps, in microseconds.
    typical: i64,
    /// The longest gap; forgets half of itself in a day.
    longest: i64,
    /// How much time went by since it last forgot, in microseconds.
    unforgotten: i64,
}

impl Rhythm {
    /// Records came at this moment by the desk's clock. Moments may come in any order.
    pub fn push(&mut self, at: Time) {
        let Some(last) = self.last.replace(self.last.map_or(at, |last| last.max(at))) else {
            self.seen = 1;
            return;
        };
        let gap = at.since(last).clamp(0, 7 * DAY);
        self.seen = self.seen.saturating_add(1);
        self.typical += (gap - self.typical) / 16;
        self.unforgotten += gap;
        if self.unforgotten >= MINUTE {
            // Half in about a day, in steps long enough not to be rounded away.
            let passed = i128::from(std::mem::take(&mut self.unforgotten));
            let forgotten = i128::from(self.longest) * passed / i128::from(3 * DAY / 2);
            self.longest -= i64::try_from(forgotten).unwrap_or(self.longest).min(self.longest);
        }
        self.longest = self.longest.max(gap);
    }

    /// When records last came.
    #[must_use]
    pub const fn last(&self) -> Option<Time> {
        self.last
    }

    /// How long the stream may be quiet before it is silent, in microseconds; `None` while too
    /// little is known of it.
    #[must_use]
    pub fn patience(&self) -> Option<i64> {
        let longest = self.longest.saturating_add(self.longest / 2);
        let patience = longest.max(self.typical.saturating_mul(8)).max(SILENT_AFTER);
        (self.seen >= LEARNED).then_some(patience)
    }

    /// Judges the stream. A stream whose rhythm is not known yet is heard: nobody shall be woken
    /// by a file that is written once a week.
    #[must_use]
    pub fn judge(&self, now: Time) -> Hearing {
        let (Some(last), Some(patience)) = (self.last, self.patience()) else {
            return Hearing::Hearing;
        };
        let quiet = now.since(last);
        let late = self.typical.saturating_mul(8).clamp(SILENT_AFTER / 2, patience);
        if quiet >= patience {
            Hearing::Silent { since: last }
        } else if quiet >= late {
            Hearing::Late { by: quiet }
        } else {
            Hearing::Hearing
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::time::HOUR;

    use super::*;

    const NOW: Time = Time::from_secs(1_793_736_000);

    fn heard(quiet: i64) -> Heard {
        Heard { last: NOW.plus(-quiet), lag: 0, drift: 0, retired: false }
    }

    #[test]
    fn sensors() {
        assert_eq!(sensor(&heard(STATUS_EVERY * 2), NOW), Hearing::Hearing);
        assert_eq!(sensor(&heard(30 * SECOND), NOW), Hearing::Late { by: 30 * SECOND });
        let since = NOW.plus(-SILENT_AFTER);
        assert_eq!(sensor(&heard(SILENT_AFTER), NOW), Hearing::Silent { since });
        let lagging = Heard { lag: HOUR, ..heard(0) };
        assert_eq!(sensor(&lagging, NOW), Hearing::Late { by: HOUR });
        let drifting = Heard { drift: -6 * SECOND, ..heard(0) };
        assert_eq!(sensor(&drifting, NOW), Hearing::Drifting { by: -6 * SECOND });
        let worst = Heard { drift: i64::MIN, retired: true, ..heard(i64::MAX) };
        assert_eq!(sensor(&worst, NOW), Hearing::Retired);
    }

    #[test]
    fn drifts() {
        assert_eq!(drift(NOW.plus(7), 100, NOW.plus(50)), 7);
        let mut clock = Drift::default();
        assert_eq!(clock.ahead(), 0);
        for held_up in [MINUTE, 3, SECOND] {
            clock.push(drift(NOW.plus(SECOND), 0, NOW.plus(held_up)));
        }
        assert_eq!(clock.ahead(), SECOND - 3);
        (0..8).for_each(|_| clock.push(-HOUR));
        assert_eq!(clock.ahead(), -HOUR);
    }

    fn every(gap: i64, count: i64) -> Rhythm {
        let mut rhythm = Rhythm::default();
        (0..count).for_each(|number| rhythm.push(NOW.plus(number * gap)));
        rhythm
    }

    #[test]
    fn streams_have_their_own_rhythm() {
        let busy = every(SECOND, 1000);
        let last = busy.last().unwrap();
        assert_eq!(busy.judge(last.plus(10 * SECOND)), Hearing::Hearing);
        assert_eq!(busy.judge(last.plus(30 * SECOND)), Hearing::Late { by: 30 * SECOND });
        assert_eq!(busy.judge(last.plus(SILENT_AFTER)), Hearing::Silent { since: last });
        let hourly = every(HOUR, 100);
        let last = hourly.last().unwrap();
        assert_eq!(hourly.judge(last.plus(HOUR)), Hearing::Hearing);
        assert_eq!(hourly.judge(last.plus(9 * HOUR)), Hearing::Silent { since: last });
        let mut nightly = every(SECOND, 10_000);
        for _ in 0..5 {
            let morning = nightly.last().unwrap().plus(10 * HOUR);
            (0..10_000).for_each(|number| nightly.push(morning.plus(number * SECOND)));
        }
        let evening = nightly.last().unwrap();
        assert!(!matches!(nightly.judge(evening.plus(9 * HOUR)), Hearing::Silent { .. }));
        assert_eq!(every(DAY, 5).judge(NOW.plus(100 * DAY)), Hearing::Hearing);
    }

    #[test]
    fn a_long_gap_is_forgotten() {
        let mut rhythm = every(HOUR, 40);
        let start = rhythm.last().unwrap();
        (0..40 * 86_400).for_each(|number| rhythm.push(start.plus(number * SECOND / 4)));
        assert!(rhythm.patience().unwrap() < 5 * MINUTE, "{rhythm:?}");
    }

    proptest! {
        /// Silence is told at last, not before the floor, and does not end by itself.
        #[test]
        fn silence(gaps in prop::collection::vec(0..2 * HOUR, 40..80), waits in prop::collection::vec(0..30 * DAY, 2..20)) {
            let mut rhythm = Rhythm::default();
            let mut at = NOW;
            for gap in gaps {
                rhythm.push(at);
                at = at.plus(gap);
            }
            let last = rhythm.last().unwrap();
            let mut waits = waits;
            waits.sort_unstable();
            let told: Vec<_> = waits.iter().map(|wait| rhythm.judge(last.plus(*wait))).collect();
            prop_assert!(told.is_sorted());
            prop_assert_eq!(rhythm.judge(last.plus(30 * DAY)), Hearing::Silent { since: last });
            prop_assert_eq!(rhythm.judge(last.plus(SILENT_AFTER / 2 - 1)), Hearing::Hearing);
            let early = rhythm.judge(last.plus(SILENT_AFTER - 1));
            let silent = matches!(early, Hearing::Silent { .. });
            prop_assert!(!silent);
        }

        #[test]
        fn no_moment_overflows(moments in prop::collection::vec(any::<i64>(), 0..100), now in any::<i64>()) {
            let mut rhythm = Rhythm::default();
            moments.into_iter().for_each(|at| rhythm.push(Time::from_micros(at)));
            let _ = rhythm.judge(Time::from_micros(now));
        }

        /// A sensor that is not heard never looks better as time goes by.
        #[test]
        fn sensors_never_mend_by_waiting(lag in any::<i64>(), drift in any::<i64>(), one in 0..HOUR, more in 0..HOUR) {
            let heard = Heard { last: NOW, lag, drift, retired: false };
            prop_assert!(sensor(&heard, NOW.plus(one)) <= sensor(&heard, NOW.plus(one + more)));
        }
    }
}
