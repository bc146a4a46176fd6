//! The doorbell: says which regions of the pages have news, and nothing of what is new.
//!
//! The page asks for itself again when it rings, and that asking is checked as every other is: a
//! line that stays open gives nobody more than they may see now. Neither the line nor that asking
//! keeps a session from idling out (see the guard). A line ends after two minutes, and
//! the browser opens another, which is checked anew.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use ward_access::{Reach, Stage};

use crate::bell::{Hears, News, RUNG, Region};
use crate::desk::Desk;
use crate::doing::turns::Turn as Place;
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::who::Who;

/// How long a line stays open.
const LASTS: Duration = Duration::from_secs(2 * 60);
/// How much earlier than that at most: those that came together do not end together.
const EARLIER: Duration = Duration::from_secs(30);
/// How long a browser waits before it opens another line, when its line broke and when its line has
/// ended: what happens in between is on the page only afterwards, and a browser by itself waits for
/// seconds.
const BROKEN: Duration = Duration::from_secs(3);
const ENDED: Duration = Duration::from_millis(100);
/// How often a line says that it is still there.
const BEAT: Duration = Duration::from_secs(20);
/// How long ago a sensor was heard changes without a ring: so often it is looked at again.
const LOOK: Duration = Duration::from_secs(60);
/// The shortest time between two rings of a line.
const REST: Duration = Duration::from_millis(250);
/// How much longer a line rests for each that is open, and over how much more time their rings are
/// spread: a room full of consoles asks for no more pages in a second than a few do, and not all of
/// them in the same moment.
const EACH: Duration = Duration::from_millis(3);
/// The longest that it rests, and the longest that its turn is away: what comes is on the page
/// within two seconds.
const MOST: Duration = Duration::from_secs(1);
/// Lines that ring at once: a desk with a few consoles shows what comes without waiting.
const AT_ONCE: u32 = 25;
/// Lines that one person may have open, by however many sessions: as many as two browsers open to one
/// place, and some.
pub(crate) const EACH_PERSON: u32 = 16;
/// Lines that are open in all.
pub(crate) const ALL: u32 = 1_000;

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

/// The turn that the next line takes; see [`turn`].
static TURN: AtomicU32 = AtomicU32::new(0);

/// An open line.
struct Line {
    bell: broadcast::Receiver<News>,
    /// Whether something rang that its page does not have.
    missed: bool,
    look: Interval,
    ends: Instant,
    /// Whether it has said that it ends.
    ended: bool,
    /// Before this it does not ring again.
    rests: Instant,
    /// Its turn among all lines when they hear something at the same time.
    turn: u32,
    /// What it may hear of each region, in the order of [`Region::ALL`].
    hears: [Hears; Region::ALL.len()],
    /// Its place among the open ones, given back when dropped.
    place: Place,
}

