//! Who comes back from a provider, as the desk's own list of people knows them. Nobody is made a
//! person of the desk by a provider.

use ward_access::Act;
use ward_store::elsewhere::{self as accounts, Binding};
use ward_store::people::{self, Person};
use ward_store::{Link, sessions};

use super::Why;
use super::people::begin;
use crate::desk::Desk;
use crate::elsewhere::{NotSignedIn, Somebody, Why as Because};
use crate::proof::Factors;
use crate::refused::Refused;
use crate::who::Who;

/// Why somebody whom the provider knows does not come in.
pub(crate) struct Outside {
    /// What they are told.
    pub(crate) why: NotSignedIn,
    /// In words for the audit.
    pub(crate) put_down: &'static str,
    /// The person of the desk whom it is about; empty for nobody.
    pub(crate) person: String,
}

const UNKNOWN: &str = "The desk has no account with the e-mail address that the provider gave. If \
                       you work with the desk, ask an administrator for an invitation.";
const KEPT_OUT: &str = "Your account at the desk is kept out. If that is a mistake, ask an \
                        administrator of the desk.";
const ANOTHER: &str = "Your account at the desk is bound to another account of that provider. \
                       Sign in there as before, or ask an administrator of the desk to unbind it.";
const NOT_BACK: &str = "What you sign in with at the desk was taken away, and the link by which you \
                        come back was not used yet. Open that link first, or ask an administrator \
                        of the desk for a new one.";
const NO_FACTOR: &str = "The provider did not ask you for a second factor, and you have none at \
                         the desk. Open the link by which you were invited, or ask an \
                         administrator of the desk for a new one.";

/// The person of the desk who somebody is: bound to that account before, or by their address now.
/// Binding is put down.
///
/// # Errors
/// Those of the store.
pub(crate) async fn whose(
    desk: &Desk,
    who: &Who,
    somebody: &Somebody,
) -> Result<Result<Person, Outside>, Refused> {
    let mut tx = desk.store.begin().await?;
    let (issuer, subject) = (&somebody.issuer, &somebody.subject);
    if let Some(person) = accounts::person_of(tx.link(), issuer, subject).await? {
        return judged(tx.link(), somebody, person).await;
    }
    // Letters beyond ASCII have small forms that are others' letters: an address with them is
    // nobody's here.
    let found = match somebody.email.is_ascii() {
        true => people::by_email(tx.link(), &somebody.email).await?,
        false => None,
    };
    let Some(person) = found else {
        return Ok(Err(outside(UNKNOWN, "no such account", "")));
    };
    let person = match judged(tx.link(), somebody, person).await? {
        Ok(person) => person,
        Err(outside) => return Ok(Err(outside)),
    };
    // After a reset nobody has proved yet that it is the person who comes back: the account at the
    // provider may be what was lost.
    if people::password_of(tx.link(), &person.id).await?.is_none_or(|hash| hash.is_empty()) {
        return Ok(Err(outside(NOT_BACK, "not back after a reset", &person.id)));
    }
    let bound = accounts::of(tx.link(), &person.id).await?;
    if bound.iter().any(|one| one.issuer == *issuer) {
        return Ok(Err(outside(ANOTHER, "bound to another account there", &person.id)));
    }
    let now = desk.now();
    let new = Binding {
        issuer: issuer.clone(),
        subject: subject.clone(),
        person: person.id.clone(),
        bound: now,
        used: now,
    };
    accounts::bind(tx.link(), &new).await?;
    let did = who.about_to_be(&person).did(now, "elsewhere.bind", &person.id, issuer.as_str());
    tx.commit(did).await?;
    Ok(Ok(person))
}

/// Whether a person may come in by what the provider saw of them.
async fn judged(
    link: Link<'_>,
    somebody: &Somebody,
    person: Person,
) -> Result<Result<Person, Outside>, Refused> {
    if !person.active {
        return Ok(Err(outside(KEPT_OUT, "kept out", &person.id)));
    }
    let factors = Factors::of(link, &person.id).await?;
    // Whoever holds the account at the provider must not enrol a factor of their own.
    if !somebody.mfa && factors.count() == 0 && factors.codes == 0 {
        return Ok(Err(outside(NO_FACTOR, "no second factor", &person.id)));
    }
    Ok(Ok(person))
}

fn outside(sentence: &str, put_down: &'static str, person: &str) -> Outside {
    let why = NotSignedIn { why: Because::NotAllowed, sentence: sentence.to_owned() };
    Outside { why, put_down, person: person.to_owned() }
}

/// Unbinds a person from their account at an issuer; whether there was one. Sessions end that may
/// have begun there.
///
/// # Errors
/// When they are not found, or are not to be changed by whoever asks.
pub(crate) async fn unbind(desk: &Desk, who: &Who, id: &str, issuer: &str) -> Result<bool, Why> {
    let (mut tx, _) = begin(desk, who, Act::ResetFactors, id).await?;
    if !accounts::unbind(tx.link(), id, issuer).await? {
        return Ok(false);
    }
    let ended = sessions::end_all_of(tx.link(), id, None).await?;
    let detail = format!("{issuer}; sessions ended: {ended}");
    tx.commit(who.did(desk.now(), "elsewhere.unbind", id, detail)).await?;
    Ok(true)
}
