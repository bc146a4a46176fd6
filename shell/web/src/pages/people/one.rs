//! One person: who they are, how they sign in, and what an administrator can change.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::Act;
use ward_store::elsewhere as accounts;
use ward_store::office::{self, Organisation};
use ward_store::people::Person;
use ward_store::sessions;

use super::list::state;
use super::{HERE, elsewhere, invite, person};
use crate::desk::Desk;
use crate::doing::people::{may_change, roles};
use crate::fields::{Asked, Fields};
use crate::pages::parts::{Frame, done};
use crate::proof::Factors;
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Choice, Errors, Facts, Field, Form, Href, Html, Notice, Section, cell, count,
    mono, none,
};
use crate::who::Who;

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Asked(fields): Asked,
) -> Answer {
    let notice = match fields.text("now") {
        "details" => Some(Notice::good("The name and the e-mail address are as you wrote them")),
        "role" => Some(Notice::good("The role was changed")),
        "out" => Some(Notice::good("They are kept out, and their sessions were ended")),
        "in" => Some(Notice::good("They may sign in again")),
        "unbound" => Some(Notice::good("They were unbound, and their sessions were ended")),
        "gone" => Some(Notice::good("All their sessions were ended")),
        _ => None,
    };
    done(page(&desk, &who, &id, notice, None).await?)
}

/// What could not be changed, and why.
pub(super) enum Refusal {
    /// The name or the address; with what was written.
    Details(Errors, Fields),
    /// The role.
    Role(Errors),
    /// What is no form of its own.
    Whole(Errors),
}

/// The page of a person. Looking at it is put down.
pub(super) async fn page(
    desk: &Desk,
    who: &Who,
    id: &str,
    notice: Option<Notice>,
    refused: Option<&Refusal>,
) -> Result<Html, Refused> {
    let mut tx = desk.store.begin().await?;
    let frame = Frame::load(desk, who, tx.link()).await?;
    let person = person(tx.link(), who, Act::SeePeople, id).await?;
    let factors = Factors::of(tx.link(), &person.id).await?;
    let sessions = sessions::of(tx.link(), &person.id).await?.len();
    let accounts = accounts::of(tx.link(), &person.id).await?;
    let organisation = office::organisation(tx.link(), &person.organisation).await?;
    tx.commit(who.did(desk.now(), "person.look", &person.id, "")).await?;
    let mut page = frame
        .page(&Href::at(HERE).join(&person.id), &person.name)
        .crumb("People", Href::at(HERE))
        .failed(refused.is_some());
    if let Some(notice) = notice {
        page = page.notice(notice);
    }
    if let Some(Refusal::Whole(errors)) = refused {
        page = page.notice(Notice::bad(errors.sentences()));
    }
    Ok(page.render(&html! {
        (facts(&frame, &person, organisation.as_ref()))
        (ways_in(&frame, &person, &factors, sessions))
        (elsewhere::section(desk, &frame, &person, &accounts, may_change(who, &person)))
        @if may_change(who, &person) { (changes(who, &person, organisation.as_ref(), refused)) }
    }))
}

fn facts(frame: &Frame<'_>, person: &Person, organisation: Option<&Organisation>) -> Markup {
    let mut facts = Facts::new()
        .row("State", cell(state(person)))
        .row("E-mail address", mono(&person.email))
        .row("Role", cell(person.role.label()))
        .row("Organisation", organisation.map_or_else(none, |one| cell(&one.name)));
    if let Some(id) = &person.jurisdiction {
        facts = facts.row("Jurisdiction", cell(frame.place(id)));
    }
    let last = person.last_sign_in.map(|at| cell(frame.clock.full(at)));
    html! {
        (facts
            .row("Added", cell(frame.clock.day(person.created)))
            .row("Last signed in", last.unwrap_or_else(none)))
    }
}

