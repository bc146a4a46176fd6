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
    /// Somebody got in: what [`accessed`] says.
    Access,
    /// A flood, which is due when it is over.
    Flood,
    Check,
    /// A sensor is not heard: what [`silent`] says.
    Silence,
    Rumor,
    /// A point of a checklist, ticked with a note.
    Point,
    /// A sensor's name, which stands there all night.
    Sensor,
    /// Notes of a hand-over, which stand on no page that is watched, and are the room's alone.
    Note,
}

impl Kind {
    /// Whether it happens in a moment, from which one can measure.
    fn is_timed(self) -> bool {
        !matches!(self, Self::Flood | Self::Sensor | Self::Note)
    }
}

/// The place of what no local authority may know.
pub(crate) const NO_PLACE: usize = usize::MAX;

/// What tells that somebody got in from what tells that they tried: the rung of the case.
pub(crate) fn accessed(mark: &str) -> String {
    format!("{mark} access")
}

/// What tells that a sensor is silent from its name.
pub(crate) fn silent(mark: &str) -> String {
    format!("{mark} silent")
}

/// One planted event.
#[derive(Clone, Copy, Debug)]
struct Planted {
    kind: Kind,
    /// The place that it concerns; `None` for every place, [`NO_PLACE`] for none.
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
    /// Mark and console where it should stand and did not, or not within the grace.
    pub(crate) missed: Vec<(String, usize)>,
    /// Mark and console that should never have shown it.
    pub(crate) leaked: Vec<(String, usize)>,
}

impl Came {
    /// Something was on a console after a time.
    fn add(&mut self, (mark, kind): (&str, Kind), took: Duration, view: &View) {
        let took = took.as_secs_f64() * 1_000.0;
        self.delays.entry(kind).or_default().add(took);
        if took > self.slowest.0 {
            self.slowest = (took, format!("{kind:?} {mark} on {}", view.path));
        }
    }
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
        for sign in signs_in(page) {
            inner.shown.entry((sign, console)).or_insert(at);
        }
    }

    /// What came of it; `grace` is how long an event may take before it counts as missed, even if it
    /// is shown in the end.
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
            for (console, view) in inner.views.iter().enumerate() {
                let shown = inner.shown.get(&(mark.clone(), console));
                let took = shown.map(|at| at.saturating_duration_since(planted.at));
                if shown.is_some() && !view.may(planted) {
                    came.leaked.push((mark.clone(), console));
                }
                if !view.is_for(planted) {
                    continue;
                }
                if took.unwrap_or_else(|| planted.at.elapsed()) > grace {
                    came.missed.push((mark.clone(), console));
                }
                if let Some(took) = took.filter(|_| planted.kind.is_timed()) {
                    came.add((mark, planted.kind), took, view);
                }
            }
        }
        came
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that a page shows: marks, and what the rows and cards in which they stand say of them.
fn signs_in(page: &str) -> BTreeSet<String> {
    let mut signs: BTreeSet<String> = marks_in(page).map(str::to_owned).collect();
    for row in rows(page) {
        if row.contains("Silent for") {
            signs.extend(marks_in(row).map(silent));
        }
        if row.contains("\"rung access\"") {
            signs.extend(marks_in(row).map(accessed));
        }
    }
    signs
}

/// The rows of a page's tables, and its cards.
fn rows(page: &str) -> impl Iterator<Item = &str> {
    [("<tr", "</tr>"), ("<article", "</article>")].into_iter().flat_map(move |(begin, end)| {
        page.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
    })
}

/// The marks that a page holds: `q`, five digits, `q`.
fn marks_in(page: &str) -> impl Iterator<Item = &str> {
    page.match_indices('q').filter_map(|(at, _)| {
        let mark = page.get(at..at + 7)?;
        let digits = mark.get(1..6)?;
        (mark.ends_with('q') && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(mark)
    })
}
