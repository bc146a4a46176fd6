//! Every format by a file of its real form: recognised, understood to the last line, judged.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{
    cases, file, fixture, list, not_understood, problems, records, report, root, text, watch,
};

/// A fixture, its format, its records, and the kind, rung and records of its one case.
type Expected = (&'static str, &'static str, u64, Option<(&'static str, &'static str, u64)>);

const SCAN: &str = "scan";
const ATTEMPT: &str = "attempt";

const FIXTURES: [Expected; 32] = [
    ("zeek/conn.log", "zeek", 32, Some(("scan.horizontal", SCAN, 24))),
    ("zeek/http.log", "zeek", 12, Some(("web.sqli", ATTEMPT, 8))),
    ("zeek/ssh.log", "zeek", 14, Some(("login.guess", ATTEMPT, 12))),
    ("zeek/dns.log", "zeek", 4, None),
    ("zeek/notice.log", "zeek", 4, Some(("ids.alert", ATTEMPT, 3))),
    ("zeek/capture_loss.log", "zeek", 3, None),
    ("zeek-json/conn.log", "zeek-json", 32, Some(("scan.horizontal", SCAN, 24))),
    ("zeek-json/http.log", "zeek-json", 12, Some(("web.sqli", ATTEMPT, 8))),
    ("zeek-json/ssh.log", "zeek-json", 14, Some(("login.guess", ATTEMPT, 12))),
    ("zeek-json/dns.log", "zeek-json", 4, None),
    ("zeek-json/notice.log", "zeek-json", 4, Some(("ids.alert", ATTEMPT, 3))),
    ("zeek-json/capture_loss.log", "zeek-json", 3, None),
    ("eve/flow.json", "eve", 21, Some(("scan.horizontal", SCAN, 20))),
    ("eve/alert.json", "eve", 4, Some(("ids.alert", ATTEMPT, 4))),
    ("eve/http.json", "eve", 8, Some(("web.sqli", ATTEMPT, 8))),
    ("eve/dns.json", "eve", 6, None),
    ("eve/ssh.json", "eve", 2, None),
    ("eve/stats.json", "eve", 3, None),
    ("access/combined.log", "access", 13, Some(("web.traversal", ATTEMPT, 8))),
    ("access/vhost.log", "access", 9, Some(("web.sqli", ATTEMPT, 8))),
    ("access/forwarded.log", "access", 9, Some(("web.sqli", ATTEMPT, 8))),
    ("syslog/sshd_rfc3164.log", "syslog", 54, Some(("login.guess", ATTEMPT, 17))),
    ("syslog/sshd_rfc3339.log", "syslog", 54, Some(("login.guess", ATTEMPT, 17))),
    ("syslog/sshd_rfc5424.log", "syslog", 54, Some(("login.guess", ATTEMPT, 17))),
    ("syslog/netfilter_v4.log", "syslog", 21, Some(("scan.horizontal", SCAN, 20))),
    // The ping comes from the same /64.
    ("syslog/netfilter_v6.log", "syslog", 21, Some(("scan.horizontal", SCAN, 21))),
    ("syslog/netfilter_icmp.log", "syslog", 21, Some(("scan.horizontal", SCAN, 20))),
    ("syslog/filterlog.log", "syslog", 22, Some(("scan.horizontal", SCAN, 20))),
    ("vpc-flow/v2.log", "vpc-flow", 24, Some(("scan.slow", SCAN, 20))),
    ("vpc-flow/custom.log", "vpc-flow", 23, Some(("scan.slow", SCAN, 20))),
    ("windows-json/security.jsonl", "windows-json", 18, Some(("login.guess", ATTEMPT, 15))),
    ("windows-xml/security.xml", "windows-xml", 16, Some(("login.guess", ATTEMPT, 15))),
];

/// The first sensor of a report on one file, of which everything was understood.
#[track_caller]
fn only(report: &Value, format: &str) -> Value {
    assert_eq!(problems(report), "");
    assert_eq!(not_understood(report), 0, "{}", report["coverage"]);
    let sensors = list(&report["coverage"]);
    assert_eq!(sensors.len(), 1);
    assert_eq!(text(&sensors[0]["format"]), format);
    sensors[0].clone()
}

