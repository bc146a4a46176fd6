//! Sensors: what is heard, what is silent, and what is not seen at all.

use axum::extract::State;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::{Act, Jurisdiction};
use ward_kernel::time::SECOND;

use super::parts::{BELL, Frame, any, done, picked};
use crate::desk::Desk;
use crate::doing::hearing::{Ear, drift_words, ears, unseen};
use crate::fields::{Asked, Fields};
use crate::refused::Answer;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Disclosure, Empty, Go, Href, Region, Section, Stat, Stats, Table, Tag, cell, none,
};
use crate::who::Who;

/// The page of all sensors.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "sensors.list",
    verb: Verb::Get,
    path: "/sensors",
    access: Access::Person(Act::SeeSensors),
    kind: Kind::Page,
    summary: "Lists the sensors, how they are heard, and who has none",
    handler: || get(list),
}];

async fn list(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let narrowed = who.narrowed(Act::SeeSensors);
    let wanted = narrowed.or(asked.chosen("jurisdiction"));
    let ears = ears(read.link(), wanted, frame.now).await?;
    drop(read);
    let here = asked.again("/sensors", "");
    let unseen = match wanted {
        None => unseen(&frame.places_for(Act::SeeSensors), &ears),
        Some(_) => Vec::new(),
    };
    let title = if frame.is_state() { "Sensors" } else { "Your sensors" };
    let mut page = frame
        .page(&here, title)
        .lead(
            "A sensor is a small program that sends what a machine logs. Silence is news: a \
               sensor that is not heard shows here within a minute.",
        )
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    if frame.sees(Act::EnrolSensor) {
        page = page.actions(html! {
            (Go::new("Enrol a sensor", Href::at("/sensors/new")))
            " "
            (Go::new("Upload a log file", Href::at("/sensors/upload")).second())
        });
    } else if frame.sees(Act::UploadRecords) {
        let upload = Go::new("Upload a log file", Href::at("/sensors/upload")).second();
        page = page.actions(html! { (upload) });
    }
    let filter =
        (narrowed.is_none() && frame.jurisdictions.len() > 1).then(|| filter(&frame, &asked));
    done(page.render(&html! {
        @if let Some(filter) = filter { (filter) }
        (Region::new("sensors", html! {
            @if !ears.is_empty() {
                (Section::new("heard", "How they are heard")
                    .body(tiles(&frame, &ears, unseen.len())))
            }
            (Section::new("list", "All sensors").body(table(&frame, &ears)))
            @if !unseen.is_empty() { (unseen_section(&frame, &unseen)) }
        }))
    }))
}

fn filter(frame: &Frame<'_>, asked: &Fields) -> Markup {
    let mut places = any("jurisdiction", "Jurisdiction", "All");
    for one in frame.jurisdictions.iter() {
        places = places.option(&one.id, &one.name);
    }
    let form = ui::Form::new("filter", Href::at("/sensors"), "Show").get().inline();
    html! { (form.field(picked(places, asked, "jurisdiction"))) }
}

fn tiles(frame: &Frame<'_>, ears: &[Ear], unseen: usize) -> Markup {
    let expected = ears.iter().filter(|ear| ear.is_expected()).count();
    let silent = ears.iter().filter(|ear| ear.is_silent()).count();
    let wanting = ears.iter().filter(|ear| ear.is_wanting()).count();
    let records = ears.iter().fold(0_u64, |sum, ear| sum.saturating_add(ear.sensor.records));
    let heard = ears.iter().filter(|ear| ear.is_heard()).count();
    let new = expected.saturating_sub(heard).saturating_sub(silent);
    let mut stats = Stats::new()
        .with(
            Stat::new("Heard", format!("{heard} of {expected}"))
                .unit("sensors")
                .state(match (silent, new) {
                    (0, 0) => ui::State::Good,
                    (0, _) => ui::State::Plain,
                    _ => ui::State::Silent,
                })
                .note(match (silent, new) {
                    (0, 0) => "every one of them".to_owned(),
                    (0, 1) => "1 was just enrolled".to_owned(),
                    (0, n) => format!("{n} were just enrolled"),
                    (1, _) => "1 is silent".to_owned(),
                    (n, _) => format!("{n} are silent"),
                }),
        )
        .with(match wanting.saturating_sub(silent) {
            0 => Stat::new("Late or drifting", "0").unit("sensors"),
            n => Stat::new("Late or drifting", n.to_string())
                .unit("sensors")
                .state(ui::State::Warn)
                .note("see the list"),
        })
        .with(Stat::new("Records taken in", ui::grouped(records)).note("since they were enrolled"));
    if frame.is_state() {
        stats = stats.with(match unseen {
            0 => Stat::new("Not seen at all", "0").unit("jurisdictions"),
            n => Stat::new("Not seen at all", n.to_string())
                .unit(if n == 1 { "jurisdiction" } else { "jurisdictions" })
                .state(ui::State::Warn)
                .note("nothing can be said of them")
                .link(Href::on_page("unseen")),
        });
    }
    html! { (stats) }
}

