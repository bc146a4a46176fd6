//! The collector: follows files, the journal, syslog and flow exports; spools and sends.
//!
//! Records of all [`sources`] go through one writer into the [`spool`], a folder of signed frames
//! on disk; a shipper sends what lies there and deletes what the desk holds. A frame carries the
//! place in its source up to which it reads, so the place moves on in the very write that keeps
//! the records: whenever the process is killed, nothing is lost and nothing doubled.
//!
//! When the line is down or the disk is full, files and the journal wait to be read; what comes
//! as datagrams and finds no room is dropped, counted and told to the desk.
//!
//! [`enrol`] makes a sensor of a machine, [`run`] runs it. A desk runs the same sources with its
//! own [`Deliver`] through [`run_with`].

mod board;
mod clock;
mod cut;
mod error;
mod identity;
mod listeners;
mod piece;
mod run;
mod settings;
mod ship;
mod sources;
mod spool;
mod writer;

pub use error::Error;
pub use identity::Identity;
pub use listeners::Listeners;
pub use run::{run, run_with};
pub use settings::{
    DoorSettings, FileSettings, JournalSettings, NetflowSettings, Settings, Start, SyslogSettings,
    TlsSettings,
};
pub use ship::{Deliver, Undelivered, enrol};

/// Says of a web request's target whether it is an attack, which stays as evidence where a secret
/// would be masked ([`ward_sensor::Door::clean`]).
pub type Keep = std::sync::Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// The version that a sensor names to the desk.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
