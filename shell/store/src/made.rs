//! What a person made that opens the desk to others: when the person is no longer trusted, neither
//! is it.

use ward_kernel::Time;

use crate::query::{execute, plain};
use crate::{Error, Link};

/// How much was taken back.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TakenBack {
    /// Invitations that nobody had used.
    pub invitations: u64,
    /// Codes for sensors that nobody had used.
    pub codes: u64,
    /// Tokens of programs that were good.
    pub tokens: u64,
}

/// Takes back the invitations and the codes for sensors that a person made, themselves or by a
/// token of theirs, and that nobody has used.
///
/// # Errors
/// Those of the engine.
pub async fn withdraw_links(mut link: Link<'_>, person: &str) -> Result<TakenBack, Error> {
    const INVITATIONS: &str = "DELETE FROM invitation WHERE used IS NULL AND (invited_by = $1 \
        OR invited_by IN (SELECT id FROM token WHERE made_by = $1))";
    const CODES: &str = "DELETE FROM enrolment WHERE used IS NULL AND (made_by = $1 \
        OR made_by IN (SELECT id FROM token WHERE made_by = $1))";
    Ok(TakenBack {
        invitations: execute!(link.again(), INVITATIONS, plain(person)),
        codes: execute!(link, CODES, plain(person)),
        tokens: 0,
    })
}

/// Takes back everything that a person made and that still opens something: with the links, the
/// tokens.
///
/// # Errors
/// Those of the engine.
pub async fn withdraw_all(mut link: Link<'_>, person: &str, at: Time) -> Result<TakenBack, Error> {
    const TOKENS: &str = "UPDATE token SET ended = $2 WHERE made_by = $1 AND ended IS NULL";
    let links = withdraw_links(link.again(), person).await?;
    let tokens = execute!(link, TOKENS, plain(person), at.micros());
    Ok(TakenBack { tokens, ..links })
}
