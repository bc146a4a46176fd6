//! Everything of one jurisdiction on one page.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Jurisdiction, JurisdictionKind};
use ward_kernel::Rung;
use ward_store::cases::{self, Filter, Line};
use ward_store::hours::{self, Hour};
use ward_store::logbook;

use super::words::{
    against, coverage_tag, footing, incidents_cell, level_tag, reached_cell, rung_cell, words,
};
use super::{HERE, RINGS};
use crate::desk::Desk;
use crate::doing::hearing::{Ear, ears};
use crate::doing::room::of_state;
use crate::doing::situation::{self, Row};
use crate::doing::standing;
use crate::pages::cases::lines::listed;
use crate::pages::incidents::{self, Listed};
use crate::pages::parts::{BELL, Frame, done};
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{
    Col, Empty, Facts, Go, HourStrip, Href, Region, Section, Table, cell, count, grouped, link,
    none,
};
use crate::who::Who;

/// Hours that are drawn.
const HOURS: i64 = 48;
/// Cases and incidents that are listed.
const SHOWN: i64 = 25;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    row: Row,
    /// Other authorities that serve a part of the same county.
    beside: Vec<Jurisdiction>,
    cases: Vec<Line>,
    incidents: Vec<Listed>,
    ears: Vec<Ear>,
    hours: Vec<Hour>,
    now: i64,
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &id).await?;
    let (row, frame) = (&view.row, &view.frame);
    let here = Href::at(HERE).join(&row.id);
    let page = frame
        .page(&here, row.name.as_str())
        .crumb("Situation", Href::at(HERE))
        .lead(format!("Now: {}.", words(row)))
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here)
        .actions(html! {
            @if frame.sees(Act::SeeContacts) {
                (Go::new("Contacts", Href::at("/contacts").join(&row.id)).second())
            }
        });
    done(page.render(&html! {
        (Region::new("now", view.now_section()).hears(RINGS))
        (Region::new("incidents", view.incidents_section()).hears("room"))
        (Region::new("cases", view.cases_section()))
        (Region::new("sensors", view.sensors_section()))
        (view.hours_section())
    }))
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        of_state(who, Act::SeeRoom)?;
        let mut read = desk.store.read().await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        let whole = situation::load(read.link(), desk, who, frame.now).await?;
        let row = whole.rows.into_iter().find(|row| row.id == id).ok_or_else(not_found)?;
        let touching = Filter {
            jurisdiction: Some(row.id.clone()),
            rung: Some(Rung::Attempt),
            ..Filter::default()
        };
        let cases = cases::list(read.link(), who.case_scope(), &touching, SHOWN, 0).await?;
        let of = logbook::Filter { jurisdiction: Some(&row.id), open: None };
        let mut incidents: Vec<Listed> = standing::list(read.link(), of, SHOWN).await?;
        incidents.sort_by_key(|one| (!one.place.open, one.state.voting));
        let ears = ears(read.link(), Some(&row.id), frame.now).await?;
        let now = hours::hour_of(frame.now);
        let mut hours = hours::between(read.link(), now.saturating_sub(HOURS - 1), now).await?;
        drop(read);
        hours.retain(|hour| hour.scope == row.id);
        let shares = |one: &&Jurisdiction| {
            one.id != row.id && one.counties.iter().any(|county| row.counties.contains(county))
        };
        let beside = frame.jurisdictions.iter().filter(shares).cloned().collect();
        Ok(Self { frame, row, beside, cases, incidents, ears, hours, now })
    }

    fn now_section(&self) -> Markup {
        let row = &self.row;
        let mut facts = Facts::new()
            .row("Highest rung", rung_cell(row))
            .row("This hour", html! { (level_tag(row.level)) })
            .row("Attempts", cell(against(&row.attempts)))
            .row("Scans", cell(against(&row.scans)))
            .row("Sensors", html! { (coverage_tag(&row.coverage)) })
            .row("Incidents", incidents_cell(&row.incidents))
            .row("Last check", reached_cell(&self.frame, row.reached.as_ref()));
        if row.kind != JurisdictionKind::State {
            facts = facts.row("Serves", cell(row.counties.join(", ")));
        }
        if !self.beside.is_empty() {
            facts = facts.row(
                "Beside it",
                html! {
                    @for (at, other) in self.beside.iter().enumerate() {
                        @if at > 0 { ", " }
                        (link(&other.name, &Href::at(HERE).join(&other.id)))
                    }
                },
            );
        }
        let section = Section::new("now", "Now").body(html! {
            (facts)
            p.note { (footing(&row.attempts)) }
        });
        html! { (section) }
    }

    fn incidents_section(&self) -> Markup {
        let none = Empty::new("No incident", "What anybody reports of this place shows here.");
        let section = Section::new("incidents", "Incidents")
            .tally(count(self.row.incidents.open as u64, "open", "open"))
            .body(html! {
                (incidents::table(&self.frame, "Incidents of this place", &self.incidents, none))
            });
        html! { (section) }
    }

    fn cases_section(&self) -> Markup {
        let all = Href::at("/cases").query("jurisdiction", &self.row.id);
        let section = Section::new("cases", "Cases")
            .actions(html! { (Go::new("All cases here", all).second()) })
            .body(listed(
                &self.frame,
                "Open cases that touch this place",
                &self.cases,
                "No effort touches this place",
            ));
        html! { (section) }
    }

    fn sensors_section(&self) -> Markup {
        let cols = [
            Col::head("Sensor"),
            Col::text("State"),
            Col::when("Last heard"),
            Col::number("Records"),
        ];
        let mut table = Table::new("Sensors of this place", cols).quiet().none(Empty::new(
            "Nobody looks here",
            "No sensor sends what the machines of this place log: what happens there is not seen.",
        ));
        for ear in self.ears.iter().filter(|ear| ear.sensor.retired.is_none()) {
            let heard = self.frame.clock.short(ear.sensor.heard);
            table = table.row([
                link(&ear.sensor.name, &ear.href()),
                html! { (ear.tag(self.frame.now)) },
                if ear.is_new() || !ear.is_expected() { none() } else { cell(heard) },
                cell(grouped(ear.sensor.records)),
            ]);
        }
        let section = Section::new("sensors", "Sensors").body(html! { (table) });
        html! { (section) }
    }

    /// The last two days, hour by hour.
    fn hours_section(&self) -> Markup {
        let of = |at: i64, count: fn(&hours::Count) -> u64| {
            let found = self.hours.iter().find(|hour| hour.hour == at);
            found.map_or(0, |hour| count(&hour.count))
        };
        let attempts: fn(&hours::Count) -> u64 =
            |count| count.failed_logins.saturating_add(count.exploits);
        let strip = |title: &str, usual: String, value: fn(&hours::Count) -> u64| {
            let mut strip = HourStrip::new(title, usual, "Records");
            for at in (self.now.saturating_sub(HOURS - 1))..=self.now {
                let name = self.frame.clock.short(hours::start_of(at));
                strip = strip.hour(name.words(), of(at, value));
            }
            strip
        };
        let row = &self.row;
        let section = Section::new("hours", "The last two days")
            .tally(format!("{HOURS} hours"))
            .body(html! {
                (strip("Attempts", format!("{}.", against(&row.attempts)), attempts).accent())
                (strip("Scans", format!("{}.", against(&row.scans)), |count| count.probes))
            });
        html! { (section) }
    }
}
