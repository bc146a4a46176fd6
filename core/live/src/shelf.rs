//! The cases of one scope, found by their sources and by what the engine called them.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::Addr;

use crate::{Kept, Standing};

/// The cases of one scope by their sources and by what the engine called them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    by_source: BTreeMap<Addr, Ids>,
    by_judged: BTreeMap<String, Ids>,
    open: BTreeSet<String>,
    /// Open cases of scans, as counted at the last whole judgement, and those opened since.
    pub(crate) scans: usize,
}

impl Shelf {
    /// Puts a case where it is found: an open one by its sources too, a closed one only by the
    /// engine's name for it.
    pub(crate) fn put(&mut self, kept: &Kept) {
        let id = kept.id.as_str();
        self.by_judged.entry(kept.judged_id.clone()).or_default().insert(id);
        if kept.standing == Standing::Open {
            self.open.insert(id.to_owned());
            for source in &kept.sources {
                self.by_source.entry(*source).or_default().insert(id);
            }
        }
    }

    /// Takes a case away, as it was put.
    pub(crate) fn take(&mut self, kept: &Kept) {
        remove(&mut self.by_judged, &kept.judged_id, &kept.id);
        if self.open.remove(&kept.id) {
            for source in &kept.sources {
                remove(&mut self.by_source, source, &kept.id);
            }
        }
    }

    /// Open cases that have one of the sources.
    pub(crate) fn with_any<'s>(&'s self, sources: &[Addr]) -> BTreeSet<&'s str> {
        let found = sources.iter().filter_map(|source| self.by_source.get(source));
        found.flat_map(|ids| &ids.0).map(String::as_str).collect()
    }

    /// Cases that the engine called so, open or not.
    pub(crate) fn called(&self, judged_id: &str) -> impl Iterator<Item = &str> {
        self.by_judged.get(judged_id).into_iter().flat_map(|ids| &ids.0).map(String::as_str)
    }

    /// All open cases.
    pub(crate) fn open(&self) -> impl Iterator<Item = &str> {
        self.open.iter().map(String::as_str)
    }
}

/// Some ids in their order. Nearly every source has one case: a tree for each would weigh more
/// than the rest of the shelf.
#[derive(Clone, Debug, Default)]
struct Ids(Vec<String>);

impl Ids {
    fn insert(&mut self, id: &str) {
        if let Err(at) = self.find(id) {
            if self.0.is_empty() {
                self.0.reserve_exact(1);
            }
            self.0.insert(at, id.to_owned());
        }
    }

    fn remove(&mut self, id: &str) {
        if let Ok(at) = self.find(id) {
            self.0.remove(at);
        }
    }

    fn find(&self, id: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|one| one.as_str().cmp(id))
    }
}

fn remove<K: Ord>(map: &mut BTreeMap<K, Ids>, key: &K, id: &str) {
    if let Some(ids) = map.get_mut(key) {
        ids.remove(id);
        if ids.0.is_empty() {
            map.remove(key);
        }
    }
}
