//! The list of cases, in the scope of whoever looks.

use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::Act;
use ward_kernel::Rung;
use ward_store::cases::{self, Filter, Handling, Line};

use super::parts::{BELL, Frame, any, done, picked, standing};
use crate::desk::Desk;
use crate::fields::{Asked, Fields};
use crate::refused::Answer;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Check, Col, Empty, Field, Form, Href, Pager, Region, RungBadge, Section, Select, Table,
    Width, cell,
};
use crate::who::Who;
use crate::words::{KINDS, handling_words, kind_words, rung};

/// Cases on a page.
const PAGE: i64 = 50;
/// The last page that can be asked for: nobody reads further, and a store need not count there.
const LAST_PAGE: i64 = 2_000;

/// The page of all cases.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "cases.list",
    verb: Verb::Get,
    path: "/cases",
    access: Access::Person(Act::SeeCases),
    kind: Kind::Page,
    summary: "Lists the cases of the state or of one's own jurisdiction",
    handler: || get(list),
}];

/// What was asked for: attempts and above, unless something else is said.
fn filter(asked: &Fields, all: bool) -> Filter {
    let least = match asked.given("rung") {
        None => Some(Rung::Attempt),
        Some(name) => rung(name),
    };
    Filter {
        rung: least,
        handling: asked.chosen("standing").and_then(|name| name.parse().ok()),
        with_past: asked.text("past") == "yes",
        text: asked.text("q").to_owned(),
        jurisdiction: asked.chosen("jurisdiction").filter(|_| all).map(str::to_owned),
        kind: asked.chosen("kind").map(str::to_owned),
    }
}

async fn list(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let all = who.narrowed(Act::SeeCases).is_none();
    let filter = filter(&asked, all);
    let page = asked.number("page").unwrap_or(1).clamp(1, LAST_PAGE);
    let scope = who.case_scope();
    let total = cases::count(read.link(), scope, &filter).await?;
    let from = (page - 1).saturating_mul(PAGE);
    let found = cases::list(read.link(), scope, &filter, PAGE, from).await?;
    drop(read);
    let here = asked.again("/cases", "");
    let head = frame
        .page(&here, "Cases")
        .lead(if all {
            "What was done to the machines of the state's election authorities, and how far it \
             got. Attempts and what lies above are shown unless you ask for scans."
        } else {
            "What was done to the machines of your office, and how far it got. Attempts and what \
             lies above are shown unless you ask for scans."
        })
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    done(head.render(&html! {
        (form(&frame, &asked, all))
        (Region::new("cases", html! {
            (Section::new("list", words(&filter)).body(html! {
                (scans(&frame, &filter))
                (table(&frame, &asked, &found, all))
                (pager(&asked, page, found.len(), total))
            }))
        }))
    }))
}

fn form(frame: &Frame<'_>, asked: &Fields, all: bool) -> Markup {
    let mut rungs = Select::new("rung", "How far it got, at least");
    for rung in Rung::ALL {
        rungs = rungs.option(rung.name(), rung.name());
    }
    let mut standings = any("standing", "Standing", "Any");
    for handling in Handling::ALL {
        standings = standings.option(handling.as_str(), handling_words(handling));
    }
    let mut kinds = any("kind", "Kind", "Any");
    for (name, words) in KINDS {
        kinds = kinds.option(name, words);
    }
    let mut form = Form::new("filter", Href::at("/cases"), "Show")
        .get()
        .inline()
        .field(rungs.picked(asked.given("rung").unwrap_or(Rung::Attempt.name())))
        .field(picked(standings, asked, "standing"));
    if all {
        let mut places = any("jurisdiction", "Jurisdiction", "All");
        for one in &frame.jurisdictions {
            places = places.option(&one.id, &one.name);
        }
        form = form.field(picked(places, asked, "jurisdiction"));
    }
    let past = Check::new("past", "Also what was explained later");
    let form = form
        .field(picked(kinds, asked, "kind"))
        .field(
            Field::search("q", "Words of the title")
                .value(asked.text("q"))
                .max(100)
                .width(Width::Medium),
        )
        .field(past.on(asked.text("past") == "yes"));
    html! { (form) }
}

/// What the list holds, as its heading.
fn words(filter: &Filter) -> &'static str {
    match filter.rung {
        Some(Rung::Attempt) => "Attempts and above",
        Some(Rung::Access) => "Access and above",
        Some(Rung::Effect) => "Effect",
        Some(Rung::Scan) | None => "Scans and above",
    }
}

