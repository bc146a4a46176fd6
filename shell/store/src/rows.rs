//! Rows of any table, cell by cell.

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Row, Type};

use crate::query::on;
use crate::tables::{Kind, Table};
use crate::{Error, Link};

/// What stands in a row at a column.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Gives each row of a table to `sink`, in the order of the key, one at a time.
pub(crate) async fn each(
    link: Link<'_>,
    table: &Table,
    sink: &mut (dyn FnMut(&[Cell]) -> Result<(), Error> + Send),
) -> Result<(), Error> {
    let kinds: Vec<Kind> = table.columns().map(|(_, kind)| kind).collect();
    // The text is made of this program's own names only.
    let text = AssertSqlSafe(table.select());
    on!(link, conn => {
        let mut found = sqlx::query(text).fetch(conn);
        while let Some(row) = found.try_next().await? {
            let cells: Result<Vec<_>, _> =
                kinds.iter().enumerate().map(|(place, kind)| cell(&row, place, *kind)).collect();
            sink(&cells?)?;
        }
    });
    Ok(())
}

fn cell<R>(row: &R, place: usize, kind: Kind) -> Result<Cell, sqlx::Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    let cell = match kind {
        Kind::Int => row.try_get::<Option<i64>, _>(place)?.map(Cell::Int),
        Kind::Text => row.try_get::<Option<String>, _>(place)?.map(Cell::Text),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(place)?.map(Cell::Bytes),
    };
    Ok(cell.unwrap_or(Cell::Null))
}

/// Writes one row; its cells are in the order of the table's columns.
pub(crate) async fn insert(link: Link<'_>, table: &Table, cells: &[Cell]) -> Result<(), Error> {
    let text = AssertSqlSafe(table.insert());
    on!(link, conn => {
        let mut query = sqlx::query(text);
        for (cell, (_, kind)) in cells.iter().zip(table.columns()) {
            query = match (cell, kind) {
                (Cell::Int(number), _) => query.bind(*number),
                (Cell::Text(text), _) => query.bind(text.as_str()),
                (Cell::Bytes(bytes), _) => query.bind(bytes.as_slice()),
                // A nothing has the type of its column.
                (Cell::Null, Kind::Int) => query.bind(None::<i64>),
                (Cell::Null, Kind::Text) => query.bind(None::<&str>),
                (Cell::Null, Kind::Bytes) => query.bind(None::<&[u8]>),
            };
        }
        query.execute(conn).await?;
    });
    Ok(())
}

/// How many rows a table has.
pub(crate) async fn count(link: Link<'_>, table: &Table) -> Result<i64, Error> {
    let text = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
    Ok(on!(link, conn => sqlx::query_scalar(text).fetch_one(conn).await?))
}
