//! One sensor: its streams, what it reports, and what can be done about it.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::{Act, Scope};
use ward_kernel::Time;
use ward_sensor::Status;
use ward_store::sensors::Sensor;
use ward_store::stream::Stream;

use super::parts::{BELL, Frame, done, go_to, wrong};
use crate::desk::Desk;
use crate::doing::hearing::{Ear, can_be_retired, drift_words, is_own};
use crate::doing::sensors::{NAME_MAX, found, rename as call, retire as end};
use crate::doing::streams::{read_words, streams_of};
use crate::doing::told;
use crate::fields::Sent;
use crate::refused::Answer;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Confirm, Empty, Errors, Facts, Field, Form, Go, Href, Notice, Page, Region, Section,
    Table, Tag, Width, cell, mono, none,
};
use crate::who::Who;
use crate::words::bytes;

/// Streams that the page lists.
const STREAMS: i64 = 200;

/// The page of one sensor and what it does.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "sensors.show",
        verb: Verb::Get,
        path: "/sensors/{id}",
        access: Access::Person(Act::SeeSensors),
        kind: Kind::Page,
        summary: "Shows one sensor: its streams and what it reports",
        handler: || get(show),
    },
    Route {
        name: "sensors.rename",
        verb: Verb::Post,
        path: "/sensors/{id}/name",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Calls a sensor by another name",
        handler: || post(rename),
    },
    Route {
        name: "sensors.retire.ask",
        verb: Verb::Get,
        path: "/sensors/{id}/retire",
        access: Access::Person(Act::RetireSensor),
        kind: Kind::Page,
        summary: "Says what retiring a sensor means before it happens",
        handler: || get(ask_retire),
    },
    Route {
        name: "sensors.retire",
        verb: Verb::Post,
        path: "/sensors/{id}/retire",
        access: Access::Person(Act::RetireSensor),
        kind: Kind::Page,
        summary: "Retires a sensor: nothing more is taken from it",
        handler: || post(retire),
    },
];

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    ear: Ear,
    streams: Vec<Stream>,
    /// The newest trouble with what it sent, as the desk found it.
    trouble: Option<String>,
}

impl<'a> View<'a> {
    /// Reads a sensor that whoever looks may act on by `act`; not found otherwise.
    async fn load(
        desk: &'a Desk,
        who: &'a Who,
        id: &str,
        act: Act,
    ) -> Result<Self, crate::refused::Refused> {
        let mut read = desk.store.read().await?;
        let sensor = found(read.link(), who, id, act).await?;
        let streams = streams_of(read.link(), id, STREAMS).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        let ear = Ear::new(sensor, frame.now);
        let trouble = desk.health.borrow().sensors.get(id).cloned();
        Ok(Self { frame, ear, streams, trouble })
    }

    fn page(&self, title: &str) -> Page {
        let page = self.frame.page(&self.ear.href(), title);
        page.crumb("Sensors", Href::at("/sensors"))
    }

    fn may(&self, act: Act, who: &Who) -> bool {
        who.may(act, Scope::Jurisdiction(&self.ear.sensor.jurisdiction))
    }
}

async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &id, Act::SeeSensors).await?;
    done(shown(&view, &who, &Errors::new(), None))
}

fn shown(view: &View<'_>, who: &Who, errors: &Errors, name: Option<&str>) -> ui::Html {
    let sensor = &view.ear.sensor;
    let open = sensor.retired.is_none();
    let mut page = view
        .page(&sensor.name)
        .failed(!errors.is_empty())
        .live(Href::at(BELL))
        .as_of(view.frame.clock.exact(view.frame.now), view.ear.href());
    if can_be_retired(sensor) && view.may(Act::RetireSensor, who) {
        let retire = Go::new("Retire this sensor", view.ear.href().join("retire")).second();
        page = page.actions(html! { (retire) });
    }
    let rename = (open && view.may(Act::EnrolSensor, who)).then(|| {
        let form = Form::new("rename", view.ear.href().join("name"), "Change the name")
            .inline()
            .field(
                Field::text("name", "Name of the sensor")
                    .value(name.unwrap_or(&sensor.name))
                    .max(NAME_MAX)
                    .width(Width::Medium),
            )
            .errors(errors);
        Section::new("naming", "Call it by another name").body(html! { (form) })
    });
    page.render(&html! {
        (Region::new("sensors", html! {
            (notice(view))
            (facts(view))
            (problems(view))
            (streams(view))
            (dropped(view))
        }))
        @if let Some(rename) = rename { (rename) }
    })
}

