//! Signing in by address and password, and signing out.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use ward_access::Stage;
use ward_access::throttle::Answer as Turn;
use ward_store::people::{self, Person};
use ward_store::sessions;

use super::elsewhere;
use super::outside::{self, go_with};
use super::parts::{done, go_to};
use crate::desk::Desk;
use crate::fields::{Asked, Fields, Sent};
use crate::passwords::{self, Checked};
use crate::proof::{Factors, wait};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Errors, Field, Form, Hidden, Href, Html};
use crate::who::Who;
use crate::{device, entry, guard};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "sign-in.show",
        verb: Verb::Get,
        path: "/sign-in",
        access: Access::Open,
        kind: Kind::Page,
        summary: "Asks for address and password",
        handler: || get(show),
    },
    Route {
        name: "sign-in",
        verb: Verb::Post,
        path: "/sign-in",
        access: Access::Open,
        kind: Kind::Page,
        summary: "Checks address and password",
        handler: || post(sign_in),
    },
    Route {
        name: "sign-out",
        verb: Verb::Post,
        path: "/sign-out",
        access: Access::Open,
        kind: Kind::Page,
        summary: "Ends the session",
        handler: || post(sign_out),
    },
];

/// One sentence for a wrong password and for an account that is not there: who guesses learns
/// nothing.
const WRONG: &str = "Address and password do not fit together. Check both, and whether capitals \
                     are locked.";

async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    if !desk.is_set_up() {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, outside::not_set_up(&desk)).into_response());
    }
    let then = fields.text("then");
    if desk.settings.demo && who.stage().is_none() {
        return go_to(&Href::at("/demo"));
    }
    match who.stage() {
        Some(Stage::Full) => go_to(&page_after(then)),
        Some(Stage::Enrolling) => go_to(&Href::at("/account/factors")),
        Some(Stage::Password) | None => done(page(&desk, &fields, &Errors::new()).await?),
    }
}

/// The page to go on to.
pub(crate) fn page_after(then: &str) -> Href {
    Href::parse(&guard::then(Some(then))).unwrap_or_else(|| Href::at("/"))
}

async fn page(desk: &Desk, fields: &Fields, errors: &Errors) -> Result<Html, Refused> {
    let page = outside::page(desk, "Sign in").await?.failed(!errors.is_empty());
    let form = Form::new("sign-in", Href::at("/sign-in"), "Sign in")
        .field(
            Field::email("email", "E-mail address")
                .value(fields.text("email"))
                .auto("username")
                .max(254)
                .focus(),
        )
        .field(Field::password("password", "Password"))
        .field(Hidden::new("then", fields.text("then")))
        .errors(errors);
    Ok(page.render(&maud::html! {
        (form)
        (elsewhere::ways(desk, fields.text("then")))
        p.note {
            "No account, or a lost password? An administrator of the desk gives you a new link."
        }
    }))
}

async fn sign_in(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    if !desk.is_set_up() {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, outside::not_set_up(&desk)).into_response());
    }
    let address = people::address(fields.text("email"));
    let typed = fields.exact("password");
    if let Some(errors) = missing(&address, typed) {
        return refused(&desk, &fields, &errors, None).await;
    }
    let mut read = desk.store.read().await?;
    let found = people::by_email(read.link(), &address).await?;
    // The same questions for an account that is not there, so that the answer takes as long.
    let id = found.as_ref().filter(|person| person.active).map_or("-", |person| &person.id);
    let kept = people::password_of(read.link(), id).await?;
    drop(read);
    let known = found.as_ref().is_some_and(|person| device::is_known(&desk, &headers, &person.id));
    let key = entry::attempt(&desk, &who, &address, known);
    let turn = desk.lobby().passwords().ask(key, desk.now());
    if let Turn::Wait { seconds } = turn {
        return refused(&desk, &fields, &wait(seconds), Some(seconds)).await;
    }
    let checked = passwords::check(&desk, kept, typed, known).await?;
    match found.filter(|person| person.active && checked != Checked::Wrong) {
        Some(person) => {
            desk.lobby().passwords().succeeded(key);
            let anew = match checked {
                Checked::RightButOld => Some(passwords::hash(&desk, typed).await?),
                Checked::Right | Checked::Wrong => None,
            };
            let_in(&desk, &who, &headers, &fields, &person, anew).await
        }
        None => {
            put_down_refusal(&desk, &who, &address).await?;
            let errors = Errors::new().whole(WRONG);
            refused(&desk, &fields, &errors, None).await
        }
    }
}

fn missing(address: &str, password: &str) -> Option<Errors> {
    let mut errors = Errors::new();
    if address.is_empty() {
        errors = errors.add("email", "Write the e-mail address by which the desk knows you.");
    }
    if password.is_empty() {
        errors = errors.add("password", "Write your password.");
    }
    Some(errors).filter(|errors| !errors.is_empty())
}

async fn refused(desk: &Desk, fields: &Fields, errors: &Errors, wait: Option<u64>) -> Answer {
    let page = page(desk, fields, errors).await?;
    let mut response = match wait {
        None => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        Some(_) => (StatusCode::TOO_MANY_REQUESTS, page).into_response(),
    };
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// The audit names the account when there is one; what was typed is nowhere.
async fn put_down_refusal(desk: &Desk, who: &Who, address: &str) -> Result<(), Refused> {
    let nobody = Who::at(who.address);
    let mut tx = desk.store.begin().await?;
    let person = people::by_email(tx.link(), address).await?;
    let object = person.as_ref().map_or("", |person| person.id.as_str());
    tx.commit(nobody.did(desk.now(), "session.refused", object, "the password")).await?;
    Ok(())
}

/// The password was right: a session that opens nothing but the second factor. Whoever has none
/// yet, having just come by an invitation, enrols one.
async fn let_in(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    fields: &Fields,
    person: &Person,
    anew: Option<String>,
) -> Answer {
    let mut tx = desk.store.begin().await?;
    if let Some(hash) = anew {
        people::set_password(tx.link(), &person.id, &hash).await?;
    }
    let none = Factors::of(tx.link(), &person.id).await?.count() == 0;
    let stage = if none { Stage::Enrolling } else { Stage::Password };
    let (session, cookie) = entry::begin(desk, tx.link(), who, person, stage, headers).await?;
    let audit = who.about_to_be(person).did(desk.now(), "session.password", &session.id, "");
    tx.commit(audit).await?;
    if none {
        return go_with(&Href::at("/account/factors"), [cookie]);
    }
    let then = guard::then(Some(fields.text("then")));
    go_with(&guard::with_then(Href::at("/second-factor"), &then), [cookie])
}

async fn sign_out(State(desk): State<Desk>, who: Who) -> Result<Response, Refused> {
    if let Some(session) = &who.session {
        let mut tx = desk.store.begin().await?;
        sessions::end(tx.link(), &session.id).await?;
        tx.commit(who.did(desk.now(), "session.end", &session.id, "signed out")).await?;
    }
    go_with(&Href::at("/sign-in"), [entry::no_session(&desk)])
}
