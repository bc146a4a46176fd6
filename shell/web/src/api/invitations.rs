//! Invitations: the one-time links by which people come in.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_store::invitations::Invitation;

use super::doc::Doc;
use super::people::role_schema;
use super::read::{Asked, At, InBody, InQuery, Nothing, Paged, Part, Sent, as_form, page_of};
use super::schema::{Field, Schema, has, line, mail, may_have, maybe, moment, named, text, words};
use super::tell::{self, Answer, made, not_found, told, with};
use crate::desk::Desk;
use crate::doing::invitations as doing;
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.invitations",
        verb: Verb::Get,
        path: "/api/v1/invitations",
        access: Access::Anyone(Act::Invite),
        kind: Kind::Api,
        summary: "The invitations that are open",
        handler: || get(all),
    },
    Route {
        name: "api.invitations.make",
        verb: Verb::Post,
        path: "/api/v1/invitations",
        access: Access::Anyone(Act::Invite),
        kind: Kind::Api,
        summary: "Invites somebody, and shows the link once",
        handler: || post(make),
    },
    Route {
        name: "api.invitations.withdraw",
        verb: Verb::Post,
        path: "/api/v1/invitations/{id}/withdraw",
        access: Access::Anyone(Act::Invite),
        kind: Kind::Api,
        summary: "Withdraws an invitation that nobody has used",
        handler: || post(withdraw),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.invitations", invitations_schema).query(Part::fields),
    Doc::plain("api.invitations.make", made_schema)
        .takes(
            Wanted::schema,
            r#"{"name": "Clerk of Adair County", "email": "clerk@adair.example", "role": "local-clerk", "jurisdiction": "adair-county"}"#,
        )
        .makes()
        .refuses(&[422])
        .about(
            "The link is a secret: it is shown this once, opens once, and is good for a week. The \
             desk sends no mail.",
        ),
    Doc::plain("api.invitations.withdraw", withdrawn_schema),
];

fn invitation_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier; not the link."),
        has("name", text(), "The invited person's name."),
        has("email", text(), "Their mail address."),
        has("role", role_schema(), "What they will be to the desk."),
        has("jurisdiction", maybe(text()), "The one that they will act for."),
        has("created", moment(), "When it was made."),
        has("expires", moment(), "Until when it is good."),
    ]
}

fn invitations_schema() -> Schema {
    named("Invitations", page_of("invitations", named("Invitation", invitation_fields())))
}

/// An invitation that was just made, with its link.
pub(crate) fn made_schema() -> Schema {
    let mut fields = invitation_fields();
    fields.push(has("link", text(), "The link: shown this once."));
    named("InvitationMade", fields)
}

fn withdrawn_schema() -> Schema {
    named("InvitationWithdrawn", [has("id", text(), "Its identifier.")])
}

fn value_of(one: &Invitation) -> Value {
    json!({
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "role": one.role.as_str(),
        "jurisdiction": one.jurisdiction,
        "created": tell::moment(one.created),
        "expires": tell::moment(one.expires),
    })
}

/// An invitation with its link, which is told this once.
pub(crate) fn told_once(one: &Invitation, link: &str) -> Answer {
    made(&with(value_of(one), [("link", json!(link))]))
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    let mut read = desk.store.read().await?;
    let open = doing::open(&desk, read.link(), &who).await?;
    let shown: Vec<Value> = Paged::from(asked).cut(&open).map(value_of).collect();
    told(&json!({ "invitations": shown, "total": open.len() }))
}

#[derive(Deserialize)]
struct Wanted(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "InvitationWanted",
            [
                has("name", line(2, 120), "Their name."),
                has("email", mail(), "Their mail address; it can never be another's."),
                has("role", role_schema(), "One of those that you may give."),
                may_have(
                    "jurisdiction",
                    line(0, 48),
                    "For local roles: the one that they act for.",
                ),
                may_have(
                    "organisation",
                    words(0, 120),
                    "For a partner, and an auditor from outside: whom they belong to.",
                ),
            ],
        )
    }
}

async fn make(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(Wanted(fields)): Sent<Wanted>,
) -> Answer {
    let (made, link) = doing::make(&desk, &who, &fields).await?;
    told_once(&made, &link)
}

async fn withdraw(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    if doing::withdraw(&desk, &who, &id).await? {
        told(&json!({ "id": id }))
    } else {
        Err(not_found())
    }
}
