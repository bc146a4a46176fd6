//! What is changed about a person. None of it can be done to oneself, and the last administrator
//! stays one.

use ward_access::{Act, OrganisationKind, Role, Scope, may_grant};
use ward_store::invitations::Invitation;
use ward_store::made::{self, TakenBack};
use ward_store::people::{self, Person};
use ward_store::{Link, Tx, elsewhere, factors, invitations, office, sessions};

use super::invitations::free;
use super::{Why, checked, whole, wrong};
use crate::desk::Desk;
use crate::doing::checked::{email, name};
use crate::doing::invitations::{Guest, invite};
use crate::fields::Fields;
use crate::proof::Factors;
use crate::refused::{Refused, not_found};
use crate::ui::Errors;
use crate::who::Who;

const LAST: &str = "This is the last administrator. Make somebody else one first.";

/// Where somebody lies in the table of rights.
pub(crate) fn scope_of(jurisdiction: Option<&str>) -> Scope<'_> {
    jurisdiction.map_or(Scope::State, Scope::Jurisdiction)
}

/// A person whom this one may do this to; anybody else is not there.
///
/// # Errors
/// When they are not found.
pub(crate) async fn found(
    link: Link<'_>,
    who: &Who,
    act: Act,
    id: &str,
) -> Result<Person, Refused> {
    let found = people::by_id(link, id).await?;
    let within = |person: &Person| who.may(act, scope_of(person.jurisdiction.as_deref()));
    found.filter(within).ok_or_else(not_found)
}

/// Whether whoever looks can change this person: never oneself, and only whose role one could give.
pub(crate) fn may_change(who: &Who, person: &Person) -> bool {
    let granter = who.actor.as_ref().map(|actor| actor.role);
    who.id() != person.id
        && granter.is_some_and(|granter| may_grant(granter, person.role))
        && who.may(Act::ChangePerson, scope_of(person.jurisdiction.as_deref()))
}

/// The roles that a person of an organisation could be given.
pub(crate) fn roles(who: &Who, kind: OrganisationKind) -> Vec<Role> {
    let granter = who.actor.as_ref().map(|actor| actor.role);
    let fits = |role: &Role| {
        role.belongs_to(kind) && granter.is_some_and(|granter| may_grant(granter, *role))
    };
    Role::ALL.into_iter().filter(fits).collect()
}

/// Begins a change of a person whom this one may change.
pub(super) async fn begin(
    desk: &Desk,
    who: &Who,
    act: Act,
    id: &str,
) -> Result<(Tx, Person), Refused> {
    let mut tx = desk.store.begin().await?;
    let person = found(tx.link(), who, act, id).await?;
    if may_change(who, &person) { Ok((tx, person)) } else { Err(not_found()) }
}

/// Whether the desk would be left without an administrator. Nobody changes oneself, so that this
/// happens only to two who keep each other out in the same moment: the second is refused.
async fn is_last(link: Link<'_>, person: &Person) -> Result<bool, Refused> {
    let administers = person.role == Role::Administrator && person.active;
    Ok(administers && people::active_in_role(link, Role::Administrator).await? < 2)
}

/// Gives a person another role of their organisation; whether it is another.
///
/// # Errors
/// When they are not found, or cannot have the role.
pub(crate) async fn set_role(
    desk: &Desk,
    who: &Who,
    id: &str,
    role: Option<Role>,
) -> Result<bool, Why> {
    let (mut tx, person) = begin(desk, who, Act::ChangePerson, id).await?;
    let organisation = office::organisation(tx.link(), &person.organisation).await?;
    let open = organisation.map(|one| roles(who, one.kind)).unwrap_or_default();
    let Some(role) = role.filter(|role| open.contains(role)) else {
        return Err(wrong("role", "Choose one of the roles of their organisation."));
    };
    if role == person.role {
        return Ok(false);
    }
    if is_last(tx.link(), &person).await? {
        return Err(wrong("role", LAST));
    }
    people::set_role(tx.link(), id, role, person.jurisdiction.as_deref()).await?;
    // What they let others in by was made with rights that they may have no longer.
    let back = made::withdraw_all(tx.link(), id, desk.now()).await?;
    let detail = format!("{} to {role}; {}", person.role, taken_back(back));
    tx.commit(who.did(desk.now(), "person.role", id, detail)).await?;
    Ok(true)
}

