//! The office's settings, `ward.toml`: parsed into types, or refused with a sentence that says
//! what, where and what to do.
//!
//! Everything has a default; `docs/ward.example.toml` explains every line.

mod convert;
pub mod desk;
mod find;
mod found;
pub mod keep;
pub mod notices;
pub mod redaction;
pub mod sign_in;
mod value;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use find::{Origin, find, sensor_name};
pub use value::{FormatName, Moment, Network, Share, Zone};

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Who we are.
    pub office: Office,
    /// What is ours.
    pub network: Networks,
    /// Named things that attackers aim at.
    pub asset: Vec<Asset>,
    /// Names for the inputs.
    pub sensor: Vec<Sensor>,
    /// The accounts that exist.
    pub accounts: Accounts,
    /// Registered tests.
    pub authorised: Vec<Authorised>,
    /// Research scanners beside those that ship with Ward.
    pub scanner: Vec<Scanner>,
    /// How much has to be seen.
    pub coverage: Coverage,
    /// Clocks of the logs.
    pub clock: ClockSettings,
    /// Windows in which a crowd is expected.
    pub calendar: Vec<Window>,
    /// What a run may take.
    pub limits: Limits,
    /// The running service.
    pub desk: desk::DeskSettings,
    /// On which law a rule of what is given away stands.
    pub redaction: redaction::Redaction,
    /// The office's own identity providers.
    pub sign_in: Vec<ward_oidc::Settings>,
    /// How people are told what happens.
    pub notices: notices::NoticeSettings,
}

/// Who we are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    /// The office's name, for the head of the page.
    pub name: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The zone in which the page writes moments.
    pub zone: Option<Zone>,
}

/// What is ours, and what must not be mistaken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Networks {
    /// The office's own networks.
    pub own: Vec<Network>,
    /// Networks of the office in which nothing lives.
    pub dark: Vec<Network>,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<Network>,
    /// Networks behind which many honest people share addresses.
    pub carrier_nat: Vec<Network>,
    /// Outside services that our machines call on a clock by right.
    pub expected_outward: Vec<Network>,
}

/// A named thing that attackers aim at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The name that a clerk would use.
    pub name: String,
    /// Its addresses.
    #[serde(default)]
    pub addresses: Vec<Network>,
    /// Its web sites' and machines' host names.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Whose it is.
    pub jurisdiction: Option<String>,
}

/// A name for inputs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensor {
    /// A part of the input's path, or a pattern over all of it with `*` and `?`.
    pub path: String,
    /// The name on the page.
    pub name: String,
    /// Whose it is.
    pub jurisdiction: Option<String>,
    /// Its format, where recognition is not wanted.
    pub format: Option<FormatName>,
}

/// The accounts that exist.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// By name.
    pub known: Vec<String>,
    /// In a file, one a line, beside the settings.
    pub file: Option<PathBuf>,
}

/// A registered test.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorised {
    /// Who answers for it.
    pub owner: String,
    /// Where it comes from.
    pub addresses: Vec<Network>,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
    /// What it is, for the page.
    pub note: Option<String>,
}

/// A research scanner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// Its organisation.
    pub name: String,
    /// Where it scans from.
    pub networks: Vec<Network>,
}

/// How much has to be seen.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Coverage {
    /// The share of the minutes under which "no evidence" is not said; 0.9 unless set.
    pub at_least: Option<Share>,
}

/// Clocks of the logs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockSettings {
    /// Dates without a year are placed before this.
    pub newest: Option<Moment>,
    /// The zone of stamps that name none.
    pub zone: Option<Zone>,
}

/// A span of time with a name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// What it is called.
    pub name: String,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
}

/// What a run may take.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Memory for what is remembered about sources, in MB; 512 unless set.
    pub memory_mb: Option<value::Megabytes>,
}

impl Settings {
    /// Reads a settings file, and the account list that it names. Returns with it a sentence for
    /// each line that a file of this origin may not say and that was therefore not followed.
    ///
    /// # Errors
    /// A sentence with file, line and what to do.
    pub fn read(path: &Path, origin: Origin) -> Result<(Self, Vec<String>), String> {
        let text = std::fs::read_to_string(path)
            .map_err(|err| format!("{}: the settings cannot be read: {err}", path.display()))?;
        let mut settings = Self::parse(&text, &path.display().to_string())?;
        let told = match (origin, path.parent()) {
            (Origin::Found, Some(dir)) => settings.restrain(dir),
            _ => Vec::new(),
        };
        sign_in::beside(&mut settings.sign_in, path.parent().unwrap_or(Path::new("")));
        settings.notices.beside(path.parent().unwrap_or(Path::new("")));
        if let Some(file) = settings.accounts.file.take() {
            let file = path.parent().map_or_else(|| file.clone(), |dir| dir.join(&file));
            settings.accounts.known.extend(read_accounts(&file, path)?);
        }
        Ok((settings, told))
    }

    /// Parses the text of a settings file; `name` stands in errors.
    ///
    /// # Errors
    /// A sentence with file, line and what to do.
    pub fn parse(text: &str, name: &str) -> Result<Self, String> {
        let settings: Self = toml::from_str(text).map_err(|err| explain(&err, text, name))?;
        settings.check().map_err(|what| format!("{name}: {what}"))?;
        Ok(settings)
    }

