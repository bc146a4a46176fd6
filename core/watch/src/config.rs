//! What the office tells Ward about itself. Every field has a default that works.

use std::collections::BTreeSet;

use ward_kernel::{Addr, Net, Time};

/// Context that the office gives. `Config::default()` is a useful configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The office's own networks; private addresses always count as own.
    pub own: Vec<Net>,
    /// Networks of the office in which nothing lives: any touch is a scan.
    pub dark: Vec<Net>,
    /// Named things that attackers aim at.
    pub assets: Vec<Asset>,
    /// Every account that exists; empty when the office gave no list.
    pub accounts: BTreeSet<String>,
    /// Registered tests.
    pub authorised: Vec<Authorised>,
    /// Research scanners beside those that ship with Ward: name and network.
    pub scanners: Vec<(String, Net)>,
    /// Proxies whose X-Forwarded-For header is believed.
    pub trusted_proxies: Vec<Net>,
    /// Networks behind which many honest people share addresses: never on a block list.
    pub carrier_nat: Vec<Net>,
    /// Outside services that machines of ours call on a clock by right.
    pub expected_outward: Vec<Net>,
    /// Share of the span, 0 to 1, that a sensor must cover for "no evidence" to be said.
    pub coverage_at_least: f64,
    /// Windows in which a crowd is expected (registration deadline, election night).
    pub calendar: Vec<Window>,
    /// Bytes that the summaries may take, roughly.
    pub memory: usize,
    /// Seed of the hash tables: keeps a hostile choice of addresses from slowing them down. It
    /// does not change any answer.
    pub table_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            own: Vec::new(),
            dark: Vec::new(),
            assets: Vec::new(),
            accounts: BTreeSet::new(),
            authorised: Vec::new(),
            scanners: Vec::new(),
            trusted_proxies: Vec::new(),
            carrier_nat: Vec::new(),
            expected_outward: Vec::new(),
            coverage_at_least: 0.9,
            calendar: Vec::new(),
            memory: 512 << 20,
            table_seed: 0,
        }
    }
}

/// A named thing that attackers aim at, such as "voter lookup page".
#[derive(Clone, Debug)]
pub struct Asset {
    /// The name that a clerk would use.
    pub name: String,
    /// Its addresses.
    pub networks: Vec<Net>,
    /// Its web sites' host names and its machines' names in syslog.
    pub hosts: Vec<String>,
    /// Whose it is.
    pub jurisdiction: Option<String>,
}

/// A registered test: counted and labelled inside its window, loud outside.
#[derive(Clone, Debug)]
pub struct Authorised {
    /// Who answers for it.
    pub owner: String,
    /// Where it comes from.
    pub networks: Vec<Net>,
    /// When.
    pub window: Window,
}

/// A span of time with a name, both ends included.
#[derive(Clone, Debug)]
pub struct Window {
    /// What it is called.
    pub name: String,
    /// Its first moment.
    pub from: Time,
    /// Its last moment.
    pub to: Time,
}

impl Window {
    /// Whether it holds all of `first..=last`.
    #[must_use]
    pub fn holds(&self, first: Time, last: Time) -> bool {
        self.from <= first && last <= self.to
    }
}

impl Config {
    /// Whether an address is the office's own: listed or private.
    #[must_use]
    pub fn is_own(&self, addr: Addr) -> bool {
        addr.is_private() || within(&self.own, addr) || within(&self.dark, addr)
    }

    /// Whether nothing lives at this address of the office.
    #[must_use]
    pub fn is_dark(&self, addr: Addr) -> bool {
        within(&self.dark, addr)
    }

    /// Whether the office's list holds an account, by the hash of its name.
    #[must_use]
    pub fn lists_account(&self, account: u64) -> bool {
        self.accounts.iter().any(|name| ward_kernel::hash::bytes(name.as_bytes()) == account)
    }

    /// The asset at an address.
    #[must_use]
    pub fn asset_at(&self, addr: Addr) -> Option<&Asset> {
        self.assets.iter().find(|asset| within(&asset.networks, addr))
    }

    /// The asset that goes by this host name.
    #[must_use]
    pub fn asset_named(&self, host: &str) -> Option<&Asset> {
        self.assets
            .iter()
            .find(|asset| asset.hosts.iter().any(|name| name.eq_ignore_ascii_case(host)))
    }

    /// The research scanner that an address belongs to.
    #[must_use]
    pub fn known_scanner(&self, addr: Addr) -> Option<&str> {
        let given = self.scanners.iter().find(|(_, net)| net.contains(addr));
        given.map(|(name, _)| name.as_str()).or_else(|| ward_payload::scanners::known(addr))
    }
}

/// Whether any of the networks holds the address.
#[must_use]
pub fn within(nets: &[Net], addr: Addr) -> bool {
    nets.iter().any(|net| net.contains(addr))
}
