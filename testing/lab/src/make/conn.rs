//! A day of Zeek conn records.

use std::io::Write;

use anyhow::Result;
use ward_kernel::time::SECOND;
use ward_kernel::{Addr, Rung, Time};

use super::conn_text::{self as text, Conn, Shape};
use super::{PORTS, far6, inside, office, office6};
use crate::day::{Day, Order, micros};
use crate::rng::whole;
use crate::truth::{Rule, Spec, Truth};

/// What is planted, and the bounds that a report is held to.
const CLASSES: &[Spec] = &[
    Spec::find("horizontal", Rung::Scan, "scan.horizontal", 0.99),
    Spec::find("vertical", Rung::Scan, "scan.vertical", 0.99),
    Spec::find("block", Rung::Scan, "scan.block", 0.99),
    Spec::find("slow", Rung::Scan, "scan.slow", 0.99),
    Spec::groups("distributed", Rule::Campaign, Some(Rung::Scan), "scan.distributed"),
    Spec::find("hopping6", Rung::Scan, "scan.horizontal", 0.99),
    Spec::find("tester", Rung::Scan, "scan.block", 0.99),
    Spec::show("beacon", Rung::Access, "beacon"),
    Spec::quiet("backscatter", Rule::Never),
    Spec::quiet("midstream", Rule::Never),
    Spec::quiet("chatter", Rule::Never),
    Spec::quiet("client", Rule::Rarely),
    Spec::quiet("nat_outage", Rule::Rarely),
];

/// Makes the day.
pub(super) fn make(order: &Order, out: &mut impl Write) -> Result<Truth> {
    let mut field = Field::new(order);
    field.horizontal();
    field.vertical();
    field.block();
    field.slow();
    field.distributed();
    field.hopping6();
    field.tester();
    field.beacons();
    field.backscatter();
    field.midstream();
    field.chatter();
    field.clients();
    let salt = field.day.rng.word();
    let (t0, t1) = (field.day.t0, field.day.t1);
    let (events, truth) = field.day.close()?;
    let json = order.dress.json;
    if !json {
        text::head(out, &Time::from_micros(t0).to_string())?;
    }
    let mut line = Vec::with_capacity(512);
    for event in &events {
        line.clear();
        text::line(&mut line, event, salt, json);
        out.write_all(&line)?;
    }
    if !json {
        text::foot(out, &Time::from_micros(t1).to_string())?;
    }
    Ok(truth)
}

/// The day and the office that it happens to.
struct Field {
    day: Day<Conn>,
    hosts: Vec<Addr>,
    live: Vec<Addr>,
}

impl Field {
    fn new(order: &Order) -> Self {
        let hosts = office();
        let live = hosts.iter().copied().step_by(7).collect();
        Self { day: Day::new(order, CLASSES), hosts, live }
    }

    fn contact(&mut self, time: i64, source: Addr, target: Addr, port: u16, shape: &'static Shape) {
        let source_port = self.day.rng.port();
        self.day.put(time, Conn { source, target, shape, source_port, port });
    }

    /// A probe: it fails, unless it meets a web server.
    fn probe(&mut self, time: i64, source: Addr, target: Addr, port: u16) {
        let open = matches!(port, 80 | 443) && self.live.binary_search(&target).is_ok();
        let shape = if open { &text::HALF } else { self.failure() };
        self.contact(time, source, target, port, shape);
    }

