//! Nothing that was acknowledged is lost or doubled, whatever is killed, cut or filled, and the
//! final cases are those of a run over the files.
//!
//! `WARD_CHAOS_KILLS` says how often the desk is killed: 10 unless set.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use ward_it::{Running, binary};
use ward_lab::day::Kind;
use ward_store::{batch, cases, stream};
use ward_testkit::Postgres;

use crate::disk::Disk;
use crate::house::{code, fingerprint, on_store, set_up};
use crate::logs::{Log, Rotate};
use crate::net::{DESK, Net};

/// Lines of each of the two logs.
const LINES: u64 = 60_000;

#[test]
fn on_sqlite() {
    let Some(net) = Net::make("l") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::mount(&folder.path().join("desk"), 400);
    let place = disk.path().display().to_string();
    chaos(&net, folder.path(), &disk, &place);
}

#[test]
fn on_postgresql() {
    let Some(server) = Postgres::shared() else { return };
    let Some(net) = Net::make("p") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::mount(&folder.path().join("desk"), 400);
    chaos(&net, folder.path(), &disk, &server.database().expect("a database"));
}

/// A small source of chance: the same run again with the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn chaos(net: &Net, folder: &Path, disk: &Disk, place: &str) {
    let desk = Desk { net, folder, disk, place };
    set_up(place);
    let mut running = desk.start();
    let fingerprint = fingerprint(&desk.log());
    let mut sensors = [
        Sensor::new(&desk, "a", Kind::Sshd, Rotate::Rename, "auth", fingerprint),
        Sensor::new(&desk, "b", Kind::Nginx, Rotate::CopyTruncate, "access", fingerprint),
    ];
    wreck(&desk, &mut running, &mut sensors);
    while sensors.iter().any(|sensor| !sensor.log.is_written()) {
        sensors.iter_mut().for_each(|sensor| sensor.log.write(10, false));
    }
    let truth: BTreeMap<&str, Vec<u8>> =
        sensors.iter().map(|sensor| (sensor.name, sensor.log.written())).collect();
    arrived(place, &truth, folder);
    for sensor in &mut sensors {
        let stopped = sensor.running.stop(Duration::from_secs(10));
        assert!(stopped, "a sensor stops when it is asked");
    }
    // After its last start the desk reads the window again: it is not stopped in the midst of it.
    let watched = watched(&folder.join("truth"));
    let until = Instant::now() + Duration::from_secs(60);
    while live(place) != watched && Instant::now() < until {
        sleep(Duration::from_millis(500));
    }
    assert!(running.stop(Duration::from_secs(30)), "the desk stops when it is asked");
    assert_eq!(held(place), truth_of(&truth), "what is held is what was written");
    same(&live(place), &watched, &desk.log());
}

/// Kills, cuts and fills while the logs are written.
fn wreck(desk: &Desk<'_>, running: &mut Running, sensors: &mut [Sensor; 2]) {
    let kills: u64 =
        std::env::var("WARD_CHAOS_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(10);
    let mut chance = Chance(42);
    for kill in 0..kills {
        for sensor in sensors.iter_mut() {
            sensor.log.write(usize::try_from(kills).expect("few"), chance.below(2) == 0);
        }
        sleep(Duration::from_millis(chance.below(900)));
        match kill % 10 {
            2 => desk.net.line("a", false),
            4 => desk.net.line("a", true),
            5 => desk.disk.fill(),
            6 => desk.disk.free(),
            // A sensor dies as well.
            8 => {
                let [_, second] = sensors;
                second.running.kill();
                second.running = second.start(desk);
            }
            _ => sensors.iter_mut().for_each(|sensor| sensor.log.rotate()),
        }
        running.kill();
        sleep(Duration::from_millis(chance.below(300)));
        *running = desk.start();
    }
    desk.net.line("a", true);
    desk.disk.free();
}

/// That the desk's cases are those of a run over the files.
fn same(live: &BTreeSet<Seen>, watched: &BTreeSet<Seen>, log: &Path) {
    let short = |seen: &Seen| {
        let (rung, kind, sources, records) = seen;
        let first = sources.first().cloned().unwrap_or_default();
        format!("{rung} {kind}: {first} of {}, {records} records", sources.len())
    };
    let only = |these: &BTreeSet<Seen>, those: &BTreeSet<Seen>| -> Vec<_> {
        these.difference(those).map(short).collect()
    };
    let (more, less) = (only(live, watched), only(watched, live));
    let said = warnings(log);
    assert!(
        more.is_empty() && less.is_empty(),
        "only live: {more:#?}\nonly watched: {less:#?}\nthe desk said:\n{said}"
    );
}

/// A machine that logs, and its sensor.
struct Sensor {
    host: &'static str,
    name: &'static str,
    config: PathBuf,
    log: Log,
    running: Running,
}

impl Sensor {
    fn new(
        desk: &Desk<'_>,
        host: &'static str,
        kind: Kind,
        rotate: Rotate,
        name: &'static str,
        fingerprint: [u8; 32],
    ) -> Self {
        let home = desk.folder.join(host);
        let path = home.join(format!("log/{name}.log"));
        let truth = desk.folder.join(format!("truth/{name}.log"));
        let log = Log::new(&path, &truth, rotate, kind, LINES);
        let config = settings(&home, &path);
        let url = format!("https://{DESK}:8443");
        enrol(desk.net, host, &config, &code(desk.place, &url, fingerprint, name));
        let running = sense(desk, host, &config);
        Self { host, name, config, log, running }
    }

    fn start(&self, desk: &Desk<'_>) -> Running {
        sense(desk, self.host, &self.config)
    }
}

fn sense(desk: &Desk<'_>, host: &str, config: &Path) -> Running {
    let mut command = desk.net.on(host, binary());
    command.args(["sense", "--config"]).arg(config);
    Running::start(command, &desk.folder.join(format!("sense-{host}.txt")))
}

struct Desk<'a> {
    net: &'a Net,
    folder: &'a Path,
    disk: &'a Disk,
    place: &'a str,
}

