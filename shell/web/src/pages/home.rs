//! Home: how it stands, in one sentence, and what cannot be said.

mod begin;
mod local;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use maud::{Markup, html};
use ward_access::{Act, JurisdictionKind, Stage};
use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{Rung, Time};
use ward_store::cases::{self, Filter, Line};
use ward_store::{batch, meta};

use super::case::beside;
use super::cases::lines::listed;
use super::incidents::{self, Listed, at_home};
use super::parts::{BELL, Frame, done};
use super::room::{Asked, asked_of};
use super::stand::{self, BEHIND, LOOKED};
use crate::desk::{Desk, Health};
use crate::doing::checklists::{DueHere, due_here};
use crate::doing::hearing::{Ear, ears, unseen};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Col, Empty, Go, Href, Ladder, Notice, Region, Section, Stat, Stats, Table, cell, none,
};
use crate::who::Who;
use ward_store::office::{MAIL, PHONE};

/// Cases that the page shows.
const SHOWN: usize = 10;

/// The home page.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "home",
    verb: Verb::Get,
    path: "/",
    access: Access::Stage(Stage::Full),
    kind: Kind::Page,
    summary: "Says how it stands: for the state, or for one's own office",
    handler: || get(home),
}];

/// What the page is about.
pub(super) struct View<'a> {
    pub(super) frame: Frame<'a>,
    /// The scope whose cases it shows.
    scope: &'a str,
    /// Open cases from attempts on, the most urgent first.
    pub(super) urgent: Vec<Line>,
    /// What the state's desk makes of the first of them, for a local authority; by their ids.
    made: BTreeMap<String, &'static str>,
    /// Cases by rung that were opened in the last day, from attempts on.
    pub(super) day: [u64; 4],
    /// The last record of any effort that was ever on the desk.
    pub(super) last_effort: Option<Time>,
    pub(super) ears: Vec<Ear>,
    /// What the desk wants still before it is of use.
    wants: Vec<begin::Want>,
    /// Open incidents, the most urgent first.
    incidents: Vec<Listed>,
    /// What the state's desk asks of a local authority.
    asked: Vec<Asked>,
    /// What its checklists ask of it now.
    due: Vec<DueHere>,
    /// Local authorities that no sensor sees, and how many there are.
    pub(super) unseen: (usize, usize),
    /// Whether no sensor sees the state's own office.
    pub(super) office_unseen: bool,
    /// Records taken in within the hour.
    pub(super) hour: u64,
    pub(super) health: Health,
    /// Batches that are taken in and not judged.
    pub(super) behind: u64,
    /// The telephone of the state's desk; may be empty.
    pub(super) phone: String,
    mail: String,
}

async fn home(State(desk): State<Desk>, who: Who) -> Answer {
    if who.reach(Act::SeeCases) == ward_access::Reach::Nothing {
        return guest(&desk, &who).await;
    }
    let view = load(&desk, &who).await?;
    let here = Href::at("/");
    let heading = match who.narrowed(Act::SeeCases) {
        None => "The whole state",
        Some(own) => view.frame.place(own),
    };
    let page = view
        .frame
        .page(&here, "Home")
        .heading(heading)
        .live(Href::at(BELL))
        .as_of(view.frame.clock.exact(view.frame.now), here);
    done(if view.frame.is_state() {
        let there = Go::new("The situation", Href::at("/situation"));
        page.actions(html! { (there) }).render(&state(&view))
    } else {
        page.actions(local::actions(&view)).render(&local::show(&view))
    })
}

