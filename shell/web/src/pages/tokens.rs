//! Tokens: how programs use the desk.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use data_encoding::BASE64URL_NOPAD;
use maud::{Markup, html};
use ward_access::{Act, Reach, Role, may_grant};
use ward_kernel::time::DAY;
use ward_store::tokens::{self, Token};

use super::parts::{Answer, Fields, Frame, Refused, Sent, done, go_to, not_found, wrong};
use crate::desk::Desk;
use crate::keys::hashed;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    Act as Button, CodeBlock, Col, Empty, Errors, Field, Form, Go, Href, Html, Notice, Section,
    Select, Table, Tag, Width, cell, none,
};
use crate::who::Who;

/// Tokens end after at most so many days.
const DAYS_MAX: i64 = 366;
/// The longest name, in characters.
const NAME_MAX: usize = 80;

/// The pages of tokens.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "tokens.list",
        verb: Verb::Get,
        path: "/settings/tokens",
        access: Access::Person(Act::SeeTokens),
        kind: Kind::Page,
        summary: "Lists the tokens of programs",
        handler: || get(list),
    },
    Route {
        name: "tokens.make",
        verb: Verb::Post,
        path: "/settings/tokens",
        access: Access::Person(Act::MakeTokens),
        kind: Kind::Page,
        summary: "Makes a token, and shows it once",
        handler: || post(make),
    },
    Route {
        name: "tokens.end",
        verb: Verb::Post,
        path: "/settings/tokens/{id}/end",
        access: Access::Person(Act::MakeTokens),
        kind: Kind::Page,
        summary: "Ends a token",
        handler: || post(end),
    },
];

async fn list(State(desk): State<Desk>, who: Who) -> Answer {
    done(page(&desk, &who, &Fields::default(), &Errors::new(), None).await?)
}

/// The page; with the secret of a token that was just made.
async fn page(
    desk: &Desk,
    who: &Who,
    sent: &Fields,
    errors: &Errors,
    made: Option<(&Token, &str)>,
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let all = tokens::list(read.link()).await?;
    drop(read);
    let makes = who.reach(Act::MakeTokens) == Reach::Everything;
    let page = frame
        .page(&Href::at("/settings/tokens"), "Tokens of programs")
        .crumb("Settings", Href::at("/settings"))
        .failed(!errors.is_empty())
        .lead(
            "A program that asks the desk for something carries a token. It can do what its role \
               can, but nothing about people, tokens or settings, and decides nothing.",
        );
    Ok(page.render(&html! {
        @if let Some((token, secret)) = made { (shown_once(&frame, token, secret)) }
        (table(&frame, &all, makes))
        @if makes && made.is_none() { (form(&frame, who, sent, errors)) }
    }))
}

fn shown_once(frame: &Frame<'_>, token: &Token, secret: &str) -> Markup {
    html! {
        (Notice::warn("This token is shown once").body(html! {
            p { "Put it where the program finds it and nobody else. It is good until "
                (frame.clock.full(token.expires)) "." }
        }))
        (CodeBlock::new(format!("Token for {}", token.name), secret))
        (CodeBlock::new("How a program sends it", "Authorization: Bearer ward_..."))
        p { (Go::new("I have put it away", Href::at("/settings/tokens"))) }
    }
}

fn table(frame: &Frame<'_>, all: &[Token], makes: bool) -> Markup {
    let mut table = Table::new(
        "Tokens, the newest first",
        [
            Col::head("What it is for"),
            Col::text("Role"),
            Col::text("Jurisdiction"),
            Col::text("State"),
            Col::when("Made"),
            Col::when("Good until"),
            Col::when("Last used"),
            Col::acts("End"),
        ],
    )
    .quiet()
    .none(Empty::new(
        "No token yet",
        "Programs that read cases or send records need one. People do not.",
    ));
    for token in all {
        table = table.row(row(frame, token, makes));
    }
    html! { (table) }
}

fn row(frame: &Frame<'_>, token: &Token, makes: bool) -> [Markup; 8] {
    let clock = &frame.clock;
    let good = token.ended.is_none() && token.expires > frame.now;
    let state = match token.ended {
        Some(_) => Tag::plain("Ended"),
        None if !good => Tag::plain("Expired"),
        None => Tag::good("Good"),
    };
    let end = (good && makes).then(|| {
        let href = Href::at("/settings/tokens").join(&token.id).join("end");
        Button::new(format!("end-{}", token.id), href, "End").about(token.name.as_str()).danger()
    });
    [
        cell(&token.name),
        cell(token.role.label()),
        token
            .jurisdiction
            .as_ref()
            .map_or_else(|| cell("the whole state"), |id| cell(frame.place(id))),
        cell(state),
        cell(clock.ago(token.created, frame.now)),
        cell(clock.day(token.expires)),
        token.used.map_or_else(none, |used| cell(clock.ago(used, frame.now))),
        html! { @if let Some(end) = end { (end) } },
    ]
}

