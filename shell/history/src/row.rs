//! One row of a file: the order of rows, and how two of the same key become one.

use std::cmp::Ordering;

use ward_kernel::{KeyKind, Rung};

/// One row, borrowed from where it lies. All rows of a file are of one day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RowRef<'a> {
    pub(crate) kind: KeyKind,
    pub(crate) key: &'a str,
    pub(crate) sensor: &'a str,
    pub(crate) jurisdiction: &'a str,
    pub(crate) count: i64,
    /// Microseconds since the epoch.
    pub(crate) first: i64,
    /// Microseconds since the epoch.
    pub(crate) last: i64,
    pub(crate) rung: Option<Rung>,
}

/// A row that is being added up.
#[derive(Debug)]
pub(crate) struct Row {
    kind: KeyKind,
    key: String,
    sensor: String,
    jurisdiction: String,
    count: i64,
    first: i64,
    last: i64,
    rung: Option<Rung>,
}

/// The place of a kind in the files: the order of the kinds' names, as engines sort them.
pub(crate) const fn rank(kind: KeyKind) -> u8 {
    match kind {
        KeyKind::Account => 0,
        KeyKind::Address => 1,
        KeyKind::Domain => 2,
        KeyKind::Hash => 3,
    }
}

/// The kind of this name.
pub(crate) fn kind_named(name: &[u8]) -> Option<KeyKind> {
    KeyKind::ALL.into_iter().find(|kind| kind.name().as_bytes() == name)
}

/// The rung of this name.
pub(crate) fn rung_named(name: &[u8]) -> Option<Rung> {
    Rung::ALL.into_iter().find(|rung| rung.name().as_bytes() == name)
}

impl RowRef<'_> {
    /// The order of rows in a file: by kind, key and sensor. Rows that are equal in this order are
    /// one row.
    pub(crate) fn order(&self, other: &RowRef<'_>) -> Ordering {
        (rank(self.kind), self.key, self.sensor).cmp(&(rank(other.kind), other.key, other.sensor))
    }
}

impl Row {
    /// A copy that owns its text.
    pub(crate) fn of(row: &RowRef<'_>) -> Self {
        Self {
            kind: row.kind,
            key: row.key.to_owned(),
            sensor: row.sensor.to_owned(),
            jurisdiction: row.jurisdiction.to_owned(),
            count: row.count,
            first: row.first,
            last: row.last,
            rung: row.rung,
        }
    }

    /// Becomes a copy of `row`, keeping its own memory.
    pub(crate) fn set(&mut self, row: &RowRef<'_>) {
        self.kind = row.kind;
        row.key.clone_into(&mut self.key);
        row.sensor.clone_into(&mut self.sensor);
        row.jurisdiction.clone_into(&mut self.jurisdiction);
        (self.count, self.first, self.last, self.rung) = (row.count, row.first, row.last, row.rung);
    }

    /// Adds a row that is equal in order. The result does not depend on the order of adding: of two
    /// jurisdictions for one sensor the one with the later record stays.
    pub(crate) fn add(&mut self, row: &RowRef<'_>) {
        if (row.last, row.jurisdiction) > (self.last, self.jurisdiction.as_str()) {
            row.jurisdiction.clone_into(&mut self.jurisdiction);
        }
        self.count = self.count.saturating_add(row.count);
        self.first = self.first.min(row.first);
        self.last = self.last.max(row.last);
        self.rung = self.rung.max(row.rung);
    }

    /// The row as it stands.
    pub(crate) fn as_ref(&self) -> RowRef<'_> {
        RowRef {
            kind: self.kind,
            key: &self.key,
            sensor: &self.sensor,
            jurisdiction: &self.jurisdiction,
            count: self.count,
            first: self.first,
            last: self.last,
            rung: self.rung,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_names() {
        let mut kinds = KeyKind::ALL;
        kinds.sort_by_key(|kind| kind.name());
        assert!(kinds.is_sorted_by_key(|kind| rank(*kind)));
        assert!(kinds.iter().all(|kind| kind_named(kind.name().as_bytes()) == Some(*kind)));
        assert!(Rung::ALL.iter().all(|rung| rung_named(rung.name().as_bytes()) == Some(*rung)));
    }

    #[test]
    fn adding_is_the_same_in_any_order() {
        let row = |jurisdiction, first, last, rung| RowRef {
            kind: KeyKind::Account,
            key: "clerk",
            sensor: "zeek",
            jurisdiction,
            count: 2,
            first,
            last,
            rung,
        };
        let rows = [
            row("b", 5, 9, None),
            row("a", 4, 9, Some(Rung::Access)),
            row("c", 6, 7, Some(Rung::Scan)),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut sum = Row::of(&rows[order[0]]);
            sum.add(&rows[order[1]]);
            sum.add(&rows[order[2]]);
            let expected = RowRef { count: 6, ..row("b", 4, 9, Some(Rung::Access)) };
            assert_eq!(sum.as_ref(), expected);
        }
    }
}
