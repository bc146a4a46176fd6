//! The queue of cases, in the scope of whoever looks: what waits for somebody, and who has it.

pub(super) mod lines;

use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::Act;
use ward_kernel::Rung;
use ward_store::cases::{self, Filter, Handling, Line, Order, Owned, SEVERAL};

use self::lines::{new, table};
use super::parts::{BELL, Frame, any, done, picked};
use crate::desk::Desk;
use crate::doing::queue::{MOST, Queue, queue};
use crate::fields::{Asked, Fields};
use crate::refused::Answer;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Check, Empty, Field, Form, Hidden, Href, Pager, Region, Section, Select, Tabs, Width,
};
use crate::who::Who;
use crate::words::{KINDS, rung};

/// The last page that can be asked for: nobody reads further, and a store need not count there.
const LAST_PAGE: i64 = 2_000;

/// The page of all cases.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "cases.list",
    verb: Verb::Get,
    path: "/cases",
    access: Access::Person(Act::SeeCases),
    kind: Kind::Page,
    summary: "Lists the cases of the state or of one's own jurisdiction, as a queue",
    handler: || get(list),
}];

/// A view of the queue: its name in the address, and on its tab.
const VIEWS: [(&str, &str); 6] = [
    ("open", "Open"),
    ("mine", "Mine"),
    ("nobody", "Nobody's"),
    ("watched", "Watched"),
    ("closed", "Closed"),
    ("all", "All"),
];

/// What was asked for: open attempts and above, unless something else is said.
fn filter(asked: &Fields, who: &Who, all: bool) -> Filter {
    let least = match asked.given("rung") {
        None => Some(Rung::Attempt),
        Some(name) => rung(name),
    };
    // Addresses that people kept say what people made of it by its own name.
    let view = asked.chosen("standing").unwrap_or("open");
    let handling = match view {
        "mine" | "nobody" => Some(Handling::Open),
        other => other.parse().ok(),
    };
    let owned = match (view, asked.given("owner")) {
        ("mine", _) => Owned::By(who.id().to_owned()),
        ("nobody", _) | (_, Some("nobody")) => Owned::ByNobody,
        (_, Some(id)) => Owned::By(id.to_owned()),
        (_, None) => Owned::Any,
    };
    Filter {
        rung: least,
        alone: asked.text("alone") == "yes",
        handling,
        with_past: asked.text("past") == "yes",
        text: asked.text("q").to_owned(),
        jurisdiction: asked.chosen("jurisdiction").filter(|_| all).map(str::to_owned),
        place: asked.given("place").filter(|_| all).map(place),
        kind: asked.chosen("kind").map(str::to_owned),
        owned,
        order: Order::Waiting,
    }
}

/// A place as addresses name it: nothing has a name there too.
fn place(name: &str) -> String {
    match name {
        "several" => SEVERAL.to_owned(),
        "none" => String::new(),
        id => id.to_owned(),
    }
}

/// The rows of a page, and which of them it shows.
enum Shown {
    /// Folded, so that one page holds all.
    Folded(Queue),
    /// Line by line, a page of it.
    Each { lines: Vec<Line>, page: i64, total: i64 },
}

async fn list(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let all = who.narrowed(Act::SeeCases).is_none();
    let filter = filter(&asked, &who, all);
    let scope = who.case_scope();
    let shown = if asked.text("each") == "yes" {
        let page = asked.number("page").unwrap_or(1).clamp(1, LAST_PAGE);
        let total = cases::count(read.link(), scope, &filter).await?;
        let from = (page - 1).saturating_mul(MOST);
        let lines = cases::list(read.link(), scope, &filter, MOST, from).await?;
        Shown::Each { lines, page, total }
    } else {
        Shown::Folded(queue(read.link(), scope, &filter, (all, frame.now)).await?)
    };
    let tests = ward_store::queue::tests(read.link(), scope, &filter).await?;
    drop(read);
    let here = asked.again("/cases", "");
    let head = frame
        .page(&here, "Cases")
        .lead(if all {
            "What was done to the machines of the state's election authorities, and how far it \
             got. What waits for somebody stands first."
        } else {
            "What was done to the machines of your office, and how far it got. Each case says what \
             the state's desk makes of it."
        })
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    done(head.render(&html! {
        (views(&asked, all))
        (form(&frame, &asked, all))
        (Region::new("cases", html! {
            (new(&frame, &shown))
            (Section::new("list", words(&filter)).tally(tally(&frame, &asked, (&shown, tests))).body(html! {
                (table(&frame, (&asked, &filter), &shown))
                (scans(&frame, &asked, &filter))
                (pager(&asked, &shown))
            }))
        }))
    }))
}

