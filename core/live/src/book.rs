//! Cases by scope, under ids that stay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Rung, Time};
use ward_watch::report::Case;

use crate::entry::Entry;
use crate::family::{self, Family, Fit};
use crate::shelf::Shelf;
use crate::stream::stream_of;
use crate::waiting::Waiting;
use crate::{Change, Judged, Kept, STATE, Standing, Turn};

/// Scans of one scope that are open at most: as many as a whole judgement lists. Where memory does
/// not hold every source, cases are not closed for being missed, and would become ever more.
const SCANS: usize = 10_000;
/// Records of one case that are sealed at most.
const SEALED: usize = 64;

/// All cases of all scopes, under ids that stay.
///
/// A judged case is a kept one when the engine calls both the same, or when they are of one
/// family and share their sources (kinds move as evidence comes: guesses become a guess that
/// succeeded). What a complete judgement has no more is merged into the case that now tells of
/// its sources, or gone.
///
/// A quick judgement opens and raises; it never lowers, closes or shrinks a case.
#[derive(Clone, Debug, Default)]
pub struct Book {
    cases: BTreeMap<String, Box<Entry>>,
    shelves: BTreeMap<String, Shelf>,
    waiting: Waiting,
}

/// A record that a case stands on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Witnessed {
    /// The store's number of the stream.
    pub stream: u32,
    /// Byte offset in the stream at which the record begins.
    pub offset: u64,
    /// When it happened.
    pub at: Time,
    /// What it shows: `first failed contact`, `success`...
    pub shows: &'static str,
}

impl Book {
    /// A book that knows what the store kept. Give it every case of the window, also those that
    /// are gone or merged: an id that it does not know it may give again.
    #[must_use]
    pub fn restore(kept: Vec<Kept>) -> Self {
        let mut book = Self::default();
        for kept in kept {
            book.shelves.entry(kept.scope.clone()).or_default().put(&kept);
            book.cases.insert(kept.id.clone(), Box::new(Entry::restored(kept)));
        }
        book
    }

    /// Takes in a judgement; returns what became of the cases, in the order of their ids. `now` is
    /// the desk's clock.
    ///
    /// While the window is being read again after a start, its judgements know only a part: take
    /// none of them in until all is read, and then begin with a complete one.
    pub fn reconcile(&mut self, judged: &Judged, now: Time) -> Vec<Change> {
        let mut turns: BTreeMap<String, Turn> = BTreeMap::new();
        if judged.complete {
            self.count_scans(&judged.scope);
        }
        let found = self.find(judged);
        let mut met: BTreeSet<String> = BTreeSet::new();
        for (case, id) in judged.cases.iter().zip(found) {
            match id {
                Some(id) => {
                    turns
                        .extend(self.follow(&id, case, judged, now).map(|turn| (id.clone(), turn)));
                    met.insert(id);
                }
                None => {
                    let id = self.open(case, judged, now);
                    turns.extend(id.iter().map(|id| (id.clone(), Turn::Opened)));
                    met.extend(id);
                }
            }
        }
        if judged.complete {
            turns.extend(self.close_others(judged, &met));
        }
        let mut changes: Vec<Change> =
            turns.into_iter().filter_map(|(id, turn)| self.change(&id, turn, now)).collect();
        changes.extend(self.due(now));
        changes.sort_by(|a, b| a.case.id.cmp(&b.case.id));
        changes
    }

    /// The cases whose latest numbers were held back so that a busy case is not written all the
    /// time, and may now be written: attempts and above after 5 seconds, scans after a minute, or
    /// later where there are many: twenty attempts and fifty scans a second.
    pub fn due(&mut self, now: Time) -> Vec<Change> {
        let due = self.waiting.due(now);
        due.iter().filter_map(|id| self.change(id, Turn::Updated, now)).collect()
    }

    /// The cases whose latest numbers were held back, before a stop: attempts and above, and two
    /// thousand scans. The book that is restored writes what the others lack.
    pub fn rest(&mut self, now: Time) -> Vec<Change> {
        let waiting = self.waiting.last();
        waiting.iter().filter_map(|id| self.change(id, Turn::Updated, now)).collect()
    }

