//! The queue: never more lines on a page than a person reads, and every case in one of them.
//!
//! A storm makes cases by the ten thousand, and they have much in common. What does not fit line by
//! line is folded by it, as finely as fits: by kind, place and owner, by kind, at last the whole
//! rung. The highest rung comes first and is folded last, and a fold says how many it holds and
//! opens into them. What is new and nobody has is not left to a fold: it is told beside them.

use std::collections::BTreeMap;

use ward_kernel::time::MINUTE;
use ward_kernel::{Rung, Time};
use ward_store::cases::{Filter, Handling, Line, Order, Owned, Owner};
use ward_store::queue::{Group, groups, line, list};
use ward_store::{Error, Link};

/// Lines of a page.
pub(crate) const LINES: usize = 40;
/// The same, as the store counts.
pub(crate) const MOST: i64 = 40;
/// How long a case that nobody has is new.
const NEW: i64 = 15 * MINUTE;
/// New ones that are told beside the folds that hold them.
pub(crate) const TOLD: usize = 8;

/// Cases in one line, and what they have in common.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fold {
    pub(crate) rung: Rung,
    /// Their kind, unless it is not the same.
    pub(crate) kind: Option<String>,
    /// The one jurisdiction that each touches ([`ward_store::cases::SEVERAL`], nothing), unless it
    /// is not the same.
    pub(crate) place: Option<String>,
    /// Who has them, unless it is not the same.
    pub(crate) owner: Option<Option<Owner>>,
    pub(crate) cases: u64,
    /// When the first of them was opened.
    pub(crate) opened: Time,
    /// Their last record.
    pub(crate) last: Time,
}

/// A line of the page.
pub(crate) enum Row {
    Case(Box<Line>),
    Fold(Fold),
}

/// The lines of a page.
pub(crate) struct Queue {
    pub(crate) rows: Vec<Row>,
    /// Cases in all of them.
    pub(crate) cases: u64,
    /// What one would overlook: attempts and above that nobody has and that are new, as far as they
    /// stand in a fold. The newest first, [`TOLD`] at most.
    pub(crate) new: Vec<Line>,
}

/// The cases of a scope as a page shows them. Of one jurisdiction's own cases the place says
/// nothing, and which others they touch is not for it to know.
///
/// # Errors
/// Those of the store.
pub(crate) async fn queue(
    mut link: Link<'_>,
    scope: &str,
    filter: &Filter,
    (by_place, now): (bool, Time),
) -> Result<Queue, Error> {
    let mut groups = groups(link.again(), scope, filter).await?;
    if !by_place {
        groups = without_places(groups);
    }
    let cases = groups.iter().fold(0_u64, |all, group| all.saturating_add(group.cases));
    let mut rows = Vec::new();
    for part in plan(&groups, LINES) {
        match part {
            Part::Each(rung) => {
                let alone = Filter { rung: Some(rung), alone: true, ..filter.clone() };
                let alone = Filter { order: Order::Waiting, ..alone };
                let all = list(link.again(), scope, &alone, MOST, 0).await?;
                rows.extend(all.into_iter().map(|line| Row::Case(Box::new(line))));
            }
            Part::One(id) => {
                let one = line(link.again(), &id).await?;
                rows.extend(one.map(|line| Row::Case(Box::new(line))));
            }
            Part::Fold(fold) => rows.push(Row::Fold(fold)),
        }
    }
    let new = overlooked(link, scope, filter, (&rows, now)).await?;
    Ok(Queue { rows, cases, new })
}

async fn overlooked(
    link: Link<'_>,
    scope: &str,
    filter: &Filter,
    (rows, now): (&[Row], Time),
) -> Result<Vec<Line>, Error> {
    let folds = |row: &Row| matches!(row, Row::Fold(fold) if fold.rung >= Rung::Attempt);
    let waits = filter.handling == Some(Handling::Open) && !matches!(filter.owned, Owned::By(_));
    if !waits || !rows.iter().any(folds) {
        return Ok(Vec::new());
    }
    let rung = filter.rung.max(Some(Rung::Attempt));
    let newest = Filter { rung, owned: Owned::ByNobody, order: Order::Opened, ..filter.clone() };
    // Were all lines of the page among them, there would still be as many as are told.
    let most = MOST.saturating_add(TOLD as i64);
    let mut new = list(link, scope, &newest, most, 0).await?;
    let stands = |id: &str| rows.iter().any(|row| matches!(row, Row::Case(line) if line.id == id));
    new.retain(|line| !line.authorised && now.since(line.opened) < NEW && !stands(&line.id));
    new.truncate(TOLD);
    Ok(new)
}

/// What a part of the page holds.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    /// All cases of a rung, line by line.
    Each(Rung),
    /// One case, by its id.
    One(String),
    /// Many in one line.
    Fold(Fold),
}

