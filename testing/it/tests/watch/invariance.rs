//! The same records give the same answer, however they are laid out and read.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::common::{file, gzip, has, list, report, watch, watch_stdin};
use crate::days::{Dice, File, Parts, day, lay_out, mixed};

/// The report without what names places: evidence, problems, and the files of bad lines.
fn bare(mut report: Value) -> Value {
    report["problems"].take();
    for case in report["cases"].as_array_mut().expect("cases") {
        case["evidence"].take();
    }
    for sensor in report["coverage"].as_array_mut().expect("coverage") {
        sensor["not_understood"]["samples"].take();
    }
    report
}

/// The answer for the mixed day as it was made, on one thread.
fn plain() -> &'static Value {
    static PLAIN: OnceLock<Value> = OnceLock::new();
    PLAIN.get_or_init(|| {
        let answer = bare(on_threads(&lay_out(mixed()), 1));
        assert_eq!(answer["counts"]["records"], 80_000);
        assert!(list(&answer["cases"]).len() > 50, "the day holds too little to compare");
        answer
    })
}

fn on_threads(dir: &tempfile::TempDir, threads: usize) -> Value {
    let path = day(dir);
    let threads = threads.to_string();
    let words = [path.to_str().expect("a path"), "--json", "--threads", &threads];
    let run = watch(words);
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run.json()
}

/// Where two values differ first.
fn difference(place: &str, left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: std::collections::BTreeSet<&String> =
                one.keys().chain(other.keys()).collect();
            keys.into_iter()
                .find_map(|key| difference(&format!("{place}.{key}"), &left[key], &right[key]))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(at, (left, right))| difference(&format!("{place}[{at}]"), left, right)),
        (left, right) => {
            let short = |value: &Value| value.to_string().chars().take(600).collect::<String>();
            (left != right).then(|| format!("{place}: {} is now {}", short(left), short(right)))
        }
    }
}

#[track_caller]
fn same(left: &Value, right: Value) {
    assert_eq!(difference("report", left, &bare(right)), None);
}

#[test]
fn any_number_of_threads() {
    let dir = lay_out(mixed());
    for threads in 2..=4 {
        same(plain(), on_threads(&dir, threads));
    }
}

/// Cuts a file at random lines into pieces that are named as rotation names them.
fn pieces(file: &File, dice: &mut Dice) -> Vec<File> {
    let (name, bytes) = file;
    let parts = Parts::of(bytes);
    let mut cuts: Vec<usize> = (0..4).map(|_| dice.below(parts.lines.len())).chain([0]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().skip(1).copied().chain([parts.lines.len()]);
    let names = ["", ".1", ".2.gz", "-20261103", ".4.gz"];
    cuts.iter()
        .zip(ends)
        .zip(names)
        .map(|((from, to), added)| {
            let whole = parts.file(parts.lines.get(*from..to).expect("a piece"));
            let packed = if added.ends_with(".gz") { gzip(&whole) } else { whole };
            (format!("{name}{added}"), packed)
        })
        .collect()
}

#[test]
fn any_cut_into_files() {
    let mut dice = Dice(7);
    for threads in [1, 3] {
        let files: Vec<File> = mixed().iter().flat_map(|file| pieces(file, &mut dice)).collect();
        assert!(files.len() >= 16);
        same(plain(), on_threads(&lay_out(&files), threads));
    }
}

#[test]
fn any_order_of_lines() {
    let mut dice = Dice(11);
    let shuffled = |(name, bytes): &File| {
        let parts = Parts::of(bytes);
        let mut lines = parts.lines.clone();
        dice.shuffle(&mut lines);
        (name.clone(), parts.file(&lines))
    };
    let files: Vec<File> = mixed().iter().map(shuffled).collect();
    same(plain(), on_threads(&lay_out(&files), 2));
}

#[test]
fn gzip_of_one_member_and_of_many() {
    let packed = |(name, bytes): &File| {
        let members: Vec<u8> = bytes.chunks(700_001).flat_map(gzip).collect();
        (format!("{name}.gz"), members)
    };
    let one = |(name, bytes): &File| (format!("{name}.gz"), gzip(bytes));
    same(plain(), on_threads(&lay_out(&mixed().iter().map(packed).collect::<Vec<_>>()), 2));
    same(plain(), on_threads(&lay_out(&mixed().iter().map(one).collect::<Vec<_>>()), 2));
}

#[test]
fn zstd() {
    if !has("zstd") {
        return;
    }
    let dir = lay_out(mixed());
    let names = mixed().iter().map(|(name, _)| day(&dir).join(name));
    let done = Command::new("zstd").args(["-q", "--rm"]).args(names).status();
    assert!(done.expect("zstd runs").success());
    assert!(fs::read_dir(day(&dir)).expect("a folder").flatten().all(|entry| {
        Path::new(&entry.file_name()).extension().is_some_and(|ending| ending == "zst")
    }));
    same(plain(), on_threads(&dir, 2));
}

#[test]
fn standard_input() {
    for (name, bytes) in mixed() {
        let (_dir, path) = file(name, bytes);
        let mut from_file = bare(report(&path));
        from_file["coverage"][0]["sensor"] = "standard input".into();
        same(&from_file, watch_stdin(bytes, &["--json"]).json());
        same(&from_file, watch_stdin(&gzip(bytes), &["--json", "--threads", "1"]).json());
    }
}
