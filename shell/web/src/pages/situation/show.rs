//! The page.

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};
use ward_kernel::{Rung, Time};

use super::changes::{self, Since};
use super::list::{self, Wanted};
use super::words::{
    against, coverage_tag, footing, highest, incidents_cell, level_tag, look, needs_a_look,
    none_needs, phase_words,
};
use super::{HERE, RINGS, View, facts};
use crate::desk::Desk;
use crate::doing::situation::Row;
use crate::fields::Asked;
use crate::pages::incidents::at_home;
use crate::pages::parts::BELL;
use crate::pages::stand;
use crate::refused::Answer;
use crate::ui::map::Legend;
use crate::ui::{Go, Href, Ladder, Region, RungBadge, Section, count, grouped, link, soft};
use crate::who::Who;
use ward_desk::normal::Level;

/// Jurisdictions that are named as needing a look before the list is referred to.
const SHOWN: usize = 12;

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Asked(asked): Asked,
) -> Answer {
    let since = Since::read(&desk, &headers, desk.now());
    let named = asked.given("since").and_then(|text| Time::parse(text).ok());
    let view = View::load(&desk, &who, Some(since.told(&who, named))).await?;
    let wanted = Wanted::read(&asked);
    let here = wanted.here();
    let page = view
        .frame
        .page(&here, "Situation")
        .heading("The situation")
        .lead(match view.near() {
            Some(near) => format!("{near}."),
            None => "Ordinary time: no election is near.".to_owned(),
        })
        .live(Href::at(BELL))
        .as_of(view.frame.clock.exact(view.frame.now), here)
        .actions(
            html! { span.only-wide { (Go::new("Wall display", Href::at("/wall")).second()) } },
        );
    let html = page.render(&html! {
        (Region::new("how-it-stands", stand::state(view.known(true))).hears(RINGS))
        div.picture {
            (Region::new("what-needs-a-look", needing(&view)).hears(RINGS))
            (Region::new("map", map(&view)).hears(RINGS))
        }
        (Region::new("numbers", ladder(&view)).hears(RINGS))
        @if let Some(news) = &view.news {
            (Region::new("changes", changes::section(&view, news)).hears(RINGS))
        }
        (Region::new("incidents", at_home(&view.frame, &view.incidents)).hears(RINGS))
        (Region::new("room", html! {
            div.halves { (facts::coverage(&view)) (facts::positions(&view)) }
        }).hears(RINGS))
        (Region::new("every-jurisdiction", list::section(&view, wanted)).hears(RINGS))
    });
    Ok(since.kept(&desk, html))
}

/// What needs a look, the most urgent first.
fn needing(view: &View<'_>) -> Markup {
    let mut rows: Vec<&Row> = view.situation.rows.iter().filter(|row| needs_a_look(row)).collect();
    rows.sort_by_key(|row| (Reverse(look(row).urgency()), &row.name));
    let all = rows.len();
    let more = all.saturating_sub(SHOWN);
    let section = Section::new("look", "What needs a look")
        .tally(count(all as u64, "jurisdiction", "jurisdictions"))
        .body(html! {
            @if rows.is_empty() {
                (none_needs())
            } @else {
                ul.needing {
                    @for row in rows.iter().take(SHOWN) { (needy(row)) }
                }
            }
            @if more > 0 {
                p {
                    (link(
                        &format!("And {} more", grouped(more as u64)),
                        &Href::at(HERE).query("show", "look").hash("all"),
                    ))
                }
            }
        });
    html! { (section) }
}

fn needy(row: &Row) -> Markup {
    html! {
        li id={ "look-" (row.id) } {
            a href=(Href::at(HERE).join(&row.id)) { (row.name) }
            span.tags {
                @if let Some((rung, n)) = highest(row) {
                    (RungBadge(rung)) " " (soft(&count(n, "case", "cases"))) " "
                }
                @if row.incidents.open > 0 { (incidents_cell(&row.incidents)) " " }
                @if row.level >= Level::Above { (level_tag(row.level)) " " }
                @if !row.coverage.silent.is_empty() || row.coverage.wanting > 0 {
                    (coverage_tag(&row.coverage))
                }
            }
        }
    }
}

fn map(view: &View<'_>) -> Markup {
    let map = view.map();
    let section = Section::new("map", "Map")
        .actions(html! { a.to-list href=(Href::on_page("all")) { "The same as a list" } })
        .body(html! {
            figure.map-figure {
                (map)
                figcaption.unseen { "Each jurisdiction by what is most urgent there" }
                @if let Some(office) = view.office() { (office) }
                (Legend)
            }
            @if map.is_grid() {
                p.note { "One square for each jurisdiction, in the order of their names." }
            }
        });
    html! { (section) }
}

/// What stands on each rung, against what is normal at this hour.
fn ladder(view: &View<'_>) -> Markup {
    let whole = &view.situation.whole;
    let mut ladder = Ladder::new();
    for rung in Rung::ALL {
        let about = match rung {
            Rung::Scan => against(&whole.scans),
            Rung::Attempt => against(&whole.attempts),
            Rung::Access | Rung::Effect => new_words(view, rung),
        };
        let href = Href::at("/cases").query("rung", rung.name());
        ladder = ladder.on(rung, whole.open.of(rung), about, href);
    }
    let section =
        Section::new("ladder", "Open cases by rung").tally(above_words(view)).body(html! {
            (ladder)
            p.note {
                (footing(&whole.attempts)) " This hour of " (phase_words(view.situation.phase))
                " began at " (view.frame.clock.minute(view.situation.hour)) "."
            }
        });
    html! { (section) }
}

fn new_words(view: &View<'_>, rung: Rung) -> String {
    match view.situation.whole.new.of(rung) {
        0 => "none new this hour".to_owned(),
        n => format!("{} new this hour", grouped(n)),
    }
}

/// How many jurisdictions see more than usual.
fn above_words(view: &View<'_>) -> String {
    let whole = &view.situation.whole;
    match (whole.above, whole.far) {
        (0, _) => "no jurisdiction above usual".to_owned(),
        (n, 0) => format!("{} above usual", count(n as u64, "jurisdiction", "jurisdictions")),
        (n, far) => format!(
            "{} above usual, {} of them far",
            count(n as u64, "jurisdiction", "jurisdictions"),
            grouped(far as u64)
        ),
    }
}
