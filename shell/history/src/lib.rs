//! Thirteen months of daily summaries in Parquet files, and the look-up over them.
//!
//! A [`History`] is a folder. Its one writer takes [`ward_kernel::Sighting`]s as they come
//! ([`History::flush`]), merges the files of a finished day ([`History::compact`]) and drops days
//! that are too old ([`History::expire`]). Any number of [`Reader`]s answer whether an
//! [`Indicator`] was ever seen ([`Reader::hunt`]), also from other processes while the writer
//! works.
//!
//! The files are plain Parquet in Hive's layout; `docs/history.md` says what is in them, so that
//! DuckDB, ClickHouse, Spark or Trino read them as they are.
//!
//! What holds:
//!
//! - Every flush names the range of the queue's positions that it covers, and all of its files
//!   become valid at one moment, when `manifest.json` is renamed into place. After a crash the
//!   queue is replayed from behind [`History::position`], and nothing is counted twice.
//! - A file that cannot be read is named in the answer and never stops it.

mod compact;
mod copy;
mod damage;
mod day;
mod disk;
mod error;
mod file;
mod flush;
mod history;
mod hunt;
pub mod indicator;
mod manifest;
mod merge;
mod pages;
mod reader;
mod region;
mod row;
mod rows;
mod schema;
mod write;

#[cfg(test)]
mod tests;

pub use compact::Compacted;
pub use day::{day_of, day_text, parse_day};
pub use error::{Error, Problem};
pub use flush::{Flush, Flushed, Heard, MAX_TEXT};
pub use history::{DayFiles, History};
pub use hunt::{Answer, DayCount, Found, KeySeen, Limits, Place, Query, Searched, Seen, Stopped};
pub use indicator::{Indicator, List};
pub use reader::Reader;
