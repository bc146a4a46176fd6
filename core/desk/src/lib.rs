//! What the people of the situation room put down: incidents, case files, shifts, communications
//! checks, the election calendar and its checklists, contacts, rumors.
//!
//! Each is a [`Log`] of entries that only grows. What it stands at is worked out from the entries
//! and from nothing else, so that whoever asks a year later "who knew what when" reads the very
//! entries that the room acted on. A mistake is corrected by an entry that stands beside it.
//!
//! Beside the logs: what is normal at an hour ([`normal`]), who is told what and when ([`notices`]),
//! the night again ([`replay`]) and what is taken out of it before it is given away ([`redact`]).
//!
//! Nothing here has a clock or draws an id: both are arguments.

pub mod calendar;
pub mod case_file;
pub mod checklist;
mod choices;
pub mod communications;
pub mod directory;
pub mod incident;
pub mod log;
mod moment;
pub mod normal;
pub mod notices;
pub mod plan;
pub mod redact;
pub mod replay;
pub mod rumor;
pub mod shift;
#[cfg(test)]
mod testing;
pub mod text;

pub use log::{Body, By, Concerned, Entry, Log, Machine, Refusal, Verdict};
pub use text::{Line, Words};
