//! What the night was asked for.

use std::path::PathBuf;
use std::time::Duration;

use ward_it::bench;

/// What the night was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How long the twelve hours last.
    pub(crate) length: Duration,
    /// What the script is drawn from.
    pub(crate) seed: u64,
    /// Consoles that are open.
    pub(crate) consoles: usize,
    /// Whether times are told and not judged: what else runs on the machine is not known.
    pub(crate) untimed: bool,
    /// Whether the store is a PostgreSQL server of the bench's own.
    pub(crate) postgres: bool,
    /// Where the figures go as JSON.
    pub(crate) json: Option<PathBuf>,
    /// Where logs, store and spools lie; a temporary folder unless said, removed at the end.
    pub(crate) folder: Option<PathBuf>,
}

/// How it is called.
pub(crate) const HELP: &str = "\
cargo bench -p ward-it --bench night -- [--minutes 12] [--seed 1] [--consoles 400]
    [--store sqlite|postgres] [--json FILE] [--folder DIR] [--untimed]

Needs the release build; WARD_BINARY names another. Ends with 1 when a bound does not hold.
";

impl Options {
    /// Reads the command line; `None` when it asks for help or for a run as a test.
    ///
    /// # Errors
    /// A sentence about what cannot be read.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let Some(asked) = bench::words(words, &["--untimed"])? else { return Ok(None) };
        let mut options = Self {
            length: Duration::from_secs(12 * 60),
            seed: 1,
            consoles: 400,
            untimed: false,
            postgres: false,
            json: None,
            folder: None,
        };
        asked.iter().try_for_each(|(word, value)| options.set(word, value))?;
        Ok(Some(options))
    }

    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        let wrong = || format!("{word} {value}: that is no value for it\n{HELP}");
        match word {
            "--minutes" => {
                let minutes = value.parse::<f64>().ok().filter(|minutes| *minutes >= 0.5);
                self.length = Duration::from_secs_f64(minutes.ok_or_else(wrong)? * 60.0);
            }
            "--untimed" => self.untimed = true,
            "--seed" => self.seed = value.parse().map_err(|_| wrong())?,
            "--consoles" => self.consoles = value.parse().map_err(|_| wrong())?,
            "--store" if value == "postgres" => self.postgres = true,
            "--store" if value == "sqlite" => self.postgres = false,
            "--json" => self.json = Some(value.into()),
            "--folder" => self.folder = Some(value.into()),
            _ => return Err(wrong()),
        }
        Ok(())
    }
}
