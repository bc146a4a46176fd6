//! `[desk]`: the settings of the running service.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use ward_kernel::World;
use ward_sense::DoorSettings;

use super::keep::Keep;

/// A thousand a second: more than any store takes.
const MOST_ENTRIES: u32 = 60_000;

/// The running service. What the command line says goes before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskSettings {
    /// The world that these settings are for; the real one unless set.
    pub world: World,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// The names by which browsers and sensors reach the desk.
    pub names: Vec<String>,
    /// A certificate of the office's own, and its key.
    pub certificate: Option<PathBuf>,
    /// The key.
    pub key: Option<PathBuf>,
    /// What browsers see before the path, when a proxy stands in front.
    pub origin: Option<String>,
    /// The plan of points that checklists hang on elections, where the shipped one is not wanted.
    pub plan: Option<PathBuf>,
    /// Days of records that are judged together.
    pub window_days: u32,
    /// Days that raw records are kept; those that a case stands on are kept longer.
    pub keep_records_days: u32,
    /// Sources whose records are kept for another number of days.
    pub keep: Vec<Keep>,
    /// Days that daily sightings are kept: thirteen months and a little.
    pub keep_history_days: u32,
    /// Entries that one person or program puts down in a minute, in the long run. It sets as well how
    /// often they look at what leaves a row in the audit: four times as often, and 120 times at least.
    pub entries_a_minute: u32,
    /// Syslog that the desk receives itself.
    pub syslog: Syslog,
    /// Flow exports that the desk receives itself.
    pub netflow: Netflow,
    /// What is masked in what it receives itself, besides the built-in names.
    pub door: DoorSettings,
}

/// Syslog that the desk receives itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Syslog {
    /// Over UDP.
    pub udp: Option<SocketAddr>,
    /// Over TCP, with octet counts or newlines.
    pub tcp: Option<SocketAddr>,
    /// Over TLS, with the desk's certificate.
    pub tls: Option<SocketAddr>,
}

/// Flow exports (NetFlow 5 and 9, IPFIX) that the desk receives itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Netflow {
    /// Over UDP.
    pub udp: Option<SocketAddr>,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            world: World::Real,
            listen: None,
            names: Vec::new(),
            certificate: None,
            key: None,
            origin: None,
            plan: None,
            window_days: 2,
            keep_records_days: 30,
            keep: Vec::new(),
            keep_history_days: 396,
            entries_a_minute: 30,
            syslog: Syslog::default(),
            netflow: Netflow::default(),
            door: DoorSettings::default(),
        }
    }
}

impl DeskSettings {
    /// Whether the desk is to receive syslog or flow exports itself.
    #[must_use]
    pub const fn listens(&self) -> bool {
        let syslog = &self.syslog;
        syslog.udp.is_some()
            || syslog.tcp.is_some()
            || syslog.tls.is_some()
            || self.netflow.udp.is_some()
    }

    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.window_days == 0 || self.window_days > 31 {
            return Err(format!(
                "window_days = {} under [desk]: give 1 to 31 days of records to judge together",
                self.window_days
            ));
        }
        if self.keep_records_days < self.window_days.saturating_add(1) {
            return Err(format!(
                "keep_records_days = {} under [desk] is less than the {} days that are judged \
                 together and one more: after a restart they could not be judged again",
                self.keep_records_days, self.window_days
            ));
        }
        self.check_keep()?;
        if self.keep_history_days == 0 {
            return Err(
                "keep_history_days = 0 under [desk] would keep no history: leave the line \
                        out for thirteen months"
                    .to_owned(),
            );
        }
        if !(1..=MOST_ENTRIES).contains(&self.entries_a_minute) {
            return Err(format!(
                "entries_a_minute = {} under [desk]: give 1 to {MOST_ENTRIES} entries that one \
                 person or program may put down in a minute",
                self.entries_a_minute
            ));
        }
        match (&self.certificate, &self.key) {
            (Some(_), None) => Err("[desk] names a certificate and no key: give both".to_owned()),
            (None, Some(_)) => Err("[desk] names a key and no certificate: give both".to_owned()),
            _ => Ok(()),
        }?;
        self.origin.as_deref().map_or(Ok(()), check_origin)
    }
}

/// An origin is a scheme and a host, and nothing behind it.
///
/// # Errors
/// A sentence that says what to write.
pub fn check_origin(origin: &str) -> Result<(), String> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let plain = origin.starts_with("http://");
    match host {
        Some(host) if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) => Err(format!(
            "\"{origin}\" is no origin: write it without a path, such as https://desk.example"
        )),
        None => Err(format!("\"{origin}\" is no origin: write https:// and the desk's host name")),
        Some(host) if plain && !is_loopback(host) => Err(format!(
            "\"{origin}\" would send passwords over the network in the clear: only https:// is \
             taken, or http:// for this machine itself"
        )),
        Some(_) => Ok(()),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || host.parse::<SocketAddr>().is_ok_and(|addr| addr.ip().is_loopback())
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn what_is_dangerous_is_refused() {
        for (text, expected) in [
            ("[desk]\nwindow_days = 0", "give 1 to 31 days"),
            ("[desk]\nwindow_days = 9\nkeep_records_days = 9", "could not be judged again"),
            ("[desk]\ncertificate = \"a.pem\"", "no key"),
            ("[desk]\norigin = \"http://desk.example\"", "in the clear"),
            ("[desk]\norigin = \"https://desk.example/x\"", "without a path"),
            ("[desk]\norigin = \"desk.example\"", "https://"),
            ("[desk]\nlisten = \"everywhere\"", "line 2"),
            ("[desk]\nkeep_history_days = 0", "no history"),
            ("[desk]\nentries_a_minute = 0", "give 1 to 60000 entries"),
            ("[desk]\nentries_a_minute = 60001", "give 1 to 60000 entries"),
        ] {
            let err = Settings::parse(text, "ward.toml").unwrap_err();
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
        for origin in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"] {
            assert_eq!(check_origin(origin), Ok(()), "{origin}");
        }
    }
}
