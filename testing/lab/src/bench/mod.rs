//! Whole-process benches: the built program on large days, beside `mawk` and `jq` cutting four
//! fields out of the same file and, when asked, beside CrowdSec and fail2ban.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::day::{Dress, Kind, Lines, Order};
use crate::score::table::table;
use crate::trial;
use child::{Cost, median, words};

pub mod child;
pub mod peers;

/// What is measured.
#[derive(clap::Args, Clone, Debug)]
pub struct Bench {
    /// The program
    #[arg(long, value_name = "PATH", default_value = "target/release/ward")]
    pub ward: PathBuf,
    /// How many lines each day has: 100000, 100k, 1M
    #[arg(long, default_value = "1M")]
    pub lines: Lines,
    /// How often each command runs; the median counts
    #[arg(long, default_value_t = 3)]
    pub runs: usize,
    /// Also measure memory with ten times the lines
    #[arg(long)]
    pub memory: bool,
    /// Also run CrowdSec and fail2ban on smaller files (slow: many minutes)
    #[arg(long)]
    pub peers: bool,
    /// With --peers: install them by apt-get where they are missing
    #[arg(long, requires = "peers")]
    pub install: bool,
    /// Make and keep the days here [default: ward-lab-bench in the system's folder]
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// Exit 1 when a bound of speed or memory is missed
    #[arg(long)]
    pub check: bool,
}

/// Lines per second of processor time that each day must reach.
const DAYS: [(Kind, bool, f64); 5] = [
    (Kind::Conn, false, 1_000_000.0),
    (Kind::Conn, true, 300_000.0),
    (Kind::Sshd, false, 500_000.0),
    (Kind::Nginx, false, 500_000.0),
    (Kind::Fw, false, 500_000.0),
];
/// Wall time may be this share of processor time, for files over [`LARGE`].
const WALL: f64 = 0.65;
const LARGE: f64 = 100e6;
/// Peak memory in megabytes.
const PEAK: f64 = 300.0;
/// Ten times the lines may take so many times the memory.
const FLAT: f64 = 1.15;

/// Runs the benches and prints Markdown; whether every bound was kept, or none was asked for.
///
/// # Errors
/// When a day cannot be made, a tool is missing, or the program gives no report.
pub fn run(bench: &Bench) -> Result<bool> {
    let ward = trial::program(&bench.ward)?;
    let folder = bench.dir.clone().unwrap_or_else(|| std::env::temp_dir().join("ward-lab-bench"));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    println!("{}\n", machine());
    let mut kept = speed(bench, &ward, &folder)?;
    if bench.memory {
        kept &= memory(bench, &ward, &folder)?;
    }
    if bench.peers {
        peers::run(&ward, &folder, bench.install)?;
    }
    Ok(kept || !bench.check)
}

/// One line about the machine, so that figures can be compared.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores, {}, load {load}", model.trim_start_matches([' ', '\t', ':']))
}

/// The day of this kind, made if it is not there.
pub(crate) fn order(kind: Kind, json: bool, lines: u64) -> Result<Order> {
    Ok(Order { dress: Dress { json, rfc3339: false }, ..Order::new(kind, lines, 1)? })
}

pub(crate) fn watch(ward: &Path, log: &Path) -> Vec<OsString> {
    words(&[&ward, &"watch", &"--json", &log])
}

fn speed(bench: &Bench, ward: &Path, folder: &Path) -> Result<bool> {
    let (mut rows, mut all) = (Vec::new(), true);
    for (kind, json, least) in DAYS {
        let order = order(kind, json, bench.lines.0)?;
        let (log, _) = trial::day(folder, &order)?;
        let size = size(&log)?;
        let report = folder.join("bench.report.json");
        let own = median(bench.runs, &watch(ward, &log), folder, Some(&report))?;
        let records = records(&report)
            .with_context(|| format!("exit {}: {}", own.code, child::errors(folder)))?;
        let (other, cut) = cutter(kind, json, &log);
        let cut = median(bench.runs, &cut, folder, None)?;
        let mut missed = missed(own, order.lines, least, size);
        if records < order.lines / 10 {
            missed.push(format!("understood only {records}"));
        }
        all &= missed.is_empty();
        let day = if json { "conn JSON".to_owned() } else { kind.name().to_owned() };
        let verdict = if missed.is_empty() { "yes".to_owned() } else { missed.join(", ") };
        rows.push(row(&day, size, "ward watch", order.lines, own, &verdict));
        rows.push(row(&day, size, other, order.lines, cut, ""));
    }
    println!("{}", speed_table(&rows));
    Ok(all)
}

/// Records that a report says were understood: a program that reads nothing is not fast.
fn records(report: &Path) -> Result<u64> {
    let json = std::fs::read(report)?;
    let json: serde_json::Value =
        serde_json::from_slice(&json).context("ward watch gave no report")?;
    json.pointer("/counts/records")
        .and_then(serde_json::Value::as_u64)
        .context("the report has no counts.records")
}

