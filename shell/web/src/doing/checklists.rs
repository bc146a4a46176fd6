//! Checklists: the plan's points, hung on the elections of the calendar, and what is done of them.
//!
//! A point's log begins when somebody first acts on it: a point that nobody touched is nowhere.

use std::collections::{BTreeMap, BTreeSet};

use ward_access::{Act as Right, Jurisdiction, JurisdictionKind, STATE_OFFICE, Scope};
use ward_desk::Body;
use ward_desk::calendar::{Election, Phase, phase};
use ward_desk::checklist::{Act, Point as Ticked};
use ward_desk::plan::{self, Dated, Plan, Point, Standing};
use ward_kernel::Time;
use ward_store::{Link, logbook, office};

use super::checked::{unknown, words};
use super::logs::{self, Filed, Sending};
use super::{Why, elections, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::{Refused, not_found};
use crate::ui::Href;
use crate::who::Who;

/// Logs of one election that are read: more than every point of every authority.
const MOST: i64 = 40_000;

/// The address of the checklists.
pub(crate) const HERE: &str = "/checklists";

/// What a jurisdiction has to do now.
pub(crate) struct DueHere {
    /// What.
    pub(crate) text: String,
    /// Why.
    pub(crate) why: String,
    /// Until when.
    pub(crate) until: Time,
    /// [`Standing::Due`] or [`Standing::Overdue`].
    pub(crate) standing: Standing,
    /// Where it is ticked.
    pub(crate) href: Href,
}

/// A point of one jurisdiction's list, as it stands.
pub(crate) struct Item<'a> {
    /// The point with its moments.
    pub(crate) dated: Dated<'a>,
    /// What was put down; `None` when nobody touched it.
    pub(crate) filed: Option<Filed<Ticked>>,
}

/// A point that every local authority does, as it stands over the state.
pub(crate) struct Across<'a> {
    /// The point with its moments.
    pub(crate) dated: Dated<'a>,
    /// Authorities that have not settled it, in the order of their names.
    pub(crate) missing: Vec<&'a Jurisdiction>,
    /// Authorities that have done it or set it aside.
    pub(crate) settled: usize,
}

impl Item<'_> {
    /// Where it stands.
    pub(crate) fn state(&self) -> Ticked {
        self.filed.as_ref().map(|filed| filed.log.state().clone()).unwrap_or_default()
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_settled(&self) -> bool {
        self.state() != Ticked::Open
    }

    /// A key for an act on it as it was read: pressed twice, or sent again by a telephone, it is one
    /// entry, and the page stays the same when it is asked for again.
    pub(crate) fn key(&self, act: &str) -> String {
        let next = self.filed.as_ref().map_or(0, |filed| filed.log.entries().len());
        format!("{act}-{next}-{}", self.dated.point.id)
    }
}

impl Across<'_> {
    /// Whether every authority has settled it.
    pub(crate) fn is_settled(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Where a point stands on the page of a list.
pub(crate) fn anchor(point: &str) -> String {
    format!("point-{point}")
}

/// The id of a point's log.
fn log_id(election: &str, jurisdiction: &str, point: &str) -> String {
    format!("{}{point}", begins(election, jurisdiction))
}

/// What the ids of a jurisdiction's points begin with.
fn begins(election: &str, jurisdiction: &str) -> String {
    format!("point.{election}.{jurisdiction}.")
}

/// The election that a list is about: the one that was asked for, or the one that is near, or the
/// next, or the last that was.
pub(crate) fn chosen<'a>(
    elections: &'a [Election],
    asked: Option<&str>,
    now: Time,
) -> Option<&'a Election> {
    if let Some(id) = asked {
        return elections.iter().find(|one| one.id == id);
    }
    let (_, near) = phase(elections, now);
    let next = || elections.iter().filter(|one| one.opens > now).min_by_key(|one| one.opens);
    near.or_else(next).or_else(|| elections.iter().max_by_key(|one| one.opens))
}

/// Whether a point is on a jurisdiction's list.
fn is_on(point: &Point, jurisdiction: &str) -> bool {
    point.whose.is_local() == (jurisdiction != STATE_OFFICE)
}

/// The list of one jurisdiction, or of the state office; the point that is due first first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn list<'a>(
    mut link: Link<'_>,
    plan: &'a Plan,
    (election, jurisdiction): (&Election, &str),
    now: Time,
) -> Result<Vec<Item<'a>>, Refused> {
    let zone = elections::zone(link.again()).await?;
    let filed: Vec<Filed<Ticked>> =
        logs::under(link, &begins(&election.id, jurisdiction), MOST).await?;
    let mut logs: BTreeMap<String, Filed<Ticked>> =
        filed.into_iter().map(|filed| (filed.place.id.clone(), filed)).collect();
    let days = |at: Time, days: i64| elections::days_after(at, days, &zone);
    let all = plan::due(plan, election, now, &days).into_iter();
    let own = all.filter(|one| is_on(one.point, jurisdiction));
    let item = |dated: Dated<'a>| {
        let filed = logs.remove(&log_id(&election.id, jurisdiction, &dated.point.id));
        Item { dated, filed }
    };
    Ok(own.map(item).collect())
}

