//! Writing down what became of cases: the case, its step, the raw records that it stands on.
//!
//! A flood can make cases by the ten thousand within a second. They are written a part at a time,
//! the gravest first, so that judging goes on in between.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use ward_kernel::Rung;
use ward_live::{Book, Change, Standing, Turn, Witnessed};
use ward_store::{Audit, Store, cases, evidence, notices};

use super::notices::case_event;
use super::sealer::Sealer;

/// Entries that one commit takes.
const TOGETHER: usize = 64;

/// How long writing may take before judging goes on.
const A_WHILE: Duration = Duration::from_millis(200);

/// Scopes that have news.
type Scopes = BTreeSet<String>;

/// What waits to be written: the gravest cases first, the steps of one case in their order.
#[derive(Default)]
pub(super) struct Waiting {
    entries: BTreeMap<Reverse<Rung>, VecDeque<Entry>>,
    /// Under which rung a case's entries wait, and how many.
    places: HashMap<String, (Rung, usize)>,
    sealer: Sealer,
}

impl Waiting {
    /// Adds what became of cases.
    pub(super) fn add(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            let case = &entry.change.case;
            let place = self.places.entry(case.id.clone()).or_insert((case.rung, 0));
            let (before, count) = *place;
            *place = (before.max(case.rung), count.saturating_add(1));
            let rung = place.0;
            if count > 0 && rung > before {
                self.lift(&case.id, before, rung);
            }
            self.entries.entry(Reverse(rung)).or_default().push_back(entry);
        }
    }

    /// What waits of a case that has become graver waits with the graver.
    fn lift(&mut self, id: &str, from: Rung, to: Rung) {
        let Some(waiting) = self.entries.remove(&Reverse(from)) else { return };
        let (its, others): (VecDeque<Entry>, VecDeque<Entry>) =
            waiting.into_iter().partition(|entry| entry.change.case.id == id);
        if !others.is_empty() {
            self.entries.insert(Reverse(from), others);
        }
        self.entries.entry(Reverse(to)).or_default().extend(its);
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Writes for a while; the scopes of what was written.
    ///
    /// # Errors
    /// Those of the store; what was not written still waits.
    pub(super) async fn write(&mut self, store: &Store, book: &mut Book) -> anyhow::Result<Scopes> {
        let begun = Instant::now();
        let mut wrote = Scopes::new();
        while !self.is_empty() && (wrote.is_empty() || begun.elapsed() < A_WHILE) {
            let entries: Vec<&Entry> = self.entries.values().flatten().take(TOGETHER).collect();
            write(store, &mut self.sealer, &entries).await?;
            settle(book, &entries);
            wrote.extend(entries.iter().map(|entry| entry.change.case.scope.clone()));
            let count = entries.len();
            self.done(count);
        }
        if self.is_empty() {
            self.sealer = Sealer::default();
        }
        Ok(wrote)
    }

    /// The first so many are written.
    fn done(&mut self, count: usize) {
        for _ in 0..count {
            let Some(mut first) = self.entries.first_entry() else { return };
            let written = first.get_mut().pop_front();
            if first.get().is_empty() {
                first.remove();
            }
            let Some(Entry { change, .. }) = written else { continue };
            if let Some((_, left)) = self.places.get_mut(&change.case.id) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.places.remove(&change.case.id);
                }
            }
        }
    }
}

/// What became of a case, and the records to seal for it.
pub(super) struct Entry {
    change: Change,
    wanted: Vec<Witnessed>,
}

/// The changes, each with the records that its case stands on and that are not sealed yet.
pub(super) fn entries(book: &Book, changes: Vec<Change>) -> Vec<Entry> {
    let entry = |change: Change| {
        let wanted = book.evidence_wanted(&change.case.id);
        Entry { change, wanted }
    };
    changes.into_iter().map(entry).collect()
}

/// Tells the book what was sealed, or will never be because nobody keeps it any more.
fn settle(book: &mut Book, entries: &[&Entry]) {
    for entry in entries {
        for one in &entry.wanted {
            book.evidence_sealed(&entry.change.case.id, one.stream, one.offset);
        }
    }
}

