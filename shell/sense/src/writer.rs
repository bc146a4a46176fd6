//! The one writer: takes pieces from all sources, masks what nobody needs, seals them and puts
//! them into the spool.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use ward_sensor::frame::{FrameError, seal};
use ward_sensor::{Batch, Door};

use crate::board::Board;
use crate::piece::Piece;
use crate::sources::{Stop, stopped};
use crate::spool::Spool;
use crate::{Identity, Keep};

/// Most pieces that are put on the disk at once, ...
const PIECES: usize = 64;
/// ... and most bytes.
const BYTES: usize = 4 << 20;
/// Between two tries when the disk takes no more.
const AGAIN: Duration = Duration::from_secs(1);
/// Streams whose lengths are counted here.
const STREAMS: usize = 4096;
/// The part that problems of the spool are told by.
const PART: &str = "spool";

/// What the writer and the shipper share.
#[derive(Debug)]
pub(crate) struct Store {
    spool: Mutex<Spool>,
    /// Frames were appended.
    pub(crate) appended: Notify,
    /// Frames were deleted.
    pub(crate) freed: Notify,
    /// The most that the spool may hold, in bytes.
    pub(crate) limit: u64,
}

impl Store {
    pub(crate) fn new(spool: Spool, limit: u64) -> Self {
        let (appended, freed) = (Notify::new(), Notify::new());
        Self { spool: Mutex::new(spool), appended, freed, limit }
    }

    /// The spool. Held over disk writes: call it where waiting is allowed.
    pub(crate) fn spool(&self) -> MutexGuard<'_, Spool> {
        // A panic elsewhere cannot leave it half changed on the disk.
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses the spool on a thread that may wait.
    pub(crate) async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Spool) -> T + Send + 'static,
    ) -> Option<T> {
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || act(&mut store.spool())).await.ok()
    }
}

/// The writer.
pub(crate) struct Writer {
    pub(crate) store: Arc<Store>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) door: Door,
    pub(crate) keep: Keep,
    pub(crate) board: Arc<Board>,
    pub(crate) stop: Stop,
    /// Lengths of the streams whose sources do not count themselves.
    pub(crate) lengths: BTreeMap<(String, u64), u64>,
}

/// Both ways in; `None` once all who send are gone.
struct Outlets {
    patient: Option<Receiver<Piece>>,
    lossy: Option<Receiver<Piece>>,
}

/// What the writer does next.
enum Next {
    Piece(Box<Piece>),
    LookAgain,
    /// There will be no more.
    End,
}

impl Writer {
    /// Writes until all sources are gone. When the sensor stops and there is no room, what waits
    /// is left: its sources will be read again.
    pub(crate) async fn run(mut self, patient: Receiver<Piece>, lossy: Receiver<Piece>) {
        let mut outlets = Outlets { patient: Some(patient), lossy: Some(lossy) };
        loop {
            let used = self.store.with(|spool| spool.bytes()).await.unwrap_or(u64::MAX);
            // The last tenth is for what is lost when it finds no room.
            let roomy = used < self.store.limit / 10 * 9;
            self.tell_room(roomy);
            let first = match self.next(&mut outlets, roomy).await {
                Next::Piece(piece) => *piece,
                Next::LookAgain => continue,
                Next::End => return,
            };
            let room = usize::try_from(self.store.limit.saturating_sub(used)).unwrap_or(usize::MAX);
            let mut pieces = self.gather(first, &mut outlets, roomy, room);
            if used >= self.store.limit {
                // Only datagrams come here then.
                pieces.drain(..).for_each(|piece| self.drop_piece(&piece));
            }
            if !pieces.is_empty() && !self.put(pieces).await {
                return;
            }
        }
    }

    async fn next(&mut self, outlets: &mut Outlets, roomy: bool) -> Next {
        let stops = *self.stop.borrow();
        let patient_ends = outlets.patient.is_none() || (stops && !roomy);
        if outlets.lossy.is_none() && patient_ends {
            return Next::End;
        }
        tokio::select! {
            biased;
            piece = receive(outlets.lossy.as_mut()), if outlets.lossy.is_some() => match piece {
                Some(piece) => {
                    self.board.waits_no_more(piece.body.len());
                    return Next::Piece(Box::new(piece));
                }
                None => outlets.lossy = None,
            },
            piece = receive(outlets.patient.as_mut()), if roomy && outlets.patient.is_some() => {
                match piece {
                    Some(piece) => return Next::Piece(Box::new(piece)),
                    None => outlets.patient = None,
                }
            }
            () = self.store.freed.notified(), if !roomy => {}
            () = stopped(&mut self.stop), if !stops => {}
        }
        Next::LookAgain
    }

