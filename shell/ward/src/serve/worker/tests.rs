//! The window's move: what takes over equals what a fresh start reads; nothing is lost or doubled.

use std::cell::Cell;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use ward_history::{Indicator, Limits, Query};
use ward_live::Judged;
use ward_store::batch::{self, Incoming, Told};
use ward_store::cases::Filter;
use ward_store::{Audit, office, sensors};

use super::*;

thread_local! {
    // A test is one thread, and the clock is its own.
    static NOW: Cell<i64> = const { Cell::new(0) };
}

fn clock() -> Time {
    Time::from_micros(NOW.get())
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn set(text: &str) {
    NOW.set(at(text).micros());
}

#[test]
fn the_window_begins_at_midnight() {
    let now = at("2026-11-03T19:30:00Z");
    assert_eq!(window_of(now, 1), at("2026-11-03T00:00:00Z"));
    assert_eq!(window_of(now, 2), at("2026-11-02T00:00:00Z"));
}

#[test]
fn a_share_is_of_what_is_read() {
    assert_eq!(percent(40, (0, 100)), 40);
    assert_eq!(percent(7, (7, 7)), 0);
    assert_eq!(percent(9, (7, 8)), 100);
    assert_eq!(percent(i64::MAX, (0, i64::MAX)), 100);
}

/// A store, and the sensors that send to it.
struct House {
    folder: TempDir,
    runtime: Runtime,
    store: Store,
    position: watch::Sender<i64>,
    stop: watch::Sender<bool>,
    told: watch::Receiver<Health>,
    telling: watch::Sender<Health>,
    sequences: [u64; 2],
    bases: [u64; 2],
    generation: u64,
}

/// Two sensors, of two jurisdictions.
const SENSORS: [(&str, &str); 2] = [("annex", "adair-county"), ("bastion", "boone-county")];

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(async {
            let store = Store::open_folder(folder.path()).await.unwrap();
            store.migrate().await.unwrap();
            let mut tx = store.begin().await.unwrap();
            office::set_jurisdictions(tx.link(), &ward_access::missouri()).await.unwrap();
            for (number, (id, jurisdiction)) in SENSORS.into_iter().enumerate() {
                let hash = [u8::try_from(number).unwrap(); 32];
                let begun = at("2026-11-01T00:00:00Z");
                let code = sensors::Enrolment {
                    id: format!("code-{id}"),
                    hash: hash.to_vec(),
                    name: id.to_owned(),
                    jurisdiction: jurisdiction.to_owned(),
                    made_by: "nobody".to_owned(),
                    created: begun,
                    expires: begun.plus(60_000_000),
                    used: None,
                    sensor: None,
                };
                sensors::add_code(tx.link(), &code).await.unwrap();
                sensors::enrol(tx.link(), &hash, id, &[0; 32], begun).await.unwrap().unwrap();
            }
            tx.commit(Audit::Machine).await.unwrap();
            store
        });
        let (telling, told) = watch::channel(Health::default());
        Self {
            folder,
            runtime,
            store,
            position: watch::channel(0).0,
            stop: watch::channel(false).0,
            told,
            telling,
            sequences: [0; 2],
            bases: [0; 2],
            generation: 1,
        }
    }

    /// A batch of one sensor comes in now: guesses from an address, and perhaps a success.
    fn feed(&mut self, sensor: usize, from: &str, guesses: usize, success: bool) {
        let when = clock();
        let mut lines = String::new();
        for number in 0..guesses {
            let second = when.plus(i64::try_from(number).unwrap() * 1_000_000);
            lines += &format!(
                "{second} gate sshd[7{number}]: Failed password for clerk0{} from {from} port \
                 4000 ssh2\n",
                number % 3
            );
        }
        if success {
            let second = when.plus(i64::try_from(guesses).unwrap() * 1_000_000);
            lines += &format!(
                "{second} gate sshd[99]: Accepted password for clerk01 from {from} port 4000 ssh2\n"
            );
        }
        let mut body = GzEncoder::new(Vec::new(), Compression::fast());
        body.write_all(lines.as_bytes()).unwrap();
        self.sequences[sensor] += 1;
        let new = Incoming {
            sequence: self.sequences[sensor],
            stream: "/var/log/auth.log".to_owned(),
            generation: self.generation,
            format: "syslog".to_owned(),
            base: self.bases[sensor],
            length: lines.len() as u64,
            records: lines.lines().count() as u64,
            sha256: [0; 32],
            body: body.finish().unwrap(),
            head: lines.clone().into_bytes(),
        };
        self.bases[sensor] += lines.len() as u64;
        let mut position = *self.position.borrow();
        self.runtime.block_on(async {
            let mut tx = self.store.begin().await.unwrap();
            let told = Told::default();
            batch::accept(&mut tx, SENSORS[sensor].0, &[new], &told, when, &mut position)
                .await
                .unwrap();
            tx.commit(Audit::Machine).await.unwrap();
        });
        self.position.send_replace(position);
    }

    fn rotate(&mut self) {
        self.generation += 1;
        self.bases = [0; 2];
    }

    fn worker(&self) -> Worker {
        let parts = Parts {
            store: self.store.clone(),
            history: History::open(&self.folder.path().join("history")).unwrap(),
            config: Arc::new(Config::default()),
            options: ward_live::Options::default(),
            desk: DeskSettings::default(),
            position: self.position.subscribe(),
            health: self.telling.clone(),
            troubles: watch::channel(Default::default()).1,
            bell: ward_web::bell::Bell::new(8),
            stop: self.stop.subscribe(),
            clock,
        };
        Worker::start(parts, self.runtime.handle().clone())
    }

    /// Every case with its steps, as written down.
    fn written(&self) -> Vec<(ward_store::cases::Line, Vec<String>)> {
        self.runtime.block_on(async {
            let mut read = self.store.read().await.unwrap();
            let filter = Filter { with_past: true, ..Filter::default() };
            let mut all = Vec::new();
            for scope in ["state", SENSORS[0].1, SENSORS[1].1] {
                for line in cases::list(read.link(), scope, &filter, 100, 0).await.unwrap() {
                    let steps = cases::steps(read.link(), &line.id).await.unwrap();
                    all.push((line, steps.into_iter().map(|step| step.what).collect()));
                }
            }
            all
        })
    }

    /// What the hours counted, as written.
    fn hours(&self) -> Vec<ward_store::hours::Hour> {
        self.runtime.block_on(async {
            let mut read = self.store.read().await.unwrap();
            ward_store::hours::between(read.link(), i64::MIN, i64::MAX).await.unwrap()
        })
    }

    /// How often an address was seen, by the history.
    fn seen(&self, address: &str) -> u64 {
        let reader = ward_history::Reader::new(&self.folder.path().join("history"));
        let indicators = [Indicator::parse(address).unwrap()];
        let days = 0..=40_000;
        let limits = Limits::default();
        let query = Query { indicators: &indicators, days, jurisdictions: None, limits };
        reader.hunt(&query).unwrap().found.first().map_or(0, |found| found.seen.count)
    }
}

