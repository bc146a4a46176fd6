//! What the made-up office's people put down: incidents at three places, one of them an event.

use ward_desk::incident::{Act, Incident, Kind, Report, Voting};
use ward_desk::{Body, By, Line, Log, Words};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_store::Link;
use ward_store::logbook::{self, New};

/// Who acts, how many minutes before the recording begins, and what they do.
type Step = (&'static str, i64, fn() -> anyhow::Result<Act>);

/// An incident: its id, its jurisdiction, and what was done.
const INCIDENTS: &[(&str, &str, &[Step])] = &[
    ("incident-made-up-1", "boone-county", POLL_BOOKS),
    ("incident-made-up-2", "cole-county", FALSE_HOURS),
    ("incident-made-up-3", "greene-county", POWER),
];

const POLL_BOOKS: &[Step] = &[
    ("Clerk of Boone County", 52, || {
        report(
            (Kind::PollBooks, Voting::Slowed),
            "Precinct 4, school gym",
            "Two poll books show the list of the primary. Workers look voters up on paper.",
        )
    }),
    ("Desk analyst", 50, || Ok(Act::Take)),
    ("Desk analyst", 41, || {
        note("Called the presiding judge. Nobody was turned away; the line is ten minutes long.")
    }),
    ("Desk lead", 38, || {
        Ok(Act::Verify {
            event: Line::new("Two poll books with an old list in Boone County")?,
            how: Words::new("The vendor's record shows both devices without today's load.")?,
        })
    }),
    ("Clerk of Boone County", 12, || {
        Ok(Act::Solve { how: Words::new("Both were loaded again and tried with three names.")? })
    }),
];

const FALSE_HOURS: &[Step] = &[("Desk analyst", 23, || {
    report(
        (Kind::Rumor, Voting::Unaffected),
        "A post, shared some 400 times",
        "It says that polling places close at five. They close at seven.",
    )
})];

const POWER: &[Step] = &[
    ("Desk analyst", 95, || {
        report(
            (Kind::Utilities, Voting::Stopped),
            "Community centre, main hall",
            "The lights went out and the tabulator with them. Ballots go into the locked box.",
        )
    }),
    ("Desk lead", 93, || Ok(Act::Take)),
    ("Desk lead", 71, || Ok(Act::Voting { now: Voting::Unaffected })),
    ("Desk lead", 70, || {
        Ok(Act::Close { why: Words::new("Power is back; the box was counted by two parties.")? })
    }),
];

fn report((kind, voting): (Kind, Voting), place: &str, what: &str) -> anyhow::Result<Act> {
    let (place, what) = (Line::new(place)?, Words::new(what)?);
    Ok(Act::Report(Report { kind, voting, place, what, call_back: None, told_by: None }))
}

fn note(text: &str) -> anyhow::Result<Act> {
    Ok(Act::Note { text: Words::new(text)? })
}

/// Puts them down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    for (id, jurisdiction, steps) in INCIDENTS {
        let mut log = Log::<Incident>::default();
        for (number, (name, ago, act)) in (1_u64..).zip(*steps) {
            let at = now.plus(ago.saturating_mul(MINUTE).saturating_neg());
            let by = By { id: id_of(name), name: (*name).to_owned() };
            let (key, body) = (format!("made-up-{number}"), Body::Act(act()?));
            let kept = serde_json::to_string(&body)?;
            log.add(&key, at, &by, body)?;
            if number == 1 {
                begin(link.again(), id, jurisdiction, at).await?;
            }
            let new = New { number, key, at, actor: by.id, actor_name: by.name, body: kept };
            let open = ward_desk::Machine::is_open(log.state());
            logbook::add(link.again(), id, &new, open).await?;
        }
    }
    Ok(())
}

async fn begin(link: Link<'_>, id: &str, jurisdiction: &str, at: Time) -> anyhow::Result<()> {
    let log = logbook::Log {
        id: id.to_owned(),
        kind: "incident".to_owned(),
        jurisdiction: Some(jurisdiction.to_owned()),
        begun: at,
        updated: at,
        open: true,
    };
    logbook::begin(link, &log).await?;
    Ok(())
}

/// The id of one of the demonstration's people.
fn id_of(name: &str) -> String {
    let id = match name {
        "Desk lead" => "demo-lead",
        "Desk analyst" => "demo-analyst",
        _ => "demo-clerk",
    };
    id.to_owned()
}