/// What one should know before anything else.
fn notice(view: &View<'_>) -> Markup {
    use ward_sensor::Hearing;
    let last = view.frame.clock.full(view.ear.sensor.heard);
    let notice = match view.ear.hearing {
        Some(Hearing::Silent { .. }) if is_own(&view.ear.sensor) => {
            Notice::bad("The desk receives nothing itself").body(html! {
                p { "Last at " (last) ". It tries again every few seconds; its own log says why it \
                     cannot. What machines send to it meanwhile is lost, unless they send again." }
            })
        }
        Some(Hearing::Silent { .. }) if view.ear.is_new() => Notice::warn("Not heard yet").body(html! {
            p { "It was enrolled at " (last) " and has sent nothing since. Is the program still \
                 running at the machine, and does its log say why it cannot send?" }
        }),
        Some(Hearing::Silent { .. }) => Notice::warn("Nothing is heard").body(html! {
            p { "Last heard at " (last) ". While it is silent, nobody can say what happens at the \
                 machines that it reads. Look whether its machine runs, whether the line to the \
                 desk is up, and what the program's own log says. What it reads meanwhile it keeps \
                 and sends later." }
        }),
        Some(Hearing::Drifting { by }) => Notice::warn(drift_words(by)).body(html! {
            p { "Sign-ins and requests of machines with different times cannot be set in order. \
                 Let the machine take its time from a time server." }
        }),
        Some(Hearing::Late { .. }) => Notice::info("It is behind").body(html! {
            p { "Records wait at the machine. It sends them as fast as the line lets it." }
        }),
        _ => return html! {},
    };
    html! { (notice) }
}

fn facts(view: &View<'_>) -> Markup {
    let (sensor, status, clock) = (&view.ear.sensor, &view.ear.status, &view.frame.clock);
    let ago = |at: Time| cell(clock.ago(at, view.frame.now));
    let mut facts = Facts::new()
        .row("State", cell(view.ear.tag(view.frame.now)))
        .row("Jurisdiction", cell(view.frame.place(&sensor.jurisdiction)));
    if view.ear.hearing.is_none() {
        facts = facts.row("What it is", cell("log files that people upload by hand"));
    } else {
        if is_own(sensor) {
            let what = "what machines send to the desk itself, with no sensor between";
            facts = facts.row("What it is", cell(what)).row("It listens on", listeners(status));
        }
        facts = facts.row("Last heard", if view.ear.is_new() { none() } else { ago(sensor.heard) });
    }
    facts = facts
        .row("Last record", sensor.newest.map_or_else(none, ago))
        .row(
            "Records taken in",
            html! {
                (ui::grouped(sensor.records)) " records, " (bytes(sensor.bytes))
            },
        )
        .row("Since", cell(clock.full(sensor.enrolled)));
    if let Some(retired) = sensor.retired {
        facts = facts.row("Retired", cell(clock.full(retired)));
    }
    if view.ear.hearing.is_some() && !sensor.report.is_empty() {
        facts = reported(facts, sensor, status);
    }
    facts = facts.row("Identifier", mono(&sensor.id));
    html! { (Section::new("facts", "What is known").body(html! { (facts) })) }
}

/// What a sensor last said of itself.
fn reported(facts: Facts, sensor: &Sensor, status: &Status) -> Facts {
    facts
        .row("Machine", if status.host.is_empty() { none() } else { mono(&status.host) })
        .row("Program", html! { "Ward " (status.version) })
        .row(
            "Waiting at the machine",
            html! {
                (ui::count(sensor.waiting, "batch", "batches")) " of records, "
                (bytes(status.spool_bytes))
                @if status.spool_limit > 0 { " of at most " (bytes(status.spool_limit)) }
            },
        )
        .row(
            "Dropped",
            html! {
                @if sensor.dropped == 0 { "nothing" } @else {
                    (Tag::bad(ui::count(sensor.dropped, "record", "records")))
                }
            },
        )
        .row(
            "Clock",
            match sensor.drift {
                by if by.saturating_abs() < 1_000_000 => cell("right, within a second"),
                by => cell(drift_words(by)),
            },
        )
}

/// Where the desk listens, and what came in there since it was started.
fn listeners(status: &Status) -> Markup {
    if status.sources.is_empty() {
        return none();
    }
    html! {
        ul {
            @for source in &status.sources {
                li { (mono(&source.name)) ": " (ui::count(source.records, "record", "records")) }
            }
        }
    }
}

