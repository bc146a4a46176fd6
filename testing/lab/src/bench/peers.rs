//! CrowdSec and fail2ban, as Debian packages them, on the same sshd and nginx days.
//!
//! CrowdSec reads a file once ("one-shot") and needs an own local API for it: it gets one on
//! loopback, with a data base and a machine account in the bench's folder. Both end by themselves;
//! nothing is left running and nothing under `/etc` is changed after installation.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::child::{self, words};
use super::{order, row, size, speed_table, watch};
use crate::day::Kind;
use crate::score::table::table;
use crate::trial;
use crate::truth::Truth;

/// Days that the peers finish in minutes.
const DAYS: [(Kind, u64, &str, &str); 2] =
    [(Kind::Sshd, 100_000, "syslog", "sshd"), (Kind::Nginx, 20_000, "nginx", "nginx-botsearch")];
const POLICY: &str = "/usr/sbin/policy-rc.d";
const CENTRAL: &str = "/etc/crowdsec/online_api_credentials.yaml";

/// Runs the peers and prints what they cost and whom they named.
///
/// # Errors
/// When a peer is missing and not to be installed, or does not run.
pub fn run(ward: &Path, folder: &Path, install: bool) -> Result<()> {
    if install {
        install_all()?;
    }
    let versions = [version("crowdsec")?, version("fail2ban")?];
    println!("CrowdSec {}, fail2ban {}\n", versions[0], versions[1]);
    let (mut rows, mut named) = (Vec::new(), Vec::new());
    for (kind, lines, sort, filter) in DAYS {
        let (log, truth) = trial::day(folder, &order(kind, false, lines)?)?;
        let bytes = size(&log)?;
        let mut measure = |tool: &str, command: &[OsString], output: Option<&Path>| {
            let cost = child::run(command, folder, output)?;
            rows.push(row(kind.name(), bytes, tool, lines, cost, ""));
            Ok::<_, anyhow::Error>(cost)
        };
        measure("ward watch", &watch(ward, &log), None)?;
        let config = crowdsec_config(folder)?;
        let source = format!("file://{}", log.display());
        let command = words(&[&"crowdsec", &"-c", &config, &"-dsn", &source, &"-type", &sort]);
        let cost = measure("CrowdSec", &command, None)?;
        ensure!(cost.code == 0, "CrowdSec failed: {}", child::errors(folder));
        let said = std::fs::read(folder.join("stderr.txt"))?;
        named.extend(whom(kind, &String::from_utf8_lossy(&said), &truth));
        let filter = format!("/etc/fail2ban/filter.d/{filter}.conf");
        let output = folder.join("fail2ban.txt");
        measure("fail2ban-regex", &words(&[&"fail2ban-regex", &log, &filter]), Some(&output))?;
    }
    println!("{}", speed_table(&rows));
    println!("Sources that CrowdSec named, by class:\n");
    println!("{}", table(&["day", "class ", "planted", "named"], &named));
    Ok(())
}

/// Installs what is missing, without starting a service and without registering anywhere.
fn install_all() -> Result<()> {
    if version("crowdsec").is_ok() && version("fail2ban").is_ok() {
        return Ok(());
    }
    // CrowdSec's installation calls home unless this file is there and not empty.
    if !Path::new(CENTRAL).exists() {
        std::fs::create_dir_all("/etc/crowdsec")?;
        std::fs::write(CENTRAL, "url: http://127.0.0.1:9/\n").context(CENTRAL)?;
    }
    let own_policy = !Path::new(POLICY).exists();
    if own_policy {
        std::fs::write(POLICY, "#!/bin/sh\nexit 101\n").context(POLICY)?;
        ran(Command::new("chmod").args(["+x", POLICY]))?;
    }
    let installed = ran(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args([
        "install",
        "-y",
        "--no-install-recommends",
        "crowdsec",
        "fail2ban",
    ]));
    if own_policy {
        std::fs::remove_file(POLICY)?;
    }
    installed
}