async fn load<'a>(desk: &'a Desk, who: &'a Who) -> Result<View<'a>, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let (scope, own) = (who.case_scope(), who.narrowed(Act::SeeSensors));
    let efforts = Filter { rung: Some(Rung::Attempt), ..Filter::default() };
    let past = Filter { with_past: true, ..efforts.clone() };
    let mut urgent = cases::list(read.link(), scope, &efforts, LOOKED, 0).await?;
    urgent.retain(|line| !line.authorised && line.handling != cases::Handling::Closed);
    let shown = urgent.iter().take(if own.is_some() { local::SHOWN } else { 0 });
    let made = beside::at_home(read.link(), shown).await?;
    let past = cases::list(read.link(), scope, &past, LOOKED, 0).await?;
    let ears = ears(read.link(), own, frame.now).await?;
    let incidents = incidents::open(read.link(), who).await?;
    let wants = begin::wants(read.link(), who, &ears).await?;
    let asked = asked_of(who, read.link()).await?;
    let due = due_here(read.link(), desk, who, frame.now).await?;
    let hour = batch::taken_since(read.link(), frame.now.plus(-HOUR), own).await?;
    let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
    let mail = meta::get(read.link(), MAIL).await?.unwrap_or_default();
    drop(read);
    let mut day = [0_u64; 4];
    let real = || past.iter().filter(|line| !line.authorised);
    for line in real().filter(|line| frame.now.since(line.opened) < DAY) {
        if let Some(count) = day.get_mut(line.rung as usize) {
            *count = count.saturating_add(1);
        }
    }
    let last_effort = real().map(|line| line.last).max();
    let (office, local): (Vec<_>, Vec<_>) = frame
        .places_for(Act::SeeSensors)
        .into_iter()
        .partition(|one| one.kind == JurisdictionKind::State);
    let office_unseen = !unseen(&office, &ears).is_empty();
    let unseen = (unseen(&local, &ears).len(), local.len());
    let health = desk.health.borrow().clone();
    let behind = desk.behind();
    Ok(View {
        frame,
        scope,
        urgent,
        made,
        day,
        last_effort,
        ears,
        wants,
        incidents,
        asked,
        due,
        unseen,
        office_unseen,
        hour,
        health,
        behind,
        phone,
        mail,
    })
}

impl View<'_> {
    /// Whether records wait so long that the page may not have the newest.
    pub(super) const fn is_behind(&self) -> bool {
        self.health.ready && self.behind > BEHIND
    }

    /// Whether the memory of the judging did not hold every source that whoever looks may see.
    pub(super) fn is_folded(&self) -> bool {
        self.health.folded.iter().any(|scope| self.frame.is_state() || scope == self.scope)
    }
}

fn state(view: &View<'_>) -> Markup {
    html! {
        (Region::new("cases", html! {
            (stand::state(view))
            (begin::show(&view.wants))
            (ladder(view))
            (urgent(view))
        }))
        (Region::new("room", html! { (at_home(&view.frame, &view.incidents)) }))
        (Region::new("sensors", html! {
            (sensors(view))
            (desk_section(view))
        }))
    }
}

fn ladder(view: &View<'_>) -> Markup {
    let mut ladder = Ladder::new();
    for rung in Rung::ALL {
        let about = match (rung, view.day.get(rung as usize).copied().unwrap_or(0)) {
            (Rung::Scan, _) => "open campaigns".to_owned(),
            (_, 0) => "none new in 24 h".to_owned(),
            (_, new) => format!("{} new in 24 h", ui::grouped(new)),
        };
        let href = Href::at("/cases").query("rung", rung.name());
        ladder = ladder.on(rung, view.frame.counts.of(rung), about, href);
    }
    html! { (Section::new("ladder", "Open cases by rung").body(html! { (ladder) })) }
}

fn urgent(view: &View<'_>) -> Markup {
    let shown = view.urgent.iter().take(SHOWN);
    let all = Go::new("All cases", Href::at("/cases")).second();
    let section = Section::new("urgent", "Efforts to get access")
        .tally(match view.frame.efforts() {
            n if n > SHOWN as u64 => format!("{SHOWN} of {}", ui::grouped(n)),
            n => ui::count(n, "open case", "open cases"),
        })
        .actions(html! { (all) })
        .body(listed(&view.frame, "The most urgent open cases", shown, "No effort is open"));
    html! { (section) }
}

fn sensors(view: &View<'_>) -> Markup {
    let wanting: Vec<&Ear> = view.ears.iter().filter(|ear| ear.is_wanting()).collect();
    let expected = view.ears.iter().filter(|ear| ear.is_expected()).count();
    let heard = view.ears.iter().filter(|ear| ear.is_heard()).count();
    let frame = &view.frame;
    let mut table = Table::new(
        "Sensors that need a look",
        [
            Col::head("Sensor"),
            Col::text("Jurisdiction"),
            Col::text("State"),
            Col::when("Last heard"),
        ],
    )
    .quiet();
    let ago = |at| cell(frame.clock.ago(at, frame.now));
    for ear in wanting.iter().take(20) {
        table = table.row([
            ui::link(&ear.sensor.name, &ear.href()),
            cell(frame.place(&ear.sensor.jurisdiction)),
            cell(ear.tag(frame.now)),
            if ear.is_new() { none() } else { ago(ear.sensor.heard) },
        ]);
    }
    let all = Go::new("All sensors", Href::at("/sensors")).second();
    let section = Section::new("sensors", "Sensors")
        .tally(match (expected, wanting.len()) {
            (0, _) => "none yet".to_owned(),
            (n, 0) => format!("{heard} of {n} heard"),
            (n, wanting) => format!("{wanting} of {n} need a look"),
        })
        .actions(html! { (all) })
        .body(html! {
            @if !wanting.is_empty() { (table) }
            @if wanting.len() > 20 { p { "And " (wanting.len() - 20) " more." } }
            @if wanting.is_empty() { (quiet(view, expected, heard)) }
        });
    html! { (section) }
}

