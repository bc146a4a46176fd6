//! The shipper: sends what lies in the spool, in order, until the desk holds it.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::time::{Instant, sleep, timeout};
use ward_kernel::Time;
use ward_sensor::parcel::{PARCEL_MAX, STATUS_MAX};
use ward_sensor::{Answer, Frame, Reason, Status};

use super::{Deliver, Undelivered};
use crate::board::Board;
use crate::sources::{Stop, stopped};
use crate::spool::Read;
use crate::writer::Store;

/// How often a status goes to the desk when nothing else does.
const STATUS: Duration = Duration::from_secs(10);
/// How often it goes along with frames.
const STATUS_ALONG: Duration = Duration::from_secs(1);
/// First and longest wait after a failure.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));
/// How long a retired sensor waits before it asks again.
const RETIRED: Duration = Duration::from_secs(300);
/// How long the last sending may take when the sensor stops.
const LAST: Duration = Duration::from_secs(5);
/// Smallest and largest parcel that is aimed at, in bytes. A single frame may be longer.
const PARCEL: (usize, usize) = (256 << 10, PARCEL_MAX - STATUS_MAX - 64);
/// A parcel that took so long was large enough; one that took longer was too large.
const QUICK: Duration = Duration::from_secs(2);
const SLOW: Duration = Duration::from_secs(20);
/// The part that problems with the desk are told by.
const PART: &str = "desk";

/// The shipper.
pub(crate) struct Shipper<D> {
    deliver: Arc<D>,
    store: Arc<Store>,
    board: Arc<Board>,
    stop: Stop,
    /// How many bytes to aim at.
    parcel: usize,
    failures: u32,
    /// When a status was last sent.
    told: Option<Instant>,
    round_trip: Duration,
}

impl<D: Deliver> Shipper<D> {
    pub(crate) fn new(deliver: Arc<D>, store: Arc<Store>, board: Arc<Board>, stop: Stop) -> Self {
        Self {
            deliver,
            store,
            board,
            stop,
            parcel: 1 << 20,
            failures: 0,
            told: None,
            round_trip: Duration::ZERO,
        }
    }

    /// Asks until the desk says what it holds; `None` when the sensor stops before.
    pub(crate) async fn ask_held(&mut self) -> Option<u64> {
        while !*self.stop.borrow() {
            let result = self.deliver.held().await;
            match result {
                Ok(answer) => {
                    self.succeeded();
                    return Some(answer.held);
                }
                Err(why) => {
                    let wait = self.failed(&why);
                    self.rest(wait).await;
                }
            }
        }
        None
    }

