//! Sources of which something came that could make or raise a case, since somebody last looked.
//!
//! What only makes a known case longer is left out: it waits for the next whole judgement.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::Addr;

/// Sources of each kind that are kept; what comes beyond waits for the whole judgement.
const LIMIT: usize = 16_384;
/// Attackers whose exploits were answered with success that are kept.
const WORKED: usize = 4_096;
/// Outside addresses called on a clock that are kept.
const CALLED: usize = 256;

/// How much a touch may weigh.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weight {
    /// It looked once more: a scan at most, or a door that it keeps coming back to.
    Look,
    /// It tried something.
    Effort,
}

impl Weight {
    const fn bit(self) -> u8 {
        match self {
            Self::Look => 1,
            Self::Effort => 2,
        }
    }
}

/// Families of cases that a source stands in by the last judgement of it, and the lists in which
/// it waits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    told: u8,
    waits: u8,
}

impl Standing {
    /// Whether a case of the family tells of the source.
    #[must_use]
    pub const fn is_told(self, family: Told) -> bool {
        self.told & family as u8 != 0
    }

    /// A case of the family tells of the source.
    pub const fn tell(&mut self, family: Told) {
        self.told |= family as u8;
    }

    /// No case tells of the source any more.
    pub const fn untell(&mut self) {
        self.told = 0;
    }

    /// Marks the source as waiting; false when it waits already.
    pub const fn wait(&mut self, weight: Weight) -> bool {
        let fresh = self.waits & weight.bit() == 0;
        self.waits |= weight.bit();
        fresh
    }

    /// The source waits no more.
    pub const fn seen(&mut self) {
        self.waits = 0;
    }
}

/// Families of cases of which a source can be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Told {
    /// Scans, and returns to a closed door.
    Scan = 1,
    /// Efforts to sign in.
    Login = 2,
    /// Exploits and probes of web sites.
    Web = 4,
    /// Alerts of intrusion detection systems.
    Alert = 8,
}

/// What waits to be looked at.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    efforts: Vec<Addr>,
    looks: Vec<Addr>,
    called: BTreeSet<Addr>,
    worked: BTreeMap<Addr, Option<Addr>>,
}

impl Touched {
    /// Adds a source; returns whether there was room.
    pub fn add(&mut self, source: Addr, weight: Weight) -> bool {
        let list = match weight {
            Weight::Look => &mut self.looks,
            Weight::Effort => &mut self.efforts,
        };
        let room = list.len() < LIMIT;
        if room {
            list.push(source);
        }
        room
    }

    /// Adds an outside address that is called as if by a clock.
    pub fn call(&mut self, target: Addr) {
        if self.called.len() < CALLED {
            self.called.insert(target);
        }
    }

    /// Remembers an attacker whose exploit was answered with success, and the machine that was
    /// asked.
    pub fn worked(&mut self, attacker: Addr, server: Option<Addr>) {
        if self.worked.len() < WORKED || self.worked.contains_key(&attacker) {
            let held = self.worked.entry(attacker).or_insert(server);
            *held = server.or(*held);
        }
    }

    /// Attackers for whom the first call of a machine of ours to an address matters.
    #[must_use]
    pub fn concerned(&self, caller: Addr, called: Addr) -> Vec<Addr> {
        let whom = self
            .worked
            .iter()
            .filter(|(attacker, server)| **attacker == called || **server == Some(caller));
        whom.map(|(attacker, _)| *attacker).collect()
    }

    /// Takes at most so many sources, efforts first, and all addresses called.
    pub fn take(&mut self, efforts: usize, looks: usize) -> (Vec<Addr>, BTreeSet<Addr>) {
        let mut taken: Vec<Addr> = self.efforts.drain(..efforts.min(self.efforts.len())).collect();
        taken.extend(self.looks.drain(..looks.min(self.looks.len())));
        (taken, std::mem::take(&mut self.called))
    }

    /// All was looked at; returns the sources that waited.
    pub fn clear(&mut self) -> Vec<Addr> {
        self.called.clear();
        let mut all = std::mem::take(&mut self.efforts);
        all.append(&mut self.looks);
        all
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.efforts.is_empty() && self.looks.is_empty() && self.called.is_empty()
    }
}