/// Scans as one line while they are not shown.
fn scans(frame: &Frame<'_>, filter: &Filter) -> Markup {
    let scans = frame.counts.of(Rung::Scan);
    html! {
        @if filter.rung.is_some_and(|rung| rung > Rung::Scan) && scans > 0 {
            p {
                (ui::count(scans, "campaign of scans is", "campaigns of scans are"))
                " counted and not shown here. "
                (ui::link("Show them", &Href::at("/cases").query("rung", Rung::Scan.name())))
            }
        }
    }
}

fn table(frame: &Frame<'_>, asked: &Fields, found: &[Line], all: bool) -> Markup {
    let empty = if asked.again("/cases", "page").as_str() == "/cases" {
        Empty::new(
            "No effort to get access",
            "Nothing on the desk is more than a scan, as far as the sensors show.",
        )
        .action("See what the sensors show", Href::at("/sensors"))
    } else {
        Empty::new("No case fits", "Ask for a lower rung, another standing or fewer words.")
            .action("Show attempts and above", Href::at("/cases"))
    };
    let mut table = Table::new(
        "Cases, the highest rung first",
        [
            Col::head("Case"),
            Col::text("Kind"),
            Col::text("Rung"),
            Col::text(if all { "Jurisdictions" } else { "Where" }),
            Col::when("First record"),
            Col::when("Last record"),
            Col::number("Records"),
            Col::text("Standing"),
        ],
    )
    .quiet()
    .none(empty);
    for line in found {
        let [title, rung, place, first, last, records, standing] = row(frame, line);
        let kind = cell(kind_words(&line.kind));
        let cells = [title, kind, rung, place, first, last, records, standing];
        table = table.marked(line.rung, cells);
    }
    html! { (table) }
}

/// A case in a row; the home page shows the same.
pub(super) fn row(frame: &Frame<'_>, line: &Line) -> [Markup; 7] {
    let clock = &frame.clock;
    [
        ui::link(&heading(&line.title), &Href::at("/cases").join(&line.id)),
        cell(RungBadge(line.rung)),
        frame.places(&line.jurisdictions),
        cell(clock.short(line.first)),
        cell(clock.ago(line.last, frame.now)),
        cell(ui::grouped(line.records)),
        cell(standing(&line.standing, line.handling, line.authorised)),
    ]
}

/// A title with its first letter large, as a heading begins.
pub(super) fn heading(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(
        || "A case without a title".to_owned(),
        |first| first.to_uppercase().chain(chars).collect(),
    )
}

fn pager(asked: &Fields, page: i64, shown: usize, total: i64) -> Markup {
    let total = u64::try_from(total).unwrap_or(0);
    let first = u64::try_from((page - 1).saturating_mul(PAGE)).unwrap_or(0).saturating_add(1);
    let last = first.saturating_add(shown as u64).saturating_sub(1);
    if shown == 0 && page == 1 {
        return html! {};
    }
    let to = |page: i64| asked.again("/cases", "page").query("page", &page.to_string());
    let words = if shown == 0 {
        format!("nothing here; there are {}", ui::count(total, "case", "cases"))
    } else {
        format!(
            "{} to {} of {}",
            ui::grouped(first),
            ui::grouped(last),
            ui::count(total, "case", "cases")
        )
    };
    let pager = Pager::new("cases", words)
        .newer((page > 1).then(|| to(page - 1)))
        .older((last < total && shown > 0 && page < LAST_PAGE).then(|| to(page.saturating_add(1))));
    html! { (pager) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for() {
        let plain = filter(&Fields::default(), true);
        assert_eq!(
            (plain.rung, plain.handling, plain.with_past),
            (Some(Rung::Attempt), None, false)
        );
        let asked = Fields::from([
            ("rung", "scan"),
            ("standing", "closed"),
            ("jurisdiction", "adair-county"),
            ("q", "root"),
            ("past", "yes"),
        ]);
        let wide = filter(&asked, true);
        assert_eq!((wide.rung, wide.handling), (Some(Rung::Scan), Some(Handling::Closed)));
        assert_eq!((wide.jurisdiction.as_deref(), wide.with_past), (Some("adair-county"), true));
        assert_eq!(filter(&asked, false).jurisdiction, None);
        // Nonsense narrows nothing and breaks nothing.
        let odd = filter(&Fields::from([("rung", "<b>"), ("standing", "odd")]), true);
        assert_eq!((odd.rung, odd.handling), (None, None));
    }

    #[test]
    fn titles() {
        assert_eq!(heading("password guessing"), "Password guessing");
        assert_eq!(heading(""), "A case without a title");
    }
}
