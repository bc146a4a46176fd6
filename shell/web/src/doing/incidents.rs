//! Incidents: reported by a local authority, worked on by the state's desk.

use ward_access::{Act as Right, Jurisdiction, JurisdictionKind, Reach, Scope};
use ward_desk::incident::{Act, Incident, Kind, Report, Voting};
use ward_desk::{Body, Line, Words};

use super::checked::{add as is_wrong, line, number, unknown, words};
use super::logs::{self, Sending};
use super::{Why, checked, whole, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::ui::Errors;
use crate::who::Who;

/// The jurisdictions for which somebody may report.
pub(crate) fn places<'a>(all: &'a [Jurisdiction], who: &Who) -> Vec<&'a Jurisdiction> {
    let may = |one: &&Jurisdiction| {
        one.kind != JurisdictionKind::State
            && who.may(Right::ReportIncident, Scope::Jurisdiction(&one.id))
    };
    all.iter().filter(may).collect()
}

/// Reports an incident; its id.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn report(desk: &Desk, who: &Who, fields: &Fields) -> Result<String, Why> {
    let all = {
        let mut read = desk.store.read().await?;
        ward_store::office::jurisdictions(read.link()).await?
    };
    let (place, report) = read_report(&all, who, fields)?;
    let sending = Sending {
        name: "incident.report",
        key: fields.text("key"),
        body: Body::Act(Act::Report(report)),
    };
    logs::begin::<Incident>(desk, who, Some(&place), sending).await
}

fn read_report(all: &[Jurisdiction], who: &Who, fields: &Fields) -> Result<(String, Report), Why> {
    let mut errors = Errors::new();
    let mut line = |name: &str| {
        let read = Line::new(fields.text(name));
        read.map_err(|why| is_wrong(&mut errors, name, why.to_string())).ok()
    };
    let place = line("place");
    let mut optional = |name: &str| fields.given(name).and_then(|_| line(name));
    let call_back = optional("call_back");
    // Whoever reports their own tells it themselves.
    let told_by =
        if who.reach(Right::WorkIncident) == Reach::Nothing { None } else { optional("told_by") };
    let what = Words::new(fields.text("what"))
        .map_err(|why| is_wrong(&mut errors, "what", why.to_string()))
        .ok();
    let kind = Kind::named(fields.text("kind"));
    if kind.is_none() {
        errors = errors.add("kind", "Choose what it is about.");
    }
    let voting = Voting::named(fields.text("voting"));
    if voting.is_none() {
        errors = errors.add("voting", "Say whether people can vote there.");
    }
    let open = places(all, who);
    let chosen = fields.text("jurisdiction");
    let whose = match open.as_slice() {
        // Whoever acts for one jurisdiction is not asked for it.
        [only] if chosen.is_empty() => Some(only.id.clone()),
        _ => open.iter().find(|one| one.id == chosen).map(|one| one.id.clone()),
    };
    if whose.is_none() {
        errors = errors.add("jurisdiction", "Choose the jurisdiction that it happened in.");
    }
    checked(errors)?;
    match (whose, kind, voting, place, what) {
        (Some(whose), Some(kind), Some(voting), Some(place), Some(what)) => {
            Ok((whose, Report { kind, voting, place, what, call_back, told_by }))
        }
        // Each of them was told above.
        _ => Err(whole("Something is missing.")),
    }
}

/// Adds to an incident what anybody may who sees it: a note, how voting goes, that it is over, a
/// correction.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn add(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let is_machine = who.actor.as_ref().is_some_and(|actor| actor.machine);
    if is_machine && fields.text("act") != "note" {
        return Err(whole("A program writes notes; how it stands is for people to say."));
    }
    let (name, body) = match fields.text("act") {
        "note" => ("incident.note", Body::Act(Act::Note { text: words(fields, "text")? })),
        "voting" => {
            let now = Voting::named(fields.text("voting"));
            let now = now.ok_or_else(|| wrong("voting", "Choose how it is now."))?;
            ("incident.voting", Body::Act(Act::Voting { now }))
        }
        "solve" => ("incident.solve", Body::Act(Act::Solve { how: words(fields, "text")? })),
        "correct" => {
            let of = number(fields, "entry", "Choose the entry to correct.")?;
            ("incident.correct", Body::Correction { of, text: words(fields, "text")? })
        }
        _ => return Err(unknown()),
    };
    put(desk, who, (id, Right::NoteIncident), Sending { name, key: fields.text("key"), body }).await
}

/// Works on an incident, as the state's desk does: takes it, makes sure of it, closes it.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn work(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let (name, act) = match fields.text("act") {
        "take" => ("incident.take", Act::Take),
        "verify" => {
            let event = line(fields, "event")?;
            ("incident.verify", Act::Verify { event, how: words(fields, "text")? })
        }
        "refute" => ("incident.refute", Act::Refute { how: words(fields, "text")? }),
        "close" => ("incident.close", Act::Close { why: words(fields, "text")? }),
        "reopen" => ("incident.reopen", Act::Reopen { why: words(fields, "text")? }),
        _ => return Err(unknown()),
    };
    let sending = Sending { name, key: fields.text("key"), body: Body::Act(act) };
    put(desk, who, (id, Right::WorkIncident), sending).await
}

async fn put(
    desk: &Desk,
    who: &Who,
    (id, right): (&str, Right),
    sending: Sending<'_, Act>,
) -> Result<(), Why> {
    logs::put::<Incident>(desk, who, (id, Right::SeeIncidents, right), sending).await
}
