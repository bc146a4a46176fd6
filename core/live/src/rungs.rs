//! The highest rungs of the state's cases, for sightings.

use std::collections::BTreeMap;

use ward_kernel::{Addr, Rung};
use ward_watch::report::Case;

use crate::sightings::Key;

/// The highest rung of each source and account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rungs {
    sources: BTreeMap<Addr, Rung>,
    accounts: BTreeMap<String, Rung>,
}

impl Rungs {
    pub(crate) fn add(&mut self, cases: &[Case]) {
        for case in cases.iter().filter(|case| case.authorised.is_none()) {
            for source in &case.sources {
                let held = self.sources.entry(*source).or_insert(case.rung);
                *held = (*held).max(case.rung);
            }
            for account in &case.accounts {
                let held = self.accounts.entry(account.clone()).or_insert(case.rung);
                *held = (*held).max(case.rung);
            }
        }
    }

    pub(crate) fn of(&self, key: Key<'_>) -> Option<Rung> {
        match key {
            Key::Address(addr) => self.sources.get(&addr).copied(),
            Key::Account(name) => self.accounts.get(name).copied(),
        }
    }
}
