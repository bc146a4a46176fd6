//! A day of a firewall that logs what it drops.

use std::io::Write;

use anyhow::Result;
use ward_kernel::time::SECOND;
use ward_kernel::{Addr, Rung};

use super::fw_text::{self as text, Packet, Sort};
use super::{PORTS, far6, office, office6};
use crate::day::{Day, Order, micros};
use crate::rng::whole;
use crate::text::Stamp;
use crate::truth::{Rule, Spec, Truth};

/// What is planted, and the bounds that a report is held to.
const CLASSES: &[Spec] = &[
    Spec::find("horizontal", Rung::Scan, "scan.horizontal", 0.99),
    Spec::find("vertical", Rung::Scan, "scan.vertical", 0.99),
    Spec::find("slow", Rung::Scan, "scan.slow", 0.99),
    Spec::find("udp", Rung::Scan, "scan.horizontal", 0.99),
    Spec::find("v6", Rung::Scan, "scan.horizontal", 0.99),
    Spec::find("v6_hopping", Rung::Scan, "scan.horizontal", 0.99),
    Spec::quiet("backscatter", Rule::Never),
    Spec::quiet("noise", Rule::Calm),
];

const UDP_PORTS: [u16; 8] = [53, 123, 161, 389, 1900, 3702, 5060, 11_211];

/// Makes the day.
pub(super) fn make(order: &Order, out: &mut impl Write) -> Result<Truth> {
    let mut field = Field { day: Day::new(order, CLASSES), hosts: office() };
    field.vertical();
    field.horizontal();
    field.slow();
    field.udp();
    field.v6();
    field.v6_hopping();
    field.backscatter();
    field.noise();
    let t0 = field.day.t0;
    let (events, truth) = field.day.close()?;
    let (mut line, mut stamp) = (Vec::with_capacity(512), Stamp::default());
    for event in &events {
        stamp.set(event.time);
        line.clear();
        let uptime = (event.time - t0).unsigned_abs() + 100_000_000_000;
        text::line(&mut line, event, &stamp, uptime);
        out.write_all(&line)?;
    }
    Ok(truth)
}

/// The day and the office that it happens to.
struct Field {
    day: Day<Packet>,
    hosts: Vec<Addr>,
}

impl Field {
    fn packet(&mut self, source: Addr, target: Addr, port: u16, sort: Sort) -> Packet {
        let source_port = self.day.rng.port();
        let id = u16::try_from(self.day.rng.below(65_536)).unwrap_or(0);
        Packet { source, target, sort, source_port, port, id }
    }

    /// Many ports on one host.
    fn vertical(&mut self) {
        let most = if self.day.per_million(1_000_000, 0) < 200_000 { 800 } else { 4000 };
        for _ in 0..self.day.per_million(120, 3) {
            let (source, target) = (self.day.source(), self.day.rng.pick(&self.hosts));
            let count = self.day.rng.count(100, most);
            let mut ports: Vec<u16> = (1..10_000).collect();
            self.day.rng.shuffle(&mut ports);
            let start = self.day.moment(1500.0);
            for (turn, port) in (0_i64..).zip(ports.into_iter().take(count)) {
                let packet = self.packet(source, target, port, Sort::Syn);
                self.day.put(start + turn * SECOND / 5, packet);
            }
            self.day.truth.note("vertical", source, count as u64);
        }
    }

    /// One port on many hosts; every fourth with a tool that fixes the IP ID.
    fn horizontal(&mut self) {
        for number in 0..self.day.per_million(700, 6) {
            let port = self.day.rng.pick(&PORTS);
            let fixed = (number % 4 == 0).then_some(54_321);
            let (source, count) = self.sweep(port, Sort::Syn, fixed);
            self.day.truth.note("horizontal", source, count);
        }
    }

    fn udp(&mut self) {
        for _ in 0..self.day.per_million(60, 3) {
            let port = self.day.rng.pick(&UDP_PORTS);
            let (source, count) = self.sweep(port, Sort::Udp, None);
            self.day.truth.note("udp", source, count);
        }
    }