    /// A case by its id, as it was last judged; its body is in what was written alone.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Kept> {
        self.cases.get(id).map(|entry| &entry.kept)
    }

    /// All cases, in the order of their ids; without bodies, as [`Book::get`].
    pub fn cases(&self) -> impl Iterator<Item = &Kept> {
        self.cases.values().map(|entry| &entry.kept)
    }

    /// The records that a case stands on by its last judgement and that are not sealed yet; none
    /// from the 64th sealed one on.
    #[must_use]
    pub fn evidence_wanted(&self, id: &str) -> Vec<Witnessed> {
        let Some(entry) = self.cases.get(id) else { return Vec::new() };
        let room = SEALED.saturating_sub(entry.sealed.len());
        let evidence = entry.judged.iter().flat_map(|case| &case.evidence);
        let witnessed = evidence.filter_map(|evidence| {
            let (at, shows) = (evidence.time, evidence.shows);
            Some(Witnessed {
                stream: stream_of(&evidence.file)?,
                offset: evidence.offset,
                at,
                shows,
            })
        });
        let new = |one: &Witnessed| !entry.sealed.contains(&(one.stream, one.offset));
        witnessed.filter(new).take(room).collect()
    }

    /// A record is sealed, or will never be (nobody keeps it any more).
    pub fn evidence_sealed(&mut self, id: &str, stream: u32, offset: u64) {
        let Some(entry) = self.cases.get_mut(id) else { return };
        if !entry.sealed.contains(&(stream, offset)) {
            entry.sealed.push((stream, offset));
        }
    }

    /// The kept case that each judged one is, none twice: the best fits first, and a closed case
    /// only where no open one fits.
    fn find(&self, judged: &Judged) -> Vec<Option<String>> {
        let mut found: Vec<Option<String>> = vec![None; judged.cases.len()];
        let Some(shelf) = self.shelves.get(&judged.scope) else { return found };
        let mut fits: Vec<(bool, Fit, Reverse<usize>, &str, usize)> = Vec::new();
        for (at, case) in judged.cases.iter().enumerate() {
            let named: Vec<_> = self.fits(case, shelf.called(&case.id), at).collect();
            let sure = matches!(named[..], [(false, Fit::Id, ..)]);
            fits.extend(named);
            if !sure {
                let akin = shelf.with_any(family::sources(case));
                fits.extend(self.fits(case, akin.into_iter(), at));
            }
        }
        fits.sort_unstable();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (.., id, at) in fits {
            if let Some(place) = found.get_mut(at).filter(|place| place.is_none())
                && taken.insert(id)
            {
                *place = Some(id.to_owned());
            }
        }
        found
    }

    fn fits<'s>(
        &'s self,
        case: &'s Case,
        candidates: impl Iterator<Item = &'s str>,
        at: usize,
    ) -> impl Iterator<Item = (bool, Fit, Reverse<usize>, &'s str, usize)> {
        candidates.filter_map(move |id| {
            let entry = self.cases.get(id)?;
            let (fit, both) = family::fit(case, &entry.kept, entry.aim.as_deref())?;
            Some((!entry.is_open(), fit, Reverse(both), id, at))
        })
    }

    /// A judged case that is a kept one; what became of that, if it is news by itself.
    fn follow(&mut self, id: &str, case: &Case, judged: &Judged, now: Time) -> Option<Turn> {
        let entry = self.cases.get_mut(id)?;
        let (from, back) = (entry.kept.rung, !entry.is_open());
        if !back && entry.is_known(case) {
            return None;
        }
        let shelf = self.shelves.entry(judged.scope.clone()).or_default();
        if !judged.complete && (entry.has_others(case) || case.rung < from) {
            // Only a part of what the case stands on was looked at.
            let rises = !back && case.rung > from;
            if rises {
                entry.raise(case);
            }
            return rises.then_some(Turn::Raised { from });
        }
        let aged = judged.since.is_some_and(|since| entry.kept.first < since);
        // Most cases only grow: they stay where they are found.
        let stays =
            !back && entry.kept.judged_id == case.id && entry.kept.sources == family::sources(case);
        if !stays {
            shelf.take(&entry.kept);
        }
        entry.follow(case, aged);
        if back {
            (entry.kept.standing, entry.kept.opened) = (Standing::Open, now);
        }
        if !stays {
            shelf.put(&entry.kept);
        }
        match entry.kept.rung {
            _ if back => Some(Turn::Opened),
            rung if rung > from => Some(Turn::Raised { from }),
            rung if rung < from => Some(Turn::Lowered { from }),
            _ => {
                self.waiting.put(id, entry.kept.rung, entry.kept.updated);
                None
            }
        }
    }

    fn count_scans(&mut self, scope: &str) {
        let Some(shelf) = self.shelves.get_mut(scope) else { return };
        let rungs = shelf.open().filter_map(|id| self.cases.get(id).map(|entry| entry.kept.rung));
        shelf.scans = rungs.filter(|rung| *rung == Rung::Scan).count();
    }

    /// A judged case that is new; its id, unless an open case tells of it already, or it is a scan
    /// and enough of them are open.
    fn open(&mut self, case: &Case, judged: &Judged, now: Time) -> Option<String> {
        let shelf = self.shelves.entry(judged.scope.clone()).or_default();
        let sources = family::sources(case);
        let told = || {
            shelf.with_any(sources).into_iter().any(|id| {
                let entry = self.cases.get(id);
                entry.is_some_and(|entry| family::tells(&entry.kept, case))
            })
        };
        if !judged.complete && told() {
            return None;
        }
        if case.rung == Rung::Scan {
            if shelf.scans >= SCANS {
                return None;
            }
            shelf.scans = shelf.scans.saturating_add(1);
        }
        let id = new_id(&self.cases, &judged.scope, &case.id);
        let entry = Entry::new(id.clone(), &judged.scope, case, now);
        shelf.put(&entry.kept);
        self.cases.insert(id.clone(), Box::new(entry));
        Some(id)
    }

    /// Open cases that a complete judgement does not have: merged into another, or gone.
    fn close_others(&mut self, judged: &Judged, met: &BTreeSet<String>) -> Vec<(String, Turn)> {
        let Some(shelf) = self.shelves.get(&judged.scope) else { return Vec::new() };
        let left: Vec<&str> = shelf.open().filter(|id| !met.contains(*id)).collect();
        let mut closed: Vec<(String, Standing)> = Vec::new();
        for id in left {
            let Some(kept) = self.get(id) else { continue };
            // When its first records have left the window, or sources were folded, that nothing is
            // seen of a case says nothing of it.
            if judged.since.is_some_and(|since| kept.first < since) {
                continue;
            }
            match self.heir(kept, shelf, met) {
                Some(into) => closed.push((id.to_owned(), Standing::Merged(into))),
                None if judged.folded => {}
                None => closed.push((id.to_owned(), Standing::Gone)),
            }
        }
        let turn = |standing: &Standing| match standing {
            Standing::Merged(_) => Turn::Merged,
            _ => Turn::Gone,
        };
        let shelf = self.shelves.entry(judged.scope.clone()).or_default();
        let mut turns = Vec::with_capacity(closed.len());
        for (id, standing) in closed {
            if let Some(entry) = self.cases.get_mut(&id) {
                shelf.take(&entry.kept);
                turns.push((id, turn(&standing)));
                entry.kept.standing = standing;
                shelf.put(&entry.kept);
            }
        }
        turns
    }

    /// The case that now tells of most of a case's sources: one of its family before others.
    fn heir(&self, kept: &Kept, shelf: &Shelf, met: &BTreeSet<String>) -> Option<String> {
        let family = Family::of(&kept.kind);
        if family == Family::Beacon {
            // Its source is a machine of ours: other cases of it tell of other things.
            return None;
        }
        let candidates = shelf.with_any(&kept.sources).into_iter().filter(|id| met.contains(*id));
        let ranked = candidates.filter_map(|id| {
            let other = self.get(id)?;
            let both = family::shared(&kept.sources, &other.sources);
            Some((Family::of(&other.kind) == family, both, Reverse(id)))
        });
        ranked.max().map(|(.., Reverse(id))| id.to_owned())
    }

    /// Writes a case down and says what became of it; nothing when an update says nothing new.
    fn change(&mut self, id: &str, turn: Turn, now: Time) -> Option<Change> {
        self.waiting.take(id);
        let entry = self.cases.get(id)?;
        let shelf = self.shelves.get(&entry.kept.scope)?;
        let called = entry.judged.iter().flat_map(|case| &case.related);
        let related: BTreeMap<String, String> = called
            .filter_map(|judged_id| {
                let mut called = shelf.called(judged_id).filter(|other| *other != id);
                let open = called
                    .find(|other| self.cases.get(*other).is_some_and(|other| other.is_open()));
                Some((judged_id.clone(), open?.to_owned()))
            })
            .collect();
        let related = |judged_id: &str| related.get(judged_id).map(String::as_str);
        let case = self.cases.get_mut(id)?.write(related, turn != Turn::Updated, now)?;
        Some(Change { case, turn })
    }
}

/// The engine's name for a case, with the jurisdiction's id outside the state's scope, and a number
/// where that was given before.
fn new_id(cases: &BTreeMap<String, Box<Entry>>, scope: &str, judged_id: &str) -> String {
    let base = match scope {
        STATE => judged_id.to_owned(),
        jurisdiction => format!("{judged_id}-{jurisdiction}"),
    };
    let mut numbered = (2_u64..).map(|number| format!("{base}-{number}"));
    let mut id = base.clone();
    while cases.contains_key(&id) {
        id = numbered.next().unwrap_or_default();
    }
    id
}
