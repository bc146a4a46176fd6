//! Totals by hour, for charts and for the numbers of the page.

use std::collections::BTreeMap;

use super::witness::Seen;

/// What happened in one hour, all sensors together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct HourCount {
    /// Records.
    pub records: u64,
    /// Failed contacts.
    pub probes: Seen<u64>,
    /// Failed sign-ins (verdicts).
    pub failed_logins: u64,
    /// Successful sign-ins.
    pub logins: u64,
    /// Web requests.
    pub requests: Seen<u64>,
    /// Requests shaped as exploits.
    pub exploits: Seen<u64>,
    /// Alerts.
    pub alerts: u64,
}

impl HourCount {
    /// Adds another's numbers.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.probes.merge(&other.probes);
        self.failed_logins += other.failed_logins;
        self.logins += other.logins;
        self.requests.merge(&other.requests);
        self.exploits.merge(&other.exploits);
        self.alerts += other.alerts;
    }
}

/// Hours (since the epoch) and what happened in them; the one last written is kept at hand.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    done: BTreeMap<i64, HourCount>,
    open: i64,
    count: HourCount,
}

/// Hours that are kept; hostile stamps all over the calendar fall into the last of them.
const LIMIT: usize = 100_000;

impl Hours {
    /// The counts of an hour, to add to.
    pub fn at(&mut self, hour: i64) -> &mut HourCount {
        if hour != self.open {
            self.close();
            self.open = hour;
        }
        &mut self.count
    }

    fn close(&mut self) {
        if self.count == HourCount::default() {
            return;
        }
        let count = std::mem::take(&mut self.count);
        let hour = if self.done.len() < LIMIT || self.done.contains_key(&self.open) {
            self.open
        } else {
            self.done.last_key_value().map_or(self.open, |(hour, _)| *hour)
        };
        self.done.entry(hour).or_default().add(&count);
    }

    /// Takes in another worker's hours.
    pub fn merge(&mut self, mut other: Self) {
        self.close();
        other.close();
        for (hour, count) in other.done {
            self.done.entry(hour).or_default().add(&count);
        }
    }

    /// All hours in order.
    #[must_use]
    pub fn all(&self) -> BTreeMap<i64, HourCount> {
        let mut copy = self.clone();
        copy.close();
        copy.done
    }
}
