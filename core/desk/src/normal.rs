//! What is normal at this hour: a count against what the same jurisdiction saw at the same hour of
//! the day, on the same kind of day, at the same place of the election calendar.

use serde::{Deserialize, Serialize};

use crate::calendar::Phase;
use crate::choices::choices;

/// Hours that have to be known before anything is called normal.
pub const ENOUGH: usize = 10;

/// The least width of what is usual, in records an hour: where nothing ever comes, one is no alarm.
const FLOOR: u64 = 5;
/// The least width of what is usual, as a part of the typical count: one in so many.
const PART: u64 = 10;
/// How many widths beyond the range a count is above it.
const ABOVE: u64 = 2;
/// How many widths beyond the range a count is far above it.
const FAR: u64 = 10;

choices! {
    /// How a count stands to what is normal. Ordered: what matters most last.
    Level {
        /// Nobody can say: too little is known of such hours.
        Unknown = "unknown", "Too little known yet";
        /// As at other such hours.
        Usual = "usual", "As usual";
        /// More than at other such hours.
        Above = "above", "Above usual";
        /// So much more that it is another thing.
        Far = "far", "Far above usual";
    }
}

/// The kind of hour: what is compared with what.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Slot {
    /// The place in the election calendar.
    pub phase: Phase,
    /// The hour of the office's day, 0 to 23.
    pub hour: u8,
    /// Whether it lies on a day on which offices rest: a Saturday, a Sunday, a public holiday.
    pub rests: bool,
}

/// What was counted in a whole hour of the past in which the jurisdiction was heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Past {
    /// Its kind.
    pub slot: Slot,
    /// What was counted.
    pub count: u64,
}

/// What is normal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Normal {
    /// Too little is known to say.
    TooLittle {
        /// Comparable hours that are known: fewer than [`ENOUGH`].
        hours: usize,
    },
    /// Such hours were like this.
    Known(Range),
}

/// How such hours were.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range {
    /// One hour in ten was at most this (10th percentile, nearest rank).
    pub low: u64,
    /// Half of the hours were at most this (median).
    pub typical: u64,
    /// Nine hours in ten were at most this (90th percentile).
    pub high: u64,
    /// How many hours it is taken from.
    pub hours: usize,
    /// The place in the calendar that they are from: another than asked for where too few are
    /// known of that one.
    pub of: Phase,
}

/// What is normal in an hour of this kind, by the past: hours at the same hour of the day, on the
/// same kind of day, at the same place in the calendar. Where fewer than [`ENOUGH`] of those are
/// known, hours of the time before an election or of ordinary time stand for them, and the range
/// says so.
///
/// Percentiles do not move by a few wild hours: an attack a month ago does not make the next one
/// look normal.
#[must_use]
pub fn normal(past: &[Past], now: Slot) -> Normal {
    let mut most = 0;
    for of in stand_ins(now.phase) {
        let slot = Slot { phase: *of, ..now };
        let alike = past.iter().filter(|one| one.slot == slot);
        let mut counts: Vec<u64> = alike.map(|one| one.count).collect();
        counts.sort_unstable();
        if counts.len() >= ENOUGH {
            return Normal::Known(Range {
                low: rank(&counts, 10),
                typical: rank(&counts, 50),
                high: rank(&counts, 90),
                hours: counts.len(),
                of: *of,
            });
        }
        most = most.max(counts.len());
    }
    Normal::TooLittle { hours: most }
}

/// How a count stands to what is normal.
///
/// The width of what is usual is the distance from the typical count to the 90th percentile, at
/// least a tenth of the typical count and at least five. A count is above when it is more than
/// two widths beyond the 90th percentile, and far above beyond ten.
#[must_use]
pub fn level(count: u64, normal: &Normal) -> Level {
    let Normal::Known(Range { typical, high, .. }) = normal else { return Level::Unknown };
    let width = high.saturating_sub(*typical).max(typical.div_ceil(PART)).max(FLOOR);
    let beyond = |widths: u64| count > high.saturating_add(width.saturating_mul(widths));
    if beyond(FAR) {
        Level::Far
    } else if beyond(ABOVE) {
        Level::Above
    } else {
        Level::Usual
    }
}

