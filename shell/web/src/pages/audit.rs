//! The audit: who did and saw what, searched, checked and taken away as a file.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ward_access::Act;
use ward_kernel::Time;
use ward_store::audit::{self, Row, Search};
use ward_store::{Link, meta, office, people};

use super::parts::{Answer, Asked, Fields, Frame, Refused, any, done, picked, wrong};
use crate::acts;
use crate::desk::Desk;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Empty, Errors, Field, Form, Go, Href, Notice, Pager, Section, Table, Width, cell,
    mono, none,
};
use crate::who::Who;

/// Rows on a page.
const PAGE: i64 = 100;
/// Rows of an export that are read at a time.
const CHUNK: i64 = 1_000;
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
async fn search_of(mut link: Link<'_>, asked: &Fields) -> Result<(Search, Errors), Refused> {
    let zone = meta::get(link.again(), office::ZONE).await?.unwrap_or_default();
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let mut errors = Errors::new();
    let actor = match asked.given("actor") {
        None => None,
        Some(text) => Some(actor_of(link, text).await?),
    };
    let mut bound = |name: &str, after: i64| {
        let day = asked.given(name)?;
        let at = moment(day, after, &zone);
        if at.is_none() {
            errors = std::mem::take(&mut errors).add(name, "This is no day: write 2026-11-03.");
        }
        at
    };
    let (from, to) = (bound("from", 0), bound("to", 1));
    let search = Search {
        actor,
        act: asked.chosen("act").map(str::to_owned),
        object: asked.given("object").map(str::to_owned),
        from,
        to: to.map(|to| to.plus(-1)),
        before: asked.number("before"),
    };
    Ok((search, errors))
}

/// The id of whoever is called so, by name or by mail address; otherwise it is taken as an id.
async fn actor_of(link: Link<'_>, text: &str) -> Result<String, Refused> {
    let wanted = text.to_lowercase();
    let all = people::list(link, None).await?;
    let found = all
        .into_iter()
        .find(|person| person.name.to_lowercase() == wanted || person.email == wanted);
    Ok(found.map_or_else(|| text.to_owned(), |person| person.id))
}

/// When a day of the office's calendar begins, or the one `after` days later.
fn moment(day: &str, after: i64, zone: &TimeZone) -> Option<Time> {
    let date: Date = day.parse().ok()?;
    let date = date.checked_add(jiff::Span::new().days(after)).ok()?;
    let at = date.to_zoned(zone.clone()).ok()?;
    Some(Time::from_micros(at.timestamp().as_microsecond()))
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
        (form(&asked, &errors))
        (seals(&asked, newest, checked))
        (Section::new("rows", "What was done").body(html! {
            (table(&frame, &rows))
            (pager(&asked, &rows))
        }))
    });
    if failed { wrong(page) } else { done(page) }
}