    fn failure(&mut self) -> &'static Shape {
        match self.day.rng.below(10) {
            0..=5 => &text::S0,
            6..=8 => &text::REJ,
            _ => &text::RSTOS0,
        }
    }

    fn shuffled_hosts(&mut self, count: usize) -> Vec<Addr> {
        let mut hosts = self.hosts.clone();
        self.day.rng.shuffle(&mut hosts);
        hosts.truncate(count);
        hosts
    }

    /// One port on many hosts, within minutes.
    fn horizontal(&mut self) {
        for _ in 0..self.day.per_million(600, 6) {
            let source = self.day.source();
            let (count, port) = (self.day.rng.count(20, 500), self.day.rng.pick(&PORTS[..16]));
            let pace = self.day.rng.between(0.02, 0.6);
            let mut time = self.day.moment(600.0);
            for target in self.shuffled_hosts(count) {
                self.probe(time, source, target, port);
                time += micros(pace * self.day.rng.between(0.5, 1.5));
            }
            self.day.truth.note("horizontal", source, count as u64);
        }
    }

    /// Many ports on one host.
    fn vertical(&mut self) {
        let most = if self.day.per_million(1_000_000, 0) < 200_000 { 800 } else { 3000 };
        for _ in 0..self.day.per_million(100, 3) {
            let (source, target) = (self.day.source(), self.day.rng.pick(&self.hosts));
            let count = self.day.rng.count(50, most);
            let mut ports: Vec<u16> = (1..10_000).collect();
            self.day.rng.shuffle(&mut ports);
            let start = self.day.moment(1500.0);
            for (turn, port) in (0_i64..).zip(ports.into_iter().take(count)) {
                self.probe(start + turn * SECOND / 5, source, target, port);
            }
            self.day.truth.note("vertical", source, count as u64);
        }
    }

    /// Many ports on many hosts.
    fn block(&mut self) {
        for _ in 0..self.day.per_million(30, 2) {
            let (source, start) = (self.day.source(), self.day.moment(1500.0));
            let mut turn = 0;
            for target in self.shuffled_hosts(60) {
                for port in &PORTS[..16] {
                    self.probe(start + turn * SECOND / 10, source, target, *port);
                    turn += 1;
                }
            }
            self.day.truth.note("block", source, turn.unsigned_abs());
        }
    }

    /// A probe every 10 to 40 minutes (of a day of 24 hours), anywhere, all day long.
    fn slow(&mut self) {
        let (short, long) = (self.day.span() / 144.0, self.day.span() / 36.0);
        for _ in 0..self.day.per_million(150, 5) {
            let source = self.day.source();
            let (mut time, mut count) = (self.day.early(short), 0);
            while time < self.day.t1 {
                let (target, port) =
                    (self.day.rng.pick(&self.hosts), self.day.rng.pick(&PORTS[..16]));
                self.probe(time, source, target, port);
                count += 1;
                time += micros(self.day.rng.between(short, long));
            }
            self.day.truth.note("slow", source, count);
        }
    }

    /// 200 sources share out one /24 by five ports: nobody of them is worth a second look.
    /// Each group has its own range (benchmark space, RFC 2544), its own ports, hour and pace.
    fn distributed(&mut self) {
        for group in 0..self.day.per_million(5, 1) {
            let members = self.day.sources(200);
            let base = 0xc612_0000 | (u32::try_from(group % 512).unwrap_or(0) << 8);
            let mut liked: Vec<u16> =
                PORTS.into_iter().chain([81, 110, 139, 143, 8000, 8888]).collect();
            self.day.rng.shuffle(&mut liked);
            let mut jobs: Vec<(u32, u16)> = (1..255)
                .flat_map(|host| liked.iter().take(5).map(move |port| (base | host, *port)))
                .collect();
            self.day.rng.shuffle(&mut jobs);
            let pace = self.day.rng.between(1.0, 6.0);
            let mut time = self.day.moment(6.0 * 1270.0 + 60.0);
            for (source, (target, port)) in members.iter().cycle().zip(jobs) {
                let shape = self.failure();
                self.contact(time, *source, Addr::v4(target), port, shape);
                time += micros(pace * self.day.rng.between(0.5, 1.5));
            }
            self.day.truth.group("distributed", &members);
        }
    }

    /// A scanner that takes a new address of its own /64 for every few probes.
    fn hopping6(&mut self) {
        for network in 0..self.day.per_million(20, 2) {
            let (count, port) = (self.day.rng.int(200, 800), self.day.rng.pick(&PORTS[..16]));
            let (mut members, mut left) = (Vec::new(), 0_u64);
            let (mut time, mut source) = (self.day.moment(1000.0), Addr::default());
            for host in 1..=count {
                if left == 0 {
                    left = self.day.rng.int(1, 4);
                    source = far6(network as u64, self.day.rng.word());
                    members.push(source);
                }
                let shape = self.failure();
                self.contact(time, source, office6(host), port, shape);
                time += self.day.rng.int(200_000, 1_600_000).cast_signed();
                left -= 1;
            }
            self.day.truth.group("hopping6", &members);
        }
    }

    /// The scanner that the office asked for: all hosts, all ports, in the small hours. Without
    /// a word in the settings it is a scanner like any other.
    fn tester(&mut self) {
        let source = Addr::v4(0xc000_020a);
        let start = self.day.t0 + micros(self.day.span() / 12.0);
        let mut turn = 0;
        for target in self.shuffled_hosts(100) {
            for port in PORTS {
                self.probe(start + turn * SECOND / 4, source, target, port);
                turn += 1;
            }
        }
        self.day.truth.note("tester", source, turn.unsigned_abs());
    }

    /// A machine inside calls out on a clock, with a little jitter.
    fn beacons(&mut self) {
        for number in 0..self.day.per_million(20, 2) {
            let source = inside(0x4000 + u32::try_from(number).unwrap_or(0));
            let target = self.day.source();
            let every = self.day.rng.pick(&[60.0, 300.0, 600.0, 3600.0]);
            let (mut time, mut count) = (self.day.early(every), 0);
            while time < self.day.t1 {
                self.contact(time, source, target, 443, &text::BEACON);
                count += 1;
                time += micros(every * self.day.rng.between(0.97, 1.03));
            }
            self.day.truth.note("beacon", source, count);
        }
    }

    /// A server elsewhere is flooded with forged senders, some of them ours: its answers come
    /// here. Zeek turns most of them round (`^`): then our unused address is the originator.
    fn backscatter(&mut self) {
        for _ in 0..self.day.per_million(20, 3) {
            let (flooded, start) = (self.day.source(), self.day.moment(3000.0));
            let (count, port) = (self.day.rng.int(50, 400), self.day.rng.pick(&[80, 443]));
            for turn in 0..count {
                let (ours, high) = (self.day.rng.pick(&self.hosts), self.day.rng.port());
                let time = start + turn.cast_signed() * 2 * SECOND;
                let shape = self.day.rng.below(4);
                let shape = [&text::OTH_FROM_FAR, &text::OTH_SYNACK, &text::RSTRH, &text::SHR]
                    .get(usize::try_from(shape).unwrap_or(0))
                    .map_or(&text::SHR, |shape| *shape);
                let (source, target, source_port, port) =
                    if std::ptr::eq(shape, &raw const text::OTH_FROM_FAR) {
                        (flooded, ours, port, high)
                    } else {
                        (ours, flooded, high, port)
                    };
                self.day.put(time, Conn { source, target, shape, source_port, port });
                self.day.truth.note("backscatter", source, 1);
            }
        }
    }

    /// Connections that were there before the sensor was.
    fn midstream(&mut self) {
        for number in 0..self.day.per_million(300, 10) {
            let source = self.day.source();
            let count = if number % 10 == 0 { 30 } else { self.day.rng.int(1, 6) };
            for _ in 0..count {
                let (time, target) = (self.day.moment(60.0), self.day.rng.pick(&self.live));
                self.contact(time, source, target, 443, &text::MIDSTREAM);
            }
            self.day.truth.note("midstream", source, count);
        }
    }

    /// Machines inside: multicast, names and clocks. Nobody answers a multicast, and clocks are
    /// asked on a clock.
    fn chatter(&mut self) {
        let names = [inside(2), inside(3)];
        let groups = [
            (Addr::v4(0xe000_00fb), 5353),
            (Addr::v4(0xefff_fffa), 1900),
            (Addr::from_bits(0xff02_u128 << 112 | 0xfb), 5353),
            (Addr::from_bits(0xff02_u128 << 112 | 0x0001_0003), 5355),
        ];
        for number in 0..self.day.per_million(60, 6) {
            let machine = u32::try_from(number).unwrap_or(0);
            let source = inside(0x0100 + machine);
            let link = Addr::from_bits(0xfe80_u128 << 112 | 0x1000 | u128::from(machine));
            for turn in 0..24_usize {
                let (time, (group, port)) = (self.day.moment(60.0), self.day.rng.pick(&groups));
                let from = if group.as_v4().is_some() { source } else { link };
                self.contact(time, from, group, port, &text::MULTICAST);
                self.day.truth.note("chatter", from, 1);
                let server = names.get(turn % 2).copied().unwrap_or_default();
                let time = self.day.moment(60.0);
                self.contact(time, source, server, 53, &text::DNS);
            }
            let every = self.day.span() / 86.0;
            let mut time = self.day.early(every);
            while time < self.day.t1 {
                self.contact(time, source, inside(4), 123, &text::NTP);
                time += micros(every * self.day.rng.between(0.99, 1.01));
            }
            self.day.truth.note("chatter", source, 110);
        }
    }

    /// Honest clients fill the day: 93 of 100 contacts succeed. Some sources are the door of a
    /// whole town (carrier NAT); for ten minutes a rack of six servers is down for everybody.
    fn clients(&mut self) {
        let (clients, nats) = (self.day.per_million(50_000, 1000), self.day.per_million(20, 4));
        let mut crowds =
            [self.day.tallies("client", clients), self.day.tallies("nat_outage", nats)];
        let outage = self.day.moment(900.0);
        let rack: Vec<Addr> = self.live.iter().copied().skip(20).take(6).collect();
        while self.day.open() {
            let nat = usize::from(self.day.rng.chance(0.04));
            let Some(visitor) = crowds.get_mut(nat).and_then(|c| c.pick(&mut self.day.rng)) else {
                break;
            };
            let source = visitor.source;
            let (mut time, visits) = (self.day.moment(60.0), self.day.rng.int(1, 6));
            for _ in 0..visits {
                let (target, port) =
                    (self.day.rng.pick(&self.live), self.day.rng.pick(&[443, 443, 443, 80]));
                let down =
                    (outage..outage + 600 * SECOND).contains(&time) && rack.contains(&target);
                let tries = if down { 3 } else { 1 };
                for turn in 0..tries {
                    let shape = match down || self.day.rng.chance(0.07) {
                        true => self.failure(),
                        false => &text::WEB,
                    };
                    self.contact(time + turn * 2 * SECOND, source, target, port, shape);
                }
                visitor.count += tries.unsigned_abs();
                time += SECOND + whole(self.day.rng.exponential() * 5e5);
            }
        }
        for crowd in &crowds {
            crowd.note(&mut self.day.truth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{Kind, MIN_LINES};

    #[test]
    fn groups_have_their_own_ranges_and_ports() {
        let order = Order::new(Kind::Conn, 400_000, 3).unwrap();
        let mut field = Field::new(&order);
        field.distributed();
        let groups = &field.day.truth.classes["distributed"].groups;
        assert_eq!(groups.len(), 2);
        assert!(groups.iter().all(|group| group.len() == 200));
    }

    #[test]
    fn a_scanner_fails_often_enough_to_be_one() {
        let order = Order::new(Kind::Conn, MIN_LINES, 1).unwrap();
        let mut out = Vec::new();
        let truth = make(&order, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for source in truth.classes["horizontal"].sources.keys() {
            let (mut failed, mut met) = (0, 0);
            for line in text.lines().filter(|line| line.split('\t').nth(2) == Some(source)) {
                if line.contains("\tShR\t") { met += 1 } else { failed += 1 }
            }
            assert!(failed > met + 9, "{source}: {failed} failed, {met} met");
        }
    }
}
