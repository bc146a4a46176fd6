//! What the pages share: their frame, how they read what was sent, the words that recur.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::{Markup, html};
use ward_access::password::{MAX_CHARS, MIN_CHARS};
use ward_access::{Act, Jurisdiction, Scope};
use ward_desk::Words;
use ward_kernel::{Rung, Time};
use ward_store::cases::{Counts, Handling};
use ward_store::{Error, Link, cases, meta, office};

use super::look;
use crate::desk::Desk;
use crate::fields::{ANY, Fields};
use crate::kept;
use crate::live::rung_for;
use crate::refused::Answer;
use crate::ui::{
    self, Clock, Field, Href, Html, Nav, Notice, Page, Select, Tag, Width, cell, none,
};
use crate::who::Who;

/// What every page of the demonstration says.
pub(crate) const DEMONSTRATION: &str = "This is a demonstration: every person, machine and record \
                                        in it is made up, and its clock is the recording's.";

/// Where the script hears that a region has news.
pub(crate) const BELL: &str = "/live";

/// The rooms that are always in sight, in their order: what somebody must be allowed, name, address.
const ROOMS: [(Act, &str, &str); 7] = [
    (Act::SeeRoom, "Situation", "/situation"),
    (Act::SeeCases, "Cases", "/cases"),
    (Act::SeeIncidents, "Incidents", "/incidents"),
    (Act::SeeRumors, "Rumors", "/rumors"),
    (Act::SeeRoom, "Room", "/room"),
    (Act::SeeChecklists, "Checklists", "/checklists"),
    (Act::SeeSensors, "Sensors", "/sensors"),
];
/// The rooms that the state's roles find behind "More".
const RARE_ROOMS: [(Act, &str, &str); 7] = [
    (Act::SeeContacts, "Contacts", "/contacts"),
    (Act::SeeElections, "Elections", "/elections"),
    (Act::Hunt, "Hunt", "/hunt"),
    (Act::SeeAfter, "After", "/after"),
    (Act::SeePeople, "People", "/people"),
    (Act::SeeAudit, "Audit", "/audit"),
    (Act::SeeSettings, "Settings", "/settings"),
];

/// What stands around every page, and what its words need.
pub(crate) struct Frame<'a> {
    desk: &'a Desk,
    who: &'a Who,
    /// The office's name.
    pub(crate) office: String,
    /// The office's clock.
    pub(crate) clock: Clock,
    /// The moment for which the page speaks.
    pub(crate) now: Time,
    /// The jurisdictions, in the order of their names.
    pub(crate) jurisdictions: Arc<[Jurisdiction]>,
    /// Open cases by rung, in the scope of whoever looks.
    pub(crate) counts: Counts,
    rung: u64,
}

impl<'a> Frame<'a> {
    /// Reads what every page needs.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn load(
        desk: &'a Desk,
        who: &'a Who,
        mut link: Link<'_>,
    ) -> Result<Self, Error> {
        let rung = rung_for(desk, who);
        let office = meta::get(link.again(), office::NAME).await?.unwrap_or_default();
        let zone = meta::get(link.again(), office::ZONE).await?.unwrap_or_default();
        let jurisdictions = desk.jurisdictions(link.again()).await?;
        let counts = cases::counts(link, who.case_scope()).await?;
        let clock = Clock::named(&zone).unwrap_or_else(utc);
        Ok(Self { desk, who, office, clock, now: desk.now(), jurisdictions, counts, rung })
    }

    /// A page at an address, with everything around it.
    pub(crate) fn page(&self, at: &Href, title: impl Into<String>) -> Page {
        let world = self.desk.settings.world;
        let mut page = Page::new(title).world(world).nav(self.nav(at)).rung(self.rung);
        if !self.office.is_empty() {
            page = page.office(&self.office);
        }
        if self.desk.settings.demo {
            page = page.banner(DEMONSTRATION);
        }
        if let Some(keeping) = kept::keeping(self.desk, self.who) {
            page = page.keeps(keeping);
        }
        // The page itself has the field in its middle.
        if self.sees(Act::SeeCases) && at.path() != look::HERE {
            page = page.looks_up();
        }
        let Some(actor) = &self.who.actor else { return page };
        let account = ui::Who::new(
            &actor.name,
            actor.role.label(),
            Href::at("/account"),
            Href::at("/sign-out"),
        );
        page.who(match &actor.jurisdiction {
            Some(id) => account.place(self.place(id)),
            None => account,
        })
    }

    /// A page that a worker keeps for when there is no network: nobody's name stands around it.
    pub(crate) fn kept_form(&self, title: impl Into<String>) -> Page {
        let page = Page::new(title).world(self.desk.settings.world).is_kept_form();
        let page = if self.desk.settings.demo { page.banner(DEMONSTRATION) } else { page };
        if self.office.is_empty() { page } else { page.office(&self.office) }
    }

    fn nav(&self, at: &Href) -> Nav {
        let mut nav = Nav::new(at).item("Home", Href::at("/"));
        for (_, label, path) in ROOMS.into_iter().filter(|(act, ..)| self.sees(*act)) {
            nav = match path {
                "/cases" => nav.counted(label, Href::at(path), self.efforts()),
                _ => nav.item(label, Href::at(path)),
            };
        }
        for (_, label, path) in RARE_ROOMS.into_iter().filter(|(act, ..)| self.sees(*act)) {
            // A local authority has few rooms: none of them is hidden.
            nav = match self.is_state() {
                true => nav.rare(label, Href::at(path)),
                false => nav.item(label, Href::at(path)),
            };
        }
        nav
    }

    /// Open cases from attempts on.
    pub(crate) fn efforts(&self) -> u64 {
        Rung::ALL[1..].iter().map(|rung| self.counts.of(*rung)).sum()
    }

    /// Whether whoever looks may do this anywhere.
    pub(crate) fn sees(&self, act: Act) -> bool {
        self.who.reach(act) != ward_access::Reach::Nothing
    }

    /// Whether whoever looks sees the whole state.
    pub(crate) fn is_state(&self) -> bool {
        self.who.narrowed(Act::SeeCases).is_none()
    }

    /// A jurisdiction's name; its id when it is not known any more.
    pub(crate) fn place<'b>(&'b self, id: &'b str) -> &'b str {
        self.jurisdictions.iter().find(|one| one.id == id).map_or(id, |one| &one.name)
    }

    /// The jurisdictions in which whoever looks may do this.
    pub(crate) fn places_for(&self, act: Act) -> Vec<&Jurisdiction> {
        let may = |one: &&Jurisdiction| self.who.may(act, Scope::Jurisdiction(&one.id));
        self.jurisdictions.iter().filter(may).collect()
    }

    /// The jurisdictions of a case, as far as whoever looks may know them: a few by name, the
    /// rest by number.
    pub(crate) fn places(&self, ids: &[String]) -> Markup {
        let known = |id: &&String| self.who.may(Act::SeeCases, Scope::Jurisdiction(id));
        let names: Vec<&str> = ids.iter().filter(known).map(|id| self.place(id)).take(3).collect();
        let rest = ids.len().saturating_sub(names.len());
        match (names.as_slice(), rest) {
            ([], 0) => none(),
            ([], rest) => cell(ui::count(rest as u64, "other jurisdiction", "other jurisdictions")),
            (_, 0) => cell(names.join(", ")),
            (_, rest) => cell(format!("{} and {rest} more", names.join(", "))),
        }
    }
}

