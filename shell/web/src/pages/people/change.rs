//! What an administrator changes about a person. None of it can be done to oneself, and the last
//! administrator stays one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use maud::html;
use ward_access::{Act, Role};
use ward_store::people::{self, Person};
use ward_store::{Link, Tx, factors, invitations, office, sessions};

use super::invite::link_to_give;
use super::one::{self, may_change, roles};
use super::{HERE, person};
use crate::desk::Desk;
use crate::pages::invitation::{Guest, invite};
use crate::pages::parts::{Answer, Frame, Refused, Sent, done, go_to};
use crate::proof::Factors;
use crate::ui::{Errors, Href, Notice};
use crate::who::Who;

/// Begins a change of a person whom this one may change.
async fn begin(desk: &Desk, who: &Who, act: Act, id: &str) -> Result<(Tx, Person), Refused> {
    let mut tx = desk.store.begin().await?;
    let person = person(tx.link(), who, act, id).await?;
    if may_change(who, &person) { Ok((tx, person)) } else { Err(super::not_found()) }
}

/// Whether the desk would be left without an administrator. Nobody changes oneself, so that this
/// happens only to two who keep each other out in the same moment: the second is refused.
async fn is_last(link: Link<'_>, person: &Person) -> Result<bool, Refused> {
    let administers = person.role == Role::Administrator && person.active;
    Ok(administers && people::active_in_role(link, Role::Administrator).await? < 2)
}

const LAST: &str = "This is the last administrator. Make somebody else one first.";

async fn refused(desk: &Desk, who: &Who, id: &str, errors: Errors) -> Answer {
    let page = one::page(desk, who, id, None, &errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Gives a person another role of their organisation.
pub(super) async fn role(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let (mut tx, person) = begin(&desk, &who, Act::ChangePerson, &id).await?;
    let organisation = office::organisation(tx.link(), &person.organisation).await?;
    let open = organisation.map(|one| roles(&who, one.kind)).unwrap_or_default();
    let chosen = fields.text("role").parse().ok().filter(|role| open.contains(role));
    let Some(role) = chosen else {
        drop(tx);
        let what = Errors::new().add("role", "Choose one of these roles.");
        return refused(&desk, &who, &id, what).await;
    };
    if role == person.role {
        return go_to(&Href::at(HERE).join(&id));
    }
    if is_last(tx.link(), &person).await? {
        drop(tx);
        return refused(&desk, &who, &id, Errors::new().add("role", LAST)).await;
    }
    people::set_role(tx.link(), &id, role, person.jurisdiction.as_deref()).await?;
    let detail = format!("{} to {role}", person.role);
    tx.commit(who.did(desk.now(), "person.role", &id, detail)).await?;
    go_to(&Href::at(HERE).join(&id).query("now", "role"))
}

/// Keeps a person out, with all that is open of theirs, or lets them in again.
pub(super) async fn active(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let (mut tx, person) = begin(&desk, &who, Act::ChangePerson, &id).await?;
    let here = Href::at(HERE).join(&id);
    if fields.text("active") == "yes" {
        people::set_active(tx.link(), &id, true).await?;
        tx.commit(who.did(desk.now(), "person.activate", &id, "")).await?;
        return go_to(&here.query("now", "in"));
    }
    if is_last(tx.link(), &person).await? {
        drop(tx);
        return refused(&desk, &who, &id, Errors::new().whole(LAST)).await;
    }
    people::set_active(tx.link(), &id, false).await?;
    withdraw_returns(&desk, tx.link(), &person).await?;
    let ended = sessions::end_all_of(tx.link(), &id, None).await?;
    let detail = format!("sessions ended: {ended}");
    tx.commit(who.did(desk.now(), "person.deactivate", &id, detail)).await?;
    go_to(&here.query("now", "out"))
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

/// Takes everything away by which a person signs in, and makes a link by which they come back. The
/// password goes too: whoever has it could otherwise enrol a factor of their own.
pub(super) async fn reset(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let (mut tx, person) = begin(&desk, &who, Act::ResetFactors, &id).await?;
    if !person.active {
        drop(tx);
        let what = Errors::new().whole("They are kept out: let them in again first.");
        return refused(&desk, &who, &id, what).await;
    }
    let frame = Frame::load(&desk, &who, tx.link()).await?;
    let held = Factors::of(tx.link(), &id).await?;
    for key in &held.passkeys {
        factors::delete_passkey(tx.link(), &id, &key.id).await?;
    }
    factors::remove_totp(tx.link(), &id).await?;
    factors::set_codes(tx.link(), &id, &[]).await?;
    people::set_password(tx.link(), &id, "").await?;
    sessions::end_all_of(tx.link(), &id, None).await?;
    withdraw_returns(&desk, tx.link(), &person).await?;
    let guest = Guest {
        name: person.name,
        email: person.email,
        role: person.role,
        organisation: person.organisation,
        jurisdiction: person.jurisdiction,
        returns: true,
    };
    let (made, link) = invite(&desk, tx.link(), &who, guest).await?;
    let detail = format!("a link to come back by: {}", made.id);
    tx.commit(who.did(desk.now(), "factor.reset", &id, detail)).await?;
    let page = frame
        .page(&Href::at(HERE).join(&id), "Give them this link")
        .crumb("People", Href::at(HERE))
        .crumb(&made.name, Href::at(HERE).join(&id))
        .narrow()
        .notice(Notice::good("Password, second factors and sessions were taken away"));
    done(page.render(&html! { (link_to_give(&frame, &made, &link)) }))
}
