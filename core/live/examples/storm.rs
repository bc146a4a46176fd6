//! What live judgement costs when it matters: hundreds of thousands of sources in the tables, a
//! scan storm of 20,000 records a second going on, and single attempts planted into it.
//!
//! `cargo run --release -p ward-live --example storm [SOURCES [SECONDS [JURISDICTIONS]]]`
//!
//! The records are made here, handed over as a desk would (a block of each sensor ten times a
//! second), and the clock is the storm's own: it says what each part costs the
//! processor, not how long it waits.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads a clock and its arguments, and prints"
)]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use ward_kernel::{Time, hash};
use ward_live::{Book, Live, Options, Pace, STATE, StreamInfo, Turn};
use ward_watch::Config;

/// 2026-11-03T18:00:00Z.
const BEGIN: i64 = 1_793_728_800;
/// Records a second.
const RATE: u64 = 20_000;
/// Blocks of each stream a second.
const BLOCKS: u64 = 10;

fn main() {
    let number = |at, or| std::env::args().nth(at).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (sources, seconds, jurisdictions) = (number(1, 250_000), number(2, 30), number(3, 116));
    let mut storm = Storm::new(sources, jurisdictions);
    storm.fill();
    storm.rage(seconds);
    storm.tell();
}

/// Each jurisdiction has a firewall and a web server.
struct Storm {
    live: Live,
    book: Book,
    pace: Pace,
    sources: u64,
    jurisdictions: u64,
    places: Vec<u64>,
    texts: Vec<String>,
    made: u64,
    chance: u64,
    took: f64,
    taken: u64,
    bytes: u64,
    quick: Vec<f64>,
    full: Vec<(bool, f64)>,
    book_took: f64,
    drained: f64,
    planted: Vec<(String, u64)>,
    delays: Vec<u64>,
}

