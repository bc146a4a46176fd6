//! One night: everything is started, played, watched, let run out, compared.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, sleep_until};
use ward_it::Running;
use ward_it::figures::Seen;
use ward_it::house::{House, Machine};
use ward_it::usage::used;
use ward_testkit::Postgres;

use crate::acts::Stage;
use crate::cast::{Cast, Person};
use crate::consoles::{Console, Looked};
use crate::marks::{Kind, Marks, Sees, View, accessed, silent};
use crate::options::Options;
use crate::report::{self, Outcome};
use crate::script::{FLOODED, MACHINES, NIGHT, Script, Step, What, mark};
use crate::seats::{Page, Sitter, of_state, seats};
use crate::strolls;
use crate::traffic::{LOGS, Order, SURGE, Writer};
use crate::truth;

/// How long all consoles are open before the night begins.
const SETTLE: Duration = Duration::from_secs(5);
/// How long after its last sign of life a sensor is silent (`ward_sensor::hearing`).
const SILENT_AFTER: Duration = Duration::from_secs(45);
/// How long an event may take at most before it counts as missed, also where times are not judged: a
/// machine that does much else is slower than the bound, and not by so much.
const GRACE: Duration = Duration::from_secs(10);
/// What tells a machine's sensor from everything else that is marked.
const SENSOR: u64 = 90_000;

/// Plays the night; whether all bounds hold.
///
/// # Errors
/// What kept it from being played.
pub(crate) async fn run(options: &Options) -> Result<bool, String> {
    let kept = options.folder.as_ref().map(std::fs::create_dir_all);
    kept.transpose().map_err(|e| e.to_string())?;
    let passing = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = options.folder.clone().unwrap_or_else(|| passing.path().to_owned());
    let server = options.postgres.then(Postgres::start_durable).transpose()?;
    let store = server.as_ref().map(Postgres::database).transpose()?;

    println!("a desk and 300 people are set up ...");
    let mut house = House::start(&folder, store.as_deref())?;
    let mut cast = Cast::come_in(&house.site, &house.link).await?;
    let machines = enrol(&mut cast, &folder).await?;
    let folders: Vec<PathBuf> = machines.iter().map(|machine| machine.logs.clone()).collect();
    let sensors: Vec<Option<Running>> = machines.iter().map(|one| Some(one.sense())).collect();
    let (orders, ordered) = mpsc::channel();
    let writing = std::thread::spawn(move || Writer::new(&folders).run(&ordered));

    let (marks, cast) = (Arc::new(Marks::default()), Arc::new(cast));
    let (end, over) = watch::channel(false);
    println!("{} consoles open ...", options.consoles);
    plant_sensors(&marks);
    let consoles = open(options.consoles, &cast, &marks, &over);
    let strolling = strolls::all(&cast, &over);
    sleep(SETTLE).await;

    let stage = Arc::new(Stage::new(cast, Arc::clone(&marks)));
    let script = Script::draw(options.seed);
    let mut night = Night { options, stage: &stage, machines: &machines, sensors, orders };
    let (begun, before) = (Instant::now(), used(house.serve.id()));
    night.play(&script, &mut house).await?;
    let (length, after) = (begun.elapsed(), used(house.serve.id()));
    // What came last is shown, or it is missed.
    sleep(GRACE + Duration::from_secs(2)).await;
    let _ = night.orders.send(Order::End);
    writing.join().map_err(|_| "the writer failed")?;
    let _ = end.send(true);
    let mut looked = Looked::default();
    for console in consoles {
        looked.join(console.await.map_err(|e| e.to_string())?);
    }
    let mut seen = Seen::default();
    for one in strolling {
        seen.join(one.await.map_err(|e| e.to_string())?);
    }
    let untrue = truth::compare(&script, &stage).await;
    let wrong = stage.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let stopped = house.serve.stop(Duration::from_secs(30));
    report::tell(&Outcome {
        options,
        length,
        cpu: after.cpu - before.cpu,
        most: after.most,
        came: marks.came(GRACE),
        looked,
        seen,
        wrong,
        untrue,
        stopped,
        warnings: house.warnings(),
    })
}

/// Plants the sensors' names. All consoles open at once: how soon they show them says nothing.
fn plant_sensors(marks: &Marks) {
    let at = Instant::now() + SETTLE;
    for machine in 0..MACHINES {
        marks.plant_at(Kind::Sensor, &mark(SENSOR + machine as u64), Some(machine), at);
    }
}

/// The machines whose logs a sensor follows; each sensor is called by a mark.
async fn enrol(cast: &mut Cast, folder: &Path) -> Result<Vec<Machine>, String> {
    let mut machines = Vec::new();
    for number in 0..MACHINES {
        let place = cast.places.get(number).ok_or("no such place")?.id.clone();
        let name = mark(SENSOR + number as u64);
        machines.push(Machine::enrol((&place, &name), &LOGS, folder, &mut cast.admin).await?);
    }
    Ok(machines)
}

impl Looked {
    fn join(&mut self, other: Self) {
        self.took.join(&other.took);
        self.same += other.same;
        self.wrong.extend(other.wrong);
    }
}

