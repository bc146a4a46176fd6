//! What the made-up office's people made of cases: who has them, tasks, one that is a part of
//! another, one that the desk sees on another rung, whom the office told. Nobody of the recording
//! is in them.

use anyhow::Context as _;
use ward_desk::case_file::{Act, CaseFile, Decision};
use ward_desk::communications::Way;
use ward_desk::{By, Line, Machine as _, Words};
use ward_kernel::time::{DAY, HOUR, MINUTE};
use ward_kernel::{Rung, Time};
use ward_live::{Kept, STATE, Standing};
use ward_store::cases::{self, Handling};
use ward_store::{Link, case_files};

use super::room::{self, ANALYST, LEAD};

/// A made-up case.
struct Made {
    id: &'static str,
    kind: &'static str,
    rung: Rung,
    title: &'static str,
    /// So many hours before the demonstration.
    ago: i64,
    records: u64,
    sources: &'static [&'static str],
    target: &'static str,
    jurisdiction: &'static str,
    because: &'static str,
}

const GUESSING: Made = Made {
    id: "made-up-4",
    kind: "login.slow",
    rung: Rung::Attempt,
    title: "Slow guesses at three accounts of the county's VPN",
    ago: 76,
    records: 388,
    sources: &["203.0.113.181", "203.0.113.182", "203.0.113.186"],
    target: "vpn.cole.example:443",
    jurisdiction: "cole-county",
    because: "388 sign-ins for 3 accounts were refused, eleven minutes apart at the median",
};

const NEIGHBOUR: Made = Made {
    id: "made-up-5",
    kind: "login.slow",
    rung: Rung::Attempt,
    title: "Slow guesses at one account of the county's VPN",
    ago: 71,
    records: 64,
    sources: &["203.0.113.199"],
    target: "vpn.cole.example:443",
    jurisdiction: "cole-county",
    because: "64 sign-ins for 1 account were refused, twelve minutes apart at the median",
};

const LISTED: Made = Made {
    id: "made-up-6",
    kind: "scan.slow",
    rung: Rung::Scan,
    title: "A slow scan that asks for the ports of the tabulation network alone",
    ago: 90,
    records: 41,
    sources: &["192.0.2.134"],
    target: "5432/tcp of 198.51.100.0/26",
    jurisdiction: "greene-county",
    because: "41 hosts were asked for one port, one in two hours",
};

const BEFORE: Made = Made {
    id: "made-up-7",
    kind: "login.slow",
    rung: Rung::Attempt,
    title: "Slow guesses at the clerk's account of the county's VPN",
    ago: 61 * 24,
    records: 140,
    sources: &["203.0.113.177"],
    target: "vpn.cole.example:443",
    jurisdiction: "cole-county",
    because: "140 sign-ins for 1 account were refused, nine minutes apart at the median",
};

/// Puts all of it down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> anyhow::Result<()> {
    for one in [GUESSING, NEIGHBOUR, LISTED, BEFORE] {
        case(link.again(), &one, now).await?;
    }
    for (one, steps) in [
        (&GUESSING, guessing()?),
        (&NEIGHBOUR, neighbour()?),
        (&LISTED, listed()?),
        (&BEFORE, before()?),
    ] {
        let id = format!("{}-{}", CaseFile::KIND, one.id);
        room::log::<CaseFile>(link.again(), (&id, None), now, steps).await?;
    }
    for (one, owner) in [(&GUESSING, ANALYST), (&LISTED, LEAD), (&BEFORE, ANALYST)] {
        case_files::set_owner(link.again(), one.id, Some(room::id_of(owner))).await?;
    }
    let into = Some((GUESSING.id, NEIGHBOUR.rung));
    case_files::set_part(link.again(), NEIGHBOUR.id, into).await?;
    case_files::set_rung(link.again(), LISTED.id, Some((Rung::Attempt, Rung::Scan))).await?;
    cases::set_handling(link, BEFORE.id, Handling::Closed, CLOSED).await?;
    Ok(())
}

const CLOSED: &str = "The county's VPN asks for a second factor since; the hoster took the machine \
                      off its network.";

/// Minutes before the demonstration, so many hours after a case was opened.
const fn after(one: &Made, hours: i64) -> i64 {
    (one.ago - hours) * (HOUR / MINUTE)
}

