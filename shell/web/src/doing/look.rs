//! The look-up: what the desk knows of an address, an account, a name, a jurisdiction, a case.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use ward_access::{Act as Right, Extent, Jurisdiction, Scope};
use ward_desk::Machine;
use ward_desk::incident::Incident;
use ward_desk::rumor::Rumor;
use ward_history::{Answer, Indicator};
use ward_kernel::Net;
use ward_live::Kept;
use ward_store::cases::{self, Line};
use ward_store::look::{self, Named};
use ward_store::{Error, Link, office};

use super::hunt::{self, DAYS};
use super::incidents::{Numbers, named};
use super::logs::{self, Filed};
use super::rumors::{self, Sight};
use super::standing::Stands;
use super::{looked, places, wrong};
use crate::desk::Desk;
use crate::refused::Refused;
use crate::who::Who;

/// The longest text that is looked up, in characters.
pub(crate) const MOST: usize = 200;
/// Cases, incidents and rumors that are shown of each.
pub(crate) const SHOWN: usize = 20;
/// Cases that are read to know whether there are more than are shown.
const ENOUGH: i64 = 21;
/// Candidates that are read before they are held against what was asked.
const READ: i64 = 200;
/// The shortest text that is looked for among words.
const SHORTEST: usize = 3;

/// What was found.
pub(crate) struct Found {
    /// What the text was understood as, when it can be searched for in the history.
    pub(crate) indicator: Option<Indicator>,
    /// Ids of the jurisdictions that it can mean.
    pub(crate) jurisdictions: Vec<String>,
    /// The cases, the one that changed last first; at most [`SHOWN`].
    pub(crate) cases: Vec<Line>,
    /// Whether there are more cases.
    pub(crate) more_cases: bool,
    /// The incidents that it names by their number, or whose words hold it.
    pub(crate) incidents: Vec<Stands<Incident>>,
    /// The numbers of all incidents.
    pub(crate) numbers: Numbers,
    /// The rumors whose words hold it, with how much of each is read.
    pub(crate) rumors: Vec<(Stands<Rumor>, Sight)>,
    /// What thirteen months of history say; `None` when nothing was searched there.
    pub(crate) history: Option<Result<(Answer, Duration), Refused>>,
}

/// Looks a text up, in as much as whoever asks may see. That they looked is put down before, with
/// what kind of thing it was and not which: once for a kind and ten minutes.
///
/// # Errors
/// That the text cannot be looked up, that whoever asks looks two things up already, and those of
/// the store.
pub(crate) async fn look(desk: &Desk, who: &Who, text: &str) -> Result<Found, super::Why> {
    let text = text.trim();
    if text.is_empty() {
        return Err(wrong("q", "Write what to look up."));
    }
    if text.chars().count() > MOST {
        return Err(wrong("q", "Write at most 200 characters."));
    }
    let indicator = Indicator::parse(text).ok();
    let turn = hunt::turn(desk, who)?;
    let kind =
        indicator.as_ref().map_or("words".to_owned(), |one| hunt::kinds(std::slice::from_ref(one)));
    looked::once(desk, who, ("look", ""), &kind).await?;
    let mut read = desk.store.read().await?;
    let all = office::jurisdictions(read.link()).await?;
    let jurisdictions = jurisdictions(who, &all, text);
    let mut cases = cases_of(read.link(), who, indicator.as_ref(), text).await?;
    let more_cases = cases.len() > SHOWN;
    cases.truncate(SHOWN);
    let incidents = incidents(read.link(), who, (text, &all)).await?;
    let own = who.narrowed(Right::SeeIncidents);
    let numbers = Numbers::of_those(read.link(), own).await?;
    let rumors = rumors_of(read.link(), who, text).await?;
    drop(read);
    // Whoever reaches nothing by it is not told that there is a history.
    let history = match (&indicator, who.extent(Right::Hunt)) {
        (None, _) | (_, Extent::Nothing | Extent::OwnAccount) => None,
        (Some(one), _) => {
            Some(hunt::search(desk, (who, turn), vec![one.clone()], DAYS, false).await)
        }
    };
    Ok(Found { indicator, jurisdictions, cases, more_cases, incidents, numbers, rumors, history })
}

