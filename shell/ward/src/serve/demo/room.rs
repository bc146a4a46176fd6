//! What the made-up office's people put down: incidents at three places, one of them an event, and
//! who has which position.

use ward_desk::incident::{self, Incident, Kind, Report, Voting};
use ward_desk::shift::{self, Position};
use ward_desk::{Body, By, Line, Log, Machine, Words};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_store::Link;
use ward_store::logbook::{self, New};

/// Who acts, how many minutes before the recording begins, and what they do.
pub(super) type Step<A> = (&'static str, i64, A);

pub(super) const CLERK: &str = "Clerk of Boone County";
pub(super) const ANALYST: &str = "Desk analyst";
pub(super) const LEAD: &str = "Desk lead";

/// Puts all of it down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    for (id, place, steps) in [
        ("incident-made-up-1", "boone-county", poll_books()?),
        ("incident-made-up-2", "cole-county", false_hours()?),
        ("incident-made-up-3", "greene-county", power()?),
    ] {
        log::<Incident>(link.again(), (id, Some(place)), now, steps).await?;
    }
    for (id, steps) in [
        ("position-lead-1", vec![(LEAD, 180, shift::Act::Begin)]),
        ("position-cases-1", shift_of_cases()?),
    ] {
        log::<Position>(link.again(), (id, None), now, steps).await?;
    }
    Ok(())
}

fn poll_books() -> anyhow::Result<Vec<Step<incident::Act>>> {
    use incident::Act::{Note, Solve, Take, Verify};
    let report = report(
        (Kind::PollBooks, Voting::Slowed),
        "Precinct 4, school gym",
        "Two poll books show the list of the primary. Workers look voters up on paper.",
    )?;
    let text = "Called the presiding judge. Nobody was turned away; the line is ten minutes long.";
    let event = Line::new("Two poll books with an old list in Boone County")?;
    let how = Words::new("The vendor's record shows both devices without today's load.")?;
    let solved = Words::new("Both were loaded again and tried with three names.")?;
    Ok(vec![
        (CLERK, 52, report),
        (ANALYST, 50, Take),
        (ANALYST, 41, Note { text: Words::new(text)? }),
        (LEAD, 38, Verify { event, how }),
        (CLERK, 12, Solve { how: solved }),
    ])
}

fn false_hours() -> anyhow::Result<Vec<Step<incident::Act>>> {
    let report = report(
        (Kind::Rumor, Voting::Unaffected),
        "A post, shared some 400 times",
        "It says that polling places close at five. They close at seven.",
    )?;
    Ok(vec![(ANALYST, 23, report)])
}

fn power() -> anyhow::Result<Vec<Step<incident::Act>>> {
    use incident::Act::{Close, Take, Voting as Goes};
    let report = report(
        (Kind::Utilities, Voting::Stopped),
        "Community centre, main hall",
        "The lights went out and the tabulator with them. Ballots go into the locked box.",
    )?;
    let why = Words::new("Power is back; the box was counted by two parties.")?;
    Ok(vec![
        (ANALYST, 95, report),
        (LEAD, 93, Take),
        (LEAD, 71, Goes { now: Voting::Unaffected }),
        (LEAD, 70, Close { why }),
    ])
}

fn shift_of_cases() -> anyhow::Result<Vec<Step<shift::Act>>> {
    use shift::Act::{Begin, HandOver, Note};
    let text = Words::new("Boone County was called about its poll books.")?;
    let notes = Words::new(
        "Poll books in Boone County are loaded again; the clerk calls back at eight.\nThe post \
         about closing times is not answered yet.",
    )?;
    Ok(vec![(ANALYST, 170, Begin), (ANALYST, 41, Note { text }), (ANALYST, 5, HandOver { notes })])
}

fn report(
    (kind, voting): (Kind, Voting),
    place: &str,
    what: &str,
) -> anyhow::Result<incident::Act> {
    let (place, what) = (Line::new(place)?, Words::new(what)?);
    let report = Report { kind, voting, place, what, call_back: None, told_by: None };
    Ok(incident::Act::Report(report))
}

/// Puts a log down that the demonstration's people wrote.
pub(super) async fn log<M>(
    link: Link<'_>,
    place: (&str, Option<&str>),
    now: Time,
    steps: Vec<Step<M::Act>>,
) -> anyhow::Result<()>
where
    M: Machine<Act: serde::Serialize>,
{
    let entry = |(name, minutes, act): Step<M::Act>| {
        let at = now.plus(minutes.saturating_mul(MINUTE).saturating_neg());
        (By { id: id_of(name).to_owned(), name: name.to_owned() }, at, act)
    };
    write::<M>(link, place, steps.into_iter().map(entry).collect()).await
}

/// Puts a log down: who acts, when, and what they do. Without an entry there is none.
pub(super) async fn write<M>(
    mut link: Link<'_>,
    (id, place): (&str, Option<&str>),
    entries: Vec<(By, Time, M::Act)>,
) -> anyhow::Result<()>
where
    M: Machine<Act: serde::Serialize>,
{
    let Some(begun) = entries.first().map(|(_, at, _)| *at) else { return Ok(()) };
    let place = logbook::Log {
        id: id.to_owned(),
        kind: M::KIND.to_owned(),
        jurisdiction: place.map(str::to_owned),
        begun,
        updated: begun,
        open: true,
    };
    logbook::begin(link.again(), &place).await?;
    let mut log = Log::<M>::default();
    for (number, (by, at, act)) in (1_u64..).zip(entries) {
        let body = Body::Act(act);
        let (key, kept) = (format!("made-up-{number}"), serde_json::to_string(&body)?);
        log.add(&key, at, &by, body)?;
        let new = New { number, key, at, actor: by.id, actor_name: by.name, body: kept };
        logbook::add(link.again(), id, &new, log.state().is_open()).await?;
    }
    Ok(())
}

/// The id of one of the demonstration's people.
pub(super) fn id_of(name: &str) -> &'static str {
    match name {
        LEAD => "demo-lead",
        ANALYST => "demo-analyst",
        _ => "demo-clerk",
    }
}
