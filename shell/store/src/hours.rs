//! What was counted in each hour, by scope; and how the scopes stand now.
//!
//! The numbers are a function of the records, not of when they were judged: an hour that is written
//! again takes the greater number of each, so that judging a window twice doubles nothing, and what
//! was thrown away since lowers nothing.

use std::collections::BTreeMap;

use ward_kernel::time::HOUR;
use ward_kernel::{Rung, Time};
use ward_live::STATE;

use crate::batch::{signed, unsigned};
use crate::cases::{Counts, rung_of, split};
use crate::query::{execute, plain, rows};
use crate::{Error, Link, queue};

/// Hours that are kept: thirteen months and a little, so that an election finds the one of the year
/// before.
pub const KEEP: i64 = 400 * 24;

/// Hours of a day.
const DAY: i64 = 24;

/// What was counted in an hour: records of each kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// All records.
    pub records: u64,
    /// Failed first contacts and other probes.
    pub probes: u64,
    /// Failed sign-ins.
    pub failed_logins: u64,
    /// Requests shaped as exploits.
    pub exploits: u64,
    /// Alerts of intrusion detection systems.
    pub alerts: u64,
}

/// An hour of a scope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hour {
    /// `state`, or the id of a jurisdiction.
    pub scope: String,
    /// The hour: whole ones since 1970 UTC ([`hour_of`]).
    pub hour: i64,
    /// What was counted in it.
    pub count: Count,
}

/// How the cases of a scope stand.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cases {
    /// Open ones, as [`crate::cases::counts`] counts them.
    pub open: Counts,
    /// Those of them that were opened since a moment.
    pub new: Counts,
}

/// A step of a case, with what a list says of the case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CaseStep {
    /// The case's id.
    pub case: String,
    /// The case in one line, as it is now.
    pub title: String,
    /// When.
    pub at: Time,
    /// The rung from then on.
    pub rung: Rung,
    /// What happened, in words.
    pub what: String,
}

/// The hour in which a moment lies.
#[must_use]
pub const fn hour_of(at: Time) -> i64 {
    at.micros().div_euclid(HOUR)
}

/// When an hour begins; saturates far outside any calendar.
#[must_use]
pub const fn start_of(hour: i64) -> Time {
    Time::from_micros(hour.saturating_mul(HOUR))
}

type Columns = (String, i64, i64, i64, i64, i64, i64);

impl From<Columns> for Hour {
    fn from((scope, hour, records, probes, failed_logins, exploits, alerts): Columns) -> Self {
        let count = Count {
            records: unsigned(records),
            probes: unsigned(probes),
            failed_logins: unsigned(failed_logins),
            exploits: unsigned(exploits),
            alerts: unsigned(alerts),
        };
        Self { scope, hour, count }
    }
}

impl Count {
    /// The greater number of each.
    #[must_use]
    pub fn greatest(self, other: Self) -> Self {
        Self {
            records: self.records.max(other.records),
            probes: self.probes.max(other.probes),
            failed_logins: self.failed_logins.max(other.failed_logins),
            exploits: self.exploits.max(other.exploits),
            alerts: self.alerts.max(other.alerts),
        }
    }
}

/// Open cases of a scope by what they have in common: as [`crate::cases::counts`] counts them.
macro_rules! open_by {
    ($columns:literal, $which:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", count(*), CAST(sum(CASE WHEN opened >= $2 THEN 1 ELSE 0 END) AS BIGINT) \
             FROM incident_case WHERE scope = $1 AND standing = 'open' AND merged_into IS NULL \
             AND handling <> 'closed' AND authorised = 0 ",
            $which,
            " GROUP BY ",
            $columns
        )
    };
}

/// Writes an hour down; where it is known, the greater number of each counts.
///
/// # Errors
/// Those of the engine.
pub async fn put(link: Link<'_>, hour: &Hour) -> Result<(), Error> {
    const SET: &str = "INSERT INTO hour_count (hour, scope, slot, records, probes, failed_logins, \
        exploits, alerts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (hour, scope) DO UPDATE SET \
        records = CASE WHEN excluded.records > hour_count.records \
            THEN excluded.records ELSE hour_count.records END, \
        probes = CASE WHEN excluded.probes > hour_count.probes \
            THEN excluded.probes ELSE hour_count.probes END, \
        failed_logins = CASE WHEN excluded.failed_logins > hour_count.failed_logins \
            THEN excluded.failed_logins ELSE hour_count.failed_logins END, \
        exploits = CASE WHEN excluded.exploits > hour_count.exploits \
            THEN excluded.exploits ELSE hour_count.exploits END, \
        alerts = CASE WHEN excluded.alerts > hour_count.alerts \
            THEN excluded.alerts ELSE hour_count.alerts END";
    let count = hour.count;
    execute!(
        link,
        SET,
        hour.hour,
        plain(&hour.scope),
        hour.hour.rem_euclid(DAY),
        signed(count.records),
        signed(count.probes),
        signed(count.failed_logins),
        signed(count.exploits),
        signed(count.alerts),
    );
    Ok(())
}

