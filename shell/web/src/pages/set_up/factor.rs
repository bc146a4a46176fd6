//! The third step: the second factor; with it set-up ends.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use data_encoding::HEXLOWER;
use maud::html;
use ward_access::{OrganisationKind, Stage};
use ward_store::factors::{self, Passkey};
use ward_store::office::{self, MAIL, Organisation, PHONE};
use ward_store::{Tx, meta, people};

use super::{Draft, First, Office, Step, closed, onwards, ours, page};
use crate::desk::Desk;
use crate::fields::{Fields, Sent};
use crate::pages::enrol::{self, App, Codes, Shown, Tried};
use crate::pages::factors::sections;
use crate::pages::outside::with;
use crate::passkeys::Owner;
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{Errors, Href, Html, Notice};
use crate::who::Who;
use crate::{cookie, device, entry};

/// What was gathered, when it is whole.
struct Whole {
    office: Office,
    first: First,
    /// Stands for the session, which begins only at the end.
    ceremony: String,
}

fn whole(draft: &Draft) -> Option<Whole> {
    let (office, first) = (draft.office.clone()?, draft.first.clone()?);
    Some(Whole { office, first, ceremony: HEXLOWER.encode(&draft.secret) })
}

impl Whole {
    fn owner(&self) -> Owner<'_> {
        let person = &self.first.person;
        Owner { session: &self.ceremony, id: &person.id, email: &person.email, name: &person.name }
    }
}

pub(super) fn show(desk: &Desk, headers: &HeaderMap) -> Answer {
    let Some(whole) = ours(desk, headers, whole).flatten() else { return onwards() };
    let shown = Shown::new(desk, &whole.first.person.id)?;
    let page = form_page(desk, &whole, &shown, (&Fields::default(), &Errors::new()));
    Ok(page.into_response())
}

fn form_page(desk: &Desk, whole: &Whole, shown: &Shown, sent: (&Fields, &Errors)) -> Html {
    let (fields, errors) = sent;
    let none = Errors::new();
    let (for_app, for_key) =
        if fields.text("how") == "passkey" { (&none, errors) } else { (errors, &none) };
    let action = || Href::at("/set-up/factor");
    let key = enrol::passkey_form(desk, action(), &whole.owner(), &[], (fields, for_key));
    let email = &whole.first.person.email;
    let app = enrol::app_form(action(), email, shown, for_app);
    let (page, steps) = page(desk, Step::Factor, "Second factor");
    page.office(&whole.office.name)
        .failed(!errors.is_empty())
        .lead(
            "Choose one; you can add others later. With it the desk is set up and you are signed \
               in.",
        )
        .render(&html! {
            (steps)
            (sections(desk, key, &app, false))
            p.note {
                a href=(Href::at("/set-up").query("step", "administrator")) {
                    "Back to the administrator"
                }
            }
        })
}

/// The second factor that was shown.
enum Factor {
    App(App),
    Key(Box<Passkey>),
}

pub(super) async fn take(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    let Some(found) = ours(&desk, &headers, whole) else { return Ok(closed(&desk)) };
    let Some(whole) = found else { return onwards() };
    let id = &whole.first.person.id;
    let (factor, wrong) = if fields.text("how") == "passkey" {
        match enrol::passkey(&desk, &whole.owner(), &fields) {
            Ok(key) => (Some(Factor::Key(Box::new(key))), None),
            Err(why) => (None, Some((Shown::new(&desk, id)?, why.into()))),
        }
    } else {
        match enrol::app(&desk, id, &fields)? {
            Tried::Right(app) => (Some(Factor::App(app)), None),
            Tried::Wrong(shown, errors) => (None, Some((*shown, errors))),
        }
    };
    match (factor, wrong) {
        (Some(factor), _) => finish(&desk, &who, &headers, &whole, &factor).await,
        (None, Some((shown, errors))) => {
            let page = form_page(&desk, &whole, &shown, (&fields, &errors));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        (None, None) => onwards(),
    }
}

/// Writes everything at once, and lets the administrator in.
async fn finish(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    whole: &Whole,
    factor: &Factor,
) -> Answer {
    let person = &whole.first.person;
    let codes = Codes::new(desk)?;
    let mut tx = desk.store.begin().await?;
    if office::is_set_up(tx.link()).await? {
        desk.lobby().set_up_is_done();
        return Err(not_found());
    }
    keep_office(desk, &mut tx, &whole.office).await?;
    people::add(tx.link(), person).await?;
    people::set_password(tx.link(), &person.id, &whole.first.hash).await?;
    match factor {
        Factor::App(app) => enrol::keep_app(tx.link(), &person.id, app).await?,
        Factor::Key(key) => factors::add_passkey(tx.link(), key).await?,
    }
    factors::set_codes(tx.link(), &person.id, &codes.hashes).await?;
    let (_, session) = entry::begin(desk, tx.link(), who, person, Stage::Full, headers).await?;
    let device = device::remember(desk, headers, &person.id)?;
    let detail = format!("{} jurisdictions", whole.office.jurisdictions.len());
    let audit = who.about_to_be(person).did(desk.now(), "set-up.done", &person.id, detail);
    tx.commit(audit).await?;
    desk.lobby().set_up_is_done();
    let (page, _) = page(desk, Step::Factor, "The desk is set up");
    let page = page.office(&whole.office.name).notice(Notice::good("You are signed in"));
    let page = codes.page(&page, &html! {}, "I have kept them: open the desk", &Href::at("/"));
    let spent = cookie::take(desk, &cookie::set_up_name(&desk.settings));
    Ok(with(page.into_response(), [session, device, spent]))
}

async fn keep_office(desk: &Desk, tx: &mut Tx, office: &Office) -> Result<(), Refused> {
    for (key, value) in [
        (office::STATE, &office.state),
        (office::NAME, &office.name),
        (office::ZONE, &office.zone),
        (PHONE, &office.phone),
        (MAIL, &office.mail),
    ] {
        if !value.is_empty() {
            meta::set(tx.link(), key, value).await?;
        }
    }
    office::set_jurisdictions(tx.link(), &office.jurisdictions).await?;
    let own = Organisation {
        id: office::OWN.to_owned(),
        kind: OrganisationKind::StateOffice,
        name: office.name.clone(),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &own).await?;
    meta::set(tx.link(), office::SETUP_DONE, &desk.now().to_string()).await?;
    Ok(())
}