/// The places in the calendar whose hours are looked at, the best first.
const fn stand_ins(phase: Phase) -> &'static [Phase] {
    use Phase::{Before, Canvass, Day, Night, Ordinary};
    match phase {
        Ordinary => &[Ordinary, Before],
        Before => &[Before, Ordinary],
        Canvass => &[Canvass, Before, Ordinary],
        Night => &[Night, Before, Ordinary],
        Day => &[Day, Before, Ordinary],
    }
}

/// A percentile of sorted counts by nearest rank: the least count that so many in a hundred do not
/// exceed; 0 of none.
fn rank(sorted: &[u64], percent: usize) -> u64 {
    let place = sorted.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: Slot = Slot { phase: Phase::Before, hour: 12, rests: false };

    fn past(phase: Phase, counts: impl IntoIterator<Item = u64>) -> Vec<Past> {
        let slot = Slot { phase, ..NOON };
        counts.into_iter().map(|count| Past { slot, count }).collect()
    }

    fn any_past() -> impl Strategy<Value = Vec<Past>> {
        // Enough of them are alike for something to be known in most.
        let hour = prop_oneof![3 => Just(12_u8), 1 => Just(11)];
        let slot = (prop::sample::select(Phase::ALL.to_vec()), hour, prop::bool::weighted(0.2));
        let one = (slot, 0_u64..10_000).prop_map(|((phase, hour, rests), count)| Past {
            slot: Slot { phase, hour, rests },
            count,
        });
        prop::collection::vec(one, 0..160)
    }

    fn any_count() -> impl Strategy<Value = u64> {
        prop_oneof![3 => 0_u64..200_000, 1 => any::<u64>()]
    }

    proptest! {
        #[test]
        fn more_is_never_less(past in any_past(), a in 0_u64..200_000, b in any_count()) {
            let normal = normal(&past, NOON);
            prop_assert!(level(a.min(b), &normal) <= level(a.max(b), &normal));
        }

        #[test]
        fn the_order_of_the_past_says_nothing(past in any_past()) {
            let mut turned = past.clone();
            turned.reverse();
            prop_assert_eq!(normal(&past, NOON), normal(&turned, NOON));
            turned.sort_by_key(|one| (one.count, one.slot));
            prop_assert_eq!(normal(&past, NOON), normal(&turned, NOON));
        }

        /// The same shape in larger numbers is never judged less: it only leaves the floor behind.
        #[test]
        fn size_hides_nothing(past in any_past(), count in 0_u64..100_000, by in 2_u64..100) {
            let scaled: Vec<Past> =
                past.iter().map(|one| Past { count: one.count * by, ..*one }).collect();
            let (small, large) = (normal(&past, NOON), normal(&scaled, NOON));
            prop_assert!(level(count, &small) <= level(count * by, &large));
            if let (Normal::Known(small), Normal::Known(large)) = (small, large) {
                prop_assert_eq!(small.high * by, large.high);
                prop_assert_eq!((small.hours, small.of), (large.hours, large.of));
            }
        }

        #[test]
        fn the_range_is_of_what_was(past in any_past()) {
            match normal(&past, NOON) {
                Normal::TooLittle { hours } => prop_assert!(hours < ENOUGH),
                known @ Normal::Known(range) => {
                    prop_assert!(range.low <= range.typical && range.typical <= range.high);
                    prop_assert!(range.hours >= ENOUGH);
                    let slot = Slot { phase: range.of, ..NOON };
                    let alike = || past.iter().filter(|one| one.slot == slot);
                    prop_assert_eq!(alike().count(), range.hours);
                    // Of the hours themselves at most one in ten lies beyond the range.
                    let beyond = alike().filter(|one| one.count > range.high).count();
                    prop_assert!(beyond * 10 <= range.hours);
                    prop_assert_eq!(level(range.high, &known), Level::Usual);
                    prop_assert_eq!(level(u64::MAX, &known), Level::Far);
                }
            }
        }

        /// Hours at another time of day or on another kind of day say nothing.
        #[test]
        fn other_hours_say_nothing(past in any_past()) {
            let alike = |one: &&Past| (one.slot.hour, one.slot.rests) == (12, false);
            let only: Vec<Past> = past.iter().filter(alike).copied().collect();
            prop_assert_eq!(normal(&past, NOON), normal(&only, NOON));
        }
    }

    #[test]
    fn where_nothing_comes_one_is_no_alarm() {
        let nothing = normal(&past(Phase::Before, [0; 30]), NOON);
        assert_eq!(level(0, &nothing), Level::Usual);
        assert_eq!(level(10, &nothing), Level::Usual);
        assert_eq!(level(11, &nothing), Level::Above);
        assert_eq!(level(51, &nothing), Level::Far);
    }

    #[test]
    fn quieter_hours_stand_in_and_it_is_said() {
        let mut all = past(Phase::Before, 0..ENOUGH as u64);
        let day = Slot { phase: Phase::Day, ..NOON };
        all.extend(past(Phase::Day, [900; 3]));
        let Normal::Known(range) = normal(&all, day) else { panic!("too little") };
        assert_eq!((range.of, range.hours, range.typical, range.high), (Phase::Before, 10, 4, 8));
        all.extend(past(Phase::Day, [900; 7]));
        let Normal::Known(range) = normal(&all, day) else { panic!("too little") };
        assert_eq!((range.of, range.typical), (Phase::Day, 900));
        let few = past(Phase::Ordinary, [5; ENOUGH - 1]);
        assert_eq!(normal(&few, day), Normal::TooLittle { hours: 9 });
        assert_eq!(level(1_000_000, &normal(&few, day)), Level::Unknown);
    }

    /// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014): the same each time.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) % bound
        }
    }

    /// Judges each hour of the last eight weeks of sixteen by the sixty days before it; how many of
    /// them were above or far above.
    fn alarms(mut hour: impl FnMut(&mut Chance) -> u64, seed: u64) -> usize {
        let mut chance = Chance(seed);
        let slot = |at: usize| Slot {
            phase: Phase::Ordinary,
            hour: u8::try_from(at % 24).unwrap(),
            rests: (at / 24) % 7 >= 5,
        };
        let all: Vec<Past> =
            (0..16 * 7 * 24).map(|at| Past { slot: slot(at), count: hour(&mut chance) }).collect();
        let judged = (8 * 7 * 24..all.len()).map(|at| {
            let before = &all[at.saturating_sub(60 * 24)..at];
            level(all[at].count, &normal(before, slot(at)))
        });
        judged.filter(|level| *level > Level::Usual).count()
    }

    #[test]
    fn a_quiet_county_is_quiet() {
        // 50 counties for eight weeks each.
        let (mut calm, mut gusty) = (0, 0);
        for seed in 0..50 {
            calm += alarms(|chance| chance.below(4), seed);
            // The same, with a scan passing through one hour in fifty: 5 to 44 probes more.
            gusty += alarms(
                |chance| {
                    let gust = if chance.below(50) == 0 { 5 + chance.below(40) } else { 0 };
                    chance.below(4) + gust
                },
                seed,
            );
        }
        let weeks = 50.0 * 8.0;
        let a_week = |alarms: usize| f64::from(u32::try_from(alarms).unwrap()) / weeks;
        let (calm, gusty) = (a_week(calm), a_week(gusty));
        println!("false alarms a county and week: calm {calm:.2}, gusty {gusty:.2}");
        assert!(calm < 0.01, "{calm}");
        // 3.4 such hours a week: those that are seen are seen because something was there.
        assert!((1.0..3.4).contains(&gusty), "{gusty}");
    }
}
