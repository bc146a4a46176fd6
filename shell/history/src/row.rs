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

impl<'a> RowRef<'a> {
    /// The order of rows in a file: by kind, key, sensor and jurisdiction. Rows that are equal in
    /// this order are one row. The jurisdiction is among them so that a sensor that changes hands
    /// does not change what either hand may see.
    pub(crate) fn order(&self, other: &RowRef<'a>) -> Ordering {
        let by = |row: &RowRef<'a>| (rank(row.kind), row.key, row.sensor, row.jurisdiction);
        by(self).cmp(&by(other))
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

    /// Adds a row that is equal in order. The result does not depend on the order of adding.
    pub(crate) fn add(&mut self, row: &RowRef<'_>) {
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
        let row = |count, first, last, rung| RowRef {
            kind: KeyKind::Account,
            key: "clerk",
            sensor: "zeek",
            jurisdiction: "adair",
            count,
            first,
            last,
            rung,
        };
        let rows =
            [row(i64::MAX, 5, 9, None), row(1, 4, 9, Some(Rung::Access)), row(2, 6, 7, None)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut sum = Row::of(&rows[order[0]]);
            sum.add(&rows[order[1]]);
            sum.add(&rows[order[2]]);
            assert_eq!(sum.as_ref(), row(i64::MAX, 4, 9, Some(Rung::Access)));
        }
    }
}
