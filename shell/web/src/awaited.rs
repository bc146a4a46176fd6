//! Who has gone to a provider and is awaited back. In memory alone, bounded, and good for one
//! return of the browser that went.

use std::collections::BTreeMap;

use ward_access::throttle::{Policy, Rate};
use ward_kernel::time::{MINUTE, SECOND};
use ward_kernel::{Net, Time};

/// How long somebody is awaited, in microseconds: they may have to find a phone.
pub(crate) const PATIENCE: i64 = 10 * MINUTE;
/// As many are awaited, about half a kilobyte each.
const MOST: usize = 4096;
/// As many from one network, so that no stranger makes the desk forget everybody else.
const PER_NETWORK: usize = 256;

/// How often one network may begin without coming back well. A sign-in that succeeds costs
/// nothing, so that an office behind one address is not kept waiting.
const EACH: Rate = Rate { burst: 60, every: 10 * SECOND };
/// The policy of the throttle that counts journeys: by network, whatever the account.
pub(crate) const POLICY: Policy =
    Policy { device: EACH, pair: EACH, network: EACH, account: EACH, entries: 16_384 };

/// Somebody's journey to a provider.
pub(crate) struct Journey {
    /// Which of the desk's providers.
    pub(crate) provider: usize,
    /// What the provider's side wants back. Secret.
    pub(crate) kept: Vec<u8>,
    /// The page of the desk to go on to.
    pub(crate) then: String,
    /// When it began.
    pub(crate) begun: Time,
    /// Where from.
    pub(crate) network: Net,
}

/// The journeys under way, by the hash of the secret in the browser's cookie.
#[derive(Default)]
pub(crate) struct Awaited(BTreeMap<[u8; 32], Journey>);

impl Awaited {
    /// Awaits somebody. When there are too many, whoever went first is forgotten.
    pub(crate) fn add(&mut self, hash: [u8; 32], journey: Journey) {
        let now = journey.begun;
        self.0.retain(|_, journey| is_awaited(journey, now));
        let from_there = self.0.values().filter(|one| one.network == journey.network).count();
        if from_there >= PER_NETWORK {
            self.forget_first(|one| one.network == journey.network);
        } else if self.0.len() >= MOST {
            self.forget_first(|_| true);
        }
        self.0.insert(hash, journey);
    }

    /// The journey of whoever is back; it is forgotten by that.
    pub(crate) fn take(&mut self, hash: &[u8; 32], now: Time) -> Option<Journey> {
        self.0.remove(hash).filter(|journey| is_awaited(journey, now))
    }

    fn forget_first(&mut self, of: impl Fn(&Journey) -> bool) {
        let those = self.0.iter().filter(|(_, journey)| of(journey));
        let first = those.min_by_key(|(_, journey)| journey.begun).map(|(hash, _)| *hash);
        if let Some(hash) = first {
            self.0.remove(&hash);
        }
    }
}

/// A clock that was set back ends a journey as one that has run on does.
fn is_awaited(journey: &Journey, now: Time) -> bool {
    (0..PATIENCE).contains(&now.since(journey.begun))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(begun: i64, network: &str) -> Journey {
        Journey {
            provider: 0,
            kept: vec![1],
            then: "/".to_owned(),
            begun: Time::from_secs(begun),
            network: network.parse().unwrap(),
        }
    }

    fn hash(number: usize) -> [u8; 32] {
        crate::keys::hashed(&number.to_le_bytes())
    }

    #[test]
    fn a_journey_ends_once_and_in_time() {
        let mut awaited = Awaited::default();
        for (number, took, is_there) in
            [(1, 0, true), (2, 599, true), (3, 600, false), (4, -1, false)]
        {
            awaited.add(hash(number), journey(1000, "192.0.2.0/24"));
            let now = Time::from_secs(1000 + took);
            assert_eq!(awaited.take(&hash(number), now).is_some(), is_there, "{took}");
            assert!(awaited.take(&hash(number), now).is_none(), "a second time");
        }
    }

    #[test]
    fn strangers_push_out_their_own() {
        let mut awaited = Awaited::default();
        awaited.add(hash(0), journey(1000, "192.0.2.0/24"));
        for number in 1..=PER_NETWORK + 1 {
            awaited.add(hash(number), journey(1001, "198.51.100.0/24"));
        }
        assert_eq!(awaited.0.len(), PER_NETWORK + 1);
        for number in 0..MOST * 2 {
            let network = format!("10.{}.{}.0/24", number / 256 % 256, number % 256);
            awaited.add(hash(10_000 + number), journey(1002, &network));
            assert!(awaited.0.len() <= MOST);
        }
        // What has run out makes room before anybody is pushed out.
        awaited.add(hash(1), journey(1700, "192.0.2.0/24"));
        assert_eq!(awaited.0.len(), 1);
    }
}