/// The ids of the jurisdictions that a text can mean, as far as whoever asks may know them.
fn jurisdictions(who: &Who, all: &[Jurisdiction], text: &str) -> Vec<String> {
    let may = |one: &&Jurisdiction| who.may(Right::SeeCases, Scope::Jurisdiction(&one.id));
    let open: Vec<&Jurisdiction> = all.iter().filter(may).collect();
    places::like(&open, text).iter().map(|one| one.id.clone()).collect()
}

/// The case of this id, those whose judgement names it, and those whose title holds it.
async fn cases_of(
    mut link: Link<'_>,
    who: &Who,
    indicator: Option<&Indicator>,
    text: &str,
) -> Result<Vec<Line>, Error> {
    let scope = who.case_scope();
    let mut ids: Vec<String> = Vec::new();
    if let Some(filed) = cases::by_id(link.again(), text).await?
        && who.may(Right::SeeCase, super::cases::scope(&filed.case.scope))
    {
        ids.push(filed.case.id);
    }
    if let Some(indicator) = indicator {
        let (needle, net) = needle(indicator);
        // Those of a network are held against it one by one.
        let (named, most) = match net {
            Some(_) => (Named::Begins(&needle), READ),
            None => (Named::Whole(&needle), ENOUGH),
        };
        let found = look::cases(link.again(), scope, named, most).await?;
        let holds = |body: &str| net.is_none_or(|net| is_within(body, net));
        ids.extend(found.into_iter().filter(|(_, body)| holds(body)).map(|(id, _)| id));
    }
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for id in ids {
        if lines.len() <= SHOWN && seen.insert(id.clone()) {
            lines.extend(cases::line(link.again(), &id).await?);
        }
    }
    if is_long(text) {
        let filter =
            cases::Filter { text: text.to_owned(), with_past: true, ..cases::Filter::default() };
        let titled = cases::list(link, scope, &filter, ENOUGH, 0).await?;
        lines.extend(titled.into_iter().filter(|line| seen.insert(line.id.clone())));
    }
    Ok(lines)
}

/// What a case's judgement is asked for: a text as a whole; of a network, which its sources are then
/// held against, what its addresses begin with.
fn needle(indicator: &Indicator) -> (String, Option<Net>) {
    match indicator {
        Indicator::Address(addr) => (addr.to_string(), None),
        Indicator::Network(net) => (common(*net), Some(*net)),
        // The names under a domain end as it does: what is found is the domain itself.
        Indicator::Account(name)
        | Indicator::Domain(name)
        | Indicator::Hash(name)
        | Indicator::Under(name) => (name.clone(), None),
    }
}

/// What the addresses of a network have in common as they are written: its whole parts.
fn common(net: Net) -> String {
    let text = net.to_string();
    let (base, bits) = text.split_once('/').unwrap_or((&text, "0"));
    let bits = bits.parse::<usize>().unwrap_or(0);
    if base.contains(':') {
        // Parts that are zero may not be written: those before the first of them are.
        let parts = base.split(':').take(bits / 16).take_while(|part| !part.is_empty());
        return parts.map(|part| format!("{part}:")).collect();
    }
    base.split('.').take(bits / 8).map(|part| format!("{part}.")).collect()
}

fn is_within(body: &str, net: Net) -> bool {
    let kept: Result<Kept, _> = serde_json::from_str(body);
    kept.is_ok_and(|kept| kept.sources.iter().any(|addr| net.contains(*addr)))
}

