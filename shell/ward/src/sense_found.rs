//! The first settings of a sensor: what this machine logs that Ward can read.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ward_records::{Hints, Reader};

/// Where machines of an office usually log.
const PLACES: &[&str] = &[
    "/var/log/auth.log",
    "/var/log/secure",
    "/var/log/syslog",
    "/var/log/messages",
    "/var/log/kern.log",
    "/var/log/nginx",
    "/var/log/apache2",
    "/var/log/httpd",
    "/var/log/suricata",
    "/opt/zeek/logs/current",
    "/var/log/zeek/current",
];

/// A log that was found, and how it would be read.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Log {
    pub(crate) path: PathBuf,
    pub(crate) format: &'static str,
}

/// The logs of this machine that Ward can read, below a root (`/` but in tests).
pub(crate) fn logs(root: &Path) -> Vec<Log> {
    let mut found = Vec::new();
    for place in PLACES {
        let place = root.join(place.trim_start_matches('/'));
        if place.is_dir() {
            let mut files: Vec<PathBuf> = fs::read_dir(&place)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|end| end == "log" || end == "json"))
                .collect();
            files.sort();
            found.extend(files.into_iter().filter_map(log));
        } else {
            found.extend(log(place));
        }
    }
    found
}

fn log(path: PathBuf) -> Option<Log> {
    let mut head = Vec::new();
    File::open(&path).ok()?.take(64 << 10).read_to_end(&mut head).ok()?;
    let format = Reader::recognise(&head, &Hints::default())?.format().name();
    Some(Log { path, format })
}

/// The first settings: these logs, and the journal where there are none.
pub(crate) fn settings(logs: &[Log], spool: &Path) -> String {
    let mut text = format!(
        "# What this sensor reads; docs/sense.example.toml of Ward explains every line.\n\
         spool = {}\n",
        quoted(spool)
    );
    for Log { path, format } in logs {
        text.push_str(&format!("\n# Read as {format}.\n[[file]]\npath = {}\n", quoted(path)));
    }
    if logs.is_empty() {
        text.push_str(
            "\n# No log was found that Ward can read: the journal is read instead.\n[journal]\n",
        );
    }
    text
}

/// A path as TOML writes it.
fn quoted(path: &Path) -> toml::Value {
    toml::Value::String(path.display().to_string())
}

/// Writes the first settings; leaves those that are there.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let mut file = File::create_new(path)
        .with_context(|| format!("the settings {} cannot be written", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("var/log/nginx")).unwrap();
        let line = "Nov  3 19:00:01 web1 sshd[7]: Failed password for root from 192.0.2.7 port 40022 ssh2\n";
        fs::write(root.join("var/log/auth.log"), line.repeat(3)).unwrap();
        let line =
            "192.0.2.7 - - [03/Nov/2026:19:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
        fs::write(root.join("var/log/nginx/access.log"), line.repeat(3)).unwrap();
        fs::write(root.join("var/log/nginx/notes.txt"), line).unwrap();
        fs::write(root.join("var/log/messages"), [0, 159, 7, 3].repeat(99)).unwrap();
        let found = logs(root);
        let formats: Vec<_> = found.iter().map(|log| log.format).collect();
        assert_eq!(formats, ["syslog", "access"], "{found:?}");
        let text = settings(&found, Path::new("/var/lib/ward \"sense\""));
        let read: ward_sense::Settings = toml::from_str(&text).unwrap();
        assert_eq!(read.files.len(), 2);
        assert!(read.problems().is_empty(), "{:?}", read.problems());
        let none: ward_sense::Settings = toml::from_str(&settings(&[], Path::new("/x"))).unwrap();
        assert!(none.journal.is_some() && none.problems().is_empty());
    }
}
