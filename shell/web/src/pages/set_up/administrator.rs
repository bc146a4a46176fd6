//! The second step: the first administrator.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use maud::html;
use ward_access::Role;
use ward_store::office;
use ward_store::people::Person;

use super::{Step, closed, onwards, ours, ours_mut, page};
use crate::desk::Desk;
use crate::doing::checked::{email, name, password};
use crate::entry::new_id;
use crate::fields::{Fields, Sent};
use crate::pages::parts::password_fields;
use crate::passwords;
use crate::refused::Answer;
use crate::ui::{Errors, Field, Form, Href, Html, Notice, count};

/// The first administrator, as entered.
#[derive(Clone)]
pub(crate) struct First {
    /// Who they are.
    pub(super) person: Person,
    /// The hash of their password.
    pub(super) hash: String,
}

pub(super) fn first_page(desk: &Desk, headers: &HeaderMap) -> Html {
    let entered = ours(desk, headers, |draft| draft.first.clone()).flatten();
    let fields = entered.map_or_else(Fields::default, |first| {
        Fields::from([("name", first.person.name.as_str()), ("email", first.person.email.as_str())])
    });
    form_page(desk, headers, &fields, &Errors::new())
}

fn form_page(desk: &Desk, headers: &HeaderMap, fields: &Fields, errors: &Errors) -> Html {
    let (first, again) = password_fields();
    let form =
        Form::new("administrator", Href::at("/set-up/administrator"), "Go on to the second factor")
            .field(
                Field::text("name", "Name")
                    .value(fields.text("name"))
                    .auto("name")
                    .max(120)
                    .focus(),
            )
            .field(
                Field::email("email", "E-mail address")
                    .hint("You sign in with it. The desk sends no mail.")
                    .value(fields.text("email"))
                    .auto("username")
                    .max(254),
            )
            .field(first)
            .field(again)
            .errors(errors)
            .cancel("Back to the office", Href::at("/set-up").query("step", "office"));
    let (page, steps) = page(desk, Step::Administrator, "First administrator");
    let known = ours(desk, headers, |draft| {
        draft.office.as_ref().map(|office| (office.name.clone(), office.jurisdictions.len()))
    });
    let (office, number) = known.flatten().unwrap_or_default();
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let many = count(number, "local election authority", "local election authorities");
    let entered = Notice::good(format!("{many} will be entered"));
    let page = page.office(office);
    page.failed(!errors.is_empty())
        .lead(
            "You, most likely. An administrator invites everybody else, so that no second one \
               is made here.",
        )
        .render(&html! { (steps) div.stack { (entered) (form) } })
}

pub(super) async fn take(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    let office = ours(&desk, &headers, |draft| draft.office.as_ref().map(|one| one.name.clone()));
    let Some(office) = office else { return Ok(closed(&desk)) };
    let Some(office) = office else { return onwards() };
    let mut errors = Errors::new();
    let (name, email) = (name(&fields, "name", &mut errors), email(&fields, "email", &mut errors));
    let about = [name.as_str(), email.as_str(), office.as_str()];
    let typed = password(&fields, ("password", "again"), &about, &mut errors);
    if !errors.is_empty() {
        let page = form_page(&desk, &headers, &fields, &errors);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let hash = passwords::hash(&desk, &typed).await?;
    let person = Person {
        id: new_id(&desk.keys, "p")?,
        name,
        email,
        role: Role::Administrator,
        organisation: office::OWN.to_owned(),
        jurisdiction: None,
        active: true,
        created: desk.now(),
        last_sign_in: None,
    };
    match ours_mut(&desk, &headers, |draft| draft.first = Some(First { person, hash })) {
        Some(()) => onwards(),
        None => Ok(closed(&desk)),
    }
}