async fn live(State(desk): State<Desk>, who: Who, RawQuery(query): RawQuery) -> Response {
    let Ok(place) = desk.lobby().lines.take(&who) else {
        return Problem::of(StatusCode::TOO_MANY_REQUESTS).into_response();
    };
    let now = Instant::now();
    let mut look = interval_at(now + LOOK, LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let bell = desk.bell.hear();
    // Asked after the line hears, so that nothing rings unheard between the two.
    let missed = knew(query.as_deref()).is_some_and(|rung| rung != rung_for(&desk, &who));
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    let line = Line {
        bell,
        missed,
        look,
        ends: now + LASTS.saturating_sub(EARLIER.mul_f64(part(turn))),
        ended: false,
        rests: now,
        turn,
        hears: Region::ALL.map(|region| hears(&who, region)),
        place,
    };
    let begin = stream::iter([Event::default().retry(BROKEN)]);
    let rings = stream::unfold(line, |mut line| async move { Some((line.says().await?, line)) });
    Sse::new(begin.chain(rings).map(Ok::<_, Infallible>))
        .keep_alive(KeepAlive::new().interval(BEAT))
        .into_response()
}

/// How often the bell has rung for somebody, over all regions: only who hears all of each counts what
/// is others' news.
pub(crate) fn rung_for(desk: &Desk, who: &Who) -> u64 {
    let all = Region::ALL.map(|region| hears(who, region));
    let least = all.iter().find(|hears| **hears != Hears::All).unwrap_or(&Hears::All);
    let own = all.iter().find(|hears| matches!(hears, Hears::Place(_))).unwrap_or(least);
    desk.bell.rung(own)
}

/// How often the bell had rung when the page was made, as its line says.
fn knew(query: Option<&str>) -> Option<u64> {
    query?.strip_prefix(RUNG)?.strip_prefix('=')?.parse().ok()
}

/// How long a line rests while so many are open.
fn rest(open: u32) -> Duration {
    REST.saturating_add(EACH.saturating_mul(open)).min(MOST)
}

/// How long a line waits for its turn while so many are open.
fn turn(turn: u32, open: u32) -> Duration {
    EACH.saturating_mul(open.saturating_sub(AT_ONCE)).min(MOST).mul_f64(part(turn))
}

/// Which part of a time is a turn's. Turns that follow each other lie far apart and fill the time
/// evenly, however many there are (multiples of the golden ratio, modulo one).
fn part(turn: u32) -> f64 {
    const GOLDEN: u32 = 2_654_435_769;
    f64::from(turn.wrapping_mul(GOLDEN)) / f64::from(u32::MAX)
}

fn hears(who: &Who, region: Region) -> Hears {
    match (who.reach(region.act()), who.narrowed(region.act())) {
        (Reach::Nothing, _) => Hears::Nothing,
        (_, Some(own)) => Hears::Place(own.to_owned()),
        (_, None) => Hears::All,
    }
}

impl Line {
    /// What it says next: the names of regions, or when it ends how soon another may be opened;
    /// `None` after that, and when the desk is gone.
    async fn says(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        if let Some(names) = self.next().await {
            return Some(Event::default().data(names));
        }
        self.ended = Instant::now() >= self.ends;
        self.ended.then(|| Event::default().retry(ENDED))
    }

    /// The names of the regions that have news; `None` when the line ends.
    async fn next(&mut self) -> Option<String> {
        if std::mem::take(&mut self.missed) {
            let mut ring = Ring::default();
            ring.hear(&Err(RecvError::Lagged(1)), &self.hears)?;
            if !ring.is_silent() {
                self.rests = Instant::now() + rest(self.place.of_all());
                return Some(ring.names());
            }
        }
        loop {
            let heard = tokio::select! {
                () = sleep_until(self.ends) => return None,
                _ = self.look.tick() => Ok(Region::Sensors.into()),
                heard = self.bell.recv() => heard,
            };
            let mut ring = Ring::default();
            ring.hear(&heard, &self.hears)?;
            // What others hear does not make this one wait.
            if ring.is_silent() {
                continue;
            }
            // What rings while it rests, or waits for its turn, is told together.
            let open = self.place.of_all();
            sleep_until(self.rests.max(Instant::now() + turn(self.turn, open))).await;
            while let Some(more) = self.waiting() {
                ring.hear(&more, &self.hears)?;
            }
            self.rests = Instant::now() + rest(open);
            return Some(ring.names());
        }
    }

    fn waiting(&mut self) -> Option<Result<News, RecvError>> {
        match self.bell.try_recv() {
            Ok(news) => Some(Ok(news)),
            Err(broadcast::error::TryRecvError::Lagged(n)) => Some(Err(RecvError::Lagged(n))),
            Err(_) => None,
        }
    }
}

/// What has rung.
#[derive(Clone, Copy, Debug, Default)]
struct Ring([bool; Region::ALL.len()]);

impl Ring {
    /// Takes a ring in, as far as it may be heard; `None` when the desk is gone. Rings that were
    /// missed were of any region.
    fn hear(
        &mut self,
        heard: &Result<News, RecvError>,
        hears: &[Hears; Region::ALL.len()],
    ) -> Option<()> {
        for ((rang, region), hears) in self.0.iter_mut().zip(Region::ALL).zip(hears) {
            match heard {
                Ok(news) => *rang |= news.region == region && hears.hears(&news.whose),
                Err(RecvError::Lagged(_)) => *rang |= *hears != Hears::Nothing,
                Err(RecvError::Closed) => return None,
            }
        }
        Some(())
    }

    fn is_silent(self) -> bool {
        !self.0.contains(&true)
    }

    /// The names of what rang.
    fn names(self) -> String {
        let rang = self.0.into_iter().zip(Region::ALL).filter(|(rang, _)| *rang);
        rang.map(|(_, region)| region.name()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bell::{Bell, Whose};
    use crate::doing::turns::Turns;

    #[test]
    fn many_rest_longer() {
        assert_eq!(rest(1), Duration::from_millis(253));
        assert_eq!(rest(400), MOST);
        assert_eq!(rest(u32::MAX), MOST);
    }

    #[test]
    fn many_take_turns() {
        assert!((0..AT_ONCE).all(|line| turn(line, AT_ONCE).is_zero()));
        // However many went before: in each tenth of the time a tenth of them, nearly.
        for first in [0, 7_000, u32::MAX - 200] {
            let mut tenths = [0; 10];
            for line in 0..400 {
                let waits = turn(first.wrapping_add(line), 400);
                assert!(waits < MOST, "{waits:?}");
                tenths[usize::try_from(waits.as_millis() / 100).unwrap()] += 1;
            }
            assert!(tenths.iter().all(|tenth| (36..=44).contains(tenth)), "{tenths:?}");
        }
        assert!(turn(u32::MAX, u32::MAX) <= MOST);
    }

    fn line(bell: &Bell, cases: Hears) -> Line {
        let now = Instant::now();
        Line {
            bell: bell.hear(),
            missed: false,
            look: interval_at(now + LOOK, LOOK),
            ends: now + LASTS,
            ended: false,
            rests: now,
            turn: 0,
            place: Turns::new(1, 1).take(&Who::default()).unwrap(),
            hears: [cases, Hears::Nothing, Hears::All],
        }
    }

    #[tokio::test]
    async fn rings_together_and_only_what_may_be_seen() {
        let bell = Bell::new(4);
        let own = Hears::Place("adair-county".to_owned());
        let (mut all, mut some) = (line(&bell, Hears::All), line(&bell, Hears::Nothing));
        let mut one = line(&bell, own);
        bell.send((Region::Cases, "boone-county"));
        bell.send(Region::Sensors);
        for line in [&mut all, &mut some, &mut one] {
            line.rests = Instant::now();
        }
        assert_eq!(all.next().await.as_deref(), Some("cases sensors"));
        assert_eq!(some.next().await.as_deref(), Some("sensors"));
        assert_eq!(one.next().await.as_deref(), Some("sensors"));
        // Whoever missed rings takes it that all has news.
        for _ in 0..9 {
            bell.send((Region::Cases, "boone-county"));
        }
        bell.send((Region::Room, Whose::State));
        assert_eq!(one.next().await.as_deref(), Some("cases sensors"));
        assert_eq!(some.next().await.as_deref(), Some("sensors"));
        // What rang while the page was on its way is told at once, as far as it may be heard.
        (one.missed, some.missed) = (true, true);
        assert_eq!(one.next().await.as_deref(), Some("cases sensors"));
        assert_eq!(some.next().await.as_deref(), Some("sensors"));
        let mut over = line(&bell, Hears::All);
        over.ends = Instant::now();
        assert_eq!(over.next().await, None);
        // Then it says so, once; a line of a desk that is gone says nothing more.
        assert!(over.says().await.is_some() && over.says().await.is_none());
        let mut gone = line(&bell, Hears::All);
        drop(bell);
        assert!(gone.says().await.is_none());
    }
}
