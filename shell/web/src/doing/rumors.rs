//! Rumors: put down by whoever hears them, found out about and told by the state's desk.

use std::collections::BTreeSet;

use ward_access::{Act as Right, Jurisdiction, JurisdictionKind};
use ward_desk::rumor::{Act, Finding, Heard, Rumor, Spread};
use ward_desk::{Body, Entry, Line, Log, Words};
use ward_store::logbook::{self, Filter};
use ward_store::{Error, Link, office};

use super::checked::{add, line, number, unknown, words};
use super::logs::{self, Filed, Sending};
use super::places::{self, NotOne};
use super::room::of_state;
use super::standing::{self, Stands};
use super::{Why, checked, whole, wrong};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::{Refused, not_found};
use crate::ui::Errors;
use crate::who::Who;

/// Rumors that are read for a list before the most urgent are chosen.
const READ: i64 = 5_000;
/// What a local authority picks when it is about its own jurisdiction alone.
pub(crate) const OWN: &str = "own";

/// How much of a rumor somebody reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sight {
    /// All of it: the state's desk.
    Everything,
    /// What one's own people put down of it and what was found out, and of others that they heard
    /// it too.
    Own,
    /// What was found out alone.
    Found,
}

/// How much of a rumor somebody reads; `None` when it is not there for them.
pub(crate) fn sight(who: &Who, place: &logbook::Log, rumor: &Rumor) -> Option<Sight> {
    match who.narrowed(Right::SeeRumors) {
        None => Some(Sight::Everything),
        Some(own) if place.jurisdiction.as_deref() == Some(own) => Some(Sight::Own),
        Some(own) if who.may(Right::SeeRumors, ward_access::Scope::Jurisdiction(own)) => {
            rumor.is_read_by(own).then_some(Sight::Found)
        }
        Some(_) => None,
    }
}

/// Whether somebody reads an entry of a rumor of which they read so much.
pub(crate) fn reads(who: &Who, sight: Sight, log: &Log<Rumor>, entry: &Entry<Act>) -> bool {
    match (sight, &entry.body) {
        (Sight::Everything, _) => true,
        // Who heard it elsewhere is not told, and not where.
        (Sight::Own, Body::Act(Act::Again { from, .. })) => {
            from.as_deref() == who.narrowed(Right::SeeRumors)
        }
        // A correction is read by whoever reads what it corrects.
        (_, Body::Correction { of, .. }) => {
            log.entries().iter().any(|one| one.number == *of && reads(who, sight, log, one))
        }
        (Sight::Own, Body::Act(_)) => true,
        (Sight::Found, Body::Act(Act::Find { .. } | Act::Tell { .. })) => true,
        (Sight::Found, Body::Act(_)) => false,
    }
}

/// The rumors that somebody reads, with how much of each: what waits first, what goes furthest
/// before others, then the one that was heard first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn list(
    mut link: Link<'_>,
    who: &Who,
) -> Result<Vec<(Stands<Rumor>, Sight)>, Error> {
    let mut seen = Vec::new();
    for open in [true, false] {
        let filter = Filter { jurisdiction: None, open: Some(open) };
        let all: Vec<Stands<Rumor>> = standing::list(link.again(), filter, READ).await?;
        seen.extend(all.into_iter().filter_map(|one| {
            let sight = sight(who, &one.place, &one.state)?;
            Some((one, sight))
        }));
    }
    seen.sort_by_key(|(one, _)| {
        let state = &one.state;
        (state.stage(), std::cmp::Reverse(state.spread), one.place.begun)
    });
    Ok(seen)
}

/// A rumor that somebody reads, and how much of it.
///
/// # Errors
/// That it is not there for them, and those of the store.
pub(crate) async fn found(
    link: Link<'_>,
    who: &Who,
    id: &str,
) -> Result<(Filed<Rumor>, Sight), Refused> {
    let filed: Filed<Rumor> = logs::read(link, id).await?.ok_or_else(not_found)?;
    let sight = sight(who, &filed.place, filed.log.state()).ok_or_else(not_found)?;
    Ok((filed, sight))
}

/// Puts a rumor down that somebody heard; its id.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn hear(desk: &Desk, who: &Who, fields: &Fields) -> Result<String, Why> {
    let all = {
        let mut read = desk.store.read().await?;
        office::jurisdictions(read.link()).await?
    };
    let heard = read_heard(&all, who, fields)?;
    let body = Body::Act(Act::Hear(heard));
    let sending = Sending { name: "rumor.hear", key: fields.text("key"), body };
    logs::begin::<Rumor>(desk, who, who.narrowed(Right::HearRumor), sending).await
}

