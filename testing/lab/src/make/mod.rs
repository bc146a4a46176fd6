//! The makers: one for each kind of log.
//!
//! A maker plants its classes one after the other (each a small function that draws sources, a
//! start and a pace), fills the day up with its ordinary traffic, sorts by time and writes.

use std::io::Write;

use anyhow::Result;
use ward_kernel::Addr;

use crate::day::{Kind, Order};
use crate::truth::Truth;

mod conn;
mod conn_text;
mod fw;
mod fw_text;
mod nginx;
mod nginx_words;
mod sshd;
mod sshd_staff;
mod sshd_text;

/// Makes the day that is ordered, writes its lines and returns the truth about it.
///
/// # Errors
/// When the order cannot be made, or writing fails.
pub fn make(order: &Order, out: &mut impl Write) -> Result<Truth> {
    order.check()?;
    match order.kind {
        Kind::Conn => conn::make(order, out),
        Kind::Sshd => sshd::make(order, out),
        Kind::Nginx => nginx::make(order, out),
        Kind::Fw => fw::make(order, out),
    }
}

/// Ports that scanners like.
const PORTS: [u16; 20] = [
    22, 23, 445, 3389, 80, 443, 8080, 5900, 1433, 3306, 5432, 6379, 9200, 11211, 25, 21, 2323,
    5555, 8443, 1900,
];

/// The addresses of the office: two documentation networks (RFC 5737).
fn office() -> Vec<Addr> {
    let net = |base: u32| (1..255).map(move |host| Addr::v4(base | host));
    net(0xc633_6400).chain(net(0xcb00_7100)).collect()
}

/// A machine inside: 10.20.0.0/16.
const fn inside(number: u32) -> Addr {
    Addr::v4(0x0a14_0000 | (number & 0xffff))
}

/// An address of a scanner's own IPv6 network (documentation, RFC 9637): network, then host.
const fn far6(network: u64, host: u64) -> Addr {
    Addr::from_bits((0x3fff_u128 << 112) | ((network as u128 & 0xffff) << 64) | host as u128)
}

/// An address of the office's IPv6 network (documentation, RFC 3849).
const fn office6(host: u64) -> Addr {
    Addr::from_bits((0x2001_0db8_0100_u128 << 80) | host as u128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{Dress, MIN_LINES};
    use crate::truth::Rule;

    fn made(order: &Order) -> (String, Truth) {
        let mut out = Vec::new();
        let truth = make(order, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), truth)
    }

    #[test]
    fn every_kind_holds_all_its_classes_in_the_smallest_day() {
        for kind in Kind::ALL {
            for seed in 1..=4 {
                let order = Order::new(kind, MIN_LINES, seed).unwrap();
                let (text, truth) = made(&order);
                let lines = text.lines().filter(|line| !line.starts_with('#')).count();
                assert_eq!(lines as u64, MIN_LINES, "{kind} seed {seed}");
                for (name, class) in &truth.classes {
                    let planted = class.sources.len() + class.groups.len();
                    assert!(planted > 0, "{kind} seed {seed}: nothing in {name}");
                    assert_eq!(
                        class.rule == Rule::Find,
                        class.expect.rung.is_some() && class.rule != Rule::Campaign
                    );
                }
            }
        }
    }

    #[test]
    fn the_same_order_gives_the_same_bytes() {
        for kind in Kind::ALL {
            let order = Order::new(kind, MIN_LINES, 5).unwrap();
            assert_eq!(made(&order), made(&order));
            assert_ne!(made(&order).0, made(&Order { seed: 6, ..order }).0);
        }
    }

    #[test]
    fn every_planted_source_is_in_the_text() {
        for kind in Kind::ALL {
            let (text, truth) = made(&Order::new(kind, MIN_LINES, 2).unwrap());
            let words: std::collections::BTreeSet<&str> =
                text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':')).collect();
            for (name, class) in &truth.classes {
                for source in class.sources.keys().chain(class.groups.iter().flatten()) {
                    let long = crate::make::fw_text::full(source.parse().unwrap());
                    let there = words.contains(source.as_str()) || words.contains(long.as_str());
                    assert!(there, "{kind}: {source} of {name} is nowhere");
                }
            }
        }
    }

    #[test]
    fn dresses() {
        let order = Order::new(Kind::Conn, MIN_LINES, 1).unwrap();
        let json = Order { dress: Dress { json: true, rfc3339: false }, ..order };
        for line in made(&json).0.lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(record.get("id.orig_h").is_some(), "{line}");
        }
        let order =
            Order { kind: Kind::Sshd, dress: Dress { json: false, rfc3339: true }, ..order };
        assert!(made(&order).0.starts_with("2026-11-03T"));
    }
}
