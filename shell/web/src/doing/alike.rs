//! Cases like one that people closed before: what was decided then is worth knowing now.

use std::collections::BTreeSet;

use ward_kernel::{Addr, Net};
use ward_live::Kept;
use ward_store::cases::{self, Filed};
use ward_store::{Error, Link};

use super::cases::Body;

/// Closed cases that are compared.
const READ: i64 = 100;
/// Cases that are shown.
const SHOWN: usize = 5;
/// Things in common that are named.
const NAMED: usize = 3;

/// A case of before, and what it has in common with the one of now.
pub(crate) struct Alike {
    pub(crate) filed: Filed,
    /// Networks and targets, the first few.
    pub(crate) shares: Vec<String>,
}

/// The newest closed cases of the same list and kind that came from the same networks or aimed at
/// the same targets.
///
/// # Errors
/// Those of the store.
pub(crate) async fn alike(link: Link<'_>, case: &Kept) -> Result<Vec<Alike>, Error> {
    let own = marks(case);
    let closed = cases::closed_alike(link, case, READ).await?;
    let alike = closed.into_iter().filter_map(|filed| {
        let other = marks(&filed.case);
        let shares: Vec<String> = own.intersection(&other).take(NAMED).cloned().collect();
        (!shares.is_empty()).then_some(Alike { filed, shares })
    });
    Ok(alike.take(SHOWN).collect())
}

/// By what a case is known again: the networks of its sources, and what it aimed at.
fn marks(case: &Kept) -> BTreeSet<String> {
    let networks = case.sources.iter().map(|source| network(*source).to_string());
    networks.chain(Body::of(case).targets).collect()
}

/// What a household or a small hoster has of addresses: whoever comes back comes back from there.
fn network(source: Addr) -> Net {
    Net::of(source, if source.as_v4().is_some() { 24 } else { 64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_a_neighbourhood() {
        for (source, net) in [("192.0.2.7", "192.0.2.0/24"), ("2001:db8::7", "2001:db8::/64")] {
            assert_eq!(network(source.parse().unwrap()).to_string(), net);
        }
    }
}
