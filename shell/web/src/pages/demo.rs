//! The demonstration's sign-in: whoever looks on takes a role at a touch. Nowhere else.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use maud::html;
use ward_access::Stage;
use ward_store::people;

use super::outside::{self, go_with};
use super::parts::done;
use super::people::about;
use crate::desk::Desk;
use crate::entry;
use crate::fields::Sent;
use crate::refused::{Answer, not_found};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Form, Hidden, Href};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "demo.show",
        verb: Verb::Get,
        path: "/demo",
        access: Access::Open,
        kind: Kind::Page,
        summary: "In the demonstration alone: offers the roles to look on as",
        handler: || get(show),
    },
    Route {
        name: "demo.enter",
        verb: Verb::Post,
        path: "/demo",
        access: Access::Open,
        kind: Kind::Page,
        summary: "In the demonstration alone: signs in as one of its made-up people",
        handler: || post(enter),
    },
];

async fn show(State(desk): State<Desk>) -> Answer {
    if !desk.settings.demo {
        return Err(not_found());
    }
    let page = outside::page(&desk, "Whose desk do you want to see?").await?.lead(
        "Each role sees what it needs and no more. The records are a recording of real tools \
         against a made-up office; they arrive as you look on.",
    );
    let mut read = desk.store.read().await?;
    let mut all = people::list(read.link(), None).await?;
    all.sort_by_key(|person| person.role);
    let form = |person: &people::Person| {
        let label = format!("Look on as {}", person.name);
        Form::new(person.id.clone(), Href::at("/demo"), label)
            .field(Hidden::new("person", person.id.as_str()))
    };
    done(page.render(&html! {
        ul.roles {
            @for person in &all {
                li { (form(person)) p.note { (about(person.role)) } }
            }
        }
    }))
}

async fn enter(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    if !desk.settings.demo {
        return Err(not_found());
    }
    let mut tx = desk.store.begin().await?;
    let person = people::by_id(tx.link(), fields.text("person")).await?.ok_or_else(not_found)?;
    let (session, cookie) =
        entry::begin(&desk, tx.link(), &who, &person, Stage::Full, &headers).await?;
    let audit =
        who.about_to_be(&person).did(desk.now(), "session.begin", &session.id, "demonstration");
    tx.commit(audit).await?;
    go_with(&Href::at("/"), [cookie])
}
