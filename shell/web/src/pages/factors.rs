//! One's own second factors: seen, added, removed; recovery codes.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, Stage};
use ward_store::factors;
use ward_store::people::Person;
use ward_store::sessions::{self, Session};

use super::enrol::{self, Codes, Shown, Tried};
use super::invitation::steps;
use super::outside::{self, with};
use super::parts::{Frame, done, go_to};
use crate::desk::Desk;
use crate::fields::{Asked, Fields, Sent};
use crate::passkeys::Owner;
use crate::proof::Factors;
use crate::refused::{Answer, Refused, not_found};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Act as Button, Clock, Col, Empty, Errors, Go, Href, Html, Notice, Page, Section, Table,
    cell, none,
};
use crate::who::Who;
use crate::{device, entry};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "factors.show",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Page,
        summary: "One's own second factors",
        handler: || get(show),
    },
    Route {
        name: "factors.add.show",
        verb: Verb::Get,
        path: ADD,
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Shows what enrols a second factor",
        handler: || get(show_add),
    },
    Route {
        name: "factors.add",
        verb: Verb::Post,
        path: ADD,
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Enrols a second factor",
        handler: || post(add),
    },
    Route {
        name: "factors.remove",
        verb: Verb::Post,
        path: "/account/factors/remove",
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Removes a second factor, but never the last",
        handler: || post(remove),
    },
    Route {
        name: "factors.codes",
        verb: Verb::Post,
        path: "/account/factors/codes",
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Makes new recovery codes and shows them once",
        handler: || post(new_codes),
    },
];

const HERE: &str = "/account/factors";
const ADD: &str = "/account/factors/add";

/// Whose factors they are, and the session by which they are changed.
fn own(who: &Who) -> Result<(&Person, &Session), Refused> {
    who.person.as_ref().zip(who.session.as_ref()).ok_or_else(not_found)
}

/// A page of the account: in the house for whoever is in, outside it for whoever enrols the first
/// factor.
async fn page(desk: &Desk, who: &Who, title: &str) -> Result<(Page, Clock), Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let (person, _) = own(who)?;
    if who.stage() == Some(Stage::Full) {
        let page = frame.page(&Href::at(HERE), title).crumb("Your account", Href::at("/account"));
        return Ok((page, frame.clock));
    }
    Ok((outside::page_for(desk, person, title).await?, frame.clock))
}

async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    let (person, _) = own(&who)?;
    if who.stage() == Some(Stage::Enrolling) {
        return go_to(&Href::at(ADD));
    }
    let mut read = desk.store.read().await?;
    let factors = Factors::of(read.link(), &person.id).await?;
    drop(read);
    let (page, clock) = page(&desk, &who, "Second factors").await?;
    let page = match fields.text("now") {
        "added" => page.notice(Notice::good("The second factor was added")),
        "removed" => page.notice(Notice::good("The second factor was removed")),
        "last" => page.notice(Notice::warn("The last second factor stays").body(html! {
            p { "Without one you could not sign in again. Add another first." }
        })),
        "recovery" => page.notice(Notice::warn("You came in by a recovery code").body(html! {
            p {
                (codes_left(factors.codes)) " If your phone or key is lost, remove it here and add \
                 another now: for ten minutes you need no other proof."
            }
        })),
        _ => page,
    };
    let page = page
        .lead(
            "A password can be guessed, seen or tricked out of somebody. The second factor is \
               something that only you hold. Have two, so that losing one locks nothing.",
        )
        .actions(html! { (Go::new("Add a second factor", Href::at(ADD))) });
    let enrolled = Section::new("enrolled", "What you have").body(table(&clock, &factors));
    done(page.render(&html! { (enrolled) (codes_section(&factors)) }))
}

fn table(clock: &Clock, factors: &Factors) -> Markup {
    let mut table = Table::new(
        "Your second factors",
        [
            Col::head("Factor"),
            Col::text("Kind"),
            Col::when("Added"),
            Col::when("Last used"),
            Col::acts("Change"),
        ],
    )
    .none(Empty::new("None", "You have no second factor yet."));
    let only = factors.count() == 1;
    for (i, key) in factors.passkeys.iter().enumerate() {
        table = table.row([
            cell(&key.label),
            cell("Passkey"),
            cell(clock.day(key.created)),
            key.used.map_or_else(none, |at| cell(clock.day(at))),
            removal(only, format!("remove-{i}"), "passkey", &key.id, &key.label),
        ]);
    }
    if factors.totp.is_some() {
        let remove = removal(only, "remove-app".to_owned(), "app", "", "the authenticator app");
        table =
            table.row([cell("Authenticator app"), cell("One-time codes"), none(), none(), remove]);
    }
    html! { (table) }
}

