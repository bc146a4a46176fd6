//! `ward exercise`: the words of whoever holds an exercise.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::help;

/// `ward exercise`.
#[derive(Args, Clone, Debug)]
pub struct Exercise {
    /// What to do
    #[command(subcommand)]
    pub command: ExerciseCommand,
}

/// What to do about an exercise.
#[derive(Clone, Debug, Subcommand)]
pub enum ExerciseCommand {
    /// Make a world of its own, in which nothing is real
    Begin(Begin),
    /// End it: from then on it is looked at, and nothing in it is changed
    End {
        /// Which one.
        #[command(flatten)]
        place: Place,
    },
    /// List the exercises in some folders, and in the folders in them
    List {
        /// The folders
        #[arg(value_name = "DIR", default_value = ".")]
        folders: Vec<PathBuf>,
    },
}

/// Where an exercise is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The exercise's folder [default: ward-exercise]
    #[arg(long, value_name = "DIR", help_heading = help::KEEP)]
    pub data: Option<PathBuf>,

    /// An empty PostgreSQL database for it, in place of the folder's own store
    #[arg(long, value_name = "URL", env = "WARD_EXERCISE_STORE", hide_env_values = true,
          help_heading = help::KEEP)]
    pub store: Option<String>,
}

/// How an exercise begins.
#[derive(Args, Clone, Debug)]
pub struct Begin {
    /// Where it will be.
    #[command(flatten)]
    pub place: Place,

    /// The real desk's folder or database, from which the office comes over
    ///
    /// These are its list of jurisdictions, the office's name, state, time zone and telephone (marked
    /// as an exercise's), and the dates of its elections. It is opened for reading alone. Without it
    /// the exercise is empty, and is set up by a link.
    #[arg(long, value_name = "DIR|URL", help_heading = help::COPY)]
    pub from: Option<String>,

    /// Also invite everybody of the real desk, each in the role that they have there
    ///
    /// They are invited anew: the links are printed. No password, second factor, session or token
    /// comes along.
    #[arg(long, requires = "from", help_heading = help::COPY)]
    pub people: bool,

    /// Invite somebody at this address as the exercise's administrator
    #[arg(long, value_name = "E-MAIL", requires = "from", help_heading = help::COPY)]
    pub administrator: Option<String>,

    /// What browsers see before the path, for the links [default: https://localhost:9443]
    #[arg(long, value_name = "URL", help_heading = help::REACH)]
    pub origin: Option<String>,
}
