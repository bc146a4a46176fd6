//! The order in which every page shows cases: who got in, who tried, who looked, in campaigns.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung, Time};
use ward_watch::report::{Case, Report, Sensor, Span};

/// The cases of a report, by where they stand on a page; each list in the report's order.
#[derive(Debug)]
pub struct Sorted<'a> {
    /// Evidence that an effort got in, or did more.
    pub access: Vec<&'a Case>,
    /// Real efforts.
    pub attempts: Vec<&'a Case>,
    /// Scans of unnamed sources, grouped.
    pub campaigns: Vec<Campaign<'a>>,
    /// Cases inside a registered test window, on any rung.
    pub authorised: Vec<&'a Case>,
    /// Scans by named research scanners.
    pub known: Vec<&'a Case>,
}

/// Scans of one kind at one set of ports.
#[derive(Debug)]
pub struct Campaign<'a> {
    /// The kind that its cases share.
    pub kind: &'static str,
    /// The ports that its cases share, as the targets write them: `22`, `5060/udp`.
    pub ports: Vec<String>,
    /// Its cases.
    pub cases: Vec<&'a Case>,
    /// Distinct sources; an upper bound when `exact` is false (lists that were cut may overlap).
    pub sources: u64,
    /// Whether `sources` is exact.
    pub exact: bool,
    /// Probes.
    pub probes: u64,
    /// Hosts aimed at, most named first.
    pub hosts: Vec<String>,
    /// First record.
    pub first: Time,
    /// Last record.
    pub last: Time,
}

/// Puts the cases in the order of the page.
#[must_use]
pub fn sort(report: &Report) -> Sorted<'_> {
    let mut sorted = Sorted {
        access: Vec::new(),
        attempts: Vec::new(),
        campaigns: Vec::new(),
        authorised: Vec::new(),
        known: Vec::new(),
    };
    let mut groups: BTreeMap<(&'static str, Vec<String>), Vec<&Case>> = BTreeMap::new();
    for case in &report.cases {
        if case.authorised.is_some() {
            sorted.authorised.push(case);
        } else if case.rung >= Rung::Access {
            sorted.access.push(case);
        } else if case.rung == Rung::Attempt {
            sorted.attempts.push(case);
        } else if case.known.is_some() {
            sorted.known.push(case);
        } else {
            groups.entry((case.kind, ports(case))).or_default().push(case);
        }
    }
    sorted.campaigns =
        groups.into_iter().map(|((kind, ports), cases)| campaign(kind, ports, cases)).collect();
    sorted.campaigns.sort_by(|a, b| b.probes.cmp(&a.probes).then(a.kind.cmp(b.kind)));
    sorted
}

/// Sensors that a page shows one by one.
pub const SENSORS: usize = 200;

/// The sensors that a page shows, and how many it leaves out: all in the report's order where
/// there is room, else those that saw the least of the time and, of these, the largest.
#[must_use]
pub fn sensors(report: &Report) -> (Vec<&Sensor>, u64) {
    let mut sensors: Vec<&Sensor> = report.coverage.iter().collect();
    let rest = sensors.len().saturating_sub(SENSORS);
    if rest > 0 {
        sensors.sort_by(|a, b| a.covered.total_cmp(&b.covered).then(b.records.cmp(&a.records)));
        sensors.truncate(SENSORS);
    }
    (sensors, rest as u64)
}

/// For each of `many` equal pieces of the span, the share of it (0 to 1) that lies outside the
/// sensor's gaps.
#[must_use]
pub fn seen(sensor: &Sensor, span: Span, many: usize) -> Vec<f64> {
    let whole = span.last.since(span.first).max(1);
    let many = i64::try_from(many).unwrap_or(1).max(1);
    // In 128 bits: a span of years times a piece's number exceeds 64.
    let edge = |i: i64| {
        let micros = i128::from(whole) * i128::from(i) / i128::from(many);
        span.first.plus(i64::try_from(micros).unwrap_or(i64::MAX))
    };
    (0..many)
        .map(|i| {
            let (from, to) = (edge(i), edge(i.saturating_add(1)));
            let piece = to.since(from).max(1);
            let silent = sensor
                .gaps
                .iter()
                .map(|gap| gap.to.min(to).since(gap.from.max(from)).max(0))
                .fold(0_i64, i64::saturating_add);
            let seen = piece.saturating_sub(silent).max(0);
            // A share is drawn, not compared: the rounding of these casts is invisible.
            seen as f64 / piece as f64
        })
        .collect()
}