fn table(frame: &Frame<'_>, ears: &[Ear]) -> Markup {
    let empty = Empty::new(
        "No sensor yet",
        "Nothing can be said of machines that nobody listens to. Enrolling one takes five \
         minutes and one line to paste.",
    );
    let empty = if frame.sees(Act::EnrolSensor) {
        empty.action("Enrol the first sensor", Href::at("/sensors/new"))
    } else {
        empty
    };
    let mut table = Table::new(
        "Sensors by jurisdiction",
        [
            Col::head("Sensor"),
            Col::text("Jurisdiction"),
            Col::text("State"),
            Col::when("Last heard"),
            Col::when("Last record"),
            Col::number("Records"),
            Col::number("Waiting"),
            Col::number("Dropped"),
            Col::text("Clock"),
            Col::text("Version"),
        ],
    )
    .none(empty)
    .quiet();
    if !ears.is_empty() {
        table = table.note(
            "Waiting: batches (bundles of records) that the sensor has not sent yet. Dropped: \
             records that it had to let go because its machine had no room for them.",
        );
    }
    for ear in ears {
        table = table.row(row(frame, ear));
    }
    html! { (table) }
}

fn row(frame: &Frame<'_>, ear: &Ear) -> [Markup; 10] {
    let sensor = &ear.sensor;
    let ago = |at| cell(frame.clock.ago(at, frame.now));
    [
        ui::link(&sensor.name, &ear.href()),
        cell(frame.place(&sensor.jurisdiction)),
        cell(ear.tag(frame.now)),
        if ear.is_new() { none() } else { ago(sensor.heard) },
        sensor.newest.map_or_else(none, ago),
        cell(ui::grouped(sensor.records)),
        waiting(sensor.waiting),
        waiting(sensor.dropped),
        drift(ear),
        if ear.status.version.is_empty() { none() } else { cell(&ear.status.version) },
    ]
}

fn waiting(count: u64) -> Markup {
    if count == 0 { cell("0") } else { cell(Tag::warn(ui::grouped(count))) }
}

fn drift(ear: &Ear) -> Markup {
    match ear.sensor.drift {
        _ if !ear.is_expected() || ear.is_new() => none(),
        by if by.saturating_abs() < SECOND => cell("right"),
        by => cell(drift_words(by).trim_start_matches("Clock ").to_owned()),
    }
}

fn unseen_section(frame: &Frame<'_>, unseen: &[&Jurisdiction]) -> Markup {
    let enrols = frame.sees(Act::EnrolSensor);
    let all = frame.jurisdictions.len();
    let list = html! {
        ul {
            @for one in unseen {
                li {
                    @if enrols {
                        a href=(Href::at("/sensors/new").query("jurisdiction", &one.id)) {
                            (one.name)
                        }
                    } @else {
                        (one.name)
                    }
                }
            }
        }
    };
    let names = Disclosure::new(
        ui::count(
            unseen.len() as u64,
            "jurisdiction without a sensor",
            "jurisdictions without a sensor",
        ),
        list,
    );
    let section = Section::new("unseen", "Not seen at all")
        .tally(format!("{} of {all}", unseen.len()))
        .body(html! {
            p { "No sensor sends anything from here, so that nothing can be said of it: neither \
                 that somebody tried to get in, nor that nobody did." }
            (names.open_if(unseen.len() <= 12))
        });
    html! { (section) }
}