fn guessing() -> anyhow::Result<Vec<room::Step<Act>>> {
    let at = |hours| after(&GUESSING, hours);
    let whom = Line::new("Clerk of Cole County")?;
    let what = Words::new(
        "Three accounts of the VPN are guessed at, slowly. None got in. Keep the second factor on, \
         and tell the three to expect no calls about it.",
    )?;
    let asked = Words::new("Asked for the customer; a ticket was opened.")?;
    let noted = Words::new("Two of the three accounts belong to people who left in spring.")?;
    Ok(vec![
        (ANALYST, at(1), Act::Take),
        (ANALYST, at(1), Act::Task { what: Line::new("Call the clerk of Cole County")? }),
        (ANALYST, at(2), Act::Told { whom, what, way: Way::Telephone }),
        (ANALYST, at(2), Act::TaskDone { task: 2, how: None }),
        (ANALYST, at(3), Act::Note { text: noted }),
        (ANALYST, at(3), Act::Task { what: Line::new("Close the accounts of those who left")? }),
        (ANALYST, at(4), Act::Task { what: Line::new("Ask the hoster who its customer is")? }),
        (LEAD, at(26), Act::TaskDone { task: 7, how: Some(asked) }),
        (LEAD, at(27), Act::Task { what: Line::new("Hear from the hoster again")? }),
    ])
}

fn neighbour() -> anyhow::Result<Vec<room::Step<Act>>> {
    let why = Words::new("The same hoster, the same accounts, the same pace.")?;
    let merge = Act::Merge { into: GUESSING.id.to_owned(), judged: NEIGHBOUR.rung, why };
    Ok(vec![(ANALYST, after(&NEIGHBOUR, 1), merge)])
}

fn listed() -> anyhow::Result<Vec<room::Step<Act>>> {
    let why = Words::new(
        "It knows which hosts of ours run the database: that list is in no public record.",
    )?;
    let by = By { id: room::id_of(LEAD).to_owned(), name: LEAD.to_owned() };
    Ok(vec![
        (ANALYST, after(&LISTED, 5), Act::Rung { to: Rung::Attempt, judged: Rung::Scan, why }),
        (ANALYST, after(&LISTED, 5), Act::Give { to: by }),
        (
            LEAD,
            after(&LISTED, 6),
            Act::Task { what: Line::new("Find out where the list is from")? },
        ),
    ])
}

fn before() -> anyhow::Result<Vec<room::Step<Act>>> {
    let whom = Line::new("The hoster's abuse desk")?;
    let what = Words::new("140 refused sign-ins from 203.0.113.177, with their times.")?;
    let why = Words::new(CLOSED)?;
    Ok(vec![
        (ANALYST, after(&BEFORE, 1), Act::Take),
        (ANALYST, after(&BEFORE, 3), Act::Told { whom, what, way: Way::Mail }),
        (LEAD, after(&BEFORE, 50), Act::Decide { to: Decision::Closed, why }),
    ])
}

async fn case(mut link: Link<'_>, one: &Made, now: Time) -> anyhow::Result<()> {
    let opened = now.plus(one.ago.saturating_mul(HOUR).saturating_neg());
    let sources: Result<Vec<_>, _> = one.sources.iter().map(|source| source.parse()).collect();
    let sources = sources.ok().context("a made-up address is none")?;
    let case = Kept {
        id: one.id.to_owned(),
        judged_id: one.id.to_owned(),
        scope: STATE.to_owned(),
        kind: one.kind.to_owned(),
        rung: one.rung,
        title: one.title.to_owned(),
        opened,
        updated: opened.plus(3 * HOUR),
        first: opened.plus(-7 * HOUR),
        last: opened.plus(20 * HOUR).min(now.plus(-2 * DAY)),
        records: one.records,
        source_count: sources.len() as u64,
        sources,
        jurisdictions: vec![one.jurisdiction.to_owned()],
        authorised: None,
        because: vec![one.because.to_owned()],
        standing: Standing::Open,
        body: serde_json::json!({ "targets": [one.target], "target_count": 1 }),
    };
    cases::upsert(link.again(), &case).await?;
    let what = format!("opened as {}", one.rung.name());
    cases::step(link, one.id, opened, one.rung, &what).await?;
    Ok(())
}
