//! The search over thirteen months: was any of these ever seen?

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::Act;
use ward_history::{Answer as Found, Found as Seen, List, Stopped, day_text};

use super::cases::heading;
use super::parts::{Frame, done, wrong};
use crate::desk::Desk;
use crate::doing::hunt::{self as doing, DAYS, MOST, SENT_MAX};
use crate::fields::{Asked, Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Disclosure, Errors, Facts, Field, Form, Href, Html, Notice, RungBadge, Section,
    Table, Width, cell, mono, none,
};
use crate::who::Who;

/// Rows that the page shows.
const SHOWN: usize = 500;

/// The pages of the search.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "hunt",
        verb: Verb::Get,
        path: "/hunt",
        access: Access::Person(Act::Hunt),
        kind: Kind::Page,
        summary: "Asks what to look for; with ?q= looks for one address, domain or hash",
        handler: || get(one),
    },
    Route {
        name: "hunt.list",
        verb: Verb::Post,
        path: "/hunt",
        access: Access::Person(Act::Hunt),
        kind: Kind::Page,
        summary: "Looks for one or many addresses, accounts, domains or hashes",
        handler: || post(many).layer(DefaultBodyLimit::max(SENT_MAX)),
    },
];

/// What was asked and what it came to.
struct Outcome {
    list: List,
    answer: Found,
    took: Duration,
}

async fn one(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    match asked.given("q") {
        None => done(page(&desk, &who, &asked, &Errors::new(), None).await?),
        Some(text) => looked(&desk, &who, &asked, text).await,
    }
}

async fn many(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    looked(&desk, &who, &sent, sent.text("list")).await
}

async fn looked(desk: &Desk, who: &Who, fields: &Fields, text: &str) -> Answer {
    let list = List::parse(text.as_bytes());
    let mut errors = Errors::new();
    if list.indicators.is_empty() {
        let why = match list.problems.first() {
            Some(problem) => format!("Line {}: {}.", problem.line, problem.why),
            None => "Write at least one address, account, domain or hash.".to_owned(),
        };
        errors = errors.add("list", why);
    } else if list.indicators.len() > MOST {
        let why = format!("At most {} at a time.", ui::grouped(MOST as u64));
        errors = errors.add("list", why);
    }
    if !errors.is_empty() {
        return wrong(page(desk, who, fields, &errors, None).await?);
    }
    let mut list = list;
    let indicators = std::mem::take(&mut list.indicators);
    let (answer, took) = doing::hunt(desk, who, indicators, days(fields), false).await?;
    let outcome = Outcome { list, answer, took };
    done(page(desk, who, fields, &errors, Some(&outcome)).await?)
}

fn days(fields: &Fields) -> i64 {
    fields.number("days").unwrap_or(DAYS).clamp(1, DAYS)
}

async fn page(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
    errors: &Errors,
    outcome: Option<&Outcome>,
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let text = fields.given("list").or(fields.given("q")).unwrap_or_default();
    let form = Form::new("hunt", Href::at("/hunt"), "Search")
        .field(
            Field::area("list", "Addresses, networks, accounts, domains or hashes", 4)
                .hint(
                    "One on each line, or a list as you received it: up to 10,000. Forms such as \
                       hxxp:// and county[.]example are read too.",
                )
                .value(text)
                .mono(),
        )
        .field(
            Field::number("days", "How many days back", 1, DAYS)
                .value(days(fields).to_string())
                .width(Width::Short),
        )
        .errors(errors);
    let page = frame.page(&Href::at("/hunt"), "Hunt").failed(!errors.is_empty()).lead(
        "Was any of these ever seen, anywhere, within thirteen months? Each search is put \
               down in the audit with how much was looked for, not what.",
    );
    Ok(page.render(&html! {
        (form)
        @if let Some(outcome) = outcome { (answers(&frame, outcome)) }
    }))
}

fn answers(frame: &Frame<'_>, outcome: &Outcome) -> Markup {
    let answer = &outcome.answer;
    html! {
        (verdict(answer, outcome.took))
        @if let Some(stopped) = &answer.stopped { (stopped_notice(*stopped)) }
        @if !answer.problems.is_empty() {
            (Notice::bad("A part of the history cannot be read").body(html! {
                p { (ui::count(answer.problems.len() as u64, "file was", "files were"))
                    " not searched to the end. The desk's log names them." }
            }))
        }
        @if !answer.found.is_empty() { (found(frame, outcome)) (places(frame, answer)) }
        // Where nothing was searched, nothing was "not found".
        @if answer.searched.sightings > 0 && !answer.absent.is_empty() { (absent(answer)) }
        (misread(&outcome.list))
    }
}

/// The one sentence: found or not, and where was looked.
pub(super) fn verdict(answer: &Found, took_it: Duration) -> Markup {
    let (found, all) = (answer.found.len(), answer.found.len().saturating_add(answer.absent.len()));
    let searched = heading(&answer.searched.to_string());
    let notice = match (found, all) {
        (0, _) if answer.searched.sightings == 0 => {
            Notice::warn("There is no history of these days: nothing can be said.")
        }
        (0, 1) => Notice::good(format!("Not found. {searched}.")),
        (0, n) => Notice::good(format!("None of {} found. {searched}.", ui::grouped(n as u64))),
        (1, 1) => Notice::warn(format!("Found. {searched}.")),
        (found, all) => Notice::warn(format!(
            "{} of {} found. {searched}.",
            ui::grouped(found as u64),
            ui::grouped(all as u64)
        )),
    };
    html! { (notice) p { (ui::soft(&took(took_it))) } }
}

