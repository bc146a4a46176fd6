//! Who is reachable how: every office's contacts, putting them down and confirming them.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act as Right;
use ward_desk::Line;
use ward_desk::calendar::Election;
use ward_desk::directory::{Directory, Freshness, Listed};
use ward_kernel::Time;
use ward_store::office;

use super::doc::Doc;
use super::read::{
    Asked, At, InBody, InQuery, Nothing, Paged, Part, Sent, as_form, key_field, page_of,
};
use super::schema::{
    Schema, count, flag, has, line, list, may_have, maybe, moment, named, number, text,
};
use super::tell::{self, Answer, made, told};
use crate::desk::Desk;
use crate::doing::contacts::{Office, all as offices, look, one, put as put_down};
use crate::doing::elections;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.contacts",
        verb: Verb::Get,
        path: "/api/v1/contacts",
        access: Access::Anyone(Right::SeeContacts),
        kind: Kind::Api,
        summary: "Who is reachable how at every office, or at one's own",
        handler: || get(all),
    },
    Route {
        name: "api.contacts.show",
        verb: Verb::Get,
        path: "/api/v1/contacts/{id}",
        access: Access::Anyone(Right::SeeContacts),
        kind: Kind::Api,
        summary: "Who is reachable how at one office",
        handler: || get(show),
    },
    Route {
        name: "api.contacts.put",
        verb: Verb::Post,
        path: "/api/v1/contacts/{id}",
        access: Access::Anyone(Right::ChangeContacts),
        kind: Kind::Api,
        summary: "Puts a contact down, removes one, confirms all of an office",
        handler: || post(put),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.contacts", offices_schema)
        .query(Part::fields)
        .about("In the order of their names. That somebody looks is put into the audit."),
    Doc::plain("api.contacts.show", office_schema)
        .about("That somebody looks is put into the audit."),
    Doc::plain("api.contacts.put", office_schema)
        .takes(
            Sending::schema,
            r#"{"key": "6c0e9b3f5d28", "act": "put", "title": "County clerk", "telephone": "555-0142"}"#,
        )
        .makes()
        .refuses(&[422])
        .about(
            "To put takes what somebody is and at least one way to reach them; with a contact's id \
             it takes the place of what stood there. To remove takes the id, to confirm the number \
             of the newest entry that was read. With `of`, the contact's entry as it was read, \
             nothing is changed that was changed meanwhile; without it, whatever stands there is. \
             The same key twice is one entry.",
        ),
];

fn office_schema() -> Schema {
    let contact = named(
        "Contact",
        [
            has("id", text(), "Its identifier."),
            has("title", text(), "What they are."),
            has("name", maybe(text()), "What they are called."),
            has("telephone", maybe(text()), "Their telephone number."),
            has("second", maybe(text()), "A second way."),
            has("mail", maybe(text()), "Their address for mail."),
            has("hours", maybe(text()), "When they can be reached."),
            has("note", maybe(text()), "What else one has to know."),
            has("first", flag(), "Whether they are called before others."),
            has("entry", count(), "The entry that put it down as it stands: named as `of`."),
            has("confirmed", moment(), "When somebody last said that it is right."),
            has("by", text(), "Who said so."),
        ],
    );
    let states = Schema::Choice(vec!["nobody", "old", "confirmed"]);
    named(
        "OfficeContacts",
        [
            has("jurisdiction", text(), "Whose."),
            has("name", text(), "What people call it."),
            has(
                "state",
                states,
                "Whether anybody is named, and confirmed for the election that is near.",
            ),
            has("confirmed", maybe(moment()), "Since when all of it is known to be right."),
            has("newest", count(), "The entry that is named to confirm; 0 before the first."),
            has("contacts", list(contact), "In the order in which they are called."),
        ],
    )
}

fn offices_schema() -> Schema {
    named("Offices", page_of("offices", office_schema()))
}