/// All hours from one to another, the last included, of all scopes: by hour, then by scope.
///
/// # Errors
/// Those of the engine.
pub async fn between(link: Link<'_>, from: i64, to: i64) -> Result<Vec<Hour>, Error> {
    const READ: &str = "SELECT scope, hour, records, probes, failed_logins, exploits, alerts \
        FROM hour_count WHERE hour >= $1 AND hour <= $2 ORDER BY hour, scope";
    let found: Vec<Columns> = rows!(link, READ, from, to);
    Ok(found.into_iter().map(Hour::from).collect())
}

/// The hours from one to another that lie at the same hour of the UTC day as the first, of all
/// scopes: by hour, then by scope.
///
/// # Errors
/// Those of the engine.
pub async fn alike(link: Link<'_>, from: i64, to: i64) -> Result<Vec<Hour>, Error> {
    const READ: &str = "SELECT scope, hour, records, probes, failed_logins, exploits, alerts \
        FROM hour_count WHERE slot = $1 AND hour >= $2 AND hour <= $3 ORDER BY hour, scope";
    let found: Vec<Columns> = rows!(link, READ, from.rem_euclid(DAY), from, to);
    Ok(found.into_iter().map(Hour::from).collect())
}

/// Deletes hours before one; how many rows that were.
///
/// # Errors
/// Those of the engine.
pub async fn expire(link: Link<'_>, before: i64) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM hour_count WHERE hour < $1";
    Ok(execute!(link, DELETE, before))
}

/// How the open cases of a scope stand, and of the state's (without a scope) those that touch each
/// jurisdiction as well: the very cases that the state's list has, so that what people make of them
/// counts on the map too. `new` counts those that were opened since a moment.
///
/// # Errors
/// Those of the engine.
pub async fn standing(
    mut link: Link<'_>,
    scope: Option<&str>,
    since: Time,
) -> Result<BTreeMap<String, Cases>, Error> {
    const ONE: &str = open_by!("seen", "");
    const PLACES: &str = open_by!("place, seen", "");
    const SEVERAL: &str = open_by!("jurisdictions, seen", "AND place = '+'");
    let mut standing: BTreeMap<String, Cases> = BTreeMap::new();
    let whole = scope.unwrap_or(STATE);
    let found: Vec<(i64, i64, i64)> = rows!(link.again(), ONE, plain(whole), since.micros());
    for (rung, open, new) in found {
        standing.entry(whole.to_owned()).or_default().count(rung, (open, new));
    }
    if scope.is_some() {
        return Ok(standing);
    }
    let mut found: Vec<(String, i64, i64, i64)> =
        rows!(link.again(), PLACES, STATE, since.micros());
    found.retain(|(place, ..)| !place.is_empty() && place != queue::SEVERAL);
    let several: Vec<(String, i64, i64, i64)> = rows!(link, SEVERAL, STATE, since.micros());
    for (places, rung, open, new) in found.into_iter().chain(several) {
        for place in split(&places) {
            standing.entry(place).or_default().count(rung, (open, new));
        }
    }
    Ok(standing)
}

impl Cases {
    fn count(&mut self, rung: i64, (open, new): (i64, i64)) {
        let Ok(rung) = usize::try_from(rung) else { return };
        for (counts, count) in [(&mut self.open, open), (&mut self.new, new)] {
            if let Some(place) = counts.rungs.get_mut(rung) {
                *place = place.saturating_add(unsigned(count));
            }
        }
    }
}

/// What became of the cases of a scope after a moment, from attempts on, the newest first: at most
/// `limit`. Registered tests are left out.
///
/// # Errors
/// Those of the engine.
pub async fn steps_after(
    link: Link<'_>,
    scope: &str,
    after: Time,
    limit: i64,
) -> Result<Vec<CaseStep>, Error> {
    const READ: &str = "SELECT s.case_id, c.title, s.at, s.rung, s.what FROM case_step AS s \
        JOIN incident_case AS c ON c.id = s.case_id \
        WHERE s.rung IN (1, 2, 3) AND s.at > $2 AND c.scope = $1 AND c.authorised = 0 \
        ORDER BY s.at DESC, s.case_id, s.number DESC LIMIT $3";
    let found: Vec<(String, String, i64, i64, String)> =
        rows!(link, READ, plain(scope), after.micros(), limit);
    let step = |(case, title, at, rung, what): (String, String, i64, i64, String)| {
        Ok(CaseStep { case, title, at: Time::from_micros(at), rung: rung_of(rung)?, what })
    };
    found.into_iter().map(step).collect()
}