/// How the groups of a list are told in at most so many lines (four at least).
fn plan(groups: &[Group], lines: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut left = lines.max(Rung::ALL.len());
    let of = |rung: Rung| groups.iter().filter(move |group| group.rung == rung);
    for rung in Rung::ALL.into_iter().rev().filter(|rung| of(*rung).next().is_some()) {
        // Each rung below has a line of its own at least.
        let below = Rung::ALL.into_iter().filter(|low| *low < rung && of(*low).next().is_some());
        let room = left.saturating_sub(below.count());
        let all: Vec<&Group> = of(rung).collect();
        let cases = all.iter().fold(0_u64, |sum, group| sum.saturating_add(group.cases));
        if cases <= room as u64 {
            left = left.saturating_sub(usize::try_from(cases).unwrap_or(left));
            parts.push(Part::Each(rung));
            continue;
        }
        let these = fitted(&all, rung, room);
        left = left.saturating_sub(these.len());
        parts.extend(these);
    }
    parts
}

/// The groups of a rung in so many lines at most: one for each kind, and what room is left goes to
/// the kinds that take least of it to be told place by place, and then case by case.
fn fitted(all: &[&Group], rung: Rung, room: usize) -> Vec<Part> {
    let mut kinds = kinds_of(all);
    if kinds.len() > room {
        return vec![Part::Fold(whole(all, rung))];
    }
    let mut spare = room.saturating_sub(kinds.len());
    kinds.sort_by_key(Vec::len);
    let mut told: Vec<Vec<Part>> = Vec::with_capacity(kinds.len());
    for groups in &kinds {
        let more = groups.len().saturating_sub(1);
        if more > spare {
            told.push(vec![Part::Fold(whole(groups, rung))]);
            continue;
        }
        spare = spare.saturating_sub(more);
        told.push(groups.iter().flat_map(|group| finest(group, &mut spare)).collect());
    }
    // The largest first, as the groups are.
    told.sort_by_key(|parts| std::cmp::Reverse(parts.iter().map(size).max()));
    told.into_iter().flatten().collect()
}

/// A group in one line; two cases in two, where a line is to spare.
fn finest(group: &Group, spare: &mut usize) -> Vec<Part> {
    let (one, two) = &group.ids;
    if group.cases == 1 {
        return vec![Part::One(one.clone())];
    }
    if group.cases == 2 && *spare > 0 {
        *spare = spare.saturating_sub(1);
        return vec![Part::One(one.clone()), Part::One(two.clone())];
    }
    vec![Part::Fold(Fold {
        rung: group.rung,
        kind: Some(group.kind.clone()),
        place: Some(group.place.clone()),
        owner: Some(group.owner.clone()),
        cases: group.cases,
        opened: group.opened,
        last: group.last,
    })]
}

fn size(part: &Part) -> u64 {
    match part {
        Part::Fold(fold) => fold.cases,
        Part::Each(_) | Part::One(_) => 1,
    }
}

/// The groups by their kinds.
fn kinds_of<'a>(all: &[&'a Group]) -> Vec<Vec<&'a Group>> {
    let mut kinds: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
    for group in all {
        kinds.entry(&group.kind).or_default().push(group);
    }
    kinds.into_values().collect()
}

/// The groups without regard to where their cases are.
fn without_places(groups: Vec<Group>) -> Vec<Group> {
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        let same = |one: &&mut Group| {
            (one.rung, &one.kind, &one.owner) == (group.rung, &group.kind, &group.owner)
        };
        match merged.iter_mut().find(same) {
            Some(one) => {
                one.cases = one.cases.saturating_add(group.cases);
                let (first, last) = (group.ids.0, group.ids.1);
                one.ids = (one.ids.0.clone().min(first), one.ids.1.clone().max(last));
                one.opened = one.opened.min(group.opened);
                one.last = one.last.max(group.last);
            }
            None => merged.push(Group { place: String::new(), ..group }),
        }
    }
    merged
}

/// All of them in one line, with what they have in common.
fn whole(all: &[&Group], rung: Rung) -> Fold {
    Fold {
        rung,
        kind: common(all, |group| &group.kind),
        place: common(all, |group| &group.place),
        owner: common(all, |group| &group.owner),
        cases: all.iter().fold(0_u64, |sum, group| sum.saturating_add(group.cases)),
        opened: all.iter().map(|group| group.opened).min().unwrap_or_default(),
        last: all.iter().map(|group| group.last).max().unwrap_or_default(),
    }
}

