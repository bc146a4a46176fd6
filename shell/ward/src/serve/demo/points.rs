//! What the made-up offices have done of their checklists, and who is reachable how: titles instead
//! of names, numbers that belong to nobody (555-01xx), domains kept for examples.

use ward_access::{Jurisdiction, JurisdictionKind, STATE_OFFICE};
use ward_desk::calendar::Election;
use ward_desk::checklist::{self, Point as Ticked};
use ward_desk::directory::{self, Contact, Directory};
use ward_desk::plan::{Dated, Plan, Standing, due};
use ward_desk::{By, Line, Words};
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE};
use ward_store::{Link, office};

use super::room;

/// Offices that have named nobody yet, and those that confirmed nothing for this election.
const NOBODY: [&str; 4] = ["dekalb-county", "maries-county", "schuyler-county", "worth-county"];
/// Every how many offices one has not confirmed its contacts.
const OLD: usize = 11;
/// Every how many offices one is behind.
const SLOW: usize = 13;
/// Area codes of the state.
const AREAS: [&str; 6] = ["573", "660", "417", "816", "636", "314"];

/// Puts all of it down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    let offices = office::jurisdictions(link.again()).await?;
    let plan = Plan::shipped();
    for (number, one) in offices.iter().enumerate() {
        contacts(link.again(), (number, one), now).await?;
    }
    let election = super::calendar::election(now)?;
    for (number, one) in offices.iter().enumerate() {
        ticks(link.again(), (number, one), (&plan, &election), now).await?;
    }
    Ok(())
}

async fn contacts(
    link: Link<'_>,
    (number, one): (usize, &Jurisdiction),
    now: Time,
) -> anyhow::Result<()> {
    if NOBODY.contains(&one.id.as_str()) {
        return Ok(());
    }
    let by = by(one);
    let is_old = number % OLD == 7 || one.id == "boone-county";
    let days: i64 = if is_old { -190 } else { -60 };
    let put_down = now.plus(days.saturating_mul(DAY));
    let mut steps = Vec::new();
    for (place, contact) in people(number, one)?.into_iter().enumerate() {
        let id = format!("c-{place}");
        let at = put_down.plus(minutes(place));
        steps.push((by.clone(), at, directory::Act::Put { id, contact, of: None }));
    }
    if !is_old {
        let entry = steps.len() as u64;
        let ago = 2_i64.saturating_add(i64::try_from(number % 30).unwrap_or(0));
        let at = now.plus(ago.saturating_mul(DAY).saturating_neg());
        steps.push((by, at, directory::Act::Confirm { entry }));
    }
    let id = format!("contacts-{}", one.id);
    room::write::<Directory>(link, (&id, Some(&one.id)), steps).await
}

/// Who is called at an office: two or three, by what they are.
fn people(number: usize, one: &Jurisdiction) -> anyhow::Result<Vec<Contact>> {
    let short = one.id.trim_end_matches("-board").trim_end_matches("-county");
    let area = AREAS.get(number % AREAS.len()).copied().unwrap_or("573");
    // Numbers from 555-0100 to 555-0199 are kept for stories.
    let tel = |more: usize| {
        format!("{area}-555-01{:02}", number.saturating_mul(3).saturating_add(more) % 100)
    };
    let titles = match one.kind {
        JurisdictionKind::State => ["Desk lead", "Duty telephone", "Public information"],
        JurisdictionKind::Board => ["Director of elections", "Deputy director", "Board office"],
        JurisdictionKind::Clerk => ["County clerk", "Deputy clerk", "Clerk's office"],
    };
    let ways = [format!("Mobile, {}", tel(1)), format!("Radio: {} base", one.name)];
    let (short, mailbox) =
        if one.kind == JurisdictionKind::State { ("office", "desk") } else { (short, "clerk") };
    let mut all = Vec::new();
    for (place, title) in titles.into_iter().enumerate().take(2 + number % 2) {
        let first = place == 0;
        all.push(Contact {
            title: Line::new(title)?,
            name: None,
            telephone: Some(Line::new(&tel(place.saturating_mul(2)))?),
            second: ways
                .get(place)
                .filter(|_| first || number.is_multiple_of(3))
                .map(|way| Line::new(way))
                .transpose()?,
            mail: first.then(|| Line::new(&format!("{mailbox}@{short}.example"))).transpose()?,
            hours: (place == 2).then(|| Line::new("Weekdays 8 to 5")).transpose()?,
            note: None,
            first,
        });
    }
    Ok(all)
}

/// What an office has done until now: nearly all that is over, some of what is due.
async fn ticks(
    mut link: Link<'_>,
    (number, one): (usize, &Jurisdiction),
    (plan, election): (&Plan, &Election),
    now: Time,
) -> anyhow::Result<()> {
    let own = |dated: &&Dated<'_>| dated.point.whose.is_local() == (one.id != STATE_OFFICE);
    // What is made up may lie an hour beside it where the clocks are turned.
    let days = |at: Time, many: i64| at.plus(many.saturating_mul(DAY));
    let all = due(plan, election, now, &days);
    // A few are behind with several points, as it is.
    let is_slow = number % SLOW == 4 || matches!(one.id.as_str(), "boone-county" | STATE_OFFICE);
    for (place, dated) in all.iter().filter(own).enumerate() {
        let chance = number.wrapping_mul(31).wrapping_add(place.wrapping_mul(17)) % 97;
        let is_done = match dated.standing {
            Standing::Overdue if is_slow => place % 5 != 2 || chance > 70,
            Standing::Overdue => true,
            Standing::Due => chance > 30,
            Standing::ToCome => false,
        };
        if !is_done {
            continue;
        }
        let at = dated.from.plus(minutes(30 + chance)).min(now.plus(-MINUTE));
        let asked = dated.point.text.clone();
        let act = if chance == 50 {
            let why = Words::new("The county's own IT does this for all offices.")?;
            checklist::Act::Skip { asked, why }
        } else {
            let note = (chance == 60)
                .then(|| Words::new("Done with two people; the form lies in the safe."))
                .transpose()?;
            checklist::Act::Tick { asked, note }
        };
        let id = format!("point.{}.{}.{}", election.id, one.id, dated.point.id);
        let steps = vec![(by(one), at, act)];
        room::write::<Ticked>(link.again(), (&id, Some(&one.id)), steps).await?;
    }
    Ok(())
}

/// Whoever acts for an office.
fn by(one: &Jurisdiction) -> By {
    match (one.kind, one.id.as_str()) {
        (JurisdictionKind::State, _) => {
            By { id: room::id_of(room::LEAD).to_owned(), name: room::LEAD.to_owned() }
        }
        (_, "boone-county") => {
            By { id: room::id_of(room::CLERK).to_owned(), name: room::CLERK.to_owned() }
        }
        _ => By { id: format!("demo-{}", one.id), name: format!("Clerk of {}", one.name) },
    }
}

fn minutes(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(0).saturating_mul(MINUTE).min(20 * HOUR)
}
