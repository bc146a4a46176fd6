//! What the made-up office's people heard: one rumor that nobody has looked into, one that is found
//! out and not told, one that was told, and one that rests.

use std::collections::BTreeSet;

use ward_desk::rumor::{Act, Finding, Heard, Rumor, Spread};
use ward_desk::{Line, Words};
use ward_kernel::Time;
use ward_store::Link;

use super::room::{ANALYST, CLERK, LEAD, Step, log};

/// Puts all of it down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    for (id, place, steps) in [
        ("rumor-made-up-1", Some("boone-county"), closing()?),
        ("rumor-made-up-2", None, pens()?),
        ("rumor-made-up-3", None, lines()?),
        ("rumor-made-up-4", Some("boone-county"), badge()?),
    ] {
        log::<Rumor>(link.again(), (id, place), now, steps).await?;
    }
    Ok(())
}

fn hear(
    claim: &str,
    (place, spread): (&str, Spread),
    link: Option<&str>,
    about: &[&str],
) -> anyhow::Result<Act> {
    Ok(Act::Hear(Heard {
        claim: Words::new(claim)?,
        place: Line::new(place)?,
        spread,
        link: link.map(Line::new).transpose()?,
        jurisdictions: about.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
    }))
}

fn again(place: &str, spread: Spread, from: Option<&str>) -> anyhow::Result<Act> {
    Ok(Act::Again { place: Line::new(place)?, spread, from: from.map(str::to_owned) })
}

fn find(finding: Finding, facts: &str, confirmed: &str) -> anyhow::Result<Act> {
    Ok(Act::Find { finding, facts: Words::new(facts)?, confirmed: Line::new(confirmed)? })
}

fn tell(whom: &str, what: &str) -> anyhow::Result<Act> {
    Ok(Act::Tell { whom: Line::new(whom)?, what: Words::new(what)? })
}

fn closing() -> anyhow::Result<Vec<Step<Act>>> {
    let link = Some("https://neighbours.example/post/4711");
    let first = hear(
        "Polling places in Boone County close at five today.",
        ("A post in a neighbourhood group", Spread::Few),
        link,
        &["boone-county"],
    )?;
    Ok(vec![
        (CLERK, 34, first),
        (ANALYST, 21, again("Two callers at the state's desk", Spread::Many, None)?),
    ])
}

fn pens() -> anyhow::Result<Vec<Step<Act>>> {
    let first = hear(
        "Ballots that were marked with the pens at polling places are not counted.",
        ("A short film, passed on some 3,000 times", Spread::Many),
        Some("https://films.example/watch/208"),
        &[],
    )?;
    let facts = "Every pen that lies at a polling place is read by every tabulator in use; this is \
                 tried with each of them before the election, in public.";
    Ok(vec![
        (ANALYST, 88, first),
        (ANALYST, 61, again("The radio, as a question of a listener", Spread::News, None)?),
        (LEAD, 19, find(Finding::False, facts, "Whoever tests the tabulators")?),
    ])
}

fn lines() -> anyhow::Result<Vec<Step<Act>>> {
    let first = hear(
        "Whoever stands in line when polls close is sent home.",
        ("Callers at three clerks' offices", Spread::Few),
        None,
        &[],
    )?;
    let facts = "Whoever is in line when the polls close may vote.";
    let told = "Whoever is in line when the polls close may vote: stay in line.";
    Ok(vec![
        (ANALYST, 150, first),
        (LEAD, 139, find(Finding::False, facts, "The state's election counsel")?),
        (LEAD, 131, tell("All clerks, and whoever answers the telephone", told)?),
        (ANALYST, 96, tell("The press office", told)?),
    ])
}

fn badge() -> anyhow::Result<Vec<Step<Act>>> {
    let first = hear(
        "Somebody with a badge asks voters for a second document.",
        ("One caller, who was told by somebody else", Spread::One),
        None,
        &["boone-county"],
    )?;
    let why =
        Words::new("The judge there saw nobody. One person told it; an answer would spread it.")?;
    Ok(vec![(CLERK, 205, first), (LEAD, 180, Act::Rest { why })])
}
