//! What one record came to, before a [`Sink`] is told.

use ward_kernel::Time;

use crate::{Event, Sink};

/// An event, or the reason why there is none.
pub(crate) type Outcome<'a> = Result<Event<'a>, Unread>;

/// Why a record gave no event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unread {
    /// Understood; holds nothing to judge.
    Aside(Option<Time>),
    /// Not understood.
    Problem(&'static str),
}

/// Tells the sink what the record at offset `at` came to.
pub(crate) fn tell<S: Sink>(outcome: Outcome<'_>, at: u64, record: &[u8], sink: &mut S) {
    match outcome {
        Ok(event) => sink.event(at, &event),
        Err(Unread::Aside(time)) => sink.aside(at, time),
        Err(Unread::Problem(why)) => sink.problem(at, record, why),
    }
}
