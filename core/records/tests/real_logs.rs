//! Real logs, where the environment variable `WARD_DATA` names a folder that holds them.
#![expect(clippy::disallowed_methods, reason = "tests read files that an office would have")]

use std::io::Read;
use std::path::{Path, PathBuf};

use ward_kernel::Time;
use ward_records::{Event, Format, Hints, Reader, Sink};

/// Everything that a file says, without the places.
#[derive(Debug, Default)]
struct Told {
    format: Option<Format>,
    events: Vec<String>,
    asides: Vec<Option<Time>>,
    problems: Vec<String>,
}

impl Sink for Told {
    fn event(&mut self, _at: u64, event: &Event<'_>) {
        self.events.push(format!("{event:?}"));
    }

    fn aside(&mut self, _at: u64, time: Option<Time>) {
        self.asides.push(time);
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        let line = String::from_utf8_lossy(line.get(..line.len().min(200)).unwrap_or_default());
        self.problems.push(format!("{at}: {why}: {line}"));
    }
}

fn data() -> Option<PathBuf> {
    let data = std::env::var_os("WARD_DATA").map(|data| Path::new(&data).join("watch"));
    if data.is_none() {
        println!("skipped: WARD_DATA is not set");
    }
    data
}

fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_default();
    if path.extension().is_some_and(|end| end == "gz") {
        let mut plain = Vec::new();
        // A truncated archive gives what it holds.
        let _ = flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
        return plain;
    }
    bytes
}

/// Reads a file in blocks, as the shell does.
fn read(file: &[u8]) -> Told {
    let mut told = Told::default();
    let head = file.get(..65_536).unwrap_or(file);
    let Some(mut reader) = Reader::recognise(head, &Hints::default()) else { return told };
    told.format = Some(reader.format());
    let mut start = 0;
    while let Some(rest) = file.get(start..).filter(|rest| !rest.is_empty()) {
        let end = match rest.get(..1 << 18) {
            Some(block) => reader.cut(block),
            None => rest.len(),
        };
        assert!(end > 0, "no record ends within 256 KiB");
        let block = rest.get(..end).unwrap_or(rest);
        reader.clone().read(block, start as u64, &mut told);
        reader.advance(block);
        start += end;
    }
    told
}

#[test]
fn zeek_says_the_same_in_both_forms() {
    let Some(data) = data() else { return };
    let mut events = 0;
    for log in [
        "analyzer",
        "capture_loss",
        "dns",
        "ftp",
        "kerberos",
        "known_services",
        "modbus",
        "notice",
        "ntlm",
        "rdp",
        "smb_mapping",
        "smtp",
        "software",
        "ssh",
        "ssl",
        "stats",
        "syslog",
        "weird",
    ] {
        let folder = data.join("zeek-wrccdc2018");
        let tsv = read(&bytes(&folder.join(format!("tsv/{log}.log.gz"))));
        let json = read(&bytes(&folder.join(format!("json/{log}.json.gz"))));
        assert_eq!(tsv.format, Some(Format::ZeekTsv), "{log}");
        assert_eq!(json.format, Some(Format::ZeekJson), "{log}");
        assert!(tsv.problems.is_empty(), "{log}: {:?}", tsv.problems.first());
        assert!(json.problems.is_empty(), "{log}: {:?}", json.problems.first());
        assert_eq!(tsv.asides, json.asides, "{log}");
        assert_eq!(tsv.events.len(), json.events.len(), "{log}");
        for (tsv, json) in tsv.events.iter().zip(&json.events) {
            assert_eq!(tsv, json, "{log}");
        }
        events += tsv.events.len();
    }
    assert!(events > 50_000, "{events}");
}

/// The number of records, of them events, and of problems.
fn counts(path: &Path) -> (Option<Format>, usize, usize, usize) {
    let told = read(&bytes(path));
    (told.format, told.events.len() + told.asides.len(), told.events.len(), told.problems.len())
}

#[test]
fn zeek_logs_of_many_versions() {
    let Some(data) = data() else { return };
    let formats = data.join("zeek-formats");
    for (log, records, events) in EXPECTED {
        let (format, all, some, problems) = counts(&formats.join(log));
        assert!(matches!(format, Some(Format::ZeekTsv | Format::ZeekJson)), "{log}: {format:?}");
        assert_eq!((all, some, problems), (*records, *events, 0), "{log}");
    }
}

/// Records, and how many of them are events; counted in the files by other means.
const EXPECTED: &[(&str, usize, usize)] = &[
    ("zat/conn.log", 360, 360),
    ("zat/conn_date_issue.log", 3, 3),
    ("zat/dns.log", 54, 51),
    ("zat/ftp.log", 7, 0),
    ("zat/http.log", 150, 150),
    ("zat/http.log.corrupt.gz", 150, 150),
    ("zat/http_empty.log", 0, 0),
    ("zat/notice.log", 2, 2),
    ("zat/tor_ssl.log", 733, 0),
    ("zat/weird.log", 12, 0),
    ("zat/json/capture_loss.log", 2, 2),
    ("zat/json/conn.log", 50, 50),
    ("zat/json/dns.log", 50, 50),
    ("zat/json/http.log", 28, 28),
    ("zat/json/loaded_scripts.log", 50, 0),
    ("zat/json/packet_filter.log", 1, 0),
    ("zat/json/stats.log", 7, 0),
    ("zat/json/x509.log", 50, 0),
    ("zeek-cut-logs/conn.log", 5, 5),
    ("zeek-cut-logs/conn-tsv.log", 5, 5),
    ("zeek-cut-logs/conncomma.log", 5, 5),
    ("zeek-cut-logs/conntimelast.log", 5, 5),
    ("zeek-cut-logs/unset-field.log", 1, 0),
    ("zeek-cut-logs/zerotime.log", 6, 0),
];

#[test]
fn no_sample_stops_a_run() {
    let Some(data) = data() else { return };
    let (mut files, mut folders) = (0, vec![data]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let file = bytes(&path);
                read(&file);
                for format in Format::ALL {
                    let mut told = Told::default();
                    let head = file.get(..file.len().min(20_000)).unwrap();
                    Reader::forced(format, &Hints::default()).read(head, 0, &mut told);
                }
                files += 1;
            }
        }
    }
    assert!(files > 300, "{files}");
}

#[test]
fn suricata_alerts_as_arrays() {
    let Some(data) = data() else { return };
    for folder in ["first-org-conf-2015", "honeypot-2018", "wrccdc-2017"] {
        let path = data.join("suricata/frankhassanabad").join(folder).join("alerts-only.json");
        let file = bytes(&path);
        let alerts = memchr::memmem::find_iter(&file, b"\"event_type\": \"alert\"").count();
        assert!(alerts > 20, "{folder}");
        assert_eq!(counts(&path), (Some(Format::Eve), alerts, alerts, 0), "{folder}");
    }
}
