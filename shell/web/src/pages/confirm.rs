//! Confirming with a second factor before a risky act; it holds for ten minutes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use ward_access::Stage;
use ward_store::sessions;

use super::parts::{Frame, done, go_to};
use super::sign_in::page_after;
use crate::desk::Desk;
use crate::fields::{Asked, Fields, Sent};
use crate::proof::{self, Ask, Factors, Verdict};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Errors, Href, Html};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "confirm.show",
        verb: Verb::Get,
        path: "/confirm",
        access: Access::Stage(Stage::Full),
        kind: Kind::Page,
        summary: "Asks for a second factor before a risky act",
        handler: || get(show),
    },
    Route {
        name: "confirm",
        verb: Verb::Post,
        path: "/confirm",
        access: Access::Stage(Stage::Full),
        kind: Kind::Page,
        summary: "Checks a second factor before a risky act",
        handler: || post(confirm),
    },
];

async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    done(page(&desk, &who, &fields, None).await?)
}

async fn page(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
    errors: Option<&Errors>,
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let factors = Factors::of(read.link(), who.id()).await?;
    drop(read);
    let ask = Ask {
        action: Href::at("/confirm"),
        then: fields.text("then"),
        recovery: false,
        before: errors.map(|errors| (fields, errors)),
    };
    let page = frame
        .page(&page_after(fields.text("then")), "Confirm that it is you")
        .narrow()
        .failed(errors.is_some())
        .lead(
            "What comes next is protected even from somebody who sits down at your open screen. \
               For the next ten minutes you will not be asked again.",
        );
    Ok(page.render(&proof::forms(desk, who, &factors, &ask)))
}

async fn confirm(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    let (Some(person), Some(session)) = (&who.person, &who.session) else {
        return go_to(&Href::at("/sign-in"));
    };
    let mut tx = desk.store.begin().await?;
    let mut factors = Factors::of(tx.link(), &person.id).await?;
    // A recovery code opens the door once; it is no standing proof.
    factors.codes = 0;
    if fields.text("how") == "recovery" {
        return go_to(&Href::at("/confirm"));
    }
    let shown = proof::check(&desk, tx.link(), (&who, &headers), (person, &factors), &fields);
    match shown.await? {
        Verdict::Right(how) => {
            let now = desk.now();
            sessions::confirm(tx.link(), &session.id, now).await?;
            tx.commit(who.did(now, "session.confirm", &session.id, how)).await?;
            go_to(&page_after(fields.text("then")))
        }
        Verdict::Denied(denied) => {
            let (status, errors) = denied.put_down(&desk, &who, person, tx).await?;
            Ok((status, page(&desk, &who, &fields, Some(&errors)).await?).into_response())
        }
    }
}
