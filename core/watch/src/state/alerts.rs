//! What intrusion detection systems said of one source.

use std::cmp::Ordering;

use ward_kernel::{Addr, hash};

use super::place::Place;
use crate::sketch::{Entry, Sample};

/// Rules of one source that are kept.
const RULES: usize = 32;

/// One rule and how often the source set it off.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// The rule's number; 0 when it has none.
    pub number: u64,
    /// The rule's words.
    pub signature: Box<str>,
    /// The rule's class; may be empty.
    pub category: Box<str>,
    /// 1 (worst) to 4.
    pub severity: u8,
    /// How often.
    pub count: u32,
    /// How often the sensor stopped it.
    pub blocked: u32,
    /// Who it was aimed at first.
    pub target: Addr,
    /// The first: seconds and place.
    pub first: (u32, Place),
    /// The last.
    pub last: (u32, Place),
}

impl Rule {
    fn key(&self) -> (u64, &str) {
        (self.number, &self.signature)
    }
}

impl Entry for Rule {
    /// The worst severities first: a flood of small alerts never crowds out a grave one.
    fn rank(&self) -> u64 {
        let words = hash::join(self.number, hash::bytes(self.signature.as_bytes()));
        u64::from(self.severity) << 56 | words >> 8
    }

    fn tie(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }

    fn join(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.blocked = self.blocked.saturating_add(other.blocked);
        if other.first < self.first {
            self.first = other.first;
            self.target = other.target;
        }
        self.last = self.last.max(other.last);
    }
}

/// What intrusion detection systems said of one source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Alerts {
    rules: Sample<Rule>,
    /// Alerts in all.
    pub count: u64,
}

impl Alerts {
    /// Adds one alert.
    pub fn add(&mut self, rule: Rule) {
        self.count = self.count.saturating_add(u64::from(rule.count));
        self.rules.add(rule, RULES);
    }

    /// Takes in what another worker saw of the same source.
    pub fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.rules.merge(other.rules, RULES);
    }

    /// The rules, gravest first.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter()
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.rules.heap() + self.rules.len() * 96
    }
}
