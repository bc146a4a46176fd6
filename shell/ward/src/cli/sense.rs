//! `ward sense`: the sensor's words on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::help;

/// `ward sense`.
#[derive(Args, Clone, Debug)]
pub struct Sense {
    /// What to do; without a word, the sensor runs
    #[command(subcommand)]
    pub command: Option<SenseCommand>,

    /// What to read [default: /etc/ward/sense.toml]
    #[arg(long, global = true, value_name = "FILE", env = "WARD_SENSE_CONFIG",
          help_heading = help::READ)]
    pub config: Option<PathBuf>,

    /// Log as JSON lines
    #[arg(long, global = true, help_heading = help::LOOK)]
    pub log_json: bool,
}

/// What a sensor can be told.
#[derive(Clone, Debug, Subcommand)]
pub enum SenseCommand {
    /// Make this machine a sensor of a desk, by the code that the desk's page shows once
    Enrol {
        /// The code, as it was copied; - reads it from standard input
        #[arg(value_name = "CODE", required = true)]
        code: Vec<String>,
        /// What the sensor is to be called [default: as the code says]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Say how one line of a log would be read, and send nothing
    Try {
        /// The line; - reads it from standard input
        line: String,
    },
    /// Look whether the settings are right, and send nothing
    Check,
}
