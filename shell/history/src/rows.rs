//! The rows of a row group: all columns read together, some rows at a time.

use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::Result;
use ward_kernel::{KeyKind, Rung};

use crate::damage::{guarded, wrong};
use crate::file::PartFile;
use crate::row::{RowRef, rung_named};
use crate::schema::{COUNT, FIRST, JURISDICTION, KEY, LAST, RUNG, SENSOR};

/// Rows that are decoded at a time.
const BATCH: usize = 1_024;

/// The keys of a row group, from the top.
pub(crate) struct Keys(ColumnReaderImpl<ByteArrayType>);

/// All columns of a row group but its kind and keys, from the top.
pub(crate) struct Rest {
    sensors: ColumnReaderImpl<ByteArrayType>,
    jurisdictions: ColumnReaderImpl<ByteArrayType>,
    counts: ColumnReaderImpl<Int64Type>,
    firsts: ColumnReaderImpl<Int64Type>,
    lasts: ColumnReaderImpl<Int64Type>,
    rungs: ColumnReaderImpl<ByteArrayType>,
    rung_texts: Vec<ByteArray>,
    rung_levels: Vec<i16>,
}

/// Values of some rows, by column.
#[derive(Default)]
pub(crate) struct Values {
    pub(crate) sensors: Vec<ByteArray>,
    pub(crate) jurisdictions: Vec<ByteArray>,
    pub(crate) counts: Vec<i64>,
    pub(crate) firsts: Vec<i64>,
    pub(crate) lasts: Vec<i64>,
    pub(crate) rungs: Vec<Option<Rung>>,
}

/// Reads a file from its first row to its last.
pub(crate) struct Cursor {
    file: PartFile,
    group: usize,
    columns: Option<(Keys, Rest)>,
    unread: usize,
    keys: Vec<ByteArray>,
    values: Values,
    at: usize,
}

impl Keys {
    /// The keys of this row group.
    pub(crate) fn of(file: &PartFile, group: usize) -> Result<Self> {
        file.column(group, KEY).map(Self)
    }

    /// Passes over rows.
    pub(crate) fn skip(&mut self, rows: usize) -> Result<()> {
        skip(&mut self.0, rows)
    }

    /// Adds the keys of the next rows.
    pub(crate) fn read(&mut self, rows: usize, keys: &mut Vec<ByteArray>) -> Result<()> {
        read(&mut self.0, rows, keys)
    }
}

impl Rest {
    /// The other columns of this row group.
    pub(crate) fn of(file: &PartFile, group: usize) -> Result<Self> {
        Ok(Self {
            sensors: file.column(group, SENSOR)?,
            jurisdictions: file.column(group, JURISDICTION)?,
            counts: file.column(group, COUNT)?,
            firsts: file.column(group, FIRST)?,
            lasts: file.column(group, LAST)?,
            rungs: file.column(group, RUNG)?,
            rung_texts: Vec::new(),
            rung_levels: Vec::new(),
        })
    }

    /// Passes over rows.
    pub(crate) fn skip(&mut self, rows: usize) -> Result<()> {
        skip(&mut self.sensors, rows)?;
        skip(&mut self.jurisdictions, rows)?;
        skip(&mut self.counts, rows)?;
        skip(&mut self.firsts, rows)?;
        skip(&mut self.lasts, rows)?;
        skip(&mut self.rungs, rows)
    }

    /// Adds the values of the next rows.
    pub(crate) fn read(&mut self, rows: usize, values: &mut Values) -> Result<()> {
        read(&mut self.sensors, rows, &mut values.sensors)?;
        read(&mut self.jurisdictions, rows, &mut values.jurisdictions)?;
        read(&mut self.counts, rows, &mut values.counts)?;
        read(&mut self.firsts, rows, &mut values.firsts)?;
        read(&mut self.lasts, rows, &mut values.lasts)?;
        self.read_rungs(rows, &mut values.rungs)
    }