fn ways_in(frame: &Frame<'_>, person: &Person, factors: &Factors, sessions: usize) -> Markup {
    let sessions = u64::try_from(sessions).unwrap_or(u64::MAX);
    let codes = u64::try_from(factors.codes).unwrap_or(0);
    let app = if factors.totp.is_some() { "Enrolled" } else { "Not enrolled" };
    html! {
        (Section::new("ways-in", "How they sign in").body(html! {
            div.stack {
                (Facts::new()
                    .row("Passkeys", html! {
                        @if factors.passkeys.is_empty() { (none()) }
                        @for (i, key) in factors.passkeys.iter().enumerate() {
                            @if i > 0 { ", " }
                            (key.label) " (" (frame.clock.day(key.created)) ")"
                        }
                    })
                    .row("Authenticator app", cell(app))
                    .row("Recovery codes", cell(format!("{codes} left")))
                    .row("Open sessions", cell(count(sessions, "session", "sessions"))))
                @if person.active && factors.count() == 0 {
                    p { "They have no second factor yet, so that they are not in yet." }
                }
            }
        }))
    }
}

fn changes(
    who: &Who,
    person: &Person,
    organisation: Option<&Organisation>,
    refused: Option<&Refusal>,
) -> Markup {
    let here = Href::at(HERE).join(&person.id);
    html! {
        (details(person, &here, refused))
        (role(who, person, organisation, refused))
        (keeping_out(person, &here))
        @if person.active { (resetting(person, here)) }
    }
}

fn details(person: &Person, here: &Href, refused: Option<&Refusal>) -> Markup {
    let (name, email) = match refused {
        Some(Refusal::Details(_, sent)) => (sent.text("name"), sent.text("email")),
        _ => (person.name.as_str(), person.email.as_str()),
    };
    let hint = "They sign in with it. Tell them before you change it: from then on the old one \
                opens nothing.";
    let mut form = Form::new("details", here.clone().join("details"), "Change name and address")
        .field(Field::text("name", "Name").value(name).max(120).auto("off"))
        .field(
            Field::email("email", "E-mail address").value(email).hint(hint).max(254).auto("off"),
        );
    if let Some(Refusal::Details(errors, _)) = refused {
        form = form.errors(errors);
    }
    html! { (Section::new("change-details", "Name and e-mail address").body(html! { (form) })) }
}

fn role(
    who: &Who,
    person: &Person,
    organisation: Option<&Organisation>,
    refused: Option<&Refusal>,
) -> Markup {
    let mut choice = Choice::one("role", "What they are to the desk").picked(person.role.as_str());
    let roles = organisation.map(|one| roles(who, one.kind)).unwrap_or_default();
    for role in &roles {
        choice = choice.hinted(role.as_str(), role.label(), invite::about(*role));
    }
    let here = Href::at(HERE).join(&person.id);
    let mut form = Form::new("role", here.join("role"), "Change the role").field(choice);
    if let Some(Refusal::Role(errors)) = refused {
        form = form.errors(errors);
    }
    html! { @if roles.len() > 1 { (Section::new("change-role", "Role").body(html! { (form) })) } }
}

fn keeping_out(person: &Person, here: &Href) -> Markup {
    let heading = if person.active { "Keep them out" } else { "Let them in again" };
    let (id, active) = if person.active { ("out", "no") } else { ("in", "yes") };
    let button = Button::new(id, here.clone().join("active"), heading);
    let button = button.about(&person.name).with("active", active);
    let body = html! {
        @if person.active {
            p {
                "Their sessions end at once and they cannot sign in. Nothing that they did is \
                 lost, and they can be let in again."
            }
            (button.danger())
        } @else {
            p { "Their password and their second factors hold as before." }
            (button)
        }
    };
    html! { (Section::new("keep-out", heading).body(html! { div.stack { (body) } })) }
}

fn resetting(person: &Person, here: Href) -> Markup {
    let button = Button::new("reset-factors", here.join("reset"), "Reset and make a link");
    let body = html! {
        p {
            "Make sure that it is really they who ask: call them back on a number that you know. \
             Their password, second factors, recovery codes and accounts at providers are taken \
             away, their sessions end, and you get a link by which they choose new ones."
        }
        (button.about(&person.name).danger())
    };
    let section = Section::new("reset", "Lost the phone, the key or the password");
    html! { (section.body(html! { div.stack { (body) } })) }
}
