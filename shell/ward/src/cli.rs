//! The command line: every word that a person types, and the help that explains it.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use ward_records::Format;

use crate::exit::Exit;
use crate::page::blocklist::Form;

mod db;
mod exercise;
mod help;
mod hunt;
mod parse;
mod sense;
mod serve;

pub use db::{Db, DbCommand};
pub use exercise::{Begin, Exercise, ExerciseCommand, Place};
pub use hunt::Hunt;
pub use sense::{Sense, SenseCommand};
pub use serve::Serve;

/// Election defense that shows its evidence.
#[derive(Debug, Parser)]
#[command(name = "ward", version, long_about = help::WARD, after_long_help = help::CODES)]
#[command(max_term_width = 100, propagate_version = true, subcommand_required = true)]
#[command(arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Ward does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs and print one page: who looked, who tried, who got in
    #[command(long_about = help::WATCH, after_long_help = help::WATCH_MORE)]
    Watch(Box<Watch>),
    /// Run the desk: sensors send to it, people look at it
    #[command(long_about = help::SERVE, after_long_help = help::SERVE_MORE)]
    Serve(Box<Serve>),
    /// Be a sensor: follow this machine's logs and send them to the desk
    #[command(long_about = help::SENSE, after_long_help = help::SENSE_MORE)]
    Sense(Box<Sense>),
    /// Look an address, account, domain or hash up in thirteen months of history
    #[command(long_about = help::HUNT, after_long_help = help::HUNT_MORE)]
    Hunt(Box<Hunt>),
    /// Keep the desk's store: migrate, move, check, back up, restore
    #[command(long_about = help::DB)]
    Db(Box<Db>),
    /// Hold an exercise: another world on the same screens
    #[command(long_about = help::EXERCISE, after_long_help = help::EXERCISE_MORE)]
    Exercise(Box<Exercise>),
    /// Print a script that completes ward's words in your shell
    #[command(long_about = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(long_about = help::MAN)]
    Man,
}

/// `ward watch`.
#[derive(Args, Clone, Debug)]
pub struct Watch {
    /// Log files, folders of them, or - for standard input
    ///
    /// Plain, .gz and .zst are told apart by their content, and so are the formats: Zeek,
    /// Suricata, web access logs, syslog (sshd, firewalls), AWS VPC flow logs, Windows events,
    /// packet captures and NetFlow. Nothing has to be renamed or unpacked. In a folder, hidden
    /// files and what is plainly no log (README, *.md, *.sh, *.py, *.toml, *.html, a folder named
    /// lab) are passed over, and so are links that lead out of the folder.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Print JSON (schema ward.watch/1) in place of the page
    #[arg(long, help_heading = help::SHOW)]
    pub json: bool,

    /// Also write the page as HTML, one file that needs nothing else
    #[arg(long, value_name = "FILE", help_heading = help::SHOW)]
    pub html: Option<PathBuf>,

    /// Also write a list of addresses to block, for a person to review
    ///
    /// An address with honest sign-ins, of your own networks, behind a known carrier NAT or of a
    /// registered test is never on it; the list says what was left out and why. Ward itself
    /// blocks nothing.
    #[arg(long, value_name = "FILE", help_heading = help::SHOW)]
    pub blocklist: Option<PathBuf>,

    /// How to write the block list [default: by the file's name: .csv, .nft, else plain]
    #[arg(long, value_enum, value_name = "FORM", requires = "blocklist", help_heading = help::SHOW)]
    pub blocklist_format: Option<Form>,

    /// Also write the raw lines behind every case above scan into a new folder
    ///
    /// One folder for each case, with its lines, their files, places, times and SHA-256, and a
    /// SHA256SUMS over all of it: in a form to hand over. Reads the inputs a second time, so it
    /// cannot be used with standard input.
    #[arg(long, value_name = "DIR", help_heading = help::SHOW)]
    pub evidence: Option<PathBuf>,

    /// Answer for one address or account only: what was seen of it, and why it stands there
    ///
    /// Says how often it was seen and by which sensors, the highest rung and the reason, and what
    /// would have raised it; or plainly that it was searched for and not found.
    #[arg(long, value_name = "ADDRESS|ACCOUNT", help_heading = help::SHOW)]
    pub why: Option<String>,

    /// Settings of the office [default: ward.toml here, or in a folder that is read]
    ///
    /// A file that is only found in a folder that is read may have come with the logs: what would
    /// make the judgement milder (wide networks, less coverage, a forced format) is not followed,
    /// and the page says so. Given here, everything is.
    #[arg(long, value_name = "FILE", help_heading = help::READ)]
    pub config: Option<PathBuf>,

    /// Read every input as this format, whatever it looks like
    #[arg(long, value_name = "NAME", value_parser = parse::formats(), help_heading = help::READ)]
    pub format: Option<Format>,

    /// Dates without a year (syslog) are placed before this day [default: when the file was written]
    #[arg(long, value_name = "DATE", value_parser = parse::moment, help_heading = help::READ)]
    pub year_before: Option<crate::settings::Moment>,

    /// Time zone of the page, and of stamps that name none [default: of the settings, else UTC]
    #[arg(long, value_name = "IANA", value_parser = parse::zone, help_heading = help::READ)]
    pub zone: Option<jiff::tz::TimeZone>,

