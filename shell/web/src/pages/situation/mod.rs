//! The situation: the whole state on one page, for whoever has one minute; and everything of one
//! jurisdiction on another.

mod changes;
mod facts;
mod list;
mod one;
mod show;
pub(super) mod words;

use axum::routing::get;
use ward_access::{Act, JurisdictionKind};
use ward_desk::calendar::Phase;
use ward_desk::shift::Post;
use ward_kernel::Rung;
use ward_store::cases::{self, Filter, Handling, Line};

use super::incidents::{self, Listed};
use super::parts::Frame;
use super::stand::{BEHIND, Known, LOOKED};
use crate::desk::{Desk, Health};
use crate::doing::hearing::{Ear, ears, unseen};
use crate::doing::news::{self, News, Since};
use crate::doing::room::{self, Held, of_state};
use crate::doing::situation::{self, Situation};
use crate::refused::Refused;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::map::{Apart, Map, Spot};
use crate::ui::{Href, count};
use crate::who::Who;

/// The page's address.
pub(crate) const HERE: &str = "/situation";
/// The rings of the bell that can change something here.
pub(super) const RINGS: &str = "cases room sensors";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "situation",
        verb: Verb::Get,
        path: HERE,
        access: Access::Person(Act::SeeRoom),
        kind: Kind::Page,
        summary: "Shows the whole state: map, list, ladder, coverage, incidents",
        handler: || get(show::show),
    },
    Route {
        name: "situation.one",
        verb: Verb::Get,
        path: "/situation/{id}",
        access: Access::Person(Act::SeeRoom),
        kind: Kind::Page,
        summary: "Shows everything of one jurisdiction",
        handler: || get(one::show),
    },
];

/// What the pages are about: the page, and the wall.
pub(super) struct View<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) situation: Situation,
    /// Open cases of the highest rung, when that is an attempt or more.
    urgent: Vec<Line>,
    ears: Vec<Ear>,
    /// Open incidents, the most urgent first.
    pub(super) incidents: Vec<Listed>,
    pub(super) positions: Vec<(Post, Held)>,
    /// What changed since the last look; `None` for the wall, which nobody looks at.
    news: Option<News>,
    health: Health,
    behind: bool,
}

impl<'a> View<'a> {
    /// Reads everything; what changed since a moment, when one is given.
    ///
    /// # Errors
    /// Not found for whoever does not see the whole state; those of the store.
    pub(super) async fn load(
        desk: &'a Desk,
        who: &'a Who,
        since: Option<Since>,
    ) -> Result<Self, Refused> {
        of_state(who, Act::SeeRoom)?;
        let mut read = desk.store.read().await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        let situation = situation::load(read.link(), desk, who, frame.now).await?;
        // The sentence speaks of the highest rung alone.
        let highest = Rung::ALL.into_iter().skip(1).rev().find(|rung| frame.counts.of(*rung) > 0);
        let mut urgent = Vec::new();
        if highest.is_some() {
            let highest = Filter { rung: highest, ..Filter::default() };
            urgent = cases::list(read.link(), who.case_scope(), &highest, LOOKED, 0).await?;
        }
        urgent.retain(|line| !line.authorised && line.handling != Handling::Closed);
        let ears = ears(read.link(), None, frame.now).await?;
        let incidents = incidents::open(read.link(), who).await?;
        let positions = room::positions(read.link()).await?;
        let news = match since {
            Some(since) => Some(news::load(read.link(), who, &situation, since).await?),
            None => None,
        };
        drop(read);
        let health = desk.health.borrow().clone();
        let behind = health.ready && desk.behind() > BEHIND;
        Ok(Self { frame, situation, urgent, ears, incidents, positions, news, health, behind })
    }

    /// By what the sentence is said; without the names that people gave, where they are not wanted.
    pub(super) fn known(&self, named: bool) -> Known<'_> {
        let office: Vec<_> = self
            .frame
            .jurisdictions
            .iter()
            .filter(|one| one.kind == JurisdictionKind::State)
            .collect();
        let whole = &self.situation.whole;
        Known {
            frame: &self.frame,
            urgent: &self.urgent,
            last_effort: None,
            ears: &self.ears,
            unseen: (whole.unseen, whole.local),
            office_unseen: !unseen(&office, &self.ears).is_empty(),
            health: &self.health,
            behind: self.behind,
            folded: !self.health.folded.is_empty(),
            phone: "",
            named,
        }
    }

    /// Where the moment lies in the calendar, unless no election is near.
    pub(super) fn near(&self) -> Option<String> {
        let election = self.situation.election.as_ref()?;
        let phase = self.situation.phase;
        (phase != Phase::Ordinary).then(|| format!("{}: {}", phase.label(), election.name))
    }

    /// The map of the local authorities.
    pub(super) fn map(&self) -> Map {
        let local = self.situation.rows.iter().filter(|row| row.kind != JurisdictionKind::State);
        Map::new(self.map_words(), local.map(spot).collect())
    }

    /// The state's own office, which is on no map.
    pub(super) fn office(&self) -> Option<Apart> {
        let mut rows = self.situation.rows.iter();
        rows.find(|row| row.kind == JurisdictionKind::State).map(|row| Apart::new(spot(row)))
    }

    /// What matters of the map, for whoever does not see it.
    fn map_words(&self) -> String {
        let whole = &self.situation.whole;
        let n = |of: fn(&situation::Row) -> bool| {
            let local = self.situation.rows.iter();
            local.filter(|row| row.kind != JurisdictionKind::State && of(row)).count() as u64
        };
        let efforts = n(|row| words::highest(row).is_some());
        let stopped = n(|row| row.incidents.stopped > 0);
        let silent = n(|row| !row.coverage.silent.is_empty());
        let each = |n| count(n, "jurisdiction", "jurisdictions");
        format!(
            "Map of {}: an effort open in {efforts}, voting stopped in {stopped}, a sensor silent \
             in {silent}, no sensor in {}",
            each(whole.local as u64),
            whole.unseen
        )
    }
}

/// A jurisdiction as it is drawn.
fn spot(row: &situation::Row) -> Spot {
    let href = Href::at(HERE).join(&row.id);
    Spot::new(&row.name, row.counties.clone(), href, words::words(row), words::look(row))
}
