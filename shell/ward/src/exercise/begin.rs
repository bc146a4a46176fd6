//! `ward exercise begin`: makes the world, with what may come over from the real one.
//!
//! That is the list of jurisdictions, the office's name, state and time zone, its telephone with the
//! word that this is an exercise around it, and the dates of its elections. Where it is asked for,
//! people are invited anew with the roles that they have: none of their passwords, factors, sessions
//! or tokens comes along, nor any record, case or entry. The real store is opened for reading alone,
//! and closed before the exercise's is made.

use std::path::Path;

use anyhow::{Context as _, bail};
use data_encoding::BASE32_NOPAD;
use ward_access::{Jurisdiction, OrganisationKind, Role, codes};
use ward_desk::calendar::{Act, Dates, Planned};
use ward_desk::{Body, Machine as _};
use ward_kernel::time::DAY;
use ward_kernel::{Time, World};
use ward_store::audit::Entry;
use ward_store::invitations::{self, Invitation};
use ward_store::logbook::{self, Filter, New};
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::{Audit, Link, Store, Tx, meta, world};
use ward_web::keys::Keys;

use super::{place, say, shown};
use crate::cli::Begin;
use crate::page::text::count;
use crate::serve::folder::Folder;
use crate::settings::desk::check_origin;

/// Who acts on the machine itself, as the audit and the entries call them.
const COMMAND_LINE: &str = "command line";
/// How long an invitation opens, in microseconds.
const GOOD_FOR: i64 = 7 * DAY;
/// Facts about the office that come over.
const FACTS: [&str; 4] = [office::NAME, office::STATE, office::ZONE, office::PHONE];
/// Elections that come over.
const ELECTIONS: i64 = 500;

