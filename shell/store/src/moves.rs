//! A store as one stream: for a move from SQLite to PostgreSQL or back, and to compare two stores.
//!
//! The format, `ward.store/1`, is gzip over lines of JSON. First comes an object that says the
//! format and the schema. Then, for each table, an object with its name and columns, one array for
//! each row in the order of the table's key (numbers as numbers, bytes in Base64, RFC 4648 §4),
//! and an object with the number of its rows and the SHA-256 of their lines, each with its newline.
//! The last object says that nothing is missing.

use std::io::{BufRead, BufReader, Read, Write};

use data_encoding::{BASE64, HEXLOWER};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ward_kernel::World;

use crate::rows::{self, Cell};
use crate::tables::{Kind, TABLES, Table};
use crate::{Audit, Error, Store, Tx, migrate, world};

/// The format's name and version.
pub const FORMAT: &str = "ward.store/1";

/// The lowest level that gives back what Base64 adds.
const LEVEL: Compression = Compression::new(2);

/// The longest line that is read: the longest body of a batch, in Base64, fits several times.
const MAX_LINE: u64 = 64 << 20;

/// What a table holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sum {
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over the rows, in hexadecimal: the same for the same rows on either engine.
    pub sha256: String,
}

#[derive(Deserialize, Serialize)]
struct Head {
    format: String,
    schema: i64,
    /// Missing in the real one.
    #[serde(default, skip_serializing_if = "is_real")]
    world: World,
}

fn is_real(world: &World) -> bool {
    !world.is_exercise()
}

#[derive(Deserialize, Serialize)]
struct Begin {
    table: String,
    columns: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct End {
    complete: bool,
    tables: usize,
}

/// Writes the whole store, as it is at one moment, while others write on.
///
/// # Errors
/// Those of the engine, and [`Error::Place`] when `out` cannot be written.
pub async fn export<W: Write + Send>(store: &Store, out: W) -> Result<Vec<Sum>, Error> {
    store.check_schema().await?;
    let mut out = GzEncoder::new(out, LEVEL);
    let mut tx = store.snapshot().await?;
    let world = world::of(tx.link()).await?;
    line(&mut out, &Head { format: FORMAT.to_owned(), schema: migrate::NEWEST, world })?;
    let mut sums = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let columns = table.columns().map(|(name, _)| name.to_owned()).collect();
        line(&mut out, &Begin { table: table.name.to_owned(), columns })?;
        let sum =
            sum_of(&mut tx, table, &mut |row| out.write_all(row).map_err(|err| unwritten(&err)))
                .await?;
        line(&mut out, &sum)?;
        sums.push(sum);
    }
    line(&mut out, &End { complete: true, tables: TABLES.len() })?;
    out.finish().and_then(|mut out| out.flush()).map_err(|err| unwritten(&err))?;
    Ok(sums)
}

/// What each table holds: two stores with equal sums hold the same.
///
/// # Errors
/// Those of the engine.
pub async fn content(store: &Store) -> Result<Vec<Sum>, Error> {
    store.check_schema().await?;
    let mut tx = store.snapshot().await?;
    let mut sums = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        sums.push(sum_of(&mut tx, table, &mut |_| Ok(())).await?);
    }
    Ok(sums)
}

async fn sum_of(
    tx: &mut Tx,
    table: &Table,
    sink: &mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send),
) -> Result<Sum, Error> {
    let (mut hash, mut count) = (Sha256::new(), 0_u64);
    let mut text = Vec::new();
    rows::each(tx.link(), table, &mut |cells| {
        text.clear();
        write_row(&mut text, cells)?;
        hash.update(&text);
        count = count.saturating_add(1);
        sink(&text)
    })
    .await?;
    let sha256 = HEXLOWER.encode(&hash.finalize());
    Ok(Sum { table: table.name.to_owned(), rows: count, sha256 })
}

/// Reads a store that [`export`] wrote into an empty one of the same world, all of it or nothing.
///
/// # Errors
/// [`Error::Refused`] when the store is not empty or of the other world, [`Error::Damaged`] when what
/// is read is not what was written, and those of the engine.
pub async fn import<R: Read + Send>(store: &Store, input: R) -> Result<Vec<Sum>, Error> {
    store.check_schema().await?;
    let mut lines = Lines { input: BufReader::new(GzDecoder::new(BufReader::new(input))), at: 0 };
    let head: Head = lines.object()?;
    if head.format != FORMAT {
        return Err(Error::Damaged("this is no export of a store of Ward".to_owned()));
    }
    if head.schema != migrate::NEWEST {
        return Err(Error::Schema { found: head.schema, known: migrate::NEWEST });
    }
    let mut tx = store.begin().await?;
    let own = world::of(tx.link()).await?;
    world::expect(head.world, own)?;
    empty(&mut tx, own).await?;
    let mut sums = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        sums.push(import_table(&mut tx, &mut lines, table).await?);
    }
    let end: End = lines.object()?;
    if !end.complete || end.tables != TABLES.len() {
        return Err(lines.wrong("it does not end as an export ends"));
    }
    lines.end()?;
    if world::of(tx.link()).await? != own {
        return Err(lines.wrong("its rows are of another world than its head says"));
    }
    // The rows bring their own audit chain along; the caller puts the import down behind it.
    tx.commit(Audit::Machine).await?;
    Ok(sums)
}

