//! Merging files of one day into one, with no more in memory than a page of each.

use std::cmp::Ordering;
use std::path::Path;

use parquet::errors::ParquetError;

use crate::Error;
use crate::disk::Disk;
use crate::file::PartFile;
use crate::manifest::{Part, day_folder};
use crate::row::{Row, RowRef};
use crate::rows::Cursor;
use crate::write::PartWriter;

/// Why a merge was given up.
pub(crate) enum Failed {
    /// One of the files, by its place, cannot be read.
    Source(usize, ParquetError),
    /// The new file could not be written.
    Target(Error),
}

/// Merges these files of a day, which cover adjoining positions, into a new one. It does not count
/// before the manifest names it instead of them.
pub(crate) fn merge(disk: &Disk, root: &Path, day: i32, parts: &[Part]) -> Result<Part, Failed> {
    let mut heap = Heap::open(root, day, parts)?;
    let from = parts.first().map_or(0, |part| part.from);
    let to = parts.last().map_or(0, |part| part.to);
    let mut writer = PartWriter::create(disk, root, day, (from, to)).map_err(Failed::Target)?;
    for source in heap.cursors.iter().flat_map(|cursor| &cursor.file().sources) {
        writer.heard(&source.sensor, &source.jurisdiction, source.records);
    }
    let mut sum: Option<Row> = None;
    while let Some(row) = heap.row() {
        match &mut sum {
            Some(sum) if sum.as_ref().order(&row).is_eq() => sum.add(&row),
            Some(sum) => {
                writer.push(&sum.as_ref()).map_err(Failed::Target)?;
                sum.set(&row);
            }
            None => sum = Some(Row::of(&row)),
        }
        heap.advance()?;
    }
    if let Some(sum) = sum {
        writer.push(&sum.as_ref()).map_err(Failed::Target)?;
    }
    writer.finish(disk).map_err(Failed::Target)
}

/// Cursors with the one that stands on the smallest row on top.
struct Heap {
    cursors: Vec<Cursor>,
    /// Places of the cursors that are not at their end, as a binary heap.
    order: Vec<usize>,
}

impl Heap {
    fn open(root: &Path, day: i32, parts: &[Part]) -> Result<Self, Failed> {
        let folder = day_folder(root, day);
        let open = |(place, part): (usize, &Part)| {
            let cursor = PartFile::open(&folder.join(part.name()), part).and_then(|file| {
                let mut cursor = Cursor::new(file);
                cursor.advance()?;
                Ok(cursor)
            });
            cursor.map_err(|why| Failed::Source(place, why))
        };
        let cursors = parts.iter().enumerate().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut order: Vec<_> = (0..cursors.len()).collect();
        order.retain(|place| cursors.get(*place).is_some_and(|cursor| cursor.row().is_some()));
        let mut heap = Self { cursors, order };
        for at in (0..heap.order.len() / 2).rev() {
            heap.sink(at);
        }
        Ok(heap)
    }

    fn row(&self) -> Option<RowRef<'_>> {
        self.row_at(0)
    }

    fn advance(&mut self) -> Result<(), Failed> {
        let Some(&place) = self.order.first() else { return Ok(()) };
        let Some(cursor) = self.cursors.get_mut(place) else { return Ok(()) };
        cursor.advance().map_err(|why| Failed::Source(place, why))?;
        if cursor.row().is_none() {
            self.order.swap_remove(0);
        }
        self.sink(0);
        Ok(())
    }

    fn row_at(&self, at: usize) -> Option<RowRef<'_>> {
        self.cursors.get(*self.order.get(at)?)?.row()
    }

    fn less(&self, left: usize, right: usize) -> bool {
        let rows = self.row_at(left).zip(self.row_at(right));
        rows.is_some_and(|(left, right)| left.order(&right) == Ordering::Less)
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let left = at.saturating_mul(2).saturating_add(1);
            let right = left.saturating_add(1);
            let child = if self.less(right, left) { right } else { left };
            if !self.less(child, at) {
                return;
            }
            self.order.swap(at, child);
            at = child;
        }
    }
}
