//! A source's efforts to sign in.

use std::cmp::Ordering;

use ward_kernel::hash;
use ward_records::{LoginResult, Trace};

use super::place::Place;
use crate::sketch::{Entry, Sample};

/// Failed efforts of one source that are kept one by one; the rest is counted.
pub const FAILED_LIMIT: usize = 512;
/// Successes of one source that are kept one by one.
pub const SUCCESS_LIMIT: usize = 1024;
/// Connection ends of one source that are kept one by one.
pub const CLOSING_LIMIT: usize = 128;

/// One effort, or several that look the same to the second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// When, seconds.
    pub at: u32,
    /// The source's port; 0 when unknown.
    pub port: u16,
    /// How it ended.
    pub result: LoginResult,
    /// The service: an index into [`SERVICES`].
    pub service: u8,
    /// What kind of line tells of it.
    pub form: Form,
    /// Hash of the account's name.
    pub account: u64,
    /// How many efforts look just like this one.
    pub count: u32,
    /// Where the first of them stands.
    pub place: Place,
}

/// What kind of line tells of an effort.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Form {
    /// The service's own verdict on a password.
    #[default]
    Verdict,
    /// The end of a connection that never signed in: it may have offered a key, or nothing.
    Closing,
    /// Let in by a key: no guess can end that way.
    Key,
}

/// The services that marks know; others count as the last.
pub const SERVICES: [&str; 8] = ["ssh", "web", "windows", "rdp", "ftp", "vpn", "firewall", "other"];

/// The index of a service in [`SERVICES`].
#[must_use]
pub fn service_index(name: &str) -> u8 {
    let at = SERVICES.iter().position(|known| *known == name).unwrap_or(SERVICES.len() - 1);
    u8::try_from(at).unwrap_or(0)
}

impl Mark {
    fn key(&self) -> (u32, u16, LoginResult, u8, Form, u64) {
        (self.at, self.port, self.result, self.service, self.form, self.account)
    }

    fn hash(&self) -> u64 {
        let small = u64::from(self.at) << 32
            | u64::from(self.port) << 16
            | u64::from(self.service) << 8
            | self.result as u64;
        hash::mix(small ^ self.account)
    }
}

impl Entry for Mark {
    fn rank(&self) -> u64 {
        self.hash()
    }

    fn tie(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }

    fn join(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.place = self.place.min(other.place);
    }
}

/// What one source did to sign in. One effort leaves several lines; `verdicts`, `closings` and
/// `library` count the same efforts as three witnesses, so the largest of them is the number of
/// efforts: it never counts one twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Logins {
    failed: Sample<Mark>,
    closed: Sample<Mark>,
    succeeded: Sample<Mark>,
    /// Failures by the service's own verdict.
    pub verdicts: u64,
    /// Connections that ended without a sign-in.
    pub closings: u64,
    /// Failures by the word of a library underneath.
    pub library: u64,
    /// Successes.
    pub successes: u64,
    /// Whether some failures had to stay out: those kept are then a sample.
    pub sampled: bool,
}

impl Logins {
    /// Adds one line of an effort.
    pub fn add(&mut self, mark: Mark, trace: Trace) {
        let count = u64::from(mark.count);
        if mark.result == LoginResult::Succeeded {
            self.successes = self.successes.saturating_add(count);
            self.succeeded.add(mark, SUCCESS_LIMIT);
            return;
        }
        match trace {
            Trace::Verdict => {
                self.verdicts = self.verdicts.saturating_add(count);
                self.sampled |= self.failed.add(mark, FAILED_LIMIT);
            }
            Trace::Closing => {
                self.closings = self.closings.saturating_add(count);
                self.closed.add(mark, CLOSING_LIMIT);
            }
            Trace::Library => self.library = self.library.saturating_add(count),
            Trace::Remark => {}
        }
    }

    /// Takes in what another worker saw of the same source.
    pub fn merge(&mut self, other: Self) {
        self.verdicts = self.verdicts.saturating_add(other.verdicts);
        self.closings = self.closings.saturating_add(other.closings);
        self.library = self.library.saturating_add(other.library);
        self.successes = self.successes.saturating_add(other.successes);
        self.sampled |= other.sampled;
        self.sampled |= self.failed.merge(other.failed, FAILED_LIMIT);
        self.closed.merge(other.closed, CLOSING_LIMIT);
        self.succeeded.merge(other.succeeded, SUCCESS_LIMIT);
    }

    /// How many efforts failed.
    #[must_use]
    pub fn efforts(&self) -> u64 {
        self.verdicts.max(self.closings).max(self.library)
    }

    /// The failures that are kept, in order of time: verdicts, and ends of connections that left
    /// no verdict (servers that take keys only write none).
    #[must_use]
    pub fn failures(&self) -> Vec<Mark> {
        let mut marks: Vec<Mark> = self.failed.iter().copied().collect();
        let spoken = |end: &Mark| {
            self.failed.iter().any(|verdict| {
                verdict.account == end.account
                    && verdict.port == end.port
                    && verdict.at.abs_diff(end.at) <= 600
            })
        };
        if self.verdicts < self.closings {
            marks.extend(self.closed.iter().filter(|end| !spoken(end)));
        }
        marks.sort_unstable_by_key(|mark| (mark.at, mark.key(), mark.place));
        marks
    }

    /// The successes that are kept, in order of time.
    #[must_use]
    pub fn wins(&self) -> Vec<Mark> {
        let mut marks: Vec<Mark> = self.succeeded.iter().copied().collect();
        marks.sort_unstable_by_key(|mark| (mark.at, mark.key(), mark.place));
        marks
    }

    /// The successes that are kept, in no order of time.
    pub fn successes_kept(&self) -> impl Iterator<Item = &Mark> {
        self.succeeded.iter()
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.failed.heap() + self.closed.heap() + self.succeeded.heap()
    }
}
