//! The search over thirteen months.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::Semaphore;
use ward_access::Act;
use ward_history::{Answer, Indicator, Limits, Query, day_of};
use ward_kernel::KeyKind;

use super::looked;
use super::turns::Turn;
use crate::desk::Desk;
use crate::refused::Refused;
use crate::server::errors::Problem;
use crate::ui;
use crate::who::Who;

/// Days that are searched unless fewer are asked for: thirteen months.
pub(crate) const DAYS: i64 = 396;
/// Indicators that one search takes.
pub(crate) const MOST: usize = 10_000;
/// The longest list, in bytes as it is sent.
pub(crate) const SENT_MAX: usize = 2 << 20;
/// How long a search may take.
const TIME: Duration = Duration::from_secs(25);
/// Searches at a time: each keeps a processor busy.
static ROOM: Semaphore = Semaphore::const_new(2);
/// How long a search waits for those of others.
const PATIENCE: Duration = Duration::from_secs(5);
/// Look-ups over a long time that one person or program may have in the works.
pub(crate) const LOOKS: u32 = 2;

/// A turn to look something up over a long time: in the history, or a night again.
///
/// # Errors
/// When whoever asks has two such look-ups in the works.
pub(crate) fn turn(desk: &Desk, who: &Who) -> Result<Turn, Problem> {
    desk.lobby().looks.take(who).map_err(|_| {
        let what = "Wait until one of them is answered, then ask again: two at a time keep nobody \
                    else waiting.";
        let title = "You are looking two things up already";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, title, what).again_in(5)
    })
}

/// Looks for indicators in the last so many days, in as much of the history as whoever asks may
/// search; with how long it took. That there was a search is put down before it: once for as many of
/// the same kinds and ten minutes.
///
/// # Errors
/// When whoever asks or others are searching already, and when the history cannot be read.
pub(crate) async fn hunt(
    desk: &Desk,
    who: &Who,
    indicators: Vec<Indicator>,
    days: i64,
    daily: bool,
) -> Result<(Answer, Duration), Refused> {
    let turn = turn(desk, who)?;
    // What was looked for may name people: how much of which kind is put down, and no more.
    looked::once(desk, who, ("hunt", ""), &kinds(&indicators)).await?;
    search(desk, (who, turn), indicators, days, daily).await
}

/// As [`hunt`], for whoever has a turn and has put down already that there is a search.
///
/// # Errors
/// As [`hunt`].
pub(super) async fn search(
    desk: &Desk,
    (who, turn): (&Who, Turn),
    indicators: Vec<Indicator>,
    days: i64,
    daily: bool,
) -> Result<(Answer, Duration), Refused> {
    let Ok(Ok(room)) = tokio::time::timeout(PATIENCE, ROOM.acquire()).await else {
        let title = "Others are searching at the moment";
        let what = "Try again in half a minute.";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what).again_in(30).into());
    };
    let reader = desk.history.clone();
    let today = day_of(desk.now());
    let back = i32::try_from(days.clamp(1, DAYS).saturating_sub(1)).unwrap_or(0);
    let own: Option<Vec<String>> = who.narrowed(Act::Hunt).map(|own| vec![own.to_owned()]);
    let begun = Instant::now();
    // Files are read: pages must not wait for that.
    let searched = tokio::task::spawn_blocking(move || {
        // Whoever asks may go away: the turn and the room are taken until the search is over.
        let _taken = (turn, room);
        let limits = Limits { until: begun.checked_add(TIME), daily, ..Limits::default() };
        reader.hunt(&Query {
            indicators: &indicators,
            // A record's own day may be a day ahead of the desk's, by its zone.
            days: today.saturating_sub(back)..=today.saturating_add(1),
            jurisdictions: own.as_deref(),
            limits,
        })
    });
    match searched.await {
        Ok(Ok(answer)) => Ok((answer, begun.elapsed())),
        Ok(Err(err)) => Err(unreadable(&err.to_string())),
        Err(err) => Err(unreadable(&err.to_string())),
    }
}

/// "3 addresses, 1 domain".
pub(super) fn kinds(indicators: &[Indicator]) -> String {
    let count = |kind| indicators.iter().filter(|one| one.kind() == kind).count() as u64;
    let words = |kind: KeyKind| match kind {
        KeyKind::Address => ("address", "addresses"),
        KeyKind::Account => ("account", "accounts"),
        KeyKind::Domain => ("domain", "domains"),
        KeyKind::Hash => ("hash", "hashes"),
    };
    let all = KeyKind::ALL.map(|kind| (count(kind), words(kind)));
    let some = all.iter().filter(|(n, _)| *n > 0);
    some.map(|(n, (one, many))| ui::count(*n, one, many)).collect::<Vec<_>>().join(", ")
}

fn unreadable(why: &str) -> Refused {
    tracing::error!(error = why, "the history cannot be searched");
    let what = "Whoever runs the desk finds the reason in its log.";
    let title = "The history cannot be searched now";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what).into()
}

#[cfg(test)]
mod tests {
    use ward_history::List;

    use super::*;

    #[test]
    fn the_audit_has_numbers_and_no_names() {
        let list = List::parse(b"192.0.2.1\n192.0.2.2\njane@county.example\ncounty.example\n");
        let words = kinds(&list.indicators);
        assert_eq!(words, "2 addresses, 1 account, 1 domain");
    }
}