    fn read_rungs(&mut self, rows: usize, rungs: &mut Vec<Option<Rung>>) -> Result<()> {
        self.rung_texts.clear();
        self.rung_levels.clear();
        let levels = Some(&mut self.rung_levels);
        let (read, ..) = self.rungs.read_records(rows, levels, None, &mut self.rung_texts)?;
        if read != rows {
            return Err(wrong("a column ends early"));
        }
        let mut texts = self.rung_texts.iter();
        for level in &self.rung_levels {
            let text = if *level == 1 { texts.next() } else { None };
            let rung = text.map(|text| {
                rung_named(text.data()).ok_or_else(|| wrong("it names a rung that there is not"))
            });
            rungs.push(rung.transpose()?);
        }
        Ok(())
    }
}

impl Values {
    /// Forgets all rows.
    pub(crate) fn clear(&mut self) {
        self.sensors.clear();
        self.jurisdictions.clear();
        self.counts.clear();
        self.firsts.clear();
        self.lasts.clear();
        self.rungs.clear();
    }

    /// One row, if it is there and its texts are UTF-8.
    pub(crate) fn row<'a>(
        &'a self,
        at: usize,
        kind: KeyKind,
        key: &'a ByteArray,
    ) -> Option<RowRef<'a>> {
        Some(RowRef {
            kind,
            key: key.as_utf8().ok()?,
            sensor: self.sensors.get(at)?.as_utf8().ok()?,
            jurisdiction: self.jurisdictions.get(at)?.as_utf8().ok()?,
            count: *self.counts.get(at)?,
            first: *self.firsts.get(at)?,
            last: *self.lasts.get(at)?,
            rung: *self.rungs.get(at)?,
        })
    }
}

impl Cursor {
    /// Stands before the first row; [`Cursor::advance`] comes first.
    pub(crate) fn new(file: PartFile) -> Self {
        Self {
            file,
            group: 0,
            columns: None,
            unread: 0,
            keys: Vec::new(),
            values: Values::default(),
            at: 0,
        }
    }

    /// What each sensor contributed to the file.
    pub(crate) fn file(&self) -> &PartFile {
        &self.file
    }

    /// The row that it stands on; none behind the last.
    pub(crate) fn row(&self) -> Option<RowRef<'_>> {
        let kind = self.file.groups.get(self.group)?.kind;
        self.values.row(self.at, kind, self.keys.get(self.at)?)
    }

    /// Steps to the next row. An error if the file is damaged or not in order, and then the cursor
    /// is of no more use.
    pub(crate) fn advance(&mut self) -> Result<()> {
        self.at = self.at.saturating_add(1);
        if self.at < self.keys.len() {
            return self.check();
        }
        guarded(|| self.fill())?;
        if self.keys.is_empty() { Ok(()) } else { self.check() }
    }

    fn check(&self) -> Result<()> {
        let row = self.row().ok_or_else(|| wrong("a text is not UTF-8"))?;
        let before =
            self.at.checked_sub(1).and_then(|at| self.values.row(at, row.kind, self.keys.get(at)?));
        if before.is_some_and(|before| before.order(&row).is_ge()) {
            return Err(wrong("its rows are not in order"));
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<()> {
        self.keys.clear();
        self.values.clear();
        self.at = 0;
        while self.unread == 0 {
            if self.columns.take().is_some() {
                self.group = self.group.saturating_add(1);
            }
            let Some(group) = self.file.groups.get(self.group) else { return Ok(()) };
            self.unread = group.rows;
            self.columns =
                Some((Keys::of(&self.file, self.group)?, Rest::of(&self.file, self.group)?));
        }
        let rows = self.unread.min(BATCH);
        let Some((keys, rest)) = &mut self.columns else { return Ok(()) };
        keys.read(rows, &mut self.keys)?;
        rest.read(rows, &mut self.values)?;
        self.unread = self.unread.saturating_sub(rows);
        Ok(())
    }
}

fn skip<T: DataType>(column: &mut ColumnReaderImpl<T>, rows: usize) -> Result<()> {
    if column.skip_records(rows)? == rows { Ok(()) } else { Err(wrong("a column ends early")) }
}

fn read<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    values: &mut Vec<T::T>,
) -> Result<()> {
    let (read, ..) = column.read_records(rows, None, None, values)?;
    if read == rows { Ok(()) } else { Err(wrong("a column ends early")) }
}
