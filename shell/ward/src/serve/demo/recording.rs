//! The recording: its files cut by the time of their records, handed in as sensors would.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use ward_kernel::Time;
use ward_records::{Event, Hints, Reader, Sink};
use ward_sensor::{Status, hearing};
use ward_store::batch::{Incoming, Told};
use ward_store::inbox::Parcel;
use ward_web::desk::Desk;

use super::office::SENSORS;

/// How much of the recording, in seconds before its end, arrives while one looks on.
const LIVE: i64 = 240;

/// How often the sensors send.
const EVERY: Duration = Duration::from_secs(1);

/// The recording, ready to be played.
pub(in crate::serve) struct Recording {
    tracks: Vec<Track>,
    begin: Time,
}

/// One file of it.
struct Track {
    sensor: &'static str,
    stream: &'static str,
    bytes: Vec<u8>,
    /// Where each record begins, and when it happened; in the order of the file.
    records: Vec<(usize, Time)>,
    /// The next record to hand in.
    next: usize,
}

impl Recording {
    /// Reads the recording.
    ///
    /// # Errors
    /// When it is not there.
    pub(in crate::serve) fn read(hints: &Hints) -> anyhow::Result<Self> {
        let folder = samples()?.join("logs");
        let mut tracks = Vec::new();
        for (sensor, stream, file) in
            SENSORS.iter().flat_map(|sensor| sensor.files.iter().map(|(s, f)| (sensor.id, *s, *f)))
        {
            let path = folder.join(file);
            let bytes = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
            tracks.push(Track::new(sensor, stream, bytes, hints));
        }
        let end = tracks.iter().filter_map(|track| track.records.last()).map(|(_, at)| *at).max();
        let end = end.context("the recording in samples/logs is empty")?;
        Ok(Self { tracks, begin: end.plus(-LIVE * 1_000_000) })
    }

    /// The moment at which the demonstration begins.
    pub(in crate::serve) const fn begin(&self) -> Time {
        self.begin
    }

    /// Hands the records in as their time comes, until there are none, and then goes on saying
    /// that all is well.
    pub(in crate::serve) async fn play(mut self, desk: Desk, mut stopped: watch::Receiver<bool>) {
        let mut said = Time::default();
        let mut sequences: BTreeMap<String, u64> = BTreeMap::new();
        while !*stopped.borrow() {
            let now = desk.now();
            let mut parcels = Vec::new();
            for track in &mut self.tracks {
                parcels.extend(std::iter::from_fn(|| track.due(now)));
            }
            if now.since(said) >= hearing::STATUS_EVERY {
                parcels.extend(self.tracks.iter().map(|track| track.status(now)));
                said = now;
            }
            for mut parcel in parcels {
                for batch in &mut parcel.batches {
                    let sequence = sequences.entry(parcel.sensor.clone()).or_default();
                    *sequence = sequence.saturating_add(1);
                    batch.sequence = *sequence;
                }
                if desk.inbox.take(parcel).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                _ = stopped.changed() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }
}

/// What the recorded office tells Ward about itself.
///
/// # Errors
/// When the recording is not there.
pub(in crate::serve) fn settings_file() -> anyhow::Result<PathBuf> {
    Ok(samples()?.join("ward.toml"))
}

/// Where the recording lies: beside the sources, or where the program is run.
fn samples() -> anyhow::Result<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let places = [PathBuf::from("samples"), beside];
    let found = places.into_iter().find(|path| path.join("logs").is_dir());
    match found {
        Some(found) => Ok(found),
        None => bail!(
            "the demonstration plays the recording of samples/logs, which is not here: run it from \
             the folder of Ward's sources"
        ),
    }
}

impl Track {
    fn new(sensor: &'static str, stream: &'static str, bytes: Vec<u8>, hints: &Hints) -> Self {
        let mut index = Index { records: Vec::new() };
        if let Some(mut reader) = Reader::recognise(bytes.get(..65536).unwrap_or(&bytes), hints) {
            reader.read(&bytes, 0, &mut index);
        }
        let mut records = index.records;
        records.sort_unstable();
        records.dedup_by_key(|(at, _)| *at);
        Self { sensor, stream, bytes, records, next: 0 }
    }

    /// What is due by now: at most some thousand records at a time; `None` when nothing is, and
    /// the sensor has said so.
    fn due(&mut self, now: Time) -> Option<Parcel> {
        let rest = self.records.get(self.next..)?;
        let count = rest.iter().take(5000).take_while(|(_, time)| *time <= now).count();
        if count == 0 {
            return None;
        }
        let start = rest.first().map(|(at, _)| *at)?;
        let end = rest.get(count).map_or(self.bytes.len(), |(at, _)| *at);
        // What stands before the first record (a header) goes with it.
        let start = if self.next == 0 { 0 } else { start };
        let body = self.bytes.get(start..end)?;
        let batch = Incoming {
            // Given when it is handed in: a sensor counts the batches of all its files.
            sequence: 0,
            stream: self.stream.to_owned(),
            generation: 1,
            format: String::new(),
            base: start as u64,
            length: body.len() as u64,
            records: count as u64,
            sha256: Sha256::digest(body).into(),
            body: packed(body)?,
            head: if start == 0 {
                self.bytes.get(..65536).unwrap_or(&self.bytes).to_vec()
            } else {
                Vec::new()
            },
        };
        self.next += count;
        Some(Parcel { batches: vec![batch], ..self.status(now) })
    }

    /// The sensor says that all is well.
    fn status(&self, now: Time) -> Parcel {
        let sensor = self.sensor.to_owned();
        Parcel { sensor, batches: Vec::new(), told: told(now), received: now }
    }
}

fn told(now: Time) -> Told {
    let status = Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        clock: now.micros(),
        ..Status::default()
    };
    Told {
        drift: Some(0),
        waiting: Some(0),
        dropped: Some(0),
        first: None,
        report: serde_json::to_string(&status).ok(),
    }
}

fn packed(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// Notes where each record begins and when it happened.
struct Index {
    records: Vec<(usize, Time)>,
}

impl Index {
    fn note(&mut self, at: u64, time: Option<Time>) {
        let last = self.records.last().map(|(_, time)| *time);
        if let (Ok(at), Some(time)) = (usize::try_from(at), time.or(last)) {
            self.records.push((at, time));
        }
    }
}

impl Sink for Index {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.note(at, Some(event.time));
    }

    fn aside(&mut self, at: u64, time: Option<Time>) {
        self.note(at, time);
    }

    fn problem(&mut self, at: u64, _line: &[u8], _why: &'static str) {
        self.note(at, None);
    }
}