/// Gives a person the name and the address that were sent; whether either is another. Nothing else
/// of theirs changes: from now on they sign in by the new address.
///
/// # Errors
/// When they are not found, or what is wrong with the name or the address.
pub(crate) async fn set_details(
    desk: &Desk,
    who: &Who,
    id: &str,
    fields: &Fields,
) -> Result<bool, Why> {
    let (mut tx, person) = begin(desk, who, Act::ChangePerson, id).await?;
    let mut errors = Errors::new();
    let new = (name(fields, "name", &mut errors), email(fields, "email", &mut errors));
    checked(errors)?;
    // The audit says what was changed and holds no address.
    let detail = match (new.0 != person.name, new.1 != person.email) {
        (false, false) => return Ok(false),
        (true, false) => "the name",
        (false, true) => "the address",
        (true, true) => "the name and the address",
    };
    if new.1 != person.email {
        free(desk, tx.link(), &new.1).await?;
        withdraw_returns(desk, tx.link(), &person).await?;
    }
    people::set_details(tx.link(), id, &new.0, &new.1).await?;
    tx.commit(who.did(desk.now(), "person.change", id, detail)).await?;
    Ok(true)
}

/// Keeps a person out, with all that is open of theirs, or lets them in again.
///
/// # Errors
/// When they are not found, or are the last administrator.
pub(crate) async fn set_active(desk: &Desk, who: &Who, id: &str, active: bool) -> Result<(), Why> {
    let (mut tx, person) = begin(desk, who, Act::ChangePerson, id).await?;
    if active {
        people::set_active(tx.link(), id, true).await?;
        tx.commit(who.did(desk.now(), "person.activate", id, "")).await?;
        return Ok(());
    }
    if is_last(tx.link(), &person).await? {
        return Err(whole(LAST));
    }
    people::set_active(tx.link(), id, false).await?;
    withdraw_returns(desk, tx.link(), &person).await?;
    let ended = sessions::end_all_of(tx.link(), id, None).await?;
    let back = made::withdraw_all(tx.link(), id, desk.now()).await?;
    let detail = format!("sessions ended: {ended}; {}", taken_back(back));
    tx.commit(who.did(desk.now(), "person.deactivate", id, detail)).await?;
    Ok(())
}

/// What was taken back, for the audit.
fn taken_back(back: TakenBack) -> String {
    let TakenBack { invitations, codes, tokens } = back;
    format!("taken back: invitations {invitations}, codes {codes}, tokens {tokens}")
}

/// Links by which this person could come back open nothing any more.
async fn withdraw_returns(desk: &Desk, mut link: Link<'_>, person: &Person) -> Result<(), Refused> {
    for one in invitations::open_ones(link.again(), desk.now()).await? {
        if one.email == person.email {
            invitations::withdraw(link.again(), &one.id).await?;
        }
    }
    Ok(())
}

/// Takes everything away by which a person signs in; a link by which they come back, which is
/// shown once. The password goes too: whoever has it could otherwise enrol a factor of their own.
///
/// # Errors
/// When they are not found, or are kept out.
pub(crate) async fn reset(desk: &Desk, who: &Who, id: &str) -> Result<(Invitation, String), Why> {
    let (mut tx, person) = begin(desk, who, Act::ResetFactors, id).await?;
    if !person.active {
        return Err(whole("They are kept out: let them in again first."));
    }
    let held = Factors::of(tx.link(), id).await?;
    for key in &held.passkeys {
        factors::delete_passkey(tx.link(), id, &key.id).await?;
    }
    factors::remove_totp(tx.link(), id).await?;
    factors::set_codes(tx.link(), id, &[]).await?;
    elsewhere::unbind_all(tx.link(), id).await?;
    people::set_password(tx.link(), id, "").await?;
    sessions::end_all_of(tx.link(), id, None).await?;
    withdraw_returns(desk, tx.link(), &person).await?;
    // Somebody else may have made them with what was lost. Tokens stay: programs run on them, and
    // the page of tokens says who made which.
    let back = made::withdraw_links(tx.link(), id).await?;
    let guest = Guest {
        name: person.name,
        email: person.email,
        role: person.role,
        organisation: person.organisation,
        jurisdiction: person.jurisdiction,
        returns: true,
    };
    let (invitation, link) = invite(desk, tx.link(), who, guest).await?;
    let detail = format!("a link to come back by: {}; {}", invitation.id, taken_back(back));
    tx.commit(who.did(desk.now(), "factor.reset", id, detail)).await?;
    Ok((invitation, link))
}
