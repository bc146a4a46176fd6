//! What a sensor is told to read, as it stands in its TOML file.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use ward_records::Format;
use ward_sensor::Door;

/// All settings of a sensor. Everything may be left out but the sources.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folder of the sensor's key and spool.
    pub spool: PathBuf,
    /// The most that the spool may hold, in mebibytes.
    pub spool_limit_mib: u64,
    /// `[[file]]`: files to follow.
    #[serde(rename = "file")]
    pub files: Vec<FileSettings>,
    /// `[journal]`: the systemd journal.
    pub journal: Option<JournalSettings>,
    /// `[syslog]`: where to listen for syslog.
    pub syslog: SyslogSettings,
    /// `[netflow]`: where to listen for flow exports.
    pub netflow: NetflowSettings,
    /// `[door]`: what is masked besides the built-in names.
    pub door: DoorSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            spool: PathBuf::from("/var/lib/ward-sense"),
            spool_limit_mib: 1024,
            files: Vec::new(),
            journal: None,
            syslog: SyslogSettings::default(),
            netflow: NetflowSettings::default(),
            door: DoorSettings::default(),
        }
    }
}

/// Files to follow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSettings {
    /// The path; in its last part `*` stands for any characters and `?` for one. Files whose
    /// names end in `.gz` are read once, as streams of their own.
    pub path: PathBuf,
    /// The format's name, where the file's beginning does not tell it.
    #[serde(default)]
    pub format: Option<String>,
    /// What the stream is called; its path when left out. Not with `*` or `?` in the path.
    #[serde(default)]
    pub name: Option<String>,
    /// Where to begin in files that are there when the sensor first starts.
    #[serde(default)]
    pub start: Start,
}

/// Where to begin in what was there before the sensor.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// At the first record.
    #[default]
    Beginning,
    /// At what is written from now on. Files whose first lines explain all others (Zeek's
    /// tab-separated logs, VPC flow logs) are read from their beginning all the same.
    End,
}

/// The systemd journal.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalSettings {
    /// The program that reads it.
    pub journalctl: PathBuf,
    /// Further arguments, such as `--unit=ssh.service` or `--file=...`.
    pub arguments: Vec<String>,
    /// Where to begin when the sensor first starts.
    pub start: Start,
}

impl Default for JournalSettings {
    fn default() -> Self {
        Self { journalctl: PathBuf::from("journalctl"), arguments: Vec::new(), start: Start::End }
    }
}

/// Where to listen for syslog.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyslogSettings {
    /// UDP (RFC 5426), such as `0.0.0.0:514`.
    pub udp: Vec<SocketAddr>,
    /// TCP (RFC 6587, both framings).
    pub tcp: Vec<SocketAddr>,
    /// TLS over TCP (RFC 5425).
    pub tls: Option<TlsSettings>,
}

/// A listener with a certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// Where to listen, such as `0.0.0.0:6514`.
    pub listen: Vec<SocketAddr>,
    /// PEM file of the certificate and its chain.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
}

/// Where to listen for flow exports.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetflowSettings {
    /// UDP, such as `0.0.0.0:2055`; `NetFlow` v5, v9 and IPFIX alike.
    pub udp: Vec<SocketAddr>,
}

/// What is masked at the door besides the built-in names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DoorSettings {
    /// Further names of parameters whose values are masked.
    pub names: Vec<String>,
    /// Paths of web sites below which all query values are masked, such as `/voter/lookup`.
    pub paths: Vec<String>,
}

impl Settings {
    /// What is wrong with the settings, each in a sentence that names the place; empty when
    /// nothing is.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.spool_limit_mib < 16 {
            problems.push("spool_limit_mib must be at least 16".to_owned());
        }
        for (index, file) in self.files.iter().enumerate() {
            let place = format!("[[file]] number {}, path {}", index + 1, file.path.display());
            problems.extend(file.problem().map(|problem| format!("{place}: {problem}")));
        }
        if let Some(tls) = self.syslog.tls.as_ref().filter(|tls| tls.listen.is_empty()) {
            let certificate = tls.certificate.display();
            problems.push(format!(
                "[syslog.tls] with the certificate {certificate}: listen names no address"
            ));
        }
        if self.has_no_source() {
            problems.push(
                "nothing to read: name a [[file]], a [journal], a [syslog] or a [netflow] listener"
                    .to_owned(),
            );
        }
        problems
    }

    pub(crate) fn door(&self) -> Door {
        Door::new(&self.door.names, &self.door.paths)
    }

    fn has_no_source(&self) -> bool {
        self.files.is_empty()
            && self.journal.is_none()
            && self.syslog.udp.is_empty()
            && self.syslog.tcp.is_empty()
            && self.syslog.tls.is_none()
            && self.netflow.udp.is_empty()
    }
}

impl FileSettings {
    fn problem(&self) -> Option<String> {
        let text = self.path.to_string_lossy();
        let folder = self.path.parent().map(|folder| folder.to_string_lossy()).unwrap_or_default();
        let is_pattern = |text: &str| text.contains(['*', '?']);
        if let Some(format) = &self.format
            && by_name(format).is_none()
        {
            let known: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
            return Some(format!("no format \"{format}\"; there are {}", known.join(", ")));
        }
        if !self.path.is_absolute() {
            Some("write the whole path, from /".to_owned())
        } else if is_pattern(&folder) {
            Some("* and ? can stand in the last part of the path only".to_owned())
        } else if is_pattern(&text) && self.name.is_some() {
            Some("a name cannot be given to several files: leave it out".to_owned())
        } else if self.name.as_deref().is_some_and(|name| !ward_sensor::batch::is_stream(name)) {
            Some("the name is empty, longer than 1024 bytes or holds control characters".to_owned())
        } else {
            None
        }
    }
}

/// The format of this name.
pub(crate) fn by_name(name: &str) -> Option<Format> {
    Format::ALL.into_iter().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file() {
        let settings: Settings = toml::from_str(
            r#"
            spool = "/tmp/x"
            [[file]]
            path = "/var/log/auth.log"
            format = "syslog"
            [[file]]
            path = "/var/log/nginx/*.log"
            start = "end"
            [journal]
            arguments = ["--unit=ssh.service"]
            [syslog]
            udp = ["0.0.0.0:514"]
            tls = { listen = ["[::]:6514"], certificate = "/c.pem", key = "/k.pem" }
            [netflow]
            udp = ["0.0.0.0:2055"]
            [door]
            paths = ["/voter/lookup"]
            "#,
        )
        .unwrap();
        assert_eq!(settings.problems(), [""; 0]);
        assert_eq!(settings.files[1].start, Start::End);
    }

    #[test]
    fn says_what_is_wrong() {
        let settings: Settings = toml::from_str(
            r#"
            spool_limit_mib = 1
            file = [
              { path = "log", format = "syslog" },
              { path = "/log", format = "sislog" },
              { path = "/*/log" },
              { path = "/l*", name = "x" },
              { path = "/l", name = "" },
            ]
            "#,
        )
        .unwrap();
        let problems = settings.problems();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems[2].contains("number 2") && problems[2].contains("vpc-flow"));
        assert!(Settings::default().problems().concat().contains("nothing to read"));
        assert!(toml::from_str::<Settings>("fiel = 1").is_err());
    }
}
