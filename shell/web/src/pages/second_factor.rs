//! The second half of signing in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use ward_access::Stage;

use super::outside::{self, go_with};
use super::parts::{done, go_to};
use super::sign_in::page_after;
use crate::desk::Desk;
use crate::fields::{Asked, Fields, Sent};
use crate::proof::{self, Ask, Factors, Verdict};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Errors, Href, Html};
use crate::who::Who;
use crate::{device, entry};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "second-factor.show",
        verb: Verb::Get,
        path: "/second-factor",
        access: Access::Stage(Stage::Password),
        kind: Kind::Page,
        summary: "Asks for a second factor",
        handler: || get(show),
    },
    Route {
        name: "second-factor",
        verb: Verb::Post,
        path: "/second-factor",
        access: Access::Stage(Stage::Password),
        kind: Kind::Page,
        summary: "Checks a second factor and signs in",
        handler: || post(sign_in),
    },
];

async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    if let Some(elsewhere) = elsewhere(&who, &fields) {
        return go_to(&elsewhere);
    }
    done(page(&desk, &who, &fields, None).await?)
}

/// Where somebody belongs who needs no second factor now.
fn elsewhere(who: &Who, fields: &Fields) -> Option<Href> {
    match who.stage() {
        Some(Stage::Password) => None,
        Some(Stage::Enrolling) => Some(Href::at("/account/factors")),
        Some(Stage::Full) => Some(page_after(fields.text("then"))),
        None => Some(Href::at("/sign-in")),
    }
}

async fn page(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
    errors: Option<&Errors>,
) -> Result<Html, Refused> {
    let Some(person) = &who.person else { return Err(crate::refused::not_found()) };
    let page = outside::page_for(desk, person, "Second factor").await?.failed(errors.is_some());
    let mut read = desk.store.read().await?;
    let factors = Factors::of(read.link(), &person.id).await?;
    drop(read);
    let ask = Ask {
        action: Href::at("/second-factor"),
        then: fields.text("then"),
        recovery: true,
        before: errors.map(|errors| (fields, errors)),
    };
    let lead = "The first step was right. Now show that it is you who took it.";
    Ok(page.lead(lead).render(&proof::forms(desk, who, &factors, &ask)))
}

async fn sign_in(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    let (Some(person), Some(session)) = (&who.person, &who.session) else {
        return go_to(&Href::at("/sign-in"));
    };
    if let Some(elsewhere) = elsewhere(&who, &fields) {
        return go_to(&elsewhere);
    }
    let mut tx = desk.store.begin().await?;
    let factors = Factors::of(tx.link(), &person.id).await?;
    let shown = proof::check(&desk, tx.link(), (&who, &headers), (person, &factors), &fields);
    match shown.await? {
        Verdict::Right(how) => {
            let cookie = entry::rise(&desk, tx.link(), session).await?;
            let device = device::remember(&desk, &headers, &person.id)?;
            tx.commit(who.did(desk.now(), "session.begin", &session.id, how)).await?;
            // Whoever used a recovery code may have lost the other factors: that page says so.
            let to = match how {
                "by a recovery code" => Href::at("/account/factors").query("now", "recovery"),
                _ => page_after(fields.text("then")),
            };
            go_with(&to, [cookie, device])
        }
        Verdict::Denied(denied) => {
            let (status, errors) = denied.put_down(&desk, &who, person, tx).await?;
            Ok((status, page(&desk, &who, &fields, Some(&errors)).await?).into_response())
        }
    }
}
