//! People: who they are, who is kept out.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::{Act, Role};
use ward_store::people::{self as kept, Person};
use ward_store::{Link, office, sessions};

use super::doc::Doc;
use super::read::{Asked, At, InBody, InQuery, Nothing, Paged, Sent, as_form, page_of, part};
use super::schema::{
    Field, Schema, choice, count, flag, has, line, mail, may_have, maybe, moment, named, text,
};
use super::tell::{self, Answer, Refused, told, with};
use crate::desk::Desk;
use crate::doing::people::{found, may_change, reset, set_active, set_details, set_role};
use crate::fields::Fields;
use crate::proof::Factors;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui;
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.people",
        verb: Verb::Get,
        path: "/api/v1/people",
        access: Access::Anyone(Act::SeePeople),
        kind: Kind::Api,
        summary: "The people of the desk",
        handler: || get(all),
    },
    Route {
        name: "api.people.show",
        verb: Verb::Get,
        path: "/api/v1/people/{id}",
        access: Access::Anyone(Act::SeePeople),
        kind: Kind::Api,
        summary: "One person and how they sign in",
        handler: || get(show),
    },
    Route {
        name: "api.people.details",
        verb: Verb::Post,
        path: "/api/v1/people/{id}/details",
        access: Access::Anyone(Act::ChangePerson),
        kind: Kind::Api,
        summary: "Changes a person's name and e-mail address",
        handler: || post(details),
    },
    Route {
        name: "api.people.role",
        verb: Verb::Post,
        path: "/api/v1/people/{id}/role",
        access: Access::Anyone(Act::ChangePerson),
        kind: Kind::Api,
        summary: "Gives a person another role of their organisation",
        handler: || post(role),
    },
    Route {
        name: "api.people.active",
        verb: Verb::Post,
        path: "/api/v1/people/{id}/active",
        access: Access::Anyone(Act::ChangePerson),
        kind: Kind::Api,
        summary: "Keeps a person from signing in, or lets them again",
        handler: || post(active),
    },
    Route {
        name: "api.people.reset",
        verb: Verb::Post,
        path: "/api/v1/people/{id}/reset",
        access: Access::Anyone(Act::ResetFactors),
        kind: Kind::Api,
        summary: "Takes a person's password and factors away; a link to come back by",
        handler: || post(take_away),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.people", people_schema)
        .query(Narrowed::fields)
        .about("That somebody looks is put into the audit."),
    Doc::plain("api.people.show", whole_schema).about("That somebody looks is put into the audit."),
    Doc::plain("api.people.details", person_schema)
        .takes(
            Details::schema,
            r#"{"name": "Clerk of Adair County", "email": "clerk@adair.example"}"#,
        )
        .refuses(&[422])
        .about("They sign in with the new address from then on. Nobody changes oneself."),
    Doc::plain("api.people.role", person_schema)
        .takes(NewRole::schema, r#"{"role": "local-it"}"#)
        .refuses(&[422])
        .about("Nobody changes oneself, nor anybody whose role they could not give."),
    Doc::plain("api.people.active", person_schema)
        .takes(Active::schema, r#"{"active": true}"#)
        .refuses(&[422])
        .about("Who is kept out is signed out everywhere. The last administrator stays."),
    Doc::plain("api.people.reset", super::invitations::made_schema).makes().refuses(&[422]).about(
        "Make sure that it is really they who ask. The link is a secret: it is shown this \
             once, opens once, and is good for a day.",
    ),
];

/// A role.
pub(crate) fn role_schema() -> Schema {
    choice(Role::ALL, Role::as_str)
}

fn person_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Their identifier."),
        has("name", text(), "Their name."),
        has("email", text(), "Their mail address."),
        has("role", role_schema(), "What they are to the desk."),
        has("organisation", text(), "The organisation that they belong to; its name."),
        has("jurisdiction", maybe(text()), "The one that they act for; null acts for the state."),
        has("active", flag(), "Whether they may sign in."),
        has("created", moment(), "When they were added."),
        has("last_sign_in", maybe(moment()), "When they last signed in."),
    ]
}

fn person_schema() -> Schema {
    named("Person", person_fields())
}

fn people_schema() -> Schema {
    named("People", page_of("people", person_schema()))
}

fn whole_schema() -> Schema {
    let mut fields = person_fields();
    fields.extend(ways_in_fields());
    fields.extend([
        has("sessions", count(), "Sessions of theirs that are kept."),
        has("may_change", flag(), "Whether you could change them."),
    ]);
    named("PersonWhole", fields)
}

/// How somebody signs in.
pub(crate) fn ways_in_fields() -> [Field; 3] {
    [
        has("passkeys", count(), "How many passkeys there are."),
        has("app", flag(), "Whether there is an authenticator app."),
        has("recovery_codes", count(), "Recovery codes that are left."),
    ]
}

