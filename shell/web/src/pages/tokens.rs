//! Tokens: how programs use the desk.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, Reach};
use ward_store::tokens::{self, Token};

use super::parts::{Frame, done, go_to, wrong};
use crate::desk::Desk;
use crate::doing::tokens::{self as doing, DAYS_MAX, NAME_MAX, Wanted, roles_for};
use crate::doing::told;
use crate::fields::{Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    Act as Button, CodeBlock, Col, Empty, Errors, Field, Form, Go, Href, Html, Notice, Section,
    Select, Table, Tag, Width, cell, none,
};
use crate::who::Who;

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
    for one in frame.jurisdictions.iter() {
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

async fn make(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    let wanted = Wanted {
        name: sent.text("name"),
        role: sent.text("role").parse().ok(),
        jurisdiction: sent.given("jurisdiction"),
        days: sent.number("days").unwrap_or(0),
    };
    let none = Errors::new();
    match told(doing::make(&desk, &who, wanted).await)? {
        Ok((token, secret)) => {
            let made = Some((&token, secret.as_str()));
            done(page(&desk, &who, &Fields::default(), &none, made).await?)
        }
        Err(errors) => wrong(page(&desk, &who, &sent, &errors, None).await?),
    }
}

async fn end(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    doing::end(&desk, &who, &id).await?;
    go_to(&Href::at("/settings/tokens"))
}
