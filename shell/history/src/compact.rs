//! Making one file of a day's many.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::History;
use crate::manifest::{Part, day_folder, shown, unfinished_name};
use crate::merge::{Failed, merge};
use crate::{Error, Problem};

/// Files that are merged at a time: each holds a page of every column in memory meanwhile.
const FAN_IN: usize = 32;

/// What a compaction did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Compacted {
    /// Files of the day before.
    pub before: usize,
    /// Files of the day after; 1 if none is damaged.
    pub after: usize,
    /// Files that cannot be read. They stay as they are, and so do their neighbours' ranges.
    pub problems: Vec<Problem>,
}

impl History {
    /// Merges the files of one day (days since 1970-01-01), also while more are to come. Hunts go
    /// on meanwhile. After a crash either the old files count or the new one.
    ///
    /// # Errors
    /// If the new file or the manifest cannot be written. Then the old ones count.
    pub fn compact(&mut self, day: i32) -> Result<Compacted, Error> {
        self.usable()?;
        let mut compacted = Compacted { before: self.parts(day).len(), ..Compacted::default() };
        let mut damaged = BTreeSet::new();
        while let Some(run) = next_run(&self.parts(day), &damaged) {
            match merge(&self.disk, &self.root, day, &run) {
                Ok(part) => self.replace(day, &run, part)?,
                Err(Failed::Target(why)) => {
                    let _ = self.sweep_unfinished(day, &run);
                    return Err(why);
                }
                Err(Failed::Source(place, why)) => {
                    let Some(part) = run.get(place) else { break };
                    damaged.insert(part.from);
                    let file = shown(day, &part.name());
                    compacted.problems.push(Problem { file, why: why.to_string() });
                    self.sweep_unfinished(day, &run)?;
                }
            }
        }
        compacted.after = self.parts(day).len();
        Ok(compacted)
    }

    fn parts(&self, day: i32) -> Vec<Part> {
        self.manifest.days.get(&day).cloned().unwrap_or_default()
    }

    fn replace(&mut self, day: i32, run: &[Part], part: Part) -> Result<(), Error> {
        self.disk.sync_folder(&day_folder(&self.root, day))?;
        let mut manifest = self.manifest.clone();
        let parts = manifest.days.entry(day).or_default();
        parts.retain(|old| !run.contains(old));
        parts.push(part);
        parts.sort_by_key(|part| part.from);
        self.commit(manifest)?;
        self.remove(&BTreeMap::from([(day, run.to_vec())]))?;
        Ok(())
    }

    fn sweep_unfinished(&self, day: i32, run: &[Part]) -> Result<(), Error> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(()) };
        let name = unfinished_name(first.from, last.to);
        self.disk.remove(&day_folder(&self.root, day).join(name))
    }
}

/// The next files to merge: at most [`FAN_IN`] neighbours, the smallest first, so that a large file
/// is not written again for every few small ones. None if no two healthy files are neighbours.
fn next_run(parts: &[Part], damaged: &BTreeSet<u64>) -> Option<Vec<Part>> {
    parts
        .split(|part| damaged.contains(&part.from))
        .flat_map(|run| run.chunks(FAN_IN))
        .filter(|run| run.len() > 1)
        .min_by_key(|run| run.iter().map(|part| part.bytes).fold(0, u64::saturating_add))
        .map(<[Part]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_neighbours_only() {
        let part = |from: u64, bytes| Part { from, to: from, bytes, ..Part::default() };
        let parts: Vec<_> = (1..=5).map(|from| part(from, 100 - from)).collect();
        let run = |damaged: &[u64]| {
            next_run(&parts, &damaged.iter().copied().collect())
                .map(|run| run.iter().map(|part| part.from).collect::<Vec<_>>())
        };
        assert_eq!(run(&[]), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(run(&[3]), Some(vec![4, 5]));
        assert_eq!(run(&[2, 4]), None);
    }
}
