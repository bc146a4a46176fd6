//! Events to summaries, summaries to cases, cases to one report.
//!
//! The [`Engine`] takes one record at a time and keeps, for each source and each target, a
//! *summary* whose order of arrival does not matter: sets, counts, smallest times, and samples
//! drawn by a fixed hash. Two engines that saw different parts of the records [`Engine::merge`]
//! into the engine that saw them all. [`Engine::judge`] is a pure function of the summaries, so
//! any split into files, any number of threads, any order and any replay give the same report.
//!
//! Memory is bounded by [`Config::memory`]: exact first; when the bound is near, sources that did
//! next to nothing are folded into sketches ([`state::faint`]) and the report says so.

pub mod config;
pub mod judge;
pub mod report;
pub mod sketch;
pub mod state;

pub use config::Config;
pub use judge::FileInfo;
pub use report::Report;
pub use state::{Engine, Feed, Origin, Witness};
