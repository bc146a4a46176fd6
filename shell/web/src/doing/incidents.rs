//! Incidents: reported by a local authority, worked on by the state's desk.

use std::collections::BTreeMap;

use ward_access::{Act as Right, Jurisdiction, JurisdictionKind, Reach, Scope};
use ward_desk::incident::{Act, Incident, Kind, Report, Voting};
use ward_desk::{Body, Line, Machine as _, Words};
use ward_store::{Error, Link, look};

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

/// The numbers by which people call incidents on the telephone: the first that was ever reported of a
/// jurisdiction is its 1.
pub(crate) struct Numbers(BTreeMap<String, u64>);

impl Numbers {
    /// Those of a jurisdiction's incidents, or of all.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn of_those(link: Link<'_>, own: Option<&str>) -> Result<Self, Error> {
        Ok(Self(look::numbers(link, Incident::KIND, own).await?.into_iter().collect()))
    }

    /// The number of one; `None` where it is not asked for.
    pub(crate) fn of(&self, id: &str) -> Option<u64> {
        self.0.get(id).copied()
    }
}

/// The number that a text names, and whose: "17", "#17", "incident 17", "Boone 17", "incident 17 of
/// Boone County". The place is empty where none is named.
pub(crate) fn named(text: &str) -> Option<(String, u64)> {
    let text = text.to_ascii_lowercase().replace('#', " ");
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !["", "incident", "no.", "no", "number", "of"].contains(word))
        .collect();
    let (at, number) = words.iter().enumerate().find_map(|(at, word)| {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| word.parse().ok()).flatten().map(|number| (at, number))
    })?;
    // Behind its place, or before it: what stands on both sides of a number is something else.
    let place = match (at, words.len()) {
        (0, _) => words.get(1..)?,
        (at, all) if at.saturating_add(1) == all => words.get(..at)?,
        _ => return None,
    };
    Some((place.join(" "), number))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_say_them() {
        for text in ["17", " #17 ", "incident 17", "Incident #17", "incident no. 17", "Number 17"] {
            assert_eq!(named(text), Some((String::new(), 17)), "{text}");
        }
        for text in
            ["Boone 17", "boone #17", "incident 17 of Boone", "Boone, number 17", "17 Boone"]
        {
            assert_eq!(named(text), Some(("boone".to_owned(), 17)), "{text}");
        }
        let too_long = "9".repeat(30);
        for text in
            ["", "#", "17a", "-17", "incident-17", "W-17", "192.0.2.17", &too_long, "at 17 Main St"]
        {
            assert_eq!(named(text), None, "{text}");
        }
    }
}