/// How many cases the list holds. The count beside the room's name leaves registered tests out and
/// holds those that are watched: so how many of either there are is said.
fn tally(frame: &Frame<'_>, asked: &Fields, (shown, tests): (&Shown, u64)) -> String {
    let (total, lines) = match shown {
        Shown::Folded(queue) => (queue.cases, queue.rows.len() as u64),
        Shown::Each { total, .. } => {
            let total = u64::try_from(*total).unwrap_or(0);
            (total, total)
        }
    };
    let mut words = ui::count(total, "case", "cases");
    if lines != total {
        words = format!("{words} in {}", ui::count(lines, "line", "lines"));
    }
    words.push_str(&match tests {
        0 => String::new(),
        1 if total == 1 => ", a registered test".to_owned(),
        1 => ", one of them a registered test".to_owned(),
        n if n == total => ", all of them registered tests".to_owned(),
        n => format!(", {} of them registered tests", ui::grouped(n)),
    });
    if is_plain(asked) {
        let watched = frame.efforts().saturating_sub(total.saturating_sub(tests));
        if watched > 0 {
            words.push_str(&format!("; {} watched", ui::count(watched, "more is", "more are")));
        }
    }
    words
}

/// Whether nothing was asked for but the list.
fn is_plain(asked: &Fields) -> bool {
    asked.without("/cases", &["page", "each"]).as_str() == "/cases"
}

/// The views that people go back and forth between.
fn views(asked: &Fields, all: bool) -> Markup {
    let now = asked.chosen("standing").unwrap_or("open");
    let mut tabs = Tabs::new("Views of the cases");
    for (name, words) in VIEWS {
        // Whoever cannot take a case has none.
        if all || !matches!(name, "mine" | "nobody") {
            let href = asked.without("/cases", &["standing", "page", "each", "owner"]);
            let href = if name == "open" { href } else { href.query("standing", name) };
            tabs = tabs.tab(words, href, now == name);
        }
    }
    html! { (tabs) }
}

fn form(frame: &Frame<'_>, asked: &Fields, all: bool) -> Markup {
    let mut rungs = Select::new("rung", "How far it got, at least");
    for rung in Rung::ALL {
        rungs = rungs.option(rung.name(), rung.name());
    }
    let mut kinds = any("kind", "Kind", "Any");
    for (name, words) in KINDS {
        kinds = kinds.option(name, words);
    }
    let mut form = Form::new("filter", Href::at("/cases"), "Show")
        .get()
        .inline()
        .field(rungs.picked(asked.given("rung").unwrap_or(Rung::Attempt.name())));
    if let Some(view) = asked.chosen("standing") {
        form = form.field(Hidden::new("standing", view));
    }
    if all {
        let mut places = any("jurisdiction", "Jurisdiction", "All");
        for one in frame.jurisdictions.iter() {
            places = places.option(&one.id, &one.name);
        }
        form = form.field(picked(places, asked, "jurisdiction"));
    }
    let past = Check::new("past", "Also what was explained later or merged");
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
    match (filter.rung, filter.alone) {
        (Some(Rung::Attempt), false) => "Attempts and above",
        (Some(Rung::Attempt), true) => "Attempts",
        (Some(Rung::Access), false) => "Access and above",
        (Some(Rung::Access), true) => "Access",
        (Some(Rung::Effect), _) => "Effect",
        (Some(Rung::Scan), true) => "Scans",
        (Some(Rung::Scan) | None, _) => "Scans and above",
    }
}

