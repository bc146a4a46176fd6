//! A day of a public web site: the night on which everybody wants the results.

use std::io::Write;

use anyhow::Result;
use ward_kernel::time::{HOUR, MINUTE, SECOND};
use ward_kernel::{Addr, Rung};

use super::nginx_words::{self as words, Request};
use crate::day::{Day, Order, micros};
use crate::text::Stamp;
use crate::truth::{Rule, Spec, Truth};

/// What is planted, and the bounds that a report is held to.
const CLASSES: &[Spec] = &[
    Spec::find("scanner404", Rung::Scan, "web.probe", 0.99),
    Spec::find("sqli", Rung::Attempt, "web.sqli", 0.99),
    Spec::find("sqli_slow", Rung::Attempt, "web.sqli", 1.0),
    Spec::find("sqli_spread", Rung::Attempt, "web.sqli", 1.0),
    Spec::find("stuffing", Rung::Attempt, "web.stuffing", 0.99),
    Spec::groups("stuffing_distributed", Rule::Campaign, Some(Rung::Attempt), "web.stuffing"),
    Spec::find("traversal", Rung::Attempt, "web.traversal", 0.99),
    Spec::find("bad_ua", Rung::Scan, "web.probe", 0.99),
    Spec::groups("flood", Rule::Named, None, "web.flood"),
    Spec::quiet("crowd", Rule::Calm),
    Spec::quiet("crawler", Rule::Calm),
    Spec::quiet("voter", Rule::Rarely),
];

/// Makes the day.
pub(super) fn make(order: &Order, out: &mut impl Write) -> Result<Truth> {
    let mut field = Field { day: Day::new(order, CLASSES) };
    field.scanners();
    field.sqli();
    field.sqli_slow();
    field.sqli_spread();
    field.stuffing();
    field.stuffing_distributed();
    field.traversal();
    field.tools();
    field.machines();
    field.flood();
    field.voters();
    let (events, truth) = field.day.close()?;
    let (mut line, mut stamp) = (Vec::with_capacity(1024), Stamp::default());
    for event in &events {
        stamp.set(event.time);
        line.clear();
        words::line(&mut line, &event.line, &stamp);
        out.write_all(&line)?;
    }
    Ok(truth)
}

/// The day.
struct Field {
    day: Day<Request>,
}

impl Field {
    /// A request that was answered with this status and so many bytes.
    fn ask(&mut self, source: Addr, path: &'static str, status: u16, bytes: u64) -> Request {
        let number = u32::try_from(self.day.rng.below(1_000_000_000)).unwrap_or(0);
        let bytes = u32::try_from(bytes).unwrap_or(0);
        Request { source, path, number, bytes, status, post: false, agent: 0, referrer: 0 }
    }

    /// `count` requests at this pace in seconds.
    fn series(
        &mut self,
        class: &str,
        count: u64,
        pace: (f64, f64),
        mut draw: impl FnMut(&mut Self, Addr) -> Request,
    ) {
        let source = self.day.source();
        let mut time = self.day.moment(count as f64 * pace.1);
        for turn in 0..count {
            let request = draw(self, source);
            let number = u32::try_from(turn).unwrap_or(0);
            self.day.put(time, Request { number, ..request });
            time += micros(self.day.rng.between(pace.0, pace.1));
        }
        self.day.truth.note(class, source, count);
    }

    fn scanners(&mut self) {
        for _ in 0..self.day.per_million(60, 3) {
            let count = self.day.rng.int(20, 400);
            self.series("scanner404", count, (0.1, 0.5), |field, source| {
                let path = field.day.rng.pick(&words::PROBES);
                Request { agent: 2, ..field.ask(source, path, 404, 153) }
            });
        }
    }

    fn injection(&mut self, source: Addr) -> Request {
        let path = self.day.rng.pick(&words::SQL);
        let status = self.day.rng.pick(&[200, 200, 500, 403]);
        let bytes = if status == 200 { self.day.rng.int(700, 1100) } else { 580 };
        self.ask(source, path, status, bytes)
    }

    fn sqli(&mut self) {
        for _ in 0..self.day.per_million(25, 2) {
            let count = self.day.rng.int(15, 120);
            self.series("sqli", count, (0.3, 0.7), Self::injection);
        }
    }

