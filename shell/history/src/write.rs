//! Writing one file: rows in their order, one row group of one kind at a time.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use sha2::{Digest, Sha256};
use ward_kernel::KeyKind;

use crate::Error;
use crate::disk::Disk;
use crate::manifest::{Part, day_folder, hexadecimal, part_name, unfinished_name};
use crate::row::RowRef;
use crate::schema::{self, GROUP_BYTES, GROUP_ROWS, SOURCES_KEY, Source};

/// Writes one file under its unfinished name.
pub(crate) struct PartWriter {
    part: Part,
    path: PathBuf,
    file: SerializedFileWriter<Hashed>,
    group: Group,
    sources: Sources,
}

/// A file that hashes what it is given.
struct Hashed {
    file: File,
    sha256: Sha256,
    /// Of what comes behind the row groups; none before.
    tail: Option<Sha256>,
    bytes: u64,
}

/// The rows of the row group that is being collected, by column.
#[derive(Default)]
struct Group {
    kind: Option<KeyKind>,
    keys: Vec<u8>,
    key_ends: Vec<usize>,
    sensors: Vec<ByteArray>,
    jurisdictions: Vec<ByteArray>,
    counts: Vec<i64>,
    firsts: Vec<i64>,
    lasts: Vec<i64>,
    rungs: Vec<ByteArray>,
    rung_levels: Vec<i16>,
}

/// The sensors met so far, by name and jurisdiction.
#[derive(Default)]
struct Sources(HashMap<(String, String), SourceEntry>);

/// What one sensor contributed, and its names as the columns want them.
struct SourceEntry {
    sensor: ByteArray,
    jurisdiction: ByteArray,
    sightings: u64,
    mentions: u64,
    records: u64,
}

impl PartWriter {
    /// Begins the file of these positions in its day's folder, which must be there.
    pub(crate) fn create(
        disk: &Disk,
        root: &Path,
        day: i32,
        (from, to): (u64, u64),
    ) -> Result<Self, Error> {
        let path = day_folder(root, day).join(unfinished_name(from, to));
        let file =
            Hashed { file: disk.create(&path)?, sha256: Sha256::new(), tail: None, bytes: 0 };
        let properties = Arc::new(schema::properties(schema::metadata(day, from, to)));
        let file = schema::message()
            .and_then(|message| SerializedFileWriter::new(file, message, properties))
            .map_err(|why| failed(&path, why))?;
        let part = Part { from, to, ..Part::default() };
        Ok(Self { part, path, file, group: Group::default(), sources: Sources::default() })
    }

    /// Adds a row, which must come behind all before it in [`RowRef::order`].
    pub(crate) fn push(&mut self, row: &RowRef<'_>) -> Result<(), Error> {
        if self.group.is_full() || self.group.kind.is_some_and(|kind| kind != row.kind) {
            self.end_group()?;
        }
        let source = self.sources.of(row.sensor, row.jurisdiction);
        source.sightings = source.sightings.saturating_add(1);
        source.mentions = source.mentions.saturating_add(row.count.unsigned_abs());
        self.group.push(row, source.sensor.clone(), source.jurisdiction.clone());
        self.part.sightings = self.part.sightings.saturating_add(1);
        Ok(())
    }

    /// Says that a sensor's records were read, with a key or without.
    pub(crate) fn heard(&mut self, sensor: &str, jurisdiction: &str, records: u64) {
        let source = self.sources.of(sensor, jurisdiction);
        source.records = source.records.saturating_add(records);
    }

    /// Ends the file and gives it its name. Before the manifest names it, it does not count.
    pub(crate) fn finish(mut self, disk: &Disk) -> Result<Part, Error> {
        self.end_group()?;
        let sources = self.sources.to_json().map_err(|why| Error::part(&self.path, why))?;
        self.file.append_key_value_metadata(KeyValue::new(SOURCES_KEY.to_owned(), sources));
        self.file.flush().map_err(Error::io("write", &self.path))?;
        let hashed = self.file.inner_mut();
        hashed.tail = Some(Sha256::new());
        self.part.tail = hashed.bytes;
        let hashed = self.file.into_inner().map_err(|why| failed(&self.path, why))?;
        disk.sync(&hashed.file, &self.path)?;
        let name = part_name(self.part.from, self.part.to);
        disk.rename(&self.path, &self.path.with_file_name(name))?;
        self.part.bytes = hashed.bytes;
        self.part.sha256 = hexadecimal(hashed.sha256);
        self.part.tail_sha256 = hexadecimal(hashed.tail.unwrap_or_default());
        Ok(self.part)
    }

