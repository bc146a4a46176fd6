//! Codes that enrol sensors.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_kernel::Time;
use ward_store::sensors::{self as kept, Enrolment};

use super::doc::Doc;
use super::read::{Asked, At, InBody, InQuery, Nothing, Paged, Part, Sent, page_of};
use super::schema::{Field, Schema, has, line as text_line, maybe, moment, named, text};
use super::tell::{self, Answer, made, told, with};
use crate::desk::Desk;
use crate::doing::sensors::{NAME_MAX, code, line, make_code, withdraw_code};
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.codes",
        verb: Verb::Get,
        path: "/api/v1/sensors/codes",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "The codes that wait for their sensor",
        handler: || get(all),
    },
    Route {
        name: "api.codes.make",
        verb: Verb::Post,
        path: "/api/v1/sensors/codes",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "Makes a code that enrols one sensor, and shows it once",
        handler: || post(make),
    },
    Route {
        name: "api.codes.show",
        verb: Verb::Get,
        path: "/api/v1/sensors/codes/{id}",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "Whether the sensor of a code has come",
        handler: || get(show),
    },
    Route {
        name: "api.codes.withdraw",
        verb: Verb::Post,
        path: "/api/v1/sensors/codes/{id}/withdraw",
        access: Access::Anyone(Act::EnrolSensor),
        kind: Kind::Api,
        summary: "Withdraws a code that nobody has used",
        handler: || post(withdraw),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.codes", codes_schema).query(Part::fields),
    Doc::plain("api.codes.make", made_schema)
        .takes(
            Wanted::schema,
            r#"{"jurisdiction": "adair-county", "name": "Front office firewall"}"#,
        )
        .makes()
        .refuses(&[409, 422])
        .about(
            "The code is a secret: whoever has it can send records as the jurisdiction. It works \
             once, for seven days. 409: no sensor could reach the desk, as it is set up now.",
        ),
    Doc::plain("api.codes.show", code_schema),
    Doc::plain("api.codes.withdraw", code_schema),
];

fn code_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier; not the code itself."),
        has("name", text(), "What the sensor will be called."),
        has("jurisdiction", text(), "The jurisdiction that it will belong to."),
        has("created", moment(), "When it was made."),
        has("expires", moment(), "Until when it is good."),
        has("state", Schema::Choice(vec!["open", "used", "expired", "withdrawn"]), ""),
        has("sensor", maybe(text()), "The sensor that it enrolled."),
    ]
}

fn code_schema() -> Schema {
    named("Code", code_fields())
}

fn codes_schema() -> Schema {
    named("Codes", page_of("codes", code_schema()))
}

fn made_schema() -> Schema {
    let mut fields = code_fields();
    fields.extend([
        has("code", text(), "The code itself: shown this once."),
        has("line", text(), "What is pasted at the machine."),
    ]);
    named("CodeMade", fields)
}

fn value_of(code: &Enrolment, now: Time) -> Value {
    let state = match code.used {
        Some(_) => "used",
        None if code.expires <= now => "expired",
        None => "open",
    };
    json!({
        "id": code.id,
        "name": code.name,
        "jurisdiction": code.jurisdiction,
        "created": tell::moment(code.created),
        "expires": tell::moment(code.expires),
        "state": state,
        "sensor": code.sensor,
    })
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    let now = desk.now();
    let mut read = desk.store.read().await?;
    let all = kept::open_codes(read.link(), who.narrowed(Act::EnrolSensor), now).await?;
    let shown = Paged::from(asked).cut(&all).map(|code| value_of(code, now));
    told(&json!({ "codes": shown.collect::<Vec<_>>(), "total": all.len() }))
}

#[derive(Deserialize)]
struct Wanted {
    jurisdiction: String,
    name: String,
}

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "CodeWanted",
            [
                has("jurisdiction", text_line(1, 48), "Whose machines the sensor will read."),
                has("name", text_line(1, NAME_MAX), "What people will call the sensor."),
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
    let (kept, code) = make_code(&desk, &who, &sent.jurisdiction, sent.name.trim()).await?;
    let secret = [("code", json!(code.to_text())), ("line", json!(line(&code)))];
    made(&with(value_of(&kept, desk.now()), secret))
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let mut read = desk.store.read().await?;
    let code = code(read.link(), &who, &id).await?;
    told(&value_of(&code, desk.now()))
}

async fn withdraw(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    let mut read = desk.store.read().await?;
    let code = code(read.link(), &who, &id).await?;
    drop(read);
    withdraw_code(&desk, &who, &id).await?;
    let value = value_of(&code, desk.now());
    told(&if code.used.is_some() { value } else { with(value, [("state", json!("withdrawn"))]) })
}
