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

pub mod after;
pub mod audit;
pub mod backup;
pub mod batch;
pub mod case_files;
pub mod cases;
pub mod check;
pub mod counterparts;
mod db;
pub mod elsewhere;
mod error;
pub mod evidence;
pub mod factors;
pub mod folded;
mod hold;
pub mod hours;
pub mod inbox;
pub mod invitations;
pub mod logbook;
pub mod look;
pub mod made;
mod messages;
pub mod meta;
mod migrate;
pub mod moves;
pub mod notices;
pub mod office;
pub mod people;
mod private;
mod query;
pub mod queue;
pub mod retention;
mod room;
mod rows;
pub mod sensors;
pub mod sessions;
pub mod stream;
mod tables;
pub mod tokens;
pub mod world;

pub use audit::Audit;
pub use db::{Link, Read, Store, Tx};
pub use error::Error;
pub use hold::Hold;
pub use migrate::{SCHEMA, Schema};
