//! Settings: what the office is, and what is in force.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_store::{meta, office};

use super::doc::Doc;
use super::office::{judging, judging_schema};
use super::read::{Asked, InBody, Nothing, Sent};
use super::schema::{Schema, flag, has, line, list, may_have, maybe, moment, named, text};
use super::tell::{self, Answer, Refused, of_state, told};
use crate::desk::Desk;
use crate::doing::settings::{CHANGED, change as put_down, kept};
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.settings",
        verb: Verb::Get,
        path: "/api/v1/settings",
        access: Access::Anyone(Act::SeeSettings),
        kind: Kind::Api,
        summary: "The office and the settings in force",
        handler: || get(show),
    },
    Route {
        name: "api.settings.change",
        verb: Verb::Post,
        path: "/api/v1/settings",
        access: Access::Anyone(Act::ChangeSettings),
        kind: Kind::Api,
        summary: "Changes the office's name, its time zone and how the desk is reached",
        handler: || post(change),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.settings", settings_schema)
        .whole_state()
        .about("Secrets among them are never shown to anybody."),
    Doc::plain("api.settings.change", settings_schema)
        .takes(Wanted::schema, r#"{"phone": "555-0100", "mail": "desk@office.example"}"#)
        .refuses(&[422])
        .whole_state()
        .about("What is not named stays. The rest is changed in ward.toml."),
];

fn settings_schema() -> Schema {
    let in_force = named(
        "Setting",
        [
            has("key", text(), ""),
            has("value", text(), ""),
            has("from", text(), "Where it comes from."),
        ],
    );
    named(
        "Settings",
        [
            has("name", text(), "What the office is called."),
            has("state", text(), "The state."),
            has("zone", text(), "Its time zone."),
            has("phone", text(), "The telephone of the state's desk; may be empty."),
            has("mail", text(), "The mail address of the state's desk; may be empty."),
            has("version", text(), "The program's version."),
            has("engine", text(), "The store's engine."),
            has("file", maybe(text()), "The store's file, when it has one."),
            has("origin", text(), "The address by which browsers and sensors reach the desk."),
            has(
                "fingerprint",
                text(),
                "SHA-256 of the desk's own authority; empty when it has none.",
            ),
            has("tls", flag(), "Whether browsers come by TLS."),
            has("in_force", list(in_force), "Settings of ward.toml and the command line."),
            has("judging", judging_schema(), ""),
            has("trouble", list(text()), "What is wrong with the desk, in sentences."),
            has("now", moment(), "The desk's clock."),
        ],
    )
}

async fn show(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    of_state(&who, Act::SeeSettings)?;
    told(&value_of(&desk).await?)
}

async fn value_of(desk: &Desk) -> Result<Value, Refused> {
    let mut read = desk.store.read().await?;
    let values = kept(read.link()).await?;
    let state = meta::get(read.link(), office::STATE).await?.unwrap_or_default();
    drop(read);
    let settings = &desk.settings;
    let in_force = settings.shown.iter();
    let in_force =
        in_force.map(|(key, value, from)| json!({ "key": key, "value": value, "from": from }));
    let trouble = desk.health.borrow().trouble.clone();
    Ok(json!({
        "name": values.text("name"),
        "state": state,
        "zone": values.text("zone"),
        "phone": values.text("phone"),
        "mail": values.text("mail"),
        "version": env!("CARGO_PKG_VERSION"),
        "engine": desk.store.engine().to_string(),
        "file": desk.store.file().map(|file| file.display().to_string()),
        "origin": settings.origin,
        "fingerprint": settings.fingerprint,
        "tls": settings.secure,
        "in_force": in_force.collect::<Vec<_>>(),
        "judging": judging(desk),
        "trouble": trouble,
        "now": tell::moment(desk.now()),
    }))
}

#[derive(Deserialize)]
struct Wanted {
    name: Option<String>,
    zone: Option<String>,
    phone: Option<String>,
    mail: Option<String>,
}

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "SettingsWanted",
            [
                may_have("name", line(1, 120), "What the office is called."),
                may_have("zone", line(1, 60), "Its time zone, such as America/Chicago."),
                may_have("phone", line(0, 60), "The telephone of the state's desk."),
                may_have("mail", line(0, 200), "The mail address of the state's desk."),
            ],
        )
    }
}

async fn change(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(sent): Sent<Wanted>,
) -> Answer {
    of_state(&who, Act::ChangeSettings)?;
    let mut read = desk.store.read().await?;
    let before = kept(read.link()).await?;
    drop(read);
    let after = CHANGED.map(|(_, name)| {
        let sent = match name {
            "name" => &sent.name,
            "zone" => &sent.zone,
            "phone" => &sent.phone,
            "mail" => &sent.mail,
            _ => &None,
        };
        (name.to_owned(), sent.clone().unwrap_or_else(|| before.text(name).to_owned()))
    });
    put_down(&desk, &who, &Fields::new(after.into())).await?;
    told(&value_of(&desk).await?)
}