/// What is the same of all of them.
fn common<T: Clone + PartialEq>(all: &[&Group], of: impl Fn(&Group) -> &T) -> Option<T> {
    let first = of(all.first()?);
    all.iter().all(|group| of(group) == first).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(rung: Rung, kind: usize, place: usize, cases: u64) -> Group {
        Group {
            rung,
            kind: format!("kind.{kind}"),
            place: format!("county-{place}"),
            owner: None,
            cases,
            ids: (format!("W-{kind}-{place}"), format!("W-{kind}-{place}-z")),
            opened: Time::from_secs(i64::try_from(place).unwrap()),
            last: Time::from_secs(99),
        }
    }

    /// How many cases of a rung a part holds.
    fn held(part: &Part, groups: &[Group]) -> u64 {
        match part {
            Part::Each(rung) => {
                groups.iter().filter(|one| one.rung == *rung).map(|one| one.cases).sum()
            }
            Part::One(_) => 1,
            Part::Fold(fold) => fold.cases,
        }
    }

    fn drawn(parts: &[Part], groups: &[Group]) -> u64 {
        let lines = |part: &Part| if let Part::Each(_) = part { held(part, groups) } else { 1 };
        parts.iter().map(lines).sum()
    }

    #[test]
    fn a_page_is_never_longer_than_a_person_reads_and_holds_everything() {
        // Sizes from nothing to a storm, over kinds and places, on one rung and on all.
        for rungs in 1..=4 {
            for (kinds, places, cases) in
                [(0, 0, 0), (1, 1, 1), (1, 1, 40), (2, 30, 1), (3, 116, 9), (18, 118, 900)]
            {
                let mut groups = Vec::new();
                for rung in Rung::ALL.into_iter().rev().take(rungs) {
                    for kind in 0..kinds {
                        groups.extend((0..places).map(|place| group(rung, kind, place, cases)));
                    }
                }
                let parts = plan(&groups, LINES);
                assert!(drawn(&parts, &groups) <= LINES as u64, "{rungs} {kinds} {places}");
                let all: u64 = groups.iter().map(|one| one.cases).sum();
                assert_eq!(parts.iter().map(|part| held(part, &groups)).sum::<u64>(), all);
            }
        }
    }

    #[test]
    fn it_folds_what_it_must_and_nothing_else() {
        let few = [group(Rung::Access, 1, 1, 2), group(Rung::Attempt, 1, 1, 38)];
        assert_eq!(plan(&few, 40), [Part::Each(Rung::Access), Part::Each(Rung::Attempt)]);
        // One more, and the attempts are folded; what got in stays line by line.
        let more = [group(Rung::Access, 1, 1, 2), group(Rung::Attempt, 1, 1, 39)];
        let parts = plan(&more, 40);
        assert_eq!(parts[0], Part::Each(Rung::Access));
        assert!(matches!(&parts[1], Part::Fold(fold) if fold.cases == 39 && fold.place.is_some()));
        // A case that has nothing in common with others stays one.
        let odd = [group(Rung::Attempt, 1, 1, 100), group(Rung::Attempt, 2, 7, 1)];
        assert_eq!(plan(&odd, 40)[1], Part::One("W-2-7".to_owned()));
        // Two are told apart where there is room, also beside a storm.
        let two = [group(Rung::Attempt, 1, 1, 100), group(Rung::Attempt, 2, 7, 2)];
        assert_eq!(plan(&two, 40).len(), 3);
        let storm = (0..100).map(|place| group(Rung::Attempt, 1, place, 9));
        let mut storm: Vec<_> = storm.collect();
        storm.extend([group(Rung::Attempt, 2, 1, 1), group(Rung::Attempt, 2, 2, 1)]);
        let parts = plan(&storm, 40);
        assert!(matches!(&parts[0], Part::Fold(fold) if fold.cases == 900));
        assert_eq!(parts[1..], [Part::One("W-2-1".to_owned()), Part::One("W-2-2".to_owned())]);
    }

    #[test]
    fn a_fold_says_what_its_cases_have_in_common() {
        let one = |groups: &[Group]| match &plan(groups, 40)[..] {
            [Part::Fold(fold)] => fold.clone(),
            other => panic!("{other:?}"),
        };
        // So many places that only the kind is left.
        let mut places: Vec<_> = (0..100).map(|place| group(Rung::Scan, 1, place, 2)).collect();
        let fold = one(&places);
        assert_eq!((fold.kind.as_deref(), fold.place, fold.cases), (Some("kind.1"), None, 200));
        // That nobody has any of them is said; that somebody has one of them is not taken for all.
        assert_eq!(fold.owner, Some(None));
        places[7].owner = Some(Owner { id: "p-1".to_owned(), name: "An analyst".to_owned() });
        assert_eq!(one(&places).owner, None);
        // So many kinds that only the rung is left, and here the place.
        let kinds: Vec<_> = (0..50).map(|kind| group(Rung::Scan, kind, kind, 2)).collect();
        let fold = one(&kinds);
        assert_eq!((fold.kind, fold.place, fold.opened), (None, None, Time::from_secs(0)));
        let here: Vec<_> = (0..50).map(|kind| group(Rung::Scan, kind, 7, 2)).collect();
        assert_eq!(one(&here).place.as_deref(), Some("county-7"));
    }
}