/// Writes all of it, or nothing.
///
/// # Errors
/// Those of the store.
async fn write(store: &Store, sealer: &mut Sealer, entries: &[&Entry]) -> anyhow::Result<()> {
    let wanted = entries.iter().map(|entry| entry.wanted.as_slice()).collect::<Vec<_>>();
    let seals = sealer.seals(store, &wanted).await?;
    let mut tx = store.begin().await?;
    for (Entry { change, .. }, seals) in entries.iter().zip(seals) {
        let case = &change.case;
        cases::upsert(tx.link(), case).await?;
        if let Some(what) = step(change) {
            cases::step(tx.link(), &case.id, case.updated, case.rung, &what).await?;
        }
        if let Some(event) = case_event(change) {
            notices::tell(tx.link(), &event).await?;
        }
        for seal in seals {
            evidence::seal(tx.link(), &case.id, &seal).await?;
        }
    }
    tx.commit(Audit::Machine).await?;
    Ok(())
}

/// What happened, for the case's own history; nothing when only numbers grew.
fn step(change: &Change) -> Option<String> {
    let rung = change.case.rung.name();
    match change.turn {
        Turn::Opened => Some(format!("opened as {rung}")),
        Turn::Raised { from } => Some(format!("raised from {} to {rung}", from.name())),
        Turn::Lowered { from } => {
            Some(format!("lowered from {} to {rung}: later records explain a part", from.name()))
        }
        Turn::Updated => None,
        Turn::Gone => Some("later records explain it: it is no case any more".to_owned()),
        Turn::Merged => match &change.case.standing {
            Standing::Merged(into) => Some(format!("counted as a part of case {into}")),
            Standing::Open | Standing::Gone => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, rung: Rung, records: u64) -> Entry {
        let case = serde_json::json!({
            "id": id, "judged_id": id, "scope": "state", "kind": "login.guess",
            "rung": rung.name(), "title": "", "opened": 0, "updated": 0, "first": 0, "last": 0,
            "records": records, "sources": [], "source_count": 0, "jurisdictions": [],
            "authorised": null, "because": [], "standing": "open", "body": null,
        });
        let case = serde_json::from_value(case).unwrap();
        Entry { change: Change { case, turn: Turn::Updated }, wanted: Vec::new() }
    }

    /// What waits, in the order in which it will be written.
    fn order(waiting: &Waiting) -> Vec<(String, u64)> {
        let cases = waiting.entries.values().flatten().map(|entry| &entry.change.case);
        cases.map(|case| (case.id.clone(), case.records)).collect()
    }

    fn expected<const N: usize>(order: [(&str, u64); N]) -> Vec<(String, u64)> {
        order.map(|(id, records)| (id.to_owned(), records)).into()
    }

    #[test]
    fn the_gravest_is_written_first_and_each_case_in_its_order() {
        let mut waiting = Waiting::default();
        waiting.add(vec![
            entry("a", Rung::Scan, 1),
            entry("b", Rung::Attempt, 2),
            entry("c", Rung::Scan, 3),
            entry("b", Rung::Attempt, 4),
        ]);
        assert_eq!(order(&waiting), expected([("b", 2), ("b", 4), ("a", 1), ("c", 3)]));
        // What becomes graver goes before with all that waits of it; what falls waits on there.
        waiting.add(vec![entry("c", Rung::Access, 5), entry("c", Rung::Scan, 6)]);
        let all = [("c", 3), ("c", 5), ("c", 6), ("b", 2), ("b", 4), ("a", 1)];
        assert_eq!(order(&waiting), expected(all));
        waiting.done(4);
        assert_eq!(order(&waiting), expected([("b", 4), ("a", 1)]));
        // Nothing of it waits any more: it begins anew where it stands.
        waiting.add(vec![entry("c", Rung::Scan, 7)]);
        assert_eq!(order(&waiting), expected([("b", 4), ("a", 1), ("c", 7)]));
        waiting.done(9);
        assert!(waiting.is_empty() && waiting.entries.is_empty());
    }
}