/// The incident of this number or this id, and those whose words hold a text.
async fn incidents(
    mut link: Link<'_>,
    who: &Who,
    (text, all): (&str, &[Jurisdiction]),
) -> Result<Vec<Stands<Incident>>, Error> {
    if who.reach(Right::SeeIncidents) == ward_access::Reach::Nothing {
        return Ok(Vec::new());
    }
    let own = who.narrowed(Right::SeeIncidents);
    let mut ids: Vec<String> = Vec::new();
    if let Some((place, number)) = named(text) {
        let places = jurisdictions(who, all, &place);
        let whose: Vec<Option<&str>> = match place.as_str() {
            "" => vec![own],
            _ => places.iter().map(|place| Some(place.as_str())).collect(),
        };
        for one in whose {
            ids.extend(look::numbered(link.again(), Incident::KIND, one, number).await?);
        }
    }
    let holding = holding(link.again(), Incident::KIND, own, text).await?;
    ids.extend(holding.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
    let mut found = Vec::new();
    for id in ids.iter().take(SHOWN) {
        let filed: Option<Filed<Incident>> = logs::read(link.again(), id).await?;
        let filed = filed.filter(|filed| who.may(Right::SeeIncidents, filed.scope()));
        found.extend(filed.map(|filed| filed.stands()));
    }
    Ok(found)
}

/// The rumors whose words hold a text, as far as whoever asks reads those words.
async fn rumors_of(
    mut link: Link<'_>,
    who: &Who,
    text: &str,
) -> Result<Vec<(Stands<Rumor>, Sight)>, Error> {
    if who.reach(Right::SeeRumors) == ward_access::Reach::Nothing {
        return Ok(Vec::new());
    }
    let ids = holding(link.again(), Rumor::KIND, None, text).await?;
    let mut found = Vec::new();
    for id in ids {
        // What others wrote and they do not read takes no place of what they do.
        if found.len() == SHOWN {
            break;
        }
        let filed: Option<Filed<Rumor>> = logs::read(link.again(), &id).await?;
        found.extend(filed.and_then(|filed| {
            let sight = rumors::sight(who, &filed.place, filed.log.state())?;
            // Where somebody else heard it does not show by what is found.
            let reads = filed.place.id == text || is_read(who, &filed, sight, text);
            reads.then(|| (filed.stands(), sight))
        }));
    }
    Ok(found)
}

/// Whether what somebody reads of a rumor holds a text.
fn is_read(who: &Who, filed: &Filed<Rumor>, sight: Sight, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let claim = filed.log.state().heard.as_ref().map(|heard| heard.claim.as_str());
    let mut entries =
        filed.log.entries().iter().filter(|entry| rumors::reads(who, sight, &filed.log, entry));
    claim.is_some_and(|claim| claim.to_lowercase().contains(&wanted))
        || entries
            .any(|entry| serde_json::to_value(&entry.body).is_ok_and(|body| says(&body, &wanted)))
}

/// Ids of a kind's logs that hold a text in what people wrote, or the one of this id; the newest
/// first.
async fn holding(
    link: Link<'_>,
    kind: &str,
    own: Option<&str>,
    text: &str,
) -> Result<Vec<String>, Error> {
    let prefix = format!("{kind}-");
    if text.starts_with(&prefix) {
        return Ok(vec![text.to_owned()]);
    }
    if !is_long(text) {
        return Ok(Vec::new());
    }
    let entries = look::entries(link, kind, own, text, READ).await?;
    let wanted = text.to_lowercase();
    let mut ids: Vec<String> = Vec::new();
    for (id, body) in entries {
        let says = serde_json::from_str(&body).is_ok_and(|body: Value| says(&body, &wanted));
        if says && !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Whether a text of a value, and no name of it, holds what is wanted (in small letters).
fn says(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(wanted),
        Value::Array(all) => all.iter().any(|one| says(one, wanted)),
        Value::Object(all) => all.values().any(|one| says(one, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() >= SHORTEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_addresses_of_a_network_begin_with() {
        for (net, begins) in [
            ("198.51.100.0/24", "198.51.100."),
            ("198.51.100.64/26", "198.51.100."),
            ("198.51.0.0/20", "198.51."),
            ("10.0.0.0/7", ""),
            ("2001:db8::/32", "2001:db8:"),
            ("2001:db8::/48", "2001:db8:"),
            ("2001:db8:5:6::/64", "2001:db8:5:6:"),
        ] {
            assert_eq!(common(net.parse().unwrap()), begins, "{net}");
        }
    }

    #[test]
    fn words_are_what_people_wrote() {
        let body = serde_json::json!({ "act": { "note": { "text": "Two Poll Books" } } });
        assert!(says(&body, "poll book") && !says(&body, "note"));
        assert!(is_long("abc") && !is_long("ab"));
    }
}
