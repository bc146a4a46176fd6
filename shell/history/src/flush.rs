//! Adding sightings: one file for each day that they are of, all of them valid at one moment.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::Sighting;

use crate::Error;
use crate::day::has_text;
use crate::history::History;
use crate::manifest::{Part, day_folder, part_name, unfinished_name};
use crate::row::{Row, RowRef};
use crate::write::PartWriter;

/// Bytes of a key, a sensor's name or a jurisdiction's id at most. Nothing that is longer is
/// looked up, and a hostile key must not fill the disk.
pub const MAX_TEXT: usize = 1_024;

/// What is added at one time.
#[derive(Debug)]
pub struct Flush<'a> {
    /// The sightings, in any order, of any days; the same day, kind, key and sensor may come more
    /// than once. They are sorted in place. After an error they are all there to be tried again.
    pub sightings: &'a mut [Sighting],
    /// Whose records were read for this, so that "not found" can say where was looked.
    pub heard: &'a [Heard],
    /// First position of the queue that this covers; behind [`History::position`].
    pub from: u64,
    /// Last position of the queue that this covers; not before `from`.
    pub to: u64,
}

/// So many records of one sensor were read, of one day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// Days since 1970-01-01, UTC.
    pub day: i32,
    /// The sensor's name.
    pub sensor: String,
    /// The jurisdiction that the sensor belongs to; its id.
    pub jurisdiction: String,
    /// Records that were read, with a key or without.
    pub records: u64,
}

/// What became of a flush.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Flushed {
    /// Files that were written, one for each day.
    pub files: usize,
    /// Rows that were written.
    pub sightings: u64,
    /// Sightings that were left out because a text is longer than [`MAX_TEXT`] or the day has no
    /// four-digit year from 1970 on.
    pub refused: u64,
    /// Sightings of days that are no longer kept.
    pub expired: u64,
}

impl History {
    /// Adds sightings. When this returns, they are on the medium and [`History::position`] is `to`;
    /// before, none of them counts.
    ///
    /// # Errors
    /// If the positions do not follow, or the files cannot be written. Then nothing was added.
    /// [`Error::Reopen`] at later calls says that the manifest itself could not be replaced.
    pub fn flush(&mut self, flush: Flush<'_>) -> Result<Flushed, Error> {
        self.usable()?;
        let Flush { from, to, .. } = flush;
        let position = self.manifest.position;
        if from <= position || to < from {
            return Err(Error::Order { from, to, position });
        }
        self.add(flush)
    }

    /// Adds sightings of the days before the queue began: what an earlier system had kept, or a
    /// demonstration's past. They stand under position 0, which no batch has. Only a history that
    /// holds nothing yet takes them, so that they are never there twice: none is returned otherwise,
    /// and nothing is changed.
    ///
    /// # Errors
    /// If the files cannot be written. Then nothing was added.
    pub fn bring(
        &mut self,
        sightings: &mut [Sighting],
        heard: &[Heard],
    ) -> Result<Option<Flushed>, Error> {
        self.usable()?;
        if self.manifest.position > 0 || !self.manifest.days.is_empty() {
            return Ok(None);
        }
        self.add(Flush { sightings, heard, from: 0, to: 0 }).map(Some)
    }

    fn add(&mut self, flush: Flush<'_>) -> Result<Flushed, Error> {
        let Flush { sightings, heard, from, to } = flush;
        sightings.sort_unstable_by(|left, right| {
            left.day.cmp(&right.day).then_with(|| row(left).order(&row(right)))
        });
        let mut flushed = Flushed::default();
        let mut written = BTreeMap::new();
        for day in self.days_of(sightings, heard, &mut flushed) {
            match self.write_day(day, sightings, heard, (from, to)) {
                Ok(part) => written.insert(day, part),
                Err(why) => {
                    self.give_up(day, &written, (from, to));
                    return Err(why);
                }
            };
        }
        flushed.files = written.len();
        flushed.sightings = written.values().map(|part| part.sightings).sum();
        let mut manifest = self.manifest.clone();
        manifest.position = to;
        for (day, part) in written {
            manifest.days.entry(day).or_default().push(part);
        }
        self.commit(manifest)?;
        Ok(flushed)
    }

    /// The days that get a file; counts what is left out.
    fn days_of(
        &self,
        sightings: &[Sighting],
        heard: &[Heard],
        flushed: &mut Flushed,
    ) -> BTreeSet<i32> {
        let kept = |day| day >= self.manifest.kept_from && has_text(day);
        let mut days: BTreeSet<_> =
            heard.iter().map(|heard| heard.day).filter(|day| kept(*day)).collect();
        for sighting in sightings {
            if !fits(sighting) {
                flushed.refused = flushed.refused.saturating_add(1);
            } else if sighting.day < self.manifest.kept_from {
                flushed.expired = flushed.expired.saturating_add(1);
            } else {
                days.insert(sighting.day);
            }
        }
        days
    }

    fn write_day(
        &self,
        day: i32,
        sightings: &[Sighting],
        heard: &[Heard],
        positions: (u64, u64),
    ) -> Result<Part, Error> {
        let folder = day_folder(&self.root, day);
        self.disk.create_folder(&folder)?;
        let mut writer = PartWriter::create(&self.disk, &self.root, day, positions)?;
        for heard in heard.iter().filter(|heard| heard.day == day) {
            writer.heard(&heard.sensor, &heard.jurisdiction, heard.records);
        }
        let start = sightings.partition_point(|sighting| sighting.day < day);
        let of_day = sightings.iter().skip(start).take_while(|sighting| sighting.day == day);
        let mut sum: Option<Row> = None;
        for row in of_day.filter(|sighting| fits(sighting)).map(row) {
            match &mut sum {
                Some(sum) if sum.as_ref().order(&row).is_eq() => sum.add(&row),
                Some(sum) => {
                    writer.push(&sum.as_ref())?;
                    sum.set(&row);
                }
                None => sum = Some(Row::of(&row)),
            }
        }
        if let Some(sum) = sum {
            writer.push(&sum.as_ref())?;
        }
        let part = writer.finish(&self.disk)?;
        self.disk.sync_folder(&folder)?;
        Ok(part)
    }

    /// Removes what a failed flush has written, so that a query engine does not meet it. What cannot
    /// be removed goes when the history is opened.
    fn give_up(&self, failed: i32, written: &BTreeMap<i32, Part>, (from, to): (u64, u64)) {
        let failed_folder = day_folder(&self.root, failed);
        let _ = self.disk.remove(&failed_folder.join(unfinished_name(from, to)));
        let _ = self.disk.remove(&failed_folder.join(part_name(from, to)));
        for (day, part) in written {
            let _ = self.disk.remove(&day_folder(&self.root, *day).join(part.name()));
        }
    }
}

fn fits(sighting: &Sighting) -> bool {
    let texts = [&sighting.key, &sighting.sensor, &sighting.jurisdiction];
    texts.iter().all(|text| text.len() <= MAX_TEXT) && has_text(sighting.day)
}

fn row(sighting: &Sighting) -> RowRef<'_> {
    RowRef {
        kind: sighting.kind,
        key: &sighting.key,
        sensor: &sighting.sensor,
        jurisdiction: &sighting.jurisdiction,
        count: i64::try_from(sighting.count).unwrap_or(i64::MAX),
        first: sighting.first.micros(),
        last: sighting.last.micros(),
        rung: sighting.rung,
    }
}
