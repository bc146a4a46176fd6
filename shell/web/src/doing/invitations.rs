//! Inviting somebody, and withdrawing it.

use ward_access::{Act, Jurisdiction, JurisdictionKind, OrganisationKind, Role, codes, may_grant};
use ward_kernel::time::DAY;
use ward_store::invitations::{self, Invitation};
use ward_store::office::{self, Organisation};
use ward_store::{Link, people};

use super::people::scope_of;
use super::{Why, wrong};
use crate::desk::Desk;
use crate::doing::checked::{add, email, name};
use crate::entry::{self, new_id};
use crate::fields::Fields;
use crate::keys::NoRandomness;
use crate::refused::Refused;
use crate::ui::Errors;
use crate::who::Who;

/// Where an invitation's link leads.
pub(crate) const PATH: &str = "/invitation";
/// How long an invitation is good, in microseconds: a week has a working day in it for everybody.
pub(crate) const GOOD_FOR: i64 = 7 * DAY;
/// How long a link is good by which somebody comes back, in microseconds.
pub(crate) const RETURN_GOOD_FOR: i64 = DAY;
/// What begins the id of an invitation by which somebody comes back whose factors were reset. Only
/// such a one changes a person who is there.
const RETURN: &str = "return";

/// Who is invited.
pub(crate) struct Guest {
    /// Their name.
    pub(crate) name: String,
    /// Their address, in the form in which it is kept.
    pub(crate) email: String,
    /// The role that they will have.
    pub(crate) role: Role,
    /// Their organisation's id.
    pub(crate) organisation: String,
    /// Their jurisdiction, if any.
    pub(crate) jurisdiction: Option<String>,
    /// Whether they are a person of the desk who comes back.
    pub(crate) returns: bool,
}

/// Keeps an invitation; its link, which is shown once.
///
/// # Errors
/// Those of the store, and of missing randomness.
pub(crate) async fn invite(
    desk: &Desk,
    link: Link<'_>,
    who: &Who,
    guest: Guest,
) -> Result<(Invitation, String), Refused> {
    let (now, key) = (desk.now(), new_key(desk)?);
    let (kind, good_for) = if guest.returns { (RETURN, RETURN_GOOD_FOR) } else { ("i", GOOD_FOR) };
    let invitation = Invitation {
        id: entry::new_id(&desk.keys, kind)?,
        hash: desk.keys.kept(&key).to_vec(),
        name: guest.name,
        email: guest.email,
        role: guest.role,
        organisation: guest.organisation,
        jurisdiction: guest.jurisdiction,
        invited_by: who.id().to_owned(),
        created: now,
        expires: now.plus(good_for),
        used: None,
    };
    invitations::add(link, &invitation).await?;
    let address = format!("{}{PATH}?key={}", desk.settings.origin, codes::write(&key));
    Ok((invitation, address))
}

fn new_key(desk: &Desk) -> Result<[u8; codes::INVITATION_BYTES], NoRandomness> {
    desk.keys.random()
}

/// Whether it brings back somebody whom the desk knows.
pub(crate) fn is_return(invitation: &Invitation) -> bool {
    invitation.id.starts_with(RETURN)
}

/// The roles that somebody may give.
pub(crate) fn grantable(who: &Who) -> Vec<Role> {
    let own = who.actor.as_ref().map(|actor| actor.role);
    Role::ALL.into_iter().filter(|role| own.is_some_and(|own| may_grant(own, *role))).collect()
}

/// Whether somebody can act for this jurisdiction and be invited by this person. The state's
/// office owns machines under the name of a jurisdiction, and nobody acts for it as for one.
fn is_open(who: &Who, one: &Jurisdiction) -> bool {
    one.kind != JurisdictionKind::State && who.may(Act::Invite, scope_of(Some(&one.id)))
}

/// What was asked for, checked: everything but where they belong.
struct Wanted {
    name: String,
    email: String,
    role: Role,
    organisation: Option<String>,
    jurisdiction: Option<Jurisdiction>,
}

fn read(all: &[Jurisdiction], who: &Who, fields: &Fields) -> Result<Wanted, Errors> {
    let mut errors = Errors::new();
    let (name, email) = (name(fields, "name", &mut errors), email(fields, "email", &mut errors));
    let role = fields.text("role").parse().ok().filter(|role| grantable(who).contains(role));
    let Some(role) = role else {
        add(&mut errors, "role", "Choose what they are to the desk.");
        return Err(errors);
    };
    let id = fields.text("jurisdiction");
    let jurisdiction = all.iter().find(|one| role.is_local() && one.id == id && is_open(who, one));
    if role.is_local() && jurisdiction.is_none() {
        let what =
            format!("A {} acts for one jurisdiction: choose it.", role.label().to_lowercase());
        add(&mut errors, "jurisdiction", what);
    } else if !who.may(Act::Invite, scope_of(jurisdiction.map(|one| one.id.as_str()))) {
        add(&mut errors, "jurisdiction", "You cannot invite for this jurisdiction.");
    }
    let organisation = organisation_of(role, fields, &mut errors);
    if errors.is_empty() {
        Ok(Wanted { name, email, role, organisation, jurisdiction: jurisdiction.cloned() })
    } else {
        Err(errors)
    }
}

