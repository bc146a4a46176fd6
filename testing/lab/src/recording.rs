//! Scores a recording of real services and real tools against what its recorder planted.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;

use crate::trial;

/// `ward-lab recording`.
#[derive(Args, Debug)]
pub struct Recording {
    /// The recording's folder, with its truth in lab/truth.json
    pub folder: PathBuf,
    /// The program
    #[arg(long, default_value = "target/release/ward")]
    pub ward: PathBuf,
}

#[derive(Deserialize)]
struct Truth {
    items: Vec<Item>,
}

/// One thing that the recorder did: `rung` is `null` for honest people.
#[derive(Deserialize)]
struct Item {
    name: String,
    rung: Option<String>,
    kind: String,
    sources: BTreeSet<String>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    rung: String,
    kind: String,
    title: String,
    sources: BTreeSet<String>,
    authorised: Option<String>,
}

impl Item {
    /// Whether a case must tell of it: honest people and single packets need none.
    fn is_planted(&self) -> bool {
        self.rung.as_deref().is_some_and(|rung| rung != "null") && self.kind != "background"
    }

    fn is_told_by(&self, case: &Case) -> bool {
        let held = self.sources.intersection(&case.sources).count();
        let kind = case.kind == self.kind || self.also.contains(&case.kind);
        Some(case.rung.as_str()) == self.rung.as_deref()
            && kind
            && held * 10 >= self.sources.len() * 9
            && held * 10 >= case.sources.len() * 9
    }
}

/// Watches the recording and compares; returns whether every planted attack stands on its rung in
/// one case and nothing else stands above scan.
///
/// # Errors
/// When the program or the truth cannot be read.
pub fn run(recording: &Recording) -> Result<bool> {
    let ward = trial::program(&recording.ward)?;
    let path = recording.folder.join("lab/truth.json");
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    let truth: Truth = serde_json::from_reader(file).with_context(|| path.display().to_string())?;
    let report = watch(&ward, &recording.folder)?;
    let mut right = true;
    let mut told = BTreeSet::new();
    println!("{:<42} {:<8} {:<26} told by", "planted", "rung", "kind");
    for item in truth.items.iter().filter(|item| item.is_planted()) {
        let cases: Vec<&Case> = report.cases.iter().filter(|case| item.is_told_by(case)).collect();
        told.extend(cases.iter().map(|case| case.id.as_str()));
        let verdict = match cases[..] {
            [one] => one.id.clone(),
            [] => "NO CASE".to_owned(),
            _ => format!("{} CASES", cases.len()),
        };
        right &= cases.len() == 1;
        let rung = item.rung.as_deref().unwrap_or_default();
        println!("{:<42} {rung:<8} {:<26} {verdict}", item.name, item.kind);
    }
    for case in &report.cases {
        let above = case.rung != "scan" && case.authorised.is_none();
        if above && !told.contains(case.id.as_str()) {
            right = false;
            println!("NOT PLANTED: {} {} {}: {}", case.id, case.rung, case.kind, case.title);
        }
    }
    println!("{}", if right { "PASSED" } else { "MISSED" });
    Ok(right)
}

fn watch(ward: &Path, folder: &Path) -> Result<Report> {
    let out = Command::new(ward)
        .args(["watch", "--json", "--no-progress"])
        .arg(folder)
        .output()
        .with_context(|| format!("{} cannot be run", ward.display()))?;
    serde_json::from_slice(&out.stdout)
        .with_context(|| format!("no report: {}", String::from_utf8_lossy(&out.stderr).trim_end()))
}
