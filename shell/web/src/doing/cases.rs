//! What people make of cases.

use ward_access::{Act, Scope};
use ward_live::STATE;
use ward_store::Link;
use ward_store::cases::{self, Filed, Handling};

use super::{Why, checked, wrong};
use crate::desk::{Desk, Region};
use crate::pages::parts::{Refused, handling_words, not_found};
use crate::ui::Errors;
use crate::who::Who;

/// The longest reason or note, in characters.
pub(crate) const WORDS_MAX: usize = 1000;

/// The scope of a case, as acts are asked about it.
pub(crate) fn scope(case: &str) -> Scope<'_> {
    if case == STATE { Scope::State } else { Scope::Jurisdiction(case) }
}

/// A case that somebody may do this to; not found otherwise.
pub(crate) async fn found(link: Link<'_>, who: &Who, id: &str, act: Act) -> Result<Filed, Refused> {
    let filed = cases::by_id(link, id).await?.ok_or_else(not_found)?;
    let place = scope(&filed.case.scope);
    if who.may(Act::SeeCase, place) && who.may(act, place) { Ok(filed) } else { Err(not_found()) }
}

/// Puts down what somebody makes of a case.
///
/// # Errors
/// When it is not found, nothing was chosen, or a case is closed without a reason.
pub(crate) async fn decide(
    desk: &Desk,
    who: &Who,
    id: &str,
    handling: Option<Handling>,
    reason: &str,
) -> Result<(), Why> {
    let mut tx = desk.store.begin().await?;
    let filed = found(tx.link(), who, id, Act::DecideCase).await?;
    let mut errors = Errors::new();
    if handling == Some(Handling::Closed) && reason.is_empty() {
        errors = errors.add("reason", "Say why it is closed.");
    }
    if reason.chars().count() > WORDS_MAX {
        errors = errors.add("reason", "The reason is longer than 1,000 characters.");
    }
    let Some(handling) = handling else {
        return Err(Why::Wrong(errors.add("handling", "Choose open, watched or closed.")));
    };
    checked(errors)?;
    if filed.handling != handling || filed.reason != reason {
        let now = desk.now();
        cases::set_handling(tx.link(), id, handling, reason).await?;
        let mut what = format!("{} by {}", handling_words(handling), name(who));
        if !reason.is_empty() {
            what.push_str(": ");
            what.push_str(reason);
        }
        cases::step(tx.link(), id, now, filed.case.rung, &what).await?;
        tx.commit(who.did(now, "case.decide", id, handling.as_str())).await?;
        // Nobody may be looking.
        let _ = desk.bell.send(Region::Cases);
    }
    Ok(())
}

/// Writes a note to a case.
///
/// # Errors
/// When it is not found, or the note is empty or too long.
pub(crate) async fn note(desk: &Desk, who: &Who, id: &str, text: &str) -> Result<(), Why> {
    let mut tx = desk.store.begin().await?;
    let filed = found(tx.link(), who, id, Act::NoteCase).await?;
    if text.is_empty() || text.chars().count() > WORDS_MAX {
        return Err(wrong("note", "Write a note of at most 1,000 characters."));
    }
    let now = desk.now();
    let what = format!("Note by {}: {text}", name(who));
    cases::step(tx.link(), id, now, filed.case.rung, &what).await?;
    tx.commit(who.did(now, "case.note", id, String::new())).await?;
    let _ = desk.bell.send(Region::Cases);
    Ok(())
}

fn name(who: &Who) -> &str {
    who.actor.as_ref().map_or("nobody", |actor| &actor.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert_eq!(scope("state"), Scope::State);
        assert_eq!(scope("adair-county"), Scope::Jurisdiction("adair-county"));
    }
}