/// What stands under "Sensors" when none needs a look.
fn quiet(view: &View<'_>, expected: usize, heard: usize) -> Markup {
    if expected > 0 {
        let new = expected.saturating_sub(heard) as u64;
        let words = match (new, heard) {
            (0, _) => "Every sensor is heard, with its clock right.".to_owned(),
            (n, 0) => format!("{} just enrolled.", ui::count(n, "sensor was", "sensors were")),
            (n, _) => format!(
                "{} just enrolled; every other is heard, with its clock right.",
                ui::count(n, "sensor was", "sensors were")
            ),
        };
        return html! { p { (words) " " (records(view)) "." } };
    }
    let empty = Empty::new(
        "Nothing is seen yet",
        "A sensor sends what a machine logs. Enrolling one takes five minutes.",
    );
    let empty = if view.frame.sees(Act::EnrolSensor) {
        empty.action("Enrol the first sensor", Href::at("/sensors/new"))
    } else {
        empty
    };
    html! { (empty) }
}

fn records(view: &View<'_>) -> String {
    let verb = if view.hour == 1 { "was" } else { "were" };
    format!("{} {verb} taken in within the last hour", ui::count(view.hour, "record", "records"))
}

/// How the desk itself is.
fn desk_section(view: &View<'_>) -> Markup {
    let health = &view.health;
    let judging = match (health.ready, view.behind) {
        (false, _) => Stat::new("Judging", "starting").state(ui::State::Warn).note(format!(
            "records of the last days are read again{}",
            health.reading.map(|share| format!(": {share} %")).unwrap_or_default()
        )),
        (true, behind) if view.is_behind() => Stat::new("Judging", ui::grouped(behind))
            .unit("batches behind")
            .state(ui::State::Warn)
            .note("records wait to be judged; the newest show later"),
        (true, _) if health.records == 0 => {
            Stat::new("Judging", "ready").note("no record has come since the start")
        }
        (true, _) => Stat::new("New records are judged in", tenths(health.quick_micros))
            .unit("ms")
            .note(format!("all of the last days in {} ms", tenths(health.full_micros))),
    };
    let newest = if health.newest == Time::default() {
        "none since the start".to_owned()
    } else {
        format!("the newest {}", view.frame.clock.ago(health.newest, view.frame.now).words())
    };
    let stats = Stats::new()
        .with(Stat::new("Records in the last hour", ui::grouped(view.hour)).note(newest))
        .with(judging)
        .with(
            Stat::new("Judged since the desk started", ui::grouped(health.records)).unit("records"),
        );
    let trouble = health.trouble.iter().take(5);
    let unreachable = view.phone.is_empty() && view.frame.sees(Act::ChangeSettings);
    let section = Section::new("desk", "The desk itself").body(html! {
        @for sentence in trouble { (Notice::bad(sentence.as_str())) }
        @if unreachable {
            (Notice::info("Local offices are told to call the state's desk and not at which number")
                .action("Write down the telephone", Href::at("/settings")))
        }
        (stats)
    });
    html! { (section) }
}

/// Microseconds as milliseconds with one decimal.
fn tenths(micros: u64) -> String {
    let tenths = micros.saturating_add(50) / 100;
    if tenths == 0 {
        return "under 0.1".to_owned();
    }
    format!("{}.{}", ui::grouped(tenths / 10), tenths % 10)
}

/// The page of those who see no cases.
async fn guest(desk: &Desk, who: &Who) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
    let mail = meta::get(read.link(), MAIL).await?.unwrap_or_default();
    drop(read);
    let page = frame.page(&Href::at("/"), "Home").heading("Welcome").narrow();
    let empty = Empty::new(
        "Nothing is shared with you here",
        "Cases, incidents and sensors are for the state's office and its local authorities. What a \
         partner has to know, the state's desk tells by telephone or mail.",
    )
    .action("Open your account", Href::at("/account"));
    let call = Section::new("call", "Who to call").body(local::numbers(&phone, &mail));
    Ok(page.render(&html! { (empty) (call) }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds() {
        assert_eq!(tenths(49), "under 0.1");
        assert_eq!(tenths(1_260), "1.3");
        assert_eq!(tenths(2_000_000), "2,000.0");
    }
}
