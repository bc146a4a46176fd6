//! `ward serve --demo`: a made-up office, and the recording of `samples/` arriving now.
//!
//! The desk's clock is set into the recording, so that its records are of this moment by every
//! rule of the desk: nothing else in the desk knows that this is a demonstration.

mod calendar;
mod decided;
mod files;
mod notices;
mod office;
mod past;
mod points;
mod recording;
mod room;
mod rumors;

pub(crate) use office::is_kept_in;
pub(super) use office::{check, people};
pub(super) use past::bring;
pub(super) use recording::{Recording, settings_file};