fn form(asked: &Fields, errors: &Errors) -> Markup {
    let mut known = any("act", "What was done", "Anything");
    for (name, words) in acts::ALL {
        known = known.option(*name, *words);
    }
    let form = Form::new("filter", Href::at("/audit"), "Search")
        .get()
        .inline()
        .field(
            Field::search("actor", "Who").value(asked.text("actor")).max(200).width(Width::Medium),
        )
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

/// In which form rows are given away.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Format {
    /// CSV (RFC 4180).
    Csv,
    /// JSON, an object on each line.
    Lines,
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

/// The rows that a search finds as a file; puts down that somebody takes them.
///
/// # Errors
/// Those of the store.
pub(crate) async fn give(
    desk: &Desk,
    who: &Who,
    search: Search,
    format: Format,
) -> Result<Response, ward_store::Error> {
    // The row of the export itself is not in it: what was there when it was asked for is.
    let mut tx = desk.store.begin().await?;
    let newest = audit::search(tx.link(), &Search::default(), 1).await?;
    let before = newest.first().map_or(1, |row| row.number.saturating_add(1));
    let what = if format == Format::Csv { "as CSV" } else { "as JSON lines" };
    tx.commit(who.did(desk.now(), "audit.export", "", what)).await?;
    let search =
        Search { before: Some(search.before.map_or(before, |own| own.min(before))), ..search };
    Ok(file(desk, search, format))
}

/// Rows as they are read, so that a long audit is never in memory.
fn file(desk: &Desk, search: Search, format: Format) -> Response {
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Format::Lines => {
            ("application/jsonl; charset=utf-8", "attachment; filename=\"audit.jsonl\"")
        }
    };
    let head = match format {
        Format::Csv => "number,at,actor,name,act,object,detail,address,sha256\r\n",
        Format::Lines => "",
    };
    let begin = (Some(search), Bytes::from_static(head.as_bytes()));
    let desk = desk.clone();
    let chunks = stream::unfold(begin, move |(search, head)| {
        let desk = desk.clone();
        async move {
            if !head.is_empty() {
                return Some((Ok(head), (search, Bytes::new())));
            }
            let search = search?;
            match chunk(&desk, &search, format).await {
                Ok((text, next)) => Some((Ok(text.into()), (next, Bytes::new()))),
                Err(err) => {
                    // The file ends in an error, so that nobody takes it for whole.
                    tracing::error!(error = %err, "an export of the audit was cut");
                    Some((Err(err), (None, Bytes::new())))
                }
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

async fn chunk(
    desk: &Desk,
    search: &Search,
    format: Format,
) -> Result<(String, Option<Search>), ward_store::Error> {
    let mut read = desk.store.read().await?;
    let rows = audit::search(read.link(), search, CHUNK).await?;
    drop(read);
    let mut text = String::new();
    for row in &rows {
        match format {
            Format::Csv => csv(row, &mut text),
            Format::Lines => line(row, &mut text),
        }
    }
    let whole = rows.len() < usize::try_from(CHUNK).unwrap_or(0);
    let last = rows.last().map(|row| row.number).filter(|_| !whole);
    Ok((text, last.map(|last| Search { before: Some(last), ..search.clone() })))
}

/// A row of CSV (RFC 4180). Every text is quoted, and one that a spreadsheet would take for a
/// formula is set off by an apostrophe.
fn csv(row: &Row, out: &mut String) {
    let entry = &row.entry;
    out.push_str(&row.number.to_string());
    let at = entry.at.to_string();
    let hash = data_encoding::HEXLOWER.encode(&row.hash);
    let texts = [
        &at,
        &entry.actor,
        &entry.actor_name,
        &entry.act,
        &entry.object,
        &entry.detail,
        &entry.address,
        &hash,
    ];
    for text in texts {
        out.push_str(",\"");
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            out.push('\'');
        }
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

fn line(row: &Row, out: &mut String) {
    let entry = &row.entry;
    let line = serde_json::json!({
        "number": row.number,
        "at": entry.at,
        "at_micros": entry.at.micros(),
        "actor": entry.actor,
        "name": entry.actor_name,
        "act": entry.act,
        "object": entry.object,
        "detail": entry.detail,
        "address": entry.address,
        "sha256": data_encoding::HEXLOWER.encode(&row.hash),
    });
    out.push_str(&line.to_string());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(detail: &str) -> Row {
        let entry = ward_store::audit::Entry {
            at: Time::from_secs(0),
            actor: "p-1".into(),
            actor_name: "Desk analyst".into(),
            act: "case.look".into(),
            object: "W-1".into(),
            detail: detail.into(),
            address: "192.0.2.1".into(),
        };
        Row { number: 7, entry, hash: vec![0xab; 2] }
    }

    #[test]
    fn csv_is_quoted_and_no_formula() {
        let mut text = String::new();
        csv(&row("=1+1,\"x\"\n"), &mut text);
        assert_eq!(
            text,
            "7,\"1970-01-01T00:00:00Z\",\"p-1\",\"Desk analyst\",\"case.look\",\"W-1\",\
             \"'=1+1,\"\"x\"\"\n\",\"192.0.2.1\",\"abab\"\r\n"
        );
    }

    #[test]
    fn lines_are_json() {
        let mut text = String::new();
        line(&row("\"\n<"), &mut text);
        assert_eq!(text.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["detail"], "\"\n<");
    }

    #[test]
    fn days_of_the_office() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let begin = moment("2026-11-03", 0, &zone).unwrap();
        assert_eq!(begin.to_string(), "2026-11-03T06:00:00Z");
        // The day on which the clocks change has twenty-five hours.
        let (from, to) = (moment("2026-11-01", 0, &zone), moment("2026-11-01", 1, &zone));
        assert_eq!(to.unwrap().since(from.unwrap()), 25 * ward_kernel::time::HOUR);
        assert!(moment("2026-13-01", 0, &zone).is_none());
        assert!(moment("9999-12-31", 1, &zone).is_none());
    }
}