    /// What else is there at once, up to a measure, and no more than there is room for.
    fn gather(&self, first: Piece, outlets: &mut Outlets, roomy: bool, room: usize) -> Vec<Piece> {
        let mut bytes = first.body.len();
        let mut pieces = vec![first];
        while pieces.len() < PIECES && bytes < BYTES.min(room) {
            let lossy = outlets.lossy.as_mut().and_then(|lossy| lossy.try_recv().ok());
            lossy.iter().for_each(|piece| self.board.waits_no_more(piece.body.len()));
            let patient = || {
                let patient = outlets.patient.as_mut().filter(|_| roomy);
                patient.and_then(|patient| patient.try_recv().ok())
            };
            let Some(piece) = lossy.or_else(patient) else { break };
            bytes = bytes.saturating_add(piece.body.len());
            pieces.push(piece);
        }
        for piece in pieces.iter_mut().filter(|piece| piece.text) {
            self.door.clean(&mut piece.body, |target| (self.keep)(target));
        }
        pieces
    }

    /// Puts pieces on the disk, as soon as it takes them; whether it did.
    async fn put(&mut self, mut pieces: Vec<Piece>) -> bool {
        for piece in &mut pieces {
            self.count(piece);
        }
        let pieces = Arc::new(pieces);
        loop {
            let (identity, given) = (Arc::clone(&self.identity), Arc::clone(&pieces));
            let result = self.store.with(move |spool| append(spool, &identity, &given)).await;
            match result {
                Some(Ok(unsealed)) => {
                    self.board.problem(PART, None);
                    unsealed.into_iter().filter_map(|at| pieces.get(at)).for_each(|piece| {
                        self.drop_piece(piece);
                    });
                    self.store.appended.notify_one();
                    return true;
                }
                Some(Err(why)) => {
                    let sentence =
                        format!("the spool's disk takes nothing, collecting waits: {why}");
                    self.board.problem(PART, Some(sentence));
                }
                None => self.board.problem(PART, Some("the spool's thread ended".to_owned())),
            }
            if *self.stop.borrow() {
                let lost = pieces.iter().filter(|piece| piece.cursor.is_none());
                lost.for_each(|piece| self.drop_piece(piece));
                return false;
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = stopped(&mut self.stop) => {}
            }
        }
    }

    /// Gives its offset to a piece of a source that does not count.
    fn count(&mut self, piece: &mut Piece) {
        if piece.base.is_some() {
            return;
        }
        if self.lengths.len() >= STREAMS {
            // Streams of former runs of a listener: the lowest generations are the oldest.
            let oldest = self.lengths.keys().min_by_key(|(_, generation)| *generation).cloned();
            oldest.map(|oldest| self.lengths.remove(&oldest));
        }
        let key = (piece.stream.name.clone(), piece.stream.generation);
        let length = self.lengths.entry(key).or_default();
        piece.base = Some(*length);
        *length = length.saturating_add(piece.body.len() as u64);
    }

    fn drop_piece(&self, piece: &Piece) {
        self.board.dropped(&piece.source, piece.records.into(), piece.body.len(), piece.cut_at);
    }

    fn tell_room(&self, roomy: bool) {
        let sentence = "the spool is full: files wait to be read, datagrams may be dropped";
        self.board.problem("room", (!roomy).then(|| sentence.to_owned()));
    }
}

async fn receive(outlet: Option<&mut Receiver<Piece>>) -> Option<Piece> {
    match outlet {
        Some(outlet) => outlet.recv().await,
        None => None,
    }
}

/// Seals pieces and appends them; gives the places of those that cannot be sealed.
fn append(spool: &mut Spool, identity: &Identity, pieces: &[Piece]) -> io::Result<Vec<usize>> {
    let (mut frames, mut cursors, mut unsealed) = (Vec::new(), Vec::new(), Vec::new());
    for (at, piece) in pieces.iter().enumerate() {
        let sequence = spool.next().saturating_add(frames.len() as u64);
        match frame(identity, piece, sequence) {
            Ok(frame) => {
                frames.push(frame);
                cursors.extend(piece.cursor.clone());
            }
            Err(why) => {
                tracing::error!(stream = piece.stream.name, "records cannot be sealed: {why}");
                unsealed.push(at);
            }
        }
    }
    spool.append(&frames, cursors)?;
    Ok(unsealed)
}

fn frame(identity: &Identity, piece: &Piece, sequence: u64) -> Result<Vec<u8>, FrameError> {
    let batch = Batch {
        sensor: identity.sensor().to_owned(),
        sequence,
        stream: piece.stream.clone(),
        format: piece.format.clone(),
        base: piece.base.unwrap_or(0),
        records: piece.records,
        cut_at: piece.cut_at,
        body: piece.body.clone(),
    };
    let cursor = piece.cursor.as_ref().map(serde_json::to_string).and_then(Result::ok);
    seal(&batch, &cursor.unwrap_or_default(), |bytes| identity.sign(bytes))
}
