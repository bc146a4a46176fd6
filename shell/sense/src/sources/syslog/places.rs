//! Who holds how many connections: one machine must not be able to shut the others out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most connections at a time of one listener.
pub(super) const ALL: usize = 512;
/// Most connections of one address; of IPv6, of one /64, which one machine can use whole.
pub(super) const OF_ONE: usize = 32;

/// The connections of one listener.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection's place, given back when dropped.
pub(super) struct Place {
    places: Places,
    whose: IpAddr,
}

impl Places {
    /// A place.
    ///
    /// # Errors
    /// Says which limit is reached.
    pub(super) fn take(&self, peer: IpAddr) -> Result<Place, String> {
        let whose = network(peer);
        let mut held = self.held();
        if held.values().sum::<usize>() >= ALL {
            return Err(format!("more than {ALL} connections, some are refused"));
        }
        let own = held.entry(whose).or_default();
        if *own >= OF_ONE {
            return Err(format!("more than {OF_ONE} connections from {peer}, some are refused"));
        }
        *own += 1;
        drop(held);
        Ok(Place { places: self.clone(), whose })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        let left = held.get(&self.whose).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            held.remove(&self.whose);
        } else {
            held.insert(self.whose, left);
        }
    }
}

fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_shuts_nobody_out() {
        let places = Places::default();
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let beside: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let mut held: Vec<_> = (0..OF_ONE).map(|_| places.take(one).ok().unwrap()).collect();
        assert!(places.take(beside).is_err_and(|why| why.contains("2001:db8::2")));
        assert!(places.take(other).is_ok());
        held.pop();
        assert!(places.take(beside).is_ok());
        drop(held);
        assert!(places.held().is_empty());
    }

    #[test]
    fn all_together_have_a_limit() {
        let places = Places::default();
        let address = |n: usize| IpAddr::from([192, 0, 2, u8::try_from(n / OF_ONE).unwrap()]);
        let held: Vec<_> = (0..ALL).map(|n| places.take(address(n)).ok().unwrap()).collect();
        assert!(places.take("198.51.100.1".parse().unwrap()).is_err());
        drop(held);
    }
}
