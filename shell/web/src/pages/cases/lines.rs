//! The lines of the queue, and those of other pages that list cases.

use maud::{Markup, html};
use ward_store::cases::{Filter, Line, SEVERAL};

use super::{Shown, empty, heading};
use crate::doing::queue::{Fold, Row, TOLD};
use crate::fields::Fields;
use crate::pages::parts::{Frame, standing};
use crate::ui::{self, Col, Empty, Href, RungBadge, Section, Table, cell, soft};
use crate::words::kind_words;

fn queued(caption: &str) -> Table<7> {
    let cols = [
        Col::head("Case"),
        Col::text("Rung"),
        Col::text("Where"),
        Col::when("On the desk"),
        Col::when("Last record"),
        Col::text("Who has it"),
        Col::text("Standing"),
    ];
    Table::new(caption, cols).quiet()
}

/// What a fold holds and one would overlook there.
pub(super) fn new(frame: &Frame<'_>, shown: &Shown) -> Markup {
    let Shown::Folded(queue) = shown else { return html! {} };
    let mut table = queued("New cases that nobody has, the newest first");
    for line in &queue.new {
        table = table.marked(line.rung, one_line(frame, line));
    }
    let section = Section::new("new", "New, and nobody has them")
        .tally(match queue.new.len() {
            TOLD => format!("the newest {TOLD}"),
            n => ui::count(n as u64, "case", "cases"),
        })
        .body(html! {
            p { "Opened within the last 15 minutes. The lines below count them as well." }
            (table)
        });
    html! { @if !queue.new.is_empty() { (section) } }
}

/// The queue itself.
pub(super) fn table(
    frame: &Frame<'_>,
    (asked, filter): (&Fields, &Filter),
    shown: &Shown,
) -> Markup {
    let mut table =
        queued("Cases, the highest rung first, then what waits longest").none(empty(asked));
    match shown {
        Shown::Folded(queue) => {
            for one in &queue.rows {
                table = match one {
                    Row::Case(line) => table.marked(line.rung, one_line(frame, line)),
                    Row::Fold(fold) => {
                        table.marked(fold.rung, folded(frame, (asked, filter), fold))
                    }
                };
            }
        }
        Shown::Each { lines, .. } => {
            for line in lines {
                table = table.marked(line.rung, one_line(frame, line));
            }
        }
    }
    html! { (table) }
}

/// A case in a line of the queue.
fn one_line(frame: &Frame<'_>, line: &Line) -> [Markup; 7] {
    let clock = &frame.clock;
    [
        html! {
            (ui::link(&heading(&line.title), &Href::at("/cases").join(&line.id)))
            div { (soft(kind_words(&line.kind))) }
        },
        // In one piece, which a narrow screen keeps together.
        html! {
            div {
                (RungBadge(line.rung))
                @if line.rung != line.judged { br; (soft(&format!("judged {}", line.judged))) }
            }
        },
        frame.places(&line.jurisdictions),
        cell(clock.ago(line.opened, frame.now)),
        cell(clock.ago(line.last, frame.now)),
        match &line.owner {
            Some(owner) => cell(&owner.name),
            None => soft("Nobody"),
        },
        cell(standing(&line.standing, line.handling, line.authorised)),
    ]
}

/// Many cases in a line: how many, what they have in common, and where they open.
fn folded(frame: &Frame<'_>, (asked, filter): (&Fields, &Filter), fold: &Fold) -> [Markup; 7] {
    let clock = &frame.clock;
    let cases = ui::count(fold.cases, "case", "cases");
    let (words, why) = match &fold.kind {
        Some(kind) => (format!("{cases}: {}", kind_words(kind)), "they are alike"),
        None => (format!("{cases} of this rung"), "they are many"),
    };
    [
        html! {
            (ui::link(&words, &unfolded(frame, asked, fold)))
            div { (soft(&format!("In one line, because {why}"))) }
        },
        cell(RungBadge(fold.rung)),
        match fold.place.as_deref() {
            _ if !frame.is_state() => cell("Your office"),
            None => soft("Different"),
            Some(SEVERAL) => cell("Several each"),
            Some("") => ui::none(),
            Some(id) => cell(frame.place(id)),
        },
        html! { span { "since " (clock.ago(fold.opened, frame.now)) } },
        cell(clock.ago(fold.last, frame.now)),
        match &fold.owner {
            None => soft("Different"),
            Some(None) => soft("Nobody"),
            Some(Some(owner)) => cell(&owner.name),
        },
        match filter.handling.filter(|_| !filter.with_past) {
            Some(handling) => cell(standing("open", handling, false)),
            None => soft("Different"),
        },
    ]
}

/// Where a fold opens: what was asked for, narrowed by what its cases have in common.
fn unfolded(frame: &Frame<'_>, asked: &Fields, fold: &Fold) -> Href {
    let kind = fold.kind.as_deref().map(|kind| ("kind", kind));
    let place = fold.place.as_deref().filter(|_| frame.is_state()).map(|place| match place {
        SEVERAL => ("place", "several"),
        "" => ("place", "none"),
        id => ("place", id),
    });
    let owner = fold.owner.as_ref();
    let owner = owner.map(|owner| ("owner", owner.as_ref().map_or("nobody", |owner| &owner.id)));
    let rung = ("rung", fold.rung.name());
    let own = [Some(rung), Some(("alone", "yes")), Some(("each", "yes")), kind, place, owner];
    let own: Vec<(&str, &str)> = own.into_iter().flatten().collect();
    let replaced: Vec<&str> = own.iter().map(|(name, _)| *name).chain(["page"]).collect();
    let rest = asked.without("/cases", &replaced);
    own.into_iter().fold(rest, |href, (name, value)| href.query(name, value))
}

/// Cases on another page, such as the home page: when they were seen, and how often.
pub(in crate::pages) fn listed<'a>(
    frame: &Frame<'_>,
    caption: &str,
    lines: impl IntoIterator<Item = &'a Line>,
    none: &str,
) -> Markup {
    let cols = [
        Col::head("Case"),
        Col::text("Rung"),
        Col::text("Where"),
        Col::when("First record"),
        Col::when("Last record"),
        Col::number("Records"),
        Col::text("Standing"),
    ];
    let why = "An effort to get access shows here within a second of its record.";
    let mut table = Table::new(caption, cols).quiet().none(Empty::new(none, why));
    let clock = &frame.clock;
    for line in lines {
        let cells = [
            ui::link(&heading(&line.title), &Href::at("/cases").join(&line.id)),
            cell(RungBadge(line.rung)),
            frame.places(&line.jurisdictions),
            cell(clock.short(line.first)),
            cell(clock.ago(line.last, frame.now)),
            cell(ui::grouped(line.records)),
            cell(standing(&line.standing, line.handling, line.authorised)),
        ];
        table = table.marked(line.rung, cells);
    }
    html! { (table) }
}
