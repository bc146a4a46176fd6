//! What a case has to do with others: parts, places, shared sources, cases of before.

use std::collections::BTreeSet;

use maud::{Markup, html};
use ward_live::STATE;
use ward_store::cases::Line;

use super::{View, of};
use crate::pages::cases::heading;
use crate::ui::{self, Col, Href, RungBadge, Section, Table, cell, mono, soft};

/// The other jurisdictions that it touches: for the state's people alone, whoever else looks is
/// told how many there are.
pub(super) fn places(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    if !view.frame.is_state() {
        return html! {};
    }
    let own: BTreeSet<&str> = case.jurisdictions.iter().map(String::as_str).collect();
    let also = view.related.iter().flat_map(|other| other.jurisdictions.iter().map(String::as_str));
    let also: BTreeSet<&str> = also.filter(|id| !own.contains(id)).collect();
    let also: Vec<&str> = also.into_iter().collect();
    let here = if case.scope == STATE { "" } else { case.scope.as_str() };
    let touched: Vec<&str> = own.into_iter().filter(|id| *id != here).collect();
    let list = |ids: &[&str]| {
        html! {
            ul.names {
                @for id in ids {
                    li { (ui::link(view.frame.place(id), &Href::at("/cases").query("jurisdiction", id))) }
                }
            }
        }
    };
    let heading = if here.is_empty() { "Jurisdictions it touches" } else { "Other jurisdictions" };
    let section = Section::new("places", heading)
        .tally(ui::count(touched.len() as u64, "jurisdiction", "jurisdictions"))
        .body(html! {
            @if !touched.is_empty() { (list(&touched)) }
            @if !also.is_empty() {
                p { "The same sources are in cases of these as well:" }
                (list(&also))
            }
        });
    html! { @if !touched.is_empty() || !also.is_empty() { (section) } }
}

/// Cases that are parts of this one: they left the list, and stand here.
pub(super) fn parts(view: &View<'_>) -> Markup {
    let table = lines(view, "Cases that are parts of this one", &view.parts);
    let section = Section::new("parts", "Parts of this case")
        .tally(ui::count(view.parts.len() as u64, "case", "cases"))
        .body(html! { (table) });
    html! { @if !view.parts.is_empty() { (section) } }
}

/// Cases that were taken out of this one.
pub(super) fn split(view: &View<'_>) -> Markup {
    let table = lines(view, "Cases that were taken out of this one", &view.split);
    let section = Section::new("splits", "Taken out of this case").body(html! { (table) });
    html! { @if !view.split.is_empty() { (section) } }
}

fn lines(view: &View<'_>, caption: &str, all: &[Line]) -> Table<4> {
    let cols = [
        Col::head("Case"),
        Col::text("Rung"),
        Col::when("On the desk since"),
        Col::text("Who has it"),
    ];
    let mut table = Table::new(caption, cols).quiet();
    for line in all {
        table = table.marked(
            line.rung,
            [
                html! { (ui::link(&heading(&line.title), &of(&line.id))) " " (mono(&line.id)) },
                cell(RungBadge(line.rung)),
                cell(view.frame.clock.short(line.opened)),
                cell(line.owner.as_ref().map_or("Nobody", |owner| &owner.name)),
            ],
        );
    }
    table
}

pub(super) fn related(view: &View<'_>) -> Markup {
    let section = Section::new("related", "Cases that share a source").body(html! {
        ul {
            @for other in &view.related {
                li { (ui::link(&heading(&other.title), &of(&other.id))) " " (mono(&other.id)) }
            }
        }
    });
    html! { @if !view.related.is_empty() { (section) } }
}

/// What was decided about cases like it.
pub(super) fn alike(view: &View<'_>) -> Markup {
    let cols = [
        Col::head("Case"),
        Col::when("Last record"),
        Col::raw("In common"),
        Col::text("What was decided"),
    ];
    let mut table = Table::new("Closed cases of the same kind", cols).quiet();
    for one in &view.alike {
        let case = &one.filed.case;
        let decided = if one.filed.reason.is_empty() {
            html! { "Closed, without a reason" }
        } else {
            html! { "Closed: " (one.filed.reason) }
        };
        table = table.row([
            html! {
                (ui::link(&heading(&case.title), &of(&case.id)))
                @if let Some(owner) = &one.filed.owner { " " (soft(&owner.name)) }
            },
            cell(view.frame.clock.day(case.last)),
            html! { @for (i, mark) in one.shares.iter().enumerate() {
                @if i > 0 { ", " }
                code { (mark) }
            } },
            decided,
        ]);
    }
    let section = Section::new("alike", "Cases like it before").body(html! {
        p { "Of the same kind, closed, and from the same networks or at the same targets." }
        (table)
    });
    html! { @if !view.alike.is_empty() { (section) } }
}
