//! Everything that is remembered of one source.

use ward_records::Touch;

use super::alerts::Alerts;
use super::contacts::Flows;
use super::logins::Logins;
use super::touched::Standing;
use super::web::{Exploit, Seen, Web};
use super::witness::Witness;

/// Everything that is remembered of one source; what it never did takes no room.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Source {
    /// First record, seconds.
    pub first: u32,
    /// Last record, seconds.
    pub last: u32,
    /// Records.
    pub records: u32,
    /// Failed contacts that had been folded before the source came back.
    pub folded: u8,
    /// Whether it belongs to a research scanner that is known by name.
    pub known: bool,
    /// What the last judgements said of it.
    pub standing: Standing,
    /// What it did on the network.
    pub flows: Option<Box<Flows>>,
    /// What it did to sign in.
    pub logins: Option<Box<Logins>>,
    /// What it asked of web sites, by the sites' own logs.
    pub(super) web_logged: Option<Box<Web>>,
    /// What it asked of web sites, as seen on the wire.
    pub(super) web_seen: Option<Box<Web>>,
    /// What intrusion detection systems said of it.
    pub alerts: Option<Box<Alerts>>,
}

impl Source {
    /// Counts a record at a time.
    pub fn seen(&mut self, at: u32) {
        if self.records == 0 {
            (self.first, self.last) = (at, at);
        }
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        self.records = self.records.saturating_add(1);
    }

    /// What it asked of web sites. Where the site's log and a sensor on the wire saw the same
    /// requests they count once: by the witness that saw the heavier shape, then the more
    /// exploits; the log, whose lines a person can read, when they agree.
    #[must_use]
    pub fn web(&self) -> Option<&Web> {
        let weight = |web: &Web| {
            let exploits: u64 = web.exploits().map(|exploit| u64::from(exploit.count)).sum();
            (web.exploits().map(|exploit| exploit.shape).max(), exploits, web.requests)
        };
        match (self.web_logged.as_deref(), self.web_seen.as_deref()) {
            (Some(logged), Some(seen)) if weight(seen) > weight(logged) => Some(seen),
            (logged, seen) => logged.or(seen),
        }
    }

    /// All exploits, whoever saw them.
    pub fn exploits(&self) -> impl Iterator<Item = &Exploit> {
        let both = [&self.web_logged, &self.web_seen];
        both.into_iter().flatten().flat_map(|web| web.exploits())
    }

    /// Adds a web request.
    pub fn request(&mut self, seen: &Seen, witness: Witness) {
        let web = if witness.is_wire() { &mut self.web_seen } else { &mut self.web_logged };
        web.get_or_insert_default().add(seen);
    }

    /// Takes in what another worker saw of the same source.
    pub fn merge(&mut self, other: Self) {
        if self.records == 0 {
            (self.first, self.last) = (other.first, other.last);
        } else if other.records > 0 {
            self.first = self.first.min(other.first);
            self.last = self.last.max(other.last);
        }
        self.records = self.records.saturating_add(other.records);
        self.folded = self.folded.saturating_add(other.folded);
        self.known |= other.known;
        join(&mut self.flows, other.flows, Flows::merge);
        join(&mut self.logins, other.logins, Logins::merge);
        join(&mut self.web_logged, other.web_logged, Web::merge);
        join(&mut self.web_seen, other.web_seen, Web::merge);
        join(&mut self.alerts, other.alerts, Alerts::merge);
    }

    /// Whether the source may be folded when memory is short: at most `failures` of its contacts
    /// failed, or hardly any beside those that were answered, and it asked for at most `requests`
    /// pages with nothing wrong about them.
    #[must_use]
    pub fn is_faint(&self, failures: usize, requests: u32) -> bool {
        let flows = self.flows.as_ref().is_none_or(|flows| {
            let all = flows.contacts().len();
            let failed = flows.contacts().filter(|c| c.touch == Touch::Failed).count();
            failed + usize::from(self.folded) <= failures || failed * 5 <= all
        });
        let web = self.web().is_none_or(|web| {
            web.requests <= requests && web.exploits().len() == 0 && web.missing <= 1
        });
        flows && web && self.logins.is_none() && self.alerts.is_none()
    }

    /// Bytes, roughly, that the source takes beside its place in the table.
    #[must_use]
    pub fn heap(&self) -> usize {
        let boxed = |size: usize, heap: usize| size + heap + 32;
        self.flows.as_ref().map_or(0, |it| boxed(size_of::<Flows>(), it.heap()))
            + self.logins.as_ref().map_or(0, |it| boxed(size_of::<Logins>(), it.heap()))
            + self.web_logged.as_ref().map_or(0, |it| boxed(size_of::<Web>(), it.heap()))
            + self.web_seen.as_ref().map_or(0, |it| boxed(size_of::<Web>(), it.heap()))
            + self.alerts.as_ref().map_or(0, |it| boxed(size_of::<Alerts>(), it.heap()))
    }
}

fn join<T>(mine: &mut Option<Box<T>>, theirs: Option<Box<T>>, merge: fn(&mut T, T)) {
    match (mine.as_mut(), theirs) {
        (Some(mine), Some(theirs)) => merge(mine, *theirs),
        (None, theirs) => *mine = theirs,
        (Some(_), None) => {}
    }
}
