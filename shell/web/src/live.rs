//! The doorbell: says which regions of the pages have news, and nothing of what is new.
//!
//! The page asks for itself again when it rings, and that asking is checked as every other is: a
//! line that stays open gives nobody more than they may see now. Neither the line nor that asking
//! keeps a session from idling out (see the guard). A line ends after two minutes, and
//! the browser opens another, which is checked anew.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use ward_access::{Reach, Stage};

use crate::desk::{Desk, Region};
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::who::Who;

/// How long a line stays open.
const LASTS: Duration = Duration::from_secs(2 * 60);
/// How often a line says that it is still there.
const BEAT: Duration = Duration::from_secs(20);
/// Silence rings no bell: so often the sensors are looked at again.
const LOOK: Duration = Duration::from_secs(15);
/// The shortest time between two rings of a line. The first is not held back: a case is on the
/// page at once, and only what follows waits for its turn.
const REST: Duration = Duration::from_millis(250);
/// Lines that one session may have open: as many as a browser opens to one place, and some.
const PER_SESSION: u32 = 8;
/// Lines that are open in all.
const ALL: u32 = 1_000;

/// The doorbell's route.
pub(crate) const ROUTES: &[Route] = &[Route {
    name: "live",
    verb: Verb::Get,
    path: "/live",
    access: Access::Stage(Stage::Full),
    kind: Kind::Machine,
    summary: "Says which regions of the pages have news",
    handler: || get(live),
}];

/// Open lines by session: an entry is there as long as one of its lines is.
static LINES: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

/// A line's place among the open ones, given back when dropped.
struct Place(String);

impl Place {
    /// A place; `None` when the session, or everybody together, has enough.
    fn take(session: &str) -> Option<Self> {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        let all = lines.values().fold(0_u32, |sum, own| sum.saturating_add(*own));
        let own = lines.get(session).copied().unwrap_or(0);
        if all >= ALL || own >= PER_SESSION {
            return None;
        }
        lines.insert(session.to_owned(), own.saturating_add(1));
        Some(Self(session.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        let left = lines.get(&self.0).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            lines.remove(&self.0);
        } else {
            lines.insert(self.0.clone(), left);
        }
    }
}

/// An open line.
struct Line {
    bell: broadcast::Receiver<Region>,
    look: Interval,
    ends: Instant,
    /// Before this it does not ring again.
    rests: Instant,
    /// Of which regions it may hear, in the order of [`Region::ALL`].
    hears: [bool; Region::ALL.len()],
    _place: Place,
}

async fn live(State(desk): State<Desk>, who: Who) -> Response {
    let session = who.session.as_ref().map(|session| session.id.as_str()).unwrap_or_default();
    let Some(place) = Place::take(session) else {
        return Problem::of(StatusCode::TOO_MANY_REQUESTS).into_response();
    };
    let now = Instant::now();
    let mut look = interval_at(now + LOOK, LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let line = Line {
        bell: desk.bell.subscribe(),
        look,
        ends: now + LASTS,
        rests: now,
        hears: Region::ALL.map(|region| who.reach(region.act()) != Reach::Nothing),
        _place: place,
    };
    let rings = stream::unfold(line, |mut line| async move {
        let names = line.next().await?;
        Some((Ok::<_, Infallible>(Event::default().data(names)), line))
    });
    Sse::new(rings).keep_alive(KeepAlive::new().interval(BEAT)).into_response()
}

impl Line {
    /// The names of the regions that have news; `None` when the line ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            let heard = tokio::select! {
                () = sleep_until(self.ends) => return None,
                _ = self.look.tick() => Ok(Region::Sensors),
                heard = self.bell.recv() => heard,
            };
            let mut ring = Ring::default();
            ring.hear(&heard)?;
            // What rings while it rests is told together.
            sleep_until(self.rests).await;
            while let Some(more) = self.waiting() {
                ring.hear(&more)?;
            }
            let names = ring.names(|region| self.hears(region));
            if !names.is_empty() {
                self.rests = Instant::now() + REST;
                return Some(names);
            }
        }
    }

    fn hears(&self, region: Region) -> bool {
        Region::ALL.into_iter().zip(self.hears).any(|(one, hears)| hears && one == region)
    }

    fn waiting(&mut self) -> Option<Result<Region, RecvError>> {
        match self.bell.try_recv() {
            Ok(region) => Some(Ok(region)),
            Err(broadcast::error::TryRecvError::Lagged(n)) => Some(Err(RecvError::Lagged(n))),
            Err(_) => None,
        }
    }
}

/// What has rung.
#[derive(Clone, Copy, Debug, Default)]
struct Ring([bool; Region::ALL.len()]);

impl Ring {
    /// Takes a ring in; `None` when the desk is gone. Rings that were missed were of any region.
    fn hear(&mut self, heard: &Result<Region, RecvError>) -> Option<()> {
        for (rang, region) in self.0.iter_mut().zip(Region::ALL) {
            match heard {
                Ok(heard) => *rang |= *heard == region,
                Err(RecvError::Lagged(_)) => *rang = true,
                Err(RecvError::Closed) => return None,
            }
        }
        Some(())
    }

    /// The names of what rang and may be heard.
    fn names(self, hears: impl Fn(Region) -> bool) -> String {
        let rang = self.0.into_iter().zip(Region::ALL).filter(|(rang, _)| *rang);
        let heard = rang.map(|(_, region)| region).filter(|region| hears(*region));
        heard.map(Region::name).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_a_few_lines() {
        let mut held: Vec<Place> = (0..PER_SESSION).map(|_| Place::take("one").unwrap()).collect();
        assert!(Place::take("one").is_none());
        assert!(Place::take("another").is_some());
        held.pop();
        assert!(Place::take("one").is_some());
        drop(held);
        assert!(!LINES.lock().unwrap().contains_key("one"));
    }

    fn line(bell: &broadcast::Sender<Region>, cases: bool) -> Line {
        let now = Instant::now();
        Line {
            bell: bell.subscribe(),
            look: interval_at(now + LOOK, LOOK),
            ends: now + LASTS,
            rests: now,
            hears: [cases, false, true],
            _place: Place::take(&format!("{cases}{now:?}")).unwrap(),
        }
    }

    #[tokio::test]
    async fn rings_together_and_only_what_may_be_seen() {
        let (bell, _) = broadcast::channel(4);
        let (mut all, mut some) = (line(&bell, true), line(&bell, false));
        for _ in 0..9 {
            bell.send(Region::Cases).unwrap();
        }
        bell.send(Region::Sensors).unwrap();
        assert_eq!(all.next().await.as_deref(), Some("cases sensors"));
        assert_eq!(some.next().await.as_deref(), Some("sensors"));
        all.ends = Instant::now();
        assert_eq!(all.next().await, None);
    }
}
