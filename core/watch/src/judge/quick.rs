//! The quick judgement: only sources of which something came that could make or raise a case.
//!
//! It is the same judges over a smaller docket, so what it names the whole judgement names too,
//! with the same id. What differs, until the whole judgement comes:
//!
//! - It knows no aggregates: floods, efforts spread over many sources, shared-out scans and scans
//!   out of one IPv6 network. A member of one of these shows alone or not at all; where the last
//!   whole judgement had counted a scanner into a group it is left there.
//! - A slow exploit that many sources share shows as a case of its own source; the whole judgement
//!   folds the cases of five sources and more into one.
//! - Who has scanned before is as of the last whole judgement, with the sources looked at now
//!   added: a case that leans on it can be gone with the next whole one, where later records
//!   explained the scan. That a machine called an account unknown, or that an account signs in
//!   elsewhere, is known at once but does not by itself bring back a source that was looked at
//!   before.
//! - Where more sources scan than are listed as cases, it names no further ones: which touched most
//!   is for the whole judgement to say.
//! - A case that is known is not told again because it grew: only a success after failures, an
//!   exploit that was welcomed and what might be its call out, a grave alert and a clock are.
//! - `related` links only the cases of the same quick judgement.

use std::collections::BTreeSet;

use ward_kernel::{Addr, Rung};

use super::FileInfo;
use super::docket::Docket;
use super::draft::{Court, Draft, Family};
use super::story::{Homes, World};
use super::{alerts, beacon, finish, scan, single_logins, single_scans, stuffing, web};
use crate::report::Case;
use crate::state::Engine;
use crate::state::touched::Told;

/// Sources that one quick judgement looks at: those that tried something, and those that only
/// looked. The others wait for the next.
const EFFORTS: usize = 4_096;
const LOOKS: usize = 2_048;

/// What the last whole judgement found that a quick one leans on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lore {
    /// From where each account has signed in.
    pub(super) homes: Homes,
    /// Sources that are known to scan.
    pub(super) scanners: BTreeSet<Addr>,
    /// Members of shared-out scans.
    pub(super) grouped: BTreeSet<Addr>,
    /// Whether more sources scan than are listed as cases.
    pub(super) unlisted: bool,
    /// Sources of which some case tells.
    told: BTreeSet<Addr>,
}

/// Accounts whose homes are noted between two whole judgements.
const HOMES: usize = 100_000;

impl Lore {
    /// An account signed in from an address.
    pub(crate) fn home(&mut self, account: u64, addr: Addr) {
        if self.homes.len() < HOMES || self.homes.contains_key(&account) {
            self.homes.entry(account).or_default().insert(addr);
        }
    }
}

impl Engine {
    /// Judges the sources of which something came since the last look that could make a case or
    /// raise one: at most some thousands of them, those that tried something first. Returns their
    /// cases; it says nothing of others. `files` is by file number.
    ///
    /// The whole judgement, [`Engine::judge`], is meant to follow now and then.
    pub fn judge_touched(&mut self, files: &[FileInfo]) -> Vec<Case> {
        let (mut taken, called) = self.touched.take(EFFORTS, LOOKS);
        if taken.is_empty() && called.is_empty() {
            return Vec::new();
        }
        taken.sort_unstable();
        taken.dedup();
        for addr in &taken {
            if let Some(source) = self.tables.sources.get_mut(addr) {
                source.standing.seen();
            }
        }
        let mut lore = std::mem::take(&mut self.lore);
        let court = Court { config: &self.config, tables: &self.tables };
        let held = taken.iter().filter_map(|addr| court.tables.sources.get_key_value(addr));
        let docket = Docket::of(held);
        let mut drafts = drafts(&court, &docket, &called, &mut lore);
        let told: Vec<(Addr, Told)> = drafts.iter().flat_map(tells).collect();
        if lore.unlisted {
            drafts.retain(|draft| draft.family != Family::Scan || draft.rung > Rung::Scan);
        }
        let cases = finish::cases(&court, files, drafts);
        self.lore = lore;
        self.tell(told);
        cases
    }

    /// Whether the last whole judgement found more sources that scan than it lists as cases: that
    /// one is missing says nothing of it.
    #[must_use]
    pub const fn has_unlisted(&self) -> bool {
        self.lore.unlisted
    }

    /// Whether a quick judgement would have anything to look at.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Notes what a whole judgement found, and that all was looked at.
    pub(super) fn settle(&mut self, lore: Lore, told: Vec<(Addr, Told)>) {
        let before = std::mem::replace(&mut self.lore, lore);
        for addr in &before.told {
            if let Some(source) = self.tables.sources.get_mut(addr) {
                source.standing.untell();
            }
        }
        for addr in self.touched.clear() {
            if let Some(source) = self.tables.sources.get_mut(&addr) {
                source.standing.seen();
            }
        }
        self.tell(told);
    }

    fn tell(&mut self, told: Vec<(Addr, Told)>) {
        for (addr, family) in told {
            if let Some(source) = self.tables.sources.get_mut(&addr) {
                source.standing.tell(family);
                self.lore.told.insert(addr);
            }
        }
    }
}

/// The sources of a draft and the family that tells of them.
pub(super) fn tells(draft: &Draft) -> impl Iterator<Item = (Addr, Told)> {
    let family = match draft.family {
        Family::Scan => Some(Told::Scan),
        Family::Login => Some(Told::Login),
        Family::Web => Some(Told::Web),
        Family::Alert => Some(Told::Alert),
        // They are told by target, not by source.
        Family::Flood | Family::Beacon => None,
    };
    family.into_iter().flat_map(|family| draft.sources.iter().map(move |addr| (*addr, family)))
}

/// The judges that look at one source at a time, over the sources of a docket.
fn drafts(
    court: &Court<'_>,
    docket: &Docket<'_>,
    called: &BTreeSet<Addr>,
    lore: &mut Lore,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let actors = scan::single(docket);
    let actors = actors.iter().map(|actor| (actor, lore.grouped.contains(&actor.first)));
    single_scans(court, actors, &mut drafts, &mut lore.scanners);
    let is_scanner = |addr| lore.scanners.contains(&addr);
    for world in World::ALL {
        single_logins(court, docket, &lore.homes, &is_scanner, world, &mut drafts);
    }
    stuffing(docket, &mut drafts);
    drafts.extend(web::judge(court, docket, &is_scanner));
    if !called.is_empty() {
        drafts.extend(beacon::judge(court, |target| called.contains(target)));
    }
    alerts(court, docket, &mut drafts);
    drafts
}
