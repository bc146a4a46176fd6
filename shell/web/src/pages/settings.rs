//! Settings: what the office is, and what is in force.

use axum::extract::State;
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, Reach};
use ward_store::{meta, office};

use super::parts::{Frame, done, go_to, wrong};
use crate::desk::Desk;
use crate::doing::settings::{change as put_down, kept};
use crate::doing::told;
use crate::fields::{Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, CodeBlock, Col, Disclosure, Empty, Errors, Facts, Field, Form, Go, Href, Html, Notice,
    Section, Table, Tag, Width, cell, mono, none,
};
use crate::who::Who;

/// The pages of the settings.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "settings.show",
        verb: Verb::Get,
        path: "/settings",
        access: Access::Person(Act::SeeSettings),
        kind: Kind::Page,
        summary: "Shows the office, its jurisdictions and the settings in force",
        handler: || get(show),
    },
    Route {
        name: "settings.change",
        verb: Verb::Post,
        path: "/settings",
        access: Access::Person(Act::ChangeSettings),
        kind: Kind::Page,
        summary: "Changes the office's name, its time zone and how the desk is reached",
        handler: || post(change),
    },
];

async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let kept = kept(read.link()).await?;
    drop(read);
    done(page(&desk, &who, &kept, &Errors::new()).await?)
}

async fn page(desk: &Desk, who: &Who, values: &Fields, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let state = meta::get(read.link(), office::STATE).await?.unwrap_or_default();
    drop(read);
    let mut page = frame.page(&Href::at("/settings"), "Settings").failed(!errors.is_empty());
    let notices = Go::new("Notices", Href::at("/settings/notices")).second();
    let tokens = Go::new("Tokens of programs", Href::at("/settings/tokens")).second();
    page = page.actions(html! {
        (notices)
        @if frame.sees(Act::SeeTokens) { (tokens) }
    });
    let changes = who.reach(Act::ChangeSettings) == Reach::Everything;
    Ok(page.render(&html! {
        (office_section(values, &state, changes, errors))
        (health(desk, &frame))
        (trust(desk))
        (in_force(desk))
        (jurisdictions(&frame))
    }))
}

fn office_section(values: &Fields, state: &str, changes: bool, errors: &Errors) -> Markup {
    if !changes {
        let shown = |name| values.given(name).map_or_else(none, cell);
        let facts = Facts::new()
            .row("State", if state.is_empty() { none() } else { cell(state) })
            .row("Name", shown("name"))
            .row("Time zone", shown("zone"))
            .row("Telephone of the desk", shown("phone"))
            .row("Mail of the desk", shown("mail"));
        return html! { (Section::new("office", "The office").body(html! { (facts) })) };
    }
    let form = Form::new("office-form", Href::at("/settings"), "Save the office")
        .field(Field::text("name", "Name of the office").value(values.text("name")).max(120))
        .field(
            Field::text("zone", "Time zone")
                .hint("All times on all pages are in it. Such as America/Chicago.")
                .value(values.text("zone"))
                .max(60)
                .width(Width::Medium),
        )
        .field(
            Field::text("phone", "Telephone of the state's desk")
                .hint("Local offices see it on their first page.")
                .value(values.text("phone"))
                .max(60)
                .optional()
                .width(Width::Medium),
        )
        .field(
            Field::email("mail", "Mail of the state's desk")
                .value(values.text("mail"))
                .max(200)
                .auto("off")
                .optional()
                .width(Width::Medium),
        )
        .errors(errors);
    let state = (!state.is_empty()).then(|| html! { p { "State: " (state) "." } });
    let section = Section::new("office", "The office")
        .body(html! { @if let Some(state) = state { (state) } (form) });
    html! { (section) }
}

/// How the desk itself is.
fn health(desk: &Desk, frame: &Frame<'_>) -> Markup {
    let health = desk.health.borrow().clone();
    let (taken, behind) = (*desk.inbox.position().borrow(), desk.behind());
    let place = desk.store.file().map(|file| file.display().to_string());
    let facts = Facts::new()
        .row("Version", html! { "Ward " (env!("CARGO_PKG_VERSION")) })
        .row(
            "Store",
            html! {
                (desk.store.engine()) @if let Some(place) = place { ", " (mono(&place)) }
            },
        )
        .row(
            "Judging",
            html! {
                @if health.ready { (Tag::good("At work")) }
                @else { (Tag::warn("Reading the records of the last days again")) }
            },
        )
        .row("Batches taken in", cell(ui::grouped(u64::try_from(taken).unwrap_or(0))))
        .row("Not judged yet", html! { (ui::count(behind, "batch", "batches")) })
        .row("Records judged since the start", cell(ui::grouped(health.records)))
        .row("The desk's clock", cell(frame.clock.exact(frame.now)));
    let section = Section::new("health", "How the desk is").body(html! {
        @for sentence in health.trouble.iter().take(10) { (Notice::bad(sentence.as_str())) }
        (facts)
    });
    html! { (section) }
}

/// By what browsers and sensors know the desk.
fn trust(desk: &Desk) -> Markup {
    let settings = &desk.settings;
    let section = Section::new("trust", "Its address and its authority").body(html! {
        p { "Browsers and sensors reach the desk at " (mono(&settings.origin)) "." }
        @if settings.fingerprint.is_empty() && settings.secure {
            p { "Its certificate was given to it and is believed by browsers on their own." }
        } @else if !settings.fingerprint.is_empty() {
            p { "Its certificates are made by its own authority. Sensors have the fingerprint in \
                 their code; a person compares it once, when a browser first asks." }
            (CodeBlock::new("SHA-256 of the desk's own authority", settings.fingerprint.as_str()))
        }
        @if !settings.secure {
            (Notice::warn("Browsers come without TLS").body(html! {
                p { "That is right only behind a proxy on this machine that speaks TLS, or for a \
                     look on this machine alone." }
            }))
        }
    });
    html! { (section) }
}

fn in_force(desk: &Desk) -> Markup {
    let mut table = Table::new(
        "Settings in force",
        [Col::head("Setting"), Col::raw("Value"), Col::text("Where it comes from")],
    )
    .quiet()
    .none(Empty::new("Everything is as it comes", "Settings are made in ward.toml."))
    .note("They are changed in ward.toml or on the command line, and hold from the next start.");
    for (key, value, source) in &desk.settings.shown {
        table = table.row([mono(key), mono(value), cell(source.as_str())]);
    }
    let section = Section::new("in-force", "Settings in force").body(html! { (table) });
    html! { (section) }
}

fn jurisdictions(frame: &Frame<'_>) -> Markup {
    let all = frame.jurisdictions.as_ref();
    let mut table = Table::new(
        "Jurisdictions of the state",
        [Col::head("Name"), Col::text("Kind"), Col::text("Counties"), Col::raw("Identifier")],
    )
    .quiet()
    .none(Empty::new("No jurisdiction", "The list is loaded when the desk is set up."));
    for one in all {
        table = table.row([
            cell(&one.name),
            cell(one.kind.as_str()),
            cell(one.counties.join(", ")),
            mono(&one.id),
        ]);
    }
    let words = ui::count(all.len() as u64, "jurisdiction", "jurisdictions");
    let section = Section::new("jurisdictions", "Jurisdictions")
        .tally(words.as_str())
        .body(html! { (Disclosure::new("Show the list", html! { (table) })) });
    html! { (section) }
}

async fn change(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    if let Err(errors) = told(put_down(&desk, &who, &sent).await)? {
        return wrong(page(&desk, &who, &sent, &errors).await?);
    }
    go_to(&Href::at("/settings"))
}
