//! Older cases of the made-up office, decided by its roles, so that lists have a past too. Nobody
//! of the recording is in them.

use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{Rung, Time};
use ward_live::{Kept, STATE, Standing};
use ward_store::cases::{self, Handling};
use ward_store::{Error, Link};

/// A case that somebody decided.
struct Decided {
    id: &'static str,
    scope: &'static str,
    kind: &'static str,
    rung: Rung,
    title: &'static str,
    /// So many days before the demonstration.
    ago: i64,
    records: u64,
    source: &'static str,
    target: &'static str,
    jurisdiction: &'static str,
    because: &'static str,
    handling: Handling,
    by: &'static str,
    reason: &'static str,
}

const DECIDED: &[Decided] = &[
    STUFFED,
    GUESSED,
    // The local authority's own view of it.
    Decided {
        id: "made-up-2-boone-county",
        scope: "boone-county",
        reason: "The account's owner; see the case of the state's desk.",
        ..GUESSED
    },
    SLOW,
];

const STUFFED: Decided = Decided {
    id: "made-up-1",
    scope: STATE,
    kind: "web.stuffing",
    rung: Rung::Attempt,
    title: "Stolen passwords tried at the clerks' portal",
    ago: 34,
    records: 2_214,
    source: "203.0.113.205",
    target: "portal.sos.example/login",
    jurisdiction: "jackson-county-board",
    because: "2,214 sign-ins by one source were refused on three days, each with another name",
    handling: Handling::Closed,
    by: "Desk lead",
    reason: "All accounts that were named have new passwords; the provider ended the line.",
};

const GUESSED: Decided = Decided {
    id: "made-up-2",
    scope: STATE,
    kind: "login.guess_then_success",
    rung: Rung::Access,
    title: "Guesses at an account, then a success",
    ago: 20,
    records: 47,
    source: "192.0.2.180",
    target: "198.51.100.22:22",
    jurisdiction: "boone-county",
    because: "46 sign-ins as one account failed, then one succeeded",
    handling: Handling::Closed,
    by: "Desk lead",
    reason: "The account's owner, from a hotel, with an old password in a saved form. Asked by \
                 telephone; the session did nothing else.",
};

const SLOW: Decided = Decided {
    id: "made-up-3",
    scope: STATE,
    kind: "scan.slow",
    rung: Rung::Scan,
    title: "A slow scan of remote desktop ports",
    ago: 9,
    records: 611,
    source: "203.0.113.112",
    target: "3389/tcp of 198.51.100.0/24",
    jurisdiction: "cole-county",
    because: "one new host every half hour for two weeks, most of them dark",
    handling: Handling::Watched,
    by: "Desk lead",
    reason: "No such port is open. Watched until the canvass is over.",
};

/// Puts them down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> Result<(), Error> {
    for one in DECIDED {
        let opened = now.plus(one.ago.saturating_mul(DAY).saturating_neg());
        let case = one.kept(opened);
        cases::upsert(link.again(), &case).await?;
        cases::set_handling(link.again(), one.id, one.handling, one.reason).await?;
        let words = if one.handling == Handling::Closed { "Closed" } else { "Watched" };
        for (at, what) in [
            (opened, format!("opened as {}", one.rung.name())),
            (
                opened.plus(HOUR / 2),
                "Note by Desk analyst: looked at; made up, as all here.".into(),
            ),
            (opened.plus(3 * HOUR), format!("{words} by {}: {}", one.by, one.reason)),
        ] {
            cases::step(link.again(), one.id, at, one.rung, &what).await?;
        }
    }
    Ok(())
}

impl Decided {
    fn kept(&self, opened: Time) -> Kept {
        Kept {
            id: self.id.to_owned(),
            judged_id: self.id.to_owned(),
            scope: self.scope.to_owned(),
            kind: self.kind.to_owned(),
            rung: self.rung,
            title: self.title.to_owned(),
            opened,
            updated: opened.plus(3 * HOUR),
            first: opened.plus(-HOUR),
            last: opened.plus(2 * HOUR),
            records: self.records,
            sources: self.source.parse().into_iter().collect(),
            source_count: 1,
            jurisdictions: vec![self.jurisdiction.to_owned()],
            authorised: None,
            because: vec![self.because.to_owned()],
            standing: Standing::Open,
            body: serde_json::json!({ "targets": [self.target], "target_count": 1 }),
        }
    }
}
