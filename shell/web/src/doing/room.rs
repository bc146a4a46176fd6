//! The room: positions with their shifts, and communications checks.

use std::collections::BTreeSet;

use ward_access::{Act as Right, JurisdictionKind, Scope};
use ward_desk::communications::{self, Check, Way};
use ward_desk::shift::{self, Position, Post};
use ward_desk::{Body, Entry, Log, Verdict};
use ward_store::logbook::Filter;
use ward_store::{Link, office};

use super::checked::{number, unknown, words};
use super::logs::{self, Filed, Sending};
use super::standing::{self, Stands};
use super::{Why, whole, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::{Refused, not_found};
use crate::who::Who;

/// Checks that are shown.
const CHECKS: i64 = 1_000;
/// Open logs of positions that are read: there is one for each at most.
const OPEN: i64 = 100;

/// The log of a position.
pub(crate) type Held = Option<Filed<Position>>;

/// Whether somebody may do this to the state as a whole.
///
/// # Errors
/// That it is not found, when they may not.
pub(crate) fn of_state(who: &Who, right: Right) -> Result<(), Refused> {
    if who.may(right, Scope::State) { Ok(()) } else { Err(not_found()) }
}

/// What the ids of a position's logs begin with: a new one begins when somebody takes a position
/// that nobody has.
fn begins(post: Post) -> String {
    format!("position-{}-", post.name())
}

/// The newest log of each position, the one that goes on before others.
///
/// # Errors
/// Those of the store.
pub(crate) async fn positions(mut link: Link<'_>) -> Result<Vec<(Post, Held)>, Refused> {
    let filter = Filter { jurisdiction: None, open: Some(true) };
    let mut open = logs::list::<Position>(link.again(), filter, OPEN).await?;
    let mut all = Vec::new();
    for post in Post::ALL {
        let at = open.iter().position(|one| one.place.id.starts_with(&begins(post)));
        let newest = match at.map(|at| open.swap_remove(at)) {
            Some(open) => Some(open),
            None => logs::newest(link.again(), &begins(post)).await?,
        };
        all.push((post, newest));
    }
    Ok(all)
}

/// The newest log of a position; `None` before anybody had it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn position(link: Link<'_>, post: Post) -> Result<Held, Refused> {
    let all = positions(link).await?;
    Ok(all.into_iter().find(|(one, _)| *one == post).and_then(|(_, held)| held))
}

/// Does something at a position.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn at_position(
    desk: &Desk,
    who: &Who,
    post: Post,
    fields: &Fields,
) -> Result<(), Why> {
    of_state(who, Right::WorkRoom)?;
    let newest = {
        let mut read = desk.store.read().await?;
        position(read.link(), post).await?
    };
    let (name, body) = match fields.text("act") {
        "begin" => ("position.begin", Body::Act(shift::Act::Begin)),
        "note" => ("position.note", Body::Act(shift::Act::Note { text: words(fields, "text")? })),
        "hand-over" => {
            let notes = words(fields, "text")?;
            ("position.hand-over", Body::Act(shift::Act::HandOver { notes }))
        }
        "sign" => ("position.sign", Body::Act(shift::Act::Sign { entry: entry(fields)? })),
        "take-over" => {
            let why = words(fields, "text")?;
            ("position.take-over", Body::Act(shift::Act::TakeOver { why }))
        }
        "end" => ("position.end", Body::Act(shift::Act::End)),
        "correct" => {
            let (of, text) = (entry(fields)?, words(fields, "text")?);
            ("position.correct", Body::Correction { of, text })
        }
        _ => return Err(unknown()),
    };
    let key = fields.text("key");
    // Sent again after a shift ended: it stands in that log already.
    let sent = |log: &Log<Position>| {
        matches!(log.judge(key, &body, &logs::by(who)), Ok(Verdict::Already(_)))
    };
    if newest.as_ref().is_some_and(|newest| sent(&newest.log)) {
        return Ok(());
    }
    let sending = Sending { name, key, body };
    if let Some(open) = newest.as_ref().filter(|newest| newest.place.open) {
        return logs::put_at::<Position>(desk, who, &open.place.id, sending).await;
    }
    if !matches!(sending.body, Body::Act(shift::Act::Begin)) {
        return Err(whole("Nobody has this position: take it first."));
    }
    // Two who take it at once begin the same log, and the second is told that it is taken.
    let last = newest.and_then(|newest| {
        newest.place.id.strip_prefix(&begins(post)).and_then(|number| number.parse::<u64>().ok())
    });
    let id = format!("{}{}", begins(post), last.unwrap_or(0).saturating_add(1));
    logs::begin_as::<Position>(desk, who, (&id, None), sending).await
}