/// How somebody signs in, as it is told.
pub(crate) fn ways_in(factors: &Factors) -> [(&'static str, Value); 3] {
    [
        ("passkeys", json!(factors.passkeys.len())),
        ("app", json!(factors.totp.is_some())),
        ("recovery_codes", json!(factors.codes)),
    ]
}

/// A person as they are told.
pub(crate) fn value_of(person: &Person, organisation: &str) -> Value {
    json!({
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": person.role.as_str(),
        "organisation": organisation,
        "jurisdiction": person.jurisdiction,
        "active": person.active,
        "created": tell::moment(person.created),
        "last_sign_in": tell::moment_or_null(person.last_sign_in),
    })
}

/// The name of the organisation that a person belongs to.
pub(crate) async fn organisation(
    link: Link<'_>,
    person: &Person,
) -> Result<String, ward_store::Error> {
    let found = office::organisation(link, &person.organisation).await?;
    Ok(found.map(|found| found.name).unwrap_or_default())
}

#[derive(Deserialize)]
struct Narrowed {
    role: Option<String>,
    jurisdiction: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl InQuery for Narrowed {
    fn fields() -> Vec<Field> {
        let mut fields = vec![
            may_have("role", role_schema(), "Those in this role."),
            may_have("jurisdiction", line(0, 48), "Those who act for this one."),
        ];
        fields.extend(part());
        fields
    }
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Narrowed>) -> Answer {
    let wanted = asked.jurisdiction.filter(|id| !id.is_empty());
    let role = asked.role.and_then(|role| role.parse::<Role>().ok());
    let own = who.narrowed(Act::SeePeople);
    let mut tx = desk.store.begin().await?;
    let mut people = kept::list(tx.link(), own.or(wanted.as_deref())).await?;
    let fits = |person: &Person| {
        role.is_none_or(|role| role == person.role)
            && (wanted.is_none() || wanted == person.jurisdiction)
    };
    people.retain(fits);
    let organisations = office::organisations(tx.link()).await?;
    let name = |person: &Person| {
        let found = organisations.iter().find(|one| one.id == person.organisation);
        found.map_or("", |one| &one.name).to_owned()
    };
    let paged = Paged::of(asked.limit, asked.offset);
    let shown: Vec<Value> =
        paged.cut(&people).map(|person| value_of(person, &name(person))).collect();
    let detail = ui::count(shown.len() as u64, "person", "people");
    tx.commit(who.did(desk.now(), "people.look", "", detail)).await?;
    told(&json!({ "people": shown, "total": people.len() }))
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let mut tx = desk.store.begin().await?;
    let person = found(tx.link(), &who, Act::SeePeople, &id).await?;
    let organisation = organisation(tx.link(), &person).await?;
    let factors = Factors::of(tx.link(), &id).await?;
    let sessions = sessions::of(tx.link(), &id).await?.len();
    tx.commit(who.did(desk.now(), "person.look", &id, "")).await?;
    let value = with(value_of(&person, &organisation), ways_in(&factors));
    let may_change = json!(may_change(&who, &person));
    told(&with(value, [("sessions", json!(sessions)), ("may_change", may_change)]))
}

/// A person as they are now.
async fn one(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut read = desk.store.read().await?;
    let person = found(read.link(), who, Act::SeePeople, id).await?;
    let organisation = organisation(read.link(), &person).await?;
    Ok(value_of(&person, &organisation))
}

#[derive(Deserialize)]
struct Details(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Details {
    fn schema() -> Schema {
        named(
            "PersonDetails",
            [
                has("name", line(2, 120), "Their name."),
                has("email", mail(), "Their mail address; it can never be another's."),
            ],
        )
    }
}

async fn details(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Details(fields)): Sent<Details>,
) -> Answer {
    set_details(&desk, &who, &id, &fields).await?;
    told(&one(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct NewRole {
    role: String,
}

impl InBody for NewRole {
    fn schema() -> Schema {
        named("NewRole", [has("role", role_schema(), "")])
    }
}

async fn role(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<NewRole>,
) -> Answer {
    set_role(&desk, &who, &id, sent.role.parse().ok()).await?;
    told(&one(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Active {
    active: bool,
}

impl InBody for Active {
    fn schema() -> Schema {
        named("Active", [has("active", flag(), "Whether they may sign in.")])
    }
}

async fn active(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(sent): Sent<Active>,
) -> Answer {
    set_active(&desk, &who, &id, sent.active).await?;
    told(&one(&desk, &who, &id).await?)
}

async fn take_away(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let (made, link) = reset(&desk, &who, &id).await?;
    super::invitations::told_once(&made, &link)
}
