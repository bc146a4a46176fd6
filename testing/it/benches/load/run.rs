//! One run: everything is started, loaded, watched, let run out, counted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;
use ward_it::Running;
use ward_it::browser::Browser;
use ward_it::figures::Seen;
use ward_it::house::{House, Machine};
use ward_it::usage::{bytes_in, used};
use ward_testkit::Postgres;

use crate::consoles::stroll;
use crate::lines::Kind;
use crate::options::{Options, PLACES};
use crate::people;
use crate::planted::Planted;
use crate::report::{self, Counted, Outcome, Sample};
use crate::watcher;
use crate::writer::{Told, Writer};

/// Between two samples.
const SAMPLE: Duration = Duration::from_secs(5);
/// Before the first attempt is planted: the first cases come all at once.
const QUIET: Duration = Duration::from_secs(10);
/// How long what was written may take to be judged at the end.
const RUN_OUT: Duration = Duration::from_secs(120);

/// Runs; whether all bounds hold.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(options: &Options) -> Result<bool, String> {
    let kept = options.folder.as_ref().map(std::fs::create_dir_all);
    kept.transpose().map_err(|e| e.to_string())?;
    let passing = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = options.folder.clone().unwrap_or_else(|| passing.path().to_owned());
    let server = options.postgres.then(Postgres::start_durable).transpose()?;
    let store = server.as_ref().map(Postgres::database).transpose()?;

    println!("a desk, its people and its sensors are set up ...");
    let mut house = House::start(&folder, store.as_deref())?;
    let mut people = people::all(&house.site, &house.link).await?;
    let admin = &mut people.first_mut().ok_or("nobody is there")?.browser;
    let machines = enrol(options, &folder, admin).await?;
    let counter = admin.window();
    let sensors: Vec<Running> = machines.iter().map(Machine::sense).collect();

    let planted = Arc::new(Planted::default());
    let told = Arc::new(Told::new(machines.len()));
    let folders: Vec<PathBuf> = machines.iter().map(|machine| machine.logs.clone()).collect();
    let writer = Writer::new(&folders, options.sources, &planted, &told);
    let (rate, length) = (options.rate, options.length);
    let writing = std::thread::spawn(move || writer.run(rate, length, QUIET));

    let (end, over) = watch::channel(false);
    let analyst = people.iter().find(|person| person.role == "analyst").ok_or("no analyst")?;
    let window = analyst.browser.window();
    let watching = tokio::spawn({
        let (planted, over) = (Arc::clone(&planted), over.clone());
        async move { watcher::watch(&window, planted, over).await }
    });
    let each = Duration::from_secs_f64(people.len() as f64 / options.pages);
    let strolling: Vec<_> =
        people.into_iter().map(|one| tokio::spawn(stroll(one, each, over.clone()))).collect();

    let mut load = Load { options, folder: &folder, told: &told, planted: &planted, counter };
    let mut samples = load.sample_while(&mut house, &sensors, &|| !writing.is_finished()).await?;
    writing.join().map_err(|_| "the writer failed")?;
    let ran_out = load.run_out(&machines).await?;
    // What came last is shown, or it is missed.
    sleep(Duration::from_secs(3)).await;
    let _ = end.send(true);
    let (list, wrong) = watching.await.map_err(|e| e.to_string())?;
    let mut seen = Seen { wrong, ..Seen::default() };
    for one in strolling {
        seen.join(one.await.map_err(|e| e.to_string())?);
    }
    samples.extend(load.sample(&house, &sensors));
    let stopped = house.serve.stop(Duration::from_secs(30));
    let outcome = Outcome {
        options,
        samples,
        list,
        seen,
        planted: &planted,
        counted: ran_out,
        late_ms: told.late_ms.load(Ordering::Relaxed),
        bytes: told.bytes.load(Ordering::Relaxed),
        disk: bytes_in(&folder.join("desk")),
        stopped,
        warnings: house.warnings().len(),
    };
    report::tell(&outcome)
}

/// Machines with a log of each kind, each in another jurisdiction.
async fn enrol(
    options: &Options,
    folder: &Path,
    admin: &mut Browser,
) -> Result<Vec<Machine>, String> {
    let names = Kind::ALL.map(|(_, name, _)| name);
    let mut machines = Vec::new();
    for place in PLACES.into_iter().take(options.sensors) {
        machines.push(Machine::enrol((place, place), &names, folder, admin).await?);
    }
    Ok(machines)
}