/// Scans as one line while they are not shown.
fn scans(frame: &Frame<'_>, asked: &Fields, filter: &Filter) -> Markup {
    let scans = frame.counts.of(Rung::Scan);
    html! {
        @if filter.rung.is_some_and(|rung| rung > Rung::Scan) && scans > 0 {
            p {
                (ui::count(scans, "campaign of scans is", "campaigns of scans are"))
                " counted and not shown here. "
                @let href = asked.without("/cases", &["rung", "page", "each", "alone"]);
                (ui::link("Show them", &href.query("rung", Rung::Scan.name())))
            }
        }
    }
}

fn empty(asked: &Fields) -> Empty {
    if is_plain(asked) {
        return Empty::new(
            "No effort to get access",
            "Nothing on the desk is more than a scan, as far as the sensors show.",
        )
        .action("See what the sensors show", Href::at("/sensors"));
    }
    match asked.chosen("standing") {
        Some("mine") => Empty::new("You have no case", "Take one of those that nobody has.")
            .action("Show what nobody has", Href::at("/cases").query("standing", "nobody")),
        _ => Empty::new("No case fits", "Ask for a lower rung, another view or fewer words.")
            .action("Show open attempts and above", Href::at("/cases")),
    }
}

/// A title with its first letter large, as a heading begins.
pub(super) fn heading(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(
        || "A case without a title".to_owned(),
        |first| first.to_uppercase().chain(chars).collect(),
    )
}

fn pager(asked: &Fields, shown: &Shown) -> Markup {
    let Shown::Each { lines, page, total } = shown else { return html! {} };
    let (shown, page, total) = (lines.len(), *page, u64::try_from(*total).unwrap_or(0));
    let first = u64::try_from((page - 1).saturating_mul(MOST)).unwrap_or(0).saturating_add(1);
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
        let nobody = Who::default();
        let plain = filter(&Fields::default(), &nobody, true);
        assert_eq!(
            (plain.rung, plain.handling, plain.with_past, plain.owned),
            (Some(Rung::Attempt), Some(Handling::Open), false, Owned::Any)
        );
        let asked = Fields::from([
            ("rung", "scan"),
            ("standing", "closed"),
            ("jurisdiction", "adair-county"),
            ("place", "several"),
            ("owner", "p-1"),
            ("q", "root"),
            ("past", "yes"),
        ]);
        let wide = filter(&asked, &nobody, true);
        assert_eq!((wide.rung, wide.handling), (Some(Rung::Scan), Some(Handling::Closed)));
        assert_eq!((wide.jurisdiction.as_deref(), wide.with_past), (Some("adair-county"), true));
        assert_eq!((wide.place.as_deref(), wide.owned), (Some("+"), Owned::By("p-1".to_owned())));
        let narrow = filter(&asked, &nobody, false);
        assert_eq!((narrow.jurisdiction, narrow.place), (None, None));
        for (view, handling, owned) in [
            ("mine", Some(Handling::Open), Owned::By(String::new())),
            ("nobody", Some(Handling::Open), Owned::ByNobody),
            ("all", None, Owned::Any),
        ] {
            let asked = filter(&Fields::from([("standing", view)]), &nobody, true);
            assert_eq!((asked.handling, asked.owned), (handling, owned), "{view}");
        }
        // Nonsense narrows nothing and breaks nothing.
        let asked = Fields::from([("rung", "<b>"), ("standing", "odd")]);
        let odd = filter(&asked, &nobody, true);
        assert_eq!((odd.rung, odd.handling), (None, None));
    }

    #[test]
    fn titles() {
        assert_eq!(heading("password guessing"), "Password guessing");
        assert_eq!(heading(""), "A case without a title");
    }
}
