//! How queries are asked: one text, either engine.

use std::borrow::Cow;

/// Runs one body on whichever engine the link leads to: `$conn` is the connection in it.
macro_rules! on {
    ($link:expr, $conn:ident => $body:expr) => {
        match $link {
            $crate::Link::Lite($conn) => $body,
            $crate::Link::Pg($conn) => $body,
        }
    };
}

/// Runs a statement; how many rows it touched.
macro_rules! execute {
    ($link:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::query::on!($link, conn => {
            sqlx::query($sql)$(.bind($value))*.execute(conn).await?.rows_affected()
        })
    };
}

/// All rows of a query, as tuples.
macro_rules! rows {
    ($link:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::query::on!($link, conn => {
            sqlx::query_as($sql)$(.bind($value))*.fetch_all(conn).await?
        })
    };
}

/// The row of a query, as a tuple, if there is one.
macro_rules! row {
    ($link:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::query::on!($link, conn => {
            sqlx::query_as($sql)$(.bind($value))*.fetch_optional(conn).await?
        })
    };
}

/// The one value of a query that always has one: a count, a maximum.
macro_rules! value {
    ($link:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::query::on!($link, conn => {
            sqlx::query_scalar($sql)$(.bind($value))*.fetch_one(conn).await?
        })
    };
}

pub(crate) use {execute, on, row, rows, value};

/// A text that both engines keep: PostgreSQL takes no NUL, so it becomes U+FFFD.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// [`plain`] for a text that may be missing.
pub(crate) fn plain_opt(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.map(plain)
}