/// What is looked at while it runs.
struct Load<'a> {
    options: &'a Options,
    folder: &'a Path,
    told: &'a Told,
    planted: &'a Planted,
    counter: Browser,
}

impl Load<'_> {
    /// Samples until it is done, with a line for whoever waits.
    async fn sample_while(
        &mut self,
        house: &mut House,
        sensors: &[Running],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Sample>, String> {
        let (begun, mut samples) = (Instant::now(), Vec::new());
        while goes_on() {
            sleep(SAMPLE.min(self.options.length / 4)).await;
            let Some(mut sample) = self.sample(house, sensors) else { continue };
            sample.at = begun.elapsed().as_secs_f64();
            let sent = self.told.all();
            // What the desk has judged of what was written by now: what is behind is on its way.
            let judged = metric(&mut self.counter, "ward_records_judged_total").await;
            sample.behind = judged.map_or(f64::NAN, |judged| sent.saturating_sub(judged) as f64);
            for (of, name) in [(&mut sample.quick, "quick"), (&mut sample.full, "full")] {
                let name = format!("ward_judge_{name}_microseconds");
                let took = metric(&mut self.counter, &name).await;
                *of = took.map_or(f64::NAN, |micros| micros as f64 / 1_000.0);
            }
            self.progress(&sample, sent);
            samples.push(sample);
            if !house.serve.is_alive() {
                self.told.stop.store(true, Ordering::Relaxed);
                return Err(format!("the desk ended: {}", house.log.display()));
            }
        }
        Ok(samples)
    }

    fn sample(&self, house: &House, sensors: &[Running]) -> Option<Sample> {
        let serve = used(house.serve.id());
        let senses = sensors.iter().map(|sensor| used(sensor.id())).collect();
        let own = used(std::process::id());
        Some(Sample {
            at: f64::NAN,
            serve,
            senses,
            own,
            behind: f64::NAN,
            quick: f64::NAN,
            full: f64::NAN,
        })
    }

    fn progress(&self, sample: &Sample, sent: u64) {
        let (planted, shown) = self.planted.counts();
        let delays = self.planted.delays(None);
        println!(
            "{:>5.0} s  {:>10} lines  {:>6.0} on their way  desk {:>5.0} MiB {:>6.1} s cpu  \
             attempts {shown}/{planted}, p50 {:.0} ms, p99 {:.0} ms  disk {} MiB",
            sample.at,
            sent,
            sample.behind,
            sample.serve.rss,
            sample.serve.cpu,
            delays.at(0.5),
            delays.at(0.99),
            bytes_in(&self.folder.join("desk")) >> 20,
        );
    }

    /// Waits until all that was written is judged, and counts it.
    async fn run_out(&mut self, machines: &[Machine]) -> Result<Counted, String> {
        let begun = Instant::now();
        let sent = self.told.all();
        loop {
            let judged = metric(&mut self.counter, "ward_records_judged_total").await.unwrap_or(0);
            if judged >= sent || begun.elapsed() > RUN_OUT {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        let lag = begun.elapsed().as_secs_f64();
        // A record that came twice would come now.
        sleep(Duration::from_secs(2)).await;
        let judged = metric(&mut self.counter, "ward_records_judged_total").await.unwrap_or(0);
        let told = self.counter.value("/api/v1/sensors?limit=100").await?;
        let received = |place: &str| {
            let all = told["sensors"].as_array().into_iter().flatten();
            let mut of = all.filter(|sensor| sensor["jurisdiction"] == place);
            of.next().and_then(|sensor| sensor["records"].as_u64()).unwrap_or(0)
        };
        let by_sensor = machines.iter().zip(&self.told.lines).map(|(machine, lines)| {
            let got = received(&machine.place);
            (machine.place.clone(), lines.load(Ordering::Relaxed), got)
        });
        Ok(Counted { sent, judged, by_sensor: by_sensor.collect(), lag })
    }
}

/// A number of the desk's own metrics.
async fn metric(browser: &mut Browser, name: &str) -> Option<u64> {
    let page = browser.get("/metrics").await.ok()?;
    let line = page
        .body
        .lines()
        .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))?;
    line.rsplit_once(' ')?.1.parse().ok()
}