fn campaign<'a>(kind: &'static str, ports: Vec<String>, cases: Vec<&'a Case>) -> Campaign<'a> {
    let exact =
        cases.len() == 1 || cases.iter().all(|case| case.sources.len() as u64 == case.source_count);
    let sources = if exact && cases.len() > 1 {
        cases.iter().flat_map(|case| &case.sources).collect::<BTreeSet<&Addr>>().len() as u64
    } else {
        cases.iter().fold(0_u64, |sum, case| sum.saturating_add(case.source_count))
    };
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for target in cases.iter().flat_map(|case| &case.targets) {
        let seen = hosts.entry(split_port(target).0).or_default();
        *seen = seen.saturating_add(1);
    }
    let mut hosts: Vec<(&str, usize)> = hosts.into_iter().collect();
    hosts.sort_by_key(|(_, seen)| std::cmp::Reverse(*seen));
    Campaign {
        kind,
        ports,
        sources,
        exact,
        probes: cases.iter().fold(0_u64, |sum, case| sum.saturating_add(case.records)),
        hosts: hosts.into_iter().map(|(host, _)| host.to_owned()).collect(),
        first: cases.iter().map(|case| case.first).min().unwrap_or_default(),
        last: cases.iter().map(|case| case.last).max().unwrap_or_default(),
        cases,
    }
}

/// The ports that a case's targets name, smallest first.
fn ports(case: &Case) -> Vec<String> {
    let mut ports: Vec<(u32, String)> = case
        .targets
        .iter()
        .filter_map(|target| split_port(target).1)
        .map(|port| {
            let number = port.split('/').next().and_then(|digits| digits.parse().ok());
            (number.unwrap_or(u32::MAX), port.to_owned())
        })
        .collect();
    ports.sort();
    ports.dedup();
    ports.into_iter().map(|(_, port)| port).collect()
}

/// `host:port` taken apart, where it is one: the port is what follows the last colon and begins
/// with a digit. A bare IPv6 address has colons and no port: its host has to be in brackets.
fn split_port(target: &str) -> (&str, Option<&str>) {
    if let Some(port) = target.strip_prefix("*:") {
        return ("*", Some(port));
    }
    // `192.0.2.1 icmp echo`: no port, but what was asked is known.
    if let Some((host, _)) = target.split_once(" icmp") {
        return (host, Some("icmp"));
    }
    match target.rsplit_once(':') {
        Some((host, port))
            if port.starts_with(|c: char| c.is_ascii_digit())
                && (host.ends_with(']') || !host.contains(':')) =>
        {
            (host, Some(port))
        }
        _ if is_port(target) => ("", Some(target)),
        _ => (target, None),
    }
}

/// `22`, `22/tcp`.
fn is_port(target: &str) -> bool {
    let digits = target.split_once('/').map_or(target, |(digits, _)| digits);
    !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn campaigns_not_addresses() {
        let report = fixture::rich();
        let sorted = sort(&report);
        assert_eq!((sorted.access.len(), sorted.attempts.len()), (2, 5));
        assert_eq!((sorted.authorised.len(), sorted.known.len()), (1, 4));
        assert_eq!(sorted.campaigns.len(), 5, "one for each kind and set of ports");
        let cases: usize = sorted.campaigns.iter().map(|campaign| campaign.cases.len()).sum();
        assert_eq!(cases, 36);
        assert!(sorted.campaigns.windows(2).all(|pair| pair[0].probes >= pair[1].probes));
        let web = sorted.campaigns.iter().find(|c| c.kind == "scan.distributed").unwrap();
        assert_eq!(web.ports, ["80", "443", "8080"]);
    }

    #[test]
    fn of_many_sensors_the_blindest_and_the_largest() {
        let mut report = fixture::rich();
        let all = report.coverage.len();
        assert_eq!((sensors(&report).0.len(), sensors(&report).1), (all, 0));
        let one = report.coverage[0].clone();
        let sensor = |i: u64| Sensor {
            covered: if i == 250 { 0.1 } else { 0.9 },
            records: i,
            ..one.clone()
        };
        report.coverage = (0..300).map(sensor).collect();
        let (shown, rest) = sensors(&report);
        assert_eq!((shown.len(), rest), (SENSORS, 100));
        let records: Vec<u64> = shown.iter().take(3).map(|sensor| sensor.records).collect();
        assert_eq!(records, [250, 299, 298]);
    }

    #[test]
    fn ports_of_targets() {
        assert_eq!(split_port("192.0.2.1:22"), ("192.0.2.1", Some("22")));
        assert_eq!(split_port("[2001:db8::1]:22"), ("[2001:db8::1]", Some("22")));
        assert_eq!(split_port("2001:db8::1"), ("2001:db8::1", None));
        assert_eq!(split_port("host.example/a:b"), ("host.example/a:b", None));
        assert_eq!(split_port("5060/udp"), ("", Some("5060/udp")));
        assert_eq!(split_port("192.0.2.1 icmp echo"), ("192.0.2.1", Some("icmp")));
        assert_eq!(split_port("[2001:db8::1] icmpv6 echo"), ("[2001:db8::1]", Some("icmp")));
    }
}