async fn import_table<R: BufRead + Send>(
    tx: &mut Tx,
    lines: &mut Lines<R>,
    table: &Table,
) -> Result<Sum, Error> {
    let begin: Begin = lines.object()?;
    if begin.table != table.name || !table.columns().map(|(name, _)| name).eq(&begin.columns) {
        return Err(lines.wrong(&format!("the table {} with its columns belongs here", table.name)));
    }
    let (mut hash, mut count) = (Sha256::new(), 0_u64);
    loop {
        let text = lines.next()?;
        if text.first() != Some(&b'[') {
            let sum: Sum = lines.parse(&text)?;
            let found = HEXLOWER.encode(&hash.finalize());
            if sum.table != table.name || sum.rows != count || sum.sha256 != found {
                return Err(lines.wrong(&format!("the rows of {} were changed", table.name)));
            }
            return Ok(sum);
        }
        hash.update(&text);
        count = count.saturating_add(1);
        let cells = read_row(&text, table).map_err(|what| lines.wrong(&what))?;
        rows::insert(tx.link(), table, &cells).await?;
    }
}

/// Refuses a store in which there is anything; what migration itself wrote is taken out.
async fn empty(tx: &mut Tx, world: World) -> Result<(), Error> {
    for table in &TABLES {
        let count = rows::count(tx.link(), table).await?;
        // The schema, and in an exercise the world.
        let own = if table.name == "meta" { 1 + i64::from(world.is_exercise()) } else { 0 };
        if count > own {
            return Err(Error::Refused(format!(
                "the store is not empty ({} has {count} rows): import into a new one",
                table.name
            )));
        }
    }
    crate::query::execute!(tx.link(), "DELETE FROM meta");
    Ok(())
}

fn write_row(text: &mut Vec<u8>, cells: &[Cell]) -> Result<(), Error> {
    for (place, cell) in cells.iter().enumerate() {
        text.push(if place == 0 { b'[' } else { b',' });
        let json = match cell {
            Cell::Null => serde_json::to_writer(&mut *text, &()),
            Cell::Int(number) => serde_json::to_writer(&mut *text, number),
            Cell::Text(words) => serde_json::to_writer(&mut *text, words),
            Cell::Bytes(bytes) => serde_json::to_writer(&mut *text, &BASE64.encode(bytes)),
        };
        json.map_err(|err| Error::Refused(format!("a row cannot be written down: {err}")))?;
    }
    text.extend_from_slice(b"]\n");
    Ok(())
}

fn read_row(text: &[u8], table: &Table) -> Result<Vec<Cell>, String> {
    let values: Vec<serde_json::Value> =
        serde_json::from_slice(text).map_err(|err| format!("it is no row: {err}"))?;
    if values.len() != table.columns().count() {
        return Err(format!("a row of {} has other columns", table.name));
    }
    let cells = values.into_iter().zip(table.columns()).map(|(value, (name, kind))| {
        use serde_json::Value;
        let cell = match (kind, value) {
            (_, Value::Null) => Some(Cell::Null),
            (Kind::Int, Value::Number(number)) => number.as_i64().map(Cell::Int),
            (Kind::Text, Value::String(text)) => Some(Cell::Text(text)),
            (Kind::Bytes, Value::String(text)) => {
                BASE64.decode(text.as_bytes()).ok().map(Cell::Bytes)
            }
            _ => None,
        };
        cell.ok_or_else(|| format!("{}.{name} holds something else", table.name))
    });
    cells.collect()
}

fn line<W: Write, T: Serialize>(out: &mut W, object: &T) -> Result<(), Error> {
    serde_json::to_writer(&mut *out, object).map_err(|err| unwritten(&err.into()))?;
    out.write_all(b"\n").map_err(|err| unwritten(&err))
}

fn unwritten(err: &std::io::Error) -> Error {
    Error::Place(format!("the export cannot be written: {err}"))
}

/// The lines of an export.
struct Lines<R> {
    input: R,
    at: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line, with its newline.
    fn next(&mut self) -> Result<Vec<u8>, Error> {
        let mut text = Vec::new();
        self.at = self.at.saturating_add(1);
        let read = (&mut self.input).take(MAX_LINE).read_until(b'\n', &mut text);
        read.map_err(|err| self.wrong(&format!("it cannot be unpacked: {err}")))?;
        if text.last() == Some(&b'\n') {
            Ok(text)
        } else {
            Err(self.wrong("it ends too early, or the line is too long"))
        }
    }

    /// Nothing follows; the packing, too, is whole to its last byte.
    fn end(&mut self) -> Result<(), Error> {
        let mut rest = [0];
        match self.input.read(&mut rest) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.wrong("something follows behind its end")),
            Err(err) => Err(self.wrong(&format!("it cannot be unpacked: {err}"))),
        }
    }

    fn object<T: for<'a> Deserialize<'a>>(&mut self) -> Result<T, Error> {
        let text = self.next()?;
        self.parse(&text)
    }

    fn parse<T: for<'a> Deserialize<'a>>(&self, text: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(text).map_err(|err| self.wrong(&err.to_string()))
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Damaged(format!("the export cannot be used, line {}: {what}", self.at))
    }
}
