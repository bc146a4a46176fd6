//! What was planted, who should see it, and which consoles have shown it when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ward_it::figures::Figures;

/// A kind of planted event, which says on which pages it stands.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    Incident,
    Event,
    Attack,
    Check,
    Silence,
    Rumor,
}

/// One planted event.
#[derive(Clone, Copy, Debug)]
struct Planted {
    kind: Kind,
    /// The place that it concerns; `None` for every place.
    place: Option<usize>,
    at: Instant,
}

/// What the reader of a console may know of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sees {
    State,
    Place(usize),
    Nothing,
}

/// What a console shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The page's address.
    pub(crate) path: &'static str,
    /// The events that stand on its page.
    pub(crate) kinds: &'static [Kind],
    pub(crate) sees: Sees,
}

impl View {
    fn is_for(&self, planted: &Planted) -> bool {
        self.may(planted) && self.kinds.contains(&planted.kind)
    }

    /// Whether its reader may know of it, on whatever page.
    fn may(&self, planted: &Planted) -> bool {
        match self.sees {
            Sees::State => true,
            Sees::Place(own) => planted.place.is_none_or(|place| place == own),
            Sees::Nothing => false,
        }
    }
}

#[derive(Default)]
struct Inner {
    planted: BTreeMap<String, Planted>,
    views: Vec<View>,
    /// By mark and console.
    shown: BTreeMap<(String, usize), Instant>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Marks(Mutex<Inner>);

/// What came of it.
pub(crate) struct Came {
    pub(crate) planted: BTreeMap<Kind, usize>,
    /// Milliseconds from an event to a console that should show it.
    pub(crate) delays: BTreeMap<Kind, Figures>,
    /// The event that took longest, in milliseconds, and the page that it stands on.
    pub(crate) slowest: (f64, String),
    /// Mark and console where it should stand and never did.
    pub(crate) missed: Vec<(String, usize)>,
    /// Mark and console that should never have shown it.
    pub(crate) leaked: Vec<(String, usize)>,
}

impl Marks {
    /// Consoles, in the order of their numbers.
    pub(crate) fn open(&self, views: Vec<View>) {
        self.inner().views = views;
    }

    /// Something happens now.
    pub(crate) fn plant(&self, kind: Kind, mark: &str, place: Option<usize>) {
        self.plant_at(kind, mark, place, Instant::now());
    }

    /// Something is due at a moment.
    pub(crate) fn plant_at(&self, kind: Kind, mark: &str, place: Option<usize>, at: Instant) {
        self.inner().planted.insert(mark.to_owned(), Planted { kind, place, at });
    }

    /// A console has a page.
    pub(crate) fn shown(&self, console: usize, page: &str, at: Instant) {
        let mut inner = self.inner();
        let of_silence = inner.views.get(console).is_some_and(|view| view.kinds == [Kind::Silence]);
        let found: BTreeSet<&str> = if of_silence {
            silent_rows(page).flat_map(marks_in).collect()
        } else {
            marks_in(page).collect()
        };
        for mark in found {
            inner.shown.entry((mark.to_owned(), console)).or_insert(at);
        }
    }

    /// What came of it; `grace` is how long ago an event must be to count as missed.
    pub(crate) fn came(&self, grace: Duration) -> Came {
        let inner = self.inner();
        let mut came = Came {
            planted: BTreeMap::new(),
            delays: BTreeMap::new(),
            slowest: (0.0, String::new()),
            missed: Vec::new(),
            leaked: Vec::new(),
        };
        for (mark, planted) in &inner.planted {
            *came.planted.entry(planted.kind).or_default() += 1;
            let delays = came.delays.entry(planted.kind).or_default();
            for (console, view) in inner.views.iter().enumerate() {
                let shown = inner.shown.get(&(mark.clone(), console));
                match shown {
                    Some(at) if view.is_for(planted) => {
                        let took = at.saturating_duration_since(planted.at).as_secs_f64() * 1_000.0;
                        delays.add(took);
                        if took > came.slowest.0 {
                            came.slowest =
                                (took, format!("{:?} {mark} on {}", planted.kind, view.path));
                        }
                    }
                    Some(_) if !view.may(planted) => came.leaked.push((mark.clone(), console)),
                    None if view.is_for(planted) && planted.at.elapsed() > grace => {
                        came.missed.push((mark.clone(), console));
                    }
                    _ => {}
                }
            }
        }
        came
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a list of sensors that say that one is silent: all of them stand there before.
fn silent_rows(page: &str) -> impl Iterator<Item = &str> {
    page.split("<tr").filter(|row| row.contains("Silent for"))
}

/// The marks that a page holds: `q`, five digits, `q`.
fn marks_in(page: &str) -> impl Iterator<Item = &str> {
    page.match_indices('q').filter_map(|(at, _)| {
        let mark = page.get(at..at + 7)?;
        let digits = mark.get(1..6)?;
        (mark.ends_with('q') && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(mark)
    })
}