#[test]
fn recognised_understood_and_judged() {
    for (name, format, count, case) in FIXTURES {
        let report = report(&fixture(name));
        let sensor = only(&report, format);
        assert_eq!(sensor["records"], count, "{name}");
        assert!(text(&sensor["first"]).starts_with("2026-11-03T18:"), "{name}: {sensor}");
        let case = case.map(|(kind, rung, records)| (kind.to_owned(), rung.to_owned(), records));
        assert_eq!(cases(&report), case.into_iter().collect(), "{name}");
    }
}

#[test]
fn content_decides_and_not_the_name() {
    for (name, format, count, _) in FIXTURES {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let (_dir, path) = file("data.pcap", bytes);
        assert_eq!(only(&report(&path), format)["records"], count, "{name}");
    }
}

#[test]
fn a_forced_format_reads_the_same() {
    for (name, format, count, _) in FIXTURES {
        let path = fixture(name);
        let run = watch([path.to_str().unwrap(), "--json", "--format", format]);
        assert_eq!(only(&run.json(), format)["records"], count, "{name}");
    }
}

#[test]
fn all_in_one_folder() {
    let report = report(&fixture(""));
    assert_eq!(problems(&report), "");
    assert_eq!(not_understood(&report), 0);
    assert_eq!(list(&report["coverage"]).len(), FIXTURES.len());
    assert_eq!(records(&report), FIXTURES.iter().map(|fixture| fixture.2).sum::<u64>());
}

#[test]
fn both_writers_of_zeek_say_the_same() {
    for log in ["conn", "http", "ssh", "dns", "notice", "capture_loss"] {
        let read = |folder: &str| {
            let mut report = report(&fixture(&format!("{folder}/{log}.log")));
            for case in report["cases"].as_array_mut().unwrap() {
                case["evidence"].take();
            }
            (report["cases"].take(), report["counts"].take(), report["hours"].take())
        };
        assert_eq!(read("zeek"), read("zeek-json"), "{log}");
    }
}

#[test]
fn what_records_admit_to_have_lost() {
    for (name, by, lost) in [
        ("zeek/capture_loss.log", "capture_loss", 42),
        ("eve/stats.json", "kernel_drops", 21),
        ("vpc-flow/v2.log", "skipdata", 1),
    ] {
        let sensor = only(&report(&fixture(name)), name.split('/').next().unwrap());
        let losses = list(&sensor["losses"]);
        assert_eq!((losses.len(), text(&losses[0]["by"])), (1, by), "{name}");
        assert_eq!(losses[0]["lost"], lost, "{name}");
    }
}

#[test]
fn no_submitted_secret_is_kept() {
    for name in ["zeek/http.log", "zeek-json/http.log"] {
        let dir = tempfile::tempdir().unwrap();
        let page = dir.path().join("page.html");
        let path = fixture(name);
        let run = watch([path.as_os_str(), "--json".as_ref(), "--html".as_ref(), page.as_os_str()]);
        let page = std::fs::read_to_string(page).unwrap();
        assert!(!run.out.contains("not-kept-7731") && !page.contains("not-kept-7731"), "{name}");
    }
}

#[test]
fn behind_a_proxy_the_client_is_who_asked() {
    let path = fixture("access/forwarded.log");
    let source = |settings: &str| {
        let (_dir, config) = file("ward.toml", settings);
        let words = [path.as_os_str(), "--json".as_ref(), "--config".as_ref(), config.as_os_str()];
        let report = watch(words).ended(10).json();
        report["cases"][0]["sources"].clone()
    };
    assert_eq!(source("[network]\ntrusted_proxies = [\"198.51.100.2/32\"]\n")[0], "203.0.113.9");
    // Anybody can write the header: without a word of the office it is not believed.
    assert_eq!(source("")[0], "198.51.100.2");
}