fn utc() -> Clock {
    Clock::new(jiff::tz::TimeZone::UTC)
}

/// A list by which others are narrowed, beginning with everything.
pub(crate) fn any(name: &str, label: &str, all: &str) -> Select {
    Select::new(name, label).option(ANY, all)
}

/// The list with what was chosen from it before.
pub(crate) fn picked(list: Select, asked: &Fields, name: &str) -> Select {
    list.picked(asked.chosen(name).unwrap_or(ANY))
}

/// The two fields of a new password.
pub(crate) fn password_fields() -> (Field, Field) {
    let hint = format!(
        "At least {MIN_CHARS} characters. Four words that do not belong together are easy to \
         remember and hard to guess; capitals and signs are not asked for."
    );
    let field =
        |name, label: &str| Field::new_password(name, label).max(MAX_CHARS).width(Width::Medium);
    (field("password", "New password").hint(hint), field("again", "The same again"))
}

/// A page as a response.
pub(crate) fn done(page: Html) -> Answer {
    Ok(page.into_response())
}

/// A page that says what is wrong with what was sent.
pub(crate) fn wrong(page: Html) -> Answer {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Leads on to another page after something was done.
pub(crate) fn go_to(href: &Href) -> Answer {
    Ok(axum::response::Redirect::to(href.as_str()).into_response())
}

/// What people made of a case, and what judgement says of it.
pub(crate) fn standing(standing: &str, handling: Handling, authorised: bool) -> Tag {
    match (standing, handling) {
        _ if authorised => Tag::plain("Registered test"),
        ("gone", _) => Tag::plain("Explained later"),
        ("merged", _) => Tag::plain("Part of another"),
        (_, Handling::Open) => Tag::warn("Open"),
        (_, Handling::Watched) => Tag::plain("Watched"),
        (_, Handling::Closed) => Tag::good("Closed"),
    }
}

/// What was refused, with what was typed: somebody else may have been faster, and its form may not
/// stand on the page any more.
pub(crate) fn not_done(why: &[String], sent: &Fields) -> Markup {
    let notice = Notice::bad("This was not put down").body(html! {
        @for sentence in why { p { (sentence) } }
        @if let Some(typed) = sent.given("text") { p { "You wrote: " q { (typed) } } }
    });
    html! { @if !why.is_empty() { (notice) } }
}

/// Sentences in their lines.
pub(crate) fn prose(words: &Words) -> Markup {
    html! { @for line in words.as_str().lines() { p { (line) } } }
}

/// Some items as a list of code, the rest by number.
pub(crate) fn codes<T: ToString>(items: &[T], shown: usize, total: u64) -> Markup {
    let listed = items.len().min(shown) as u64;
    let rest = total.max(items.len() as u64).saturating_sub(listed);
    html! {
        @for (i, item) in items.iter().take(shown).enumerate() {
            @if i > 0 { ", " }
            code { (item.to_string()) }
        }
        @if rest > 0 { " and " (ui::grouped(rest)) " more" }
        @if total == 0 && items.is_empty() { (none()) }
    }
}
