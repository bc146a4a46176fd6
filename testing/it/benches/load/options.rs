//! What the bench was asked for.

use std::path::PathBuf;
use std::time::Duration;

use ward_it::bench;

/// What the bench was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How long the load lasts.
    pub(crate) length: Duration,
    /// Records a second, all files together.
    pub(crate) rate: u64,
    /// Sensors, each of another jurisdiction.
    pub(crate) sensors: usize,
    /// Sources that scan, beside those that visit.
    pub(crate) sources: u64,
    /// Pages asked for in a second, all people together.
    pub(crate) pages: f64,
    /// Whether the store is a PostgreSQL server of the bench's own.
    pub(crate) postgres: bool,
    /// Where the figures go as JSON.
    pub(crate) json: Option<PathBuf>,
    /// Where logs, store and spools lie; a temporary folder unless said, removed at the end.
    pub(crate) folder: Option<PathBuf>,
}

/// How it is called.
pub(crate) const HELP: &str = "\
cargo bench -p ward-it --bench load -- [--minutes 30] [--rate 20000] [--sensors 4]
    [--sources 50000] [--pages 10] [--store sqlite|postgres] [--json FILE] [--folder DIR]

Needs the release build; WARD_BINARY names another. Ends with 1 when a bound does not hold.
";

impl Options {
    /// Reads the command line; `None` when it asks for help or for a run as a test.
    ///
    /// # Errors
    /// A sentence about what cannot be read.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let Some(asked) = bench::words(words, &[])? else { return Ok(None) };
        let mut options = Self {
            length: Duration::from_secs(30 * 60),
            rate: 20_000,
            sensors: 4,
            sources: 50_000,
            pages: 10.0,
            postgres: false,
            json: None,
            folder: None,
        };
        asked.iter().try_for_each(|(word, value)| options.set(word, value))?;
        Ok(Some(options))
    }

    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        let wrong = || format!("{word} {value}: that is no value for it\n{HELP}");
        let number = || value.parse::<f64>().ok().filter(|n| *n > 0.0).ok_or_else(wrong);
        match word {
            "--minutes" => self.length = Duration::from_secs_f64(number()? * 60.0),
            "--rate" => self.rate = value.parse().map_err(|_| wrong())?,
            "--sensors" => self.sensors = value.parse().map_err(|_| wrong())?,
            "--sources" => self.sources = value.parse().map_err(|_| wrong())?,
            "--pages" => self.pages = number()?,
            "--store" if value == "postgres" => self.postgres = true,
            "--store" if value == "sqlite" => self.postgres = false,
            "--json" => self.json = Some(value.into()),
            "--folder" => self.folder = Some(value.into()),
            _ => return Err(wrong()),
        }
        let fits = (1..=PLACES.len()).contains(&self.sensors) && self.rate > 0 && self.sources > 0;
        if fits { Ok(()) } else { Err(wrong()) }
    }
}

/// Jurisdictions whose machines are read, one for each sensor.
pub(crate) const PLACES: [&str; 8] = [
    "adair-county",
    "boone-county",
    "callaway-county",
    "greene-county",
    "cole-county",
    "jasper-county",
    "phelps-county",
    "st-charles-county",
];
