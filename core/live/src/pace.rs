//! When to judge a scope whole: often when that is cheap, seldom when it is dear.

use std::collections::BTreeMap;

use ward_kernel::Time;
use ward_kernel::time::SECOND;

/// Chooses which scope is judged whole next, so that whole judgements take no more than a share of
/// the time, and one scope after the other: the longest wait of a record is then that for one
/// scope, not for all.
///
/// Moments are any clock's that only goes on.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Of so many moments one may be spent on judging.
    one_in: i64,
    least: i64,
    next: Time,
    judged: BTreeMap<String, Time>,
}

impl Default for Pace {
    /// A twentieth of the time, and no scope more often than every two seconds.
    fn default() -> Self {
        Self::new(20, 2 * SECOND)
    }
}

impl Pace {
    /// At most one moment in `one_in` is spent on whole judgements, and a scope is judged no more
    /// often than every `least` microseconds.
    #[must_use]
    pub const fn new(one_in: i64, least: i64) -> Self {
        Self { one_in, least, next: Time::from_micros(i64::MIN), judged: BTreeMap::new() }
    }

    /// The stale scope to judge now: the one that waited longest. `None` while none may be.
    #[must_use]
    pub fn choose(&self, stale: &[String], now: Time) -> Option<String> {
        if now < self.next {
            return None;
        }
        let last = |scope: &&String| self.judged.get(*scope).copied();
        let due = |scope: &&String| last(scope).is_none_or(|at| now.since(at) >= self.least);
        stale.iter().filter(due).min_by_key(last).cloned()
    }

    /// A scope was judged whole, from one moment to another.
    pub fn judged(&mut self, scope: &str, from: Time, to: Time) {
        let took = to.since(from).max(0);
        self.next = to.plus(took.saturating_mul(self.one_in.saturating_sub(1)));
        self.judged.insert(scope.to_owned(), to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_time_and_each_in_turn() {
        let scopes = ["state".to_owned(), "adair".to_owned(), "clark".to_owned()];
        let mut pace = Pace::default();
        let (mut now, mut spent) = (Time::default(), 0);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for _ in 0..60_000 {
            now = now.plus(10_000);
            if let Some(scope) = pace.choose(&scopes, now) {
                let took = if scope == "state" { 300_000 } else { 5_000 };
                *counts.entry(scope.clone()).or_default() += 1;
                spent += took;
                pace.judged(&scope, now, now.plus(took));
                now = now.plus(took);
            }
        }
        assert!(spent * 19 < now.micros(), "{spent} of {now:?}");
        let least = counts.values().min().unwrap();
        assert!(counts.len() == 3 && *least > 50, "{counts:?}");
    }

    #[test]
    fn nothing_stale_nothing_judged() {
        assert_eq!(Pace::default().choose(&[], Time::default()), None);
    }
}