/// Which bounds a run missed.
fn missed(cost: Cost, lines: u64, least: f64, size: f64) -> Vec<String> {
    let mut missed = Vec::new();
    if rate(lines, cost) < least {
        missed.push(format!("slower than {least:.0}"));
    }
    if size > LARGE && cost.wall > WALL * cost.cpu {
        missed.push(format!("wall over {WALL} of CPU"));
    }
    if cost.peak > PEAK {
        missed.push(format!("over {PEAK} MB"));
    }
    missed
}

pub(crate) fn speed_table(rows: &[Vec<String>]) -> String {
    let head = [
        "day",
        "MB",
        "tool ",
        "lines",
        "CPU s",
        "lines/CPU-s",
        "wall s",
        "wall/CPU",
        "peak MB",
        "kept ",
    ];
    table(&head, rows)
}

pub(crate) fn row(
    day: &str,
    size: f64,
    tool: &str,
    lines: u64,
    cost: Cost,
    verdict: &str,
) -> Vec<String> {
    vec![
        day.to_owned(),
        format!("{:.0}", size / 1e6),
        tool.to_owned(),
        lines.to_string(),
        format!("{:.2}", cost.cpu),
        format!("{:.0}", rate(lines, cost)),
        format!("{:.2}", cost.wall),
        format!("{:.2}", cost.wall / cost.cpu.max(0.01)),
        format!("{:.0}", cost.peak),
        verdict.to_owned(),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^53")]
fn rate(lines: u64, cost: Cost) -> f64 {
    lines as f64 / cost.cpu.max(0.01)
}

#[expect(clippy::cast_precision_loss, reason = "file sizes are far below 2^53")]
pub(crate) fn size(path: &Path) -> Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64)
}

/// A tool that cuts four fields out of every line: time, source, target, outcome.
fn cutter(kind: Kind, json: bool, log: &Path) -> (&'static str, Vec<OsString>) {
    let jq = r#"[.ts,."id.orig_h",."id.resp_h",.conn_state]"#;
    match (kind, json) {
        (Kind::Conn, true) => ("jq, 4 fields", words(&[&"jq", &"-c", &jq, &log])),
        (Kind::Conn, false) => {
            ("mawk, 4 fields", words(&[&"mawk", &r"-F\t", &"{print $1, $3, $5, $12}", &log]))
        }
        (Kind::Sshd, _) => ("mawk, 4 fields", words(&[&"mawk", &"{print $3, $4, $6, $7}", &log])),
        (Kind::Nginx, _) => ("mawk, 4 fields", words(&[&"mawk", &"{print $1, $4, $7, $9}", &log])),
        (Kind::Fw, _) => ("mawk, 4 fields", words(&[&"mawk", &"{print $3, $11, $12, $20}", &log])),
    }
}

/// Peak memory at the given number of lines and at ten times as many.
fn memory(bench: &Bench, ward: &Path, folder: &Path) -> Result<bool> {
    let (mut rows, mut all) = (Vec::new(), true);
    for (kind, json, _) in DAYS {
        let mut peaks = Vec::new();
        for lines in [bench.lines.0, bench.lines.0.saturating_mul(10)] {
            let order = order(kind, json, lines)?;
            let (log, _) = trial::day(folder, &order)?;
            let cost = child::run(&watch(ward, &log), folder, None)?;
            if lines != bench.lines.0 {
                // Ten times the lines are gigabytes: they do not stay.
                std::fs::remove_file(&log)?;
            }
            peaks.push(cost.peak);
        }
        let (small, large) = (peaks.first().copied(), peaks.last().copied());
        let (small, large) = (small.unwrap_or_default(), large.unwrap_or_default());
        let kept = large <= PEAK && large <= small.max(PEAK / 4.0) * FLAT;
        all &= kept;
        rows.push(vec![
            if json { "conn JSON".to_owned() } else { kind.name().to_owned() },
            format!("{small:.0}"),
            format!("{large:.0}"),
            format!("{:.2}", large / small.max(0.1)),
            if kept { "yes" } else { "MISSED" }.to_owned(),
        ]);
    }
    let head = format!("peak MB, {} lines", bench.lines.0);
    let tenfold = format!("{} lines", bench.lines.0.saturating_mul(10));
    println!("{}", table(&["day", &head, &tenfold, "ratio", "kept "], &rows));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_can_be_missed() {
        let cost = |cpu, wall, peak| Cost { cpu, wall, peak, code: 0 };
        let judge = |cost| missed(cost, 1_000_000, 500_000.0, 200e6).len();
        assert_eq!(judge(cost(1.0, 0.6, 100.0)), 0);
        assert_eq!(judge(cost(3.0, 1.6, 100.0)), 1);
        assert_eq!(judge(cost(1.0, 0.9, 100.0)), 1);
        assert_eq!(judge(cost(3.0, 2.9, 400.0)), 3);
        assert!(missed(cost(1.0, 0.9, 100.0), 1_000_000, 500_000.0, 50e6).is_empty());
    }
}