    /// One source, one injected request every one to four minutes, all day long: as in 2016.
    fn sqli_slow(&mut self) {
        for _ in 0..self.day.per_million(10, 2) {
            let source = self.day.source();
            let (mut time, mut count) = (self.day.early(600.0), 0);
            while time < self.day.t1 {
                let request = self.injection(source);
                self.day.put(time, Request { number: count, ..request });
                count += 1;
                time += micros(self.day.rng.between(60.0, 240.0));
            }
            self.day.truth.note("sqli_slow", source, u64::from(count));
        }
    }

    /// The same, handed round among 40 sources: each asks once in about an hour and a half.
    fn sqli_spread(&mut self) {
        for _ in 0..self.day.per_million(2, 1) {
            let members = self.day.sources(40);
            let mut time = self.day.early(600.0);
            for source in members.iter().cycle() {
                if time >= self.day.t1 {
                    break;
                }
                let request = self.injection(*source);
                self.day.put(time, request);
                time += micros(self.day.rng.between(60.0, 240.0));
            }
            self.day.truth.group("sqli_spread", &members);
        }
    }

    fn refused(&mut self, source: Addr) -> Request {
        Request { post: true, referrer: 1, ..self.ask(source, "/login", 401, 310) }
    }

    fn stuffing(&mut self) {
        for _ in 0..self.day.per_million(40, 2) {
            let count = self.day.rng.int(30, 900);
            self.series("stuffing", count, (0.4, 3.0), Self::refused);
        }
    }

    fn stuffing_distributed(&mut self) {
        let count = self.day.per_million(3000, 60);
        let members = self.day.sources(count);
        for source in &members {
            for _ in 0..self.day.rng.int(1, 4) {
                let (time, request) = (self.day.moment(1.0), self.refused(*source));
                self.day.put(time, Request { agent: 1, ..request });
            }
        }
        self.day.truth.group("stuffing_distributed", &members);
    }

    fn traversal(&mut self) {
        for _ in 0..self.day.per_million(20, 2) {
            let count = self.day.rng.int(5, 30);
            self.series("traversal", count, (0.2, 0.6), |field, source| {
                let path = field.day.rng.pick(&words::CLIMBS);
                Request { agent: 2, ..field.ask(source, path, 400, 150) }
            });
        }
    }

    fn tools(&mut self) {
        for _ in 0..self.day.per_million(15, 2) {
            let (count, agent) = (self.day.rng.int(3, 60), self.day.rng.pick(&[5, 6, 7, 8]));
            self.series("bad_ua", count, (0.1, 0.3), |field, source| Request {
                agent,
                ..field.ask(source, "/index.php?id=#", 404, 153)
            });
        }
    }

    /// A search engine's crawler, which also follows dead links, and a watcher of the site.
    fn machines(&mut self) {
        let (crawler, watcher) = (self.day.source(), self.day.source());
        let crawls = self.day.per_million(3000, 60) as u64;
        for turn in 0..crawls {
            let path = match turn % 12 {
                0 => "/robots.txt",
                1 => "/results/2018/primary?page=#",
                _ => self.day.rng.pick(&words::PAGES),
            };
            let (time, status) = (self.day.moment(1.0), if turn % 12 == 1 { 404 } else { 200 });
            let request = self.ask(crawler, path, status, 4000);
            self.day.put(time, Request { agent: 3, ..request });
        }
        self.day.truth.note("crawler", crawler, crawls);
        let every = micros(self.day.span() / 1000.0);
        let mut time = self.day.t0 + SECOND;
        while time < self.day.t1 {
            let request = self.ask(watcher, "/", 200, 9200);
            self.day.put(time, Request { agent: 4, ..request });
            self.day.truth.note("crawler", watcher, 1);
            time += every;
        }
    }

    /// 400 sources ask for one page past every cache, as fast as they can, for twenty minutes of
    /// election night. They load no part of the page and come from nowhere.
    fn flood(&mut self) {
        let members = self.day.sources(400);
        let start = self.day.t1 - 4 * HOUR;
        for turn in 0..self.day.per_million(150_000, 3000) {
            let source = match members.get(turn) {
                Some(source) => *source,
                None => self.day.rng.pick(&members),
            };
            let time = start + micros(self.day.rng.between(0.0, 1200.0));
            let status = self.day.rng.pick(&[200, 200, 503]);
            let bytes = if status == 200 { 52_000 } else { 190 };
            let request = self.ask(source, "/results/2026/general?r=#", status, bytes);
            self.day.put(time, request);
        }
        self.day.truth.group("flood", &members);
    }