fn ran(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(
        output.status.success(),
        "{:?} failed: {}",
        command.get_program(),
        String::from_utf8_lossy(&output.stderr).lines().take(5).collect::<Vec<_>>().join("\n")
    );
    Ok(())
}

fn version(package: &str) -> Result<String> {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]).output()?;
    ensure!(
        output.status.success() && !output.stdout.is_empty(),
        "{package} is not installed: apt-get update, then give --install"
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A fresh CrowdSec in a folder of its own: installed rules, own data base, own local API.
fn crowdsec_config(folder: &Path) -> Result<PathBuf> {
    let home = folder.join("crowdsec");
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    let data = home.join("data");
    std::fs::create_dir_all(&data)?;
    for file in std::fs::read_dir("/usr/share/crowdsec/data")? {
        let file = file?;
        std::fs::copy(file.path(), data.join(file.file_name()))?;
    }
    let credentials = home.join("local_api.yaml");
    std::fs::write(&credentials, "url: http://127.0.0.1:18080\n")?;
    let config = home.join("config.yaml");
    std::fs::write(&config, settings(&home.display().to_string()))?;
    ran(Command::new("cscli")
        .arg("-c")
        .arg(&config)
        .args(["machines", "add", "lab"])
        .args(["--password", "on-loopback-only", "--force", "-f"])
        .arg(&credentials))?;
    Ok(config)
}

fn settings(home: &str) -> String {
    format!(
        "common:
  daemonize: false
  log_media: stdout
  log_level: info
  log_dir: {home}/
config_paths:
  config_dir: /etc/crowdsec/
  data_dir: {home}/data/
  simulation_path: /etc/crowdsec/simulation.yaml
  hub_dir: /var/lib/crowdsec/hub/
  index_path: /var/lib/crowdsec/hub/.index.json
  plugin_dir: /usr/lib/crowdsec/plugins/
crowdsec_service:
  parser_routines: 1
db_config:
  log_level: info
  type: sqlite
  db_path: {home}/data/crowdsec.db
  use_wal: true
api:
  client:
    credentials_path: {home}/local_api.yaml
  server:
    log_level: error
    listen_uri: 127.0.0.1:18080
    profiles_path: /etc/crowdsec/profiles.yaml
prometheus:
  enabled: false
"
    )
}

/// Rows of day, class, planted and named, from lines such as
/// `(lab/crowdsec) crowdsecurity/ssh-bf by ip 240.1.2.3 : 4h ban on Ip 240.1.2.3`.
fn whom(kind: Kind, said: &str, truth: &Truth) -> Vec<Vec<String>> {
    let named: BTreeSet<&str> = said
        .split(" by ip ")
        .skip(1)
        .filter_map(|rest| rest.split([' ', '"', '(']).next())
        .collect();
    let mut classes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, class) in &truth.classes {
        let counts = classes.entry(name).or_default();
        for source in class.sources.keys().chain(class.groups.iter().flatten()) {
            counts.0 += 1;
            counts.1 += usize::from(named.contains(source.as_str()));
        }
    }
    let row = |(name, (planted, named)): (&str, (usize, usize))| {
        vec![kind.name().to_owned(), name.to_owned(), planted.to_string(), named.to_string()]
    };
    classes.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{Rule, Spec};

    #[test]
    fn reads_whom_it_named() {
        let mut truth = Truth::of(&[Spec::quiet("staff", Rule::Calm)]);
        for source in ["240.1.2.3", "240.1.2.4"] {
            truth.note("staff", source.parse().unwrap(), 1);
        }
        let said = "time=\"x\" level=info msg=\"(lab/crowdsec) crowdsecurity/ssh-bf by ip 240.1.2.3 : 4h ban on Ip 240.1.2.3\"\n";
        assert_eq!(whom(Kind::Sshd, said, &truth), [["sshd", "staff", "2", "1"]]);
    }
}
