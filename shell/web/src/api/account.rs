//! One's own account. Passwords and second factors are changed in a browser alone: a passkey needs
//! one, and nothing secret of a person should pass through a program.

use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};
use ward_access::Act;
use ward_store::sessions::Session;

use super::doc::Doc;
use super::people::{organisation, role_schema, value_of, ways_in, ways_in_fields};
use super::read::{Asked, At, Nothing};
use super::schema::{Schema, count, flag, has, list, maybe, moment, named, text};
use super::tell::{self, Answer, not_found, told, with};
use crate::desk::Desk;
use crate::doing::account::{end, end_others, open, own};
use crate::entry::agent_words;
use crate::proof::Factors;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.account",
        verb: Verb::Get,
        path: "/api/v1/account",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "One's own account",
        handler: || get(show),
    },
    Route {
        name: "api.account.sessions",
        verb: Verb::Get,
        path: "/api/v1/account/sessions",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "Where one is signed in",
        handler: || get(sessions),
    },
    // To end one's own sessions takes no second factor: it is what one does in a hurry.
    Route {
        name: "api.account.sessions.end",
        verb: Verb::Post,
        path: "/api/v1/account/sessions/{id}/end",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "Ends one of one's own sessions",
        handler: || post(end_one),
    },
    Route {
        name: "api.account.sessions.end-others",
        verb: Verb::Post,
        path: "/api/v1/account/sessions/end-others",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "Ends all of one's own sessions but this",
        handler: || post(end_all_others),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.account", account_schema),
    Doc::plain("api.account.sessions", sessions_schema),
    Doc::plain("api.account.sessions.end", ended_schema),
    Doc::plain("api.account.sessions.end-others", ended_schema),
];

fn account_schema() -> Schema {
    let mut fields = vec![
        has("id", text(), "Your identifier."),
        has("name", text(), "Your name."),
        has("email", text(), "Your mail address."),
        has("role", role_schema(), "What you are to the desk."),
        has("organisation", text(), "The organisation that you belong to; its name."),
        has("jurisdiction", maybe(text()), "The one that you act for; null acts for the state."),
        has("active", flag(), "Whether you may sign in."),
        has("created", moment(), "When you were added."),
        has("last_sign_in", maybe(moment()), "When you last signed in."),
    ];
    fields.extend(ways_in_fields());
    named("Account", fields)
}

async fn show(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    let person = own(&who)?;
    let mut read = desk.store.read().await?;
    let organisation = organisation(read.link(), person).await?;
    let factors = Factors::of(read.link(), &person.id).await?;
    drop(read);
    told(&with(value_of(person, &organisation), ways_in(&factors)))
}

fn sessions_schema() -> Schema {
    let session = named(
        "Session",
        [
            has("id", text(), "Its identifier; not its secret."),
            has("this", flag(), "Whether it is the one that asks."),
            has("browser", text(), "The browser, in words."),
            has("address", text(), "The address that it was begun from."),
            has("created", moment(), "When it was begun."),
            has("seen", moment(), "When it was last used."),
        ],
    );
    named("Sessions", [has("sessions", list(session), "The one that was used last first.")])
}

async fn sessions(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    let person = own(&who)?;
    let mut read = desk.store.read().await?;
    let all = open(&desk, read.link(), person).await?;
    drop(read);
    let this = who.session.as_ref().map_or("", |session| &session.id);
    let all: Vec<Value> = all.iter().map(|one| session_of(one, one.id == this)).collect();
    told(&json!({ "sessions": all }))
}

fn session_of(session: &Session, this: bool) -> Value {
    json!({
        "id": session.id,
        "this": this,
        "browser": agent_words(&session.agent),
        "address": session.address,
        "created": tell::moment(session.created),
        "seen": tell::moment(session.seen),
    })
}

fn ended_schema() -> Schema {
    named("Ended", [has("ended", count(), "How many sessions were ended.")])
}

async fn end_one(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    if end(&desk, &who, &id).await? { told(&json!({ "ended": 1 })) } else { Err(not_found()) }
}

async fn end_all_others(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    told(&json!({ "ended": end_others(&desk, &who).await? }))
}
