//! The wall: the situation for a room, read from five metres, by whoever passes.
//!
//! It says nothing that was written about people or by whoever reports: no name, no title of a case,
//! no place of an incident, no name of a sensor. What it says is counted or chosen from lists;
//! jurisdictions, elections and the points of the plan are public.
//! Nothing on it can be pressed, and it is dark whatever the browser wants.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::incident::{Kind as About, Stage, Voting};
use ward_desk::plan::Standing;
use ward_kernel::{Rung, Time};

use super::checklists::standing_tag;
use super::incidents::voting_tag;
use super::parts::{BELL, done};
use super::situation::words::against;
use super::situation::{RINGS, View};
use super::stand;
use crate::desk::Desk;
use crate::doing::{checklists, situation};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::map::Legend;
use crate::ui::{Href, Region, RungBadge, Tag, assets, count, grouped, length};
use crate::who::Who;

/// Incidents, and jurisdictions with silent sensors, that a wall has room for.
const INCIDENTS: usize = 4;
const SILENT: usize = 3;

/// The route.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "wall",
    verb: Verb::Get,
    path: "/wall",
    access: Access::Person(Act::SeeRoom),
    kind: Kind::Page,
    summary: "Shows the situation for a wall: large, dark, without personal data",
    handler: || get(show),
}];

/// A point of the plan that is to be done, and by how many it is not.
struct Deadline {
    text: String,
    until: Time,
    standing: Standing,
    missing: usize,
}

async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let view = View::load(&desk, &who, None).await?;
    let deadlines = deadlines(&desk, &view).await?;
    let here = Href::at("/wall");
    let page = view
        .frame
        .page(&here, "Wall")
        .heading("The situation")
        .wall()
        .live(Href::at(BELL))
        .as_of(view.frame.clock.exact(view.frame.now), here);
    done(page.render(&html! {
        (Region::new("clock", clock(&view)).hears(RINGS))
        (Region::new("how-it-stands", stand::state(view.known(false))).hears(RINGS))
        div.wall-halves {
            (Region::new("map", map(&view)).hears(RINGS))
            (Region::new("numbers", html! {
                (ladder(&view))
                (incidents(&view))
                (silence(&view))
            }).hears(RINGS))
        }
        (Region::new("room", html! { div.wall-foot { (room(&view, &deadlines)) } }).hears(RINGS))
        script src=(assets::wall_script()) defer {}
    }))
}

async fn deadlines(desk: &Desk, view: &View<'_>) -> Result<Vec<Deadline>, Refused> {
    let Some(election) = &view.situation.election else { return Ok(Vec::new()) };
    let mut read = desk.store.read().await?;
    let (plan, all) = (&desk.settings.plan, &view.frame.jurisdictions);
    let across = checklists::across(read.link(), plan, (election, all), view.frame.now).await?;
    drop(read);
    let open = across.into_iter().filter(|one| !one.missing.is_empty());
    let mut open: Vec<Deadline> = open
        .map(|one| Deadline {
            text: one.dated.point.text.to_string(),
            until: one.dated.until,
            standing: one.dated.standing,
            missing: one.missing.len(),
        })
        .collect();
    open.sort_by_key(|one| one.until);
    // What is far behind is known; what comes next is what a room looks up for.
    let past = open.iter().take_while(|one| one.until <= view.frame.now).count();
    open.drain(..past.saturating_sub(1));
    open.truncate(2);
    Ok(open)
}

fn clock(view: &View<'_>) -> Markup {
    let (clock, now) = (&view.frame.clock, view.frame.now);
    let phase = view.near().unwrap_or_else(|| "Ordinary time".to_owned());
    html! {
        p.clock data-clock=(clock.zone()) { (clock.minute(now)) }
        p.phase { (phase) }
    }
}

fn map(view: &View<'_>) -> Markup {
    html! {
        figure.map-figure {
            (view.map().still())
            figcaption.unseen { "Each jurisdiction by what is most urgent there" }
            @if let Some(office) = view.office() { (office.still()) }
            (Legend)
        }
    }
}

fn ladder(view: &View<'_>) -> Markup {
    let whole = &view.situation.whole;
    let about = |rung| match rung {
        Rung::Scan => against(&whole.scans),
        Rung::Attempt => against(&whole.attempts),
        Rung::Access | Rung::Effect => String::new(),
    };
    html! {
        section aria-labelledby="ladder" {
            h2 #ladder { "Open cases" }
            dl.wall-ladder {
                @for rung in Rung::ALL.into_iter().rev() {
                    @let n = whole.open.of(rung);
                    div data-none[n == 0] {
                        dt { (RungBadge(rung)) }
                        dd { span.n { (grouped(n)) } " " span.soft { (about(rung)) } }
                    }
                }
            }
        }
    }
}

