//! The public schema: every field of `--json`, against a list that is kept beside the tests. A
//! field that is renamed or lost fails here; one that is new is added to the list and to the
//! documentation.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::{file, fixture, gzip, recorded, report, text, watch};
use crate::exits::{broken_in, honest};

const KEYS: &str = include_str!("schema_keys.txt");

/// Objects whose keys are names of things, not of fields.
const MAPS: [&str; 3] = ["counts.by_rung", "counts.by_kind", "counts.known_scanners"];

fn collect(place: &str, value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if MAPS.contains(&place) { "*" } else { name };
                let dot = if place.is_empty() { "" } else { "." };
                let place = format!("{place}{dot}{name}");
                collect(&place, value, keys);
                keys.insert(place);
            }
        }
        Value::Array(items) => {
            let place = format!("{place}[]");
            items.iter().for_each(|item| collect(&place, item, keys));
        }
        _ => {}
    }
}

/// A folder whose report leaves no list empty.
fn everything() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let copy = |from: &str, to: &str| put(to, &fs::read(fixture(from)).unwrap());
    copy("zeek/conn.log", "conn.log");
    copy("zeek/capture_loss.log", "capture_loss.log");
    copy("syslog/netfilter_v6.log", "kern.log");
    put("auth.log", (honest(0..60) + &broken_in() + &honest(240..300) + "noise\n").as_bytes());
    let packed = gzip(&fs::read(fixture("access/combined.log")).unwrap());
    put("access.log.gz", &packed[..packed.len() - 9]);
    let settings = "[[scanner]]\nname = \"State University\"\nnetworks = [\"203.0.113.9/32\"]\n";
    put("ward.toml", settings.as_bytes());
    dir
}

#[test]
fn every_field_is_there() {
    let dir = everything();
    let mut keys = BTreeSet::new();
    for report in [&report(dir.path()), recorded()] {
        assert_eq!(report["schema"], "ward.watch/1");
        collect("", report, &mut keys);
    }
    let listed: BTreeSet<String> = KEYS.lines().map(str::to_owned).collect();
    let lost: Vec<_> = listed.difference(&keys).collect();
    let new: Vec<_> = keys.difference(&listed).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnew: {new:#?}");
}

#[test]
fn the_field_is_there_when_there_is_nothing_to_say() {
    let (_dir, path) = file("auth.log", honest(0..60));
    let quiet = report(&path);
    for field in KEYS.lines().filter(|key| !key.contains(['.', '['])) {
        assert!(quiet.get(field).is_some(), "{field}");
    }
    assert_eq!(quiet["highest"], Value::Null);
    let by_rung = quiet["counts"]["by_rung"].as_object().unwrap();
    let rungs: BTreeSet<&str> = by_rung.keys().map(String::as_str).collect();
    assert_eq!(rungs, BTreeSet::from(["access", "attempt", "effect", "scan"]));
}

#[test]
fn definitions_have_a_version_and_all_rungs() {
    let definitions = report(&fixture("zeek/conn.log"))["definitions"].take();
    assert!(!text(&definitions["version"]).is_empty());
    let rungs: Vec<&str> =
        definitions["rungs"].as_array().unwrap().iter().map(|one| text(&one["rung"])).collect();
    assert_eq!(rungs, ["scan", "attempt", "access", "effect"]);
}

#[test]
fn numbers_agree_with_each_other() {
    let report = recorded();
    let sum = |list: &Value, key: &str| -> u64 {
        list.as_array().unwrap().iter().map(|one| one[key].as_u64().unwrap()).sum()
    };
    let counted = report["counts"]["records"].as_u64().unwrap();
    assert_eq!(sum(&report["coverage"], "records"), counted);
    assert_eq!(sum(&report["hours"], "records"), counted);
    let hours = report["hours"].as_array().unwrap().len();
    for sensor in report["coverage"].as_array().unwrap() {
        assert_eq!(sensor["hours"].as_array().unwrap().len(), hours);
        let by_hour: u64 =
            sensor["hours"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(by_hour, sensor["records"].as_u64().unwrap());
    }
    let cases = report["cases"].as_array().unwrap();
    let ids: BTreeSet<&str> = cases.iter().map(|case| text(&case["id"])).collect();
    assert_eq!(ids.len(), cases.len(), "no two cases share an id");
    for case in cases {
        for related in case["related"].as_array().unwrap() {
            assert!(ids.contains(text(related)), "{related} is no case");
        }
        assert!(!case["because"].as_array().unwrap().is_empty(), "{case}");
        assert!(!case["evidence"].as_array().unwrap().is_empty(), "{case}");
        assert!(text(&case["first"]) <= text(&case["last"]));
    }
}

#[test]
fn an_answer_about_one_address_is_json_too() {
    let (_dir, path) = file("auth.log", broken_in());
    let words = [path.to_str().unwrap(), "--json", "--why", "203.0.113.5"];
    let answer = watch(words).ended(20).json();
    let mut keys = BTreeSet::new();
    collect("", &answer, &mut keys);
    let expected = [
        "cases",
        "cases[].because",
        "cases[].id",
        "cases[].kind",
        "cases[].rung",
        "cases[].title",
        "did",
        "highest",
        "records",
        "searched",
        "seen",
        "span",
        "subject",
        "would_raise",
    ];
    assert_eq!(keys, expected.map(str::to_owned).into());
}
