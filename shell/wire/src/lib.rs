//! Files and streams, mail and webhooks: reads, hands on and sends, decides nothing.
//!
//! [`walk`] finds the inputs, [`read_all`] reads them on several
//! threads into workers that each own an engine, [`lines`](lines::lines) fetches single raw lines
//! again, and [`select`](select::select) walks all records once more with their raw lines.
//!
//! Reading never fails as a whole: what could not be read is a [`Problem`] with its place.
//!
//! [`smtp`] and [`webhook`] hand over what somebody else has written; a failure says whether another
//! try can help.

mod blocks;
pub mod input;
mod kind;
pub mod lines;
mod packets;
mod queue;
pub mod read;
mod secret;
pub mod select;
pub mod smtp;
mod source;
pub mod webhook;
mod zstd;

pub use input::{Input, Walked, walk};
pub use lines::lines;
pub use read::{FileRead, Options, Outcome, Progress, Worker, read_all};
pub use select::{Selected, select};
pub use ward_watch::report::Problem;