fn form(frame: &Frame<'_>, who: &Who, sent: &Fields, errors: &Errors) -> Markup {
    let mut roles = Select::new("role", "What it may do")
        .hint("As people of this role may, without what is for people alone.");
    for role in roles_for(who) {
        roles = roles.option(role.as_str(), role.label());
    }
    if let Some(role) = sent.given("role") {
        roles = roles.picked(role);
    }
    let mut places = Select::new("jurisdiction", "For one jurisdiction alone")
        .hint("Then it reaches nothing outside it, whatever the role. Local roles need one.")
        .optional();
    for one in &frame.jurisdictions {
        places = places.option(&one.id, &one.name);
    }
    if let Some(id) = sent.given("jurisdiction") {
        places = places.picked(id);
    }
    let form = Form::new("make", Href::at("/settings/tokens"), "Make the token")
        .field(
            Field::text("name", "What it is for")
                .hint("Such as \"Ticket system reads cases\".")
                .value(sent.text("name"))
                .max(NAME_MAX)
                .auto("off"),
        )
        .field(roles)
        .field(places)
        .field(
            Field::number("days", "Good for how many days", 1, DAYS_MAX)
                .value(sent.given("days").unwrap_or("90"))
                .width(Width::Short),
        )
        .errors(errors);
    html! { (Section::new("new", "Make a token").body(html! { (form) })) }
}

/// The roles that somebody can give a token: those that see or send something.
fn roles_for(who: &Who) -> Vec<Role> {
    let Some(actor) = &who.actor else { return Vec::new() };
    let grants = |role: &Role| may_grant(actor.role, *role) && *role != Role::Partner;
    Role::ALL.into_iter().filter(grants).collect()
}

async fn make(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    let (role, days, errors) = check(&desk, &who, &sent).await?;
    let (Some(role), true) = (role, errors.is_empty()) else {
        return wrong(page(&desk, &who, &sent, &errors, None).await?);
    };
    let secret: [u8; 32] = desk.keys.random()?;
    let now = desk.now();
    let token = Token {
        id: format!("t-{}", data_encoding::HEXLOWER.encode(&desk.keys.random::<8>()?)),
        hash: hashed(&secret).to_vec(),
        name: sent.text("name").to_owned(),
        role,
        jurisdiction: sent.given("jurisdiction").map(str::to_owned),
        made_by: who.id().to_owned(),
        created: now,
        expires: now.plus(days.saturating_mul(DAY)),
        used: None,
        ended: None,
    };
    let place = token.jurisdiction.as_deref().unwrap_or("the whole state");
    let detail = format!("\"{}\", {role}, {place}, {days} days", token.name);
    let mut tx = desk.store.begin().await?;
    tokens::add(tx.link(), &token).await?;
    tx.commit(who.did(now, "token.make", &token.id, detail)).await?;
    let secret = format!("ward_{}", BASE64URL_NOPAD.encode(&secret));
    done(page(&desk, &who, &Fields::default(), &errors, Some((&token, &secret))).await?)
}

async fn check(
    desk: &Desk,
    who: &Who,
    sent: &Fields,
) -> Result<(Option<Role>, i64, Errors), Refused> {
    let mut errors = Errors::new();
    let name = sent.text("name");
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        errors = errors.add("name", "Say what it is for, in at most 80 characters.");
    }
    let role = sent.text("role").parse().ok().filter(|role| roles_for(who).contains(role));
    if role.is_none() {
        errors = errors.add("role", "Choose what it may do.");
    }
    let days = sent.number("days").unwrap_or(0);
    if !(1..=DAYS_MAX).contains(&days) {
        errors = errors.add("days", "Choose 1 to 366 days.");
    }
    if let Some(id) = sent.given("jurisdiction") {
        let mut read = desk.store.read().await?;
        if ward_store::office::jurisdiction(read.link(), id).await?.is_none() {
            errors = errors.add("jurisdiction", "There is no such jurisdiction.");
        }
    } else if role.is_some_and(Role::is_local) {
        errors = errors.add("jurisdiction", "A local role belongs to one jurisdiction.");
    }
    Ok((role, days, errors))
}

async fn end(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let mut tx = desk.store.begin().await?;
    let all = tokens::list(tx.link()).await?;
    let token = all.iter().find(|token| token.id == id).ok_or_else(not_found)?;
    if tokens::end(tx.link(), &id, desk.now()).await? {
        let detail = format!("\"{}\"", token.name);
        tx.commit(who.did(desk.now(), "token.end", &id, detail)).await?;
    }
    go_to(&Href::at("/settings/tokens"))
}
