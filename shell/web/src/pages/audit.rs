//! The audit: who did and saw what, searched, checked and taken away as a file.

use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::Act;
use ward_store::Link;
use ward_store::audit::{self, Row, Search};
use ward_store::people::{self, Person};

use super::parts::{Frame, any, done, picked, wrong};
use crate::acts;
use crate::desk::Desk;
use crate::doing::audit::{Format, give};
use crate::doing::elections::{midnight, zone};
use crate::fields::{Asked, Fields};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Empty, Errors, Field, Form, Go, Href, Notice, Pager, Section, Select, Table, Width,
    cell, mono, none,
};
use crate::who::Who;

/// Rows on a page.
const PAGE: i64 = 100;
/// Up to so many rows the seals are checked with every look; beyond, when somebody asks.
const CHECKED: i64 = 5_000;

/// The pages of the audit.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "audit.list",
        verb: Verb::Get,
        path: "/audit",
        access: Access::Person(Act::SeeAudit),
        kind: Kind::Page,
        summary: "Searches who did and saw what, and checks its seals",
        handler: || get(list),
    },
    Route {
        name: "audit.export",
        verb: Verb::Get,
        path: "/audit/export",
        access: Access::Person(Act::ExportAudit),
        kind: Kind::Page,
        summary: "Gives the rows that a search finds as CSV or JSON lines",
        handler: || get(export),
    },
];

/// What was asked for, in the store's terms; or what cannot be read of it.
async fn search_of(link: Link<'_>, asked: &Fields) -> Result<(Search, Errors), Refused> {
    let zone = zone(link).await?;
    let mut errors = Errors::new();
    let mut bound = |name: &str, after: i64| {
        let day = asked.given(name)?;
        let at = midnight(day, after, &zone);
        if at.is_none() {
            errors = std::mem::take(&mut errors).add(name, "This is no day: write 2026-11-03.");
        }
        at
    };
    let (from, to) = (bound("from", 0), bound("to", 1));
    let search = Search {
        actor: asked.chosen("actor").map(str::to_owned),
        act: asked.chosen("act").map(str::to_owned),
        object: asked.given("object").map(str::to_owned),
        from,
        to: to.map(|to| to.plus(-1)),
        before: asked.number("before"),
    };
    Ok((search, errors))
}

async fn list(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let (search, errors) = search_of(read.link(), &asked).await?;
    let rows = if errors.is_empty() {
        audit::search(read.link(), &search, PAGE + 1).await?
    } else {
        Vec::new()
    };
    let newest = audit::search(read.link(), &Search::default(), 1).await?;
    let newest = newest.first().map_or(0, |row| row.number);
    let checked = if newest <= CHECKED || asked.text("check") == "yes" {
        Some(audit::verify(read.link()).await?)
    } else {
        None
    };
    let people = people::list(read.link(), None).await?;
    drop(read);
    let here = asked.again("/audit", "");
    let mut page = frame.page(&here, "Audit").failed(!errors.is_empty()).lead(
        "Who did and saw what. Rows are only ever added, and each is sealed over the one \
               before it, so that none can be changed or taken out unseen.",
    );
    if frame.sees(Act::ExportAudit) {
        let to = |format| asked.again("/audit/export", "before").query("format", format);
        page = page.actions(html! {
            (Go::new("Export as CSV", to("csv")).second()) " "
            (Go::new("Export as JSON lines", to("jsonl")).second())
        });
    }
    let failed = !errors.is_empty();
    let page = page.render(&html! {
        (form(&asked, &people, &errors))
        (seals(&asked, newest, checked))
        (Section::new("rows", "What was done").body(html! {
            (table(&frame, &rows))
            (pager(&asked, &rows))
        }))
    });
    if failed { wrong(page) } else { done(page) }
}

/// Who did it, by name. The address of the page holds the id alone: names are people's data.
fn who(asked: &Fields, people: &[Person]) -> Select {
    let mut who = any("actor", "Who", "Anybody");
    for person in people {
        who = who.option(&person.id, &person.name);
    }
    // Programs and people of the past are no person of the desk.
    let other = asked.chosen("actor").filter(|id| people.iter().all(|person| person.id != *id));
    if let Some(id) = other {
        who = who.option(id, id);
    }
    picked(who, asked, "actor")
}

fn form(asked: &Fields, people: &[Person], errors: &Errors) -> Markup {
    let mut known = any("act", "What was done", "Anything");
    for (name, words) in acts::ALL {
        known = known.option(*name, *words);
    }
    let form = Form::new("filter", Href::at("/audit"), "Search")
        .get()
        .inline()
        .field(who(asked, people))
        .field(picked(known, asked, "act"))
        .field(
            Field::search("object", "To what (its identifier)")
                .value(asked.text("object"))
                .max(200)
                .width(Width::Medium),
        )
        .field(Field::date("from", "From").value(asked.text("from")).optional())
        .field(Field::date("to", "To").value(asked.text("to")).optional())
        .errors(errors);
    html! { (form) }
}

