//! `ward db`: the words of the store's keeper on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::help;

/// `ward db`.
#[derive(Args, Clone, Debug)]
pub struct Db {
    /// What to do with the store
    #[command(subcommand)]
    pub command: DbCommand,

    /// The folder of the desk [default: ward-data]
    #[arg(long, global = true, value_name = "DIR", env = "WARD_DATA_DIR",
          help_heading = help::KEEP)]
    pub data: Option<PathBuf>,

    /// The store of an exercise [default folder: ward-exercise]
    #[arg(long, global = true, help_heading = help::KEEP)]
    pub exercise: bool,

    /// The PostgreSQL store, where the desk keeps everything there
    #[arg(long, global = true, value_name = "URL", env = "WARD_STORE", hide_env_values = true,
          help_heading = help::KEEP)]
    pub store: Option<String>,
}

/// What to do with the store.
#[derive(Clone, Debug, Subcommand)]
pub enum DbCommand {
    /// Bring the tables of an older Ward to this one's; the desk must be stopped
    Migrate,
    /// Write everything into one file that any engine can take in
    Export {
        /// The new file
        file: PathBuf,
    },
    /// Take such a file into an empty store: from SQLite to PostgreSQL, or to another machine
    Import {
        /// The file
        file: PathBuf,
    },
    /// Look whether everything is whole: engine, seals of the audit, queue, hashes of evidence
    Check {
        /// Also unpack every batch of records and compare its hash
        #[arg(long)]
        records: bool,
    },
    /// Print what each table holds, with a hash: two stores with equal hashes hold the same
    Content,
    /// Copy the store into one file while the desk works on
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Put a backup where no store is yet
    Restore {
        /// The backup
        file: PathBuf,
    },
}