fn took(took: Duration) -> String {
    match took.as_millis() {
        0 => "The search took less than 1 ms.".to_owned(),
        millis => format!("The search took {millis} ms."),
    }
}

fn stopped_notice(stopped: Stopped) -> Notice {
    let day = day_text(stopped.day).unwrap_or_default();
    Notice::warn("The search was stopped before its end").body(html! {
        p { (day) " and the days before it were not searched to their end. Ask for fewer days or \
            for less at a time." }
    })
}

fn found(frame: &Frame<'_>, outcome: &Outcome) -> Markup {
    let answer = &outcome.answer;
    let mut table = Table::new(
        format!("What was seen: {}", answer.searched),
        [
            Col::head("Looked for"),
            Col::text("Highest rung"),
            Col::number("Records"),
            Col::number("Days"),
            Col::when("First seen"),
            Col::when("Last seen"),
            Col::number("Sensors"),
        ],
    );
    for one in answer.found.iter().take(SHOWN) {
        let seen = &one.seen;
        let sensors = seen.places.len() as u64;
        let cells = [
            mono(&one.indicator.to_string()),
            seen.rung.map_or_else(none, |rung| cell(RungBadge(rung))),
            cell(ui::grouped(seen.count)),
            cell(ui::grouped(u64::from(seen.days))),
            cell(frame.clock.full(seen.first)),
            cell(frame.clock.full(seen.last)),
            cell(if seen.elsewhere > 0 {
                format!("{sensors} and more")
            } else {
                sensors.to_string()
            }),
        ];
        table = match seen.rung {
            Some(rung) => table.marked(rung, cells),
            None => table.row(cells),
        };
    }
    if answer.found.len() > SHOWN {
        table = table.note(format!(
            "The first {SHOWN} of {} are shown.",
            ui::grouped(answer.found.len() as u64)
        ));
    }
    let section = Section::new("found", "Found")
        .tally(ui::grouped(answer.found.len() as u64))
        .body(html! { (table) });
    html! { (section) }
}

/// What was seen of one indicator, in a few facts.
pub(super) fn summary(frame: &Frame<'_>, one: &Seen) -> Markup {
    let seen = &one.seen;
    let days = ui::count(u64::from(seen.days), "day", "days");
    let facts = Facts::new()
        .row("Highest rung", seen.rung.map_or_else(none, |rung| cell(RungBadge(rung))))
        .row("Records", cell(format!("{} on {days}", ui::grouped(seen.count))))
        .row("First seen", cell(frame.clock.full(seen.first)))
        .row("Last seen", cell(frame.clock.full(seen.last)));
    html! { (facts) }
}

/// Where each was seen, for the first few.
pub(super) fn places(frame: &Frame<'_>, answer: &Found) -> Markup {
    let clock = &frame.clock;
    let mut table = Table::new(
        "Which sensors saw it",
        [
            Col::head("Looked for"),
            Col::text("Jurisdiction"),
            Col::text("Sensor"),
            Col::number("Records"),
            Col::when("First seen"),
            Col::when("Last seen"),
        ],
    )
    .quiet();
    let rows = answer.found.iter().flat_map(|one| one.seen.places.iter().map(move |at| (one, at)));
    for (one, place) in rows.take(SHOWN) {
        table = table.row([
            mono(&one.indicator.to_string()),
            cell(frame.place(&place.jurisdiction)),
            cell(&place.sensor),
            cell(ui::grouped(place.count)),
            cell(clock.full(place.first)),
            cell(clock.full(place.last)),
        ]);
    }
    let keys: Vec<_> = answer.found.iter().flat_map(|one| &one.seen.keys).take(SHOWN).collect();
    let section = Section::new("places", "Where").body(html! {
        (table)
        @if !keys.is_empty() {
            (Disclosure::new("The addresses and names that were seen of networks and domains", html! {
                ul {
                    @for key in &keys {
                        li { (mono(&key.key)) ", " (ui::count(key.count, "record", "records")) }
                    }
                }
            }))
        }
    });
    html! { (section) }
}

fn absent(answer: &Found) -> Markup {
    let all = &answer.absent;
    let list = html! {
        ul { @for one in all.iter().take(SHOWN) { li { (mono(&one.to_string())) } } }
        @if all.len() > SHOWN { p { "And " (ui::grouped((all.len() - SHOWN) as u64)) " more." } }
    };
    let words = ui::count(all.len() as u64, "that was not seen", "that were not seen");
    let section = Section::new("absent", "Not found").tally(ui::grouped(all.len() as u64)).body(
        if all.len() > 12 {
            html! { (Disclosure::new(words, list)) }
        } else {
            list
        },
    );
    html! { (section) }
}

/// Lines that could not be understood: they were not looked for.
fn misread(list: &List) -> Markup {
    let all = list.problems.len().saturating_add(list.more_problems);
    let mut table = Table::new(
        "Lines that were not understood",
        [Col::head("Line"), Col::raw("What stood there"), Col::text("Why")],
    )
    .quiet();
    for problem in &list.problems {
        table = table.row([
            cell(problem.line.to_string()),
            mono(&problem.text),
            cell(problem.why.as_str()),
        ]);
    }
    let section = Section::new("misread", "Not looked for")
        .tally(ui::count(all as u64, "line", "lines"))
        .body(html! {
            p { "These lines were not understood, and nothing was looked for by them." }
            (table)
        });
    html! { @if all > 0 { (section) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_bounded() {
        for (text, expected) in
            [("", 396), ("7", 7), ("0", 1), ("-3", 1), ("9999", 396), ("x", 396)]
        {
            assert_eq!(days(&Fields::from([("days", text)])), expected, "{text}");
        }
    }
}