/// Incidents by kind and place: how many of a kind a jurisdiction has, those first where people
/// cannot vote.
fn incidents(view: &View<'_>) -> Markup {
    let mut kinds: BTreeMap<(Option<Voting>, &str, About), (usize, usize)> = BTreeMap::new();
    for one in &view.incidents {
        let state = &one.state;
        let Some(report) = &state.report else { continue };
        let place = one.place.jurisdiction.as_deref().unwrap_or_default();
        let of_kind = (state.voting, view.frame.place(place), report.kind);
        let (n, new) = kinds.entry(of_kind).or_default();
        *n = n.saturating_add(1);
        *new = new.saturating_add(usize::from(state.stage == Stage::New));
    }
    let rest = kinds.len().saturating_sub(INCIDENTS);
    html! {
        section aria-labelledby="incidents" {
            h2 #incidents {
                "Incidents" " "
                span.tally {
                    (count(view.incidents.len() as u64, "open", "open"))
                    @if rest > 0 { ", the most urgent of them:" }
                }
            }
            @if kinds.is_empty() {
                p.soft { "No incident is open." }
            } @else {
                ul.wall-list {
                    @for ((voting, place, about), (n, new)) in kinds.iter().take(INCIDENTS) {
                        li {
                            strong { (brief(place)) } " " (about.label())
                            @if *n > 1 { " (" (n) ")" }
                            " " @if let Some(voting) = voting { (voting_tag(*voting)) }
                            " " @match (new, n) {
                                (0, _) => {}
                                (new, n) if new == n => (Tag::bad("Not taken")),
                                (new, _) => (Tag::bad(format!("{new} not taken"))),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A jurisdiction's name without what says only what it is.
fn brief(name: &str) -> &str {
    name.split_once(" of Election ").map_or(name, |(brief, _)| brief)
}

/// Who is not heard: by jurisdiction, for what people call a sensor may name a person.
fn silence(view: &View<'_>) -> Markup {
    let whole = &view.situation.whole;
    let mut silent: Vec<&situation::Row> =
        view.situation.rows.iter().filter(|row| !row.coverage.silent.is_empty()).collect();
    let longest = |row: &situation::Row| row.coverage.silent.iter().map(|one| one.since).min();
    silent.sort_by_key(|row| (longest(row), &row.name));
    let rest = silent.len().saturating_sub(SILENT);
    let now = view.frame.now;
    html! {
        section aria-labelledby="silence" {
            h2 #silence {
                "Sensors" " "
                span.tally {
                    (grouped(whole.coverage.heard as u64)) " of "
                    (grouped(whole.coverage.expected as u64)) " heard"
                    @if rest > 0 { ", silent at " (grouped(rest as u64)) " places more" }
                }
            }
            ul.wall-list.flows {
                @for row in silent.iter().take(SILENT) {
                    li {
                        strong { (brief(&row.name)) } " "
                        (Tag::silent(format!(
                            "{} silent, {}",
                            row.coverage.silent.len(),
                            longest(row).map_or_else(String::new, |at| length(now.since(at)))
                        )))
                    }
                }
                @if whole.unseen > 0 {
                    li { (Tag::silent(format!(
                        "{} of {} local authorities have no sensor",
                        grouped(whole.unseen as u64), grouped(whole.local as u64)
                    ))) }
                }
                @if let Some((_, answered, asked)) = &whole.check && answered < asked {
                    li { (Tag::warn(format!(
                        "{} of {} have answered the last check",
                        grouped(*answered as u64), grouped(*asked as u64)
                    ))) }
                }
            }
        }
    }
}

/// Which positions are held, and by when what has to be done. Not by whom.
fn room(view: &View<'_>, deadlines: &[Deadline]) -> Markup {
    let mut positions: Vec<_> = view
        .positions
        .iter()
        .map(|(post, held)| {
            let state = held.as_ref().map(|held| held.log.state());
            (post.label(), state.is_some_and(|state| state.held.is_some()))
        })
        .collect();
    positions.sort_by_key(|(_, held)| Reverse(!held));
    html! {
        section aria-labelledby="positions" {
            h2 #positions { "Positions" }
            ul.wall-posts {
                @for (label, held) in &positions {
                    li { @if *held { (Tag::good(*label)) } @else { (Tag::warn(format!("{label}: nobody"))) } }
                }
            }
        }
        @if !deadlines.is_empty() {
            section aria-labelledby="deadlines" {
                h2 #deadlines { "To be done" }
                ul.wall-list {
                    @for one in deadlines {
                        li {
                            @if one.standing == Standing::Overdue {
                                (standing_tag(one.standing)) " "
                            }
                            strong { (view.frame.clock.short(one.until)) } " " (one.text) " "
                            span.soft { "missing from " (grouped(one.missing as u64)) }
                        }
                    }
                }
            }
        }
    }
}