/// What comes over from the real world.
struct Copied {
    facts: Vec<(&'static str, String)>,
    /// The elections that the calendar holds: their dates, and nothing that was said of them.
    elections: Vec<Dates>,
    jurisdictions: Vec<Jurisdiction>,
    organisations: Vec<Organisation>,
    people: Vec<Person>,
}

/// Makes an exercise.
///
/// # Errors
/// A sentence, and those of the stores.
pub(super) async fn begin(asked: &Begin) -> anyhow::Result<()> {
    let origin = origin(asked)?;
    let path = place::folder(asked.place.data.as_deref(), World::Exercise);
    is_free(&path)?;
    let to = place::store(asked.place.store.as_deref(), &path);
    if world::found_at(&to).await?.is_some() {
        bail!("the database holds a store already: an exercise begins in an empty one");
    }
    let copied = match &asked.from {
        Some(from) => Some(copied(from, asked).await?),
        None => None,
    };
    let folder = Folder::make(&path, World::Exercise)?;
    place::mark(&path)?;
    let _alone = folder.hold()?;
    let store = Store::open(&to).await?;
    store.migrate_as(World::Exercise).await?;
    let made = fill(&store, &folder.keys()?, copied.as_ref()).await;
    store.close().await;
    tell(asked, &path, copied.as_ref(), &made?, &origin)
}

/// Where browsers will find it.
fn origin(asked: &Begin) -> anyhow::Result<String> {
    let origin = asked.origin.as_deref().unwrap_or("https://localhost:9443");
    check_origin(origin).map_err(|what| anyhow::anyhow!(what))?;
    Ok(origin.trim_end_matches('/').to_owned())
}

/// An exercise begins in a folder in which there is nothing.
fn is_free(path: &Path) -> anyhow::Result<()> {
    let Ok(mut entries) = std::fs::read_dir(path) else { return Ok(()) };
    if entries.next().is_some() {
        bail!(
            "{} is not empty: an exercise begins in a new folder, so that nothing of another world \
             is in it",
            path.display()
        );
    }
    Ok(())
}

/// Reads what may come over. Nothing else is asked for.
async fn copied(from: &str, asked: &Begin) -> anyhow::Result<Copied> {
    let real = Store::open_to_read(from).await?;
    let read = read(&real, asked).await;
    real.close().await;
    read.context("nothing was copied")
}

async fn read(real: &Store, asked: &Begin) -> anyhow::Result<Copied> {
    real.check_schema().await?;
    let mut read = real.read().await?;
    world::expect(world::of(read.link()).await?, World::Real)?;
    let mut facts = Vec::new();
    for key in FACTS {
        let value = meta::get(read.link(), key).await?.filter(|value| !value.is_empty());
        facts.extend(
            value.map(|value| (key, if key == office::PHONE { practised(&value) } else { value })),
        );
    }
    let elections = elections(read.link()).await?;
    let jurisdictions = office::jurisdictions(read.link()).await?;
    let mut people = Vec::new();
    if asked.people {
        people = people::list(read.link(), None).await?;
        people.retain(|person| person.active);
    }
    if let Some(email) = &asked.administrator {
        people.retain(|person| person.email != people::address(email));
        people.push(administrator(email));
    }
    if !people.iter().any(|person| person.role == Role::Administrator) {
        bail!("nobody would be the exercise's administrator: invite one with --administrator");
    }
    let mut organisations = office::organisations(read.link()).await?;
    organisations.retain(|one| people.iter().any(|person| person.organisation == one.id));
    if !organisations.iter().any(|one| one.id == office::OWN) {
        organisations.push(own_office(&facts));
    }
    Ok(Copied { facts, elections, jurisdictions, organisations, people })
}

/// The telephone of the real desk, as an exercise shows it: to be called with these words, and by
/// hand, for what does not begin with a number is no link.
fn practised(number: &str) -> String {
    format!("EXERCISE: {number}, say that this is an exercise")
}

/// The dates of the elections that take place.
async fn elections(link: Link<'_>) -> anyhow::Result<Vec<Dates>> {
    let open = Filter { jurisdiction: None, open: Some(true) };
    let mut all = Vec::new();
    for (place, kept) in logbook::list(link, Planned::KIND, open, ELECTIONS).await? {
        let mut set = None;
        for one in kept {
            let body: Body<Act> = serde_json::from_str(&one.entry.body)
                .with_context(|| format!("the dates of {} cannot be read", place.id))?;
            if let Body::Act(Act::Set(dates)) = body {
                set = Some(dates);
            }
        }
        all.extend(set);
    }
    all.sort_by(|one, two| (one.opens, one.name.as_str()).cmp(&(two.opens, two.name.as_str())));
    Ok(all)
}

/// Somebody who looks after the exercise and needs to be nobody at the real desk.
fn administrator(email: &str) -> Person {
    Person {
        id: String::new(),
        name: "Exercise administrator".to_owned(),
        email: people::address(email),
        role: Role::Administrator,
        organisation: office::OWN.to_owned(),
        jurisdiction: None,
        active: true,
        created: Time::from_micros(0),
        last_sign_in: None,
    }
}

fn own_office(facts: &[(&'static str, String)]) -> Organisation {
    let name = facts.iter().find(|(key, _)| *key == office::NAME).map(|(_, name)| name.clone());
    Organisation {
        id: office::OWN.to_owned(),
        kind: OrganisationKind::StateOffice,
        name: name.unwrap_or_else(|| "The office".to_owned()),
        jurisdiction: None,
    }
}

/// An invitation, and the key of its link.
struct Invited {
    name: String,
    role: Role,
    key: String,
    expires: Time,
}

/// Puts in what came over, in one transaction; whoever was invited by it.
async fn fill(store: &Store, keys: &Keys, from: Option<&Copied>) -> anyhow::Result<Vec<Invited>> {
    let now = crate::serve::machine_time();
    let mut tx = store.begin().await?;
    meta::set(tx.link(), world::BEGUN, &now.micros().to_string()).await?;
    let mut invited = Vec::new();
    if let Some(from) = from {
        // The state office's own entry is made with the list.
        let list: Vec<Jurisdiction> = from
            .jurisdictions
            .iter()
            .filter(|one| one.id != ward_access::STATE_OFFICE)
            .cloned()
            .collect();
        office::set_jurisdictions(tx.link(), &list).await?;
        for (key, value) in &from.facts {
            meta::set(tx.link(), key, value).await?;
        }
        for (number, dates) in (1_u64..).zip(&from.elections) {
            calendar(tx.link(), &format!("election-{number}"), dates, now).await?;
        }
        for one in &from.organisations {
            office::add_organisation(tx.link(), one).await?;
        }
        for person in &from.people {
            invited.push(invite(&mut tx, keys, person, now).await?);
        }
        meta::set(tx.link(), office::SETUP_DONE, &now.micros().to_string()).await?;
    }
    let detail = match from {
        Some(_) => format!("{} invited", count(invited.len() as u64, "person", "people")),
        None => "an empty one".to_owned(),
    };
    tx.commit(row(now, "exercise.begin", detail)).await?;
    Ok(invited)
}

/// Sets an election in the exercise's calendar.
async fn calendar(mut link: Link<'_>, id: &str, dates: &Dates, now: Time) -> anyhow::Result<()> {
    let place = logbook::Log {
        id: id.to_owned(),
        kind: Planned::KIND.to_owned(),
        jurisdiction: None,
        begun: now,
        updated: now,
        open: true,
    };
    logbook::begin(link.again(), &place).await?;
    let body: Body<Act> = Body::Act(Act::Set(dates.clone()));
    let new = New {
        number: 1,
        key: "exercise-begin".to_owned(),
        at: now,
        actor: String::new(),
        actor_name: COMMAND_LINE.to_owned(),
        body: serde_json::to_string(&body)?,
    };
    logbook::add(link, id, &new, true).await?;
    Ok(())
}

async fn invite(tx: &mut Tx, keys: &Keys, person: &Person, now: Time) -> anyhow::Result<Invited> {
    let (id, key): ([u8; 10], [u8; codes::INVITATION_BYTES]) = (keys.random()?, keys.random()?);
    let expires = now.plus(GOOD_FOR);
    let invitation = Invitation {
        id: format!("i-{}", BASE32_NOPAD.encode(&id).to_lowercase()),
        hash: keys.kept(&key).to_vec(),
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role,
        organisation: person.organisation.clone(),
        jurisdiction: person.jurisdiction.clone(),
        invited_by: String::new(),
        created: now,
        expires,
        used: None,
    };
    invitations::add(tx.link(), &invitation).await?;
    let (name, role) = (person.name.clone(), person.role);
    Ok(Invited { name, role, key: codes::write(&key), expires })
}

/// An act of whoever has the machine.
pub(super) fn row(at: Time, act: &str, detail: String) -> Audit {
    Audit::Entry(Entry {
        at,
        actor: String::new(),
        actor_name: COMMAND_LINE.to_owned(),
        act: act.to_owned(),
        object: String::new(),
        detail,
        address: String::new(),
    })
}

fn tell(
    asked: &Begin,
    path: &Path,
    copied: Option<&Copied>,
    invited: &[Invited],
    origin: &str,
) -> anyhow::Result<()> {
    say(&format!("EXERCISE: a world of its own was made in {}.", path.display()))?;
    match copied {
        Some(copied) => say(&format!(
            "Copied: {}, the dates of {}, and the office's name, state, time zone and telephone, \
             which is shown with the word EXERCISE.",
            count(copied.jurisdictions.len() as u64, "jurisdiction", "jurisdictions"),
            count(copied.elections.len() as u64, "election", "elections")
        ))?,
        None => say("It is empty: the link that sets it up is printed when it starts.")?,
    }
    if let Some(first) = invited.first() {
        say(&format!(
            "\nEach of these links opens once, until {}. Hand each to its owner alone:",
            shown(first.expires)
        ))?;
    }
    for one in invited {
        let role = one.role.label().to_lowercase();
        let name = crate::page::text::clean(&one.name);
        say(&format!("  {name}, {role}: {origin}/invitation?key={}", one.key))?;
    }
    let data = asked.place.data.as_ref().map(|data| format!(" --data {}", data.display()));
    let store = asked.place.store.as_ref().map(|_| ", with --store and the same database");
    say(&format!(
        "\nStart it: ward serve --exercise{}{}",
        data.unwrap_or_default(),
        store.unwrap_or_default()
    ))
}
