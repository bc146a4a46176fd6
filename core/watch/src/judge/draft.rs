//! A case being written: what the judges of one family hand to the desk that finishes them.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use ward_kernel::words::grouped as number;
use ward_kernel::{Addr, Net, Rung};

use crate::config::Config;
use crate::state::contacts::Contact;
use crate::state::{Place, Tables};

/// Families of cases: one source has at most one case of each.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Family {
    /// Scans of the network.
    Scan,
    /// Efforts to sign in.
    Login,
    /// Exploits and probes of web sites.
    Web,
    /// Floods.
    Flood,
    /// The word of intrusion detection systems.
    Alert,
    /// Calls from inside.
    Beacon,
}

/// Targets of a scan that are named.
const NAMED: usize = 24;

/// What a case aims at; put into words only where it is shown.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Target {
    /// A machine's port and protocol.
    Service(Addr, u16, u8),
    /// A path, a form, a machine in words.
    Words(String),
}

/// A case being written.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Its family.
    pub family: Family,
    /// Its rung.
    pub rung: Rung,
    /// Its kind.
    pub kind: &'static str,
    /// One line for the page.
    pub title: String,
    /// Who.
    pub sources: BTreeSet<Addr>,
    /// Networks that stand for many sources.
    pub networks: Vec<Net>,
    /// Accounts (hashes).
    pub accounts: BTreeSet<u64>,
    /// What was aimed at, and how often.
    pub targets: BTreeMap<Target, u64>,
    /// The machines aimed at, for jurisdictions.
    pub machines: BTreeSet<Addr>,
    /// How many distinct targets, when more than are listed.
    pub target_count: u64,
    /// First record, seconds.
    pub first: u32,
    /// Last record, seconds.
    pub last: u32,
    /// Records.
    pub records: u64,
    /// Why this rung.
    pub because: Vec<String>,
    /// Records to show: seconds, place, what they show.
    pub evidence: Vec<(u32, Place, &'static str)>,
}

impl Draft {
    /// An empty case.
    #[must_use]
    pub(super) fn new(family: Family, rung: Rung, kind: &'static str) -> Self {
        Self {
            family,
            rung,
            kind,
            title: String::new(),
            sources: BTreeSet::new(),
            networks: Vec::new(),
            accounts: BTreeSet::new(),
            targets: BTreeMap::new(),
            machines: BTreeSet::new(),
            target_count: 0,
            first: u32::MAX,
            last: 0,
            records: 0,
            because: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Widens the case's span.
    pub(super) fn spans(&mut self, first: u32, last: u32) {
        self.first = self.first.min(first);
        self.last = self.last.max(last);
    }

    /// Counts hits on a target.
    pub(super) fn aims(&mut self, target: String, hits: u64) {
        *self.targets.entry(Target::Words(target)).or_insert(0) += hits;
    }

    /// Counts a contact with a machine. Scans touch thousands: the first few are named.
    pub(super) fn touches(&mut self, court: &Court<'_>, contact: &Contact) {
        let target = Target::Service(contact.target(), contact.port, contact.protocol);
        *self.targets.entry(target).or_insert(0) += 1;
        if self.targets.len() > NAMED {
            self.targets.pop_last();
        }
        self.spans(contact.first, contact.first);
        if court.config.asset_at(contact.target()).is_some() {
            self.machines.insert(contact.target());
        }
    }

    /// Adds a sentence.
    pub(super) fn because(&mut self, sentence: impl Into<String>) {
        self.because.push(sentence.into());
    }
}

/// What all judges look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Court<'a> {
    /// What the office told.
    pub config: &'a Config,
    /// What the engine remembers.
    pub tables: &'a Tables,
}

impl Court<'_> {
    /// A machine as a person would name it.
    #[must_use]
    pub(super) fn machine(&self, addr: Addr) -> String {
        match self.config.asset_at(addr) {
            Some(asset) => format!("{} ({addr})", asset.name),
            None => addr.to_string(),
        }
    }

    /// An account's name.
    pub(super) fn account(&self, account: u64) -> String {
        match self.tables.accounts.get(&account).map(|held| held.name.as_ref()) {
            Some("") => "an account without a name".to_owned(),
            Some(name) => name.to_owned(),
            None => format!("#{account:016x}"),
        }
    }

    /// Failures on an account, by all sources.
    pub(super) fn failures_of(&self, account: u64) -> u64 {
        self.tables.accounts.get(&account).map_or(0, |held| held.failed)
    }

    /// A target in words: `198.51.100.10:22`, `[2001:db8::1]:161/udp`, `198.51.100.10 icmp echo`;
    /// a port without a protocol is TCP's.
    #[must_use]
    pub(super) fn words(&self, target: &Target) -> String {
        match target {
            Target::Service(addr, port, protocol) => {
                let machine = match self.config.asset_at(*addr) {
                    None if addr.as_v4().is_none() => format!("[{addr}]"),
                    _ => self.machine(*addr),
                };
                match protocol {
                    6 => format!("{machine}:{port}"),
                    17 => format!("{machine}:{port}/udp"),
                    _ => format!("{machine} {}", port_label(*port, *protocol)),
                }
            }
            Target::Words(words) => words.clone(),
        }
    }
}

/// A port as people write it: `22/tcp`, `icmp echo`.
#[must_use]
pub(super) fn port_label(port: u16, protocol: u8) -> String {
    match protocol {
        6 => format!("{port}/tcp"),
        17 => format!("{port}/udp"),
        1 if port >> 8 == 8 => "icmp echo".to_owned(),
        58 if port >> 8 == 128 => "icmpv6 echo".to_owned(),
        1 | 58 => format!("icmp type {}", port >> 8),
        other => format!("{port}/ip-{other}"),
    }
}

/// `1 source`, `3 sources`.
#[must_use]
pub(super) fn count(n: u64, one: &str) -> String {
    let plural = match one {
        "address" => "addresses",
        "try" => "tries",
        "guess" => "guesses",
        "query" => "queries",
        _ => "",
    };
    match (n, plural) {
        (1, _) => format!("1 {one}"),
        (_, "") => format!("{} {one}s", number(n)),
        (_, plural) => format!("{} {plural}", number(n)),
    }
}

/// A length of time as people say it: `40 s`, `12 min`, `3 h`, `2 days`.
#[must_use]
pub(super) fn duration(secs: u64) -> String {
    match secs {
        0..120 => format!("{secs} s"),
        120..7_200 => format!("{} min", (secs + 30) / 60),
        7_200..172_800 => format!("{} h", (secs + 1_800) / 3_600),
        _ => format!("{} days", (secs.saturating_add(43_200)) / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(number(0), "0");
        assert_eq!(number(103_412), "103,412");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(count(1, "source"), "1 source");
        assert_eq!(count(2, "try"), "2 tries");
        assert_eq!(duration(7_300), "2 h");
    }
}
