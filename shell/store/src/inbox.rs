//! The door for records: many sensors, one writer, one commit for all that wait.
//!
//! A commit costs the disk one wait, however much is in it: parcels that come while one is being
//! written are written together by the next. What was answered is on the disk.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use ward_kernel::Time;

use crate::batch::{self, Held, Incoming, Told};
use crate::{Audit, Error, Store, room};

/// Parcels that may wait for the writer before senders are told to wait.
const WAITING: usize = 256;

/// Parcels that one commit takes.
const TOGETHER: usize = 64;

/// One sensor's batches on their way in.
#[derive(Debug)]
pub struct Parcel {
    /// The sensor's id.
    pub sensor: String,
    /// Its batches, in their order; may be none when it only reports.
    pub batches: Vec<Incoming>,
    /// What it says about itself.
    pub told: Told,
    /// When it came.
    pub received: Time,
}

#[derive(Debug)]
struct Job {
    parcel: Parcel,
    answer: oneshot::Sender<Result<Held, Refused>>,
}

/// Why a parcel was not taken in; nothing of it was.
#[derive(Clone, Debug)]
pub enum Refused {
    /// Too much waits already: come again.
    Full,
    /// The store said no (its disk is full, its server is away): come again.
    Store(String),
    /// The desk is stopping.
    Stopping,
}

/// Takes parcels in; cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    jobs: mpsc::Sender<Job>,
    position: watch::Receiver<i64>,
}

impl Inbox {
    /// Starts the writer. It ends, after it has written what waits, when the last clone is gone.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn start(store: Store) -> Result<(Self, tokio::task::JoinHandle<()>), Error> {
        let mut read = store.read().await?;
        let last = batch::last_position(read.link()).await?;
        drop(read);
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (bell, position) = watch::channel(last);
        let writer = tokio::spawn(write(store, waiting, bell));
        Ok((Self { jobs, position }, writer))
    }

    /// Takes a parcel in; returns when it is on the disk.
    ///
    /// # Errors
    /// [`Refused`]: then nothing of it is held, and the sensor comes again.
    pub async fn take(&self, parcel: Parcel) -> Result<Held, Refused> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { parcel, answer }).map_err(|err| match err {
            mpsc::error::TrySendError::Full(_) => Refused::Full,
            mpsc::error::TrySendError::Closed(_) => Refused::Stopping,
        })?;
        answered.await.unwrap_or(Err(Refused::Stopping))
    }

    /// The highest position that is on the disk; changes wake whoever waits on it.
    #[must_use]
    pub fn position(&self) -> watch::Receiver<i64> {
        self.position.clone()
    }

    /// How many parcels wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.jobs.max_capacity().saturating_sub(self.jobs.capacity())
    }
}

/// How often the log says that nothing can be written: senders ask again each second.
const SAID_EVERY: Duration = Duration::from_secs(60);

async fn write(store: Store, mut waiting: mpsc::Receiver<Job>, bell: watch::Sender<i64>) {
    let mut jobs = Vec::with_capacity(TOGETHER);
    let mut said: Option<Instant> = None;
    while waiting.recv_many(&mut jobs, TOGETHER).await > 0 {
        let written = write_all(&store, &jobs).await;
        match &written {
            Ok(_) => said = None,
            Err(err) if said.is_none_or(|said| said.elapsed() >= SAID_EVERY) => {
                tracing::error!(error = %err, "records cannot be written: they wait at the sensors");
                said = Some(Instant::now());
            }
            Err(_) => {}
        }
        // What the engine refuses in one parcel must not keep the others out.
        let alone = jobs.len() > 1 && written.as_ref().is_err_and(Error::is_of_the_statement);
        if alone {
            for job in jobs.drain(..) {
                let written = write_all(&store, std::slice::from_ref(&job)).await;
                answer([job].into_iter(), written, &bell);
            }
        } else {
            answer(jobs.drain(..), written, &bell);
        }
    }
}

/// Tells the senders what became of their parcels.
fn answer(
    jobs: impl Iterator<Item = Job>,
    written: Result<(i64, Vec<Held>), Error>,
    bell: &watch::Sender<i64>,
) {
    match written {
        Ok((position, held)) => {
            bell.send_replace(position);
            for (job, held) in jobs.zip(held) {
                let _ = job.answer.send(Ok(held));
            }
        }
        Err(err) => {
            for job in jobs {
                let _ = job.answer.send(Err(Refused::Store(err.to_string())));
            }
        }
    }
}

async fn write_all(store: &Store, jobs: &[Job]) -> Result<(i64, Vec<Held>), Error> {
    if jobs.iter().any(|job| !job.parcel.batches.is_empty()) {
        room::for_records(store.file())?;
    }
    let mut held = Vec::with_capacity(jobs.len());
    let mut tx = store.begin().await?;
    // Asked anew each time: a commit whose answer was lost may have happened.
    let mut position = batch::last_position(tx.link()).await?;
    for Job { parcel, .. } in jobs {
        let Parcel { sensor, batches, told, received } = parcel;
        held.push(batch::accept(&mut tx, sensor, batches, told, *received, &mut position).await?);
    }
    tx.commit(Audit::Machine).await?;
    Ok((position, held))
}
