//! Coming in by an invitation: the link is exchanged for a cookie at once, then a password is
//! chosen, then a second factor enrolled.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::html;
use ward_access::{Stage, codes};
use ward_kernel::Time;
use ward_kernel::time::HOUR;
use ward_store::invitations::{self, Invitation};
use ward_store::people::{self, Person};
use ward_store::{Link, office};

use super::outside::{self, dead_end, go_with, with};
use super::parts::done;
use super::parts::password_fields;
use crate::desk::Desk;
use crate::doing::checked::password;
use crate::doing::invitations::{PATH, is_return};
use crate::fields::{Asked, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Errors, Facts, Form, Href, Html, Notice, Steps, cell, mono};
use crate::who::Who;
use crate::{cookie, entry, guard, passwords};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "invitation.show",
        verb: Verb::Get,
        path: PATH,
        access: Access::Open,
        kind: Kind::Page,
        summary: "Opens an invitation and asks for a password",
        handler: || get(show),
    },
    Route {
        name: "invitation",
        verb: Verb::Post,
        path: PATH,
        access: Access::Open,
        kind: Kind::Page,
        summary: "Uses an invitation up",
        handler: || post(accept),
    },
];

/// How long the cookie lasts that the link is exchanged for, in seconds.
const COOKIE: u64 = (HOUR / 1_000_000).unsigned_abs();

async fn show(State(desk): State<Desk>, headers: HeaderMap, Asked(fields): Asked) -> Answer {
    if let Some(typed) = fields.given("key") {
        // Exchanged at once, so that the key stays in no history. What is wrong with it, the page
        // after this one says.
        let key = codes::read::<{ codes::INVITATION_BYTES }>(typed).unwrap_or_default();
        let name = cookie::invitation_name(&desk.settings);
        let cookie = cookie::give(&desk, &name, &key, Some(COOKIE));
        return Ok(with(guard::onward(&desk, &Href::at(PATH)), [cookie]));
    }
    let mut read = desk.store.read().await?;
    let found = by_cookie(&desk, read.link(), &headers).await?;
    drop(read);
    match found {
        Some(invitation) => done(page(&desk, &invitation, &Errors::new()).await?),
        None => gone(&desk).await,
    }
}

/// The invitation that the browser's cookie names, while it is good.
async fn by_cookie(
    desk: &Desk,
    link: Link<'_>,
    headers: &HeaderMap,
) -> Result<Option<Invitation>, Refused> {
    let name = cookie::invitation_name(&desk.settings);
    let Some(key) = cookie::secret(headers, &name) else { return Ok(None) };
    let found = invitations::by_hash(link, &desk.keys.kept(&key)).await?;
    Ok(found.filter(|found| found.used.is_none() && found.expires > desk.now()))
}

async fn gone(desk: &Desk) -> Result<Response, Refused> {
    let page = outside::page(desk, "This invitation opens nothing").await?;
    let notice = Notice::bad("It was used already, has expired, or was not copied whole");
    let notice = notice.body(html! {
        p {
            "Each link opens once, and for a week at most. Ask whoever invited you for a new one; \
             if you have used yours, sign in with your password."
        }
    });
    Ok(dead_end(page, notice.action("Sign in", Href::at("/sign-in"))))
}

/// The steps by which somebody comes in.
pub(crate) fn steps(current: usize) -> Steps {
    Steps::new("Steps", current).step("Password").step("Second factor").step("Recovery codes")
}

async fn page(desk: &Desk, found: &Invitation, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let organisation = office::organisation(read.link(), &found.organisation).await?;
    drop(read);
    let (first, again) = password_fields();
    let form = Form::new("invitation", Href::at(PATH), "Choose this password")
        .field(first.focus())
        .field(again)
        .errors(errors);
    let title = if is_return(found) { "Welcome back" } else { "Welcome to the desk" };
    let page = outside::page(desk, title).await?.failed(!errors.is_empty()).lead(
        "Choose a password that you use nowhere else. After it comes a second factor, and then you \
         are in.",
    );
    Ok(page.render(&html! {
        (steps(1))
        div.stack {
            (Facts::new()
                .row("You", cell(&found.name))
                .row("E-mail address", mono(&found.email))
                .row("Role", cell(found.role.label()))
                .row("Organisation", cell(organisation.map(|one| one.name).unwrap_or_default())))
            (form)
        }
        p.note { "If this is not you, close the page and tell whoever sent you the link." }
    }))
}

async fn accept(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    let mut read = desk.store.read().await?;
    let found = by_cookie(&desk, read.link(), &headers).await?;
    drop(read);
    let Some(found) = found else { return gone(&desk).await };
    let mut errors = Errors::new();
    let about = [found.name.as_str(), found.email.as_str()];
    let chosen = password(&fields, ("password", "again"), &about, &mut errors);
    if !errors.is_empty() {
        let page = page(&desk, &found, &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // Slow work before the store is held: one writes at a time.
    let hash = passwords::hash(&desk, &chosen).await?;
    let mut tx = desk.store.begin().await?;
    let used = invitations::use_up(tx.link(), &found.id, desk.now()).await?;
    let person = if used { person(&desk, tx.link(), &found).await? } else { None };
    let Some(person) = person else {
        drop(tx);
        return gone(&desk).await;
    };
    people::set_password(tx.link(), &person.id, &hash).await?;
    let (_, session) =
        entry::begin(&desk, tx.link(), &who, &person, Stage::Enrolling, &headers).await?;
    let audit = who.about_to_be(&person).did(desk.now(), "invitation.use", &found.id, "");
    tx.commit(audit).await?;
    let spent = cookie::take(&desk, &cookie::invitation_name(&desk.settings));
    go_with(&Href::at("/account/factors"), [session, spent])
}

/// The person who comes in: somebody new, or somebody who comes back. `None` when the address has
/// become somebody's meanwhile, or theirs who comes back is kept out.
async fn person(
    desk: &Desk,
    mut link: Link<'_>,
    found: &Invitation,
) -> Result<Option<Person>, Refused> {
    let known = people::by_email(link.again(), &found.email).await?;
    if is_return(found) {
        return Ok(known.filter(|person| person.active));
    }
    if known.is_some() {
        return Ok(None);
    }
    let now: Time = desk.now();
    let new = Person {
        id: entry::new_id(&desk.keys, "p")?,
        name: found.name.clone(),
        email: found.email.clone(),
        role: found.role,
        organisation: found.organisation.clone(),
        jurisdiction: found.jurisdiction.clone(),
        active: true,
        created: now,
        last_sign_in: None,
    };
    people::add(link, &new).await?;
    Ok(Some(new))
}