fn removal(only: bool, id: String, kind: &str, key: &str, about: &str) -> Markup {
    if only {
        return ui::soft("The last one stays");
    }
    let button = Button::new(id, Href::at("/account/factors/remove"), "Remove").about(about);
    html! { (button.with("kind", kind).with("id", key).danger()) }
}

fn codes_left(codes: i64) -> String {
    match codes {
        0 => "No recovery code is left.".to_owned(),
        1 => "One recovery code is left.".to_owned(),
        many => format!("{many} recovery codes are left."),
    }
}

fn codes_section(factors: &Factors) -> Markup {
    let button =
        Button::new("codes", Href::at("/account/factors/codes"), "Make new recovery codes");
    html! {
        (Section::new("recovery", "Recovery codes").body(html! {
            div.stack {
                p {
                    (codes_left(factors.codes)) " Each opens the second door once, when phone \
                     and key are lost. New ones make those before worth nothing."
                }
                (button)
            }
        }))
    }
}

async fn show_add(State(desk): State<Desk>, who: Who) -> Answer {
    let (person, _) = own(&who)?;
    let shown = Shown::new(&desk, &person.id)?;
    let nothing = (&Fields::default(), &Errors::new());
    done(add_page(&desk, &who, &shown, nothing).await?)
}

async fn add_page(
    desk: &Desk,
    who: &Who,
    shown: &Shown,
    (fields, errors): (&Fields, &Errors),
) -> Result<Html, Refused> {
    let (person, session) = own(who)?;
    let mut read = desk.store.read().await?;
    let before = Factors::of(read.link(), &person.id).await?;
    drop(read);
    let (page, _) = page(desk, who, "Add a second factor").await?;
    let none = Errors::new();
    let (for_app, for_key) =
        if fields.text("how") == "passkey" { (&none, errors) } else { (errors, &none) };
    let owner = owner(person, session);
    let key = enrol::passkey_form(desk, Href::at(ADD), &owner, &before.passkeys, (fields, for_key));
    let app = enrol::app_form(Href::at(ADD), &person.email, shown, for_app);
    let page = page.narrow().failed(!errors.is_empty()).lead(
        "Choose one. A passkey is the stronger: it works at this desk alone, so that no false page \
         can ask for it.",
    );
    let enrolled = who.stage() == Some(Stage::Full);
    let page = if enrolled { page.crumb("Second factors", Href::at(HERE)) } else { page };
    Ok(page.render(&html! {
        @if !enrolled { (steps(2)) }
        (sections(desk, key, &app, before.totp.is_some()))
    }))
}

/// The two ways, the stronger first.
pub(crate) fn sections(desk: &Desk, key: Option<Markup>, app: &Markup, replaces: bool) -> Markup {
    html! {
        (Section::new("by-passkey", "A passkey").body(html! {
            div.stack {
                @if let Some(key) = key {
                    p {
                        "The fingerprint, face or PIN of this device, or a security key. Nothing \
                         is typed, and nothing secret leaves the device."
                    }
                    (key)
                } @else {
                    (enrol::no_passkeys(desk))
                }
            }
        }))
        (Section::new("by-app", "An authenticator app").body(html! {
            @if replaces { p { "It takes the place of the app that you have now." } }
            (app)
        }))
    }
}

fn owner<'a>(person: &'a Person, session: &'a Session) -> Owner<'a> {
    Owner { session: &session.id, id: &person.id, email: &person.email, name: &person.name }
}