/// The name of the organisation outside the office that they belong to.
fn organisation_of(role: Role, fields: &Fields, errors: &mut Errors) -> Option<String> {
    let outside = matches!(role, Role::Partner | Role::Auditor);
    let text = fields.given("organisation").filter(|_| outside);
    let name = text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if role == Role::Partner && name.is_none() {
        add(errors, "organisation", "Write which organisation the partner belongs to.");
    }
    if name.as_ref().is_some_and(|text| text.len() > 240 || text.chars().any(char::is_control)) {
        let what = "Write the organisation's name alone, without control characters.";
        add(errors, "organisation", what);
    }
    name
}

/// Invites somebody; the invitation and its link, which is shown once.
///
/// # Errors
/// What is wrong with what was asked for.
pub(crate) async fn make(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
) -> Result<(Invitation, String), Why> {
    let mut tx = desk.store.begin().await?;
    let all = office::jurisdictions(tx.link()).await?;
    let wanted = read(&all, who, fields).map_err(Why::Wrong)?;
    free(desk, tx.link(), &wanted.email).await?;
    let organisation = organisation(desk, tx.link(), &wanted).await?;
    let guest = Guest {
        name: wanted.name,
        email: wanted.email,
        role: wanted.role,
        organisation,
        jurisdiction: wanted.jurisdiction.map(|one| one.id),
        returns: false,
    };
    let (made, link) = invite(desk, tx.link(), who, guest).await?;
    tx.commit(who.did(desk.now(), "invitation.make", &made.id, detail(&made))).await?;
    Ok((made, link))
}

fn detail(made: &Invitation) -> String {
    match &made.jurisdiction {
        Some(id) => format!("{} of {id}", made.role),
        None => made.role.to_string(),
    }
}

/// Whether the address is nobody's, nor on its way to be.
pub(super) async fn free(desk: &Desk, mut link: Link<'_>, email: &str) -> Result<(), Why> {
    if people::by_email(link.again(), email).await?.is_some() {
        let what = "Somebody with this address is known to the desk: look in the list of people.";
        return Err(wrong("email", what));
    }
    let open = invitations::open_ones(link, desk.now()).await?;
    if open.iter().any(|one| one.email == email) {
        let what = "An invitation to this address is open: withdraw it first, then make a new one.";
        return Err(wrong("email", what));
    }
    Ok(())
}

/// The id of the organisation that they will belong to; made when it is not there.
async fn organisation(desk: &Desk, mut link: Link<'_>, wanted: &Wanted) -> Result<String, Refused> {
    let (id, kind, name) = match (&wanted.jurisdiction, &wanted.organisation) {
        (Some(one), _) => (one.id.clone(), OrganisationKind::LocalAuthority, one.name.clone()),
        (None, None) => return Ok(office::OWN.to_owned()),
        (None, Some(name)) => {
            let all = office::organisations(link.again()).await?;
            let known = all.iter().find(|one| {
                one.kind == OrganisationKind::Partner
                    && one.name.to_lowercase() == name.to_lowercase()
            });
            if let Some(known) = known {
                return Ok(known.id.clone());
            }
            (new_id(&desk.keys, "o")?, OrganisationKind::Partner, name.clone())
        }
    };
    if office::organisation(link.again(), &id).await?.is_none() {
        let jurisdiction = wanted.jurisdiction.as_ref().map(|one| one.id.clone());
        let new = Organisation { id: id.clone(), kind, name, jurisdiction };
        office::add_organisation(link, &new).await?;
    }
    Ok(id)
}

/// The invitations that are open and that somebody could withdraw, newest first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn open(
    desk: &Desk,
    link: Link<'_>,
    who: &Who,
) -> Result<Vec<Invitation>, Refused> {
    let mut open = invitations::open_ones(link, desk.now()).await?;
    open.retain(|one| who.may(Act::Invite, scope_of(one.jurisdiction.as_deref())));
    Ok(open)
}

/// Withdraws an invitation that nobody has used; whether there was one.
///
/// # Errors
/// Those of the store.
pub(crate) async fn withdraw(desk: &Desk, who: &Who, id: &str) -> Result<bool, Refused> {
    let mut tx = desk.store.begin().await?;
    let found = open(desk, tx.link(), who).await?.into_iter().find(|one| one.id == id);
    let Some(found) = found else { return Ok(false) };
    invitations::withdraw(tx.link(), &found.id).await?;
    tx.commit(who.did(desk.now(), "invitation.withdraw", &found.id, detail(&found))).await?;
    Ok(true)
}