fn read_heard(all: &[Jurisdiction], who: &Who, fields: &Fields) -> Result<Heard, Why> {
    let mut errors = Errors::new();
    let mut wrong = |name: &str, why: String| add(&mut errors, name, why);
    let claim = Words::new(fields.text("claim")).map_err(|why| wrong("claim", why.to_string()));
    let place = Line::new(fields.text("place")).map_err(|why| wrong("place", why.to_string()));
    let link = fields.given("link").map(Line::new).transpose();
    let link = link.map_err(|why| wrong("link", why.to_string()));
    let spread = Spread::named(fields.text("spread"));
    if spread.is_none() {
        wrong("spread", "Say how far it seems to go.".to_owned());
    }
    let about = about(all, who, fields).map_err(|why| wrong("jurisdictions", why));
    checked(errors)?;
    match (claim, place, link, spread, about) {
        (Ok(claim), Ok(place), Ok(link), Some(spread), Ok(jurisdictions)) => {
            Ok(Heard { claim, place, spread, link, jurisdictions })
        }
        // Each of them was told above.
        _ => Err(whole("Something is missing.")),
    }
}

/// The ids of the jurisdictions that it is about; none means the whole state. Whoever acts for one
/// jurisdiction can name no other.
fn about(all: &[Jurisdiction], who: &Who, fields: &Fields) -> Result<BTreeSet<String>, String> {
    let own = who.narrowed(Right::HearRumor);
    if let Some(own) = own
        && fields.text("about") == OWN
    {
        return Ok(BTreeSet::from([own.to_owned()]));
    }
    let open: Vec<&Jurisdiction> = all
        .iter()
        .filter(|one| one.kind != JurisdictionKind::State)
        .filter(|one| own.is_none_or(|own| own == one.id))
        .collect();
    let parts = fields.text("jurisdictions").split([',', ';', '\n']).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(|part| match places::one(&open, part) {
            Ok(one) => Ok(one.id.clone()),
            Err(NotOne::Unknown) => Err(format!("\"{part}\" is no jurisdiction here.")),
            Err(NotOne::Several(names)) => {
                Err(format!("\"{part}\" can be {}: write more of it.", names.join(" or ")))
            }
        })
        .collect()
}

/// Puts down that a rumor was heard once more.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn again(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    {
        let mut read = desk.store.read().await?;
        found(read.link(), who, id).await?;
    }
    let place = line(fields, "place")?;
    let spread = Spread::named(fields.text("spread"));
    let spread = spread.ok_or_else(|| wrong("spread", "Say how far it seems to go."))?;
    let from = who.narrowed(Right::HearRumor).map(str::to_owned);
    let body = Body::Act(Act::Again { place, spread, from });
    let sending = Sending { name: "rumor.again", key: fields.text("key"), body };
    logs::put_at::<Rumor>(desk, who, id, sending).await
}

/// Works on a rumor, as the state's desk does.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn work(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    of_state(who, Right::WorkRumor)?;
    let (name, body) = match fields.text("act") {
        "about" => {
            let all = {
                let mut read = desk.store.read().await?;
                office::jurisdictions(read.link()).await?
            };
            let jurisdictions =
                about(&all, who, fields).map_err(|why| wrong("jurisdictions", why))?;
            ("rumor.about", Body::Act(Act::About { jurisdictions }))
        }
        "find" => {
            let finding = Finding::named(fields.text("finding"));
            let finding = finding.ok_or_else(|| wrong("finding", "Choose what is true of it."))?;
            let (facts, confirmed) = (words(fields, "text")?, line(fields, "confirmed")?);
            ("rumor.find", Body::Act(Act::Find { finding, facts, confirmed }))
        }
        "tell" => {
            let (whom, what) = (line(fields, "whom")?, words(fields, "text")?);
            ("rumor.tell", Body::Act(Act::Tell { whom, what }))
        }
        "rest" => ("rumor.rest", Body::Act(Act::Rest { why: words(fields, "text")? })),
        "correct" => {
            let of = number(fields, "entry", "Choose the entry to correct.")?;
            ("rumor.correct", Body::Correction { of, text: words(fields, "text")? })
        }
        _ => return Err(unknown()),
    };
    let sending = Sending { name, key: fields.text("key"), body };
    let rights = (id, Right::SeeRumors, Right::SeeRumors);
    logs::put::<Rumor>(desk, who, rights, sending).await
}

/// A link as it is shown: nobody gets there by a click, nor by copying it without a thought.
pub(crate) fn harmless(link: &str) -> String {
    let text = ["https", "http", "ftp"].into_iter().fold(link.to_owned(), |text, scheme| {
        let cut = format!("{scheme}://");
        match text.get(..cut.len()) {
            Some(head) if head.eq_ignore_ascii_case(&cut) => {
                let tail = text.get(cut.len()..).unwrap_or_default();
                format!("{}://{tail}", scheme.replace("tt", "xx").replace("ftp", "fxp"))
            }
            _ => text,
        }
    });
    let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.replace('.', "[.]").replace('@', "[@]");
    if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_nowhere() {
        for (link, shown) in [
            ("https://social.example/a.b?c.d", "hxxps://social[.]example/a.b?c.d"),
            ("HTTP://203.0.113.7:80", "hxxp://203[.]0[.]113[.]7:80"),
            ("ftp://files.example", "fxp://files[.]example"),
            ("social.example/post", "social[.]example/post"),
            ("somebody@mail.example", "somebody[@]mail[.]example"),
            ("\u{e4}\u{f6}://\u{fc}.example", "\u{e4}\u{f6}://\u{fc}[.]example"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("", ""),
        ] {
            assert_eq!(harmless(link), shown, "{link}");
        }
    }
}
