//! Known research scanners: organisations that probe the whole Internet, say so, and say from where.
//!
//! The list ships with Ward, is dated, and names its source per organisation
//! (`data/known-scanners.txt`).

use std::sync::LazyLock;

use ward_kernel::{Addr, Net};

pub use crate::agent::known_agent;

/// When the list was compiled (year and month).
pub const DATED: &str = "2026-11";

const LIST: &str = include_str!("../data/known-scanners.txt");

/// First and last address of each network with its owner, by address.
static NETWORKS: LazyLock<Vec<(Addr, Addr, &'static str)>> = LazyLock::new(|| {
    let mut networks: Vec<_> = entries()
        .filter_map(|(net, name)| net.ok().map(|(first, last)| (first, last, name)))
        .collect();
    networks.sort_unstable();
    networks
});

/// The organisation that scans from this address, if it is on the list. About 10 ns.
#[must_use]
pub fn known(addr: Addr) -> Option<&'static str> {
    let after = NETWORKS.partition_point(|(first, ..)| *first <= addr);
    let (_, last, name) = NETWORKS.get(after.checked_sub(1)?)?;
    (addr <= *last).then_some(*name)
}

/// Every network of the list, or why its line is none, with the name of its section.
fn entries() -> impl Iterator<Item = (Result<(Addr, Addr), String>, &'static str)> {
    let mut name = "";
    LIST.lines().filter_map(move |line| {
        if let Some(head) = line.strip_prefix('[') {
            name = head.split(']').next().unwrap_or_default();
            return None;
        }
        let line = line.trim();
        (!line.is_empty() && !line.starts_with('#')).then(|| (range(line), name))
    })
}

fn range(line: &str) -> Result<(Addr, Addr), String> {
    let net: Net = line.parse()?;
    let first: Addr = line.split('/').next().unwrap_or_default().parse()?;
    let width: u32 = if first.as_v4().is_some() { 32 } else { 128 };
    let host = width.saturating_sub(u32::from(net.bits()));
    let mask = u128::MAX.checked_shl(host).map_or(u128::MAX, |mask| !mask);
    Ok((first, Addr::from_bits(first.bits() | mask)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_network_of_a_named_and_sourced_owner() {
        for (range, name) in entries() {
            assert!(range.is_ok() && !name.is_empty(), "{range:?} of {name:?}");
        }
        for head in LIST.lines().filter(|line| line.starts_with('[')) {
            let source = head.split_once("] ").map_or("", |(_, source)| source);
            assert!(
                source.contains('.') || source.contains("OpenFilters"),
                "{head} names no source"
            );
        }
        assert!(NETWORKS.len() > 100 && LIST.contains(DATED));
        assert!(NETWORKS.windows(2).all(|pair| pair[0].1 < pair[1].0), "networks overlap");
    }

    #[test]
    fn finds_first_last_and_nothing_beside() {
        let known = |text: &str| known(text.parse().unwrap());
        assert_eq!(
            (known("162.142.125.0"), known("162.142.125.255")),
            (Some("Censys"), Some("Censys"))
        );
        assert_eq!((known("162.142.124.255"), known("162.142.126.0")), (None, None));
        assert_eq!(known("71.6.135.131"), Some("Shodan"));
        assert_eq!(known("71.6.135.132"), None);
        assert_eq!(known("2602:80d:1007:ffff::1"), Some("Censys"));
        assert_eq!(
            (known("192.0.2.1"), known("2001:db8::1"), known("255.255.255.255")),
            (None, None, None)
        );
        for addr in ["64.62.197.9", "147.185.135.255", "141.212.125.1", "64.69.57.40"] {
            assert!(known(addr).is_some(), "{addr}");
        }
    }
}
