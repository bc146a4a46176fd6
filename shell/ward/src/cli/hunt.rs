//! `ward hunt`: the words of the look-up on the command line.

use std::path::PathBuf;

use clap::Args;

use super::{Color, help};

/// `ward hunt`.
#[derive(Args, Clone, Debug)]
pub struct Hunt {
    /// What to look for: addresses, networks, domains, hashes, accounts
    ///
    /// As people write them in warnings: 203.0.113[.]7, hxxp://login[.]example/x, 192.0.2.0/24,
    /// a SHA-256. An account is written account:NAME.
    #[arg(required_unless_present = "list", value_name = "INDICATOR")]
    pub indicators: Vec<String>,

    /// Also everything in a list: one a line, or the first column of CSV; - for standard input
    #[arg(long, value_name = "FILE", help_heading = help::READ)]
    pub list: Vec<PathBuf>,

    /// Names under a domain count as the domain
    #[arg(long, help_heading = help::READ)]
    pub under: bool,

    /// The folder of the desk [default: ward-data]
    #[arg(long, value_name = "DIR", env = "WARD_DATA_DIR", help_heading = help::READ)]
    pub data: Option<PathBuf>,

    /// Only the last so many days [default: all that is kept]
    #[arg(long, value_name = "N", help_heading = help::READ,
          value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: Option<u32>,

    /// Print JSON (schema ward.hunt/1) in place of the table
    #[arg(long, help_heading = help::SHOW)]
    pub json: bool,

    /// Also say what was seen day by day
    #[arg(long, help_heading = help::SHOW)]
    pub daily: bool,

    /// Colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", help_heading = help::LOOK)]
    pub color: Color,
}
