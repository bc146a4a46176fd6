use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use ward_sense::{Identity, Keep, Settings, enrol, run};
use ward_sensor::EnrolmentCode;

use crate::desk::{Desk, Mood};

/// Settings of a sensor in this folder that follows `a.log*`.
pub(crate) fn settings(folder: &Path, more: &str) -> Settings {
    let text = format!(
        "spool = {:?}\nspool_limit_mib = 16\n{more}\n[[file]]\npath = {:?}\n",
        folder.join("sense"),
        folder.join("a.log*"),
    );
    toml::from_str(&text).unwrap()
}

pub(crate) fn keep() -> Keep {
    Arc::new(|target| target.windows(6).any(|word| word == b"attack"))
}

pub(crate) fn append(folder: &Path, lines: impl Iterator<Item = String>) {
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("a.log")).unwrap();
    lines.for_each(|line| file.write_all(line.as_bytes()).unwrap());
}

pub(crate) fn line(number: u32) -> String {
    format!("Nov  3 19:00:00 web1 app[1]: record {number:08} of a log that says something\n")
}

/// The numbers of all lines that came, sorted.
pub(crate) fn numbers(desk: &Desk) -> Vec<u32> {
    let text: Vec<u8> = desk.streams().into_values().flatten().collect();
    let text = String::from_utf8(text).unwrap();
    let number = |line: &str| line.split(' ').nth(7).and_then(|word| word.parse().ok());
    let mut numbers: Vec<_> = text.lines().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// Each number below this came once.
#[track_caller]
pub(crate) fn check(desk: &Desk, written: u32) {
    let got = numbers(desk);
    let wrong = (0..written).zip(&got).find(|(want, got)| want != *got);
    assert!(wrong.is_none() && got.len() == written as usize, "{wrong:?}, {} came", got.len());
}

pub(crate) struct Sensor {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ward_sense::Error>>,
}

impl Sensor {
    pub(crate) fn start(settings: Settings) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(settings, keep(), async {
            let _ = stopped.await;
        }));
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

pub(crate) async fn enrolled(desk: &Desk, folder: &Path) -> Identity {
    enrol(&desk.code().to_text(), Some("web"), &folder.join("sense")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn enrols_once() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    let sense = folder.path().join("sense");
    let not_yet = run(settings(folder.path(), ""), keep(), async {}).await.unwrap_err();
    assert!(not_yet.to_string().contains("not enrolled"), "{not_yet}");
    let wrong = EnrolmentCode { secret: [6; 16], ..desk.code() };
    let refused = enrol(&wrong.to_text(), None, &sense).await.unwrap_err().to_string();
    assert!(refused.contains("the code was used"), "{refused}");
    let identity = enrolled(&desk, folder.path()).await;
    assert_eq!((identity.sensor(), identity.jurisdiction()), ("adair-1", "adair"));
    let twice = enrol(&desk.code().to_text(), None, &sense).await.unwrap_err();
    assert!(twice.to_string().contains("enrolled already"));
    // The answer was lost: whoever asks again has the same key.
    std::fs::remove_file(sense.join("sensor.json")).unwrap();
    enrolled(&desk, folder.path()).await;
    assert_eq!(desk.lock().enrolments, 2);
    desk.stop();
    let nobody = enrol(&desk.code().to_text(), None, &folder.path().join("other")).await;
    assert!(nobody.unwrap_err().to_string().contains("no connection to the desk"));
}

/// Every way in which an answer can fail, one after the other, and restarts in between.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_desk_does() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    desk.lock().moods = vec![
        Mood::Half,
        Mood::KeepSilently,
        Mood::Stale,
        Mood::Gap,
        Mood::Babble,
        Mood::Busy,
        Mood::Lose,
    ];
    let mut written = 0;
    for round in 0..3 {
        let sensor = Sensor::start(settings(folder.path(), ""));
        for _ in 0..3 {
            append(folder.path(), (written..written + 500).map(line));
            written += 500;
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        if round == 1 {
            std::fs::rename(folder.path().join("a.log"), folder.path().join("a.log.1")).unwrap();
        }
        sensor.stop().await;
    }
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("all is there", |state| {
        state.batches.iter().map(|batch| batch.records).sum::<u32>() == written
    })
    .await;
    check(&desk, written);
    assert!(desk.lock().moods.is_empty(), "each mood was met");
    sensor.stop().await;
    let status = desk.lock().statuses.last().cloned().unwrap();
    assert_eq!((status.waiting, status.problems.as_slice()), (0, [].as_slice()), "{status:?}");
    let source = status.sources.iter().find(|source| source.name.ends_with("a.log")).unwrap();
    assert_eq!((source.kind.as_str(), source.format.as_deref()), ("file", Some("syslog")));
}

/// The answer is lost and the sensor stops before it asks again: its last word still says that
/// nothing waits.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_status_is_true() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    desk.lock().moods = vec![Mood::KeepSilently];
    append(folder.path(), (0..10).map(line));
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("something is held", |state| state.held > 0).await;
    sensor.stop().await;
    check(&desk, 10);
    let status = desk.lock().statuses.last().cloned().unwrap();
    assert_eq!((status.waiting, status.sequence), (0, desk.lock().held), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chaos() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    desk.lock().chaos = 7;
    let sensor = Sensor::start(settings(folder.path(), ""));
    for round in 0..40 {
        append(folder.path(), (round * 50..round * 50 + 50).map(line));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    desk.lock().chaos = 0;
    desk.until("all is there", |state| {
        state.batches.iter().map(|batch| batch.records).sum::<u32>() == 2000
    })
    .await;
    check(&desk, 2000);
    sensor.stop().await;
}

/// The spool is lost: the sensor asks what is held and goes on behind it, with new streams.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_spool() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    append(folder.path(), (0..10).map(line));
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("something is held", |state| state.held > 0).await;
    sensor.stop().await;
    let before = desk.lock().held;
    std::fs::remove_dir_all(folder.path().join("sense/spool")).unwrap();
    // Generations are seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    desk.lock().moods = vec![Mood::Lose];
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("more is held", |state| state.held > before).await;
    sensor.stop().await;
    assert_eq!(desk.streams().len(), 2);
}

/// What nobody needs is masked before it is kept; what is an attack stays.
#[tokio::test(flavor = "multi_thread")]
async fn masked_at_the_door() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    let request = |target: &str| {
        format!(
            "192.0.2.7 - - [03/Nov/2026:19:00:00 -0600] \"GET {target} HTTP/1.1\" 200 5 \"-\" \"-\"\n"
        )
    };
    let lines = ["/in?password=hunter2", "/in?password=attack", "/voter?name=ann"].map(request);
    append(folder.path(), lines.into_iter());
    let sensor = Sensor::start(settings(folder.path(), "door = { paths = [\"/voter\"] }"));
    desk.until("something is held", |state| state.held > 0).await;
    sensor.stop().await;
    let text = String::from_utf8(desk.streams().into_values().flatten().collect()).unwrap();
    let want = ["/in?password=xxxxxxx", "/in?password=attack", "/voter?name=xxx"].map(request);
    assert_eq!(text, want.concat());
}
