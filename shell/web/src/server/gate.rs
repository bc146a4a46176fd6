//! How many may come in at a time, and how many from one network.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The gate: it never waits, it lets in or turns away.
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    most: usize,
    per_network: usize,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    /// At most as many entries as there are connections.
    networks: HashMap<IpAddr, usize>,
}

/// A place inside, given back when dropped.
pub(super) struct Place {
    gate: Arc<Inner>,
    network: Option<IpAddr>,
}

impl Gate {
    pub(super) fn new(most: usize, per_network: usize) -> Self {
        Self(Arc::new(Inner { most, per_network, inside: Mutex::default() }))
    }

    /// A place for a connection from this address; `None` when there is none left for it.
    pub(super) fn enter(&self, from: IpAddr) -> Option<Place> {
        let network = network(from);
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.all >= self.0.most {
            return None;
        }
        if let Some(network) = network {
            let here = inside.networks.entry(network).or_default();
            if *here >= self.0.per_network {
                return None;
            }
            *here = here.saturating_add(1);
        }
        inside.all = inside.all.saturating_add(1);
        Some(Place { gate: Arc::clone(&self.0), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.gate.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.all = inside.all.saturating_sub(1);
        let Some(network) = self.network else { return };
        if let Some(here) = inside.networks.get_mut(&network) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                inside.networks.remove(&network);
            }
        }
    }
}

/// What is counted as one: an IPv4 address, an IPv6 /64, of which one subscriber has all. A proxy
/// on this machine brings everybody, so loopback is not counted.
fn network(from: IpAddr) -> Option<IpAddr> {
    match from.to_canonical() {
        from if from.is_loopback() => None,
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Some(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
        }
        four @ IpAddr::V4(_) => Some(four),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_networks_and_gives_places_back() {
        let gate = Gate::new(4, 2);
        let enter = |from: &str| gate.enter(from.parse().unwrap());
        let a = enter("198.51.100.7").unwrap();
        let _b = enter("::ffff:198.51.100.7").unwrap();
        assert!(enter("198.51.100.7").is_none());
        drop(a);
        let _a = enter("198.51.100.7").unwrap();
        let _c = enter("2001:db8::1").unwrap();
        let d = enter("2001:db8::2").unwrap();
        assert!(enter("127.0.0.1").is_none(), "four are inside");
        drop(d);
        let _e = enter("127.0.0.1").unwrap();
        assert!(enter("2001:db8::3").is_none());
        let inside = gate.0.inside.lock().unwrap();
        assert_eq!((inside.all, inside.networks.len()), (4, 2));
    }
}
