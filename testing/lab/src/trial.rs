//! A trial: make days, let `ward` watch them, score what it says.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::bench::child;
use crate::day::{Kind, Lines, Order};
use crate::make;
use crate::score::report::Report;
use crate::score::{Score, score, table};
use crate::truth::Truth;

/// What a trial is made of.
#[derive(clap::Args, Clone, Debug)]
pub struct Trial {
    /// How many lines each day has: 100000, 100k, 1M
    #[arg(long, default_value = "1M")]
    pub lines: Lines,
    /// The seeds of the days
    #[arg(long, value_delimiter = ',', default_value = "1,2,3")]
    pub seeds: Vec<u64>,
    /// The kinds of days
    #[arg(long, value_delimiter = ',', default_value = "conn,sshd,nginx,fw")]
    pub kinds: Vec<Kind>,
    /// The program
    #[arg(long, value_name = "PATH", default_value = "target/release/ward")]
    pub ward: PathBuf,
    /// Make the days here and keep them [default: a folder of the system's, emptied at the end]
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs a trial; whether every bound was kept.
///
/// # Errors
/// When a day cannot be made, or the program gives no report.
pub fn run(trial: &Trial) -> Result<bool> {
    let ward = program(&trial.ward)?;
    let kept = trial.dir.is_some();
    let folder = trial
        .dir
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("ward-lab-{}", std::process::id())));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let mut scores = Vec::new();
    let mut outcome = Ok(());
    'days: for kind in &trial.kinds {
        for seed in &trial.seeds {
            match one(&ward, &folder, *kind, trial.lines.0, *seed, kept) {
                Ok(score) => scores.push(score),
                Err(why) => {
                    outcome = Err(why);
                    break 'days;
                }
            }
            if let (false, Some(score)) = (trial.json, scores.last()) {
                println!("{}", table::of_score(score));
            }
        }
    }
    if !kept {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    outcome?;
    if trial.json {
        println!("{}", serde_json::to_string_pretty(&scores)?);
    } else {
        print!("{}", summary(&scores));
    }
    Ok(scores.iter().all(|score| score.passed))
}

/// The program's full path.
///
/// # Errors
/// When it is not there.
pub fn program(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| {
        format!("{} is not there: cargo build --release, or give --ward PATH", path.display())
    })
}

/// Makes the ordered day in a folder, if it is not there; its path and truth.
///
/// # Errors
/// When the day cannot be made or written.
pub fn day(folder: &Path, order: &Order) -> Result<(PathBuf, Truth)> {
    let form = if order.dress.json { ".json" } else { "" };
    let name = format!("{}-{}-{}{form}", order.kind, order.lines, order.seed);
    let (log, truth) = (folder.join(format!("{name}.log")), folder.join(format!("{name}.truth")));
    let known = std::fs::read(&truth).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let (Some(known), true) = (known, log.exists()) {
        return Ok((log, known));
    }
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&log)?);
    let made = make::make(order, &mut out)?;
    out.flush()?;
    // The truth comes last: where it is, the log is complete.
    std::fs::write(&truth, serde_json::to_vec(&made)?)?;
    Ok((log, made))
}

fn one(ward: &Path, folder: &Path, kind: Kind, lines: u64, seed: u64, kept: bool) -> Result<Score> {
    let (log, truth) = day(folder, &Order::new(kind, lines, seed)?)?;
    let report = log.with_extension("report.json");
    let command = child::words(&[&ward, &"watch", &"--json", &log]);
    let cost = child::run(&command, folder, Some(&report))?;
    let json = std::fs::read(&report)?;
    ensure!(
        !json.is_empty(),
        "ward watch gave no report (exit {}): {}",
        cost.code,
        child::errors(folder)
    );
    let score = score(&Report::read(&json)?, &truth)?;
    if !kept {
        std::fs::remove_file(&log)?;
    }
    Ok(score)
}

fn summary(scores: &[Score]) -> String {
    let rows: Vec<Vec<String>> = scores
        .iter()
        .map(|score| {
            let missed = score.classes.iter().filter(|row| row.kept == Some(false));
            let missed: Vec<&str> = missed
                .map(|row| row.class.as_str())
                .chain(score.checks.iter().filter(|check| !check.kept()).map(|c| c.what.as_str()))
                .collect();
            vec![
                score.kind.clone(),
                score.seed.to_string(),
                score.lines.to_string(),
                if score.passed { "PASSED".to_owned() } else { "MISSED".to_owned() },
                missed.join(", "),
            ]
        })
        .collect();
    table::table(&["day", "seed", "lines", "verdict ", "missed "], &rows)
}
