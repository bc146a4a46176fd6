//! What an office's machines log, read into [`Event`]s.
//!
//! A [`Reader`] is made for one file by looking at how it begins ([`Reader::recognise`]) and is
//! then fed blocks that end where a record ends ([`Reader::cut`]). Whatever a line holds, reading
//! never fails and never panics: a line becomes an event, is understood but of no interest, or is
//! reported with its place and the reason ([`Sink`]).
//!
//! What earlier lines of a file decide (a Zeek header, a column list) is the reader's context. It
//! can be learned without reading events ([`Reader::advance`]), which is what lets several
//! threads read one file: each takes a clone of the reader as it stood where its block begins.

mod access;
mod civil;
mod eve;
pub mod event;
mod field;
mod json;
pub mod mark;
mod outcome;
pub mod reader;
mod scratch;
mod syslog;
#[cfg(test)]
mod testing;
mod text;
mod vpc_flow;
mod windows;
mod windows_json;
mod windows_xml;
mod zeek;
mod zeek_json;
mod zeek_tsv;

pub use event::{Alert, Event, Flow, Login, LoginResult, Loss, Query, Request, Touch, Trace, What};
pub use reader::{Format, Hints, Reader, Sink};
