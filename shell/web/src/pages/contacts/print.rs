//! The telephone list for paper: for the night on which nothing else works.

use std::collections::BTreeSet;

use axum::extract::State;
use maud::{Markup, html};
use ward_access::{Act, JurisdictionKind, Scope};
use ward_desk::calendar::Election;
use ward_desk::communications::Check;
use ward_desk::directory::{Contact, Freshness};
use ward_store::{Link, meta, office};

use super::{HERE, title};
use crate::desk::Desk;
use crate::doing::checklists::{across, chosen};
use crate::doing::contacts::{Office, all, look};
use crate::doing::elections;
use crate::doing::logs::{self, Filed};
use crate::fields::{Asked, Fields};
use crate::pages::parts::{Frame, done};
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{Call, Empty, Href, Notice, count};
use crate::who::Who;

/// Some offices alone: why these, and which.
type Narrowed = Option<(&'static str, BTreeSet<String>)>;

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let elections = elections::all(read.link()).await?;
    let chosen = narrowed(read.link(), (&desk, &who), &frame, (&asked, &elections)).await?;
    let mut offices = all(read.link(), &who, &frame.jurisdictions).await?;
    let phone = meta::get(read.link(), office::PHONE).await?.unwrap_or_default();
    drop(read);
    look(&desk, &who, "").await?;
    if let Some((_, ids)) = &chosen {
        offices.retain(|one| ids.contains(&one.jurisdiction.id));
    }
    // The state's own people stand first.
    offices.sort_by_key(|one| one.jurisdiction.kind != JurisdictionKind::State);
    let heading = match &chosen {
        Some((why, _)) => format!("{}: {why}", count(offices.len() as u64, "office", "offices")),
        None => "Telephone list".to_owned(),
    };
    let here = asked.again("/contacts/print", "");
    let page = frame
        .page(&here, "Telephone list")
        .heading(heading)
        .crumb("Contacts", Href::at(HERE))
        .as_of(frame.clock.full(frame.now), here);
    done(page.render(&html! {
        (Notice::info("Print this page and keep it where the night is worked").body(html! {
            p { "People's own numbers stand here: for the work of this office alone. Whoever prints "
                "it again destroys the old one." }
        }))
        @if !phone.is_empty() { p.desk-number { "The state's desk: " (Call::new(phone)) } }
        @if offices.is_empty() {
            (Empty::new("Nobody is left to be called", "All of them have answered, or done it."))
        } @else {
            div.phone-list { @for one in &offices { (entry(&frame, one, &elections)) } }
        }
    }))
}

/// The offices that have not answered a check, or not done a point, when that is asked for.
async fn narrowed(
    link: Link<'_>,
    (desk, who): (&Desk, &Who),
    frame: &Frame<'_>,
    (asked, elections): (&Fields, &[Election]),
) -> Result<Narrowed, Refused> {
    if let Some(id) = asked.given("check") {
        let see = (Act::SeeRoom, Act::SeeRoom);
        let check: Filed<Check> = logs::found(link, who, id, see).await?;
        let silent = check.log.state().asked.iter().filter(|(_, answer)| answer.is_none());
        let silent = silent.map(|(id, _)| id.clone()).collect();
        return Ok(Some(("no answer to the communications check", silent)));
    }
    if let Some(id) = asked.given("point") {
        if !who.may(Act::SeeChecklists, Scope::State) {
            return Err(not_found());
        }
        let election = chosen(elections, asked.given("election"), frame.now);
        let election = election.ok_or_else(not_found)?;
        let about = (election, frame.jurisdictions.as_ref());
        let all = across(link, &desk.settings.plan, about, frame.now).await?;
        let point = all.into_iter().find(|one| one.dated.point.id == id).ok_or_else(not_found)?;
        let missing = point.missing.iter().map(|one| one.id.clone()).collect();
        return Ok(Some(("a point of the checklist is not done", missing)));
    }
    Ok(None)
}

fn entry(frame: &Frame<'_>, office: &Office, elections: &[Election]) -> Markup {
    let directory = &office.directory;
    let contacts = directory.in_order();
    html! {
        article {
            h2 { (office.jurisdiction.name) }
            @if contacts.is_empty() { p { "Nobody is named." } }
            @for (_, listed) in &contacts { (ways(&listed.contact)) }
            @if let (Freshness::Old, Some(at)) =
                (directory.freshness(elections, frame.now), directory.confirmed())
            {
                p.small { "Not confirmed since " (frame.clock.day(at)) "." }
            }
        }
    }
}

fn ways(contact: &Contact) -> Markup {
    html! {
        p {
            @if let Some(number) = &contact.telephone {
                strong { (Call::new(number.as_str())) } " "
            }
            (title(contact))
            @for more in [&contact.second, &contact.mail, &contact.hours, &contact.note] {
                @if let Some(more) = more { "; " (more) }
            }
        }
    }
}