    fn sweep(&mut self, port: u16, sort: Sort, fixed: Option<u16>) -> (Addr, u64) {
        let source = self.day.source();
        let (count, start) = (self.day.rng.count(20, 500), self.day.moment(600.0));
        let mut hosts = self.hosts.clone();
        self.day.rng.shuffle(&mut hosts);
        for (turn, target) in (0_i64..).zip(hosts.into_iter().take(count)) {
            let packet = self.packet(source, target, port, sort);
            let id = fixed.unwrap_or(packet.id);
            self.day.put(start + turn * SECOND * 2 / 5, Packet { id, ..packet });
        }
        (source, count as u64)
    }

    /// A packet every 5 to 20 minutes, anywhere, all day long.
    fn slow(&mut self) {
        let (short, long) = (self.day.span() / 288.0, self.day.span() / 72.0);
        for _ in 0..self.day.per_million(150, 5) {
            let source = self.day.source();
            let (mut time, mut count) = (self.day.early(short), 0);
            while time < self.day.t1 {
                let (target, port) = (self.day.rng.pick(&self.hosts), self.day.rng.pick(&PORTS));
                let packet = self.packet(source, target, port, Sort::Syn);
                self.day.put(time, packet);
                count += 1;
                time += micros(self.day.rng.between(short, long));
            }
            self.day.truth.note("slow", source, count);
        }
    }

    /// A scanner of IPv6 addresses that stays on one address.
    fn v6(&mut self) {
        for network in 0..self.day.per_million(40, 2) {
            let source = far6(0x1000 + network as u64, 1);
            let count = self.day.rng.int(20, 300);
            self.sweep6(count, |_| source);
            self.day.truth.note("v6", source, count);
        }
    }

    /// One that takes a new address of its /64 for each packet.
    fn v6_hopping(&mut self) {
        for network in 0..self.day.per_million(20, 2) {
            let (count, mut members) = (self.day.rng.int(100, 500), Vec::new());
            self.sweep6(count, |word| {
                let source = far6(0x2000 + network as u64, word);
                members.push(source);
                source
            });
            self.day.truth.group("v6_hopping", &members);
        }
    }

    fn sweep6(&mut self, count: u64, mut source: impl FnMut(u64) -> Addr) {
        let (port, start) = (self.day.rng.pick(&PORTS), self.day.moment(600.0));
        for turn in 1..=count {
            let from = source(self.day.rng.word());
            let packet = self.packet(from, office6(turn), port, Sort::Syn);
            self.day.put(start + turn.cast_signed() * SECOND / 2, packet);
        }
    }

    /// Servers elsewhere that are flooded with forged senders, some of them ours, answer us.
    fn backscatter(&mut self) {
        for _ in 0..self.day.per_million(20, 3) {
            let (flooded, start) = (self.day.source(), self.day.moment(3000.0));
            let (count, port) = (self.day.rng.int(50, 400), self.day.rng.pick(&[80, 443, 53]));
            let sort = if port == 53 { Sort::Unreachable } else { Sort::SynAck };
            for turn in 0..count {
                let (target, high) = (self.day.rng.pick(&self.hosts), self.day.rng.port());
                let packet = self.packet(flooded, target, high, sort);
                let time = start + turn.cast_signed() * 2 * SECOND;
                self.day.put(time, Packet { source_port: port, ..packet });
            }
            self.day.truth.note("backscatter", flooded, count);
        }
    }

    /// The Internet's background: sources that send one packet, or two, or four, and never come
    /// back. They fill the day.
    fn noise(&mut self) {
        while self.day.open() {
            let (source, liked) = (self.day.source(), self.day.rng.pick(&PORTS));
            let count = whole(self.day.rng.pareto(1.3).min(4.0)).unsigned_abs().max(1);
            for _ in 0..count {
                let port = if self.day.rng.chance(0.8) { liked } else { self.day.rng.port() };
                let sort = match self.day.rng.below(50) {
                    0 => Sort::Echo,
                    1..=5 => Sort::Udp,
                    _ => Sort::Syn,
                };
                let (time, target) = (self.day.moment(1.0), self.day.rng.pick(&self.hosts));
                let packet = self.packet(source, target, port, sort);
                self.day.put(time, packet);
            }
            self.day.truth.note("noise", source, count);
        }
    }
}
