//! Which pages are open, and who sits before them.

use std::collections::BTreeMap;

use crate::marks::Kind;

/// A page that a console shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Its address; `{own}` stands for the reader's jurisdiction.
    pub(crate) path: &'static str,
    /// The regions whose news it asks for.
    pub(crate) regions: &'static [&'static str],
    /// The events that stand on it.
    pub(crate) kinds: &'static [Kind],
}

/// The pages of the state's consoles.
pub(crate) const STATE: [Page; 8] = [
    Page { path: "/incidents", regions: &["room"], kinds: &[Kind::Incident] },
    Page { path: "/cases?rung=attempt&limit=200", regions: &["cases"], kinds: CASES },
    Page { path: "/incidents/events", regions: &["room"], kinds: &[Kind::Event] },
    Page { path: "/room", regions: &["room"], kinds: &[Kind::Check] },
    Page { path: "/sensors", regions: &["sensors"], kinds: SENSORS },
    Page { path: "/rumors", regions: &["room"], kinds: &[Kind::Rumor] },
    Page { path: "/situation", regions: &["cases", "room", "sensors"], kinds: &[] },
    Page { path: "/", regions: &["cases", "room", "sensors"], kinds: &[] },
];

/// The pages of a local authority's consoles.
pub(crate) const LOCAL: [Page; 7] = [
    Page {
        path: "/",
        regions: &["cases", "room", "sensors"],
        kinds: &[Kind::Incident, Kind::Attack, Kind::Access, Kind::Flood, Kind::Check],
    },
    Page { path: "/incidents", regions: &["room"], kinds: &[Kind::Incident] },
    Page { path: "/rumors", regions: &["room"], kinds: &[Kind::Rumor] },
    Page { path: "/cases", regions: &["cases"], kinds: CASES },
    Page { path: "/incidents/events", regions: &["room"], kinds: &[Kind::Event] },
    Page { path: "/sensors", regions: &["sensors"], kinds: SENSORS },
    Page { path: "/checklists/{own}", regions: &["room"], kinds: &[Kind::Point] },
];

/// What whoever sees nothing of the room sees. The bell does not ring for them: they look by
/// themselves.
pub(crate) const PARTNER: Page = Page { path: "/", regions: &[], kinds: &[] };

const CASES: &[Kind] = &[Kind::Attack, Kind::Access, Kind::Flood];
const SENSORS: &[Kind] = &[Kind::Sensor, Kind::Silence];

/// Somebody of whom consoles know the role and the place.
pub(crate) type Sitter = (&'static str, Option<usize>);

/// Who sits before which page: first one of each role, then the next of each, until everybody sits;
/// then more of the state's people. Few consoles are of every role as well.
pub(crate) fn seats(people: &[Sitter], many: usize) -> Vec<(usize, Page)> {
    let mut heads: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sitting: Vec<(usize, usize)> = Vec::new();
    for (number, (role, _)) in people.iter().enumerate() {
        let before = heads.entry(role).or_default();
        sitting.push((*before, number));
        *before += 1;
    }
    sitting.sort_unstable();
    let all = || sitting.iter().map(|(_, number)| *number);
    let is_of_state = |number: &usize| people.get(*number).is_some_and(|one| of_state(*one));
    let more: Vec<usize> = all().filter(is_of_state).collect();
    let mut turns: BTreeMap<Sitter, usize> = BTreeMap::new();
    let mut seats = Vec::new();
    for number in all().chain(more.iter().copied().cycle()).take(many) {
        let Some(&(role, place)) = people.get(number) else { continue };
        let of = if of_state((role, place)) { "state" } else { role };
        let turn = turns.entry((of, place)).or_default();
        seats.push((number, page((role, place), *turn)));
        *turn += 1;
    }
    seats
}

/// Whether somebody works for the state's office.
pub(crate) fn of_state((role, _): Sitter) -> bool {
    matches!(role, "lead" | "analyst" | "auditor")
}

/// The page of a seat. Two clerks of a place and its IT have three different ones, and places that
/// follow each other begin with the next.
fn page((role, place): Sitter, turn: usize) -> Page {
    let (pages, turn): (&[Page], usize) = match (role, place) {
        ("local-it", Some(place)) => (&LOCAL, place + 5),
        (_, Some(place)) => (&LOCAL, place + 3 * turn),
        ("partner", None) => return PARTNER,
        _ => (&STATE, turn),
    };
    pages.get(turn % pages.len()).copied().unwrap_or(PARTNER)
}