impl Desk<'_> {
    fn log(&self) -> PathBuf {
        self.folder.join("desk.txt")
    }

    fn start(&self) -> Running {
        let mut command = self.net.on("d", binary());
        command.args(["serve", "--listen", &format!("{DESK}:8443"), "--name", DESK, "--data"]);
        command.arg(self.disk.path());
        if self.place.starts_with("postgres") {
            command.env("WARD_STORE", self.place);
        }
        Running::start(command, &self.log())
    }
}

/// Writes a sensor's settings.
fn settings(home: &Path, log: &Path) -> PathBuf {
    let config = home.join("sense.toml");
    let text = format!(
        "spool = \"{}\"\nspool_limit_mib = 64\n[[file]]\npath = \"{}\"\n",
        home.join("spool").display(),
        log.display()
    );
    fs::create_dir_all(home).expect("a folder");
    fs::write(&config, text).expect("settings");
    config
}

fn enrol(net: &Net, host: &str, config: &Path, code: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let mut command = net.on(host, binary());
        let out = command.args(["sense", "--config"]).arg(config).args(["enrol", code]).output();
        let out = out.expect("ward runs");
        if out.status.success() {
            return;
        }
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(Instant::now() < until, "the sensor enrols: {said}");
        sleep(Duration::from_millis(200));
    }
}

/// Waits until the desk holds as many bytes as were written.
fn arrived(place: &str, truth: &BTreeMap<&str, Vec<u8>>, folder: &Path) {
    let wanted: u64 = truth.values().map(|bytes| bytes.len() as u64).sum();
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let got: u64 = on_store(place, async |store| {
            let mut read = store.read().await.expect("the store can be read");
            let all = ward_store::sensors::list(read.link(), None).await.expect("sensors");
            all.iter().map(|sensor| sensor.bytes).sum()
        });
        if got >= wanted {
            return;
        }
        assert!(
            Instant::now() < until,
            "{got} of {wanted} bytes came in:\n{}\n{}",
            tail(&folder.join("desk.txt")),
            tail(&folder.join("sense-a.txt"))
        );
        sleep(Duration::from_millis(500));
    }
}

/// What the desk warned of.
fn warnings(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    lines.take(40).collect::<Vec<_>>().join("\n")
}

fn tail(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

type Sum = (usize, u64);

/// Length and hash of what was written, by sensor.
fn truth_of(truth: &BTreeMap<&str, Vec<u8>>) -> BTreeMap<String, Sum> {
    truth.iter().map(|(name, bytes)| ((*name).to_owned(), sum(bytes))).collect()
}

fn sum(bytes: &[u8]) -> Sum {
    (bytes.len(), ward_kernel::hash::bytes(bytes))
}

/// Length and hash of what the store holds, by sensor: streams in the order of their generations,
/// batches where they say that they begin.
fn held(place: &str) -> BTreeMap<String, Sum> {
    on_store(place, async |store| {
        let mut read = store.read().await.expect("the store can be read");
        let mut streams = stream::list(read.link(), None, 1000).await.expect("streams");
        streams.sort_by_key(|stream| (stream.sensor_name.clone(), stream.generation));
        let mut bytes: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
        let mut position = 0;
        loop {
            let batches = batch::after(read.link(), position, 100).await.expect("batches");
            let Some(last) = batches.last() else { break };
            position = last.position;
            for kept in &batches {
                let stream = bytes.entry(kept.stream).or_default();
                assert_eq!(kept.base, stream.len() as u64, "a batch begins where the last ended");
                let unpacked =
                    flate2::read::GzDecoder::new(kept.body.as_slice()).read_to_end(stream);
                unpacked.expect("a batch is whole");
            }
        }
        let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for stream in streams {
            let held = bytes.remove(&stream.id).unwrap_or_default();
            all.entry(stream.sensor_name).or_default().extend(held);
        }
        all.into_iter().map(|(name, bytes)| (name, sum(&bytes))).collect()
    })
}

/// A case, as far as where it was read does not matter.
type Seen = (String, String, BTreeSet<String>, u64);

/// The desk's open cases.
fn live(place: &str) -> BTreeSet<Seen> {
    on_store(place, async |store| {
        let mut read = store.read().await.expect("the store can be read");
        let all = cases::of_all_scopes(read.link(), ward_kernel::Time::from_secs(0)).await;
        let open = all.expect("cases").into_iter().filter(|case| {
            case.scope == ward_live::STATE && case.standing == ward_live::Standing::Open
        });
        open.map(|case| {
            let sources = case.sources.iter().map(ToString::to_string).collect();
            (case.rung.name().to_owned(), case.kind, sources, case.records)
        })
        .collect()
    })
}

/// The cases of a run over the files.
fn watched(folder: &Path) -> BTreeSet<Seen> {
    let out = Command::new(binary()).args(["watch", "--json"]).arg(folder).output();
    let report: Value = serde_json::from_slice(&out.expect("ward runs").stdout).expect("a report");
    let cases = report["cases"].as_array().expect("cases");
    assert!(!cases.is_empty(), "there is something to compare");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    cases
        .iter()
        .map(|case| {
            let sources = case["sources"].as_array().expect("sources");
            (
                text(&case["rung"]),
                text(&case["kind"]),
                sources.iter().map(text).take(1000).collect(),
                case["records"].as_u64().unwrap_or(0),
            )
        })
        .collect()
}