fn contact_of((id, listed): (&str, &Listed)) -> Value {
    let one = &listed.contact;
    let text = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned());
    json!({
        "id": id,
        "title": one.title.as_str(),
        "name": text(&one.name),
        "telephone": text(&one.telephone),
        "second": text(&one.second),
        "mail": text(&one.mail),
        "hours": text(&one.hours),
        "note": text(&one.note),
        "first": one.first,
        "entry": listed.entry,
        "confirmed": tell::moment(listed.confirmed),
        "by": listed.by.name,
    })
}

fn office_of(
    (id, name): (&str, &str),
    directory: &Directory,
    (elections, now): (&[Election], Time),
) -> Value {
    let state = match directory.freshness(elections, now) {
        Freshness::Nobody => "nobody",
        Freshness::Old => "old",
        Freshness::Fresh => "confirmed",
    };
    let contacts: Vec<Value> = directory.in_order().into_iter().map(contact_of).collect();
    json!({
        "jurisdiction": id,
        "name": name,
        "state": state,
        "confirmed": tell::moment_or_null(directory.confirmed()),
        "newest": directory.newest(),
        "contacts": contacts,
    })
}

async fn all(State(desk): State<Desk>, who: Who, Asked(asked): Asked<Part>) -> Answer {
    let mut read = desk.store.read().await?;
    let elections = elections::all(read.link()).await?;
    let jurisdictions = office::jurisdictions(read.link()).await?;
    let all = offices(read.link(), &who, &jurisdictions).await?;
    drop(read);
    look(&desk, &who, "").await?;
    let at = (elections.as_slice(), desk.now());
    let of = |one: &Office| {
        office_of((&one.jurisdiction.id, &one.jurisdiction.name), &one.directory, at)
    };
    let shown: Vec<Value> = Paged::from(asked).cut(&all).map(of).collect();
    told(&json!({ "offices": shown, "total": all.len() }))
}

/// One office; that somebody looks is put down.
async fn whole(desk: &Desk, who: &Who, id: &str) -> Result<Value, Refused> {
    let mut read = desk.store.read().await?;
    let (jurisdiction, filed) = one(read.link(), who, id).await?;
    let elections = elections::all(read.link()).await?;
    drop(read);
    look(desk, who, id).await?;
    let directory = filed.map(|filed| filed.log.state().clone()).unwrap_or_default();
    let about = (jurisdiction.id.as_str(), jurisdiction.name.as_str());
    Ok(office_of(about, &directory, (&elections, desk.now())))
}

async fn show(State(desk): State<Desk>, who: Who, At(id): At, _: Asked<Nothing>) -> Answer {
    told(&whole(&desk, &who, &id).await?)
}

#[derive(Deserialize)]
struct Sending(#[serde(deserialize_with = "as_form")] Fields);

impl InBody for Sending {
    fn schema() -> Schema {
        let said = |name, about| may_have(name, line(0, Line::MAX), about);
        named(
            "ContactAct",
            [
                key_field(),
                has("act", Schema::Choice(vec!["put", "remove", "confirm"]), "What."),
                may_have("contact", line(0, 48), "Which contact; none for a new one."),
                said("title", "What they are."),
                said("name", "What they are called."),
                said("telephone", "Their telephone number, as it is dialled."),
                said("second", "A second way."),
                said("mail", "Their address for mail."),
                said("hours", "When they can be reached."),
                said("note", "What else one has to know."),
                may_have("first", flag(), "Whether they are called before others."),
                may_have("entry", number(0, i64::MAX), "The newest entry that was read."),
                may_have("of", number(0, i64::MAX), "The entry of the contact that was read."),
            ],
        )
    }
}

async fn put(
    State(desk): State<Desk>,
    who: Who,
    At(id): At,
    _: Asked<Nothing>,
    Sent(Sending(fields)): Sent<Sending>,
) -> Answer {
    put_down(&desk, &who, &id, &fields).await?;
    made(&whole(&desk, &who, &id).await?)
}