fn problems(view: &View<'_>) -> Markup {
    let own = view.ear.status.problems.iter().cloned();
    let sources = view.ear.status.sources.iter().filter_map(|source| {
        source.problem.as_ref().map(|problem| format!("{}: {problem}", source.name))
    });
    let found = view.trouble.iter().map(|trouble| format!("Found at the desk: {trouble}"));
    let all: Vec<String> = found.chain(own).chain(sources).take(50).collect();
    if all.is_empty() {
        return html! {};
    }
    let section = Section::new("problems", "What it reports")
        .tally(ui::count(all.len() as u64, "problem", "problems"))
        .body(html! { ul { @for problem in &all { li { (problem) } } } });
    html! { (section) }
}

fn streams(view: &View<'_>) -> Markup {
    let clock = &view.frame.clock;
    let mut table = Table::new(
        "Streams of this sensor",
        [
            Col::head("Stream"),
            Col::text("Read as"),
            Col::when("Last record"),
            Col::number("Records"),
            Col::number("Still to read"),
        ],
    )
    .quiet()
    .none(Empty::new(
        "Nothing read yet",
        "The first lines show here a second after the sensor has read them.",
    ));
    for stream in &view.streams {
        let source = view.ear.status.sources.iter().find(|source| source.name == stream.name);
        let format = source
            .and_then(|source| source.format.as_deref())
            .or(Some(stream.format.as_str()))
            .filter(|format| !format.is_empty());
        table = table.row([
            mono(&stream.name),
            match format {
                Some(format) => cell(ward_live::label(format)),
                None => cell(read_words(stream, view.frame.now)),
            },
            cell(clock.ago(stream.newest, view.frame.now)),
            cell(ui::grouped(stream.records)),
            source.map_or_else(none, |source| cell(bytes(source.lag_bytes))),
        ]);
    }
    let section = Section::new("streams", "What it reads")
        .tally(match view.streams.len() {
            0 => "nothing yet".to_owned(),
            n if n as i64 >= STREAMS => format!("the newest {n}"),
            n => ui::count(n as u64, "stream", "streams"),
        })
        .body(html! { (table) });
    html! { (section) }
}

fn dropped(view: &View<'_>) -> Markup {
    let drops = &view.ear.status.dropped;
    if drops.is_empty() {
        return html! {};
    }
    let clock = &view.frame.clock;
    let mut table = Table::new(
        "Records that were dropped because the machine had no room for them",
        [
            Col::head("Stream"),
            Col::number("Records"),
            Col::number("Bytes"),
            Col::when("First"),
            Col::when("Last"),
        ],
    );
    for drop in drops.iter().take(100) {
        table = table.row([
            mono(&drop.source),
            cell(ui::grouped(drop.records)),
            cell(bytes(drop.bytes)),
            cell(clock.full(Time::from_micros(drop.first))),
            cell(clock.full(Time::from_micros(drop.last))),
        ]);
    }
    html! { (Section::new("dropped", "What is missing").body(html! { (table) })) }
}

async fn rename(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(sent): Sent,
) -> Answer {
    let name = sent.text("name");
    if let Err(errors) = told(call(&desk, &who, &id, name).await)? {
        let view = View::load(&desk, &who, &id, Act::EnrolSensor).await?;
        return wrong(shown(&view, &who, &errors, Some(name)));
    }
    go_to(&Href::at("/sensors").join(&id))
}

async fn ask_retire(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &id, Act::RetireSensor).await?;
    if !can_be_retired(&view.ear.sensor) {
        return go_to(&view.ear.href());
    }
    done(retiring(&view, &Errors::new()))
}

fn retiring(view: &View<'_>, errors: &Errors) -> ui::Html {
    let sensor = &view.ear.sensor;
    let place = view.frame.place(&sensor.jurisdiction);
    let confirm =
        Confirm::new("Retire this sensor", view.ear.href().join("retire"), view.ear.href())
            .happens("Nothing that it sends is taken in any more, and its key is of no more use.")
            .happens(format!(
                "What happens at the machines that it reads in {place} is not seen from then on."
            ))
            .happens("What it has sent stays, with the cases that stand on it.")
            .happens("To listen there again, a new sensor has to be enrolled.")
            .typed(&sensor.name)
            .errors(errors);
    view.page(&format!("Retire {}", sensor.name))
        .crumb(&sensor.name, view.ear.href())
        .failed(!errors.is_empty())
        .narrow()
        .render(&html! { (confirm) })
}

async fn retire(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(sent): Sent,
) -> Answer {
    let view = View::load(&desk, &who, &id, Act::RetireSensor).await?;
    if sent.text("confirm") != view.ear.sensor.name {
        let errors = Errors::new().add("confirm", "This is not the sensor's name.");
        return wrong(retiring(&view, &errors));
    }
    end(&desk, &who, &id).await?;
    go_to(&view.ear.href())
}
