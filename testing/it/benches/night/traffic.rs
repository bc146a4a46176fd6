//! What the machines log: ordinary visits, attempts, guesses that find a password, a crowd, a flood.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use ward_it::bench::{AGENT, address};
use ward_it::people::now;
use ward_lab::rng::Rng;
use ward_lab::text::Stamp;

use crate::script::{CROWDED, FLOODED, mark};

/// The logs of a machine.
pub(crate) const LOGS: [&str; 2] = ["access.log", "auth.log"];
/// How often it writes.
const TICK: Duration = Duration::from_millis(50);
/// Ordinary visits a second, all machines together.
const VISITS: f64 = 120.0;
/// People of the crowd, and pages that each of them reads.
const CROWD: usize = 4_000;
const READS: usize = 3;
/// Machines of the flood, and requests of each.
const SWARM: u64 = 40;
const REQUESTS: u64 = 120;
/// How long the crowd and the flood last.
pub(crate) const SURGE: Duration = Duration::from_secs(20);
/// Guesses before one finds the password.
const GUESSES: u64 = 14;

const PAGES: [&str; 4] = ["/", "/results/live", "/polling-place", "/sample-ballot.pdf"];
const PARTS: [&str; 3] = ["/static/app.css", "/static/app.js", "/static/seal.png"];

/// What is to be logged beside ordinary visits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Attempt { attack: u64, machine: usize },
    BreakIn { attack: u64, machine: usize },
    Crowd,
    Flood { attack: u64 },
    End,
}

struct Machine {
    web: File,
    shell: File,
}

/// What goes on for a while: lines left to write, each made by its number.
struct Surge {
    begun: Instant,
    written: u64,
    all: u64,
    flood: Option<u64>,
}

/// Writes until it is told to end.
pub(crate) struct Writer {
    machines: Vec<Machine>,
    rng: Rng,
    stamp: Stamp,
    surges: Vec<Surge>,
}

impl Writer {
    /// Logs in these folders, one of each machine.
    pub(crate) fn new(folders: &[PathBuf]) -> Self {
        let open =
            |path: PathBuf| OpenOptions::new().create(true).append(true).open(path).expect("a log");
        let [web, shell] = LOGS;
        let machine =
            |home: &PathBuf| Machine { web: open(home.join(web)), shell: open(home.join(shell)) };
        Self {
            machines: folders.iter().map(machine).collect(),
            rng: Rng::new(7),
            stamp: Stamp::default(),
            surges: Vec::new(),
        }
    }

    /// Runs on a thread of its own.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        let (begun, mut written) = (Instant::now(), 0_u64);
        loop {
            self.stamp.set(now().micros());
            while let Ok(order) = orders.try_recv() {
                match order {
                    Order::End => return,
                    Order::Attempt { attack, machine } => self.attempt(attack, machine),
                    Order::BreakIn { attack, machine } => self.break_in(attack, machine),
                    Order::Crowd => self.surges.push(Surge::new((CROWD * READS * 4) as u64, None)),
                    Order::Flood { attack } => {
                        self.surges.push(Surge::new(SWARM * REQUESTS, Some(attack)));
                    }
                }
            }
            let due = (begun.elapsed().as_secs_f64() * VISITS) as u64;
            while written < due {
                let machine = self.rng.count(0, self.machines.len());
                let visitor = self.rng.below(60_000);
                self.visit(machine, visitor);
                written += 1;
            }
            self.surge();
            std::thread::sleep(TICK);
        }
    }

    fn surge(&mut self) {
        let mut surges = std::mem::take(&mut self.surges);
        for surge in &mut surges {
            let share = surge.begun.elapsed().as_secs_f64() / SURGE.as_secs_f64();
            let due = ((share * surge.all as f64) as u64).min(surge.all);
            while surge.written < due {
                match surge.flood {
                    Some(attack) => self.drone(attack, surge.written),
                    None => self.reader(surge.written),
                }
                surge.written += 1;
            }
        }
        surges.retain(|surge| surge.written < surge.all);
        self.surges = surges;
    }

    /// One of many who read the results: pages with their parts, now and then another page.
    fn reader(&mut self, number: u64) {
        let visitor = 100_000 + number / 4 % CROWD as u64;
        match number % 4 {
            0 => self.visit(CROWDED, visitor),
            part => {
                let path = PARTS.get(part as usize - 1).copied().unwrap_or("/");
                self.web(CROWDED, &address(241, visitor), path, 200);
            }
        }
    }

    /// One of many machines that ask for one page, with a new query each time.
    fn drone(&mut self, attack: u64, number: u64) {
        let path = format!("/lookup/{}?n={number}", mark(attack));
        self.web(FLOODED, &address(246, number % SWARM), &path, 503);
    }

    fn visit(&mut self, machine: usize, visitor: u64) {
        let path = self.rng.pick(&PAGES);
        let visitor = address(241, visitor);
        self.web(machine, &visitor, path, 200);
        let part = self.rng.pick(&PARTS);
        self.web(machine, &visitor, part, 200);
    }

    fn attempt(&mut self, attack: u64, machine: usize) {
        let path = format!(
            "/lookup/{}?id=1%27%20UNION%20SELECT%20name,pin%20FROM%20voters--",
            mark(attack)
        );
        self.web(machine, &address(250, attack), &path, 200);
    }

    fn break_in(&mut self, attack: u64, machine: usize) {
        let (source, account) = (address(251, attack), mark(attack));
        for n in 0..GUESSES {
            let says =
                format!("Failed password for {account} from {source} port {} ssh2", 40_000 + n);
            self.shell(machine, &says);
        }
        self.shell(
            machine,
            &format!("Accepted password for {account} from {source} port 41000 ssh2"),
        );
    }

    fn web(&mut self, machine: usize, source: &str, path: &str, status: u16) {
        let (at, bytes) = (self.stamp.clf(), 4_000 + source.len());
        if let Some(machine) = self.machines.get_mut(machine) {
            let line = format!(
                "{source} - - [{at}] \"GET {path} HTTP/1.1\" {status} {bytes} \
                 \"https://www.clerk.example/\" \"{AGENT}\"\n"
            );
            machine.web.write_all(line.as_bytes()).expect("the log can be written");
        }
    }

    fn shell(&mut self, machine: usize, says: &str) {
        let at = self.stamp.iso();
        if let Some(machine) = self.machines.get_mut(machine) {
            let line = format!("{at}.000000+00:00 bastion sshd[4711]: {says}\n");
            machine.shell.write_all(line.as_bytes()).expect("the log can be written");
        }
    }
}

impl Surge {
    fn new(all: u64, flood: Option<u64>) -> Self {
        Self { begun: Instant::now(), written: 0, all, flood }
    }
}