    /// Threads that read [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = parse::threads, help_heading = help::READ)]
    pub threads: Option<usize>,

    /// Memory for what is remembered about sources, in MB [default: 512]
    ///
    /// When it is full Ward goes on with estimates, and the page says so.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(64..=1_048_576),
          help_heading = help::READ)]
    pub memory: Option<u64>,

    /// Colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", help_heading = help::LOOK)]
    pub color: Color,

    /// Columns of the page, 40 to 140 [default: of the terminal, else 80]
    #[arg(long, value_name = "N", value_parser = parse::width, help_heading = help::LOOK)]
    pub width: Option<usize>,

    /// Print only the sentence
    #[arg(long, short, help_heading = help::LOOK, conflicts_with = "json")]
    pub quiet: bool,

    /// Do not show how far the reading is
    #[arg(long, help_heading = help::LOOK)]
    pub no_progress: bool,
}

/// When to paint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Color {
    /// In a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Runs the command of this process; the meaning of the codes is in the help ([`Exit`]).
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => return refuse(&err),
    };
    let done = match &cli.command {
        Command::Watch(watch) => crate::watch::run(watch),
        Command::Serve(serve) => crate::serve::run(serve),
        Command::Sense(sense) => crate::sense::run(sense),
        Command::Db(db) => crate::db::run(db),
        Command::Hunt(hunt) => crate::hunt::run(hunt),
        Command::Exercise(exercise) => crate::exercise::run(exercise),
        Command::Completions { shell } => completions(*shell),
        Command::Man => man(),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(err) => {
            // Nobody is left to read the page (`ward watch ... | head`): no error.
            if is_broken_pipe(&err) {
                return Exit::Quiet.into();
            }
            let _ =
                writeln!(io::stderr(), "ward: {}", crate::page::text::clean(&format!("{err:#}")));
            Exit::Usage.into()
        }
    }
}

/// Says what is wrong with the command line. It may quote the name of a file that a shell found
/// (`ward watch *`), and a name can hold anything.
fn refuse(err: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    match err.kind() {
        DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand | DisplayVersion => err.exit(),
        _ => {}
    }
    for line in err.render().to_string().lines() {
        let _ = writeln!(io::stderr(), "{}", crate::page::text::clean(line));
    }
    Exit::Usage.into()
}

fn is_broken_pipe(err: &anyhow::Error) -> bool {
    err.chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ward", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Quiet)
}

fn man() -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(&manual()?)?;
    Ok(Exit::Quiet)
}

/// The manual page in roff: `ward`, and then each of its commands.
///
/// # Errors
/// Those of the renderer.
pub fn manual() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for name in ["watch", "serve", "sense", "hunt", "db", "exercise"] {
        if let Some(part) = command.find_subcommand(name) {
            clap_mangen::Man::new(part.clone()).render(&mut page)?;
        }
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Watch, clap::Error> {
        let cli = Cli::try_parse_from(words.split(' '))?;
        match cli.command {
            Command::Watch(watch) => Ok(*watch),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reads_the_words() {
        let watch = parse(
            "ward watch --json --html p.html --blocklist b.nft --format zeek-json --threads 2 \
             --memory 256 --year-before 2026-11-04 --zone America/Chicago --width 100 logs -",
        )
        .unwrap();
        assert!(watch.json && watch.threads == Some(2) && watch.memory == Some(256));
        assert_eq!(watch.format, Some(Format::ZeekJson));
        assert_eq!(watch.paths.len(), 2);
        assert_eq!(watch.zone.unwrap().iana_name(), Some("America/Chicago"));
    }

    #[test]
    fn refuses_with_a_sentence() {
        for (words, expected) in [
            ("ward watch", "PATH"),
            ("ward watch --zone Mars/Base x", "not a time zone"),
            ("ward watch --format pdf x", "zeek-json"),
            ("ward watch --width 9 x", "40 to 140"),
            ("ward watch --memory 1 x", "64"),
            ("ward watch --year-before soon x", "2026-11-03"),
            ("ward watch --blocklist-format csv x", "--blocklist"),
        ] {
            let err = parse(words).unwrap_err();
            assert_eq!(err.exit_code(), 2);
            assert!(err.to_string().contains(expected), "{words}: {err}");
        }
    }

    #[test]
    fn help_as_it_is_printed() {
        let mut command = Cli::command().term_width(90);
        insta::assert_snapshot!("help", command.render_long_help().to_string());
        let watch = command.find_subcommand_mut("watch").unwrap();
        let mut watch = watch.clone().term_width(90).bin_name("ward watch");
        insta::assert_snapshot!("help_watch", watch.render_long_help().to_string());
        insta::assert_snapshot!("help_watch_short", watch.render_help().to_string());
    }

    #[test]
    fn the_manual_has_all_commands() {
        let page = String::from_utf8(manual().unwrap()).unwrap();
        assert!(page.contains("ward \\- Election defense that shows its evidence\n"), "{page}");
        let short = Cli::command().render_help().to_string();
        assert!(short.starts_with("Election defense that shows its evidence\n"), "{short}");
        for words in [".TH", "year\\-before", "postgres://", "journal", "defanged"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}
