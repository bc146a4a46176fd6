//! Public logs of real machines, where somebody has them: `WARD_DATA` names their folder.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{report, watch};

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("WARD_DATA").map(|root| PathBuf::from(root).join("watch"));
    if folder.is_none() {
        println!("skipped: WARD_DATA is not set");
    }
    folder
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn no_file_ends_a_run() {
    let Some(folder) = data() else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    assert!(all.len() > 100, "{} holds too little", folder.display());
    // Many at once, each named: a folder would pass over some. One by one only when one fails.
    for many in all.chunks(64) {
        let run = watch(many.iter().map(PathBuf::as_path));
        if run.err.contains("panicked") || ![0, 1, 10, 20, 30].contains(&run.code) {
            let bad = many.iter().find(|path| ![0, 1, 10, 20, 30].contains(&watch([path]).code));
            panic!("{bad:?} of {many:?}: {}", run.err);
        }
    }
}

#[test]
fn the_same_records_as_tsv_and_as_json() {
    let Some(folder) = data() else { return };
    let told = |form: &str| {
        let mut report: Value = report(&folder.join("zeek-wrccdc2018").join(form));
        assert!(report["counts"]["records"].as_u64().unwrap_or(0) > 1_000, "{form}");
        for case in report["cases"].as_array_mut().unwrap() {
            case["evidence"].take();
        }
        (report["counts"].take(), report["cases"].take(), report["hours"].take())
    };
    let (tsv, json) = (told("tsv"), told("json"));
    assert_eq!(tsv.0, json.0);
    assert_eq!(tsv.1, json.1);
    assert_eq!(tsv.2, json.2);
}