/// How every local authority's points stand, without what was said of them; the point that is due
/// first first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn across<'a>(
    mut link: Link<'_>,
    plan: &'a Plan,
    (election, all): (&Election, &'a [Jurisdiction]),
    now: Time,
) -> Result<Vec<Across<'a>>, Refused> {
    let zone = elections::zone(link.again()).await?;
    let places = logbook::under(link, "point", &format!("point.{}.", election.id), MOST).await?;
    let settled: BTreeSet<String> =
        places.into_iter().filter(|place| !place.open).map(|place| place.id).collect();
    let local: Vec<&Jurisdiction> =
        all.iter().filter(|one| one.kind != JurisdictionKind::State).collect();
    let days = |at: Time, days: i64| elections::days_after(at, days, &zone);
    let dated = plan::due(plan, election, now, &days).into_iter();
    let across = dated.filter(|one| one.point.whose.is_local()).map(|dated| {
        let is_missing = |one: &&&Jurisdiction| {
            !settled.contains(&log_id(&election.id, &one.id, &dated.point.id))
        };
        let missing: Vec<&Jurisdiction> = local.iter().filter(is_missing).copied().collect();
        let settled = local.len().saturating_sub(missing.len());
        Across { dated, missing, settled }
    });
    Ok(across.collect())
}

/// What was put down of one point, by jurisdiction: those alone that touched it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn told(
    mut link: Link<'_>,
    (election, point): (&Election, &str),
    all: &[Jurisdiction],
) -> Result<BTreeMap<String, Filed<Ticked>>, Refused> {
    let begins = format!("point.{}.", election.id);
    let places = logbook::under(link.again(), "point", &begins, MOST).await?;
    let known: BTreeSet<String> = places.into_iter().map(|place| place.id).collect();
    let mut told = BTreeMap::new();
    for one in all {
        let id = log_id(&election.id, &one.id, point);
        if !known.contains(&id) {
            continue;
        }
        if let Some(filed) = logs::read(link.again(), &id).await? {
            told.insert(one.id.clone(), filed);
        }
    }
    Ok(told)
}

/// What somebody's own jurisdiction has to do now: what is overdue first, then what is due, of every
/// election that is near. Nothing for whoever acts for the whole state.
///
/// # Errors
/// Those of the store.
pub(crate) async fn due_here(
    mut link: Link<'_>,
    desk: &Desk,
    who: &Who,
    now: Time,
) -> Result<Vec<DueHere>, Refused> {
    let own = who.actor.as_ref().and_then(|actor| actor.jurisdiction.as_deref());
    let own = own.filter(|own| who.may(Right::SeeChecklists, Scope::Jurisdiction(own)));
    let Some(own) = own else { return Ok(Vec::new()) };
    let mut due = Vec::new();
    for election in elections::all(link.again()).await? {
        if election.phase(now) == Phase::Ordinary {
            continue;
        }
        let items = list(link.again(), &desk.settings.plan, (&election, own), now).await?;
        let here = Href::at(HERE).join(own).query("election", &election.id);
        let open = items
            .into_iter()
            .filter(|item| !item.is_settled() && item.dated.standing != Standing::ToCome);
        due.extend(open.map(|item| DueHere {
            text: item.dated.point.text.to_string(),
            why: item.dated.point.why.to_string(),
            until: item.dated.until,
            standing: item.dated.standing,
            href: here.clone().hash(&anchor(&item.dated.point.id)),
        }));
    }
    due.sort_by_key(|one| one.until);
    Ok(due)
}

/// A jurisdiction whose list somebody may see; not found otherwise.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn found(link: Link<'_>, who: &Who, id: &str) -> Result<Jurisdiction, Refused> {
    of(link, (who, Right::SeeChecklists), id).await
}

/// A jurisdiction in which somebody may do this; not found otherwise.
///
/// # Errors
/// That it is not found, and those of the store.
pub(crate) async fn of(
    link: Link<'_>,
    (who, right): (&Who, Right),
    id: &str,
) -> Result<Jurisdiction, Refused> {
    if !who.may(right, Scope::Jurisdiction(id)) {
        return Err(not_found());
    }
    office::jurisdiction(link, id).await?.ok_or_else(not_found)
}

/// Ticks a point of a jurisdiction's list, sets it aside, opens it again.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn put(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let (jurisdiction, elections) = {
        let mut read = desk.store.read().await?;
        let jurisdiction = of(read.link(), (who, Right::TickPoint), id).await?;
        (jurisdiction, elections::all(read.link()).await?)
    };
    let election = chosen(&elections, fields.given("election"), desk.now());
    let election = election.ok_or_else(|| wrong("election", "Choose the election."))?;
    let point = desk.settings.plan.point(fields.text("point"));
    let point = point.filter(|point| is_on(point, &jurisdiction.id));
    let point = point.ok_or_else(|| wrong("point", "Choose a point of this list."))?;
    let asked = point.text.clone();
    let (name, act) = match fields.text("act") {
        "tick" => {
            let note = fields.given("text").map(|_| words(fields, "text")).transpose()?;
            ("point.tick", Act::Tick { asked, note })
        }
        "skip" => ("point.skip", Act::Skip { asked, why: words(fields, "text")? }),
        "undo" => ("point.undo", Act::Undo { why: words(fields, "text")? }),
        _ => return Err(unknown()),
    };
    let log = log_id(&election.id, &jurisdiction.id, &point.id);
    let sending = Sending { name, key: fields.text("key"), body: Body::Act(act) };
    logs::begin_as::<Ticked>(desk, who, (&log, Some(&jurisdiction.id)), sending).await
}
