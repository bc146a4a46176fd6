//! Tokens of programs.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_kernel::Time;
use ward_store::tokens::{self as kept, Token};

use super::doc::Doc;
use super::people::role_schema;
use super::read::{Asked, At, InBody, InQuery, Nothing, Paged, Part, Sent, page_of};
use super::schema::{Field, Schema, has, line, may_have, maybe, moment, named, number, text};
use super::tell::{self, Answer, made, not_found, of_state, told, with};
use crate::desk::Desk;
use crate::doing::tokens::{self as doing, DAYS_MAX, NAME_MAX};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.tokens",
        verb: Verb::Get,
        path: "/api/v1/tokens",
        access: Access::Anyone(Act::SeeTokens),
        kind: Kind::Api,
        summary: "The tokens of programs",
        handler: || get(all),
    },
    Route {
        name: "api.tokens.make",
        verb: Verb::Post,
        path: "/api/v1/tokens",
        access: Access::Anyone(Act::MakeTokens),
        kind: Kind::Api,
        summary: "Makes a token, and shows it once",
        handler: || post(make),
    },
    Route {
        name: "api.tokens.end",
        verb: Verb::Post,
        path: "/api/v1/tokens/{id}/end",
        access: Access::Anyone(Act::MakeTokens),
        kind: Kind::Api,
        summary: "Ends a token",
        handler: || post(end),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.tokens", tokens_schema).query(Part::fields).whole_state(),
    Doc::plain("api.tokens.make", made_schema)
        .takes(
            Wanted::schema,
            r#"{"name": "Ticket system reads cases", "role": "analyst", "days": 90}"#,
        )
        .makes()
        .refuses(&[422])
        .whole_state()
        .about("The token is a secret: it is shown this once."),
    Doc::plain("api.tokens.end", token_schema).whole_state(),
];

fn token_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier; not the token itself."),
        has("name", text(), "What it is for."),
        has("role", role_schema(), "What it may do."),
        has("jurisdiction", maybe(text()), "The only one that it reaches; null: the whole state."),
        has("state", Schema::Choice(vec!["good", "expired", "ended"]), ""),
        has("created", moment(), "When it was made."),
        has("expires", moment(), "Until when it is good."),
        has("used", maybe(moment()), "When it was last used."),
        has("ended", maybe(moment()), "When somebody ended it."),
    ]
}

fn token_schema() -> Schema {
    named("Token", token_fields())
}

fn tokens_schema() -> Schema {
    named("Tokens", page_of("tokens", token_schema()))
}

fn made_schema() -> Schema {
    let mut fields = token_fields();
    fields.push(has("secret", text(), "The token itself: shown this once."));
    named("TokenMade", fields)
}

fn value_of(token: &Token, now: Time) -> Value {
    let state = match token.ended {
        Some(_) => "ended",
        None if token.expires <= now => "expired",
        None => "good",
    };
    json!({
        "id": token.id,
        "name": token.name,
        "role": token.role.as_str(),
        "jurisdiction": token.jurisdiction,
        "state": state,
        "created": tell::moment(token.created),
        "expires": tell::moment(token.expires),
        "used": tell::moment_or_null(token.used),
        "ended": tell::moment_or_null(token.ended),
    })
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    of_state(&who, Act::SeeTokens)?;
    let mut read = desk.store.read().await?;
    let all = kept::list(read.link()).await?;
    let now = desk.now();
    let shown: Vec<Value> = Paged::from(asked).cut(&all).map(|one| value_of(one, now)).collect();
    told(&json!({ "tokens": shown, "total": all.len() }))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    role: String,
    days: i64,
    jurisdiction: Option<String>,
}

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "TokenWanted",
            [
                has("name", line(1, NAME_MAX), "What it is for."),
                has("role", role_schema(), "What it may do, without what is for people alone."),
                has("days", number(1, DAYS_MAX), "How many days it is good."),
                may_have("jurisdiction", line(0, 48), "The only one that it reaches."),
            ],
        )
    }
}

async fn make(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(sent): Sent<Wanted>,
) -> Answer {
    of_state(&who, Act::MakeTokens)?;
    let wanted = doing::Wanted {
        name: sent.name.trim(),
        role: sent.role.parse().ok(),
        jurisdiction: sent.jurisdiction.as_deref().filter(|id| !id.is_empty()),
        days: sent.days,
    };
    let (token, secret) = doing::make(&desk, &who, wanted).await?;
    made(&with(value_of(&token, desk.now()), [("secret", json!(secret))]))
}

async fn end(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    of_state(&who, Act::MakeTokens)?;
    doing::end(&desk, &who, &id).await?;
    let mut read = desk.store.read().await?;
    let all = kept::list(read.link()).await?;
    let one = all.iter().find(|token| token.id == id).ok_or_else(not_found)?;
    told(&value_of(one, desk.now()))
}
