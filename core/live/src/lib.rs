//! Records as they arrive: streams read on, engines fed, cases that change.
//!
//! [`Live`] takes blocks of streams in the order in which they come, reads their records and feeds
//! one engine for the whole state and one for each jurisdiction. Two judgements come out of it:
//! a *quick* one of the sources that were touched since the last look, cheap enough for many times
//! a second, and the *full* one, which is the judgement that a run over files gives and says
//! everything. Both are the judges of `ward-watch`; nothing is judged here.
//!
//! [`Book`] turns judgements into cases that a person can follow: an id that stays, and
//! [`Change`]s that say what became of it.
//!
//! Everything is a function of the blocks taken and the moments given: no clock, no chance, no
//! I/O. After a restart the worker takes the window's blocks again, in their order, restores the
//! book from the store, and goes on.
//!
//! # The window
//! A `Live` judges what it has taken since it was made and forgets nothing but what memory forces
//! it to fold. When a day ends the worker makes another one aside, with [`Options::since`] where
//! the window now begins, gives it the window's blocks, warms it ([`Live::warm`]) and swaps the two
//! at one position. A case that began before
//! the window is never lowered and never gone because its first records have left it; see
//! [`Judged::since`].

mod book;
mod content;
mod entry;
mod extent;
mod family;
mod fan;
mod judged;
mod kept;
mod live;
mod mask;
mod pace;
mod read_as;
mod rungs;
mod scope;
mod shelf;
mod sightings;
mod stream;
mod track;
mod waiting;

pub use book::{Book, Witnessed};
pub use family::is_one_family;
pub use judged::Judged;
pub use kept::{Change, Kept, Standing, Turn};
pub use live::{Live, Options};
pub use mask::{is_attack, mask};
pub use pace::Pace;
pub use read_as::{Cutter, ReadAs, Reading, label, read_as};
pub use sightings::Gathered;
pub use stream::{Problem, StreamInfo, Taken};
pub use ward_records::Hints;

/// The scope of the whole state; every other scope is the id of a jurisdiction.
pub const STATE: &str = "state";
