//! What the desk keeps, in SQLite or PostgreSQL; the only room with SQL.
//!
//! One SQL text serves both engines, in their common dialect (see `DIALECT.md`). A [`Store`] gives
//! a [`Read`] or a [`Tx`]; every query is a function that takes a [`Link`] to either. There is one
//! writer at a time on both engines, and the only way to end a [`Tx`] well is [`Tx::commit`],
//! which asks for the audit row.
//!
//! ```no_run
//! # async fn example(store: &ward_store::Store, entry: ward_store::audit::Entry)
//! # -> Result<(), ward_store::Error> {
//! let mut tx = store.begin().await?;
//! ward_store::meta::set(tx.link(), "office", "Office of the Secretary of State").await?;
//! tx.commit(ward_store::Audit::Entry(entry)).await?;
//! # Ok(()) }
//! ```

pub mod audit;
pub mod batch;
mod db;
mod error;
pub mod inbox;
pub mod meta;
mod migrate;

pub use audit::Audit;
pub use db::{Link, Read, Store, Tx};
pub use error::Error;
pub use migrate::{SCHEMA, Schema};

/// Runs one body on whichever engine the link leads to: `$conn` is the connection in it.
macro_rules! on {
    ($link:expr, $conn:ident => $body:expr) => {
        match $link {
            $crate::Link::Lite($conn) => $body,
            $crate::Link::Pg($conn) => $body,
        }
    };
}
pub(crate) use on;
