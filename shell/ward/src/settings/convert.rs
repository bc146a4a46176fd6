//! Settings into the engine's own types: the one place where the two meet.

use jiff::tz::TimeZone;
use ward_kernel::Net;
use ward_watch::Config;
use ward_watch::config;

use super::{Network, Settings};

impl Settings {
    /// The engine's configuration. `memory_mb` of the command line goes before that of the
    /// settings; `table_seed` may be anything and changes no answer.
    #[must_use]
    pub fn to_config(&self, memory_mb: Option<u64>, table_seed: u64) -> Config {
        let zone = self.zone();
        let default = Config::default();
        let memory_mb = memory_mb.or(self.limits.memory_mb.map(|megabytes| megabytes.0));
        Config {
            own: nets(&self.network.own),
            dark: nets(&self.network.dark),
            assets: self.asset.iter().map(asset).collect(),
            accounts: self.accounts(),
            authorised: self.authorised.iter().map(|test| authorised(test, &zone)).collect(),
            scanners: self
                .scanner
                .iter()
                .flat_map(|scanner| {
                    scanner.networks.iter().map(|net| (scanner.name.clone(), net.0))
                })
                .collect(),
            trusted_proxies: nets(&self.network.trusted_proxies),
            carrier_nat: nets(&self.network.carrier_nat),
            expected_outward: nets(&self.network.expected_outward),
            coverage_at_least: self.coverage.at_least.map_or(default.coverage_at_least, |s| s.0),
            calendar: self.calendar.iter().map(|window| calendar(window, &zone)).collect(),
            memory: memory_mb.map_or(default.memory, bytes),
            table_seed,
        }
    }
}

/// Megabytes as bytes.
fn bytes(megabytes: u64) -> usize {
    usize::try_from(megabytes).unwrap_or(usize::MAX).saturating_mul(1 << 20)
}

fn nets(networks: &[Network]) -> Vec<Net> {
    networks.iter().map(|network| network.0).collect()
}

fn asset(asset: &super::Asset) -> config::Asset {
    config::Asset {
        name: asset.name.clone(),
        networks: nets(&asset.addresses),
        hosts: asset.sites.clone(),
        jurisdiction: asset.jurisdiction.clone(),
    }
}

fn authorised(test: &super::Authorised, zone: &TimeZone) -> config::Authorised {
    let name = test.note.clone().unwrap_or_default();
    config::Authorised {
        owner: test.owner.clone(),
        networks: nets(&test.addresses),
        window: config::Window { name, from: test.from.start(zone), to: test.to.end(zone) },
    }
}

fn calendar(window: &super::Window, zone: &TimeZone) -> config::Window {
    config::Window {
        name: window.name.clone(),
        from: window.from.start(zone),
        to: window.to.end(zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_becomes_a_configuration() {
        let text = include_str!("../../../../docs/ward.example.toml");
        let settings = Settings::parse(text, "ward.example.toml").unwrap();
        let config = settings.to_config(None, 7);
        assert_eq!((config.own.len(), config.dark.len(), config.assets.len()), (3, 1, 3));
        assert_eq!(config.scanners.len(), 1);
        assert_eq!(config.memory, 512 << 20);
        assert_eq!(settings.to_config(Some(64), 7).memory, 64 << 20);
        let deadline = &config.calendar[0];
        assert_eq!(deadline.from.to_string(), "2026-10-07T05:00:00Z", "midnight in Chicago");
        assert_eq!(deadline.to.plus(1).to_string(), "2026-10-08T05:00:00Z");
        assert_eq!(config.authorised[0].window.from.to_string(), "2026-11-02T14:00:00Z");
        let empty = Settings::default().to_config(None, 0);
        assert!((empty.coverage_at_least - 0.9).abs() < 1e-9);
    }
}
