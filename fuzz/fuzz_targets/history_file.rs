//! A damaged file of the history: named, never a panic. Its tail, which says what the rest means, is
//! always the one that was written: another is refused by its hash before it is read.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use ward_history::{Flush, Heard, History, Indicator, Limits, Query, Reader};
use ward_kernel::{KeyKind, Rung, Sighting, Time};

const DAY: i32 = 20_760;
const FOLDER: &str = "sightings/day=2026-11-03";
const FIRST: &str = "part-000000000001-000000000001.parquet";
const SECOND: &str = "part-000000000002-000000000002.parquet";

/// The history: a sound file, and the manifest that names it and the one that is damaged.
struct House {
    root: PathBuf,
    manifest: Value,
    sound: Vec<u8>,
    tail: usize,
    asked: Vec<Indicator>,
}

fn sightings(from: u32) -> Vec<Sighting> {
    let one = |number: u32| {
        let (kind, key) = match number % 4 {
            0 => (KeyKind::Address, format!("192.0.2.{number}")),
            1 => (KeyKind::Account, format!("clerk-{number}")),
            2 => (KeyKind::Domain, format!("h{number}.county.example")),
            _ => (KeyKind::Hash, format!("{number:032x}")),
        };
        let first = Time::from_secs(i64::from(DAY) * 86_400 + i64::from(number));
        Sighting {
            day: DAY,
            kind,
            key,
            sensor: format!("sensor-{}", number % 3),
            jurisdiction: "adair".to_owned(),
            count: u64::from(number) + 1,
            first,
            last: first.plus(1_000_000),
            rung: (number % 5 == 0).then_some(Rung::Attempt),
        }
    };
    (from..from + 40).map(one).collect()
}

fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let root = std::env::temp_dir().join(format!("ward-fuzz-history-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let mut history = History::open(&root).unwrap();
        for (position, from) in [(1, 0), (2, 30)] {
            let heard = Heard {
                day: DAY,
                sensor: "sensor-0".to_owned(),
                jurisdiction: "adair".to_owned(),
                records: 9,
            };
            history
                .flush(Flush {
                    sightings: &mut sightings(from),
                    heard: &[heard],
                    from: position,
                    to: position,
                })
                .unwrap();
        }
        let manifest = std::fs::read(root.join("manifest.json")).unwrap();
        let asked = ["192.0.2.0", "192.0.2.0/24", "*.county.example", "clerk-5", "nobody"];
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        House {
            tail: manifest["days"]["2026-11-03"][1]["tail"].as_u64().unwrap() as usize,
            manifest,
            sound: std::fs::read(root.join(FOLDER).join(SECOND)).unwrap(),
            asked: asked.iter().map(|text| Indicator::parse(text).unwrap()).collect(),
            root,
        }
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts the damaged file in its place, with a manifest that says that it should be so long.
fn put(house: &House, damaged: &[u8]) {
    let bytes = [damaged, &house.sound[house.tail..]].concat();
    let folder = house.root.join(FOLDER);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(FIRST), &bytes).unwrap();
    std::fs::write(folder.join(SECOND), &house.sound).unwrap();
    let mut manifest = house.manifest.clone();
    let part = &mut manifest["days"]["2026-11-03"][0];
    part["bytes"] = json!(bytes.len());
    part["sha256"] = json!(hexadecimal(&bytes));
    part["tail"] = json!(damaged.len());
    part["tail_sha256"] = json!(hexadecimal(&bytes[damaged.len()..]));
    std::fs::write(house.root.join("manifest.json"), manifest.to_string()).unwrap();
}

fn hunt(house: &House) -> ward_history::Answer {
    let limits = Limits { daily: true, ..Limits::default() };
    let query = Query { indicators: &house.asked, days: DAY..=DAY, jurisdictions: None, limits };
    Reader::new(&house.root).hunt(&query).unwrap()
}

/// The Parquet library's own panics are caught where files are read, and count as damage; any
/// other is a finding.
fn judge_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or("", |location| location.file());
        let theirs = !place.contains("/shell/") && !place.contains("fuzz_targets");
        if !theirs || std::env::var_os("WARD_FUZZ_ALL_PANICS").is_some() {
            before(panic);
        }
    }));
}

libfuzzer_sys::fuzz_target!(init: judge_panics(), |bytes: &[u8]| {
    let house = house();
    put(house, bytes);
    let before = hunt(house);
    assert!(before.problems.iter().all(|problem| problem.file.ends_with(FIRST)));
    assert_eq!(before.found.len() + before.absent.len(), house.asked.len());

    let sound = bytes == &house.sound[..house.tail];
    assert!(before.problems.is_empty() || !sound, "{:?}", before.problems);

    let mut history = History::open(Path::new(&house.root)).unwrap();
    let compacted = history.compact(DAY).unwrap();
    let after = hunt(house);
    if compacted.problems.is_empty() {
        assert!(after.problems.is_empty(), "what is merged is sound: {:?}", after.problems);
        assert_eq!(history.check().unwrap(), []);
        assert!(after.found == before.found || !sound, "merging changes no answer");
    } else {
        assert!(compacted.after == compacted.before, "a damaged file is left as it is");
    }
});