/// Whether the rows fit their seals.
fn seals(asked: &Fields, newest: i64, checked: Option<(i64, Option<i64>)>) -> Markup {
    let number = |n: i64| ui::grouped(u64::try_from(n).unwrap_or(0));
    let notice = match checked {
        _ if newest == 0 => return html! {},
        None => Notice::info(format!("{} rows", number(newest)))
            .action("Check their seals now", asked.again("/audit", "check").query("check", "yes")),
        Some((1, None)) => Notice::good("Row 1 fits its seal"),
        Some((fit, None)) => Notice::good(format!("Rows 1 to {} fit their seals", number(fit))),
        Some((fit, Some(broken))) => Notice::bad(format!(
            "Row {} does not fit its seal: it was changed, or one before it was taken out",
            number(broken)
        ))
        .body(html! {
            p { "Rows up to " (number(fit)) " fit. Keep this store as it is, and compare it with \
                 the last backup." }
        }),
    };
    html! { (notice) }
}

fn table(frame: &Frame<'_>, rows: &[Row]) -> Markup {
    let mut table = Table::new(
        "What was done, the newest first",
        [
            Col::head("When"),
            Col::text("Who"),
            Col::text("What"),
            Col::text("To what"),
            Col::text("More"),
            // An address stays in one piece, as a moment does.
            Col::when("From"),
            Col::number("Row"),
        ],
    )
    .quiet()
    .none(
        Empty::new("Nothing fits", "Ask for another person, another act or more days.")
            .action("Show everything", Href::at("/audit")),
    );
    for row in rows.iter().take(usize::try_from(PAGE).unwrap_or(0)) {
        table = table.row(cells(frame, row));
    }
    html! { (table) }
}

fn cells(frame: &Frame<'_>, row: &Row) -> [Markup; 7] {
    let entry = &row.entry;
    let narrowed = |name, value: &str| Href::at("/audit").query(name, value);
    [
        cell(frame.clock.exact(entry.at)),
        match (entry.actor.as_str(), entry.actor_name.as_str()) {
            ("", "") => ui::soft("nobody yet"),
            ("", name) => cell(name),
            (id, name) => ui::link(if name.is_empty() { id } else { name }, &narrowed("actor", id)),
        },
        // In one piece, which a narrow screen keeps together.
        html! { div { (acts::words(&entry.act)) br; (ui::soft(&entry.act)) } },
        match entry.object.as_str() {
            "" => none(),
            id => html! { a href=(narrowed("object", id)) { (mono(id)) } },
        },
        cell(&entry.detail),
        mono(&entry.address),
        cell(ui::grouped(u64::try_from(row.number).unwrap_or(0))),
    ]
}

fn pager(asked: &Fields, rows: &[Row]) -> Markup {
    let page = usize::try_from(PAGE).unwrap_or(0);
    let shown: Vec<&Row> = rows.iter().take(page).collect();
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return html! {} };
    let words = match (first.number, last.number) {
        (first, last) if first == last => format!("Row {first}"),
        (first, last) => format!("Rows {first} down to {last}"),
    };
    let older = (rows.len() > page)
        .then(|| asked.again("/audit", "before").query("before", &last.number.to_string()));
    let newer = asked.given("before").map(|_| asked.again("/audit", "before"));
    let pager = Pager::new("the audit", words).newer(newer).older(older);
    html! { (pager) }
}

async fn export(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let format = if asked.text("format") == "jsonl" { Format::Lines } else { Format::Csv };
    let mut read = desk.store.read().await?;
    let (search, errors) = search_of(read.link(), &asked).await?;
    drop(read);
    if !errors.is_empty() {
        return super::parts::go_to(&asked.again("/audit", "format"));
    }
    Ok(give(&desk, &who, search, format).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_office() {
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
        let begin = midnight("2026-11-03", 0, &zone).unwrap();
        assert_eq!(begin.to_string(), "2026-11-03T06:00:00Z");
        // The day on which the clocks change has twenty-five hours.
        let (from, to) = (midnight("2026-11-01", 0, &zone), midnight("2026-11-01", 1, &zone));
        assert_eq!(to.unwrap().since(from.unwrap()), 25 * ward_kernel::time::HOUR);
        assert!(midnight("2026-13-01", 0, &zone).is_none());
        assert!(midnight("9999-12-31", 1, &zone).is_none());
    }
}