/// The newest checks, the one that was written last first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn checks(
    link: Link<'_>,
    open: Option<bool>,
) -> Result<Vec<Stands<Check>>, Refused> {
    Ok(standing::list(link, Filter { jurisdiction: None, open }, CHECKS).await?)
}

/// Asks all local authorities, or some; the check's id.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn ask(desk: &Desk, who: &Who, fields: &Fields) -> Result<String, Why> {
    of_state(who, Right::WorkRoom)?;
    let all = {
        let mut read = desk.store.read().await?;
        office::jurisdictions(read.link()).await?
    };
    let local = all.into_iter().filter(|one| one.kind != JurisdictionKind::State);
    let jurisdictions: BTreeSet<String> = local.map(|one| one.id).collect();
    let question = words(fields, "question")?;
    let act = communications::Act::Ask { question, jurisdictions };
    let sending = Sending { name: "check.ask", key: fields.text("key"), body: Body::Act(act) };
    logs::begin::<Check>(desk, who, None, sending).await
}

/// Puts an answer down that came to the state's desk, that somebody was tried in vain, or the end.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn at_check(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let jurisdiction = || {
        let chosen = fields.chosen("jurisdiction");
        chosen.map(str::to_owned).ok_or_else(|| wrong("jurisdiction", "Choose who it is."))
    };
    let way = || {
        Way::named(fields.text("way")).ok_or_else(|| wrong("way", "Choose by which way it came."))
    };
    let said = || fields.given("text").map(|_| words(fields, "text")).transpose();
    let (name, act) = match fields.text("act") {
        "answer" => {
            let (jurisdiction, way, text) = (jurisdiction()?, way()?, said()?);
            ("check.answer", communications::Act::Answer { jurisdiction, way, text })
        }
        "miss" => {
            let (jurisdiction, way, text) = (jurisdiction()?, way()?, said()?);
            ("check.miss", communications::Act::Miss { jurisdiction, way, text })
        }
        "withdraw" => {
            let (jurisdiction, why) = (jurisdiction()?, words(fields, "text")?);
            ("check.withdraw", communications::Act::Withdraw { jurisdiction, why })
        }
        "end" => ("check.end", communications::Act::End),
        _ => return Err(unknown()),
    };
    let sending = Sending { name, key: fields.text("key"), body: Body::Act(act) };
    logs::put::<Check>(desk, who, (id, Right::SeeRoom, Right::WorkRoom), sending).await
}

/// A local authority answers on its own page, or answers otherwise than before. Whoever acts for more
/// than one says for which.
///
/// # Errors
/// That there is no such check for them, and those of the store.
pub(crate) async fn answer(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let own = who.actor.as_ref().and_then(|actor| actor.jurisdiction.clone());
    let named = own.or_else(|| fields.given("jurisdiction").map(str::to_owned));
    let may = |id: &String| who.may(Right::AnswerCheck, Scope::Jurisdiction(id));
    let Some(jurisdiction) = named.filter(may) else { return Err(Why::Refused(not_found())) };
    // Who has answered meanwhile is asked in the transaction that writes: of two at the same moment
    // the second has not read what the first wrote.
    let mut tx = desk.store.begin().await?;
    let filed: Option<Filed<Check>> = logs::read(tx.link(), id).await?;
    let filed = filed.filter(|filed| filed.log.state().is_going_on()).ok_or_else(not_found)?;
    let Some(said) = filed.log.state().asked.get(&jurisdiction) else {
        return Err(Why::Refused(not_found()));
    };
    let key = fields.text("key");
    // An old page in another's hand does not take back what a colleague wrote meanwhile.
    let read = fields.text("read").parse::<u64>().ok();
    let has_read = read == Some(filed.log.state().said_by(&jurisdiction));
    let is_own = |entry: &Entry<communications::Act>| entry.key == key && entry.by.id == who.id();
    if said.is_some() && !has_read && !filed.log.entries().iter().any(is_own) {
        return Err(whole("Somebody of your office has answered meanwhile: read that first."));
    }
    let text = match fields.text("act") {
        "say" => Some(words(fields, "text")?),
        "" if fields.given("text").is_none() => None,
        _ => return Err(unknown()),
    };
    let act = communications::Act::Answer { jurisdiction, way: Way::Page, text };
    let sending = Sending { name: "check.answer", key, body: Body::Act(act) };
    logs::add(desk, who, tx, filed, sending).await
}

fn entry(fields: &Fields) -> Result<u64, Why> {
    number(fields, "entry", "Choose the entry.")
}