    /// Voters fill the day; on election night a crowd that was not there before wants results.
    fn voters(&mut self) {
        let (voters, crowd) =
            (self.day.per_million(40_000, 800), self.day.per_million(20_000, 400));
        let mut all = [self.day.tallies("voter", voters), self.day.tallies("crowd", crowd)];
        let night = self.day.t1 - 3 * HOUR;
        while self.day.open() {
            let late = self.day.rng.chance(0.4);
            let Some(voter) =
                all.get_mut(usize::from(late)).and_then(|all| all.pick(&mut self.day.rng))
            else {
                break;
            };
            let time = match late {
                true => night + micros(self.day.rng.normal() * 2400.0),
                false => self.day.moment(300.0),
            };
            voter.count += self.visit(voter.source, time, late);
        }
        for tallies in &all {
            tallies.note(&mut self.day.truth);
        }
    }

    /// A few pages with their parts; now and then a search, a dead icon, a sign-in with typos.
    /// Returns the number of requests.
    fn visit(&mut self, source: Addr, start: i64, results: bool) -> u64 {
        let agent = u8::try_from(self.day.rng.below(3)).unwrap_or(0);
        let (mut time, mut requests) = (start, 0);
        let from = u8::try_from(self.day.rng.below(3)).unwrap_or(0);
        let views = self.day.rng.int(1, 8);
        for view in 0..views {
            let path = match self.day.rng.below(10) {
                0 => self.day.rng.pick(&words::SEARCHES),
                1..=6 if results => "/results/2026/general",
                _ => self.day.rng.pick(&words::PAGES),
            };
            let bytes = self.day.rng.int(900, 60_000);
            let page = self.ask(source, path, 200, bytes);
            let referrer = if view == 0 { from } else { 1 };
            self.day.put(time, Request { agent, referrer, number: page.number % 100_000, ..page });
            requests += 1;
            for part in words::PARTS {
                if view > 0 && self.day.rng.chance(0.7) {
                    continue;
                }
                let status = if view == 0 { 200 } else { 304 };
                let bytes = if view == 0 { 18_000 } else { 0 };
                let request = self.ask(source, part, status, bytes);
                let after = micros(self.day.rng.between(0.05, 0.6));
                self.day.put(time + after, Request { agent, referrer: 1, ..request });
                requests += 1;
            }
            time += SECOND * 3 + micros(self.day.rng.exponential() * 15.0);
        }
        if self.day.rng.chance(0.03) {
            let icon = self.ask(source, "/apple-touch-icon.png", 404, 153);
            self.day.put(start + SECOND, Request { agent, ..icon });
            requests += 1;
        }
        if self.day.rng.chance(0.02) {
            requests += self.sign_in(source, time.min(self.day.t1 - MINUTE), agent);
        }
        requests
    }

    /// A voter signs in to the portal: none, one or two typos, then in.
    fn sign_in(&mut self, source: Addr, time: i64, agent: u8) -> u64 {
        let typos = self.day.rng.pick(&[0, 0, 0, 0, 1, 1, 2]);
        for typo in 0..typos {
            let request = self.refused(source);
            self.day.put(time + typo * 9 * SECOND, Request { agent, ..request });
        }
        let entry =
            Request { post: true, referrer: 1, agent, ..self.ask(source, "/login", 302, 0) };
        self.day.put(time + 30 * SECOND, entry);
        typos.unsigned_abs() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{Kind, MIN_LINES};

    #[test]
    fn a_flood_hits_one_page_and_a_crowd_loads_its_parts() {
        let order = Order::new(Kind::Nginx, MIN_LINES, 1).unwrap();
        let mut out = Vec::new();
        let truth = make(&order, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines = |source: &str| {
            let start = format!("{source} ");
            text.lines()
                .filter(|line| line.starts_with(&start))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        for source in truth.classes["flood"].groups[0].iter().take(20) {
            assert!(lines(source).iter().all(|line| line.contains("GET /results/2026/general?r=")));
        }
        let crowd = truth.classes["crowd"].sources.keys().take(20);
        let parts =
            crowd.filter(|source| lines(source).iter().any(|line| line.contains("/static/")));
        assert!(parts.count() >= 18);
    }

    #[test]
    fn the_slow_ones_are_slow() {
        let order = Order::new(Kind::Nginx, MIN_LINES, 1).unwrap();
        let truth = make(&order, &mut Vec::new()).unwrap();
        for count in truth.classes["sqli_slow"].sources.values() {
            assert!((360..=1440).contains(count), "{count}");
        }
    }
}