/// Everything that a state says, all scopes.
fn says(reading: &mut Reading) -> Vec<Judged> {
    reading.live.warm();
    reading.live.judge_full()
}

/// Turns until what came is judged whole, the clock going on.
fn settle(worker: &mut Worker) {
    for _ in 0..6 {
        NOW.set(NOW.get() + 3_000_000);
        while worker.turn().unwrap() {}
    }
}

/// Three days: one source each day, one on all of them, one that gets in on the last.
fn three_days(house: &mut House, during: usize) -> Worker {
    set("2026-11-01T10:00:00Z");
    house.feed(0, "203.0.113.7", 9, false);
    house.feed(1, "203.0.113.11", 9, false);
    set("2026-11-02T22:00:00Z");
    house.feed(1, "203.0.113.7", 9, false);
    house.feed(0, "203.0.113.12", 12, false);
    let mut worker = house.worker();
    assert!(house.told.borrow().ready);
    settle(&mut worker);
    house.feed(1, "203.0.113.13", 8, false);
    settle(&mut worker);
    let before = worker.reading.window;
    set("2026-11-03T00:00:05Z");
    house.rotate();
    // Records come while the next window is made, and the old state goes on judging them.
    let mut turns = 0;
    while worker.reading.window == before || turns < during {
        if turns < during {
            house.feed(turns % 2, "203.0.113.14", 6, turns + 1 == during);
        }
        turns += 1;
        assert!(turns < 10_000, "the window never moves");
        worker.turn().unwrap();
        if turns >= during {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    house.feed(0, "203.0.113.7", 7, false);
    settle(&mut worker);
    worker
}

#[test]
fn what_takes_over_equals_a_fresh_start() {
    for during in [0, 1, 4] {
        let mut house = House::new();
        let mut worker = three_days(&mut house, during);
        let mut fresh = Reading::new(
            &worker.config,
            &worker.options,
            worker.reading.window,
            worker.queue.before(worker.reading.window).unwrap(),
        );
        fresh.up_to(&worker.queue, worker.reading.position, |_, _| Ok(false)).unwrap();
        assert_eq!(fresh.position, *house.position.borrow());
        assert_eq!(says(&mut worker.reading), says(&mut fresh));
        let state = says(&mut fresh).remove(0);
        let shown: Vec<_> = state.cases.iter().map(|case| case.id.clone()).collect();
        assert!(shown.len() >= 3, "{shown:?}");
        worker.stop = house.stop.subscribe();
        house.stop.send_replace(true);
        worker.run().unwrap();

        // A desk that starts now says the same, and writes nothing more.
        let written = house.written();
        house.stop.send_replace(false);
        let again = house.worker();
        assert_eq!(house.written(), written);
        drop(again);
        for (line, steps) in &written {
            let opened = steps.iter().filter(|step| step.starts_with("opened")).count();
            assert_eq!((line.standing.as_str(), opened), ("open", 1), "{line:?} {steps:?}");
            assert!(!steps.iter().any(|step| step.contains("explain")), "{steps:?}");
        }
        let mut ids: Vec<_> = written.iter().map(|(line, _)| line.id.clone()).collect();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len());
    }
}

#[test]
fn no_sighting_is_lost_or_doubled() {
    for during in [0, 3] {
        let mut house = House::new();
        let worker = three_days(&mut house, during);
        house.stop.send_replace(true);
        worker.run().unwrap();
        let in_the_roll = u64::try_from(during * 6 + usize::from(during > 0)).unwrap();
        for (address, count) in [
            ("203.0.113.7", 25),
            ("203.0.113.11", 9),
            ("203.0.113.12", 12),
            ("203.0.113.13", 8),
            ("203.0.113.14", in_the_roll),
        ] {
            assert_eq!(house.seen(address), count, "{address}");
        }
        // Nor when it starts again, and has nothing new.
        house.stop.send_replace(false);
        let worker = house.worker();
        house.stop.send_replace(true);
        worker.run().unwrap();
        assert_eq!(house.seen("203.0.113.7"), 25);
    }
}

#[test]
fn a_stop_while_the_next_window_is_made_ends_it() {
    let mut house = House::new();
    set("2026-11-02T22:00:00Z");
    house.feed(0, "203.0.113.7", 9, false);
    let mut worker = house.worker();
    set("2026-11-03T00:00:05Z");
    worker.roll().unwrap();
    assert!(worker.roll.is_some());
    house.stop.send_replace(true);
    worker.run().unwrap();
    assert_eq!(house.seen("203.0.113.7"), 9);
}

#[test]
fn a_damaged_history_does_not_hold_the_window() {
    let mut house = House::new();
    let mut worker = three_days(&mut house, 0);
    let window = worker.reading.window;
    std::fs::remove_dir_all(house.folder.path().join("history")).unwrap();
    set("2026-11-04T00:00:05Z");
    for _ in 0..10_000 {
        worker.roll().unwrap();
        if worker.reading.window > window {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("the window never moves");
}

#[test]
fn hours_are_a_function_of_the_batches() {
    let mut house = House::new();
    let worker = three_days(&mut house, 2);
    house.stop.send_replace(true);
    worker.run().unwrap();
    let counted = house.hours();
    let failed = |hour: &str, scope: &str| {
        let hour = ward_store::hours::hour_of(at(hour));
        let found = counted.iter().find(|one| one.hour == hour && one.scope == scope);
        found.map(|one| one.count.failed_logins)
    };
    for (hour, scope, expected) in [
        ("2026-11-01T10:00:00Z", "state", Some(18)),
        ("2026-11-01T10:00:00Z", "adair-county", Some(9)),
        ("2026-11-02T22:00:00Z", "state", Some(29)),
        ("2026-11-02T22:00:00Z", "boone-county", Some(17)),
        ("2026-11-03T00:00:00Z", "state", Some(19)),
        ("2026-11-02T23:00:00Z", "state", None),
    ] {
        assert_eq!(failed(hour, scope), expected, "{hour} {scope}");
    }
    // A desk that starts now judges the window again, and doubles nothing.
    house.stop.send_replace(false);
    let worker = house.worker();
    house.stop.send_replace(true);
    worker.run().unwrap();
    assert_eq!(house.hours(), counted);
}
