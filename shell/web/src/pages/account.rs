//! One's own account: who one is here, the password, the sessions.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::throttle::Answer as Turn;
use ward_access::{Act, Stage};
use ward_store::people::{self, Person};
use ward_store::sessions::{self, Session};
use ward_store::{Link, office};

use super::parts::password_fields;
use super::parts::{Frame, done, go_to};
use crate::desk::Desk;
use crate::doing::account::{self as doing, own};
use crate::doing::checked::{add, password};
use crate::entry::{agent_words, attempt};
use crate::fields::{Asked, Sent};
use crate::passwords::{self, Checked};
use crate::proof::{Factors, wait};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    Act as Button, Col, Errors, Facts, Field, Form, Go, Href, Html, Notice, Section, Table, Tag,
    Width, cell, count, mono,
};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "account.show",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Page,
        summary: "One's own account",
        handler: || get(show),
    },
    Route {
        name: "account.password.show",
        verb: Verb::Get,
        path: "/account/password",
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Asks for a new password",
        handler: || get(show_password),
    },
    Route {
        name: "account.password",
        verb: Verb::Post,
        path: "/account/password",
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Page,
        summary: "Changes one's own password and ends the other sessions",
        handler: || post(change_password),
    },
    // To end one's own sessions takes no second factor: it is what one does in a hurry.
    Route {
        name: "account.session.end",
        verb: Verb::Post,
        path: "/account/sessions/end",
        access: Access::Stage(Stage::Full),
        kind: Kind::Page,
        summary: "Ends one of one's own sessions, or all others",
        handler: || post(end),
    },
];

const HERE: &str = "/account";

async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    if who.stage() != Some(Stage::Full) {
        return go_to(&Href::at("/account/factors"));
    }
    let person = own(&who)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let factors = Factors::of(read.link(), &person.id).await?;
    let sessions = doing::open(&desk, read.link(), person).await?;
    let office = organisation(read.link(), person).await?;
    drop(read);
    let page = frame.page(&Href::at(HERE), "Your account");
    let page = match fields.text("now") {
        "password" => page
            .notice(Notice::good("The password was changed, and your other sessions were ended")),
        "ended" => page.notice(Notice::good("The session was ended")),
        "others" => page.notice(Notice::good("All other sessions were ended")),
        _ => page,
    };
    let facts = facts(&frame, person, &office);
    done(page.render(&html! {
        (facts)
        (ways_in(&factors))
        (sessions_section(&frame, &who, &sessions))
    }))
}

/// The name of the organisation that a person belongs to.
async fn organisation(link: Link<'_>, person: &Person) -> Result<String, Refused> {
    let found = office::organisation(link, &person.organisation).await?;
    Ok(found.map(|found| found.name).unwrap_or_default())
}

fn facts(frame: &Frame<'_>, person: &Person, organisation: &str) -> Markup {
    let mut facts = Facts::new()
        .row("Name", cell(&person.name))
        .row("E-mail address", mono(&person.email))
        .row("Role", cell(person.role.label()))
        .row("Organisation", cell(organisation));
    if let Some(id) = &person.jurisdiction {
        facts = facts.row("Jurisdiction", cell(frame.place(id)));
    }
    let notices = Go::new("Your notices", Href::at("/account/notices")).second();
    html! {
        (facts)
        p { (notices) }
        p.note { "An administrator of the desk can change your name, your address and your role." }
    }
}

fn ways_in(factors: &Factors) -> Markup {
    let keys = u64::try_from(factors.passkeys.len()).unwrap_or(0);
    let codes = u64::try_from(factors.codes).unwrap_or(0);
    html! {
        (Section::new("ways-in", "How you sign in").body(html! {
            div.stack {
                (Facts::new()
                    .row("Password", html! {
                        (crate::ui::link("Change the password", &Href::at("/account/password")))
                    })
                    .row("Passkeys", cell(count(keys, "passkey", "passkeys")))
                    .row("Authenticator app", if factors.totp.is_some() {
                        cell(Tag::good("Enrolled"))
                    } else {
                        cell(Tag::plain("Not enrolled"))
                    })
                    .row("Recovery codes", if codes < 3 {
                        cell(Tag::warn(format!("{codes} left")))
                    } else {
                        cell(format!("{codes} left"))
                    }))
                p { (Go::new("Second factors", Href::at("/account/factors")).second()) }
            }
        }))
    }
}

