//! What is done at the desk, by whatever way it was asked for: the pages and the REST interface
//! call the same functions, so that both check the same rights and leave the same audit rows.

pub(crate) mod account;
pub(crate) mod after;
pub(crate) mod alike;
pub(crate) mod audit;
pub(crate) mod case_files;
pub(crate) mod cases;
pub(crate) mod checked;
pub(crate) mod checklists;
pub(crate) mod contacts;
pub(crate) mod counterparts;
pub(crate) mod cut;
pub(crate) mod elections;
pub(crate) mod elsewhere;
pub(crate) mod hearing;
mod holidays;
pub(crate) mod hunt;
pub(crate) mod incidents;
pub(crate) mod invitations;
pub(crate) mod logs;
pub(crate) mod look;
mod looked;
mod memo;
pub(crate) mod news;
pub(crate) mod normals;
pub(crate) mod notices;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod queue;
pub(crate) mod records;
pub(crate) mod room;
pub(crate) mod rumors;
pub(crate) mod sensors;
pub(crate) mod settings;
pub(crate) mod situation;
mod split;
pub(crate) mod standing;
pub(crate) mod streams;
pub(crate) mod tokens;
pub(crate) mod turns;

use crate::refused::Refused;
use crate::ui::Errors;

/// Why something was not done.
pub(crate) enum Why {
    /// What was sent cannot be taken, by the names of its values: whoever sent it can mend it.
    Wrong(Errors),
    /// It cannot be done at all, or not by whoever asks.
    Refused(Refused),
}

impl<E: Into<Refused>> From<E> for Why {
    fn from(err: E) -> Self {
        Self::Refused(err.into())
    }
}

/// What was wrong with one value.
pub(crate) fn wrong(name: &str, sentence: impl Into<String>) -> Why {
    Why::Wrong(Errors::new().add(name, sentence))
}

/// What was wrong with all of it.
pub(crate) fn whole(sentence: impl Into<String>) -> Why {
    Why::Wrong(Errors::new().whole(sentence))
}

/// Whether nothing is wrong.
pub(crate) fn checked(errors: Errors) -> Result<(), Why> {
    if errors.is_empty() { Ok(()) } else { Err(Why::Wrong(errors)) }
}

/// What came of it, for a page: what is wrong with a form is shown in the form.
pub(crate) fn told<T>(done: Result<T, Why>) -> Result<Result<T, Errors>, Refused> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Why::Wrong(errors)) => Ok(Err(errors)),
        Err(Why::Refused(refused)) => Err(refused),
    }
}
