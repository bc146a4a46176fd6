//! What an administrator changes about a person.

use axum::extract::{Path, State};
use maud::html;

use super::HERE;
use super::invite::link_to_give;
use super::one::{self, Refusal};
use crate::desk::Desk;
use crate::doing::{people as doing, told};
use crate::fields::Sent;
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::Answer;
use crate::ui::{Href, Notice};
use crate::who::Who;

async fn refused(desk: &Desk, who: &Who, id: &str, refused: Refusal) -> Answer {
    wrong(one::page(desk, who, id, None, Some(&refused)).await?)
}

/// Gives a person another name or another address.
pub(super) async fn details(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let here = Href::at(HERE).join(&id);
    match told(doing::set_details(&desk, &who, &id, &fields).await)? {
        Ok(true) => go_to(&here.query("now", "details")),
        Ok(false) => go_to(&here),
        Err(errors) => refused(&desk, &who, &id, Refusal::Details(errors, fields)).await,
    }
}

/// Gives a person another role of their organisation.
pub(super) async fn role(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let here = Href::at(HERE).join(&id);
    match told(doing::set_role(&desk, &who, &id, fields.text("role").parse().ok()).await)? {
        Ok(true) => go_to(&here.query("now", "role")),
        Ok(false) => go_to(&here),
        Err(errors) => refused(&desk, &who, &id, Refusal::Role(errors)).await,
    }
}

/// Keeps a person out, with all that is open of theirs, or lets them in again.
pub(super) async fn active(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let active = fields.text("active") == "yes";
    let now = if active { "in" } else { "out" };
    match told(doing::set_active(&desk, &who, &id, active).await)? {
        Ok(()) => go_to(&Href::at(HERE).join(&id).query("now", now)),
        Err(errors) => refused(&desk, &who, &id, Refusal::Whole(errors)).await,
    }
}

/// Takes everything away by which a person signs in, and makes a link by which they come back.
pub(super) async fn reset(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let (made, link) = match told(doing::reset(&desk, &who, &id).await)? {
        Ok(made) => made,
        Err(errors) => return refused(&desk, &who, &id, Refusal::Whole(errors)).await,
    };
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let page = frame
        .page(&Href::at(HERE).join(&id), "Give them this link")
        .crumb("People", Href::at(HERE))
        .crumb(&made.name, Href::at(HERE).join(&id))
        .narrow()
        .notice(Notice::good("Password, second factors and sessions were taken away"));
    done(page.render(&html! { (link_to_give(&frame, &made, &link)) }))
}