    fn end_group(&mut self) -> Result<(), Error> {
        let Some(kind) = self.group.kind.take() else { return Ok(()) };
        self.group.write(kind, &mut self.file).map_err(|why| failed(&self.path, why))
    }
}

/// A full disk is an I/O error, also when it comes through the Parquet library.
fn failed(path: &Path, why: ParquetError) -> Error {
    match why {
        ParquetError::External(why) => match why.downcast::<io::Error>() {
            Ok(why) => Error::io("write", path)(*why),
            Err(why) => Error::part(path, why),
        },
        why => Error::part(path, why),
    }
}

impl Group {
    fn is_full(&self) -> bool {
        self.counts.len() >= GROUP_ROWS || self.keys.len() >= GROUP_BYTES
    }

    fn push(&mut self, row: &RowRef<'_>, sensor: ByteArray, jurisdiction: ByteArray) {
        self.kind = Some(row.kind);
        self.keys.extend_from_slice(row.key.as_bytes());
        self.key_ends.push(self.keys.len());
        self.sensors.push(sensor);
        self.jurisdictions.push(jurisdiction);
        self.counts.push(row.count);
        self.firsts.push(row.first);
        self.lasts.push(row.last);
        self.rungs.extend(row.rung.map(|rung| static_text(rung.name())));
        self.rung_levels.push(i16::from(row.rung.is_some()));
    }

    fn write(&mut self, kind: KeyKind, file: &mut SerializedFileWriter<Hashed>) -> Result<()> {
        let mut group = file.next_row_group()?;
        put::<ByteArrayType>(&mut group, &vec![static_text(kind.name()); self.counts.len()], None)?;
        put::<ByteArrayType>(&mut group, &self.take_keys(), None)?;
        put::<ByteArrayType>(&mut group, &self.sensors, None)?;
        put::<ByteArrayType>(&mut group, &self.jurisdictions, None)?;
        put::<Int64Type>(&mut group, &self.counts, None)?;
        put::<Int64Type>(&mut group, &self.firsts, None)?;
        put::<Int64Type>(&mut group, &self.lasts, None)?;
        put::<ByteArrayType>(&mut group, &self.rungs, Some(&self.rung_levels))?;
        group.close()?;
        self.clear();
        Ok(())
    }

    /// The keys, all of them slices of one block of memory.
    fn take_keys(&mut self) -> Vec<ByteArray> {
        let keys = Bytes::from(std::mem::take(&mut self.keys));
        let mut start = 0;
        let slice =
            |end: &usize| ByteArray::from(keys.slice(std::mem::replace(&mut start, *end)..*end));
        self.key_ends.iter().map(slice).collect()
    }

    fn clear(&mut self) {
        self.key_ends.clear();
        self.sensors.clear();
        self.jurisdictions.clear();
        self.counts.clear();
        self.firsts.clear();
        self.lasts.clear();
        self.rungs.clear();
        self.rung_levels.clear();
    }
}

fn static_text(text: &'static str) -> ByteArray {
    ByteArray::from(Bytes::from_static(text.as_bytes()))
}

fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Hashed>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<()> {
    let end = || ParquetError::General("the schema has fewer columns".to_owned());
    let mut column = group.next_column()?.ok_or_else(end)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

impl Sources {
    fn of(&mut self, sensor: &str, jurisdiction: &str) -> &mut SourceEntry {
        self.0.entry((sensor.to_owned(), jurisdiction.to_owned())).or_insert_with(|| SourceEntry {
            sensor: ByteArray::from(sensor),
            jurisdiction: ByteArray::from(jurisdiction),
            sightings: 0,
            mentions: 0,
            records: 0,
        })
    }

    /// As the footer has it, in order, so that the same rows make the same bytes.
    fn to_json(&self) -> serde_json::Result<String> {
        let source = |((sensor, jurisdiction), entry): (&(String, String), &SourceEntry)| Source {
            sensor: sensor.clone(),
            jurisdiction: jurisdiction.clone(),
            sightings: entry.sightings,
            mentions: entry.mentions,
            records: entry.records,
        };
        let mut list: Vec<_> = self.0.iter().map(source).collect();
        list.sort_by(|left, right| {
            (&left.sensor, &left.jurisdiction).cmp(&(&right.sensor, &right.jurisdiction))
        });
        serde_json::to_string(&list)
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let taken = bytes.get(..written).unwrap_or_default();
        self.sha256.update(taken);
        if let Some(tail) = &mut self.tail {
            tail.update(taken);
        }
        self.bytes = self.bytes.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