impl Storm {
    fn new(sources: u64, jurisdictions: u64) -> Self {
        let config = Config { memory: 1 << 30, ..Config::default() };
        let mut live = Live::new(Arc::new(config), Options::default());
        for id in 0..u32::try_from(jurisdictions * 2).unwrap_or(0) {
            let (name, format) =
                if id % 2 == 0 { ("kern.log", "syslog") } else { ("access.log", "access") };
            live.open(StreamInfo {
                id,
                name: name.to_owned(),
                sensor: format!("sensor-{}", id / 2),
                jurisdiction: format!("jurisdiction-{}", id / 2),
                format: Some(format.to_owned()),
                head: Vec::new(),
            });
        }
        let streams = usize::try_from(jurisdictions * 2).unwrap_or(0);
        Self {
            live,
            book: Book::default(),
            pace: Pace::default(),
            sources,
            jurisdictions,
            places: vec![0; streams],
            texts: vec![String::new(); streams],
            made: 0,
            chance: 7,
            took: 0.0,
            taken: 0,
            bytes: 0,
            quick: Vec::new(),
            full: Vec::new(),
            book_took: 0.0,
            drained: 0.0,
            planted: Vec::new(),
            delays: Vec::new(),
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.chance = hash::mix(self.chance);
        self.chance % below.max(1)
    }

    /// Every source once, so that the tables are as full as they get.
    fn fill(&mut self) {
        for n in 0..self.sources {
            self.probe(n, 0);
            self.probe(n, 0);
            if n % 20_000 == 0 {
                self.hand_over(0);
            }
        }
        self.hand_over(0);
        println!("filled: {} sources", self.live.sources());
        let begun = Spent::now();
        let judged = self.live.judge_full();
        println!("all scopes judged whole: {:.0} ms", begun.millis());
        judged.iter().for_each(|judged| drop(self.book.reconcile(judged, Time::from_secs(BEGIN))));
        (self.took, self.taken, self.bytes) = (0.0, 0, 0);
    }

    /// A dropped packet of a source, at some jurisdiction's firewall.
    fn probe(&mut self, source: u64, tenth: u64) {
        let at = self.draw(self.jurisdictions);
        let (host, port) =
            (self.draw(250), [22, 23, 445, 3389][usize::try_from(self.draw(4)).unwrap_or(0)]);
        let (clock, ip) = (clock(tenth), ip(source));
        if let Some(text) = self.texts.get_mut(usize::try_from(at * 2).unwrap_or(0)) {
            let _ = writeln!(
                text,
                "2026-11-03T{clock}+00:00 fw kernel: [1.0] FW-DROP IN=eth0 OUT= SRC={ip} \
                 DST=198.51.100.{host} LEN=40 TOS=0x00 PREC=0x00 TTL=240 ID=1 PROTO=TCP SPT=40000 \
                 DPT={port} WINDOW=1024 RES=0x00 SYN URGP=0",
            );
        }
        self.made += 1;
    }

    /// A page that somebody asked a jurisdiction's web server for.
    fn page(&mut self, source: u64, target: &str, tenth: u64) {
        let at = self.draw(self.jurisdictions);
        let (clock, ip) = (clock(tenth), ip(source));
        if let Some(text) = self.texts.get_mut(usize::try_from(at * 2 + 1).unwrap_or(0)) {
            let _ = writeln!(
                text,
                "{ip} - - [03/Nov/2026:{clock} +0000] \"GET {target} HTTP/1.1\" 200 5120 \
                 \"https://www.sos.example/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:127.0)\"",
            );
        }
        self.made += 1;
    }

    /// The storm, a tenth of a second at a time.
    fn rage(&mut self, seconds: u64) {
        for tenth in 0..seconds * BLOCKS {
            for n in 0..RATE / BLOCKS {
                let source = self.draw(self.sources);
                match n % 4 {
                    0 => self.page(self.sources + source, "/results?county=adair", tenth),
                    1 => self.page(self.sources + source, "/static/app.css", tenth),
                    // A thousand scanners that are known, and everybody else.
                    2 => self.probe(source % 1_000, tenth),
                    _ => self.probe(source, tenth),
                }
            }
            let attacker = 2 * self.sources + 10_000_000 + tenth;
            self.page(
                attacker,
                "/lookup?id=1%27%20UNION%20SELECT%20name,pin%20FROM%20voters--",
                tenth,
            );
            self.planted.push((ip(attacker), tenth));
            self.hand_over(tenth);
            self.look(tenth);
        }
    }

    fn hand_over(&mut self, tenth: u64) {
        let received = moment(tenth);
        for id in 0..self.texts.len() {
            let (Some(text), Some(place)) = (self.texts.get_mut(id), self.places.get_mut(id))
            else {
                continue;
            };
            let text = std::mem::take(text);
            let stream = u32::try_from(id).unwrap_or(0);
            let begun = Spent::now();
            let taken = self.live.take(stream, *place, received, text.as_bytes());
            self.took += begun.millis();
            assert!(taken.problems.is_empty() && taken.misread == 0, "{taken:?}");
            self.taken += taken.records;
            self.bytes += text.len() as u64;
            *place += text.len() as u64;
        }
    }

    fn look(&mut self, tenth: u64) {
        let now = moment(tenth);
        let begun = Spent::now();
        let judged = self.live.judge_quick();
        self.quick.push(begun.millis());
        let begun = Spent::now();
        for judged in &judged {
            for change in self.book.reconcile(judged, now) {
                self.note(&change.case.scope, change.turn, &change.case.sources, tenth);
            }
        }
        self.book_took += begun.millis();
        if let Some(scope) = self.pace.choose(&self.live.stale(), now) {
            let begun = Spent::now();
            let judged = self.live.judge_scope(&scope);
            let took = begun.millis();
            self.full.push((scope == STATE, took));
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a measurement")]
            self.pace.judged(&scope, now, now.plus((took * 1_000.0) as i64));
            let begun = Spent::now();
            judged.iter().for_each(|judged| drop(self.book.reconcile(judged, now)));
            self.book_took += begun.millis();
        }
        if self.live.sightings() > 500_000 {
            let begun = Spent::now();
            drop(self.live.drain_sightings());
            self.drained += begun.millis();
        }
    }

    fn note(&mut self, scope: &str, turn: Turn, sources: &[ward_kernel::Addr], tenth: u64) {
        if scope == STATE && turn == Turn::Opened {
            let told = sources.first().map(ToString::to_string).unwrap_or_default();
            let planted = self.planted.iter().find(|(source, _)| *source == told);
            self.delays.extend(planted.map(|(_, at)| tenth - at));
        }
    }

    fn tell(mut self) {
        let seconds = self.taken as f64 / RATE as f64;
        let share = |millis: f64| millis / 10.0 / seconds;
        self.quick.sort_by(f64::total_cmp);
        let of = |parts: usize| self.quick[(self.quick.len() - 1) * parts / 100];
        println!("records: {} in {seconds:.0} s of storm, {} MB", self.taken, self.bytes >> 20);
        println!(
            "taking: {:.0} records per CPU-second; {:.1} % of a core at this rate",
            self.taken as f64 / self.took * 1_000.0,
            share(self.took),
        );
        println!(
            "quick look, all scopes, ten a second: median {:.1} ms, 99 of 100 under {:.1} ms, most {:.1} ms; \
             {:.1} % of a core",
            of(50),
            of(99),
            of(100),
            share(self.quick.iter().sum()),
        );
        for (state, name) in [(true, "state"), (false, "one jurisdiction")] {
            let full: Vec<f64> = self.full.iter().filter(|f| f.0 == state).map(|f| f.1).collect();
            let sum: f64 = full.iter().sum();
            println!(
                "whole judgement, {name}: {} times, {:.1} ms each; {:.1} % of a core",
                full.len(),
                sum / full.len().max(1) as f64,
                share(sum),
            );
        }
        println!(
            "book: {:.1} % of a core; {} cases",
            share(self.book_took),
            self.book.cases().count()
        );
        println!("sightings handed over: {:.1} % of a core", share(self.drained));
        println!("sources: {}", self.live.sources());
        let late = self.delays.iter().max().copied().unwrap_or(0);
        println!(
            "planted attempts: {}, told: {}, latest {late} tenths of a second after",
            self.planted.len(),
            self.delays.len(),
        );
        // Taking the tables apart says nothing.
        std::mem::forget(self);
    }
}

/// The processor's time of this thread, so that what else the machine does is left out; the wall
/// clock's where the system does not tell.
struct Spent(u64, Instant);

impl Spent {
    fn now() -> Self {
        Self(on_processor(), Instant::now())
    }

    fn millis(&self) -> f64 {
        match on_processor().saturating_sub(self.0) {
            0 => self.1.elapsed().as_secs_f64() * 1_000.0,
            nanos => nanos as f64 / 1_000_000.0,
        }
    }
}

/// Nanoseconds, by Linux's `schedstat`.
fn on_processor() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}

fn moment(tenth: u64) -> Time {
    Time::from_secs(BEGIN).plus(i64::try_from(tenth).unwrap_or(0) * 100_000)
}

/// `18:00:00` and later.
fn clock(tenth: u64) -> String {
    let second = tenth / BLOCKS;
    format!("18:{:02}:{:02}", second / 60 % 60, second % 60)
}

/// An address of 240.0.0.0/4, which nobody has.
fn ip(source: u64) -> String {
    let [_, a, b, c] = u32::try_from(source & 0xff_ffff).unwrap_or(0).to_be_bytes();
    format!("240.{a}.{b}.{c}")
}
