//! How fast passwords and codes may be guessed, without ever locking out the one they belong to.
//!
//! Nothing is disabled after many failures: that would let anybody keep a clerk out on election
//! night by failing in the clerk's name. Instead attempts are slowed, by three counts for
//! strangers and one of its own for a device that its owner has signed in from before (the device
//! cookie of OWASP's "Slow Down Online Guessing Attacks with Device Cookies"). What strangers do
//! never reaches the count of a known device. An owner on a new device can be made to wait while an
//! attack lasts; a passkey is not guessed, so that it is not asked about here and always opens.
//!
//! NIST SP 800-63B-4 (section 3.2.2) would have an authenticator disabled after 100 failures in a
//! row. The desk bounds the guesses by time instead; the bounds of each [`Policy`] are stated with
//! it.
//!
//! Each count is a leaky bucket kept as one moment, that at which the bucket will have drained
//! (the generic cell rate algorithm of ITU-T I.371). Tables have a limit. Who is pushed out of a
//! full table leaves a debt that every newcomer inherits (as in Space-Saving; Metwally, Agrawal and
//! El Abbadi 2005): so a flood of names and networks can make strangers wait longer, and never
//! lets anybody guess faster.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::time::{MINUTE, SECOND};
use ward_kernel::{Addr, Net, Time};

/// Who tries to get into what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Key {
    /// The account by a keyed hash of the name as typed, whether there is such an account or not:
    /// answers must not tell.
    pub account: u64,
    /// The neighbourhood that the attempt comes from: [`neighbourhood`].
    pub network: Net,
    /// Whether it brings proof (a signed cookie) that this account was signed in to from the
    /// device before.
    pub device_known: bool,
}

/// The network that an address is counted under: /24 of IPv4, /48 of IPv6, which is what one
/// subscriber commonly gets.
#[must_use]
pub const fn neighbourhood(addr: Addr) -> Net {
    Net::of(addr, if addr.as_v4().is_some() { 24 } else { 48 })
}

/// What to do with an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer {
    /// Check it. It has been counted as a failure: say [`Throttle::succeeded`] if it was none.
    Go,
    /// Refuse it unchecked, right or wrong.
    Wait {
        /// Whole seconds, at least 1, after which the next may be checked.
        seconds: u64,
    },
}

impl Answer {
    /// To wait for so many microseconds.
    const fn wait(micros: i64) -> Self {
        let seconds = micros.saturating_add(SECOND - 1) / SECOND;
        Self::Wait { seconds: seconds.unsigned_abs() }
    }
}

/// A bucket: so many attempts at once, then one in each interval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// Attempts at once, at least 1.
    pub burst: u32,
    /// Microseconds for each attempt after that, at least 1.
    pub every: i64,
}

/// The rates of the four counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Of an account from its known devices.
    pub device: Rate,
    /// Of an account from one network, by strangers.
    pub pair: Rate,
    /// Of all accounts from one network, by strangers.
    pub network: Rate,
    /// Of an account from everywhere, by strangers.
    pub account: Rate,
    /// How many entries each of the four tables holds.
    pub entries: usize,
}

impl Policy {
    /// For passwords. All strangers together: 20 guesses, then 60 an hour, at an account whose
    /// password takes a hundred million guesses or more. One network: 30, then 180 an hour, at all
    /// accounts. An owner who mistypes ten times waits a minute for each further try.
    pub const PASSWORD: Self = Self {
        device: Rate { burst: 10, every: MINUTE },
        pair: Rate { burst: 5, every: 2 * MINUTE },
        network: Rate { burst: 30, every: 20 * SECOND },
        account: Rate { burst: 20, every: MINUTE },
        entries: 16_384,
    };

    /// For six-digit codes after the right password. Three of a million codes are right at any
    /// moment: strangers with the password, 48 guesses a day, need 13 years for an even chance.
    pub const SECOND_FACTOR: Self = Self {
        device: Rate { burst: 5, every: 5 * MINUTE },
        pair: Rate { burst: 5, every: 30 * MINUTE },
        network: Rate { burst: 30, every: MINUTE },
        account: Rate { burst: 5, every: 30 * MINUTE },
        entries: 16_384,
    };
}

/// Counts attempts. One for passwords and another for second factors, held in memory.
#[derive(Debug)]
pub struct Throttle {
    policy: Policy,
    devices: Table<u64>,
    pairs: Table<(u64, Net)>,
    networks: Table<Net>,
    accounts: Table<u64>,
}

impl Throttle {
    /// A throttle that has seen nothing yet.
    #[must_use]
    pub const fn new(policy: Policy) -> Self {
        Self {
            policy,
            devices: Table::new(policy.entries),
            pairs: Table::new(policy.entries),
            networks: Table::new(policy.entries),
            accounts: Table::new(policy.entries),
        }
    }