fn sessions_section(frame: &Frame<'_>, who: &Who, sessions: &[Session]) -> Markup {
    let this = who.session.as_ref().map_or("", |session| &session.id);
    let mut table = Table::new(
        "Your sessions",
        [
            Col::head("Browser"),
            Col::text("Address"),
            Col::when("Begun"),
            Col::when("Last used"),
            Col::acts("End"),
        ],
    );
    for (i, session) in sessions.iter().enumerate() {
        let browser = agent_words(&session.agent);
        let end = if session.id == this {
            cell(Tag::good("This one"))
        } else {
            let button = Button::new(format!("end-{i}"), Href::at("/account/sessions/end"), "End");
            cell(button.about(&browser).with("id", &session.id))
        };
        table = table.row([
            cell(browser),
            mono(&session.address),
            cell(frame.clock.full(session.created)),
            cell(frame.clock.ago(session.seen, frame.now)),
            end,
        ]);
    }
    let others = Button::new("end-others", Href::at("/account/sessions/end"), "End all others");
    html! {
        (Section::new("sessions", "Where you are signed in").body(html! {
            div.stack {
                p {
                    "A session ends by itself after half an hour without use, and after twelve \
                     hours in any case. If you do not know one of these, end it and change the \
                     password."
                }
                (table)
                @if sessions.len() > 1 { (others.danger()) }
            }
        }))
    }
}

async fn end(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let Some(id) = fields.given("id") else {
        doing::end_others(&desk, &who).await?;
        return go_to(&Href::at(HERE).query("now", "others"));
    };
    let here = Href::at(HERE);
    go_to(&if doing::end(&desk, &who, id).await? { here.query("now", "ended") } else { here })
}

async fn show_password(State(desk): State<Desk>, who: Who) -> Answer {
    if who.stage() != Some(Stage::Full) {
        return go_to(&Href::at("/account/factors"));
    }
    done(password_page(&desk, &who, &Errors::new()).await?)
}

async fn password_page(desk: &Desk, who: &Who, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let (first, again) = password_fields();
    let form = Form::new("password", Href::at("/account/password"), "Change the password")
        .field(Field::password("old", "Password until now").width(Width::Medium).focus())
        .field(first)
        .field(again)
        .errors(errors)
        .cancel("Leave it as it is", Href::at(HERE));
    let page = frame
        .page(&Href::at(HERE), "Change the password")
        .crumb("Your account", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .lead("Your other sessions end when it is changed.");
    Ok(page.render(&html! { (form) }))
}

async fn change_password(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    if who.stage() != Some(Stage::Full) {
        return go_to(&Href::at("/account/factors"));
    }
    let person = own(&who)?;
    let mut errors = Errors::new();
    let about = [person.name.as_str(), person.email.as_str()];
    let new = password(&fields, ("password", "again"), &about, &mut errors);
    if errors.is_empty() {
        errors = check_old(&desk, &who, &headers, person, fields.exact("old")).await?;
    }
    if errors.is_empty() && new == fields.exact("old") {
        add(&mut errors, "password", "This is the password that you have now.");
    }
    if !errors.is_empty() {
        let page = password_page(&desk, &who, &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let hash = passwords::hash(&desk, &new).await?;
    let this = who.session.as_ref().map(|session| session.id.as_str());
    let mut tx = desk.store.begin().await?;
    people::set_password(tx.link(), &person.id, &hash).await?;
    sessions::end_all_of(tx.link(), &person.id, this).await?;
    tx.commit(who.did(desk.now(), "password.change", &person.id, "")).await?;
    go_to(&Href::at(HERE).query("now", "password"))
}

/// The old password is asked again, and slowed like a sign-in: an open screen is no licence to
/// guess.
async fn check_old(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    person: &Person,
    typed: &str,
) -> Result<Errors, Refused> {
    let known = crate::device::is_known(desk, headers, &person.id);
    let key = attempt(desk, who, &person.email, known);
    let turn = desk.lobby().passwords().ask(key, desk.now());
    if let Turn::Wait { seconds } = turn {
        return Ok(wait(seconds));
    }
    let mut read = desk.store.read().await?;
    let kept = people::password_of(read.link(), &person.id).await?;
    drop(read);
    if passwords::check(desk, kept, typed, known).await? == Checked::Wrong {
        let tx = desk.store.begin().await?;
        tx.commit(who.did(desk.now(), "password.refused", &person.id, "")).await?;
        return Ok(Errors::new().add("old", "This is not the password that you have now."));
    }
    desk.lobby().passwords().succeeded(key);
    Ok(Errors::new())
}
