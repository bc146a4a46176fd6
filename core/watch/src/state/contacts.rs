//! Who a source got in touch with: one entry for each (host, port, protocol), exact to
//! [`LIMIT`], a sample with estimates beyond.

use std::cmp::Ordering;

use ward_kernel::{Addr, hash};
use ward_records::{Flow, Touch};

use super::place::Place;
use super::witness::{Seen, Witness};
use crate::sketch::{Entry, Hll, Sample};

/// Contacts of one source that are kept exactly.
pub const LIMIT: usize = 256;

/// One (host, port, protocol) that a source touched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Contact {
    target: [u64; 2],
    /// When it was first touched, seconds.
    pub first: u32,
    /// Destination port (ICMP: type and code).
    pub port: u16,
    /// IANA protocol number.
    pub protocol: u8,
    /// The best that ever came of it: a client whose first try failed and whose second was
    /// answered found what it was looking for.
    pub touch: Touch,
}

impl Contact {
    /// The contact that a flow makes.
    #[must_use]
    pub fn of(flow: &Flow, first: u32) -> Self {
        let bits = flow.target.bits();
        #[expect(clippy::cast_possible_truncation, reason = "the number is cut into two halves")]
        let target = [(bits >> 64) as u64, bits as u64];
        Self { target, first, port: flow.port, protocol: flow.protocol, touch: flow.touch }
    }

    /// The host touched.
    #[must_use]
    pub fn target(&self) -> Addr {
        Addr::from_bits(u128::from(self.target[0]) << 64 | u128::from(self.target[1]))
    }

    fn host_hash(&self) -> u64 {
        hash::mix(self.target[0].rotate_left(32) ^ self.target[1])
    }

    fn service_hash(&self) -> u64 {
        hash::mix(u64::from(self.port) << 8 | u64::from(self.protocol))
    }

    fn hash(&self) -> u64 {
        hash::mix(self.host_hash() ^ self.service_hash().rotate_left(1))
    }
}

impl Entry for Contact {
    fn rank(&self) -> u64 {
        self.hash()
    }

    fn tie(&self, other: &Self) -> Ordering {
        (self.target, self.port, self.protocol).cmp(&(other.target, other.port, other.protocol))
    }

    fn join(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.touch = self.touch.max(other.touch);
    }
}

/// Estimates for a source that touched more than is kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Beyond {
    all: Hll,
    hosts: Hll,
    services: Hll,
}

impl Beyond {
    fn add(&mut self, contact: &Contact) {
        self.all.add(contact.hash());
        self.hosts.add(contact.host_hash());
        self.services.add(contact.service_hash());
    }
}

/// What one source did on the network.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Flows {
    contacts: Sample<Contact>,
    beyond: Option<Box<Beyond>>,
    /// Contacts that failed, repeats included.
    failed: Seen<u32>,
    /// Contacts that were opened or answered, repeats included.
    pub answered: u32,
    /// Records that are no evidence either way.
    pub aside: u32,
    /// Fingerprints of tools seen (bit `n` for mark `n`, the last bit for larger ones).
    pub marks: u32,
    /// The first and the last record that failed: time in seconds and place.
    pub ends: Option<[(u32, Place); 2]>,
}

impl Flows {
    /// Adds one flow.
    pub fn add(&mut self, flow: &Flow, at: u32, place: Place, witness: Witness) {
        self.marks |= 1_u32.checked_shl(flow.mark).unwrap_or(1 << 31) & !1;
        match flow.touch {
            Touch::Aside | Touch::Unknown => {
                self.aside = self.aside.saturating_add(1);
                return;
            }
            Touch::Failed => {
                self.failed.add(witness);
                self.widen((at, place), (at, place));
            }
            Touch::Opened | Touch::Answered => self.answered = self.answered.saturating_add(1),
        }
        if !flow.target.is_special() {
            self.insert(Contact::of(flow, at));
        }
    }

    /// Adds an outward contact of a machine of ours that nobody answered: kept to see whether it
    /// scans others, never counted as a probe.
    pub fn unanswered(&mut self, flow: &Flow, at: u32) {
        self.aside = self.aside.saturating_add(1);
        if !flow.target.is_special() {
            self.insert(Contact::of(flow, at));
        }
    }

    fn insert(&mut self, contact: Contact) {
        self.contacts.add(contact, LIMIT);
        if let Some(beyond) = &mut self.beyond {
            beyond.add(&contact);
        } else if self.contacts.len() >= LIMIT {
            let mut beyond = Box::<Beyond>::default();
            self.contacts.iter().for_each(|held| beyond.add(held));
            beyond.add(&contact);
            self.beyond = Some(beyond);
        }
    }

    fn widen(&mut self, first: (u32, Place), last: (u32, Place)) {
        self.ends = Some(match self.ends {
            None => [first, last],
            Some([a, b]) => [a.min(first), b.max(last)],
        });
    }

    /// Takes in what another worker saw of the same source.
    pub fn merge(&mut self, other: Self) {
        self.failed.merge(&other.failed);
        self.answered = self.answered.saturating_add(other.answered);
        self.aside = self.aside.saturating_add(other.aside);
        self.marks |= other.marks;
        if let Some([first, last]) = other.ends {
            self.widen(first, last);
        }
        if let Some(theirs) = other.beyond {
            let mine = self.beyond.get_or_insert_with(|| {
                let mut beyond = Box::<Beyond>::default();
                self.contacts.iter().for_each(|held| beyond.add(held));
                beyond
            });
            mine.all.merge(&theirs.all);
            mine.hosts.merge(&theirs.hosts);
            mine.services.merge(&theirs.services);
        }
        for contact in other.contacts.iter() {
            self.insert(*contact);
        }
    }

    /// How many contacts failed, repeats included.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.failed.count()
    }

    /// The contacts that are kept.
    pub fn contacts(&self) -> impl ExactSizeIterator<Item = &Contact> {
        self.contacts.iter()
    }

    /// Distinct contacts, hosts and services (port and protocol); estimates beyond [`LIMIT`].
    #[must_use]
    pub fn distinct(&self) -> Distinct {
        if let Some(beyond) = &self.beyond {
            return Distinct {
                contacts: beyond.all.count(),
                hosts: beyond.hosts.count(),
                services: beyond.services.count(),
                exact: false,
            };
        }
        let count = |mut hashes: Vec<u64>| {
            hashes.sort_unstable();
            hashes.dedup();
            hashes.len() as u64
        };
        Distinct {
            contacts: self.contacts.len() as u64,
            hosts: count(self.contacts.iter().map(Contact::host_hash).collect()),
            services: count(self.contacts.iter().map(Contact::service_hash).collect()),
            exact: true,
        }
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.contacts.heap() + self.beyond.as_ref().map_or(0, |_| 3 * 1024 + 48)
    }
}

/// How many different things a source touched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Distinct {
    /// Distinct (host, port, protocol).
    pub contacts: u64,
    /// Distinct hosts.
    pub hosts: u64,
    /// Distinct (port, protocol).
    pub services: u64,
    /// Whether the numbers are exact.
    pub exact: bool,
}