    /// Asks whether an attempt may be checked, and counts it if so: before it is checked, because
    /// a thousand that are sent at once would otherwise all be let through.
    pub fn ask(&mut self, key: Key, now: Time) -> Answer {
        let wait = if key.device_known {
            self.devices.wait(key.account, self.policy.device, now)
        } else {
            let pair = self.pairs.wait((key.account, key.network), self.policy.pair, now);
            let network = self.networks.wait(key.network, self.policy.network, now);
            pair.max(network).max(self.accounts.wait(key.account, self.policy.account, now))
        };
        if wait > 0 {
            return Answer::wait(wait);
        }
        if key.device_known {
            self.devices.charge(key.account, self.policy.device, now);
        } else {
            self.pairs.charge((key.account, key.network), self.policy.pair, now);
            self.networks.charge(key.network, self.policy.network, now);
            self.accounts.charge(key.account, self.policy.account, now);
        }
        Answer::Go
    }

    /// Says that an attempt that was let through was right; say it at once, with the same key.
    ///
    /// The failures of this account from this device or network are forgotten. Those of the whole
    /// network are not, or whoever has one account could wipe them by signing in to it; nor are
    /// those of strangers elsewhere. The attempt itself is taken back from both.
    pub fn succeeded(&mut self, key: Key) {
        if key.device_known {
            self.devices.forget(key.account);
        } else {
            self.pairs.forget((key.account, key.network));
            self.networks.refund(key.network, self.policy.network);
            self.accounts.refund(key.account, self.policy.account);
        }
    }

    /// How many entries it holds: at most four times [`Policy::entries`].
    #[must_use]
    pub fn entries(&self) -> usize {
        [self.devices.len(), self.pairs.len(), self.networks.len(), self.accounts.len()]
            .into_iter()
            .fold(0, usize::saturating_add)
    }
}

/// Counts what people do who are let in: so much at once, then at a pace, each for themselves.
#[derive(Debug)]
pub struct Pace {
    rate: Rate,
    table: Table<u64>,
}

impl Pace {
    /// A pace for so many people; who has been idle longest is forgotten first. A full table makes
    /// newcomers wait, never the other way round: give it more room than there are people.
    #[must_use]
    pub const fn new(rate: Rate, people: usize) -> Self {
        Self { rate, table: Table::new(people) }
    }

    /// Asks whether the next thing of somebody may be done, and counts it if so.
    pub fn ask(&mut self, who: u64, now: Time) -> Answer {
        let wait = self.table.wait(who, self.rate, now);
        if wait > 0 {
            return Answer::wait(wait);
        }
        self.table.charge(who, self.rate, now);
        Answer::Go
    }

    /// Takes back what was counted last: nothing came of it.
    pub fn take_back(&mut self, who: u64) {
        self.table.refund(who, self.rate);
    }

    /// How many people it holds in mind.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.table.len()
    }
}

/// Buckets by key: for each the moment, in microseconds, at which it will have drained.
#[derive(Debug)]
struct Table<K> {
    drained: BTreeMap<K, i64>,
    /// The same the other way round, so that the least is at hand.
    order: BTreeSet<(i64, K)>,
    limit: usize,
    /// The latest moment that was pushed out: what a key that is not here may owe.
    debt: i64,
}

impl<K: Copy + Ord> Table<K> {
    const fn new(limit: usize) -> Self {
        Self { drained: BTreeMap::new(), order: BTreeSet::new(), limit, debt: i64::MIN }
    }

    fn len(&self) -> usize {
        self.drained.len()
    }

    /// When this key's bucket will have drained, between now and the time that a full one takes:
    /// a clock that was set back must not make anybody wait for as long as it was wrong.
    fn level(&self, key: K, rate: Rate, now: Time) -> Time {
        let at = self.drained.get(&key).copied().unwrap_or(self.debt);
        let full = now.plus(rate.every.saturating_mul(rate.burst.into()));
        Time::from_micros(at).clamp(now, full)
    }

    /// Microseconds until one more attempt fits, 0 or less if it fits now; never more than
    /// `rate.every`.
    fn wait(&self, key: K, rate: Rate, now: Time) -> i64 {
        let room = rate.every.saturating_mul(i64::from(rate.burst).saturating_sub(1));
        self.level(key, rate, now).since(now).saturating_sub(room)
    }

    fn charge(&mut self, key: K, rate: Rate, now: Time) {
        let at = self.level(key, rate, now).plus(rate.every).micros();
        self.forget(key);
        if self.drained.len() >= self.limit
            && let Some((least, of)) = self.order.pop_first()
        {
            self.drained.remove(&of);
            self.debt = self.debt.max(least);
        }
        self.drained.insert(key, at);
        self.order.insert((at, key));
    }

    fn refund(&mut self, key: K, rate: Rate) {
        if let Some(at) = self.drained.get_mut(&key) {
            self.order.remove(&(*at, key));
            *at = at.saturating_sub(rate.every);
            self.order.insert((*at, key));
        }
    }

    fn forget(&mut self, key: K) {
        if let Some(at) = self.drained.remove(&key) {
            self.order.remove(&(at, key));
        }
    }
}
