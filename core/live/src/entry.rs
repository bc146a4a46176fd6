//! A case in the book: what is kept of it, and what the last judgement said.

use serde_json::Value;
use ward_kernel::{Time, hash};
use ward_watch::report::Case;

use crate::family::{self, SOURCES};
use crate::{Kept, Standing};

/// A case in the book. The fields of `kept` by which cases are found and weighed are always those
/// of the last judgement; its `body` is made when it is written down, and is not held once a
/// judgement is: of a hundred thousand cases it would be the most of what the book weighs.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) kept: Kept,
    /// What a judgement said last; `None` since the book was restored.
    pub(crate) judged: Option<Case>,
    /// What tells it from other cases of its source.
    pub(crate) aim: Option<String>,
    /// The records that are sealed for it, by stream and offset: some ten, 64 at most.
    pub(crate) sealed: Vec<(u32, u64)>,
    /// Hash of the body that was written last.
    mark: u64,
}

impl Entry {
    pub(crate) fn restored(kept: Kept) -> Self {
        let targets = kept.body.get("targets").and_then(|targets| targets.get(0));
        let beacon = kept.kind == "beacon";
        let aim = targets.and_then(Value::as_str).filter(|_| beacon).map(str::to_owned);
        let mark = mark(&kept.body);
        Self { kept, judged: None, aim, sealed: Vec::new(), mark }
    }

    pub(crate) fn new(id: String, scope: &str, case: &Case, now: Time) -> Self {
        let kept = Kept {
            id,
            judged_id: String::new(),
            scope: scope.to_owned(),
            kind: String::new(),
            rung: case.rung,
            title: String::new(),
            opened: now,
            updated: now,
            first: case.first,
            last: case.last,
            records: 0,
            sources: Vec::new(),
            source_count: 0,
            jurisdictions: Vec::new(),
            authorised: None,
            because: Vec::new(),
            standing: Standing::Open,
            body: Value::Null,
        };
        let mut entry = Self { kept, judged: None, aim: None, sealed: Vec::new(), mark: 0 };
        entry.follow(case, false);
        entry
    }

    pub(crate) fn is_open(&self) -> bool {
        self.kept.standing == Standing::Open
    }

    /// Whether a judgement says just what the last one said.
    pub(crate) fn is_known(&self, case: &Case) -> bool {
        self.kept.rung == case.rung && self.judged.as_ref() == Some(case)
    }

    /// Whether the case has sources that a judged one lacks.
    pub(crate) fn has_others(&self, case: &Case) -> bool {
        let both = family::shared(family::sources(case), &self.kept.sources);
        both < self.kept.sources.len()
    }

    /// Takes over what a judgement says. When the case's first records have left the window
    /// (`aged`) it saw only a part: the rung stays where it was, and nothing shrinks.
    pub(crate) fn follow(&mut self, case: &Case, aged: bool) {
        let kept = &mut self.kept;
        let stays = aged && kept.rung > case.rung;
        if !stays {
            kept.kind = case.kind.to_owned();
            kept.rung = case.rung;
            kept.title.clone_from(&case.title);
            kept.because.clone_from(&case.because);
        }
        kept.judged_id.clone_from(&case.id);
        kept.authorised.clone_from(&case.authorised);
        kept.jurisdictions.extend(case.jurisdictions.iter().cloned());
        kept.jurisdictions.sort_unstable();
        kept.jurisdictions.dedup();
        if aged {
            kept.first = kept.first.min(case.first);
            kept.last = kept.last.max(case.last);
            kept.records = kept.records.max(case.records);
            kept.source_count = kept.source_count.max(case.source_count);
            kept.sources.extend(family::sources(case));
            kept.sources.sort_unstable();
            kept.sources.dedup();
            kept.sources.truncate(SOURCES);
        } else {
            (kept.first, kept.last) = (case.first, case.last);
            (kept.records, kept.source_count) = (case.records, case.source_count);
            kept.sources = family::sources(case).to_vec();
        }
        self.aim = family::aim(case).map(str::to_owned);
        self.judged = Some(case.clone());
        self.kept.body = Value::Null;
    }

    /// A judgement of some of its sources raises it: what it says of them comes first.
    pub(crate) fn raise(&mut self, case: &Case) {
        let kept = &mut self.kept;
        kept.rung = case.rung;
        kept.last = kept.last.max(case.last);
        let before = std::mem::take(&mut kept.because);
        kept.because.clone_from(&case.because);
        kept.because.extend(before.into_iter().filter(|why| !case.because.contains(why)));
        if let Some(body) = kept.body.as_object_mut() {
            body.insert("rung".to_owned(), kept.rung.name().into());
            body.insert("because".to_owned(), kept.because.clone().into());
        }
    }

    /// The case as it is to be written down, at a moment; `None` when that says nothing but what
    /// was written last and `news` is not set. `related` gives the book's id for one of the
    /// engine's.
    pub(crate) fn write<'s>(
        &mut self,
        related: impl Fn(&str) -> Option<&'s str>,
        news: bool,
        now: Time,
    ) -> Option<Kept> {
        let held = std::mem::take(&mut self.kept.body);
        let mut written = self.kept.clone();
        let body = match &self.judged {
            None => held,
            Some(case) => {
                written.body = Value::Null;
                body(case, &written, related)
            }
        };
        let mark = mark(&body);
        if self.judged.is_none() {
            self.kept.body.clone_from(&body);
        }
        if !news && mark == self.mark {
            return None;
        }
        self.mark = mark;
        self.kept.updated = now;
        (written.body, written.updated) = (body, now);
        Some(written)
    }
}

/// A judged case as it is kept.
fn body<'s>(case: &Case, kept: &Kept, related: impl Fn(&str) -> Option<&'s str>) -> Value {
    let mut short = case.clone();
    short.rung = kept.rung;
    (short.first, short.last, short.records) = (kept.first, kept.last, kept.records);
    short.because.clone_from(&kept.because);
    short.jurisdictions.clone_from(&kept.jurisdictions);
    short.sources.clone_from(&kept.sources);
    short.related = case.related.iter().filter_map(|id| related(id)).map(str::to_owned).collect();
    // A value without maps keyed by anything but text cannot fail to be one.
    serde_json::to_value(&short).unwrap_or_default()
}

/// Equal for equal bodies: the keys of a body are in order.
fn mark(body: &Value) -> u64 {
    hash::bytes(body.to_string().as_bytes())
}
