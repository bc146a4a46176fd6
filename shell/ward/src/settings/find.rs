//! Where the settings are, and which sensor an input belongs to.

use std::path::{Path, PathBuf};

/// Where a settings file came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// Named on the command line.
    Given,
    /// In the folder in which Ward runs.
    Here,
    /// In a folder that is read: it may have come with the logs.
    Found,
}

impl Origin {
    /// For the page, after the file's name.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Given => "given with --config",
            Self::Here => "in the folder where ward was run",
            Self::Found => "found in a folder that was read",
        }
    }
}

/// The settings to use: `given`, or `ward.toml` here, or the first in a folder that is read (a
/// link that leads out of that folder is none).
#[must_use]
pub fn find(given: Option<&Path>, inputs: &[PathBuf]) -> Option<(PathBuf, Origin)> {
    let here = || Some(PathBuf::from("ward.toml")).filter(|path| path.is_file());
    let inside = || {
        let own = |dir: &&PathBuf| {
            let path = dir.join("ward.toml");
            path.is_file() && super::found::leads_inside(dir, &path)
        };
        inputs.iter().find(own).map(|dir| dir.join("ward.toml"))
    };
    let with = |origin| move |path| (path, origin);
    let given = given.map(Path::to_owned).map(with(Origin::Given));
    given.or_else(|| here().map(with(Origin::Here))).or_else(|| inside().map(with(Origin::Found)))
}

/// A sensor's name, made from a path: the last folder and the file's name without what rotation
/// and packing add to it, so that `auth.log`, `auth.log.1` and `auth.log-20261101.gz` are one.
#[must_use]
pub fn sensor_name(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folders.rsplit('/').next().unwrap_or("").trim_matches('.');
    let mut stem = file;
    loop {
        let shorter = stem
            .rsplit_once(['.', '-', '_'])
            .filter(|(rest, tail)| !rest.is_empty() && is_added(tail))
            .map_or(stem, |(rest, _)| rest);
        if shorter == stem {
            break;
        }
        stem = shorter;
    }
    if folder.is_empty() { stem.to_owned() } else { format!("{folder}/{stem}") }
}

/// Whether the end of a name says how it is kept rather than what it is.
fn is_added(tail: &str) -> bool {
    let kept =
        ["gz", "zst", "log", "json", "jsonl", "txt", "csv", "old", "xml", "tsv", "pcap", "pcapng"];
    kept.iter().any(|kept| tail.eq_ignore_ascii_case(kept))
        || (!tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit() || byte == b':'))
}

/// Whether a sensor's path fits an input's: a pattern with `*` (anything) and `?` (one character)
/// over the whole path, or without them a part of it.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    if pattern.contains(['*', '?']) {
        matches(pattern.as_bytes(), path.as_bytes())
    } else {
        path.contains(pattern)
    }
}

/// The usual greedy match: after a mismatch, the last star takes one byte more. At most
/// pattern times path steps.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0_usize, 0_usize, None);
    while let Some(byte) = path.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p = p.saturating_add(1);
            }
            Some(want) if *want == b'?' || want == byte => {
                (p, t) = (p.saturating_add(1), t.saturating_add(1));
            }
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken = taken.saturating_add(1);
                    (p, t) = (at.saturating_add(1), *taken);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(fits("boone", "/logs/boone/auth.log"));
        assert!(fits("*/boone/*.log*", "/logs/boone/auth.log.1"));
        assert!(fits("conn.??.log", "conn.11.log"));
        assert!(!fits("*/boone/*.log", "/logs/boone/auth.log.1"));
        assert!(!fits("*a*a*a*a*b", &"a".repeat(500)));
    }

    #[test]
    fn rotated_files_are_one_sensor() {
        for path in ["x/boone/auth.log", "x/boone/auth.log.1", "x/boone/auth.log-20261101.gz"] {
            assert_eq!(sensor_name(path), "boone/auth");
        }
        assert_eq!(sensor_name("zeek/conn.11:00:00-12:00:00.log.gz"), "zeek/conn");
        assert_eq!(sensor_name("zeek/conn-26-06-30_11.00.00.log"), "zeek/conn");
        assert_eq!(sensor_name("standard input"), "standard input");
        assert_eq!(sensor_name("./eve.json"), "eve");
        assert_eq!(sensor_name("tap/outside.pcap.gz"), "tap/outside");
        assert_eq!(sensor_name("2026.log"), "2026");
        assert_eq!(sensor_name(""), "");
    }
}