    /// The zone of the page.
    #[must_use]
    pub fn zone(&self) -> jiff::tz::TimeZone {
        self.office.zone.as_ref().map_or(jiff::tz::TimeZone::UTC, |zone| zone.0.clone())
    }

    /// The settings for an input of this name, the first that fits.
    #[must_use]
    pub fn sensor_of(&self, path: &str) -> Option<&Sensor> {
        self.sensor.iter().find(|sensor| find::fits(&sensor.path, path))
    }

    /// The accounts that exist, each once.
    #[must_use]
    pub fn accounts(&self) -> BTreeSet<String> {
        self.accounts.known.iter().cloned().collect()
    }

    /// What types alone cannot say.
    fn check(&self) -> Result<(), String> {
        self.desk.check()?;
        sign_in::check(&self.sign_in)?;
        self.notices.check()?;
        self.redaction.check()?;
        let zone = self.zone();
        let tests = self.authorised.iter().map(|test| (&test.owner, &test.from, &test.to));
        let windows = self.calendar.iter().map(|window| (&window.name, &window.from, &window.to));
        for (name, from, to) in tests.chain(windows) {
            if to.end(&zone) <= from.start(&zone) {
                return Err(format!("\"{name}\" ends ({to}) before it begins ({from}): swap them"));
            }
        }
        for asset in &self.asset {
            if asset.addresses.is_empty() && asset.sites.is_empty() {
                return Err(format!(
                    "asset \"{}\" has neither addresses nor sites: give it one of them",
                    asset.name
                ));
            }
        }
        Ok(())
    }
}

fn read_accounts(file: &Path, settings: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(file).map_err(|err| {
        format!(
            "{}: the accounts in {} cannot be read: {err}; the path is relative to the settings",
            settings.display(),
            file.display()
        )
    })?;
    let lines = text.lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// An error of the parser as `FILE, line N: what`.
pub(crate) fn explain(err: &toml::de::Error, text: &str, name: &str) -> String {
    let what = err.message().trim_end_matches('.').replace('\n', "; ");
    let help = if what.starts_with("unknown field") {
        " (a name is misspelt, or stands under the wrong heading)"
    } else {
        ""
    };
    match err.span().and_then(|span| text.get(..span.start)) {
        Some(before) => {
            let line = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
            format!("{name}, line {line}: {what}{help}")
        }
        None => format!("{name}: {what}{help}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../docs/ward.example.toml");

    #[test]
    fn the_example_is_right() {
        let settings = Settings::parse(EXAMPLE, "ward.example.toml").unwrap();
        assert_eq!(settings.network.own.len(), 3);
        assert_eq!(settings.asset.len(), 3);
        assert_eq!(settings.calendar.len(), 2);
        let sensor = settings.sensor_of("/logs/boone/vpn/auth.log.1").unwrap();
        assert_eq!(sensor.jurisdiction.as_deref(), Some("Boone County"));
        // Every line that is commented out is right as well.
        let all: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#:").map_or(line, str::trim_start))
            .fold(String::new(), |all, line| all + line + "\n");
        Settings::parse(&all, "all").unwrap();
    }

    #[test]
    fn nothing_is_required() {
        let settings = Settings::parse("", "ward.toml").unwrap();
        assert!(settings.asset.is_empty() && settings.coverage.at_least.is_none());
    }

    #[test]
    fn refuses_with_file_line_and_what_to_do() {
        for (text, expected) in [
            (
                "[network]\n\nown = [\"198.51.100.7/24\"]",
                "line 3: \"198.51.100.7/24\" has bits set after /24: did you mean 198.51.100.0/24?",
            ),
            ("[offices]\nname = \"x\"", "line 1: unknown field `offices`"),
            ("[office]\nzone = \"Mars/Base\"", "line 2: \"Mars/Base\" is not a time zone"),
            ("[coverage]\nat_least = 97.4", "line 2: 97.4 is not a share: write 0.974 for 97.4 %"),
            ("[[sensor]]\npath = \"x\"", "missing field `name`"),
            (
                "[[sensor]]\npath = \"x\"\nname=\"y\"\nformat = \"pdf\"",
                "line 4: \"pdf\" is not a format: choose one of zeek, ",
            ),
            (
                "[[calendar]]\nname = \"night\"\nfrom = 2026-11-04\nto = 2026-11-03",
                "\"night\" ends (2026-11-03) before it begins (2026-11-04)",
            ),
            ("[[asset]]\nname = \"x\"", "asset \"x\" has neither addresses nor sites"),
            (
                "[limits]\nmemory_mb = 1",
                "line 2: 1 is too little or too much: give 64 to 1048576 MB",
            ),
            ("[office\n", "line 1: "),
        ] {
            let err = Settings::parse(text, "ward.toml").unwrap_err();
            assert!(err.starts_with("ward.toml"), "{err}");
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
    }

    #[test]
    fn accounts_come_from_a_file_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ward.toml");
        std::fs::write(&path, "[accounts]\nknown = [\"a\"]\nfile = \"list.txt\"\n").unwrap();
        let err = Settings::read(&path, Origin::Found).unwrap_err();
        assert!(err.contains("list.txt cannot be read"), "{err}");
        std::fs::write(dir.path().join("list.txt"), "# staff\nb\n\n c \r\na\n").unwrap();
        let (settings, told) = Settings::read(&path, Origin::Found).unwrap();
        assert!(told.is_empty());
        assert_eq!(settings.accounts().into_iter().collect::<String>(), "abc");
    }
}
