//! People's accounts at the office's identity providers.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_store::elsewhere as kept;

use super::doc::Doc;
use super::read::{Asked, At, InBody, Nothing, Sent};
use super::schema::{Schema, has, line, list, moment, named, text};
use super::tell::{self, Answer, told};
use crate::desk::Desk;
use crate::doing::elsewhere::unbind;
use crate::doing::people::found;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.people.accounts",
        verb: Verb::Get,
        path: "/api/v1/people/{id}/accounts",
        access: Access::Anyone(Act::SeePeople),
        kind: Kind::Api,
        summary: "A person's accounts at identity providers",
        handler: || get(all),
    },
    Route {
        name: "api.people.unbind",
        verb: Verb::Post,
        path: "/api/v1/people/{id}/unbind",
        access: Access::Anyone(Act::ResetFactors),
        kind: Kind::Api,
        summary: "Unbinds a person from their account at an identity provider",
        handler: || post(end),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.people.accounts", accounts_schema)
        .about("That somebody looks is put into the audit."),
    Doc::plain("api.people.unbind", accounts_schema)
        .takes(Unbind::schema, r#"{"issuer": "https://login.example"}"#)
        .about(
            "Their sessions end. At the next sign-in there, the account with their address is \
             bound anew. Nothing happens when there is no such account. Answers what is left.",
        ),
];

fn accounts_schema() -> Schema {
    let account = named(
        "AccountElsewhere",
        [
            has("issuer", text(), "The provider's issuer."),
            has("bound", moment(), "When it was bound."),
            has("used", moment(), "When they last signed in by it."),
        ],
    );
    named("BoundAccounts", [has("accounts", list(account), "By issuer.")])
}

/// A person's accounts. What a provider calls them is no business of whoever looks.
async fn accounts(desk: &Desk, who: &Who, id: &str) -> Answer {
    let mut tx = desk.store.begin().await?;
    let person = found(tx.link(), who, Act::SeePeople, id).await?;
    let bound = kept::of(tx.link(), &person.id).await?;
    tx.commit(who.did(desk.now(), "person.look", id, "")).await?;
    let shown: Vec<Value> = bound
        .iter()
        .map(|one| {
            json!({
                "issuer": one.issuer,
                "bound": tell::moment(one.bound),
                "used": tell::moment(one.used),
            })
        })
        .collect();
    told(&json!({ "accounts": shown }))
}

async fn all(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    accounts(&desk, &who, &id).await
}

#[derive(Deserialize)]
struct Unbind {
    issuer: String,
}

impl InBody for Unbind {
    fn schema() -> Schema {
        named("Unbind", [has("issuer", line(1, 2048), "The provider's issuer, letter by letter.")])
    }
}

async fn end(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<Unbind>,
) -> Answer {
    unbind(&desk, &who, &id, &sent.issuer).await?;
    accounts(&desk, &who, &id).await
}