async fn add(State(desk): State<Desk>, who: Who, headers: HeaderMap, Sent(fields): Sent) -> Answer {
    let (person, session) = own(&who)?;
    let mut tx = desk.store.begin().await?;
    let full = who.stage() == Some(Stage::Full);
    // Of two who came in by the password alone, only the first enrols the first factor.
    if !full && Factors::of(tx.link(), &person.id).await?.count() > 0 {
        sessions::end(tx.link(), &session.id).await?;
        tx.commit(who.did(desk.now(), "session.end", &session.id, "others enrolled first")).await?;
        return go_to(&Href::at("/sign-in"));
    }
    let what = if fields.text("how") == "passkey" {
        let made = enrol::passkey(&desk, &owner(person, session), &fields);
        let kept = match made {
            Ok(key) => factors::add_passkey(tx.link(), &key).await.map(|()| key.label),
            Err(why) => {
                drop(tx);
                return add_again(&desk, &who, None, (&fields, &why.into())).await;
            }
        };
        match kept {
            Ok(label) => format!("a passkey: {label}"),
            Err(err) if err.is_duplicate() => {
                drop(tx);
                let taken = Errors::new().whole("This passkey is enrolled already: use another.");
                return add_again(&desk, &who, None, (&fields, &taken)).await;
            }
            Err(err) => return Err(err.into()),
        }
    } else {
        match enrol::app(&desk, &person.id, &fields)? {
            Tried::Right(app) => enrol::keep_app(tx.link(), &person.id, &app).await?,
            Tried::Wrong(shown, errors) => {
                drop(tx);
                return add_again(&desk, &who, Some(*shown), (&fields, &errors)).await;
            }
        }
        "an authenticator app".to_owned()
    };
    if full {
        tx.commit(who.did(desk.now(), "factor.add", &person.id, what)).await?;
        return go_to(&Href::at(HERE).query("now", "added"));
    }
    first(&desk, &who, &headers, tx, &what).await
}

async fn add_again(
    desk: &Desk,
    who: &Who,
    shown: Option<Shown>,
    sent: (&Fields, &Errors),
) -> Answer {
    let (person, _) = own(who)?;
    let shown = match shown {
        Some(shown) => shown,
        None => Shown::new(desk, &person.id)?,
    };
    let page = add_page(desk, who, &shown, sent).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// With the first factor its owner is in: the session rises, and recovery codes are shown.
async fn first(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    mut tx: ward_store::Tx,
    what: &str,
) -> Answer {
    let (person, session) = own(who)?;
    let codes = Codes::new(desk)?;
    factors::set_codes(tx.link(), &person.id, &codes.hashes).await?;
    sessions::end_all_of(tx.link(), &person.id, Some(&session.id)).await?;
    let cookie = entry::rise(desk, tx.link(), session).await?;
    let device = device::remember(desk, headers, &person.id)?;
    let detail = format!("{what}, the first; signed in by it");
    tx.commit(who.did(desk.now(), "factor.add", &person.id, detail)).await?;
    let page = outside::page_for(desk, person, "Keep your recovery codes").await?;
    let page = page.notice(Notice::good("The second factor was added, and you are signed in"));
    let steps = html! { (steps(3)) };
    let page = codes.page(&page, &steps, "I have kept them: open the desk", &Href::at("/"));
    Ok(with(page.into_response(), [cookie, device]))
}

async fn remove(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let (person, _) = own(&who)?;
    let mut tx = desk.store.begin().await?;
    if Factors::of(tx.link(), &person.id).await?.count() < 2 {
        return go_to(&Href::at(HERE).query("now", "last"));
    }
    let (removed, what) = match fields.text("kind") {
        "app" => (factors::remove_totp(tx.link(), &person.id).await?, "the authenticator app"),
        _ => {
            let id = fields.text("id");
            (factors::delete_passkey(tx.link(), &person.id, id).await?, "a passkey")
        }
    };
    if !removed {
        return go_to(&Href::at(HERE));
    }
    tx.commit(who.did(desk.now(), "factor.remove", &person.id, what)).await?;
    go_to(&Href::at(HERE).query("now", "removed"))
}

async fn new_codes(State(desk): State<Desk>, who: Who) -> Answer {
    let (person, _) = own(&who)?;
    if who.stage() != Some(Stage::Full) {
        return go_to(&Href::at(ADD));
    }
    let codes = Codes::new(&desk)?;
    let mut tx = desk.store.begin().await?;
    factors::set_codes(tx.link(), &person.id, &codes.hashes).await?;
    tx.commit(who.did(desk.now(), "codes.make", &person.id, "")).await?;
    let (page, _) = page(&desk, &who, "New recovery codes").await?;
    let page = page.narrow().notice(Notice::good("The codes before are worth nothing now"));
    done(codes.page(&page, &html! {}, "I have kept them", &Href::at(HERE)))
}
