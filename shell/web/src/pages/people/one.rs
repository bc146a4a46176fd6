//! One person: who they are, how they sign in, and what an administrator can change.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::Act;
use ward_store::office::{self, Organisation};
use ward_store::people::Person;
use ward_store::sessions;

use super::list::state;
use super::{HERE, invite, person};
use crate::desk::Desk;
use crate::doing::people::{may_change, roles};
use crate::pages::parts::{Answer, Asked, Frame, Refused, done};
use crate::proof::Factors;
use crate::ui::{
    Act as Button, Choice, Errors, Facts, Form, Href, Html, Notice, Section, cell, count, mono,
    none,
};
use crate::who::Who;

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Asked(fields): Asked,
) -> Answer {
    let notice = match fields.text("now") {
        "role" => Some(Notice::good("The role was changed")),
        "out" => Some(Notice::good("They are kept out, and their sessions were ended")),
        "in" => Some(Notice::good("They may sign in again")),
        "gone" => Some(Notice::good("All their sessions were ended")),
        _ => None,
    };
    done(page(&desk, &who, &id, notice, &Errors::new()).await?)
}

/// The page of a person. Looking at it is put down.
pub(super) async fn page(
    desk: &Desk,
    who: &Who,
    id: &str,
    notice: Option<Notice>,
    errors: &Errors,
) -> Result<Html, Refused> {
    let mut tx = desk.store.begin().await?;
    let frame = Frame::load(desk, who, tx.link()).await?;
    let person = person(tx.link(), who, Act::SeePeople, id).await?;
    let factors = Factors::of(tx.link(), &person.id).await?;
    let sessions = sessions::of(tx.link(), &person.id).await?.len();
    let organisation = office::organisation(tx.link(), &person.organisation).await?;
    tx.commit(who.did(desk.now(), "person.look", &person.id, "")).await?;
    let mut page = frame
        .page(&Href::at(HERE).join(&person.id), &person.name)
        .crumb("People", Href::at(HERE))
        .failed(!errors.is_empty());
    if let Some(notice) = notice {
        page = page.notice(notice);
    }
    Ok(page.render(&html! {
        (facts(&frame, &person, organisation.as_ref()))
        (ways_in(&frame, &person, &factors, sessions))
        @if may_change(who, &person) { (changes(who, &person, organisation.as_ref(), errors)) }
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
    errors: &Errors,
) -> Markup {
    let here = Href::at(HERE).join(&person.id);
    let mut choice = Choice::one("role", "What they are to the desk").picked(person.role.as_str());
    let roles = organisation.map(|one| roles(who, one.kind)).unwrap_or_default();
    for role in &roles {
        choice = choice.hinted(role.as_str(), role.label(), invite::about(*role));
    }
    let form = Form::new("role", here.clone().join("role"), "Change the role")
        .field(choice)
        .errors(errors);
    html! {
        @if roles.len() > 1 { (Section::new("change-role", "Role").body(html! { (form) })) }
        (keeping_out(person, &here))
        @if person.active { (resetting(person, here)) }
    }
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
             Their password, second factors and recovery codes are taken away, their sessions \
             end, and you get a link by which they choose new ones."
        }
        (button.about(&person.name).danger())
    };
    let section = Section::new("reset", "Lost the phone, the key or the password");
    html! { (section.body(html! { div.stack { (body) } })) }
}
