//! One case: why it stands on its rung, what happened in it, the records it stands on, and what
//! people make of it.

pub(super) mod beside;
mod course;
mod evidence;
mod history;
mod others;
mod state;
mod told;
mod work;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::html;
use ward_access::Act;
use ward_desk::Log;
use ward_desk::case_file::CaseFile;
use ward_live::Kept;
use ward_store::cases::{self, Filed, Filter, Line, Order, Step};
use ward_store::evidence::{self as sealed, Sealed};
use ward_store::people::Person;
use ward_store::{Link, meta, queue};

use self::beside::Beside;
use super::cases::heading;
use super::failed::Failed;
use super::parts::{Frame, done, go_to, wrong};
use crate::desk::Desk;
use crate::doing::alike::{Alike, alike};
use crate::doing::cases::{Body, found, scope};
use crate::doing::{Why, case_files, logs, told as came};
use crate::fields::{Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{self, Href, Html};
use crate::who::Who;
use ward_store::office::PHONE;

/// Cases that are offered to be merged into.
const OFFERED: i64 = 40;

/// The page of one case and what people do with it.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "cases.show",
        verb: Verb::Get,
        path: "/cases/{id}",
        access: Access::Person(Act::SeeCase),
        kind: Kind::Page,
        summary: "Shows one case with its because, its course, its evidence and its file",
        handler: || get(show),
    },
    Route {
        name: "cases.decide",
        verb: Verb::Post,
        path: "/cases/{id}/decide",
        access: Access::Person(Act::DecideCase),
        kind: Kind::Page,
        summary: "Puts down what is to become of a case: open, watched, closed",
        handler: || post(decide),
    },
    Route {
        name: "cases.note",
        verb: Verb::Post,
        path: "/cases/{id}/note",
        access: Access::Person(Act::NoteCase),
        kind: Kind::Page,
        summary: "Writes a note to a case, or corrects an entry of its file",
        handler: || post(note),
    },
    Route {
        name: "cases.work",
        verb: Verb::Post,
        path: "/cases/{id}/work",
        access: Access::Person(Act::WorkCase),
        kind: Kind::Page,
        summary: "Works on a case: who has it, tasks, its rung, merging, splitting, who was told",
        handler: || post(work),
    },
];

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    who: &'a Who,
    filed: Filed,
    body: Body,
    steps: Vec<Step>,
    /// What people put down.
    log: Arc<Log<CaseFile>>,
    evidence: Option<Vec<Sealed>>,
    related: Vec<Kept>,
    /// Cases that are parts of this one.
    parts: Vec<Line>,
    /// Cases that were taken out of this one.
    split: Vec<Line>,
    /// The same in the views of others.
    beside: Beside,
    /// Cases like it, of before.
    alike: Vec<Alike>,
    /// Who can have it, and which cases it can be a part of: nothing for those who do not work on it.
    hands: Vec<Person>,
    offered: Vec<Line>,
    /// The telephone of the state's desk; may be empty.
    phone: String,
    /// A key for whatever is sent from this page.
    key: String,
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let filed = found(read.link(), who, id, Act::SeeCase).await?;
        let case = &filed.case;
        let place = scope(&case.scope);
        let body = Body::of(case);
        let steps = cases::steps(read.link(), id).await?;
        let log = case_files::read(read.link(), id).await?;
        let evidence = if who.may(Act::SeeEvidence, place) {
            Some(sealed::of(read.link(), id, who.narrowed(Act::SeeEvidence)).await?)
        } else {
            None
        };
        let related = body.related(read.link(), case).await?;
        let parts = queue::parts(read.link(), id).await?;
        let split = lines(read.link(), &log.state().split).await?;
        let beside = Beside::load(read.link(), who, case).await?;
        let alike = alike(read.link(), case).await?;
        let (mut hands, mut offered) = (Vec::new(), Vec::new());
        if who.may(Act::WorkCase, place) {
            hands = case_files::hands(read.link()).await?;
            let all = Filter { order: Order::Newest, ..Filter::default() };
            offered = queue::list(read.link(), &case.scope, &all, OFFERED, 0).await?;
            offered.retain(|line| line.id != case.id);
        }
        let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
        let frame = Frame::load(desk, who, read.link()).await?;
        let key = logs::new_key(desk)?;
        Ok(Self {
            frame,
            who,
            filed,
            body,
            steps,
            log,
            evidence,
            related,
            parts,
            split,
            beside,
            alike,
            hands,
            offered,
            phone,
            key,
        })
    }

    /// Accounts, sources and raw records are people's data: that somebody looks is put down before
    /// they see it.
    async fn look(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let view = Self::load(desk, who, id).await?;
        let records = view.evidence.as_ref().map_or(0, Vec::len);
        let detail =
            format!("with {}", ui::count(records as u64, "sealed record", "sealed records"));
        let tx = desk.store.begin().await?;
        tx.commit(who.did(desk.now(), "case.look", &view.filed.case.id, detail)).await?;
        Ok(view)
    }

    fn href(&self) -> Href {
        of(&self.filed.case.id)
    }

    /// Words for the state's desk, or for a local authority.
    fn words<'w>(&self, state: &'w str, local: &'w str) -> &'w str {
        if self.frame.is_state() { state } else { local }
    }

    fn may(&self, act: Act) -> bool {
        self.who.may(act, scope(&self.filed.case.scope))
    }
}

/// The page of a case.
fn of(id: &str) -> Href {
    Href::at("/cases").join(id)
}

async fn lines(mut link: Link<'_>, ids: &[String]) -> Result<Vec<Line>, ward_store::Error> {
    let mut lines = Vec::new();
    for id in ids {
        lines.extend(queue::line(link.again(), id).await?);
    }
    Ok(lines)
}

async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::look(&desk, &who, &id).await?;
    done(page(&view, &Failed::default()))
}

async fn decide(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let decided = case_files::decide(&desk, &who, &id, &fields).await;
    after(&desk, &who, &id, (decided, fields)).await
}

async fn note(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let noted = case_files::note(&desk, &who, &id, &fields).await;
    after(&desk, &who, &id, (noted, fields)).await
}

async fn work(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let worked = case_files::work(&desk, &who, &id, &fields).await;
    after(&desk, &who, &id, (worked, fields)).await
}

async fn after(
    desk: &Desk,
    who: &Who,
    id: &str,
    (put, fields): (Result<(), Why>, Fields),
) -> Answer {
    match came(put)? {
        Ok(()) => go_to(&of(id)),
        Err(errors) => {
            let view = View::look(desk, who, id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let (case, rung) = (&view.filed.case, view.filed.seen.name());
    let page = view
        .frame
        .page(&view.href(), format!("{rung}: {}", heading(&case.title)))
        .heading(heading(&case.title))
        .crumb("Cases", Href::at("/cases"))
        .failed(failed.is_any())
        .as_of(view.frame.clock.exact(view.frame.now), view.href());
    page.render(&html! {
        (failed.notice(true))
        (state::notices(view))
        (state::because(view))
        (state::summary(view))
        (beside::desk(view))
        (beside::locals(view))
        (told::tasks(view, failed))
        (work::section(view, failed))
        (course::section(view))
        (evidence::records(view))
        (history::section(view))
        (told::told(view))
        (evidence::sources(view))
        (evidence::accounts(view))
        (others::places(view))
        (others::parts(view))
        (others::split(view))
        (others::related(view))
        (others::alike(view))
    })
}
