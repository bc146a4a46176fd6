//! `ward-lab`: makes labelled days, scores reports on them, and measures the whole program.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use ward_kernel::Time;
use ward_lab::bench::{self, Bench};
use ward_lab::day::{DEFAULT_END, Dress, Kind, Lines, Order};
use ward_lab::make;
use ward_lab::outlines::{self, Outlines};
use ward_lab::recording;
use ward_lab::score::{self, report::Report, table};
use ward_lab::trial::{self, Trial};

/// Labelled days of any size, the scorer and the benches.
#[derive(Parser)]
#[command(name = "ward-lab", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a labelled day
    Gen(Gen),
    /// Score a report (ward watch --json) against the truth; exit 1 when a bound is missed
    Score {
        /// The report
        report: PathBuf,
        /// The truth that `gen --truth` wrote
        truth: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make days of all kinds, watch and score them; exit 1 when a bound is missed
    ScoreDay(Trial),
    /// Watch a recording and compare with what was planted; exit 1 when something is missed
    Recording(recording::Recording),
    /// Make the map of the situation page from county outlines in degrees
    Outlines(Outlines),
    /// Measure the whole program beside mawk and jq
    Bench(Bench),
}

#[derive(Args)]
struct Gen {
    /// The kind of log
    kind: Kind,
    /// How many lines: 100000, 100k, 10M
    lines: Lines,
    /// The file to write
    out: PathBuf,
    /// Write the truth here
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// The same seed makes the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long the day lasts, in hours
    #[arg(long, default_value_t = 24.0)]
    hours: f64,
    /// When the day ends, RFC 3339
    #[arg(long, default_value = DEFAULT_END, value_parser = Time::parse)]
    end: Time,
    /// conn: Zeek JSON instead of TSV
    #[arg(long)]
    json: bool,
    /// sshd: the form of time stamps
    #[arg(long, value_enum, default_value_t = Stamps::Rfc3164)]
    stamp: Stamps,
}

#[derive(Clone, Copy, Eq, PartialEq, clap::ValueEnum)]
enum Stamps {
    /// Nov  3 19:00:00
    Rfc3164,
    /// 2026-11-03T19:00:00.000000+00:00
    Rfc3339,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("ward-lab: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all bounds were kept.
fn run(cli: Cli) -> Result<bool> {
    match cli.command {
        Command::Gen(gen_args) => make_day(&gen_args).map(|()| true),
        Command::Score { report, truth, json } => {
            let read = |path: &PathBuf| {
                std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
            };
            let truth = serde_json::from_slice(&read(&truth)?)
                .with_context(|| format!("{} is not a truth file", truth.display()))?;
            let score = score::score(&Report::read(&read(&report)?)?, &truth)?;
            if json {
                println!("{}", serde_json::to_string_pretty(&score)?);
            } else {
                print!("{}", table::of_score(&score));
            }
            Ok(score.passed)
        }
        Command::ScoreDay(trial) => trial::run(&trial),
        Command::Recording(recording) => recording::run(&recording),
        Command::Outlines(outlines) => outlines::run(&outlines),
        Command::Bench(bench) => bench::run(&bench),
    }
}

fn make_day(gen_args: &Gen) -> Result<()> {
    let dress = Dress { json: gen_args.json, rfc3339: gen_args.stamp == Stamps::Rfc3339 };
    let (kind, lines, seed) = (gen_args.kind, gen_args.lines.0, gen_args.seed);
    let order = Order { kind, lines, seed, hours: gen_args.hours, end: gen_args.end, dress };
    let out = &gen_args.out;
    let file = File::create(out).with_context(|| format!("cannot write {}", out.display()))?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    let truth = make::make(&order, &mut writer)?;
    writer.flush()?;
    if let Some(path) = &gen_args.truth {
        let mut file = BufWriter::new(
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?,
        );
        serde_json::to_writer(&mut file, &truth)?;
        file.flush()?;
    }
    for (name, class) in &truth.classes {
        let (sources, groups) = (class.sources.len(), class.groups.len());
        let acts: u64 = class.sources.values().sum();
        match groups {
            0 => eprintln!("{name}: {sources} sources, {acts} acts"),
            _ => eprintln!("{name}: {groups} groups"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
