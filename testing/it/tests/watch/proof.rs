//! The evidence folder: what it holds can be checked with nothing but standard tools.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::common::{file, fixture, gzip, has, list, recorded, root, text, watch};
use crate::exits::{broken_in, honest};

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The content of a log, unpacked.
fn content(path: &str) -> Vec<u8> {
    let raw = fs::read(path).unwrap();
    if !raw.starts_with(b"\x1f\x8b") {
        return raw;
    }
    let mut content = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut content).unwrap();
    content
}

/// The line at an offset, without its newline.
fn line(content: &[u8], offset: &Value) -> Vec<u8> {
    let rest = &content[usize::try_from(offset.as_u64().unwrap()).unwrap()..];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap();
    line.strip_suffix(b"\r").unwrap_or(line).to_vec()
}

fn sums_hold(dir: &Path) -> bool {
    let words = ["-c", "--strict", "--quiet", "SHA256SUMS"];
    Command::new("sha256sum").args(words).current_dir(dir).output().unwrap().status.success()
}

/// Checks a folder; returns how many lines it holds.
fn check(dir: &Path, report: &Value) -> usize {
    let mut held = 0;
    let above = |case: &&Value| case["rung"] != "scan" && case["authorised"].is_null();
    for case in list(&report["cases"]).iter().filter(above) {
        let folder = dir.join(format!("case-{}", text(&case["id"])));
        let manifest = fs::read(folder.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(manifest["case"]["id"], case["id"]);
        let raw = fs::read(folder.join("records.log")).unwrap();
        let mut kept = raw.split(|byte| *byte == b'\n');
        for entry in list(&manifest["lines"]) {
            let source = line(&content(text(&entry["file"])), &entry["offset"]);
            assert_eq!(kept.next(), Some(source.as_slice()), "{entry}");
            assert_eq!(text(&entry["sha256"]), hash(&source), "{entry}");
            held += 1;
        }
        assert_eq!((kept.next(), kept.next()), (Some(&b""[..]), None), "nothing else is there");
    }
    held
}

fn write(input: &Path, dir: &Path) -> Value {
    let words = [input.as_os_str(), "--evidence".as_ref(), dir.as_os_str(), "--json".as_ref()];
    let run = watch(words);
    assert!(run.err.contains("evidence of") && !run.err.contains("panicked"), "{}", run.err);
    run.json()
}

#[test]
fn of_every_format() {
    let out = tempfile::tempdir().unwrap();
    for name in [
        "syslog/sshd_rfc3164.log",
        "access/forwarded.log",
        "zeek/http.log",
        "zeek-json/ssh.log",
        "eve/http.json",
        "eve/alert.json",
        "windows-json/security.jsonl",
        "windows-xml/security.xml",
    ] {
        let dir = out.path().join(name.replace('/', "-"));
        let held = check(&dir, &write(&fixture(name), &dir));
        assert!(held >= 3, "{name}: {held} lines");
        if has("sha256sum") {
            assert!(sums_hold(&dir), "{name}");
        }
    }
}

#[test]
fn of_a_packed_file_and_of_windows_lines() {
    let out = tempfile::tempdir().unwrap();
    let lines = broken_in() + &honest(0..60);
    let forms = [
        ("packed", gzip(lines.as_bytes())),
        ("windows", lines.replace('\n', "\r\n").into_bytes()),
        ("open", lines.trim_end().as_bytes().to_vec()),
    ];
    for (name, bytes) in forms {
        let (_dir, path) = file("auth.log", bytes);
        let dir = out.path().join(name);
        assert_eq!(check(&dir, &write(&path, &dir)), 31, "{name}");
    }
}

#[test]
fn of_the_recording() {
    let out = tempfile::tempdir().unwrap();
    // Only the logs: the capture's own bytes are its evidence.
    let dir = out.path().join("evidence");
    let held = check(&dir, &write(&root().join("samples/logs/bastion"), &dir));
    assert!(held > 100, "{held}");
    if has("sha256sum") {
        assert!(sums_hold(&dir));
        fs::write(dir.join("README.txt"), "changed").unwrap();
        assert!(!sums_hold(&dir), "a change is found");
    }
    // What is there already is never written over.
    let (_dir, path) = file("auth.log", broken_in());
    let run = watch([path.as_os_str(), "--evidence".as_ref(), dir.as_os_str()]).ended(1);
    assert!(run.err.contains("give a new folder"), "{}", run.err);
}

#[test]
fn the_report_quotes_what_stands_there() {
    let report = recorded();
    let mut quoted = 0;
    let evidence = |case: &Value| list(&case["evidence"]).to_vec();
    for item in list(&report["cases"]).iter().flat_map(evidence).filter(|i| !i["line"].is_null()) {
        let source = line(&content(text(&item["file"])), &item["offset"]);
        assert_eq!(text(&item["sha256"]), hash(&source), "{item}");
        quoted += 1;
    }
    assert!(quoted > 20, "{quoted}");
}