#[test]
fn planted_bad_lines_are_told_with_their_place() {
    for (name, format, count, _) in FIXTURES.iter().filter(|fixture| fixture.2 > 10) {
        let good = std::fs::read(fixture(name)).unwrap();
        let lines: Vec<&[u8]> = good.split_inclusive(|byte| *byte == b'\n').collect();
        let (before, after) = lines.split_at(lines.len() - 3);
        let bad = b"{\"torn\": \"\xff\n".as_slice();
        let offset = before.concat().len();
        let (_dir, path) = file("x.log", [before.concat(), bad.to_vec(), after.concat()].concat());
        let report = report(&path);
        let sensor = &report["coverage"][0];
        assert_eq!(text(&sensor["format"]), *format, "{name}");
        assert_eq!(sensor["records"], *count, "{name}: the other lines are read");
        let bad = &sensor["not_understood"];
        assert_eq!(bad["lines"], 1, "{name}: {bad}");
        // XML has no lines: there the place is where the event before it ends.
        let told = bad["samples"][0]["offset"].as_u64().unwrap_or(0);
        let before = if *format == "windows-xml" { told + 2 } else { told };
        assert_eq!(before, offset as u64, "{name}: {bad}");
        assert!(!text(&bad["samples"][0]["why"]).is_empty());
    }
}

/// The captures of `ward-packets`.
fn capture(name: &str) -> PathBuf {
    root().join("core/packets/tests/fixtures").join(name)
}

fn flows(path: &Path) -> (String, u64) {
    let report = report(path);
    assert_eq!(problems(&report), "", "{}", path.display());
    let sensor = &report["coverage"][0];
    (text(&sensor["format"]).to_owned(), sensor["records"].as_u64().unwrap_or(0))
}

#[test]
fn captures_and_exports() {
    for name in [
        "syn",
        "connect",
        "stealth",
        "backscatter",
        "datagrams",
        "fragments",
        "nano",
        "short",
        "v6",
    ] {
        let (format, records) = flows(&capture(&format!("{name}.pcap")));
        assert_eq!(format, "pcap", "{name}");
        assert!(records > 0, "{name}");
    }
    for name in ["export_v5", "export_v9", "export_ipfix", "export_biflow"] {
        assert!(flows(&capture(&format!("{name}.pcap"))).1 > 0, "{name}");
    }
    // Sampled exporters are counted and not scored.
    let report = report(&capture("export_sampled.pcap"));
    assert_eq!(list(&report["cases"]).len(), 0);
}

/// A capture rewritten as pcapng (draft-ietf-opsawg-pcapng): a section, an interface, a packet
/// block for each packet.
fn as_pcapng(pcap: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(pcap[at..at + 4].try_into().unwrap());
    assert_eq!(word(0), 0xa1b2_c3d4, "a capture in microseconds, little-endian");
    let mut out = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let padding = (4 - body.len() % 4) % 4;
        let length = u32::try_from(12 + body.len() + padding).unwrap().to_le_bytes();
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&length);
        out.extend_from_slice(body);
        out.extend_from_slice(&[0; 3][..padding]);
        out.extend_from_slice(&length);
    };
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>();
    block(0x0a0d_0d0a, &words(&[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]));
    block(1, &words(&[word(20), word(16)]));
    let mut at = 24;
    while at < pcap.len() {
        let (seconds, micros, kept, whole) = (word(at), word(at + 4), word(at + 8), word(at + 12));
        let time = u64::from(seconds) * 1_000_000 + u64::from(micros);
        let (high, low) = (u32::try_from(time >> 32).unwrap(), (time & 0xffff_ffff) as u32);
        let end = at + 16 + kept as usize;
        block(6, &[words(&[0, high, low, kept, whole]), pcap[at + 16..end].to_vec()].concat());
        at = end;
    }
    out
}

#[test]
fn both_kinds_of_capture_say_the_same() {
    for name in ["syn.pcap", "web.pcap", "mixed.pcap", "v6.pcap"] {
        let pcap = std::fs::read(capture(name)).unwrap();
        let (_dir, path) = file("tap.pcapng", as_pcapng(&pcap));
        let (format, records) = flows(&path);
        assert_eq!(format, "pcap");
        assert_eq!(records, flows(&capture(name)).1, "{name}");
    }
}

#[test]
fn a_cut_capture_says_so() {
    let pcap = std::fs::read(capture("web.pcap")).unwrap();
    let (_dir, path) = file("tap.pcap", &pcap[..pcap.len() - 7]);
    let report = report(&path);
    assert!(records(&report) > 0);
    assert!(not_understood(&report) > 0 || !problems(&report).is_empty(), "{report}");
}