    /// Sends until the sensor stops.
    pub(crate) async fn run(&mut self) {
        if let Some(held) = self.ask_held().await {
            self.hold(held).await;
        }
        while !*self.stop.borrow() {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => self.idle().await,
                Err(wait) => self.rest(wait).await,
            }
        }
    }

    /// Sends what is left, once and not for long; then says how things stand.
    pub(crate) async fn finish(&mut self) {
        let sending = async {
            while let Ok(true) = self.step().await {}
            // A status that goes along with frames counts them as waiting; the last one is true.
            self.told = None;
            let _ = self.step().await;
        };
        if timeout(LAST, sending).await.is_err() {
            tracing::info!("what the desk does not hold yet stays in the spool");
        }
    }

    /// Sends one parcel, if there is something to send; whether there was. An error says how long
    /// to wait.
    async fn step(&mut self) -> Result<bool, Duration> {
        let (read, first) = self.read().await;
        let along = if read.frames.is_empty() { STATUS } else { STATUS_ALONG };
        let due = self.told.is_none_or(|told| told.elapsed() >= along) || first.is_some();
        if read.frames.is_empty() && !due {
            return Ok(false);
        }
        let status = if due { Some(self.status(&read).await) } else { None };
        let bytes: usize = read.frames.iter().map(Vec::len).sum();
        let started = Instant::now();
        let result = self.deliver.deliver(status.as_ref(), &read.frames).await;
        let took = started.elapsed();
        match result {
            Ok(answer) => {
                self.told = if due { Some(started) } else { self.told };
                if bytes < PARCEL.0 {
                    self.round_trip = took;
                }
                self.adapt(bytes, took);
                self.answered(&read, answer).await
            }
            Err(why) => {
                if matches!(why, Undelivered::Failed(_)) {
                    self.parcel = (self.parcel / 2).max(PARCEL.0);
                }
                if let Undelivered::Refused(refusal) = &why
                    && refusal.reason == Reason::Gap
                    && let Some(held) = refusal.held
                {
                    self.hold(held).await;
                }
                Err(self.failed(&why))
            }
        }
    }

    /// The next frames. Where the disk lost some, those behind them, with their first sequence.
    async fn read(&self) -> (Read, Option<u64>) {
        let parcel = self.parcel;
        let read = self.store.with(move |spool| {
            let from = spool.held().saturating_add(1);
            match spool.read(from, parcel) {
                Ok(read) => (read, None),
                Err(why) => {
                    let behind = spool.after_damage(from);
                    (spool.read(behind, parcel).unwrap_or_default(), Some((from, behind, why)))
                }
            }
        });
        let (read, damage) = read.await.unwrap_or_default();
        let Some((from, behind, why)) = damage else { return (read, None) };
        let sentence =
            format!("the batches {from} to {} are lost: {why}", behind.saturating_sub(1));
        self.board.problem("damage", Some(sentence));
        (read, Some(behind))
    }

    async fn answered(&mut self, read: &Read, answer: Answer) -> Result<bool, Duration> {
        let sent = read.frames.first().and_then(|bytes| Frame::parse(bytes).ok());
        let first = sent.map(|(frame, _)| frame.sequence());
        self.hold(answer.held).await;
        // A desk that takes nothing without saying why would be asked without end.
        if first.is_some_and(|first| answer.held < first) && answer.wait_ms == 0 {
            let why = Undelivered::Failed("the desk did not keep what it was sent".to_owned());
            return Err(self.failed(&why));
        }
        self.succeeded();
        if answer.wait_ms > 0 {
            return Err(Duration::from_millis(answer.wait_ms.min(60_000)));
        }
        Ok(!read.frames.is_empty())
    }

    /// The desk holds everything up to here, which may be less than it said before.
    async fn hold(&self, held: u64) {
        let result = self.store.with(move |spool| {
            if held < spool.held() {
                spool.go_back(held);
                return Ok(Some(("back", format!("the desk went back to batch {held}"))));
            }
            let told = (held >= spool.next()).then(|| ("ahead", ahead(held, spool.unsent())));
            spool.hold(held).map(|()| told)
        });
        match result.await {
            Some(Ok(None)) => {}
            Some(Ok(Some((what, sentence)))) => self.board.problem(what, Some(sentence)),
            Some(Err(why)) => {
                self.board.problem("free", Some(format!("cannot free the spool: {why}")));
            }
            None => {}
        }
        self.store.freed.notify_one();
    }

    async fn status(&self, read: &Read) -> Status {
        let mut status = self.board.status();
        let limit = self.store.limit;
        let numbers = self.store.with(|spool| (spool.unsent(), spool.next(), spool.held())).await;
        let (unsent, next, held) = numbers.unwrap_or_default();
        let first = read.frames.first().and_then(|bytes| Frame::parse(bytes).ok());
        status.first = first.map_or(0, |(frame, _)| frame.sequence());
        status.oldest = read.oldest.map_or(0, Time::micros);
        status.spool_bytes = unsent;
        status.spool_limit = limit;
        status.sequence = next.saturating_sub(1);
        status.waiting = status.sequence.saturating_sub(held);
        status.round_trip = i64::try_from(self.round_trip.as_micros()).unwrap_or(i64::MAX);
        status
    }

    /// Larger parcels where they pass quickly, smaller ones where they do not.
    fn adapt(&mut self, bytes: usize, took: Duration) {
        if took > SLOW {
            self.parcel = (self.parcel / 2).max(PARCEL.0);
        } else if took < QUICK && bytes >= self.parcel / 2 {
            self.parcel = self.parcel.saturating_mul(2).min(PARCEL.1);
        }
    }

    fn succeeded(&mut self) {
        self.failures = 0;
        self.board.problem(PART, None);
    }

    /// Notes a failure; gives how long to wait.
    fn failed(&mut self, why: &Undelivered) -> Duration {
        self.failures = self.failures.saturating_add(1);
        self.board.problem(PART, Some(why.to_string()));
        let asked = match why {
            Undelivered::Refused(refusal) if refusal.reason == Reason::Retired => RETIRED,
            // The next parcel begins where the desk says.
            Undelivered::Refused(refusal) if refusal.reason == Reason::Gap && self.failures < 2 => {
                return Duration::ZERO;
            }
            Undelivered::Refused(refusal) => Duration::from_millis(refusal.wait_ms.min(60_000)),
            Undelivered::Failed(_) => Duration::ZERO,
        };
        let (first, longest) = BACKOFF;
        let doubled = first.saturating_mul(1 << (self.failures - 1).min(16)).min(longest);
        asked.max(jittered(doubled))
    }

    async fn idle(&mut self) {
        let next = self.told.map_or(Duration::ZERO, |told| STATUS.saturating_sub(told.elapsed()));
        tokio::select! {
            () = self.store.appended.notified() => {}
            () = sleep(next) => {}
            () = stopped(&mut self.stop) => {}
        }
    }

    async fn rest(&mut self, wait: Duration) {
        tokio::select! {
            () = sleep(wait) => {}
            () = stopped(&mut self.stop) => {}
        }
    }
}

/// What it means that the desk holds batches that this spool never gave: another spool gave them
/// under the same name, and what waits here under their numbers is taken for held.
fn ahead(held: u64, unsent: u64) -> String {
    format!(
        "the desk holds up to batch {held}, which this spool never gave: {unsent} bytes that waited \
         here are lost. Does a copy of this sensor run elsewhere, or was its folder put back from a \
         backup?"
    )
}

/// Between half and all of the wait, so that 116 sensors do not come back in one moment.
fn jittered(wait: Duration) -> Duration {
    let mut byte = [0; 1];
    // Without random numbers all wait equally long.
    let _ = SystemRandom::new().fill(&mut byte);
    wait / 2 + wait * u32::from(byte[0]) / 512
}