/// Opens consoles.
fn open(
    many: usize,
    cast: &Cast,
    marks: &Arc<Marks>,
    over: &watch::Receiver<bool>,
) -> Vec<JoinHandle<Looked>> {
    let sitters: Vec<Sitter> = cast.people.iter().map(|one| (one.role, one.place)).collect();
    let seated = |(number, page): (usize, Page)| Some((cast.people.get(number)?, page));
    let seats: Vec<(&Arc<Person>, Page)> =
        seats(&sitters, many).into_iter().filter_map(seated).collect();
    let view = |(person, page): &(&Arc<Person>, Page)| View {
        path: page.path,
        kinds: page.kinds,
        sees: sees(person),
    };
    marks.open(seats.iter().map(view).collect());
    let console = |(number, (person, page)): (usize, (&Arc<Person>, Page))| {
        let own = person.place.and_then(|place| cast.places.get(place));
        let path = page.path.replace("{own}", own.map_or("", |one| &one.id));
        let console = Console { number, browser: person.window.window(), page, path };
        tokio::spawn(console.watch(Arc::clone(marks), over.clone()))
    };
    seats.into_iter().enumerate().map(console).collect()
}

fn sees(person: &Person) -> Sees {
    match person.place {
        Some(place) => Sees::Place(place),
        None if of_state((person.role, None)) => Sees::State,
        None => Sees::Nothing,
    }
}

/// What plays.
struct Night<'a> {
    options: &'a Options,
    stage: &'a Arc<Stage>,
    machines: &'a [Machine],
    sensors: Vec<Option<Running>>,
    orders: mpsc::Sender<Order>,
}

impl Night<'_> {
    async fn play(&mut self, script: &Script, house: &mut House) -> Result<(), String> {
        let begun = Instant::now();
        let mut told = Instant::now();
        let mut acting = Vec::new();
        for step in &script.steps {
            let at = self.options.length.mul_f64(step.at / NIGHT);
            sleep_until((begun + at).into()).await;
            self.step(step, &mut acting);
            if told.elapsed() > Duration::from_secs(10) {
                told = Instant::now();
                self.progress(step, house);
            }
            if !house.serve.is_alive() {
                return Err(format!("the desk ended: {}", house.log.display()));
            }
        }
        for one in acting {
            if let Err(why) = one.await {
                self.stage.note(format!("an act ended in the middle: {why}"));
            }
        }
        sleep_until((begun + self.options.length).into()).await;
        Ok(())
    }

    fn step(&mut self, step: &Step, acting: &mut Vec<JoinHandle<()>>) {
        match step.what {
            What::Attempt { attack, machine } => {
                self.stage.marks.plant(Kind::Attack, &mark(attack), Some(machine));
                let _ = self.orders.send(Order::Attempt { attack, machine });
            }
            What::BreakIn { attack, machine } => {
                let mark = mark(attack);
                self.stage.marks.plant(Kind::Attack, &mark, Some(machine));
                self.stage.marks.plant(Kind::Access, &accessed(&mark), Some(machine));
                let _ = self.orders.send(Order::BreakIn { attack, machine });
            }
            What::Crowd => {
                let _ = self.orders.send(Order::Crowd);
            }
            What::Flood { attack } => {
                let over = Instant::now() + SURGE;
                self.stage.marks.plant_at(Kind::Flood, &mark(attack), Some(FLOODED), over);
                let _ = self.orders.send(Order::Flood { attack });
            }
            What::Silence { machine } => self.silence(machine),
            What::Back { machine } => {
                if let (Some(sensor), Some(machine)) =
                    (self.sensors.get_mut(machine), self.machines.get(machine))
                {
                    *sensor = Some(machine.sense());
                }
            }
            _ => {
                let (stage, what) = (Arc::clone(self.stage), step.what.clone());
                acting.push(tokio::spawn(async move { stage.play(&what).await }));
            }
        }
    }

    /// Ends a sensor as a power cut does.
    fn silence(&mut self, machine: usize) {
        if let Some(sensor) = self.sensors.get_mut(machine) {
            *sensor = None;
        }
        // A short night ends before anybody can know.
        let speed = NIGHT / self.options.length.as_secs_f64();
        let lasts = Duration::from_secs_f64(1.2 * 3_600.0 / speed);
        if lasts > SILENT_AFTER {
            let (name, due) = (mark(SENSOR + machine as u64), Instant::now() + SILENT_AFTER);
            self.stage.marks.plant_at(Kind::Silence, &silent(&name), Some(machine), due);
        }
    }

    fn progress(&self, step: &Step, house: &House) {
        let came = self.stage.marks.came(GRACE);
        let wrong = self.stage.wrong.lock().map_or(0, |wrong| wrong.len());
        let all: usize = came.planted.values().sum();
        let serve = used(house.serve.id());
        println!(
            "{:>5.1} h  {all} events planted, {} missed, {} leaked  {wrong} acts refused  desk \
             {:.0} MiB {:.1} s cpu",
            step.at / 3_600.0,
            came.missed.len(),
            came.leaked.len(),
            serve.rss,
            serve.cpu,
        );
    }
}
