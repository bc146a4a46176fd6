//! Cases whose latest numbers are held back, so that a busy one is not written all the time.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::time::{MINUTE, SECOND};
use ward_kernel::{Rung, Time};

/// How often a growing case is written: attempts and above, and scans.
const ATTEMPT_EVERY: i64 = 5 * SECOND;
const SCAN_EVERY: i64 = MINUTE;
/// Between two growing cases of a sort that are written: a storm of tens of thousands must neither
/// keep the store busy with their numbers nor push what is new off the first page.
const ATTEMPT_STEP: i64 = SECOND / 20;
const SCAN_STEP: i64 = SECOND / 50;
/// Scans that are written before a stop; what the others lack, the next start writes.
const LAST_SCANS: usize = 2_000;
/// Growing cases come twice a second, so that many are written together.
const LOOK: i64 = SECOND / 2;

/// Cases that wait to be written again, in the order in which they were written last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting {
    /// Where each is found below: whether it is a scan, and when it was written.
    places: BTreeMap<String, (bool, Time)>,
    attempts: Queue,
    scans: Queue,
}

impl Waiting {
    /// A case waits that was written at a moment.
    pub(crate) fn put(&mut self, id: &str, rung: Rung, written: Time) {
        let scan = rung == Rung::Scan;
        if self.places.get(id) == Some(&(scan, written)) {
            return;
        }
        self.take(id);
        self.queue(scan).cases.insert((written, id.to_owned()));
        self.places.insert(id.to_owned(), (scan, written));
    }

    /// A case waits no more.
    pub(crate) fn take(&mut self, id: &str) {
        if let Some((scan, written)) = self.places.remove(id) {
            self.queue(scan).cases.remove(&(written, id.to_owned()));
        }
    }

    fn queue(&mut self, scan: bool) -> &mut Queue {
        if scan { &mut self.scans } else { &mut self.attempts }
    }

    /// What is written before a stop: attempts and above, and the scans that waited longest.
    pub(crate) fn last(&self) -> Vec<String> {
        let scans = self.scans.cases.iter().take(LAST_SCANS);
        self.attempts.cases.iter().chain(scans).map(|(_, id)| id.clone()).collect()
    }

    /// Those that may be written now; they wait no more.
    pub(crate) fn due(&mut self, now: Time) -> Vec<String> {
        let mut due = self.attempts.due(now, ATTEMPT_EVERY, ATTEMPT_STEP);
        due.extend(self.scans.due(now, SCAN_EVERY, SCAN_STEP));
        for id in &due {
            self.places.remove(id);
        }
        due
    }
}

/// Cases of one sort.
#[derive(Clone, Debug, Default)]
struct Queue {
    cases: BTreeSet<(Time, String)>,
    /// Until when they have used their share of the time up.
    used: Option<Time>,
}

impl Queue {
    fn due(&mut self, now: Time, every: i64, step: i64) -> Vec<String> {
        let mut due = Vec::new();
        let beat = now.plus(-now.micros().rem_euclid(LOOK));
        // What was not used for a second is lost: they come evenly, not all at once.
        let begin = beat.plus(-SECOND);
        let used = self.used.filter(|used| *used <= beat.plus(SECOND));
        let mut used = used.unwrap_or(begin).max(begin);
        while used <= beat {
            let Some(id) = self.pop(now, beat.plus(-every)) else { break };
            due.push(id);
            used = used.plus(step);
        }
        self.used = Some(used);
        due
    }

    /// The one that waited longest, if it was written by then. A clock that was set back holds
    /// nothing up.
    fn pop(&mut self, now: Time, by: Time) -> Option<String> {
        if self.cases.last().is_some_and(|(written, _)| *written > now) {
            return self.cases.pop_last().map(|(_, id)| id);
        }
        let is_due = self.cases.first().is_some_and(|(written, _)| *written <= by);
        if is_due { self.cases.pop_first().map(|(_, id)| id) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Time {
        Time::from_secs(1_793_736_000 + secs)
    }

    #[test]
    fn attempts_soon_scans_later_and_none_twice() {
        let mut waiting = Waiting::default();
        waiting.put("a", Rung::Attempt, at(0));
        waiting.put("s", Rung::Scan, at(0));
        waiting.put("s", Rung::Scan, at(0));
        waiting.put("b", Rung::Access, at(3));
        assert_eq!(waiting.due(at(4)), Vec::<String>::new());
        assert_eq!(waiting.due(at(5)), ["a"]);
        assert_eq!(waiting.due(at(8)), ["b"]);
        assert_eq!(waiting.last(), ["s"]);
        assert_eq!(waiting.due(at(60)), ["s"]);
        assert_eq!(waiting.due(at(600)), Vec::<String>::new());
        waiting.put("a", Rung::Attempt, at(600));
        waiting.take("a");
        assert_eq!(waiting.due(at(700)), Vec::<String>::new());
    }

    #[test]
    fn a_storm_of_scans_comes_evenly() {
        let mut waiting = Waiting::default();
        for n in 0..1_000 {
            waiting.put(&format!("s{n}"), Rung::Scan, at(0));
        }
        waiting.put("a", Rung::Attempt, at(55));
        let mut second = |secs| {
            let begin = at(secs);
            let tenths = (0..10).map(|tenth| begin.plus(tenth * SECOND / 10));
            tenths.map(|now| waiting.due(now).len()).sum::<usize>()
        };
        second(60);
        for secs in 61..79 {
            assert!((49..=52).contains(&second(secs)), "{secs}");
        }
        assert!(waiting.last().len() < 80, "{}", waiting.last().len());
    }

    #[test]
    fn a_clock_set_back_holds_nothing_up() {
        let mut waiting = Waiting::default();
        waiting.put("a", Rung::Attempt, at(100));
        waiting.put("s", Rung::Scan, at(100));
        waiting.due(at(101));
        assert_eq!(waiting.due(at(0)), ["a", "s"]);
    }
}
